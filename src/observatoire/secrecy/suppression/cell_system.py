"""The cells and everything known about them, checked and put in one canonical order.

The order of the caller's rows never reaches the computations: cells are sorted by their written
label first, so that ties are broken the same way every time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.french.typography import number
from observatoire.secrecy.suppression.linear_programs import Coefficients, InfeasibleError, Program
from observatoire.secrecy.suppression.relations import Label, Relation, relation_matrix, spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from scipy import sparse

    from observatoire.secrecy.suppression.linear_programs import Sides


#: What two floating-point sums of the same census weights may differ by, per unit.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class System:
    """Cells in canonical order, with the relations and the bounds an attacker knows.

    ``counts`` satisfies the relations: cells whose count is unknown have one possible completion,
    which no result depends on, for the set of possible tables is the same from any of them.
    ``stated`` marks the cells whose least value the caller gave, ``whole`` those that count by ones.
    """

    index: pd.Index
    labels: tuple[Label, ...]
    order: NDArray[np.intp]
    counts: NDArray[np.float64]
    known: NDArray[np.bool_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    stated: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    matrix: sparse.csr_array
    totals: tuple[Label, ...]

    def room(self, columns: NDArray[np.intp]) -> Sides:
        """How far some cells may fall (negative numbers or zero), and how far they may rise."""
        counts = self.counts[columns]
        fall, rise = self.low[columns] - counts, self.high[columns] - counts
        return np.minimum(fall, 0.0), np.maximum(rise, 0.0)

    def mask(self, labels: Iterable[Label], name: str) -> NDArray[np.bool_]:
        """Mark the cells of some labels; an unknown label is an error."""
        position = {label: column for column, label in enumerate(self.labels)}
        mask = np.zeros(len(self.labels), dtype=bool)
        for label in labels:
            if label not in position:
                raise unknown_cell(label, name)
            mask[position[label]] = True
        return mask

    def aligned(self, by_cell: pd.Series, name: str) -> NDArray[Any]:
        """Put a Series given by cell in canonical order; every cell must be there once."""
        _check_kind(by_cell, pd.Series, name)
        if by_cell.index.has_duplicates:
            raise _repeated(by_cell.index, name)
        given = dict(zip(by_cell.index, by_cell, strict=True))
        missing = [label for label in self.labels if label not in given]
        if missing:
            raise SecrecyError(
                f"La cellule « {missing[0]} » n’y figure pas.",
                where=name,
                why="Chaque cellule doit être décidée, aucune par défaut.",
                remedy=f"Complétez « {name} » pour toutes les cellules.",
                labels=missing,
            )
        if len(given) > len(self.labels):
            raise unknown_cell(next(iter(given.keys() - set(self.labels))), name)
        return np.fromiter(map(given.__getitem__, self.labels), object, len(self.labels))

    def column(self, by_cell: NDArray[Any], name: str) -> pd.Series:
        """Give an array in canonical order back as a Series in the caller's order."""
        restored = np.empty(len(self.labels), dtype=by_cell.dtype)
        restored[self.order] = by_cell
        series: pd.Series = pd.Series(restored, index=self.index, name=name, dtype=restored.dtype)
        return series


def build_system(
    cells: pd.Series,
    relations: Iterable[Relation],
    bounds: pd.DataFrame | None = None,
    tolerance: float = 0.0,
) -> System:
    """Check the cells against the relations and the bounds, and put them in canonical order.

    Parameters
    ----------
    cells : Series
        Counts by label; NaN for those whose count is unknown.
    relations : iterable of (total, parts)
        What adds up to what.
    bounds : DataFrame, optional
        Columns ``low`` and ``high`` by label: what an attacker knows beforehand. A count left out
        is known to be zero or more (one or more where it is hidden and zeros are not).
    tolerance : float
        Gap allowed between a total and its parts, for totals rounded by their producer.

    Examples
    --------
    >>> import pandas as pd
    >>> system = build_system(pd.Series({"b": 2, "T": 5, "a": 3}), [("T", ["a", "b"])])
    >>> system.labels, system.counts.tolist()
    (('T', 'a', 'b'), [5.0, 3.0, 2.0])
    """
    return completed(lay_out(cells, relations, bounds), tolerance)


