"""Which more cells to hide, at little cost, so that none can be bracketed too narrowly.

For each cell still in danger, the cheapest pair of tables that agree on everything shown and
differ on that cell by its threshold is sought, among the cells around it first. What the pair
moves is hidden. Then cells that turned out not to be needed are shown again, dearest first.
The pairs are kept: they are the proof, and spare most of the checking.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.secrecy.suppression.disclosing_sums import disclosing_relations
from observatoire.secrecy.suppression.intervals import TIGHT, bracket, resolve
from observatoire.secrecy.suppression.linear_programs import (
    Coefficients,
    InfeasibleError,
    Program,
    entries_of,
    simplex,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from scipy import sparse

    from observatoire.secrecy.suppression.cell_system import System

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
    users: dict[int, list[int]] = field(init=False)
    proofs: int = field(default=0, init=False)
    solver: Any = field(default_factory=simplex, init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure what the cells hidden from the start already protect."""
        columns = np.flatnonzero(self.hidden)
        size = len(self.hidden)
        self.users = defaultdict(list)
        self.by_column = self.system.matrix.tocsc()
        self.low, self.high = np.zeros(size), np.zeros(size)
        self.low_proof, self.high_proof = np.full(size, -1), np.full(size, -1)
        matrix = self.system.matrix[:, columns]
        found = bracket(matrix, *self.system.room(columns))
        resolve(matrix, found, self.sensitive[columns], self.asked[columns])
        self.low[columns], self.high[columns] = found.inner_low, found.inner_high
        self.base = self.low.copy(), self.high.copy()

    def price(self, chosen: Mask) -> float:
        """Cost of hiding some cells."""
        return float(self.cost[chosen].sum())

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
        self.high_proof[higher] = self.low_proof[lower] = self.proofs
        for column in columns.tolist():
            self.users[column].append(self.proofs)
        self.proofs += 1

    def resting_on(self, cell: int) -> Columns:
        """List the sensitive cells whose proof moves a cell."""
        concerned = np.zeros(self.proofs + 1, dtype=bool)
        concerned[self.users[cell]] = True
        resting = concerned[self.low_proof] | concerned[self.high_proof]
        return np.flatnonzero(self.sensitive & resting)

    def lacking(self, cells: Columns | int) -> Floats:
        """Return what the proved intervals of some cells want, in width or in reach."""
        low, high = self.low[cells], self.high[cells]
        found: Floats = self.asked[cells] - np.minimum(high - low, self.system.counts[cells] + high)
        return found


def choose(plan: SuppressionState, candidates: Mask) -> None:
    """Hide candidates until every sensitive cell is wide enough, then show the needless ones."""
    added: list[int] = []
    for cell in plan.unsafe().tolist():
        if _hidden_enough(plan, cell, REACHES[:1]):
            continue
        needed = _protect_one(plan, cell, candidates)
        plan.hidden[needed] = True
        added.extend(needed.tolist())
    for cell in sorted(added, key=lambda column: (-plan.cost[column], column)):
        _show_again(plan, cell)


def _protect_one(plan: SuppressionState, cell: int, candidates: Mask) -> Columns:
    """Find which candidates to hide for one cell, looking further and further."""
    usable = plan.hidden | candidates
    everywhere = len(usable), len(usable)
    moved = _proved(plan, cell, usable, (*REACHES, everywhere), len(usable))
    if moved is None:
        raise unprotected(plan, cell, usable)
    return moved[~plan.hidden[moved]]


def _proved(
    plan: SuppressionState,
    cell: int,
    usable: Mask,
    reaches: Iterable[tuple[int, int]],
    most: int,
) -> Columns | None:
    """Find two tables that prove a cell wide enough and keep them; return the cells they move."""
    for depth, breadth in reaches:
        columns = around(plan, cell, usable, depth, breadth)
        if len(columns) > most:
            return None
        pair = _cheapest_pair(plan, cell, columns)
        if pair is not None:
            for point in pair:
                plan.keep(columns, point)
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


def around(plan: SuppressionState, cell: int, usable: Mask, depth: int, breadth: int) -> Columns:
    """Gather usable cells within some relations of a cell, the cheapest of each relation."""
    by_column = plan.by_column
    gathered, read = np.zeros(len(usable), dtype=bool), np.zeros(by_column.shape[0], dtype=bool)
    gathered[cell] = True
    frontier = np.array([cell], dtype=np.intp)
    for _ in range(depth):
        touched, reached = np.zeros_like(read), np.zeros_like(gathered)
        touched[by_column.indices[entries_of(by_column, frontier)[1]]] = True
        reached[_members(plan, np.flatnonzero(touched & ~read), usable, breadth)] = True
        read |= touched
        frontier = np.flatnonzero(reached & ~gathered)
        if not len(frontier):
            break
        gathered |= reached
    return np.flatnonzero(gathered)


def _members(plan: SuppressionState, rows: Columns, usable: Mask, breadth: int) -> Columns:
    """List the usable cells of some relations, the cheapest ones where they are many."""
    by_row = plan.system.matrix
    starts, entries = entries_of(by_row, rows)
    members: Columns = by_row.indices[entries]
    row = np.repeat(np.arange(len(rows)), np.diff(starts))
    kept = usable[members]
    members, row = members[kept], row[kept]
    many = (np.bincount(row, minlength=len(rows)) > breadth)[row]
    if not many.any():
        return members
    few, members, row = members[~many], members[many], row[many]
    price = np.where(plan.hidden[members], 0.0, plan.cost[members])
    order = np.lexsort((members, price, row))
    begins = np.searchsorted(row, row)
    cheapest = members[order[np.arange(len(order)) - begins < breadth]]
    found: Columns = np.concatenate([few, cheapest])
    return found


