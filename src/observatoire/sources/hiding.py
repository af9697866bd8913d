"""The rows of a workbook that its reader does not see: hidden by hand, or by a filter left on."""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple

from observatoire.sources.archives import ZIP_ERRORS
from observatoire.sources.biff import unseen_rows
from observatoire.sources.compound import OLE
from observatoire.sources.formats import ATTRIBUTE, DOCUMENT, SPANNED, repeated, sheet_part

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*)>")
_TABLE_PART = re.compile(rb'Target="(?:\.\./|/xl/)(tables/[^"]+)"')

#: What a sheet of an xlsx holds when it may hide a row, and what says that it does: LibreOffice
#: writes of each row that it is not hidden.
_MAY, _DOES = b'hidden="', (b'hidden="1"', b'hidden="true"')
#: What an OpenDocument holds when it may hide a row, or merge cells.
_DOCUMENT = (b'table:visibility="', SPANNED)


class Hidden(NamedTuple):
    """The lines that nobody sees, and whether a filter hides them."""

    lines: tuple[int, ...] = ()
    filtered: bool = False


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


def _sheet_rows(xml: bytes, last: int) -> tuple[int, ...]:
    found, line = [], 0
    for attributes in _ROW.findall(xml):
        told = dict(ATTRIBUTE.findall(attributes))
        number = told.get(b"r", b"")
        line = int(number) if number.isdigit() and len(number) < 8 else line + 1  # noqa: PLR2004 - digits
        if told.get(b"hidden") in (b"1", b"true") and line <= last:
            found.append(line)
    return tuple(found)


def _is_filtered(archive: zipfile.ZipFile, path: str, xml: bytes) -> bool:
    """Say whether a filter of the sheet, or of a table on it, is left on."""
    if b"filterColumn" in xml:
        return True
    folder, _, name = path.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return False
    tables = (
        part.decode("utf-8", "replace") for part in _TABLE_PART.findall(archive.read(relations))
    )
    return any(b"filterColumn" in archive.read(f"xl/{table}") for table in tables)


def _document_rows(xml: bytes, last: int) -> Hidden:
    found: list[int] = []
    line, filtered = 1, False
    for attributes in _ODS_ROW.findall(xml):
        times = repeated(attributes)
        if b'table:visibility="' in attributes and b'="visible"' not in attributes:
            mine = range(line, min(line + times, last + 1))
            found += mine
            filtered |= bool(mine) and b'table:visibility="filter"' in attributes
        line += times
    return Hidden(tuple(found), filtered)
