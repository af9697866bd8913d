"""The choice of what to hide, and its proof: over real numbers first, then as counts are whole."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.audit import measured, wide
from observatoire.secrecy.suppression.complementary import (
    SuppressionState,
    UnprotectedError,
    choose,
    unprotected,
)
from observatoire.secrecy.suppression.intervals import TIGHT, components
from observatoire.secrecy.suppression.optimal import improve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.cell_system import System


#: Times more room is asked for a cell that whole numbers give away, and how much more each time.
ROUNDS, MORE = 4, 1.5


class Widths(NamedTuple):
    """The narrowest sensitive interval, the narrowest of all wide enough, how many were measured."""

    narrowest: float
    floor: float
    proved: int


def choose_proved(
    plan: SuppressionState, candidates: NDArray[np.bool_], audited: NDArray[np.bool_]
) -> tuple[float | None, Widths]:
    """Choose complementary cells, at least cost over real numbers, then as whole ones need more."""
    start = plan.hidden.copy()
    choose(plan, candidates)
    greedy = plan.hidden.copy()
    _prove(plan, audited, real=True)
    bound = improve(plan, candidates, start)
    if not np.array_equal(greedy, plan.hidden):
        _prove(plan, audited, real=True)
    _widen(plan, candidates)
    return bound, _prove(plan, audited)


def _widen(plan: SuppressionState, candidates: NDArray[np.bool_]) -> None:
    """Hide more for the cells that are wide enough over real numbers, not over whole ones."""
    asked = plan.asked.copy()
    for _ in range(ROUNDS):
        narrow = _narrow(plan)
        if not len(narrow):
            return
        asked[narrow] = MORE * asked[narrow] + 1.0
        wider = SuppressionState(plan.system, asked, plan.sensitive, plan.cost, plan.hidden.copy())
        with suppress(UnprotectedError):
            choose(wider, candidates & ~wider.hidden)
        plan.programs += wider.programs
        plan.hidden[:] = wider.hidden
    plan.hidden |= candidates & _around(plan, _narrow(plan))
    narrow = _narrow(plan)
    if len(narrow):
        raise unprotected(plan, int(narrow[0]), plan.hidden)


def _narrow(plan: SuppressionState) -> NDArray[np.intp]:
    """List the sensitive cells that whole numbers bracket too well."""
    low, high, programs = measured(
        plan.system, plan.hidden, plan.sensitive, plan.sensitive, plan.asked
    )
    plan.programs += programs
    columns = np.flatnonzero(plan.hidden)
    safe = wide(low, high, plan.asked[columns])
    narrow: NDArray[np.intp] = columns[plan.sensitive[columns] & ~safe]
    return narrow


def _around(plan: SuppressionState, cells: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Mark everything that relations tie to some cells."""
    reached = np.zeros(len(plan.hidden), dtype=bool)
    everywhere = np.ones(len(plan.hidden), dtype=bool)
    for columns, _ in components(plan.system.matrix, everywhere) if len(cells) else ():
        reached[columns] = bool(np.isin(cells, columns).any())
    return reached


def past_mending_of(
    plan: SuppressionState, candidates: NDArray[np.bool_], public: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the cells that what is public brackets already, and ask that nothing more narrows them."""
    system, exposed = plan.system, np.zeros(len(public), dtype=bool)
    bounded = public.any() or bool(np.isfinite(system.high).any())
    if bounded and plan.sensitive.any():
        wholly = SuppressionState(system, plan.asked, plan.sensitive, plan.cost, ~public)
        exposed[wholly.unsafe()] = True
        exposed[_narrow(wholly)] = True
        plan.asked = _attainable(system, plan.asked, exposed, plan.hidden | candidates)
        plan.sensitive = plan.sensitive & (plan.asked > TIGHT)
    return exposed


def _attainable(
    system: System,
    asked: NDArray[np.float64],
    exposed: NDArray[np.bool_],
    usable: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Ask, of cells that what is public brackets already, that nothing more narrows them."""
    if not exposed.any():
        return asked
    columns = np.flatnonzero(usable)
    low, high, _ = measured(system, usable, exposed, exposed, asked)
    most = np.maximum(np.minimum(high - low, high), 0.0)
    lowered, concerned = asked.copy(), exposed[columns]
    lowered[columns[concerned]] = np.minimum(asked[columns], most)[concerned]
    return lowered


def _prove(plan: SuppressionState, audited: NDArray[np.bool_], *, real: bool = False) -> Widths:
    """Measure every hidden cell anew, forgetting how it was protected."""
    wanted = plan.hidden & audited & (plan.asked > TIGHT)
    counted = plan.sensitive & (not real)
    low, high, programs = measured(
        plan.system, plan.hidden, wanted | plan.sensitive, counted, plan.asked
    )
    plan.programs += programs
    columns = np.flatnonzero(plan.hidden)
    safe = wide(low, high, plan.asked[columns])
    checked, width = plan.sensitive[columns], high - low
    failing = columns[checked & ~safe]
    if len(failing):
        label = plan.system.labels[failing[0]]
        raise SecrecyError(
            "La vérification finale la retrouve.",
            where=f"cellule « {label} »",
            why="Rien n’est publié dans le doute.",
            remedy="Signalez ce tableau : le choix et la vérification ne s’accordent pas.",
            labels=[plan.system.labels[column] for column in failing],
        )
    shown = safe & wanted[columns]
    return Widths(
        float(width[checked & audited[columns]].min(initial=np.inf)),
        float(width[shown].min(initial=np.inf)),
        int(wanted.sum()),
    )
