"""What a workbook shows that its cells do not hold: a figure shown in per cent, a formula in error."""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.sources.archives import ZIP_ERRORS, read_bounded
from observatoire.sources.biff import seen_cells, unseen_columns
from observatoire.sources.compound import OLE

if TYPE_CHECKING:
    from observatoire.sources.books import Cells
    from observatoire.sources.merging import Range

_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>')
_SHEET = re.compile(r'<sheet\b[^>]*\bname="([^"]*)"[^>]*\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_FORMAT = re.compile(rb'<numFmt\b[^>]*\bnumFmtId="([0-9]+)"[^>]*\bformatCode="([^"]*)"')
#: What a format writes as it is: « 0"%" » shows a sign and multiplies nothing.
_LITERAL = re.compile(rb"&quot;.*?&quot;|\\.")
_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_STYLE = re.compile(rb'<xf\b[^>]*?\bnumFmtId="([0-9]+)"')

#: Columns of a sheet of an xlsx, and what they say of themselves; no workbook has more of them.
_COLUMNS, ATTRIBUTE = re.compile(rb"<col\b([^>]*)>"), re.compile(rb'(\w+)="([^"]*)"')
_MOST_COLUMNS = 16_384

#: The two formats in per cent that every workbook knows by number.
_PERCENT = (b"9", b"10")

#: What stands for the whole of an old workbook (xls) among the parts that show more than they hold.
OLD = "xls"

#: The part of an OpenDocument that holds its sheets.
DOCUMENT = "content.xml"

#: What tells a percentage in an OpenDocument sheet.
PERCENTAGE = b'office:value-type="percentage"'

#: What tells a merged cell in an OpenDocument sheet.
SPANNED = b"-spanned="


def percent_styles(archive: zipfile.ZipFile, name: str) -> re.Pattern[bytes] | None:
    """Return what a cell shown in per cent looks like, None when the workbook shows none so.

    Parameters
    ----------
    archive : ZipFile
        The workbook.
    name : str
        Its name, for a message.
    """
    if "xl/styles.xml" not in archive.namelist():
        return None
    xml = read_bounded(archive, archive.getinfo("xl/styles.xml"), name)
    told = {number for number, code in _FORMAT.findall(xml) if b"%" in _LITERAL.sub(b"", code)}
    block = _FORMATS.search(xml)
    known = _STYLE.findall(block[0]) if block else []
    ranks = [b"%d" % rank for rank, one in enumerate(known) if one in told or one in _PERCENT]
    if not ranks:
        return None
    return re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})" s="(?:%s)"(?: t="n")?>' % b"|".join(ranks))


def shows_more(xml: bytes, styles: re.Pattern[bytes] | None) -> bool:
    """Say whether a sheet has formulas in error or cells shown in per cent."""
    return b't="e"' in xml or (styles is not None and styles.search(xml) is not None)


def restore_seen(cells: Cells, content: bytes, altered: frozenset[str], sheet: str) -> None:
    """Write cells as their reader sees them: « 12.5 % » for 0.125 shown in per cent, « #REF! ».

    calamine gives the number without its format, and an error as a blank. A blank is a figure that
    is not there; an error is one that was there and is lost: its row must be refused. And 0.125
    beside a typed « 12,5 % » are the same figure.

    Parameters
    ----------
    cells : Cells
        The sheet's cells, altered in place.
    content : bytes
        The workbook.
    altered : frozenset of str
        The parts of it where there is something to restore.
    sheet : str
        The sheet's name.
    """
    if OLD in altered:
        _old_book(cells, content, sheet)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
            styles = percent_styles(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return  # calamine has read it another way
    if path not in altered:
        return
    if path == DOCUMENT:
        _open_document(cells, xml)
        return
    for letters, digits, text in _ERROR_CELL.findall(xml):
        column, line = _column(letters), int(digits)
        if _holds(cells, column, line) and not cells.columns[column - 1][line - 1]:
            cells.columns[column - 1][line - 1] = text.decode("utf-8", "replace")
    for letters, digits in styles.findall(xml) if styles is not None else []:
        _show_percent(cells, _column(letters), int(digits))


def hidden_columns(content: bytes, sheet: str) -> list[int]:
    """Return the columns of a sheet that its reader does not see, from 0.

    Parameters
    ----------
    content : bytes
        The workbook: xlsx, xls or OpenDocument; of any other form nothing is told.
    sheet : str
        The sheet's name.
    """
    if content.startswith(OLE):
        return unseen_columns(content, sheet)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return []  # a form that does not say
    if path == DOCUMENT:
        return _collapsed(xml)
    marks = bytearray(_MOST_COLUMNS)
    for attributes in _COLUMNS.findall(xml)[:_MOST_COLUMNS]:
        told = dict(ATTRIBUTE.findall(attributes))
        first, last = (told.get(key, b"") for key in (b"min", b"max"))
        if told.get(b"hidden") in (b"1", b"true") and first.isdigit() and last.isdigit():
            _mark(marks, int(first[:6]) - 1, int(last[:6]))
    return [rank for rank, mark in enumerate(marks) if mark]


def _mark(marks: bytearray, first: int, last: int) -> None:
    first, last = max(first, 0), min(last, len(marks))
    if first < last:
        marks[first:last] = b"\1" * (last - first)


def _collapsed(xml: bytes) -> list[int]:
    marks, at = bytearray(_MOST_COLUMNS), 0
    for attributes in _ODS_COLUMN.findall(xml)[:_MOST_COLUMNS]:
        times = repeated(attributes)
        if b'table:visibility="collapse"' in attributes:
            _mark(marks, at, at + times)
        at += times
    return [rank for rank, mark in enumerate(marks) if mark]


def _old_book(cells: Cells, content: bytes, sheet: str) -> None:
    """Write what the sheet of an old workbook shows in per cent, and its errors."""
    shown, errors = seen_cells(content, sheet)
    for (row, column), text in errors.items():
        if _holds(cells, column + 1, row + 1):
            cells.columns[column][row] = text
    for row, column in shown:
        _show_percent(cells, column + 1, row + 1)


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


_ODS_COLUMN = re.compile(rb"<table:table-column\b([^>]*?)/?>")
_ODS_TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)".*?</table:table>', re.DOTALL)
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)/?>")
_SPAN = re.compile(rb'table:number-(rows|columns)-spanned="([0-9]{1,7})"')
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]+)"')


