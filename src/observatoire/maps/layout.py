"""Place territories on the page: one frame a commune, each filled by its own quartiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd


#: Left, top, width and height on the page.
Box = tuple[float, float, float, float]

#: West, south, east and north on the ground.
Ground = tuple[float, float, float, float]

#: Beyond this number of communes, everything goes in one frame.
MOST_FRAMES = 3

#: Air left around the territories, as a share of their extent.
MARGIN = 0.06

#: A frame is a little higher than its territories need.
SPARE = 1.12

#: The narrowest of several frames, as a share of an equal one: its territories must still be read.
_NARROWEST = 0.9


@dataclass(frozen=True)
class Frame:
    """A window on the ground: what part of it is shown, and where on the page."""

    label: str
    codes: tuple[str, ...]
    ground: Ground
    page: Box

    @property
    def scale(self) -> float:
        """Page units for one metre."""
        x0, y0, x1, y1 = self.ground
        _, _, width, height = self.page
        return min(width / (x1 - x0), height / (y1 - y0))

    def to_page(self, xy: np.ndarray) -> np.ndarray:
        """Carry ground coordinates to the page, the ground's middle on the frame's."""
        x0, y0, x1, y1 = self.ground
        left, top, width, height = self.page
        x = left + width / 2 + (xy[:, 0] - (x0 + x1) / 2) * self.scale
        y = top + height / 2 - (xy[:, 1] - (y0 + y1) / 2) * self.scale
        return np.column_stack([x, y])

    def path(self, shape: shapely.Geometry, digits: int = 1) -> str:
        """Return the SVG path of a shape, cut at the frame's edge."""
        return path_of(shapely.transform(shape, self.to_page), digits)

    def window(self) -> shapely.Geometry:
        """Return the ground within the frame, edges included."""
        x0, y0, x1, y1 = self.ground
        _, _, width, height = self.page
        half_x, half_y = width / 2 / self.scale, height / 2 / self.scale
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        return shapely.box(cx - half_x, cy - half_y, cx + half_x, cy + half_y)


def lay_frames(
    shapes: gpd.GeoSeries,
    communes: Mapping[str, str],
    box: Box,
    gap: float = 14.0,
    land: Sequence[shapely.Geometry] = (),
) -> list[Frame]:
    """Share a box of the page between the communes of the territories, more to those that spread wider.

    Parameters
    ----------
    shapes : GeoSeries
        Shapes by code, none missing.
    box : Box
        Left, top, width and height on the page.
    land : sequence of Geometry, optional
        What is around them: a frame with room to spare shows that, rather than the sea.
    """
    groups: dict[str, list[str]] = {}
    for code in shapes.index:
        groups.setdefault(communes.get(str(code), ""), []).append(str(code))
    if len(groups) > MOST_FRAMES:
        groups = {"": [str(code) for code in shapes.index]}
    left, top, width, height = box
    windows = [padded(shapes[codes].total_bounds) for codes in groups.values()]
    spreads = [(x1 - x0) / (y1 - y0) for x0, y0, x1, y1 in windows]
    least = _NARROWEST * sum(spreads) / max(len(spreads), 1)
    shares = [max(spread, least) for spread in spreads]
    room = (width - gap * (len(groups) - 1)) / (sum(shares) or 1.0)
    wanted = [room * share / spread for share, spread in zip(shares, spreads, strict=True)]
    height = min(height, SPARE * max(wanted, default=height))
    frames = []
    for (label, codes), window, share in zip(groups.items(), windows, shares, strict=True):
        page = (left, top, room * share, height)
        frames.append(Frame(label, tuple(codes), _filled(window, page, land), page))
        left += room * share + gap
    return frames


def padded(bounds: Sequence[float]) -> Ground:
    """Leave air around some bounds."""
    x0, y0, x1, y1 = (float(value) for value in bounds)
    pad = MARGIN * max(x1 - x0, y1 - y0, 1.0)
    return x0 - pad, y0 - pad, x1 + pad, y1 + pad


def _filled(window: Ground, page: Box, land: Sequence[shapely.Geometry]) -> Ground:
    """Stretch a window to the form of its frame, on the side where there is most land."""
    x0, y0, x1, y1 = window
    scale = min(page[2] / (x1 - x0), page[3] / (y1 - y0))
    wide, high = page[2] / scale, page[3] / scale

    def stretched(quarters: int) -> Ground:
        """Put so many quarters of what is to spare before the window, the rest after it."""
        x = x0 - (wide - (x1 - x0)) * quarters / 4
        y = y0 - (high - (y1 - y0)) * quarters / 4
        return x, y, x + wide, y + high

    def seen(ground: Ground) -> int:
        return round(float(shapely.area(shapely.clip_by_rect(land, *ground)).sum()))

    return max(map(stretched, (2, 1, 3, 0, 4)), key=seen)  # the middle first, of equals


def path_of(shape: shapely.Geometry, digits: int = 1) -> str:
    """Return the SVG path of polygons already in page units, to a tenth of a unit or as asked."""
    pieces = []
    for polygon in shapely.get_parts(shape):
        if shapely.get_dimensions(polygon) != 2:  # noqa: PLR2004 - surfaces only
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            pieces.append("M" + "L".join(f"{x:.{digits}f} {y:.{digits}f}" for x, y in points) + "Z")
    return "".join(pieces)
