"""Areas shared by two layers of polygons, as fast as the geometry engine allows.

Three ideas, in this order. A source properly inside a target needs no intersection: its own
area is the answer. A target of many corners is cut into tiles first, so that an intersection
meets few corners. The rest is shared between threads, for the engine frees the interpreter.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.grid import sweep
from observatoire.passage.sums import sum_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from observatoire.passage.layers import Layer

_CORNERS = 64  # a tile of fewer corners is not worth cutting again
_DEEPEST = 40  # halvings: corners closer than that cannot be told apart in float64
_CHUNK = 4096  # pairs intersected at once: enough to forget Python, few enough to spare memory


@dataclass(frozen=True, eq=False)
class Pairs:
    """Position of a source, position of a target, and the area they share."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    area: NDArray[np.float64]


def shared_areas(source: Layer, target: Layer, *, threads: int | None = None) -> Pairs:
    """Measure what every source shares with every target it meets, in order."""
    if source.grid is not None:
        i, j, area = sweep(source.grid, target.geometries)
    elif target.grid is not None:
        j, i, area = sweep(target.grid, source.geometries)
    else:
        i, j, area = intersect(source.geometries, target.geometries, source.areas, threads=threads)
    order = np.lexsort((i, j))
    return Pairs(i[order], j[order], area[order])


def intersect(
    sources: NDArray[Any],
    targets: NDArray[Any],
    areas: NDArray[np.float64],
    *,
    threads: int | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Measure the pairs of any two layers of polygons (raw arrays in, raw arrays out).

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
        area[cut] = _cut_areas(sources, targets, i[cut], j[cut], pool)
    kept = area > 0
    return i[kept], j[kept], area[kept]


def _meeting(
    sources: NDArray[Any], targets: NDArray[Any], pool: ThreadPoolExecutor, workers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Pairs that meet, and whether the source is properly inside the target."""
    tree = shapely.STRtree(sources)
    j, i = tree.query(targets)
    order = np.argsort(j, kind="stable")
    i, j = i[order], j[order]
    shapely.prepare(targets)

    def sort_out(block: slice) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        holder, held = targets[j[block]], sources[i[block]]
        inside = shapely.contains_properly(holder, held)
        meets = inside.copy()
        rest = np.flatnonzero(~inside)
        meets[rest] = shapely.intersects(holder[rest], held[rest])
        return inside, meets

    # A prepared target builds its index when first asked: only one thread may ask it.
    blocks = _blocks_of(j, 4 * workers)
    results = list(pool.map(sort_out, blocks))
    inside = np.concatenate([r[0] for r in results]) if results else np.zeros(0, bool)
    meets = np.concatenate([r[1] for r in results]) if results else np.zeros(0, bool)
    shapely.destroy_prepared(targets)
    return i[meets], j[meets], inside[meets]


def _blocks_of(owner: NDArray[np.int64], count: int) -> list[slice]:
    """Cut a sorted array in about ``count`` slices that never split an owner."""
    if len(owner) == 0:
        return []
    wanted = np.linspace(0, len(owner), count + 1).astype(int)[1:-1]
    edges = np.unique(np.concatenate([[0], np.searchsorted(owner, owner[wanted]), [len(owner)]]))
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def _cut_areas(
    sources: NDArray[Any],
    targets: NDArray[Any],
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    pool: ThreadPoolExecutor,
) -> NDArray[np.float64]:
    """Area of the intersection of each pair, through the tiles of the targets."""
    if len(i) == 0:
        return np.zeros(0)
    cut_targets = np.unique(j)
    tiles, owner = tile(targets[cut_targets], pool)
    owner = cut_targets[owner]
    cut_sources, rank = np.unique(i, return_inverse=True)
    tree = shapely.STRtree(tiles)
    near, tile_of = tree.query(sources[cut_sources])
    key = rank * len(targets) + j
    order = np.argsort(key)
    wanted = near * len(targets) + owner[tile_of]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    match = key[order][at] == wanted
    pair = order[at[match]]
    area = _intersection_areas(sources, tiles, cut_sources[near[match]], tile_of[match], pool)
    return sum_by(pair, area, len(i))


def _intersection_areas(
    left: NDArray[Any],
    right: NDArray[Any],
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    pool: ThreadPoolExecutor,
) -> NDArray[np.float64]:
    def measure(block: slice) -> NDArray[np.float64]:
        found: NDArray[np.float64] = shapely.area(
            shapely.intersection(left[i[block]], right[j[block]])
        )
        return found

    return _mapped(measure, len(i), pool)


def _mapped(
    task: Callable[[slice], NDArray[np.float64]], count: int, pool: ThreadPoolExecutor
) -> NDArray[np.float64]:
    blocks = [slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    results: Sequence[NDArray[np.float64]] = list(pool.map(task, blocks))
    return np.concatenate(results) if results else np.zeros(0)


def tile(
    polygons: NDArray[Any], pool: ThreadPoolExecutor, corners: int = _CORNERS
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Cut polygons in halves until each piece has few corners; say whose piece each is."""
    done, owners = [], []
    pieces, owner = polygons, np.arange(len(polygons))
    for depth in range(_DEEPEST + 1):
        large = (shapely.get_num_coordinates(pieces) > corners) & (depth < _DEEPEST)
        done.append(pieces[~large])
        owners.append(owner[~large])
        pieces, owner = _halved(pieces[large], owner[large], pool)
    return np.concatenate(done), np.concatenate(owners)


def _halved(
    pieces: NDArray[Any], owner: NDArray[np.int64], pool: ThreadPoolExecutor
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    if len(pieces) == 0:
        return pieces, owner
    west, south, east, north = shapely.bounds(pieces).T
    wide = (east - west) >= (north - south)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    first = shapely.box(
        west, south, np.where(wide, middle_x, east), np.where(wide, north, middle_y)
    )
    second = shapely.box(
        np.where(wide, middle_x, west), np.where(wide, south, middle_y), east, north
    )
    boxes = np.concatenate([first, second])
    doubled = np.concatenate([pieces, pieces])
    step = max(1, min(_CHUNK, len(boxes) // 8))
    blocks = [slice(start, start + step) for start in range(0, len(boxes), step)]
    halves = np.concatenate(
        list(pool.map(lambda b: shapely.intersection(doubled[b], boxes[b]), blocks))
    )
    solid = shapely.area(halves) > 0
    return halves[solid], np.concatenate([owner, owner])[solid]
