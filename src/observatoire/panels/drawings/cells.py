"""A cell of a tartan: full where the gap is sure, framed or patterned otherwise."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, number
from observatoire.maps.marks import MODELLED
from observatoire.maps.svg import LEAST_TEXT, line, pattern, pressed, text, width_of
from observatoire.pages.tokens import ink_on, tokens
from observatoire.panels.drawings.shapes import (
    BOUNDS,
    DIAMOND,
    FAVOURED_WORDS,
    HOLLOW,
    favoured,
    sign_of,
)
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.maps.marks import Mark
    from observatoire.panels.drawings.bearings import Bearing

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
    # Its first digit neither: what would be wider than the cell is drawn closer.
    left = right - room - 1 - x
    at = min(middle - room / 2, right - room - 1 - min(long, left) / 2) if count else middle
    written = text(at, base, said, size=LEAST_TEXT, anchor="middle", fill=ink)
    return [
        _shaped(_surface(x, y, wide, fill, frame), mark.tone),
        *_bars(mark.tone, x, y, wide, ROW - 2),
        pressed(written, left - 2) if count and long > left - 2 else written,
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


def _shaped(surface: str, tone: str) -> str:
    """Round a surface whose verdict is favourable: print in black tells it so from the others."""
    return surface.replace("/>", f' rx="{_ROUND:g}"/>') if tone == "favourable" else surface


def _bars(tone: str, x: float, y: float, wide: float, high: float) -> list[str]:
    """Draw the bars over and under a surface whose verdict is unfavourable."""
    if tone != "unfavourable":
        return []
    ends = (y + _BAR / 2, y + high - _BAR / 2)
    ink = tokens().light["ink"]
    return [line(x, at, x + wide, at, stroke=ink, width=_BAR) for at in ends]


#: How thick a bar is, and how round a corner.
_BAR, _ROUND = 2.6, 7.0


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
    between = "–" if mark.low >= 0 else " à "  # a dash beside a minus reads as another
    if max(abs(mark.low), abs(mark.high)) < 10:  # noqa: PLR2004 - two digits leave room for no decimal
        return mark.text.strip("[]").replace(f"{NARROW}; ", between)
    return f"{number(math.floor(mark.low))}{between}{number(math.ceil(mark.high))}"


def bounds_in_lines(mark: Mark, room: float) -> list[str]:
    """Write two bounds in few signs, one under the other where they have not the room."""
    shown = bounds_in_short(mark)
    if width_of(shown, LEAST_TEXT) <= room:
        return [shown]
    return re.split(r"(?<=[–à]) ?", shown, maxsplit=1)


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


def cell_keys(
    rows: Mapping[str, Sequence[Sequence[Bearing]]], words: TerritoryNames
) -> list[tuple[float, str, str]]:
    """Return the keys of what is drawn, and of nothing else."""
    flat = [bearing.mark for each in rows.values() for row in each for bearing in row]
    signs, tones = {sign_of(mark) for mark in flat}, {mark.tone for mark in flat if mark.own}
    paper, rule, ink = (tokens().light[name] for name in ("paper", "rule", "ink"))
    edges = line(1, -7, 1, 7, stroke=ink, width=2) + line(17, -7, 17, 7, stroke=ink, width=2)
    leant = any(favoured(row[0].indicator) for each in rows.values() for row in each)
    verdicts = tokens().verdicts
    every = [
        *(
            (
                tone in tones,
                38.0,
                "".join(
                    _shaped(swatch(fill, x), tone) + "".join(_bars(tone, x, -7, 18, 14))
                    for fill, x in ((verdicts[tone].mark, 0), (verdicts[tone].fill, 20))
                ),
                label,
            )
            for tone, label in _TONES
        ),
        (leant, 0.0, "", FAVOURED_WORDS),
        ("none" in tones, 18.0, swatch(verdicts["none"].fill, 0), "● pas de différence sûre"),
        (HOLLOW in signs, 18.0, swatch(paper, 0, rule), "ne se juge pas"),
        (BOUNDS in signs, 18.0, edges, "entre les deux bornes"),
        *_not_theirs(flat, words),
    ]
    return [(wide, drawn, label) for there, wide, drawn, label in every if there]


def _not_theirs(flat: Sequence[Mark], words: TerritoryNames) -> list[tuple[bool, float, str, str]]:
    """Return the keys of what is not a territory's own figure, and whether each is drawn."""
    statuses, signs = {mark.status for mark in flat}, {sign_of(mark) for mark in flat}
    estimated = [mark for mark in flat if mark.status is Status.ESTIMATED]
    sign, dot = Status.ESTIMATED.mark, text(3, 4, "·", size=LEAST_TEXT, anchor="middle")

    def faint(kind: str) -> str:
        return swatch(pattern(kind), 0, faint=True)

    return [
        (DIAMOND in signs, 18.0, faint(Status.CONTEXT), words.wider_figure),
        (
            any(mark.modelled for mark in estimated),
            18.0,
            faint(MODELLED),
            f"{sign} estimé par un modèle",
        ),
        (any(not mark.modelled for mark in estimated), 0.0, "", f"{sign} estimé"),
        (Status.SECRET in statuses, 18.0, faint(Status.SECRET), "s secret"),
        (bool(statuses & _BLANK), 6.0, dot, "non disponible"),
        (
            any(mark.careful for mark in flat),
            0.0,
            "",
            "†, ‡ effectif trop petit pour être commenté",
        ),
    ]


_BLANK = {Status.MISSING, Status.NOT_APPLICABLE}


_TONES = (
    ("unfavourable", "écart sûr, défavorable (deux signes : à 99,8 %)"),
    ("favourable", "écart sûr, favorable"),
    ("neutral", "écart sûr, sans jugement"),
)
