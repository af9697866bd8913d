"""The choice of what to hide, and its proof: over real numbers first, then as counts are whole."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.audit import measured, wide
from observatoire.secrecy.suppression.complementary import (
    SuppressionState,
    Surroundings,
    UnprotectedError,
    choose,
    unprotected,
)
from observatoire.secrecy.suppression.intervals import TIGHT
from observatoire.secrecy.suppression.optimal import improve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.cell_system import System

    #: The least and the greatest count of each hidden cell, as an attacker bounds it.
    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


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
    bound = improve(plan, candidates, start)
    # Measured anew, forgetting how each was protected: what is proved is what is shown in the end.
    proved = _measured(plan, audited)
    narrow = _too_narrow(plan, proved)
    if len(narrow):
        _widen(plan, candidates, narrow)
        proved = _measured(plan, audited)
    return bound, _widths(plan, audited, proved)


def _widen(plan: SuppressionState, candidates: NDArray[np.bool_], narrow: NDArray[np.intp]) -> None:
    """Hide more for the cells that are wide enough over real numbers, not over whole ones."""
    asked = plan.asked.copy()
    for _ in range(ROUNDS):
        if not len(narrow):
            return
        asked[narrow] = MORE * asked[narrow] + 1.0
        wider = SuppressionState(plan.system, asked, plan.sensitive, plan.cost, plan.hidden.copy())
        with suppress(UnprotectedError):
            choose(wider, candidates & ~wider.hidden)
        plan.hidden[:] = wider.hidden
        narrow = _too_narrow(plan)
    size, everything = len(asked), Surroundings(plan, np.ones(len(asked), dtype=bool))
    for cell in _too_narrow(plan).tolist():
        tied = everything.around(cell, size, size)
        plan.hidden[tied] |= candidates[tied]
    narrow = _too_narrow(plan)
    if len(narrow):
        raise unprotected(plan, int(narrow[0]), plan.hidden)


def _measured(plan: SuppressionState, audited: NDArray[np.bool_] | None = None) -> Ends:
    """Measure the sensitive cells, and of the audited ones those that a threshold concerns."""
    wanted = plan.sensitive
    if audited is not None:
        wanted = wanted | (plan.hidden & audited & (plan.asked > TIGHT))
    telling = plan.sensitive & (False if audited is None else audited)
    # Where the narrowest tells, tables that proved the choice, looked at anew, spare most programs.
    tables = plan.tables if telling.any() else []
    return measured(plan.system, plan.hidden, wanted, plan.sensitive, plan.asked, telling, tables)


def _too_narrow(plan: SuppressionState, ends: Ends | None = None) -> NDArray[np.intp]:
    """List the sensitive cells that their ends, measured now if not given, bracket too well."""
    columns = np.flatnonzero(plan.hidden)
    safe = wide(*(ends or _measured(plan)), plan.asked[columns])
    narrow: NDArray[np.intp] = columns[plan.sensitive[columns] & ~safe]
    return narrow


def past_mending_of(
    plan: SuppressionState, candidates: NDArray[np.bool_], public: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark the cells that what is public brackets already, and ask that nothing more narrows them."""
    system, exposed = plan.system, np.zeros(len(public), dtype=bool)
    bounded = public.any() or bool(np.isfinite(system.high).any())
    if bounded and plan.sensitive.any():
        wholly = SuppressionState(system, plan.asked, plan.sensitive, plan.cost, ~public)
        exposed[wholly.unsafe()] = True
        exposed[_too_narrow(wholly)] = True
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
    low, high = measured(system, usable, exposed, exposed, asked)
    most = np.maximum(np.minimum(high - low, high), 0.0)
    lowered, concerned = asked.copy(), exposed[columns]
    lowered[columns[concerned]] = np.minimum(asked[columns], most)[concerned]
    return lowered


def _widths(plan: SuppressionState, audited: NDArray[np.bool_], ends: Ends) -> Widths:
    """Return what may be said of the widths; a sensitive cell that is too narrow is an error."""
    failing = _too_narrow(plan, ends)
    if len(failing):
        label = plan.system.labels[failing[0]]
        raise SecrecyError(
            "La vérification finale la retrouve.",
            where=f"cellule « {label} »",
            why="Rien n’est publié dans le doute.",
            remedy="Signalez ce tableau : le choix et la vérification ne s’accordent pas.",
            labels=[plan.system.labels[column] for column in failing],
        )
    columns = np.flatnonzero(plan.hidden)
    wanted, checked = audited & (plan.asked > TIGHT), plan.sensitive[columns]
    width = ends[1] - ends[0]
    shown = wide(*ends, plan.asked[columns]) & wanted[columns]
    return Widths(
        float(width[checked & audited[columns]].min(initial=np.inf)),
        float(width[shown].min(initial=np.inf)),
        int(np.count_nonzero(wanted[columns])),
    )
