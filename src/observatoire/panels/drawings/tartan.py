"""The tartan: every indicator of every territory in one picture, each cell with its verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, capital, plural
from observatoire.maps.svg import (
    LEAST_TEXT,
    LETTER,
    WIDTH,
    drawing,
    fitted,
    in_lines,
    in_two,
    text,
    width_of,
)
from observatoire.pages.blocks import Column, Figure, Row, TableBlock, TextCell
from observatoire.pages.notes import source_notes
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.cells import ROW, bounds_in_lines, cell_keys, draw_cell
from observatoire.panels.drawings.shapes import NARROW_WIDTH, favoured, keyed
from observatoire.panels.drawings.strips import Strip, names_over, shared_out, strips_of
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.panels.drawings.bearings import Bearing, Bearings
    from observatoire.panels.identities import TerritoryIdentity

    #: Rows of the figures of a picture, by heading.
    _Rows = dict[str, list[list[Bearing]]]

#: As many columns as a page holds without shrinking their figures.
MOST_COLUMNS = 13

HEADING = 23.0

#: From one line of a name to the next.
_LINE = 15.0


@dataclass(frozen=True)
class _TartanLayout:
    """Where the columns are: right of the names, or under them on a telephone.

    ``label`` is where a year ends, ``other`` where the figure of the commune does, ``left`` where the columns
    begin, ``most`` how many a picture has; ``under`` tells whether figures stand under their name.
    """

    width: float
    label: float
    other: float
    left: float
    most: int
    under: bool = False

    @property
    def name(self) -> float:
        """Room of a name left of its year."""
        return self.label - 60

    @property
    def cell(self) -> float:
        """Room of a figure in a column as narrow as they are made."""
        return (self.width - self.left) / self.most - 12


_WIDE = _TartanLayout(WIDTH, 206.0, 254.0, 264.0, MOST_COLUMNS)
_NARROW = _TartanLayout(NARROW_WIDTH, NARROW_WIDTH - 60, NARROW_WIDTH, 0.0, 7, under=True)

#: Height of the rows of one picture: with its names, its keys and its notes, it stands on a page of A4.
_HIGHEST = 820.0

#: Room of a line of a name, written upwards.
_NAME_LINE = 15.0


def tartan_figures(
    bearings: Bearings,
    identities: Sequence[TerritoryIdentity],
    themes: Mapping[str, Sequence[str]],
) -> list[Figure]:
    """Return the tartan of each commune, in as many pictures as its territories need.

    Parameters
    ----------
    identities : sequence of TerritoryIdentity
        The territories; those that share one source share one column.
    themes : mapping
        Codes of indicators, by heading; those that nobody has a figure of are left out.
    """
    groups: dict[str, list[TerritoryIdentity]] = {}
    for identity in identities:
        groups.setdefault(identity.commune_name, []).append(identity)
    figures = []
    for commune, members in groups.items():
        strips, blank = strips_of(bearings, members, themes)
        pieces = shared_out(strips, MOST_COLUMNS)
        made: list[Figure] = []
        for piece in pieces:
            for rows in _sheets(_rows(bearings, piece, themes)):
                made.append(_figure(bearings, commune, piece, rows, [] if made else blank))
        figures += [
            replace(each, title=f"{each.title} (suite)") if rank else each
            for rank, each in enumerate(made)
        ]
    return figures


def _rows(
    bearings: Bearings, strips: Sequence[Strip], themes: Mapping[str, Sequence[str]]
) -> _Rows:
    """Return a row an indicator that somebody has a figure of, by heading."""
    made = {
        label: [
            row
            for code in codes
            if code in bearings.table.indicators
            for row in [[bearings.of(strip.code, code) for strip in strips]]
            if any(b.mark.text and b.mark.status is not Status.MISSING for b in row)
        ]
        for label, codes in themes.items()
    }
    return {label: each for label, each in made.items() if each}


def _sheets(rows: _Rows) -> list[_Rows]:
    """Share the rows out evenly among as many pictures as let each stand on a page without shrinking."""
    whole = sum(HEADING + 2 + sum(map(_height, each)) for each in rows.values())
    most = min(_HIGHEST, whole / math.ceil(whole / _HIGHEST) + 2 * HEADING) if rows else 0.0
    sheets: list[_Rows] = [{}]
    high = 0.0
    for label, each in rows.items():
        for row in each:
            needs = _height(row) + (0.0 if label in sheets[-1] else HEADING + 2)
            if high + needs > most:
                sheets.append({})
                high, needs = 0.0, _height(row) + HEADING + 2
            sheets[-1].setdefault(label, []).append(row)
            high += needs
    return sheets if rows else []


def _figure(
    bearings: Bearings,
    commune: str,
    strips: Sequence[Strip],
    rows: _Rows,
    blank: Sequence[str],
) -> Figure:
    words = bearings.table.words
    count = sum(len(strip.members) for strip in strips)
    subject = plural(count, words.here.singular, words.here.many)
    title = f"{commune}{NO_BREAK}: {subject}" if commune else capital(subject)
    flat = [bearing for each in rows.values() for row in each for bearing in row]
    sure = sum(bearing.mark.sign[:1] in ("▲", "▼") for bearing in flat if bearing.mark.own)
    own = sum(bearing.mark.own for bearing in flat)
    alternative = (
        f"{title}. {own} cases sur {len(flat)} portent le chiffre {words.here.of_the} même ; {sure} "
        f"s’écartent de façon sûre de ce à quoi l’on compare. Le tableau qui suit donne chaque chiffre."
    )
    codes = [row[0].indicator.code for each in rows.values() for row in each]
    cells = bearings.table.main
    cells = cells[
        cells["indicator"].isin(codes) & cells["territory"].isin([strip.code for strip in strips])
    ]
    parts, high = _drawn(rows, strips, words, commune, blank, _WIDE, _beside(rows))
    return Figure(
        drawing(WIDTH, high, parts),
        f"{title}, tous les taux",
        alternative,
        tuple(source_notes(cells[cells["status"] != str(Status.MISSING)])),
        numbers=_numbers(title, bearings.table.zoning_label, rows, strips),
        narrow=_narrow(rows, strips, words, commune, blank),
    )


def _narrow(
    rows: _Rows,
    strips: Sequence[Strip],
    words: TerritoryNames,
    commune: str,
    blank: Sequence[str],
) -> str:
    """Return the picture as a telephone shows it: as many columns as it holds, then the next ones."""
    parts, top, at, beside = [], 0.0, 0, _beside(rows)
    for piece in shared_out(strips, _NARROW.most):
        cut = {label: [row[at : at + len(piece)] for row in each] for label, each in rows.items()}
        at += len(piece)
        lacking = blank if at == len(strips) else ()
        drawn, high = _drawn(cut, piece, words, commune, lacking, _NARROW, beside)
        parts.append(f'<g transform="translate(0 {top:.0f})">{"".join(drawn)}</g>')
        top += high
    return drawing(_NARROW.width, top, parts)


def _beside(rows: Mapping[str, Sequence[Sequence[Bearing]]]) -> dict[str, str]:
    """Return the figure that those of each indicator are compared with."""
    references = {
        row[0].indicator.code: next((b.reference for b in row if b.reference), None)
        for each in rows.values()
        for row in each
    }
    return {code: other.text for code, other in references.items() if other}


def _drawn(
    rows: Mapping[str, Sequence[Sequence[Bearing]]],
    strips: Sequence[Strip],
    words: TerritoryNames,
    commune: str,
    blank: Sequence[str],
    at: _TartanLayout,
    beside: Mapping[str, str],
) -> tuple[list[str], float]:
    """Draw the heads, the rows and the keys of some columns; return how high they are."""
    shares = [max(1.0, 0.34 * len(strip.members)) for strip in strips]
    unit = (at.width - at.left) / max(sum(shares), 0.6 * at.most)
    edges = [at.left]
    for share in shares:
        edges.append(edges[-1] + unit * share)
    parts, y = _head(strips, edges, words, commune, at)
    for label, each in rows.items():
        accent = tokens().light["accent"]
        parts.append(text(0, y + 17, label, size=15, weight=600, fill=accent))
        y += HEADING
        for row in each:
            drawn, high = _row(row, beside, edges, y, at)
            parts += drawn
            y += high
        y += 2
    keys, y = keyed(cell_keys(rows, words), y + 6, at.width)
    if blank:
        said = f"Sans aucun chiffre{NO_BREAK}: {', '.join(blank)}."
        for words_in_line in in_lines(said, at.width, LEAST_TEXT):
            parts.append(text(0, y + 14, words_in_line, size=LEAST_TEXT))
            y += 18
    return [*parts, *keys], y + 6


def _head(
    strips: Sequence[Strip],
    edges: Sequence[float],
    words: TerritoryNames,
    commune: str,
    at: _TartanLayout,
) -> tuple[list[str], float]:
    tint, soft = tokens().light["tint"], tokens().light["soft"]
    lines = [names_over(strip) for strip in strips]
    longest = max([len(commune), *(len(name) for each in lines for name in each)])
    high = longest * LETTER * 14 * 1.12 + 10
    owned = sum(strip.own for strip in strips)
    wider, guessed = words.wider_figure, any(strip.estimated for strip in strips[owned:])
    parts, top = [], 24.0
    holder = words.holder.of_the
    groups = (
        (0, owned, "Leurs propres chiffres", "Propres"),
        (owned, len(strips), f"Estimés, ou {wider}", f"Estimés, ou {holder}")
        if guessed
        else (owned, len(strips), capital(wider), f"Chiffre {holder}"),
    )
    for first, last, label, brief in groups:
        if first < last:
            x, wide = edges[first], edges[last] - edges[first] - 2
            parts.append(f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="21" fill="{tint}"/>')
            whole = 1.12 * width_of(label, LEAST_TEXT) <= wide - 6
            shown = fitted(label if whole else brief, wide - 6, LEAST_TEXT)
            parts.append(
                text(x + wide / 2, 15, shown, size=LEAST_TEXT, anchor="middle", weight=600)
            )
    bottom = top + high
    for names, (start, end) in zip(lines, pairwise(edges), strict=True):
        middle = (start + end) / 2 - _NAME_LINE * (len(names) - 1) / 2
        for rank, name in enumerate(names):
            x = middle + rank * _NAME_LINE + 5
            parts.append(_upwards(x, bottom - 4, name))
    if at.under:
        bottom += 20
        said = fitted(commune or "Ensemble", at.other - 150, LEAST_TEXT)
        parts.append(text(at.other, bottom - 4, said, size=LEAST_TEXT, anchor="end", weight=600))
    else:
        parts.append(_upwards(at.other - 8, bottom - 4, commune or "Ensemble"))
    parts.append(text(0, bottom - 4, "Indicateur, année", size=LEAST_TEXT, weight=600, fill=soft))
    return parts, bottom + 2


def _upwards(x: float, y: float, name: str) -> str:
    written = text(0, 0, name, size=14, weight=600)
    return f'<g transform="translate({x:.1f} {y:.1f}) rotate(-90)">{written}</g>'


def _row(
    row: Sequence[Bearing],
    beside: Mapping[str, str],
    edges: Sequence[float],
    y: float,
    at: _TartanLayout,
) -> tuple[list[str], float]:
    """Draw the figures of an indicator; return how high its name and its bounds make the row."""
    indicator, soft = row[0].indicator, tokens().light["soft"]
    lines, high = _in_lines(indicator, at), _height(row, at)
    level = y if at.under else y + (high - ROW) / 2
    below = y + high - 3 - (ROW + _LINE * (_bounds(row, at) - 1) + ROW) / 2 if at.under else level
    lines[-1] += favoured(indicator)
    parts = [
        *(
            text(0, y + 14.5 + _LINE * rank, each, size=LEAST_TEXT)
            for rank, each in enumerate(lines)
        ),
        text(at.label, level + 14.5, row[0].period, size=LEAST_TEXT, anchor="end", fill=soft),
        text(
            at.other,
            level + 14.5,
            beside.get(indicator.code, "–"),
            size=LEAST_TEXT,
            anchor="end",
            weight=600,
        ),
    ]
    for bearing, (start, end) in zip(row, pairwise(edges), strict=True):
        parts += draw_cell(bearing.mark, start + 1, below + 1, end - start - 2)
    return parts, high


def _height(row: Sequence[Bearing], at: _TartanLayout = _WIDE) -> float:
    """Return how high the name of an indicator, or two bounds too long for a cell, make its row."""
    lines, bounds = len(_in_lines(row[0].indicator, at)), _bounds(row, at)
    if at.under:
        return _LINE * (lines + bounds - 1) + ROW + 7
    return ROW + _LINE * (max(lines, bounds) - 1)


def _bounds(row: Sequence[Bearing], at: _TartanLayout) -> int:
    """Return on how many lines the figures of a row stand."""
    bounds = [b.mark for b in row if b.mark.status is Status.BOUNDED]
    return max((len(bounds_in_lines(mark, at.cell)) for mark in bounds), default=1)


def _in_lines(indicator: Indicator, at: _TartanLayout) -> list[str]:
    """Write the name of an indicator and its unit, on two lines where one is too short."""
    unit = f"{NO_BREAK}{indicator.unit.replace('euros', '€')}" if indicator.unit else ""
    return in_two(f"{indicator.short}{unit}", at.name, LEAST_TEXT)


def _numbers(
    title: str, head: str, rows: Mapping[str, Sequence[Sequence[Bearing]]], strips: Sequence[Strip]
) -> TableBlock:
    """Return the figures of a tartan as a table, territories in columns."""
    columns = tuple(Column(", ".join(m.name for m in strip.members)) for strip in strips)
    lines: list[Row] = []
    for label, each in rows.items():
        lines.append(Row(label, kind="group"))
        for row in each:
            indicator = row[0].indicator
            cells = tuple(
                TextCell(f"{b.mark.text} {b.mark.sign}".strip(" ○"), b.mark.status) for b in row
            )
            lines.append(
                Row(f"{indicator.short}, {row[0].period}", cells, hint=indicator.definition)
            )
    return TableBlock(f"Les chiffres{NO_BREAK}: {title}", head, columns, tuple(lines), kind="holes")
