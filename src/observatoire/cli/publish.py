"""Commands that give figures away, and the audit before them."""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from observatoire.cli.console import (
    Output,
    Outputs,
    Workspace,
    Zoning,
    argument,
    command,
    err,
    one_file,
    opened,
    option,
    say,
    show_frame,
    step,
    warned,
    written_in,
)
from observatoire.errors import FormatError, UnknownNameError
from observatoire.french.typography import NARROW, number, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from observatoire.exchange.federation import Federation
    from observatoire.observatory.session import Audience


@command()
def audit(workspace: Workspace = Path()) -> None:
    """Dit ce qu’un curieux pourrait encore calculer des effectifs masqués, et par quelles sommes."""
    with opened(workspace) as o, warned(), step("Audit"):
        report = o.audit()
    from observatoire.secrecy.release.audit_report import sentences_of_audit

    for sentence in sentences_of_audit(report):
        say(sentence)
    if report.empty:
        return
    unsafe = report[~report["safe"]]
    columns = ["zoning", "territory", "indicator", "period", "found_by"]
    show_frame("Effectifs mal protégés", unsafe, columns)
    if not (report["safe"] | report["already_public"]).all():
        raise typer.Exit(2)


@command()
def outline(
    path: Annotated[Path, argument("FICHIER", "GeoPackage à écrire, lu depuis l’espace.")] = Path(
        "geo/a-dessiner.gpkg"
    ),
    workspace: Workspace = Path(),
    *,
    zoning: Annotated[
        str | None, option("--zoning", "ZONAGE", "Zonage à dessiner, le principal par défaut.")
    ] = None,
) -> None:
    """Écrit les couches à redessiner dans QGIS, styles compris."""
    with opened(workspace) as o:
        say(str(o.outline(path, zoning)))


@command()
def calibrate(
    zoning: Annotated[str, argument("ZONAGE", "Zonage dont des chiffres sont publiés.")],
    workspace: Workspace = Path(),
    *,
    source: Annotated[
        str | None, option("--source", "ZONAGE", "Zonage qui les contient ; le plus courant.")
    ] = None,
    indicators: Annotated[
        list[str] | None,
        option("--indicator", "INDICATEUR", "Un ou plusieurs ; tout le catalogue sans elle."),
    ] = None,
) -> None:
    """Apprend des chiffres publiés de l’espace ce qu’une partie tient de son tout (calibration.toml)."""
    with opened(workspace) as o, step("Calibration"):
        lessons = o.calibrate(zoning, source, indicators or ())
        used = any(recipe.model for recipe in o.workspace.passages)
    held = {name: lessons[name].map(_per_cent) for name in ("held_80", "held_95")}
    columns = ["label", "period", "places", *held, "note"]
    show_frame("Ce qui a appris", lessons.assign(**held), columns, label="Indicateur")
    say("Écrit dans calibration.toml, et employé désormais avant les calibrations fournies.")
    if not used:
        say('Pour qu’elles servent : model = "part" dans la table [[passages]] des quartiers.')


def _per_cent(share: float) -> str:
    return "" if math.isnan(share) else f"{number(100 * share)}{NARROW}%"


@command()
def atlas(
    path: Annotated[
        Path | None,
        argument("FICHIER", "Fichier .html à écrire ; data/processed/atlas.html sans lui."),
    ] = None,
    workspace: Workspace = Path(),
    zoning: Zoning = None,
    output: Output = None,
    audience: Annotated[str, option("--audience", "PUBLIC", "public, ou partenaires.")] = "public",
) -> None:
    """Écrit l’atlas : une page sans réseau où l’on choisit indicateur, période et territoire."""
    start = time.monotonic()
    with opened(workspace) as o, step("Atlas"):
        written = o.atlas(
            one_file(path, output), zoning=zoning, audience=cast("Audience", audience)
        )
    written_in(written, start)
    say("Ensuite : ouvrez-le dans un navigateur ; il s’imprime sur un A4 et s’envoie tel quel.")


