"""Store a source's files: wholly or not at all, once, traced, the corrected file in its place."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import DescriptorError, DuplicateKeyError, ObservatoireError
from observatoire.french.typography import NARROW, plural
from observatoire.french.typography import number as french_number
from observatoire.sources.descriptors.source import DESCRIPTOR_NAME, Source, read_source, slug
from observatoire.sources.observations.registers import registers
from observatoire.sources.tables.rejects import NO_REJECT
from observatoire.warehouse.reports import LOADED, REPLACED, UNCHANGED, FileReport, LoadReport
from observatoire.warehouse.storage.agreements import store_agreement
from observatoire.warehouse.storage.contents import see_loads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.warehouse.connection import Warehouse


#: What is kept of a source and of a variable, under the names that each gives.
_SOURCE_COLUMNS = (
    "code",
    "title",
    "producer",
    "licence",
    "family",
    "page",
    "published",
    "obtained",
    "zoning",
    "absence",
)
_VARIABLE_COLUMNS = ("code", "label", "nature", "unit", "universe", "exploitation")


def store_source(warehouse: Warehouse, source: Source) -> None:
    """Write a source's identity, rules and variables anew; call it inside a transaction."""
    if warehouse.rows("SELECT 1 FROM source WHERE code = ?", [source.code]):
        warehouse.run("DELETE FROM source WHERE code = ?", [source.code])
        for table in ("variable", "precision_rule", "secrecy_rule"):
            warehouse.run(f"DELETE FROM {table} WHERE source = ?", [source.code])  # noqa: S608 - ours
    warehouse.insert_row(
        "source",
        **{name: getattr(source, name) for name in _SOURCE_COLUMNS},
        caveats=list(source.caveats),
        threshold=source.secrecy.threshold,
        threshold_unit=source.secrecy.unit,
        rule=source.secrecy.rule,
        folder=_relative_folder(warehouse, source.folder),
    )
    precision = json.dumps(asdict(source.precision), ensure_ascii=False)
    warehouse.insert_row("precision_rule", source=source.code, rule=precision)
    warehouse.insert_row("secrecy_rule", source=source.code, rule=source.secrecy.to_json())
    variables = [
        {name: str(getattr(variable, name)) for name in _VARIABLE_COLUMNS}
        for variable in source.variables.values()
    ]
    warehouse.insert("variable", pd.DataFrame(variables).assign(source=source.code))


def store_files(
    warehouse: Warehouse,
    source: Source,
    parsed: Sequence[tuple[FileSpec, Parsed]],
    *,
    whole: bool = False,
    kin: frozenset[str] = frozenset(),
) -> LoadReport:
    """Store the files of one source in one transaction.

    A file whose bytes and descriptor are already stored changes nothing; one of the same name
    with other bytes takes the place of the former, which stays in the history. When they are the
    ``whole`` source, the figures of a file that it no longer declares are in force no more. ``kin``
    are the families of files whose figures are the same quantities as the source's.

    Raises
    ------
    DuplicateKeyError
        When two standing files give the same variable of the same territory and period, or another
        source of the family two figures of one quantity.
    DescriptorError
        When another folder, still there, was loaded under the same code.
    """
    _check_one_folder(warehouse, source, [table.table.sha256 for _, table in parsed])
    with warehouse.transaction():
        store_source(warehouse, source)
        store_agreement(warehouse, source)
        reports = [_store_file(warehouse, source, spec, table) for spec, table in parsed]
        gone = _withdraw(warehouse, source, parsed) if whole else []
        see_loads(warehouse)
        _check_no_overlap(warehouse, source)
        _check_one_figure(warehouse, source, kin)
        if any(spec.register == "objectives" for spec, _ in parsed):
            _check_one_objective(warehouse)
    rejected = [table.rejects.assign(file=table.table.name) for _, table in parsed]
    rejects = pd.concat(rejected or [NO_REJECT.assign(file="")], ignore_index=True)
    notices = tuple(
        f"« {name} » n’est plus déclaré dans {DESCRIPTOR_NAME}{NARROW}: ses chiffres ne comptent plus ; "
        "ils restent dans l’historique."
        for name in gone
    )
    return LoadReport(source.code, source.title, tuple(reports), rejects, notices)


def _withdraw(
    warehouse: Warehouse, source: Source, parsed: Sequence[tuple[FileSpec, Parsed]]
) -> list[str]:
    """Put out of force the files that a source no longer declares, and return their names."""
    declared = {table.table.name for _, table in parsed}
    # No load takes their place: they stood until after all that was loaded, and published, before today.
    last = 1 + int(warehouse.rows("SELECT coalesce(max(id), 0) FROM load")[0][0])
    standing = _standing(warehouse, source.code)
    gone = [(number, file) for number, file, *_ in standing if file not in declared]
    for number, _ in gone:
        warehouse.run("UPDATE load SET superseded_by = ? WHERE id = ?", [last, number])
    names = {spec.name for spec, _ in parsed}  # now declared sheet by sheet
    return [file for _, file in gone if file not in names]


