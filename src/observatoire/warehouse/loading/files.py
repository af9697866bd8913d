"""Load what nothing describes: a file by its preview, every source of a workspace at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from observatoire.errors import DuplicateKeyError, FileError, LoadError, ObservatoireError
from observatoire.errors.arguments import check_known
from observatoire.french.typography import NARROW, enumerate_words, plural
from observatoire.sources.descriptors.source import DESCRIPTOR_NAME, Source
from observatoire.sources.families.family import kin_of, read_families
from observatoire.sources.observations.builder import refuse_faults
from observatoire.sources.observations.notices import notices_of
from observatoire.sources.preview.display import column_notices, table_notices
from observatoire.sources.preview.preview import Preview, PreviewContext, preview_table
from observatoire.values import texts_of
from observatoire.warehouse.loading.layers import is_layer, load_layer
from observatoire.warehouse.loading.options import USUAL, LoadOptions
from observatoire.warehouse.loading.sources import catalogue_codes, load_source
from observatoire.warehouse.loading.zonings import matchers, scope
from observatoire.warehouse.storage.loads import store_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.warehouse.connection import Warehouse
    from observatoire.warehouse.reports import LoadReport
    from observatoire.workspace.model import Workspace


def preview_context(workspace: Workspace) -> PreviewContext:
    """Return what a preview needs to know of a workspace."""
    families, main = read_families(workspace.root), workspace.main_zoning
    known, catalogue = matchers(workspace), catalogue_codes(workspace)
    return PreviewContext(workspace.raw, known, scope(workspace), families, main, *catalogue)


def preview_file(
    workspace: Workspace, path: Path, *, period: str = "", zoning: str = "", member: str = ""
) -> Preview:
    """Say what a file is, without loading it; see :func:`preview_table`.

    Raises
    ------
    UnknownNameError
        When ``zoning`` is not declared.
    FileError
        When its bytes cannot be read.
    """
    if path.is_dir():
        raise FileError(
            "C’est un dossier, et non un tableau.",
            where=path.name,
            why="Un aperçu se fait fichier par fichier.",
            remedy="Donnez l’un de ses fichiers ; un dossier de source se charge entier : « observatoire load ».",
        )
    context = preview_context(workspace)
    if zoning:
        check_known(zoning, context.zonings, f"Le zonage « {zoning} » n’est pas déclaré.")
    with texts_of([path]):
        return preview_table(path, context, period=period, zoning=zoning, member=member)


def load_path(
    warehouse: Warehouse, workspace: Workspace, path: Path, options: LoadOptions = USUAL
) -> LoadReport:
    """Load what a path is: a source or one of its files, a layer, a table that nothing describes.

    Parameters
    ----------
    path : Path
        A folder or a file, that is there.
    options : LoadOptions
        What the path does not say.
    """
    folder = path if path.is_dir() else path.parent
    described = (folder / DESCRIPTOR_NAME).is_file()
    if is_layer(path) and not described:
        return load_layer(warehouse, workspace, path, options)
    if path.is_file() and not described:
        return load_file(warehouse, workspace, path, options)
    only = "" if path.is_dir() else path.name
    return load_source(warehouse, workspace, folder, options, only=only)


def load_file(
    warehouse: Warehouse, workspace: Workspace, path: Path, options: LoadOptions = USUAL
) -> LoadReport:
    """Load a file that no ``source.toml`` describes, as its preview reads it.

    Parameters
    ----------
    path : Path
        A file of a known family, or a partner's table that names the territories.
    options : LoadOptions
        What the file does not say, and what to do with a faulty row.

    Raises
    ------
    ObservatoireError
        When the preview refuses the file, or a row is at fault; the warehouse is unchanged.
    """
    with texts_of([path]):
        preview = preview_file(workspace, path, period=options.period, zoning=options.zoning)
        if preview.refusal is not None or preview.source is None or preview.parsed is None:
            raise preview.refusal or LoadError(
                "Aucun tableau de territoires n’a été reconnu dans ce fichier.",
                where=path.name,
                remedy="« observatoire preview FICHIER » montre ce qui en a été lu.",
            )
        if options.on_error == "refuse":
            refuse_faults(preview.parsed)
        former = _former(warehouse, preview.source, preview.parsed)
        spec = replace(preview.source.files[0], replaces=former)
        kin = kin_of(preview.source.family, preview.ground.families)
        report = store_files(warehouse, preview.source, [(spec, preview.parsed)], kin=kin)
        twice = _given_elsewhere(warehouse, preview.source, preview.parsed)
        replaced = (
            f"Remplace « {former} », qui donnait les mêmes variables ; il reste dans l’historique."
        )
        return replace(
            report,
            notices=(*_notices(preview, options.period), *twice, *([replaced] if former else ())),
        )


_ELSEWHERE = """
    SELECT DISTINCT zoning, variable, period, source FROM current_content WHERE source <> ? ORDER BY ALL
"""


def _given_elsewhere(warehouse: Warehouse, source: Source, parsed: Parsed) -> tuple[str, ...]:
    """Say which variables another source gives for the same zoning and period: two figures for one."""
    offered = _contents(parsed)
    shared = [
        row[1:]
        for row in (tuple(map(str, row)) for row in warehouse.rows(_ELSEWHERE, [source.code]))
        if row[:3] in offered
    ]
    names = [f"« {variable} » ({period}, source {other})" for variable, period, other in shared]
    notice = (
        f"Déjà donné par une autre source, pour la même période : {enumerate_words(names, most=4)}. "
        "Un indicateur lit la première des sources qu’il nomme (sources) qui le donne."
    )
    return (notice,) if names else ()


def _contents(parsed: Parsed) -> set[tuple[str, ...]]:
    """Return what a file gives: zoning, variable, period."""
    cells = parsed.cells[["zoning", "variable", "period"]].drop_duplicates().astype("str")
    return set(cells.itertuples(index=False, name=None))


_STANDING = "SELECT file FROM load WHERE source = ? AND superseded_by IS NULL AND file <> ?"
_GIVEN = """
    SELECT DISTINCT zoning, variable, period FROM current_content WHERE source = ? AND file = ?
