"""An OpenDocument sheet, written by hand."""

from __future__ import annotations

import io
import zipfile
from typing import Any

PARTS = ("office", "table", "text", "style", "calcext")

#: LibreOffice refuses an archive whose manifest names neither the document nor its content.
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry '
    'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


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
