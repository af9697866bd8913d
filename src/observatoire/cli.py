"""The command line: the same words as the library, errors as sentences, progress told."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table as RichTable
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from observatoire import __version__
from observatoire.errors import FormatError, ObservatoireError
from observatoire.typography import NO_BREAK, number

if TYPE_CHECKING:
    from observatoire.observatory import Observatory

for _name, _french in {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
}.items():
    setattr(rich_utils, _name, _french)

#: What Typer writes around our words in a help page, and how it is said in French.
_HELP = (
    (r"^Usage: ", "Emploi : "),
    (r"COMMAND \[ARGS\]\.\.\.", "COMMANDE [ARGUMENTS]…"),
    (r"^(Arguments|Options):", r"\1 :"),
    (r"Show this message and exit\.", "Affiche cette aide."),
    (r"\[default:", "[par défaut :"),
    (r"\[required\]", "[obligatoire]"),
    (r" <(?:str|path|list\[Path\])>", ""),
    (r"\{(\w+)\}", r"\1"),
    (r"\.\.\.", "…"),
)


def _in_french(text: str) -> str:
    for english, french in _HELP:
        text = re.sub(english, french, text, flags=re.MULTILINE)
    return text


class _Command(TyperCommand):
    """A command whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


class _Group(TyperGroup):
    """The list of commands, in French, each told in full."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, never cut short."""
        told = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commandes "):
            formatter.write_dl([(name, one.help or "") for name, one in told if one])


app = typer.Typer(
    help="Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation.",
    cls=_Group,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
command = partial(app.command, cls=_Command)
out = Console()
err = Console(stderr=True)

Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DOSSIER",
        help="Dossier de l’espace de travail (avec observatoire.toml).",
    ),
]
Period = Annotated[
    str | None, typer.Option("--period", "-p", metavar="PERIODE", help="Période, par exemple 2016.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FICHIER", help="Fichier à écrire ; son suffixe dit la forme."
    ),
]


def _proposed(found: re.Match[str]) -> str:
    names = re.findall(r"[\w-]+", found[1])
    return f"Vouliez-vous dire {' ou '.join(f'« {name} »' for name in names)} ?"


#: What Typer says of a wrong call, and how it is said in French.
_USAGE = (
    (r"Missing argument '(.+?)'\.", r"Il manque l’argument « \1 »."),
    (r"Missing option '(.+?)'\.", r"Il manque l’option « \1 »."),
    (r"No such option: (\S+)", r"L’option « \1 » n’existe pas."),
    (r"No such command '(.+?)'\.", r"La commande « \1 » n’existe pas."),
    (r"Did you mean (.+?)\?", _proposed),
    (r"\(Possible options?: (.+?)\)", _proposed),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", r"Argument en trop : \1."),
    (r"Option '(.+?)' requires an argument\.", r"L’option « \1 » demande une valeur."),
    (r"Invalid value for '?(.+?)'?: (.+)", r"Valeur impossible pour \1 : \2"),
    (r"Missing command\.", r"Il manque la commande."),
)


