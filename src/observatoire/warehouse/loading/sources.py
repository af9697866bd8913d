"""Load a declared source: its files are read whole, then handed to ``storage/loads``, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from observatoire.declarations.reader import toml_table
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import check_known
from observatoire.french.typography import enumerate_words
from observatoire.sources import observe, read_source, read_table
from observatoire.sources.descriptors.agreement import agreement_words
from observatoire.sources.descriptors.source import DESCRIPTOR_NAME, Source
from observatoire.sources.families.family import kin_of, read_families
from observatoire.sources.observations.aliases import own_matcher
from observatoire.sources.observations.builder import refuse_faults
from observatoire.sources.observations.notices import notices_of
from observatoire.sources.observations.registers import RegisterVocabulary, enrol
from observatoire.values import texts_of
from observatoire.warehouse.loading.options import USUAL, LoadOptions
from observatoire.warehouse.loading.zonings import matchers, scope
from observatoire.warehouse.storage.loads import store_files
from observatoire.workspace.model import WORKSPACE_FILE, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.warehouse.connection import Warehouse
    from observatoire.warehouse.reports import LoadReport


def load_source(
    warehouse: Warehouse,
    workspace: Workspace,
    folder: Path,
    options: LoadOptions = USUAL,
    *,
    only: str = "",
) -> LoadReport:
    """Load the files of a source, or one of them, wholly or not at all.

    Parameters
    ----------
    options : LoadOptions
        What to do with a faulty row.
    only : str
        Name of the one file to load.

    Raises
    ------
    DescriptorError, FileError, RowError
        See ``errors.py``; the warehouse is unchanged.
    """
    if not (folder / DESCRIPTOR_NAME).is_file():
        raise DescriptorError(
            "Ce dossier n’a pas de source.toml.",
            where=str(folder),
            why="Rien ne dit de quand ni de quoi sont ses chiffres.",
            remedy="Chargez le fichier lui-même, ou écrivez son source.toml : "
            "« observatoire preview FICHIER --write ».",
        )
    source = read_source(folder)
    if not source.files and not warehouse.rows(_KNOWN, [source.code]):
        raise DescriptorError(
            "La source ne déclare aucun fichier.",
            where=f"{source.code}/{DESCRIPTOR_NAME}",
            remedy="Ajoutez une table [[files]] par fichier.",
        )
    specs = list(source.asked(only) if only else source.standing())
    known, communes = matchers(workspace), scope(workspace)
    what = f"Le zonage « {source.zoning} » n’est pas déclaré dans {WORKSPACE_FILE}."
    where = f"{source.code}/{DESCRIPTOR_NAME}"
    check_known(source.zoning, known, what, where=where, error=DescriptorError)
    known |= {source.zoning: own_matcher(source, known[source.zoning])}
    words = RegisterVocabulary(known, *catalogue_codes(workspace))
    kin = kin_of(source.family, read_families(workspace.root) if source.family else {})
    with texts_of(folder / spec.name for spec in specs):
        parsed = [(spec, _parse(folder, source, spec, words, communes)) for spec in specs]
        if options.on_error == "refuse":
            for _, table in parsed:
                refuse_faults(table)
        report = store_files(warehouse, source, parsed, whole=not only, kin=kin)
        return _with_notices(report, source, parsed)


#: Whether a source was loaded once: it may then withdraw its only file, and no other source may have none.
_KNOWN = "SELECT 1 FROM load WHERE source = ? LIMIT 1"


def catalogue_codes(workspace: Workspace) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """Return the indicators, with nature and unit, and the themes that registers may name."""
    if not workspace.catalogue.is_file():
        return {}, ()
    return _catalogue_codes(workspace.catalogue, workspace.catalogue.read_bytes())


@lru_cache(maxsize=16)
def _catalogue_codes(path: Path, _: bytes) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    table = toml_table(path)
    indicators = {
        code: (str(indicator.get("nature", "")), str(indicator.get("unit", "")))
        for code, indicator in _tables(table, "indicators").items()
        if isinstance(indicator, dict)
    }
    return indicators, tuple(_tables(table, "themes"))


def _tables(table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _parse(
    folder: Path,
    source: Source,
    spec: FileSpec,
    words: RegisterVocabulary,
    communes: tuple[str, ...],
) -> Parsed:
    """Read the rows of one file, codes given back the zero a spreadsheet took."""
    raw = replace(read_table(folder / spec.name, spec), part=source.part(spec))
    if spec.register:
        return enrol(raw, source, spec, words)
    return observe(raw, source, spec, words.zonings, communes)


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
    if lacking and parsed and len(parsed) == len(source.standing()):
        notices.append(
            f"Déclarées mais absentes des fichiers : {enumerate_words(lacking, most=8)}."
        )
    if source.convention is not None:
        notices.append(agreement_words(source.convention))
    notices += notices_of([table for _, table in parsed])
    return replace(report, notices=(*report.notices, *notices))
