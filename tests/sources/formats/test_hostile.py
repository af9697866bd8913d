"""Files made to hang their reader, fill the memory or end the program: our own errors, in bounds."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from confined import Outcome, confined
from sheets_made import packed
from spoilt_bytes import dbf_bytes, xlsx_bytes, zip_bytes

from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats import ods, ooxml
from observatoire.sources.formats.ooxml import SharedTexts
from observatoire.sources.formats.workbook import read_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>%s</sheetData></worksheet>'
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def xlsx(**parts: str) -> bytes:
    """Return a workbook of which some parts are given, by the last word of their name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good:
        texts = {name: good.read(name) for name in good.namelist()}
    for name, text in parts.items():
        path = next((path for path in texts if path.endswith(f"{name}.xml")), f"xl/{name}.xml")
        texts[path] = text.encode()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in texts.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def outcome(tmp_path: Path, name: str, content: bytes) -> Outcome:
    path = tmp_path / name
    path.write_bytes(content)
    found = confined(lambda: len(read_table(path, FileSpec(name, "wide", "IRIS")).frame))
    assert found.sound, found
    return found


def refused(tmp_path: Path, name: str, content: bytes, *words: str) -> None:
    found = outcome(tmp_path, name, content)
    assert found.kind == "refused"
    assert all(word in found.words.replace("\u202f", " ").replace("\xa0", " ") for word in words), (
        found.words
    )


# --- Counts that lie -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        f'<sst xmlns="{MAIN}" count="9" uniqueCount="2147483647">',
        f"<sst uniqueCount = '99999999999999' xmlns='{MAIN}'>",
        f'<!-- <sst --><sst xmlns="{MAIN}"\n uniqueCount="4294967295"\n>',
    ],
)
def test_a_count_of_texts_that_lies_is_not_believed(tmp_path: Path, head: str) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good:
        texts = good.read("xl/sharedStrings.xml").decode()
    content = xlsx(sharedStrings=head + texts[texts.index("<si>") :])
    assert outcome(tmp_path, "a.xlsx", content).kind == "read"


def test_a_count_of_styles_that_lies_is_not_believed(tmp_path: Path) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs count="4294967295"><xf numFmtId="9"/></cellXfs></styleSheet>'
    assert outcome(tmp_path, "a.xlsx", xlsx(styles=styles)).kind == "read"


# --- Expressions that look too far ---------------------------------------------------------------

REPEATED: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "styles without an end": (ooxml.percent_styles, b"<cellXfs "),
    "formats in quotes": (ooxml.percent_styles, b'<numFmt formatCode="&quot;\\'),
    "attributes in a word": (ooxml.percent_styles, b"<xf aaaa"),
    "errors without an end": (
        lambda xml: ooxml.shown_cells(xml, frozenset()), b'<c r="A1" t="e" t="e"'
    ),
    "errors without a value": (
        lambda xml: ooxml.shown_cells(xml, frozenset((b"1",))), b'<c r="A1" t="e"><f>x'
    ),
    "rows without an end": (lambda xml: ooxml.hidden_rows(xml + b'hidden="1"', 9), b"<row r "),
    "columns": (ooxml.hidden_columns, b'<col min="1" max="16384" hidden="1"/>'),
    "cells in one row": (ooxml.sheet_cells, b'<c r="AAA1" '),
    "spaces": (ooxml.sheet_cells, b'<c r        r="AAA1"'),
    "shared texts": (lambda xml: ooxml.shared_bytes(xml, [5]), b'<c t="s" t="s"'),
    "counts": (ooxml.without_counts, b'<sst count="'),
    "tables without an end": (ods.measure, b"<table:table "),
    "cells without an end": (ods.measure, b'<table:table-cell value-type="'),
    "repetitions": (ods.measure, b"<table:table-row number-rows-repeated "),
    "numbers of spaces": (ods.measure, b"<text:s c c "),
}  # fmt: skip


