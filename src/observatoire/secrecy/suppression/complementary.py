"""Which more cells to hide, at little cost, so that none can be bracketed too narrowly.

For each cell still in danger, the cheapest pair of tables that agree on everything shown and
differ on that cell by its threshold is sought, among the cells around it first. What the pair
moves is hidden. Then cells that turned out not to be needed are shown again, dearest first.
The pairs are kept: they are the proof, and spare most of the checking.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.audit import exact_intervals
from observatoire.secrecy.suppression.disclosing_sums import disclosing_relations
from observatoire.secrecy.suppression.intervals import TIGHT
from observatoire.secrecy.suppression.linear_programs import (
    Coefficients,
    InfeasibleError,
    Program,
    simplex,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from scipy import sparse

    from observatoire.secrecy.suppression.cell_system import System
    from observatoire.secrecy.suppression.intervals import Table

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = NDArray[np.intp]


#: How far around a cell to look, and how many cells a relation may bring; then everywhere.
REACHES = ((2, 16), (3, 48), (5, 400))

#: Times costs are revised so that few cells move much rather than many a little.
REVISIONS = 3

#: Movement below which a cell is taken not to move.
STILL = 1e-7

#: Hidden cells beyond which a cell is not tried again for showing.
NEIGHBOURHOOD = 400


class UnprotectedError(SecrecyError):
    """No choice of cells to hide protects one of them."""


@dataclass(slots=True)
class SuppressionState:
    """What is hidden so far, and the tables that prove each cell wide enough.

    ``low`` and ``high`` are deviations from the true cells reached by tables an attacker cannot
    distinguish from the true one; ``low_proof`` and ``high_proof`` say which table (-1: one that needs
    only what was hidden from the start).
    """

    system: System
    asked: Floats
    sensitive: Mask
    cost: Floats
    hidden: Mask
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    low_proof: Columns = field(init=False)
    high_proof: Columns = field(init=False)
    base: tuple[Floats, Floats] = field(init=False)
    by_column: sparse.csc_array = field(init=False)
    room: Floats = field(init=False)
    sway: list[tuple[float, float]] = field(init=False)
    rows_of: list[list[int]] = field(init=False)
    cells_of: list[dict[int, float]] = field(init=False)
    users: dict[int, list[int]] = field(init=False)
    tables: list[Table] = field(init=False)
    solver: Any = field(default_factory=simplex, init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure what the cells hidden from the start already protect."""
        columns = np.flatnonzero(self.hidden)
        size = len(self.hidden)
        self.users = defaultdict(list)
        self.by_column = self.system.matrix.tocsc()
        self.room = np.abs(self.system.room(np.arange(size)))
        self.sway = list(zip(*self.room.tolist(), strict=True))
        self.rows_of = [list(rows) for rows in _lines(self.by_column)]
        self.cells_of = _lines(self.system.matrix)
        self.low, self.high = np.zeros(size), np.zeros(size)
        self.low_proof, self.high_proof = np.full(size, -1), np.full(size, -1)
        found = exact_intervals(self.system, self.hidden, self.sensitive, self.asked[columns])
        self.low[columns], self.high[columns] = found.inner_low, found.inner_high
        self.base = self.low.copy(), self.high.copy()
        self.tables = [(columns[places], point) for places, point in found.met]

    def prices(self, cells: Columns) -> Floats:
        """Cost of hiding each of some cells: nothing of those that are hidden already."""
        return np.where(self.hidden[cells], 0.0, self.cost[cells])

    def unsafe(self) -> Columns:
        """List the cells not proved wide enough, most exposed first."""
        lacking = self.lacking(np.arange(len(self.asked)))
        exposed = np.flatnonzero(self.sensitive & (lacking > TIGHT * self.asked))
        return exposed[np.lexsort((exposed, -lacking[exposed]))]

    def keep(self, columns: Columns, point: Floats) -> None:
        """Remember one more table, and what it proves of every cell it moves."""
        moved = np.abs(point) > STILL
        columns, point = columns[moved], point[moved]
        higher = columns[point > self.high[columns]]
        lower = columns[point < self.low[columns]]
        self.high[columns] = np.maximum(self.high[columns], point)
        self.low[columns] = np.minimum(self.low[columns], point)
        self.high_proof[higher] = self.low_proof[lower] = len(self.tables)
        for column in columns.tolist():
            self.users[column].append(len(self.tables))
        self.tables.append((columns, point))

    def resting_on(self, cell: int) -> Columns:
        """List the sensitive cells whose proof moves a cell."""
        concerned = np.zeros(len(self.tables) + 1, dtype=bool)
        concerned[self.users[cell]] = True
        resting = concerned[self.low_proof] | concerned[self.high_proof]
        return np.flatnonzero(self.sensitive & resting)

    def lacking(self, cells: Columns | int) -> Floats:
        """Return what the proved intervals of some cells want, in width or in reach."""
        low, high = self.low[cells], self.high[cells]
        found: Floats = self.asked[cells] - np.minimum(high - low, self.system.counts[cells] + high)
        return found


