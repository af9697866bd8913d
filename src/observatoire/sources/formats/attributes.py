"""Tables that go with shapes: dBase files (dbf) alone, and what the layers of a file say."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from observatoire.errors import TruncatedFileError, UnreadableFileError
from observatoire.sources.formats.cells import (
    Appearance,
    CellSheet,
    Columns,
    cells_text,
    ungrouped,
)
from observatoire.sources.formats.limits import check_cells

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_DBF_HEAD, _DBF_FIELD = struct.Struct("<B3xIHH"), struct.Struct("<11sc4xBB14x")

#: Code pages by the byte 29 of a dBase header; Windows' own when it names none.
_DBF_PAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252"}


def read_dbf(content: bytes, name: str, encoding: str = "") -> CellSheet:
    """Return the one sheet of a dBase file, its fields on its first line; deleted records are blank.

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
    check_cells(count * (len(fields) + 2), name, len(content))
    page = encoding or _DBF_PAGES.get(content[29], "cp1252")
    try:
        rows = [[label.decode(page) for label, *_ in fields]]
        records = range(head, head + count * size, size)
        rows += [_dbf_cells(content[at : at + size], fields, page) for at in records]
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableFileError(
            f"Les textes de ce fichier ne sont pas du « {page} ».",
            where=name,
            remedy='Déclarez encoding = "utf-8" ou "cp850" dans source.toml.',
        ) from error
    columns: Columns = [list(column) for column in zip(*rows, strict=True)]
    return CellSheet("", lambda: (columns, Appearance()))


def _dbf_cells(record: bytes, fields: list[tuple[bytes, int, bool]], page: str) -> list[str]:
    if record[:1] == b"*":  # deleted
        return [""] * len(fields)
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


def read_layer_attributes(path: Path) -> tuple[CellSheet, ...]:
    """Return a sheet a layer, the names of its columns on its first line; shapes are not read.

    Raises
    ------
    UnreadableFileError
        When GDAL cannot read the file.
    """
    from observatoire.territories.layers.reader import read_layers  # noqa: PLC0415 - loads GDAL

    layers = dict(read_layers(path, shapes=False))
    size = sum(frame.size for frame in layers.values())
    check_cells(size, path.name, path.stat().st_size)
    return tuple(
        _layer_sheet(name if len(layers) > 1 else "", frame) for name, frame in layers.items()
    )


def _layer_sheet(name: str, frame: pd.DataFrame) -> CellSheet:
    columns: Columns = [
        [str(label), *_attribute_cells(frame[label])] for label in map(str, frame.columns)
    ]
    return CellSheet(name, lambda: (columns, Appearance()))


def _attribute_cells(column: pd.Series) -> list[object]:
    """Return the cells of a column of a layer: whole numbers that a blank made decimal are whole."""
    cells: list[object] = column.astype(object).tolist()
    return cells if column.dtype.kind == "f" else list(cells_text(cells))
