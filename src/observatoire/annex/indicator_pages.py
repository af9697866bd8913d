"""The indicators chosen: their figures in a table, then a page each, its map, tiles and ranks in one picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, capital
from observatoire.maps import MapStyle, map_figure
from observatoire.maps.figure import title_of
from observatoire.maps.layout import MOST_FRAMES
from observatoire.pages.blocks import (
    Block,
    Heading,
    PageBreak,
    Paragraph,
    Row,
    TableBlock,
    heads,
    text_row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.annex.content import AnnexContent
    from observatoire.annex.findings import Finding
    from observatoire.indicators.definitions.catalogue import Theme
    from observatoire.pages.blocks import Note

#: The notes kept under a picture; the others are said once, in the method.
KEPT_NOTES = ("Lecture", "Classement", "Prix", "Champ", "Source", "Sans place sur la carte")


def key_figures(content: AnnexContent) -> TableBlock:
    """Lay out the main figures of each theme, with how many are known and what is sure of them.

    A theme without an indicator chosen gives what it says most surely, or says that it has none.
    """
    here = content.table.words.here
    shown = {theme: _of_theme(theme, content) for theme in content.themes}
    names = list(
        dict.fromkeys(name for some in shown.values() for f in some for name in f.references)
    )
    names = names if len(names) <= MOST_FRAMES else []
    columns = (*names, capital(here.many), "Connus", "Par rapport à la commune")
    rows = []
    for theme, some in shown.items():
        rows += [_key_row(one, names) for one in some]
        if not some:
            dashes = [""] * (len(columns) - 1)
            rows.append(text_row(theme.label, *dashes, f"aucun taux propre {here.to_the}"))
    widths = (3.3, *(1.35 for _ in names), 1.5, 2.0, 3.1)
    return TableBlock(
        "Les chiffres des thématiques",
        "Indicateur",
        heads(*columns),
        tuple(rows),
        kind="texts",
        widths=widths,
    )


def _of_theme(theme: Theme, content: AnnexContent) -> list[Finding]:
    mine = [one for one in content.findings.values() if one.indicator.theme == theme.code]
    mapped = [one for one in mine if one.indicator.code in content.chosen]
    return (
        sorted(mapped, key=lambda one: content.chosen.index(one.indicator.code))
        or sorted(mine, key=lambda one: one.weight, reverse=True)[:1]
    )


def _key_row(one: Finding, names: Sequence[str]) -> Row:
    unit = ", ".join(text for text in (one.indicator.unit, one.period) if text)
    others = (one.references.get(name, "n.d.").replace(" (estimé)", f"{NARROW}e") for name in names)
    cells = (*others, one.span, one.known, one.sure)
    return text_row(f"{one.indicator.short} ({unit})", *cells)


def theme_blocks(content: AnnexContent) -> list[Block]:
    """Lay out the indicators chosen, a page each, under their themes."""
    blocks: list[Block] = []
    for theme in content.themes:
        codes = [c for c in content.chosen if content.table.indicator(c).theme == theme.code]
        for rank, code in enumerate(codes):
            if rank:
                blocks.append(PageBreak())
            else:
                blocks.append(Heading(theme.label, 1, f"theme-{theme.code}"))
                blocks += [Paragraph(theme.lead)] if theme.lead else []
            blocks += _page(content, code)
    return blocks


def _page(content: AnnexContent, code: str) -> list[Block]:
    table, ground, found = content.table, content.base_map, content.findings.get(code)
    cells = table.main[table.main["indicator"] == code]
    period = str(cells["period"].iloc[0]) if len(cells) else ""
    title = title_of(table.indicator(code), period)
    blocks: list[Block] = [Heading(title, 2, f"indicateur-{code}")]
    if found:
        blocks.append(Paragraph(f"{found.sentence} {found.first}".strip()))
    if ground.shapes.notna().any():
        style = MapStyle(kind="both")
        figure = map_figure(table, code, ground, content.communes, style=style, warn=False)
        blocks.append(replace(figure, title="", notes=kept_notes(figure.notes)))
    return blocks


def kept_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes that stay beside a picture or a table; each of the others is said once."""
    return tuple(note for note in notes if note.label in KEPT_NOTES)
