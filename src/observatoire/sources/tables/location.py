"""Where the table of a file stands: its sheet, the names of its columns, its lines; found once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.sources.formats.text import HEADER_DEPTH, empty_file
from observatoire.sources.tables.header import check_header, find_header, titles
from observatoire.sources.tables.sheets import choose_sheet

if TYPE_CHECKING:
    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Rows, TableSheet
    from observatoire.sources.formats.document import Document


@dataclass(frozen=True, eq=False)
class Location:
    """A table in its document: the sheet, its names of columns, the line they stand on, the last of them.

    It is found by what ``source.toml`` declares (:func:`locate`), or, where nothing does, by inference
    (:func:`location_at`); whoever reads the table asks no more where it is.
    """

    document: Document
    sheet: TableSheet
    header: tuple[str, ...]
    line: int
    last: int


def locate(document: Document, spec: FileSpec) -> Location:
    """Return where the table that ``source.toml`` declares stands.

    Parameters
    ----------
    document : Document
        The file, opened.
    spec : FileSpec
        What is declared of it: its sheet, the line of its names, the column of its territories.

    Raises
    ------
    EmptyFileError, UnreadableFileError, UnknownColumnError, SeparatorError
        When there is no such sheet, line or column.
    """
    sheet = choose_sheet(document, spec)
    # The line that ``header`` gives may lie below the rows among which one is looked for.
    rows = sheet.rows(1, max(HEADER_DEPTH, spec.header + 1))
    if not rows:
        raise empty_file(document.name)
    if rows[-1][0] < spec.header:
        rows = sheet.rows()
    return location_at(document, sheet, rows, find_header(rows, spec), spec)


def location_at(
    document: Document, sheet: TableSheet, rows: Rows, at: int, spec: FileSpec
) -> Location:
    """Return the location of a table whose names stand on the row of that rank; see :func:`locate`."""
    header, last = titles(rows, at, spec)
    check_header(header, spec, document.name, sheet.separator, sheet.name)
    return Location(document, sheet, tuple(header), rows[at][0], rows[last][0])
