"""Polygons as rings of corners, read once for all that is worked out without the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.passage.arrays import sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.arrays import Flags, Floats, Positions


_MANY = 500  # corners above which the engine is the slower one
_AT_ONCE = 8192  # corners gone through together: more would not stay at hand
_SOLID = 2  # dimensions of what has an area
_SURE = 1e-12  # relative size below which the sign of a cross product is left to the engine


@dataclass(frozen=True, eq=False)
class Rings:
    """Corners, the ring of each, the polygon of each ring, and whether it is a hole."""

    points: Floats
    ring: Positions
    owner: Positions
    hole: Flags

    def edges(self) -> Positions:
        """Place of the first corner of each edge; the second one follows."""
        return np.flatnonzero(self.ring[1:] == self.ring[:-1])

    def turns(self, x: Floats, y: Floats) -> Floats:
        """For each ring, 1 where what it encloses is on its left as it is walked, else -1.

        What a hole encloses is the outside of it. ``x`` and ``y`` are the corners, near zero.
        """
        twice = x[:-1] * y[1:] - x[1:] * y[:-1]
        twice[self.ring[1:] != self.ring[:-1]] = 0.0
        turn = np.where(sum_by(self.ring[:-1], twice, len(self.owner)) > 0, 1.0, -1.0)
        turn[self.hole] *= -1.0
        return turn


def polygons_of(shapes: NDArray[Any]) -> NDArray[Any]:
    """Keep of shapes what has an area: two polygons that touch have lines and points in common too.

    Examples
    --------
    >>> stair = shapely.Polygon([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)])
    >>> [each.wkt for each in polygons_of(shapely.intersection(stair, shapely.box([1], [0], 3, 2)))]
    ['MULTIPOLYGON (((1 0, 1 1, 2 1, 2 0, 1 0)))']
    """
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
    kept: NDArray[Any] = shapes.copy()
    kept[shapely.get_dimensions(shapes) < _SOLID] = shapely.Polygon()
    parts, owner = shapely.get_parts(shapes[mixed], return_index=True)
    solid = shapely.get_dimensions(parts) == _SOLID
    parts, inner = shapely.get_parts(parts[solid], return_index=True)
    owner = owner[solid][inner]
    kept[mixed] = shapely.multipolygons(parts, indices=owner, out=kept[mixed])
    return kept


def rings_of(polygons: NDArray[Any]) -> Rings:
    """Read the rings of polygons, of all their parts and holes.

    Examples
    --------
    >>> ring = shapely.Polygon([(0, 0), (4, 0), (0, 4)], [[(1, 1), (2, 1), (1, 2)]])
    >>> rings = rings_of(np.array([ring]))
    >>> rings.owner.tolist(), rings.hole.tolist(), len(rings.edges())
    ([0, 0], [False, True], 6)
    """
    kinds = shapely.get_type_id(polygons)
    parts, owner = polygons, np.arange(len(polygons))
    if not (kinds == shapely.GeometryType.POLYGON).all():  # parts are copies, which cost
        parts, owner = shapely.get_parts(polygons, return_index=True)
    hole = np.zeros(len(parts), dtype=bool)
    if shapely.get_num_interior_rings(parts).any():
        parts, part = shapely.get_rings(parts, return_index=True)
        owner = owner[part]
        hole = np.concatenate([[False], part[1:] == part[:-1]])
    points, ring = shapely.get_coordinates(parts, return_index=True)
    return Rings(points, ring, owner, hole)


def seen_from_within(polygons: NDArray[Any], least: int = _MANY) -> Flags:
    """Say which polygons are one ring that the middle of its corners sees whole: they are valid.

    A ring that turns one way around a point, once, never crosses nor touches itself. The engine,
    which looks for crossings, takes several times as long to say so of many corners; rings of
    fewer than ``least`` are left to it. False proves nothing.

    Examples
    --------
    >>> arrow = shapely.Polygon([(0, 0), (9, 1), (0, 2), (8, 1)])
    >>> seen_from_within(np.array([shapely.box(0, 0, 1, 1), arrow]), least=4).tolist()
    [True, False]
    """
    seen = np.zeros(len(polygons), dtype=bool)
    single = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    single &= shapely.get_num_coordinates(polygons) >= max(least, 1)
    tried = np.flatnonzero(single & (shapely.get_num_interior_rings(polygons) == 0))
    ends = np.cumsum(shapely.get_num_coordinates(polygons[tried]))
    for few in np.split(tried, np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1):
        if len(few):
            seen[few] = _seen(polygons[few])
    return seen


def _seen(polygons: NDArray[Any]) -> Flags:
    points, ring = shapely.get_coordinates(polygons, return_index=True)
    count = np.bincount(ring)
    first = np.cumsum(count) - count
    # One array a coordinate, for a table of two columns is slow to go through.
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    x -= np.repeat(np.add.reduceat(x, first) / count, count)
    y -= np.repeat(np.add.reduceat(y, first) / count, count)
    ahead, behind = x[:-1] * y[1:], x[1:] * y[:-1]
    turn, sure = ahead - behind, _SURE * (np.abs(ahead) + np.abs(behind))
    apart = ring[1:] != ring[:-1]
    left = np.logical_and.reduceat((turn > sure) | apart, first)
    right = np.logical_and.reduceat((turn < -sure) | apart, first)
    up = (y[:-1] < 0) & (y[1:] >= 0) & ~apart
    seen: Flags = (left | right) & (np.add.reduceat(up, first, dtype=np.int64) == 1)
    return seen
