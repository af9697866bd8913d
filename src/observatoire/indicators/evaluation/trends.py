"""Changes of every figure between two periods of one series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.comparison.gaps import (
    NO_COMMENT,
    OF_ENCLOSING,
    OF_MODEL,
    unjudged,
    wide_or_open,
)
from observatoire.indicators.computation.table import by_spot, is_modelled
from observatoire.indicators.evaluation.changes import change_of
from observatoire.indicators.precision.differences import UNKNOWN
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
