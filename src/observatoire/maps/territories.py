"""Territories drawn on the ground: surfaces filled with a colour, or circles on top of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from observatoire.maps.labels import Label, place_labels
from observatoire.maps.layout import Box, Frame, lay_frames
from observatoire.maps.marks import extremes
from observatoire.maps.ranks import MOST_LISTED
from observatoire.maps.svg import LEAST_TEXT, LETTER, box, fitted, line, text, width_of
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.maps.marks import BaseMap, Mark

#: Radius of the largest circle, and how many circles leave it room: hundreds of that size would hide all.
LARGEST_CIRCLE, _AT_EASE = 34.0, 28

#: Room of a name on a map; the ranking has it whole.
LONGEST_NAME = 165.0

#: Room around the middle of each territory that a name too long for its own leaves free.
_SPOT = (18.0, 16.0)


@dataclass(frozen=True)
class GroundDrawing:
    """What is drawn of the ground, and where it ends."""

    parts: tuple[str, ...]
    bottom: float


def draw_territories(
    marks: Sequence[Mark],
    ground: BaseMap,
    where: Box,
    fill: Callable[[Mark], str],
    *,
    labels: Mapping[str, str] | None = None,
    radii: Mapping[str, float] | None = None,
) -> GroundDrawing:
    """Draw territories in a box of the page.

    Parameters
    ----------
    where : Box
        Left, top, width and most height.
    radii : mapping, optional
        A circle on each of these territories, by code.
    """
    drawn = [mark for mark in marks if ground.has(mark.code)]
    if not drawn:
        return GroundDrawing((), where[1])
    communes = {mark.code: mark.commune for mark in drawn}
    shapes = ground.shapes[[mark.code for mark in drawn]]
    frames = lay_frames(shapes, communes, where, land=ground.around)
    parts = [
        _framed(frame, ground, [m for m in drawn if m.code in frame.codes], fill, radii or {})
        + _labelled(frame, ground, [m for m in drawn if m.code in frame.codes], labels or {})
        for frame in frames
    ]
    bottom = max(frame.page[1] + frame.page[3] for frame in frames)
    return GroundDrawing(tuple(parts), bottom)


def circle_radii(marks: Sequence[Mark], maps: int = 1) -> dict[str, float]:
    """Return the radius of the circle of each own count: areas are as counts.

    A count known by bounds only has none: that of a part of an IRIS would draw its people twice. They share
    ``maps`` of the same territories.
    """
    sizes = {m.code: m.value for m in marks if m.own and m.value > 0}
    largest, count = max(sizes.values(), default=0.0), len(sizes) // maps
    return {code: circle_radius(size, largest, count) for code, size in sizes.items()}


def circle_radius(size: float, largest: float, count: int = 1) -> float:
    """Return the radius of a circle, among ``count`` of a map.

    Examples
    --------
    >>> circle_radius(50, 200), round(circle_radius(200, 200, 400), 1)
    (17.0, 9.0)
    """
    share = math.sqrt(max(size, 0.0) / largest) if largest > 0 else 0.0
    return largest_circle(LARGEST_CIRCLE, count) * share


def largest_circle(radius: float, count: int) -> float:
    """Return the radius of the largest of so many circles: that of few, or less.

    Examples
    --------
    >>> largest_circle(30, 28), largest_circle(30, 112)
    (30.0, 15.0)
    """
    return radius * math.sqrt(min(1.0, _AT_EASE / max(count, 1)))


def circle(x: float, y: float, radius: float) -> str:
    """Draw the circle of a count."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{tokens().ground["bar"]}" '
        f'fill-opacity="0.8" stroke="{tokens().ground["edge"]}"/>'
    )


def numbers_of(placed: Sequence[Mark]) -> dict[str, str]:
    """Return the number that each territory bears on a map; none where hundreds would hide it."""
    if len(placed) > MOST_LISTED:
        return {}
    return {mark.code: str(rank) for rank, mark in enumerate(placed, 1)}


def map_labels(marks: Sequence[Mark], numbers: Mapping[str, str]) -> dict[str, str]:
    """Return what is written on the map: the name of the extremes, the number of the others that have one."""
    named = {mark.code: fitted(mark.name, LONGEST_NAME) for mark in extremes(marks)}
    return {**numbers, **named}


