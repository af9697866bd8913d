"""A cell of a tartan: full where the gap is sure, framed or patterned otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, number
from observatoire.maps.svg import LEAST_TEXT, line, pattern, text, width_of
from observatoire.pages.tokens import ink_on, tokens
from observatoire.panels.drawings.shapes import HOLLOW, sign_of
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.maps.marks import Mark

#: Height of a row; from a bound to the one under it.
ROW, BOUNDS_LINE = 20.0, 14.0


def draw_cell(mark: Mark, x: float, y: float, wide: float) -> list[str]:
    """Draw one cell: full where the gap is sure, framed where nothing is compared, patterned otherwise."""
    light, middle, base = tokens().light, x + wide / 2, y + 13.5
    if mark.status in (Status.MISSING, Status.NOT_APPLICABLE):
        return [text(middle, base, "·", size=LEAST_TEXT, anchor="middle", fill=light["soft"])]
    if mark.modelled or mark.status in (Status.CONTEXT, Status.SECRET):
        strong = mark.status is Status.SECRET
        said = text(
            middle,
            base,
            mark.text,
            size=LEAST_TEXT,
            anchor="middle",
            weight=600 if strong else 400,
            halo=True,
        )
        return [_surface(x, y, wide, pattern(mark.kind), faint=True), said]
    if mark.status is Status.BOUNDED:
        return _draw_bounds(mark, x, y, wide)
    fill, ink = _colours(mark)
    frame = light["rule"] if sign_of(mark) == HOLLOW else "none"
    count = len(mark.sign) if mark.sign[:1] in _TIPS else 0
    long = 1.12 * width_of(mark.text, LEAST_TEXT)
    pitch = _PITCH if long + _PITCH * count <= wide - 2 else _CLOSE
    room = pitch * count
    # Both signs stand in their cell, whatever its figure: one alone would be another verdict.
    right = min(middle + (long + room) / 2 + 2, x + wide - 1)
    arrows = _arrows(mark.sign, right, y + ROW / 2 - 1, ink, pitch)
    said = f"{mark.text}{NARROW}{mark.sign}" if mark.tone == "none" else mark.text
    at = min(middle - room / 2, right - room - 1 - long / 2) if count else middle
    return [
        _surface(x, y, wide, fill, frame),
        text(at, base, said, size=LEAST_TEXT, anchor="middle", fill=ink),
        *arrows,
    ]


def _draw_bounds(mark: Mark, x: float, y: float, wide: float) -> list[str]:
    """Write two bounds between two lines, one bound under the other where the cell is narrow."""
    lines = bounds_in_lines(mark, wide - 6)
    up = (BOUNDS_LINE / 2) * (len(lines) - 1)
    middle, base, ink = x + wide / 2, y + 13.5 - up, tokens().light["ink"]
    written = (
        text(middle, base + BOUNDS_LINE * at, each, size=LEAST_TEXT, anchor="middle")
        for at, each in enumerate(lines)
    )
    ends = (
        line(each, y - up, each, y + ROW - 2 + up, stroke=ink, width=2)
        for each in (x + 1, x + wide - 1)
    )
    return [*written, *ends]


def _surface(
    x: float, y: float, wide: float, fill: str, frame: str = "none", *, faint: bool = False
) -> str:
    lighter = ' fill-opacity="0.4"' if faint else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{ROW - 2:.0f}" fill="{fill}" '
        f'stroke="{frame}"{lighter}/>'
    )


#: Where the tip of a sign is, above or below its middle.
_TIPS = {"▲": -3.0, "▼": 3.0}


#: From one sign to the next: at ease, and where the figure leaves little room.
_PITCH, _CLOSE = 6.5, 5.0


def _arrows(sign: str, right: float, y: float, ink: str, pitch: float) -> list[str]:
    """Draw the signs of a sure gap, of one width whatever the face of the text."""
    tip, wide = _TIPS.get(sign[:1], 0.0), pitch - 1 if pitch > _CLOSE else pitch - 0.5
    return [
        f'<path d="M{right - pitch * rank - wide:.1f} {y - tip:.1f}h{wide:g}l-{wide / 2:g} {2 * tip:.1f}Z" '
        f'fill="{ink}"/>'
        for rank in range(len(sign) if tip else 0)
    ]


def bounds_in_short(mark: Mark) -> str:
    """Write two bounds in few signs: beyond ten, without decimals, never narrower than they are."""
    if max(abs(mark.low), abs(mark.high)) < 10:  # noqa: PLR2004 - two digits leave room for no decimal
        return mark.text.strip("[]").replace(f"{NARROW}; ", "–")
    return f"{number(math.floor(mark.low))}–{number(math.ceil(mark.high))}"


def bounds_in_lines(mark: Mark, room: float) -> list[str]:
    """Write two bounds in few signs, one under the other where they have not the room."""
    shown = bounds_in_short(mark)
    if width_of(shown, LEAST_TEXT) <= room:
        return [shown]
    low, _, high = shown.partition("–")
    return [f"{low}–", high]


def _colours(mark: Mark) -> tuple[str, str]:
    """Return the surface and the text of a figure: darker where the gap is surer."""
    if not mark.tone:
        return tokens().light["paper"], tokens().light["ink"]
    colours = tokens().verdicts[mark.tone]
    strong = len(mark.sign) > 1 and mark.tone != "none"
    fill = colours.mark if strong else colours.fill
    return fill, ink_on(fill)


def swatch(fill: str, x: float, edge: str = "none", *, faint: bool = False) -> str:
    """Draw a box of the legend, its middle at height 0."""
    lighter = ' fill-opacity="0.4"' if faint else ""
    return (
        f'<rect x="{x:.0f}" y="-7" width="18" height="14" fill="{fill}" stroke="{edge}"{lighter}/>'
    )
