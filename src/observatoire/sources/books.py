"""Read typed tables as texts: workbooks, Parquet, dBase; each cell as its reader sees it."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.errors import (
    EmptyFileError,
    TruncatedFileError,
    UnknownColumnError,
    UnreadableFileError,
    suggestion,
)
from observatoire.sources.formats import (
    GROUPED,
    cells_text,
    document_merges,
    is_blank,
    restore_seen,
    ungrouped,
)
from observatoire.sources.hiding import Hidden, hidden_rows
from observatoire.sources.merging import sound_ranges
from observatoire.sources.unfolding import reading, unfold
from observatoire.typography import enumerate_words
from observatoire.wording import reader_words

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from observatoire.sources.merging import Range
    from observatoire.sources.texts import Rows


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a sheet, column by column, as its reader gives them.

    They are made texts only where somebody reads them: most are figures, which a column turns
    into texts and back in one go. ``merged`` are those shown as one, ``hidden`` the rows nobody sees.
    """

    columns: list[list[Any]]
    merged: list[Range] = field(default_factory=list)
    hidden: Hidden = Hidden()  # noqa: RUF009 - frozen

    @cached_property
    def filled(self) -> NDArray[np.intp]:
        """Positions of the rows that are not blank."""
        told = np.zeros(len(self.columns[0]), dtype=bool)
        for column in self.columns:
            told |= np.array([not is_blank(cell) for cell in column], dtype=bool)
            if told.all():
                break
        return np.flatnonzero(told)

    def top(self, most: int) -> Rows:
        """Return the first rows as texts, each with its number."""
        return self._texts(self.filled[:most])

    @cached_property
    def rows(self) -> Rows:
        """All rows as texts, each with its number."""
        return self._texts(self.filled)

    def _texts(self, chosen: NDArray[np.intp]) -> Rows:
        columns = [cells_text([column[at] for at in chosen]) for column in self.columns]
        rows = zip(*columns, strict=True)
        return [(int(at) + 1, list(row)) for at, row in zip(chosen, rows, strict=True)]

    def frame(self, chosen: NDArray[np.intp]) -> pd.DataFrame:
        """Return some rows as columns of texts, numbered from 0."""
        import pyarrow as pa  # noqa: PLC0415 - only workbooks need it

        run = len(chosen) and chosen[-1] - chosen[0] + 1 == len(chosen)  # no blank row between
        arrays = {}
        for rank, column in enumerate(self.columns):
            part = column[chosen[0] : chosen[-1] + 1] if run else [column[at] for at in chosen]
            arrays[str(rank)] = _text_array(part)
        frame: pd.DataFrame = pa.table(arrays).to_pandas().astype("str")
        return frame


def _text_array(cells: list[Any]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - only workbooks need it
    import pyarrow.compute as pc  # noqa: PLC0415

    if set(map(type, cells)) == {float}:
        numbers = np.array(cells) + 0.0  # makes -0 and 0 alike
        if np.isfinite(numbers).all():
            texts = pa.array(numbers).cast(pa.large_string())
            return pc.replace_substring_regex(texts, GROUPED, r"\10")
    return pa.array(cells_text(cells), pa.large_string())


@dataclass(frozen=True, eq=False)
class Book:
    """An open workbook; ``altered`` names the parts whose reader sees more than the cells hold.

    ``hiding`` says whether any may hide a row, or merge cells that calamine does not tell.
    """

    reader: Any
    content: bytes
    name: str
    altered: frozenset[str]
    hiding: bool = False
    _read: dict[str, Cells] = field(default_factory=dict)

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets, in order."""
        return [str(sheet) for sheet in self.reader.sheet_names]

    @property
    def hidden_names(self) -> list[str]:
        """Names of the sheets that their reader does not see, unless he sees none."""
        from python_calamine import SheetVisibleEnum  # noqa: PLC0415 - only workbooks need it

        seen = [
            str(one.name)
            for one in self.reader.sheets_metadata
            if one.visible == SheetVisibleEnum.Visible
        ]
        return [sheet for sheet in self.sheet_names if seen and sheet not in seen]

    def cells(self, sheet: str) -> Cells:
        """Return the cells of a sheet, read once.

        Raises
        ------
        UnknownColumnError, EmptyFileError, UnreadableFileError
            When there is no such sheet, it holds nothing, or it is damaged.
        """
        if sheet not in self._read:
            self._read[sheet] = _read_cells(self, sheet)
        return self._read[sheet]


def open_book(content: bytes, name: str) -> Book:
    """Open a workbook.

    Raises
    ------
    UnreadableFileError
        When it is cut, protected, no workbook, or would not fit in memory.
    """
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    inside = unfold(content, name)
    with reading(name):
        reader = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(inside.content))
    return Book(reader, inside.content, name, inside.altered, inside.hiding)


def _read_cells(book: Book, sheet: str) -> Cells:
    if sheet not in book.sheet_names:
        raise UnknownColumnError(
            f"La feuille « {sheet} » n’existe pas.",
            where=book.name,
            remedy=suggestion(sheet, book.sheet_names),
        )
    with reading(book.name):
        page = book.reader.get_sheet_by_name(sheet)
        rows = page.to_python(skip_empty_area=False)
    if rows and rows[0]:
        merged, hidden = page.merged_cell_ranges or [], Hidden()
        if book.hiding:
            merged = merged or document_merges(book.content, sheet)
            hidden = hidden_rows(book.content, sheet, len(rows))
        merged = sound_ranges(merged, len(rows), len(rows[0])) if merged else []
        found = Cells([list(column) for column in zip(*rows, strict=True)], merged, hidden)
        if book.altered:
            restore_seen(found, book.content, book.altered, sheet)
        if len(found.filled):
            return found
    raise EmptyFileError(
        f"La feuille « {sheet} » est vide.",
        where=book.name,
        remedy=f'Déclarez la bonne par « sheet = "…" » : {enumerate_words(book.sheet_names)}.',
    )


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
            why=reader_words(error),
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