def _check_one_folder(warehouse: Warehouse, source: Source, digests: Sequence[str]) -> None:
    """Refuse a second folder of the same code: each load would undo the other."""
    here = source.folder.resolve()
    folders = warehouse.rows("SELECT folder FROM source WHERE code = ?", [source.code])
    loaded = (warehouse.home / str(folders[0][0])).resolve() if folders and folders[0][0] else here
    if loaded == here or not _still_there(loaded, source.code):
        return
    stands = {sha256 for _, _, sha256, _ in _standing(warehouse, source.code)}
    if not (loaded / DESCRIPTOR_NAME).is_file() and stands <= set(digests):
        return  # a file loaded as it came, which has since been given its own folder
    raise DescriptorError(
        f"Deux dossiers de sources ont le même code, « {source.code} ».",
        where=f"{loaded} et {here}",
        why="Le second effacerait ce que le premier a chargé.",
        remedy='Donnez à l’un des deux un autre code dans son source.toml : code = "…", ou renommez '
        "le fichier ou le dossier.",
        folders=[str(loaded), str(here)],
    )


def _relative_folder(warehouse: Warehouse, folder: Path) -> str:
    """Return a folder as the warehouse's own sees it: a workspace is copied with its warehouse."""
    try:
        return Path(os.path.relpath(folder.resolve(), warehouse.home.resolve())).as_posix()
    except ValueError:  # another drive
        return folder.resolve().as_posix()


def _standing(warehouse: Warehouse, source: str) -> list[tuple[int, str, str, str]]:
    """Return number, file, digest and descriptor of the loads of a source that stand."""
    return warehouse.rows(
        "SELECT id, file, sha256, descriptor FROM load WHERE source = ? AND superseded_by IS NULL",
        [source],
    )


def _still_there(folder: Path, code: str) -> bool:
    """Say whether a folder still holds a source of that code, or the file that it was made of."""
    try:
        if (folder / DESCRIPTOR_NAME).is_file():
            return read_source(folder).code == code
        return any(slug(path.stem) == code for path in folder.iterdir() if path.is_file())
    except (ObservatoireError, OSError):
        return False


def _store_file(warehouse: Warehouse, source: Source, spec: FileSpec, parsed: Parsed) -> FileReport:
    table = parsed.table
    names = (table.name, spec.replaces or table.name)
    standing = [row for row in _standing(warehouse, source.code) if row[1] in names]
    outcome = REPLACED if standing else LOADED
    descriptor = _descriptor(source, parsed)
    if any(content == [table.sha256, descriptor] for _, _, *content in standing):
        outcome = UNCHANGED
    else:
        _insert(warehouse, source, spec, parsed, descriptor, [number for number, *_ in standing])
    counts = (parsed.rows_read, parsed.rows_kept, parsed.rows_rejected, len(parsed.cells))
    return FileReport(table.name, table.sha256, outcome, *counts, table.form)


def _descriptor(source: Source, parsed: Parsed) -> str:
    """Return the digest of what read a file: its declaration, and the rows that an alias placed.

    Another name added to a table of members, or taken out of it, reads the same bytes otherwise.
    """
    if parsed.aliased.empty:
        return source.sha256
    placed = parsed.aliased[["line", "code"]].to_csv(index=False)
    return hashlib.sha256(f"{source.sha256}\n{placed}".encode()).hexdigest()


def _insert(
    warehouse: Warehouse,
    source: Source,
    spec: FileSpec,
    parsed: Parsed,
    descriptor: str,
    standing: Sequence[int],
) -> None:
    counts = (parsed.rows_read, parsed.rows_rejected)
    table = parsed.table
    number = _trace(
        warehouse, source.code, table.name, table.sha256, counts, descriptor, former=standing
    )
    goes_to = registers()[spec.register].table if spec.register else "observation"
    warehouse.insert(goes_to, parsed.cells.assign(load=np.int32(number)))
    warehouse.insert("reject", parsed.rejects.assign(load=number))
    warehouse.insert("restored", parsed.restored.assign(load=number))


#: Which variables and periods two standing loads of a source both give: looked at first, for
#: comparing millions of figures one by one is only worth it there.
_SHARED = """
    SELECT variable, period
    FROM current_content
    WHERE source = ?
    GROUP BY ALL
    HAVING min(load) <> max(load)
"""
_TWICE = """
    SELECT variable, period, territory, string_agg(DISTINCT file, ' et ' ORDER BY file)
    FROM current_observation
    WHERE source = ? AND (variable, period) IN (SELECT variable, period FROM shared)
    GROUP BY zoning, territory, variable, period
    HAVING min(load) <> max(load)
    ORDER BY ALL
    LIMIT 1
"""


