"""One indicator compared across territories (caterpillar), or followed over its dates (evolution)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import NO_BREAK, enumerate_words, plural
from observatoire.indicators.evaluation.trends import trend_frame
from observatoire.maps.figure import marks_of, period_of, ranking_words, title_of
from observatoire.maps.marks import extremes, of_one_source
from observatoire.maps.ranks import draw_ranking, first_place
from observatoire.maps.svg import (
    LEAST_TEXT,
    WIDTH,
    drawing,
    fitted,
    in_two,
    line,
    pattern,
    text,
    verdict_fill,
    width_of,
)
from observatoire.pages.blocks import Column, Figure, Note, Row, TableBlock, TextCell
from observatoire.pages.cells import given
from observatoire.pages.notes import four_lines, notes_of, sign_notes, source_notes
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.bearings import when
from observatoire.panels.drawings.cells import bounds_in_lines
from observatoire.panels.drawings.courses import break_colour, break_line, draw_course
from observatoire.panels.drawings.shapes import NARROW_WIDTH
from observatoire.panels.trend import PRICES, change_words
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.maps.marks import Mark
    from observatoire.panels.drawings.bearings import Bearing, Bearings, Course
    from observatoire.panels.identities import TerritoryIdentity
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True)
class _RankedLayout:
    """Where a row is written: a name with its figures beside it, or under it on a telephone.

    ``name`` is where the columns of figures begin, each ``date`` wide; ``change`` where the verdict does;
    ``under`` how much lower than the name the figures stand, and ``course`` how high the dates are drawn.
    """

    width: float
    row: float
    name: float
    date: float
    change: float
    under: float = 0.0
    course: float = 20.0

    def at(self, rank: int) -> float:
        """Return where the figure of a date ends."""
        return self.name + self.date * (rank + 1)


_WIDE = _RankedLayout(WIDTH, 30.0, 210.0, 74.0, WIDTH - 176)
_NARROW = _RankedLayout(NARROW_WIDTH, 49.0, 0.0, 63.0, NARROW_WIDTH - 166, under=22.0, course=15.0)

#: Most dates whose figures are printed.
_MOST_DATES = 5


def compare_figure(
    table: ProtectedTable,
    code: str,
    communes: Mapping[str, str],
    groups: Sequence[Sequence[TerritoryIdentity]] = (),
) -> Figure:
    """Draw the territories from the highest to the lowest, each with its interval and its verdict.

    Parameters
    ----------
    table : ProtectedTable
        Holds the indicator, with a comparator.
    groups : sequence of sequences of TerritoryIdentity
        Territories that share one source, drawn once.
    """
    indicator = table.indicator(code)
    cells = table.main[table.main["indicator"] == code]
    alike = [[one.code for one in group] for group in groups]
    marks = of_one_source(marks_of(table, code, communes), alike)
    wide, narrow = (
        drawing(width, bottom + 6, drawn)
        for width in (WIDTH, NARROW_WIDTH)
        for drawn, bottom in [
            draw_ranking(marks, {}, table.words, (0.0, 4.0, width), _plain, dots=True)
        ]
    )
    own = sum(mark.own for mark in marks)
    ends = extremes(marks)
    title = title_of(indicator, period_of(table, code))
    said = f"{title}. {plural(own, 'territoire a', 'territoires ont')} leur propre chiffre sur {len(marks)}"
    if ends:
        said += f", de {ends[0].text} ({ends[0].name}) à {ends[1].text} ({ends[1].name})"
    notes = (
        *notes_of(table, cells, [indicator], warn=False),
        Note("Premier rang", first_place(table, code, marks)),
        Note("Classement", ranking_words(marks)),
    )
    return Figure(
        wide, title, f"{said}.", four_lines(notes),
        numbers=_ranked_numbers(title, table.zoning_label, marks), narrow=narrow,
    )  # fmt: skip


def _plain(mark: Mark) -> str:
    """Return what fills the box beside a name: its verdict, or the pattern of its status."""
    if not mark.own:
        return pattern(mark.kind)
    return (
        verdict_fill(mark.tone, sure=mark.tone != "none") if mark.tone else tokens().light["paper"]
    )


def _ranked_numbers(title: str, head: str, marks: Sequence[Mark]) -> TableBlock:
    ordered = sorted(marks, key=lambda mark: (not mark.own, -mark.value if mark.known else 0.0))
    rows = tuple(
        Row(mark.name, (TextCell(mark.text, mark.status, given(mark.value)), TextCell(mark.sign)))
        for mark in ordered
    )
    return TableBlock(
        f"Les chiffres{NO_BREAK}: {title}",
        head,
        (Column("Chiffre"), Column("Écart")),
        rows,
        kind="texts",
    )


# --- over dates -----------------------------------------------------------------------------------


def evolution_figure(bearings: Bearings, code: str, names: Mapping[str, str]) -> Figure | None:
    """Draw each territory's figures over the dates of an indicator; None with one date, or no figure."""
    course = bearings.courses.get(code)
    if course is None or len(course.periods) < 2:  # noqa: PLR2004 - a course has two dates
        return None
    indicator = bearings.table.indicator(code)
    rows = {name: bearings.of(territory, code) for territory, name in names.items()}
    rows = {name: row for name, row in rows.items() if _drawable(row)}
    if not rows:
        return None
    span = course.span
    moved = _changes(bearings, code, span) if span and course.judged else {}
    changes = {names[each]: words for each, words in moved.items() if each in names and words}
    span = span if changes else None  # dates of which nothing is judged have no column
    title = title_of(indicator, f"{course.periods[0]} à {course.periods[-1]}")
    said = f"{title}. {plural(len(rows), 'territoire')} sur {len(names)} avec un chiffre."
    said += "".join(f" {why}" for why in dict.fromkeys(course.broken.values()))
    if changes:
        counts = Counter(changes.values())
        said += (
            f" {enumerate_words([f'{count} fois « {word} »' for word, count in counts.items()])}."
        )
    cells = pd.concat(
        [each.main for each in (*bearings.earlier, bearings.table)], ignore_index=True
    )
    cells = cells[(cells["indicator"] == code) & (cells["status"] != str(Status.MISSING))]
    notes = (
        Note("Lecture", _read(course, span)),
        *([PRICES] if indicator.current_money else []),
        *sign_notes(cells),
        Note("Champ", f"{indicator.universe}."),
        *source_notes(cells),
    )
    return Figure(
        _drawn(rows, course, span, changes, _WIDE), title, said, notes,
        numbers=_dated_numbers(title, bearings.table.zoning_label, rows, course, changes),
        narrow=_drawn(rows, course, span, changes, _NARROW),
    )  # fmt: skip


