"""Coordinate reference systems: which one a layer seems to be in, where it lies, whether areas are true."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError as UnknownSystem
from pyproj.exceptions import ProjError

from observatoire.declarations.fields import Code, Flag, Named, declared
from observatoire.declarations.reader import packaged, read
from observatoire.errors import CRSError
from observatoire.french.typography import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@declared
class ReferenceSystem:
    """A reference system: its code, its name, where it is the official metric one."""

    code: Code
    label: str
    places: str = ""
    metric: Flag = False


@declared
class ReferenceSystems:
    """What ``crs.toml`` declares."""

    systems: Named[ReferenceSystem]


@cache
def known_systems() -> tuple[ReferenceSystem, ...]:
    """Return the systems tried, in order.

    Examples
    --------
    >>> [system.code for system in known_systems() if "Martinique" in system.places]
    ['EPSG:5490']
    """
    path = packaged("observatoire.territories.layers", "crs.toml")
    return tuple(read(path, ReferenceSystems).systems.values())


def region_around(longitude: float, latitude: float) -> str:
    """Return the French territory around a point, by the official system in use there.

    Examples
    --------
    >>> region_around(1.4, 43.6), region_around(55.5, -21.1)
    ('métropole', 'La Réunion')
    """
    near = _metric_there(longitude, latitude)
    return next((system.places for system in near if system.places), "")


def _metric_there(longitude: float, latitude: float) -> Iterator[ReferenceSystem]:
    return (s for s in known_systems() if s.metric and _within(CRS(s.code), longitude, latitude))


def systems_like(bounds: Sequence[float], around: str = "") -> list[ReferenceSystem]:
    """Return the systems in which some bounds lie where the system is of use.

    Parameters
    ----------
    bounds : sequence of float
        West, south, east and north, in the unknown system.
    around : str
        A system (the workspace's) near whose area of use the layer is expected: other places
        are left out when one fits there.

    Examples
    --------
    >>> [s.code for s in systems_like([700_000, 1_610_000, 720_000, 1_630_000], "EPSG:5490")][:1]
    ['EPSG:5490']
    >>> systems_like([-61.2, 14.4, -60.8, 14.9])[0].code
    'EPSG:4326'
    """
    if not np.isfinite(bounds).all():
        return []
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    expected = CRS(around) if around else None
    found, near = [], []
    for system in known_systems():
        crs = CRS(system.code)
        longitude, latitude = _degrees(crs, x, y)
        if _within(crs, longitude, latitude):
            found.append(system)
            if expected is not None and _within(expected, longitude, latitude):
                near.append(system)
    return near or found


def metric_system(crs: CRS, bounds: Sequence[float]) -> ReferenceSystem | None:
    """Return the official metric system of the place where a layer lies; None when unknown.

    Examples
    --------
    >>> metric_system(CRS("EPSG:4326"), [1.3, 43.5, 1.5, 43.7]).code
    'EPSG:2154'
    """
    if not np.isfinite(bounds).all():
        return None
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return next(_metric_there(*_degrees(crs, x, y)), None)


def _degrees(crs: CRS, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    return float(longitude), float(latitude)


def _within(crs: CRS, longitude: float, latitude: float) -> bool:
    area = crs.area_of_use
    return (
        area is not None
        and area.west <= longitude <= area.east
        and area.south <= latitude <= area.north
    )


def crs_name(crs: CRS) -> str:
    """Name a CRS as people do: its EPSG code, or its title."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def check_near(layers: list[gpd.GeoDataFrame], path: Path, crs: str) -> None:
    """Refuse a file none of whose layers is where the workspace's CRS is of use."""
    refusal: CRSError | None = None
    for frame in layers:
        if frame.crs is None:
            return
        try:
            check_near_one(frame, path, crs)
        except CRSError as error:
            refusal = refusal or error
        else:
            return
    if refusal is not None:
        raise refusal


def check_near_one(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    """Refuse a layer of another place: none of its shapes is where the workspace's CRS is of use."""
    from pyogrio.errors import CRSError as UnknownCRS  # noqa: PLC0415 - 30 MB, for who reads a layer

    area = CRS(crs).area_of_use
    known = frame.geometry[frame.geometry.notna() & ~frame.geometry.is_empty]
    if area is None or known.empty:
        return
    try:
        x0, y0, x1, y1 = known.to_crs("EPSG:4326").total_bounds
    except (UnknownCRS, ProjError):
        return  # said by the check of each shape
    if not np.isfinite([x0, y0, x1, y1]).all():
        return
    if x0 <= area.east and x1 >= area.west and y0 <= area.north and y1 >= area.south:
        return
    region = region_around((x0 + x1) / 2, (y0 + y1) / 2)
    named = f" ({region})" if region else ""
    raise CRSError(
        "Cette couche est ailleurs : aucun de ses contours n’est près de vos territoires.",
        where=path.name,
        why=f"Elle va de {_written(x0)} à {_written(x1)} de longitude et de {_written(y0)} à "
        f"{_written(y1)} de latitude{named} ; vos territoires sont en {crs} "
        f"({area.name.split(' - ')[0]}). Des noms de lieux s’y retrouvent peut-être : ce sont des "
        "homonymes.",
        remedy="Demandez la couche de vos communes. Si c’est bien la leur, son système "
        f"({crs_name(frame.crs)}) est faux : corrigez-le dans QGIS (Définir la projection), sans "
        "reprojeter.",
        bounds=(x0, y0, x1, y1),
    )


def _written(value: float) -> str:
    return f"{number(value, 1)}°"


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
    except UnknownSystem:
        return None


def _scales(projection: Proj, longitude: Floats, latitude: Floats) -> Floats:
    # At a pole, or where a projection is not defined, there is no scale.
    scales = np.asarray(projection.get_factors(longitude, latitude, errcheck=False).areal_scale)
    return np.asarray(scales[np.isfinite(scales)], dtype=np.float64)