#: The status of a command that the analyst stops (Ctrl+C).
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; an expected error is a sentence and a status, never a traceback."""
    try:
        status = app(standalone_mode=False, prog_name="observatoire") or 0
    except ObservatoireError as error:
        _refuse(f"Erreur : {_in_words_of_the_line(error)}", 1)
    except typer.Abort:
        status = _INTERRUPTED
    except TyperException as error:
        message = error.format_message()
        for english, french in _USAGE:
            message = re.sub(english, french, message)
        _refuse(f"Erreur : {message} Pour l’aide : observatoire --help", 2)
    if status == _INTERRUPTED:
        _refuse("Interrompu. Relancez la commande quand vous voudrez.", status)
    sys.exit(status)


def _in_words_of_the_line(error: ObservatoireError) -> str:
    """Give the options of the command line where the library's message gives Python's."""
    return str(error).replace('on_error="reject"', "--reject")


def _refuse(message: str, status: int) -> NoReturn:
    err.print(message, style="bold red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)


@contextmanager
def _opened(workspace: Path) -> Iterator[Observatory]:
    import observatoire

    with _step("Ouverture de l’espace de travail"), observatoire.open(workspace) as opened:
        yield opened


@contextmanager
def _step(label: str) -> Iterator[Callable[[str], None]]:
    """Show a moving line while something runs; each step told replaces the last."""
    with err.status(label) as status:
        yield status.update


def _written(path: Path, start: float) -> None:
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    out.print(f"Écrit : {path} ({seconds} s)", highlight=False, markup=False, soft_wrap=True)


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
    from observatoire.founding import create_blank
    from observatoire.workspace import create_workspace

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
    with _opened(workspace) as o:
        targets = [path] if path else list(o.workspace.source_folders())
        failures: dict[str, ObservatoireError] = {}
        for rank, target in enumerate(targets, 1):
            try:
                with _step(f"Chargement {rank}/{len(targets)} : {Path(target).name}"):
                    report = o.load(
                        target,
                        on_error="reject" if reject else "refuse",
                        period=period,
                        zoning=zoning,
                        code_column=code_column,
                        repair=repair,
                    )
            except ObservatoireError as error:
                if path is not None:
                    raise
                failures[Path(target).name] = error
                continue
            out.print(str(report), highlight=False, markup=False, soft_wrap=True)
        if failures:
            from observatoire.warehouse.direct import failed

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
    with _opened(workspace) as o:
        shown = o.preview(path, period=period, zoning=zoning, member=member)
        out.print(str(shown), highlight=False, markup=False, soft_wrap=True)
        if write:
            out.print(f"\nÉcrit : {shown.write()}", highlight=False, markup=False, soft_wrap=True)


@command()
def status(workspace: Workspace = Path()) -> None:
    """Dit ce que contient l’entrepôt : sources, zonages, rejets, conventions, contrôles."""
    with _opened(workspace) as o:
        sources, zonings, rejects = o.sources(), o.zonings(), o.rejects()
        agreed = o.conventions()
        found = o.checks().df.groupby(["level", "title"], sort=False).size().reset_index()
    _show(
        "Sources chargées",
        ["Source", "Producteur", "Zonage", "Lues", "Gardées", "Rejetées"],
        sources[["source", "producer", "zoning", "rows_read", "rows_kept", "rows_rejected"]]
        .astype(str)
        .to_numpy()
        .tolist(),
    )
    told = zonings.assign(
        official=["officiel" if x else "schématique" for x in zonings["official"]]
    )
    told.loc[told["shapes"] == 0, "official"] = "aucun"
    _show(
        "Zonages",
        ["Zonage", "Libellé", "Territoires", "Périmètres"],
        told[["zoning", "label", "territories", "official"]].astype(str).to_numpy().tolist(),
    )
    if sources.empty:
        out.print("Rien n’est chargé : lancez « observatoire load ».", highlight=False)
    if len(rejects):
        _show(
            "Lignes rejetées",
            ["Fichier", "Ligne", "Colonne", "Texte", "Motif"],
            rejects[["file", "line", "column", "raw", "reason"]].astype(str).to_numpy().tolist(),
        )
    ends = agreed["ends"].dt.strftime("%d/%m/%Y").fillna("")
    _show(
        "Conventions",
        ["Source", "Partenaire", "Public", "Jusqu’au", "État"],
        agreed.assign(ends=ends)[["source", "partner", "audience", "ends", "state"]]
        .astype(str)
        .to_numpy()
        .tolist(),
    )
    _show(
        "Contrôles (détail : observatoire check)",
        ["Niveau", "Contrôle", "Lignes"],
        found.astype(str).to_numpy().tolist(),
    )


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
    from observatoire.sources.fetching import fetch as bring
    from observatoire.sources.fetching import list_resources
    from observatoire.sources.registry import find_resource, read_registry
    from observatoire.workspace import read_workspace

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
    with _opened(workspace) as o, _step("Contrôles"):
        report = o.checks()
    out.print(str(report), highlight=False, markup=False, soft_wrap=True)
    if output is not None:
        out.print(f"Écrit : {report.save(output)}", highlight=False, markup=False, soft_wrap=True)
    if len(report.errors):
        raise typer.Exit(2)


@command()
def panel(
    theme: Annotated[
        str, typer.Argument(metavar="THEME", help="Thématique : population, emploi, habitat…")
    ],
    workspace: Workspace = Path(),
    period: Period = None,
    output: Output = None,
) -> None:
    """Écrit le tableau de bord d’une thématique (.html, .pdf, .svg, .png, .xlsx, .docx)."""
    start = time.monotonic()
    with _opened(workspace) as o, _step("Tableau de bord"):
        path = output or o.workspace.processed / f"tableau-{theme}.html"
        written = o.panel(theme, period).save(path)
    _written(written, start)


@command(name="map")
def draw(
    indicator: Annotated[
        str,
        typer.Argument(metavar="INDICATEUR", help="Code de l’indicateur, par exemple part_hlm."),
    ],
    workspace: Workspace = Path(),
    period: Period = None,
    output: Output = None,
) -> None:
    """Écrit la carte d’un indicateur : taux en couleurs, effectifs en cercles."""
    start = time.monotonic()
    with _opened(workspace) as o, _step("Carte"):
        path = output or o.workspace.processed / f"carte-{indicator}.html"
        written = o.map(indicator, period).save(path)
    _written(written, start)


@command()
def profile(
    territory: Annotated[
        str, typer.Argument(metavar="TERRITOIRE", help="Code ou nom du territoire.")
    ],
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Écrit la fiche d’un territoire, désigné par son code ou son nom."""
    start = time.monotonic()
    with _opened(workspace) as o, _step("Fiche"):
        sheet = o.profile(territory)
        name = sheet.table.main["territory"].iloc[0]
        written = sheet.save(output or o.workspace.processed / f"fiche-{name}.html")
    _written(written, start)


