"""Compose the annex: cover, what to retain, indicators, evaluation, profiles, holes, method."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.annex.completeness import completeness_blocks
from observatoire.annex.findings import in_short, retain_blocks
from observatoire.annex.indicator_pages import kept_notes, key_figures, theme_blocks
from observatoire.annex.method import checked_blocks, method_blocks
from observatoire.annex.objectives import evaluation_chapter
from observatoire.annex.revisions import revision_blocks
from observatoire.annex.workbook import sheets
from observatoire.french.typography import NO_BREAK, day, plural
from observatoire.indicators.computation.table import modelled
from observatoire.maps import MapStyle, map_figure
from observatoire.pages.blocks import (
    Block,
    Callout,
    Facts,
    Heading,
    Note,
    Page,
    PageBreak,
    Paragraph,
    Row,
    TableBlock,
)
from observatoire.pages.notes import schematic_warning
from observatoire.panels.drawings.ranked import evolution_figure
from observatoire.panels.drawings.tartan import tartan_figures
from observatoire.panels.evaluation import UNJUDGED_TITLE
from observatoire.panels.identities import shared_names
from observatoire.panels.panel import MOST_COLUMNS, panel_blocks
from observatoire.panels.profile import (
    Entry,
    entries,
    headed_entries,
    in_short_form,
)
from observatoire.secrecy.release.agreements import require_audience
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from observatoire.annex.content import AnnexContent


#: A profile of so few figures shares its page.
_FEW_ROWS = 4

#: How to read the picture of a cover.
_SIGNS = (
    "▲▲ ▼▼ au-dessus ou au-dessous de la commune, sûr à 99,8 % ; ▲ ▼ à 95 % ; ● pas de différence sûre ; "
    "e : estimé ; n.d. : non disponible."
)


def annex_page(content: AnnexContent, *, pages: bool = True, workbook: bool = True) -> Page:
    """Return the annex as a page.

    Parameters
    ----------
    content : AnnexContent
        What to show; only a protected table gets in.
    pages, workbook : bool
        With what is read from top to bottom, which a workbook does not hold; with the sheets of a
        workbook, which no other form holds.
    """
    admit(content.table)
    require_audience(content.table, content.audience)
    chapters = (_cover, *(_CHAPTERS[chapter] for chapter in content.choice.chapters))
    blocks = [block for chapter in chapters if pages for block in chapter(content)]
    here = content.table.words.here
    total = content.table.main["territory"].nunique()
    count = plural(total, here.singular, here.many)
    watched = here.agree("observé", several=total > 1)
    part = f" ({content.scope.label})" if content.scope.label else ""
    return Page(
        title=content.choice.title or content.name,
        subtitle=f"{content.subject}{NO_BREAK}: annexe statistique des {count} {watched}{part}",
        blocks=tuple(blocks),
        date=f"Chiffres au {day(content.day)}",
        day=content.day,
        place=" · ".join(text for text in (content.centre, content.place) if text),
        cover=True,
        sheets=sheets(content) if workbook else (),
    )


def _cover(content: AnnexContent) -> list[Block]:
    """Lay out the cover: logo, main figures, findings, one picture of equal squares; the foreword after it."""
    blocks: list[Block] = [content.logo] if content.logo else []
    blocks.append(key_figures(content))
    facts = in_short(content.table, list(content.findings.values()), content.found)
    blocks.append(Facts(facts, kind="findings"))
    rates = [c for c in content.chosen if not content.table.indicator(c).nature.additive]
    shown = sorted(
        rates, key=lambda c: content.findings[c].weight if c in content.findings else (0, 0.0)
    )
    if shown and content.base_map.shapes.notna().any():
        style = MapStyle(kind="tiles", ranked=False)
        made = map_figure(
            content.table, shown[-1], content.base_map, content.communes, style=style, warn=False
        )
        noted = (Note("Signes", _SIGNS), *kept_notes(made.notes)[-1:])
        blocks.append(replace(made, notes=noted))
    if content.choice.foreword:
        blocks.append(Heading("Avant-propos", 1, "avant-propos"))
        blocks += [Paragraph(text) for text in content.choice.foreword]
    return blocks


def _retain(content: AnnexContent) -> list[Block]:
    found = list(content.findings.values())
    blocks = retain_blocks(content.table, content.themes, found, _warnings(content))
    return [*blocks, *(revision_blocks(content.changed) if content.changed else [])]


def _warnings(content: AnnexContent) -> Callout:
    items = [*content.table.warnings]
    if not content.base_map.official:
        items.append(schematic_warning(content.base_map.drawn))
    words = content.table.words
    if words.parts and (content.table.main["status"] == str(Status.CONTEXT)).any():
        parts, here = words.parts, words.here
        guessed = "estimés par un modèle (e), " if modelled(content.table.main).any() else ""
        items.append(
            f"Les chiffres d’{here.one} qui n’est qu’une partie d’{parts.one} sont {guessed}connus entre deux "
            f"bornes, ou donnés pour {parts.the} {parts.agree('entier')}, entre parenthèses : ceux-ci ne "
            f"décrivent pas {here.the} {here.agree('seul')}."
        )
    return Callout("À lire avant les chiffres", tuple(items))


def _tartan(content: AnnexContent) -> list[Block]:
    """Lay out every indicator of the profiles and pages by every territory, a picture a commune."""
    kept = {code for theme in content.themes for code in theme.profile} | set(content.chosen)
    themes = {
        theme.label: [
            one.code
            for one in content.catalogue.of_theme(theme.code)
            if one.code in kept and not one.nature.additive
        ]
        for theme in content.themes
    }
    made = tartan_figures(content.profiles.bearings, content.profiles.identities, themes)
    if not made:
        return []
    blocks: list[Block] = [Heading("D’un coup d’œil", 1, "tartan")]
    for rank, figure in enumerate(made):
        blocks += [PageBreak()] if rank else []
        blocks.append(replace(figure, notes=kept_notes(figure.notes) if rank == 0 else ()))
    return blocks


def _themes(content: AnnexContent) -> list[Block]:
    """Lay out the indicators chosen, then the tables: of those on profiles, or of the whole catalogue."""
    return [*theme_blocks(content), *_tables(content)]


def _tables(content: AnnexContent) -> list[Block]:
    """Lay out the tables: those of the indicators chosen, or of the whole catalogue."""
    here = content.table.words.here
    blocks: list[Block] = [Heading(f"Tableaux par {here.singular}", 1, "tableaux")]
    if content.choice.length == "court":
        counts = [c for theme in content.themes for c in theme.maps if c not in content.chosen]
        table = content.table.select([*content.chosen, *counts][:MOST_COLUMNS])
        made = panel_blocks(table, content.communes, None, content.foot)
        # What lacks is named once, among the holes.
        return [
            *blocks,
            *(_behind(b) for b in made if isinstance(b, TableBlock) and b.kind == "figures"),
        ]
    for theme in content.themes:
        codes = [
            one.code
            for one in content.catalogue.of_theme(theme.code)
            if one.code in content.table.indicators
        ]
        made = panel_blocks(content.table.select(codes), content.communes, theme, content.foot)
        blocks += map(_behind, made)
    return blocks


def _behind(block: Block) -> Block:
    if not isinstance(block, TableBlock):
        return block
    return replace(block, notes=kept_notes(block.notes), folded=True)


def _evaluation(content: AnnexContent) -> list[Block]:
    if content.found is None:
        return []
    names = shared_names(content.profiles.identities)
    moved = content.found.gaps.loc[content.found.gaps["change"].notna(), "indicator"].unique()
    slopes = [evolution_figure(content.profiles.bearings, str(code), names) for code in moved]
    drawn = [replace(each, notes=kept_notes(each.notes)) for each in slopes if each]
    made = content.evaluation(content.found)
    if content.choice.length == "court":
        made = [_without_absences(block) for block in made]
    if content.choice.length == "court" and drawn:
        titles = {one.title for one in _of_gaps(content, made)}
        made = [b for b in made if not (isinstance(b, TableBlock) and b.title in titles)]
    return evaluation_chapter(content.found, content.table, made, drawn)


def _without_absences(block: Block) -> Block:
    """Leave to the workbook the indicators whose figures lack at a date: the holes have their chapter."""
    if not isinstance(block, TableBlock) or block.title != UNJUDGED_TITLE:
        return block
    kept = tuple(row for row in block.rows if not _is_absence(row))
    if len(kept) == len(block.rows):
        return block
    elsewhere = (
        "Les indicateurs dont un chiffre manque à l’une des dates, ou qui n’ont pas deux dates, "
        "sont au classeur et à l’annexe longue."
    )
    if not kept:
        return Paragraph(elsewhere)
    return replace(block, rows=kept, notes=(*block.notes, Note("Ailleurs", elsewhere)))


#: How the reasons begin of what lacks a figure, rather than a verdict.
_ABSENCES = ("Pas de chiffre", "Aucun chiffre", "Un seul millésime")


def _is_absence(row: Row) -> bool:
    reason = row.cells[0].text
    return reason.startswith(_ABSENCES) and "secret" not in reason


def _of_gaps(content: AnnexContent, made: Sequence[Block]) -> list[TableBlock]:
    """Return the tables of an indicator's gaps, that its slopes show too."""
    labels = tuple(one.label for one in content.table.indicators.values())
    return [b for b in made if isinstance(b, TableBlock) and b.title.startswith(labels)]


