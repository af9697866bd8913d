"""What an attacker can still work out of every hidden cell.

The attacker has everything shown, every relation, and the declared bounds: a count is never
negative, and the population of a block or the code of a class may narrow it. He solves the same
linear programs as we do, over all relations at once. He also knows the rule and its threshold,
but not which hidden cells fall under it: primary and complementary cells bear the same mark, so
that « hidden, hence under eleven » does not follow. Zeros being shown, he knows that a hidden
count is at least one; and that people are whole. Where a partner sees more than the public, say
so by ``bounds``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.cell_system import System, lay_out, shown_zeros
from observatoire.secrecy.suppression.intervals import TIGHT, Bracket, Floor, bracket, resolve
from observatoire.secrecy.suppression.whole_numbers import count_by_ones
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.intervals import Table
    from observatoire.secrecy.suppression.relations import Label, Relation


Threshold: TypeAlias = float | pd.Series


def audit(  # noqa: PLR0913 - the options of an audit, one keyword each
    cells: pd.Series,
    statuses: pd.Series,
    relations: Iterable[Relation],
    *,
    threshold: Threshold | None = None,
    bounds: pd.DataFrame | None = None,
    hide_zero: bool | pd.Series = False,
    latent: Iterable[Label] = (),
    absent: Iterable[Label] = (),
    whole: bool | pd.Series | None = None,
    tolerance: float = 0.0,
) -> pd.DataFrame:
    """Bound every hidden cell as an attacker can, from everything shown.

    Parameters
    ----------
    cells : Series
        Counts by label. Those of hidden cells serve to check the relations and to tell which
        fall under the threshold, never to bound them; NaN where they are unknown.
    statuses : Series
        Status of each cell; a status without a value hides it.
    relations : iterable of (total, parts)
        Everything that adds up, over all tables ever published on the same people.
    threshold : float or Series, optional
        Count below which a cell is secret, by cell where sources differ.
    bounds : DataFrame, optional
        Columns ``low`` and ``high`` by label: what an attacker knows beforehand.
    hide_zero : bool or Series
        Whether zero is secret too for the source, by cell where sources differ.
    latent : iterable of labels
        Quantities that only write the relations, never published and secret for nobody.
    absent : iterable of labels
        Cells without a count that nobody hides: secret only while they may be under the threshold.
    whole : bool or Series, optional
        Which cells count by ones; by default all do if the known ones are whole numbers.
    tolerance : float
        Gap allowed between a total and its parts, for totals rounded by their producer.

    Returns
    -------
    DataFrame
        By hidden cell: ``low``, ``high``, ``width``, ``recoverable``; with a threshold, also
        ``threshold``, ``sensitive`` (the cell is under it, or nothing proves that it is not) and
        ``safe``: not sensitive, or an interval at least as wide as the threshold that reaches it.

    Raises
    ------
    SecrecyError
        When the data contradict themselves, or the solver proves nothing.

    Notes
    -----
    « If lower, the number must not be recoverable by calculation »: order of 20 February 2008
    (ECES0804059A), art. 3. Never print this table: the intervals are what is being hidden.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series({"commune": 40, "a": 5, "b": 20, "c": 15})
    >>> shown = pd.Series({"commune": "observed", "a": "secret", "b": "observed", "c": "secret"})
    >>> audit(cells, shown, [("commune", ["a", "b", "c"])], threshold=11)
        low  high  width  recoverable  threshold  sensitive  safe
    a   1.0  19.0   18.0        False       11.0       True  True
    c   1.0  19.0   18.0        False       11.0      False  True
    """
    laid = lay_out(cells, relations, bounds, whole)
    hidden, inert = _hidden(laid, statuses), laid.mask(latent, "latent")
    zero = zeros_hidden(laid, hide_zero)
    system = shown_zeros(laid, never_zero(laid, hidden, zero | inert), tolerance)
    columns = np.flatnonzero(hidden)
    asked = np.zeros(len(hidden)) if threshold is None else thresholds(system, threshold)
    sensitive = np.zeros(len(hidden), dtype=bool)
    if threshold is not None:
        lacking = system.mask(absent, "absent")
        sensitive = sensitive_cells(system, asked, hide_zero=zero, absent=lacking) & ~inert
    low, high = measured(system, hidden, hidden, sensitive, asked)
    width = np.maximum(high - low, 0.0)
    report: dict[str, NDArray[Any]] = {"low": low, "high": high, "width": width}
    report["recoverable"] = width <= TIGHT
    if threshold is not None:
        report["threshold"] = asked[columns]
        report["sensitive"] = sensitive[columns]
        report["safe"] = ~sensitive[columns] | wide(low, high, asked[columns])
    places = system.order[columns]
    return pd.DataFrame(report, index=system.index[places]).iloc[np.argsort(places)]


def wide(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    asked: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell which intervals are at least as wide as the threshold, and reach it."""
    margin = TIGHT * np.maximum(1.0, asked)
    return (high - low >= asked - margin) & (high >= asked - margin)