@command()
def annex(  # noqa: PLR0913, PLR0917 - one option a choice of the reader
    paths: Annotated[
        list[Path] | None,
        argument("FICHIER", "Fichiers à écrire : .html, .pdf, .docx, .xlsx ; un ou plusieurs."),
    ] = None,
    workspace: Workspace = Path(),
    commune: Annotated[str, option("--commune", "NOM", "Une commune seulement.")] = "",
    perimeter: Annotated[str, option("--perimeter", "NOM", "Un périmètre seulement.")] = "",
    quartier: Annotated[str, option("--quartier", "NOM", "Un quartier seulement.")] = "",
    theme: Annotated[str, option("--theme", "CODE", "Une thématique seulement.")] = "",
    stage: Annotated[
        str, option("--stage", "ÉTAPE", "diagnostic, mi-parcours ou bilan : les chapitres.")
    ] = "",
    length: Annotated[
        str, option("--length", "LONGUEUR", "court, ou long : tous les tableaux.")
    ] = "",
    title: Annotated[str, option("--title", "TITRE", "Titre de la couverture.")] = "",
    logo: Annotated[Path | None, option("--logo", "IMAGE", "Logo : .png, .jpg ou .svg.")] = None,
    since: Annotated[
        Path | None,
        option("--since", "PAQUET", "Paquet ou entrepôt d’avant : dit ce qui a changé depuis."),
    ] = None,
    audience: Annotated[str, option("--audience", "PUBLIC", "public, ou partenaires.")] = "public",
    output: Outputs = None,
) -> None:
    """Écrit l’annexe : ce qu’il faut retenir, indicateurs, évaluation, fiches, méthode."""
    start = time.monotonic()
    asked = [*(paths or []), *(output or [])]
    with opened(workspace) as o, step("Annexe") as progress:
        written = o.annex(
            asked or None, commune=commune, perimeter=perimeter, quartier=quartier, theme=theme,
            stage=stage, length=length, title=title, logo=logo, since=since, progress=progress,
            audience=cast("Audience", audience),
        )  # fmt: skip
    for path in written if isinstance(written, list) else [written]:
        written_in(path, start)
    say(
        "Ensuite : relisez-la ; observatoire audit, puis observatoire publish DOSSIER pour la diffuser."
    )


