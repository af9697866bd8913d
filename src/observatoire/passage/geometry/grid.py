"""Regular grids: recognised from their shapes, and swept exactly without a geometry engine.

The area that a polygon covers in each cell is a sum over its edges. Every edge is cut at the
lines of the grid; a piece then lies in one cell, to which it gives the signed area between
itself and the cell's floor, and it gives its width times the cell's height to all cells below
in its column. The sum over all edges is exact whatever the holes and the parts.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import Flags, Floats, Positions, sum_by
from observatoire.passage.geometry.rings import rings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ALIGNED = 1e-10  # share of a side by which a corner may miss its line: a tenth of what rounds off
_CELLS_AT_ONCE = 4_000_000  # cells swept together: bounds the memory
_SPARSEST = 64  # places for one cell above which a grid is not worth sweeping
_FEW_CELLS = 1_000_000  # places that cost little anyway
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
    if len(geometries) == 0 or not _may_be_cells(geometries):
        return None
    # One side after the other: rows of four numbers are slow to go through.
    west, south, east, north = np.ascontiguousarray(shapely.bounds(geometries).T)
    width, height = float(east[0] - west[0]), float(north[0] - south[0])
    # A size that is not a number fails here, as infinite ones do below.
    if not (width > 0 and height > 0):
        return None
    if not (_all_near(east - west, width) and _all_near(north - south, height)):
        return None
    # Of all shapes of four corners, points and lines among them, only the rectangle is as large
    # as the box around it.
    if not _all_near(shapely.area(geometries), width * height):
        return None
    columns, rows = _places_along(west, width), _places_along(south, height)
    if columns is None or rows is None or not _swept(columns, rows):
        return None
    return Grid(float(west.min()), float(south.min()), width, height, columns, rows)


def _swept(columns: Positions, rows: Positions) -> bool:
    """Say whether cells are apart, and near enough that what lies between them can be kept in memory."""
    places = (int(columns.max()) + 1) * (int(rows.max()) + 1)
    if places > _SPARSEST * len(columns) + _FEW_CELLS:
        return False
    return not _repeated(columns * (int(rows.max()) + 1) + rows)


def _repeated(places: Positions) -> bool:
    ordered = np.sort(places, kind="stable")
    return bool((ordered[1:] == ordered[:-1]).any())


def _places_along(starts: Floats, side: float) -> Positions | None:
    """Rank of each cell along one axis; None when the cells are not in line."""
    ranks = np.rint((starts - starts.min()) / side)
    if np.abs(starts - starts.min() - ranks * side).max() > _ALIGNED * side:
        return None
    return np.asarray(ranks, dtype=np.int64)


def _may_be_cells(geometries: NDArray[Any]) -> bool:
    # One polygon is enough to dismiss most layers before reading every corner.
    first = geometries[0]
    if first is None or shapely.get_num_coordinates(first) != _RING:
        return False
    if not (shapely.get_num_coordinates(geometries) == _RING).all():
        return False
    return not shapely.has_z(geometries).any()


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
    windows = _windows(grid, places, targets)
    blocks = _blocks(windows[:, 2] * windows[:, 3])
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        # Threads would wait for one another longer than they work on a single block.
        over = map if len(blocks) == 1 else pool.map
        found = list(
            over(lambda block: _sweep_block(grid, places, targets, windows, block), blocks)
        )
    cell, target, area = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return cell, target, area


def _blocks(cells: Positions) -> list[tuple[int, int]]:
    """Deal targets in order into blocks that threads share, of so many cells at most."""
    most = min(_CELLS_AT_ONCE, max(_FEW_CELLS, int(cells.sum()) // (os.cpu_count() or 1) + 1))
    blocks, start, total = [], 0, 0
    for at, more in enumerate(cells.tolist()):
        if at > start and total + more > most:
            blocks.append((start, at))
            start, total = at, 0
        total += more
    return [*blocks, (start, len(cells))]


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


def _windows(grid: Grid, places: _Places, targets: NDArray[Any]) -> Positions:
    """First column, first row, columns and rows of the grid that each target can meet."""
    bounds = shapely.bounds(targets)
    limits = np.array([places.columns, places.rows])
    size = np.array([grid.width, grid.height])
    origin = np.array([grid.west, grid.south])
    first = np.clip(np.floor((bounds[:, :2] - origin) / size), 0, limits)
    last = np.clip(np.floor((bounds[:, 2:] - origin) / size) + 1, 0, limits)
    return np.column_stack([first, np.maximum(last - first, 0)]).astype(np.int64)


def _sweep_block(
    grid: Grid, places: _Places, targets: NDArray[Any], windows: Positions, block: tuple[int, int]
) -> tuple[Positions, Positions, Floats]:
    window = windows[block[0] : block[1]]
    pieces = _pieces(grid, targets[block[0] : block[1]], window)
    covered = _accumulate(pieces, window)
    offsets = np.concatenate([[0], np.cumsum(window[:, 2] * window[:, 3])])
    flat = np.flatnonzero(covered > 0)
    owner = np.repeat(np.arange(len(window)), np.diff(np.searchsorted(flat, offsets)))
    local = flat - offsets[owner]
    column = window[owner, 0] + local // window[owner, 3]
    row = window[owner, 1] + local % window[owner, 3]
    present, cell = places.find(column, row)
    area = covered[flat] * grid.width * grid.height
    return cell[present], owner[present] + block[0], area[present]


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges of targets, in cells of each one's window.

    One array a coordinate: to pick rows of a table of two columns costs ten times as much.
    """

    owner: Positions
    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def pick(self, chosen: Flags) -> _Edges:
        """Keep some edges only."""
        at = np.flatnonzero(chosen)
        return _Edges(self.owner[at], self.x0[at], self.y0[at], self.x1[at], self.y1[at])

    def along(self, axis: int) -> tuple[Floats, Floats]:
        """Coordinates of both ends along one axis."""
        return (self.x0, self.x1) if axis == 0 else (self.y0, self.y1)

    @staticmethod
    def joined(whole: _Edges, cut: _Edges) -> _Edges:
        """Put two sets of edges together."""
        names = [field.name for field in fields(_Edges)]
        return _Edges(
            *(np.concatenate([getattr(whole, name), getattr(cut, name)]) for name in names)
        )


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Pieces of edges, each in one cell of its target's window; lengths in cells."""

    owner: Positions
    column: Positions
    row: Positions
    run: Floats
    rise: Floats

    def pick(self, chosen: Flags) -> _Pieces:
        """Keep some pieces only."""
        at = np.flatnonzero(chosen)
        return _Pieces(self.owner[at], self.column[at], self.row[at], self.run[at], self.rise[at])


