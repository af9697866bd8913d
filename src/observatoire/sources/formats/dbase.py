"""dBase tables (dbf)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from observatoire.errors import (
    TruncatedFileError,
    UnreadableFileError,
)
from observatoire.sources.formats.cells import (
    ungrouped,
)

if TYPE_CHECKING:
    from observatoire.sources.formats.text import Rows


_DBF_HEAD, _DBF_FIELD = struct.Struct("<B3xIHH"), struct.Struct("<11sc4xBB14x")

#: Code pages told by the byte 29 of a dBase header; Windows' own when it tells nothing.
_DBF_PAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252"}


def read_dbf(content: bytes, name: str, encoding: str = "") -> Rows:
    """Return the rows of a dBase file, the names of its fields first; deleted records are left out.

    Raises
    ------
    UnreadableFileError, TruncatedFileError
        When the bytes are no dBase file, or stop before the last record.
    """
    if len(content) < 33 or content[0] & 0x07 not in (2, 3, 4, 5):  # noqa: PLR2004 - header and end
        raise _no_dbf(name)
    _, count, head, size = _DBF_HEAD.unpack_from(content)
    fields = []
    for at in range(32, min(head, len(content)) - 31, 32):
        if content[at] == 0x0D:  # noqa: PLR2004 - the end of the fields
            break
        label, kind, width, _ = _DBF_FIELD.unpack_from(content, at)
        fields.append((label.split(b"\0")[0], width, kind in b"NF"))
    if not fields or sum(width for _, width, _ in fields) + 1 != size or head < 33:  # noqa: PLR2004
        raise _no_dbf(name)
    if head + count * size > len(content):
        raise TruncatedFileError(
            f"Le fichier annonce {count} lignes et s’arrête avant.",
            where=name,
            remedy="Redemandez le fichier entier au producteur.",
        )
    page = encoding or _DBF_PAGES.get(content[29], "cp1252")
    try:
        rows: Rows = [(1, [label.decode(page) for label, *_ in fields])]
        for rank in range(count):
            record = content[head + rank * size : head + (rank + 1) * size]
            if record[:1] == b"*":
                continue
            rows.append((rank + 2, _dbf_cells(record, fields, page)))
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableFileError(
            f"Les textes de ce fichier ne sont pas du « {page} ».",
            where=name,
            remedy='Déclarez encoding = "utf-8" ou "cp850" dans source.toml.',
        ) from error
    return rows


def _dbf_cells(record: bytes, fields: list[tuple[bytes, int, bool]], page: str) -> list[str]:
    cells, at = [], 1
    for _, width, numeric in fields:
        text = record[at : at + width].decode(page).strip(" \0")
        text = ungrouped(text) if numeric else text
        cells.append("" if text and not text.strip("*") else text)  # stars: the figure does not fit
        at += width
    return cells


def _no_dbf(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "Ce n’est pas un fichier dBase.", where=name, remedy="Redemandez-le au producteur."
    )
