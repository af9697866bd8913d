"""How a figure moved between two periods of one series, and in which words; every figure of a table."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import round_half_up
from observatoire.indicators.comparison.gaps import (
    NO_COMMENT,
    OF_ENCLOSING,
    OF_MODEL,
    unjudged,
    wide_or_open,
)
from observatoire.indicators.computation.table import by_spot, is_modelled
from observatoire.indicators.precision.differences import (
    ABOVE,
    BELOW,
    CHANGE_WORDS,
    FAR_BELOW,
    NONE,
    UNJUDGED,
    UNKNOWN,
    Difference,
    Estimate,
    change,
    rounding_of,
)
from observatoire.indicators.precision.estimates import (
    counts_everyone,
    estimate_of,
    is_too_small,
    noise_of,
)
from observatoire.indicators.precision.sampling_error import TOO_SMALL
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.definitions.catalogue import Indicator


#: One row a territory and indicator.
TREND_COLUMNS = (
    "zoning", "territory", "name", "indicator", "start", "end", "value_start", "value_end", "change",
    "low", "high", "rank", "verdict", "mark", "reason", "status", "flag",
)  # fmt: skip

#: Remark on a change of what everyone was counted for.
FACT = "Source exhaustive, sans aléa de sondage : évolution constatée."

#: Remark on a change judged beyond what its source moves by itself.
NOISY = "Source exhaustive, mais qui bouge d’elle-même : jugée au-delà de son bruit propre."

_BLANK = (str(Status.MISSING), str(Status.SECRET), str(Status.NOT_APPLICABLE))


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


def trend_frame(
    start: pd.DataFrame, end: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Return the change of each figure, with its interval and its verdict.

    Parameters
    ----------
    start, end : DataFrame
        Protected cells of two periods that :meth:`SeriesBook.check` lets compare.

    Returns
    -------
    DataFrame
        Columns :data:`TREND_COLUMNS`; ``reason`` says why a change is not judged.
    """
    before = by_spot(start)
    rows = []
    for row in records(end):
        code = str(row["indicator"])
        former = before.get((str(row["zoning"]), str(row["territory"]), code))
        if former is not None:
            rows.append(_row(former, row, indicators[code]))
    return pd.DataFrame(rows, columns=list(TREND_COLUMNS))


def _row(former: Record, row: Record, indicator: Indicator) -> dict[str, object]:
    flags = (str(former["flag"]), str(row["flag"]))
    of_enclosing = str(Status.CONTEXT) in (former["status"], row["status"])
    return {
        **{name: row[name] for name in ("zoning", "territory", "name")},
        "indicator": indicator.code,
        "start": former["period"],
        "end": row["period"],
        "value_start": former["value"],
        "value_end": row["value"],
        **_judged(former, row, indicator),
        "status": str(Status.CONTEXT) if of_enclosing else row["status"],
        "flag": TOO_SMALL if TOO_SMALL in flags else next(filter(None, flags), ""),
    }


def _not_its_own(former: Record, row: Record) -> str:
    """Say why two figures are not both the territory's own; nothing when they are."""
    lacking = next((each for each in (former, row) if each["status"] in _BLANK), None)
    if lacking is not None:
        return f"Chiffre de {lacking['period']} {Status(lacking['status']).label}."
    if str(Status.CONTEXT) in (former["status"], row["status"]):
        return OF_ENCLOSING
    return OF_MODEL if is_modelled(former) or is_modelled(row) else ""


def _judged(former: Record, row: Record, indicator: Indicator) -> dict[str, object]:
    """Return a change: value, bounds, rank, verdict, mark, and why it is not judged."""
    blank = {
        "change": math.nan,
        "low": math.nan,
        "high": math.nan,
        "rank": 0,
        "verdict": "",
        "mark": "",
    }
    if reason := _not_its_own(former, row):
        moved = row["value"] - former["value"] if reason == OF_ENCLOSING else math.nan
        return blank | {"change": moved, "reason": reason}
    figures = estimate_of(former), estimate_of(row)
    found = change_of(*figures, indicator.direction, indicator.decimals)
    everyone = counts_everyone(former) and counts_everyone(row)
    noisy = everyone and any(noise_of(each, 1.0) for each in (former, row))
    fact = everyone and not noisy
    blank["change"] = found.value
    if is_too_small(former) or is_too_small(row):
        return blank | {"reason": NO_COMMENT}
    bounds = {"low": found.low, "high": found.high} if not fact or found.low < found.high else {}
    if found.verdict == UNKNOWN:
        return blank | bounds | {"verdict": UNKNOWN, "reason": wide_or_open(found, former, row)}
    if not found.judged:
        return blank | {"reason": unjudged(former, row)}
    judged = {"rank": found.rank, "verdict": found.verdict, "mark": found.mark}
    return blank | bounds | judged | {"reason": FACT if fact else NOISY if noisy else ""}
