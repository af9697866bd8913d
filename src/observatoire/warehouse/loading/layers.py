"""Give a zoning the perimeters of a real file, in place of drawn ones."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from observatoire.errors import UnknownTerritoryError
from observatoire.french.typography import enumerate_words, plural
from observatoire.sources.formats.archive import holds_suffix
from observatoire.sources.inference.column_types import measure
from observatoire.sources.parsers.number_style import NumberStyle
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.tables.rejects import REJECT_COLUMNS
from observatoire.territories import Matcher, read_members
from observatoire.territories.layers.crs import check_near
from observatoire.territories.layers.drawings import check_drawing
from observatoire.territories.layers.namesakes import in_parts, outdone, texts_of
from observatoire.territories.layers.reader import (
    LAYER_SUFFIXES,
    ReadLayer,
    choose_column,
    count_members,
    drawn_layers,
    holds_codes,
    read_file,
    read_layer,
)
from observatoire.territories.perimeters import Perimeters, draw_all, layer_notices
from observatoire.warehouse.loading.options import USUAL, LoadOptions
from observatoire.warehouse.loading.zonings import (
    loaded_perimeters,
    matchers,
    read_all_links,
    store_perimeters,
)
from observatoire.warehouse.reports import LOADED, FileReport, LoadReport
from observatoire.warehouse.storage.loads import trace_layer
from observatoire.warehouse.storage.zonings import read_shapes
from observatoire.workspace.model import WORKSPACE_FILE, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from observatoire.territories.layers.reader import Layers
    from observatoire.warehouse.connection import Warehouse


#: What a system of maps writes of shapes itself.
_OF_SHAPES = re.compile(
    r"(?i)o?(?:bject)?_?id|fid|gid|cleabs|shape_?(?:leng(?:th)?|area)|area|perimeter"
)

#: So many columns are named.
_NAMED = 8


def is_layer(path: Path) -> bool:
    """Say whether a file is read as perimeters; a zip, by what it holds."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        return suffix in LAYER_SUFFIXES
    return holds_suffix(path, tuple(known for known in LAYER_SUFFIXES if known != ".zip"))


def load_layer(
    warehouse: Warehouse,
    workspace: Workspace,
    path: Path,
    options: LoadOptions = USUAL,
) -> LoadReport:
    """Replace the perimeters of a zoning by those of a real file.

    Parameters
    ----------
    path : Path
        Shapefile, GeoPackage, GeoJSON or FlatGeobuf with a column of codes or names.
    options : LoadOptions
        The zoning, found by trying each when empty; the column of codes; whether to repair.

    Raises
    ------
    UnknownTerritoryError
        When no zoning, or several alike, may be the one that the file draws.
    FileError, GeometryError
        When the file cannot be read, or its outlines cannot be trusted; see
        :func:`~observatoire.territories.layers.read_layer`. The warehouse is unchanged.

    Notes
    -----
    Zonings drawn from this one are drawn again. The warehouse keeps the perimeters until a file is
    declared for the zoning; one rebuilt from nothing needs the line that a note of the report gives.
    """
    layers = read_file(path)
    chosen, layer = _recognise(workspace, path, layers, options)
    tables = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    members = tables[chosen]
    remarks = layer_notices(layer, members, workspace.zonings[chosen].singular)
    loaded = Perimeters(layer.shapes, official=True, origin=path.name, loaded=True, notices=remarks)
    if layer.authors:
        loaded = _drawn(warehouse, chosen, layer, loaded, path)
    given = {**loaded_perimeters(warehouse, workspace), chosen: loaded}
    drawn = draw_all(workspace.zonings, tables, read_all_links(workspace), workspace.crs, given)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept, outside = layer.rows_read - len(layer.outside), len(layer.outside)
    with warehouse.transaction():
        store_perimeters(warehouse, workspace, tables, drawn)
        trace_layer(warehouse, chosen, path.name, digest, (layer.rows_read, outside))
    file = FileReport(
        path.name, digest, LOADED, layer.rows_read, kept, outside, observations=0, outlines=kept
    )
    notices = (
        *_notices(workspace, chosen, path, layer),
        *remarks,
        *_figures_left(path, layers, layer),
    )
    title = f"Périmètres, {path.name}"
    return LoadReport(chosen, title, (file,), _rejects(layer, path.name), notices)


def _drawn(
    warehouse: Warehouse, zoning: str, layer: ReadLayer, loaded: Perimeters, path: Path
) -> Perimeters:
    """Return the outlines drawn by hand, checked, beside the others as they were."""
    former = read_shapes(warehouse, zoning)
    check_drawing(layer.shapes, former.geometry, _communes(warehouse, former), path)
    shapes = former.geometry.copy()
    shapes.loc[layer.shapes.index] = layer.shapes
    signed = dict(former["drawn"][former["drawn"] != ""])
    return replace(
        loaded, shapes=shapes.dropna(), official=False, drawn={**signed, **layer.authors}
    )


