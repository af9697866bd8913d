"""The cheapest choice of cells to hide, proved so, on tables small enough.

A mixed integer program chooses; for each sensitive cell that its choice leaves too narrow, the
dual of the attacker's program shows which cells could have widened it, and that condition is
added (Fischetti and Salazar-González, Operations Research 2001). Its optimum, at any moment, is
a bound below which no choice is safe; when it meets a safe choice, that choice is the cheapest.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.complementary import SuppressionState, choose
from observatoire.secrecy.suppression.intervals import TIGHT
from observatoire.secrecy.suppression.linear_programs import (
    Coefficients,
    Program,
    highspy,
    quiet_solver,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
    Columns: TypeAlias = NDArray[np.intp]


#: Candidates beyond which the exact choice is not attempted.
CANDIDATES = 400

#: Rounds of conditions, and nodes of each search, after which the attempt is given up. Neither
#: depends on the machine: the same table gives the same choice everywhere.
ROUNDS = 60
NODES = 2000

#: Iterations of the simplex in all whole rounds together, after which the attempt is given up: a
#: few seconds, where a table is tied so closely that its bound no longer moves.
WORK = 12_000

#: Whole rounds after which a choice is completed the greedy way; each time, a larger gap
#: is accepted.
PATIENCE = 8
GAP = 0.01

#: Share of its capacity lent to a cell not chosen, so that the dual looks at it.
LENT = 1e-3

#: Coefficient below which a cell is taken not to widen anything.
NOTHING = 1e-7


@dataclass(slots=True)
class Master:
    """The integer program: which candidates, at least cost, under the conditions found so far."""

    cost: Floats
    solver: Any = field(init=False)
    spent: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Start without any condition."""
        size = len(self.cost)
        none, nothing = np.empty(0), np.zeros(0, np.int32)
        bare = Coefficients(np.zeros(size + 1, np.int32), nothing, none, 0)
        self.solver = quiet_solver(mip_rel_gap=0.0, mip_max_nodes=NODES)
        Program(bare, (none, none), (np.zeros(size), np.ones(size)), self.solver, self.cost)

    def require(self, weights: Floats, least: float) -> None:
        """Add a condition: the chosen candidates must weigh at least so much."""
        columns = np.flatnonzero(weights).astype(np.int32)
        self.solver.addRow(least, np.inf, len(columns), columns, weights[columns])

    def whole(self) -> None:
        """Ask for whole choices from now on; fractional ones find conditions faster."""
        size = len(self.cost)
        kinds = np.full(size, highspy.HighsVarType.kInteger)
        self.solver.changeColsIntegrality(size, np.arange(size, dtype=np.int32), kinds)

    def choose(self) -> tuple[Floats, float] | None:
        """Return the cheapest choice and a bound on all of them; nothing when given up."""
        self.solver.run()
        self.spent += max(int(self.solver.getInfo().simplex_iteration_count), 0)
        status = self.solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        choice = np.asarray(self.solver.getSolution().col_value)
        return choice, float(self.solver.getInfo().objective_function_value)


