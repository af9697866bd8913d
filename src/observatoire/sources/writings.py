"""Undo what is written around a number: its unit, the marks between its thousands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: The marks that may separate thousands, besides spaces.
THOUSANDS = (".", ",", "'")

_SAME = {
    "euros": ("euros", "euro", "€"),
    "€": ("€", "euros", "euro"),
    "%": ("%", "pct", "pour cent"),
}


def ungroup(raw: pd.Series, thousands: str) -> pd.Series:
    """Drop the marks between thousands, where they stand between groups of three digits.

    Examples
    --------
    >>> import pandas as pd
    >>> ungroup(pd.Series(["1.234,5", "12.5", "s"]), ".").to_list()
    ['1234,5', '12.5', 's']
    """
    if not thousands:
        return raw
    mark = "['’]" if thousands == "'" else re.escape(thousands)
    text = raw.str.strip()
    grouped = text.str.fullmatch(rf"[<>≤≥+-]?\s*[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:[^0-9].*)?")
    return raw.mask(
        grouped.fillna(value=False).astype(bool), text.str.replace(mark, "", regex=True)
    )


def strip_unit(raw: pd.Series, unit: str) -> pd.Series:
    """Drop the unit written after a number, when it is the variable's own; a mark behind it stays.

    Examples
    --------
    >>> import pandas as pd
    >>> strip_unit(pd.Series(["12,5 %", "8%", "s", "3 ans"]), "%").to_list()
    ['12,5', '8', 's', '3 ans']
    >>> strip_unit(pd.Series(["12,5 % (p)", "8 %*"]), "%").to_list()
    ['12,5 (p)', '8*']
    """
    if not unit:
        return raw
    told = "|".join(re.escape(one) for one in _SAME.get(unit, (unit,)))
    pattern = rf"^([0-9\s.,+−–-]*[0-9,.])\s*(?:{told})\.?(\s*(?:\*+|[¹²³]|\([a-z]+\.?\)))?$"
    return raw.str.strip().str.replace(pattern, r"\1\2", regex=True)
