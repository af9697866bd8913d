"""What an atlas colours: the territories on the ground, and an equal square for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from observatoire.maps.layout import MOST_FRAMES, Frame, lay_frames, path_of
from observatoire.maps.territories import middle
from observatoire.maps.tiles import LEAST_NAMED, bare, place_tiles, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.maps.marks import BaseMap, Mark

#: Width of the drawings, and the most that the map is high.
WIDTH, _MOST_HIGH = 640.0, 460.0

_TOP = 24.0

#: Width of the squares of one commune of several: four of them.
_ABREAST = 313.0

#: So many squares of one commune are as narrow: spread over the page, a telephone could not be read.
_FEW = 40

#: Less than that, in units of the drawing, no eye tells two outlines apart.
_SEEN = 0.6


@dataclass(frozen=True)
class Surface:
    """A territory on the map: its outline, the point deepest inside."""

    path: str
    at: tuple[float, float]


@dataclass(frozen=True)
class AtlasGround:
    """The map: the land under it, the surface of each territory that has one, the names of frames."""

    height: float
    windows: tuple[tuple[str, tuple[float, float, float, float]], ...]
    land: tuple[tuple[int, str], ...]
    surfaces: tuple[Surface | None, ...]


@dataclass(frozen=True)
class Square:
    """A square: its corner, its side, and the lines of its name where it is large enough."""

    at: tuple[float, float]
    side: float
    lines: tuple[str, ...]


def lay_ground(members: Sequence[Mark], ground: BaseMap) -> AtlasGround:
    """Lay the territories and the land on the drawing."""
    placed = [mark for mark in members if ground.has(mark.code)]
    if not placed:
        return AtlasGround(0.0, (), (), (None,) * len(members))
    communes = {mark.code: mark.commune for mark in placed}
    where = (0.0, _TOP, WIDTH, _MOST_HIGH)
    shapes = ground.shapes[[mark.code for mark in placed]]
    frames = lay_frames(shapes, communes, where, land=ground.around)
    surfaces: dict[str, Surface] = {}
    land = []
    for rank, frame in enumerate(frames):
        window = frame.window()
        land += [
            (rank, _path(frame, shapely.intersection(shape, window)))
            for shape in ground.outlines.dropna()
            if shapely.intersects(shape, window)
        ]
        for code in frame.codes:
            x, y = middle(frame, ground.shapes[code])
            surfaces[code] = Surface(_path(frame, ground.shapes[code]), (round(x), round(y)))
    bottom = max(frame.page[1] + frame.page[3] for frame in frames)
    windows = tuple((frame.label, frame.page) for frame in frames)
    return AtlasGround(bottom, windows, tuple(land), tuple(surfaces.get(m.code) for m in members))


def _path(frame: Frame, shape: shapely.Geometry) -> str:
    drawn = shapely.transform(shape, frame.to_page)
    return path_of(shapely.simplify(drawn, _SEEN)).replace(".0", "")


@dataclass(frozen=True)
class Plot:
    """The squares of a commune, each with its rank among all: a drawing of its own, for a narrow screen."""

    squares: tuple[tuple[int, Square], ...]
    headings: tuple[tuple[str, float, float], ...]
    bottom: float

    @property
    def right(self) -> float:
        """Where the squares end."""
        return max(one.at[0] + one.side for _, one in self.squares)


def lay_squares(members: Sequence[Mark], ground: BaseMap) -> list[Plot]:
    """Lay an equal square for each territory, a drawing a commune.

    Those of many communes share one, as do those that no map shows: they are then the one picture.
    """
    groups: dict[str, list[tuple[int, Mark]]] = {}
    for rank, mark in enumerate(members):
        groups.setdefault(mark.commune, []).append((rank, mark))
    apart = 1 < len(groups) <= MOST_FRAMES and any(ground.has(mark.code) for mark in members)
    width = _ABREAST if apart or len(members) <= _FEW else WIDTH
    shared = list(groups.values()) if apart else [list(enumerate(members))]
    return [_plot(some, ground, width) for some in shared]


def _plot(some: Sequence[tuple[int, Mark]], ground: BaseMap, width: float) -> Plot:
    spots, headings, bottom = place_tiles([m for _, m in some], ground, (0.0, 0.0, width, 0.0))
    squares = []
    for rank, mark in some:
        at, side = spots[mark.code]
        lines = tuple(wrapped(bare(mark.name, ground), side)) if side >= LEAST_NAMED else ()
        squares.append((rank, Square(at, side, lines)))
    return Plot(tuple(squares), tuple(headings), bottom)