def lay_out(
    cells: pd.Series,
    relations: Iterable[Relation],
    bounds: pd.DataFrame | None = None,
    whole: bool | pd.Series | None = None,  # noqa: FBT001 - the option of protect and audit
) -> System:
    """Put cells, relations and bounds in canonical order; unknown counts stay NaN.

    ``whole`` marks the cells that count by ones: all or none as known counts show, by default.
    """
    labels, order, values = _canonical(cells)
    position = {label: column for column, label in enumerate(labels)}
    low, high, stated = _bounds(bounds, position)
    _check_values(labels, values, low, high)
    matrix, totals = relation_matrix(relations, position)
    known = ~np.isnan(values)
    if whole is None:
        whole = bool(np.all(values[known] == np.rint(values[known])))
    marks = np.full(len(labels), isinstance(whole, bool) and whole)
    system = System(
        cells.index, labels, order, values, known, low, high, stated, marks, matrix, totals
    )
    if isinstance(whole, pd.Series):
        return replace(system, whole=system.aligned(whole, "whole").astype(bool))
    return system


def completed(system: System, tolerance: float = 0.0) -> System:
    """Check the cells against the relations, and complete those that are unknown."""
    given = np.abs(np.where(system.known, system.counts, 0.0))
    slack = tolerance + ROUNDING * (1.0 + abs(system.matrix) @ given)
    _check_relations(system, slack)
    if system.known.all():
        return system
    return replace(system, counts=_complete(system, slack))


def shown_zeros(system: System, nonzero: NDArray[np.bool_], tolerance: float) -> System:
    """Complete a system of which anybody knows that some hidden cells are at least one.

    Zeros being shown, whoever finds a cell hidden knows that it counts somebody. Where the sums
    deny it of cells that their producer hides, he hides zeros too, and nothing is known of those.
    """
    for assumed in (nonzero, nonzero & system.known):
        raised = assumed & system.whole & ~system.stated & (system.high >= 1)
        low = np.where(raised & (system.counts != 0), np.maximum(system.low, 1.0), system.low)
        with suppress(SecrecyError):
            return completed(replace(system, low=low), tolerance)
    return completed(system, tolerance)


def _canonical(
    cells: pd.Series,
) -> tuple[tuple[Label, ...], NDArray[np.intp], NDArray[np.float64]]:
    _check_kind(cells, pd.Series, "cells")
    if cells.index.has_duplicates:
        raise _repeated(cells.index, "cells")
    try:
        values = pd.to_numeric(cells).to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise SecrecyError(
            "Une cellule n’est pas un nombre.",
            where="cells",
            why="Le secret se juge sur des effectifs.",
            remedy="Donnez des nombres, et NaN pour ce que le producteur a caché.",
        ) from error
    written = [(type(label).__name__, repr(label)) for label in cells.index]
    order = np.array(sorted(range(len(written)), key=written.__getitem__), dtype=np.intp)
    index = list(cells.index)
    return tuple(index[place] for place in order), order, values[order]


