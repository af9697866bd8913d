"""What to hide: primary cells by the rule, complementary ones so that the rule holds.

The rule is the one of « if lower, the number must not be recoverable by calculation » (order of
20 February 2008, ECES0804059A, art. 3), read with the width that a rank test misses: a hidden
cell is safe when everything shown leaves it an interval at least as wide as its threshold, that
reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.audit import (
    Threshold,
    never_zero,
    sensitive_cells,
    thresholds,
    zeros_hidden,
)
from observatoire.secrecy.suppression.cell_system import (
    System,
    lay_out,
    shown_zeros,
    unknown_cell,
)
from observatoire.secrecy.suppression.choice import choose_proved, past_mending_of
from observatoire.secrecy.suppression.complementary import SuppressionState
from observatoire.secrecy.suppression.costs import default_costs, given_costs
from observatoire.secrecy.suppression.linear_programs import SOLVER
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.relations import Label, Relation


PRIMARY, COMPLEMENTARY, PRODUCER, LATENT = "primaire", "complémentaire", "producteur", "latente"


@dataclass(frozen=True, slots=True)
class Protection:
    """What was hidden, why, and the proof; never the intervals themselves.

    Attributes
    ----------
    statuses : Series
        ``secret`` or ``observed``, by cell. Only this may travel with the cells.
    causes : Series
        By hidden cell: « primaire », « complémentaire », « producteur » or « latente ». In
        public, they would show which cells are under the threshold: print counts only.
    narrowest : float
        Width of the narrowest interval left to a sensitive cell; infinite when none is bounded.
    floor : float
        The narrowest that is wide enough, among all hidden cells: what may be printed, for anybody
        draws it from what is shown; ``narrowest`` may show which cell is under its threshold.
    proved : int
        Hidden cells whose interval the solver certifies.
    cost : float
        Cost of the complementary cells.
    bound : float or None
        Cost below which no choice is safe, where it was proved: equal to ``cost`` when the choice
        is the cheapest; ``None`` on tables too large for that proof.
    solver : str
        Name and version of the solver that certifies the intervals.
    unrelated : tuple
        Cells that no relation mentions: nothing but their bounds speaks of them.
    exposed : tuple
        Cells under the threshold that were public already, or that what is public already
        brackets within less than the threshold (``past_mending``): no hiding mends that.
    """

    statuses: pd.Series
    causes: pd.Series
    narrowest: float
    floor: float
    proved: int
    cost: float
    bound: float | None
    solver: str
    unrelated: tuple[Label, ...]
    exposed: tuple[Label, ...]


class Options(TypedDict, total=False):
    """What :func:`protect` says of each."""

    hide_zero: bool | pd.Series
    cost: pd.Series | None
    headlines: Iterable[Label]
    bounds: pd.DataFrame | None
    already_hidden: Iterable[Label]
    published: Iterable[Label]
    latent: Iterable[Label]
    absent: Iterable[Label]
    whole: bool | pd.Series | None
    tolerance: float


def protect(
    cells: pd.Series,
    relations: Iterable[Relation],
    threshold: Threshold = 11,
    *,
    alone: Iterable[Label] = (),
    **options: Unpack[Options],
) -> pd.Series:
    """Decide which cells to hide, so that none under its threshold can be worked out.

    Parameters
    ----------
    cells : Series
        Counts by label, weighted or not; NaN for those the producer hides. Totals are given, not
        recomputed, and stay as they are.
    relations : iterable of (total, parts)
        Everything that adds up: quartiers to commune, zonings to the pieces they share,
        categories to totals, years to periods; see :class:`~.relations.Part` for weights.
    threshold : float or Series
        Count below which a cell is secret, by cell where sources differ.
    hide_zero : bool or Series
        Whether zero is secret too for the source, by cell where sources differ. If not, no
        zero is ever hidden.
    cost : Series, optional
        Cost of hiding each cell; by default its size and its place in the totals.
    headlines : iterable of labels
        Totals never hidden to protect others.
    bounds : DataFrame, optional
        Columns ``low`` and ``high`` by label: what an attacker knows beforehand.
    already_hidden : iterable of labels
        Cells hidden already, by their producer or an earlier publication; they stay so.
    published : iterable of labels
        Cells public already, whatever their count: hiding them would protect nothing.
    latent : iterable of labels
        Quantities that only write the relations, never published and secret for nobody.
    absent : iterable of labels
        Cells without a count that nobody hides: secret only while they may be under the threshold.
    whole : bool or Series
        Which cells count by ones: people, households, facts. By default all do if the known ones
        are whole numbers; an attacker then knows that a hidden one, where zeros are shown, is at
        least one.
    alone : iterable of labels
        Cells that add up to nothing. Any other cell must be in a relation: one forgotten would
        give it away.
    tolerance : float
        Gap allowed between a total and its parts, for totals rounded by their producer.

    Returns
    -------
    Series
        Statuses, in the order of ``cells``: ``secret`` or ``observed``.

    Raises
    ------
    SecrecyError
        When the data contradict themselves, a cell is in no relation, no choice protects a cell,
        or the solver proves nothing: nothing is published on doubt.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series({"commune": 62, "a": 5, "b": 42, "c": 15})
    >>> protect(cells, [("commune", ["a", "b", "c"])], threshold=11)
    commune    observed
    a            secret
    b          observed
    c            secret
    Name: status, dtype: object
    """
    record = protection(cells, relations, threshold, **options)
    _check_related(record, frozenset(alone))
    return record.statuses


def protection(  # noqa: PLR0913 - the same as protect
    cells: pd.Series,
    relations: Iterable[Relation],
    threshold: Threshold = 11,
    *,
    hide_zero: bool | pd.Series = False,
    cost: pd.Series | None = None,
    headlines: Iterable[Label] = (),
    bounds: pd.DataFrame | None = None,
    already_hidden: Iterable[Label] = (),
    published: Iterable[Label] = (),
    latent: Iterable[Label] = (),
    absent: Iterable[Label] = (),
    whole: bool | pd.Series | None = None,
    tolerance: float = 0.0,
    past_mending: bool = False,
    spare_zeros: bool = True,
) -> Protection:
    """Decide as :func:`protect` does, and keep the record: causes, narrowest interval, solver.

    ``past_mending`` lists in ``exposed`` the cells that what is public already brackets, instead of
    refusing everything: nothing more may narrow them, and the others are protected; without
    ``spare_zeros``, zeros may be hidden to protect others.

    Cells in no relation are not refused but listed in ``unrelated``, for the caller to judge.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series({"commune": 62, "a": 5, "b": 42, "c": 15})
    >>> record = protection(cells, [("commune", ["a", "b", "c"])], threshold=11)
    >>> record.causes.to_dict(), record.narrowest
    ({'a': 'primaire', 'c': 'complémentaire'}, 18.0)
    """
    laid = lay_out(cells, relations, bounds, whole)
    zero = zeros_hidden(laid, hide_zero)
    inert, public = laid.mask(latent, "latent"), laid.mask(published, "published")
    producer = laid.mask(already_hidden, "already_hidden") | ~laid.known
    _check_exclusive(laid, public, producer | inert)
    sure = never_zero(laid, producer, zero | inert | public) & spare_zeros
    system = shown_zeros(laid, sure, tolerance)
    asked, lacking = thresholds(system, threshold), system.mask(absent, "absent")
    under = sensitive_cells(system, asked, hide_zero=zero, absent=lacking) & ~inert
    start = (under & ~public) | producer | inert
    candidates = ~start & ~public & ~system.mask(headlines, "headlines")
    if spare_zeros:
        candidates &= zero | (system.counts != 0)
    costs = default_costs(system) if cost is None else given_costs(system, cost, candidates)
    candidates &= np.isfinite(costs)
    plan = SuppressionState(system, asked, under & ~public, costs, start.copy())
    exposed = past_mending_of(plan, candidates, public) if past_mending else under & public
    bound, widths = choose_proved(plan, candidates, ~inert & ~exposed)
    causes = np.where(inert, LATENT, np.where(producer, PRODUCER, PRIMARY))
    causes = np.where(plan.hidden & ~start, COMPLEMENTARY, causes)
    marks = np.array([Status.OBSERVED, Status.SECRET], dtype=object)
    statuses = system.column(marks[plan.hidden.astype(int)], "status")
    return Protection(
        statuses=statuses,
        causes=system.column(causes.astype(object), "cause")[statuses == Status.SECRET],
        narrowest=widths.narrowest,
        floor=widths.floor,
        proved=widths.proved,
        cost=float(plan.cost[plan.hidden & ~start].sum()),
        bound=bound,
        solver=SOLVER,
        unrelated=_labels(system, np.diff(plan.by_column.indptr) == 0),
        exposed=_labels(system, exposed | (under & public)),
    )


def _labels(system: System, mask: NDArray[np.bool_]) -> tuple[Label, ...]:
    return tuple(system.labels[column] for column in np.flatnonzero(mask))


def _check_related(record: Protection, alone: frozenset[Label]) -> None:
    strange = alone - set(record.statuses.index)
    if strange:
        raise unknown_cell(min(strange, key=repr), "alone")
    forgotten = [label for label in record.unrelated if label not in alone]
    if forgotten:
        raise SecrecyError(
            "La cellule n’est dans aucune relation.",
            where=f"cellule « {forgotten[0]} »",
            why="Un total oublié la donnerait par soustraction, sans que rien ne le voie.",
            remedy="Ajoutez la relation qui la contient ; si elle ne se somme vraiment à rien, "
            "nommez-la dans alone.",
            labels=forgotten,
        )


def _check_exclusive(
    system: System,
    public: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
) -> None:
    both = np.flatnonzero(public & hidden)
    if len(both):
        label = system.labels[both[0]]
        raise SecrecyError(
            "La cellule est dite à la fois publiée et cachée (ou inconnue).",
            where=f"cellule « {label} »",
            why="Ce que l’attaquant sait d’elle resterait indécis.",
            remedy="Retirez-la de published, ou donnez son effectif et retirez-la des cachées.",
            label=label,
        )
