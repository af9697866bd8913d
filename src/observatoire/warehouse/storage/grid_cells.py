"""Grid cells and what is left of them: a cell cut at a boundary has less than its square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from observatoire.territories.layers.reader import LAYER_SUFFIXES
from observatoire.territories.layers.supports import CELL_PATTERN, read_support_file
from observatoire.warehouse.storage.zonings import read_shapes

if TYPE_CHECKING:
    from observatoire.warehouse.connection import Warehouse
    from observatoire.workspace.model import PassageRecipe, Workspace


CELL_COLUMNS = ("origin", "zoning", "line", "code", "share", "measure", "weight")


def cut_cells(warehouse: Warehouse, workspace: Workspace) -> pd.DataFrame:
    """Return the grid cells of the workspace, with the share of its square that each covers.

    Cells of the supports of passages come with what they carry; those of a zoning without, for
    their figures are in the warehouse. A csv of cells draws whole squares: nothing to look at.
    """
    supports = {(p.support, p.weight): p for p in workspace.passages if p.support is not None}
    parts = [_support_cells(passage, workspace.crs) for passage in supports.values()]
    gridded = warehouse.rows(
        "SELECT DISTINCT zoning FROM territory WHERE official AND shape IS NOT NULL "
        "AND regexp_matches(code, ?)",
        ["^CRS[0-9]+RES[0-9]+m"],
    )
    parts += [_zoning_cells(warehouse, str(zoning)) for (zoning,) in gridded]
    kept = [part for part in parts if len(part)]
    empty = pd.DataFrame({name: pd.Series(dtype="object") for name in CELL_COLUMNS})
    frame = pd.concat(kept, ignore_index=True) if kept else empty
    texts = ["origin", "zoning", "code", "measure"]
    numbers = {"line": "Int64", "share": "float64", "weight": "float64"}
    return frame.astype({**dict.fromkeys(texts, "str"), **numbers})[list(CELL_COLUMNS)]


def shares_left(shapes: gpd.GeoSeries, codes: pd.Series) -> pd.Series:
    """Return, for each cell, its shape's area over that of the square its code tells.

    Parameters
    ----------
    codes : Series of str
        Codes in the manner of Insee (``CRS5490RES200mN1592600E728800``), aligned with the shapes.

    Returns
    -------
    Series
        NaN where the code is that of no cell. Measured in the reference system of the code, where
        squares are square.

    Examples
    --------
    >>> from shapely import box
    >>> half = gpd.GeoSeries([box(728800, 1592600, 728900, 1592800)], crs="EPSG:5490")
    >>> shares_left(half, pd.Series(["CRS5490RES200mN1592600E728800"])).tolist()
    [0.5]
    """
    parts = codes.astype("str").str.extract(CELL_PATTERN)
    shares = pd.Series(np.nan, index=codes.index)
    for system, rows in parts.dropna().groupby("crs"):
        measured = gpd.GeoSeries(shapes.loc[rows.index]).to_crs(f"EPSG:{system}").area
        shares.loc[rows.index] = measured / rows["size"].astype(float) ** 2
    return shares


def _support_cells(passage: PassageRecipe, crs: str) -> pd.DataFrame:
    path = passage.support
    if path is None or path.suffix.lower() not in LAYER_SUFFIXES or not path.is_file():
        return pd.DataFrame()
    frame = read_support_file(path, crs, passage.weight)
    for column in frame.columns.drop("geometry"):
        shares = shares_left(frame.geometry, frame[column])
        if shares.notna().any():
            return pd.DataFrame(
                {
                    "origin": path.name,
                    "zoning": "",
                    "line": range(1, len(frame) + 1),
                    "code": frame[column],
                    "share": shares,
                    "measure": passage.weight,
                    "weight": frame[passage.weight],
                }
            ).dropna(subset=["share"])
    return pd.DataFrame()


def _zoning_cells(warehouse: Warehouse, zoning: str) -> pd.DataFrame:
    shapes = read_shapes(warehouse, zoning).dropna(subset=["geometry"])
    codes = pd.Series(shapes.index, index=shapes.index)
    return pd.DataFrame(
        {
            "origin": zoning,
            "zoning": zoning,
            "line": pd.NA,
            "code": codes,
            "share": shares_left(shapes.geometry, codes),
            "measure": "",
            "weight": np.nan,
        }
    ).dropna(subset=["share"])
