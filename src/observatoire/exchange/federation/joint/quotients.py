"""What rates and means that are shown say of their two terms."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from observatoire.exchange.federation.joint.exposure import CountedCell, Quotient
from observatoire.exchange.publication.figures import decimals_of
from observatoire.values import Nature, quotients_per

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.exchange.federation.joint.exposure import Exposure
    from observatoire.values import Record

#: What is one count by another: a rate, or a mean.
QUOTIENTS = frozenset((Nature.RATE.label, Nature.MEAN.label))

#: Times that what is known of a term is told to the others; what is left after is too far to be sharp.
_MOST_TURNS = 8

#: Denominators that are tried one by one, and how far from one a whole number may be computed.
_MOST_TRIED, _EDGE = 5_000, 1e-6


def bound_by_quotients(
    made: Exposure,
    shown: Iterable[Record],
    words: Mapping[tuple[str, str], Mapping[str, str]],
    counted: Mapping[tuple[str, str], str],
) -> None:
    """Bound counts by rates that are shown and by what is known of their other term.

    That term is shown, or a sum gives it; what a rate gives of a count that nobody hides may give
    another, through a total.
    """
    found = list(_quotients(shown, words, counted))
    if not found or not made.hiding:
        return
    made.quotients = found
    terms = {cell.quantity for one in found for cell in (one.top, one.bottom)}
    sums = [one for one in made.relations if one.total.quantity in terms and _open(made, one)]
    for _ in range(_MOST_TURNS):
        spans = made.spans(sums)
        moved = [made.narrow(*bound) for one in found for bound in _bounds(one, spans, made)]
        if not any(moved):
            return


def _open(made: Exposure, one: Sequence[object]) -> bool:
    return any(cell not in made.shown for cell in (one[0], *one[1]))  # type: ignore[misc]


def _bounds(
    one: Quotient, spans: Mapping[CountedCell, tuple[float, float]], made: Exposure
) -> Iterable[tuple[CountedCell, float, float, str]]:
    before = (spans[one.top], spans[one.bottom])
    top, bottom = before
    if one.high > 0:
        highest = top[1] / one.low if one.low > 0 else math.inf
        bottom = max(bottom[0], top[0] / one.high), min(bottom[1], highest)
    top = max(top[0], one.low * bottom[0]), min(top[1], _times(one.high, bottom[1]))
    if not {one.top.quantity, one.bottom.quantity} & made.fractional:
        top, bottom = _by_ones(one, top, bottom)
    for cell, known, after in zip(one[:2], before, (top, bottom), strict=True):
        if after != known:  # what sums say already, no rate says
            yield cell, *after, one.whose


def _by_ones(
    one: Quotient, top: tuple[float, float], bottom: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return between what two terms stand that count by ones: of few people, few have that rate."""
    most = min(bottom[1], top[1] / one.low if one.low > 0 else math.inf)
    if most - bottom[0] > _MOST_TRIED:
        return top, bottom
    below = np.arange(max(math.ceil(bottom[0] - _EDGE), 1), math.floor(most + _EDGE) + 1)
    least = np.ceil(np.maximum(one.low * below, top[0]) - _EDGE)
    highest = np.floor(np.minimum(one.high * below, top[1]) + _EDGE)
    fits = least <= highest
    if not fits.any():
        return top, bottom
    return (least[fits].min(), highest[fits].max()), (below[fits].min(), below[fits].max())


def _times(rate: float, count: float) -> float:
    return 0.0 if rate == 0 else rate * count


def _quotients(
    shown: Iterable[Record],
    words: Mapping[tuple[str, str], Mapping[str, str]],
    counted: Mapping[tuple[str, str], str],
) -> Iterable[Quotient]:
    by_variables: dict[tuple[str, str], str] = defaultdict(str)
    for key, row in words.items():
        if row["numerateur"] and not row["denominateur"]:
            by_variables[row["producteur"], row["numerateur"]] = counted[key]
    for row in shown:
        value = float(row["valeur"])
        word = words[row["observatoire"], row["indicateur"]]
        sides = [
            by_variables.get((word["producteur"], word[n])) for n in ("numerateur", "denominateur")
        ]
        per = quotients_per(word["unite"]) or float(word["nature"] == Nature.MEAN.label)
        if not all(sides) or not per or math.isnan(value) or value < 0:
            continue
        place = (row["zonage"], row["territoire"], row["periode"])
        top, bottom = (CountedCell(str(side), *place) for side in sides)
        half = 0.5 * 10.0 ** -decimals_of(word["decimales"])
        low, high = max(value - half, 0.0) / per, (value + half) / per
        yield Quotient(top, bottom, low, high, row["observatoire"])
