"""What a workbook shows that its cells do not hold: a figure shown in per cent, a formula in error."""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from observatoire.sources.archives import ZIP_ERRORS

if TYPE_CHECKING:
    from observatoire.sources.texts import Rows

_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>')
_SHEET = re.compile(r'<sheet\b[^>]*\bname="([^"]*)"[^>]*\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_FORMAT = re.compile(rb'<numFmt\b[^>]*\bnumFmtId="([0-9]+)"[^>]*\bformatCode="([^"]*)"')
_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_STYLE = re.compile(rb'<xf\b[^>]*?\bnumFmtId="([0-9]+)"')

#: The two formats in per cent that every workbook knows by number.
_PERCENT = (b"9", b"10")


def restore_seen(rows: Rows, content: bytes, sheet: str) -> None:
    """Write cells as their reader sees them: « 12.5 % » for 0.125 shown in per cent, « #REF! ».

    calamine gives the number without its format, and an error as a blank. A blank is a figure that
    is not there; an error is one that was there and is lost: its row must be refused. And 0.125
    beside a typed « 12,5 % » are the same figure.

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
            if "content.xml" in archive.namelist():
                _open_document(rows, archive.read("content.xml"), sheet)
                return
            xml = archive.read(_sheet_path(archive, sheet))
            styles = _percent_styles(archive)
    except (KeyError, *ZIP_ERRORS):
        return  # calamine has read it another way
    errors = _ERROR_CELL.findall(xml)
    percents = _percent_cells(xml, styles)
    by_line = dict(rows) if errors or percents else {}
    for letters, digits, text in errors:
        row, column = by_line.get(int(digits), []), _column(letters)
        if column <= len(row) and not row[column - 1]:
            row[column - 1] = text.decode("utf-8", "replace")
    for letters, digits in percents:
        row, column = by_line.get(int(digits), []), _column(letters)
        if column <= len(row):
            row[column - 1] = percent_text(row[column - 1])


def percent_text(text: str) -> str:
    """Write a share in per cent, every digit kept; what is no number is left as it is.

    Examples
    --------
    >>> percent_text("0.125"), percent_text("1"), percent_text("s")
    ('12.5 %', '100 %', 's')
    """
    try:
        share = Decimal(text)
    except InvalidOperation:
        return text
    return f"{(share * 100).normalize():f} %" if share.is_finite() else text


def _percent_styles(archive: zipfile.ZipFile) -> list[bytes]:
    """Return the ranks of the cell styles that show a number in per cent."""
    try:
        xml = archive.read("xl/styles.xml")
    except KeyError:
        return []
    told = {
        number
        for number, code in _FORMAT.findall(xml)
        if b"%" in re.sub(rb"&quot;.*?&quot;", b"", code)
    }
    block = _FORMATS.search(xml)
    known = _STYLE.findall(block[0]) if block else []
    return [b"%d" % rank for rank, one in enumerate(known) if one in told or one in _PERCENT]


def _percent_cells(xml: bytes, styles: list[bytes]) -> list[tuple[bytes, bytes]]:
    if not styles:
        return []
    pattern = rb'<c r="([A-Z]{1,3})([0-9]{1,7})" s="(?:%s)"(?: t="n")?>' % b"|".join(styles)
    return re.findall(pattern, xml)


_ODS_TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)".*?</table:table>', re.DOTALL)
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)/?>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]+)"')
_PERCENTAGE = b'office:value-type="percentage"'


def _open_document(rows: Rows, xml: bytes, sheet: str) -> None:
    """Write the percentages of an OpenDocument sheet as they are shown."""
    if _PERCENTAGE not in xml:
        return
    told = {
        html.unescape(found[1].decode("utf-8", "replace")): found[0]
        for found in _ODS_TABLE.finditer(xml)
    }
    by_line, line = dict(rows), 1
    for attributes, body in _ODS_ROW.findall(told.get(sheet, b"")):
        times = _times(attributes)
        if _PERCENTAGE in body:
            ranks = _percent_ranks(body)
            for number in range(line, line + min(times, len(rows))):
                row = by_line.get(number, [])
                for rank in ranks:
                    if rank < len(row):
                        row[rank] = percent_text(row[rank])
        line += times


def _percent_ranks(body: bytes) -> list[int]:
    ranks: list[int] = []
    at = 0
    for attributes in _ODS_CELL.findall(body):
        times = _times(attributes)
        if _PERCENTAGE in attributes:
            ranks += range(at, at + min(times, 1 << 14))
        at += times
    return ranks


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    names = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    wanted = {html.unescape(name): key for name, key in _SHEET.findall(names)}[sheet]
    for relation in _RELATION.findall(relations):
        told = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        if told.get("Id") == wanted:
            return f"xl/{told.get('Target', '').removeprefix('/xl/')}"
    raise KeyError(sheet)
