"""The spine of a profile: one row an indicator, its place among the known, its comparison, its course."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, number
from observatoire.maps.svg import (
    LEAST_TEXT,
    WIDTH,
    drawing,
    fitted,
    in_lines,
    line,
    text,
    width_of,
)
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.bearings import LEFT_OUT
from observatoire.panels.drawings.courses import COURSE_WIDTH, break_colour, draw_course, has_course
from observatoire.panels.drawings.shapes import (
    BOUNDS,
    DIAMOND,
    DOWN,
    HOLLOW,
    NARROW_WIDTH,
    SAME,
    UP,
    down_arrow,
    draw_bounds,
    draw_sign,
    favourable_end,
    keyed,
    sign_of,
    whisker,
)
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun, TerritoryNames
    from observatoire.panels.drawings.bearings import Bearing

ROW, HEADING, WATCH = 24.0, 25.0, 19.0


@dataclass(frozen=True)
class _SpineLayout:
    """Where the columns begin and end; on a telephone the place of a figure stands under its name.

    ``least`` to ``most`` is what places a figure among the known, ``under`` how much lower it is drawn;
    ``long`` is the size of two bounds.
    """

    width: float
    year: float
    value: float
    interval: float
    bounded: float
    least: float
    other: float
    course: float
    dated: float = COURSE_WIDTH
    row: float = ROW
    under: float = 0.0
    span: float = 84.0
    long: float = 16.5

    @property
    def left(self) -> float:
        return self.least + 8

    @property
    def right(self) -> float:
        return self.left + self.span

    @property
    def most(self) -> float:
        return self.right + 8


_WIDE = _SpineLayout(
    WIDTH, 264.0, 366.0, 374.0, 452.0, 524.0, 838.0, course=WIDTH - COURSE_WIDTH - 2, span=196.0
)  # fmt: skip
_NARROW = _SpineLayout(
    NARROW_WIDTH, 258.0, NARROW_WIDTH, 0.0, NARROW_WIDTH, 200.0, NARROW_WIDTH, course=298.0, dated=58.0,
    row=46.0, under=21.0, long=15.0,
)  # fmt: skip

#: Room of the name of a commune over its figures.
_COMMUNE = 96.0

#: Fewest known figures that make a range.
_LEAST_KNOWN = 2

#: The size of what is read first in a row, where it is sure to be the territory's and where it is not.
_STRONG, _PLAIN = 16.5, 15.5

_BAND, _MIDDLE, _WARN = (tokens().light[name] for name in ("row", "rule", "warn"))


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.5
        return self.left + share * (self.right - self.left)


def draw_spine(
    themes: Mapping[str, Sequence[Bearing]],
    words: TerritoryNames,
    commune: str,
    *,
    narrow: bool = False,
) -> str:
    """Draw the rows of each theme under its heading, then the legend of what is drawn.

    Parameters
    ----------
    commune : str
        What figures are compared with first.
    narrow : bool
        As a telephone shows it: two lines a figure.
    """
    rows = [row for each in themes.values() for row in each]
    at = _NARROW if narrow else _roomy(rows)
    drawn = sorted({period for row in rows if _coursed(row) for period in row.dates})
    dates = f"{drawn[0]}-{drawn[-1]}" if drawn else ""
    parts = _head(words.here, commune, dates, at)
    y = 26.0 + at.under
    for label, bearings in themes.items():
        parts += _heading(label, y, at.width)
        y += HEADING
        for bearing in bearings:
            parts += _row(bearing, y + ROW / 2, at)
            y += at.row
            for warned in _warned(bearing, at.width - 24):
                parts.append(text(14, y + 10, warned, size=LEAST_TEXT, weight=600, fill=_WARN))
                y += WATCH
            parts.append(line(0, y, at.width, y, stroke=tokens().light["row"]))
        y += 4
    keys, y = keyed(_legend(rows, words, commune), y + 4, at.width)
    return drawing(at.width, y + 4, [*parts, *keys])


def _warned(bearing: Bearing, room: float) -> list[str]:
    """Return the lines of what is watched of a figure: it is never cut."""
    if not bearing.watched:
        return []
    return in_lines(f"Veille{NO_BREAK}: {bearing.watched}", room)


def _head(here: Noun, commune: str, dates: str, at: _SpineLayout) -> list[str]:
    soft, known = tokens().light["soft"], here.agree("connu", several=True)
    place = (at.other - _COMMUNE - 8, f"place parmi les {here.many} {known}", "end")
    first: tuple[tuple[float, str, str], ...] = ((0.0, "Indicateur", ""), (at.year, "Année", ""))
    if at.under:
        place = ((at.left + at.right) / 2, f"parmi les {known}", "middle")
        first = ((0.0, "Indicateur, année", ""),)
    above = (*first, (at.value, "Ici", "end"), (at.course + at.dated / 2, dates, "middle"))
    commune = fitted(commune, _COMMUNE, LEAST_TEXT)
    beside = ((at.interval, "sûr à 95 %", ""), place, (at.other, commune, "end"))
    return [
        text(x, y, said, size=LEAST_TEXT, anchor=anchor or "start", weight=600, fill=soft)
        for y, heads in ((15.0, above), (15.0 + at.under, beside))
        for x, said, anchor in heads
        if said
    ]


def _heading(label: str, y: float, width: float) -> list[str]:
    tint, accent = tokens().light["tint"], tokens().light["accent"]
    return [
        f'<rect x="0" y="{y + 2:.1f}" width="{width:.0f}" height="{HEADING - 4:.0f}" fill="{tint}"/>',
        text(6, y + 18, fitted(label, width - 12, 15), size=15, weight=600, fill=accent),
    ]


def _row(bearing: Bearing, y: float, at: _SpineLayout) -> list[str]:
    indicator = bearing.indicator
    unit = "" if indicator.unit in ("%", "") else f", {indicator.unit.replace('euros', '€')}"
    name = fitted(f"{indicator.short}{unit}", at.year - 26, 15)
    long = at.under and bearing.mark.status is Status.BOUNDED  # two bounds have no interval below
    spot = (0.0, y + at.under) if long else (at.course, y)
    return [
        text(0, y + 5, name, size=15),
        text(at.year, y + 5, bearing.period, size=LEAST_TEXT, fill=tokens().light["soft"]),
        *_value(bearing, y + 5, at),
        *_place(bearing, y + at.under, at),
        *_compared(bearing, y + 5 + at.under, at),
        *(draw_course(bearing, *spot, ROW - 9, at.dated) if _coursed(bearing) else []),
    ]


def _coursed(bearing: Bearing) -> bool:
    """Tell whether the dates of a figure are drawn beside it: not where its own is hidden."""
    return bearing.mark.status is not Status.SECRET and has_course(bearing)


def _value(bearing: Bearing, y: float, at: _SpineLayout) -> list[str]:
    mark, soft = bearing.mark, tokens().light["soft"]
    own = mark.own or mark.status is Status.BOUNDED
    right, size = at.value, _STRONG if own else _PLAIN
    if mark.status is Status.BOUNDED:
        right, size = at.bounded, at.long
    weight, fill = (700, "") if own else (400, soft)
    parts = [text(right, y, mark.text, size=size, anchor="end", weight=weight, fill=fill)]
    if around := _around(bearing):
        parts.append(text(at.interval, y + at.under, around, size=LEAST_TEXT, fill=soft))
    return parts


def _around(bearing: Bearing) -> str:
    mark, decimals = bearing.mark, bearing.indicator.decimals
    if not mark.sampled:
        return ""
    low, high = (number(end, decimals) for end in mark.interval)
    return f"{low} à {high}" + (f" ({mark.level} %)" if mark.level != 95 else "")  # noqa: PLR2004 - that of the heading


def _least(bearing: Bearing) -> str:
    return number(bearing.known[0], bearing.indicator.decimals) if bearing.known else ""


def _roomy(rows: Sequence[Bearing]) -> _SpineLayout:
    """Give the place of figures all the room that the intervals beside it leave."""
    written = ((_around(row), _least(row)) for row in rows)
    room = max((sum(width_of(each, LEAST_TEXT) for each in both) for both in written), default=0.0)
    least = max(_WIDE.least, _WIDE.interval + room + 10)
    return replace(_WIDE, least=least, span=_WIDE.right - least - 8)


def _place(bearing: Bearing, y: float, at: _SpineLayout) -> list[str]:
    mark, known, soft = bearing.mark, bearing.known, tokens().light["soft"]
    if len(known) < _LEAST_KNOWN and not (mark.known or mark.status is Status.BOUNDED):
        return []
    scale = _scale(bearing, at)
    parts = []
    if len(known) >= _LEAST_KNOWN:
        parts.append(_bar(scale.at(known[0]), scale.at(known[-1]), y, _BAND))
        if bearing.middle:
            low, high = map(scale.at, bearing.middle)
            parts.append(_bar(low, high, y, _MIDDLE))
        least, most = (number(known[end], bearing.indicator.decimals) for end in (0, -1))
        parts += [
            text(at.least, y + 5, least, size=LEAST_TEXT, anchor="end", fill=soft),
            text(at.most, y + 5, most, size=LEAST_TEXT, fill=soft),
            favourable_end(bearing.indicator, at.left, at.right, y),
        ]
    for reference in bearing.references:
        x, accent = scale.at(reference.value), tokens().light["accent"]
        beside = line(x, y - 10, x, y + 10, stroke=accent, width=2.4)
        parts.append(down_arrow(x, y) if reference.whole else beside)
    return [*parts, *_drawn(bearing, scale, y)]


def _drawn(bearing: Bearing, scale: _Scale, y: float) -> list[str]:
    mark = bearing.mark
    if mark.status is Status.BOUNDED:
        drawn = draw_bounds(scale.at(mark.low), scale.at(mark.high), y)
        return [drawn] if mark.low <= mark.high else []
    if not mark.known:
        return []
    low, high = mark.interval
    drawn = draw_sign(sign_of(mark), scale.at(mark.value), y, mark.tone)
    if mark.sampled:
        return [whisker(scale.at(low), scale.at(high), y, own=mark.own), drawn]
    return [drawn]


def _bar(x1: float, x2: float, y: float, fill: str) -> str:
    width = max(x2 - x1, 1.5)
    return f'<rect x="{x1:.1f}" y="{y - 6.5:.1f}" width="{width:.1f}" height="13" fill="{fill}"/>'


def _scale(bearing: Bearing, at: _SpineLayout) -> _Scale:
    mark = bearing.mark
    ends = [*bearing.known[:1], *bearing.known[-1:], *(other.value for other in bearing.references)]
    if mark.status is Status.BOUNDED:
        ends += [mark.low, mark.high]
    elif mark.known:
        ends += [mark.value, *mark.interval]
    ends = [end for end in ends if end == end]  # noqa: PLR0124 - NaN
    pad = (max(ends) - min(ends)) * 0.04
    return _Scale(min(ends) - pad, max(ends) + pad, at.left, at.right)


def _compared(bearing: Bearing, y: float, at: _SpineLayout) -> list[str]:
    reference = bearing.reference
    if reference is None:
        return [text(at.other, y, "–", size=15, anchor="end", fill=tokens().light["soft"])]
    shown = [text(at.other, y, reference.text, size=15, anchor="end")]
    if reference.whole:
        shown.append(down_arrow(at.other - width_of(reference.text, 15) - 10, y - 1))
    return shown


def _legend(
    rows: Sequence[Bearing], words: TerritoryNames, commune: str
) -> list[tuple[float, str, str]]:
    """Return the keys of what is drawn, and of nothing else."""
    signs = {sign_of(row.mark) for row in rows}
    tones = {row.mark.tone for row in rows if sign_of(row.mark) in (UP, DOWN)}
    accent = tokens().light["accent"]
    others = [reference for row in rows for reference in row.references]
    frail = LEFT_OUT if any(row.left_out for row in rows) else ""
    band = _key_bar(_BAND, 0, 46) + _key_bar(_MIDDLE, 14, 18)
    leanings = sorted(
        {favourable_end(row.indicator, 4, 14, 0) for row in rows if len(row.known) >= _LEAST_KNOWN}
    )
    every = [
        (
            any(row.known and row.known[0] < row.known[-1] for row in rows),
            46.0,
            band,
            f"du plus bas au plus haut des connus{frail} ; la moitié du milieu",
        ),
        (
            any(not o.whole for o in others),
            3.0,
            line(1.5, -9, 1.5, 9, stroke=accent, width=2.4),
            commune,
        ),
        *((True, 10.0, down_arrow(5, 3), o.name) for o in others if o.whole),
        *(
            (tone in tones, 28.0, draw_sign(UP, 7, 0, tone) + draw_sign(DOWN, 21, 0, tone), label)
            for tone, label in _TONES
        ),
        (any(leanings), 18.0, "".join(leanings), "côté favorable"),
        (SAME in signs, 11.0, draw_sign(SAME, 5.5, 0), "pas de différence sûre"),
        (HOLLOW in signs, 11.0, draw_sign(HOLLOW, 5.5, 0), "ne se juge pas"),
        (BOUNDS in signs, 28.0, draw_bounds(2, 26, 0), "entre les deux bornes"),
        (DIAMOND in signs, 13.0, draw_sign(DIAMOND, 6.5, 0), words.wider_figure),
        (
            any(row.course and row.course.broken and _coursed(row) for row in rows),
            4.0,
            f'<path d="M2 -8V8" stroke="{break_colour()}" stroke-width="1.6" stroke-dasharray="2 2"/>',
            "rupture de série",
        ),
    ]
    return list(dict.fromkeys((wide, drawn, label) for there, wide, drawn, label in every if there))


_TONES = (
    ("unfavourable", "écart sûr, défavorable"),
    ("favourable", "écart sûr, favorable"),
    ("neutral", "écart sûr, sans jugement"),
)


def _key_bar(fill: str, x: float, width: float) -> str:
    return f'<rect x="{x:.0f}" y="-6" width="{width:.0f}" height="12" fill="{fill}"/>'
