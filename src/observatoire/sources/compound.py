"""Check the container of an old workbook (xls), and take out of it the stream of its sheets.

calamine follows the chains of sectors on trust: one that turns in a circle, or a length that a
flipped bit made of gigabytes, ends the program without a word. Microsoft's [MS-CFB] says the form.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

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
        return _sheets(content, 1 << power)
    except struct.error as error:
        raise _broken("il s’arrête avant sa fin") from error


def _sheets(content: bytes, size: int) -> bytes:
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
