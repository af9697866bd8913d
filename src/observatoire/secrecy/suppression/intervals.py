"""Between what and what a hidden cell must lie, given everything shown.

In order of cost: bounds are propagated through each relation until nothing moves; components are
separated; in those without a cycle propagation is already exact; in the others, two linear
programs a cell finish the work. Each solution of a program is also a witness for every other
cell, which spares most programs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from observatoire.secrecy.suppression.linear_programs import Coefficients, Program, Solution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
    Columns: TypeAlias = NDArray[np.integer[Any]]
    #: Some columns, and how far each is from the true table; the others do not move.
    Table: TypeAlias = tuple[Columns, Floats]


#: Two bounds closer than this, per unit, are one number: the cell is recovered.
TIGHT = 1e-6

#: Rounds of propagation; stopping early is safe, programs finish the work.
ROUNDS = 60


@dataclass(slots=True)
class Bracket:
    """Deviations from the true cells: proved impossible outside, proved possible inside.

    ``outer`` comes from propagation and from optima; ``inner`` from the tables met on the way,
    each of which an attacker cannot distinguish from the true one.
    """

    outer_low: Floats
    outer_high: Floats
    settled: bool = False
    inner_low: Floats = field(init=False)
    inner_high: Floats = field(init=False)
    counts: Floats = field(init=False)
    whole: Mask = field(init=False)
    whole_low: Floats = field(init=False)
    whole_high: Floats = field(init=False)
    met: list[Table] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Start from the true table, the one witness known."""
        self.inner_low = np.zeros_like(self.outer_low)
        self.inner_high = np.zeros_like(self.outer_high)
        self.count_by_ones(np.zeros_like(self.outer_low), np.zeros(len(self.outer_low), dtype=bool))

    def count_by_ones(self, counts: Floats, whole: Mask) -> None:
        """Keep apart the tables whose cells that count by ones do."""
        self.counts, self.whole = counts, whole
        self.whole_low = np.full_like(self.outer_low, np.inf)
        self.whole_high = np.full_like(self.outer_high, -np.inf)

    def witness(self, columns: Columns, point: Floats) -> None:
        """Widen the proved-possible interval by one more table."""
        point = np.clip(point, self.outer_low[columns], self.outer_high[columns])
        self.met.append((columns, point))
        self.inner_low[columns] = np.minimum(self.inner_low[columns], point)
        self.inner_high[columns] = np.maximum(self.inner_high[columns], point)
        if self.counts_by_ones(columns, point):
            self.whole_low[columns] = np.minimum(self.whole_low[columns], point)
            self.whole_high[columns] = np.maximum(self.whole_high[columns], point)

    def recall(self, matrix: sparse.csr_array, hidden: Mask, tables: Sequence[Table]) -> None:
        """Widen by tables met elsewhere, those that keep to all that is shown, and to whole numbers."""
        size = len(self.counts), len(tables)
        if not tables or not self.counts_by_ones(np.arange(size[0]), np.zeros(size[0])):
            return
        rank = np.repeat(np.arange(size[1]), [len(cells) for cells, _ in tables])
        cells, points = (np.concatenate(each) for each in zip(*tables, strict=True))
        columns = np.where(hidden, np.cumsum(hidden) - 1, 0)[cells]
        counts = self.counts[columns] + points
        wrong = ~hidden[cells] | (self.whole[columns] & (np.abs(counts - np.rint(counts)) > TIGHT))
        wrong |= points != np.clip(
            points, self.outer_low[columns] - TIGHT, self.outer_high[columns] + TIGHT
        )
        moves = sparse.csc_array((points, (columns, rank)), size)
        gaps = (matrix @ moves).tocoo()
        kept = np.bincount(rank, wrong, size[1]) == 0
        kept[gaps.col[np.abs(gaps.data) > TIGHT]] = False
        if kept.any():
            low, high = (
                f(axis=1).toarray().ravel() for f in (moves[:, kept].min, moves[:, kept].max)
            )
            self.inner_low, self.whole_low = (
                np.minimum(self.inner_low, low),
                np.minimum(self.whole_low, low),
            )
            self.inner_high, self.whole_high = (
                np.maximum(self.inner_high, high),
                np.maximum(self.whole_high, high),
            )

    def ends(self, low: Floats, high: Floats, columns: Columns) -> tuple[Floats, Floats]:
        """Return the least and the greatest count that deviations make: of people, whole ones."""
        low, high, whole = (
            self.counts[columns] + low,
            self.counts[columns] + high,
            self.whole[columns],
        )
        return np.where(whole, np.ceil(low - TIGHT), low), np.where(
            whole, np.floor(high + TIGHT), high
        )

    def wide_by_ones(self, columns: Columns, asked: Floats) -> Mask:
        """Say which cells whole tables already met prove wide enough, and high enough."""
        most = self.whole_high[columns]
        with np.errstate(invalid="ignore"):
            width = most - self.whole_low[columns]
        return (width >= asked - TIGHT) & (self.counts[columns] + most >= asked - TIGHT)

    def counts_by_ones(self, columns: Columns, point: Floats) -> bool:
        """Say whether a table has whole numbers where counts are whole."""
        concerned = self.whole[columns] & np.isfinite(point)
        numbers = (self.counts[columns] + point)[concerned]
        return bool(np.all(np.abs(numbers - np.rint(numbers)) <= TIGHT))


