"""Commands that write a page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

from observatoire.cli.console import (
    Output,
    Period,
    Precision,
    Workspace,
    argument,
    command,
    opened,
    say,
    show,
    step,
    written_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from observatoire.observatory.observatory import Observatory
    from observatoire.pages.sheet import Sheet


def _chosen(precision: str) -> Literal["declared", "all", "none"]:
    # The library itself refuses any other word, with those it knows.
    return cast("Literal['declared', 'all', 'none']", precision)


def _saved(
    workspace: Path,
    label: str,
    output: Path | None,
    name: str | Callable[[Sheet], str],
    make: Callable[[Observatory], Sheet],
) -> None:
    """Make a page and save it, under the name given or in the folder of what is made."""
    start = time.monotonic()
    with opened(workspace) as o, step(label):
        sheet = make(o)
        named = name if isinstance(name, str) else name(sheet)
        written = sheet.save(output or o.workspace.processed / f"{named}.html")
    written_in(written, start)


@command()
def panel(
    theme: Annotated[str, argument("THEME", "Thématique : population, emploi, habitat…")],
    workspace: Workspace = Path(),
    period: Period = None,
    output: Output = None,
) -> None:
    """Écrit le tableau de bord d’une thématique (.html, .pdf, .svg, .png, .xlsx, .docx)."""
    _saved(
        workspace, "Tableau de bord", output, f"tableau-{theme}", lambda o: o.panel(theme, period)
    )


@command(name="map")
def draw(
    indicator: Annotated[
        str,
        argument("INDICATEUR", "Code de l’indicateur, par exemple part_hlm."),
    ],
    workspace: Workspace = Path(),
    period: Period = None,
    output: Output = None,
) -> None:
    """Écrit la carte d’un indicateur : taux en couleurs, effectifs en cercles."""
    _saved(workspace, "Carte", output, f"carte-{indicator}", lambda o: o.map(indicator, period))


@command()
def profile(
    territory: Annotated[str, argument("TERRITOIRE", "Code ou nom du territoire.")],
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Écrit la fiche d’un territoire, désigné par son code ou son nom."""
    _saved(
        workspace,
        "Fiche",
        output,
        lambda sheet: f"fiche-{sheet.table.main['territory'].iloc[0]}",
        lambda o: o.profile(territory),
    )


@command()
def evaluate(
    start: Annotated[
        str | None,
        argument("DEBUT", "Période de départ ; la première chargée par défaut."),
    ] = None,
    end: Annotated[
        str | None,
        argument("FIN", "Période d’arrivée ; la dernière chargée par défaut."),
    ] = None,
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Évalue le contrat : objectifs, écarts, programmation, ce qui manque."""
    name = "-".join(["evaluation", *filter(None, (start, end))])
    _saved(workspace, "Évaluation", output, name, lambda o: o.evaluate(start, end))


@command()
def watch(workspace: Workspace = Path(), output: Output = None) -> None:
    """Dit les seuils de watch.toml franchis ou à confirmer, et les notes publiques."""
    from observatoire.pages.blocks import Paragraph, TableBlock

    begun = time.monotonic()
    with opened(workspace) as o, step("Veille"):
        sheet = o.watch()
        written = sheet.save(output) if output else None
    for block in sheet.page.blocks:
        if isinstance(block, TableBlock):
            columns = [block.head, *(column.label for column in block.columns)]
            rows = [[row.label, *(c.text for c in row.cells)] for row in block.rows]
            show(block.title, columns, rows)
        elif isinstance(block, Paragraph):
            say(block.text)
    if written:
        written_in(written, begun)


@command()
def trend(
    indicator: Annotated[str, argument("INDICATEUR", "Indicateur, par exemple part_hlm.")],
    start: Annotated[str, argument("DEBUT", "Période de départ.")],
    end: Annotated[str, argument("FIN", "Période d’arrivée.")],
    precision: Precision = "declared",
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Compare deux périodes d’une même série : évolutions, intervalles et verdicts."""
    name = f"evolution-{indicator}-{start}-{end}"
    _saved(
        workspace,
        "Évolution",
        output,
        name,
        lambda o: o.trend(indicator, start, end, precision=_chosen(precision)),
    )


@command()
def inequality(
    indicator: Annotated[str, argument("INDICATEUR", "Taux, par exemple part_hlm.")],
    period: Period = None,
    precision: Precision = "declared",
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Mesure les inégalités entre territoires : rangs avec leur intervalle, dissimilarité."""
    name = f"inegalites-{indicator}"
    _saved(
        workspace,
        "Inégalités",
        output,
        name,
        lambda o: o.inequality(indicator, period, precision=_chosen(precision)),
    )
