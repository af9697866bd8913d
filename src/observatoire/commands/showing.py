"""Commands that write a page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from observatoire.commands.speaking import (
    Output,
    Period,
    Workspace,
    command,
    opened,
    out,
    show,
    step,
    written_in,
)


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
    with opened(workspace) as o, step("Tableau de bord"):
        path = output or o.workspace.processed / f"tableau-{theme}.html"
        written = o.panel(theme, period).save(path)
    written_in(written, start)


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
    with opened(workspace) as o, step("Carte"):
        path = output or o.workspace.processed / f"carte-{indicator}.html"
        written = o.map(indicator, period).save(path)
    written_in(written, start)


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
    with opened(workspace) as o, step("Fiche"):
        sheet = o.profile(territory)
        name = sheet.table.main["territory"].iloc[0]
        written = sheet.save(output or o.workspace.processed / f"fiche-{name}.html")
    written_in(written, start)


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
    with opened(workspace) as o, step("Évaluation"):
        sheet = o.evaluate(start, end)
        name = "-".join(["evaluation", *filter(None, (start, end))])
        written = sheet.save(output or o.workspace.processed / f"{name}.html")
    written_in(written, begun)


@command()
def watch(workspace: Workspace = Path(), output: Output = None) -> None:
    """Dit les seuils de watch.toml franchis ou à confirmer, et les notes publiques."""
    from observatoire.pages.blocks import Grid

    begun = time.monotonic()
    with opened(workspace) as o, step("Veille"):
        sheet = o.watch()
        written = sheet.save(output) if output else None
    for grid in (block for block in sheet.page.blocks if isinstance(block, Grid)):
        columns = [grid.head, *(column.label for column in grid.columns)]
        show(grid.title, columns, [[row.label, *(c.text for c in row.cells)] for row in grid.rows])
    if sheet.df.empty:
        out.print("Aucun seuil franchi.", highlight=False)
    if written:
        written_in(written, begun)


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
    with opened(workspace) as o, step("Évolution"):
        path = output or o.workspace.processed / f"evolution-{indicator}-{start}-{end}.html"
        written = o.trend(indicator, start, end).save(path)
    written_in(written, begun)


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
    with opened(workspace) as o, step("Inégalités"):
        path = output or o.workspace.processed / f"inegalites-{indicator}.html"
        written = o.inequality(indicator, period).save(path)
    written_in(written, begun)
