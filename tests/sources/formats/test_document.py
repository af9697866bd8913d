"""One workbook in three formats answers the same four questions; so does any other file."""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import xlsxwriter
from sheets_made import packed
from xls_made import record, shown, workbook

from observatoire.errors import UnknownColumnError
from observatoire.sources.formats.cells import Appearance
from observatoire.sources.formats.document import open_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.sources.formats.document import Document

#: Made-up figures: a title over the table, a rate in per cent, an error, a merged name, hidden
#: rows under a filter, a hidden column, a second sheet that is hidden and a blank one.
ROWS: list[list[Any]] = [
    ["Suivi des aides", "", "", ""],
    ["Quartier", "Aidés", "Taux", "Note"],
    ["Four à Chaux", 12.0, 0.125, "a"],
    ["", 3.0, 0.5, "b"],
    ["Dillon", "#DIV/0!", 1.0, "c"],
    ["Volga", 1.5, 0.25, "d"],
]
MERGE, PERCENTS, HIDDEN_ROWS, HIDDEN_COLUMN = (
    (2, 0, 3, 0),
    {(2, 2), (3, 2), (4, 2), (5, 2)},
    (5,),
    3,
)
ERROR = (4, 1)

APPEARANCE = Appearance(
    percents=tuple(sorted(PERCENTS)),
    errors={ERROR: "#DIV/0!"},
    merges=(((2, 0), (3, 0)),),
    hidden_rows=HIDDEN_ROWS,
    hidden_columns=(HIDDEN_COLUMN,),
    filtered=True,
)


def as_xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        percent = made.add_format({"num_format": "0.0%"})
        page = made.add_worksheet("Données")
        for row, cells in enumerate(ROWS):
            for column, cell in enumerate(cells):
                if (row, column) == ERROR:
                    page.write_formula(row, column, "=1/0", None, cell)
                elif cell != "":
                    page.write(row, column, cell, percent if (row, column) in PERCENTS else None)
        page.merge_range(*MERGE, "Four à Chaux")
        page.set_row(HIDDEN_ROWS[0], None, None, {"hidden": True})
        page.set_column(HIDDEN_COLUMN, HIDDEN_COLUMN, None, None, {"hidden": True})
        page.autofilter(1, 0, 5, 3)
        page.filter_column(0, "x != Volga")
        made.add_worksheet("Liste").write(0, 0, "x")
        made.worksheets()[1].hide()
        made.add_worksheet("Vide")
    return buffer.getvalue()


def as_xls() -> bytes:
    body = record(0x7D, HIDDEN_COLUMN, HIDDEN_COLUMN, 0, 0, 1, 0)
    body += b"".join(
        record(0x208, row, 0, 4, 255, 0, 0, 0x120 if row in HIDDEN_ROWS else 0x100, 0)
        for row in range(len(ROWS))
    )
    body += record(0x9B)
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            if (row, column) == ERROR:
                body += shown(row, column, [], 0)
            elif cell != "":
                body += shown(row, column, cell, int((row, column) in PERCENTS))
    top, left, low, right = MERGE
    body += record(0xE5, 1, top, low, left, right)
    return workbook(
        {"Données": body, "Liste": shown(0, 0, "x", 0), "Vide": b""}, ["General", "0.0%"], {"Liste"}
    )


def as_ods() -> bytes:
    lines = ""
    for row, cells in enumerate(ROWS):
        state = ' table:visibility="filter"' if row in HIDDEN_ROWS else ""
        lines += f"<table:table-row{state}>" + "".join(
            _ods_cell(row, column, cell) for column, cell in enumerate(cells)
        )
        lines += "</table:table-row>"
    columns = (
        '<table:table-column table:number-columns-repeated="3"/>'
        '<table:table-column table:visibility="collapse"/>'
    )
    style = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    return packed(
        f'<table:table table:name="Données">{columns}{lines}</table:table>'
        '<table:table table:name="Liste" table:style-name="ta2"><table:table-row><table:table-cell '
        'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        '<table:table table:name="Vide"><table:table-row><table:table-cell/></table:table-row></table:table>',
        style,
    )


