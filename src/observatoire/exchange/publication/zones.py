"""The territories of a package, and how those of one zoning make those of another."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.exchange.publication.figures import PASSAGE_COLUMNS
from observatoire.territories.layers.drawings import PERIMETER, SCHEMATIC
from observatoire.territories.link_tables import WHOLE
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatoire.indicators.context import Context
    from observatoire.indicators.routes.routes import Route
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: A GeoPackage that software of some years ago reads without a warning.
_GEOPACKAGE = "1.2"

_WHOLE, _COVERED = 1.0, 1 - 1e-9


def zone_files(tables: Iterable[ProtectedTable]) -> dict[str, bytes]:
    """Return the territories of protected tables as a GeoPackage and as GeoParquet, by file name."""
    rows = gpd.GeoDataFrame(pd.concat([table.gdf for table in tables], ignore_index=True))
    once = rows.drop_duplicates(["zoning", "territory"])
    zones = gpd.GeoDataFrame(
        {
            "zonage": once["zoning"],
            "territoire": once["territory"],
            "nom": once["name"],
            PERIMETER: [
                "officiel" if official is True else SCHEMATIC for official in once["official"]
            ],
        },
        geometry=once.geometry,
        crs=rows.crs,
    ).sort_values(["zonage", "territoire"], ignore_index=True)
    layer, columns = io.BytesIO(), io.BytesIO()
    zones.to_file(layer, layer="zones", driver="GPKG", VERSION=_GEOPACKAGE)
    zones.to_parquet(columns, index=False)
    return {"zones.gpkg": layer.getvalue(), "zones.parquet": columns.getvalue()}


def passage_table(context: Context, zonings: Iterable[str]) -> pd.DataFrame:
    """Return the links between the zonings of a package, columns :data:`PASSAGE_COLUMNS`.

    Parameters
    ----------
    zonings : iterable of str
        Those whose figures leave, and only those.
    """
    kept = set(zonings)
    rows = [
        row
        for target in sorted(kept)
        for route in context.place(target).routes
        if route.source in kept
        for row in _links(target, route)
    ]
    columns = list(PASSAGE_COLUMNS)
    frame = pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:4], ignore_index=True)
    return frame.astype({"poids": "float64"})


def _links(target: str, route: Route) -> list[tuple[object, ...]]:
    """Return the rows of ``passages.csv`` that lead to a zoning by one route."""
    weights = {
        (str(row["source"]), str(row["target"])): float(row["weight"])
        for row in records(route.passage.weights[["source", "target", "weight"]])
    }
    rows: list[tuple[object, ...]] = []
    for link in route.links[["source", "target", "link"]].itertuples():
        code = str(link.target)
        if not link.source:
            continue
        weight = weights.get((str(link.source), code), float("nan"))
        whole = code not in route.incomplete and route.coverage(code) >= _COVERED
        rows.append(
            (
                route.source,
                str(link.source),
                target,
                code,
                _WHOLE if link.link == WHOLE else weight,
                str(link.link),
                "oui" if whole else "non",
                route.label,
            )
        )
    return rows
