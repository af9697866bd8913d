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
    in_two,
    line,
    pattern,
    text,
    width_of,
)
from observatoire.pages.blocks import Column, Figure, Row, TableBlock, TextCell
from observatoire.pages.notes import source_notes
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.cells import ROW, bounds_in_lines, draw_cell, swatch
from observatoire.panels.drawings.shapes import (
    BOUNDS,
    DIAMOND,
    FAVOURED_WORDS,
    HOLLOW,
    favoured,
    keyed,
    sign_of,
)
from observatoire.panels.identities import TerritoryIdentity, sharing
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.panels.drawings.bearings import Bearing, Bearings

    #: Rows of the figures of a picture, by heading.
    _Rows = dict[str, list[list[Bearing]]]

#: As many columns as a page holds without shrinking their figures.
MOST_COLUMNS = 13

HEADING = 23.0

_LABEL, _OTHER = 208.0, 46.0

#: Room of a name left of its year, and from one of its lines to the next.
_LABEL_ROOM, _LINE = _LABEL - 62, 15.0

#: Room of a figure in a column as narrow as they are made.
_CELL = (WIDTH - _LABEL - _OTHER - 10) / MOST_COLUMNS - 12

#: Height of the rows of one picture: with its names, its keys and its notes, it stands on a page of A4.
_HIGHEST = 820.0

#: Room of a line of a name, written upwards.
_NAME_LINE = 15.0

_LONGEST_NAME = 26


@dataclass(frozen=True)
class _Strip:
    """Territories that share one column: one, or those that share one source."""

    members: tuple[TerritoryIdentity, ...]
    own: bool
    estimated: bool = False

    @property
    def code(self) -> str:
        return self.members[0].code


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
        strips, blank = _strips(bearings, members, themes)
        pieces = [strips[at : at + MOST_COLUMNS] for at in range(0, len(strips), MOST_COLUMNS)]
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
    bearings: Bearings, strips: Sequence[_Strip], themes: Mapping[str, Sequence[str]]
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


def _strips(
    bearings: Bearings, members: Sequence[TerritoryIdentity], themes: Mapping[str, Sequence[str]]
) -> tuple[list[_Strip], list[str]]:
    """Return the columns, own figures first, and the names of those that have no figure at all."""
    codes = {code for each in themes.values() for code in each}
    main = bearings.table.main
    main = main[main["indicator"].isin(codes)]
    by_territory = {str(code): set(part) for code, part in main.groupby("territory")["status"]}
    nothing = {str(Status.MISSING), str(Status.NOT_APPLICABLE)}
    strips, blank = [], []
    for group in sharing(members):
        found = by_territory.get(group[0].code, set()) - nothing
        if not found:
            blank += [identity.name for identity in group]
            continue
        owns = {
            str(Status.OBSERVED),
            str(Status.AGGREGATED),
            str(Status.ESTIMATED),
            str(Status.BOUNDED),
        }
        own = bool(found & owns) and not group[0].shared
        strips.append(_Strip(tuple(group), own, str(Status.ESTIMATED) in found))
    return sorted(strips, key=lambda strip: not strip.own), blank


