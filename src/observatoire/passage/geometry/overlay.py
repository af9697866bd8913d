"""Areas shared by two layers of polygons.

Four ideas, in this order. A source properly inside a target needs no intersection: its own area
is the answer. A source that lies wholly in targets that do not overlap needs one intersection
less than it meets targets. The others are clipped all together, edge against edge. And all of
it is shared between threads, for neither the geometry engine nor the sums keep the interpreter.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import Flags, Floats, Positions, sum_by
from observatoire.passage.geometry.clipping import clipped_areas, edges_of
from observatoire.passage.geometry.grid import sweep
from observatoire.passage.geometry.outlines import clear_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.geometry.layers import MeasuredLayer
    from observatoire.passage.geometry.outlines import Outline


_CHUNK = 8192  # pairs clipped by one thread at a time


@dataclass(frozen=True, eq=False)
class Pairs:
    """Position of a source, position of a target, and the area they share."""

    source: Positions
    target: Positions
    area: Floats


def shared_areas(
    source: MeasuredLayer,
    target: MeasuredLayer,
    *,
    outline: Outline | None = None,
    threads: int | None = None,
) -> Pairs:
    """Measure what every source shares with every target it meets, in order.

    ``outline`` is that of the targets, when they are known to match edge for edge: a source
    that meets targets clear of it lies wholly in them, so that one intersection is spared.
    """
    if source.grid is not None:
        i, j, area = sweep(source.grid, target.geometries)
    elif target.grid is not None:
        j, i, area = sweep(target.grid, source.geometries)
    else:
        covered = None if outline is None else clear_of(outline, source.geometries)
        i, j, area = intersect(
            source.geometries, target.geometries, source.areas, covered=covered, threads=threads
        )
    # Nearly in order already, which one stable sort sees and two do not.
    order = np.argsort(j * len(source) + i, kind="stable")
    return Pairs(i[order], j[order], area[order])


def intersect(
    sources: NDArray[Any],
    targets: NDArray[Any],
    areas: Floats,
    *,
    covered: Flags | None = None,
    threads: int | None = None,
) -> tuple[Positions, Positions, Floats]:
    """Measure the pairs of any two layers of polygons (raw arrays in, raw arrays out).

    ``covered`` flags the sources that lie wholly in the targets, which do not overlap: the last
    piece of each is what the others leave.

    Examples
    --------
    >>> squares = shapely.box([0, 2], [0, 0], [1, 3], [1, 1])
    >>> i, j, area = intersect(squares, shapely.box([-1], [-1], [2.5], [2]), shapely.area(squares))
    >>> i.tolist(), j.tolist(), area.tolist()
    ([0, 1], [0, 0], [1.0, 0.5])
    """
    workers = threads or min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers) as pool:
        i, j, inside = _meeting(sources, targets, pool, workers)
        area = areas[i]
        cut = np.flatnonzero(~inside)
        if covered is not None:
            cut, last = _spared(i, cut, covered)
        area[cut] = _cut_areas(sources, targets, i[cut], j[cut], pool)
        if covered is not None:
            area[last] = 0.0
            left = areas - sum_by(i, area, len(areas))
            area[last] = np.maximum(left[i[last]], 0.0)
    kept = area > 0
    return i[kept], j[kept], area[kept]


def _spared(i: Positions, cut: Positions, covered: Flags) -> tuple[Positions, Positions]:
    """Set apart one pair of each covered source: the last one, found by difference."""
    last_of = np.full(len(covered), -1)
    last_of[i[cut]] = cut
    last = last_of[covered & (last_of >= 0)]
    return np.setdiff1d(cut, last, assume_unique=True), last


def _meeting(
    sources: NDArray[Any], targets: NDArray[Any], pool: ThreadPoolExecutor, workers: int
) -> tuple[Positions, Positions, Flags]:
    """Pairs that meet, and whether the source is properly inside the target."""
    tree = shapely.STRtree(sources)
    j, i = tree.query(targets)
    order = np.argsort(j, kind="stable")
    i, j = i[order], j[order]
    shapely.prepare(targets)

    def sort_out(block: slice) -> tuple[Flags, Flags]:
        outer, inner = targets[j[block]], sources[i[block]]
        inside = shapely.contains_properly(outer, inner)
        meets = inside.copy()
        rest = np.flatnonzero(~inside)
        meets[rest] = shapely.intersects(outer[rest], inner[rest])
        return inside, meets

    # A prepared target builds its index when first asked: only one thread may ask it.
    blocks = _blocks_of(j, 4 * workers)
    results = list(pool.map(sort_out, blocks))
    inside = np.concatenate([r[0] for r in results]) if results else np.zeros(0, bool)
    meets = np.concatenate([r[1] for r in results]) if results else np.zeros(0, bool)
    shapely.destroy_prepared(targets)
    return i[meets], j[meets], inside[meets]


def _blocks_of(owner: Positions, count: int) -> list[slice]:
    """Cut a sorted array in about ``count`` slices that never split an owner."""
    if len(owner) == 0:
        return []
    wanted = np.linspace(0, len(owner), count + 1).astype(int)[1:-1]
    edges = np.unique(np.concatenate([[0], np.searchsorted(owner, owner[wanted]), [len(owner)]]))
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def _cut_areas(
    sources: NDArray[Any],
    targets: NDArray[Any],
    i: Positions,
    j: Positions,
    pool: ThreadPoolExecutor,
) -> Floats:
    """Area of the intersection of each pair."""
    if len(i) == 0:
        return np.zeros(0)
    cut_sources, left_of = np.unique(i, return_inverse=True)
    cut_targets, right_of = np.unique(j, return_inverse=True)
    left, right = sources[cut_sources], targets[cut_targets]
    origin = shapely.bounds(left)[:, :2].min(axis=0)
    left_edges, right_edges = edges_of(left, origin), edges_of(right, origin)

    def measure(block: slice) -> Floats:
        return clipped_areas(left_edges, right_edges, left_of[block], right_of[block])

    blocks = [slice(start, start + _CHUNK) for start in range(0, len(i), _CHUNK)]
    return np.concatenate(list(pool.map(measure, blocks)))
