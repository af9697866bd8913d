"""An old workbook (BIFF8 in its compound file), written by hand."""

from __future__ import annotations

import struct

_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(row: int, column: int, text: str) -> bytes:
    head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return _record(0x0204, head + text.encode("utf-16-le"))


def old_cells(cells: list[tuple[int, int, str]]) -> bytes:
    """Write cells, each at its row and column, on one sheet named IRIS."""
    sheet = (
        _record(0x0809, struct.pack("<4H8x", 0x0600, 0x0010, 0, 0))
        + b"".join(_text(*cell) for cell in cells)
        + _record(0x0A, b"")
    )
    begin = _record(0x0809, struct.pack("<4H8x", 0x0600, 0x0005, 0, 0))
    named = struct.pack("<BB", 4, 0) + b"IRIS"
    size = len(begin) + 4 + 6 + len(named) + 4
    told = _record(0x85, struct.pack("<IBB", size, 0, 0) + named)
    return compound(begin + told + _record(0x0A, b"") + sheet)


def old_book(rows: list[list[str]]) -> bytes:
    """Write rows of texts as an xls."""
    return old_cells(
        [(at, rank, cell) for at, row in enumerate(rows) for rank, cell in enumerate(row) if cell]
    )


def compound(stream: bytes) -> bytes:
    """Put a stream named Workbook in a compound file of sectors of 512 bytes."""
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
    entries = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return header + struct.pack("<128I", *table) + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, begin: int, size: int, child: int = _FREE) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBB3I36xIQ", letters, len(letters), kind, 1, _FREE, _FREE, child, begin, size
    )
