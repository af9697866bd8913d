"""A made-up workbook with merged cells and hidden rows, in three forms; OpenDocument is written by hand."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xls_made import _record, _workbook, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    Rows = Sequence[Sequence[Any]]
    Ranges = Sequence[tuple[int, int, int, int]]

PARTS = ("office", "table", "text", "style", "calcext")

#: LibreOffice refuses an archive whose manifest names neither the document nor its content.
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry '
    'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def sheet(
    rows: Rows,
    merges: Ranges = (),
    hidden: Sequence[int] = (),
    *,
    form: str = "xlsx",
    filtered: bool = False,
) -> bytes:
    """Write a sheet; rows and columns are counted from 0."""
    writer = {"xlsx": _xlsx, "xls": _xls, "ods": _ods}[form]
    return writer(rows, merges, hidden, filtered=filtered)


def _xlsx(rows: Rows, merges: Ranges, hidden: Sequence[int], *, filtered: bool) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        page = made.add_worksheet("Données")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    page.write(at, column, cell)
        for merge in merges:
            page.merge_range(*merge, rows[merge[0]][merge[1]])
        for at in hidden:
            page.set_row(at, None, None, {"hidden": True})
        if filtered:
            page.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
            page.filter_column(0, "x == NonBlanks")
    return buffer.getvalue()


def _xls(rows: Rows, merges: Ranges, hidden: Sequence[int], *, filtered: bool) -> bytes:
    records = b""
    for at in range(len(rows)):
        records += _record(
            0x0208, struct.pack("<6HI", at, 0, 5, 255, 0, 0, 0x120 if at in hidden else 0x100)
        )
    records += _record(0x009B, b"") if filtered else b""
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                records += shown(at, column, cell if isinstance(cell, str) else float(cell), 0)
    if merges:
        ranges = b"".join(
            struct.pack("<4H", top, low, left, right) for top, left, low, right in merges
        )
        records += _record(0x00E5, struct.pack("<H", len(merges)) + ranges)
    return _workbook(records, _record(0x00E0, struct.pack("<HH16x", 0, 0)))


def _ods(rows: Rows, merges: Ranges, hidden: Sequence[int], *, filtered: bool) -> bytes:
    spans = {(top, left): (low - top + 1, right - left + 1) for top, left, low, right in merges}
    state = "filter" if filtered else "collapse"
    table_rows = ""
    for at, row in enumerate(rows):
        unseen = f' table:visibility="{state}"' if at in hidden else ""
        cells = "".join(_ods_cell(cell, spans.get((at, rank))) for rank, cell in enumerate(row))
        table_rows += f"<table:table-row{unseen}>{cells}</table:table-row>"
    return packed(f'<table:table table:name="Données">{table_rows}</table:table>')


def _ods_cell(cell: object, span: tuple[int, int] | None) -> str:
    if cell == "":
        return "<table:covered-table-cell/>"
    down, right = span or (1, 1)
    merged = (
        f'table:number-rows-spanned="{down}" table:number-columns-spanned="{right}" '
        if span
        else ""
    )
    if isinstance(cell, int | float):
        return f'<table:table-cell {merged}office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell {merged}office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'


def sheets(**tables: list[list[Any]]) -> bytes:
    """Write several sheets; one whose name starts with « x » is hidden."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        for name, rows in tables.items():
            page = made.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            if name.startswith("x"):
                page.hide()
            else:
                page.activate()
                page.set_first_sheet()
    return buffer.getvalue()


def altered(content: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    """Return a workbook of which one part says something else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == part:
                for before, after in changes:
                    assert before in body
                    body = body.replace(before, after)
            new.writestr(entry.filename, body)
    return buffer.getvalue()


def percentages(rows: list[list[Any]]) -> bytes:
    """Write a sheet whose numbers are shown in per cent."""
    return opendocument(rows, kind="percentage")


def opendocument(rows: list[list[Any]], *, kind: str = "float", columns: str = "") -> bytes:
    """Write the least OpenDocument sheet, by hand."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="{kind}" office:value="{cell}"/>'
            if isinstance(cell, int | float)
            else '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    return packed(f'<table:table table:name="IRIS">{columns}{cells}</table:table>')


def packed(body: str, styles: str = "") -> bytes:
    """Put tables into the envelope of an OpenDocument workbook."""
    names = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in PARTS}
    names["of"] = "urn:oasis:names:tc:opendocument:xmlns:of:1.2"  # that of formulas
    namespaces = " ".join(f'xmlns:{part}="{name}"' for part, name in names.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {namespaces}>{styles}<office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return buffer.getvalue()
