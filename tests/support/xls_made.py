"""Old workbooks written by hand: BIFF8 (Excel 97), and BIFF5 (Excel 5 and 95), in their compound file."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def record(kind: int, *numbers: int) -> bytes:
    """Write a record of numbers of two bytes."""
    return _record(kind, struct.pack(f"<{len(numbers)}H", *numbers))


def _text(row: int, column: int, text: str) -> bytes:
    head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return _record(0x0204, head + text.encode("utf-16-le"))


def old_cells(cells: list[tuple[int, int, str]]) -> bytes:
    """Write cells, each at its row and column, on one sheet named IRIS."""
    return _workbook(b"".join(_text(*cell) for cell in cells))


def shown_cells(
    formats: Sequence[str | int], cells: list[tuple[int, int, object, int]], hidden: int = -1
) -> bytes:
    """Write cells, each with the rank of its format, and a hidden column.

    A format is given by its code, or by its number when every workbook knows it. A number is
    written whole, an integer in hundredths, a list of them in one record; an empty list stands
    for an error.
    """
    styles = b"".join(
        _record(0x041E, struct.pack("<HHB", 164 + rank, len(one), 0) + one.encode("latin-1"))
        for rank, one in enumerate(formats)
        if isinstance(one, str)
    )
    styles += b"".join(
        _record(0xE0, struct.pack("<HH16x", 0, one if isinstance(one, int) else 164 + rank))
        for rank, one in enumerate(formats)
    )
    unseen = _record(0x7D, struct.pack("<5H2x", hidden, hidden, 0, 0, 1)) if hidden >= 0 else b""
    return _workbook(unseen + b"".join(shown(*cell) for cell in cells), styles)


def shown(row: int, column: int, held: object, style: int) -> bytes:
    """Write a cell: a text, a number, hundredths, several of them, or an error (an empty list)."""
    place = struct.pack("<HHH", row, column, style)
    if isinstance(held, str):
        return _text(row, column, held)
    if isinstance(held, float):
        return _record(0x0203, place + struct.pack("<d", held))
    if isinstance(held, int):
        return _record(0x027E, place + struct.pack("<I", _short(held)))
    assert isinstance(held, list)
    if not held:
        return _record(0x0205, place + b"\x07\x01")  # #DIV/0!
    body = b"".join(struct.pack("<HI", style, _short(one)) for one in held)
    last = column + len(held) - 1
    return _record(0xBD, struct.pack("<HH", row, column) + body + struct.pack("<H", last))


def _short(hundredths: int) -> int:
    """Write a number of hundredths on thirty bits."""
    return hundredths << 2 | 3


def _workbook(cells: bytes, styles: bytes = b"") -> bytes:
    return _bound({"IRIS": cells}, styles, set())


def workbook(sheets: dict[str, bytes], formats: Sequence[str], hidden: set[str]) -> bytes:
    """Write sheets, each of its records, cells of the styles given by their formats; some are hidden."""
    codes = b"".join(
        _record(0x041E, struct.pack("<HHB", 164 + rank, len(code), 0) + code.encode("latin-1"))
        for rank, code in enumerate(formats)
    )
    # What LibreOffice wants to show any cell: a font, and sixteen styles before those of cells.
    styles = b"".join(
        _record(0xE0, struct.pack("<HH16x", 0, 164 + rank)) for rank in range(len(formats))
    )
    return _bound(sheets, codes + styles, hidden)


def _bound(sheets: dict[str, bytes], styles: bytes, hidden: set[str]) -> bytes:
    """Put sheets in a workbook after what is common to all."""
    begin = _record(0x0809, struct.pack("<4H8x", 0x0600, 0x0005, 0, 0))
    names = {label: label.encode("utf-16-le") for label in sheets}
    heads = sum(4 + 8 + len(name) for name in names.values())
    at, bodies, bounds = len(begin) + len(styles) + heads + 4, b"", b""
    for label, cells in sheets.items():
        state, letters = int(label in hidden), len(label)
        bounds += _record(0x85, struct.pack("<IBBBB", at, state, 0, letters, 1) + names[label])
        body = (
            _record(0x0809, struct.pack("<4H8x", 0x0600, 0x0010, 0, 0)) + cells + _record(0x0A, b"")
        )
        at, bodies = at + len(body), bodies + body
    return compound(begin + styles + bounds + _record(0x0A, b"") + bodies)


def older_book(
    rows: Sequence[Sequence[object]], formats: Sequence[str], *, page: int = 1252, hidden: int = -1
) -> bytes:
    """Write rows as Excel 5 or 95 does, on one sheet named Données, and hide a column.

    A cell is a text, a number, or a number with the rank of its format.
    """
    encoding = {10000: "mac_roman"}.get(page, "cp1252")
    book = _record(0x42, struct.pack("<H", page))
    book += _record(0x31, struct.pack("<5H4x", 200, 0, 0x7FFF, 400, 0) + b"\x05Arial")
    for rank, code in enumerate(formats):
        written = code.encode(encoding)
        book += _record(0x41E, struct.pack("<HB", 164 + rank, len(written)) + written)
    for rank in range(16 + len(formats)):
        kind, form = (0xFFF5, 0) if rank < 15 else (1, 164 + rank - 16 if rank > 15 else 0)
        book += _record(0xE0, struct.pack("<3H10x", 0, form, kind))
    cells = struct.pack("<5H", 0, len(rows), 0, max(map(len, rows)), 0)
    body = _record(0x7D, struct.pack("<5H2x", hidden, hidden, 0, 0, 1)) if hidden >= 0 else b""
    body += _record(0x200, cells)
    for at, row in enumerate(rows):
        body += b"".join(_older(at, column, cell, encoding) for column, cell in enumerate(row))
    begin = _record(0x809, struct.pack("<4H", 0x0500, 0x0005, 0x0DBB, 0x07CC))
    name = "Données".encode(encoding)
    size = len(begin) + len(book) + 4 + 7 + len(name) + 4
    book += _record(0x85, struct.pack("<IHB", size, 0, len(name)) + name) + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<4H", 0x0500, 0x0010, 0x0DBB, 0x07CC))
    return compound(begin + book + sheet + body + _record(0x0A, b""), "Book")


def _older(row: int, column: int, held: object, encoding: str) -> bytes:
    if isinstance(held, str):
        text = held.encode(encoding)
        return _record(0x204, struct.pack("<4H", row, column, 15, len(text)) + text)
    figure, style = (held[0], 16 + held[1]) if isinstance(held, tuple) else (held, 15)
    return _record(0x203, struct.pack("<3Hd", row, column, style, float(str(figure))))


def old_book(rows: list[list[str]]) -> bytes:
    """Write rows of texts as an xls."""
    return old_cells(
        [(at, rank, cell) for at, row in enumerate(rows) for rank, cell in enumerate(row) if cell]
    )


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Put a stream in a compound file of sectors of 512 bytes."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    table = [_TABLE, _END, *range(3, 2 + count), _END]
    table += [_FREE] * (128 - len(table))
    assert len(table) == 128, "one sector of table is all this writes"
    header = struct.pack(
        "<8s16xHHHHH6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 2, len(stream))
    return header + struct.pack("<128I", *table) + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, begin: int, size: int, child: int = _FREE) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBB3I36xIQ", letters, len(letters), kind, 1, _FREE, _FREE, child, begin, size
    )
