"""Shapes of SVG in the house's colours: text, boxes, patterns, and the drawing that holds them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING

from observatoire.pages.tokens import ink_on, tokens
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Width of a drawing; on a sheet of A4 each of its units is 0.55 point.
WIDTH = 940.0

#: Size of the text, and of the least text: 7.75 and 7.5 points on a sheet.
TEXT, LEAST_TEXT = 14.0, 13.6

#: Weight of a text that is not strong.
_REGULAR = 400

#: Room that a character takes, as a share of the size of its text.
LETTER = 0.48

#: What fills a territory that has no class, by kind of figure.
PATTERNS = {
    "modelled": "modelled",
    str(Status.CONTEXT): "context",
    str(Status.BOUNDED): "bounded",
    str(Status.SECRET): "secret",
}


def pattern(kind: str) -> str:
    """Return what fills a territory whose figure is not its own: a pattern, blank when there is none."""
    return f"url(#{PATTERNS[kind]})" if kind in PATTERNS else tokens().light["paper"]


def barred(fill: str) -> str:
    """Return a colour under bars: those of bad and good, of rise and fall, are one grey in print.

    Examples
    --------
    >>> barred(tokens().verdicts["unfavourable"].mark)
    'url(#barred-b34700)'
    """
    return f"url(#barred-{fill[1:]})"


def verdict_fill(tone: str, *, sure: bool = False) -> str:
    """Return what fills a surface that bears a verdict, barred where it is unfavourable."""
    colours = tokens().verdicts[tone]
    fill = colours.mark if sure else colours.fill
    return barred(fill) if tone == "unfavourable" else fill


def ground_of(fill: str) -> str:
    """Return the colour that words on a surface are read on, whatever its pattern.

    Examples
    --------
    >>> paper, bad = tokens().light["paper"], tokens().verdicts["unfavourable"].mark
    >>> ground_of(barred(bad)) == ground_of(bad) == bad, ground_of("url(#secret)") == paper
    (True, True)
    """
    if found := _BARRED.fullmatch(fill):
        return f"#{found[1]}"
    return tokens().light["paper"] if fill.startswith("url") else fill


_BARRED = re.compile(r"url\(#barred-([0-9a-f]{6})\)")


def patterns(body: str) -> str:
    """Return dots (foretold), stripes (context), verticals (bounded), a cross (secret), bars: those it uses."""
    paper, stripe, edge = (
        tokens().light["paper"],
        tokens().ground["stripe"],
        tokens().ground["edge"],
    )
    shapes = {
        "modelled": (6, f'<circle cx="3" cy="3" r="1.3" fill="{stripe}" stroke="none"/>'),
        "context": (8, f'<path d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" stroke="{stripe}"/>'),
        "bounded": (6, f'<path d="M3 0V6" stroke="{edge}" stroke-width="2"/>'),
        "secret": (6, f'<path d="M0 0L6 6M6 0L0 6" stroke="{edge}" stroke-width="0.8"/>'),
    }
    used = {name: (paper, *each) for name, each in shapes.items() if f"url(#{name})" in body}
    for colour in sorted(set(_BARRED.findall(body))):
        bar = f'<path d="M0 2H5" stroke="{ink_on(f"#{colour}")}" stroke-width="0.9"/>'
        used[f"barred-{colour}"] = (f"#{colour}", 5, bar)
    drawn = (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="{under}"/>{lines}</pattern>'
        for name, (under, size, lines) in used.items()
    )
    return f"<defs>{''.join(drawn)}</defs>"


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = TEXT,
    anchor: str = "start",
    weight: int = 400,
    fill: str = "",
    halo: bool = False,
) -> str:
    """Write a text at its baseline; a halo lets it be read over lines.

    What a text is without a word said is left out: a page has ten thousand of them.
    """
    ink = tokens().light["ink"]
    around = f' font-weight="{weight}"' if weight != _REGULAR else ""
    around += f' text-anchor="{anchor}"' if anchor != "start" else ""
    around += f' fill="{fill}"' if fill and fill != ink else ""
    if halo:
        paper = tokens().light["paper"]
        around += (
            f' stroke="{paper}" stroke-width="3.4" stroke-linejoin="round" paint-order="stroke"'
        )
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{around}>{escape(content)}</text>'


def pressed(written: str, room: float) -> str:
    """Return a text whose letters are drawn closer, so that it takes the room it has and no more.

    Examples
    --------
    >>> pressed('<text x="1">41,4</text>', 20)
    '<text textLength="20.0" lengthAdjust="spacingAndGlyphs" x="1">41,4</text>'
    """
    closer = f'<text textLength="{room:.1f}" lengthAdjust="spacingAndGlyphs"'
    return written.replace("<text", closer, 1)


def box(x: float, y: float, width: float, height: float, fill: str, *, edge: bool = True) -> str:
    """Draw a rectangle."""
    line = f' stroke="{tokens().ground["edge"]}" stroke-width="0.9"' if edge else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{fill}"{line}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = "", width: float = 1) -> str:
    """Draw a line."""
    colour = stroke or tokens().ground["edge"]
    thick = f' stroke-width="{width:g}"' if width != 1 else ""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}"{thick}/>'


def width_of(content: str, size: float = TEXT) -> float:
    """Return about how wide a text is drawn; letters that are not Latin take more room.

    Examples
    --------
    >>> width_of("Dillon", 10) < width_of("Диллон", 10) < width_of("中央区第三街", 10)
    True
    """
    return (
        size * sum(map(_room, content)) if not content.isascii() else LETTER * size * len(content)
    )


def _room(character: str) -> float:
    """Return the room of a character, as a share of its size."""
    if character <= _LATIN or _MARKS[0] <= character <= _MARKS[1]:
        return LETTER
    return (
        _SQUARE if unicodedata.east_asian_width(character) in "WF" or character in "▲▼" else _OTHER
    )


#: Last of the Latin letters; what is between is punctuation; the room of squares and of other letters.
_LATIN, _MARKS, _SQUARE, _OTHER = "\u024f", ("\u2000", "\u22ff"), 1.0, 0.62


def fitted(content: str, room: float, size: float = TEXT) -> str:
    """Cut a text to the room it has, its last word kept where it is short: names that begin alike stay apart.

    The alternative text has it whole.

    Examples
    --------
    >>> fitted("Résidence universitaire des Trois-Îlets 3", 100)
    'Résidence u… 3'
    """
    if width_of(content, size) <= room:
        return content
    cut, space, last = content.rpartition(" ")
    last = f"{space}{last}"
    if not cut or width_of(last, size) > room / 3:
        cut, last = content, ""
    while cut and width_of(f"{cut}…{last}", size) > room:
        cut = cut[:-1]
    return f"{cut.rstrip(' -')}…{last}"


def in_two(content: str, room: float, size: float = TEXT) -> list[str]:
    """Write a text on a line, or on two where it has not the room.

    Examples
    --------
    >>> in_two("Vivent seuls", 50), in_two("Seuls", 50)
    (['Vivent', 'seuls'], ['Seuls'])
    """
    first, *rest = in_lines(content, room, size)
    return [fitted(each, room, size) for each in (first, " ".join(rest)) if each]


def in_lines(content: str, room: float, size: float = TEXT) -> list[str]:
    """Write a text on as many lines as it needs; a word longer than the room stays whole.

    Examples
    --------
    >>> in_lines("Vivent tout seuls", 50)
    ['Vivent', 'tout', 'seuls']
    """
    first, *words = content.split(" ")
    lines = [first]
    for word in words:
        if width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def drawing(width: float, height: float, parts: Sequence[str], left: float = 0.0) -> str:
    """Return the whole drawing, its identifiers unlike those of any other on the page.

    Parameters
    ----------
    left : float
        Where it begins: a column of a larger drawing keeps its places.
    """
    body = "".join(parts)
    body = patterns(body) + body
    own = f"m{hashlib.sha256(body.encode()).hexdigest()[:8]}-"
    body = body.replace('id="', f'id="{own}').replace("url(#", f"url(#{own}")
    # Quoted, for a family whose name holds a digit is no CSS word.
    fonts = ", ".join(f"'{face}'" if " " in face else face for face in tokens().fonts.text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" font-family="{fonts}" font-weight="{_REGULAR}" '
        f'fill="{tokens().light["ink"]}" role="presentation">{body}</svg>'
    )
