"""Rows of a layer that name the same: towns elsewhere, pieces of a territory, two vintages of a zoning.

Two vintages share most of their names: the codes of a layer tell which one it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import UnknownTerritoryError
from observatoire.french.typography import several_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from observatoire.territories.matcher import Matcher


#: Below this share of the rows of a layer, names that repeat are namesakes.
_NAMESAKES = 0.2

#: So many rows a territory, on average, are pieces of it.
_PIECES = 3


def texts_of(column: pd.Series) -> pd.Series:
    """Write codes as texts; a whole number that a blank made decimal has no decimal."""
    return column.astype("str").fillna("").map(written_code).astype("str")


def written_code(value: object) -> str:
    """Write a code as a text."""
    text = str(value)
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() and text.isascii() else text


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


def outdone(layers: list[gpd.GeoDataFrame], known: Mapping[str, Matcher]) -> set[str]:
    """Return the zonings that a layer names, of which another holds the codes.

    Returns
    -------
    set of str
        A zoning is there when no column has its codes, and most of the rows that bear its names
        bear the code of a namesake of another zoning: perimeters of 2015 are not those of 2024.
    """
    found: set[str] = set()
    for frame in layers:
        columns = [
            texts_of(frame[name]).tolist() for name in frame.columns.drop(frame.geometry.name)
        ]
        coded = {
            code: codes
            for code, matcher in known.items()
            if (codes := _codes(columns, matcher)) is not None
        }
        for code, matcher in known.items():
            names = _names(columns, matcher) if coded and code not in coded else ()
            for rival, codes in coded.items():
                same = [
                    codes[at] != "" and known[rival].find(name) == codes[at] for at, name in names
                ]
                if sum(same) * 2 > len(same):
                    found.add(code)
    return found


def _codes(columns: list[list[str]], matcher: Matcher) -> list[str] | None:
    """Return the first column that holds codes of a zoning, if any does."""
    return next((cells for cells in columns if any(text in matcher.names for text in cells)), None)


def _names(columns: list[list[str]], matcher: Matcher) -> list[tuple[int, str]]:
    """Return the rows that name territories of a zoning, and the names as the zoning has them."""
    found = [
        [
            (at, matcher.names[code])
            for at, text in enumerate(column)
            if (code := matcher.find(text))
        ]
        for column in columns
    ]
    return max(found, key=len, default=[])
