"""Choose the sheet of a workbook that holds the table, and say which one does when the one told does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import EmptyFileError, UnknownColumnError, nearest
from observatoire.sources.headers import title
from observatoire.sources.texts import HEADER_DEPTH
from observatoire.typography import enumerate_words

if TYPE_CHECKING:
    from observatoire.sources.books import Book, Cells
    from observatoire.sources.filespec import FileSpec

#: So many sheets are named in a message.
_MOST = 12


def choose_sheet(book: Book, spec: FileSpec) -> tuple[str, Cells]:
    """Return the sheet told, or the first that holds the territory's column, or the first filled.

    Raises
    ------
    UnknownColumnError
        When there is no such sheet, or it has no such column and another one has.
    EmptyFileError
        When nothing is filled.
    """
    if spec.sheet:
        return spec.sheet, _told(book, spec)
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


def _told(book: Book, spec: FileSpec) -> Cells:
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
    told = f"la colonne « {spec.territory} » est dans {_listed(holders)}"
    return f' : sheet = "{holders[0]}" ({told})' if len(holders) == 1 else f" ({told})"


def _listed(sheets: list[str]) -> str:
    return enumerate_words([f"« {sheet} »" for sheet in sheets], most=_MOST)
