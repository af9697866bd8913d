"""The territories of the members: what they are called, and their shapes under a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire.maps.marks import BaseMap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.exchange.federation.verification import Member

_COMMUNES = "commune"
_COLUMNS = ["zonage", "territoire", "nom"]


def zone_rows(members: Sequence[Member]) -> gpd.GeoDataFrame:
    """Return the zones of all packages in one system; of a zone that several give, the first drawing.

    Parameters
    ----------
    members : sequence of Member
        In order of precedence.
    """
    layers = [_layer(member) for member in members]
    crs = next((layer.crs for layer in layers if layer.geometry.notna().any() and layer.crs), None)
    if crs is not None and not crs.is_projected:
        drawn = next(layer for layer in layers if layer.crs == crs and layer.geometry.notna().any())
        crs = drawn.estimate_utm_crs()
    # Shapes of no stated system cannot be placed beside others.
    placed = [
        layer.to_crs(crs) if crs is not None and layer.crs is not None
        else gpd.GeoDataFrame(layer.drop(columns="geometry"), geometry=[None] * len(layer), crs=crs)
        for layer in layers
    ]  # fmt: skip
    rows = pd.concat(placed, ignore_index=True)
    rows = rows.assign(_blank=rows.geometry.isna()).sort_values("_blank", kind="stable")
    return gpd.GeoDataFrame(rows.drop_duplicates(_COLUMNS[:2]).drop(columns="_blank"), crs=crs)


def _layer(member: Member) -> gpd.GeoDataFrame:
    """Read the zones of a package; without shapes when its file gives none that can be read."""
    path = member.folder / "zones.parquet"
    try:
        layer = gpd.read_parquet(path)
    except (ValueError, OSError, TypeError, LookupError, shapely.errors.ShapelyError):
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
