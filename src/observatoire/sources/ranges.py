"""Read a range written for a figure: « <5 », « de 5 à 9 », « plus de 95 % »."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from observatoire.typography import number
from observatoire.values import Nature


@dataclass(frozen=True)
class Range:
    """Two bounds that hold, and what they mean in words."""

    low: float
    high: float
    told: str


_NUMBER = r"([0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?) ?%?"
_BELOW = re.compile(rf"(?:<|moins de|inférieure? à|inf\.? à) ?{_NUMBER}")
_AT_MOST = re.compile(rf"(?:<=|≤|au plus|jusqu['’]à) ?{_NUMBER}|{_NUMBER} (?:ou|et) moins")
_BETWEEN = re.compile(
    rf"(?:de|entre)? ?{_NUMBER} ?(?:à|a|et|-|–|—) ?{_NUMBER}|[\[(] ?{_NUMBER} ?[;,-] ?{_NUMBER} ?[\])]"
)
_ABOVE = re.compile(rf"(?:>=?|≥|plus de|au moins) ?{_NUMBER}|{_NUMBER} (?:ou|et) plus")

#: The natures whose figures cannot be negative, so that « moins de » has a lower bound.
_FROM_ZERO = (Nature.COUNT, Nature.RATE)
_ALL = 100.0


def read_range(text: str, nature: Nature, *, zero: bool = True) -> Range | None:
    """Return the bounds that a text states, or None when it states none that hold.

    Parameters
    ----------
    text : str
        A cell.
    nature : Nature
        A count below five is at most four; a rate below five is at most five. Of a median,
        « moins de 5 » tells no lower bound: it is not read.
    zero : bool
        Whether « moins de 5 » may be zero.

    Examples
    --------
    >>> read_range("<5", Nature.COUNT)
    Range(low=0.0, high=4.0, told='moins de 5 ; zéro possible')
    >>> read_range("De 5 à 9", Nature.COUNT).low, read_range("plus de 95 %", Nature.RATE).high
    (5.0, 100.0)
    >>> read_range("<5", Nature.MEDIAN) is None, read_range("plus de 95", Nature.COUNT) is None
    (True, True)
    """
    said = re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")).strip().lower()
    if (found := _BETWEEN.fullmatch(said)) is not None:
        low, high = _figures(found)
        return Range(low, high, f"de {_shown(low)} à {_shown(high)}") if low < high else None
    if nature in _FROM_ZERO and (found := _BELOW.fullmatch(said)) is not None:
        return _below(_figures(found)[0], nature, strict=True, zero=zero)
    if nature in _FROM_ZERO and (found := _AT_MOST.fullmatch(said)) is not None:
        return _below(_figures(found)[0], nature, strict=False, zero=zero)
    if nature is Nature.RATE and "%" in said and (found := _ABOVE.fullmatch(said)) is not None:
        low = _figures(found)[0]
        return Range(low, _ALL, f"plus de {_shown(low)} %") if low < _ALL else None
    return None


def _below(most: float, nature: Nature, *, strict: bool, zero: bool) -> Range | None:
    counted = nature is Nature.COUNT
    high = float(math.ceil(most) - 1) if strict and counted else most
    low = 0.0 if zero or not counted else 1.0
    if high < low:
        return None
    told = f"{'moins de' if strict else 'au plus'} {_shown(most)}"
    if counted:
        told += " ; zéro possible" if low == 0 else " ; zéro exclu"
    return Range(low, high, told)


def _figures(found: re.Match[str]) -> list[float]:
    return [
        float(part.replace(" ", "").replace(",", "."))
        for part in found.groups()
        if part is not None
    ]


def _shown(value: float) -> str:
    return number(value, 0 if value.is_integer() else 1)