"""


def _former(warehouse: Warehouse, source: Source, parsed: Parsed) -> str:
    """Return the file of another form that this one takes the place of, an empty text for none.

    « suivi.xlsx » after « suivi.csv » is the same table, saved in another form. It takes the place
    of the former only where no figure is lost by it.

    Raises
    ------
    DuplicateKeyError
        When another file of that name stands and gives other figures.
    """
    name = parsed.table.name
    standing = [str(row[0]) for row in warehouse.rows(_STANDING, [source.code, name])]
    if not standing:
        return ""
    offered = _contents(parsed)
    given = {tuple(map(str, row)) for row in warehouse.rows(_GIVEN, [source.code, standing[0]])}
    same_name = PurePath(standing[0]).stem == PurePath(name).stem
    if len(standing) == 1 and same_name and given <= offered:
        return standing[0]
    raise DuplicateKeyError(
        f"« {standing[0]} », déjà chargé, a le même nom de source que ce fichier, et d’autres chiffres.",
        where=name,
        why=f"Les deux seraient la source « {source.code} », et l’un effacerait l’autre.",
        remedy="Si ce sont deux tableaux, renommez celui-ci ; s’il corrige l’autre, donnez-lui les mêmes "
        "colonnes et les mêmes périodes, ou exactement le même nom.",
    )


def _notices(preview: Preview, asked: str) -> tuple[str, ...]:
    """Say what was understood of a file without a ``source.toml``."""
    plan = preview.plan
    known = (
        f"Famille reconnue : {preview.family}." if preview.family else "Tableau d’un partenaire."
    )
    lines = [
        f"{known} Chargé sans source.toml ; « observatoire preview » montre ce qui a été compris."
    ]
    cells = preview.parsed.cells if preview.parsed is not None else None
    periods = [] if cells is None else sorted(cells["period"].astype("str").unique())
    if periods and periods != [asked]:
        read = "Période lue" if len(periods) == 1 else "Périodes lues"
        lines.append(
            f"{read}{NARROW}: {enumerate_words(periods, most=6)}. Une autre se dit par period= (--period), "
            "ou dans source.toml."
        )
    if plan is not None:
        lines += _draft_notices(plan, family=bool(preview.family))
    lines += table_notices(preview.found) if preview.found is not None else []
    lines += notices_of([preview.parsed]) if preview.parsed is not None else []
    return tuple(lines)


def _draft_notices(plan: SourceDraft, *, family: bool) -> list[str]:
    """Say what is doubtful of a draft, and which columns are left out of it."""
    lines = []
    if plan.doubts:
        more = f" et {len(plan.doubts) - 6} autres" if len(plan.doubts) > 6 else ""  # noqa: PLR2004 - shown
        lines.append(
            f"Nature lue sur la forme des nombres, à vérifier : {', '.join(_quoted(plan.doubts)[:6])}{more}."
        )
    if plan.undescribed:
        lines.append(
            "Colonnes que cette famille ne décrit pas, laissées de côté : "
            f"{enumerate_words(_quoted(plan.undescribed), most=8)}."
        )
    role = plan.file.get("variable_column")
    lost = _quoted(name for name in plan.words if name != role)
    lost += ["(sans nom)"] if plan.unnamed else []
    if lost and not family:
        lines.append(
            f"Colonnes laissées de côté, sans chiffre lisible ou sans nom : {enumerate_words(lost, most=6)}."
        )
    if plan.columns and not family:
        lines.append(
            "Une même variable sur plusieurs périodes : "
            f"{enumerate_words(_quoted(sorted(set(plan.columns.values()))), most=6)}."
        )
    return lines + column_notices(plan)


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"« {name} »" for name in names]


def load_all(
    warehouse: Warehouse, workspace: Workspace, options: LoadOptions = USUAL
) -> list[LoadReport]:
    """Load every source of a workspace; one that fails does not stop the others.

    Raises
    ------
    LoadError
        Once all are tried, when some failed: ``data["reports"]`` and ``data["failures"]``. The
        only source of a workspace fails by its own error.
    """
    reports: list[LoadReport] = []
    failures: dict[str, ObservatoireError] = {}
    folders = workspace.source_folders()
    for folder in folders:
        try:
            reports.append(load_source(warehouse, workspace, folder, options))
        except ObservatoireError as error:
            failures[folder.name] = error
    if failures and len(folders) == 1:
        raise next(iter(failures.values()))
    if failures:
        raise failed(failures, reports, len(folders))
    return reports


def failed(
    failures: dict[str, ObservatoireError], reports: list[LoadReport], count: int
) -> LoadError:
    """Return the error that names each source that was not loaded, and why."""
    reasons: dict[str, list[str]] = {}
    for folder, error in failures.items():
        reasons.setdefault(str(error), []).append(folder)
    lines = "\n".join(f"  {', '.join(folders)} : {error}" for error, folders in reasons.items())
    return LoadError(
        f"{plural(len(failures), 'source n’a pas été chargée', 'sources n’ont pas été chargées')} "
        f"sur {count} ; les autres le sont.\n{lines}",
        failures=failures,
        reports=reports,
    )
