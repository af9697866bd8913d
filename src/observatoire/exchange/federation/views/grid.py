"""Who observes what, drawn: a row an indicator and scale, a column a member, a box a year."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from observatoire.french.typography import NARROW, enumerate_words, plural
from observatoire.maps.svg import (
    LEAST_TEXT,
    LETTER,
    WIDTH,
    box,
    drawing,
    fitted,
    line,
    text,
)
from observatoire.pages.blocks import Figure, Note
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Thing = TypeVar("Thing")

#: As many columns as a page holds, and as many rows.
MOST_COLUMNS, MOST_ROWS = 8, 26

_LABEL, _LAST = 270.0, 156.0
_ROW, _BOX, _LINE, _HEADING = 40.0, 14.0, 16.0, 28.0
_MOST_LINES = 4

#: A bold letter takes so much more room, in whichever face.
_BOLD = 1.25

#: What the boxes say, in the order of the legend.
FULL, PART, GAP = "full", "part", "gap"
_MEANINGS = {
    FULL: "année observée",
    PART: "observée, des territoires sans chiffre",
    GAP: "lacune : un autre a cette année",
}


@dataclass(frozen=True)
class Line:
    """One thing observed at one scale: by whom, in which years, on how many known territories.

    ``seen`` gives, by member, the share of its territories that have a figure, by year.
    """

    heading: str
    label: str
    scale: str
    seen: Mapping[str, Mapping[int, float]]
    verdict: str = ""

    @property
    def years(self) -> set[int]:
        """The years in which some member observes it."""
        return {year for each in self.seen.values() for year in each}

    def state(self, member: str, year: int) -> str:
        """Say what a member has of a year; nothing where it does not observe this, or nobody does."""
        if member not in self.seen or year not in self.years:
            return ""
        share = self.seen[member].get(year)
        if share is None:
            return GAP
        return FULL if share >= 1 else PART


def grid_figures(lines: Sequence[Line], members: Mapping[str, str]) -> list[Figure]:
    """Draw what each member observes, in as many pictures as its rows and columns need.

    Parameters
    ----------
    lines : sequence of Line
        In order; those of one heading follow each other.
    members : mapping
        What each member is called, by its name.
    """
    years = sorted({year for each in lines for year in each.years})
    tiles = [
        (rows, columns)
        for columns in _pieces(list(members), MOST_COLUMNS)
        for rows in _pieces(lines, MOST_ROWS)
    ]
    return [
        _figure(rows, {name: members[name] for name in columns}, years, (rank, len(tiles)))
        for rank, (rows, columns) in enumerate(tiles, 1)
    ]


def _pieces(things: Sequence[Thing], most: int) -> list[Sequence[Thing]]:
    return [things[start : start + most] for start in range(0, len(things), most)]


def _figure(
    lines: Sequence[Line],
    members: Mapping[str, str],
    years: Sequence[int],
    place: tuple[int, int],
) -> Figure:
    wide = (WIDTH - _LABEL - _LAST) / len(members)
    parts, y = _head(members, wide, years)
    heading = None
    for each in lines:
        if each.heading != heading:
            heading = each.heading
            parts.append(text(0, y + 18, heading, weight=600))
            y += _HEADING
        parts += _row(each, members, wide, years, y)
        y += _ROW
    shown = {each.state(m, year) for each in lines for m in members for year in years} - {""}
    legend, y = _legend(shown, y + 8)
    rank, count = place
    title = "Qui observe quoi" + (f" ({rank}/{count})" if count > 1 else "")
    return Figure(
        drawing(WIDTH, y + 6, [*parts, *legend]),
        title,
        _alternative(title, lines, members),
        (Note("Lecture", _example(lines, members)),),
    )


def _head(members: Mapping[str, str], wide: float, years: Sequence[int]) -> tuple[list[str], float]:
    """Write the name of each column, the first and last year under it, and what the last says."""
    letters = max(6, int((wide - 10) / (_BOLD * LETTER * LEAST_TEXT)))
    names = {m: textwrap.wrap(title, letters)[:_MOST_LINES] for m, title in members.items()}
    high = max(2, *(len(lines) for lines in names.values())) * _LINE
    parts = []
    for rank, lines in enumerate(names.values()):
        x = _LABEL + rank * wide
        for step, words in enumerate(lines):
            parts.append(
                text(x, 14 + step * _LINE, fitted(words, wide - 8, LEAST_TEXT), size=LEAST_TEXT, weight=600)
            )  # fmt: skip
        if years:
            ends = f"{years[0]}" if len(years) == 1 else f"{years[0]} → {years[-1]}"
            parts.append(text(x, 14 + high, fitted(ends, wide - 6, LEAST_TEXT), size=LEAST_TEXT))
    for step, words in enumerate(("Côte à côte ?", "chez combien")):
        x = WIDTH - _LAST + 10
        parts.append(text(x, 14 + step * _LINE, words, size=LEAST_TEXT, weight=600))
    bottom = high + 24
    return [*parts, line(0, bottom, WIDTH, bottom, stroke=tokens().light["rule"])], bottom + 4


def _row(
    each: Line, members: Mapping[str, str], wide: float, years: Sequence[int], y: float
) -> Iterator[str]:
    """Draw one row: its label and scale, a box a year and member, how many observe it."""
    soft = tokens().light["soft"]
    yield text(0, y + 15, fitted(each.label, _LABEL - 12))
    yield text(0, y + 31, fitted(each.scale, _LABEL - 12, LEAST_TEXT), size=LEAST_TEXT, fill=soft)
    step = min(18.0, (wide - 12) / max(len(years), 1))
    for rank, member in enumerate(members):
        x = _LABEL + rank * wide
        if member not in each.seen:
            yield text(x + 2, y + 20, "·", fill=soft)
            continue
        for place, year in enumerate(years):
            if state := each.state(member, year):
                yield _box(state, x + place * step, y + 9, max(step - 3, 1.5))
    x, count = WIDTH - _LAST + 10, len(each.seen)
    yield text(x, y + 15, each.verdict, weight=600)
    told = plural(count, "observatoire")
    yield text(x, y + 31, fitted(told, _LAST - 10, LEAST_TEXT), size=LEAST_TEXT, fill=soft)
    yield line(0, y + _ROW - 1, WIDTH, y + _ROW - 1, stroke=tokens().light["rule"], width=0.6)


def _box(state: str, x: float, y: float, wide: float) -> str:
    """Draw a year: full, half full where territories lack, hollow where another has it."""
    bar, paper = tokens().ground["bar"], tokens().light["paper"]
    if state == GAP:
        return box(x, y, wide, _BOX, paper)
    if state == FULL:
        return box(x, y, wide, _BOX, bar)
    return box(x, y, wide, _BOX, paper) + box(x, y + _BOX / 2, wide, _BOX / 2, bar, edge=False)


def _legend(shown: set[str], y: float) -> tuple[list[str], float]:
    parts, x = [], 0.0
    for state, words in _MEANINGS.items():
        if state in shown:
            parts += [_box(state, x, y, 14), text(x + 21, y + 12, words)]
            x += 52 + LETTER * 15 * len(words)
    return [*parts, text(x, y + 12, "·  n’observe pas")], y + 24


def _example(lines: Sequence[Line], members: Mapping[str, str]) -> str:
    """Read one row aloud: the one that the most members observe."""
    best = max(lines, key=lambda each: sum(m in each.seen for m in members))
    who = [members[m] for m in members if m in best.seen]
    if not who:
        return f"« {best.label} » n’est observé par aucun de ceux-ci."
    told = f"« {best.label} » ({best.scale}) est observé par {enumerate_words(who, most=4)}"
    if not best.verdict:
        return f"{told}."
    words = {
        "oui": "leurs chiffres peuvent se mettre côte à côte",
        "avec précaution": "leurs chiffres ne se mettent côte à côte qu’avec précaution",
        "non": "les chiffres de deux au moins ne doivent pas se mettre côte à côte",
    }
    return f"{told}{NARROW}; {words.get(best.verdict, best.verdict)}."


def _alternative(title: str, lines: Sequence[Line], members: Mapping[str, str]) -> str:
    """Say what a reader would see: how much each observes, how much is observed by several."""
    each_one = [
        f"{called} observe {plural(sum(m in each.seen for each in lines), 'ligne')}"
        for m, called in members.items()
    ]
    several = sum(len(each.seen) > 1 for each in lines)
    gaps = sum(
        any(each.state(m, year) == GAP for m in members for year in each.years) for each in lines
    )
    return (
        f"Grille. {title}. Sur {plural(len(lines), 'ligne')}{NARROW}: {' ; '.join(each_one)}. "
        f"Observées par plusieurs{NARROW}: {several}. Avec des lacunes{NARROW}: {gaps}."
    )
