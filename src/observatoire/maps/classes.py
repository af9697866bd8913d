"""Classes of a map: few, round to the decimals shown, shared by the maps one compares."""

from __future__ import annotations

import bisect
import operator
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import NARROW, number, round_half_up
from observatoire.pages.tokens import FEWEST_CLASSES, MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


#: Values needed before another class is worth drawing.
VALUES_PER_CLASS = 2


def _jenks(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Cut where the sum of squares within classes is least (Fisher 1958, Jenks 1977)."""
    ordered = np.sort(values)
    centred = ordered - ordered.mean()  # large values that differ little keep their digits
    sums, squares = (np.concatenate([[0.0], np.cumsum(centred**power)]) for power in (1, 2))
    first, last = np.ogrid[: len(ordered), 1 : len(ordered) + 1]
    sizes = np.maximum(last - first, 1)
    within = squares[last] - squares[first] - (sums[last] - sums[first]) ** 2 / sizes
    within = np.where(last > first, np.maximum(within, 0.0), np.inf)
    best, starts = within[0], []
    for _ in range(k - 1):  # the classes before end where the last one starts
        before = np.concatenate([[np.inf], best[:-1]])
        cost = before[:, None] + within
        starts.append(cost.argmin(axis=0))
        best = cost.min(axis=0)
    ends = [len(ordered)]
    for start in reversed(starts):
        ends.append(int(start[ends[-1] - 1]))
    uppers: NDArray[np.float64] = ordered[np.array(ends[::-1]) - 1]
    return uppers


def _quantiles(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    return np.unique(np.quantile(values, np.arange(1, k + 1) / k))


def _equal(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    return np.linspace(values.min(), values.max(), k + 1)[1:]


def _pretty(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Cut at multiples of 1, 2 or 5 times a power of ten (Heckbert 1990)."""
    low, high = values.min(), values.max()
    step = _round_step(_round_step(high - low, up=True) / max(k - 1, 1))
    lowest, highest = np.floor(low / step) * step, np.ceil(high / step) * step
    return np.arange(lowest, highest + 0.5 * step, step)[1:]


def _round_step(width: float, *, up: bool = False) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    limits = (1.0, 2.0, 5.0) if up else (1.5, 3.0, 7.0)
    fits = operator.le if up else operator.lt
    steps = zip(limits, (1.0, 2.0, 5.0), strict=True)
    return float(next((step for limit, step in steps if fits(width / power, limit)), 10.0) * power)


#: Ways to cut values into classes: upper ends, of an array that has two distinct values at least.
SCHEMES: dict[str, Callable[[NDArray[np.float64], int], NDArray[np.float64]]] = {
    "jenks": _jenks,
    "quantile": _quantiles,
    "equal": _equal,
    "pretty": _pretty,
}


@dataclass(frozen=True)
class Classes:
    """Upper ends of the classes, in increasing order, and the least value shown."""

    least: float
    upper: tuple[float, ...]
    decimals: int

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.upper)

    def rank(self, value: float) -> int:
        """Return the class of a value, from 0; a value is compared as it is printed."""
        shown = round_half_up(value, self.decimals)
        return min(bisect.bisect_left(self.upper, shown), len(self.upper) - 1)

    def counts(self, values: Sequence[float]) -> list[int]:
        """Return how many values each class has."""
        ranks = Counter(self.rank(value) for value in values)
        return [ranks[rank] for rank in range(len(self))]

    def labels(self) -> list[str]:
        """Return the French label of each class."""
        step = 10.0**-self.decimals
        starts = [self.least, *(end + step for end in self.upper[:-1])]
        return [
            number(start, self.decimals)
            if start >= end
            else f"{number(start, self.decimals)} à {number(end, self.decimals)}"
            for start, end in zip(starts, self.upper, strict=True)
        ]


