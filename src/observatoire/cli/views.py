"""Commands that write a page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from observatoire.cli.console import (
    ClassCount,
    Classes,
    Kind,
    Output,
    Period,
    Precision,
    Workspace,
    Zoning,
    argument,
    command,
    opened,
    option,
    say,
    show,
    step,
    written_in,
)
from observatoire.territories import simplify

if TYPE_CHECKING:
    from collections.abc import Callable

    from observatoire.observatory.observatory import Observatory
    from observatoire.pages.sheet import Sheet


# What takes one word of a few is given as it is written: the library itself refuses any other.


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
    theme: Annotated[
        str | None,
        argument(
            "THEME", "Thématique : population, emploi, habitat… ; toutes sans elle, selon --kind."
        ),
    ] = None,
    workspace: Workspace = Path(),
    period: Period = None,
    kind: Annotated[
        str, option("--kind", "FORME", "theme, tartan, compare, evolution ou completeness.")
    ] = "theme",
    output: Output = None,
) -> None:
    """Écrit le tableau de bord d’une thématique (.html, .pdf, .svg, .png, .xlsx, .docx)."""
    name = "-".join(["tableau" if kind == "theme" else kind, *([theme] if theme else [])])
    _saved(
        workspace,
        "Tableau de bord",
        output,
        name,
        lambda o: o.panel(theme, period, kind=cast("Any", kind)),
    )
    say(
        "Ensuite : observatoire map INDICATEUR, observatoire profile QUARTIER, ou observatoire annex."
    )


def _bounds(classes: str) -> str | list[float]:
    """Return the bounds that « 10,20,30 » declares, or the name of a method."""
    try:
        return [float(bound) for bound in classes.split(",")]
    except ValueError:
        return classes


@command(name="map")
def draw(  # noqa: PLR0913, PLR0917 - one option a choice of the reader
    indicator: Annotated[
        str,
        argument("INDICATEUR", "Code de l’indicateur, par exemple part_hlm."),
    ],
    workspace: Workspace = Path(),
    period: Period = None,
    zoning: Zoning = None,
    classes: Classes = "jenks",
    k: ClassCount = 4,
    colour: Annotated[
        str, option("--colour", "COULEUR", "value (la valeur) ou verdict (l’écart à la commune).")
    ] = "value",
    kind: Kind = "map",
    change: Annotated[
        tuple[str, str] | None, option("--change", "DEBUT FIN", "L’évolution entre deux périodes.")
    ] = None,
    output: Output = None,
) -> None:
    """Écrit la carte d’un indicateur : taux en couleurs, effectifs en cercles."""
    name = "-".join([f"carte-{indicator}", *(change or ())])
    _saved(
        workspace,
        "Carte",
        output,
        name,
        lambda o: o.map(
            indicator,
            period,
            zoning=zoning,
            classes=_bounds(classes),
            k=k,
            colour=cast("Any", colour),
            kind=cast("Any", kind),
            change=change,
        ),
    )


@command()
def maps(
    indicator: Annotated[
        str,
        argument("INDICATEUR", "Code de l’indicateur, par exemple taux_pauvrete."),
    ],
    periods: Annotated[list[str], argument("PERIODE…", "Deux périodes d’une même série, ou plus.")],
    workspace: Workspace = Path(),
    zoning: Zoning = None,
    classes: Classes = "jenks",
    k: ClassCount = 4,
    kind: Kind = "map",
    output: Output = None,
) -> None:
    """Écrit les cartes d’un indicateur à plusieurs dates, côte à côte, sur les mêmes classes."""
    _saved(
        workspace,
        "Cartes",
        output,
        "-".join([f"cartes-{indicator}", *periods]),
        lambda o: o.maps(
            indicator,
            periods,
            zoning=zoning,
            classes=_bounds(classes),
            k=k,
            kind=cast("Any", kind),
        ),
    )


@command()
def profile(
    territory: Annotated[
        str | None,
        argument("TERRITOIRE", "Code ou nom du territoire ; toutes les fiches sans lui."),
    ] = None,
    workspace: Workspace = Path(),
    output: Output = None,
) -> None:
    """Écrit la fiche d’un territoire, désigné par son code ou son nom ; ou toutes."""
    _saved(
        workspace,
        "Fiche",
        output,
        f"fiche-{simplify(territory).replace(' ', '-')}" if territory else "fiches",
        lambda o: o.profile(territory) if territory else o.profiles(),
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
    """Dit les seuils de watch.toml dépassés ou à confirmer, et les notes publiques."""
    from observatoire.pages.blocks import Paragraph, TableBlock
    from observatoire.panels.watch import NOTHING_WATCHED

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
            if block.text == NOTHING_WATCHED:
                say("Pour en surveiller, déclarez-en dans watch.toml.")
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
        lambda o: o.trend(indicator, start, end, precision=cast("Any", precision)),
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
        lambda o: o.inequality(indicator, period, precision=cast("Any", precision)),
    )