def _cheapest_pair(plan: SuppressionState, cell: int, columns: Columns) -> Floats | None:
    """Find two tables, as deviations, that move little and differ enough on the cell."""
    program = _pair_program(plan, cell, columns)
    if program is None:
        return None
    price = np.where(plan.hidden[columns], 0.0, plan.cost[columns])
    weight = price / plan.asked[cell]
    floor = 1e-3 * (weight[weight > 0].min() if (weight > 0).any() else 1.0)
    best, best_cost = None, np.inf
    for _ in range(REVISIONS):
        program.recost(np.tile(weight + floor, 4))
        try:
            up, upward, down, downward = program.minimise().point.reshape(4, -1)
        except InfeasibleError:
            break
        pair = np.stack([up - upward, downward - down])
        size = np.abs(pair).sum(axis=0)
        cost = price[(np.abs(pair) > STILL).any(axis=0)].sum()
        if cost < best_cost * (1 - TIGHT):
            best, best_cost = pair, cost
        elif best is not None:
            break
        if best_cost == 0:
            break  # nothing more is hidden: no revision does better
        weight = price / (size + 0.05 * plan.asked[cell])
    return best


def _pair_program(plan: SuppressionState, cell: int, columns: Columns) -> Program | None:
    """Write the search for a pair: four columns a cell (rise and fall, in each table)."""
    size, place = len(columns), int(np.searchsorted(columns, cell))
    down, up = np.abs(plan.system.room(columns))
    most = np.concatenate([up, down, down, up])
    most[[place + size, place + 3 * size]] = 0.0
    least = np.zeros(4 * size)
    asked = plan.asked[cell]
    least[place] = max(0.0, asked - plan.system.counts[cell])
    if least[place] > up[place] or up[place] + down[place] < asked:
        return None
    part = _twofold(Coefficients.of(plan.by_column, columns), place)
    zeros = np.zeros(part.height - 1)
    rows = np.append(zeros, asked), np.append(zeros, np.inf)
    return Program(part, rows, (least, most), plan.solver)


def _twofold(part: Coefficients, place: int) -> Coefficients:
    """Write the relations for two tables at once, then a row for how far apart they are."""
    size, height = part.shape[1], part.height
    end = int(part.starts[place + 1])
    rows = np.insert(part.rows, end, 2 * height)
    weights = np.insert(part.weights, end, 1.0)
    starts = part.starts + (np.arange(size + 1) > place)
    lower = np.where(rows == 2 * height, rows, rows + height)
    steps = [starts[:-1] + i * len(rows) for i in range(4)]
    return Coefficients(
        np.append(np.concatenate(steps), 4 * len(rows)).astype(np.int32),
        np.concatenate([rows, rows, lower, lower]).astype(np.int32),
        np.concatenate([weights, -weights, weights, -weights]),
        2 * height + 1,
    )


def _show_again(plan: SuppressionState, cell: int) -> None:
    """Show a complementary cell again if every cell it protects finds another protection."""
    resting = plan.resting_on(cell)
    state = plan.low, plan.high, plan.low_proof, plan.high_proof
    before = [array[resting] for array in state]
    plan.hidden[cell] = False
    plan.low[resting], plan.high[resting] = (side[resting] for side in plan.base)
    plan.low_proof[resting] = plan.high_proof[resting] = -1
    if all(_hidden_enough(plan, sensitive, REACHES) for sensitive in resting.tolist()):
        return
    plan.hidden[cell] = True
    for array, kept in zip(state, before, strict=True):
        array[resting] = kept


def _hidden_enough(plan: SuppressionState, cell: int, reaches: Iterable[tuple[int, int]]) -> bool:
    """Tell whether what is hidden already is found to protect a cell."""
    if plan.lacking(cell) <= TIGHT * plan.asked[cell]:
        return True
    if _cramped(plan, cell):
        return False
    return _proved(plan, cell, plan.hidden, reaches, NEIGHBOURHOOD) is not None


def _cramped(plan: SuppressionState, cell: int) -> bool:
    """Tell whether some relation alone brackets a cell too well: no program is needed."""
    by_row, system = plan.system.matrix, plan.system
    rows = plan.by_column.indices[entries_of(plan.by_column, np.array([cell]))[1]]
    starts, entries = entries_of(by_row, rows)
    members, weights = by_row.indices[entries], by_row.data[entries]
    itself = members == cell
    others = plan.hidden[members] & ~itself
    row = np.repeat(np.arange(len(rows)), np.diff(starts))[others]
    share = weights[others] / weights[itself][row]
    fall, rise = system.room(members[others])
    # It falls by what others of its sign gain at most, and those of the other lose; it rises likewise.
    ends = np.where(share > 0, rise, fall), np.where(share > 0, fall, rise)
    most = [np.append(np.bincount(row, abs(share * end), len(rows)), np.inf).min() for end in ends]
    down, up = np.minimum(most, np.abs(system.room(np.array([cell]))).ravel())
    return bool(min(down + up, system.counts[cell] + up) < plan.asked[cell] * (1 - TIGHT))
