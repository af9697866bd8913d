"""How far the cells of a workbook reach, worked out before anything is opened.

calamine lays out the whole rectangle that the cells span: one that a flipped bit puts at row 60 000
and column 60 000 asks for a hundred gigabytes, and that ends the program without a word.
"""

from __future__ import annotations

import re
import struct

from observatoire.sources.compound import OLE, sheets_stream

#: A place beyond column ZZ or row 99 999, as RE2 reads it: four times as fast as Python's own.
_FAR = r"""\br\s*=\s*["'](?:[A-Za-z]{3,}[0-9]|[A-Za-z]{0,2}[0-9]{6})"""
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")


def sheet_cells(xml: bytes) -> int:
    """Return how many cells a sheet of an xlsx spans, empty ones left out; 0 when none is far.

    Examples
    --------
    >>> sheet_cells(b'<c r="B2"><v>1</v></c><c r="ZZ99999"><v>1</v></c>')
    0
    >>> sheet_cells(b'<c r="B2"/><c r = "AAA100"><v>1</v></c><c r="AAA200000" s="4"/>')
    70300
    """
    import pyarrow as pa  # noqa: PLC0415 - only workbooks need it
    import pyarrow.compute as pc  # noqa: PLC0415

    if not pc.match_substring_regex(pa.scalar(xml, pa.large_binary()), _FAR).as_py():
        return 0
    right = below = row = column = 0
    for tag, attributes in _TAG.findall(xml):
        place = _PLACE.search(attributes)
        letters, digits = place.groups() if place is not None else (b"", b"")
        if tag == b"row":
            row, column = int(digits[:12] or row + 1), 0
            continue
        row = int(digits[:12] or row)
        column = _column(letters[:8]) or column + 1
        if not attributes.endswith(b"/"):  # spreadsheets give a style to cells that hold nothing
            right, below = max(right, column), max(below, row)
    return right * below


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


# --- Strings that cells share --------------------------------------------------------------------

_SHARED_CELL = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<v>([0-9]{1,9})</v>""")


def shared_sizes(xml: bytes) -> list[int]:
    """Return the size of each string that the cells of an xlsx share."""
    return [len(one) for one in re.split(rb"<(?:\w+:)?si\b", xml)[1:]]


def shared_bytes(xml: bytes, sizes: list[int]) -> int:
    """Return how many bytes of shared strings a sheet repeats.

    Examples
    --------
    >>> shared_bytes(b'<c t="s"><v>1</v></c><c t="s"><v>1</v></c><c><v>5</v></c>', [3, 100])
    200
    """
    return sum(
        sizes[rank] for told in _SHARED_CELL.findall(xml) if (rank := int(told)) < len(sizes)
    )


# --- OpenDocument ---------------------------------------------------------------------------------

_ROW_TAG, _CELL_TAG = rb"<table:table-row\b", rb"<table:(?:covered-)?table-cell\b"
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']([0-9]{1,12})""")


def document_cells(xml: bytes) -> int:
    """Return how many cells the largest sheet of an ods spans, blank ones at its edges left out.

    Examples
    --------
    >>> cell, blank = b'<table:table-cell office:value-type="float"/>', b"<table:table-cell/>"
    >>> document_cells((b"<table:table-row>" + blank + cell + blank) * 3)
    6
    """
    return max(map(_document_sheet, re.split(rb"<table:table[\s>]", xml)))


def _document_sheet(xml: bytes) -> int:
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
    found = _REPEATED.search(tag.split(b">", 1)[0])
    return int(found[1]) if found else 1


# --- The old binary form (xls) -------------------------------------------------------------------

#: Records that begin a sheet, and those that hold cells: their row and column come first.
_BEGIN = 0x0809
_CELLS = frozenset((0x06, 0x0206, 0x0406, 0x7E, 0x027E, 0xBD, 0xBE, 0xD6, 0xFD, 0x0201, 0x0203,
                    0x0204, 0x0205, 0x01, 0x02, 0x03, 0x04, 0x05))  # fmt: skip


#: What a sheet says of its own extent, and the rows and columns that a sheet of this form may have.
_EXTENT, _MOST_ROWS, _MOST_COLUMNS = 0x0200, 1 << 16, 1 << 8


def old_cells(content: bytes) -> int:
    """Return how many cells the largest sheet of an xls spans; 0 when it is no such file.

    Raises
    ------
    ValueError
        When its container is damaged, or a sheet tells an extent that none may have.
    """
    if not content.startswith(OLE):
        return 0
    stream, head = sheets_stream(content), struct.Struct("<4H").unpack_from
    at = largest = right = below = 0
    while at + 8 <= len(stream):
        kind, size, row, column = head(stream, at)
        if kind in _CELLS:
            below, right = max(below, row + 1), max(right, column + 1)
        elif kind == _EXTENT:
            _check_extent(stream[at + 4 : at + 4 + size])
        elif kind == _BEGIN:
            largest, right, below = max(largest, right * below), 0, 0
        at += 4 + size
    return max(largest, right * below)


def _check_extent(told: bytes) -> None:
    """Refuse an extent that cannot be: calamine asks for the memory it tells, and the program ends."""
    form = struct.Struct("<2I2H" if len(told) >= 12 else "<4H")  # noqa: PLR2004 - BIFF8, or before
    if len(told) < form.size:
        return
    top, below, left, right = form.unpack_from(told)
    ordered = (top <= below or not below) and (left <= right or not right)
    if not ordered or below > _MOST_ROWS or right > _MOST_COLUMNS:
        raise ValueError("le classeur est abîmé, une feuille se dit plus grande que possible.")


# --- The newer binary form (xlsb) ----------------------------------------------------------------

_ROW, _BLANK, _LAST_CELL = 0, 1, 11


def binary_cells(part: bytes) -> int:
    """Return how many cells a sheet of an xlsb spans; 0 when its records are none."""
    at = right = below = row = 0
    while at < len(part):
        kind, at = _varying(part, at)
        size, at = _varying(part, at)
        if kind <= _LAST_CELL and at + 4 <= len(part):
            place = struct.unpack_from("<I", part, at)[0] + 1
            if kind == _ROW:
                row = place
            elif kind != _BLANK:
                right, below = max(right, place), max(below, row)
        at += size
    return right * below


def _varying(part: bytes, at: int) -> tuple[int, int]:
    """Read a number written seven bits a byte, at most four; return it and what follows it."""
    told = 0
    for shift in range(0, 28, 7):
        if at >= len(part):
            break
        byte = part[at]
        at += 1
        told |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return told, at