def _check_no_overlap(warehouse: Warehouse, source: Source) -> None:
    if not warehouse.rows(_SHARED, [source.code]):
        return
    twice = warehouse.rows(f"WITH shared AS ({_SHARED}) {_TWICE}", [source.code, source.code])
    for variable, period, territory, files in twice:
        raise DuplicateKeyError(
            f"{files} donnent tous deux {variable} ({period}) pour « {territory} ».",
            where=source.code,
            why="On ne saurait lequel croire ; rien n’a été chargé.",
            remedy='Si l’un corrige l’autre, écrivez replaces = "ancien nom" dans sa table [[files]].',
        )


#: What another source of the family gives too, of the same territory and period, and differs by more
#: than the rounding of a publication.
_CONTRADICTED = """
    WITH shared AS (
        SELECT DISTINCT o.source AS other, o.zoning, o.variable, o.period
        FROM current_content AS o
        JOIN source AS s ON s.code = o.source AND list_contains(?, s.family)
        SEMI JOIN current_content AS m ON m.source = ? AND m.zoning = o.zoning
            AND m.variable = o.variable AND m.period = o.period
        WHERE o.source <> ?
    )
    SELECT m.variable, m.period, m.territory, m.file, m.value, o.file, o.value, count(*) OVER ()
    FROM shared AS h
    JOIN current_observation AS m ON m.source = ? AND m.zoning = h.zoning AND m.variable = h.variable
        AND m.period = h.period
    JOIN current_observation AS o ON o.source = h.other AND o.zoning = m.zoning
        AND o.territory = m.territory AND o.variable = m.variable AND o.period = m.period
    JOIN variable AS v ON v.source = m.source AND v.code = m.variable
    WHERE abs(m.value - o.value) > CASE WHEN v.nature IN ('rate', 'index') THEN 0.0501 ELSE 0.501 END
    ORDER BY ALL LIMIT 1
"""


def _check_one_figure(warehouse: Warehouse, source: Source, kin: frozenset[str]) -> None:
    """Refuse two figures of one quantity: indicators would show the one or the other."""
    code = source.code
    found = warehouse.rows(_CONTRADICTED, [sorted(kin), code, code, code]) if kin else []
    for variable, period, territory, file, value, other, others, count in found:
        raise DuplicateKeyError(
            f"« {file} » et « {other} », de la même famille, donnent deux chiffres de {variable} ({period}) "
            f"pour « {territory} » : {french_number(value, 2)} et {french_number(others, 2)}.",
            where=code,
            why=f"C’est la même grandeur, et l’on ne saurait lequel croire ({plural(count, 'écart')}) ; rien "
            "n’a été chargé.",
            remedy="Si l’un corrige l’autre, donnez-lui exactement le même nom et le même dossier : il le "
            "remplacera. Sinon demandez au producteur lequel fait foi.",
        )


def _check_one_objective(warehouse: Warehouse) -> None:
    """Refuse two standing objectives of the same code."""
    twice = warehouse.rows(
        "SELECT code, string_agg(source || '/' || file, ' et ' ORDER BY source, file) "
        "FROM current_target GROUP BY code HAVING count(*) > 1 ORDER BY code LIMIT 1"
    )
    for code, files in twice:
        raise DuplicateKeyError(
            f"Deux objectifs portent le code « {code} ».",
            where=str(files),
            why="On ne saurait lequel évaluer ; rien n’a été chargé.",
            remedy="Donnez à l’un un autre code.",
        )


def _trace(
    warehouse: Warehouse,
    source: str,
    file: str,
    sha256: str,
    rows: tuple[int, int],
    descriptor: str = "",
    *,
    former: Sequence[int],
) -> int:
    """Write that a file was loaded, in the place of former loads, and return its number."""
    number, (read, rejected) = warehouse.next_number("load_id"), rows
    warehouse.insert_row(
        "load",
        id=number,
        source=source,
        file=file,
        sha256=sha256,
        descriptor=descriptor,
        loaded_at=warehouse.now(),
        rows_read=read,
        rows_kept=read - rejected,
        rows_rejected=rejected,
    )
    warehouse.run(
        "UPDATE load SET superseded_by = ? WHERE list_contains(?::INTEGER[], id)",
        [number, list(former)],
    )
    return number


def trace_layer(
    warehouse: Warehouse, zoning: str, file: str, sha256: str, rows: tuple[int, int]
) -> None:
    """Write once that a file of perimeters was loaded; call it inside a transaction.

    Parameters
    ----------
    zoning, file, sha256 : str
        What was loaded: its ``source`` is ``geo/<zoning>``.
    rows : tuple of int
        Rows read, and rows rejected.
    """
    source = f"geo/{zoning}"
    standing = _standing(warehouse, source)
    if any(content == [file, sha256] for _, *content, _ in standing):
        return
    _trace(warehouse, source, file, sha256, rows, former=[number for number, *_ in standing])
