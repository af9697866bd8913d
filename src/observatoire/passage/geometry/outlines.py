"""What is left of a zoning's edges once those that two territories share have cancelled out.

In a zoning without gap nor overlap every inner edge is walked twice, once each way. What is
left is the outline of the whole. It tells two things at once: whether territories overlap, and
which territories of another layer lie clear of the outline, hence wholly inside or outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.geometry.corners import rings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.arrays import Flags, Floats, Positions


_MOST = 0.3  # share of edges left above which outlines do not match: another way is cheaper
_FEW = 64  # edges that cost nothing to look at anyway
_RUNS = 4096  # broken lines above which following them one by one costs more than the engine
_CORNERS = 3  # of the least ring
_EXACT = 1e-9  # relative gap between areas that rounding explains
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class Outline:
    """The edges left of a zoning known to have no overlap, as pairs of corners."""

    edges: Floats

    @cached_property
    def segments(self) -> NDArray[Any]:
        """The same as lines, to look for what they touch."""
        return np.asarray(shapely.linestrings(self.edges), dtype=object)


def outline(geometries: NDArray[Any], areas: Floats) -> Outline | None:
    """Return the outline of a zoning whose inner edges match; None when nothing is proved.

    What the edges left enclose is covered an odd number of times, what they leave out an even
    number. So the area enclosed is the sum of the territories' areas when nothing is covered
    twice, and less than it otherwise.

    Examples
    --------
    >>> squares = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])
    >>> len(outline(squares, shapely.area(squares)).segments)
    6
    >>> overlapping = shapely.box([0, 0.5], [0, 0], [1, 1.5], [1, 1])
    >>> outline(overlapping, shapely.area(overlapping)) is None
    True
    """
    left, count = _unmatched(geometries)
    if len(left) == 0 or len(left) > _MOST * count + _FEW:
        return None
    total = float(areas.sum())
    if abs(_enclosed(left) - total) > _EXACT * total:
        return None
    return Outline(left)


def _enclosed(left: Floats) -> float:
    """Area that some edges enclose; 0 when they cross."""
    ring = _single_ring(left)
    try:
        whole: Any = (
            shapely.build_area(shapely.multilinestrings(list(Outline(left).segments)))
            if ring is None
            else shapely.polygons(ring)
        )
    except shapely.errors.GEOSException:
        # Edges that all but touch may defeat the engine: nothing is proved then.
        return 0.0
    return float(shapely.area(whole)) if shapely.is_valid(whole) else 0.0


def _single_ring(left: Floats) -> Floats | None:
    """Corners in order when the edges follow one another around one ring, None otherwise."""
    begin, end = left[:, 0], left[:, 1]
    broken = np.flatnonzero((end[:-1] != begin[1:]).any(axis=1)) + 1
    if not len(left) >= _CORNERS or len(broken) >= _RUNS:
        return None
    runs = np.split(np.arange(len(left)), broken)
    after = {tuple(begin[run[0]].tolist()): k for k, run in enumerate(runs)}
    walked = [0]
    while len(walked) <= len(runs):
        following = after.get(tuple(end[runs[walked[-1]][-1]].tolist()))
        if following is None:
            return None
        if following == 0:
            break
        walked.append(following)
    if len(walked) != len(runs):
        return None
    order = np.concatenate([runs[k] for k in walked])
    ring: Floats = np.vstack([begin[order], end[order[-1:]]])
    return ring


def clear_of(found: Outline, geometries: NDArray[Any]) -> Flags:
    """Say which geometries lie wholly on one side of the outline, which does not touch them."""
    # The parts of one territory may lie on both sides without touching the line.
    clear: Flags = shapely.get_num_geometries(geometries) == 1
    tree = shapely.STRtree(geometries)
    touched = tree.query(found.segments, predicate="intersects")[1]
    clear[touched] = False
    return clear


def _unmatched(geometries: NDArray[Any]) -> tuple[Floats, int]:
    """Edges that are walked once, as pairs of corners; and how many edges there were."""
    rings = rings_of(geometries)
    points, edge = rings.points, rings.edges()
    del rings  # memory: corners are many
    key = _mixed(points[:-1] + points[1:])[edge]  # the same whichever way an edge is walked
    order = np.argsort(key)
    key = key[order]
    alike = np.flatnonzero(key[1:] == key[:-1])
    first, second = edge[order[alike]], edge[order[alike + 1]]
    same = _equal(points, first, second + 1) & _equal(points, first + 1, second)
    same |= _equal(points, first, second) & _equal(points, first + 1, second + 1)
    pair = np.zeros(len(order), dtype=bool)
    pair[alike[same]] = True
    # In a run of three alike, an edge must not cancel twice.
    pair[1:] &= ~pair[:-1]
    matched = pair.copy()
    matched[1:] |= pair[:-1]
    left = np.sort(edge[order[~matched]])
    return np.stack([points[left], points[left + 1]], axis=1), len(edge)


def _equal(points: Floats, first: Positions, second: Positions) -> Flags:
    same: Flags = points[first, 0] == points[second, 0]
    same &= points[first, 1] == points[second, 1]
    return same


def _mixed(points: Floats) -> NDArray[np.uint64]:
    """Mix the two coordinates of each point into a single number, in place."""
    points += 0.0  # makes -0 and 0 alike
    bits = points.view(np.uint64)
    bits ^= bits >> np.uint64(29)
    bits *= _MIX
    bits[:, 1] >>= np.uint64(17)
    mixed: NDArray[np.uint64] = bits[:, 0] ^ bits[:, 1]
    return mixed
