"""Commands that bring figures in, or tell what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from observatoire.cli.console import Period, Workspace, command, err, opened, out, show_frame, step
from observatoire.errors import ObservatoireError
from observatoire.french.typography import NO_BREAK, number

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.observatory.observatory import Observatory


@command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DOSSIER", help="Dossier à créer ou à compléter.")
    ] = Path(),
    *,
    empty: Annotated[
        bool,
        typer.Option(
            "--empty", help="Sans l’exemple : des modèles à remplir, pour une autre ville."
        ),
    ] = False,
) -> None:
    """Crée un espace de travail à partir de l’exemple embarqué, ou à remplir (--empty)."""
    from observatoire.workspace.scaffold import create_blank, create_workspace

    if empty:
        made = create_blank(folder)
        out.print(f"Espace de travail à remplir : {made}", highlight=False, soft_wrap=True)
        out.print("Ensuite : complétez observatoire.toml ; le guide dit comment.", highlight=False)
        return
    made = create_workspace(folder)
    out.print(f"Espace de travail prêt : {made}", highlight=False, soft_wrap=True)
    out.print("Ensuite : observatoire load, puis observatoire annex.", highlight=False)


@command()
def load(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="CHEMIN", help="Source, fichier ou couche ; tout data/raw par défaut."
        ),
    ] = None,
    workspace: Workspace = Path(),
    *,
    reject: Annotated[
        bool,
        typer.Option("--reject", help="Mettre de côté les lignes en faute au lieu de refuser."),
    ] = False,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", "-p", metavar="PERIODE", help="Période d’un fichier qui n’en dit aucune."
        ),
    ] = None,
    zoning: Annotated[
        str, typer.Option(metavar="ZONAGE", help="Zonage, quand on ne peut le trouver.")
    ] = "",
    code_column: Annotated[
        str, typer.Option(metavar="COLONNE", help="Colonne des codes d’une couche.")
    ] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Réparer les contours qui se recoupent.")
    ] = False,
) -> None:
    """Charge une source, un fichier ou des périmètres dans l’entrepôt."""
    with opened(workspace) as o:
        _load_each(
            o,
            path,
            on_error="reject" if reject else "refuse",
            period=period,
            zoning=zoning,
            code_column=code_column,
            repair=repair,
        )


def _load_each(o: Observatory, path: Path | None, **options: Any) -> None:
    """Load what is asked, or every source in turn; one at fault does not keep the others out."""
    from observatoire.warehouse.loading.files import failed

    targets = [path] if path else list(o.workspace.source_folders())
    failures: dict[str, ObservatoireError] = {}
    for rank, target in enumerate(targets, 1):
        try:
            with step(f"Chargement {rank}/{len(targets)} : {target.name}"):
                report = o.load(target, **options)
        except ObservatoireError as error:
            if path is not None:
                raise
            failures[target.name] = error
            continue
        out.print(str(report), highlight=False, markup=False, soft_wrap=True)
    if failures:
        raise failed(failures, [], len(targets))


@command()
def preview(
    path: Annotated[
        Path,
        typer.Argument(metavar="FICHIER", help="Tableau : csv, xls, xlsx, ods, dbf, parquet, zip."),
    ],
    workspace: Workspace = Path(),
    period: Period = None,
    *,
    zoning: Annotated[
        str, typer.Option(metavar="ZONAGE", help="Zonage des territoires du tableau.")
    ] = "",
    member: Annotated[
        str, typer.Option(metavar="FICHIER", help="Fichier à lire dans une archive.")
    ] = "",
    write: Annotated[
        bool, typer.Option("--write", help="Écrire le source.toml qui chargerait ce fichier.")
    ] = False,
) -> None:
    """Montre ce qui est compris d’un tableau, sans rien charger."""
    with opened(workspace) as o:
        shown = o.preview(path, period=period, zoning=zoning, member=member)
        out.print(str(shown), highlight=False, markup=False, soft_wrap=True)
        if write:
            out.print(f"\nÉcrit : {shown.write()}", highlight=False, markup=False, soft_wrap=True)


@command()
def status(workspace: Workspace = Path()) -> None:
    """Dit ce que contient l’entrepôt : sources, zonages, rejets, conventions, contrôles."""
    with opened(workspace) as o:
        sources, zonings, rejects = o.sources(), o.zonings(), o.rejects()
        agreed = o.conventions()
        found = (
            o.checks().df.groupby(["level", "title"], sort=False).size().reset_index(name="rows")
        )
    _show_sources(sources)
    _show_zonings(zonings)
    if sources.empty:
        out.print("Rien n’est chargé : lancez « observatoire load ».", highlight=False)
    show_frame(
        "Lignes rejetées",
        rejects,
        {
            "file": "Fichier",
            "line": "Ligne",
            "column": "Colonne",
            "raw": "Texte",
            "reason": "Motif",
        },
    )
    show_frame(
        "Conventions",
        agreed.assign(ends=agreed["ends"].dt.strftime("%d/%m/%Y").fillna("")),
        {
            "source": "Source",
            "partner": "Partenaire",
            "audience": "Public",
            "ends": "Jusqu’au",
            "state": "État",
        },
    )
    show_frame(
        "Contrôles (détail : observatoire check)",
        found,
        {"level": "Niveau", "title": "Contrôle", "rows": "Lignes"},
    )


def _show_sources(sources: pd.DataFrame) -> None:
    show_frame(
        "Sources chargées",
        sources,
        {
            "source": "Source",
            "producer": "Producteur",
            "zoning": "Zonage",
            "rows_read": "Lues",
            "rows_kept": "Gardées",
            "rows_rejected": "Rejetées",
        },
    )


def _show_zonings(zonings: pd.DataFrame) -> None:
    """Show the zonings, then what was mended, lacking or set aside in their perimeters."""
    told = zonings.assign(
        official=["officiel" if x else "schématique" for x in zonings["official"]]
    )
    told.loc[told["shapes"] == 0, "official"] = "aucun"
    show_frame(
        "Zonages",
        told,
        {
            "zoning": "Zonage",
            "label": "Libellé",
            "territories": "Territoires",
            "official": "Périmètres",
        },
    )
    for zoning, remarks in zonings.loc[zonings["remarks"] != "", ["zoning", "remarks"]].to_numpy():
        out.print(f"{zoning} : {remarks}", highlight=False, markup=False, soft_wrap=True)


@command()
def fetch(
    name: Annotated[
        str, typer.Argument(metavar="NOM", help="Nom au registre ; voyez --list.")
    ] = "",
    workspace: Workspace = Path(),
    *,
    listed: Annotated[bool, typer.Option("--list", help="Dit ce que le registre connaît.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Télécharger de nouveau.")] = False,
) -> None:
    """Télécharge une source ouverte du registre : recensement, Filosofi, carreaux, QPV."""
    from observatoire.sources.fetch.registry import find_resource, read_registry
    from observatoire.sources.fetch.retrieval import fetch as bring
    from observatoire.sources.fetch.retrieval import list_resources
    from observatoire.workspace.model import read_workspace

    root = read_workspace(workspace).root
    registry = read_registry(root)
    if listed or not name:
        for one in list_resources(registry, root).itertuples():
            told = f"{one.name} ({one.state})\n    {one.title}\n    {one.page}"
            out.print(told, highlight=False, markup=False, soft_wrap=True)
        return
    resource = find_resource(registry, name)
    with _transfer(resource.file) as progress:
        fetched = bring(resource, root, force=force, progress=progress)
    out.print(str(fetched), highlight=False, markup=False, soft_wrap=True)


@contextmanager
def _transfer(file: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar while bytes arrive."""
    from rich.progress import BarColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), "{task.fields[told]}", TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        bar = bars.add_task(file, total=None, told="")
        yield lambda done, total: bars.update(
            bar, completed=done, total=total, told=_told_bytes(done, total)
        )


def _told_bytes(done: int, total: int | None) -> str:
    """Say in French how much has come."""
    whole = f" sur {number(total / 1e6, 1)}" if total else ""
    return f"{number(done / 1e6, 1)}{whole}{NO_BREAK}Mo"


@command()
def check(
    workspace: Workspace = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FICHIER", help="Fichier .csv de toutes les lignes."
        ),
    ] = None,
) -> None:
    """Passe les contrôles sur ce qui est chargé ; rend 2 s’il y a une erreur."""
    with opened(workspace) as o, step("Contrôles"):
        report = o.checks()
    out.print(str(report), highlight=False, markup=False, soft_wrap=True)
    if output is not None:
        out.print(f"Écrit : {report.save(output)}", highlight=False, markup=False, soft_wrap=True)
    if len(report.errors):
        raise typer.Exit(2)
