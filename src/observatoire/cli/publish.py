"""Commands that give figures away, and the audit before them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from observatoire.cli.console import (
    Workspace,
    argument,
    command,
    opened,
    option,
    say,
    show,
    step,
    written_in,
)
from observatoire.errors import FormatError

if TYPE_CHECKING:
    from observatoire.observatory.session import Audience


@command()
def audit(workspace: Workspace = Path()) -> None:
    """Dit ce qu’un curieux pourrait encore calculer des effectifs masqués, et par quelles sommes."""
    with opened(workspace) as o, step("Audit"):
        report = o.audit()
    from observatoire.secrecy.release.audit_report import sentences_of_audit

    for sentence in sentences_of_audit(report):
        say(sentence)
    if report.empty:
        return
    unsafe = report[~report["safe"]]
    show(
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
        argument("FICHIER", "Fichier à écrire : .html, .pdf, .docx ou .xlsx."),
    ] = None,
    workspace: Workspace = Path(),
) -> None:
    """Écrit l’annexe : thématiques, cartes, fiches, complétude, sources."""
    start = time.monotonic()
    with opened(workspace) as o, step("Annexe") as progress:
        written = o.annex(path, progress=progress)
    written_in(written, start)
    say(
        "Ensuite : relisez-la ; observatoire audit, puis observatoire publish DOSSIER pour la diffuser."
    )


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
    say("Ensuite : observatoire federate PAQUET… le réunit à ceux d’autres observatoires.")


@command()
def federate(
    packages: Annotated[
        list[str],
        argument("PAQUET", "Dossiers, .zip ou adresses de paquets ; ou un federation.toml."),
    ],
    output: Annotated[
        Path,
        option("--output -o", "FICHIER", "Fichier .csv des chiffres réunis, un par question."),
    ] = Path("federation.csv"),
    audience: Annotated[
        str, option("--audience", "CERCLE", "Pour qui : interne, partenaires ou public.")
    ] = "interne",
) -> None:
    """Réunit les paquets de plusieurs observatoires, et dit ce qui s’y contredit ou s’y dévoile."""
    import observatoire
    from observatoire.exchange.publication.figures import table_bytes
    from observatoire.french.typography import plural
    from observatoire.pages.sheet import cannot_write
    from observatoire.swap import new_file

    if output.suffix.lower() != ".csv":
        raise FormatError(
            f"On écrit la fédération en .csv, non en « {output.suffix} ».", where=str(output)
        )
    with step("Fédération"):
        together = observatoire.federate(packages, audience=cast("Audience", audience))
        answers, conflicts, given_away = together.values(), together.conflicts(), together.audit()
        try:
            with new_file(output) as draft:
                draft.write_bytes(table_bytes(answers))
        except OSError as error:
            raise cannot_write(output, error) from error
    for warning in together.warnings:
        say(warning)
    for title, heads, frame in (
        ("Paquets refusés", _REFUSED, together.rejected()),
        (
            "Même question, réponses différentes",
            _DIFFERING,
            conflicts[conflicts["explique"] == "non"],
        ),
        ("Effectifs que les paquets dévoilent ensemble", _GIVEN_AWAY, given_away),
    ):
        if not frame.empty:
            show(title, list(heads.values()), frame[list(heads)].astype(str).to_numpy().tolist())
    common = plural(len(together.common()), "indicateur commun", "indicateurs communs")
    say(
        f"{plural(len(together.observatories), 'observatoire')}, "
        f"{plural(len(answers), 'question')}, {common} : {output}"
    )
    if not given_away.empty:
        raise typer.Exit(2)


#: Columns of what a federation says, and their heads.
_REFUSED = {"place": "Où", "reason": "Pourquoi"}
_DIFFERING = {
    "nom": "Territoire",
    "indicateur": "Indicateur",
    "periode": "Période",
    "observatoire_a": "Selon",
    "observatoire_b": "Et selon",
    "motif": "Motif",
}
_GIVEN_AWAY = {
    "observatoire": "Masqué par",
    "nom": "Territoire",
    "indicateur": "Indicateur",
    "periode": "Période",
    "retrouve_par": "Se retrouve par",
    "a_retirer": "À retirer",
}
