"""Old workbooks (xls, Excel 5 to 2003), read by xlrd."""

from __future__ import annotations

import io
import re
import struct
from datetime import time
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from observatoire.errors import FileError
from observatoire.sources.formats.cells import Appearance, CellSheet, Columns, sound_ranges
from observatoire.sources.formats.limits import Room, check_cells, unopened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.sources.formats.cells import Place

#: What a format writes as it is: « 0"%" » shows a sign and multiplies nothing.
_LITERAL = re.compile(r'"[^"]*"|\\.')

#: The records that end a sheet, and that say that a filter hides some of its rows.
_END, _FILTERED = 0x0A, 0x9B


def read_sheets(content: bytes, name: str) -> tuple[CellSheet, ...]:
    """Return the sheets of an old workbook.

    Raises
    ------
    UnreadableFileError
        When it is cut, protected, or no workbook.
    """
    import xlrd  # noqa: PLC0415 - only old workbooks need it

    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True,
            ragged_rows=True,
        )  # fmt: skip
    except Exception as error:  # xlrd meets damage with whatever error comes of it
        raise unopened(name, error) from error
    shown = [not state for state in book._sheet_visibility]  # noqa: SLF001 - unread sheets do not tell
    room = Room(name, len(content))
    return tuple(
        CellSheet(label, partial(_read, book, rank, room), any(shown) and not shown[rank])
        for rank, label in enumerate(book.sheet_names())
    )


def _read(book: Any, rank: int, room: Room) -> tuple[Columns, Appearance]:
    try:
        sheet = book.sheet_by_index(rank)
        width = max(map(sheet.row_len, range(sheet.nrows)), default=0)
        check_cells(sheet.nrows * width, room.name, room.packed, blank=True)
        room.take(sheet.nrows, width)
        columns, errors = _columns(book, sheet)
        return columns, _appearance(book, sheet, errors)
    except FileError:
        raise
    except Exception as error:  # as above
        raise unopened(room.name, error) from error
    finally:
        book.unload_sheet(rank)


def _columns(book: Any, sheet: Any) -> tuple[Columns, dict[Place, str]]:
    """Return the cells of a sheet, by columns, and the errors among them."""
    from xlrd.biffh import error_text_from_code  # noqa: PLC0415 - only old workbooks need it

    errors, rows = {}, []
    for at in range(sheet.nrows):
        row = sheet.row_values(at)
        for rank, kind in enumerate(sheet.row_types(at)):
            if kind == _ERROR:
                errors[at, rank] = error_text_from_code.get(row[rank], "#ERR")
            elif kind == _DATE:
                row[rank] = _moment(row[rank], book.datemode)
            elif kind == _BOOLEAN:
                row[rank] = bool(row[rank])
        rows.append(row)
    return [list(column) for column in zip_longest(*rows, fillvalue="")], errors


#: What xlrd calls the kinds of cells that are no texts.
_NUMBER, _DATE, _BOOLEAN, _ERROR = 2, 3, 4, 5


def _moment(days: float, mode: int) -> Any:
    """Return a date, an hour, or both; the number itself where it is none."""
    from xlrd.xldate import xldate_as_datetime  # noqa: PLC0415 - only old workbooks need it

    try:
        moment = xldate_as_datetime(days, mode)
    except (ValueError, OverflowError):
        return days
    if days < 1:
        return moment.time()
    return moment if moment.time() != time() else moment.date()


def _appearance(book: Any, sheet: Any, errors: dict[Place, str]) -> Appearance:
    width = max(map(sheet.row_len, range(sheet.nrows)), default=0)
    ranges = [((top, left), (low - 1, right - 1)) for top, low, left, right in sheet.merged_cells]
    rows = (row for row, info in sheet.rowinfo_map.items() if info.hidden and row < sheet.nrows)
    columns = (column for column, info in sheet.colinfo_map.items() if info.hidden)
    return Appearance(
        percents=tuple(_percents(book, sheet)),
        errors=errors,
        merges=tuple(sound_ranges(ranges, sheet.nrows, width)),
        hidden_rows=tuple(sorted(rows)),
        hidden_columns=tuple(sorted(columns)),
        filtered=_is_filtered(book, sheet),
    )


def _percents(book: Any, sheet: Any) -> Iterator[Place]:
    """Go through the cells shown in per cent."""
    formats = {
        key
        for key, form in book.format_map.items()
        if "%" in _LITERAL.sub("", form.format_str or "")
    }
    styles = {rank for rank, style in enumerate(book.xf_list) if style.format_key in formats}
    for row in range(sheet.nrows) if styles else ():
        for column in range(sheet.row_len(row)):
            number = sheet.cell_type(row, column) == _NUMBER
            if number and sheet.cell_xf_index(row, column) in styles:
                yield row, column


def _is_filtered(book: Any, sheet: Any) -> bool:
    """Say whether a filter is left on, which xlrd does not tell: look for the record that says so."""
    stream, at = book.mem, book._sh_abs_posn[sheet.number]  # noqa: SLF001 - as above
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        if kind in (_FILTERED, _END):
            return bool(kind == _FILTERED)
        at += 4 + size
    return False
