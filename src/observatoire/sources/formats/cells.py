"""Cells of a sheet, whatever the format: text, what is merged, what is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from observatoire.sources.formats.text import Rows


class Hidden(NamedTuple):
    """The lines that nobody sees, and whether a filter hides them."""

    lines: tuple[int, ...] = ()
    filtered: bool = False


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a sheet, column by column, as its reader gives them.

    They are made texts only where somebody reads them: most are figures, which a column turns
    into texts and back in one go. ``merged`` are those shown as one, ``hidden`` the rows nobody sees.
    """

    columns: list[list[Any]]
    merged: list[Range] = field(default_factory=list)
    hidden: Hidden = Hidden()  # noqa: RUF009 - frozen

    @cached_property
    def filled(self) -> NDArray[np.intp]:
        """Positions of the rows that are not blank."""
        told = np.zeros(len(self.columns[0]), dtype=bool)
        for column in self.columns:
            told |= np.array([not is_blank(cell) for cell in column], dtype=bool)
            if told.all():
                break
        return np.flatnonzero(told)

    def top(self, most: int) -> Rows:
        """Return the first rows as texts, each with its number."""
        return self._texts(self.filled[:most])

    @cached_property
    def rows(self) -> Rows:
        """All rows as texts, each with its number."""
        return self._texts(self.filled)

    def _texts(self, chosen: NDArray[np.intp]) -> Rows:
        columns = [cells_text([column[at] for at in chosen]) for column in self.columns]
        rows = zip(*columns, strict=True)
        return [(int(at) + 1, list(row)) for at, row in zip(chosen, rows, strict=True)]

    def frame(self, chosen: NDArray[np.intp]) -> pd.DataFrame:
        """Return some rows as columns of texts, numbered from 0."""
        import pyarrow as pa  # noqa: PLC0415 - only workbooks need it

        run = len(chosen) and chosen[-1] - chosen[0] + 1 == len(chosen)  # no blank row between
        arrays = {}
        for rank, column in enumerate(self.columns):
            part = column[chosen[0] : chosen[-1] + 1] if run else [column[at] for at in chosen]
            arrays[str(rank)] = _text_array(part)
        frame: pd.DataFrame = pa.table(arrays).to_pandas().astype("str")
        return frame


def _text_array(cells: list[Any]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - only workbooks need it
    import pyarrow.compute as pc  # noqa: PLC0415

    if set(map(type, cells)) == {float}:
        numbers = np.array(cells) + 0.0  # makes -0 and 0 alike
        if np.isfinite(numbers).all():
            texts = pa.array(numbers).cast(pa.large_string())
            return pc.replace_substring_regex(texts, GROUPED, r"\10")
    return pa.array(cells_text(cells), pa.large_string())


def _holds(cells: Cells, column: int, line: int) -> bool:
    return 0 < column <= len(cells.columns) and 0 < line <= len(cells.columns[0])


def _show_percent(cells: Cells, column: int, line: int) -> None:
    if not _holds(cells, column, line):
        return
    held = cells.columns[column - 1][line - 1]
    if isinstance(held, int | float) and not isinstance(held, bool):
        cells.columns[column - 1][line - 1] = percent_text(repr(held))


def percent_text(text: str) -> str:
    """Write a share in per cent, every digit kept; what is no number is left as it is.

    Examples
    --------
    >>> percent_text("0.125"), percent_text("1"), percent_text("s")
    ('12.5 %', '100 %', 's')
    """
    try:
        share = Decimal(text)
    except InvalidOperation:
        return text
    return f"{ungrouped(f'{(share * 100).normalize():f}')} %" if share.is_finite() else text


# --- Cells as texts ----------------------------------------------------------------------------------


def is_blank(cell: object) -> bool:
    """Say whether a cell holds nothing."""
    return cell == "" or cell is None or cell != cell  # noqa: PLR0124 - so is what is no number


def cells_text(column: list[Any]) -> list[str]:
    """Write a column of typed cells as the texts a reader of the sheet sees.

    Examples
    --------
    >>> cells_text([972090101.0, 1.5, None, "s", True])
    ['972090101', '1.5', '', 's', 'True']
    """
    kinds = set(map(type, column))
    if kinds == {str}:
        return column
    if kinds <= {str, float}:
        return [one if type(one) is str else _float_text(one) for one in column]
    return [_cell_text(one) for one in column]


#: A number of three decimals, which looks like thousands: in a workbook, only what was typed is such.
GROUPED = r"^(-?[0-9]{1,3}\.[0-9]{3})$"
_GROUPED = re.compile(GROUPED)


def ungrouped(text: str) -> str:
    """Write a number so that nobody takes its three decimals for a group of thousands.

    Examples
    --------
    >>> ungrouped("1.234"), ungrouped("1.5"), ungrouped("1234.567")
    ('1.2340', '1.5', '1234.567')
    """
    return f"{text}0" if text[-4:-3] == "." and _GROUPED.match(text) else text


def _float_text(cell: float) -> str:
    """Write a number; a whole one has no decimal, what is no number is blank."""
    text = repr(float(cell) + 0.0)  # makes -0 and 0 alike
    return "" if text == "nan" else ungrouped(text.removesuffix(".0"))


def _cell_text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, float):
        return _float_text(cell)
    return str(cell) if isinstance(cell, str) else ungrouped(str(cell))


#: A range of cells as calamine gives it: its first and last row and column, from 0.
Range = tuple[tuple[int, int], tuple[int, int]]


def sound_ranges(ranges: Iterable[Range], lines: int, width: int) -> list[Range]:
    """Keep what a sheet of that size can hold: cells that overlap are no work of a spreadsheet.

    Examples
    --------
    >>> sound_ranges([((0, 0), (9, 0)), ((3, 1), (2, 1))], 4, 2)
    [((0, 0), (3, 0))]
    >>> sound_ranges([((0, 0), (9, 9))] * 2, 4, 2)
    []
    """
    kept = [
        ((top, left), (min(bottom, lines - 1), min(right, width - 1)))
        for (top, left), (bottom, right) in ranges
        if top <= min(bottom, lines - 1) and left <= min(right, width - 1)
    ]
    area = sum((low - top + 1) * (right - left + 1) for (top, left), (low, right) in kept)
    return kept if area <= lines * width else []