@dataclass(slots=True)
class Floor:
    """What is asked where only the narrowest tells: whether each is wide, how wide that one is.

    ``asked`` is how wide each must be, ``telling`` marks those of which the narrowest is sought.
    """

    asked: Floats
    telling: Mask
    narrowest: float = np.inf

    def open(self, found: Bracket, columns: Columns, unknown: Mask) -> Mask:
        """Tell which columns are neither measured nor proved as wide as they need be."""
        asked = self.asked[columns]
        low, high = found.ends(found.inner_low[columns], found.inner_high[columns], columns)
        told = (high - low)[self.telling[columns] & ~unknown]
        self.narrowest = min(self.narrowest, float(told.min(initial=np.inf)))
        least = np.maximum(asked, self.narrowest if self.telling.any() else 0.0)
        proved = (high - low >= least) & (high >= asked)
        return unknown & ~(proved & (~found.whole[columns] | found.wide_by_ones(columns, asked)))


def bracket(matrix: sparse.csr_array, down: Floats, up: Floats) -> Bracket:
    """Tighten the deviations each relation allows; say whether nothing moves any more.

    Examples
    --------
    >>> import numpy as np; from scipy import sparse
    >>> found = bracket(sparse.csr_array([[1.0, 1.0]]), np.array([-3.0, -9.0]), np.array([1.0, 9]))
    >>> found.outer_low.tolist(), found.outer_high.tolist()
    ([-3.0, -1.0], [1.0, 3.0])
    """
    entries = matrix.tocoo()
    row, col, weight = entries.row, entries.col, entries.data
    low, high = down.copy(), up.copy()
    for _ in range(ROUNDS):
        ends = weight * low[col], weight * high[col]
        positive = weight > 0
        least = np.where(positive, *ends)
        most = np.where(positive, *ends[::-1])
        rest_low = _others(row, least, -np.inf, matrix.shape[0])
        rest_high = _others(row, most, np.inf, matrix.shape[0])
        limits = -rest_high / weight, -rest_low / weight
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, col, np.where(positive, *limits))
        np.minimum.at(new_high, col, np.where(positive, *limits[::-1]))
        np.minimum(new_low, 0.0, out=new_low)
        np.maximum(new_high, 0.0, out=new_high)
        moved = _moved(low, new_low) or _moved(high, new_high)
        low, high = new_low, new_high
        if not moved:
            return Bracket(low, high, settled=True)
    return Bracket(low, high)


def _others(row: Columns, ends: Floats, infinity: float, rows: int) -> Floats:
    """Sum, for each entry, what the other entries of its row contribute at that end."""
    infinite = np.isinf(ends)
    finite = np.where(infinite, 0.0, ends)
    sums = np.bincount(row, weights=finite, minlength=rows)[row] - finite
    infinities = np.bincount(row, weights=infinite, minlength=rows)[row] - infinite
    return np.where(infinities > 0, infinity, sums)


def _moved(before: Floats, after: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        change = np.abs(after - before)
    return bool(np.any(change > TIGHT / 100))


def components(matrix: sparse.csr_array, free: Mask) -> list[tuple[Columns, bool]]:
    """Group free columns that relations tie together, and say which groups have no cycle."""
    columns = np.flatnonzero(free)
    entries = matrix[:, columns].tocoo()
    rows = matrix.shape[0]
    size = rows + len(columns)
    graph = sparse.coo_array(
        (np.ones(entries.nnz), (entries.row, rows + entries.col)), (size, size)
    )
    count, label = csgraph.connected_components(graph, directed=False)
    group = label[rows:]
    nodes = np.bincount(label, minlength=count)
    links = np.bincount(group[entries.col], minlength=count)
    by_group = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=count))
    split = np.split(columns[by_group], ends[:-1])
    return [
        (members, bool(links[place] == nodes[place] - 1))
        for place, members in enumerate(split)
        if len(members)
    ]