def _lines(matrix: sparse.csr_array | sparse.csc_array) -> list[dict[int, float]]:
    """List what each line of a compressed matrix holds: weights by place."""
    entries = list(zip(matrix.indices.tolist(), matrix.data.tolist(), strict=True))
    return [dict(entries[start:end]) for start, end in pairwise(matrix.indptr.tolist())]


def choose(plan: SuppressionState, candidates: Mask) -> None:
    """Hide candidates until every sensitive cell is wide enough, then show the needless ones."""
    hidden = Surroundings(plan, plan.hidden)
    usable = Surroundings(plan, plan.hidden | candidates)
    added: list[int] = []
    for cell in plan.unsafe().tolist():
        if not _hidden_enough(hidden, cell, REACHES[:1]):
            needed = _protect_one(usable, cell, candidates).tolist()
            plan.hidden[needed] = True
            hidden.turn(needed)
            added += needed
    for cell in sorted(added, key=lambda column: (-plan.cost[column], column)):
        _show_again(hidden, cell)


def _protect_one(usable: Surroundings, cell: int, candidates: Mask) -> Columns:
    """Find which candidates to hide for one cell, looking further and further."""
    plan, size = usable.plan, len(usable.plan.hidden)
    moved = _proved(usable, cell, (*REACHES, (size, size)), size)
    if moved is None:
        raise unprotected(plan, cell, plan.hidden | candidates)
    return moved[~plan.hidden[moved]]


def _proved(
    usable: Surroundings, cell: int, reaches: Iterable[tuple[int, int]], most: int
) -> Columns | None:
    """Find two tables that prove a cell wide enough and keep them; return the cells they move."""
    for depth, breadth in reaches:
        columns = usable.around(cell, depth, breadth)
        if len(columns) > most:
            return None
        pair = _cheapest_pair(usable.plan, cell, columns)
        if pair is not None:
            for point in pair:
                usable.plan.keep(columns, point)
            return columns[(np.abs(pair) > STILL).any(axis=0)]
    return None


def unprotected(plan: SuppressionState, cell: int, usable: Mask) -> UnprotectedError:
    """Return the refusal that names a cell, and the sums by which it is found."""
    label = plan.system.labels[cell]
    sums = disclosing_relations(plan.system, usable, label, most=2)
    by = f", par {' ; '.join(f'« {relation} »' for relation in sums)}" if sums else ""
    return UnprotectedError(
        "Aucun choix de cellules à cacher ne la protège.",
        where=f"cellule « {label} »",
        why="Ce qui doit rester montré (totaux de tête, publications antérieures, bornes connues) "
        f"suffit à la retrouver{by} : rien n’est publié dans le doute.",
        remedy="Retirez un total de headlines ou une borne, admettez de cacher des zéros "
        "(hide_zero), ou regroupez des catégories.",
        label=label,
        relations=sums,
    )


class Surroundings:
    """The usable cells that relations tie to a cell: plain sets, for neighbourhoods are small."""

    def __init__(self, plan: SuppressionState, usable: Mask) -> None:
        allowed = set(np.flatnonzero(usable).tolist())
        self.plan, self.members = plan, [allowed.intersection(row) for row in plan.cells_of]

    def turn(self, cells: Iterable[int]) -> None:
        """Let cells be used that were not, or no longer those that were."""
        for cell in cells:
            for row in self.plan.rows_of[cell]:
                self.members[row] ^= {cell}

    def around(self, cell: int, depth: int, breadth: int) -> Columns:
        """Gather usable cells within some relations of a cell, the cheapest of each relation."""
        rows_of = self.plan.rows_of
        gathered, frontier, read = {cell}, {cell}, set[int]()
        for _ in range(depth):
            touched = set().union(*[rows_of[each] for each in frontier]) - read
            read |= touched
            frontier = set().union(*[self._nearest(row, breadth) for row in touched]) - gathered
            gathered |= frontier
        return np.array(sorted(gathered), dtype=np.intp)

    def _nearest(self, row: int, breadth: int) -> set[int]:
        """List the usable cells of a relation, the cheapest ones where they are many."""
        members = self.members[row]
        if len(members) <= breadth:
            return members
        each = np.fromiter(members, np.intp, len(members))
        order = np.lexsort((each, self.plan.prices(each)))
        return set(each[order[:breadth]].tolist())