def _communes(warehouse: Warehouse, frame: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Return the outline of the commune of each territory, where the warehouse has it."""
    rows = warehouse.rows(
        "SELECT code, ST_AsWKB(shape) FROM territory WHERE code = commune AND shape IS NOT NULL"
    )
    shapes = {str(code): shapely.from_wkb(bytes(wkb)) for code, wkb in rows}
    return {str(c): shapes[town] for c, town in frame["commune"].items() if town in shapes}


def _rejects(layer: ReadLayer, file: str) -> pd.DataFrame:
    """Return the rows of a layer that are of no territory, as those of a table are listed."""
    return pd.DataFrame(
        [
            (line, layer.code_column, text, "outside", "Hors du zonage.", file)
            for line, text in layer.outside
        ],
        columns=[*REJECT_COLUMNS, "file"],
    )


def _notices(workspace: Workspace, chosen: str, path: Path, layer: ReadLayer) -> tuple[str, str]:
    """Say what was read of a layer, and how to keep it."""
    count = plural(len(layer.shapes), "périmètre officiel", "périmètres officiels")
    if layer.authors:
        who = enumerate_words(sorted(set(layer.authors.values())), most=3)
        count = plural(len(layer.shapes), "contour dessiné", "contours dessinés")
        count += f" {who}, non officiel{'s' if len(layer.shapes) > 1 else ''}"
    line = f'[zonings."{chosen}"] : geometry = "{_from_root(path, workspace)}"'
    return (
        f"Zonage « {chosen} » : {count} (colonne {layer.code_column}, {layer.crs}).",
        f"Pour le retrouver si l’entrepôt est reconstruit, dans {WORKSPACE_FILE}, {line}.",
    )


def _figures_left(path: Path, layers: Layers, layer: ReadLayer) -> tuple[str, ...]:
    """Say which figures a layer holds beside its shapes: no part of perimeters, they are read on demand."""
    names = [
        str(name)
        for _, frame in layers
        for name, cells in frame.items()
        if layer.code_column in frame and name != layer.code_column and _is_figured(name, cells)
    ]
    if not names:
        return ()
    listed = enumerate_words([f"« {name} »" for name in names], most=_NAMED)
    notice = (
        f"Ses chiffres ne sont pas chargés avec les périmètres : {listed}. S’il en faut, "
        f'o.preview("{path.name}") les lit comme ceux d’un tableau ; .write() (ou --write) écrit leur '
        "source.toml, et le dossier se charge."
    )
    return (notice,)


def _is_figured(name: object, cells: pd.Series) -> bool:
    """Say whether a column of a layer measures something: no place, no number of its shapes."""
    if str(cells.dtype) == "geometry":
        return False
    texts = texts_of(cells.dropna())
    filled = texts[texts.str.strip() != ""]
    if filled.empty or signs().is_place(str(name)) or _OF_SHAPES.fullmatch(str(name)):
        return False
    return measure(str(name), filled, NumberStyle()) is not None


def _from_root(path: Path, workspace: Workspace) -> str:
    """Write a path as ``observatoire.toml`` takes it: from the workspace when it lies inside."""
    whole = path.resolve()
    return (
        whole.relative_to(workspace.root) if whole.is_relative_to(workspace.root) else whole
    ).as_posix()


def _recognise(
    workspace: Workspace, path: Path, layers: Layers, options: LoadOptions
) -> tuple[str, ReadLayer]:
    known, column = matchers(workspace), options.code_column
    if options.zoning:
        workspace.zoning(options.zoning)
    chosen = options.zoning or _likeliest(known, path, layers, column, workspace.crs)
    matcher, crs = known[chosen], workspace.crs
    repair = options.repair
    return chosen, read_layer(path, matcher, crs, code_column=column, repair=repair, layers=layers)


def _likeliest(
    known: Mapping[str, Matcher], path: Path, read: Layers, code_column: str, crs: str
) -> str:
    """Return the zoning of which a layer names most territories, then the largest share."""
    layers = drawn_layers(read, path)
    if not any(holds_codes(frame, matcher) for frame in layers for matcher in known.values()):
        check_near(layers, path, crs)
    scores: dict[str, tuple[int, float]] = {}
    refusal: UnknownTerritoryError | None = None
    passed_over = set() if code_column else outdone(layers, known)
    for code, matcher in known.items():
        if code in passed_over:
            continue
        try:
            frame, column = choose_column(layers, matcher, path, code_column)
        except UnknownTerritoryError as error:
            refusal = error
            continue
        found = count_members(frame, column, matcher)
        scores[code] = (found, found / len(matcher.names))
    best = max(scores.values(), default=(0, 0.0))
    chosen = [code for code, score in scores.items() if score == best]
    if not best[0] and refusal is not None and not code_column:
        raise refusal
    for code in chosen if len(chosen) > 1 and best[0] else []:
        frame, column = choose_column(layers, known[code], path, code_column)
        found_codes = texts_of(frame[column]).map(known[code].find)
        pieces = in_parts(found_codes, known[code], path)
        if pieces is not None:
            raise pieces
    if len(chosen) != 1 or not best[0]:
        raise UnknownTerritoryError(
            "On ne sait pas quel zonage ce fichier décrit.",
            where=path.name,
            why=f"Il conviendrait à : {enumerate_words(chosen)}." if best[0] else "",
            remedy=f"Précisez-le : zoning = {enumerate_words(list(known), most=8)}.",
            zonings=chosen,
        )
    return chosen[0]
