"""Changes of every figure between two periods of one series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.comparison.gaps import (
    NO_COMMENT,
    OF_ENCLOSING,
    counted_of,
    estimates_of,
    unjudged,
    wide_or_open,
)
from observatoire.indicators.computation.table import by_spot
from observatoire.indicators.evaluation.gap_changes import STABLE, told_change
from observatoire.indicators.precision.differences import ABOVE, BELOW, MARKS, UNKNOWN, change
from observatoire.indicators.precision.sampling_error import TOO_SMALL
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.definitions.catalogue import Indicator


#: One row a territory and indicator.
TREND_COLUMNS = (
    "zoning",
    "territory",
    "name",
    "indicator",
    "start",
    "end",
    "value_start",
    "value_end",
    "change",
    "low",
    "high",
    "rank",
    "verdict",
    "mark",
    "reason",
    "status",
    "flag",
)

#: Said of a change of what everyone was counted for.
FACT = "Source exhaustive, sans aléa de sondage : évolution constatée."

_NAN = float("nan")

_BLANK = (str(Status.MISSING), str(Status.SECRET), str(Status.NOT_APPLICABLE))


def trend_frame(
    start: pd.DataFrame, end: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Return the change of each figure, with its interval and its verdict.

    Parameters
    ----------
    start, end : DataFrame
        Protected cells of two periods that :meth:`SeriesBook.check` lets compare.
    indicators : mapping
        Definitions.

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


def _row(former: Record, row: Record, indicator: Indicator) -> tuple[object, ...]:
    head = (
        row["zoning"],
        row["territory"],
        row["name"],
        indicator.code,
        former["period"],
        row["period"],
        former["value"],
        row["value"],
    )
    of_enclosing = str(Status.CONTEXT) in (former["status"], row["status"])
    status = str(Status.CONTEXT) if of_enclosing else row["status"]
    flags = (str(former["flag"]), str(row["flag"]))
    flag = TOO_SMALL if TOO_SMALL in flags else next(filter(None, flags), "")
    return (*head, *_judged(former, row, indicator), status, flag)


def _judged(former: Record, row: Record, indicator: Indicator) -> tuple[object, ...]:
    """Return a change: value, bounds, rank, verdict, mark, and why it is not judged."""
    lacking = next((one for one in (former, row) if one["status"] in _BLANK), None)
    if lacking is not None:
        told = Status(lacking["status"]).label
        return (_NAN, _NAN, _NAN, 0, "", "", f"Chiffre de {lacking['period']} {told}.")
    if former["precision"] == row["precision"] == "exhaustive" and math.isnan(row["wide_low"]):
        return _fact(former, row, indicator)
    found = change(*estimates_of(former, row), indicator.direction)
    if TOO_SMALL in (former["flag"], row["flag"]):
        return (found.value, _NAN, _NAN, 0, "", "", NO_COMMENT)
    if found.verdict == UNKNOWN:
        return (found.value, found.low, found.high, 0, UNKNOWN, "", wide_or_open(found))
    if not found.judged:
        return (found.value, _NAN, _NAN, 0, "", "", unjudged(former, row))
    context = str(Status.CONTEXT) in (former["status"], row["status"])
    reason = OF_ENCLOSING if context else ""
    return (found.value, found.low, found.high, found.rank, found.verdict, found.mark, reason)


def _fact(former: Record, row: Record, indicator: Indicator) -> tuple[object, ...]:
    """Return the change of what everyone was counted for: no sampling, the passage's bounds alone."""
    start, end = counted_of(former), counted_of(row)
    found = change(start, end, indicator.direction)
    if found.verdict == UNKNOWN:
        return (found.value, found.low, found.high, 0, UNKNOWN, "", wide_or_open(found))
    word = told_change(start, end, indicator.direction, indicator.decimals)
    rank = 0 if word == STABLE else ABOVE if found.rank > 0 else BELOW
    bounds = (found.low, found.high) if found.low < found.high else (_NAN, _NAN)
    enclosing = str(Status.CONTEXT) in (former["status"], row["status"])
    reason = f"{FACT} {OF_ENCLOSING}" if enclosing else FACT
    return (found.value, *bounds, rank, word, MARKS[rank], reason)
