"""Draw a map as SVG: rates by colour, counts by area of circle, every figure listed next to it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import shapely

from observatoire.french.nouns import TerritoryNames
from observatoire.maps.classes import Classes, classify, nice_sizes, size_label
from observatoire.maps.labels import place_labels
from observatoire.maps.layout import Frame, lay_frames
from observatoire.maps.palettes import palettes, patterns
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd


WIDTH, LIST_LEFT, LIST_ROW, TOP = 1000.0, 672.0, 19.5, 30.0
MAP_WIDTH, LEGEND_HEIGHT = 650.0, 88.0
LARGEST_CIRCLE = 34.0

#: Quoted, for a family whose name holds a digit is no CSS word.
_FONTS = "'Source Sans 3', 'Segoe UI', Arial, sans-serif"

#: What fills a territory that has no class, by status.
_PATTERNS = {
    Status.BOUNDED: "bounded",
    Status.SECRET: "secret",
    Status.MISSING: "missing",
    Status.NOT_APPLICABLE: "missing",
}
_PATTERN_LABELS = (
    ("bounded", Status.BOUNDED, "encadré"),
    ("context", Status.CONTEXT, "valeur {holder} qui {it} contient"),
    ("secret", Status.SECRET, "secret (s)"),
    ("missing", Status.MISSING, "non disponible (n.d.)"),
)


@dataclass(frozen=True)
class Mark:
    """One territory as the map shows it."""

    code: str
    name: str
    commune: str
    status: Status
    value: float
    high: float
    text: str


@dataclass(frozen=True)
class BaseMap:
    """What lies under the territories: cells and outlines, and whether they may be measured.

    ``drawn`` says how shapes that may not be measured were made; ``rough`` that outlines are only
    generalised.
    """

    shapes: gpd.GeoSeries
    cells: gpd.GeoSeries
    outlines: gpd.GeoSeries
    official: bool
    drawn: str = ""
    words: TerritoryNames = field(default_factory=TerritoryNames)
    rough: bool = False


def choropleth(
    marks: Sequence[Mark], ground: BaseMap, decimals: int, unit: str, classes: Classes | None = None
) -> str:
    """Draw rates by colour.

    Parameters
    ----------
    marks : sequence of Mark
        Territories with their figures.
    ground : BaseMap
        Shapes by code and what lies under them.
    decimals, unit : int, str
        How figures are written.
    classes : Classes, optional
        Classes shared with another map; natural ones otherwise.
    """
    shown = [m.value for m in marks if m.status.has_value]
    cut = classes or classify(shown, decimals)
    colours = palettes().classes(len(cut)) if cut else ()

    def fill(mark: Mark) -> str:
        if cut and mark.status.has_value:
            return colours[cut.rank(mark.value)]
        return f"url(#{_PATTERNS.get(mark.status, 'missing')})"

    parts = []
    numbers = _numbers(marks, ground)
    for frame in _frames(marks, ground):
        drawn = [m for m in marks if m.code in frame.codes]
        body = [_surface(frame, ground.shapes[m.code], fill(m)) for m in drawn]
        body += [
            _surface(frame, ground.shapes[m.code], "url(#context)", stroke=False)
            for m in drawn
            if m.status is Status.CONTEXT
        ]
        parts.append(_framed(frame, ground, body) + _numbered(frame, ground, drawn, numbers))
    swatches = [(colours[i], label) for i, label in enumerate(cut.labels())] if cut else []
    legend = _legend(swatches, marks, unit, ground.words, _legend_top(marks, ground))
    return _whole(marks, ground, parts, legend, fill)


def circles(marks: Sequence[Mark], ground: BaseMap, unit: str) -> str:
    """Draw counts by area of circle; a count known by bounds only is a dashed ring at its most.

    Parameters
    ----------
    marks, ground : sequence of Mark, Ground
        As :func:`choropleth`.
    unit : str
        What is counted.
    """

    def size(mark: Mark) -> float:
        """Return what the area shows, zero for a mark with no circle."""
        number = mark.value if mark.status.has_value else mark.high
        shown = mark.status.has_value or mark.status is Status.BOUNDED
        return number if shown and number > 0 else 0.0

    largest = max((size(mark) for mark in marks), default=0.0)
    colour = palettes().ground["circle"]

    def radius(value: float) -> float:
        return LARGEST_CIRCLE * math.sqrt(max(value, 0.0) / largest) if largest else 0.0

    parts = []
    numbers = _numbers(marks, ground)
    for frame in _frames(marks, ground):
        drawn = [m for m in marks if m.code in frame.codes]
        body = [_surface(frame, ground.shapes[m.code], "#ffffff") for m in drawn]
        rings = []
        # The largest first: no circle hides a smaller one.
        for mark in sorted(drawn, key=lambda m: -size(m)):
            if size(mark) > 0:
                x, y = _middle(frame, ground.shapes[mark.code])
                sure = mark.status.has_value
                fill = colour if sure else "none"
                rings.append(_circle(x, y, radius(size(mark)), fill, dashed=not sure))
        parts.append(
            _framed(frame, ground, body + rings) + _numbered(frame, ground, drawn, numbers)
        )
    sizes = [(radius(v), size_label(v, unit)) for v in nice_sizes(largest)]
    legend = _circle_legend(sizes, marks, _legend_top(marks, ground))
    return _whole(marks, ground, parts, legend, lambda mark: _dot_fill(mark, colour))


def _dot_fill(mark: Mark, colour: str) -> str:
    if mark.status.has_value:
        return colour
    return f"url(#{_PATTERNS.get(mark.status, 'missing')})"


def _numbers(marks: Sequence[Mark], ground: BaseMap) -> dict[str, str]:
    """Return the number of each territory that is drawn, in the order of the list."""
    drawn = [m.code for m in marks if _drawn(ground, m.code)]
    return {code: str(rank) for rank, code in enumerate(drawn, 1)}


def _drawn(ground: BaseMap, code: str) -> bool:
    return code in ground.shapes.index and ground.shapes[code] is not None


def _height(marks: Sequence[Mark], ground: BaseMap) -> float:
    groups = {m.commune for m in marks}
    absent = any(not _drawn(ground, m.code) for m in marks)
    rows = len(marks) + 1.6 * len(groups) + (1.6 if absent else 0)
    return TOP + max(rows * LIST_ROW + 12, 470.0)


def _legend_top(marks: Sequence[Mark], ground: BaseMap) -> float:
    frames = _frames(marks, ground)
    return max((f.page[1] + f.page[3] for f in frames), default=TOP) + 14


def _frames(marks: Sequence[Mark], ground: BaseMap) -> list[Frame]:
    codes = [m.code for m in marks if _drawn(ground, m.code)]
    communes = {m.code: m.commune for m in marks}
    box = (0.0, TOP, MAP_WIDTH, _height(marks, ground) - LEGEND_HEIGHT - TOP - 14)
    return lay_frames(ground.shapes[codes], communes, box) if codes else []


def _surface(frame: Frame, shape: shapely.Geometry, fill: str, *, stroke: bool = True) -> str:
    line = f' stroke="{palettes().ground["edge"]}" stroke-width="1.1"' if stroke else ""
    return f'<path d="{frame.path(shape)}" fill="{fill}"{line}/>'


def _circle(x: float, y: float, radius: float, fill: str, *, dashed: bool) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ' fill-opacity="0.78"'
    edge = palettes().ground["edge"]
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{edge}"{dash}/>'
    )


def _framed(frame: Frame, ground: BaseMap, body: Sequence[str]) -> str:
    colours = palettes().ground
    left, top, width, height = frame.page
    window = frame.window()
    under = [
        f'<path d="{frame.path(shapely.intersection(shape, window))}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="{line}"/>'
        for shapes, fill, stroke, line in (
            (ground.outlines, colours["land"], colours["outline"], 1.4),
            (ground.cells, "none", colours["cell"], 0.8),
        )
        for shape in shapes.dropna()
        if shapely.intersects(shape, window)
    ]
    title = _text(left, top - 9, frame.label, 15, weight=600) if frame.label else ""
    clip = f"clip{left:.0f}"
    return (
        f'{title}<clipPath id="{clip}"><rect x="{left:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{height:.1f}"/></clipPath><rect x="{left:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{height:.1f}" fill="#eaf1f6"/>'
        f'<g clip-path="url(#{clip})">{"".join(under)}{"".join(body)}</g>'
    )


def _middle(frame: Frame, shape: shapely.Geometry) -> tuple[float, float]:
    """Return the page point deepest inside the largest piece of a shape."""
    body = max(shapely.get_parts(shape), key=shapely.area)
    deepest = shapely.maximum_inscribed_circle(body, tolerance=5.0)
    centre = shapely.get_coordinates(deepest)[:1]
    x, y = frame.to_page(centre)[0]
    return float(x), float(y)


def _numbered(
    frame: Frame, ground: BaseMap, drawn: Sequence[Mark], numbers: Mapping[str, str]
) -> str:
    anchors = [_middle(frame, ground.shapes[m.code]) for m in drawn]
    labels = place_labels([numbers[m.code] for m in drawn], anchors, frame.page)
    colours = palettes().ground
    out = []
    for label in labels:
        x, y = label.at
        if label.moved:
            ax, ay = label.anchor
            out.append(
                f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{x:.1f}" y2="{y:.1f}" '
                f'stroke="{colours["ink"]}" stroke-width="0.9"/>'
            )
    for label in labels:
        x, y = label.at
        halo = (
            f'stroke="#ffffff" stroke-width="3.2" stroke-linejoin="round" fill="{colours["ink"]}"'
        )
        out.append(_text(x, y + 4.4, label.text, 12.5, anchor="middle", weight=600, extra=halo))
        out.append(_text(x, y + 4.4, label.text, 12.5, anchor="middle", weight=600))
    return "".join(out)


def _legend(
    swatches: Sequence[tuple[str, str]],
    marks: Sequence[Mark],
    unit: str,
    words: TerritoryNames,
    top: float,
) -> str:
    present = {m.status for m in marks}
    items = list(swatches)
    nouns = {"holder": words.holder.of_the, "it": words.here.pronoun}
    items += [
        (f"url(#{p})", label.format_map(nouns))
        for p, status, label in _PATTERN_LABELS
        if status in present
    ]
    edge = palettes().ground["edge"]
    head = _text(0, top + 14, f"Classes ({unit})" if unit else "Classes", 13.5, weight=600)
    out = [head] if swatches else []
    x, y = 0.0, top + 26
    for fill, label in items:
        wide = 31 + 6.9 * len(label) + 18
        if x + wide > MAP_WIDTH:
            x, y = 0.0, y + 25
        out.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="24" height="15" fill="{fill}" '
            f'stroke="{edge}" stroke-width="0.9"/>'
        )
        out.append(_text(x + 31, y + 12.5, label, 13.5))
        x += wide
    return "".join(out)


def _circle_legend(sizes: Sequence[tuple[float, str]], marks: Sequence[Mark], top: float) -> str:
    colour = palettes().ground["circle"]
    x, out = 0.0, []
    for radius, label in sizes:
        x += radius
        out.append(_circle(x + 1, top + 40, radius, colour, dashed=False))
        out.append(_text(x + radius + 7, top + 45, label, 13.5))
        x += radius + 7 + 7.4 * len(label) + 20
    if any(m.status is Status.BOUNDED for m in marks):
        out.append(_circle(x + 13, top + 40, 12, "none", dashed=True))
        out.append(_text(x + 32, top + 45, "au plus (encadré)", 13.5))
    return "".join(out)


def _whole(
    marks: Sequence[Mark],
    ground: BaseMap,
    parts: Sequence[str],
    legend: str,
    fill: Callable[[Mark], str],
) -> str:
    height = _height(marks, ground)
    listing = _listing(marks, ground, fill)
    body = f"{patterns()}{''.join(parts)}{legend}{listing}"
    # Several maps share a page: their patterns and windows must not bear the same name.
    own = f"m{hashlib.sha256(body.encode()).hexdigest()[:8]}-"
    body = body.replace('id="', f'id="{own}').replace("url(#", f"url(#{own}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
        f'width="{WIDTH:.0f}" height="{height:.0f}" font-family="{_FONTS}" '
        f'role="presentation">{body}</svg>'
    )


def _listing(marks: Sequence[Mark], ground: BaseMap, fill: Callable[[Mark], str]) -> str:
    """List every territory with its number and figure: nothing rests on colour alone."""
    numbers = _numbers(marks, ground)
    colours = palettes().ground
    y, commune, out = TOP - 9, None, []
    absent = [m for m in marks if m.code not in numbers]
    for mark in [m for m in marks if m.code in numbers]:
        if mark.commune != commune:
            commune = mark.commune
            y += 0.0 if y < TOP else 0.6 * LIST_ROW
            out.append(_text(LIST_LEFT, y, commune, 14, weight=600))
            y += LIST_ROW
        out.append(_row(mark, numbers[mark.code], y, fill))
        y += LIST_ROW
    if absent:
        y += 0.6 * LIST_ROW
        out.append(_text(LIST_LEFT, y, "Sans place sur la carte", 14, weight=600))
        y += LIST_ROW
        for mark in absent:
            out.append(_row(mark, "–", y, fill))
            y += LIST_ROW
    line = f'<line x1="{LIST_LEFT - 11}" x2="{LIST_LEFT - 11}" y1="8" y2="{y:.0f}" stroke="{colours["cell"]}"/>'
    return line + "".join(out)


def _row(mark: Mark, label: str, y: float, fill: Callable[[Mark], str]) -> str:
    edge = palettes().ground["edge"]
    return (
        _text(LIST_LEFT + 18, y, label, 13.5, anchor="end", weight=600)
        + f'<rect x="{LIST_LEFT + 25}" y="{y - 10.5:.1f}" width="16" height="12" '
        f'fill="{fill(mark)}" stroke="{edge}" stroke-width="0.8"/>'
        + _text(LIST_LEFT + 48, y, _fitted(mark.name, mark.text), 13.5)
        + _text(WIDTH - 2, y, mark.text, 13.5, anchor="end")
    )


#: Points that a character of the list takes, on average.
_LETTER = 6.5


def _fitted(name: str, figure: str) -> str:
    """Cut a name short of the figure next to it; the alternative text has it whole."""
    room = int((WIDTH - LIST_LEFT - 48 - 12) / _LETTER) - len(figure)
    return name if len(name) <= room else f"{name[: room - 1].rstrip(' -')}…"


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    anchor: str = "start",
    weight: int = 400,
    extra: str = "",
) -> str:
    fill = "" if extra else f' fill="{palettes().ground["ink"]}"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}"{fill} {extra}>{escape(text)}</text>'
    )
