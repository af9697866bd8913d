"""Draw territories of which no perimeter is known: shapes to be shown, never measured.

IRIS are the cells of a Voronoi diagram around their points, clipped to the generalised outline
of their commune. A quartier made of whole IRIS is their union; a quartier that is an unknown part
of an IRIS is a share of that IRIS's cell, shrunk so that it visibly lies inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire.errors import InvalidGeometryError, UnreadableNumberError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.territories.zoning import check_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


#: Share of an IRIS cell's width that the quartiers included in it are drawn on.
INSIDE_SCALE = 0.66

_LEAST_CORNERS = 3


def outlines(corners: pd.DataFrame, crs: str) -> gpd.GeoSeries:
    """Join corners into polygons.

    Parameters
    ----------
    corners : DataFrame
        Columns ``code``, ``sommet`` (rank), ``lon``, ``lat`` (WGS84 degrees), all as text.

    Returns
    -------
    GeoSeries
        One polygon by code.

    Raises
    ------
    InvalidGeometryError
        When a code has fewer than three corners.
    """
    shapes = {}
    ranks = _degrees(corners, "sommet")
    for code, group in corners.groupby("code"):
        ordered = group.loc[ranks[group.index].sort_values().index]
        points = np.column_stack([_degrees(ordered, "lon"), _degrees(ordered, "lat")])
        if len(points) < _LEAST_CORNERS:
            raise InvalidGeometryError(
                f"Le contour de « {code} » n’a que {len(points)} sommets.",
                remedy="Il en faut trois au moins.",
            )
        shapes[str(code)] = shapely.make_valid(shapely.Polygon(points))
    return gpd.GeoSeries(shapes, crs="EPSG:4326").to_crs(crs)


def cells(members: pd.DataFrame, within: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    """Cut each outline into the Voronoi cells of the points it holds.

    Parameters
    ----------
    members : DataFrame
        Columns ``code``, ``commune``, ``lon``, ``lat``.
    within : GeoSeries
        Outlines by commune code, in ``crs``.

    Returns
    -------
    GeoSeries
        One shape by territory code, none empty, none overlapping another.
    """
    points = gpd.GeoSeries(
        gpd.points_from_xy(_degrees(members, "lon"), _degrees(members, "lat")),
        index=members["code"],
        crs="EPSG:4326",
    ).to_crs(crs)
    parts = []
    for commune, group in members.groupby("commune"):
        codes = group["code"].to_list()
        outline = within.get(commune)
        if outline is None:
            raise InvalidGeometryError(
                f"Aucun contour pour la commune « {commune} », qui contient « {codes[0]} ».",
                why="Les cellules se découpent dans le contour de leur commune.",
                remedy=suggestion(str(commune), list(map(str, within.index)))
                or "Ajoutez ce contour.",
                codes=codes,
            )
        _check_points(points[codes], outline)
        shapes = _voronoi(points[codes].to_numpy(), outline)
        empty = [code for code, shape in zip(codes, shapes, strict=True) if shapely.is_empty(shape)]
        _refuse(empty, "La cellule de « {} » est vide : son point est hors du contour.")
        parts.append(gpd.GeoSeries(shapes, index=codes, crs=crs))
    return gpd.GeoSeries(pd.concat(parts), crs=crs)[members["code"].to_list()]


def linked(source: gpd.GeoSeries, links: pd.DataFrame, codes: Sequence[str]) -> gpd.GeoSeries:
    """Draw territories from the cells they are linked to.

    Parameters
    ----------
    source : GeoSeries
        Cells by source code.
    links : DataFrame
        Columns ``source``, ``target``, ``link`` (``proche``, ``inclus`` or ``inconnu``).
    codes : sequence of str
        The territories to draw; one linked to nothing, or to a cell without a shape, gets ``None``.
    """
    shapes: dict[str, object] = dict.fromkeys(codes)
    drawn = source.dropna()
    whole = links[links["link"] == "proche"]
    for target, group in whole.groupby("target"):
        # A part without a shape would draw the territory smaller than it is: better not at all.
        if group["source"].isin(drawn.index).all():
            shapes[str(target)] = shapely.union_all(drawn[group["source"].to_list()].to_numpy())
    inside = links[(links["link"] == "inclus") & links["source"].isin(drawn.index)]
    for cell, group in inside.groupby("source"):
        targets = sorted(group["target"])
        shapes.update(zip(targets, _shares(source[cell], len(targets)), strict=True))
    return gpd.GeoSeries(shapes, crs=source.crs)


def union(source: gpd.GeoSeries, links: pd.DataFrame, codes: Sequence[str]) -> gpd.GeoSeries:
    """Draw territories as the union of the members that have a drawing."""
    return linked(
        source, links[links["source"].isin(source.dropna().index)].assign(link="proche"), codes
    )


def _degrees(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of numbers; a blank or a text in it is refused with its code."""
    where = enumerate_words(list(map(str, table["code"])), most=2)
    check_columns(table, [column], where, "On dessine ces territoires à partir d’elle.")
    numbers = pd.to_numeric(table[column], errors="coerce")
    lost = numbers.index[numbers.isna()]
    if len(lost):
        raise UnreadableNumberError(
            f"« {table[column][lost[0]]} » n’est pas un nombre.",
            where=f"territoire {table['code'][lost[0]]}, colonne {column}",
            remedy="Écrivez des degrés avec un point, par exemple -61.07.",
        )
    return numbers


