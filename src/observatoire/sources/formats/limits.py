"""Unfold a workbook once, before it is read: refuse what would not fit, see what it shows or hides."""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.french.typography import number
from observatoire.sources.formats.archive import MOST_BYTES, ZIP_ERRORS, read_bounded, too_large
from observatoire.sources.formats.ods import _DOCUMENT, DOCUMENT, PERCENTAGE, document_cells
from observatoire.sources.formats.ooxml import (
    binary_cells,
    percent_styles,
    shared_bytes,
    shared_sizes,
    sheet_cells,
    shows_more,
)
from observatoire.sources.formats.xls import OLD, OLE, old_cells

if TYPE_CHECKING:
    from collections.abc import Iterator


#: The most cells that a sheet is opened with: a lone figure at the far corner is no table.
MOST_CELLS = 60_000_000

#: Parts of a workbook that tell nothing of its cells.
_APART = ("docProps/", "xl/theme/", "xl/media/", "Pictures/", "Thumbnails/")


class Unfolded(NamedTuple):
    """A workbook that may be read: its bytes, unfolded when they were a zip.

    What was looked at is what is read: an archive can hold one name twice, and be understood in two
    ways. ``altered`` names the parts whose reader sees more than the cells hold; ``hiding`` tells
    whether any may hide or merge rows.
    """

    content: bytes
    altered: frozenset[str]
    hiding: bool


def unfold(content: bytes, name: str) -> Unfolded:
    """Unfold a workbook.

    Parameters
    ----------
    content : bytes
        An xlsx, xlsm, xlsb, ods or xls.
    name : str
        Its file, for messages.

    Raises
    ------
    UnreadableFileError
        When it is damaged, protected, or would not fit in memory.
    """
    if not content.startswith(b"PK"):
        with reading(name):
            _refuse_cells(old_cells(content), name)
        old = content.startswith(OLE)
        return Unfolded(content, frozenset((OLD,) if old else ()), old)
    out = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain,
        ):
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise too_large(name)
            altered, hiding = _copy(archive, plain, name)
    except ZIP_ERRORS as error:
        raise unopened(name, error) from error
    return Unfolded(out.getvalue(), altered, hiding)


def _copy(
    archive: zipfile.ZipFile, plain: zipfile.ZipFile, name: str
) -> tuple[frozenset[str], bool]:
    """Copy the parts that tell of cells, each looked at first."""
    altered, hiding = set(), False
    sizes: list[int] = []
    repeated, styles = 0, percent_styles(archive, name)
    for path in sorted(set(archive.namelist()), key=_shared, reverse=True):
        entry = archive.getinfo(path)
        if not entry.file_size or path.startswith(_APART):
            continue
        part = read_bounded(archive, entry, name)
        plain.writestr(path, part)
        if _shared(path):
            sizes = shared_sizes(part)
        if path == DOCUMENT:
            _refuse_cells(document_cells(part), name)
            hiding |= may_hide(part, document=True)
            shows = PERCENTAGE in part
        else:
            _refuse_cells(_spanned(part, path), name)
            hiding |= may_hide(part)
            shows = b"sheetData" in part and shows_more(part, styles)
            repeated += _repeated(part, sizes)
        if shows:
            altered.add(path)
    if repeated > MOST_BYTES:
        raise too_large(name)
    return frozenset(altered), hiding


def _repeated(part: bytes, sizes: list[int]) -> int:
    """Return how many bytes of shared strings a part repeats, when they may be many."""
    largest = max(sizes, default=0)
    # A cell takes eight bytes at least: most sheets need not be counted.
    few = largest * len(part) // 8 <= MOST_BYTES
    many = not few and largest * part.count(b"<v>") > MOST_BYTES
    return shared_bytes(part, sizes) if many else 0


def _shared(path: str) -> bool:
    """Say whether a part holds the strings that cells share: it is read before the sheets."""
    return path.casefold() == "xl/sharedstrings.xml"


def _spanned(part: bytes, entry: str) -> int:
    """Return how many cells a part of a workbook spans, wherever the workbook keeps it."""
    if b"sheetData" in part:
        return sheet_cells(part)
    return binary_cells(part) if "sheet" in entry.lower() and part[:1] != b"<" else 0


def _refuse_cells(size: int, name: str) -> None:
    if size > MOST_CELLS:
        raise UnreadableFileError(
            "Une feuille de ce classeur s’étend sur des millions de cellules vides.",
            where=name,
            why=f"L’ouvrir demanderait {number(size, 0)} cellules.",
            remedy="Supprimez la cellule perdue au bout de la feuille (Ctrl+Fin), ou "
            "enregistrez le tableau en csv.",
        )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever calamine raises into our own error."""
    try:
        yield
    except _reading_errors() as error:
        raise unopened(name, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise unopened(name, error) from error


def _reading_errors() -> tuple[type[BaseException], ...]:
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    # A fault inside calamine itself comes out as pyo3's PanicException, which is no Exception.
    return (python_calamine.CalamineError, OSError, ValueError, IndexError, OverflowError)


def unopened(name: str, error: BaseException) -> UnreadableFileError:
    """Return the error of a workbook that does not open."""
    return UnreadableFileError(
        "Ce classeur ne s’ouvre pas : il est abîmé, coupé, protégé par un mot de passe, ou n’en est pas un.",
        where=name,
        why=reader_words(error),
        remedy="Ouvrez-le dans Excel ou LibreOffice, qui le répare souvent, et enregistrez-le de nouveau ; "
        "s’il ne s’y ouvre pas non plus, redemandez-le au producteur.",
    )


#: What a sheet of an xlsx holds when it may hide a row, and what says that it does: LibreOffice
#: writes of each row that it is not hidden.
_MAY, _DOES = b'hidden="', (b'hidden="1"', b'hidden="true"')


def may_hide(part: bytes, *, document: bool = False) -> bool:
    """Say whether a part of a workbook may hide or merge rows: most do not, and are read no more.

    Parameters
    ----------
    part : bytes
        A part of an xlsx.
    document : bool
        It is the content of an OpenDocument.
    """
    if document:
        return any(mark in part for mark in _DOCUMENT)
    return _MAY in part and any(mark in part for mark in _DOES)
