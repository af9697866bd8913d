"""Undo what is written around a number: its unit, the marks between its thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of a table are written; ``doubtful`` is one that reads in two ways."""

    thousands: str = ""
    decimal: str = ""
    doubtful: str = ""


_BOTH = re.compile(r"-?[0-9]{1,3}(?P<t>[.,'’])(?:[0-9]{3}(?P=t))*[0-9]{3}(?:(?P<d>[.,])[0-9]+)?")
_MARKED = re.compile(r"-?(?P<whole>[0-9]+)(?P<d>[.,])(?P<rest>[0-9]+)")
_GROUP = 3


def _figure_of(text: str) -> str:
    """Return a text without what stands around its figure, nor spaces: « <1.234 € » is 1.234."""
    return re.sub(r"^[<>≤≥+\s]+|[^0-9]+$|\s", "", text)


def writing_of(texts: Iterable[str]) -> NumberStyle:
    """Return how a table writes its numbers: « 1.234,5 », « 1,234.5 », « 1'234 », or plainly.

    Parameters
    ----------
    texts : iterable of str
        The cells of its columns of figures.

    Examples
    --------
    >>> writing_of(["12.345,67", "1.234"])
    NumberStyle(thousands='.', decimal=',', doubtful='')
    >>> writing_of(["1,234", "2,345"]).doubtful, writing_of(["1,234", "2,5"]).doubtful
    ('1,234', '')
    """
    decimals: set[str] = set()
    groups: set[str] = set()
    either: dict[str, str] = {}
    for text in map(_figure_of, texts):
        grouped, marked = _BOTH.fullmatch(text), _MARKED.fullmatch(text)
        if grouped and (grouped["t"] in "'’" or grouped["d"] or text.count(grouped["t"]) > 1):
            if grouped["d"] != grouped["t"]:
                groups.add("'" if grouped["t"] in "'’" else grouped["t"])
                decimals |= {grouped["d"]} - {None}
        elif marked and (
            len(marked["rest"]) != _GROUP or not 0 < len(marked["whole"].lstrip("0")) <= _GROUP
        ):
            decimals.add(marked["d"])
        elif marked:
            either.setdefault(marked["d"], text)
    if len(groups) == 1 and not groups & decimals:
        mark = groups.pop()
        decimal = {".": ",", ",": "."}.get(mark, "")
        return NumberStyle(mark, decimal)
    # Where both marks are decimals, neither is sure: the table was typed by several hands.
    sure = decimals if len(decimals) == 1 else set()
    doubtful = {mark: text for mark, text in either.items() if mark not in sure}
    if not doubtful or groups:
        return NumberStyle()
    mark, text = next(iter(doubtful.items()))
    # A table that writes its decimals with the other mark separates its thousands with this one.
    if len(doubtful) == 1 and decimals == {".", ","} - {mark}:
        return NumberStyle(mark, next(iter(decimals)))
    return NumberStyle(doubtful=text)


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
    units = "|".join(re.escape(sign) for sign in _SAME.get(unit, (unit,)))
    pattern = rf"^([0-9\s.,+−–-]*[0-9,.])\s*(?:{units})\.?(\s*(?:\*+|[¹²³]|\([a-z]+\.?\)))?$"
    return raw.str.strip().str.replace(pattern, r"\1\2", regex=True)
