"""Compose the annex: cover, method, headings with panels and maps, profiles, holes, sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from observatoire.annex.checks import checked_blocks
from observatoire.annex.completeness import completeness_blocks
from observatoire.annex.method import method_blocks
from observatoire.french.typography import NO_BREAK, plural
from observatoire.maps import BaseMap, map_figure
from observatoire.maps.locator import locator_figure
from observatoire.pages.blocks import (
    Block,
    Callout,
    Column,
    Heading,
    Page,
    PageBreak,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.pages.notes import schematic_warning
from observatoire.panels.panel import panel_blocks
from observatoire.panels.profile import TerritoryIdentity, profile_blocks
from observatoire.secrecy.release.agreements import require_audience
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Catalogue, Theme
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True)
class AnnexContent:
    """All that the annex is made of: one protected table and what describes it."""

    name: str
    subject: str
    place: str
    centre: str
    date: str
    table: ProtectedTable
    catalogue: Catalogue
    base_map: BaseMap
    communes: Mapping[str, str]
    identities: Sequence[TerritoryIdentity]
    panel: Sequence[str]
    against: Mapping[str, Sequence[tuple[str, str, str]]]
    sources: Sequence[Mapping[str, Any]]
    evaluation: Sequence[Block] = ()
    local: Callable[[str], Sequence[Block]] = lambda _: ()
    checked: pd.DataFrame | None = None
    audience: str = "public"
    credits: str = ""


def annex_page(content: AnnexContent) -> Page:
    """Return the annex as a page.

    Parameters
    ----------
    content : AnnexContent
        What to show; only a protected table gets in.
    """
    admit(content.table)
    require_audience(content.table, content.audience)
    blocks: list[Block] = [_warnings(content)]
    blocks += method_blocks(content.table)
    for theme in content.catalogue.themes.values():
        blocks += _theme_blocks(content, theme)
    blocks += _evaluation(content)
    blocks += _profiles(content)
    blocks += completeness_blocks(content.table)
    if content.checked is not None:
        blocks += checked_blocks(content.checked)
    blocks += _sources(content)
    here = content.table.words.here
    count = plural(len(content.identities), here.singular, here.many)
    watched = here.agree("observé", several=len(content.identities) > 1)
    return Page(
        title=content.name,
        subtitle=f"{content.subject}{NO_BREAK}: annexe statistique des {count} {watched}",
        blocks=tuple(blocks),
        date=content.date,
        place=" · ".join(text for text in (content.centre, content.place) if text),
        cover=True,
    )


def _warnings(content: AnnexContent) -> Callout:
    items = [*content.table.warnings]
    if not content.base_map.official:
        items.append(schematic_warning(content.base_map.drawn))
    words = content.table.words
    if words.parts and (content.table.main["status"] == str(Status.CONTEXT)).any():
        parts, here = words.parts, words.here
        items.append(
            f"Les chiffres d’{here.one} qui n’est qu’une partie d’{parts.one} sont encadrés ou "
            f"donnés pour {parts.the} {parts.agree('entier')}, entre parenthèses : ils ne décrivent "
            f"pas {here.the} {here.agree('seul')}."
        )
    return Callout("À lire avant les chiffres", tuple(items))


def _theme_blocks(content: AnnexContent, theme: Theme) -> list[Block]:
    codes = [indicator.code for indicator in content.catalogue.of_theme(theme.code)]
    table = content.table.select(codes)
    blocks: list[Block] = [Heading(theme.label, 1, f"theme-{theme.code}"), Paragraph(theme.lead)]
    blocks += panel_blocks(table, content.communes, theme, content.panel)
    cells = table.main
    known = set(cells.loc[cells["status"] != str(Status.MISSING), "indicator"])
    if not content.base_map.shapes.notna().any():
        known = set()
    blocks += [
        map_figure(table, code, content.base_map, content.communes)
        for code in theme.maps
        if code in known  # a map where nothing is known would show nothing
    ]
    return blocks


def _evaluation(content: AnnexContent) -> list[Block]:
    if not content.evaluation:
        return []
    lead = (
        "Ce que le contrat visait, ce que les chiffres permettent d’en dire, ce qui manque et à qui le "
        "demander ; puis ce qui a été programmé."
    )
    return [Heading("Évaluation", 1, "evaluation"), Paragraph(lead), *content.evaluation]


def _profiles(content: AnnexContent) -> list[Block]:
    blocks: list[Block] = [
        Heading(f"Fiches des {content.table.words.here.many}", 1, "fiches"),
        Paragraph(
            f"Une page par {content.table.words.here.singular} : ce que l’on en sait, à côté de ce à "
            "quoi on compare. Signes et méthode : voir plus haut."
        ),
    ]
    codes = [code for theme in content.catalogue.themes.values() for code in theme.profile]
    themes = list(content.catalogue.themes.values())
    for rank, identity in enumerate(content.identities):
        if rank:
            blocks.append(PageBreak())
        blocks.append(
            Heading(f"{identity.name} ({identity.commune_name})", 2, f"fiche-{identity.code}")
        )
        table = content.table.select(codes, [identity.code])
        against = content.against.get(identity.code, ())
        where = locator_figure(identity.code, identity.name, content.base_map)
        blocks += profile_blocks(table, identity, themes, against, where)
        blocks += content.local(identity.code)
    return blocks


def _sources(content: AnnexContent) -> list[Block]:
    rows = [
        Row(
            str(source["title"]),
            (
                TextCell(str(source["producer"])),
                TextCell(str(source["licence"])),
                TextCell(str(source["rule"]) or "—"),
                TextCell(
                    f"{plural(int(source['rows_read']), 'ligne lue', 'lignes lues')}, "
                    f"{plural(int(source['rows_kept']), 'gardée')}, "
                    f"{plural(int(source['rows_rejected']), 'rejetée')}"
                ),
                TextCell(str(source["files"])),
            ),
        )
        for source in content.sources
    ]
    return [
        Heading("Sources", 1, "sources"),
        TableBlock(
            title="Sources chargées, licences et empreintes des fichiers",
            head="Source",
            columns=(
                Column("Producteur"),
                Column("Licence"),
                Column("Règle de secret"),
                Column("Lignes"),
                Column("Fichiers (SHA-256)"),
            ),
            rows=tuple(rows),
            kind="texts",
        ),
        *([Paragraph(content.credits)] if content.credits else []),
    ]