def _figure(
    bearings: Bearings,
    commune: str,
    strips: Sequence[_Strip],
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
    return Figure(
        _drawn(rows, strips, words, commune, blank),
        f"{title}, tous les taux",
        alternative,
        tuple(source_notes(cells[cells["status"] != str(Status.MISSING)])),
        numbers=_numbers(title, bearings.table.zoning_label, rows, strips),
    )


def _drawn(
    rows: Mapping[str, Sequence[Sequence[Bearing]]],
    strips: Sequence[_Strip],
    words: TerritoryNames,
    commune: str,
    blank: Sequence[str],
) -> str:
    left = _LABEL + _OTHER + 10
    shares = [max(1.0, 0.34 * len(strip.members)) for strip in strips]
    unit = (WIDTH - left) / max(sum(shares), 8.0)
    edges = [left]
    for share in shares:
        edges.append(edges[-1] + unit * share)
    parts, y = _head(strips, edges, words, commune)
    for label, each in rows.items():
        accent = tokens().light["accent"]
        parts.append(text(0, y + 17, label, size=15, weight=600, fill=accent))
        y += HEADING
        for row in each:
            drawn, high = _row(row, edges, y)
            parts += drawn
            y += high
        y += 2
    keys, y = keyed(_legend(rows, words), 0.0, y + 6, WIDTH)
    if blank:
        said = f"Sans aucun chiffre{NO_BREAK}: {', '.join(blank)}."
        parts.append(text(0, y + 14, fitted(said, WIDTH, LEAST_TEXT), size=LEAST_TEXT))
        y += 20
    return drawing(WIDTH, y + 6, [*parts, *keys])


def _head(
    strips: Sequence[_Strip], edges: Sequence[float], words: TerritoryNames, commune: str
) -> tuple[list[str], float]:
    tint, soft = tokens().light["tint"], tokens().light["soft"]
    lines = [_names(strip) for strip in strips]
    longest = max([len(commune), *(len(name) for each in lines for name in each)])
    high = longest * LETTER * 14 * 1.12 + 10
    owned = sum(strip.own for strip in strips)
    wider, guessed = words.wider_figure, any(strip.estimated for strip in strips[owned:])
    parts, top = [], 24.0
    groups = (
        (0, owned, "Leurs propres chiffres"),
        (owned, len(strips), f"Estimés, ou {wider}" if guessed else capital(wider)),
    )
    brief = f"Estimés, ou {words.holder.of_the}" if guessed else f"Chiffre {words.holder.of_the}"
    for first, last, label in groups:
        if first < last:
            x, wide = edges[first], edges[last] - edges[first] - 2
            parts.append(f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="21" fill="{tint}"/>')
            whole = width_of(label, LEAST_TEXT) <= wide - 6 or not first
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
    parts.append(text(0, bottom - 4, "Indicateur, année", size=LEAST_TEXT, weight=600, fill=soft))
    parts.append(_upwards(_LABEL + _OTHER - 8, bottom - 4, commune or "Ensemble"))
    return parts, bottom + 2


def _names(strip: _Strip) -> list[str]:
    """Return the lines over a column: a name each, or one long name on two lines."""
    room = _LONGEST_NAME * LETTER * 14
    if len(strip.members) == 1:
        return in_two(strip.members[0].name, room, 14)
    return [fitted(one.name, room, 14) for one in strip.members]


def _upwards(x: float, y: float, name: str) -> str:
    written = text(0, 0, name, size=14, weight=600)
    return f'<g transform="translate({x:.1f} {y:.1f}) rotate(-90)">{written}</g>'


def _row(row: Sequence[Bearing], edges: Sequence[float], y: float) -> tuple[list[str], float]:
    """Draw the figures of an indicator; return how high its name, on a line or two, makes the row."""
    first, soft = row[0], tokens().light["soft"]
    indicator = first.indicator
    lines = _in_lines(indicator)
    lines[-1] += favoured(indicator)
    other = next((b.reference for b in row if b.reference), None)
    parts = [
        text(0, y + 14.5 + _LINE * rank, each, size=LEAST_TEXT) for rank, each in enumerate(lines)
    ]
    high = _height(row)
    y += (high - ROW) / 2
    parts += [
        text(_LABEL - 2, y + 14.5, first.period, size=LEAST_TEXT, anchor="end", fill=soft),
        text(
            _LABEL + _OTHER,
            y + 14.5,
            other.text if other else "–",
            size=LEAST_TEXT,
            anchor="end",
            weight=600,
        ),
    ]
    for bearing, (start, end) in zip(row, pairwise(edges), strict=True):
        parts += draw_cell(bearing.mark, start + 1, y + 1, end - start - 2)
    return parts, high


def _height(row: Sequence[Bearing]) -> float:
    """Return how high the name of an indicator, or two bounds too long for a cell, make its row."""
    bounds = [bounds_in_lines(b.mark, _CELL) for b in row if b.mark.status is Status.BOUNDED]
    lines = max(map(len, [_in_lines(row[0].indicator), *bounds]))
    return ROW + _LINE * (lines - 1)


def _in_lines(indicator: Indicator) -> list[str]:
    """Write the name of an indicator and its unit, on two lines where one is too short."""
    unit = f"{NO_BREAK}{indicator.unit.replace('euros', '€')}" if indicator.unit else ""
    return in_two(f"{indicator.short}{unit}", _LABEL_ROOM, LEAST_TEXT)


def _legend(
    rows: Mapping[str, Sequence[Sequence[Bearing]]], words: TerritoryNames
) -> list[tuple[float, str, str]]:
    """Return the keys of what is drawn, and of nothing else."""
    flat = [bearing.mark for each in rows.values() for row in each for bearing in row]
    signs, statuses = {sign_of(mark) for mark in flat}, {mark.status for mark in flat}
    tones = {mark.tone for mark in flat if mark.own}
    paper, rule, ink = (tokens().light[name] for name in ("paper", "rule", "ink"))
    edges = line(1, -7, 1, 7, stroke=ink, width=2) + line(17, -7, 17, 7, stroke=ink, width=2)
    hidden = swatch(pattern(Status.SECRET), 0, faint=True)
    leant = any(favoured(row[0].indicator) for each in rows.values() for row in each)
    dot, verdicts = text(3, 4, "·", size=LEAST_TEXT, anchor="middle"), tokens().verdicts
    every = [
        *(
            (
                tone in tones,
                38.0,
                swatch(verdicts[tone].mark, 0) + swatch(verdicts[tone].fill, 20),
                label,
            )
            for tone, label in _TONES
        ),
        (leant, 0.0, "", FAVOURED_WORDS),
        ("none" in tones, 18.0, swatch(verdicts["none"].fill, 0), "● pas de différence sûre"),
        (HOLLOW in signs, 18.0, swatch(paper, 0, rule), "ne se juge pas"),
        (BOUNDS in signs, 18.0, edges, "entre les deux bornes"),
        (
            DIAMOND in signs,
            18.0,
            swatch(pattern(Status.CONTEXT), 0, faint=True),
            words.wider_figure,
        ),
        (Status.ESTIMATED in statuses, 0.0, "", f"{Status.ESTIMATED.mark} estimé"),
        (Status.SECRET in statuses, 18.0, hidden, "s secret"),
        (bool(statuses & _BLANK), 6.0, dot, "non disponible"),
        (
            any(mark.careful for mark in flat),
            0.0,
            "",
            "†, ‡ effectif trop petit pour être commenté",
        ),
    ]
    return [(wide, drawn, label) for there, wide, drawn, label in every if there]


_BLANK = {Status.MISSING, Status.NOT_APPLICABLE}


_TONES = (
    ("unfavourable", "écart sûr, défavorable (deux signes : à 99,8 %)"),
    ("favourable", "écart sûr, favorable"),
    ("neutral", "écart sûr, sans jugement"),
)


def _numbers(
    title: str, head: str, rows: Mapping[str, Sequence[Sequence[Bearing]]], strips: Sequence[_Strip]
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
