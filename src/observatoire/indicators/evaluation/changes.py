"""How a figure moved of itself between two dates, and in which words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.french.typography import round_half_up
from observatoire.indicators.precision.differences import (
    ABOVE,
    BELOW,
    CHANGE_WORDS,
    FAR_BELOW,
    NONE,
    UNJUDGED,
    change,
    rounding_of,
)

if TYPE_CHECKING:
    from observatoire.indicators.precision.differences import Difference, Estimate

#: Verdict on an exact figure that does not move.
STABLE = "stable"


def change_of(start: Estimate, end: Estimate, polarity: str, decimals: int) -> Difference:
    """Return the change of a figure, a fact being worded as one.

    What a source that counts everyone gives is a fact, neither sure nor unsure: it is *constatée*, never
    « nette », and *stable* when nothing shows at the decimals printed, or no more than the producer's rounding.

    Examples
    --------
    >>> from observatoire.indicators.precision.differences import Estimate
    >>> change_of(Estimate(30, 30, 30), Estimate(25, 25, 25), "lower_is_better", 1).verdict
    'amélioration constatée'
    >>> change_of(Estimate(30, 30, 30), Estimate(30.04, 30.04, 30.04), "neutral", 1).verdict
    'stable'
    >>> rounded = [Estimate(count, count, count, rounding=5) for count in (4235, 4230, 4225)]
    >>> [change_of(rounded[0], later, "lower_is_better", 0).verdict for later in rounded[1:]]
    ['stable', 'amélioration constatée']
    """
    found = change(start, end, polarity)
    if not (found.verdict != UNJUDGED and _is_certain(start) and _is_certain(end)):
        return found
    shown = round_half_up(found.value, decimals) if not math.isnan(found.value) else math.nan
    if shown == 0 or abs(found.value) <= rounding_of(start, end):
        return replace(found, rank=NONE, verdict=STABLE)
    if not found.judged:
        return found
    rank = ABOVE if found.rank > 0 else BELOW
    word = CHANGE_WORDS[polarity][rank - FAR_BELOW]
    return replace(found, rank=rank, verdict=f"{word} constatée")


def _is_certain(figure: Estimate) -> bool:
    """Say whether nothing is left open by a sampling."""
    return (figure.low, figure.high) == (figure.least, figure.most)
