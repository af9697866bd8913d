"""The legend of a map: classes, verdicts, circles and statuses, each with how many it has."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from observatoire.maps.classes import nice_sizes, size_label
from observatoire.maps.svg import LEAST_TEXT, PATTERNS, TEXT, box, fitted, text, width_of
from observatoire.maps.territories import circle, circle_radius
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.maps.marks import Mark

_SWATCH, _GAP, _LINE = 24.0, 18.0, 25.0

#: About how wide a column of keys is, and the least air between two.
_COLUMN, _KEY_GAP = 157.0, 8.0

_BLANK = ""

_STATUS_LABELS = (
    ("modelled", "estimé par un modèle (e)"),
    ("context", "chiffre {holder} qui {it} contient"),
    ("bounded", "entre deux bornes"),
    ("secret", "secret (s)"),
    (_BLANK, "non disponible (n.d.)"),
)


def status_swatches(marks: Sequence[Mark], words: TerritoryNames) -> list[tuple[str, str]]:
    """Return the pattern and the label of each status that has no colour, with how many."""
    counts = Counter(PATTERNS.get(mark.kind, _BLANK) for mark in marks if not mark.own)
    nouns = {"holder": words.holder.of_the, "it": words.here.pronoun}
    return [
        (
            f"url(#{name})" if name else tokens().light["paper"],
            f"{label.format_map(nouns)} ({counts[name]})",
        )
        for name, label in _STATUS_LABELS
        if counts[name]
    ]


def key_places(
    rooms: Sequence[float], width: float, column: float = _COLUMN
) -> list[tuple[float, int]]:
    """Return where each key of a legend begins and on which line: in columns, one key across several if need be.

    Examples
    --------
    >>> key_places([100, 100, 250, 100], 480)
    [(0.0, 0), (160.0, 0), (0.0, 1), (320.0, 1)]
    """
    columns = max(1, round(width / column))
    step, places, at, line_rank = width / columns, [], 0, 0
    for room in rooms:
        across = min(columns, math.ceil(room / step))
        if at + across > columns:
            at, line_rank = 0, line_rank + 1
        places.append((at * step, line_rank))
        at += across
    return places


def draw_swatches(
    title: str, swatches: Sequence[tuple[str, str]], where: tuple[float, float, float]
) -> tuple[list[str], float]:
    """Draw coloured boxes with their labels, on as many lines as they need.

    Returns
    -------
    list of str, float
        The drawing, and where it ends.
    """
    left, top, width = where
    parts, y = [], top
    if title:
        parts.append(text(left, y + 14, fitted(title, width), weight=600))
        y += 24
    places = key_places([_SWATCH + 7 + width_of(label) + _KEY_GAP for _, label in swatches], width)
    for (fill, label), (x, rank) in zip(swatches, places, strict=True):
        top = y + rank * _LINE
        parts.append(box(left + x, top, _SWATCH, 15, fill))
        # One white is no difference, another no judgement, a third no figure.
        if sign := next((each for each in "●○" if each in label), ""):
            at = left + x + _SWATCH / 2
            parts.append(text(at, top + 12, sign, size=LEAST_TEXT, anchor="middle"))
        parts.append(text(left + x + _SWATCH + 7, top + 13, fitted(label, width - x - 31)))
    return parts, y + (_LINE * (1 + places[-1][1]) if places else 0)


def draw_sizes(
    marks: Sequence[Mark], unit: str, where: tuple[float, float, float]
) -> tuple[list[str], float]:
    """Draw circles of two or three round sizes, and how many territories have one."""
    left, top, width = where
    sizes = [mark.value for mark in marks if mark.own and mark.value > 0]
    if not sizes:
        return [], top
    largest = max(sizes)
    title = f"Aire du cercle ({len(sizes)} avec leur propre chiffre)"
    parts = [text(left, top + 14, fitted(title, width), weight=600)]
    x, y = left, top + 24
    nice, count = nice_sizes(largest), len(sizes)
    tallest = circle_radius(nice[0] if nice else largest, largest, count)
    for value in nice:
        radius, label = circle_radius(value, largest, count), size_label(value, unit)
        if x + 2 * radius + 7 + width_of(label) > left + width:
            break
        parts.append(circle(x + radius + 1, y + tallest, radius))
        parts.append(text(x + 2 * radius + 8, y + tallest + TEXT * 0.35, label))
        x += 2 * radius + 8 + width_of(label) + _GAP
    return parts, y + 2 * tallest + 8