def _drawable(row: Bearing) -> bool:
    return any(mark.known or mark.status is Status.BOUNDED for mark in row.dates.values())


def _changes(bearings: Bearings, code: str, span: tuple[str, str]) -> dict[str, str]:
    """Return how each territory's figure changed between two dates, in words."""
    tables = [each.main for each in (*bearings.earlier, bearings.table)]
    cells = pd.concat(tables, ignore_index=True)
    cells = cells[cells["indicator"] == code]
    first, last = (cells[cells["period"] == period] for period in span)
    frame = trend_frame(first, last, bearings.table.indicators)
    return {str(row["territory"]): change_words(row) for row in records(frame)}


def _read(course: Course, span: tuple[str, str] | None) -> str:
    said = (
        "chaque ligne a sa propre échelle ; un trait joint deux dates qui se comparent ; un cercle vide n’est pas "
        "un chiffre propre, un trait vertical va d’une borne à l’autre."
    )
    if span:
        said += (
            f" Le verdict porte sur {span[0]}-{span[1]}{NO_BREAK}: ▲ ou ▼, sûr à 95 % ; ▲▲ ou ▼▼, à 99,8 % ; "
            "● pas de changement net."
        )
    if course.broken:
        said += f" {' '.join(dict.fromkeys(course.broken.values()))}"
    return said


