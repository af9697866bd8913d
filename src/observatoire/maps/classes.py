"""Classes of a map: few, round to the decimals shown, shared by the maps one compares."""

from __future__ import annotations

import bisect
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mapclassify
import numpy as np

from observatoire.french.typography import NARROW, number, round_half_up

if TYPE_CHECKING:
    from collections.abc import Sequence


MOST_CLASSES = 4

#: Values needed before another class is worth drawing.
VALUES_PER_CLASS = 3


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


def classify(values: Sequence[float], decimals: int) -> Classes | None:
    """Cut values into natural classes (Fisher-Jenks), at the decimals shown.

    Returns
    -------
    Classes or None
        None when there is no value.

    Examples
    --------
    >>> classify([1.0, 1.2, 1.1, 8.0, 8.2, 8.1], 1).upper
    (1.2, 8.2)
    """
    shown = np.array([round_half_up(v, decimals) for v in values if not np.isnan(v)])
    if not len(shown):
        return None
    distinct = np.unique(shown)
    count = max(1, min(MOST_CLASSES, len(shown) // VALUES_PER_CLASS, len(distinct)))
    if count == 1:
        return Classes(float(distinct[0]), (float(distinct[-1]),), decimals)
    with warnings.catch_warnings():
        # Says that Numba would be faster: with some dozens of values it would not.
        warnings.filterwarnings("ignore", message="Numba not installed")
        upper = mapclassify.FisherJenks(shown, k=count).bins
    ends = tuple(float(end) for end in np.unique(upper))
    return Classes(float(distinct[0]), ends, decimals)


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
