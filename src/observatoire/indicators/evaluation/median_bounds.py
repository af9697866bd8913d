"""The median of small territories, bounded by those that are not known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.computation.table import modelled
from observatoire.indicators.precision.estimates import CERTAIN, POINT
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def median_bounds(known: Sequence[float], unknown: int) -> tuple[float, float]:
    """Bound the median of values of which some are unknown.

    Parameters
    ----------
    unknown : int
        How many are not.

    Returns
    -------
    low, high : float
        The median were all unknown values very small, then very large; NaN when half are unknown.

    Examples
    --------
    >>> median_bounds([10, 20, 30, 40, 50], 0), median_bounds([10, 20, 30, 40, 50], 2)
    ((30.0, 30.0), (20.0, 40.0))
    >>> median_bounds([10], 1)
    (nan, nan)
    """
    count = len(known) + unknown
    middle = {(count - 1) // 2, count // 2}
    ends = []
    for side in (-math.inf, math.inf):
        ordered = sorted([*map(float, known), *[side] * unknown])
        value = sum(ordered[at] for at in middle) / len(middle) if count else math.nan
        ends.append(value if math.isfinite(value) else math.nan)
    return (ends[0], ends[1]) if not any(map(math.isnan, ends)) else (math.nan, math.nan)


def medians(
    table: pd.DataFrame, groups: Mapping[str, str], zoning: str, label: str
) -> pd.DataFrame:
    """Return, by group and indicator, the median of a zoning's territories, bounded by what lacks.

    Parameters
    ----------
    table : DataFrame
        A tidy table on the small zoning.
    groups : mapping
        Group of each territory: its commune.
    zoning, label : str
        What the rows made stand on, and how their names begin.

    Returns
    -------
    DataFrame
        Rows of a tidy table: exact when every territory is known, bounded elsewhere.
    """
    rows = []
    grouped = table.assign(group=table["territory"].map(dict(groups)))
    for (group, code), part in grouped.groupby(["group", "indicator"], sort=False):
        exact = part[part["status"].isin(POINT) & ~modelled(part)]
        low, high = median_bounds(list(exact["value"]), len(part) - len(exact))
        whole = low == high
        sure = set(exact.get("precision", pd.Series(dtype=str))) <= set(CERTAIN)
        status = Status.OBSERVED if whole else Status.BOUNDED
        rows.append(
            {
                "zoning": zoning,
                "territory": group,
                "name": label,
                "indicator": code,
                "period": part["period"].iloc[0],
                "value": low if whole else math.nan,
                **dict.fromkeys(("low", "passage_low"), low),
                **dict.fromkeys(("high", "passage_high"), high),
                "precision": "exhaustive" if sure else "unknown",
                "status": str(Status.MISSING if math.isnan(low) else status),
            }
        )
    return pd.DataFrame(rows)
