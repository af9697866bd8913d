"""Give each zoning its perimeters: the real file when there is one, a drawing otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import SchematicGeometryError, UnknownNameError
from observatoire.french.typography import enumerate_words, plural
from observatoire.territories.aliases import members_matcher
from observatoire.territories.layers.reader import ReadLayer, read_layer
from observatoire.territories.schematic import cells, linked, outlines, union
from observatoire.territories.zoning import Zoning, read_text_table

if TYPE_CHECKING:
    import geopandas as gpd


Links = Mapping[tuple[str, str], pd.DataFrame]


@dataclass(frozen=True)
class Perimeters:
    """Shapes of a zoning by code (None when it has none), and whether they may be measured.

    ``loaded`` says that a file was loaded by hand, not declared in ``observatoire.toml``; ``drawn``
    who drew the outline of each territory, which is then no official one.
    """

    shapes: gpd.GeoSeries | None
    official: bool
    origin: str
    loaded: bool = False
    notices: tuple[str, ...] = ()
    drawn: Mapping[str, str] = field(default_factory=dict)


def draw_all(
    zonings: Mapping[str, Zoning],
    members: Mapping[str, pd.DataFrame],
    links: Links,
    crs: str,
    given: Mapping[str, Perimeters] | None = None,
) -> dict[str, Perimeters]:
    """Return the perimeters of every zoning.

    Parameters
    ----------
    zonings, members : mapping
        Zonings and their tables of members, by code.

    Raises
    ------
    UnknownNameError
        When a drawing leans on itself, or on a table of links that is not declared.
    GeometryError, FileError
        When a real file cannot be used (see :func:`~observatoire.territories.layers.read_layer`).
    """
    drawn: dict[str, Perimeters] = dict(given or {})

    def draw(code: str, asked: tuple[str, ...] = ()) -> Perimeters:
        """Draw a zoning once, after the one that its drawing leans on; ``asked`` are those that lean on it."""
        if code in asked:
            raise UnknownNameError(
                f"Le dessin de « {code} » s’appuie sur lui-même.",
                where=f"observatoire.toml, [zonings.{code}]",
                remedy='Dessinez l’un de ces zonages par method = "outline", ou donnez son vrai '
                "périmètre par geometry.",
            )
        if code not in drawn:
            zoning = zonings[code]
            plan = zoning.schematic
            leaned = plan.within or plan.source if plan else ""
            base = None
            if leaned and zoning.geometry is None:
                base = draw(leaned, (*asked, code)).shapes
            drawn[code] = _draw(zoning, members[code], base, links, crs)
        return drawn[code]

    return {code: draw(code) for code in zonings}


def require_official(shapes: gpd.GeoDataFrame, zoning: str) -> None:
    """Refuse to measure a drawing.

    Parameters
    ----------
    shapes : GeoDataFrame
        With a boolean column ``official``.

    Raises
    ------
    SchematicGeometryError
        Which says which file to put where.
    """
    if shapes.geometry.isna().all():
        what, why = "Ce zonage n’a aucun périmètre.", "Rien à mesurer."
    elif not shapes["official"].all():
        what = "Ces périmètres sont schématiques : on peut les montrer, jamais les mesurer."
        why = "Une surface, une densité ou un partage au prorata des surfaces serait faux."
    else:
        return
    raise SchematicGeometryError(
        what,
        where=zoning,
        why=why,
        remedy=f'Déposez le vrai périmètre dans geo/ et ajoutez à [zonings."{zoning}"], dans '
        'observatoire.toml : geometry = "geo/fichier.gpkg".',
        zoning=zoning,
    )


def _draw(
    zoning: Zoning,
    members: pd.DataFrame,
    base: gpd.GeoSeries | None,
    links: Links,
    crs: str,
) -> Perimeters:
    """Return the real perimeters of a zoning when it has a file, else what its ``schematic`` asks to draw."""
    if zoning.geometry is not None:
        return _real(zoning, members, crs)
    plan = zoning.schematic
    if plan is None:
        return Perimeters(None, official=False, origin="aucun périmètre")
    if plan.method == "outline" and plan.file is not None:
        shapes = outlines(read_text_table(plan.file), crs)
    elif plan.method == "cells" and base is not None:
        shapes = cells(members, base, crs)
    elif base is not None:
        table = links.get((plan.source, zoning.code))
        if table is None:
            raise UnknownNameError(
                f"Aucune table de passage de « {plan.source} » vers « {zoning.code} ».",
                where=f"observatoire.toml, [zonings.{zoning.code}]",
                remedy="Ajoutez-la par une table [[passages]].",
            )
        make = linked if plan.method == "links" else union
        shapes = make(base, table, list(members["code"]))
    else:
        shapes = None
    return Perimeters(shapes, official=False, origin="schématique")


def _real(zoning: Zoning, members: pd.DataFrame, crs: str) -> Perimeters:
    """Read the real perimeters of a zoning; outlines that somebody drew by hand are not official."""
    assert zoning.geometry is not None  # noqa: S101 - the caller has checked
    layer = read_layer(
        zoning.geometry,
        members_matcher(members, zoning.singular),
        crs,
        code_column=zoning.code_column,
        repair=zoning.repair,
    )
    notices = layer_notices(layer, members, zoning.singular)
    return Perimeters(
        layer.shapes,
        official=not layer.authors,
        origin=zoning.geometry.name,
        notices=notices,
        drawn=layer.authors,
    )


def layer_notices(layer: ReadLayer, members: pd.DataFrame, singular: str) -> tuple[str, ...]:
    """Say what a layer lacks, what of it was skipped and what was mended, in French."""
    lacking = [code for code in members["code"] if code not in layer.shapes.index]
    notices = []
    if lacking:
        what = "Pas encore redessinés" if layer.authors else "Sans contour dans ce fichier"
        notices.append(
            f"{what} : {enumerate_words(lacking, most=6)} ({plural(len(lacking), singular)})."
        )
    if layer.outside:
        notices.append(f"{plural(len(layer.outside), 'contour')} hors du zonage, mis de côté.")
    if layer.repaired:
        notices.append(f"Contours réparés : {enumerate_words(list(layer.repaired), most=6)}.")
    return tuple(notices)
