"""What would be lost in silence or could not be written again is said when it is read."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from built_workspace import says
from sheets_made import packed
from spoilt_bytes import ROWS, dbf_bytes, xlsx_bytes

from observatoire.errors import UnreadableFileError
from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats.cells import UNCOMPUTED
from observatoire.sources.formats.document import open_file

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

SIGNS = ["\uffff", "\ufffe", "\x01", "\x1b", "\x00"]


def spec(name: str) -> FileSpec:
    return FileSpec(name, "wide", "IRIS")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("where", ["header", "name"])
def test_a_text_with_a_sign_that_no_page_writes(tmp_path: Path, sign: str, where: str) -> None:
    rows = ["IRIS;Aidés", "972090101;1"]
    rows[where == "name"] += sign
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    with pytest.raises(UnreadableFileError) as caught:
        read_table(tmp_path / "a.csv", spec("a.csv"))
    says(caught.value, "a.csv")


@pytest.mark.parametrize("sign", SIGNS[:4])
def test_any_format_with_a_sign_that_no_page_writes(tmp_path: Path, sign: str) -> None:
    pd.DataFrame({"IRIS": ["972090101", f"a{sign}"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UnreadableFileError, match="ligne 3"):
        read_table(tmp_path / "a.parquet", spec("a.parquet"))
    if sign.isascii():
        rows = [["IRIS", "NOM"], ["972090101", f"a{sign}"]]
        (tmp_path / "a.dbf").write_bytes(dbf_bytes(rows))
        with pytest.raises(UnreadableFileError, match="impossible"):
            read_table(tmp_path / "a.dbf", spec("a.dbf"))


def test_marks_of_direction_that_pasting_brings_are_removed(tmp_path: Path) -> None:
    text = "IRIS;Nom\u202a court\u202c\n972090101;\u200e1\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    pd.DataFrame({"IRIS": ["972090101"], "Nom court": ["\u2066" + "1"]}).to_parquet(
        tmp_path / "a.parquet"
    )
    for name in ("a.csv", "a.parquet"):
        found = read_table(tmp_path / name, spec(name)).frame.to_dict("list")
        assert found == {"IRIS": ["972090101"], "Nom court": ["1"]}


def test_blanks_of_old_programs_and_the_end_of_a_dos_text_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"IRIS;Nom\x0bcourt\r\n972090101;1\r\n\x1a")
    table = read_table(tmp_path / "a.csv", spec("a.csv"))
    assert table.frame.to_dict("list") == {"IRIS": ["972090101"], "Nom court": ["1"]}


@pytest.mark.parametrize(
    "content",
    [
        b"IRIS;POP\n972090101;1\r2\n972090102;3\n",
        b"IRIS;POP\r972090101;1\r972090102;3",
        b"IRIS;POP\r\r\n972090101;1\r\r\n",
        b'IRIS;POP\n"972090101\r";1\n',
        b"\rIRIS;POP\n972090101;1\n\r",
        b'IRIS;"PO\rP"\n972090101;1\n',
    ],
)
def test_a_lone_carriage_return_is_a_line_or_a_sentence(place: Place, content: bytes) -> None:
    from observatoire.errors import ObservatoireError
    from observatoire.warehouse.loading.files import load_file

    path = place.write("a-2016.csv", content)
    try:
        load_file(place.empty_warehouse(), place.workspace, path)
    except ObservatoireError as error:
        says(error, "a-2016.csv")


# --- Formulas never computed -----------------------------------------------------------------------


def with_cells(*changes: tuple[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good, zipfile.ZipFile(buffer, "w") as made:
        for name in good.namelist():
            text = good.read(name).decode()
            for before, after in changes if name.endswith("sheet1.xml") else ():
                assert before in text
                text = text.replace(before, after)
            made.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "formula",
    [
        "<f>SUM(C2:C3)</f>",
        "<f>SUM(C2:C3)</f><v></v>",
        "<f>SUM(C2:C3)</f><v/>",
        '<f t="shared" si="0"/>',
        '<f t="shared" ref="C2:C4" si="0">A1</f>\n',
    ],
)
def test_a_formula_never_computed_is_said_with_its_cell(tmp_path: Path, formula: str) -> None:
    cell = '<c r="C4" t="s"><v>11</v></c>'
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as good:
        text = good.read("xl/worksheets/sheet1.xml").decode()
    cell = text[text.index('<c r="C4"') : text.index("</c>", text.index('<c r="C4"')) + 4]
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_cells((cell, f'<c r="C4">{formula}</c>')))
    (sheet,) = open_file(path).sheets
    assert sheet.appearance.errors == {(3, 2): UNCOMPUTED}
    assert sheet.rows(first=4, most=1)[0][1][2] == "formule jamais calculée"


def test_a_formula_that_comes_to_an_empty_text_is_computed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cell = '<c r="F2" t="str"><f>IF(TRUE,"")</f><v></v></c></row>'
    path.write_bytes(with_cells(('</row><row r="3"', f'{cell}<row r="3"')))
    assert open_file(path).sheets[0].appearance.errors == {}


def test_a_formula_of_an_ods_never_computed(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in ROWS[1][:3]
    )
    path = tmp_path / "a.ods"
    path.write_bytes(
        packed(
            '<table:table table:name="IRIS"><table:table-row>'
            f'{cells}<table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
            f'<table:table-row>{cells}<table:table-cell table:formula="of:=[.A1]"/></table:table-row>'
            '<table:table-row><table:table-cell/><table:table-cell office:value-type="float" '
            'office:value="1" table:number-columns-repeated="3"/></table:table-row></table:table>'
        )
    )
    assert open_file(path).sheets[0].appearance.errors == {(1, 3): UNCOMPUTED}
