"""How far cells reach is known before a workbook is opened, whatever its form."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING

import pytest
from built_workspace import says
from sheets_made import opendocument
from spoilt_bytes import ROWS, xlsx_bytes
from xls_made import compound, old_book, old_cells

from observatoire.errors import ObservatoireError
from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats import limits, ods, ooxml
from observatoire.sources.formats.ooxml import SharedTexts, sheet_cells

if TYPE_CHECKING:
    from pathlib import Path

CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'


def read(tmp_path: Path, name: str, content: bytes) -> tuple[int, ...]:
    (tmp_path / name).write_bytes(content)
    return read_table(tmp_path / name, FileSpec(name, "wide", "IRIS")).frame.shape


def refused(tmp_path: Path, name: str, content: bytes) -> ObservatoireError:
    with pytest.raises(ObservatoireError) as caught:
        read(tmp_path, name, content)
    return caught.value


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as good, zipfile.ZipFile(buffer, "w") as archive:
        for name in good.namelist():
            text = good.read(name).decode()
            archive.writestr(name, text.replace(old, new) if name == part else text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "place",
    [
        'r="ZZZZZ1"',
        "r='XFD1048576'",
        'r="A99999999999"',
        'r = "XFD99999"',
        'r="xfd99999"',
        'r\n=\t"XFD99999"',
    ],
)
def test_a_lone_far_cell_of_an_xlsx(tmp_path: Path, place: str) -> None:
    content = changed(xlsx_bytes(), "xl/worksheets/sheet1.xml", 'r="D5"', place)
    says(refused(tmp_path, "a.xlsx", content), "cellules vides")


def test_a_far_row_whose_cell_tells_no_place(tmp_path: Path) -> None:
    content = changed(
        xlsx_bytes(), "xl/worksheets/sheet1.xml", "</sheetData>",
        '<row r="104857600"><c><v>1</v></c></row></sheetData>',
    )  # fmt: skip
    says(refused(tmp_path, "a.xlsx", content), "cellules vides")


@pytest.mark.parametrize(
    "empty",
    [
        '<row r="1048576" customFormat="false" ht="12.8"/>',
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
        '<row r="1048576"><c s="1" r = "AMJ1048576" /></row>',
    ],
)
def test_a_style_given_to_empty_cells_far_away_is_no_size(tmp_path: Path, empty: str) -> None:
    # What LibreOffice writes for whole columns in colour: calamine holds nothing for it.
    content = changed(
        xlsx_bytes(), "xl/worksheets/sheet1.xml", "</sheetData>", f"{empty}</sheetData>"
    )
    assert read(tmp_path, "a.xlsx", content) == read(tmp_path, "b.xlsx", xlsx_bytes())


def test_a_sheet_is_measured_wherever_the_workbook_keeps_it(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good, zipfile.ZipFile(buffer, "w") as archive:
        for name in good.namelist():
            text = good.read(name).decode().replace("worksheets/sheet1.xml", "ailleurs/a.xml")
            text = text.replace('r="D5"', 'r="XFD1048576"')
            archive.writestr(name.replace("worksheets/sheet1.xml", "ailleurs/a.xml"), text)
    says(refused(tmp_path, "a.xlsx", buffer.getvalue()), "cellules vides")


@pytest.mark.parametrize("where", ["docProps/a.xml", "xl/theme/a.xml", "a.xml"])
def test_a_sheet_cannot_be_kept_where_nobody_looks(tmp_path: Path, where: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good, zipfile.ZipFile(buffer, "w") as archive:
        for name in good.namelist():
            text = good.read(name).decode().replace("worksheets/sheet1.xml", f"/{where}")
            text = text.replace("xl//", "/").replace('r="D5"', 'r="XFD1048576"')
            archive.writestr(name.replace("xl/worksheets/sheet1.xml", where), text)
    assert str(refused(tmp_path, "a.xlsx", buffer.getvalue()))


@pytest.mark.parametrize("first", [True, False])
def test_of_two_parts_of_one_name_what_is_looked_at_is_what_is_read(
    tmp_path: Path,
    first: bool,  # noqa: FBT001
) -> None:
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good:
        texts = {name: good.read(name) for name in good.namelist()}
    sane, far = texts[part], texts[part].replace(b'r="D5"', b'r="XFD1048576"')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two parts of one name
        for name, text in texts.items():
            for one in ((far, sane) if first else (sane, far)) if name == part else (text,):
                archive.writestr(name, one)
    if first:
        assert read(tmp_path, "a.xlsx", buffer.getvalue()) == (4, 4)
    else:
        says(refused(tmp_path, "a.xlsx", buffer.getvalue()), "cellules vides")


def test_a_far_cell_is_seen_among_bytes_that_are_no_text() -> None:
    assert sheet_cells(b'\xff\xfe\x00<c r="AAA100"><v>1</v></c>') == 703 * 100


def test_the_size_is_worked_out_only_when_a_cell_is_far() -> None:
    assert sheet_cells(b'<c r="B2"><v>1</v></c><c r="ZZ999"><v>1</v></c>') == 0
    assert sheet_cells(b'<c r="B2"><v>1</v></c><c r="ZZ99999"><v>1</v></c>') == 702 * 99_999
    far = b'<row r="100"><c r="B100"><v>1</v></c><c r="AAA100"><v>1</v></c></row>'
    assert sheet_cells(far) == 703 * 100


def test_one_long_text_shared_by_many_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = changed(xlsx_bytes(), "xl/sharedStrings.xml", "Centre Ville", "A" * 30_000)
    more = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>5</v></c></row>' for r in range(6, 60))
    many = changed(content, "xl/worksheets/sheet1.xml", "</sheetData>", more + "</sheetData>")
    for module in (limits, ooxml):
        monkeypatch.setattr(module, "MOST_BYTES", 1_000_000)
    assert read(tmp_path, "a.xlsx", content) == (4, 4)
    says(refused(tmp_path, "a.xlsx", many), "décompressé")


def test_an_ods_of_one_wide_row_and_one_tall_column(tmp_path: Path) -> None:
    wide = CELL.replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="16000"'
    )
    tall = f'<table:table-row table:number-rows-repeated="1000000">{CELL}</table:table-row>'
    more = f"<table:table-row>{wide}</table:table-row>{tall}"
    content = changed(opendocument(ROWS), "content.xml", "</table:table>", f"{more}</table:table>")
    says(refused(tmp_path, "a.ods", content), "cellules vides")


def test_an_ods_of_a_far_cell_after_blank_ones(tmp_path: Path) -> None:
    gap = "<table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row>"
    far = f"<table:table-row><table:table-cell table:number-columns-repeated='16000'/>{CELL}</table:table-row>"
    content = changed(
        opendocument(ROWS), "content.xml", "</table:table>", f"{gap}{far}</table:table>"
    )
    says(refused(tmp_path, "a.ods", content), "cellules vides")


def test_the_blank_edge_that_libreoffice_writes_counts_for_nothing() -> None:
    """LibreOffice ends every row, and the sheet, by blanks repeated to the edge."""
    row = f'<table:table-row>{CELL * 4}<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
    edge = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    sheet = f"<table:table>{row * 5000}{edge}</table:table>"
    assert ods.measure(sheet.encode()) == (20_000, 0)


def test_each_sheet_of_an_ods_is_measured_apart_and_all_are_opened() -> None:
    tall = f'<table:table-row table:number-rows-repeated="1000">{CELL}</table:table-row>'
    wide = f"<table:table-row>{CELL * 1000}</table:table-row>"
    document = f"<table:table a='1'>{tall}</table:table><table:table a='2'>{wide}</table:table>"
    assert ods.measure(document.encode())[0] == 2000


def test_far_cells_of_an_xls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path, "a.xls", old_book(ROWS)) == (4, 4)
    far = old_cells([(0, 0, "IRIS"), (60_000, 1, "x"), (1, 250, "y")])
    says(refused(tmp_path, "a.xls", far), "cellules vides", "15 060 251")
    monkeypatch.setattr(limits, "most_cells", lambda _: 19)
    says(refused(tmp_path, "a.xls", old_book(ROWS)), "20 cellules")


@pytest.mark.parametrize("place", [(60_000, 256), (1, 60_000), (65_535, 65_535)])
def test_a_cell_where_no_old_workbook_has_any(tmp_path: Path, place: tuple[int, int]) -> None:
    says(refused(tmp_path, "a.xls", old_cells([(0, 0, "IRIS"), (*place, "x")])), "Ce classeur")


def record(kind: int, *numbers: int) -> bytes:
    return bytes([kind, 4 * len(numbers)]) + struct.pack(f"<{len(numbers)}I", *numbers)


def cells(part: bytes) -> int:
    return ooxml.measure("xl/worksheets/sheet1.bin", part, SharedTexts())[1]


def test_far_cells_of_an_xlsb() -> None:
    assert cells(record(0, 4, 0) + record(2, 3, 0)) == 5 * 4
    assert cells(record(0, 999_999, 0) + record(7, 16_000, 0)) == 1_000_000 * 16_001
    near = record(0, 4, 0) + record(2, 3, 0)
    assert cells(near + record(0, 999_999, 0) + record(1, 9, 0)) == 5 * 4
    assert cells(b"\xff" * 9) == 0


def test_one_long_text_shared_by_many_cells_of_an_xlsb() -> None:
    texts = SharedTexts()
    ooxml.measure("xl/sharedStrings.bin", record(19, 0, *range(30)), texts)
    assert texts.sizes == [124]
    row = record(0, 0, 0) + record(7, 0, 0, 0) * 50
    ooxml.measure("xl/worksheets/sheet1.bin", row, texts)
    assert texts.repeated == 50 * 124


@pytest.mark.parametrize("size", [(0, 1 << 31, 0, 3), (5, 2, 0, 3), (0, 3, 9, 2)])
def test_an_extent_that_no_sheet_may_have_asks_for_no_memory(
    tmp_path: Path, size: tuple[int, ...]
) -> None:
    begin = struct.pack("<2H", 0x0809, 4) + bytes(4)
    content = compound(begin + struct.pack("<2H2I2HH", 0x0200, 14, *size, 0) + bytes(4096))
    assert str(refused(tmp_path, "a.xls", content))
