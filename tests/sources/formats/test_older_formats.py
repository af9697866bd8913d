"""Workbooks of Excel 5 and 95 (BIFF5): accents, per cents, dates, a hidden column; or a sentence."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, says
from xls_made import older_book

from observatoire.errors import FileError
from observatoire.sources.formats.xls import read_sheets
from observatoire.warehouse.loading.files import load_file, preview_file

if TYPE_CHECKING:
    from pathlib import Path

#: Made-up figures; a date is a number of days shown as one.
ROWS = [
    ["Quartier", "Aidés", "Taux", "Date"],
    ["Four à Chaux", 1234.0, (0.125, 0), (42401.0, 1)],
    ["Place d’Armes", 7.5, (0.5, 0), (42402.0, 1)],
]
FORMATS = ("0.0%", "dd/mm/yyyy")


@pytest.mark.parametrize("page", [1252, 10000], ids=["Windows", "Macintosh"])
def test_accents_per_cents_and_dates_are_read_as_they_are_seen(place: Place, page: int) -> None:
    path = place.write("aides.xls", older_book(ROWS, FORMATS, page=page))
    warehouse = place.empty_warehouse()
    load_file(warehouse, place.workspace, path)
    rows = warehouse.rows(
        "SELECT territory, variable, period, value FROM current_observation ORDER BY ALL"
    )
    assert rows == [
        ("Q2", "Aidés", "2016-02", 1234.0),
        ("Q2", "Taux", "2016-02", 12.5),
        ("Q3", "Aidés", "2016-02", 7.5),
        ("Q3", "Taux", "2016-02", 50.0),
    ]
    assert "%" in [row[0] for row in warehouse.rows("SELECT unit FROM variable")]


@pytest.mark.parametrize("page", [1252, 10000])
def test_what_is_shown_and_hidden_is_found_under_a_name_with_accents(page: int) -> None:
    content = older_book(ROWS, FORMATS, page=page, hidden=1)
    (sheet,) = read_sheets(content, "a.xls")
    assert sheet.name == "Données"
    assert sheet.appearance.percents == ((1, 2), (2, 2))
    assert sheet.appearance.hidden_columns == (1,)


def test_a_code_page_that_nobody_knows_is_a_sentence(place: Place) -> None:
    path = place.write("aides-2016.xls", older_book(ROWS, FORMATS, page=60000))
    with pytest.raises(FileError) as caught:
        load_file(place.empty_warehouse(), place.workspace, path)
    says(caught.value, "aides-2016.xls", "enregistrez-le de nouveau")


def test_a_workbook_cut_short_is_a_sentence(place: Place) -> None:
    content = older_book(ROWS, FORMATS)
    for size in (600, 2000, len(content) - 300):
        shown = None
        try:
            shown = preview_file(place.workspace, place.write("a-2016.xls", content[:size]))
        except FileError as error:
            says(error, "a-2016.xls")
        assert shown is None or shown.parsed is not None or shown.refusal is not None


def test_another_program_reads_the_same_workbook(tmp_path: Path) -> None:
    """What is written by hand here is what LibreOffice takes for a workbook of Excel 95."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) n’est pas là : test sauté")
    path = tmp_path / "aides.xls"
    path.write_bytes(older_book(ROWS, FORMATS))
    subprocess.run(
        [
            program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1", "--outdir", tmp_path, path,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    lines = (tmp_path / "aides.csv").read_text("utf-8").splitlines()
    assert lines[1].split(";")[:2] == ['"Four à Chaux"', "1234"] or lines[1].split(";")[:2] == [
        "Four à Chaux", "1234",
    ]  # fmt: skip
    assert "12.5%" in lines[1].replace(",", ".")
    assert "2016" in lines[1]