@command()
def profiles(
    folder: Annotated[Path, argument("DOSSIER", "Dossier des fiches à écrire.")],
    form: Annotated[str, option("--form", "FORME", "pdf, html, docx, xlsx, svg ou png.")] = "pdf",
    workspace: Workspace = Path(),
) -> None:
    """Écrit les fiches, un fichier chacune ; interrompue, reprend où elle en était."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    start = time.monotonic()
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=err)
    with opened(workspace) as o, bar:
        task = bar.add_task("Calcul des indicateurs", total=None)

        def show_share(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name or "Fiches")

        written = o.save_profiles(folder, form, progress=show_share)
    written_in(folder, start)
    say(f"{len(written)} fiches.")


@command()
def publish(
    folder: Annotated[Path, argument("DOSSIER", "Dossier du paquet à écrire.")],
    note: Annotated[
        str, option("--note", "PHRASE", "Pourquoi une nouvelle version d’un paquet déjà publié.")
    ] = "",
    workspace: Workspace = Path(),
) -> None:
    """Écrit un paquet de données, à toutes les périodes, qu’un autre observatoire peut relire."""
    start = time.monotonic()
    with opened(workspace) as o, step("Paquet"):
        written = o.publish(folder, note=note)
    written_in(written, start)
    from observatoire.exchange.publication.versions import last_version, still_readable

    say(last_version(written))
    for version, count in still_readable(written).items():
        say(_still_readable(version, count))
    say("Ensuite : observatoire federate PAQUET… le réunit à ceux d’autres observatoires.")


def _still_readable(version: str, count: int) -> str:
    """Say that what was withdrawn of a package stays in its former version, and what to do of it."""
    gone = plural(
        count, "chiffre que ce paquet ne montre plus", "chiffres que ce paquet ne montre plus"
    )
    return (
        f"versions/{version} garde {gone}, lisibles de qui reçoit le dossier : rien n’est écrasé. "
        "S’ils ne doivent plus être lus, publiez dans un dossier nouveau, diffusez celui-là seul, "
        "retirez l’ancien du site, et prévenez qui l’a reçu ; "
        "gardez-le hors de portée : il est la preuve de ce qui était sorti."
    )


@command()
def federate(  # noqa: PLR0913, PLR0917 - one option a page
    packages: Annotated[
        list[str],
        argument("PAQUET", "Dossiers, .zip ou adresses de paquets ; ou un federation.toml."),
    ],
    output: Annotated[
        Path,
        option("--output -o", "FICHIER", "Fichier .csv des chiffres réunis, un par question."),
    ] = Path("federation.csv"),
    inventory: Annotated[
        Path | None,
        option("--inventory", "FICHIER", "Page de qui observe quoi : .html, .pdf, .docx, .xlsx…"),
    ] = None,
    annex: Annotated[
        Path | None,
        option("--annex", "FICHIER", "Annexe de la fédération : .html, .pdf, .docx, .xlsx."),
    ] = None,
    atlas: Annotated[
        Path | None, option("--atlas", "FICHIER", "Atlas des sites, une page .html.")
    ] = None,
    panel: Annotated[
        Path | None, option("--panel", "FICHIER", "Tableau des sites : .html, .pdf, .xlsx…")
    ] = None,
    map: Annotated[  # noqa: A002 - the option's own name
        Path | None, option("--map", "FICHIER", "Carte de --indicator : .html, .svg, .png…")
    ] = None,
    indicator: Annotated[
        str, option("--indicator", "CODE", "Indicateur du tableau, de la carte, de l’atlas.")
    ] = "",
    audience: Annotated[
        str, option("--audience", "CERCLE", "Pour qui : interne, partenaires ou public.")
    ] = "interne",
) -> None:
    """Réunit les paquets de plusieurs observatoires, et dit ce qui s’y contredit ou s’y dévoile."""
    import observatoire
    from observatoire.exchange.publication.figures import table_bytes
    from observatoire.pages.sheet import require_apart, write_together, writer_of

    if output.suffix.lower() != ".csv":
        raise FormatError(
            f"On écrit la fédération en .csv, non en « {output.suffix} ».",
            where=str(output),
            remedy="Donnez un nom en .csv ; --annex, --atlas, --panel et --map écrivent les autres formes.",
        )
    # The quickest first: what cannot be shown is said before the long ones are made.
    pages = {"map": map, "panel": panel, "inventory": inventory, "atlas": atlas, "annex": annex}
    asked = {name: path for name, path in pages.items() if path is not None}
    for name, path in asked.items():
        writer_of(path, _FORMS.get(name))  # refused before the work, not after
    require_apart([output, *asked.values()])
    if map is not None and not indicator:
        raise UnknownNameError(
            "De quel indicateur faut-il la carte ?", remedy="Ajoutez --indicator CODE."
        )
    with step("Fédération"):
        together = observatoire.federate(packages, audience=cast("Audience", audience))
        answers, given_away = together.values(), together.audit()
        with tempfile.TemporaryDirectory() as shelf:
            made = _page_writers(together, asked, indicator, Path(shelf))
            table = table_bytes(answers)
            write_together({**made, output: lambda draft: draft.write_bytes(table)})
    _say_findings(together, given_away)
    common = plural(len(together.common()), "indicateur commun", "indicateurs communs")
    say(
        f"{plural(len(together.observatories), 'observatoire')}, "
        f"{plural(len(answers), 'question')}, {common} : {output}"
    )
    for path in asked.values():
        say(f"Écrit : {path}")
    if not given_away.empty:
        raise typer.Exit(2)


#: The forms of the pages that have not all of them.
_FORMS = {"annex": (".html", ".pdf", ".docx", ".xlsx"), "atlas": (".html",)}


def _page_writers(
    together: Federation, asked: Mapping[str, Path], indicator: str, shelf: Path
) -> dict[Path, Callable[[Path], object]]:
    """Return what writes the pages of a federation that are asked for, by where they go."""
    codes = [indicator] if indicator else []
    pages: Mapping[str, Callable[[Path], object]] = {
        "map": lambda path: together.map(indicator).save(path),
        "panel": lambda path: together.panel(indicators=codes).save(path),
        "inventory": lambda path: together.inventory_page().save(path),
        "atlas": lambda path: together.atlas(path, indicators=codes),
        "annex": together.annex,
    }
    return {path: partial(_moved, pages[name], shelf / path.name) for name, path in asked.items()}


def _moved(write: Callable[[Path], object], made: Path, draft: Path) -> None:
    """Write a page under its own name, which says its form, then where it waits for the others."""
    write(made)
    shutil.move(made, draft)


def _say_findings(together: Federation, given_away: pd.DataFrame) -> None:
    """Say who is refused, what differs, and what the packages give away together."""
    conflicts = together.conflicts()
    for warning in together.warnings:
        say(warning)
    show_frame("Paquets refusés", together.rejected(), ["place", "reason"], reason="Pourquoi")
    differing = conflicts[conflicts["explique"].isin(("non", "inconnu"))]
    columns = ["nom", "indicateur", "periode", "observatoire_a", "observatoire_b", "motif"]
    show_frame("Même question, réponses différentes", differing, columns)
    columns = ["observatoire", "nom", "indicateur", "periode", "retrouve_par", "a_retirer"]
    show_frame("Effectifs que les paquets dévoilent ensemble", given_away, columns)
