"""Areas shared by two layers of polygons.

Four ideas, in this order. A source that no edge of a target comes near needs no intersection: its
own area is the answer, or nothing. A source that lies wholly in targets that do not overlap needs
one intersection less than it meets targets. The others are clipped all together, edge against
edge. And that is shared between threads, for the sums do not keep the interpreter.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import Flags, Floats, Positions, sum_by
from observatoire.passage.geometry.clipping import clipped_areas, columns_of, stretches_of
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
    clear of it that has a corner in them lies wholly in them, so that one intersection is spared.
    """
    if source.grid is not None:
        i, j, area = sweep(source.grid, target.geometries)
    elif target.grid is not None:
        j, i, area = sweep(target.grid, source.geometries)
    else:
        clear = None if outline is None else clear_of(outline, source.geometries)
        i, j, area = intersect(
            source.geometries, target.geometries, source.areas, clear=clear, threads=threads
        )
    # Nearly in order already, which one stable sort sees and two do not.
    order = np.argsort(j * len(source) + i, kind="stable")
    return Pairs(i[order], j[order], area[order])


def intersect(
    sources: NDArray[Any],
    targets: NDArray[Any],
    areas: Floats,
    *,
    clear: Flags | None = None,
    threads: int | None = None,
) -> tuple[Positions, Positions, Floats]:
    """Measure the pairs of any two layers of polygons (raw arrays in, raw arrays out).

    ``clear`` flags the sources that lie wholly in the targets, which do not overlap, or wholly out
    of them: the last piece of each of the first is what the others leave.

    Examples
    --------
    >>> squares = shapely.box([0, 2], [0, 0], [1, 3], [1, 1])
    >>> i, j, area = intersect(squares, shapely.box([-1], [-1], [2.5], [2]), shapely.area(squares))
    >>> i.tolist(), j.tolist(), area.tolist()
    ([0, 1], [0, 0], [1.0, 0.5])
    """
    if shapely.is_empty(targets).all():
        nowhere = np.array([], dtype=np.int64)
        return nowhere, nowhere, np.zeros(0)
    origin = np.floor(shapely.total_bounds(targets)[:2])
    clipping = stretches_of(targets, origin)
    shapely.prepare(targets)
    i, j, inside = _meeting(sources, targets, clipping.boxes(origin), clipping.owner)
    area = areas[i]
    cut = np.flatnonzero(~inside)
    if clear is not None:
        covered = _covered(sources, targets, i, j, inside, clear)
        cut, last = _spared(i, cut, covered)
    shapely.destroy_prepared(targets)
    # By source: the edges of each are then read once, a few sources at a time.
    cut = cut[np.argsort(i[cut], kind="stable")]
    with ThreadPoolExecutor(threads or min(os.cpu_count() or 1, 8)) as pool:

        def measure(block: slice) -> Floats:
            few, left_of = np.unique(i[cut[block]], return_inverse=True)
            clipped = columns_of(sources[few], origin)
            return clipped_areas(clipped, clipping, left_of, j[cut[block]])

        blocks = [slice(start, start + _CHUNK) for start in range(0, len(cut), _CHUNK)]
        # Threads would wait for one another longer than they work on a single block.
        over = map if len(blocks) <= 1 else pool.map
        area[cut] = np.concatenate([np.zeros(0), *over(measure, blocks)])
    if clear is not None:
        area[last] = 0.0
        left = areas - sum_by(i, area, len(areas))
        area[last] = np.maximum(left[i[last]], 0.0)
    kept = area > 0
    return i[kept], j[kept], area[kept]


def _found(keys: Positions, among: Positions) -> Flags:
    """Say which distinct keys are in a list that repeats them."""
    found = np.zeros(len(keys), dtype=bool)
    if len(keys) == 0:
        return found
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys, among, sorter=order), len(keys) - 1)
    found[order[at[keys[order[at]] == among]]] = True
    return found


def _covered(
    sources: NDArray[Any],
    targets: NDArray[Any],
    i: Positions,
    j: Positions,
    inside: Flags,
    clear: Flags,
) -> Flags:
    """Say which clear sources lie in the targets, where their first corner does, not in a bay of them."""
    within = np.zeros(len(sources), dtype=bool)
    within[i[inside]] = True
    asked = np.flatnonzero(~inside & (clear & ~within)[i])
    corner = shapely.get_point(
        shapely.get_exterior_ring(shapely.get_geometry(sources[i[asked]], 0)), 0
    )
    # On an edge that two targets share it is in both.
    met = shapely.intersects_xy(targets[j[asked]], *shapely.get_coordinates(corner).T)
    within[i[asked[met]]] = True
    return clear & within


def _spared(i: Positions, cut: Positions, covered: Flags) -> tuple[Positions, Positions]:
    """Set apart one pair of each covered source: the last one, found by difference."""
    last_of = np.full(len(covered), -1)
    last_of[i[cut]] = cut
    last = last_of[covered & (last_of >= 0)]
    return np.setdiff1d(cut, last, assume_unique=True), last


def _meeting(
    sources: NDArray[Any], targets: NDArray[Any], boxes: NDArray[Any], owner: Positions
) -> tuple[Positions, Positions, Flags]:
    """Pairs that may meet, and whether the source is known to be inside the target.

    A source whose box no edge of a target comes near lies wholly on one side of it, where its
    middle does. Edges come in runs, of which ``boxes`` are the boxes and ``owner`` the targets.
    """
    tree = shapely.STRtree(sources)
    j, i = tree.query(targets)
    run, near = tree.query(boxes)
    doubtful = _found(j * len(sources) + i, owner[run] * len(sources) + near)
    west, south, east, north = shapely.bounds(sources).T
    clear = np.flatnonzero(~doubtful)
    within = i[clear]
    inside = np.zeros(len(i), dtype=bool)
    inside[clear] = shapely.contains_xy(
        targets[j[clear]], (west + east)[within] / 2, (south + north)[within] / 2
    )
    meets = doubtful | inside
    return i[meets], j[meets], inside[meets]