def _drawn(
    rows: Mapping[str, Bearing],
    course: Course,
    span: tuple[str, str] | None,
    changes: Mapping[str, str],
    at: _RankedLayout,
) -> str:
    periods = _printed(course.periods, span)
    left = at.at(len(periods) - 1) + (6 if at.under else 20)
    wide = (at.width if at.under else at.change - 14) - left
    parts = _heads(periods, span, at) + _broken(course, left, wide)
    y = 42.0
    for name, row in rows.items():
        level = y + (at.row - at.under) / 2
        room = at.change if changes.get(name) else at.width
        lines = [fitted(name, room - 6)] if at.under else in_two(name, at.name - 6)
        up = 7.5 * (len(lines) - 1)
        parts += [text(0, level + 5 - up + 15 * rank, each) for rank, each in enumerate(lines)]
        said = fitted(changes.get(name, ""), at.width - at.change, LEAST_TEXT)
        parts.append(text(at.change, level + 5, said, size=LEAST_TEXT))
        tall = at.under and any(len(_dated_lines(row, period, at)) > 1 for period in periods)
        level += at.under + (7 if tall else 0)
        for rank, period in enumerate(periods):
            parts += _dated(row, period, rank, level + 5, at)
            if any(periods[max(rank - 1, 0)] < after <= period for after in course.broken):
                parts.append(break_line(at.at(rank - 1) + 7, level, at.course))
        parts += draw_course(row, left, level, at.course, wide)
        y += at.row + (14 if tall else 0)
        parts.append(line(0, y, at.width, y, stroke=tokens().light["row"]))
    return drawing(at.width, y + 6, parts)


def _printed(periods: Sequence[str], span: tuple[str, str] | None) -> list[str]:
    """Return the dates whose figures are printed: those that are judged, then the latest.

    Examples
    --------
    >>> _printed(["2014", "2015", "2016", "2017", "2018", "2019", "2020"], ("2014", "2016"))
    ['2014', '2016', '2018', '2019', '2020']
    """
    first = [*(span or ()), *reversed(periods)]
    return sorted(list(dict.fromkeys(first))[:_MOST_DATES])


def _heads(periods: Sequence[str], span: tuple[str, str] | None, at: _RankedLayout) -> list[str]:
    soft = tokens().light["soft"]
    made = [
        text(at.at(rank), 34, period, size=LEAST_TEXT, anchor="end", weight=600, fill=soft)
        for rank, period in enumerate(periods)
    ]
    if span:
        said = f"{span[0]}-{span[1]}"
        height = 14 if at.under else 34  # over the names, which it shares the line of
        made.append(text(at.change, height, said, size=LEAST_TEXT, weight=600, fill=soft))
    return made


def _broken(course: Course, left: float, wide: float) -> list[str]:
    """Write « rupture » over each break that leaves it room."""
    first, last = when(course.periods[0]), when(course.periods[-1])
    made: list[str] = []
    free = left
    for after in course.broken:
        before = course.periods[course.periods.index(after) - 1]
        middle = (when(before) + when(after)) / 2
        x = left + 5 + (middle - first) / ((last - first) or 1.0) * (wide - 10)
        half = width_of("rupture", LEAST_TEXT) / 2
        x = min(x, left + wide - half)
        if x - half >= free:
            made.append(
                text(x, 34, "rupture", size=LEAST_TEXT, anchor="middle", fill=break_colour())
            )
            free = x + half + 4
    return made


def _dated(row: Bearing, period: str, rank: int, y: float, at: _RankedLayout) -> list[str]:
    """Write a figure under its date; two bounds too long for its column stand on two lines."""
    shown, mark = _dated_lines(row, period, at), row.dates.get(period)
    weight, up = 600 if mark and mark.own else 400, 7 * (len(shown) - 1)
    return [
        text(
            at.at(rank), y - up + 14 * line_rank, each, size=LEAST_TEXT, anchor="end", weight=weight
        )
        for line_rank, each in enumerate(shown)
    ]


def _dated_lines(row: Bearing, period: str, at: _RankedLayout) -> list[str]:
    mark = row.dates.get(period)
    if mark is None:
        return ["n.d."]
    return bounds_in_lines(mark, at.date - 8) if mark.status is Status.BOUNDED else [mark.text]


def _dated_numbers(
    title: str, head: str, rows: Mapping[str, Bearing], course: Course, changes: Mapping[str, str]
) -> TableBlock:
    lines = []
    for name, row in rows.items():
        dated = [row.dates.get(period) for period in course.periods]
        cells = [
            TextCell(m.text, m.status, given(m.value)) if m else TextCell("n.d.", Status.MISSING)
            for m in dated
        ]
        lines.append(Row(name, (*cells, TextCell(changes.get(name, "")))))
    columns = (*map(Column, course.periods), Column("Évolution"))
    return TableBlock(f"Les chiffres{NO_BREAK}: {title}", head, columns, tuple(lines), kind="texts")