def _profiles(content: AnnexContent) -> list[Block]:
    """Lay out the profiles, those of one source together; the first stands under the title."""
    found = [_said_once(entry) for entry in entries(content.profiles)]
    if content.choice.length == "court":
        found = [in_short_form(entry, content.chosen) for entry in found]
    found = [replace(each, short=each.short or len(each.rows) <= _FEW_ROWS) for each in found]
    here = content.table.words.here
    made = headed_entries(found, content.local)
    return [Heading(f"Fiches des {here.many}", 1, "fiches"), *made] if found else []


def _said_once(entry: Entry) -> Entry:
    """Leave to the profile its reading example: its universe, sources and signs are in the method."""
    blocks = (
        replace(b, notes=tuple(note for note in b.notes if note.label == "Lecture"))
        if isinstance(b, Facts)
        else b
        for b in entry.blocks
    )
    return replace(entry, blocks=tuple(blocks))


def _holes(content: AnnexContent) -> list[Block]:
    return completeness_blocks(content.table, named=content.choice.length != "court")


def _method(content: AnnexContent) -> list[Block]:
    checked = checked_blocks(content.checked) if content.checked is not None else []
    return [*method_blocks(content.table, content.done), *checked]


_CHAPTERS: dict[str, Callable[[AnnexContent], list[Block]]] = {
    "retain": _retain,
    "tartan": _tartan,
    "themes": _themes,
    "evaluation": _evaluation,
    "profiles": _profiles,
    "holes": _holes,
    "method": _method,
}
