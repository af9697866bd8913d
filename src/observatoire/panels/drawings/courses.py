"""The course of an indicator over its dates: a line joins those that compare, and stops at a break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.maps.svg import line
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.bearings import when

if TYPE_CHECKING:
    from collections.abc import Callable

    from observatoire.maps.marks import Mark
    from observatoire.panels.drawings.bearings import Bearing

#: Room of a course beside a row.
COURSE_WIDTH = 84.0


def break_colour() -> str:
    """Return the colour of a break."""
    return tokens().verdicts["unfavourable"].mark


def has_course(bearing: Bearing) -> bool:
    """Tell whether a figure has two dates to draw: headings and legends ask, so as to announce nothing else."""
    return bearing.course is not None and len(_drawn(bearing)) > 1


def _drawn(bearing: Bearing) -> dict[str, Mark]:
    return {period: mark for period, mark in bearing.dates.items() if mark.known or mark.bounded}


def draw_course(
    bearing: Bearing, left: float, y: float, height: float, width: float = COURSE_WIDTH
) -> list[str]:
    """Draw the dates of one figure around a height."""
    course, drawn = bearing.course, _drawn(bearing)
    if course is None or not has_course(bearing):
        return []
    years = [when(period) for period in course.periods]
    span = max(years) - min(years) or 1.0
    ends = [
        end
        for mark in drawn.values()
        for end in ((mark.low, mark.high) if mark.bounded else (mark.value,))
    ]
    low, spread = min(ends), max(ends) - min(ends)

    def across(period: str) -> float:
        return left + 5 + (when(period) - min(years)) / span * (width - 10)

    def up(value: float) -> float:
        return y if spread == 0 else y + height / 2 - (value - low) / spread * height

    parts = [_break(bearing, period, across, y, height) for period in course.broken]
    for before, after in course.joined:
        if before in drawn and after in drawn and drawn[before].known and drawn[after].known:
            first, last = drawn[before], drawn[after]
            if first.kind != last.kind and not (first.own and last.own):
                continue  # an estimate and the figure of a larger place are no course
            own = first.own and last.own
            colour = tokens().light["accent" if own else "soft"]
            drawn_line = line(
                *(across(before), up(first.value)),
                *(across(after), up(last.value)),
                stroke=colour,
                width=1.8,
            )
            parts.append(
                drawn_line if own else drawn_line.replace("/>", ' stroke-dasharray="2.4 1.6"/>')
            )
    return parts + [_dot(mark, across(period), up) for period, mark in drawn.items()]


def _break(
    bearing: Bearing, period: str, across: Callable[[str], float], y: float, height: float
) -> str:
    periods = bearing.course.periods if bearing.course else ()
    before = periods[periods.index(period) - 1]
    x = (across(before) + across(period)) / 2
    return break_line(x, y, height)


def break_line(x: float, y: float, height: float) -> str:
    """Draw a break: what is on its two sides is not compared."""
    return (
        f'<path d="M{x:.1f} {y - height / 2 - 1:.1f}v{height + 2:.1f}" stroke="{break_colour()}" '
        'stroke-width="1.6" stroke-dasharray="2 2" fill="none"/>'
    )


def _dot(mark: Mark, x: float, up: Callable[[float], float]) -> str:
    light = tokens().light
    if mark.bounded:
        return line(x, up(mark.low), x, up(mark.high) - 0.1, stroke=light["ink"], width=2.6)
    fill, stroke = (light["accent"],) * 2 if mark.own else (light["paper"], light["soft"])
    return (
        f'<circle cx="{x:.1f}" cy="{up(mark.value):.1f}" r="2.8" fill="{fill}" stroke="{stroke}" '
        'stroke-width="1.3"/>'
    )
