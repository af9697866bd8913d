"""Sums of parts against what is published of the whole that holds them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


LINK_CHECK_COLUMNS = ("whole", "parts", "known", "sum", "published", "excess", "sentence")


def check_sums(
    parts: Mapping[str, float],
    members: Mapping[str, Sequence[str]],
    published: Mapping[str, float],
    tolerance: float = 0.02,
) -> pd.DataFrame:
    """Find the wholes of which some parts already count more people than the whole.

    Parameters
    ----------
    parts : mapping
        A count by part, NaN where it is not known.
    members : mapping
        The parts of each whole.
    published : mapping
        The same count, as it is published of each whole.
    tolerance : float
        Share of the whole that its parts may exceed: two sources are never of the same day.

    Returns
    -------
    DataFrame
        Columns :data:`LINK_CHECK_COLUMNS`, one row a whole that is exceeded; nothing when links may be sound.

    Examples
    --------
    >>> parts = {"FDF01": 3000.0, "FDF02": 2500.0, "FDF03": float("nan")}
    >>> found = check_sums(parts, {"QP972001": ["FDF01", "FDF02", "FDF03"]}, {"QP972001": 5000.0})
    >>> found[["whole", "parts", "known", "excess"]].values.tolist()
    [['QP972001', 3, 2, 500.0]]
    """
    rows = []
    for whole, codes in members.items():
        known = [parts[code] for code in codes if not math.isnan(parts.get(code, math.nan))]
        total, most = sum(known), published.get(whole, math.nan)
        if total > most * (1 + tolerance):
            sentence = (
                f"{whole} : {len(known)} de ses {len(codes)} parties comptent ensemble plus que lui "
                "(rattachement à revoir)."
            )
            rows.append((whole, len(codes), len(known), total, most, total - most, sentence))
    return pd.DataFrame(rows, columns=list(LINK_CHECK_COLUMNS))


def between(before: tuple[str, float], after: tuple[str, float], period: str) -> float:
    """Return a count brought to a year between two that are published, in a straight line.

    Examples
    --------
    >>> round(between(("2013", 12062), ("2018", 10367), "2016"))
    11045
    """
    (first, low), (last, high) = before, after
    share = (int(period[:4]) - int(first[:4])) / (int(last[:4]) - int(first[:4]))
    return low + share * (high - low)