def _ods_cell(row: int, column: int, cell: Any) -> str:
    if (row, column) == ERROR:
        return (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" '
            'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        )
    merged = 'table:number-rows-spanned="2" table:number-columns-spanned="1" '
    span = merged if (row, column) == MERGE[:2] else ""
    if cell == "":
        covered = "covered-" if (row, column) == (3, 0) else ""
        return f"<table:{covered}table-cell/>"
    if isinstance(cell, float):
        kind = "percentage" if (row, column) in PERCENTS else "float"
        return f'<table:table-cell {span}office:value-type="{kind}" office:value="{cell}"/>'
    return f'<table:table-cell {span}office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'


MADE: dict[str, Callable[[], bytes]] = {"xlsx": as_xlsx, "xls": as_xls, "ods": as_ods}


@pytest.fixture(params=sorted(MADE))
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Document:
    path = tmp_path / f"aides.{request.param}"
    path.write_bytes(MADE[request.param]())
    return open_file(path)


def test_the_sheets_and_which_are_hidden(document: Document) -> None:
    assert [(sheet.name, sheet.hidden) for sheet in document.sheets] == [
        ("Données", False), ("Liste", True), ("Vide", False),
    ]  # fmt: skip
    assert document.is_workbook
    assert document.sheet("Vide").rows() == []
    assert document.sheet("Liste").rows() == [(1, ["x"])]
    with pytest.raises(UnknownColumnError, match="Données"):
        document.sheet("Donnes")


def test_the_appearance(document: Document) -> None:
    assert document.sheets[0].appearance == APPEARANCE


def test_the_rows(document: Document) -> None:
    sheet = document.sheets[0]
    assert sheet.rows() == [
        (1, ["Suivi des aides", "", "", ""]),
        (2, ["Quartier", "Aidés", "Taux", "Note"]),
        (3, ["Four à Chaux", "12", "12.5 %", "a"]),
        (4, ["", "3", "50 %", "b"]),
        (5, ["Dillon", "#DIV/0!", "100 %", "c"]),
        (6, ["Volga", "1.5", "25 %", "d"]),
    ]
    assert sheet.rows(first=3, most=2) == sheet.rows()[2:4]


def test_the_frame(document: Document) -> None:
    found = document.sheets[0].frame(first=3)
    assert found is not None
    frame, lines = found
    assert lines.tolist() == [3, 4, 5, 6]
    assert frame.to_numpy().tolist() == [row for _, row in document.sheets[0].rows(first=3)]


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_another_program_reads_the_same_workbook(tmp_path: Path, form: str) -> None:
    """What is written by hand here is a workbook for LibreOffice, that it saves as an xlsx."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) n’est pas là : test sauté")
    path = tmp_path / f"aides.{form}"
    path.write_bytes(MADE[form]())
    subprocess.run(
        [
            program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "xlsx", "--outdir", tmp_path, path,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    here, there = open_file(path).sheets[0], open_file(tmp_path / "aides.xlsx").sheets[0]
    assert there.rows() == here.rows()


# --- The other formats ---------------------------------------------------------------------------

TABLE = pd.DataFrame({"Quartier": ["Dillon", "Volga"], "Aidés": [12.0, 1.5]})


def test_texts_parquet_and_dbase_have_one_sheet_without_a_name(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "a.csv", index=False, sep=";")
    TABLE.to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        document = open_file(tmp_path / name)
        (sheet,) = document.sheets
        assert (sheet.name, sheet.hidden, sheet.appearance) == ("", False, Appearance())
        assert not document.is_workbook
        assert sheet.rows(most=1) == [(1, ["Quartier", "Aidés"])]
        found = sheet.frame(first=2)
        assert found is not None
        assert found[1].tolist() == [2, 3]
        assert found[0]["0"].tolist() == ["Dillon", "Volga"]
        assert found[0]["1"].astype(float).tolist() == [12.0, 1.5]


def test_a_text_whose_rows_are_not_alike_gives_rows_and_no_frame(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Quartier;Aidés\nDillon;12\nSource : CAF\n", "utf-8")
    (sheet,) = open_file(tmp_path / "a.csv").sheets
    assert sheet.frame(first=2) is None
    assert sheet.rows(first=3) == [(3, ["Source : CAF"])]
