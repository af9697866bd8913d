"""An equal square for each territory, where it lies among the others: none is too small to read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from observatoire.french.typography import NARROW
from observatoire.maps.layout import MOST_FRAMES
from observatoire.maps.svg import (
    LEAST_TEXT,
    TEXT,
    box,
    fitted,
    ground_of,
    in_lines,
    text,
    width_of,
)
from observatoire.pages.tokens import ink_on
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from observatoire.maps.layout import Box
    from observatoire.maps.marks import BaseMap, Mark

#: A tile is no larger, so that three of each of two communes stand in a column; its name is not written where
#: it is smaller than this.
LARGEST, LEAST_NAMED = 70.0, 56.0

#: Beyond so many rows, tiles get smaller rather than more numerous in a column.
_MOST_ROWS = 12

_GAP, _BETWEEN, _HEADING = 3.0, 16.0, 24.0
_NAME, _FIGURE = LEAST_TEXT, TEXT
_NAME_LINES, _LINE = 2, 14

#: How much wider than ours the letters of a machine without our font may be.
_WIDER = 1.12

#: Share of a tile that a line of several words may take.
_AT_EASE = 0.85


def draw_tiles(
    marks: Sequence[Mark], ground: BaseMap, where: Box, fill: Callable[[Mark], str]
) -> tuple[list[str], float]:
    """Draw a square a territory, commune by commune.

    Parameters
    ----------
    where : Box
        Left, top and width on the page; the height is what is needed.

    Returns
    -------
    list of str, float
        The drawing, and where it ends.
    """
    spots, headings, bottom = place_tiles(marks, ground, where)
    parts = [text(left, top + 12, name, weight=600) for name, left, top in headings]
    for mark in marks:
        at, side = spots[mark.code]
        parts += _tile(replace(mark, name=bare(mark.name, ground)), at, side, fill(mark))
    return parts, bottom


def bare(name: str, ground: BaseMap) -> str:
    """Return a name without the noun of what all are: a square says no « Quartier » before each.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from observatoire.french.nouns import Noun, TerritoryNames
    >>> from observatoire.maps.marks import BaseMap
    >>> none = gpd.GeoSeries()
    >>> under = BaseMap(none, none, none, False, words=TerritoryNames(Noun("quartier")))
    >>> bare("Quartier Gare", under), bare("Quartier", under), bare("Quartiers Nord", under)
    ('Gare', 'Quartier', 'Quartiers Nord')
    """
    noun, _, rest = name.partition(" ")
    return rest if rest and noun.casefold() == ground.words.here.singular.casefold() else name


def tiles_are_named(marks: Sequence[Mark], ground: BaseMap, width: float) -> bool:
    """Tell whether the squares are large enough for a name and a figure: without them they say a colour alone."""
    spots, _, _ = place_tiles(marks, ground, (0.0, 0.0, width, 0.0))
    return all(side >= LEAST_NAMED for _, side in spots.values())


#: A name with its left and its top.
Heading = tuple[str, float, float]


def place_tiles(
    marks: Sequence[Mark], ground: BaseMap, where: Box
) -> tuple[dict[str, tuple[tuple[float, float], float]], list[Heading], float]:
    """Place a square a territory, commune by commune.

    Returns
    -------
    dict, list, float
        The corner and the side of each square, by code; the name of each commune with its left and its top;
        where the squares end.
    """
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.commune, []).append(mark)
    if len(groups) > MOST_FRAMES:
        groups = {"": list(marks)}
    gaps = _BETWEEN * (len(groups) - 1)
    each = (where[2] - gaps) / max(len(groups), 1)
    columns = {name: _columns(len(group), each) for name, group in groups.items()}
    side = min(LARGEST, (where[2] - gaps) / max(sum(columns.values()), 1) - _GAP)
    wide = {name: count * (side + _GAP) for name, count in columns.items()}
    spare = max(where[2] - gaps - sum(wide.values()), 0.0) / max(len(groups), 1)
    left, bottom = where[0], where[1]
    placed: dict[str, tuple[tuple[float, float], float]] = {}
    headings = []
    for name, group in groups.items():
        top = where[1]
        if name:
            headings.append((fitted(name, wide[name] + spare), left, top))
            top += _HEADING
        spots = _spots(group, ground, columns[name])
        for mark, (row, column) in zip(group, spots, strict=True):
            placed[mark.code] = (left + column * (side + _GAP), top + row * (side + _GAP)), side
        rows = 1 + max(row for row, _ in spots)
        bottom = max(bottom, top + rows * (side + _GAP))
        left += min(max(wide[name], width_of(name)), wide[name] + spare) + _BETWEEN
    return placed, headings, bottom


def _columns(count: int, room: float) -> int:
    """Return how many tiles stand in a row: as many as are read, more where rows would be many."""
    readable = max(1, int((room + _GAP) // (LARGEST + _GAP)))
    return min(count, readable if count <= readable * _MOST_ROWS else math.ceil(math.sqrt(count)))


def _spots(group: Sequence[Mark], ground: BaseMap, columns: int) -> list[tuple[int, int]]:
    """Give each territory the cell of the grid nearest to where it lies, all in one go."""
    rows = math.ceil(len(group) / columns)
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    places = np.full((len(group), 2), np.nan)
    for at, mark in enumerate(group):
        if ground.has(mark.code):
            middle = shapely.centroid(ground.shapes[mark.code])
            places[at] = -middle.y, middle.x
    extent = np.array([rows - 1, columns - 1], dtype=float)
    ranks = np.full_like(places, np.nan)
    known = ~np.isnan(places[:, 0])
    for axis in (0, 1):
        # By rank, not by metres: a crowded centre takes as much room as it has territories.
        order = places[known, axis].argsort(kind="stable").argsort(kind="stable")
        ranks[known, axis] = order / max(known.sum() - 1, 1) * extent[axis]
    ranks[~known] = extent  # those that no outline places come last
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow to import, for tiles alone

    cost = ((ranks[:, None, :] - np.array(cells, dtype=float)[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    return [cells[at] for at in chosen]


def _tile(mark: Mark, at: tuple[float, float], side: float, fill: str) -> list[str]:
    """Draw one square: its name above, its figure below, neither where the square is too small."""
    x, y = at
    middle, under = x + side / 2, ground_of(fill)
    parts = [box(x, y, side, side, fill)]
    if side < LEAST_NAMED:
        return parts
    lines = wrapped(mark.name, side)
    written = [(y + 16 + _LINE * rank, line, _NAME, 400) for rank, line in enumerate(lines)]
    figures = [f"{mark.text} {mark.sign}" if mark.sign.strip("○") else mark.text]
    if mark.status is Status.BOUNDED:  # two numbers cut short would be two other numbers
        figures = in_lines(figures[0].strip("[]").replace(f"{NARROW};", " à"), side - 6, _NAME)
        if _LINE * (len(lines) + len(figures)) > side - 10:
            figures = ["deux bornes"]
    size = _FIGURE if width_of(figures[0], _FIGURE) < side - 2 and len(figures) == 1 else _NAME
    first = y + side - 9 - _LINE * (len(figures) - 1)
    written += [
        (first + _LINE * rank, fitted(said, side + 8, size), size, 600 if mark.own else 400)
        for rank, said in enumerate(figures)
    ]
    # Words are read on a plain ground, and what the pattern says is seen around them.
    if fill != under:
        parts += [
            _ground_under(middle, base, said, large, side, under)
            for base, said, large, _ in written
        ]
    parts += [
        text(middle, base, said, size=large, anchor="middle", weight=weight, fill=ink_on(under))
        for base, said, large, weight in written
    ]
    return parts


def _ground_under(
    middle: float, base: float, said: str, size: float, side: float, under: str
) -> str:
    wide = min(side - 4, _WIDER * width_of(said, size) + 4)
    return box(middle - wide / 2, base - 0.82 * size, wide, 1.08 * size, under, edge=False)


def wrapped(name: str, room: float) -> list[str]:
    """Cut a name in two lines at a space or a hyphen; each is as long as the tile lets it.

    A machine without our font draws letters wider: two words share a line where they leave room for that.
    """
    words = name.replace("-", "-\u200b").replace(" ", " \u200b").split("\u200b")
    lines = [""]
    for word in words:
        if width_of((lines[-1] + word).rstrip(), _NAME) <= _AT_EASE * room or not lines[-1]:
            lines[-1] += word
        elif len(lines) < _NAME_LINES:
            lines.append(word)
        else:
            lines[-1] += word  # too long: cut below
    return [fitted(line.strip(), room, _NAME) for line in lines]
