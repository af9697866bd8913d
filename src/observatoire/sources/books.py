"""Read typed tables as texts: workbooks, Parquet, dBase; each cell as its reader sees it."""

from __future__ import annotations

import html
import io
import math
import re
import struct
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.errors import (
    EmptyFileError,
    TruncatedFileError,
    UnknownColumnError,
    UnreadableFileError,
    suggestion,
)
from observatoire.sources import extents
from observatoire.sources.archives import (
    MOST_BYTES,
    ZIP_ERRORS,
    check_bomb,
    read_bounded,
    too_large,
)
from observatoire.typography import enumerate_words, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.sources.texts import Rows

#: The most cells that a sheet is opened with: a lone figure at the far corner is no table.
MOST_CELLS = 60_000_000


def open_book(content: bytes, name: str) -> Any:
    """Open a workbook.

    Raises
    ------
    UnreadableFileError
        When it is cut, protected, no workbook, or would not fit in memory.
    """
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    _refuse_monsters(content, name)
    with _reading(name):
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn whatever calamine raises into our own error."""
    try:
        yield
    except _reading_errors() as error:
        raise _unopened(name, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unopened(name, error) from error


def _reading_errors() -> tuple[type[BaseException], ...]:
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    # A fault inside calamine itself comes out as pyo3's PanicException, which is no Exception.
    return (python_calamine.CalamineError, OSError, ValueError, IndexError, OverflowError)


def _unopened(name: str, error: BaseException) -> UnreadableFileError:
    return UnreadableFileError(
        "Ce classeur ne s’ouvre pas : il est tronqué, protégé ou n’en est pas un.",
        where=name,
        why=f"Le lecteur dit : {error}",
        remedy="Ouvrez-le dans Excel ou LibreOffice et enregistrez-le de nouveau.",
    )


def read_sheet(book: Any, sheet: str, name: str) -> Rows:
    """Return the rows of a sheet that are not blank, each with its number.

    Raises
    ------
    UnknownColumnError, EmptyFileError, UnreadableFileError
        When there is no such sheet, it holds nothing, or it is damaged.
    """
    if sheet not in book.sheet_names:
        raise UnknownColumnError(
            f"La feuille « {sheet} » n’existe pas.",
            where=name,
            remedy=suggestion(sheet, book.sheet_names),
        )
    with _reading(name):
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if rows:
        columns = [cells_text(list(column)) for column in zip(*rows, strict=True)]
        texts = [
            (number, list(row))
            for number, row in enumerate(zip(*columns, strict=True), 1)
            if any(row)
        ]
        if texts:
            return texts
    raise EmptyFileError(
        f"La feuille « {sheet} » est vide.",
        where=name,
        remedy=f'Déclarez la bonne par « sheet = "…" » : {enumerate_words(book.sheet_names)}.',
    )


def _refuse_monsters(content: bytes, name: str) -> None:
    """Refuse a workbook that says little and would unfold without end."""
    if not content.startswith(b"PK"):
        with _reading(name):
            _refuse_cells(extents.old_cells(content), name)
        return
    check_bomb(content, name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes, repeated = _shared(archive, name), 0
            for entry in archive.infolist():
                folder = entry.filename.rpartition("/")[0]
                if entry.filename == "content.xml":
                    _refuse_cells(extents.document_cells(read_bounded(archive, entry, name)), name)
                elif folder not in ("", "_rels", "docProps", "xl/theme") and entry.file_size:
                    part = read_bounded(archive, entry, name)
                    _refuse_cells(_spanned(part, entry.filename), name)
                    if max(sizes, default=0) * part.count(b"<v>") > MOST_BYTES:
                        repeated += extents.shared_bytes(part, sizes)
            if repeated > MOST_BYTES:
                raise too_large(name)
    except ZIP_ERRORS as error:
        raise _unopened(name, error) from error


def _shared(archive: zipfile.ZipFile, name: str) -> list[int]:
    """Return the sizes of the strings that cells share."""
    for entry in archive.infolist():
        if entry.filename.casefold() == "xl/sharedstrings.xml" and entry.file_size:
            return extents.shared_sizes(read_bounded(archive, entry, name))
    return []


def _spanned(part: bytes, entry: str) -> int:
    """Return how many cells a part of a workbook spans, wherever the workbook keeps it."""
    if b"sheetData" in part:
        return extents.sheet_cells(part)
    return extents.binary_cells(part) if "sheet" in entry.lower() and part[:1] != b"<" else 0


def _refuse_cells(size: int, name: str) -> None:
    if size > MOST_CELLS:
        raise UnreadableFileError(
            "Une feuille de ce classeur s’étend sur des millions de cellules vides.",
            where=name,
            why=f"L’ouvrir demanderait {number(size, 0)} cellules.",
            remedy="Supprimez la cellule perdue au bout de la feuille (Ctrl+Fin), ou "
            "enregistrez le tableau en csv.",
        )


_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>')
_SHEET = re.compile(r'<sheet\b[^>]*\bname="([^"]*)"[^>]*\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")


def restore_errors(rows: Rows, content: bytes, sheet: str) -> None:
    """Write back the errors of formulas (« #REF! »), which calamine gives as blanks.

    A blank is a figure that is not there; an error is one that was there and is lost: the row that
    holds it must be refused, not read as absent.

    Parameters
    ----------
    rows : Rows
        The sheet's rows, altered in place.
    content : bytes
        The workbook.
    sheet : str
        The sheet's name.
    """
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = _ERROR_CELL.findall(archive.read(_sheet_path(archive, sheet)))
    except (KeyError, *ZIP_ERRORS):
        return  # calamine has read it another way
    by_line = dict(rows) if found else {}
    for letters, digits, text in found:
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        row = by_line.get(int(digits), [])
        if column <= len(row) and not row[column - 1]:
            row[column - 1] = text.decode("utf-8", "replace")


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    names = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    wanted = {html.unescape(name): key for name, key in _SHEET.findall(names)}[sheet]
    for relation in _RELATION.findall(relations):
        told = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        if told.get("Id") == wanted:
            return f"xl/{told.get('Target', '').removeprefix('/xl/')}"
    raise KeyError(sheet)


# --- Cells ---------------------------------------------------------------------------------------


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


def _float_text(cell: float) -> str:
    """Write a number; a whole one has no decimal."""
    text = repr(cell)
    if text.endswith(".0"):
        return text[:-2]
    return _cell_text(cell) if text in ("nan", "inf", "-inf") or "e" in text else text


def _cell_text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        whole = cell.is_integer() and abs(cell) < 1e15  # noqa: PLR2004 - beyond, digits are lost
        return str(int(cell)) if whole else str(cell)
    return str(cell)


# --- Parquet and dBase ---------------------------------------------------------------------------


def read_parquet(content: bytes, name: str) -> Rows:
    """Return the rows of a Parquet file, the names of its columns first.

    Raises
    ------
    UnreadableFileError
        When it is cut, or no such file.
    """
    import pyarrow as pa  # noqa: PLC0415 - only Parquet files need it
    import pyarrow.parquet  # noqa: PLC0415

    try:
        # Without pandas' own notes, what was an index is a column like the others.
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        frame = table.to_pandas(ignore_metadata=True)
    except (OSError, ValueError, pa.ArrowException, NotImplementedError) as error:
        raise UnreadableFileError(
            "Ce fichier Parquet ne s’ouvre pas : il est tronqué ou n’en est pas un.",
            where=name,
            why=f"Le lecteur dit : {error}",
            remedy="Redemandez-le au producteur.",
        ) from error
    names = [str(column) for column in frame.columns]
    columns = [
        cells_text(frame.iloc[:, rank].astype(object).tolist()) for rank in range(len(names))
    ]
    body = [list(row) for row in zip(*columns, strict=True)]
    return list(enumerate([names, *body], 1))


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
        label, _, width, _ = _DBF_FIELD.unpack_from(content, at)
        fields.append((label.split(b"\0")[0], width))
    if not fields or sum(width for _, width in fields) + 1 != size or head < 33:  # noqa: PLR2004
        raise _no_dbf(name)
    if head + count * size > len(content):
        raise TruncatedFileError(
            f"Le fichier annonce {count} lignes et s’arrête avant.",
            where=name,
            remedy="Redemandez le fichier entier au producteur.",
        )
    page = encoding or _DBF_PAGES.get(content[29], "cp1252")
    try:
        rows: Rows = [(1, [label.decode(page) for label, _ in fields])]
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


def _dbf_cells(record: bytes, fields: list[tuple[bytes, int]], page: str) -> list[str]:
    cells, at = [], 1
    for _, width in fields:
        text = record[at : at + width].decode(page).strip(" \0")
        cells.append("" if text and not text.strip("*") else text)  # stars: the figure does not fit
        at += width
    return cells


def _no_dbf(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "Ce n’est pas un fichier dBase.", where=name, remedy="Redemandez-le au producteur."
    )