def _check_points(points: gpd.GeoSeries, outline: shapely.Geometry) -> None:
    """Refuse the points of which no cell can be made."""
    # A generalised outline may leave out a point of its shore, not one a commune away.
    away = points.index[points.distance(outline) > np.sqrt(shapely.area(outline))]
    why = "Sa cellule serait dessinée ailleurs que lui."
    _refuse(away, "Le point de « {} » est loin du contour de sa commune.", why)
    twice = points.index[points.duplicated()]
    what = "Le point de « {} » est aussi celui d’un autre territoire."
    _refuse(twice, what, "Leurs cellules se confondraient.", "Corrigez ses colonnes lon et lat.")


def _refuse(
    codes: Iterable[str],
    what: str,
    why: str = "",
    remedy: str = "Corrigez ses colonnes lon et lat, ou sa commune.",
) -> None:
    """Refuse points of territories, naming the first, if there are any."""
    if wrong := list(codes):
        raise InvalidGeometryError(what.format(wrong[0]), why=why, remedy=remedy, codes=wrong)


def _voronoi(points: np.ndarray, outline: shapely.Geometry) -> list[shapely.Geometry]:
    """Return one cell of ``outline`` by point, in the points' order."""
    if len(points) == 1:
        return [outline]
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline)
    raw = np.asarray(diagram.geoms)
    tree = shapely.STRtree(raw)
    owner = tree.query(points, predicate="intersects")
    order = np.empty(len(points), dtype=int)
    order[owner[0]] = owner[1]
    return [_largest(shapely.intersection(raw[index], outline)) for index in order]


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape; a stray sliver cut off by the coast is dropped."""
    pieces = [p for p in shapely.get_parts(shape) if shapely.get_dimensions(p) == 2]  # noqa: PLR2004
    areas = shapely.area(pieces)
    if not pieces:
        return shapely.MultiPolygon()
    kept = [p for p, area in zip(pieces, areas, strict=True) if area > 0.02 * areas.max()]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _shares(cell: shapely.Geometry, count: int) -> list[shapely.Geometry]:
    """Cut the inside of a cell into ``count`` shares of about the same size."""
    inside = _shrunk(_body(cell))
    return [inside] if count == 1 else _voronoi(_spread(inside, count), inside)


def _shrunk(body: shapely.Geometry) -> shapely.Geometry:
    """Shrink a cell around its own inside, so that a concave one does not spill over its edge."""
    centre = shapely.point_on_surface(body)
    scaled = shapely.transform(
        body, lambda xy: centre.coords[0] + (xy - centre.coords[0]) * INSIDE_SCALE
    )
    return _body(_largest(shapely.intersection(scaled, shapely.buffer(body, -1))))


def _body(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the largest piece of a shape."""
    pieces: list[shapely.Geometry] = list(shapely.get_parts(shape))
    return max(pieces, key=shapely.area)


def _spread(shape: shapely.Geometry, count: int) -> np.ndarray:
    """Spread points evenly inside a shape: some steps of Lloyd's relaxation from a fixed start."""
    x0, y0, x1, y1 = shapely.bounds(shape)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.4
    radius = min(x1 - x0, y1 - y0) / 4
    ((x, y),) = shapely.get_coordinates(shapely.centroid(shape))
    seeds = shapely.points(x + radius * np.cos(turn), y + radius * np.sin(turn))
    for _ in range(25):
        seeds = shapely.centroid(_voronoi(seeds, shape))
    return np.asarray(seeds)
