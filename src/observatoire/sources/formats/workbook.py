"""Workbooks: the first bytes say which reader; those that are zips are measured, then read by calamine."""

from __future__ import annotations

import io
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from observatoire.errors import UnreadableFileError
from observatoire.sources.formats import ods, ooxml, xls
from observatoire.sources.formats.archive import ZIP_ERRORS, read_bounded
from observatoire.sources.formats.cells import Appearance, CellSheet, Columns
from observatoire.sources.formats.limits import Room, check_bytes, check_cells, unopened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The first bytes, among which those of a workbook are some that no text has.
_SAMPLE = 4096
_NOT_OF_TEXT = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))

#: Parts of a workbook that tell nothing of its cells.
_APART = ("docProps/", "xl/theme/", "xl/media/", "Pictures/", "Thumbnails/")


def read_sheets(content: bytes, name: str) -> tuple[CellSheet, ...]:
    """Return the sheets of a workbook, in order; each is read when it is first asked.

    Parameters
    ----------
    content : bytes
        An xlsx, xlsm, xlsb, ods or xls.
    name : str
        Its file, for messages.

    Raises
    ------
    UnreadableFileError
        When it is cut, protected, no workbook, or would not fit in memory.
    """
    for signature, reader in READERS.items():
        if content.startswith(signature):
            return reader(content, name)
    sample = content[:_SAMPLE]
    is_text = sample.translate(None, _NOT_OF_TEXT) == sample
    if is_text or content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise UnreadableFileError(
            "Ce n’est pas un classeur : c’est un texte, ou une page web, dont le nom est celui d’un classeur.",
            where=name,
            remedy="Ouvrez-le dans un tableur et enregistrez-le en xlsx ; si c’est un texte, nommez-le « .csv ».",
        )
    raise unopened(name, ValueError("Cannot detect file format"))


def _zipped_sheets(content: bytes, name: str) -> tuple[CellSheet, ...]:
    """Return the sheets of an OpenDocument, or of a workbook of Excel since 2007."""
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    plain = unfold(content, name)
    with _reading(name):
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(plain))
        labels = [str(sheet.name) for sheet in book.sheets_metadata]
        state = python_calamine.SheetVisibleEnum.Visible
        shown = [sheet.visible == state for sheet in book.sheets_metadata]
    archive = zipfile.ZipFile(io.BytesIO(plain))
    look = (ods.OpenDocumentLook if ods.DOCUMENT in archive.namelist() else ooxml.ExcelLook)(
        archive
    )
    room = Room(name, len(content))
    return tuple(
        CellSheet(label, partial(_read, book, look, label, room), any(shown) and not visible)
        for label, visible in zip(labels, shown, strict=True)
    )


OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"

READERS: dict[bytes, Callable[[bytes, str], tuple[CellSheet, ...]]] = {
    OLE: xls.read_sheets,
    ZIP: _zipped_sheets,
}


def unfold(content: bytes, name: str) -> bytes:
    """Return a zipped workbook unfolded: each of its parts once, looked at before any is read.

    What was looked at is what is read: an archive can hold one name twice, and be understood in two
    ways. Of the strings that cells share, what a part says of their number is left out: calamine
    asks for the memory it says, and the program ends.

    Raises
    ------
    UnreadableFileError
        When it is damaged, protected, or would not fit in memory.
    """
    out = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain,
        ):
            sizes = {path: archive.getinfo(path).file_size for path in archive.namelist()}
            paths = [path for path, size in sizes.items() if size and not path.startswith(_APART)]
            check_bytes(sum(map(sizes.__getitem__, paths)), name, len(content))
            cells, texts = 0, ooxml.SharedTexts()
            for path in sorted(paths, key=ooxml.holds_texts, reverse=True):
                part = read_bounded(archive, archive.getinfo(path), name, len(content))
                if path == ods.DOCUMENT:
                    size, repeated = ods.measure(part)
                    cells, texts.repeated = cells + size, texts.repeated + repeated
                else:
                    part, size = ooxml.measure(path, part, texts)
                    cells += size
                check_cells(cells, name, len(content), blank=True)
                check_bytes(texts.repeated, name)
                plain.writestr(path, part)
    except ZIP_ERRORS as error:
        raise unopened(name, error) from error
    return out.getvalue()


def _read(
    book: Any, look: ods.OpenDocumentLook | ooxml.ExcelLook, label: str, room: Room
) -> tuple[Columns, Appearance]:
    with _reading(room.name):
        page = book.get_sheet_by_name(label)
        room.take(page.total_height, page.total_width)
        rows = page.to_python(skip_empty_area=False)
        merges = page.merged_cell_ranges or []
    if not rows or not rows[0]:
        return [], Appearance()
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns, look.appearance(label, (len(rows), len(rows[0])), merges)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn whatever calamine raises into our own error."""
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    try:
        yield
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, OverflowError) as error:
        raise unopened(name, error) from error
    except BaseException as error:
        # A fault inside calamine itself comes out as pyo3's PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise unopened(name, error) from error
