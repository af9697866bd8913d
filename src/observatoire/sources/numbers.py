"""Read numbers as French producers write them, and the signs they write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.sources.descriptor import Markers

#: Spaces used between thousands: ordinary, no-break, narrow no-break, thin.
_SPACES = "[ \u00a0\u202f\u2009]"

#: The decimal marks read, by what ``decimal`` says.
_POINT = {"": "[.,]", ".": r"\.", ",": ","}


@dataclass(frozen=True)
class Numbers:
    """Parsed cells: five aligned Series, and which texts are neither a number nor a marker."""

    value: pd.Series
    low: pd.Series
    high: pd.Series
    status: pd.Series
    marker: pd.Series
    unreadable: pd.Series


def parse_numbers(raw: pd.Series, markers: Markers, decimal: str = "") -> Numbers:
    """Read a column of texts.

    Parameters
    ----------
    raw : Series of str
        The cells, as written.
    markers : Markers
        The producer's signs; a blank means what ``markers.blank`` says.
    decimal : str
        ``"."`` or ``","``: the other one is then no number, for it could be a thousands mark; when
        empty both are read as decimal. A space is read only between groups of three digits: what
        ``"12 5"`` meant cannot be known.

    Returns
    -------
    Numbers
        ``value`` is NaN wherever the status has no value; ``marker`` keeps the sign as written.

    Examples
    --------
    >>> from observatoire.sources.descriptor import Markers
    >>> n = parse_numbers(pd.Series(["1 234,5", "s", "", "x"]), Markers(secret=("s",)))
    >>> n.value.to_list(), n.status.to_list(), n.unreadable.to_list()
    ([1234.5, nan, nan, nan], ['observed', 'secret', 'missing', 'missing'],
     [False, False, False, True])
    """
    text = raw.fillna("").str.strip()
    signs = markers.statuses()
    signed = text.isin(list(signs))
    blank = text == ""
    plain = text.where(~signed & ~blank)
    spaced = plain.str.replace(_SPACES, " ", regex=True).str.replace("−", "-", regex=False)
    written = spaced.str.fullmatch(_number_pattern(decimal)).fillna(value=False).astype(bool)
    compact = spaced.where(written).str.replace(" ", "", regex=False)
    value = pd.to_numeric(compact.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    value = value.mask(np.isinf(value))
    if markers.blank == "zero":
        value = value.mask(blank, 0.0)
    status = pd.Series(str(Status.OBSERVED), index=raw.index, dtype="str")
    status = status.mask(value.isna(), str(Status.MISSING))
    if markers.blank == "secret":
        status = status.mask(blank, str(Status.SECRET))
    for sign, meaning in signs.items():
        status = status.mask(text == sign, str(meaning))
    unreadable = value.isna() & ~signed & ~blank
    return Numbers(
        value=value,
        low=pd.Series(np.nan, index=raw.index),
        high=pd.Series(np.nan, index=raw.index),
        status=status,
        marker=text.where(signed, ""),
        unreadable=unreadable,
    )


def _number_pattern(decimal: str) -> str:
    whole, point = "(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)", _POINT[decimal]
    return f"[+-]? ?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?"
