"""Signs of a figure on a scale: each says by its shape how sure it is, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK
from observatoire.maps.marks import NO_DIFFERENCE
from observatoire.maps.svg import LEAST_TEXT, in_two, line, text, width_of
from observatoire.pages.tokens import tokens
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.maps.marks import Mark

#: Width of the drawings that a telephone shows: their texts are as large there as on a page.
NARROW_WIDTH = 416.0

_DASHES = ' stroke-dasharray="2.4 1.6"'

#: Names of the signs, as legends explain them.
UP, DOWN, SAME, HOLLOW, DIAMOND, BOUNDS = "up", "down", "same", "hollow", "diamond", "bounds"


#: What stands beside an indicator that has a favourable sense, so that no verdict is of colour alone.
_FAVOURED = {"lower_is_better": "↓", "higher_is_better": "↑"}

#: What legends say of it.
FAVOURED_WORDS = "↓ ↑ après un nom : le sens favorable, pas l’évolution"


def favoured(indicator: Indicator) -> str:
    """Return the sign of the favourable sense of an indicator, after a space; nothing when it has none."""
    sign = _FAVOURED.get(indicator.polarity, "")
    return f"{NO_BREAK}{sign}" if sign else ""


def favourable_end(indicator: Indicator, left: float, right: float, y: float) -> str:
    """Draw a point at the favourable end of a scale: after a name, an arrow reads as an evolution."""
    if indicator.polarity not in _FAVOURED:
        return ""
    x, tip = (left + 2, -6) if indicator.polarity == "lower_is_better" else (right - 2, 6)
    return f'<path d="M{x:.1f} {y - 5:.1f}v10l{tip} -5Z" fill="{tokens().light["soft"]}"/>'


def sign_of(mark: Mark) -> str:
    """Return the name of the sign that a figure is drawn with; nothing when there is no figure."""
    if mark.status is Status.BOUNDED:
        return BOUNDS
    if not mark.known:
        return ""
    if not (mark.own or mark.modelled):
        return DIAMOND
    signs = {"▲": UP, "▼": DOWN, NO_DIFFERENCE: SAME}
    return signs.get(mark.sign[:1], HOLLOW)


def draw_sign(name: str, x: float, y: float, tone: str = "") -> str:
    """Draw a sign with its middle at a place; ``tone`` names the colour of its verdict."""
    ink, paper, soft = (tokens().light[each] for each in ("ink", "paper", "soft"))
    if name in (UP, DOWN):
        tip = -6 if name == UP else 6
        colour = tokens().verdicts[tone or "neutral"].mark
        fill, edge, thick = (
            (paper, colour, 2.2) if tone == "favourable" else (colour, paper, 0.8)
        )  # told without colour
        slit = line(x - 5, y - tip / 6, x + 5, y - tip / 6, stroke=paper, width=1.7)
        corners = f"M{x - 6:.1f} {y - tip * 0.8:.1f}L{x:.1f} {y + tip:.1f}L{x + 6:.1f} {y - tip * 0.8:.1f}Z"
        drawn = f'<path d="{corners}" fill="{fill}" stroke="{edge}" stroke-width="{thick}"/>'
        return drawn + slit if tone == "unfavourable" else drawn
    if name == DIAMOND:
        corners = (
            f"M{x - 6:.1f} {y:.1f}L{x:.1f} {y - 6:.1f}L{x + 6:.1f} {y:.1f}L{x:.1f} {y + 6:.1f}Z"
        )
        return f'<path d="{corners}" fill="{paper}" stroke="{soft}" stroke-width="1.5"{_DASHES}/>'
    fill = tokens().verdicts["none"].mark if name == SAME else paper
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.8" fill="{fill}" stroke="{ink}" stroke-width="1.5"/>'


def draw_bounds(x1: float, x2: float, y: float) -> str:
    """Draw two bounds with what is between them."""
    ink = tokens().light["ink"]
    return (
        f'<path d="M{x1:.1f} {y - 6:.1f}v12m0 -6H{x2:.1f}m0 -6v12" fill="none" stroke="{ink}" '
        'stroke-width="2.4"/>'
    )


def whisker(x1: float, x2: float, y: float, *, own: bool) -> str:
    """Draw an interval; dashed when it is not the territory's own."""
    colour = tokens().light["ink" if own else "soft"]
    drawn = line(x1, y, x2, y, stroke=colour, width=1.6)
    return drawn if own else drawn.replace("/>", f"{_DASHES}/>")


def down_arrow(x: float, y: float) -> str:
    """Draw the sign of the territory that holds all, hanging from above."""
    accent = tokens().light["accent"]
    return (
        f'<path d="M{x - 4.5:.1f} {y - 10:.1f}h9l-4.5 7Z" fill="{tokens().light["paper"]}" '
        f'stroke="{accent}" stroke-width="1.4"/>'
    )


#: Room between two keys of a legend, and between its lines.
_BETWEEN, _LINE = 26.0, 21.0

#: How much wider than ours the letters of a machine without our font may be.
_WIDER = 1.08


def keyed(
    items: Sequence[tuple[float, str, str]], top: float, width: float
) -> tuple[list[str], float]:
    """Lay the keys of a legend out one after the other, on as many lines as they need.

    Parameters
    ----------
    items : sequence of (width, drawing, label)
        Each drawing is made at the origin, its middle at height 0.

    Returns
    -------
    list of str, float
        The drawing, and where it ends.
    """
    parts: list[str] = []
    x, y = 0.0, top + 12
    for wide, drawn, label in items:
        # What has no drawing begins with its sign: a letter, an arrow.
        before = wide + 6 if drawn else 0.0
        lines = in_two(label, (width - before) / _WIDER)
        room = before + _WIDER * max(width_of(each, LEAST_TEXT) for each in lines)
        if x > 0 and x + room > width:
            x, y = 0.0, y + _LINE
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{drawn}</g>' if drawn else "")
        for rank, each in enumerate(lines):
            at = y + 4.8 + 16 * rank
            parts.append(text(x + before, at, each, size=LEAST_TEXT, fill=tokens().light["soft"]))
        if len(lines) > 1:  # what follows begins a line of its own
            x, y = width, y + 16
        x += room + _BETWEEN
    return parts, y + 12
