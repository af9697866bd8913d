"""Whether a projection shows areas as they are: Web Mercator and its kin stretch them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from observatoire.passage.arrays import Floats

_TRUE = 0.01  # gap of areas that national projections stay under, even at their edges
_STEPS = 5  # places looked at along each side of where a projection is used
_A_PLAN = 100_000.0  # metres from zero: a plan with numbers of its own lies nowhere on earth


def areas_are_true(crs: CRS, bounds: Floats) -> bool:
    """Say whether a projection shows areas as they are, where it is used and where a layer lies.

    Examples
    --------
    >>> cayenne = np.array([352_000.0, 544_000.0, 356_000.0, 548_000.0])
    >>> areas_are_true(CRS(3857), cayenne), areas_are_true(CRS(2972), cayenne)
    (False, True)
    """
    wkt = crs.to_wkt()
    scales = _scales_where_used(wkt)
    if np.isfinite(bounds).all() and np.abs(bounds).max() > _A_PLAN:
        # To the kilometre: the layers of one place are looked at once.
        scales = np.append(scales, _scales_at(wkt, tuple(np.round(bounds, -3))))
    return bool((np.abs(scales - 1.0) <= _TRUE).all())


@lru_cache(maxsize=64)
def _scales_at(wkt: str, bounds: tuple[float, ...]) -> Floats:
    projection = _projection(wkt)
    if projection is None:
        return np.array([])
    west, south, east, north = bounds
    x, y = np.array([west, east, (west + east) / 2]), np.array([south, north, (south + north) / 2])
    return _scales(projection, *projection(x, y, inverse=True))


@lru_cache(maxsize=64)
def _scales_where_used(wkt: str) -> Floats:
    area, projection = CRS(wkt).area_of_use, _projection(wkt)
    if area is None or projection is None:
        return np.array([])
    # Not to the very edges: at a pole even an equal-area projection has no scale.
    steps = np.linspace(0.1, 0.9, _STEPS)
    longitude, latitude = np.meshgrid(
        area.west + steps * (area.east - area.west), area.south + steps * (area.north - area.south)
    )
    return _scales(projection, longitude.ravel(), latitude.ravel())


def _projection(wkt: str) -> Proj | None:
    try:
        return Proj(CRS(wkt))
    except CRSError:
        return None


def _scales(projection: Proj, longitude: Floats, latitude: Floats) -> Floats:
    # At a pole, or where a projection is not defined, there is no scale.
    scales = np.asarray(projection.get_factors(longitude, latitude, errcheck=False).areal_scale)
    return np.asarray(scales[np.isfinite(scales)], dtype=np.float64)
