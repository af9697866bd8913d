"""A small map that shows where one territory lies among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.maps.layout import Frame
from observatoire.pages.blocks import Figure
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from observatoire.maps.marks import BaseMap


_SIZE = (430.0, 250.0)


def locator_figure(code: str, name: str, ground: BaseMap) -> Figure | None:
    """Return where a territory lies; None when it has no shape.

    Parameters
    ----------
    code, name : str
        The territory.
    ground : BaseMap
        Shapes, and the outlines around them.
    """
    shapes = ground.shapes.dropna()
    if code not in shapes.index:
        return None
    around = ground.outlines.dropna()
    x0, y0, x1, y1 = (around if len(around) else shapes).total_bounds
    frame = Frame("", tuple(shapes.index), (x0, y0, x1, y1), (0.0, 0.0, *_SIZE))
    colours, light = tokens().ground, tokens().light
    parts = [
        f'<path d="{frame.path(s)}" fill="{colours["land"]}" stroke="{colours["outline"]}"/>'
        for s in ground.outlines.dropna()
    ]
    parts += [
        f'<path d="{frame.path(s)}" fill="{colours["cell"]}" stroke="{light["paper"]}" stroke-width="0.6"/>'
        for other, s in shapes.items()
        if other != code
    ]
    parts.append(
        f'<path d="{frame.path(shapes[code])}" fill="{light["accent"]}" '
        f'stroke="{light["ink"]}" stroke-width="1.4"/>'
    )
    kind = "" if ground.official else " (schématique)"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]:.0f} {_SIZE[1]:.0f}" '
        f'width="{_SIZE[0]:.0f}" height="{_SIZE[1]:.0f}" role="presentation">{"".join(parts)}</svg>'
    )
    title = f"Situation{kind}"
    return Figure(svg, title, f"{title}. {name} parmi les {ground.words.here.many}.", width=0.42)
