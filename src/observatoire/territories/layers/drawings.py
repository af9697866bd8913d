"""Outlines that somebody drew by hand: who, when, and whether they may be used at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

from observatoire.errors import (
    InvalidGeometryError,
    OverlapError,
    UnknownTerritoryError,
)
from observatoire.french.typography import enumerate_words, with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

#: Columns of a layer to draw in: who drew an outline, and when. Blank: it is not drawn yet.
AUTHOR, DAY = "auteur", "dessine_le"

#: Column of a layer to draw in, or on: what each outline is; and those that nobody has drawn yet.
STATE, SCHEMATIC = "etat", "schématique"

#: Column of a package's zones that says the same.
PERIMETER = "perimetre"

#: Share of an outline by which two of them may overlap, and by which one may leave its commune: the
#: hand is not surer, and outlines of communes are often generalised.
_SLIP, _STRAY = 0.02, 0.25

#: An outline that differs from the one to redraw by less was not drawn.
_UNTOUCHED = 0.001


def is_drawing(frame: gpd.GeoDataFrame) -> bool:
    """Say whether a layer is one that was given to draw in."""
    return {AUTHOR, DAY} <= set(frame.columns)


def check_no_scheme(kept: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse the ground of a sheet to draw on, or the zones of a package, that say they are schematic.

    Raises
    ------
    InvalidGeometryError
        When one of them says so.
    """
    saying = [name for name in (STATE, PERIMETER) if name in kept.columns]
    schematic = [name for name in saying if (_texts(kept[name]) == SCHEMATIC).any()]
    if schematic:
        raise InvalidGeometryError(
            f"Des contours de cette couche se disent schématiques (colonne {schematic[0]}).",
            where=path.name,
            why="Un schéma est à regarder, jamais à mesurer : il ne devient pas officiel en étant rechargé.",
            remedy="Chargez des contours officiels, ou ceux que quelqu’un a redessinés et signés "
            "(observatoire outline --zoning).",
        )


def authors(
    kept: gpd.GeoDataFrame, outside: Sequence[tuple[int, str]], path: Path
) -> dict[str, str]:
    """Return who drew each outline and when, those that nobody signed left out.

    Parameters
    ----------
    kept : GeoDataFrame
        Rows of the layer, by code of territory.
    outside : sequence of (int, str)
        Line and text of the rows whose code is of no territory.

    Raises
    ------
    UnknownTerritoryError
        When a code was changed.
    InvalidGeometryError
        When a signature is half written, or there is none.
    """
    for line, text in outside:
        raise UnknownTerritoryError(
            f"Le code « {text} » n’est celui d’aucun territoire à dessiner.",
            where=f"{path.name}, ligne {line}",
            why="On ne saurait pas de qui est ce contour.",
            remedy="Rendez-lui son code dans QGIS (colonne code), ou supprimez cette ligne.",
        )
    texts = pd.DataFrame({name: _texts(kept[name]) for name in (AUTHOR, DAY)}, index=kept.index)
    filled = texts != ""
    half = texts.index[filled[AUTHOR] != filled[DAY]]
    if len(half):
        raise InvalidGeometryError(
            f"Contour signé à moitié : {enumerate_words(list(half), most=6)}.",
            where=path.name,
            why="Un contour dessiné dit toujours par qui et quand.",
            remedy=f"Remplissez les deux colonnes, {AUTHOR} et {DAY}, ou videz les deux.",
        )
    signed = texts[filled[AUTHOR]]
    if signed.empty:
        raise InvalidGeometryError(
            "Aucun contour de cette couche n’est signé : rien n’a été dessiné.",
            where=path.name,
            remedy=f"Remplissez {AUTHOR} et {DAY} de chaque contour que vous avez redessiné.",
        )
    return {str(code): f"par {row[AUTHOR]}, {row[DAY]}" for code, row in signed.iterrows()}


def _texts(column: pd.Series) -> pd.Series:
    return column.astype("object").where(column.notna(), "").astype("str").str.strip()


def check_drawing(
    drawn: gpd.GeoSeries,
    former: gpd.GeoSeries,
    communes: Mapping[str, shapely.Geometry],
    path: Path,
) -> None:
    """Refuse outlines that were not redrawn, that overlap, or that lie out of their commune.

    Parameters
    ----------
    drawn, former : GeoSeries
        The outlines signed, and those that were to be redrawn, by code.
    communes : mapping
        The outline of the commune of each territory, where it is known.

    Raises
    ------
    InvalidGeometryError, OverlapError
        With the territories, and what to do in QGIS.
    """
    same = [c for c, shape in drawn.items() if _apart(shape, former.get(c)) < _UNTOUCHED]
    if same:
        raise InvalidGeometryError(
            f"Contour signé mais jamais redessiné : {enumerate_words(same, most=6)}.",
            where=path.name,
            why="C’est encore le schéma : aucun chiffre ne peut en venir.",
            remedy=f"Redessinez-le, ou videz {AUTHOR} et {DAY}.",
            codes=same,
        )
    left, right = drawn.sindex.query(drawn.to_numpy(), predicate="intersects")
    for first, second in sorted((a, b) for a, b in zip(left, right, strict=True) if a < b):
        one, other = drawn.iloc[first], drawn.iloc[second]
        shared = one.intersection(other).area / min(one.area, other.area)
        if shared > _SLIP:
            codes = [str(drawn.index[first]), str(drawn.index[second])]
            raise OverlapError(
                f"« {codes[0]} » et « {codes[1]} » se recouvrent, sur {with_unit(100 * shared, '%')} du plus "
                "petit.",
                where=path.name,
                why="Ceux qui habitent là compteraient deux fois.",
                remedy="Reprenez leur limite commune dans QGIS (accrochage, éviter les chevauchements).",
                codes=codes,
            )
    for code, shape in drawn.items():
        commune = communes.get(str(code))
        if commune is not None and shape.difference(commune).area > _STRAY * shape.area:
            raise InvalidGeometryError(
                f"Le contour de « {code} » sort de sa commune pour plus d’un quart.",
                where=path.name,
                why="Un quartier est tout entier dans sa commune.",
                remedy="Vérifiez le contour, son code, et le système de coordonnées de la couche.",
                codes=[str(code)],
            )


def _apart(shape: shapely.Geometry, former: shapely.Geometry | None) -> float:
    """Return how much of an outline differs from the one that was to be redrawn."""
    if former is None or shapely.is_missing(former) or shapely.is_empty(former):
        return 1.0
    changed = shapely.area(shapely.symmetric_difference(shape, shapely.buffer(former, 0)))
    return float(changed / max(float(shapely.area(shape)), 1e-9))
