"""Rows of a workbook that nobody sees: read like the others, and said."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from built_workspace import plain
from sheets_made import altered, sheet

from observatoire.sources.formats.ooxml import hidden_rows
from observatoire.sources.formats.workbook import read_sheets
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from built_workspace import Place

    from observatoire.warehouse import Warehouse

FORMS = ("xlsx", "xls", "ods")
TABLE = [["Quartier", "Aidés"], ["Centre et Terres", 1], ["Four à Chaux", 2], ["Place d’Armes", 3]]


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    return place.empty_warehouse()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("filtered", [False, True])
def test_hidden_rows_are_loaded_and_said(
    place: Place, warehouse: Warehouse, form: str, *, filtered: bool
) -> None:
    content = sheet(TABLE, hidden=[2, 3], form=form, filtered=filtered)
    path = place.write(f"a-2016.{form}", content)
    report = load_file(warehouse, place.workspace, path)
    assert report.kept == 3
    notices = [plain(one) for one in report.notices if "masquée" in one]
    assert len(notices) == 1
    assert "2 lignes masquées" in notices[0]
    assert "lues comme les autres : lignes 3 et 4" in notices[0]
    assert ("filtre automatique" in notices[0]) is filtered
    shown = preview_file(place.workspace, path)
    assert "2 lignes masquées" in plain(shown)
    again = load_source(warehouse, place.workspace, shown.write().parent)
    assert [one for one in again.notices if "masquée" in one]


@pytest.mark.parametrize("form", FORMS)
def test_what_hides_nothing_is_not_said(place: Place, warehouse: Warehouse, form: str) -> None:
    path = place.write(f"a-2016.{form}", sheet(TABLE, form=form))
    report = load_file(warehouse, place.workspace, path)
    assert not [one for one in report.notices if "masquée" in one]


def test_one_hidden_row_is_said_in_the_singular(place: Place, warehouse: Warehouse) -> None:
    path = place.write("a-2016.xlsx", sheet(TABLE, hidden=[1]))
    notices = plain(" ".join(load_file(warehouse, place.workspace, path).notices))
    assert "1 ligne masquée dans le classeur, et lue comme les autres : ligne 2." in notices


def test_a_hidden_header_or_title_is_no_row_of_the_table(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("a-2016.xlsx", sheet([["Suivi", ""], *TABLE], hidden=[0, 1]))
    report = load_file(warehouse, place.workspace, path)
    assert not [one for one in report.notices if "masquée" in one]


def hidden_of(content: bytes) -> tuple[tuple[int, ...], bool]:
    (sheet,) = read_sheets(content, "a")
    return sheet.appearance.hidden_rows, sheet.appearance.filtered


def test_libreoffice_says_of_every_row_whether_it_is_hidden() -> None:
    content = altered(
        sheet(TABLE), "xl/worksheets/sheet1.xml",
        (b'<row r="2"', b'<row r="2" hidden="false"'), (b'<row r="3"', b'<row r="3" hidden="true"'),
    )  # fmt: skip
    assert hidden_of(content) == ((2,), False)


def test_rows_without_a_number_are_counted() -> None:
    content = altered(
        sheet(TABLE, hidden=[2]), "xl/worksheets/sheet1.xml",
        *((b'<row r="%d"' % line, b"<row") for line in range(1, 5)),
    )  # fmt: skip
    assert hidden_of(content) == ((2,), False)


@pytest.mark.parametrize("form", FORMS)
def test_a_filter_is_said_with_what_it_hides(form: str) -> None:
    assert hidden_of(sheet(TABLE, hidden=[3], form=form, filtered=True)) == ((3,), True)
    assert hidden_of(sheet(TABLE, hidden=[3], form=form)) == ((3,), False)


def test_rows_hidden_below_the_table_are_not_counted() -> None:
    xml = b'<row r="3" hidden="1"/><row r="9" hidden="1"/>'
    assert hidden_rows(xml, 4) == (2,)
    more = b'<table:table-row table:visibility="filter" table:number-rows-repeated="900"/></table:table>'
    content = sheet(TABLE, hidden=[2], form="ods")
    content = altered(content, "content.xml", (b"</table:table>", more))
    assert hidden_of(content) == ((2,), False)


def test_the_filter_of_a_table_is_said(place: Place, warehouse: Warehouse) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        page = made.add_worksheet("Données")
        columns = [{"header": name} for name in TABLE[0]]
        page.add_table(0, 0, 3, 1, {"data": TABLE[1:], "columns": columns})
        page.set_row(2, None, None, {"hidden": True})
    content = buffer.getvalue()
    assert hidden_of(content) == ((2,), False)
    left_on = b'<autoFilter ref="A1:B4"><filterColumn colId="1"/></autoFilter>'
    content = altered(content, "xl/tables/table1.xml", (b'<autoFilter ref="A1:B4"/>', left_on))
    assert hidden_of(content) == ((2,), True)
    report = load_file(warehouse, place.workspace, place.write("a-2016.xlsx", content))
    assert "filtre automatique" in " ".join(report.notices)