def classify(
    values: Sequence[float], decimals: int, classes: str | Sequence[float] = "jenks", k: int = 4
) -> Classes | None:
    """Cut values into classes, at the decimals shown.

    Parameters
    ----------
    values : sequence of float
        Those of the territories' own figures; missing ones count for nothing.
    decimals : int
        How figures are printed.
    classes : {"jenks", "quantile", "equal", "pretty"} or sequence of float
        Natural classes, as many values in each, equal widths, round bounds; or the bounds between
        classes, each the greatest value of its class.
    k : int
        How many, three to five; fewer where values are few.

    Returns
    -------
    Classes or None
        None when there is no value.

    Raises
    ------
    UnknownNameError
        On an unknown method, a number of classes that is not three to five, or bounds that do not
        grow.

    Examples
    --------
    >>> classify([1.0, 1.2, 1.1, 8.0, 8.2], 1).upper
    (1.2, 8.2)
    >>> classify([1.0, 5.0, 12.0], 0, [5, 10]).labels()
    ['1 à 5', '6 à 10', '11 à 12']
    """
    bounds = _checked(classes, k)
    shown = np.array([round_half_up(v, decimals) for v in values if not np.isnan(v)])
    if not len(shown):
        return None
    distinct = np.unique(shown)
    least, most = float(distinct[0]), float(distinct[-1])
    if bounds:
        inner = [round_half_up(bound, decimals) for bound in bounds]
        least = min(least, inner[0])
        return Classes(least, (*inner, max(most, inner[-1] + 10.0**-decimals)), decimals)
    count = max(1, min(k, len(shown) // VALUES_PER_CLASS, len(distinct)))
    if count == 1:
        return Classes(least, (most,), decimals)
    ends = {_floor(float(end), decimals) for end in _bins(shown, str(classes), count)}
    inner = sorted(end for end in ends if least <= end < most)
    return Classes(least, (*inner, most), decimals)


def _bins(shown: NDArray[np.float64], scheme: str, count: int) -> NDArray[np.float64]:
    bins = SCHEMES[scheme](shown, count)
    while len(bins) > MOST_CLASSES:  # round bounds choose their own number
        count -= 1
        bins = SCHEMES[scheme](shown, count) if count else bins[-1:]
    return bins


def _floor(end: float, decimals: int) -> float:
    """Return the greatest printed value that is not above an end: its class is the same."""
    return round_half_up(np.floor(round(end * 10**decimals, 6)) / 10**decimals, decimals)


def _checked(classes: str | Sequence[float], k: int) -> list[float]:
    """Return the bounds given, none for a method; refuse what makes no classes."""
    if isinstance(classes, str):
        if classes not in SCHEMES:
            raise UnknownNameError(
                f"« {classes} » n’est pas une façon de faire des classes.",
                remedy=f"{suggestion(classes, SCHEMES)} Ou donnez les bornes : classes=[10, 20, 30].",
                name=classes,
            )
        if k not in range(FEWEST_CLASSES, MOST_CLASSES + 1):
            raise UnknownNameError(
                f"On ne fait pas {k} classes.",
                why="Sur une carte, l’œil distingue de trois à cinq couleurs d’une même suite.",
                remedy=f"k={FEWEST_CLASSES}, 4 ou {MOST_CLASSES}.",
                name=str(k),
            )
        return []
    bounds = _numbers(classes)
    grows = all(lower < upper for lower, upper in pairwise(bounds))
    if not grows or not 1 <= len(bounds) < MOST_CLASSES or not np.isfinite(bounds).all():
        raise UnknownNameError(
            f"Ces bornes ne font pas des classes : {', '.join(map(str, classes)) or 'il n’y en a aucune'}.",
            remedy=f"Donnez d’une à {MOST_CLASSES - 1} bornes croissantes : classes=[10, 20, 30].",
            name=str(bounds),
        )
    return bounds


def _numbers(given: Sequence[float]) -> list[float]:
    """Return bounds as numbers, none where one is no number."""
    try:
        return [float(bound) for bound in given]
    except (TypeError, ValueError):
        return []


def nice_sizes(largest: float) -> tuple[float, ...]:
    """Return two or three round values for the legend of circles.

    Examples
    --------
    >>> nice_sizes(7245.7)
    (5000.0, 1000.0, 200.0)
    >>> nice_sizes(99999.99999999999)
    (50000.0, 10000.0, 2000.0)
    """
    if largest <= 0:
        return ()
    power = 10.0 ** np.floor(np.log10(largest))
    if power > largest:  # a logarithm rounded up to the next whole
        power /= 10
    top = next(float(step * power) for step in (5, 2, 1) if step * power <= largest)
    return tuple(value for value in (top, top / 5, top / 25) if value >= 1)


def size_label(value: float, unit: str) -> str:
    """Write a legend size with its unit."""
    return f"{number(value)}{NARROW}{unit}" if unit == "%" else f"{number(value)} {unit}".strip()