def _edges(grid: Grid, targets: NDArray[Any], window: Positions) -> _Edges:
    """Edges of all rings, shells clockwise and holes the other way; vertical ones left out."""
    rings = rings_of(targets)
    target_of = rings.owner[rings.ring]
    x = (rings.points[:, 0] - grid.west) / grid.width - window[:, 0][target_of]
    y = (rings.points[:, 1] - grid.south) / grid.height - window[:, 1][target_of]
    at = rings.edges()
    # There is no area under a vertical one.
    at = at[x[at] != x[at + 1]]
    clockwise = rings.turns(x, y)[rings.ring[at]] < 0
    first, second = np.where(clockwise, at, at + 1), np.where(clockwise, at + 1, at)
    return _Edges(target_of[at], x[first], y[first], x[second], y[second])


def _pieces(grid: Grid, targets: NDArray[Any], window: Positions) -> _Pieces:
    edges = _edges(grid, targets, window)
    # Most edges of a detailed outline stay within one cell: they are whole pieces already.
    crossing = np.floor(edges.x0) != np.floor(edges.x1)
    crossing |= np.floor(edges.y0) != np.floor(edges.y1)
    cut = _cut(edges.pick(crossing), window)
    return _placed(_Edges.joined(edges.pick(~crossing), cut), window)


