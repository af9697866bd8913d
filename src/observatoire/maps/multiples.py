"""Maps of one indicator at several dates, side by side on the same classes; and of what changed."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import NO_BREAK, enumerate_words, number, plural
from observatoire.maps.figure import (
    COLUMN_WIDTH,
    Colouring,
    MapStyle,
    colouring_of,
    draw_map,
    ground_notes,
    marks_of,
    period_of,
    require_shapes,
    title_of,
)
from observatoire.maps.legend import draw_swatches, status_swatches
from observatoire.maps.marks import Mark, extremes
from observatoire.maps.svg import WIDTH, drawing, pattern, text
from observatoire.maps.territories import circle_radii, draw_territories
from observatoire.maps.tiles import draw_tiles
from observatoire.pages.blocks import Figure, Note
from observatoire.pages.cells import number_cell, range_cell
from observatoire.pages.notes import notes_of
from observatoire.pages.tokens import tokens
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.maps.marks import BaseMap
    from observatoire.secrecy.release.protected_table import ProtectedTable

_GAP, _TOP, _HIGH = 18.0, 52.0, 330.0

#: Over the legend: each of its numbers is of all the maps.
_SHARED = "Classes communes aux dates (nombres de toutes les dates)"

#: So many names in the sentence of a change.
_MOST_NAMED = 6

#: Small maps in a row; a telephone has the room of one.
_IN_A_ROW = 3


def multiples_figure(
    tables: Sequence[ProtectedTable],
    code: str,
    ground: BaseMap,
    communes: Mapping[str, str],
    style: MapStyle,
) -> Figure:
    """Draw one indicator at several dates, on classes made of all the dates together.

    Parameters
    ----------
    tables : sequence of ProtectedTable
        One a date, in order.
    code : str
        The indicator.
    ground, communes : BaseMap, mapping
        As :func:`~observatoire.maps.figure.map_figure`.
    style : MapStyle
        Classes, colour and kind.
    """
    indicator = admit(tables[0]).indicator(code)
    require_shapes(tables[0], ground)
    dated = {period_of(table, code): marks_of(admit(table), code, communes) for table in tables}
    together = [mark for marks in dated.values() for mark in marks]
    cut = style.cut([mark.value for mark in together if mark.own], indicator.decimals)
    shared = replace(style, classes=cut) if cut else style
    swatches = [
        *colouring_of(together, indicator, shared).swatches,
        *status_swatches(together, ground.words),
    ]
    drawn = []
    for width, in_a_row in ((WIDTH, _IN_A_ROW), (COLUMN_WIDTH, 1)):
        maps, y = _maps(dated, together, ground, indicator, shared, width, in_a_row)
        legend, y = draw_swatches(_SHARED, swatches, (0.0, y, width))
        drawn.append(drawing(width, y + 6, [*maps, *legend]))
    title = title_of(indicator, enumerate_words(list(dated)))
    cells = pd.concat([table.main for table in reversed(tables)])
    under = [n for n in ground_notes(ground, dated[max(dated)]) if n.label != "Classement"]
    notes = notes_of(tables[-1], cells, [indicator], extra=under)
    return Figure(drawn[0], title, _spoken(title, dated), notes, narrow=drawn[1])


def _maps(
    dated: Mapping[str, Sequence[Mark]],
    together: Sequence[Mark],
    ground: BaseMap,
    indicator: Indicator,
    style: MapStyle,
    width: float,
    in_a_row: int,
) -> tuple[list[str], float]:
    """Draw the maps in rows; communes share one frame, to leave room."""
    count = min(len(dated), in_a_row)
    each = (width - _GAP * (count - 1)) / count
    counted = indicator.nature.additive
    every = [replace(m, code=f"{p}/{m.code}") for p, ms in dated.items() for m in ms]
    radii = circle_radii(every, len(dated))
    parts, top, bottom = [], _TOP, _TOP
    fill = colouring_of(together, indicator, style).fill
    for rank, (period, marks) in enumerate(dated.items()):
        if rank and rank % count == 0:
            top = bottom + _TOP
        left = (rank % count) * (each + _GAP)
        parts.append(text(left, top - 30, period, size=18, weight=600))
        if style.kind == "tiles":
            tiles, end = draw_tiles(marks, ground, (left, top - 14, each, 0.0), fill)
            parts += tiles
        else:
            drawn = draw_territories(
                [replace(mark, commune="") for mark in marks],
                ground,
                (left, top - 18, each, _HIGH),
                fill,
                labels={mark.code: mark.name for mark in extremes(marks)},
                radii={m.code: radii.get(f"{period}/{m.code}", 0.0) for m in marks}
                if counted
                else None,
            )
            parts, end = [*parts, *drawn.parts], drawn.bottom
        bottom = max(bottom, end + 18)
    return parts, bottom


def _spoken(title: str, dated: Mapping[str, Sequence[Mark]]) -> str:
    """Say of each date how many are known and the extremes."""
    descriptions = []
    for period, marks in dated.items():
        own = sum(mark.own for mark in marks)
        line = f"{period}{NO_BREAK}: {own} sur {plural(len(marks), 'territoire')}"
        ends = extremes(marks)
        if ends:
            line += ", de " + " à ".join(f"{mark.text} ({mark.name})" for mark in ends)
        descriptions.append(line)
    return f"Cartes côte à côte. {title}. {' ; '.join(descriptions)}."


def change_figure(
    table: ProtectedTable,
    frame: pd.DataFrame,
    code: str,
    ground: BaseMap,
    communes: Mapping[str, str],
    kind: str = "map",
) -> Figure:
    """Draw how one indicator changed: a colour each way, white where nothing is sure to move.

    Parameters
    ----------
    table : ProtectedTable
        The figures of the end, for the definitions and notes.
    frame : DataFrame
        What :func:`~observatoire.indicators.evaluation.trends.trend_frame` returns.
    code : str
        The indicator.
    ground, communes, kind : BaseMap, mapping, str
        As :func:`~observatoire.maps.figure.map_figure`.
    """
    indicator = admit(table).indicator(code)
    require_shapes(table, ground)
    marks, colouring, title = changes_of(table, frame, code, communes)
    picture, halves = draw_map(marks, ground, MapStyle(kind=kind, colour="verdict"), colouring)
    own = {mark.code for mark in marks if mark.own}
    chosen = frame[(frame["indicator"] == code) & (frame["zoning"] == table.zoning)]
    example = change_example(chosen[chosen["territory"].isin(own)], indicator)
    every = notes_of(table, table.main, [indicator], extra=ground_notes(ground, marks))
    first = Note("Premier rang", _moved_words(marks))
    notes = (first, *example, *(n for n in every if n.label not in ("Lecture", "Écart")))
    return Figure(picture, title, _change_words(title, marks), notes, halves=halves)


def changes_of(
    table: ProtectedTable, frame: pd.DataFrame, code: str, communes: Mapping[str, str]
) -> tuple[list[Mark], Colouring, str]:
    """Return how one indicator changed, in its colours, and the title that says between what dates."""
    indicator = admit(table).indicator(code)
    chosen = frame[(frame["indicator"] == code) & (frame["zoning"] == table.zoning)]
    shown = {
        mark.code: mark.own for mark in marks_of(table, code, communes)
    }  # context has no change of its own
    marks = [
        _changed(row, indicator, communes, own=shown.get(str(row["territory"]), False))
        for row in records(chosen)
    ]
    largest = max((abs(mark.value) for mark in marks if mark.own and mark.tone), default=0.0)
    fills = {mark.code: _change_fill(mark, largest) for mark in marks}
    # Of its own figures only: a hole is as white as no change.
    counts = Counter(fills[mark.code] for mark in marks if mark.own)
    half = number(largest / 2, indicator.decimals)
    labels = _change_labels(half, indicator.points)
    swatches = [(c, f"{label} ({counts[c]})") for c, label in labels if counts[c]]
    start, end = (str(chosen[name].iloc[0]) if len(chosen) else "" for name in ("start", "end"))
    title = f"{indicator.label}, évolution {start}-{end}"
    return marks, Colouring(lambda mark: fills[mark.code], "Évolution", tuple(swatches)), title


def change_example(shown: pd.DataFrame, indicator: Indicator) -> list[Note]:
    """Write a reading example from the first change that is judged."""
    for row in records(shown):
        if row["verdict"] and not math.isnan(float(row["change"])):
            moved = number_cell(row["change"], indicator.decimals, sign=True).text
            between = range_cell(row["low"], row["high"], indicator.decimals).text
            around = "" if math.isnan(float(row["low"])) else f", intervalle {between}"
            text = (
                f"{row['name']}, de {row['start']} à {row['end']}{NO_BREAK}: {moved} {indicator.points}"
                f"{around}{NO_BREAK}: {row['verdict']}."
            )
            return [Note("Lecture", text)]
    return []


def _changed(
    row: Mapping[str, object], indicator: Indicator, communes: Mapping[str, str], *, own: bool
) -> Mark:
    """Return the change of one territory, rounded as it is printed."""
    value = float(str(row["change"]))
    known = value == value and own  # noqa: PLR0124 - NaN
    digits = indicator.decimals
    sign = str(row["mark"])
    moved = bool(sign) and int(str(row["rank"])) != 0
    status = Status(str(row["status"]))
    if not known and status.has_value:
        status = Status.CONTEXT if not own else Status.MISSING
    shown = round(value, digits) if known else float("nan")
    ends = [round(float(str(row[name])), digits) for name in ("low", "high")]
    return Mark(
        code=str(row["territory"]),
        name=str(row["name"]),
        commune=communes.get(str(row["territory"]), ""),
        status=status if not known else Status.OBSERVED,
        value=shown,
        high=float("nan"),
        text=number(shown, digits, sign=True) if known else _no_change(status),
        interval=(ends[0], ends[1]),
        sign=sign if known else "",
        tone=("rise" if value > 0 else "fall") if known and moved else "",
    )


def _no_change(status: Status) -> str:
    """Return the mark of a hole; bounds and the figure of another territory have no change."""
    return "—" if status in (Status.CONTEXT, Status.BOUNDED) else status.mark


def _change_fill(mark: Mark, largest: float) -> str:
    change = tokens().diverging
    if not mark.own:
        return pattern(mark.kind)
    if not mark.tone:
        return change.none
    strong = abs(mark.value) > largest / 2
    return (
        change.rise[1 if strong else 0] if mark.tone == "rise" else change.fall[0 if strong else 1]
    )


def _change_labels(half: str, points: str) -> list[tuple[str, str]]:
    change = tokens().diverging
    return [
        (change.fall[0], f"baisse de plus de {half} {points}".rstrip()),
        (change.fall[1], "baisse moindre"),
        (change.none, "pas d’évolution sûre ●"),
        (change.rise[0], "hausse moindre"),
        (change.rise[1], f"hausse de plus de {half} {points}".rstrip()),
    ]


def _moved_words(marks: Sequence[Mark]) -> str:
    """Say what moved for sure, and whose, or that nothing did."""
    known = sum(mark.own for mark in marks)
    if not known:
        return "Aucune évolution n’est connue."
    found = []
    for tone, one, many in (
        ("fall", "baisse sûre", "baisses sûres"),
        ("rise", "hausse sûre", "hausses sûres"),
    ):
        names = [mark.name for mark in marks if mark.own and mark.tone == tone]
        if names:
            found.append(
                f"{plural(len(names), one, many)} ({enumerate_words(names, most=_MOST_NAMED)})"
            )
    sure = enumerate_words(found) if found else "aucune n’est sûre, ni hausse ni baisse"
    return f"Sur {plural(known, 'évolution connue', 'évolutions connues')}, {sure}."


def _change_words(title: str, marks: Sequence[Mark]) -> str:
    lines = " ; ".join(f"{mark.name}{NO_BREAK}: {mark.text}" for mark in marks)
    return f"Carte. {title}. {_moved_words(marks)} {lines}."