def _bounds(
    bounds: pd.DataFrame | None,
    position: dict[Label, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    low, high = np.zeros(len(position)), np.full(len(position), np.inf)
    stated = np.zeros(len(position), dtype=bool)
    if bounds is None:
        return low, high, stated
    _check_kind(bounds, pd.DataFrame, "bounds")
    if bounds.index.has_duplicates:
        raise _repeated(bounds.index, "bounds")
    unknown = [label for label in bounds.index if label not in position]
    if unknown:
        raise unknown_cell(unknown[0], "bounds")
    columns = [position[label] for label in bounds.index]
    for name, side in (("low", low), ("high", high)):
        if name in bounds:
            given = bounds[name].to_numpy(dtype=float, na_value=np.nan)
            side[columns] = np.where(np.isnan(given), side[columns], given)
            if name == "low":
                stated[columns] = ~np.isnan(given)
    return low, high, stated


def _check_kind(given: object, kind: type, name: str) -> None:
    if not isinstance(given, kind):
        raise SecrecyError(
            f"« {name} » est de type {type(given).__name__}.",
            where=name,
            why="Chaque nombre se rattache à une cellule par son étiquette, jamais par son rang.",
            remedy=f"Donnez un pandas.{kind.__name__} indexé par les étiquettes des cellules.",
        )


def _check_values(
    labels: tuple[Label, ...],
    values: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    margin = ROUNDING * np.maximum(1.0, np.abs(values))
    for column in np.flatnonzero(np.isinf(values) | (values < low - margin) | (low > high)):
        if values[column] < 0 <= low[column]:
            raise SecrecyError(
                f"L’effectif est négatif ({number(values[column], 2)}).",
                where=f"cellule « {labels[column]} »",
                why="Un effectif ne descend pas sous zéro, et le calcul du secret s’y appuie.",
                remedy="Corrigez-le ; pour un solde ou un montant, déclarez bounds « low ».",
                label=labels[column],
            )
        raise _outside(labels[column], low[column], high[column])
    for column in np.flatnonzero(values > high + margin):
        raise _outside(labels[column], low[column], high[column])


def _check_relations(system: System, slack: NDArray[np.float64]) -> None:
    """Compare each total with what its parts allow, hidden ones being anywhere in their bounds."""
    least = np.where(system.known, system.counts, system.low)
    most = np.where(system.known, system.counts, system.high)
    entries = system.matrix.tocoo()
    ends = np.stack([entries.data * least[entries.col], entries.data * most[entries.col]])
    rows = system.matrix.shape[0]
    lowest = np.bincount(entries.row, weights=ends.min(axis=0), minlength=rows)
    highest = np.bincount(entries.row, weights=ends.max(axis=0), minlength=rows)
    for row in np.flatnonzero((lowest > slack) | (highest < -slack)):
        gap = lowest[row] if lowest[row] > 0 else highest[row]
        total = system.totals[row]
        raise SecrecyError(
            f"Les parties et le total diffèrent de {number(abs(gap), 2)}.",
            where=f"relation « {spell(system.matrix, int(row), system.labels, total)} »",
            why="Une relation fausse rend le calcul du secret faux.",
            remedy="Corrigez les cellules ou la relation ; pour des totaux arrondis par leur "
            "producteur, donnez l’écart admis dans tolerance.",
            total=total,
            gap=float(gap),
        )


def _complete(system: System, slack: NDArray[np.float64]) -> NDArray[np.float64]:
    unknown = np.flatnonzero(~system.known)
    rows = np.flatnonzero(abs(system.matrix) @ ~system.known)
    known_sum = system.matrix @ np.where(system.known, system.counts, 0.0)
    part = Coefficients.of(system.matrix[rows].tocsc(), unknown)
    columns = system.low[unknown], system.high[unknown]
    target = -known_sum[rows]
    try:
        point = _point(part, target, slack[rows], columns)
    except InfeasibleError:
        raise SecrecyError(
            "Aucun effectif des cellules inconnues ne satisfait toutes les relations.",
            where="relations",
            why="Des relations qui se contredisent rendent le calcul du secret faux.",
            remedy="Vérifiez les totaux qui contiennent des cellules cachées par le producteur.",
            labels=[system.labels[column] for column in unknown],
        ) from None
    completed = system.counts.copy()
    completed[unknown] = np.clip(point, *columns)
    return completed


def _point(
    part: Coefficients,
    target: NDArray[np.float64],
    slack: NDArray[np.float64],
    columns: Sides,
) -> NDArray[np.float64]:
    """Find unknown counts that add up exactly if any do, or else within what rounding allows."""
    try:
        return Program(part, (target, target), columns).minimise().point
    except InfeasibleError:
        return Program(part, (target - slack, target + slack), columns).minimise().point


def unknown_cell(label: Label, name: str) -> SecrecyError:
    """Say that a label given as ``name`` is no cell's."""
    return SecrecyError(
        f"Cellule inconnue : « {label} ».",
        where=name,
        why="Une cellule mal nommée ne serait pas protégée.",
        remedy="Employez les étiquettes de l’index de cells.",
        label=label,
    )


def _repeated(index: pd.Index, name: str) -> SecrecyError:
    label = index[index.duplicated()][0]
    return SecrecyError(
        f"La cellule « {label} » y figure plusieurs fois.",
        where=name,
        why="On ne saurait laquelle cacher.",
        remedy="Donnez une étiquette à chaque cellule (territoire, catégorie, période).",
        label=label,
    )


def _outside(label: Label, low: float, high: float) -> SecrecyError:
    return SecrecyError(
        f"L’effectif n’est pas entre les bornes connues ({low:g} et {high:g}).",
        where=f"cellule « {label} »",
        why="Une borne fausse ferait croire à une protection qui n’existe pas.",
        remedy="Corrigez la cellule ou bounds.",
        label=label,
    )
