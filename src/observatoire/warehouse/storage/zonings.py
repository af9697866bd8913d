"""Keep zonings, their territories and their shapes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

from observatoire.territories.zoning import MEMBER_COLUMNS, Zoning
from observatoire.warehouse.storage.digests import content_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.territories.perimeters import Perimeters
    from observatoire.warehouse.connection import Warehouse


def keep_zonings(warehouse: Warehouse, codes: Sequence[str]) -> None:
    """Forget the zonings that are declared no more; call it inside a transaction."""
    warehouse.run("DELETE FROM territory WHERE NOT list_contains(?::VARCHAR[], zoning)", [codes])
    warehouse.run("DELETE FROM zoning WHERE NOT list_contains(?::VARCHAR[], code)", [codes])


_ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("zoning", "code", "name", "commune")),
        ("rank", pa.int32()),
        ("attributes", pa.string()),
        ("official", pa.bool_()),
        ("wkb", pa.binary()),
        ("drawn", pa.string()),
    ]
)


def store_zonings(
    warehouse: Warehouse, made: Sequence[tuple[Zoning, pd.DataFrame, Perimeters]]
) -> None:
    """Write zonings and their territories anew; call it inside a transaction.

    Parameters
    ----------
    made : sequence of (Zoning, DataFrame, Perimeters)
        Each zoning as declared; its members (columns ``code``, ``nom``, ``commune`` and
        attributes); what its perimeters are made of: a territory without shape has none.
    """
    codes = [zoning.code for zoning, _, _ in made]
    warehouse.run("DELETE FROM territory WHERE list_contains(?::VARCHAR[], zoning)", [codes])
    warehouse.run("DELETE FROM zoning WHERE list_contains(?::VARCHAR[], code)", [codes])
    warehouse.insert("zoning", pd.DataFrame([_zoning_row(zoning, of) for zoning, _, of in made]))
    rows = [_territory_rows(zoning.code, members, of) for zoning, members, of in made]
    with warehouse.registered(incoming=pa.concat_tables(rows)):
        warehouse.run(
            "INSERT INTO territory BY NAME SELECT zoning, code, name, commune, rank, attributes, "
            "official, ST_GeomFromWKB(wkb) AS shape, drawn FROM incoming"
        )


def keep_drawn(warehouse: Warehouse, grounds: str) -> None:
    """Keep what the zonings that stand were drawn from; call it in the transaction that wrote them."""
    warehouse.run("DELETE FROM drawn_from")
    warehouse.insert_row("drawn_from", grounds=grounds, stored=content_digest(warehouse, _DRAWN))


def find_drawn(warehouse: Warehouse) -> str:
    """Return what the zonings that stand were drawn from; an empty text when their rows are others."""
    for grounds, stored in warehouse.rows("SELECT grounds, stored FROM drawn_from"):
        if stored == content_digest(warehouse, _DRAWN):
            return str(grounds)
    return ""


#: The tables that drawings fill.
_DRAWN = ("territory", "zoning")


def _zoning_row(zoning: Zoning, made: Perimeters) -> dict[str, object]:
    return {
        "code": zoning.code,
        "label": zoning.label,
        "singular": zoning.singular,
        "vintage": zoning.vintage,
        "official": made.official,
        "geometry": made.origin,
        "loaded": made.loaded,
        "remarks": " ".join(made.notices),
    }


def _territory_rows(zoning: str, members: pd.DataFrame, made: Perimeters) -> pa.Table:
    """Return the territories as their table holds them, the shape still in WKB."""
    extra = [column for column in members.columns if column not in MEMBER_COLUMNS]
    shapes: dict[str, bytes | None] = {}
    if made.shapes is not None:
        wkb = shapely.to_wkb(made.shapes.to_numpy())
        shapes = dict(zip(made.shapes.index.tolist(), wkb, strict=True))
    codes = members["code"].tolist()
    attributes = members[extra].to_dict("records") or [{}] * len(codes)
    columns = {
        "zoning": [zoning] * len(codes),
        "code": codes,
        "name": members["nom"].tolist(),
        "commune": members["commune"].tolist(),
        "rank": range(len(codes)),
        "attributes": [json.dumps(each, ensure_ascii=False) for each in attributes],
        "official": [made.official] * len(codes),
        "wkb": [shapes.get(code) for code in codes],
        "drawn": [made.drawn.get(code, "") for code in codes],
    }
    return pa.table(columns, schema=_ROWS)


def read_shapes(warehouse: Warehouse, zoning: str) -> gpd.GeoDataFrame:
    """Return the territories of a zoning, in order, with their shapes.

    Returns
    -------
    GeoDataFrame
        Indexed by code; columns ``name``, ``commune``, ``attributes`` (a dict), ``official``,
        ``drawn`` (by whom, empty for what no hand drew), ``geometry`` (None when the territory has no shape).
    """
    return read_each_shapes(warehouse, [zoning])[zoning]


def read_each_shapes(warehouse: Warehouse, zonings: Sequence[str]) -> dict[str, gpd.GeoDataFrame]:
    """Return what :func:`read_shapes` gives of each of some zonings, asked at once."""
    found: dict[str, list[tuple[Any, ...]]] = {zoning: [] for zoning in zonings}
    for zoning, *row in warehouse.rows(
        "SELECT zoning, code, name, commune, official, drawn, attributes, ST_AsWKB(shape) "
        "FROM territory WHERE list_contains(?::VARCHAR[], zoning) ORDER BY rank",
        [list(zonings)],
    ):
        found[zoning].append(tuple(row))
    return {zoning: _framed(rows, warehouse.crs) for zoning, rows in found.items()}


def _framed(rows: Sequence[tuple[Any, ...]], crs: str) -> gpd.GeoDataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * 7
    code, name, commune, official, drawn, attributes, shapes = columns
    return gpd.GeoDataFrame(
        {
            "name": pd.array(name, dtype="str"),
            "commune": pd.array(commune, dtype="str"),
            "official": pd.array(official, dtype="bool"),
            "drawn": pd.array(drawn, dtype="str"),
            "attributes": pd.array([json.loads(text) for text in attributes], dtype="object"),
        },
        index=pd.Index(code, dtype="str", name="code"),
        geometry=shapely.from_wkb(list(shapes)),
        crs=crs,
    )


def zoning_version(warehouse: Warehouse, zoning: str) -> str:
    """Return the SHA-256 of a zoning: its codes and its perimeters."""
    digest = hashlib.sha256()
    for code, wkb in warehouse.rows(
        "SELECT code, ST_AsWKB(shape) FROM territory WHERE zoning = ? ORDER BY rank", [zoning]
    ):
        digest.update(str(code).encode() + (wkb or b""))
    return digest.hexdigest()
