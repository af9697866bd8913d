"""OpenDocument sheets: what is shown beyond the values of cells."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from observatoire.sources.formats.cells import Hidden, _show_percent
from observatoire.sources.formats.ooxml import _MOST_COLUMNS, _mark

if TYPE_CHECKING:
    from observatoire.sources.formats.cells import Cells


#: The part of an OpenDocument that holds its sheets.
DOCUMENT = "content.xml"

#: What tells a percentage in an OpenDocument sheet.
PERCENTAGE = b'office:value-type="percentage"'

#: What tells a merged cell in an OpenDocument sheet.
SPANNED = b"-spanned="


def _collapsed(xml: bytes) -> list[int]:
    marks, at = bytearray(_MOST_COLUMNS), 0
    for attributes in _ODS_COLUMN.findall(xml)[:_MOST_COLUMNS]:
        times = repeated(attributes)
        if b'table:visibility="collapse"' in attributes:
            _mark(marks, at, at + times)
        at += times
    return [rank for rank, mark in enumerate(marks) if mark]


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


def repeated(attributes: bytes) -> int:
    """Return how many times a row or a column of an OpenDocument sheet is repeated."""
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


# --- OpenDocument ---------------------------------------------------------------------------------

_ROW_TAG, _CELL_TAG = rb"<table:table-row\b", rb"<table:(?:covered-)?table-cell\b"
_REPEATED_extents = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']([0-9]{1,12})""")


def document_cells(xml: bytes) -> int:
    """Return how many cells the largest sheet of an ods spans, blank ones at its edges left out.

    Examples
    --------
    >>> cell, blank = b'<table:table-cell office:value-type="float"/>', b"<table:table-cell/>"
    >>> document_cells((b"<table:table-row>" + blank + cell + blank) * 3)
    6
    """
    return max(map(_document_sheet_extents, re.split(rb"<table:table[\s>]", xml)))


def _document_sheet_extents(xml: bytes) -> int:
    right = below = row = 0
    for told in re.split(_ROW_TAG, xml)[1:]:
        row += _times(told)
        if b"value-type" not in told:
            continue
        column = last = 0
        for cell in re.split(_CELL_TAG, told)[1:]:
            column += _times(cell)
            last = column if b"value-type" in cell.split(b">", 1)[0] else last
        right, below = max(right, last), row
    return right * below


def _times(tag: bytes) -> int:
    found = _REPEATED_extents.search(tag.split(b">", 1)[0])
    return int(found[1]) if found else 1


_ODS_ROW_hiding = re.compile(rb"<table:table-row\b([^>]*)>")
#: What an OpenDocument holds when it may hide a row, or merge cells.
_DOCUMENT = (b'table:visibility="', SPANNED)


def _document_rows(xml: bytes, last: int) -> Hidden:
    found: list[int] = []
    line, filtered = 1, False
    for attributes in _ODS_ROW_hiding.findall(xml):
        times = repeated(attributes)
        if b'table:visibility="' in attributes and b'="visible"' not in attributes:
            mine = range(line, min(line + times, last + 1))
            found += mine
            filtered |= bool(mine) and b'table:visibility="filter"' in attributes
        line += times
    return Hidden(tuple(found), filtered)
