"""Say where a layer lies: near the territories observed, elsewhere, or far wider than they."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from observatoire.errors import CRSError, UnknownTerritoryError
from observatoire.french.typography import number, several_of
from observatoire.territories.layers.crs import region_around

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from observatoire.territories.matcher import Matcher


#: Below this share of the rows of a layer, names that repeat are namesakes.
_NAMESAKES = 0.2

#: So many rows a territory, on average, are pieces of it.
_PIECES = 3


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
    shapes = frame.geometry.to_numpy()
    known = frame.geometry[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
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
        why=f"Elle va de {_degrees(x0)} à {_degrees(x1)} de longitude et de {_degrees(y0)} à "
        f"{_degrees(y1)} de latitude{named} ; vos territoires sont en {crs} "
        f"({area.name.split(' - ')[0]}). Des noms de lieux s’y retrouvent peut-être : ce sont des "
        "homonymes.",
        remedy="Demandez la couche de vos communes. Si c’est bien la leur, son système "
        f"({crs_name(frame.crs)}) est faux : corrigez-le dans QGIS (Définir la projection), sans "
        "reprojeter.",
        bounds=(x0, y0, x1, y1),
    )


def _degrees(value: float) -> str:
    return f"{number(value, 1)}°"


def check_namesakes(
    kept: gpd.GeoDataFrame,
    texts: pd.Series,
    matcher: Matcher,
    path: Path,
    column: str,
    rows: int,
) -> None:
    """Refuse a wide layer in which towns elsewhere have quartiers of the same names.

    Raises
    ------
    UnknownTerritoryError
        With how many outlines bear one name.
    """
    repeated = kept.index[kept.index.duplicated()]
    by_name = ~texts.isin(list(matcher.names)).any()
    if not len(repeated) or not by_name or len(kept) > _NAMESAKES * rows:
        return
    name = matcher.names[repeated[0]]
    count = int((kept.index == repeated[0]).sum())
    raise UnknownTerritoryError(
        f"Cette couche couvre bien plus que vos territoires : {count} contours s’appellent « {name} ».",
        where=f"{path.name}, colonne {column}",
        why=f"Sur {rows} contours, {len(kept)} portent le nom d’un des {several_of(matcher.label)} : "
        "ce sont pour la plupart des homonymes d’autres villes.",
        remedy="Gardez les seuls contours de vos communes (QGIS : Extraire par attribut), ou donnez la "
        "colonne des codes : code_column.",
        codes=list(repeated),
    )


def crs_name(crs: CRS) -> str:
    """Name a CRS as people do: its EPSG code, or its title."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def in_parts(found: pd.Series, matcher: Matcher, path: Path) -> UnknownTerritoryError | None:
    """Return the error of a layer of cells or pieces, many of which tell the same territory.

    Parameters
    ----------
    found : Series of str
        The territory that each row tells; empty for none.
    """
    codes = found[found != ""]
    if len(codes) <= _PIECES * codes.nunique():
        return None
    code = str(codes.mode().iloc[0])
    return UnknownTerritoryError(
        f"Cette couche découpe vos territoires : {int((codes == code).sum())} lignes pour "
        f"« {matcher.names[code]} ».",
        where=path.name,
        why="Ce sont des carreaux ou des morceaux, non les contours des "
        f"{several_of(matcher.label)}.",
        remedy='Employez-la comme support d’un passage (support = "geo/…"), ou déclarez ses carreaux '
        "comme un zonage.",
    )
