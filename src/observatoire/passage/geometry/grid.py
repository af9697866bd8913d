"""Regular grids: recognised from their shapes, and swept exactly without a geometry engine.

The area that a polygon covers in each cell is a sum over its edges. Every edge is cut at the
lines of the grid; a piece then lies in one cell, to which it gives the signed area between
itself and the cell's floor, and it gives its width times the cell's height to all cells below
in its column. The sum over all edges is exact whatever the holes and the parts.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import Flags, Floats, Positions, sum_by
from observatoire.passage.geometry.corners import rings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ALIGNED = 1e-10  # share of a side by which a corner may miss its line: a tenth of what rounds off
_CELLS_AT_ONCE = 4_000_000  # cells swept together: bounds the memory
_SPARSEST = 64  # places for one cell above which a grid is not worth sweeping
_FEW_CELLS = 1_000_000  # places that cost little anyway
_READ_AT_ONCE = 4096  # polygons read together
_CORNERS_AT_ONCE = 8192  # corners of targets swept together: more would not stay at hand
_MANY_CORNERS = 200_000  # corners that threads go through sooner than one alone
_RING = 5  # coordinates of a closed rectangle
_ROUNDING = 1e-12  # what the sums of pieces may leave in a cell that is empty or full


@dataclass(frozen=True, eq=False)
class Grid:
    """A regular grid: where it starts, the size of its cells, the column and row of each cell."""

    west: float
    south: float
    width: float
    height: float
    columns: Positions
    rows: Positions


def recognise_grid(geometries: NDArray[Any]) -> Grid | None:
    """Return the grid that these polygons are the cells of, or None.

    Cells may be missing, never repeated: a repeated cell is an overlap, left to the checks.

    Examples
    --------
    >>> cells = shapely.box([0, 10, 10], [0, 0, 10], [10, 20, 20], [10, 10, 20])
    >>> grid = recognise_grid(cells)
    >>> grid.width, grid.columns.tolist(), grid.rows.tolist()
    (10.0, [0, 1, 1], [0, 0, 1])
    >>> recognise_grid(shapely.box([0, 5], [0, 0], [10, 15], [10, 10])) is None
    True
    """
    starts = _starts(geometries)
    if starts is None:
        return None
    west, south, width, height = starts
    columns, rows = _places_along(west, width), _places_along(south, height)
    if columns is None or rows is None or not _swept(columns, rows):
        return None
    return Grid(float(west.min()), float(south.min()), width, height, columns, rows)


def _starts(geometries: NDArray[Any]) -> tuple[Floats, Floats, float, float] | None:
    """West and south of rectangles that are all of one size, and that size; else None."""
    west, south = np.empty(len(geometries)), np.empty(len(geometries))
    width = height = 0.0
    # A few at a time: the processor still has them at hand for the next question.
    for start in range(0, len(geometries), _READ_AT_ONCE):
        few = geometries[start : start + _READ_AT_ONCE]
        if (shapely.get_num_coordinates(few) != _RING).any() or shapely.has_z(few).any():
            return None
        x0, y0, x1, y1 = shapely.bounds(few).T
        if start == 0:
            width, height = float(x1[0] - x0[0]), float(y1[0] - y0[0])
        # A size that is not a number fails here.
        if not (width > 0 and height > 0):
            return None
        if not (_all_near(x1 - x0, width) and _all_near(y1 - y0, height)):
            return None
        # Of all shapes of four corners, points and lines among them, only the rectangle is as
        # large as the box around it.
        if not _all_near(shapely.area(few), width * height):
            return None
        west[start : start + len(few)], south[start : start + len(few)] = x0, y0
    return None if len(geometries) == 0 else (west, south, width, height)


def _swept(columns: Positions, rows: Positions) -> bool:
    """Say whether cells are apart, and near enough that what lies between them can be kept in memory."""
    height = int(rows.max()) + 1
    if (int(columns.max()) + 1) * height > _SPARSEST * len(columns) + _FEW_CELLS:
        return False
    ordered = np.sort(columns * height + rows, kind="stable")
    return not (ordered[1:] == ordered[:-1]).any()


def _places_along(starts: Floats, side: float) -> Positions | None:
    """Rank of each cell along one axis; None when the cells are not in line."""
    ranks = np.rint((starts - starts.min()) / side)
    if np.abs(starts - starts.min() - ranks * side).max() > _ALIGNED * side:
        return None
    return np.asarray(ranks, dtype=np.int64)


def _all_near(lengths: Floats, wanted: float) -> bool:
    return bool((np.abs(lengths - wanted) <= _ALIGNED * wanted).all())


def sweep(grid: Grid, targets: NDArray[Any]) -> tuple[Positions, Positions, Floats]:
    """Return every cell that a target covers, the target, and the area covered.

    Examples
    --------
    >>> grid = recognise_grid(shapely.box([0, 10], [0, 0], [10, 20], [10, 10]))
    >>> cell, target, area = sweep(grid, np.array([shapely.box(5, 0, 15, 10)]))
    >>> cell.tolist(), target.tolist(), area.tolist()
    ([0, 1], [0, 0], [50.0, 50.0])
    """
    places = _Places(grid)
    windows, inside = _windows(grid, places, targets)
    cells, corners = windows[:, 2] * windows[:, 3], shapely.get_num_coordinates(targets)
    blocks = _blocks(cells, corners)

    def work(block: slice) -> tuple[Positions, Positions, Floats]:
        pieces = _pieces(grid, targets[block], windows[block])
        covered = _accumulate(pieces, windows[block], inside=bool(inside[block].all()))
        cell, target, share = _covered(places, windows[block], covered)
        return cell, target + block.start, share * grid.width * grid.height

    if cells.sum() < _FEW_CELLS and corners.sum() < _MANY_CORNERS:
        # Threads would wait for one another longer than they work.
        found = [work(block) for block in blocks]
    else:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
            found = list(pool.map(work, blocks))
    cell, target, area = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return cell, target, area


def _blocks(cells: NDArray[Any], corners: NDArray[Any]) -> list[slice]:
    """Deal targets in order into blocks of so many cells and corners at most."""
    most = min(_CELLS_AT_ONCE, max(_FEW_CELLS, int(cells.sum()) // (os.cpu_count() or 1) + 1))
    part = np.maximum(cells / most, corners / _CORNERS_AT_ONCE)
    blocks, start, total = [], 0, 0.0
    for at, more in enumerate(part.tolist()):
        if at > start and total + more > 1:
            blocks.append(slice(start, at))
            start, total = at, 0.0
        total += more
    return [*blocks, slice(start, len(cells))]


class _Places:
    """Where each cell of the grid stands in the layer."""

    def __init__(self, grid: Grid) -> None:
        self.columns = int(grid.columns.max()) + 1
        self.rows = int(grid.rows.max()) + 1
        keys = grid.columns * self.rows + grid.rows
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def find(self, column: Positions, row: Positions) -> tuple[Flags, Positions]:
        key = column * self.rows + row
        at = np.minimum(np.searchsorted(self._sorted, key), len(self._sorted) - 1)
        return self._sorted[at] == key, self._order[at]


def _windows(grid: Grid, places: _Places, targets: NDArray[Any]) -> tuple[Positions, Flags]:
    """First column, first row, columns and rows of the grid that each target can meet.

    And whether it lies wholly in them.
    """
    bounds = shapely.bounds(targets)
    limits = np.array([places.columns, places.rows])
    size = np.array([grid.width, grid.height])
    origin = np.array([grid.west, grid.south])
    begin = np.floor((bounds[:, :2] - origin) / size)
    end = np.floor((bounds[:, 2:] - origin) / size) + 1
    first, last = np.clip(begin, 0, limits), np.clip(end, 0, limits)
    windows = np.column_stack([first, np.maximum(last - first, 0)]).astype(np.int64)
    return windows, ((first == begin) & (last == end)).all(axis=1)


def _covered(
    places: _Places, window: Positions, share: Floats
) -> tuple[Positions, Positions, Floats]:
    """Cells of the layer that the targets of these windows cover, the target, the share of the cell."""
    offsets = np.concatenate([[0], np.cumsum(window[:, 2] * window[:, 3])])
    flat = np.flatnonzero(share > 0)
    owner = np.repeat(np.arange(len(window)), np.diff(np.searchsorted(flat, offsets)))
    local = flat - offsets[owner]
    column = window[owner, 0] + local // window[owner, 3]
    row = window[owner, 1] + local % window[owner, 3]
    present, cell = places.find(column, row)
    return cell[present], owner[present], share[flat][present]


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges of targets, in cells of the grid, walked with the target on their right.

    One array a coordinate: to pick rows of a table of two columns costs ten times as much.
    """

    owner: Positions
    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def turned(self) -> _Edges:
        """Return the same with both axes exchanged."""
        return _Edges(self.owner, self.y0, self.x0, self.y1, self.x1)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Pieces of edges, each in one cell of the grid; lengths in cells."""

    owner: Positions
    column: Floats
    row: Floats
    run: Floats
    rise: Floats

    def pick(self, chosen: Flags) -> _Pieces:
        """Keep some pieces only."""
        at = np.flatnonzero(chosen)
        return _Pieces(self.owner[at], self.column[at], self.row[at], self.run[at], self.rise[at])


def _pieces(grid: Grid, targets: NDArray[Any], window: Positions) -> tuple[_Pieces, _Pieces]:
    """Edges that stay within one cell, which most of a detailed outline do, and pieces of the others."""
    rings = rings_of(targets)
    x = (rings.points[:, 0] - grid.west) / grid.width
    y = (rings.points[:, 1] - grid.south) / grid.height
    column, row = np.floor(x), np.floor(y)
    # Each corner begins an edge, but the last one of a ring.
    joined = rings.ring[1:] == rings.ring[:-1]
    run, middle = x[1:] - x[:-1], (y[1:] + y[:-1]) / 2
    run[~joined] = 0.0
    # Under its outline, a shell walked clockwise has all it encloses, and a hole what it takes away.
    under = sum_by(rings.ring[:-1], run * middle, len(rings.owner))
    way = np.where((under > 0) == rings.hole, -1.0, 1.0)
    run *= way[rings.ring[:-1]]
    crossing = (column[1:] != column[:-1]) | (row[1:] != row[:-1])
    crossing &= joined
    at = np.flatnonzero(crossing)
    first, second = np.where(way[rings.ring[at]] > 0, (at, at + 1), (at + 1, at))
    run[crossing] = 0.0
    owner = rings.owner[rings.ring]
    whole = _Pieces(owner[:-1], column[:-1], row[:-1], run, middle - row[:-1])
    edges = _Edges(owner[at], x[first], y[first], x[second], y[second])
    edges = _cut(edges, window[:, 0], window[:, 2])
    return whole, _placed(_cut(edges.turned(), window[:, 1], window[:, 3]).turned())


def _cut(edges: _Edges, first: Positions, lines: Positions) -> _Edges:
    """Cut edges where they cross lines of the first axis, those of their target's window alone.

    What lies beyond the window belongs to no cell, or counts only by its shadow.
    """
    begin, end = edges.x0, edges.x1
    start = first[edges.owner]
    low = np.maximum(np.floor(np.minimum(begin, end)) + 1, start)
    high = np.minimum(np.ceil(np.maximum(begin, end)) - 1, start + lines[edges.owner])
    cuts = np.maximum(high - low + 1, 0).astype(np.int64)
    closes = np.cumsum(cuts + 1) - 1
    opens = closes - cuts
    edge = np.repeat(np.arange(len(cuts)), cuts + 1)
    rises = end > begin
    # The line where each piece begins, counted from that before the first one.
    rank = np.arange(len(edge)) - opens[edge]
    x0 = np.where(rises, low - 1, high + 1)[edge] + np.where(rises, 1, -1)[edge] * rank
    step = np.where(end == begin, 1.0, end - begin)
    y0 = edges.y0[edge] + (x0 - begin[edge]) / step[edge] * (edges.y1 - edges.y0)[edge]
    x0[opens], y0[opens] = begin, edges.y0
    # A piece ends where the next one begins, the last one with its edge.
    x1, y1 = np.empty_like(x0), np.empty_like(y0)
    x1[:-1], y1[:-1] = x0[1:], y0[1:]
    x1[closes], y1[closes] = end, edges.y1
    return _Edges(edges.owner[edge], x0, y0, x1, y1)


def _placed(edges: _Edges) -> _Pieces:
    """Find the cell of each piece."""
    middle = (edges.y0 + edges.y1) / 2
    column, row = np.floor((edges.x0 + edges.x1) / 2), np.floor(middle)
    return _Pieces(edges.owner, column, row, edges.x1 - edges.x0, middle - row)


def _within(pieces: _Pieces, window: Positions) -> _Pieces:
    """Keep what lies in the windows; what is above one throws its shadow on it from the top."""
    first, below, columns, rows = (window[:, k][pieces.owner] for k in range(4))
    above = pieces.row >= below + rows
    row = np.where(above, below + rows - 1, pieces.row)
    rise = np.where(above, 1.0, pieces.rise)
    kept = (pieces.column >= first) & (pieces.column < first + columns) & (row >= below)
    return replace(pieces, row=row, rise=rise).pick(kept)


def _accumulate(found: tuple[_Pieces, ...], window: Positions, *, inside: bool) -> Floats:
    """Share of each cell of each window that its target covers."""
    sizes = window[:, 2] * window[:, 3]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    origin = offsets[:-1] - window[:, 0] * window[:, 3] - window[:, 1]
    total = int(offsets[-1])
    own, shadow = np.zeros(total), np.zeros(total)
    for each in found:
        pieces = each if inside else _within(each, window)
        rows = window[:, 3][pieces.owner]
        place = (pieces.column * rows + pieces.row).astype(np.int64) + origin[pieces.owner]
        own += sum_by(place, pieces.run * pieces.rise, total)
        shadow += sum_by(place, pieces.run, total)
    for k, height in enumerate(window[:, 3].tolist()):
        if sizes[k] == 0 or height == 1:
            continue
        column = shadow[offsets[k] : offsets[k + 1]].reshape(-1, height)
        under = np.cumsum(column[:, :0:-1], axis=1)[:, ::-1]
        own[offsets[k] : offsets[k + 1]].reshape(-1, height)[:, :-1] += under
    return _snapped(own)


def _snapped(share: Floats) -> Floats:
    share[np.abs(share) < _ROUNDING] = 0.0
    share[np.abs(share - 1.0) < _ROUNDING] = 1.0
    return np.clip(share, 0.0, 1.0)