def resolve(
    matrix: sparse.csr_array,
    found: Bracket,
    wanted: Mask,
    enough: Floats | Floor | None = None,
) -> None:
    """Close the gap between inner and outer bounds of the wanted columns.

    Parameters
    ----------
    matrix : csr_array
        Relations over the hidden cells.
    found : Bracket
        Bounds so far; tightened in place.
    wanted : mask
        Columns whose interval is asked for.
    enough : array or Floor, optional
        Width beyond which the exact interval does not matter (and below which it does not
        either): to decide, not to measure.
    """
    by_column = matrix.tocsc()
    free = found.outer_high - found.outer_low > TIGHT
    for columns, acyclic in components(matrix, free):
        if acyclic and found.settled:
            _settle_acyclic(found, columns, by_column)
            continue
        if not _open(found, columns[wanted[columns]], enough).any():
            continue
        _run(Coefficients.of(by_column, columns), found, columns, wanted, enough)


def _settle_acyclic(found: Bracket, columns: Columns, matrix: sparse.csc_array) -> None:
    ends = found.outer_low[columns], found.outer_high[columns]
    found.inner_low[columns], found.inner_high[columns] = ends
    plain = np.all(np.abs(Coefficients.of(matrix, columns).weights) == 1.0)
    if plain and all(found.counts_by_ones(columns, end) for end in ends):
        found.whole_low[columns], found.whole_high[columns] = ends


def _open(found: Bracket, columns: Columns, enough: Floats | Floor | None) -> Mask:
    """Tell which columns still need a program."""
    gap = np.maximum(*_gaps(found, columns))
    if enough is None:
        return gap > TIGHT
    if isinstance(enough, Floor):
        return enough.open(found, columns, gap > TIGHT)
    outer = found.outer_high[columns] - found.outer_low[columns]
    inner = found.inner_high[columns] - found.inner_low[columns]
    asked = enough[columns]
    return (inner < asked) & (outer >= asked - TIGHT) & (gap > TIGHT)


def _gaps(found: Bracket, columns: Columns) -> tuple[Floats, Floats]:
    """Measure what remains unknown above and below; two infinite bounds leave nothing."""
    sides = (found.inner_high, found.outer_high), (found.inner_low, found.outer_low)
    with np.errstate(invalid="ignore"):
        high, low = (
            np.where(inner[columns] == outer[columns], 0.0, np.abs(outer[columns] - inner[columns]))
            for inner, outer in sides
        )
    return high, low


def _run(
    part: Coefficients,
    found: Bracket,
    columns: Columns,
    wanted: Mask,
    enough: Floats | Floor | None,
) -> None:
    zero = np.zeros(part.height)
    sides = found.outer_low[columns], found.outer_high[columns]
    program = Program(part, (zero, zero), sides)
    asked = np.flatnonzero(wanted[columns])
    if isinstance(enough, Floor):  # the narrowest first: those that are wider ask nothing
        asked = asked[np.argsort((sides[1] - sides[0])[asked], kind="stable")]
    done, steps = 0, 2 * len(asked)
    while done < steps:  # each end once, whatever the solver makes of it
        left = columns[asked[done // 2 :]]
        ends = np.stack(_gaps(found, left), axis=1) > TIGHT
        ends &= _open(found, left, enough)[:, None]
        following = np.flatnonzero(ends.ravel()[done % 2 :])
        if not len(following):
            return
        done += int(following[0])
        place, end = int(asked[done // 2]), ("high", "low")[done % 2]
        _learn(found, columns, place, program.extreme(place, maximise=end == "high"), end)
        done += 1


def _learn(found: Bracket, columns: Columns, place: int, solution: Solution, end: str) -> None:
    """Keep what one solution says of its own column and of all the others."""
    outer, inner, whole = (getattr(found, f"{each}_{end}") for each in ("outer", "inner", "whole"))
    if solution.bounded:
        found.witness(columns, solution.point)
        outer[columns[place]] = inner[columns[place]] = solution.value
        return
    inner[columns[place]] = whole[columns[place]] = solution.value
    if len(solution.point):
        rising, falling = columns[solution.point > TIGHT], columns[solution.point < -TIGHT]
        found.inner_high[rising] = found.whole_high[rising] = np.inf
        found.inner_low[falling] = found.whole_low[falling] = -np.inf
