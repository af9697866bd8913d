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
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.annex.findings import Finding
    from observatoire.indicators.definitions.catalogue import Catalogue, Theme
    from observatoire.maps import BaseMap
    from observatoire.pages.blocks import Note
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: The notes kept under a picture; the others are said once, in the method.
KEPT_NOTES = ("Lecture", "Classement", "Prix", "Champ", "Source", "Sans place sur la carte")


def chosen_indicators(
    table: ProtectedTable,
    catalogue: Catalogue,
    themes: Sequence[Theme],
    named: Sequence[str] = (),
    *,
    most: int = 0,
) -> list[str]:
    """Return the indicators that have a page: those named, else those that the catalogue maps.

    One of which no territory has its own figure has none: a map would show nothing of it.

    Parameters
    ----------
    table : ProtectedTable
        What is known.
    catalogue : Catalogue
        Refuses a name that it does not hold.
    themes : sequence of Theme
        The headings shown.
    named : sequence of str
        Those asked for.
    most : int
        How many a theme has at most, counts left out where it has rates; 0 for all.
    """
    cells = table.main
    own = cells["status"].isin(
        [str(s) for s in (Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED)]
    )
    known = set(cells.loc[own, "indicator"])
    if named:
        codes = [catalogue.get(code).code for code in named]
        shown = {theme.code for theme in themes}
        return [c for c in codes if c in known and catalogue.get(c).theme in shown]
    return [
        code
        for theme in themes
        for code in _first([c for c in theme.maps if c in known], catalogue, most)
    ]


def _first(codes: list[str], catalogue: Catalogue, most: int) -> list[str]:
    if not most:
        return codes
    rates = [code for code in codes if not catalogue.get(code).nature.additive]
    return (rates or codes)[:most]


def key_figures(
    table: ProtectedTable,
    themes: Sequence[Theme],
    chosen: Sequence[str],
    found: Mapping[str, Finding],
) -> TableBlock:
    """Lay out the main figures of each theme, with how many are known and what is sure of them.

    Parameters
    ----------
    table : ProtectedTable
        Their figures.
    themes : sequence of Theme
        In order; one without an indicator chosen gives what it says most surely, or says that it has none.
    chosen : sequence of str
        Which indicators.
    found : mapping
        What each says.
    """
    here = table.words.here
    shown = {theme: _of_theme(theme, chosen, found) for theme in themes}
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


def _of_theme(theme: Theme, chosen: Sequence[str], found: Mapping[str, Finding]) -> list[Finding]:
    mine = [one for one in found.values() if one.indicator.theme == theme.code]
    mapped = [one for one in mine if one.indicator.code in chosen]
    return (
        sorted(mapped, key=lambda one: chosen.index(one.indicator.code))
        or sorted(mine, key=lambda one: one.weight, reverse=True)[:1]
    )


def _key_row(one: Finding, names: Sequence[str]) -> Row:
    unit = ", ".join(text for text in (one.indicator.unit, one.period) if text)
    others = (one.references.get(name, "n.d.").replace(" (estimé)", f"{NARROW}e") for name in names)
    cells = (*others, one.span, one.known, one.sure)
    return text_row(f"{one.indicator.short} ({unit})", *cells)


def theme_blocks(
    table: ProtectedTable,
    themes: Sequence[Theme],
    chosen: Sequence[str],
    found: Mapping[str, Finding],
    ground: BaseMap,
    communes: Mapping[str, str],
) -> list[Block]:
    """Lay out the indicators chosen, a page each, under their themes.

    Parameters
    ----------
    table : ProtectedTable
        Their figures.
    themes : sequence of Theme
        In order.
    chosen : sequence of str
        Which indicators.
    found : mapping
        What each says.
    ground, communes
        What maps lie on, and the commune of each territory.
    """
    blocks: list[Block] = []
    for theme in themes:
        codes = [code for code in chosen if table.indicator(code).theme == theme.code]
        for rank, code in enumerate(codes):
            if rank:
                blocks.append(PageBreak())
            else:
                blocks.append(Heading(theme.label, 1, f"theme-{theme.code}"))
                blocks += [Paragraph(theme.lead)] if theme.lead else []
            blocks += _page(table, code, found, ground, communes)
    return blocks


def _page(
    table: ProtectedTable,
    code: str,
    found: Mapping[str, Finding],
    ground: BaseMap,
    communes: Mapping[str, str],
) -> list[Block]:
    cells = table.main[table.main["indicator"] == code]
    period = str(cells["period"].iloc[0]) if len(cells) else ""
    title = title_of(table.indicator(code), period)
    blocks: list[Block] = [Heading(title, 2, f"indicateur-{code}")]
    if code in found:
        blocks.append(Paragraph(f"{found[code].sentence} {found[code].first}".strip()))
    if ground.shapes.notna().any():
        figure = map_figure(table, code, ground, communes, style=MapStyle(kind="both"), warn=False)
        blocks.append(replace(figure, title="", notes=kept_notes(figure.notes)))
    return blocks


def kept_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes that stay beside a picture or a table; each of the others is said once."""
    return tuple(note for note in notes if note.label in KEPT_NOTES)
