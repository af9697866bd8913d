"""Read the cells of a variable: its thousands, its unit, its numbers and its signs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.sources.numbers import Numbers, parse_numbers
from observatoire.sources.writings import strip_unit, ungroup

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.sources.descriptor import Markers, Variable


def read_cells(
    raw: pd.Series, variable: Variable | None, markers: Markers, thousands: str, decimal: str
) -> Numbers:
    """Read the cells of a variable; its unit, written after a number, is dropped.

    Parameters
    ----------
    raw : Series of str
        The cells.
    variable : Variable or None
        What is declared of the variable; None when nothing is.
    markers : Markers
        The producer's signs.
    thousands, decimal : str
        The marks of its numbers; empty for spaces, and for either mark.
    """
    raw = ungroup(raw, thousands)
    numbers = parse_numbers(raw, markers, decimal, variable.nature if variable else None)
    if variable is None or not variable.unit or not numbers.unreadable.any():
        return numbers
    if variable.unit == "part":
        return _shares(raw, numbers, markers, decimal)
    return parse_numbers(strip_unit(raw, variable.unit), markers, decimal, variable.nature)


def _shares(raw: pd.Series, numbers: Numbers, markers: Markers, decimal: str) -> Numbers:
    """Read « 12,5 % » in a column of shares as 0.125; a range keeps its bounds."""
    lost = numbers.unreadable
    told = parse_numbers(strip_unit(raw[lost], "%"), markers, decimal)
    percent = raw[lost].str.strip().str.endswith("%")
    good = (told.value.notna() & percent).to_numpy()
    at = told.value.index[good]
    value, unreadable, status = numbers.value.copy(), lost.copy(), numbers.status.copy()
    value[at], unreadable[at], status[at] = told.value[good] / 100, False, told.status[good]
    return replace(numbers, value=value, unreadable=unreadable, status=status)