def _cheapest_pair(plan: SuppressionState, cell: int, columns: Columns) -> Floats | None:
    """Find two tables, as deviations, that move little and differ enough on the cell."""
    price, asked = plan.prices(columns), plan.asked[cell]
    weight = price / asked
    least = weight.min(initial=np.inf, where=weight > 0)
    floor = 1e-3 * (least if np.isfinite(least) else 1.0)
    program = _pair_program(plan, cell, columns, np.tile(weight + floor, 4))
    if program is None:
        return None
    best, best_cost = None, np.inf
    for _ in range(REVISIONS):
        try:
            up, upward, down, downward = program.minimise().point.reshape(4, -1)
        except InfeasibleError:
            break
        pair = np.stack([up - upward, downward - down])
        size = np.abs(pair)
        cost = price[(size > STILL).any(axis=0)].sum()
        if cost < best_cost * (1 - TIGHT):
            best, best_cost = pair, cost
        elif best is not None:
            break
        if best_cost == 0:
            break  # nothing more is hidden: no revision does better
        program.recost(np.tile(price / (size.sum(axis=0) + 0.05 * asked) + floor, 4))
    return best


def _pair_program(
    plan: SuppressionState, cell: int, columns: Columns, cost: Floats
) -> Program | None:
    """Write the search for a pair: four columns a cell (rise and fall, in each table)."""
    size, place, asked = len(columns), int(np.searchsorted(columns, cell)), plan.asked[cell]
    down, up = plan.room[:, columns]
    most = np.concatenate([up, down, down, up])
    most[[place + size, place + 3 * size]] = 0.0
    least = np.zeros(4 * size)
    least[place] = max(0.0, asked - plan.system.counts[cell])
    if least[place] > up[place] or up[place] + down[place] < asked:
        return None
    part = _twofold(Coefficients.of(plan.by_column, columns), place)
    fewest, greatest = np.zeros(part.height), np.zeros(part.height)
    fewest[-1], greatest[-1] = asked, np.inf
    return Program(part, (fewest, greatest), (least, most), plan.solver, cost)


def _twofold(part: Coefficients, place: int) -> Coefficients:
    """Write the relations for two tables at once, then a row for how far apart they are."""
    height, end, entries = part.height, part.starts[place + 1], len(part.rows) + 1
    rows, weights = np.empty((4, entries), np.int32), np.empty((4, entries))
    for made, given, last in ((rows, part.rows, 2 * height), (weights, part.weights, 1.0)):
        made[0, :end], made[0, end], made[0, end + 1 :] = given[:end], last, given[end:]
    rows[1], rows[2:] = rows[0], rows[0] + height
    rows[2:, end] = 2 * height
    weights[1] = weights[3] = -weights[0]
    weights[2] = weights[0]
    begins = part.starts[:-1] + (np.arange(len(part.starts) - 1) > place)
    starts = np.append(begins + entries * np.arange(4)[:, None], 4 * entries).astype(np.int32)
    return Coefficients(starts, rows.ravel(), weights.ravel(), 2 * height + 1)


def _show_again(hidden: Surroundings, cell: int) -> None:
    """Show a complementary cell again if every cell it protects finds another protection."""
    plan = hidden.plan
    resting = plan.resting_on(cell)
    state = plan.low, plan.high, plan.low_proof, plan.high_proof
    before = [array[resting] for array in state]
    plan.hidden[cell] = False
    hidden.turn([cell])
    plan.low[resting], plan.high[resting] = (side[resting] for side in plan.base)
    plan.low_proof[resting] = plan.high_proof[resting] = -1
    if all(_hidden_enough(hidden, sensitive, REACHES) for sensitive in resting.tolist()):
        return
    plan.hidden[cell] = True
    hidden.turn([cell])
    for array, kept in zip(state, before, strict=True):
        array[resting] = kept


def _hidden_enough(hidden: Surroundings, cell: int, reaches: Iterable[tuple[int, int]]) -> bool:
    """Tell whether what is hidden already is found to protect a cell."""
    plan = hidden.plan
    if plan.lacking(cell) <= TIGHT * plan.asked[cell]:
        return True
    return not _cramped(hidden, cell) and _proved(hidden, cell, reaches, NEIGHBOURHOOD) is not None


def _cramped(hidden: Surroundings, cell: int) -> bool:
    """Tell whether some relation alone brackets a cell too well: no program is needed."""
    plan = hidden.plan
    down, up = plan.sway[cell]
    for row in plan.rows_of[cell]:
        weights = plan.cells_of[row]
        # It falls by what others of its sign gain at most, and those of the other lose; it rises likewise.
        fall = rise = 0.0
        for other in hidden.members[row] - {cell}:
            share = weights[other] / weights[cell]
            fallen, risen = plan.sway[other][:: 1 if share > 0 else -1]
            fall, rise = fall + abs(share) * risen, rise + abs(share) * fallen
        down, up = min(down, fall), min(up, rise)
    return bool(min(down + up, plan.system.counts[cell] + up) < plan.asked[cell] * (1 - TIGHT))
