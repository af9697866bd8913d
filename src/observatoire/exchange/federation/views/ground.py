"""The territories of the members: what they are called, their shapes under a map, and that map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from observatoire.errors import GeometryError
from observatoire.exchange.publication.figures import PLACE_COLUMNS
from observatoire.maps import map_figure
from observatoire.maps.marks import BaseMap
from observatoire.pages.sheet import figure_page
from observatoire.panels.plots import plot_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.exchange.federation.verification import Member
    from observatoire.exchange.federation.views.figures import Imprint
    from observatoire.maps import MapStyle
    from observatoire.pages.sheet import Sheet
    from observatoire.secrecy.release.protected_table import ProtectedTable

_COMMUNES = "commune"
#: What reading outlines raises of a stranger’s file: its words, its system of coordinates, its shapes.
_UNREADABLE = (
    *(ValueError, OSError, TypeError, LookupError, AttributeError),
    *(shapely.errors.ShapelyError, ProjError),
)

_COLUMNS = list(PLACE_COLUMNS)


def zone_rows(members: Sequence[Member]) -> gpd.GeoDataFrame:
    """Return the zones of all packages in one system; of a zone that several give, the first drawing.

    Parameters
    ----------
    members : sequence of Member
        In order of precedence.
    """
    layers = [_layer(member) for member in members]
    crs = next(filter(None, map(_metric_system, layers)), None)
    # Shapes of no stated system cannot be placed beside others.
    placed = [
        layer.to_crs(crs) if crs is not None and layer.crs is not None
        else gpd.GeoDataFrame(layer.drop(columns="geometry"), geometry=[None] * len(layer), crs=crs)
        for layer in layers
    ]  # fmt: skip
    rows = pd.concat(placed, ignore_index=True)
    rows = rows.set_geometry(rows.geometry.where(_may_be_drawn(rows.geometry)))
    rows = rows.assign(_blank=rows.geometry.isna()).sort_values("_blank", kind="stable")
    return gpd.GeoDataFrame(rows.drop_duplicates(_COLUMNS[:2]).drop(columns="_blank"), crs=crs)


def _metric_system(layer: gpd.GeoDataFrame) -> Any:
    """Return the system in which the shapes of a layer may be drawn; none where they are at no place."""
    if layer.crs is None or not layer.geometry.notna().any():
        return None
    if layer.crs.is_projected:
        return layer.crs
    try:
        return layer.estimate_utm_crs()
    except (RuntimeError, ValueError):  # degrees beyond those of the Earth
        return None


def _layer(member: Member) -> gpd.GeoDataFrame:
    """Read the zones of a package; without shapes when its file gives none that can be read."""
    path = member.folder / "zones.parquet"
    try:
        layer = gpd.read_parquet(path)
    except _UNREADABLE:
        frame = pd.read_parquet(path)
        layer = gpd.GeoDataFrame(frame[_COLUMNS], geometry=[None] * len(frame))
    if layer.geometry.name != "geometry":
        layer = layer.rename_geometry("geometry")
    if "perimetre" not in layer:
        layer = layer.assign(perimetre="schématique")
    layer = layer.set_geometry(layer.geometry.where(_may_be_drawn(layer.geometry)))
    return layer[[*_COLUMNS, "perimetre", "geometry"]].astype(dict.fromkeys(_COLUMNS, "str"))


def _may_be_drawn(shapes: gpd.GeoSeries) -> list[bool]:
    """Say which shapes are surfaces somewhere: a stranger may send points, or what is at no place."""
    bounds = shapes.bounds.to_numpy()
    somewhere = np.isfinite(bounds).all(axis=1)
    surfaces = shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    return [bool(each) for each in surfaces & somewhere]


def base_map(zones: gpd.GeoDataFrame, zoning: str) -> BaseMap:
    """Return the shapes of a zoning, over the communes that packages give.

    Parameters
    ----------
    zones : GeoDataFrame
        Of :func:`zone_rows`.
    """
    own = zones[zones["zonage"] == zoning].set_index("territoire")
    communes = zones[zones["zonage"].str.startswith(_COMMUNES) & (zones["zonage"] != zoning)]
    return BaseMap(
        own.geometry,
        zones.geometry.iloc[:0],
        communes.geometry,
        bool((own.loc[own.geometry.notna(), "perimetre"] == "officiel").all()),
    )


def apart(shapes: gpd.GeoSeries, groups: Mapping[str, str]) -> dict[str, str]:
    """Return groups that lie apart, so that each has its own frame; none when two of them meet.

    Parameters
    ----------
    shapes : GeoSeries
        By code of territory.
    """
    known = shapes[shapes.notna() & shapes.index.isin(list(groups))]
    boxes = {
        name: shapely.box(*known[codes].total_bounds)
        for name, codes in known.groupby(known.index.map(groups)).groups.items()
    }
    listed = list(boxes.values())
    meet = any(a.intersects(b) for rank, a in enumerate(listed) for b in listed[:rank])
    return {} if meet else dict(groups)


def federation_map(
    table: ProtectedTable,
    zones: gpd.GeoDataFrame,
    groups: Mapping[str, str],
    style: MapStyle,
    imprint: Imprint,
) -> Sheet:
    """Return the map of an indicator of a federation; members that lie apart have each a frame.

    Parameters
    ----------
    table : ProtectedTable
        Holds one indicator.
    groups : mapping
        Whose figures of each territory are shown.

    Raises
    ------
    GeometryError
        When no package gives a shape.
    """
    ground = base_map(zones, table.zoning)
    if not ground.shapes.notna().any():
        raise GeometryError(
            f"Aucun paquet ne donne de contour pour « {table.zoning} » : pas de carte.",
            where=table.zoning,
            remedy="f.panel(…) montre les mêmes chiffres ; ou demandez des paquets dont zones.parquet a "
            "des contours.",
        )
    (code,) = table.indicators
    frames = apart(ground.shapes, groups)
    figure = map_figure(table, code, ground, frames, style=style)
    drawn = partial(plot_map, table, code, ground, frames, style)
    return figure_page(table, figure, imprint.date, imprint.place, drawn)
