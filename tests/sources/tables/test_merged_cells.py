"""Merged cells of a workbook: repeated on each row, never a figure for several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from built_workspace import SOURCE_TOML, Place, figures, plain, raw_of, says, source_of
from hypothesis import given
from hypothesis import strategies as st
from sheets_made import altered, sheet

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownTerritoryError,
    UnreadableNumberError,
)
from observatoire.sources.formats.workbook import read_sheets
from observatoire.sources.observations.builder import observe
from observatoire.sources.tables.merged_cells import merged_below, spread
from observatoire.sources.tables.raw_table import Merged
from observatoire.territories.matcher import Matcher
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse

FORMS = ("xlsx", "xls", "ods")
CENTRE, CHAUX, ARMES = "Centre et Terres", "Four à Chaux", "Place d’Armes"

#: Made-up figures: each quartier has two rows, one a year; its name stands on the first.
YEARS = [
    ["Commune", "Quartier", "Année", "Aidés"],
    ["Fort-de-France", CENTRE, 2014, 10], ["", "", 2015, 11],
    ["", CHAUX, 2014, 20], ["", "", 2015, 21],
    ["Le Lamentin", ARMES, 2014, 30], ["", "", 2015, 31],
]  # fmt: skip
MERGED = [(1, 0, 4, 0), (1, 1, 2, 1), (3, 1, 4, 1), (5, 0, 6, 0), (5, 1, 6, 1)]
BY_YEAR = {
    ("Q1", "2014"): 10, ("Q1", "2015"): 11, ("Q2", "2014"): 20, ("Q2", "2015"): 21,
    ("Q3", "2014"): 30, ("Q3", "2015"): 31,
}  # fmt: skip


def stored(warehouse: Warehouse) -> dict[tuple[str, str], float]:
    rows = warehouse.rows("SELECT territory, period, value FROM current_observation")
    return {(territory, period): value for territory, period, value in rows}


@pytest.mark.parametrize("form", FORMS)
def test_merged_territories_are_completed_and_said(
    place: Place, warehouse: Warehouse, form: str
) -> None:
    path = place.write(f"suivi.{form}", sheet(YEARS, MERGED, form=form))
    report = load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == BY_YEAR
    notices = plain(" ".join(report.notices))
    assert "3 cellules fusionnées de « Quartier » ont été complétées." in notices
    assert "4 cellules fusionnées de « Commune » ont été complétées." in notices
    assert "3 cellules fusionnées de « Quartier »" in plain(preview_file(place.workspace, path))


def test_the_declaration_written_loads_the_same_figures(place: Place, warehouse: Warehouse) -> None:
    path = place.write("suivi.xlsx", sheet(YEARS, MERGED))
    folder = preview_file(place.workspace, path).write().parent
    report = load_source(warehouse, place.workspace, folder)
    assert stored(warehouse) == BY_YEAR
    assert "« Quartier » ont été complétées" in plain(" ".join(report.notices))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_blank_cells_that_nothing_declares_merged_are_not_guessed(
    place: Place, warehouse: Warehouse, form: str
) -> None:
    text = "\n".join(";".join(map(str, row)) for row in YEARS)
    path = place.write(f"suivi.{form}", text if form == "csv" else sheet(YEARS))
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "vide", "chaque ligne", "Cellules vides", "fusionnée")
    assert stored(warehouse) == {}


def test_merged_periods_are_completed_and_blank_ones_are_not(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [
        ["Année", "Quartier", "Aidés"],
        [2014, CENTRE, 1],
        ["", CHAUX, 2],
        [2015, CENTRE, 3],
        ["", CHAUX, 4],
    ]
    path = place.write("suivi.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    load_file(warehouse, place.workspace, path)
    expected = {("Q1", "2014"): 1, ("Q2", "2014"): 2, ("Q1", "2015"): 3, ("Q2", "2015"): 4}
    assert stored(warehouse) == expected
    report = place.write("autre.xlsx", sheet(rows))
    with pytest.raises(Exception, match="la cellule est vide") as caught:
        load_file(warehouse, place.workspace, report)
    assert "fusionnées" in str(caught.value)


@pytest.mark.parametrize("form", FORMS)
def test_a_figure_over_several_territories_is_nobody_s(
    place: Place, warehouse: Warehouse, form: str
) -> None:
    rows = [["Quartier", "Aidés", "RSA"], [CENTRE, 120, 4], [CHAUX, "", 5], [ARMES, 7, 6]]
    path = place.write(f"a-2016.{form}", sheet(rows, [(1, 1, 2, 1)], form=form))
    with pytest.raises(UnreadableNumberError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 2", "« 120 »", "fusionnée", "lignes 2 à 3", "Défusionnez", "ignored")
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert (report.read, report.kept) == (3, 1)
    assert figures(warehouse) == {("Q3", "Aidés"): (7, "observed"), ("Q3", "RSA"): (6, "observed")}


def test_a_figure_over_several_columns_is_none_of_theirs(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [["Quartier", "Aidés", "RSA"], [CENTRE, 120, ""], [CHAUX, 4, 5]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 1, 1, 2)]))
    with pytest.raises(UnreadableNumberError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« 120 »", "colonnes « Aidés » à « RSA »")


@pytest.mark.parametrize("name", ["", "Secteur", "N° de zone"])
def test_what_groups_rows_without_being_a_figure_is_none(
    place: Place, warehouse: Warehouse, name: str
) -> None:
    north, south = ("1", "2") if name.startswith("N°") else ("Zone nord", "Zone sud")
    rows = [
        [name, "Quartier", "Aidés"],
        [north, CENTRE, 1],
        ["", CHAUX, 2],
        [south, ARMES, 3],
        ["", "Total", 6],
    ]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    report = load_file(warehouse, place.workspace, path)
    assert figures(warehouse) == {
        (code, "Aidés"): (value, "observed") for code, value in (("Q1", 1), ("Q2", 2), ("Q3", 3))
    }
    assert not [one for one in report.notices if "complétée" in one]  # it is left aside


def test_a_bound_over_several_rows_is_nobody_s(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Taux", "Bas", "Haut"], [CENTRE, 12, 10, 15], [CHAUX, 13, "", 15]]
    toml = SOURCE_TOML.replace("iris-2016", "quartier-2007").replace('"IRIS"', '"Quartier"')
    toml = toml.replace("population.csv", "a.xlsx").replace(
        'ignored = ["LIBIRIS"]', 'low_column = "Bas"\nhigh_column = "Haut"'
    )
    place.write("data/raw/src/source.toml", toml.replace("[variables.TAUX]", "[variables.Taux]"))
    place.write("data/raw/src/a.xlsx", sheet(rows, [(1, 2, 2, 2)]))
    with pytest.raises(RowError) as caught:
        place.load(warehouse)
    says(caught.value, "ligne 2", "colonne Bas", "fusionnée")


def test_totals_may_share_a_figure(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Quartier", "Aidés", "RSA"],
        [CENTRE, 1, 2],
        [ARMES, 3, 4],
        ["Total", 10, ""],
        ["Ensemble", 20, ""],
    ]
    path = place.write("a-2016.xlsx", sheet(rows, [(3, 1, 3, 2), (4, 1, 4, 2)]))
    assert load_file(warehouse, place.workspace, path).kept == 2
    assert figures(warehouse)["Q3", "RSA"] == (4, "observed")


def test_a_sign_over_several_rows_is_that_of_each(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Aidés", "RSA"], [CENTRE, "n.c.", ""], [CHAUX, "", ""], [ARMES, 7, 6]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 1, 2, 2)]))
    load_file(warehouse, place.workspace, path)
    stored = figures(warehouse)
    assert {stored[code, name] for code in ("Q1", "Q2") for name in ("Aidés", "RSA")} == {
        (None, "secret")
    }
    assert stored["Q3", "Aidés"] == (7, "observed")


def test_a_sign_reaches_no_further_than_figures(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Aidés", "Note", ""], [CENTRE, "n.c.", "", ""], [CHAUX, 4, "vu", ""]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 1, 1, 3)]))
    load_file(warehouse, place.workspace, path)
    expected = {("Q1", "Aidés"): (None, "secret"), ("Q2", "Aidés"): (4, "observed")}
    assert figures(warehouse) == expected
    parsed = preview_file(place.workspace, path).parsed
    assert parsed is not None
    assert parsed.table.frame["Note"].tolist() == ["", "vu"]


def test_a_row_that_holds_a_sign_only_is_one_of_the_merged_territory(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [["Quartier", "Aidés"], [CENTRE, 10], ["", "n.c."], [CHAUX, 4]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 0, 2, 0)]))
    with pytest.raises(DuplicateKeyError) as caught:  # a second figure, not a row about nothing
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "Centre et Terres", "après la ligne 2")


def test_a_sign_takes_the_place_of_no_figure(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", "IRIS;a;b\nx;n.c.;\ny;7;\nz;;3\n")
    table = replace(table, merged=(Merged(("a", "b"), 2, 4),))
    found = spread(table, ["a", "b"], ["n.c."]).frame[["a", "b"]].to_numpy().tolist()
    assert found == [["n.c.", "n.c."], ["7", "n.c."], ["n.c.", "3"]]


def test_a_merged_zoning_is_that_of_each_row(tmp_path: Path) -> None:
    toml = SOURCE_TOML.replace('period = "2016"', 'period = "2016"\nzoning_column = "Zonage"')
    source = source_of(tmp_path, toml)
    text = "Zonage;IRIS;POP\ncommune;A;1\n;B;2\n"
    table = raw_of(tmp_path / "population.csv", text, zoning_column="Zonage")
    table = replace(table, merged=(Merged(("Zonage",), 2, 3),))
    parsed = observe(table, source, source.files[0], {"commune": Matcher({"A": "a", "B": "b"})})
    assert parsed.observations[["zoning", "territory"]].to_numpy().tolist() == [
        ["commune", "A"], ["commune", "B"],
    ]  # fmt: skip


def test_merged_years_tell_apart_rows_of_one_figure(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Année", "Quartier", "Type", "Nombre"],
        [2014, CENTRE, "RSA", 1], ["", CENTRE, "AAH", 2], ["", CHAUX, "RSA", 3], ["", CHAUX, "AAH", 4],
        [2015, CENTRE, "RSA", 5], ["", CENTRE, "AAH", 6], ["", CHAUX, "RSA", 7], ["", CHAUX, "AAH", 8],
    ]  # fmt: skip
    path = place.write("suivi.xlsx", sheet(rows, [(1, 0, 4, 0), (5, 0, 8, 0)]))
    load_file(warehouse, place.workspace, path)
    query = "SELECT territory, variable, period, value FROM current_observation ORDER BY value"
    assert warehouse.rows(query) == [
        ("Q1", "RSA", "2014", 1), ("Q1", "AAH", "2014", 2), ("Q2", "RSA", "2014", 3),
        ("Q2", "AAH", "2014", 4), ("Q1", "RSA", "2015", 5), ("Q1", "AAH", "2015", 6),
        ("Q2", "RSA", "2015", 7), ("Q2", "AAH", "2015", 8),
    ]  # fmt: skip


def merges_of(content: bytes) -> tuple[object, ...]:
    (page,) = read_sheets(content, "a.ods")
    return page.appearance.merges


def test_repeated_rows_and_cells_of_an_opendocument_are_counted() -> None:
    content = altered(
        sheet([["Quartier", "a"], ["b", "c"], ["d", 1]], [(2, 1, 3, 1)], form="ods"), "content.xml",
        (b"<table:table-row>", b'<table:table-row table:number-rows-repeated="2">'),
    )  # fmt: skip
    assert merges_of(content) == (((4, 1), (5, 1)),)
    wide = altered(
        content, "content.xml",
        (b'office:value-type="string"><text:p>d', b'table:number-columns-repeated="3"><text:p>d'),
    )  # fmt: skip
    assert merges_of(wide) == (((4, 3), (5, 3)),)


def test_rows_two_lines_high_are_read_once(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Aidés", "Note"], [CENTRE, 120, "a"], ["", "", "suite"], [CHAUX, 4, ""]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 0, 2, 0), (1, 1, 2, 1)]))
    report = load_file(warehouse, place.workspace, path)
    assert (report.read, report.kept) == (3, 2)
    assert figures(warehouse) == {
        ("Q1", "Aidés"): (120, "observed"),
        ("Q2", "Aidés"): (4, "observed"),
    }
    assert not [one for one in report.notices if "complétée" in one]


@pytest.mark.parametrize("form", FORMS)
def test_short_codes_are_joined_to_a_merged_commune(
    place: Place, warehouse: Warehouse, form: str
) -> None:
    rows = [
        ["Commune", "IRIS", "Aidés"],
        ["97209", "0101", 1],
        ["", "0102", 2],
        ["", "0103", 3],
    ]
    path = place.write(f"a-2016.{form}", sheet(rows, [(1, 0, 3, 0)], form=form))
    load_file(warehouse, place.workspace, path)
    assert figures(warehouse) == {
        ("972090101", "Aidés"): (1, "observed"), ("972090102", "Aidés"): (2, "observed"),
        ("972090103", "Aidés"): (3, "observed"),
    }  # fmt: skip


def test_streets_of_a_merged_quartier_are_no_indicators(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Quartier", "Rue", "Aidés"],
        [CENTRE, "Nord", 1],
        ["", "Sud", 2],
        [CHAUX, "Est", 3],
        ["", "Ouest", 4],
    ]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    with pytest.raises(DuplicateKeyError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "Centre et Terres", "après la ligne 2")


def test_merged_titles_and_headers_read_as_before(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Suivi des quartiers", "", ""],
        ["Quartier", "Aidés", ""],
        ["", "2015", "2016"],
        [CENTRE, 1, 2],
        [CHAUX, 3, 4],
    ]
    path = place.write("suivi.xlsx", sheet(rows, [(0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 1, 2)]))
    load_file(warehouse, place.workspace, path)
    expected = {("Q1", "2015"): 1, ("Q1", "2016"): 2, ("Q2", "2015"): 3, ("Q2", "2016"): 4}
    assert stored(warehouse) == expected


def test_merged_cells_that_no_spreadsheet_writes_are_left_out(place: Place) -> None:
    rows = [["Quartier", "Aidés"], [CENTRE, 1], [CHAUX, 2]]
    content = sheet(rows, [(1, 0, 2, 0)])
    many = b'<mergeCell ref="B2:B1048576"/>' * 10_000 + b'<mergeCell ref="B3:A2"/>'
    path = place.write(
        "a-2016.xlsx",
        altered(content, "xl/worksheets/sheet1.xml", (b'<mergeCell ref="A2:A3"/>', many)),
    )
    shown = preview_file(place.workspace, path)
    assert shown.parsed is not None
    assert shown.parsed.rows_kept == 2


@given(
    top=st.integers(0, 9),
    left=st.integers(0, 5),
    down=st.integers(0, 5),
    right=st.integers(0, 5),
    line=st.integers(1, 9),
)
def test_only_ranges_below_the_header_and_inside_it_are_kept(
    top: int, left: int, down: int, right: int, line: int
) -> None:
    header = ["Quartier", "A", "B"]
    found = merged_below([((top, left), (top + down, left + right))], line, header)
    kept = top >= line and left < len(header)
    expected = (Merged(tuple(header[left : left + right + 1]), top + 1, top + down + 1),)
    assert found == (expected if kept else ())


# --- What a merged cell covers ---------------------------------------------------------------------


def covering(rows: list[list[object]], ref: str) -> bytes:
    """Return a workbook whose merged cell keeps what it covers, as LibreOffice and R write it."""
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    return altered(sheet(rows), "xl/worksheets/sheet1.xml", (b"</sheetData>", merged.encode()))


@pytest.mark.parametrize(
    ("rows", "ref", "words"),
    [
        (
            [["Quartier", "Aidés", "RSA"], [CENTRE, "n.c.", 3], [CHAUX, 7, 4], [ARMES, 8, 5]],
            "B2:B3",
            ("ligne 3", "colonne Aidés", "« 7 »", "lignes 2 à 3", "montre « n.c. »"),
        ),
        (
            [["Quartier", "Aidés", "RSA"], [CENTRE, "n.c.", 3], [CHAUX, 7, 4], [ARMES, 8, 5]],
            "B2:C2",
            ("ligne 2", "colonne RSA", "« 3 »", "(ligne 2)", "montre « n.c. »"),
        ),
        (
            [["Quartier", "Année", "Aidés"], [CENTRE, 2014, 1], [CHAUX, 2015, 2], [ARMES, 2014, 3]],
            "A2:A3",
            ("ligne 3", "colonne Quartier", f"« {CHAUX} »", f"montre « {CENTRE} »"),
        ),
        (
            [["Quartier", "Année", "Aidés"], [CENTRE, 2014, 1], ["Total", 2015, 2], [ARMES, 2014, 3]],
            "A2:A3",
            ("ligne 3", "colonne Quartier", "« Total »"),
        ),
        (
            [["Quartier", "Aidés", "RSA"], [CENTRE, "", 3], [CHAUX, 7, 4], [ARMES, 8, 5]],
            "B2:B3",
            ("ligne 3", "« 7 »", "ne montre rien"),
        ),
    ],
)  # fmt: skip
def test_what_a_merged_cell_covers_is_neither_shown_nor_read(
    place: Place, warehouse: Warehouse, rows: list[list[object]], ref: str, words: tuple[str, ...]
) -> None:
    path = place.write("a-2014.xlsx", covering(rows, ref))
    with pytest.raises(RowError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, *words, "Défusionnez", 'on_error="reject"')
    assert stored(warehouse) == {}
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert (report.read, report.kept) == (3, 2)


def test_the_same_text_under_a_merged_cell_is_no_doubt(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Quartier", "Aidés", "Note"],
        [CENTRE, "n.c.", "vu"],
        [CHAUX, "n.c.", "su"],
        [ARMES, 8, ""],
    ]
    path = place.write("a-2016.xlsx", covering(rows, "B2:B3"))
    load_file(warehouse, place.workspace, path)
    assert figures(warehouse)["Q2", "Aidés"] == (None, "secret")
    path = place.write("b-2016.xlsx", covering(rows, "C2:C3"))  # nobody reads that column
    assert load_file(warehouse, place.workspace, path).kept == 3


def test_a_sign_repeated_is_said(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Aidés", "RSA"], [CENTRE, "n.c.", ""], [CHAUX, "", ""], [ARMES, 7, 6]]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 1, 2, 2)]))
    notices = plain(" ".join(load_file(warehouse, place.workspace, path).notices))
    assert "1 cellule fusionnée de « Aidés » a été complétée." in notices
    assert "2 cellules fusionnées de « RSA » ont été complétées." in notices


def test_merged_cells_of_two_columns_without_a_name(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["", "", "Quartier", "Aidés"],
        ["Zone A", "Pôle 1", CENTRE, 1],
        ["", "", CHAUX, 2],
        ["Zone B", "Pôle 2", ARMES, 3],
    ]
    path = place.write("a-2016.xlsx", sheet(rows, [(1, 0, 2, 0), (1, 1, 2, 1)]))
    load_file(warehouse, place.workspace, path)
    assert {code: one for (code, _), one in figures(warehouse).items()} == {
        "Q1": (1, "observed"), "Q2": (2, "observed"), "Q3": (3, "observed")
    }  # fmt: skip


@pytest.mark.parametrize("text", ["moins de 5", "entre 5 et 9", "5 à 9", "néant", ""])
def test_the_declaration_written_completes_the_same_rows(
    place: Place, warehouse: Warehouse, text: str
) -> None:
    rows = [
        ["Quartier", "Année", "Aidés"],
        [CENTRE, 2014, 1],
        ["", 2015, text],
        [CHAUX, 2014, 3],
        ["", 2015, 4],
    ]
    path = place.write("suivi.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    query = "SELECT territory, period, value, low, high, status FROM current_observation"
    load_file(warehouse, place.workspace, path)
    direct = set(warehouse.rows(query))
    folder = preview_file(place.workspace, path).write().parent
    assert load_source(warehouse, place.workspace, folder).kept == 4
    assert set(warehouse.rows(query)) == direct
    assert len(direct) == 4
