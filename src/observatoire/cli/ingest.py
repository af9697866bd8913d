"""Commands that bring figures in, or list what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from observatoire.cli.console import (
    Period,
    Workspace,
    argument,
    command,
    err,
    opened,
    option,
    say,
    show_frame,
    step,
)
from observatoire.errors import ObservatoireError
from observatoire.french.typography import NO_BREAK, enumerate_words, number
from observatoire.values import NATURE_DOUBT

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.observatory.observatory import Observatory


@command()
def init(
    folder: Annotated[Path, argument("DOSSIER", "Dossier à créer ou à compléter.")] = Path(),
    *,
    empty: Annotated[
        bool, option("--empty", "", "Sans l’exemple : des modèles à remplir, pour une autre ville.")
    ] = False,
    layers: Annotated[
        list[Path] | None,
        option(
            "--from --layer", "COUCHE", "Contours d’une autre ville : quartiers, IRIS, communes."
        ),
    ] = None,
    iris: Annotated[
        Path | None,
        option("--iris", "FICHIER", "Contours des IRIS, ou leur table de référence (Insee)."),
    ] = None,
    town: Annotated[
        str, option("--commune", "CODE", "Code Insee ; sans lui, les communes de ces quartiers.")
    ] = "",
) -> None:
    """Crée un espace de travail : l’exemple embarqué, une autre ville (--from), ou à remplir (--empty)."""
    import observatoire

    founded = observatoire.init(folder, layers=layers or (), iris=iris, commune=town, empty=empty)
    if empty:
        say(f"Espace de travail à remplir : {founded.root}")
        say("Ensuite : complétez observatoire.toml ; le guide dit comment.")
        return
    say(f"Espace de travail prêt : {founded.root}")
    if not founded.kept:
        say("Ensuite : observatoire load, puis observatoire annex.")
        return
    for title, lines in (("Ce qu’il y a", founded.kept), ("Ce qui n’est pas là", founded.lacking)):
        say(f"{title} :\n" + "\n".join(f"  - {line}" for line in lines))
    say(
        f"Ensuite : cd {folder}, puis observatoire load FICHIER pour chaque fichier ; le rapport dit ce "
        "qu’il alimente. LISEZMOI.md, dans ce dossier, dit le reste."
    )


@command()
def load(
    path: Annotated[
        Path | None, argument("CHEMIN", "Source, fichier ou couche ; tout data/raw par défaut.")
    ] = None,
    workspace: Workspace = Path(),
    *,
    reject: Annotated[
        bool, option("--reject", "", "Mettre de côté les lignes en faute au lieu de refuser.")
    ] = False,
    period: Annotated[
        str | None, option("--period -p", "PERIODE", "Période d’un fichier qui n’en dit aucune.")
    ] = None,
    zoning: Annotated[
        str, option("--zoning", "ZONAGE", "Zonage, quand on ne peut le trouver.")
    ] = "",
    code_column: Annotated[
        str, option("--code-column", "COLONNE", "Colonne des codes d’une couche.")
    ] = "",
    repair: Annotated[
        bool, option("--repair", "", "Réparer les contours qui se recoupent.")
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
    loaded: set[str] = set()
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
        loaded |= {each.source for each in (report if isinstance(report, list) else [report])}
        say(str(report))
    if failures:
        raise failed(failures, [], len(targets))
    if not targets:
        say(
            "Aucune source dans data/raw : observatoire load FICHIER charge un tableau ; observatoire preview "
            "FICHIER montre ce qui en est compris."
        )
        return
    fed = _fed_theme(o.indicators(), loaded) if o.workspace.catalogue.is_file() else ""
    panel = f", observatoire panel {fed}" if fed else ""
    say(f"Ensuite : observatoire status dit ce qui est chargé{panel}, ou observatoire annex.")


def _fed_theme(listed: pd.DataFrame, loaded: set[str]) -> str:
    """Return a theme that what was loaded feeds, else one that has figures: its panel shows something."""
    fed = listed[listed["periods"] != ""]
    pairs = zip(fed["theme"], fed["sources"], strict=True)
    own = [theme for theme, sources in pairs if not loaded.isdisjoint(sources.split(", "))]
    return next(iter([*own, *fed["theme"]]), "")


@command()
def preview(
    path: Annotated[Path, argument("FICHIER", "Tableau : csv, xls, xlsx, ods, dbf, parquet, zip.")],
    workspace: Workspace = Path(),
    period: Period = None,
    *,
    zoning: Annotated[str, option("--zoning", "ZONAGE", "Zonage des territoires du tableau.")] = "",
    member: Annotated[str, option("--member", "FICHIER", "Fichier à lire dans une archive.")] = "",
    write: Annotated[
        bool, option("--write", "", "Écrire le source.toml qui chargerait ce fichier.")
    ] = False,
) -> None:
    """Montre ce qui est compris d’un tableau, sans rien charger."""
    from observatoire.sources.preview.indicator_draft import BLOCKS_NAME

    with opened(workspace) as o:
        shown = o.preview(path, period=period, zoning=zoning, member=member)
        say(str(shown))
        if write:
            written = shown.write()
            say(f"\nÉcrit : {written}")
            if shown.indicators:
                say(
                    f"Indicateurs à compléter (thématique à choisir) : {written.parent / BLOCKS_NAME}"
                )
            say(
                f"Ensuite : relisez ce qui y est « à préciser », puis observatoire load {written.parent}"
            )


@command()
def status(workspace: Workspace = Path()) -> None:
    """Dit ce que contient l’entrepôt : sources, zonages, rejets, conventions, contrôles."""
    with opened(workspace) as o:
        sources, zonings, rejects = o.sources(), o.zonings(), o.rejects()
        agreed = o.conventions()
        found = o.checks().df.groupby(["level", "title"], sort=False).size()
        absent = _absent(o, zonings, sources)
    counts = ["rows_read", "rows_kept", "rows_rejected"]
    loaded = sources.assign(**{c: sources[c].map(number) for c in counts})
    show_frame("Sources chargées", loaded, ["source", "producer", "zoning", *counts])
    _show_zonings(zonings)
    if sources.empty:
        say("Rien n’est chargé : « observatoire load », ou « observatoire load FICHIER ».")
    columns = ["source", "file", "column", "rows", "first", "reason"]
    show_frame("Lignes rejetées (détail : o.rejects())", _counted(rejects), columns)
    ends = agreed["ends"].dt.strftime("%d/%m/%Y").fillna("")
    columns = ["source", "partner", "audience", "ends", "state"]
    show_frame("Conventions", agreed.assign(ends=ends), columns)
    title = "Contrôles (détail : observatoire check)"
    show_frame(title, found.reset_index(name="rows"), ["level", "title", "rows"])
    if absent:
        say("Ce qui n’est pas là :\n" + "\n".join(f"  - {line}." for line in absent))


@command()
def indicators(
    theme: Annotated[
        str | None,
        argument("THEME", "Thématique : population, emploi, habitat… ; toutes sans elle."),
    ] = None,
    workspace: Workspace = Path(),
) -> None:
    """Liste les indicateurs : code, intitulé, unité, périodes chargées."""
    with opened(workspace) as o:
        listed = o.indicators(theme)
    fed = listed["periods"] != ""
    periods = listed["periods"].where(fed, "aucune : il manque " + listed["lacking"])
    columns = ["indicator", "label", "unit", "periods"]
    named = {"indicator": "Code", "label": "Intitulé"}
    show_frame("Indicateurs", listed.assign(periods=periods), columns, **named)


def _absent(o: Observatory, zonings: pd.DataFrame, sources: pd.DataFrame) -> list[str]:
    """Say in one list what is not there, of what the commands could show."""
    undrawn = [f"« {label} »" for label in zonings.loc[zonings["shapes"] == 0, "label"]]
    lines = [f"les contours de {enumerate_words(undrawn)} : pas de carte"] if undrawn else []
    if o.workspace.catalogue.is_file():
        listed = o.indicators()
        unfed = int((listed["periods"] == "").sum())
        if unfed:
            lines.append(
                f"de quoi nourrir {unfed} des {len(listed)} indicateurs : « observatoire panel --kind "
                "completeness » montre ce qui est là, « observatoire indicators » ce qui manque à chacun"
            )
    unsure = sources.loc[sources["caveats"].fillna("").str.contains(NATURE_DOUBT), "source"]
    if len(unsure):
        names = enumerate_words([f"« {code} »" for code in unsure], most=8)
        lines.append(
            f"la nature de chiffres de {names}, lue sur la forme des nombres : à dire dans leur source.toml "
            "(nature), puis à retirer de ses caveats"
        )
    registers = {"objectifs": o.objectives, "actions": o.actions, "notes": o.notes}
    empty = [name for name, read in registers.items() if read().empty]
    if empty:
        lines.append(f"{enumerate_words(empty)} : modèles à remplir dans modeles/programmation")
    if not (o.workspace.root / "watch.toml").is_file():
        lines.append("watch.toml : aucun seuil n’est surveillé")
    return lines


def _counted(rejects: pd.DataFrame) -> pd.DataFrame:
    """Count rejected rows by file, column and kind of fault; a file may lose all of its own."""
    by_fault = rejects.groupby(["source", "file", "column", "kind"], sort=False)
    counted = by_fault.agg(rows=("line", "size"), first=("line", "min"), reason=("reason", "first"))
    rows = counted["rows"].map(number)
    return counted.assign(rows=rows).reset_index()


def _show_zonings(zonings: pd.DataFrame) -> None:
    """Show the zonings, then what was mended, lacking or skipped in their perimeters."""
    official = zonings["official"].map({True: "officiel", False: "schématique"})
    drawn = official.mask(zonings["shapes"] == 0, "aucun")
    columns = ["zoning", "label", "territories", "official"]
    show_frame("Zonages", zonings.assign(official=drawn), columns)
    for zoning, remarks in zonings.loc[zonings["remarks"] != "", ["zoning", "remarks"]].to_numpy():
        say(f"{zoning} : {remarks}")


@command()
def fetch(
    name: Annotated[str, argument("NOM", "Nom au registre ; voyez --list.")] = "",
    workspace: Workspace = Path(),
    *,
    listed: Annotated[bool, option("--list", "", "Dit ce que le registre connaît.")] = False,
    force: Annotated[bool, option("--force", "", "Télécharger de nouveau.")] = False,
) -> None:
    """Télécharge une source ouverte du registre : recensement, Filosofi, carreaux, QPV."""
    from observatoire.sources.fetch.registry import find_resource, read_registry
    from observatoire.sources.fetch.retrieval import fetch as bring
    from observatoire.sources.fetch.retrieval import list_resources
    from observatoire.workspace.model import read_workspace

    root = read_workspace(workspace).root
    registry = read_registry(root)
    if listed or not name:
        for row in list_resources(registry, root).itertuples():
            say(f"{row.name} ({row.state})\n    {row.title}\n    {row.page}")
        return
    resource = find_resource(registry, name)
    with _transfer(resource.file) as progress:
        fetched = bring(resource, root, force=force, progress=progress)
    say(str(fetched))


@contextmanager
def _transfer(file: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar while bytes arrive."""
    from rich.progress import BarColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), "{task.fields[shown]}", TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        bar = bars.add_task(file, total=None, shown="")
        yield lambda done, total: bars.update(
            bar, completed=done, total=total, shown=_transferred(done, total)
        )


def _transferred(done: int, total: int | None) -> str:
    """Say in French how much has come."""
    whole = f" sur {number(total / 1e6, 1)}" if total else ""
    return f"{number(done / 1e6, 1)}{whole}{NO_BREAK}Mo"


@command()
def check(
    workspace: Workspace = Path(),
    output: Annotated[
        Path | None, option("--output -o", "FICHIER", "Fichier .csv de toutes les lignes.")
    ] = None,
) -> None:
    """Passe les contrôles sur ce qui est chargé ; rend 2 s’il y a une erreur."""
    with opened(workspace) as o, step("Contrôles"):
        report = o.checks()
    say(str(report))
    if output is not None:
        say(f"Écrit : {report.save(output)}")
    if len(report.errors):
        raise typer.Exit(2)
