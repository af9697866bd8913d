"""What an old workbook (xls) shows that its cells do not hold: figures in per cent, errors.

Records and their bodies are those of Microsoft's [MS-XLS]; BIFF5 (Excel 5 and 95), before it,
differs by its texts, written in the code page that the workbook tells.
"""

from __future__ import annotations

import codecs
import re
import struct
from typing import TYPE_CHECKING

from observatoire.sources.compound import sheets_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMAT, _STYLE, _SHEET, _BEGIN = 0x041E, 0x00E0, 0x0085, 0x0809
_NUMBER, _SHORT, _SHORTS, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_COLUMN, _ROW, _FILTERED, _PAGE = 0x007D, 0x0208, 0x009B, 0x0042

#: What a row looks like in the bytes, its state last; and the bit of that state which hides it.
_ROW_SEEN, _UNSEEN = re.compile(rb"\x08\x02\x10\x00.{12}(.)", re.DOTALL), 0x20

#: Code pages that Python calls otherwise than « cp1252 »: those of Macintosh, and Excel's own numbers.
_PAGES = {10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252"}

#: The two formats in per cent that every workbook knows by number.
_PERCENT = (9, 10)
_UNICODE = 0x0600

#: The last column of such a sheet.
_LAST = 255

#: What a format writes as it is: « 0"%" » shows a sign and multiplies nothing.
_LITERAL = re.compile(r'"[^"]*"|\\.')

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip

#: Cells of a sheet, each at its row and column from 0: those in per cent, and the errors.
Seen = tuple[list[tuple[int, int]], dict[tuple[int, int], str]]


def seen_cells(content: bytes, sheet: str) -> Seen:
    """Return the cells of a sheet that are shown in per cent, and those that show an error.

    Parameters
    ----------
    content : bytes
        The workbook.
    sheet : str
        The sheet's name.

    Raises
    ------
    ValueError
        When its container is damaged.
    """
    stream = sheets_stream(content)
    percents, at = _styles(stream), _sheets(stream).get(sheet)
    shown: list[tuple[int, int]] = []
    errors: dict[tuple[int, int], str] = {}
    for kind, body in _records(stream, at if at is not None else len(stream)):
        if kind in (_NUMBER, _SHORT, _FORMULA, _SHORTS, _ERROR) and len(body) >= 8:  # noqa: PLR2004 - place and style
            row, column, style = struct.unpack_from("<3H", body)
            error = _error(kind, body)
            if error:
                errors[row, column] = error
            elif kind == _SHORTS:
                styles = struct.iter_unpack("<H4x", body[4 : 4 + (len(body) - 6) // 6 * 6])
                shown += [
                    (row, column + rank) for rank, (one,) in enumerate(styles) if one in percents
                ]
            elif style in percents:
                shown.append((row, column))
    return shown, errors


def unseen_columns(content: bytes, sheet: str) -> list[int]:
    """Return the columns of a sheet that are hidden, from 0."""
    stream = sheets_stream(content)
    at = _sheets(stream).get(sheet)
    found: set[int] = set()
    for kind, body in _records(stream, at if at is not None else len(stream)):
        if kind == _COLUMN and len(body) >= 10:  # noqa: PLR2004 - first, last, width, style, state
            first, last, state = struct.unpack_from("<2H4xH", body)
            found |= set(range(first, min(last, _LAST) + 1)) if state & 1 else set()
    return sorted(found)


def unseen_rows(content: bytes, sheet: str) -> tuple[list[int], bool]:
    """Return the rows of a sheet that are hidden, from 0, and whether a filter is left on."""
    stream = sheets_stream(content)
    if not any(state[0] & _UNSEEN for state in _ROW_SEEN.findall(stream)):
        return [], False
    at = _sheets(stream).get(sheet)
    found, filtered = [], False
    for kind, body in _records(stream, at if at is not None else len(stream)):
        filtered |= kind == _FILTERED
        if kind == _ROW and len(body) >= 13 and body[12] & _UNSEEN:  # noqa: PLR2004 - up to its state
            found.append(struct.unpack_from("<H", body)[0])
    return sorted(found), filtered


def _error(kind: int, body: bytes) -> str:
    """Return the error that a cell shows: an error by itself, or what a formula comes to."""
    if kind == _ERROR and body[7] == 1:
        return _ERRORS.get(body[6], "#ERR")
    if kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":  # noqa: PLR2004 - an error
        return _ERRORS.get(body[8], "#ERR")
    return ""


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Go through the records of one part of the stream: the globals at 0, a sheet at its place."""
    first = True
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        if kind == _BEGIN and not first:
            return
        first = False
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _unicode(stream: bytes) -> bool:
    return len(stream) >= 6 and struct.unpack_from("<H", stream, 4)[0] == _UNICODE  # noqa: PLR2004


def _styles(stream: bytes) -> set[int]:
    """Return the ranks of the styles of cells that show per cent."""
    told, formats, wide = set(_PERCENT), [], _unicode(stream)
    for kind, body in _records(stream, 0):
        if kind == _FORMAT and len(body) > 5:  # noqa: PLR2004 - number and length
            text = (
                _text(body[4:], wide=bool(body[4] & 1))
                if wide
                else body[3:].decode("cp1252", "replace")
            )
            if "%" in _LITERAL.sub("", text):
                told.add(struct.unpack_from("<H", body)[0])
        elif kind == _STYLE and len(body) >= 4:  # noqa: PLR2004
            formats.append(struct.unpack_from("<H", body, 2)[0])
    return {rank for rank, one in enumerate(formats) if one in told}


def _sheets(stream: bytes) -> dict[str, int]:
    """Return where each sheet begins."""
    found, wide, page = {}, _unicode(stream), "cp1252"
    for kind, body in _records(stream, 0):
        if kind == _PAGE and len(body) >= 2 and not wide:  # noqa: PLR2004 - a number
            page = _page(struct.unpack_from("<H", body)[0])
        if kind == _SHEET and len(body) > 7:  # noqa: PLR2004 - place, state and length
            name = body[7:].decode(page, "replace")
            if wide:
                name = _text(body[7:], wide=bool(body[7] & 1))
            found[name] = struct.unpack_from("<I", body)[0]
    return found


def _page(number: int) -> str:
    """Return the name of a code page, that of Windows when Python knows none of that number."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _text(body: bytes, *, wide: bool) -> str:
    """Read a text after its length: one byte that says how it is written, then its letters."""
    return body[1:].decode("utf-16-le" if wide else "latin-1", "replace")
