"""Read a range written for a figure: « <5 », « de 5 à 9 », « 10 et plus », « moins de cinq »."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from observatoire.french.typography import number
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Range:
    """Two bounds that hold, and what they mean in words; NaN where the text states no bound."""

    low: float
    high: float
    note: str


_NUMBER = r"([0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?) ?%?"
_BETWEEN = re.compile(
    rf"(?:de|entre)? ?{_NUMBER} ?(?:a|et|-|–|—) ?{_NUMBER}|[\[(] ?{_NUMBER} ?[;,-] ?{_NUMBER} ?[\])]"
)

#: The natures whose figures cannot be negative, so that « moins de » has a lower bound.
_FROM_ZERO = (Nature.COUNT, Nature.RATE)
_ALL = 100.0


@cache
def _patterns() -> tuple[Mapping[str, re.Pattern[str]], re.Pattern[str]]:
    """Return what each kind of class looks like, and the numbers that are written in words."""
    classes = signs().classes
    forms = {
        "below": rf"(?:{classes.below}) ?{_NUMBER}",
        "at_most": rf"(?:{classes.at_most}) ?{_NUMBER}|{_NUMBER} ?(?:{classes.at_most_after})",
        "above": rf"(?:{classes.above}) ?{_NUMBER}",
        "at_least": rf"(?:{classes.at_least}) ?{_NUMBER}|{_NUMBER} ?(?:{classes.at_least_after})",
    }
    words = "|".join(sorted(map(re.escape, signs().numbers.ranks), key=len, reverse=True))
    compiled = {kind: re.compile(form) for kind, form in forms.items()}
    return compiled, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")


def read_range(text: str, nature: Nature, *, zero: bool = True) -> Range | None:
    """Return the bounds that a text states, or None when it states none.

    Parameters
    ----------
    text : str
        A cell.
    nature : Nature
        A count below five is at most four; a rate below five is at most five. Of a median,
        « moins de 5 » tells no lower bound.
    zero : bool
        Whether « moins de 5 » may be zero.

    Returns
    -------
    Range or None
        An open class has one bound, the other is NaN: « plus de 10 » and « 10 et plus » are both
        at least ten, for which of the two a partner means is not known.

    Examples
    --------
    >>> read_range("<5", Nature.COUNT)
    Range(low=0.0, high=4.0, note='moins de 5 ; zéro possible')
    >>> read_range("De cinq à neuf", Nature.COUNT).low, read_range("plus de 95 %", Nature.RATE).high
    (5.0, 100.0)
    >>> read_range("10 et plus", Nature.COUNT)
    Range(low=10.0, high=nan, note='au moins 10, sans plafond')
    """
    patterns, words = _patterns()
    folded = words.sub(lambda word: str(signs().numbers.ranks[word[0]]), fold(text))
    if (found := _BETWEEN.fullmatch(folded)) is not None:
        low, high = _figures(found)
        return Range(low, high, f"de {_shown(low)} à {_shown(high)}") if low < high else None
    for kind, pattern in patterns.items():
        if (found := pattern.fullmatch(folded)) is not None:
            bound = _figures(found)[0]
            if kind in ("below", "at_most"):
                return _below(bound, nature, strict=kind == "below", zero=zero)
            return _above(bound, nature, strict=kind == "above", percent="%" in folded)
    return None


def _below(most: float, nature: Nature, *, strict: bool, zero: bool) -> Range | None:
    note = f"{'moins de' if strict else 'au plus'} {_shown(most)}"
    if nature not in _FROM_ZERO:
        return Range(math.nan, most, f"{note}, sans plancher")
    counted = nature is Nature.COUNT
    high = float(math.ceil(most) - 1) if strict and counted else most
    low = 0.0 if zero or not counted else 1.0
    if high < low:
        return None
    if counted:
        note += " ; zéro possible" if low == 0 else " ; zéro exclu"
    return Range(low, high, note)


def _above(least: float, nature: Nature, *, strict: bool, percent: bool) -> Range | None:
    note = f"{'plus de' if strict else 'au moins'} {_shown(least)}"
    if nature is Nature.RATE and percent:
        return Range(least, _ALL, f"{note} %") if least < _ALL else None
    return Range(least, math.nan, f"{note}, sans plafond")


def _figures(found: re.Match[str]) -> list[float]:
    return [
        float(part.replace(" ", "").replace(",", "."))
        for part in found.groups()
        if part is not None
    ]


def _shown(value: float) -> str:
    return number(value, 0 if value.is_integer() else 1)
