"""Fill the warehouse: the zonings of a workspace, then its sources, one transaction each."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations import read_toml
from observatoire.errors import DescriptorError, UnknownTerritoryError, suggestion
from observatoire.sources import observe, read_source, read_table
from observatoire.sources.archives import holds_suffix
from observatoire.sources.conventions import told_convention
from observatoire.sources.descriptor import DESCRIPTOR_NAME, Source
from observatoire.sources.observations import Parsed, refuse_faults
from observatoire.sources.registers import Words, enrol
from observatoire.sources.remarks import seen_notices, told_remarks
from observatoire.sources.restoring import restore_codes
from observatoire.territories import Matcher, read_members
from observatoire.territories.layers import (
    LAYER_SUFFIXES,
    Layer,
    choose_column,
    count_members,
    holds_codes,
    open_layers,
    read_layer,
    texts_of,
)
from observatoire.territories.links import check_members, read_links
from observatoire.territories.namesakes import outdone
from observatoire.territories.perimeters import Perimeters, draw_all, layer_notices, matcher
from observatoire.territories.whereabouts import check_near, in_parts
from observatoire.typography import enumerate_words, plural
from observatoire.warehouse.loads import store_files, trace_layer
from observatoire.warehouse.reports import LOADED, FileReport, LoadReport
from observatoire.warehouse.zones import keep_zonings, read_shapes, store_zoning
from observatoire.workspace import WORKSPACE_FILE, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.sources.filespec import FileSpec
    from observatoire.warehouse.connection import Warehouse

ON_ERROR = ("refuse", "reject")


def read_all_links(workspace: Workspace) -> dict[tuple[str, str], pd.DataFrame]:
    """Return every declared table of links, by (source, target) zoning; its codes are checked."""
    codes = {code: set(read_members(z.members)["code"]) for code, z in workspace.zonings.items()}
    links = {}
    for passage in workspace.passages:
        if passage.file is None:
            continue
        table = read_links(passage.file)
        check_members(table, codes[passage.source], codes[passage.target], passage.file.name)
        links[passage.source, passage.target] = table
    return links


def fill_zonings(warehouse: Warehouse, workspace: Workspace) -> dict[str, Perimeters]:
    """Write the zonings of a workspace, drawn or real; nothing is written on an error.

    Returns
    -------
    dict of str to Perimeters
        What each zoning's perimeters are made of.
    """
    members = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    given = _loaded(warehouse, workspace)
    drawn = draw_all(workspace.zonings, members, read_all_links(workspace), workspace.crs, given)
    with warehouse.transaction():
        keep_zonings(warehouse, list(workspace.zonings))
        _store(warehouse, workspace, members, drawn)
    return drawn


def _store(
    warehouse: Warehouse,
    workspace: Workspace,
    members: Mapping[str, pd.DataFrame],
    drawn: Mapping[str, Perimeters],
) -> None:
    for code, made in drawn.items():
        store_zoning(
            warehouse,
            workspace.zonings[code],
            members[code],
            made.shapes,
            official=made.official,
            origin=made.origin,
            loaded=made.loaded,
            remarks=" ".join(made.notices),
        )


def _loaded(warehouse: Warehouse, workspace: Workspace) -> dict[str, Perimeters]:
    """Return the perimeters loaded by hand that no declared file replaces."""
    rows = warehouse.rows("SELECT code, geometry, remarks FROM zoning WHERE loaded ORDER BY code")
    kept = {}
    for code, origin, remarks in rows:
        zoning = workspace.zonings.get(str(code))
        if zoning is not None and zoning.geometry is None:
            shapes = read_shapes(warehouse, str(code)).geometry.dropna()
            told = (str(remarks),) if remarks else ()
            kept[str(code)] = Perimeters(
                shapes, official=True, origin=str(origin), loaded=True, notices=told
            )
    return kept


def matchers(workspace: Workspace) -> dict[str, Matcher]:
    """Return what recognises the territories of each zoning."""
    return {
        code: _matcher(
            zoning.members,
            zoning.singular,
            zoning.members.read_bytes() if zoning.members.is_file() else b"",
        )
        for code, zoning in workspace.zonings.items()
    }


@lru_cache(maxsize=128)
def _matcher(path: Path, singular: str, _: bytes) -> Matcher:
    # Names are laid out for comparison once for the same members, however many files they serve.
    return matcher(read_members(path), singular)


def scope(workspace: Workspace) -> tuple[str, ...]:
    """Return the communes observed: the prefixes of the codes that belong here."""
    found: set[str] = set()
    for zoning in workspace.zonings.values():
        found |= set(read_members(zoning.members)["commune"].unique()) - {""}
    return tuple(sorted(found))


def check_on_error(on_error: str) -> None:
    """Refuse a way of treating faults that does not exist.

    Raises
    ------
    DescriptorError
        With the nearest one.
    """
    if on_error not in ON_ERROR:
        raise DescriptorError(
            f"on_error = « {on_error} » n’existe pas.", remedy=suggestion(str(on_error), ON_ERROR)
        )


def load_source(
    warehouse: Warehouse,
    workspace: Workspace,
    folder: Path,
    *,
    only: str = "",
    on_error: str = "refuse",
) -> LoadReport:
    """Load the files of a source, or one of them, wholly or not at all.

    Parameters
    ----------
    warehouse, workspace : Warehouse, Workspace
        Where to load, and which territories are known.
    folder : Path
        A folder with ``source.toml``.
    only : str
        Name of the one file to load.
    on_error : {"refuse", "reject"}
        Refuse a file with a faulty row, or set such rows aside in the rejects.

    Raises
    ------
    DescriptorError, FileError, RowError
        See ``errors.py``; the warehouse is unchanged.
    """
    check_on_error(on_error)
    if not (folder / DESCRIPTOR_NAME).is_file():
        raise DescriptorError(
            "Ce dossier n’a pas de source.toml.",
            where=str(folder),
            why="Rien ne dit de quand ni de quoi sont ses chiffres.",
            remedy="Chargez le fichier lui-même, ou écrivez son source.toml : "
            "« observatoire preview FICHIER --write ».",
        )
    source = read_source(folder)
    specs = list(source.asked(only) if only else source.standing())
    known, communes = matchers(workspace), scope(workspace)
    if source.zoning not in known:
        raise DescriptorError(
            f"Le zonage « {source.zoning} » n’est pas déclaré dans {WORKSPACE_FILE}.",
            where=f"{source.code}/{DESCRIPTOR_NAME}",
            remedy=suggestion(source.zoning, known),
        )
    words = Words(known, *_codes(workspace))
    parsed = [(spec, _parse(folder, source, spec, words, communes)) for spec in specs]
    if on_error == "refuse":
        for _, table in parsed:
            refuse_faults(table)
    report = store_files(warehouse, source, parsed, whole=not only)
    return _with_notices(report, source, parsed)


def _codes(workspace: Workspace) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """Return the indicators, with nature and unit, and the themes that registers may name."""
    if not workspace.catalogue.is_file():
        return {}, ()
    return _catalogue_codes(workspace.catalogue, workspace.catalogue.read_bytes())


@lru_cache(maxsize=16)
def _catalogue_codes(path: Path, _: bytes) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    table = read_toml(path)
    told = {
        code: (str(one.get("nature", "")), str(one.get("unit", "")))
        for code, one in table.take("indicators", dict, {}).items()
        if isinstance(one, dict)
    }
    return told, tuple(table.take("themes", dict, {}))


def _parse(
    folder: Path, source: Source, spec: FileSpec, words: Words, communes: tuple[str, ...]
) -> Parsed:
    """Read the rows of one file, codes given back the zero a spreadsheet took."""
    raw = replace(read_table(folder / spec.name, spec), part=source.part(spec))
    if spec.register:
        return enrol(raw, source, spec, words)
    table, restored = restore_codes(raw, source, spec, words.zonings)
    return replace(observe(table, source, spec, words.zonings, communes), restored=restored)


def _with_notices(
    report: LoadReport, source: Source, parsed: Sequence[tuple[FileSpec, Parsed]]
) -> LoadReport:
    """Say which declared variables no file gave, and which codes were given back their zero."""
    notices = []
    given: set[str] = set()
    for spec, table in parsed:
        if not spec.register:
            given |= set(table.cells["variable"].unique())
    lacking = [code for code in source.variables if code not in given]
    if lacking and len(parsed) == len(source.standing()):
        notices.append(
            f"Déclarées mais absentes des fichiers : {enumerate_words(lacking, most=8)}."
        )
    if source.convention is not None:
        notices.append(told_convention(source.convention))
    notices += notices_of([table for _, table in parsed])
    return replace(report, notices=(*report.notices, *notices))


def notices_of(parsed: Sequence[Parsed]) -> list[str]:
    """Say which codes were mended, and what was read otherwise than as a number."""
    told = []
    for table in parsed:
        if len(table.restored):
            codes = list(dict.fromkeys(table.restored["code"]))
            told.append(
                f"{table.table.name} : {plural(len(codes), 'code rétabli', 'codes rétablis')}, qu’un "
                f"tableur avait pris pour des nombres ({enumerate_words(codes, most=3)})."
            )
        told += [f"{table.table.name}, {one}" for one in seen_notices(table.table)]
        if not table.cells.empty and "marker" in table.cells:  # registers keep no signs
            told += [f"{table.table.name}, {one}" for one in told_remarks(table)]
    return told


def load_layer(
    warehouse: Warehouse,
    workspace: Workspace,
    path: Path,
    *,
    zoning: str = "",
    code_column: str = "",
    repair: bool = False,
) -> LoadReport:
    """Replace the perimeters of a zoning by those of a real file.

    Parameters
    ----------
    warehouse, workspace : Warehouse, Workspace
        Where to write, and which zonings there are.
    path : Path
        Shapefile, GeoPackage, GeoJSON or FlatGeobuf with a column of codes or names.
    zoning : str
        The zoning; found by trying each when empty.
    code_column, repair : str, bool
        See :func:`~observatoire.territories.layers.read_layer`.

    Notes
    -----
    Zonings drawn from this one are drawn again. The warehouse keeps the perimeters until a file is
    declared for the zoning; one rebuilt from nothing needs the line that a note of the report gives.
    """
    chosen, layer = _recognise(workspace, path, zoning, code_column, repair=repair)
    tables = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    members = tables[chosen]
    told = layer_notices(layer, members, workspace.zonings[chosen].singular)
    mine = Perimeters(layer.shapes, official=True, origin=path.name, loaded=True, notices=told)
    given = {**_loaded(warehouse, workspace), chosen: mine}
    drawn = draw_all(workspace.zonings, tables, read_all_links(workspace), workspace.crs, given)
    with warehouse.transaction():
        _store(warehouse, workspace, tables, drawn)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        trace_layer(warehouse, chosen, path.name, digest, (layer.rows_read, len(layer.outside)))
    rejects = pd.DataFrame(
        [
            (line, layer.code_column, text, "outside", "Hors du zonage.", path.name)
            for line, text in layer.outside
        ],
        columns=["line", "column", "raw", "kind", "reason", "file"],
    )
    notices = [
        (
            f"Zonage « {chosen} » : {plural(len(layer.shapes), 'périmètre officiel', 'périmètres officiels')} "
            f"(colonne {layer.code_column}, {layer.crs})."
        ),
        (
            f'Pour le retrouver si l’entrepôt est reconstruit, dans {WORKSPACE_FILE}, [zonings."{chosen}"] : '
            f'geometry = "{_from_root(path, workspace)}".'
        ),
    ]
    notices += told
    kept = layer.rows_read - len(layer.outside)
    file = FileReport(path.name, digest, LOADED, layer.rows_read, kept, len(layer.outside), kept)
    return LoadReport(chosen, f"Périmètres, {path.name}", (file,), rejects, tuple(notices))


def _from_root(path: Path, workspace: Workspace) -> str:
    """Write a path as ``observatoire.toml`` takes it: from the workspace when it lies inside."""
    whole = path.resolve()
    return (
        whole.relative_to(workspace.root) if whole.is_relative_to(workspace.root) else whole
    ).as_posix()


def _recognise(
    workspace: Workspace, path: Path, zoning: str, code_column: str, *, repair: bool
) -> tuple[str, Layer]:
    known = matchers(workspace)
    if zoning:
        workspace.zoning(zoning)
    chosen = zoning or _likeliest(known, path, code_column, workspace.crs)
    layer = read_layer(path, known[chosen], workspace.crs, code_column=code_column, repair=repair)
    return chosen, layer


def _likeliest(known: Mapping[str, Matcher], path: Path, code_column: str, crs: str) -> str:
    """Return the zoning of which a layer names most territories, then the largest share."""
    layers = open_layers(path)
    if not any(holds_codes(frame, one) for frame in layers for one in known.values()):
        check_near(layers, path, crs)
    scores: dict[str, tuple[int, float]] = {}
    refusal: UnknownTerritoryError | None = None
    passed_over = set() if code_column else outdone(layers, known)
    for code, one in known.items():
        if code in passed_over:
            continue
        try:
            frame, column = choose_column(layers, one, path, code_column)
        except UnknownTerritoryError as error:
            refusal = error
            continue
        found = count_members(frame, column, one)
        scores[code] = (found, found / len(one.names))
    best = max(scores.values(), default=(0, 0.0))
    chosen = [code for code, score in scores.items() if score == best]
    if not best[0] and refusal is not None and not code_column:
        raise refusal
    for code in chosen if len(chosen) > 1 and best[0] else []:
        frame, column = choose_column(layers, known[code], path, code_column)
        told = texts_of(frame[column]).map(known[code].find)
        pieces = in_parts(told, known[code], path)
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


def is_layer(path: Path) -> bool:
    """Say whether a file is read as perimeters; a zip, by what it holds."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        return suffix in LAYER_SUFFIXES
    return holds_suffix(path, tuple(one for one in LAYER_SUFFIXES if one != ".zip"))
