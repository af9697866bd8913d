"""Who observes what, drawn: a grid with a box a year."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from observatoire.french.typography import NO_BREAK, capital, plural
from observatoire.maps.svg import (
    LEAST_TEXT,
    LETTER,
    TEXT,
    WIDTH,
    box,
    drawing,
    fitted,
    line,
    text,
)
from observatoire.pages.blocks import Figure
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Thing = TypeVar("Thing")

#: As many columns as a page holds, and as many rows.
MOST_COLUMNS, MOST_ROWS = 8, 22

_LABEL, _LAST = 270.0, 156.0
_ROW, _BOX, _LINE, _HEADING = 40.0, 14.0, 16.0, 28.0
_MOST_LINES, _LABEL_LINES = 4, 2

#: A bold letter takes so much more room, in whichever face.
_BOLD = 1.25

#: A box so wide has a line around it that is seen.
_BROAD = 6.0

#: Small words that a name begins with, once what came before is left out.
_ARTICLES = re.compile(r"^(de la|de|du|des)\s+|^(de l|d)’", re.IGNORECASE)

#: What the boxes say, in the order of the legend.
FULL, PART, GAP = "full", "part", "gap"
_MEANINGS = {
    FULL: "année observée",
    PART: "observée, des territoires sans chiffre",
    GAP: "lacune : un autre a cette année",
}


@dataclass(frozen=True)
class Line:
    """One row: what it is of, what each column has of each year, and what is said at its end.

    ``seen`` gives, by column, one of :data:`FULL`, :data:`PART` or :data:`GAP` a year; a column that
    does not observe it is not there.
    """

    heading: str
    label: str
    below: str
    seen: Mapping[str, Mapping[int, str]]
    verdict: str = ""
    count: str = ""


@dataclass(frozen=True)
class Heads:
    """What heads the columns, by their key, and what the end of a row says."""

    columns: Mapping[str, str]
    last: tuple[str, str]


def grid_figures(lines: Sequence[Line], heads: Heads) -> list[Figure]:
    """Draw what is observed, in as many pictures as rows and columns need.

    Parameters
    ----------
    lines : sequence of Line
        In order; those of one heading follow each other.
    """
    years = sorted({year for each in lines for kept in each.seen.values() for year in kept})
    words = distinct_names(heads.columns)
    tiles = [
        (rows, Heads({key: words[key] for key in columns}, heads.last))
        for columns in _pieces(list(words), MOST_COLUMNS)
        for rows in _pieces(lines, MOST_ROWS)
    ]
    return [
        _figure(rows, some, years, (rank, len(tiles))) for rank, (rows, some) in enumerate(tiles, 1)
    ]


def distinct_names(columns: Mapping[str, str]) -> dict[str, str]:
    """Return names without the words that all begin with: a narrow column has no room for them.

    Examples
    --------
    >>> distinct_names({"a": "Observatoire de Brest", "b": "Observatoire du Mans"})
    {'a': 'Brest', 'b': 'Mans'}
    """
    split = [title.split() for title in columns.values()]
    shortest = min((len(words) for words in split), default=0)
    alike = 0
    while len(split) > 1 and alike < shortest - 1 and len({words[alike] for words in split}) == 1:
        alike += 1
    if not alike:
        return dict(columns)
    rests = (_ARTICLES.sub("", " ".join(words[alike:])) for words in split)
    return dict(zip(columns, map(capital, rests), strict=True))


def _pieces(things: Sequence[Thing], most: int) -> list[Sequence[Thing]]:
    return [things[start : start + most] for start in range(0, len(things), most)]


def _figure(
    lines: Sequence[Line], heads: Heads, years: Sequence[int], place: tuple[int, int]
) -> Figure:
    wide = (WIDTH - _LABEL - _LAST) / len(heads.columns)
    parts, y = _head(heads, wide, years)
    heading = ""
    for each in lines:
        if each.heading != heading:
            heading = each.heading
            parts.append(text(0, y + 18, heading, weight=600))
            y += _HEADING
        parts += _row(each, heads, wide, years, y)
        y += _height(each)
    shown = {state for each in lines for key in heads.columns for state in _states(each, key)}
    legend, y = _legend(shown, y + 8)
    rank, count = place
    title = "Qui observe quoi" + (f" ({rank}/{count})" if count > 1 else "")
    return Figure(drawing(WIDTH, y + 6, [*parts, *legend]), title, _alternative(lines, heads))


def _states(each: Line, key: str) -> set[str]:
    return set(each.seen.get(key, {}).values())


def _head(heads: Heads, wide: float, years: Sequence[int]) -> tuple[list[str], float]:
    """Write the name of each column, its first and last year under it, and what the last says."""
    letters = max(6, int((wide - 8) / (_BOLD * LETTER * LEAST_TEXT)))
    names = [
        textwrap.wrap(words, letters, break_long_words=False)[:_MOST_LINES]
        for words in heads.columns.values()
    ]
    high = max(2, *(len(lines) for lines in names)) * _LINE
    parts = []
    for rank, lines in enumerate(names):
        x = _LABEL + rank * wide
        for step, words in enumerate(lines):
            cut = fitted(words, wide - 4, LEAST_TEXT)
            parts.append(text(x, 14 + step * _LINE, cut, size=LEAST_TEXT, weight=600))
        if years:
            ends = f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
            parts.append(text(x, 14 + high, ends, size=LEAST_TEXT))
    for step, words in enumerate(heads.last):
        x = WIDTH - _LAST + 10
        parts.append(text(x, 14 + step * _LINE, words, size=LEAST_TEXT, weight=600))
    bottom = high + 24
    return [*parts, line(0, bottom, WIDTH, bottom, stroke=tokens().light["rule"])], bottom + 4


def _row(each: Line, heads: Heads, wide: float, years: Sequence[int], y: float) -> Iterator[str]:
    """Draw one row: what it is of, a box a year and column, what is said at its end."""
    soft = tokens().light["soft"]
    for rank, words in enumerate(_label(each)):
        yield text(0, y + 15 + rank * _LINE, fitted(words, _LABEL - 12))
    base, below = y + _height(each) - 9, fitted(each.below, _LABEL - 12, LEAST_TEXT)
    yield text(0, base, below, size=LEAST_TEXT, fill=soft)
    step = min(18.0, (wide - 12) / max(len(years), 1))
    for rank, key in enumerate(heads.columns):
        x = _LABEL + rank * wide
        if key not in each.seen:
            yield text(x + 2, y + 20, "·", fill=soft)
            continue
        for place, year in enumerate(years):
            if state := each.seen[key].get(year, ""):
                yield _box(state, x + place * step, y + 9, max(0.82 * step, step - 3))
    x = WIDTH - _LAST + 10
    yield text(x, y + 15, each.verdict, weight=600)
    count = fitted(each.count, _LAST - 10, LEAST_TEXT)
    yield text(x, y + (31 if each.verdict else 20), count, size=LEAST_TEXT, fill=soft)
    under = y + _height(each) - 1
    yield line(0, under, WIDTH, under, stroke=tokens().light["rule"], width=0.6)


def _label(each: Line) -> list[str]:
    """Return the label of a row, on two lines at most; the table has it whole."""
    lines = textwrap.wrap(each.label, int((_LABEL - 12) / (1.1 * LETTER * TEXT)))
    return lines if len(lines) <= _LABEL_LINES else [lines[0], " ".join(lines[1:])]


def _height(each: Line) -> float:
    """Return the height of a row."""
    return _ROW + _LINE * (len(_label(each)) - 1)


def _box(state: str, x: float, y: float, wide: float) -> str:
    """Draw a year: full, half full where territories lack, hollow where another has it."""
    bar, paper = tokens().ground["bar"], tokens().light["paper"]
    inside, thick = max(wide - 1, 0.6), 1.0 if wide >= _BROAD else 0.6
    around = (
        f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{inside:.1f}" height="{_BOX - 1:.1f}" '
        f'fill="{bar if state == FULL else paper}" stroke="{bar}" stroke-width="{thick}"/>'
    )
    if state != PART:
        return around
    return around + box(x, y + _BOX / 2, wide, _BOX / 2, bar, edge=False)


def _legend(shown: set[str], y: float) -> tuple[list[str], float]:
    parts, x = [], 0.0
    for state, words in _MEANINGS.items():
        if state in shown:
            parts += [_box(state, x, y, 14), text(x + 21, y + 12, words)]
            x += 52 + LETTER * 15 * len(words)
    return [*parts, text(x, y + 12, "·  n’observe pas")], y + 24


def _alternative(lines: Sequence[Line], heads: Heads) -> str:
    """Say what a reader would see: how much each column observes, how many rows have gaps."""
    each_one = [
        f"{words}{NO_BREAK}: {sum(key in each.seen for each in lines)}"
        for key, words in heads.columns.items()
    ]
    several = sum(len(each.seen) > 1 for each in lines)
    gaps = sum(any(GAP in _states(each, key) for key in heads.columns) for each in lines)
    return (
        f"Grille de {plural(len(lines), 'ligne')}, une case par année. Lignes observées, par "
        f"colonne{NO_BREAK}: {' ; '.join(each_one)}. À plusieurs colonnes{NO_BREAK}: {several}. "
        f"Avec des lacunes{NO_BREAK}: {gaps}."
    )