def _cut(edges: _Edges, window: Positions) -> _Edges:
    """Cut edges at the lines of the grid that they cross."""
    edge, cut = _cuts(edges, window)
    same = edge[1:] == edge[:-1]
    edge, first, last = edge[:-1][same], cut[:-1][same], cut[1:][same]
    x, y = edges.x0[edge], edges.y0[edge]
    run, rise = edges.x1[edge] - x, edges.y1[edge] - y
    return _Edges(
        edges.owner[edge], x + first * run, y + first * rise, x + last * run, y + last * rise
    )


def _cuts(edges: _Edges, window: Positions) -> tuple[Positions, Floats]:
    """Edge and position (0 to 1) of every cut, the two ends of each edge among them, in order."""
    count = len(edges.owner)
    found = [np.arange(count), np.arange(count)]
    cuts = [np.zeros(count), np.ones(count)]
    for axis in (0, 1):
        begin, end = edges.along(axis)
        limit = window[:, 2 + axis][edges.owner]
        # What lies beyond the window belongs to no cell, or counts only by its shadow.
        first = np.clip(np.floor(np.minimum(begin, end)) + 1, 0, None).astype(np.int64)
        last = np.minimum(np.ceil(np.maximum(begin, end)) - 1, limit).astype(np.int64)
        lines = np.maximum(last - first + 1, 0)
        edge = np.repeat(np.arange(count), lines)
        rank = np.arange(len(edge)) - np.repeat(np.cumsum(lines) - lines, lines)
        step = end[edge] - begin[edge]
        found.append(edge)
        cuts.append(np.clip((first[edge] + rank - begin[edge]) / step, 0.0, 1.0))
    edge, cut = np.concatenate(found), np.concatenate(cuts)
    order = np.lexsort((cut, edge))
    return edge[order], cut[order]


def _placed(edges: _Edges, window: Positions) -> _Pieces:
    """Find the cell of each piece."""
    middle_x, middle_y = (edges.x0 + edges.x1) / 2, (edges.y0 + edges.y1) / 2
    columns, rows = window[:, 2][edges.owner], window[:, 3][edges.owner]
    column, row = np.floor(middle_x).astype(np.int64), np.floor(middle_y).astype(np.int64)
    above = row >= rows
    row = np.where(above, rows - 1, row)
    pieces = _Pieces(
        owner=edges.owner,
        column=column,
        row=row,
        run=edges.x1 - edges.x0,
        rise=np.where(above, 1.0, middle_y - row),
    )
    inside = (column >= 0) & (column < columns) & (row >= 0)
    return pieces if inside.all() else pieces.pick(inside)


def _accumulate(pieces: _Pieces, window: Positions) -> Floats:
    """Share of each cell of each window that its target covers."""
    sizes = window[:, 2] * window[:, 3]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    place = offsets[pieces.owner] + pieces.column * window[pieces.owner, 3] + pieces.row
    total = int(offsets[-1])
    own = sum_by(place, pieces.run * pieces.rise, total)
    shadow = sum_by(place, pieces.run, total)
    for k in range(len(window)):
        rows = int(window[k, 3])
        if sizes[k] == 0 or rows == 1:
            continue
        column = shadow[offsets[k] : offsets[k + 1]].reshape(-1, rows)
        below = np.cumsum(column[:, :0:-1], axis=1)[:, ::-1]
        own[offsets[k] : offsets[k + 1]].reshape(-1, rows)[:, :-1] += below
    return _snapped(own)


def _snapped(share: Floats) -> Floats:
    share[np.abs(share) < _ROUNDING] = 0.0
    share[np.abs(share - 1.0) < _ROUNDING] = 1.0
    return np.clip(share, 0.0, 1.0)