def _document_sheet(xml: bytes, sheet: str) -> bytes:
    """Return the part of an OpenDocument workbook that is one sheet, nothing when there is none."""
    told = {
        html.unescape(found[1].decode("utf-8", "replace")): found[0]
        for found in _ODS_TABLE.finditer(xml)
    }
    return told.get(sheet, b"")


def _open_document(cells: Cells, xml: bytes) -> None:
    """Write the percentages of an OpenDocument sheet as they are shown."""
    line, last = 1, len(cells.columns[0])
    for attributes, body in _ODS_ROW.findall(xml):
        times = repeated(attributes)
        if PERCENTAGE in body:
            ranks = _percent_ranks(body)
            for number in range(line, min(line + times, last + 1)):
                for rank in ranks:
                    _show_percent(cells, rank + 1, number)
        line += times


def _percent_ranks(body: bytes) -> list[int]:
    ranks: list[int] = []
    at = 0
    for attributes in _ODS_CELL.findall(body):
        times = repeated(attributes)
        if PERCENTAGE in attributes:
            ranks += range(at, at + min(times, 1 << 14))
        at += times
    return ranks


def document_merges(content: bytes, sheet: str) -> list[Range]:
    """Return the merged cells of an OpenDocument sheet, which calamine does not tell.

    Parameters
    ----------
    content : bytes
        The workbook; of any other form nothing is told.
    sheet : str
        The sheet's name.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return []
    if path != DOCUMENT:
        return []
    found: list[Range] = []
    row = 0
    for attributes, body in _ODS_ROW.findall(xml):
        column = 0
        for cell in _ODS_CELL.findall(body) if SPANNED in body else ():
            spans = dict(_SPAN.findall(cell))
            down, right = (min(int(spans.get(key, 1)), 1 << 20) for key in (b"rows", b"columns"))
            if down * right > 1:
                found.append(((row, column), (row + down - 1, column + right - 1)))
            column += repeated(cell)
        row += repeated(attributes)
    return found


def repeated(attributes: bytes) -> int:
    """Return how many times a row or a column of an OpenDocument sheet is repeated."""
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def sheet_part(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bytes]:
    """Return the part of a workbook that holds one sheet, and what it says of that sheet.

    Parameters
    ----------
    archive : ZipFile
        An xlsx or an OpenDocument, whose sheets stand all in one part (``DOCUMENT``).
    sheet : str
        The sheet's name.

    Raises
    ------
    KeyError
        When the workbook does not say.
    """
    if DOCUMENT in archive.namelist():
        return DOCUMENT, _document_sheet(archive.read(DOCUMENT), sheet)
    path = _sheet_path(archive, sheet)
    return path, archive.read(path)


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    names = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    wanted = {html.unescape(name): key for name, key in _SHEET.findall(names)}[sheet]
    for relation in _RELATION.findall(relations):
        told = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        if told.get("Id") == wanted:
            return f"xl/{told.get('Target', '').removeprefix('/xl/')}"
    raise KeyError(sheet)


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
