"""Read typed tables as texts: workbooks, Parquet, dBase; each cell as its reader sees it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observatoire.errors import (
    EmptyFileError,
    UnknownColumnError,
)
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.sources.formats.archive import ZIP_ERRORS
from observatoire.sources.formats.cells import (
    Cells,
    Hidden,
    _holds,
    _show_percent,
    sound_ranges,
)
from observatoire.sources.formats.limits import reading, unfold
from observatoire.sources.formats.ods import (
    _ODS_CELL,
    _ODS_ROW,
    _SPAN,
    DOCUMENT,
    SPANNED,
    _collapsed,
    _document_rows,
    _document_sheet,
    _open_document,
    repeated,
)
from observatoire.sources.formats.ooxml import (
    _COLUMNS,
    _ERROR_CELL,
    _MOST_COLUMNS,
    ATTRIBUTE,
    _column,
    _is_filtered,
    _mark,
    _sheet_path,
    _sheet_rows,
    percent_styles,
)
from observatoire.sources.formats.xls import (
    OLD,
    OLE,
    _old_book,
    unseen_columns,
    unseen_rows,
)

if TYPE_CHECKING:
    from observatoire.sources.formats.cells import Range


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


def restore_seen(cells: Cells, content: bytes, altered: frozenset[str], sheet: str) -> None:
    """Write cells as their reader sees them: « 12.5 % » for 0.125 shown in per cent, « #REF! ».

    calamine gives the number without its format, and an error as a blank. A blank is a figure that
    is not there; an error is one that was there and is lost: its row must be refused. And 0.125
    beside a typed « 12,5 % » are the same figure.

    Parameters
    ----------
    cells : Cells
        The sheet's cells, altered in place.
    content : bytes
        The workbook.
    altered : frozenset of str
        The parts of it where there is something to restore.
    sheet : str
        The sheet's name.
    """
    if OLD in altered:
        _old_book(cells, content, sheet)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
            styles = percent_styles(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return  # calamine has read it another way
    if path not in altered:
        return
    if path == DOCUMENT:
        _open_document(cells, xml)
        return
    for letters, digits, text in _ERROR_CELL.findall(xml):
        column, line = _column(letters), int(digits)
        if _holds(cells, column, line) and not cells.columns[column - 1][line - 1]:
            cells.columns[column - 1][line - 1] = text.decode("utf-8", "replace")
    for letters, digits in styles.findall(xml) if styles is not None else []:
        _show_percent(cells, _column(letters), int(digits))


def hidden_columns(content: bytes, sheet: str) -> list[int]:
    """Return the columns of a sheet that its reader does not see, from 0.

    Parameters
    ----------
    content : bytes
        The workbook: xlsx, xls or OpenDocument; of any other form nothing is told.
    sheet : str
        The sheet's name.
    """
    if content.startswith(OLE):
        return unseen_columns(content, sheet)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return []  # a form that does not say
    if path == DOCUMENT:
        return _collapsed(xml)
    marks = bytearray(_MOST_COLUMNS)
    for attributes in _COLUMNS.findall(xml)[:_MOST_COLUMNS]:
        told = dict(ATTRIBUTE.findall(attributes))
        first, last = (told.get(key, b"") for key in (b"min", b"max"))
        if told.get(b"hidden") in (b"1", b"true") and first.isdigit() and last.isdigit():
            _mark(marks, int(first[:6]) - 1, int(last[:6]))
    return [rank for rank, mark in enumerate(marks) if mark]


def document_merges(content: bytes, sheet: str) -> list[Range]:
    """Return the merged cells of an OpenDocument sheet, which calamine does not tell.

    Parameters
    ----------
    content : bytes
        The workbook; of any other form nothing is told.
    sheet : str
        The sheet's name.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
    except (KeyError, *ZIP_ERRORS):
        return []
    if path != DOCUMENT:
        return []
    found: list[Range] = []
    row = 0
    for attributes, body in _ODS_ROW.findall(xml):
        column = 0
        for cell in _ODS_CELL.findall(body) if SPANNED in body else ():
            spans = dict(_SPAN.findall(cell))
            down, right = (min(int(spans.get(key, 1)), 1 << 20) for key in (b"rows", b"columns"))
            if down * right > 1:
                found.append(((row, column), (row + down - 1, column + right - 1)))
            column += repeated(cell)
        row += repeated(attributes)
    return found


def sheet_part(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bytes]:
    """Return the part of a workbook that holds one sheet, and what it says of that sheet.

    Parameters
    ----------
    archive : ZipFile
        An xlsx or an OpenDocument, whose sheets stand all in one part (``DOCUMENT``).
    sheet : str
        The sheet's name.

    Raises
    ------
    KeyError
        When the workbook does not say.
    """
    if DOCUMENT in archive.namelist():
        return DOCUMENT, _document_sheet(archive.read(DOCUMENT), sheet)
    path = _sheet_path(archive, sheet)
    return path, archive.read(path)


def hidden_rows(content: bytes, sheet: str, last: int) -> Hidden:
    """Return the rows of a sheet that its reader does not see.

    Parameters
    ----------
    content : bytes
        The workbook: xlsx, xls or OpenDocument; of any other form nothing is told.
    sheet : str
        The sheet's name.
    last : int
        Its last line.
    """
    if content.startswith(OLE):
        ranks, filtered = unseen_rows(content, sheet)
        return Hidden(tuple(rank + 1 for rank in ranks if rank < last), filtered)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path, xml = sheet_part(archive, sheet)
            if path == DOCUMENT:
                return _document_rows(xml, last)
            return Hidden(_sheet_rows(xml, last), _is_filtered(archive, path, xml))
    except (KeyError, *ZIP_ERRORS):
        return Hidden()  # a form that does not say
