"""A small map that shows where one territory lies among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.maps.layout import Frame
from observatoire.pages.blocks import Figure
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.maps.marks import BaseMap


#: Its places are to one unit: it is drawn a quarter of a page wide, and a document has one a territory.
_SIZE = (430.0, 250.0)


def locator_figure(codes: Sequence[str], name: str, ground: BaseMap) -> Figure | None:
    """Return where one territory lies, or several; None when none has a shape."""
    shapes = ground.shapes.dropna()
    chosen = [code for code in codes if code in shapes.index]
    if not chosen:
        return None
    around = ground.outlines.dropna()
    x0, y0, x1, y1 = (around if len(around) else shapes).total_bounds
    frame = Frame(
        "", tuple(shapes.index), (x0, y0, x1, y1), (8.0, 8.0, _SIZE[0] - 16, _SIZE[1] - 16)
    )
    colours, light = tokens().ground, tokens().light
    parts = [
        f'<path d="{frame.path(s, 0)}" fill="{colours["land"]}" stroke="{colours["outline"]}"/>'
        for s in ground.outlines.dropna()
    ]
    parts += [
        f'<path d="{frame.path(s, 0)}" fill="{colours["cell"]}" stroke="{light["paper"]}" stroke-width="0.6"/>'
        for other, s in shapes.items()
        if other not in chosen
    ]
    mark = tokens().verdicts["unfavourable"].mark
    parts += [
        f'<path d="{frame.path(shapes[code], 0)}" fill="{mark}" stroke="{light["ink"]}" stroke-width="1.4"/>'
        for code in chosen
    ]
    left, top, right, bottom = shapes[chosen].total_bounds
    corners = frame.to_page(np.array([[left, top], [right, bottom]]))
    x, y = corners.mean(axis=0)
    radius = max(22.0, float(np.hypot(*(corners[1] - corners[0]))) / 2 + 8)
    parts.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="none" stroke="{mark}" stroke-width="2.4"/>'
    )
    kind = "" if ground.official else " (schématique)"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]:.0f} {_SIZE[1]:.0f}" '
        f'width="{_SIZE[0]:.0f}" height="{_SIZE[1]:.0f}" role="presentation">{"".join(parts)}</svg>'
    )
    title = f"Situation{kind}"
    return Figure(svg, title, f"{title}. {name} parmi les {ground.words.here.many}.", width=0.42)
