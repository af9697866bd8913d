"""Area of the intersection of many pairs of polygons, without building any intersection.

A polygon is the signed sum of the trapezoids under its edges. The area that two polygons share
is therefore a sum, over the pairs of their edges that overlap in x, of the area under both: the
integral of the smaller of two straight lines, known in closed form. No crossing is decided, so
nothing can go wrong where edges touch, coincide or end on one another; and all pairs are done
together. The engine's overlay builds a graph for each pair, and costs three to five times more.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import Floats, Positions, sum_by
from observatoire.passage.geometry.corners import rings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


_MARGIN = 1e-6  # metres: an edge kept for nothing costs time, one lost would cost exactness
_STRETCH = 8  # edges of a run that is looked at as one
_IN_A_COLUMN = 2  # edges of a polygon to be clipped for one column
_AT_ONCE = 1 << 17  # pairs of edges treated together: they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Edges:
    """Leaning edges, from left to right: where each begins and ends, how it leans, and its sign."""

    x: Floats
    y: Floats
    end: Floats
    slope: Floats
    sign: Floats

    def pick(self, chosen: Positions | slice) -> Edges:
        """Keep some edges only."""
        return Edges(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Columns:
    """Polygons to be clipped: their edges by the column of equal width in which each begins.

    ``first`` is the place of the first edge of each column, ``base`` the first column of each
    polygon, ``scale`` the columns in a metre, ``reach`` the columns that its widest edge goes past.
    """

    edges: Edges
    bounds: Floats
    first: Positions
    base: Positions
    columns: Positions
    scale: Floats
    reach: Positions

    def across(self, polygon: Positions, x: Floats, end: Floats) -> tuple[Positions, Positions]:
        """First edge, and how many, that may lie over a range of each polygon."""
        west, scale, last = self.bounds[0, polygon], self.scale[polygon], self.columns[polygon] - 1
        low = _column(x - west, scale, last) - self.reach[polygon]
        high = _column(end - west, scale, last)
        start = self.first[self.base[polygon] + np.maximum(low, 0)]
        return start, self.first[self.base[polygon] + high + 1] - start


def _column(distance: Floats, scale: Floats, last: Positions) -> Positions:
    column: Positions = np.clip(distance * scale, 0, last).astype(np.int64)
    return column


@dataclass(frozen=True, eq=False)
class Stretches:
    """Polygons that clip: their edges by runs of a few that follow one another.

    A box is known around each run, and ``begin`` and ``finish``, where it starts and ends in x as
    its ring is walked; ``turn`` is 1 where what lies under an edge that goes back is inside.
    """

    edges: Edges
    owner: Positions
    start: Positions
    count: Positions
    first: Positions
    size: Positions
    west: Floats
    south: Floats
    east: Floats
    north: Floats
    begin: Floats
    finish: Floats
    turn: Floats

    def boxes(self, origin: Floats) -> NDArray[Any]:
        """Return the boxes of all runs, where the polygons lie, a little wider than they are."""
        x, y = origin
        return np.asarray(
            shapely.box(
                self.west + (x - _MARGIN),
                self.south + (y - _MARGIN),
                self.east + (x + _MARGIN),
                self.north + (y + _MARGIN),
            )
        )


@dataclass(frozen=True, eq=False)
class _Walk:
    """Leaning edges as their rings are walked, the ring of each and the polygon of each ring."""

    begin: Floats
    y: Floats
    finish: Floats
    last_y: Floats
    ring: Positions
    turn: Floats
    owner: Positions

    def edges(self) -> Edges:
        back, turn = self.begin > self.finish, self.turn[self.ring]
        return Edges(
            x=np.where(back, self.finish, self.begin),
            y=np.where(back, self.last_y, self.y),
            end=np.where(back, self.begin, self.finish),
            slope=(self.last_y - self.y) / (self.finish - self.begin),
            # The inside is on the left of a ring that turns left: below the edges that go back.
            sign=np.where(back, turn, -turn),
        )


def _walk(polygons: NDArray[Any], origin: Floats) -> _Walk:
    """Read the edges of polygons, of all their parts and holes, relative to an origin."""
    rings = rings_of(polygons)
    # One array a coordinate: to pick rows of a table of two columns costs several times as much.
    x, y = rings.points[:, 0] - origin[0], rings.points[:, 1] - origin[1]
    at = rings.edges()
    at = at[x[at] != x[at + 1]]
    return _Walk(x[at], y[at], x[at + 1], y[at + 1], rings.ring[at], rings.turns(x, y), rings.owner)


def columns_of(polygons: NDArray[Any], origin: Floats) -> Columns:
    """Read polygons to be clipped, relative to an origin."""
    walk = _walk(polygons, origin)
    edges, polygon = walk.edges(), walk.owner[walk.ring]
    bounds = np.ascontiguousarray((shapely.bounds(polygons) - np.tile(origin, 2)).T)
    count = np.bincount(polygon, minlength=len(polygons))
    columns = count // _IN_A_COLUMN + 1
    base = np.cumsum(columns) - columns
    scale = columns / (bounds[2] - bounds[0])
    inside = _column(edges.x - bounds[0, polygon], scale[polygon], columns[polygon] - 1)
    place = base[polygon] + inside
    first = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=int(columns.sum())))])
    wide = np.zeros(len(polygons))
    start = np.flatnonzero(np.diff(polygon, prepend=-1))
    wide[polygon[start]] = np.maximum.reduceat(edges.end - edges.x, start)
    reach = np.ceil(wide * scale).astype(np.int64)
    return Columns(
        edges.pick(np.argsort(place, kind="stable")), bounds, first, base, columns, scale, reach
    )


def stretches_of(polygons: NDArray[Any], origin: Floats) -> Stretches:
    """Read polygons that clip, relative to an origin."""
    walk = _walk(polygons, origin)
    edges = walk.edges()
    count = np.bincount(walk.ring, minlength=len(walk.turn))
    end = np.cumsum(count)
    rank = np.arange(len(walk.ring)) - (end - count)[walk.ring]
    first = np.flatnonzero(rank % _STRETCH == 0)
    size = np.diff(first, append=len(rank))
    # Up to where the next edge begins: an upright one between the two is in the box of a run.
    after = np.arange(1, len(rank) + 1)
    after[end[count > 0] - 1] = (end - count)[count > 0]
    ends = np.stack([walk.y, walk.last_y, walk.y[after]])
    owner = walk.owner[walk.ring[first]]
    runs = np.bincount(owner, minlength=len(polygons))
    return Stretches(
        edges=edges,
        owner=owner,
        start=np.cumsum(runs) - runs,
        count=runs,
        first=first,
        size=size,
        west=np.minimum.reduceat(edges.x, first),
        south=np.minimum.reduceat(ends.min(axis=0), first),
        east=np.maximum.reduceat(edges.end, first),
        north=np.maximum.reduceat(ends.max(axis=0), first),
        begin=walk.begin[first],
        finish=walk.finish[first + size - 1],
        turn=walk.turn[walk.ring[first]],
    )


def clipped_areas(left: Columns, right: Stretches, i: Positions, j: Positions) -> Floats:
    """Area shared by polygon ``i`` of the left and polygon ``j`` of the right, pair by pair.

    Examples
    --------
    >>> origin = np.zeros(2)
    >>> squares = columns_of(shapely.box([0, 2], [0, 0], [2, 4], [2, 2]), origin)
    >>> triangle = stretches_of(np.array([shapely.Polygon([(0, 0), (4, 0), (0, 4)])]), origin)
    >>> clipped_areas(squares, triangle, np.array([0, 1]), np.array([0, 0])).tolist()
    [4.0, 2.0]
    """
    area = np.zeros(len(i))
    for pairs in _slices(right.count[j]):
        facing, pair = _facing(left, right, i[pairs], j[pairs])
        start, count = left.across(i[pairs][pair], facing.x, facing.end)
        floor = left.bounds[1, i[pairs]][pair]
        for block in _slices(count):
            edge, rank = _expanded(start[block], count[block])
            across = rank + block.start
            under = _under_both(left.edges, facing, edge, across, floor)
            area[pairs] += sum_by(pair[across], under, pairs.stop - pairs.start)
    return np.maximum(area, 0.0)


def _slices(sizes: Positions) -> Iterator[slice]:
    """Cut a list of things into runs whose sizes sum to about what fits at once."""
    total = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        done = total[start - 1] if start else 0
        stop = max(int(np.searchsorted(total, done + _AT_ONCE, side="right")), start + 1)
        yield slice(start, stop)
        start = stop


def _expanded(start: Positions, count: Positions) -> tuple[Positions, Positions]:
    """Positions of all edges of each polygon of a list, and the rank of the polygon."""
    rank = np.repeat(np.arange(len(count)), count)
    shift = start - (np.cumsum(count) - count)
    return np.arange(len(rank)) + shift[rank], rank


def _facing(left: Columns, right: Stretches, i: Positions, j: Positions) -> tuple[Edges, Positions]:
    """Find what stands over or across the left polygons, edges and lids, and the pair of each.

    Above a polygon the shape of a run does not matter, only where it begins and ends.
    """
    west, south, east, north = left.bounds[:, i]
    run, pair = _expanded(right.start[j], right.count[j])
    # Under an edge that lies wholly below, the trapezoids of the left polygon cancel out.
    near = (right.west[run] < east[pair]) & (right.east[run] > west[pair])
    near &= right.north[run] > south[pair] - _MARGIN
    run, pair = run[near], pair[near]
    above = right.south[run] > north[pair]
    lid, under = run[above], pair[above]
    edge, rank = _expanded(right.first[run[~above]], right.size[run[~above]])
    pair = pair[~above][rank]
    x, end, y, slope = (
        part[edge] for part in (right.edges.x, right.edges.end, right.edges.y, right.edges.slope)
    )
    near = (x < east[pair]) & (end > west[pair])
    near &= y + np.maximum(slope, 0.0) * (end - x) > south[pair] - _MARGIN
    begin, finish = right.begin[lid], right.finish[lid]
    facing = Edges(
        x=np.concatenate([x[near], np.minimum(begin, finish)]),
        y=np.concatenate([y[near], north[under]]),
        end=np.concatenate([end[near], np.maximum(begin, finish)]),
        slope=np.concatenate([slope[near], np.zeros(len(lid))]),
        sign=np.concatenate(
            [right.edges.sign[edge[near]], np.sign(begin - finish) * right.turn[lid]]
        ),
    )
    return facing, np.concatenate([pair[near], under])


def _under_both(
    left: Edges, facing: Edges, edge: Positions, rank: Positions, floor: Floats
) -> Floats:
    """Signed area under the lower of two edges, over their common range, above a floor."""
    x, other = left.x[edge], facing.x[rank]
    low = np.maximum(x, other)
    width = np.minimum(left.end[edge], facing.end[rank]) - low
    width = np.maximum(width, 0.0)
    slope = left.slope[edge]
    first_low = left.y[edge] - floor[rank] + slope * (low - x)
    first_high = first_low + slope * width
    slope = facing.slope[rank]
    second_low = facing.y[rank] - floor[rank] + slope * (low - other)
    second_high = second_low + slope * width
    gap_low, gap_high = first_low - second_low, first_high - second_high
    # The lower of two lines is half their sum less half their gap; where they cross, the gap
    # is two triangles instead of a trapezoid.
    gap = np.abs(gap_low + gap_high)
    crossed = np.flatnonzero(gap_low * gap_high < 0)
    a, b = gap_low[crossed], gap_high[crossed]
    gap[crossed] = (a * a + b * b) / (np.abs(a) + np.abs(b))
    both = first_low + first_high + second_low + second_high - gap
    signed: Floats = both * width * left.sign[edge] * facing.sign[rank] / 4
    return signed
