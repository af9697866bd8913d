"""Write a figure as a cell: number, bounds in brackets, or the mark of its status."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NARROW, NO_BREAK, interval, number, to_name, with_unit
from observatoire.indicators.precision.sampling_error import CAREFUL, TOO_SMALL
from observatoire.pages.blocks import TextCell
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.definitions.catalogue import Indicator


#: Signs of the producer's cautions.
FLAG_MARKS: Mapping[str, str] = {CAREFUL: "†", TOO_SMALL: "‡"}


def cell_of(
    row: Mapping[str, Any], indicator: Indicator, difference: Mapping[str, Any] | None = None
) -> TextCell:
    """Return the cell that shows one row of a protected table.

    Parameters
    ----------
    row : mapping
        ``value``, ``low``, ``high``, ``status``, ``reason``, ``method``; ``flag`` and the sampling
        interval when there.
    indicator : Indicator
        Gives the number of decimals.
    difference : mapping, optional
        The row of ``differences`` whose sign goes with the figure.

    Examples
    --------
    >>> from observatoire.indicators.definitions.catalogue import Indicator
    >>> from observatoire.values import Nature
    >>> i = Indicator("p", "Part", "Part", "t", Nature.RATE, "%", 1, "neutral", "", "", ())
    >>> nan = float("nan")
    >>> cell_of({"value": 12.34, "low": 12.34, "high": 12.34, "status": "aggregated",
    ...          "reason": "", "method": ""}, i).text
    '12,3'
    >>> cell_of({"value": nan, "low": 1.0, "high": 2.0, "status": "bounded",
    ...          "reason": "", "method": ""}, i).text
    '[1,0\u202f; 2,0]'
    """
    status = Status(row["status"])
    hole = not status.has_value and status is not Status.BOUNDED and row["reason"]
    hint = " ".join(filter(None, (row["reason"], "" if hole else row["method"])))
    more = [
        text
        for text in (_precision(row, indicator), row.get("flag", ""), _difference_words(difference))
        if text
    ]
    if more:
        hint = ". ".join([hint.rstrip("."), *more] if hint else more) + "."
    signs = [
        FLAG_MARKS.get(str(row.get("flag", "")), ""),
        str(difference["mark"]) if difference else "",
    ]
    return TextCell(
        text=_text(row, status, indicator.decimals, NARROW.join(filter(None, signs))),
        status=status,
        value=given(row["value"]),
        low=given(row["low"]),
        high=given(row["high"]),
        hint=hint,
    )


def text_of(row: Mapping[str, Any], indicator: Indicator) -> str:
    """Return the text of :func:`cell_of` alone, for a figure that is drawn."""
    flag = FLAG_MARKS.get(str(row.get("flag", "")), "")
    return _text(row, Status(row["status"]), indicator.decimals, flag)


def number_cell(value: float, decimals: int, *, sign: bool = False) -> TextCell:
    r"""Return the cell of a number alone, a dash when there is none.

    Examples
    --------
    >>> number_cell(2.34, 1, sign=True).text, number_cell(float("nan"), 1).text
    ('+2,3', '—')
    """
    if math.isnan(value):
        return TextCell("—")
    return TextCell(number(value, decimals, sign=sign), value=float(value))


def flagged(name: str, row: Mapping[str, Any]) -> str:
    r"""Write a territory's name with the sign of its producer's caution.

    Examples
    --------
    >>> flagged("Dillon", {"flag": "à utiliser avec précaution"}), flagged("Texaco", {"flag": ""})
    ('Dillon\xa0†', 'Texaco')
    """
    sign = FLAG_MARKS.get(str(row["flag"]), "")
    return f"{name}{NO_BREAK}{sign}" if sign else name


def range_cell(low: float, high: float, decimals: int) -> TextCell:
    r"""Return the cell of an interval, a dash when a bound lacks.

    Examples
    --------
    >>> range_cell(-1.0, 2.0, 1).text
    '[−1,0 ; 2,0]'
    """
    if math.isnan(low) or math.isnan(high):
        return TextCell("—")
    return TextCell(interval(low, high, decimals), low=float(low), high=float(high))


def figure_words(row: Mapping[str, Any], indicator: Indicator) -> str:
    """Write a figure with its unit, for a sentence."""
    status = Status(row["status"])
    if status.has_value:
        text = with_unit(row["value"], indicator.unit, indicator.decimals)
        return f"({text})" if status is Status.CONTEXT else text
    if status is Status.BOUNDED:
        gap = NARROW if indicator.unit == "%" else NO_BREAK
        return (
            f"{interval(row['low'], row['high'], indicator.decimals)}{gap}{indicator.unit}".strip()
        )
    return status.mark


def _text(row: Mapping[str, Any], status: Status, decimals: int, signs: str = "") -> str:
    if not status.has_value and status is not Status.BOUNDED:
        return status.mark
    if status is Status.BOUNDED:
        text = interval(row["low"], row["high"], decimals)
    else:
        text = number(row["value"], decimals)
    if status is Status.ESTIMATED:
        text += f"{NARROW}{status.mark}"
    text += f"{NO_BREAK}{signs}" if signs else ""
    return f"({text})" if status is Status.CONTEXT else text


def sampling_cell(row: Mapping[str, Any], indicator: Indicator) -> TextCell:
    """Return the cell of a figure's sampling interval, blank when it has none."""
    low, high = row.get("sampling_low", math.nan), row.get("sampling_high", math.nan)
    if math.isnan(low) or math.isnan(high) or row["precision"] == "reference":
        return TextCell("")
    shown = range_cell(low, high, indicator.decimals)
    if row["status"] == str(Status.CONTEXT):
        return TextCell(f"({shown.text})", low=shown.low, high=shown.high)
    return shown


def _precision(row: Mapping[str, Any], indicator: Indicator) -> str:
    """Say the sampling interval of a figure in words."""
    if "sampling_low" not in row:
        return ""
    shown = sampling_cell(row, indicator)
    return f"Intervalle à 95 %, sondage{NO_BREAK}: {shown.text}" if shown.text else ""


def _difference_words(difference: Mapping[str, Any] | None) -> str:
    if not difference or not difference["verdict"]:
        return ""
    return (
        f"Par rapport {to_name(str(difference['against_name']))}{NO_BREAK}: {difference['verdict']}"
    )


def given(value: float) -> float | None:
    """Return a number for a spreadsheet; None where there is none."""
    return None if math.isnan(value) else float(value)