@pytest.mark.parametrize("name", REPEATED)
def test_a_scan_takes_twice_the_time_for_twice_the_text(name: str) -> None:
    scan, text = REPEATED[name]
    taken = []
    for size in (1, 4):
        content = text * (size * 400_000 // len(text))
        start = time.process_time()
        scan(content)
        taken.append(time.process_time() - start)
    # Four times the text would take sixteen times the time; a tenth of a second is chance.
    assert taken[1] < 8 * taken[0] + 0.3


# --- Sheets that span, repeat, or are given many times --------------------------------------------


def test_a_sheet_that_says_how_far_it_reaches_is_measured_by_its_cells(tmp_path: Path) -> None:
    sheet = (SHEET % ROW).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    refused(tmp_path, "a.xlsx", xlsx(sheet1=sheet), "IRIS")  # one figure, and no such column


@pytest.mark.parametrize("place", ["XFD1048576", "BZ99999", "ALL5000"])
def test_a_figure_at_a_far_corner(tmp_path: Path, place: str) -> None:
    far = f'{ROW}<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}"><v>1</v></c></row>'
    refused(tmp_path, "a.xlsx", xlsx(sheet1=SHEET % far), "cellules vides", "3 000 000 au plus")


def test_one_part_for_thousands_of_sheets(tmp_path: Path) -> None:
    rows = "".join(f"<row>{'<c><v>1</v></c>' * 40}</row>" for _ in range(500))
    names = "".join(f'<sheet name="S{at}" sheetId="{at + 1}" r:id="rId1"/>' for at in range(3000))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets>{names}</sheets></workbook>'
    refused(tmp_path, "a.xlsx", xlsx(sheet1=SHEET % rows, workbook=book), "mémoire")


def repeated(rows: int, columns: int, text: str) -> bytes:
    cell = (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return packed(f'<table:table table:name="IRIS">{row}</table:table>')


@pytest.mark.parametrize(
    ("rows", "columns", "text", "times", "words"),  # multiplied here, not kept by every worker
    [
        (1_000_000, 60, "x", 1, ("cellules vides", "60 000 000")),
        (3100, 1000, "x", 1, ("cellules vides", "3 100 000")),
        (1000, 1000, "x", 500, ("décompressé", "Il en ferait")),
        (1, 2, "x", 90_000_000, ("décompressé", "160 Mo")),
        (1, 1, '<text:s text:c="2000000000"/>', 1, ("décompressé", "2 000")),
        (1000, 100, "<text:s text:c='20000'/>", 1, ("décompressé", "2 012")),
    ],
)
def test_an_ods_that_repeats_itself(
    tmp_path: Path, rows: int, columns: int, text: str, times: int, words: tuple[str, ...]
) -> None:
    refused(tmp_path, "a.ods", repeated(rows, columns, text * times), *words)


# --- Parquet, archives, dBase, texts ---------------------------------------------------------------


def parquet(columns: dict[str, pa.Array]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_a_parquet_of_more_cells_than_memory_has(tmp_path: Path) -> None:
    column = pa.array([1.5]).take(pa.array([0] * 400_000))
    content = parquet({f"c{at}": column for at in range(10)})
    assert len(content) < 100_000
    refused(tmp_path, "a.parquet", content, "mémoire", "4 000 000 cellules")


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_a_parquet_of_one_long_text_repeated(tmp_path: Path, kind: pa.DataType) -> None:
    once = pa.array(["x" * 4000]).dictionary_encode().take(pa.array([0] * 100_000, pa.int32()))
    column = once if pa.types.is_dictionary(kind) else once.dictionary.cast(kind).take(once.indices)
    refused(tmp_path, "a.parquet", parquet({"IRIS": column}), "décompressé", "160 Mo", "400 : ")


def test_a_parquet_of_texts_is_read_as_it_was(tmp_path: Path) -> None:
    frame = pd.DataFrame({"IRIS": ["972090101", "972090101", None], "N": [1.5, None, 1234.567]})
    frame.to_parquet(tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.parquet", FileSpec("a.parquet", "wide", "IRIS"))
    assert table.frame.to_numpy().tolist() == [
        ["972090101", "1.5"],
        ["972090101", ""],
        ["", "1234.567"],
    ]


@pytest.mark.parametrize(
    ("part", "times", "words"),
    [
        (b"972090101;1\n", 2_000_000, ("4 000 002", "cellules")),
        (b"\n", 9_000_000, ("cellules",)),
        (b"\r", 9_000_000, ("cellules",)),
        (b"x", 170_000_000, ("160 Mo", "170")),
    ],
)
def test_a_zip_that_unfolds(
    tmp_path: Path, part: bytes, times: int, words: tuple[str, ...]
) -> None:
    refused(tmp_path, "a.zip", zip_bytes({"a.csv": b"IRIS;POP\n" + part * times}), *words)


def test_a_text_of_millions_of_ragged_rows(tmp_path: Path) -> None:
    refused(tmp_path, "a.csv", b"IRIS;POP\n" + b"1\n" * 4_900_000, "cellules", "mémoire")


def test_a_cell_longer_than_spreadsheets_allow(tmp_path: Path) -> None:
    content = parquet({"IRIS": pa.array(["972090101"]), "N": pa.array(["x" * 32_768])})
    refused(tmp_path, "a.parquet", content, "ligne 2, 2e colonne", "32 768 caractères")
    content = parquet({"IRIS": pa.array(["972090101"]), "N": pa.array(["x" * 32_767])})
    (tmp_path / "b.parquet").write_bytes(content)
    assert len(read_table(tmp_path / "b.parquet", FileSpec("b.parquet", "wide", "IRIS")).lines) == 1


def test_a_dbase_that_announces_millions_of_records(tmp_path: Path) -> None:
    content = dbf_bytes([["IRIS"], *[["1"]] * 9])
    lied = content[:4] + (0x7FFFFFFF).to_bytes(4, "little") + content[8:]
    refused(tmp_path, "a.dbf", lied, "annonce")


def test_what_is_large_may_unfold_into_more() -> None:
    texts = SharedTexts()
    ooxml.measure("xl/sharedStrings.xml", b"<sst><si><t>x</t></si></sst>", texts)
    assert texts.sizes == [len(b"><t>x</t></si></sst>")]
    (sheet,) = read_sheets(xlsx_bytes(), "a.xlsx")
    assert len(sheet.rows()) == 5
