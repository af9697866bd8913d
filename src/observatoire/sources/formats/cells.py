"""A sheet of cells whatever the format: its rows, its frame, what it shows and hides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from observatoire.errors import UnreadableFileError
from observatoire.french.typography import MARKS, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray


#: Typed cells, column by column.
Columns = list[list[Any]]

#: A cell by its row and its column, from 0; and a range of cells by its first and its last.
Place = tuple[int, int]
Range = tuple[Place, Place]

#: Rows of a file, each with the line on which it ends, from 1.
Rows = list[tuple[int, list[str]]]


#: What a cell shows whose formula was never computed.
UNCOMPUTED = "formule jamais calculée"


@dataclass(frozen=True)
class Appearance:
    """What a reader of a sheet sees beyond the values of its cells; rows and columns are counted from 0.

    ``percents`` are the cells shown in per cent and ``errors`` those that show one, or whose formula was
    never computed: both are already written in the rows and the frame (« 12.5 % », « #REF! »).
    ``filtered`` says that a filter hides the hidden rows.
    """

    percents: tuple[Place, ...] = ()
    errors: Mapping[Place, str] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False


class TableSheet(Protocol):
    """A sheet of cells, whatever the format: a text has one."""

    @property
    def name(self) -> str:
        """Its name in a workbook; empty for the one sheet of a text, a Parquet or a dBase file."""

    @property
    def hidden(self) -> bool:
        """Whether a reader of the workbook sees other sheets and not this one."""

    @property
    def encoding(self) -> str:
        """The encoding of a text; empty for any other file."""

    @property
    def separator(self) -> str:
        """The separator of a text; empty for any other file."""

    @property
    def appearance(self) -> Appearance:
        """What a reader sees beyond the values of the cells."""

    def rows(self, first: int = 1, most: int = 0) -> Rows:
        """Return the rows that are not blank from a line on, at most so many, 0 for all."""

    def frame(self, first: int = 1) -> tuple[pd.DataFrame, NDArray[np.intp]] | None:
        """Return the rows that are not blank from a line on, as columns numbered from 0, and their lines.

        None when they are not all of as many cells, or need care: :meth:`rows` reads them.
        """


@dataclass(frozen=True, eq=False)
class CellSheet:
    """A sheet of typed cells, read when it is first asked.

    Cells are made texts only where somebody reads them: most are figures, which a column turns
    into texts and back in one go. ``read`` returns its columns, and what they show.
    """

    name: str
    read: Callable[[], tuple[Columns, Appearance]]
    hidden: bool = False
    encoding: str = ""
    separator: str = ""

    @cached_property
    def _cells(self) -> tuple[Columns, Appearance]:
        columns, appearance = self.read()
        for rank, column in enumerate(columns):
            _refuse_unwritable(column, rank, self.name)
        write_as_seen(columns, appearance)
        return columns, appearance

    @property
    def appearance(self) -> Appearance:
        """What a reader sees beyond the values of the cells."""
        return self._cells[1]

    @cached_property
    def _filled(self) -> NDArray[np.intp]:
        """Positions of the rows that are not blank."""
        columns, _ = self._cells
        filled = np.zeros(len(columns[0]) if columns else 0, dtype=bool)
        for column in columns:
            filled |= np.array([not is_blank(cell) for cell in column], dtype=bool)
            if filled.all():
                break
        return np.flatnonzero(filled)

    def rows(self, first: int = 1, most: int = 0) -> Rows:
        """Return the rows that are not blank from a line on, as texts; none when the sheet is blank."""
        chosen = self._filled[self._filled >= first - 1]
        if most:
            return self._texts(chosen[:most])
        return self._rows[len(self._rows) - len(chosen) :]

    @cached_property
    def _rows(self) -> Rows:
        return self._texts(self._filled)

    def _texts(self, chosen: NDArray[np.intp]) -> Rows:
        columns = [cells_text(part) for part in self._parts(chosen)]
        rows = map(list, zip(*columns, strict=True))
        return list(zip((chosen + 1).tolist(), rows, strict=True))

    def _parts(self, chosen: NDArray[np.intp]) -> Iterator[list[Any]]:
        """Go through the columns, some rows kept."""
        run = len(chosen) and chosen[-1] - chosen[0] + 1 == len(chosen)  # no blank row between
        for column in self._cells[0]:
            yield column[chosen[0] : chosen[-1] + 1] if run else [column[at] for at in chosen]

    def frame(self, first: int = 1) -> tuple[pd.DataFrame, NDArray[np.intp]]:
        """Return the rows that are not blank from a line on, as columns numbered from 0, and their lines."""
        import pyarrow as pa  # noqa: PLC0415 - texts need it less

        chosen = self._filled[self._filled >= first - 1]
        arrays = {str(rank): _text_array(part) for rank, part in enumerate(self._parts(chosen))}
        frame: pd.DataFrame = pa.table(arrays).to_pandas().astype("str")
        return without_blank(frame, chosen + 1)


#: What no page nor workbook may hold: controls, and what is no character.
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: The longest text that spreadsheets allow in a cell: each sign of a name costs time.
_LONGEST = 32_767

#: What is removed of a text that is read: marks of direction, that pasting brings along.
UNSEEN = re.compile(f"[{MARKS}]")


def _refuse_unwritable(column: list[Any], rank: int, sheet: str) -> None:
    """Refuse a cell that could be read and not written again; remove marks of direction."""
    texts = "".join(cell for cell in column if type(cell) is str)
    if UNSEEN.search(texts) is not None:
        column[:] = [UNSEEN.sub("", cell) if type(cell) is str else cell for cell in column]
    if UNWRITABLE.search(texts) is None and len(texts) <= _LONGEST:
        return
    cells = ((at, cell) for at, cell in enumerate(column, 1) if type(cell) is str)
    for line, cell in cells:
        impossible = UNWRITABLE.search(cell) is not None
        if impossible or len(cell) > _LONGEST:
            place = ", ".join(
                filter(None, (f"feuille « {sheet} »" if sheet else "", f"ligne {line}"))
            )
            raise UnreadableFileError(
                "Une cellule contient un caractère impossible, qu’aucune page ne peut écrire."
                if impossible
                else f"Une cellule contient {number(len(cell), 0)} caractères, un tableur en admet 32 767.",
                where=f"{place}, {rank + 1}e colonne",
                why="C’est un signe de commande, ou ce qui n’est pas un caractère."
                if impossible
                else "",
                remedy="Corrigez-la dans le tableur, et enregistrez de nouveau.",
            )


def write_as_seen(columns: Columns, appearance: Appearance) -> None:
    """Write cells as their reader sees them: « 12.5 % » for 0.125 shown in per cent, « #REF! ».

    Readers give the number without its format, and some an error as a blank. A blank is a figure
    that is not there; an error is one that was there and is lost: its row must be refused. And
    0.125 beside a typed « 12,5 % » are the same figure.
    """
    height = len(columns[0]) if columns else 0
    for (row, column), text in appearance.errors.items():
        if row < height and column < len(columns):
            columns[column][row] = text
    for row, column in appearance.percents:
        if row < height and column < len(columns):
            value = columns[column][row]
            if isinstance(value, int | float) and not isinstance(value, bool):
                columns[column][row] = percent_text(repr(value))


def without_blank(
    frame: pd.DataFrame, lines: NDArray[np.intp]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Leave out the rows that hold nothing but spaces.

    Examples
    --------
    >>> table = pd.DataFrame({"0": ["a", " "], "1": ["", ""]}, dtype="str")
    >>> without_blank(table, np.array([2, 3]))[1].tolist()
    [2]
    """
    suspect = frame["0"].str.strip() == ""
    if suspect.any():
        suspects = frame[suspect]
        blank = suspects.index[~suspects.apply(lambda cells: cells.str.strip() != "").any(axis=1)]
        lines = np.delete(lines, blank)
        frame = frame.drop(index=blank).reset_index(drop=True)
    return frame, lines


def _text_array(cells: list[Any]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - only workbooks need it
    import pyarrow.compute as pc  # noqa: PLC0415

    if set(map(type, cells)) == {float}:
        numbers = np.array(cells) + 0.0  # makes -0 and 0 alike
        if np.isfinite(numbers).all():
            texts = pa.array(numbers).cast(pa.large_string())
            return pc.replace_substring_regex(texts, GROUPED, r"\10")
    return pa.array(cells_text(cells), pa.large_string())


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


#: From so many cells on, figures are made texts in one go.
_MANY = 1000


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
        figures = [cell for cell in column if type(cell) is float]
        if len(figures) > _MANY and np.isfinite(figures).all():
            texts = iter(_text_array(figures).to_pylist())
            return [cell if type(cell) is str else next(texts) for cell in column]
        return [cell if type(cell) is str else _float_text(cell) for cell in column]
    return [_cell_text(cell) for cell in column]


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