@command()
def evaluate(
    start: Annotated[
        str | None,
        typer.Argument(metavar="DEBUT", help="Période de départ ; la première chargée par défaut."),
    ] = None,
    end: Annotated[
        str | None,
        typer.Argument(metavar="FIN", help="Période d’arrivée ; la dernière chargée par défaut."),
    ] = None,
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Évalue le contrat : objectifs, écarts, programmation, ce qui manque."""
    begun = time.monotonic()
    with _opened(workspace) as o, _step("Évaluation"):
        sheet = o.evaluate(start, end)
        name = "-".join(["evaluation", *filter(None, (start, end))])
        written = sheet.save(output or o.workspace.processed / f"{name}.html")
    _written(written, begun)


@command()
def watch(workspace: Workspace = Path(), output: Output = None) -> None:
    """Dit les seuils de watch.toml franchis ou à confirmer, et les notes publiques."""
    from observatoire.pages.blocks import Grid

    begun = time.monotonic()
    with _opened(workspace) as o, _step("Veille"):
        sheet = o.watch()
        written = sheet.save(output) if output else None
    for grid in (block for block in sheet.page.blocks if isinstance(block, Grid)):
        columns = [grid.head, *(column.label for column in grid.columns)]
        _show(grid.title, columns, [[row.label, *(c.text for c in row.cells)] for row in grid.rows])
    if sheet.df.empty:
        out.print("Aucun seuil franchi.", highlight=False)
    if written:
        _written(written, begun)


@command()
def trend(
    indicator: Annotated[
        str, typer.Argument(metavar="INDICATEUR", help="Indicateur, par exemple part_hlm.")
    ],
    start: Annotated[str, typer.Argument(metavar="DEBUT", help="Période de départ.")],
    end: Annotated[str, typer.Argument(metavar="FIN", help="Période d’arrivée.")],
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Compare deux périodes d’une même série : évolutions, intervalles et verdicts."""
    begun = time.monotonic()
    with _opened(workspace) as o, _step("Évolution"):
        path = output or o.workspace.processed / f"evolution-{indicator}-{start}-{end}.html"
        written = o.trend(indicator, start, end).save(path)
    _written(written, begun)


@command()
def inequality(
    indicator: Annotated[
        str, typer.Argument(metavar="INDICATEUR", help="Taux, par exemple part_hlm.")
    ],
    period: Period = None,
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Mesure les inégalités entre territoires : rangs avec leur intervalle, dissimilarité."""
    begun = time.monotonic()
    with _opened(workspace) as o, _step("Inégalités"):
        path = output or o.workspace.processed / f"inegalites-{indicator}.html"
        written = o.inequality(indicator, period).save(path)
    _written(written, begun)


@command()
def audit(workspace: Workspace = Path()) -> None:
    """Dit ce qu’un curieux pourrait encore calculer des effectifs masqués, et par quelles sommes."""
    with _opened(workspace) as o, _step("Audit"):
        report = o.audit()
    from observatoire.secrecy.reporting import sentences_of_audit

    for sentence in sentences_of_audit(report):
        out.print(sentence, highlight=False, soft_wrap=True)
    if report.empty:
        return
    unsafe = report[~report["safe"]]
    _show(
        "Effectifs mal protégés",
        ["Zonage", "Territoire", "Indicateur", "Période", "On le tire de"],
        unsafe[["zoning", "territory", "indicator", "period", "found_by"]]
        .astype(str)
        .to_numpy()
        .tolist(),
    )
    if not (report["safe"] | report["already_public"]).all():
        raise typer.Exit(2)


@command()
def annex(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="FICHIER", help="Fichier à écrire : .html, .pdf, .docx ou .xlsx."),
    ] = None,
    workspace: Workspace = Path(),
) -> None:
    """Écrit l’annexe : thématiques, cartes, fiches, complétude, sources."""
    start = time.monotonic()
    with _opened(workspace) as o, _step("Annexe") as tell:
        written = o.annex(path, progress=tell)
    _written(written, start)


@command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Dossier du paquet à écrire.")],
    workspace: Workspace = Path(),
) -> None:
    """Écrit un paquet de données qu’un autre observatoire peut relire."""
    start = time.monotonic()
    with _opened(workspace) as o, _step("Paquet"):
        written = o.publish(folder)
    _written(written, start)


@command()
def federate(
    packages: Annotated[
        list[Path], typer.Argument(metavar="PAQUET", help="Dossiers de paquets publiés.")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FICHIER", help="Fichier .csv des chiffres réunis."),
    ] = Path("federation.csv"),
) -> None:
    """Réunit les paquets de plusieurs observatoires en un seul tableau."""
    import observatoire
    from observatoire.pages.sheet import cannot_write
    from observatoire.typography import plural

    if output.suffix.lower() != ".csv":
        raise FormatError(
            f"On écrit la fédération en .csv, non en « {output.suffix} ».", where=str(output)
        )
    with _step("Fédération"):
        together = observatoire.federate(packages)
        try:
            together.df.to_csv(output, index=False, encoding="utf-8", lineterminator="\n")
        except OSError as error:
            raise cannot_write(output, error) from error
    common = plural(len(together.common()), "indicateur commun", "indicateurs communs")
    out.print(
        f"{plural(len(together.observatories), 'observatoire')}, "
        f"{plural(len(together.df), 'ligne')}, {common} : {output}",
        highlight=False,
        soft_wrap=True,
    )


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Dit la version et s’arrête.")] = False,
) -> None:
    """Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation."""
    if version:
        out.print(f"observatoire {__version__}", highlight=False)
        raise typer.Exit
    if context.invoked_subcommand is None:
        out.print(context.get_help(), highlight=False, markup=False, soft_wrap=True)


def _show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    if not rows:
        return
    table = RichTable(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


if __name__ == "__main__":
    main()
