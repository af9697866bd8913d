"""Choose the sheet of a workbook that holds the table, and say which one does when the one declared does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.errors import (
    EmptyFileError,
    UnknownColumnError,
)
from observatoire.errors.arguments import nearest
from observatoire.french.typography import enumerate_words
from observatoire.sources.formats.dbase import read_dbf
from observatoire.sources.formats.encoding import guess_encoding
from observatoire.sources.formats.parquet import read_parquet
from observatoire.sources.formats.text import (
    HEADER_DEPTH,
    Rows,
    choose_separator,
    head_of,
    read_rows,
)
from observatoire.sources.tables.files import TEXT_SUFFIXES, Opened
from observatoire.sources.tables.header import check_width, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Cells, Range
    from observatoire.sources.formats.workbook import Book


#: Rows of a text in which a territory is looked for first.
_ROWS = 3000

#: Rows that are enough to recognise a family: a header is in the first, a few codes below it.
_TOP = HEADER_DEPTH + 50


@dataclass(frozen=True, eq=False)
class SheetView:
    """The top of a table of a file, and how it was cut; the rest of a workbook is read if asked."""

    name: str
    top: Rows
    encoding: str = ""
    separator: str = ""
    cells: Cells | None = None

    @property
    def rows(self) -> Rows:
        """The rows in which territories are looked for."""
        return self.top if self.cells is None else self.cells.rows

    @property
    def merged(self) -> Sequence[Range]:
        """The cells that a workbook shows as one."""
        return () if self.cells is None else self.cells.merged


def sheets_of(opened: Opened, most: int = _ROWS) -> list[SheetView]:
    """Return the tables a file may hold: one for a text, one a sheet for a workbook.

    Raises
    ------
    EmptyFileError, TruncatedFileError, UnreadableFileError
        As :func:`~observatoire.sources.reading.read_table` does.
    """
    name = opened.path.name
    if opened.suffix in TEXT_SUFFIXES:
        encoding = guess_encoding(opened.content, name)
        text = opened.text(encoding)
        separator = choose_separator(head_of(text), "", "", name)
        rows = read_rows(text, separator, name, most)
        check_width(max(len(row) for _, row in rows), opened.path)
        return [SheetView("", rows, encoding, separator)]
    if opened.suffix == ".parquet":
        return [SheetView("", read_parquet(opened.content, name))]
    if opened.suffix == ".dbf":
        return [SheetView("", read_dbf(opened.content, name))]
    book = opened.book
    shown = [sheet for sheet in book.sheet_names if sheet not in book.hidden_names]
    found = _filled(book, shown) or _filled(book, book.hidden_names)
    if not found:
        raise EmptyFileError(
            "Ce classeur est vide.", where=name, remedy="Redemandez-le au producteur."
        )
    return found


def _filled(book: Book, names: list[str]) -> list[SheetView]:
    """Return the sheets that hold anything."""
    found = []
    for name in names:
        try:
            cells = book.cells(name)
        except EmptyFileError:
            continue
        found.append(SheetView(name, cells.top(_TOP), cells=cells))
    return found


#: So many sheets are named in a message.
_MOST = 12


def choose_sheet(book: Book, spec: FileSpec) -> tuple[str, Cells]:
    """Return the sheet declared, or the first that holds the territory's column, or the first filled.

    Raises
    ------
    UnknownColumnError
        When there is no such sheet, or it has no such column and another one has.
    EmptyFileError
        When nothing is filled.
    """
    if spec.sheet:
        return spec.sheet, _declared_sheet(book, spec)
    first: tuple[str, Cells] | None = None
    empty: EmptyFileError | None = None
    for sheet in book.sheet_names:
        try:
            cells = book.cells(sheet)
        except EmptyFileError as error:
            empty = empty or error
            continue
        if _names(cells, spec):
            return sheet, cells
        first = first or (sheet, cells)
    if first is None:
        raise empty or EmptyFileError(
            "Ce classeur n’a aucune feuille.",
            where=book.name,
            remedy="Redemandez-le au producteur.",
        )
    return first


def _declared_sheet(book: Book, spec: FileSpec) -> Cells:
    sheet, names = spec.sheet, book.sheet_names
    if sheet not in names:
        near = nearest(sheet, names)
        raise UnknownColumnError(
            f"La feuille « {sheet} » n’existe pas.",
            where=book.name,
            why=f"Feuilles de ce classeur : {_listed(names)}."
            + (f" Vouliez-vous dire « {near} » ?" if near else ""),
            remedy=f"Corrigez sheet dans source.toml{_hint(_holders(book, spec), spec)}.",
        )
    cells = book.cells(sheet)
    if not spec.header and not _names(cells, spec):
        holders = _holders(book, spec)
        if holders:
            raise UnknownColumnError(
                f"La colonne « {spec.territory} » n’est pas dans la feuille « {sheet} ».",
                where=f"{book.name}, feuille « {sheet} »",
                why=f"Feuilles de ce classeur : {_listed(names)}.",
                remedy=f"Corrigez sheet dans source.toml{_hint(holders, spec)}.",
                column=spec.territory,
            )
    return cells


def _names(cells: Cells, spec: FileSpec) -> bool:
    """Say whether the first rows of a sheet hold the territory's column."""
    return any(spec.territory in map(title, row) for _, row in cells.top(HEADER_DEPTH))


def _holders(book: Book, spec: FileSpec) -> list[str]:
    """Return the sheets that hold the territory's column."""
    found = []
    for sheet in book.sheet_names:
        try:
            cells = book.cells(sheet)
        except EmptyFileError:
            continue
        found += [sheet] if _names(cells, spec) else []
    return found


def _hint(holders: list[str], spec: FileSpec) -> str:
    if not holders:
        return ""
    where = f"la colonne « {spec.territory} » est dans {_listed(holders)}"
    return f' : sheet = "{holders[0]}" ({where})' if len(holders) == 1 else f" ({where})"


def _listed(sheets: list[str]) -> str:
    return enumerate_words([f"« {sheet} »" for sheet in sheets], most=_MOST)