def _framed(
    frame: Frame,
    ground: BaseMap,
    drawn: Sequence[Mark],
    fill: Callable[[Mark], str],
    radii: Mapping[str, float],
) -> str:
    """Draw one frame: land and outlines beneath, surfaces, then circles, nothing beyond its edges."""
    left, top, width, height = frame.page
    colours = tokens().ground
    window = frame.window()
    under = [
        f'<path d="{frame.path(shapely.intersection(shape, window))}" fill="{colour}" '
        f'stroke="{stroke}" stroke-width="{thick}"/>'
        for shapes, colour, stroke, thick in (
            *(
                []
                if ground.land is None
                else [(ground.land, colours["land"], colours["cell"], 0.8)]
            ),
            (ground.outlines, colours["land"], colours["outline"], 1.4),
            (ground.cells, "none", colours["cell"], 0.8),
        )
        for shape in shapes.dropna()
        if shapely.intersects(shape, window)
    ]
    surfaces = [_surface(frame, ground.shapes[mark.code], fill(mark)) for mark in drawn]
    # The largest first: no circle hides a smaller one.
    ringed = sorted((m for m in drawn if radii.get(m.code)), key=lambda m: -radii[m.code])
    rings = [circle(*middle(frame, ground.shapes[m.code]), radii[m.code]) for m in ringed]
    title = text(left, top - 9, frame.label, weight=600) if frame.label else ""
    clip = f"clip{left:.0f}-{top:.0f}"
    window_box = box(left, top, width, height, tokens().light["paper"], edge=False)
    around = colours["sea"] if ground.by_the_sea else tokens().light["paper"]
    sea = box(left, top, width, height, around, edge=False)
    return (
        f'{title}<clipPath id="{clip}">{window_box}</clipPath>{sea}'
        f'<g clip-path="url(#{clip})">{"".join([*under, *surfaces, *rings])}</g>'
    )


def _surface(frame: Frame, shape: shapely.Geometry, fill: str) -> str:
    edge = tokens().ground["edge"]
    return f'<path d="{frame.path(shape)}" fill="{fill}" stroke="{edge}" stroke-width="1.1"/>'


def middle(frame: Frame, shape: shapely.Geometry) -> tuple[float, float]:
    """Return the page point deepest inside the largest piece of a shape."""
    body = max(shapely.get_parts(shape), key=shapely.area)
    deepest = shapely.maximum_inscribed_circle(body, tolerance=5.0)
    x, y = frame.to_page(shapely.get_coordinates(deepest)[:1])[0]
    return float(x), float(y)


def _labelled(
    frame: Frame, ground: BaseMap, drawn: Sequence[Mark], labels: Mapping[str, str]
) -> str:
    """Write the labels of a frame, each tied by a line to its place when it was moved."""
    centres = shapely.centroid([ground.shapes[mark.code] for mark in drawn])
    inside = map(tuple, frame.to_page(shapely.get_coordinates(centres)))
    spots = [Label("", at, _SPOT, at) for at in inside]
    written = [mark for mark in drawn if mark.code in labels]
    # Names first: a number finds room more easily.
    written.sort(key=lambda mark: -len(labels[mark.code]))
    placed: list[Label] = []
    for mark in written:
        said = labels[mark.code]
        left, _, right, _ = shapely.bounds(ground.shapes[mark.code])
        fits = said[0].isdigit() or width_of(said) < (right - left) * frame.scale
        around = placed if fits else [*spots, *placed]  # a name covers no territory that it hides
        char = LETTER * 1.1 * LEAST_TEXT
        anchor = middle(frame, ground.shapes[mark.code])
        placed += place_labels([said], [anchor], frame.page, char=char, around=around)
    lines = [line(*label.anchor, *label.at, width=0.9) for label in placed if label.moved]
    words = [
        text(
            x, y + LEAST_TEXT * 0.35, said, size=LEAST_TEXT, anchor="middle", weight=600, halo=True
        )
        for said, (x, y) in ((label.text, label.at) for label in placed)
    ]
    return "".join([*lines, *words])