@dataclass(slots=True)
class Separator:
    """Finds, for a choice, the conditions that it breaks."""

    plan: SuppressionState
    candidates: Columns
    columns: Columns = field(init=False)
    program: Program = field(init=False)
    given: Columns = field(init=False)

    def __post_init__(self) -> None:
        """Write the attacker's program over every cell that is or may be hidden."""
        system = self.plan.system
        usable = self.plan.hidden.copy()
        usable[self.candidates] = True
        self.columns = np.flatnonzero(usable)
        part = Coefficients.of(self.plan.by_column, self.columns)
        zero = np.zeros(part.height)
        self.program = Program(part, (zero, zero), system.room(self.columns))
        self.given = np.searchsorted(self.columns, self.candidates)

    def broken(self, choice: Floats, lent: float) -> list[tuple[Floats, float]]:
        """List conditions that a choice breaks: weights by candidate, and what they must reach."""
        plan = self.plan
        down, up = plan.system.room(self.columns)
        cap = 4.0 * plan.asked[plan.sensitive].max()
        part = np.maximum(choice, lent)
        part = np.where(part > 1 - TIGHT, 1.0, part)
        loose = np.where(part == 1.0, np.inf, cap)
        down[self.given] = -part * np.minimum(-down[self.given], loose)
        up[self.given] = part * np.minimum(up[self.given], loose)
        self.program.rebound(down, up)
        found = []
        for place in np.searchsorted(self.columns, np.flatnonzero(plan.sensitive)):
            condition = self._condition(int(place))
            if condition is not None and condition[0] @ choice < condition[1] * (1 - 1e-5):
                found.append(condition)
        return found

    def _condition(self, place: int) -> tuple[Floats, float] | None:
        down, up = self.plan.system.room(self.columns)
        asked = self.plan.asked[self.columns[place]]
        weights, width = np.zeros(len(self.columns)), 0.0
        for maximise in (True, False):
            solution = self.program.extreme(place, maximise=maximise)
            if not solution.bounded:
                return None
            width += abs(solution.value)
            if width >= asked * (1 - TIGHT):
                return None
            sign = -1.0 if maximise else 1.0
            reduced = -self.program.priced()
            reduced[place] += sign
            reduced[np.abs(reduced) < NOTHING] = 0.0
            used = np.flatnonzero(reduced)
            room = np.where(reduced > 0, -down, up)
            weights[used] += np.abs(reduced[used]) * room[used]
        certain = np.delete(weights, self.given).sum()
        least = asked - certain
        if not least > TIGHT:
            return None
        return np.minimum(weights[self.given], least), least


def improve(plan: SuppressionState, candidates: Mask, start: Mask) -> float | None:
    """Replace the choice by the cheapest when it can be found; return the bound proved.

    Parameters
    ----------
    plan : SuppressionState
        What was chosen; its ``hidden`` is replaced when something cheaper is proved safe.
    candidates : mask
        Cells that may be hidden.
    start : mask
        Cells hidden before any choice.

    Returns
    -------
    float or None
        Cost below which no choice is safe; ``None`` when the table is too large.
    """
    columns = np.flatnonzero(candidates)
    chosen = plan.hidden & ~start
    if not chosen.any():
        return 0.0
    if len(columns) > CANDIDATES:
        return None
    search = Search(plan, candidates, start, plan.hidden.copy(), float(plan.cost[chosen].sum()))
    with suppress(SecrecyError):  # the best choice so far stands, and is proved on its own
        search.run()
    plan.hidden[:] = search.best
    return min(search.bound, search.reached)


@dataclass(slots=True)
class Search:
    """The search for the cheapest choice: the best so far, and the bound proved so far."""

    plan: SuppressionState
    candidates: Mask
    start: Mask
    best: Mask
    reached: float
    bound: float = 0.0

    def run(self) -> None:
        """Tighten from both sides until they meet, or rounds run out."""
        columns = np.flatnonzero(self.candidates)
        separator, master = Separator(self.plan, columns), Master(self.plan.cost[columns])
        whole = 0
        for _ in range(ROUNDS):
            answer = master.choose()
            if answer is None:
                return
            choice, cost = answer
            self.bound = max(self.bound, cost)
            if self.bound >= self.reached * (1 - max(TIGHT, GAP * (whole // PATIENCE))):
                return
            conditions = separator.broken(choice, LENT) or separator.broken(choice, 0.0)
            for condition in conditions:
                master.require(*condition)
            picked = columns[choice > 0.5]  # noqa: PLR2004 - a whole choice, up to rounding
            if whole and not conditions:
                self.keep(picked)
                return
            if not conditions:
                self.complete(choice)
                master.whole()
            whole += bool(whole or not conditions)
            if whole % PATIENCE == 1 and whole > 1:
                self.complete(choice)
            if master.spent > WORK:
                return

    def keep(self, picked: Columns) -> None:
        """Hold a safe choice for the best if it is cheaper."""
        hidden = self.start.copy()
        hidden[picked] = True
        cost = float(self.plan.cost[hidden & ~self.start].sum())
        if cost < self.reached * (1 - TIGHT):
            self.best, self.reached = hidden, cost

    def complete(self, choice: Floats) -> None:
        """Make a choice that is not quite safe so, by the greedy way, and keep it if cheaper."""
        cost = self.plan.cost.copy()
        cost[self.candidates] *= np.maximum(1.0 - choice, LENT)
        completed = replace(self.plan, cost=cost, hidden=self.start.copy())
        choose(completed, self.candidates)
        self.keep(np.flatnonzero(completed.hidden & ~self.start))
