"""Keep zonings, their territories and their shapes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from observatoire.territories.zoning import MEMBER_COLUMNS, Zoning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.territories.perimeters import Perimeters
    from observatoire.warehouse.connection import Warehouse


def keep_zonings(warehouse: Warehouse, codes: Sequence[str]) -> None:
    """Forget the zonings that are declared no more; call it inside a transaction."""
    warehouse.run("DELETE FROM territory WHERE NOT list_contains(?::VARCHAR[], zoning)", [codes])
    warehouse.run("DELETE FROM zoning WHERE NOT list_contains(?::VARCHAR[], code)", [codes])


def store_zoning(
    warehouse: Warehouse, zoning: Zoning, members: pd.DataFrame, made: Perimeters
) -> None:
    """Write a zoning and its territories anew; call it inside a transaction.

    Parameters
    ----------
    warehouse : Warehouse
        Where to write.
    zoning : Zoning
        The zoning as declared.
    members : DataFrame
        Columns ``code``, ``nom``, ``commune`` and attributes.
    made : Perimeters
        What its perimeters are made of; a territory without shape has none.
    """
    warehouse.run("DELETE FROM territory WHERE zoning = ?", [zoning.code])
    warehouse.run("DELETE FROM zoning WHERE code = ?", [zoning.code])
    warehouse.insert_row(
        "zoning",
        code=zoning.code,
        label=zoning.label,
        singular=zoning.singular,
        vintage=zoning.vintage,
        official=made.official,
        geometry=made.origin,
        loaded=made.loaded,
        remarks=" ".join(made.notices),
    )
    rows = _territory_rows(zoning.code, members, made.shapes, official=made.official)
    rows["drawn"] = [made.drawn.get(code, "") for code in members["code"]]
    with warehouse.registered(incoming=rows):
        warehouse.run(
            "INSERT INTO territory BY NAME SELECT zoning, code, name, commune, rank, attributes, "
            "official, ST_GeomFromWKB(wkb) AS shape, drawn FROM incoming"
        )


def _territory_rows(
    zoning: str, members: pd.DataFrame, shapes: gpd.GeoSeries | None, *, official: bool
) -> pd.DataFrame:
    """Return the territories as their table holds them, the shape still in WKB."""
    extra = [column for column in members.columns if column not in MEMBER_COLUMNS]
    drawn = shapes if shapes is not None else gpd.GeoSeries(dtype="geometry")
    # By row, an empty one too: pandas 3.0 gives no record of a table without a column.
    attributes = members[extra].reset_index(drop=True).to_dict("index").values()
    return pd.DataFrame(
        {
            "zoning": zoning,
            "code": members["code"],
            "name": members["nom"],
            "commune": members["commune"],
            "rank": range(len(members)),
            "attributes": [json.dumps(row, ensure_ascii=False) for row in attributes],
            "official": official,
            "wkb": [_wkb(drawn.get(code)) for code in members["code"]],
        }
    )


def read_shapes(warehouse: Warehouse, zoning: str) -> gpd.GeoDataFrame:
    """Return the territories of a zoning, in order, with their shapes.

    Returns
    -------
    GeoDataFrame
        Indexed by code; columns ``name``, ``commune``, ``attributes`` (a dict), ``official``,
        ``drawn`` (by whom, empty for what no hand drew), ``geometry`` (None when the territory has no shape).
    """
    rows = warehouse.frame(
        "SELECT code, name, commune, attributes, official, drawn, ST_AsWKB(shape) AS wkb "
        "FROM territory WHERE zoning = ? ORDER BY rank",
        [zoning],
    )
    shapes = [
        None if wkb is None or wkb is pd.NA else shapely.from_wkb(bytes(wkb)) for wkb in rows["wkb"]
    ]
    frame = gpd.GeoDataFrame(
        rows[["code", "name", "commune", "official", "drawn"]].assign(
            attributes=[json.loads(text) for text in rows["attributes"]]
        ),
        geometry=gpd.GeoSeries(shapes, crs=warehouse.crs),
    )
    return frame.set_index("code")


def _wkb(shape: shapely.Geometry | None) -> bytes | None:
    return None if shape is None else shapely.to_wkb(shape)
