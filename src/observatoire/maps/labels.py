"""Place labels so that none covers another; one moved away keeps a line to its place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.maps.svg import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


#: How many free spots are tried before a line may run through a text.
_MOST_TRIED = 400


@dataclass(frozen=True)
class Label:
    """A text of a given size, where it wants to be and where it was put (its middle)."""

    text: str
    anchor: tuple[float, float]
    size: tuple[float, float]
    at: tuple[float, float]

    @property
    def moved(self) -> bool:
        """Whether it was put too far to be read without a line."""
        dx, dy = self.at[0] - self.anchor[0], self.at[1] - self.anchor[1]
        return bool(abs(dx) > self.size[0] / 2 or abs(dy) > self.size[1] / 2)


def place_labels(
    texts: Sequence[str],
    anchors: Sequence[tuple[float, float]],
    box: tuple[float, float, float, float],
    *,
    char: float = 7.0,
    height: float = 13.0,
    around: Sequence[Label] = (),
) -> list[Label]:
    """Put each label as near its anchor as the ones already put allow.

    Parameters
    ----------
    box : tuple
        Left, top, width, height that labels stay in.
    around : sequence of Label
        What is there already, which they do not cover.

    Returns
    -------
    list of Label
        In the same order; no two overlap as long as the box has room for one more.

    Examples
    --------
    >>> a, b = place_labels(["1", "2"], [(50, 50), (51, 50)], (0, 0, 100, 100))
    >>> a.at, b.moved
    ((50.0, 50.0), True)
    """
    placed = list(around)
    for text, anchor in zip(texts, anchors, strict=True):
        size = (max(char * len(text), width_of(text)) + 2.0, height)
        middle = float(anchor[0]), float(anchor[1])
        spots = chain([middle], _everywhere(middle, size, box))
        free = (at for at in spots if _inside(at, size, box) and _clear(at, size, placed))
        made = (Label(text, anchor, size, at) for at in free)
        first = next(made, Label(text, anchor, size, middle))
        tried = islice(chain([first], made), _MOST_TRIED)
        others = [each for each in placed if each.text]
        boxes, lines = _boxes(others), _lines([each for each in others if each.moved])
        apart = (each for each in tried if not _crosses(each, boxes, lines))
        placed.append(next(apart, first))
    return placed[len(around) :]


def _crosses(label: Label, boxes: NDArray[Any], lines: NDArray[Any]) -> bool:
    """Tell whether its line runs through another text, or one of theirs through it."""
    tied = label.moved and bool(shapely.intersects(_lines([label]), boxes).any())
    return tied or bool(shapely.intersects(_boxes([label]), lines).any())


def _boxes(labels: Sequence[Label]) -> NDArray[Any]:
    """Return the room that each text takes."""
    x, y, w, h = np.array([(*each.at, *each.size) for each in labels]).reshape(-1, 4).T
    return np.asarray(shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2))


def _lines(labels: Sequence[Label]) -> NDArray[Any]:
    """Return what ties each text to its place."""
    ends = np.array([(each.anchor, each.at) for each in labels], dtype=float).reshape(-1, 2, 2)
    return np.asarray(shapely.linestrings(ends))


def _everywhere(
    anchor: tuple[float, float], size: tuple[float, float], box: tuple[float, float, float, float]
) -> Iterator[tuple[float, float]]:
    """Go through the whole box, nearest first: for a label that has not its own place."""
    left, top, width, height = box
    xs = np.arange(left + size[0] / 2, left + width - size[0] / 2 + 1e-9, 3.0)
    ys = np.arange(top + size[1] / 2, top + height - size[1] / 2 + 1e-9, 3.0)
    spots = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    far = np.hypot(*(spots - np.asarray(anchor)).T)
    yield from ((float(x), float(y)) for x, y in spots[np.argsort(far, kind="stable")])


def _inside(
    at: tuple[float, float], size: tuple[float, float], box: tuple[float, float, float, float]
) -> bool:
    left, top, width, height = box
    return (
        left + size[0] / 2 <= at[0] <= left + width - size[0] / 2
        and top + size[1] / 2 <= at[1] <= top + height - size[1] / 2
    )


def _clear(at: tuple[float, float], size: tuple[float, float], placed: Sequence[Label]) -> bool:
    return all(
        abs(at[0] - other.at[0]) >= (size[0] + other.size[0]) / 2
        or abs(at[1] - other.at[1]) >= (size[1] + other.size[1]) / 2
        for other in placed
    )