def never_zero(
    system: System, hidden: NDArray[np.bool_], possible: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which cells, found hidden, anybody knows not to be zero: none once a zero is hidden."""
    sure = system.whole & ~system.stated & ~possible
    return sure & ~np.any(sure & hidden & (system.counts == 0))


def measured(
    system: System,
    hidden: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    sensitive: NDArray[np.bool_],
    asked: NDArray[np.float64],
    telling: NDArray[np.bool_] | None = None,
    tables: Sequence[Table] = (),
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the greatest count of each hidden cell.

    Those of sensitive cells that are wide enough over real numbers are counted by ones too. With
    ``telling``, ends are exact of too narrow cells, and of the narrowest that tells; ``tables``,
    once found to satisfy everything shown, spare programs.
    """
    columns = np.flatnonzero(hidden)
    floor = None if telling is None else Floor(asked[columns], telling[columns])
    found = exact_intervals(system, hidden, wanted, floor, tables)
    true = system.counts[columns]
    safe = wide(true + found.outer_low, true + found.outer_high, asked[columns])
    count_by_ones(system, columns, found, sensitive[columns] & safe, asked[columns])
    every = np.arange(len(columns))
    return found.ends(found.outer_low, found.outer_high, every)


def exact_intervals(
    system: System,
    hidden: NDArray[np.bool_],
    wanted: NDArray[np.bool_] | None = None,
    enough: NDArray[np.float64] | Floor | None = None,
    tables: Sequence[Table] = (),
) -> Bracket:
    """Measure the interval of hidden cells, in deviations from the true ones.

    Examples
    --------
    >>> import pandas as pd; from observatoire.secrecy.suppression.cell_system import build_system
    >>> system = build_system(pd.Series({"T": 5, "a": 3, "b": 2}), [("T", ["a", "b"])])
    >>> found = exact_intervals(system, np.array([False, True, True]))
    >>> found.outer_low.tolist(), found.outer_high.tolist()
    ([-3.0, -2.0], [2.0, 3.0])
    """
    columns = np.flatnonzero(hidden)
    matrix = system.matrix[:, columns]
    matrix = matrix[np.diff(matrix.indptr) > 0]
    found = bracket(matrix, *system.room(columns))
    found.count_by_ones(system.counts[columns], system.whole[columns])
    found.recall(matrix, hidden, tables)
    asked = np.ones(len(columns), dtype=bool) if wanted is None else wanted[columns]
    resolve(matrix, found, asked, enough)
    return found


def thresholds(system: System, threshold: Threshold) -> NDArray[np.float64]:
    """Put thresholds in canonical order; each must be a positive number."""
    if isinstance(threshold, pd.Series):
        asked = system.aligned(threshold, "threshold").astype(float)
    else:
        asked = np.full(len(system.labels), float(threshold))
    wrong = np.flatnonzero(~(np.isfinite(asked) & (asked > 0)))
    if len(wrong):
        by_cell = isinstance(threshold, pd.Series)
        raise SecrecyError(
            f"Le seuil vaut {asked[wrong[0]]:g}.",
            where=f"threshold, cellule « {system.labels[wrong[0]]} »" if by_cell else "threshold",
            why="Un seuil nul, négatif ou absent ne protège personne.",
            remedy="Donnez celui de la source (11 pour Filosofi) ; ce que le producteur diffuse "
            "tel quel se déclare par published.",
            threshold=float(asked[wrong[0]]),
        )
    return asked


def zeros_hidden(
    system: System,
    hide_zero: bool | pd.Series,  # noqa: FBT001 - the option of protect and audit, passed on
) -> NDArray[np.bool_]:
    """Tell, in canonical order, for which cells zero is secret too."""
    if isinstance(hide_zero, pd.Series):
        return system.aligned(hide_zero, "hide_zero").astype(bool)
    return np.full(len(system.labels), hide_zero)


def sensitive_cells(
    system: System,
    asked: NDArray[np.float64],
    *,
    hide_zero: NDArray[np.bool_],
    absent: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell which cells the rule protects.

    A count under its threshold, zero only if the source says so; a count that its producer hides,
    whatever its size; and one that nobody gives, unless what is known of the others proves that it
    reaches the threshold.
    """
    under = system.known & (system.counts < asked)
    under &= hide_zero | (system.counts != 0)
    under |= ~system.known & ~absent
    if (~system.known & absent).any():
        unknown = np.flatnonzero(~system.known)
        found = exact_intervals(system, ~system.known)
        least = system.counts[unknown] + found.outer_low
        under[unknown] |= least < asked[unknown] * (1 - TIGHT)
    return under


def _hidden(system: System, statuses: pd.Series) -> NDArray[np.bool_]:
    given = system.aligned(statuses, "statuses")
    try:
        shown = np.array([Status(status).has_value for status in given], dtype=bool)
    except ValueError as error:
        raise SecrecyError(
            f"Statut inconnu ({error}).",
            where="statuses",
            why="On ne saurait si la cellule est montrée.",
            remedy=f"Statuts possibles : {', '.join(Status)}.",
        ) from error
    impossible = np.flatnonzero(shown & ~system.known)
    if len(impossible):
        raise SecrecyError(
            "La cellule est déclarée montrée, mais son effectif manque.",
            where=f"cellule « {system.labels[impossible[0]]} »",
            why="Ce que l’attaquant sait d’elle serait ignoré.",
            remedy="Donnez l’effectif, ou le statut « secret » ou « missing ».",
            label=system.labels[impossible[0]],
        )
    return ~shown
