"""Files made to be spoilt: small good ones of every format, and ways of spoiling bytes."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import xlsxwriter
from shapely import box
from xls_made import old_book

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ROWS = [
    ["IRIS", "LIBIRIS", "POP", "TAUX"],
    ["972090101", "Centre Ville", "1 234,5", "27,4"],
    ["972090102", "Terres Sainville", "2000", "s"],
    ["972090103", "Sainte-Thérèse", "<5", ""],
    ["972130101", "Bourg", "350", "nd"],
]


def csv_bytes(separator: str = ";", encoding: str = "utf-8", end: str = "\n") -> bytes:
    return "".join(separator.join(row) + end for row in ROWS).encode(encoding)


def xlsx_bytes(*, formulas: bool = False) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("IRIS")
        for at, row in enumerate(ROWS):
            page.write_row(at, 0, row)
        if formulas:
            page.write_formula(2, 2, '=HYPERLINK("http://x","=1+1")', value="#REF!")
            page.write_formula(3, 2, "=1/0", value="#DIV/0!")
            page.write_formula(4, 2, "=SUM(C2:C3)", value=350)
    return buffer.getvalue()


def xlsm_bytes() -> bytes:
    """Return a workbook that carries a macro: nothing of it is ever run."""
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(plain, kind)
    return zip_bytes({**parts, "xl/vbaProject.bin": bytes(range(256)) * 8})


def xlsb_bytes() -> bytes:
    """Return a workbook of the newer binary form (MS-XLSB): numbers, texts in place and shared."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return head + bytes([len(body) & 127 | 128, len(body) >> 7]) + body

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: str) -> bytes:
        head = struct.pack("<2I", column, 0)
        if value in shared:
            return record(7, head + struct.pack("<I", shared.index(value)))
        if value.isdigit():
            return record(5, head + struct.pack("<d", float(value)))
        return record(6, head + wide(value))

    shared = ROWS[0]
    rows = b"".join(
        record(0, struct.pack("<I", at) + bytes(21))
        + b"".join(cell(column, value) for column, value in enumerate(row))
        for at, row in enumerate(ROWS)
    )
    extent = record(148, struct.pack("<4I", 0, len(ROWS) - 1, 0, len(ROWS[0]) - 1))
    sheet = record(129) + extent + record(145) + rows + record(146) + record(130)
    bundle = record(156, struct.pack("<2I", 0, 1) + wide("rId1") + wide("IRIS"))
    texts = record(159, struct.pack("<2I", 4, 4)) + b"".join(
        record(19, b"\0" + wide(text)) for text in shared
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/%s" Target="%s"/></Relationships>'
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zip_bytes(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": (links % ("officeDocument", "xl/workbook.bin")).encode(),
            "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": (links % ("worksheet", "worksheets/sheet1.bin")).encode(),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/sharedStrings.bin": texts + record(160),
        }
    )


def ods_bytes() -> bytes:
    from sheets_made import opendocument

    return opendocument(ROWS)


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_parquet(buffer)
    return buffer.getvalue()


def dbf_bytes(rows: list[list[str]] = ROWS, page: str = "cp1252") -> bytes:
    width = 20
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(page), b"C", width, 0) for name in rows[0]
    )
    head = struct.pack(
        "<B3BIHH", 3, 116, 1, 1, len(rows) - 1, 33 + len(fields), 1 + width * len(rows[0])
    )
    records = b"".join(
        b" " + b"".join(cell.encode(page).ljust(width)[:width] for cell in row) for row in rows[1:]
    )
    return head + bytes(17) + b"\x03" + bytes(2) + fields + b"\r" + records + b"\x1a"


def zip_bytes(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def good_files() -> dict[str, bytes]:
    """Return one small good file of each format."""
    return {
        "population.csv": csv_bytes(),
        "population-latin.csv": csv_bytes(encoding="cp1252", end="\r\n"),
        "population.txt": csv_bytes("\t", "utf-16"),
        "population.xlsx": xlsx_bytes(),
        "formules.xlsx": xlsx_bytes(formulas=True),
        "population.xlsm": xlsm_bytes(),
        "population.xlsb": xlsb_bytes(),
        "population.ods": ods_bytes(),
        "population.xls": old_book(ROWS),
        "population.parquet": parquet_bytes(),
        "population.dbf": dbf_bytes(),
        "population.zip": zip_bytes(
            {"population.csv": csv_bytes(), "meta_population.csv": b"a;b\n1;2\n"}
        ),
    }


def good_layers() -> dict[str, bytes]:
    """Return one small good layer of each format."""
    frame = gpd.GeoDataFrame(
        {"CODE_IRIS": ["972090101", "972090102"], "NOM": ["Centre Ville", "Sainte-Thérèse"]},
        geometry=[box(704000 + at, 1614000, 704900 + at, 1615000) for at in (0, 1000)],
        crs="EPSG:5490",
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("iris.gpkg", "iris.fgb", "iris.geojson", "iris.shp"):
            frame.to_file(place / name)
        parts = {path.name: path.read_bytes() for path in sorted(place.iterdir())}
    shapefile = {name: parts.pop(name) for name in list(parts) if name[5:] not in _LONE}
    return {**parts, "iris.zip": zip_bytes(shapefile)}


_LONE = ("gpkg", "fgb", "geojson")


# --- Ways of spoiling ------------------------------------------------------------------------------


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice([1, 2, 8, 40])):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def shuffled(content: bytes, chance: random.Random) -> bytes:
    size = max(1, len(content) // chance.choice([3, 7, 20]))
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    chance.shuffle(parts)
    return b"".join(parts)


def doubled(content: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(content)), chance.randrange(1, 60)
    return content[:at] + content[at : at + size] * chance.choice([2, 5]) + content[at:]


def sown(content: bytes, chance: random.Random) -> bytes:
    """Drop signs that mean something to a reader where they are not expected."""
    spoilt = bytearray(content)
    for _ in range(chance.choice([1, 3, 9])):
        at = chance.randrange(len(spoilt))
        spoilt[at:at] = chance.choice(
            [b'"', b";", b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b",", b"=cmd|' /C calc'!A0",
             b"'", b"\\", b"\xe2\x80\xa8", b"1e999", b"-", b"\x1a", b"99999999999999999999"]
        )  # fmt: skip
    return bytes(spoilt)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flipped, shuffled, doubled, sown)
