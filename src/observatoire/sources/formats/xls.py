"""What an old workbook (xls) shows that its cells do not hold: figures in per cent, errors.

Records and their bodies are those of Microsoft's [MS-XLS]; BIFF5 (Excel 5 and 95), before it,
differs by its texts, written in the code page that the workbook tells.
"""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.sources.formats.cells import _holds, _show_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.sources.formats.cells import Cells


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


#: What stands for the whole of an old workbook (xls) among the parts that show more than they hold.
OLD = "xls"


def _old_book(cells: Cells, content: bytes, sheet: str) -> None:
    """Write what the sheet of an old workbook shows in per cent, and its errors."""
    shown, errors = seen_cells(content, sheet)
    for (row, column), text in errors.items():
        if _holds(cells, column + 1, row + 1):
            cells.columns[column][row] = text
    for row, column in shown:
        _show_percent(cells, column + 1, row + 1)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: From this number on, a sector's is no place but a sign: end of chain, free, table.
_SIGNS = 0xFFFFFFFA
_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_ENTRY, _ROOT_ENTRY, _LITTLE = 128, 0, 64


@dataclass(frozen=True)
class _Container:
    content: bytes
    size: int
    table: list[int]
    before: int = 1  # sectors that the header takes

    def chain(self, sector: int) -> bytes:
        parts = []
        while sector < _SIGNS:
            if sector >= len(self.table):
                raise _broken("une chaîne de secteurs mène hors du fichier")
            at = self.size * (sector + self.before)
            part = self.content[at : at + self.size]
            if not part or (self.size == _LITTLE and len(part) < _LITTLE):
                raise _broken("il s’arrête avant sa fin")
            parts.append(part)
            sector = self.table[sector]
        return b"".join(parts)

    def check_length(self, told: int) -> None:
        if told > len(self.content):
            raise _broken("une partie se dit plus longue que le fichier")


def sheets_stream(content: bytes) -> bytes:
    """Return the bytes of the sheets of an xls; empty when the container holds no workbook.

    Raises
    ------
    ValueError
        When its sectors turn in a circle, lead out of the file, or it stops short.
    """
    try:
        (power,) = struct.unpack_from("<H", content, 30)
        if power not in (9, 12):
            raise _broken("la taille de ses secteurs n’existe pas")
        return _sheets_compound(content, 1 << power)
    except struct.error as error:
        raise _broken("il s’arrête avant sa fin") from error


def _sheets_compound(content: bytes, size: int) -> bytes:
    directories, tables = struct.unpack_from("<2I", content, 40)
    first, small, smalls = struct.unpack_from("<I8xII", content, 48)
    (cutoff,) = struct.unpack_from("<I", content, 56)
    held = _Container(content, size, _table(content, size))
    for told in (directories, tables, smalls):
        held.check_length(told * size)
    _check_circles(held.table)
    entries = held.chain(first)
    if len(entries) % _ENTRY:
        raise _broken("il s’arrête avant sa fin")
    little = _numbers(held.chain(small))
    _check_circles(little)
    within = b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        letters, begin, told = struct.unpack_from("<64xH50xIQ", entries, at)
        name = entries[at : at + min(max(letters - 2, 0), 64)]
        length = told if size > 512 else told & 0xFFFFFFFF  # noqa: PLR2004 - version 3
        if at == _ROOT_ENTRY:
            held.check_length(length)
            within = held.chain(begin)
        elif name in _STREAMS:
            held.check_length(length)
            short = _Container(within, _LITTLE, little, before=0)
            return (short if length < cutoff else held).chain(begin)[:length]
    return b""


def _table(content: bytes, size: int) -> list[int]:
    """Return which sector follows each sector."""
    holders = list(struct.unpack_from("<109I", content, 76))
    (further,) = struct.unpack_from("<I", content, 68)
    seen: set[int] = set()
    while further < _SIGNS:
        if further in seen:
            raise _broken("sa table de secteurs tourne en rond")
        seen.add(further)
        more = struct.unpack_from(f"<{size // 4}I", content, size * (further + 1))
        holders += more[:-1]
        further = more[-1]
    table: list[int] = []
    for sector in holders:
        if sector < _SIGNS:
            table += struct.unpack_from(f"<{size // 4}I", content, size * (sector + 1))
    return table


def _numbers(part: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4]))


def _check_circles(table: list[int]) -> None:
    """Refuse a table in which following one sector after the other never ends."""
    seen = bytearray(len(table))  # 0: not yet, 1: on this way, 2: it ends
    for start in range(len(table)):
        way, sector = [], start
        while sector < len(table) and not seen[sector]:
            seen[sector] = 1
            way.append(sector)
            sector = table[sector]
        if sector < len(table) and seen[sector] == 1:
            raise _broken("une chaîne de secteurs tourne en rond")
        for one in way:
            seen[one] = 2


def _broken(why: str) -> ValueError:
    return ValueError(f"le classeur est abîmé, {why}.")


# --- The old binary form (xls) -------------------------------------------------------------------

#: Records that begin a sheet, and those that hold cells: their row and column come first.
_BEGIN_extents = 0x0809
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
        elif kind == _BEGIN_extents:
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
