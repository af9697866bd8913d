"""Put one panel, one map or one profile on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK
from observatoire.pages.blocks import Block, Callout, Figure, Page
from observatoire.pages.sheet import Sheet
from observatoire.panels.panel import panel_blocks
from observatoire.panels.profile import TerritoryIdentity, profile_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Theme
    from observatoire.secrecy.release.protected_table import ProtectedTable


def panel_page(
    table: ProtectedTable,
    communes: Mapping[str, str],
    theme: Theme | None,
    date: str,
    place: str,
    foot: Sequence[str] | None = None,
) -> Sheet:
    """Return the page of a thematic panel; ``foot`` names the zonings shown below the rows."""
    title = theme.label if theme else "Tableau de bord"
    blocks = panel_blocks(table, communes, theme, foot)
    page = Page(title, table.zoning_label, tuple(blocks), date, place)
    return Sheet(page, table)


def figure_page(table: ProtectedTable, figure: Figure, date: str, place: str) -> Sheet:
    """Return the page of one map; its title is the figure's own."""
    untitled = Figure(figure.svg, "", figure.alternative, figure.notes, figure.width)
    return Sheet(Page(figure.title, table.zoning_label, (untitled,), date, place), table)


def profile_page(
    table: ProtectedTable,
    identity: TerritoryIdentity,
    themes: Sequence[Theme],
    against: Sequence[tuple[str, str, str]],
    locator: Figure | None,
    date: str,
    local: Sequence[Block] = (),
    place: str = "",
) -> Sheet:
    """Return the page of one territory; ``local`` is what is watched, written and done there."""
    blocks: list[Block] = profile_blocks(table, identity, themes, against, locator, warn=False)
    blocks += local
    blocks.append(Callout("À savoir", table.warnings))
    title = f"Fiche {table.words.here.singular}{NO_BREAK}: {identity.name}"
    return Sheet(Page(title, identity.commune_name, tuple(blocks), date, place), table)
