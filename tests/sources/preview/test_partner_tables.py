"""What partners really send: units, thousands, per cent formats, years in columns, second tables."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from built_workspace import Place, dump, plain, says
from hypothesis import example, given
from hypothesis import strategies as st
from sheets_made import opendocument, percentages, sheets
from xls_made import shown_cells

from observatoire.errors import (
    DescriptorError,
    FileError,
    ObservatoireError,
    RowError,
    UnknownTerritoryError,
    UnreadableFileError,
    UnreadableNumberError,
)
from observatoire.sources.formats import limits
from observatoire.sources.formats.cells import _text_array, cells_text, percent_text
from observatoire.sources.formats.encoding import guess_encoding
from observatoire.sources.parsers.number_style import ungroup, writing_of
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse


def workbook(rows: list[list[Any]], percents: tuple[int, ...] = (), code: str = "0.0%") -> bytes:
    """Write a sheet whose columns ``percents`` are shown in per cent."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        shown = made.add_format({"num_format": code})
        dated = made.add_format({"num_format": "dd/mm/yyyy"})
        page = made.add_worksheet("Données")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(at, column, cell, dated)
                elif column in percents and isinstance(cell, int | float):
                    page.write_number(at, column, cell, shown)
                else:
                    page.write(at, column, cell)
    return buffer.getvalue()


def read(place: Place, path: Path) -> dict[tuple[str, str, str], float]:
    """Return what a preview reads: value by territory, variable and period."""
    shown = preview_file(place.workspace, path)
    assert shown.refusal is None, shown.refusal
    assert shown.parsed is not None
    cells = shown.parsed.observations
    keys = zip(cells["territory"], cells["variable"], cells["period"], strict=True)
    return dict(zip(keys, cells["value"], strict=True))


def refusal(place: Place, path: Path) -> ObservatoireError:
    """Return the error that refuses a file; the warehouse stays as it was."""
    warehouse = place.empty_warehouse()
    before = dump(warehouse)
    with pytest.raises(ObservatoireError) as caught:
        load_file(warehouse, place.workspace, path)
    assert dump(warehouse) == before
    return caught.value


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1.234", "12.345,5"), (1234, 12345.5)),
        (("1,234", "12,345.5"), (1234, 12345.5)),
        (("1'234", "12’345,5"), (1234, 12345.5)),
        (("1.234.567", "1.234"), (1234567, 1234)),
        (("0.228", "3.184"), (0.228, 3.184)),
        (("1.234", "12,5"), (1234, 12.5)),
        (("12.345,5 €", "1.000 €"), (12345.5, 1000)),
    ],
)
def test_marks_between_thousands(
    place: Place, warehouse: Warehouse, cells: tuple[str, str], values: tuple[float, float]
) -> None:
    text = "Quartier;Montant\nFour à Chaux;{}\nPlace d’Armes;{}\n".format(*cells)
    path = place.write("aides-2016.csv", text)
    assert tuple(read(place, path).values()) == values
    load_file(warehouse, place.workspace, path)


@pytest.mark.parametrize("cells", [("1,234", "2,345"), ("1.234", "22.345")])
def test_a_number_that_reads_in_two_ways_is_refused_until_declared(
    place: Place, warehouse: Warehouse, cells: tuple[str, str]
) -> None:
    text = "Quartier;Aidés\nFour à Chaux;{}\nPlace d’Armes;{}\n".format(*cells)
    path = place.write("aides-2016.csv", text)
    says(refusal(place, path), cells[0], "1 234", "deux façons", "thousands")
    written = preview_file(place.workspace, path).write()
    with pytest.raises(DescriptorError):
        load_source(warehouse, place.workspace, written.parent)
    mark = cells[0][1]
    draft = written.read_text("utf-8")
    assert 'thousands = "?"' in draft
    written.write_text(draft.replace('"?"', f'"{mark}"').replace('"index"', '"count"'), "utf-8")
    load_source(warehouse, place.workspace, written.parent)
    assert warehouse.rows("SELECT min(value) FROM observation") == [(1234.0,)]


@given(st.lists(st.integers(1000, 10**9), min_size=1), st.sampled_from([".", ",", "'"]))
def test_numbers_written_with_any_mark_come_back(numbers: list[int], mark: str) -> None:
    import pandas as pd

    texts = [f"{one:,}".replace(",", mark) for one in numbers]
    assert ungroup(pd.Series(texts), mark).to_list() == [str(one) for one in numbers]
    writing = writing_of(texts)
    assert writing.thousands == mark or writing.doubtful in texts


@given(st.decimals(0, 1, places=6))
def test_a_share_shown_in_per_cent_keeps_every_digit(share: Any) -> None:
    assert float(percent_text(str(share)).removesuffix(" %")) == float(share * 100)


@pytest.mark.parametrize("code", ["0%", "0.0 %", '0.0" "%'])
def test_cells_shown_in_per_cent_are_percentages(
    place: Place, warehouse: Warehouse, code: str
) -> None:
    rows = [["Quartier", "Taux"], ["Four à Chaux", 0.125], ["Place d’Armes", "30 %"]]
    path = place.write("taux-2016.xlsx", workbook(rows, (1,), code))
    assert set(read(place, path).values()) == {12.5, 30}
    assert load_file(warehouse, place.workspace, path).kept == 2


def test_a_rate_beyond_one_shown_in_per_cent(place: Place) -> None:
    rows = [["Quartier", "Taux"], ["Four à Chaux", 1.6], ["Place d’Armes", 0.3]]
    path = place.write("taux-2016.xlsx", workbook(rows, (1,)))
    assert set(read(place, path).values()) == {160, 30}


def test_percentages_of_an_opendocument_sheet(place: Place) -> None:
    rows = [["Quartier", "Taux"], ["Four à Chaux", 0.125], ["Place d’Armes", "30 %"]]
    assert set(read(place, place.write("taux-2016.ods", percentages(rows))).values()) == {12.5, 30}


@pytest.mark.parametrize("code", ["0%", "0.0 %", '0.0" "%', "[Red]0.00%;-0.00%", 9, 10])
def test_cells_of_an_old_workbook_shown_in_per_cent(place: Place, code: str | int) -> None:
    cells: list[tuple[int, int, object, int]] = [
        (0, 0, "Quartier", 0), (0, 1, "Taux", 0), (0, 2, "Part", 0), (0, 3, "Autre", 0), (0, 4, "Vu", 0),
        (1, 0, "Four à Chaux", 0), (1, 1, 0.125, 1), (1, 2, [25, 50], 1), (1, 4, 0.25, 2),
        (2, 0, "Place d’Armes", 0), (2, 1, "30 %", 0), (2, 2, 40, 1), (2, 3, 150, 1), (2, 4, 0.75, 2),
    ]  # fmt: skip
    path = place.write("taux-2016.xls", shown_cells(["General", code, '0.00"%"'], cells))
    assert read(place, path) == {
        ("Q2", "Taux", "2016"): 12.5,
        ("Q2", "Part", "2016"): 25,
        ("Q2", "Autre", "2016"): 50,
        ("Q2", "Vu", "2016"): 0.25,
        ("Q3", "Taux", "2016"): 30,
        ("Q3", "Part", "2016"): 40,
        ("Q3", "Autre", "2016"): 150,
        ("Q3", "Vu", "2016"): 0.75,
    }


def test_an_error_of_an_old_workbook_is_no_blank(place: Place) -> None:
    cells: list[tuple[int, int, object, int]] = [
        (0, 0, "Quartier", 0), (0, 1, "Aidés", 0), (1, 0, "Four à Chaux", 0), (1, 1, [], 0),
        (2, 0, "Place d’Armes", 0), (2, 1, 300, 0),
    ]  # fmt: skip
    says(
        refusal(place, place.write("a-2016.xls", shown_cells(["General"], cells))),
        "#DIV/0!",
        "formule",
    )


def test_a_declared_share_reads_percentages(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('nature = "rate"\nunit = "%"', 'nature = "rate"\nunit = "part"')
    place.csv("IRIS;LIBIRIS;POP;TAUX\n972090101;x;1;12,5 %\n972090102;x;2;0,3\n")
    place.load(warehouse)
    rows = warehouse.rows(
        "SELECT value FROM observation WHERE variable = 'TAUX' ORDER BY territory"
    )
    assert rows == [(0.125,), (0.3,)]


def test_a_bare_share_among_percentages_is_refused(place: Place) -> None:
    text = "Quartier;Taux\nFour à Chaux;0,25\nPlace d’Armes;25 %\n"
    says(refusal(place, place.write("taux-2016.csv", text)), "0,25", "Taux", "facteur cent")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Quartier;Taux\nFour à Chaux;0,11\nPlace d’Armes;26\nCentre et Terres;25\n",
            ("« 0,11 »", "« Taux »", "une part", "source.toml"),
        ),
        (
            "Quartier;Taux\nFour à Chaux;0,8 %\nPlace d’Armes;0,9\n",
            ("« 0,9 »", "colonne Taux", "facteur cent"),
        ),
        (
            "Quartier;Taux 2015;Taux 2016\nFour à Chaux;0,11;12\nPlace d’Armes;0,26;13\n",
            ("« 0,11 »", "« Taux »", "facteur cent"),
        ),
        (
            "Quartier;Taux 2015;Taux 2016\nFour à Chaux;0,11;12 %\nPlace d’Armes;0,26;13 %\n",
            ("« 0,11 »", "colonne Taux", "facteur cent"),
        ),
        (
            "Quartier;Indicateur;2015;2016\nFour à Chaux;Taux;0,11;0,12\nPlace d’Armes;Taux;26;27\n",
            ("« 0,11 »", "« Taux »", "une part"),
        ),
    ],
    ids=["bare", "small", "columns", "signed column", "rows"],
)
def test_what_may_be_a_share_among_percentages_is_refused(
    place: Place, text: str, parts: tuple[str, ...]
) -> None:
    says(refusal(place, place.write("taux-2016.csv", text)), *parts)


@pytest.mark.parametrize("cells", [("0,8", "12,4"), ("0,5", "8,1"), ("0", "26"), ("0,11", "0,26")])
def test_small_percentages_and_shares_are_read(place: Place, cells: tuple[str, str]) -> None:
    text = "Quartier;Taux\nFour à Chaux;{}\nPlace d’Armes;{}\n".format(*cells)
    found = tuple(read(place, place.write("taux-2016.csv", text)).values())
    assert found == tuple(float(cell.replace(",", ".")) for cell in cells)


def test_a_doubtful_percentage_loads_once_described(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Taux\nFour à Chaux;0,11\nPlace d’Armes;26\n"
    written = preview_file(place.workspace, place.write("taux-2016.csv", text)).write()
    load_source(warehouse, place.workspace, written.parent)
    assert warehouse.rows("SELECT value FROM observation ORDER BY 1") == [(0.11,), (26,)]


def test_a_residence_a_row_is_no_indicator(place: Place) -> None:
    text = "Résidence;Quartier;Logements\nLilas;Four à Chaux;1\nRoses;Four à Chaux;2\nCèdres;Place d’Armes;3\n"
    says(
        refusal(place, place.write("parc-2016.csv", text)),
        "ligne 3",
        "une seconde fois",
        "leur somme",
    )


def test_a_lone_indicator_in_rows_is_the_variable(place: Place) -> None:
    text = "Quartier;Indicateur;Valeur\nFour à Chaux;Aidés;5\nPlace d’Armes;Aidés;6\n"
    figures = read(place, place.write("a-2016.csv", text))
    assert figures == {("Q2", "Aidés", "2016"): 5, ("Q3", "Aidés", "2016"): 6}


def test_units_after_numbers(place: Place) -> None:
    text = "Quartier;Revenu médian;Âge moyen\nFour à Chaux;12 345 €;35,2 ans\nPlace d’Armes;9 000 €;40 ans\n"
    path = place.write("revenus-2016.csv", text)
    assert sorted(read(place, path).values()) == [35.2, 40, 9000, 12345]
    shown = preview_file(place.workspace, path)
    assert {v.code: (str(v.nature), v.unit) for v in shown.source.variables.values()} == {  # type: ignore[union-attr]
        "Revenu médian": ("median", "€"),
        "Âge moyen": ("mean", "ans"),
    }


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("12 (3)", "appel de note"),
        ("12 k€", "sans unité"),
        ("(12)", "un négatif (-12)"),
        ("(1 234,5)", "écrivez -1 234,5"),
        ("12-", "écrivez -12"),
        ("mars-12", "C’est une date"),
        ("12/03/2016", "C’est une date"),
    ],
)
def test_what_cannot_be_read_is_said_and_never_left_out(
    place: Place, cell: str, remedy: str
) -> None:
    path = place.write("a-2016.csv", f"Quartier;Aides\nFour à Chaux;{cell}\nPlace d’Armes;3,5 M€\n")
    error = refusal(place, path)
    assert isinstance(error, UnreadableNumberError)
    says(error, cell, "ligne 2", remedy)


@pytest.mark.parametrize(
    "cells", [("12 k€", "600"), ("1,2 M", "600 000"), ("12 k€", "5 M€"), ("12 k€", "900 €")]
)
def test_a_number_without_the_multiple_of_the_others_is_asked(
    place: Place, cells: tuple[str, str]
) -> None:
    first, second = cells
    text = f"Quartier;Aides\nFour à Chaux;{first}\nPlace d’Armes;{second}\n"
    says(refusal(place, place.write("a-2016.csv", text)), first, "dans la même", "sans unité")


def test_how_numbers_are_written_is_seen_on_all_rows(place: Place) -> None:
    text = "Quartier;Aides\nFour à Chaux;1.234\nPlace d’Armes;12,5\nAilleurs;1.2\n"
    says(refusal(place, place.write("a-2016.csv", text)), "« 1.234 » se lit de deux façons")


def test_parentheses_read_in_two_ways_and_are_refused_with_both(place: Place) -> None:
    path = place.write("a-2016.csv", "Quartier;Aides\nFour à Chaux;(12)\nPlace d’Armes;3\n")
    says(refusal(place, path), "(12)", "ligne 2", "négatif", "englobe", 'missing = ["(12)"]')


MARKED = {
    "12*": (12, "appel de note"),
    "12 *": (12, "appel de note"),
    "1 234,5 (p)": (1234.5, "provisoire"),
    "12 (e)": (12, "estimé"),
    "12 (R)": (12, "révisé"),
    "12¹": (12, "appel de note"),
    "12,5 % (p)": (12.5, "provisoire"),
}


@pytest.mark.parametrize("cell", MARKED)
def test_a_number_with_its_mark_is_kept_and_said(
    place: Place, warehouse: Warehouse, cell: str
) -> None:
    more = "7 %" if "%" in cell else "7"
    path = place.write("a-2016.csv", f"Quartier;Aides\nFour à Chaux;{cell}\nPlace d’Armes;{more}\n")
    value, note = MARKED[cell]
    shown = preview_file(place.workspace, path)
    assert "1 nombre gardé" in plain(shown)
    report = load_file(warehouse, place.workspace, path)
    assert any(note in one and "1 nombre gardé" in plain(one) for one in report.notices)
    query = "SELECT value, status, note, marker FROM observation ORDER BY line"
    first, second = warehouse.rows(query)
    assert first[:3] == (value, "observed", note)
    assert first[3].replace(" %", "") == cell.replace(" %", "")
    assert second == (7, "observed", "", "")
    written = shown.write()
    load_source(warehouse, place.workspace, written.parent)
    assert warehouse.rows(query + " LIMIT 2")[0] == first


OPEN = ("10 et plus", "plus de 10", "> 10", "≥ 10", ">=10", "10 ou plus", "10+")


@pytest.mark.parametrize("cell", OPEN)
def test_an_open_class_never_has_a_ceiling(place: Place, warehouse: Warehouse, cell: str) -> None:
    text = f"Quartier;Aidés\nFour à Chaux;{cell}\nPlace d’Armes;moins de cinq\nCentre et Terres;7\n"
    path = place.write("a-2016.csv", text)
    assert f"« {cell} » : 1 classe ouverte" in plain(preview_file(place.workspace, path))
    report = load_file(warehouse, place.workspace, path)
    assert any("classe ouverte" in plain(one) for one in report.notices)
    assert warehouse.rows(
        "SELECT value, low, high, status, marker FROM observation ORDER BY line"
    ) == [
        (None, 10, None, "missing", cell),
        (None, 0, 4, "bounded", "moins de cinq"),
        (7, None, None, "observed", ""),
    ]


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("Néant", "observed"), ("aucun", "observed"), ("N.D.", "missing"), ("nd", "missing"),
        ("NC", "secret"), ("ns", "missing"), ("s.o.", "not_applicable"), ("Sans Objet", "not_applicable"),
        ("secret stat.", "secret"), ("Confidentiel", "secret"), ("NON RENSEIGNÉ", "missing"), ("-", "missing"),
        ("—", "missing"), ("…", "missing"), ("..", "missing"), ("//", "not_applicable"),
    ],
)  # fmt: skip
def test_words_written_for_a_number(
    place: Place, warehouse: Warehouse, cell: str, status: str
) -> None:
    text = f"Quartier;Aidés\nFour à Chaux;{cell}\nPlace d’Armes;3\nCentre et Terres;7\n"
    path = place.write("a-2016.csv", text)
    shown = preview_file(place.workspace, path)
    assert f"« {cell} » = " in plain(shown)
    report = load_file(warehouse, place.workspace, path)
    value = 0 if status == "observed" else None
    query = "SELECT value, status, marker FROM observation ORDER BY line LIMIT 1"
    assert warehouse.rows(query) == [(value, status, cell)]
    assert any("lu zéro" in one for one in report.notices) == (value == 0)


def test_a_formula_in_error_is_said_for_what_it_is(place: Place) -> None:
    path = place.write("a-2016.csv", "Quartier;Aides\nFour à Chaux;#NUM !\nPlace d’Armes;3\n")
    says(refusal(place, path), "#NUM !", "formule")


# --- Names ----------------------------------------------------------------------------------------


def test_a_name_followed_by_the_call_of_a_note(place: Place) -> None:
    text = "Quartier;Aidés\nFour à Chaux (1);5\nPlace d’Armes*;6\n(1) provisoire;\n"
    assert set(read(place, place.write("a-2016.csv", text))) == {
        ("Q2", "Aidés", "2016"),
        ("Q3", "Aidés", "2016"),
    }


def test_subtotals_by_commune_are_of_another_level(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Aidés\nFort-de-France;9\nFour à Chaux;5\nLe Lamentin;6\nPlace d’Armes;6\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.read, report.kept) == (4, 2)
    assert set(report.rejects["reason"]) == {"Autre niveau géographique : commune."}


def test_other_levels_among_communes_are_set_aside(place: Place, warehouse: Warehouse) -> None:
    levels = ["FR", "R84", "D1", "D972", "200041788", "01004", "1004", "97105"]
    text = "id;aidés\n" + "".join(f"{one};1\n" for one in levels) + "97209;5\n97213;6\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.read, report.kept, set(report.rejects["kind"])) == (10, 2, {"outside"})


def test_a_commune_ill_written_is_still_a_fault(place: Place) -> None:
    text = "id;aidés\n97209;5\n97213;6\n9720O;1\n"
    error = refusal(place, place.write("a-2016.csv", text))
    assert isinstance(error, UnknownTerritoryError)
    assert len(error.data["rejects"]) == 1


def test_codes_of_wider_places_are_no_figures(place: Place) -> None:
    text = "id;comp1;comp2;comp3;aidés\n97209;249720061;D972;972;5\n97213;249720061;D972;972;6\n"
    assert set(read(place, place.write("a-2016.csv", text)).values()) == {5, 6}


SHORT = {
    "écrits en texte": "COM;IRIS;Aidés\n97209;0101;5\n97209;0103;6\n97213;0101;7\n01004;0101;9\n",
    "zéros perdus": "IRIS;Libellé;Commune;Aidés\n101;x;97209;5\n103;y;97209;6\n101;z;97213;7\n101;t;01004;9\n",
    "avec un total": "COM;IRIS;Aidés\n97209;0101;5\n97209;0103;6\n97213;0101;7\n97209;Total;11\n",
}


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_short_codes_are_joined_to_those_of_their_communes(
    place: Place, warehouse: Warehouse, text: str
) -> None:
    path = place.write("a-2016.csv", text)
    report = load_file(warehouse, place.workspace, path)
    assert any("joints à la commune" in one for one in report.notices)
    assert (report.read, report.kept, set(report.rejects["kind"]) <= {"outside", "total"}) == (
        4,
        3,
        True,
    )
    query = "SELECT zoning, territory, value FROM current_observation ORDER BY value"
    found = warehouse.rows(query)
    assert found == [
        ("iris-2016", "972090101", 5), ("iris-2016", "972090103", 6), ("iris-2016", "972130101", 7),
    ]  # fmt: skip
    shown = preview_file(place.workspace, path)
    assert "joints à la commune" in plain(shown)
    load_source(warehouse, place.workspace, shown.write().parent)
    assert warehouse.rows(query) == found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("COM;IRIS;Aidés\n97209;9001;5\n97209;9002;6\n", ("courts", "« 9001 »", "« 972099001 »")),
        ("Code IRIS;Aidés\n0101;5\n0103;6\n", ("courts", "« 0101 »", "leur commune")),
    ],
)
def test_short_codes_that_cannot_be_joined_say_why(
    place: Place, text: str, parts: tuple[str, ...]
) -> None:
    says(refusal(place, place.write("a-2016.csv", text)), *parts, "neuf chiffres")


def test_figures_beside_communes_are_no_short_codes(place: Place, warehouse: Warehouse) -> None:
    text = "Commune;Aidés\n97209;101\n97213;101\n"
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert warehouse.rows("SELECT DISTINCT zoning FROM observation") == [("commune-2016",)]


# --- Tables ---------------------------------------------------------------------------------------


def test_years_as_names_of_columns_are_one_variable(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Allocataires"],
        [],
        ["Quartier", 2014, 2015],
        ["Four à Chaux", 1, 2],
        ["Place d’Armes", 3, 4],
    ]
    path = place.write("caf.xlsx", workbook(rows))
    assert read(place, path) == {
        ("Q2", "Allocataires", "2014"): 1,
        ("Q2", "Allocataires", "2015"): 2,
        ("Q3", "Allocataires", "2014"): 3,
        ("Q3", "Allocataires", "2015"): 4,
    }
    written = preview_file(place.workspace, path).write()
    load_source(warehouse, place.workspace, written.parent)
    assert warehouse.rows("SELECT count(DISTINCT variable), count(*) FROM observation") == [(1, 4)]


def test_two_columns_of_one_variable_need_two_periods(place: Place, warehouse: Warehouse) -> None:
    place.source_toml(
        'ignored = ["LIBIRIS"]', 'ignored = ["LIBIRIS"]\ncolumns = { A = "POP", B = "POP" }'
    )
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "« A »", "« B »", "POP (2016)", "[files.periods]")


def test_names_under_groups_are_distinguished(place: Place) -> None:
    rows = [
        ["Ménages aidés"],
        ["", "Hommes", "", "Femmes", ""],
        ["Quartier", "Jeunes", "Âgés", "Jeunes", "Âgés"],
        ["Four à Chaux", 1, 2, 3, 4],
        ["Place d’Armes", 5, 6, 7, 8],
    ]
    figures = read(place, place.write("a-2016.xlsx", workbook(rows)))
    assert figures["Q2", "Jeunes Hommes", "2016"] == 1
    assert figures["Q3", "Âgés Femmes", "2016"] == 8


def test_merged_groups_over_names_are_named_by_both(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["CCAS, aides 2016"],
        ["Quartier", "Aides alimentaires", "", "Secours", "", "Vu"],
        ["", "Foyers", "Montant (€)", "Foyers", "Montant (€)", ""],
        ["Four à Chaux", 1, "2 000 €", 3, 4.5, "oui"],
        ["Place d’Armes", 5, 6, 7, 8, ""],
        ["Total", 6, 2006, 10, 12.5, ""],
    ]
    path = place.write("a-2016.xlsx", workbook(rows))
    figures = {key[:2]: value for key, value in read(place, path).items()}
    assert figures["Q2", "Aides alimentaires Foyers"] == 1
    assert figures["Q2", "Aides alimentaires Montant (€)"] == 2000
    assert figures["Q2", "Secours Montant (€)"] == 4.5
    assert figures["Q3", "Secours Foyers"] == 7
    assert len(figures) == 8
    report = load_file(warehouse, place.workspace, path)
    assert (report.read, report.kept, report.rejects["line"].to_list()) == (3, 2, [6])
    before = warehouse.rows(
        "SELECT territory, variable, value FROM current_observation ORDER BY ALL"
    )
    load_source(warehouse, place.workspace, preview_file(place.workspace, path).write().parent)
    after = warehouse.rows(
        "SELECT territory, variable, value FROM current_observation ORDER BY ALL"
    )
    assert before == after


def test_years_under_merged_groups_are_periods(place: Place) -> None:
    text = (
        "Quartier;Aidés;;RSA;\n;2014;2015;2014;2015\nFour à Chaux;1;2;3;4\nPlace d’Armes;5;6;7;8\n"
    )
    assert read(place, place.write("a.csv", text)) == {
        ("Q2", "Aidés", "2014"): 1, ("Q2", "Aidés", "2015"): 2,
        ("Q2", "RSA", "2014"): 3, ("Q2", "RSA", "2015"): 4,
        ("Q3", "Aidés", "2014"): 5, ("Q3", "Aidés", "2015"): 6,
        ("Q3", "RSA", "2014"): 7, ("Q3", "RSA", "2015"): 8,
    }  # fmt: skip


def test_a_row_of_figures_under_the_names_names_nothing(place: Place) -> None:
    text = "Quartier;Aidés;\n;12;13\nFour à Chaux;1;2\nPlace d’Armes;5;6\n"
    error = refusal(place, place.write("a-2016.csv", text))
    says(error, "ligne 2", "vide")


def test_names_on_several_lines(place: Place) -> None:
    rows = [["Quartier\nprioritaire", "Revenu\nmédian"], ["Four à Chaux", 1], ["Place d’Armes", 2]]
    path = place.write("a-2016.xlsx", workbook(rows))
    assert set(read(place, path)) == {
        ("Q2", "Revenu médian", "2016"),
        ("Q3", "Revenu médian", "2016"),
    }
    shown = preview_file(place.workspace, path)
    assert shown.source.variables["Revenu médian"].nature == "median"  # type: ignore[union-attr]


def test_months_alone_are_periods_of_the_year_that_the_file_states(place: Place) -> None:
    rows = [
        ["Main courante"],
        ["Secteur", "janv.", "Février"],
        ["Four à Chaux", 1, 2],
        ["Place d’Armes", 4, 5],
    ]
    assert read(place, place.write("a-2022.xlsx", workbook(rows))) == {
        ("Q2", "Main courante", "2022-01"): 1, ("Q2", "Main courante", "2022-02"): 2,
        ("Q3", "Main courante", "2022-01"): 4, ("Q3", "Main courante", "2022-02"): 5,
    }  # fmt: skip
    totalled = [rows[0], *([*row, end] for row, end in zip(rows[1:], ("Total", 3, 9), strict=True))]
    # Two months and their total: that total is not the one of 2022.
    shown = refusal(place, place.write("b-2022.xlsx", workbook(totalled)))
    says(shown, "« Total » n’en dit aucune", "--period")


def test_sizes_of_flats_are_no_quarters(place: Place) -> None:
    text = "Quartier;T1;T2;T3;T4\nFour à Chaux;1;2;3;4\nPlace d’Armes;5;6;7;8\n"
    figures = read(place, place.write("parc-2020.csv", text))
    assert {key[1:] for key in figures} == {(f"T{size}", "2020") for size in (1, 2, 3, 4)}


def test_dates_as_names_of_columns_are_periods(place: Place) -> None:
    days = [datetime(2019, 1, 1), datetime(2019, 2, 1)]  # noqa: DTZ001 - a workbook knows no zone
    rows = [["Quartier", *days], ["Four à Chaux", 1, 2], ["Place d’Armes", 3, 4]]
    assert read(place, place.write("suivi.xlsx", workbook(rows))) == {
        ("Q2", "suivi", "2019-01"): 1, ("Q2", "suivi", "2019-02"): 2,
        ("Q3", "suivi", "2019-01"): 3, ("Q3", "suivi", "2019-02"): 4,
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["1.200 €", "1.200", "12 345,50 €"])
def test_thousands_typed_in_a_workbook_beside_numbers(place: Place, typed: str) -> None:
    rows = [
        ["Quartier", "Montant (€)", "Loyer"],
        ["Four à Chaux", typed, 5.125],
        ["Place d’Armes", "2 345,50 €", "nd"],
    ]
    figures = read(place, place.write("a-2016.xlsx", workbook(rows)))
    assert figures["Q2", "Montant (€)", "2016"] == (12345.5 if "," in typed else 1200)
    assert figures["Q2", "Loyer", "2016"] == 5.125  # a number of three decimals is no typed text
    assert figures["Q3", "Montant (€)", "2016"] == 2345.5


def test_thousands_typed_alone_in_a_workbook_are_refused(place: Place) -> None:
    rows = [["Quartier", "Montant"], ["Four à Chaux", "1.200"], ["Place d’Armes", 6.125]]
    says(refusal(place, place.write("a-2016.xlsx", workbook(rows))), "1.200", "deux façons")


@given(st.floats(-1e3, 1e3, allow_nan=False).map(lambda one: round(one, 3)))
@example(1.234)
@example(-12.345)
def test_a_number_of_a_workbook_never_looks_like_thousands(number: float) -> None:
    (text,) = cells_text([number])
    assert float(text) == number
    assert writing_of([text]).doubtful == ""
    assert _text_array([number]).to_pylist() == [text]


def test_other_sheets_are_said_and_hidden_ones_are_not_read(
    place: Place, warehouse: Warehouse
) -> None:
    table = [["Quartier", "Aidés"], ["Four à Chaux", 1], ["Place d’Armes", 2]]
    old, other = [*table, ["Centre et Terres", 999]], [["Quartier", "Logés"], *table[1:]]
    path = place.write("caf-2016.xlsx", sheets(xAncien=old, Est=table, Ouest=other))
    report = load_file(warehouse, place.workspace, path)
    assert report.kept == 2
    assert any("« Ouest »" in one and "pas lue" in one for one in report.notices)
    assert any("« xAncien »" in one and "Masqué" in one for one in report.notices)
    text = plain(preview_file(place.workspace, path))
    assert "« Ouest »" in text
    assert "« xAncien »" in text


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_hidden_columns_are_said(place: Place, warehouse: Warehouse, form: str) -> None:
    table = [["Quartier", "Brouillon", "Aidés"], ["Four à Chaux", 9, 1], ["Place d’Armes", 8, 2]]
    path = place.write(f"caf-2016.{form}", without_second(table, form))
    report = load_file(warehouse, place.workspace, path)
    assert report.kept == 2
    notices = [one for one in report.notices if "masquées" in one]
    assert len(notices) == 1
    assert "« Brouillon »" in notices[0]
    assert "Aidés" not in notices[0]
    assert "« Brouillon »" in plain(preview_file(place.workspace, path)._sections()[0].lines[-2:])


def without_second(rows: list[list[Any]], form: str) -> bytes:
    """Write a sheet whose second column is hidden."""
    if form == "ods":
        seen, unseen = (
            f'<table:table-column table:visibility="{state}"/>' for state in ("visible", "collapse")
        )
        return opendocument(rows, columns=seen + unseen + seen)
    if form == "xls":
        cells: list[tuple[int, int, object, int]] = [
            (at, rank, cell if isinstance(cell, str) else cell * 100, 0)
            for at, row in enumerate(rows)
            for rank, cell in enumerate(row)
        ]
        return shown_cells(["General"], cells, hidden=1)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        page = made.add_worksheet("Données")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        page.set_column(1, 1, None, None, {"hidden": True})
    return buffer.getvalue()


def test_a_hidden_sheet_is_read_when_nothing_is_seen(place: Place) -> None:
    table = [["Quartier", "Aidés"], ["Four à Chaux", 1], ["Place d’Armes", 2]]
    path = place.write("caf-2016.xlsx", sheets(Vide=[], xEst=table))
    assert set(read(place, path).values()) == {1, 2}


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Dépenses (en milliers d’euros)", "milliers d’euros"), ("Budget (k€)", "milliers d’euros"),
        ("Budget (M€)", "millions d’euros"), ("Montant", "à préciser"), ("Dépenses en euros", "euros"),
    ],
)  # fmt: skip
def test_the_unit_of_an_amount_is_that_of_its_column(place: Place, name: str, unit: str) -> None:
    text = f"Quartier;{name}\nFour à Chaux;120,5\nPlace d’Armes;3\n"
    shown = preview_file(place.workspace, place.write("a-2016.csv", text))
    assert shown.source.variables[name].unit == unit  # type: ignore[union-attr]


@pytest.mark.parametrize("before", [25, 450])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_far_below_is_found(
    place: Place, warehouse: Warehouse, before: int, form: str
) -> None:
    prose = [[f"Paragraphe {at} du rapport"] for at in range(before)]
    rows = [*prose, ["Quartier", "Aidés"], ["Four à Chaux", 5], ["Place d’Armes", 6]]
    text = "\n".join(";".join(map(str, row)) for row in rows)
    path = place.write(f"a-2016.{form}", text if form == "csv" else workbook(rows))
    assert load_file(warehouse, place.workspace, path).kept == 2
    query = "SELECT variable, value FROM current_observation ORDER BY value"
    assert warehouse.rows(query) == [("Aidés", 5), ("Aidés", 6)]
    load_source(warehouse, place.workspace, preview_file(place.workspace, path).write().parent)
    assert warehouse.rows(query) == [("Aidés", 5), ("Aidés", 6)]


def test_numbers_of_columns_are_set_aside(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Aidés;RSA\n(1);(2);(3)\nFour à Chaux;5;6\nPlace d’Armes;1;2\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert report.kept == 2
    assert report.rejects[["line", "kind"]].drop_duplicates().to_numpy().tolist() == [[2, "note"]]


def test_an_empty_territory_says_what_a_merged_cell_or_a_total_needs(place: Place) -> None:
    text = "Quartier;Dispositif;Aidés\nFour à Chaux;A;5\n;B;6\nPlace d’Armes;A;1\n"
    says(
        refusal(place, place.write("a-2016.csv", text)), "ligne 3", "vide", "fusionnée", "« Total »"
    )


def test_a_rank_before_a_name_is_none_and_what_lies_outside_is_said(
    place: Place, warehouse: Warehouse
) -> None:
    text = "Quartier;Aidés\n01 - Four à Chaux;5\n2. Place d’Armes;6\n99 - Hors secteur;1\nNon localisés;3\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.read, report.kept, set(report.rejects["kind"])) == (4, 2, {"total"})


def test_one_figure_a_row(place: Place, warehouse: Warehouse) -> None:
    text = (
        "Quartier;Indicateur;Valeur\nFour à Chaux;Allocataires;5\nFour à Chaux;Taux d’emploi (%);50,5\n"
        "Place d’Armes;Allocataires;6\nPlace d’Armes;Taux d’emploi (%);40\n"
    )
    path = place.write("a-2016.csv", text)
    assert read(place, path)["Q2", "Taux d’emploi (%)", "2016"] == 50.5
    shown = preview_file(place.workspace, path)
    assert shown.source.variables["Taux d’emploi (%)"].nature == "rate"  # type: ignore[union-attr]
    assert load_file(warehouse, place.workspace, path).kept == 4


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("T1 2014", "2014-T1"),
        ("2e trimestre 2014", "2014-T2"),
        ("mars 2014", "2014-03"),
        ("2014-S2", "2014-S2"),
        ("31/12/2014", "2014-12"),
    ],
)
def test_periods_in_words(place: Place, cell: str, period: str) -> None:
    text = f"Quartier;Période;Aidés\nFour à Chaux;{cell};5\nPlace d’Armes;{cell};6\n"
    assert set(read(place, place.write("a.csv", text))) == {
        ("Q2", "Aidés", period),
        ("Q3", "Aidés", period),
    }


def test_dates_of_a_workbook(place: Place) -> None:
    day = datetime(2015, 12, 31)  # noqa: DTZ001 - a workbook knows no zone
    rows = [["Quartier", "Date", "Aidés"], ["Four à Chaux", day, 5], ["Place d’Armes", day, 6]]
    assert {key[2] for key in read(place, place.write("a.xlsx", workbook(rows)))} == {"2015-12"}


def test_a_second_table_is_never_read_under_the_names_of_the_first(place: Place) -> None:
    text = "Quartier;Aidés;RSA\nFour à Chaux;5;2\nQuartier;Cat A;Cat B\nPlace d’Armes;100;50\n"
    error = refusal(place, place.write("a-2016.csv", text))
    assert isinstance(error, RowError)
    says(error, "ligne 3", "second tableau", "Cat A", "feuille")


def test_a_header_printed_again_is_set_aside(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Aidés;RSA\nFour à Chaux;5;2\nQuartier;Aidés;RSA\nPlace d’Armes;100;50\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert report.kept == 2
    assert list(report.rejects["reason"]) == ["En-tête répété : mis de côté."]


def test_labels_under_the_codes_that_resemble_a_territory(
    place: Place, warehouse: Warehouse
) -> None:
    labels = "Place des armes (code);Personnes aidées;Dont RSA"
    text = f"q;aidés;rsa\n{labels}\nFour à Chaux;5;2\nPlace d’Armes;100;50\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.kept, list(report.rejects["kind"])) == (2, ["note"])


def test_territories_in_columns_are_said(place: Place) -> None:
    text = "Indicateur;Four à Chaux;Place d’Armes;Centre et Terres\nAidés;1;2;3\n"
    says(refusal(place, place.write("a-2016.csv", text)), "en colonnes", "Transposé")


def test_columns_without_a_name(place: Place, warehouse: Warehouse) -> None:
    text = ";Quartier;Aidés;;\n1;Four à Chaux;5;3;8\n2;Place d’Armes;6;4;9\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert report.kept == 2
    assert any("(sans nom)" in one for one in report.notices)


def test_a_rank_without_a_name_is_not_said(place: Place, warehouse: Warehouse) -> None:
    text = ";Quartier;Aidés\n1;Four à Chaux;5\n2;Place d’Armes;6\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert not any("(sans nom)" in one for one in report.notices)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "mac_roman", "cp850", "cp1252"])
def test_encodings_without_a_mark(encoding: str) -> None:
    text = "Quartier;Aidés\nFour à Chaux;1\u00a0234\nQuartier élargi : Centre et Terres;5\n"
    content = text.replace("’", "'").encode(encoding)
    assert guess_encoding(content, "a.csv") == encoding


# --- What is no table of these territories --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "VAR_ID;VAR_LIB;VAR_LIB_LONG\nIRIS;IRIS;Code\nP16_POP;Pop;Population\n",
            ("dictionnaire",),
        ),
        ("colonne,description,type\ncode_qp,Code,texte\n", ("dictionnaire", "colonne")),
        (
            "code;pop\n" + "".join(f"QP0090{at:02d};{at}\n" for at in range(9)),
            ("d’autres lieux", "QP009000", "département 09"),
        ),
        ("x;y;ind\n1;2;3\n4;5;6\n7;8;9\n", ("coordonnées", "x et y")),
        ("La définition du champ.\nUn ménage est\nUne famille\n", ("texte", "documentation")),
    ],
)
def test_a_file_says_what_it_is(place: Place, text: str, parts: tuple[str, ...]) -> None:
    error = refusal(place, place.write("a-2016.csv", text))
    assert isinstance(error, DescriptorError | FileError | UnknownTerritoryError)
    says(error, *parts)


def test_a_list_of_territories_measures_nothing(place: Place) -> None:
    text = (
        "code;nom;dep;classe\n"
        + "".join(f"97209010{at};x;972;3\n" for at in (1, 2, 3))
        + "972130101;y;972;3\n"
    )
    says(refusal(place, place.write("a-2016.csv", text)), "ne les mesure pas", "membres")


def test_columns_that_a_family_does_not_describe_are_said(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("base-ic.csv", "IRIS;P16_LOG;P16_RP;SURPRISE\n972090101;10;9;8\n")
    report = load_file(warehouse, place.workspace, path)
    assert any("SURPRISE" in one and "ne décrit pas" in one for one in report.notices)


@pytest.mark.parametrize("code", ["97209", "972090101"])
def test_a_table_of_codes_and_names_with_figures_is_no_list(
    place: Place, warehouse: Warehouse, code: str
) -> None:
    path = place.write("a-2016.csv", f"code;nom;aidés\n{code};x;5\n")
    assert load_file(warehouse, place.workspace, path).kept == 1


# --- Real files, where they are the territory -------------------------------------------------------


def test_a_real_census_workbook_to_the_last_digit(real: Path, place: Place) -> None:
    import python_calamine

    path = real / "classeurs_insee" / "base-ic-logement-2016-com.xls"
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    at = max(rank for rank, row in enumerate(rows) if row[0] == "IRIS")
    oracle = {str(row[0]): dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]}
    members = "".join(f"{code};{code};{code[:5]};-61;14.6\n" for code in oracle)
    place.write("geo/iris.csv", f"code;nom;commune;lon;lat\n{members}")
    figures = read(place, path)
    assert len({key[0] for key in figures}) == len(oracle) == 16
    for (code, variable, _), value in figures.items():
        expected = oracle[code][variable]
        assert value == expected or (expected == "" and value != value)  # noqa: PLR0124 - NaN


@pytest.mark.parametrize("name", ["log_5", "bas_rev", "rpls"])
def test_real_communes_of_france_keep_ours(real: Path, place: Place, name: str) -> None:
    """One commune in six, and both of ours: each column is read in the same way of them all."""
    import numpy as np
    import pandas as pd

    whole = pd.read_parquet(real / "communes" / f"{name}.parquet").set_index("id")
    oracle = whole[(np.arange(len(whole)) % 6 == 0) | whole.index.isin(["97209", "97213"])]
    path = place.root / f"{name}.parquet"
    oracle.reset_index().to_parquet(path)
    shown = preview_file(place.workspace, path)
    if name == "rpls":  # some of its columns are of a year, and nothing says that of the others
        says(shown.refusal, "nb_ls2013", "n’en dit aucune", "--period")
        shown = preview_file(place.workspace, path, period="2024")
    assert shown.parsed is not None
    assert shown.parsed.faults.empty
    assert len(oracle) > 6_000
    assert (shown.parsed.rows_read, shown.parsed.rows_kept) == (len(oracle), 2)
    spec = shown.source.files[0]  # type: ignore[union-attr]
    columns = {(v, spec.periods.get(one, spec.period)): one for one, v in spec.columns.items()}
    cells = shown.parsed.observations
    for row in cells.itertuples():
        expected = oracle.loc[row.territory, columns.get((row.variable, row.period), row.variable)]
        assert row.value == float(expected) or pd.isna(expected)


@pytest.mark.parametrize("text", ["– 4 %", "–4 %", "− 4 %", "-4 %", "– 4,0 %"])
def test_a_dash_before_a_number_is_a_minus(place: Place, text: str) -> None:
    rows = f"Quartier;Évolution\nFour à Chaux;{text}\nPlace d’Armes;3 %\n"
    figures = read(place, place.write("a-2016.csv", rows))
    assert figures["Q2", "Évolution", "2016"] == -4


def test_the_line_of_excel_that_tells_the_separator_is_no_title(place: Place) -> None:
    text = "\ufeffsep=;\r\nQuartier;Aidés\r\nFour à Chaux;5\r\nPlace d’Armes;6\r\n"
    assert (
        'title = "aides 2016"'
        in preview_file(place.workspace, place.write("aides-2016.csv", text)).toml
    )


def test_the_lines_above_a_table_are_a_title_in_parts(place: Place) -> None:
    text = (
        "Foyers aidés par quartier;\nSituation au 31 mars 2016;\nQuartier;Aidés\nFour à Chaux;5\n"
    )
    shown = preview_file(place.workspace, place.write("aides.csv", text))
    assert 'title = "Foyers aidés par quartier · Situation au 31 mars 2016"' in shown.toml


def test_a_column_of_several_words_is_quoted_in_what_to_write(
    place: Place, warehouse: Warehouse
) -> None:
    place.csv("IRIS;LIBIRIS;POP;Un mot\n972090101;x;5;6\n")
    with pytest.raises(ObservatoireError) as caught:
        place.load(warehouse)
    says(caught.value, '[variables."Un mot"]')


def test_a_note_written_beside_the_territories_is_said_by_its_text(
    place: Place, warehouse: Warehouse
) -> None:
    rows = "Centre et Terres;97209;12\n;Source : CCAS;\n;;\nFour à Chaux;97209;7\n"
    path = place.write("aides-2016.csv", f"Quartier;Commune;Aidés\n{rows}")
    report = load_file(warehouse, place.workspace, path)
    assert report.rows_kept == 2
    aside = report.rejects[["line", "raw", "kind"]].to_numpy().tolist()
    assert aside == [[3, "Source : CCAS", "note"]]
    assert "Source : CCAS" in str(preview_file(place.workspace, path))


def test_names_that_are_all_ill_written_are_offered_the_right_ones(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("aides-2016.csv", "Quartier;Aidés\nCentre et Terre;12\nFours à Chaud;7\n")
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(
        caught.value,
        "Aucun nom de ce tableau",
        "« Centre et Terre » (ligne 2) : vouliez-vous dire « Centre et Terres » ?",
        "« Fours à Chaud » (ligne 3)",
        "« alias »",
    )


@pytest.mark.parametrize(
    "rows", ["Nord;5\nSud;6\n", "12;5\n13;6\n", "Mairie du centre;3\nÉcole;4\n"]
)
def test_other_words_are_offered_nothing(place: Place, warehouse: Warehouse, rows: str) -> None:
    path = place.write("aides-2016.csv", "Secteur;Aidés\n" + rows)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "Aucune colonne ne nomme")


@pytest.mark.parametrize(
    ("names", "asked", "read"),
    [
        (("A", "B"), "2016", False),
        (("Année 2015", "Année 2016"), "2016", False),
        (("2015", "au 31-12-2015"), "2015", True),
        (("2015", "Année 2015"), "", False),
        (("2015", "2016"), "", True),
        (("31-12-2015", "31-12-2016"), "2015", True),
    ],
)
def test_one_of_two_sheets_of_the_same_columns_is_asked(
    place: Place, warehouse: Warehouse, names: tuple[str, str], asked: str, *, read: bool
) -> None:
    table = [["Quartier", "Aidés"], ["Four à Chaux", 1], ["Place d’Armes", 2]]
    path = place.write("caf.xlsx", sheets(**dict.fromkeys(names, table)))
    if read:
        assert load_file(warehouse, place.workspace, path, LoadOptions(period=asked)).kept == 2
        return
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path, LoadOptions(period=asked))
    says(caught.value, f"« {names[0]} » et « {names[1]} »", "source.toml")


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("Évol. 14/13", ""),
        ("14/13", ""),
        ("Aidés 13/14", ""),
        ("Évol. 14/13", "2016"),
        ("Évol. 2014/2013", "2016"),
        ("2014/2013", "2016"),
    ],
)
def test_two_years_are_asked_however_written(
    place: Place, warehouse: Warehouse, header: str, asked: str
) -> None:
    table = f"Quartier;Logés;{header}\nFour à Chaux;5;2\nPlace d’Armes;6;3\n"
    path = place.write("caf-2016.csv", table)
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path, LoadOptions(period=asked))
    says(caught.value, f"« {header} »", "plusieurs années")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "Quartier;Aidés;Expulsés\nFour à Chaux;5;s\nPlace d’Armes;6;s\n",
            [("Aidés", 5.0, "observed"), ("Expulsés", None, "secret")],
        ),
        (
            "Quartier;Indicateur;Valeur\nFour à Chaux;Aidés;5\nFour à Chaux;Expulsés;s\nPlace d’Armes;Aidés;6\n",
            [("Aidés", 5.0, "observed"), ("Expulsés", None, "secret")],
        ),
        ("Quartier;ZFU;Aidés\nFour à Chaux;x;5\nPlace d’Armes;x;6\n", [("Aidés", 5.0, "observed")]),
    ],
)
def test_figures_that_are_all_hidden_are_declared(
    place: Place, warehouse: Warehouse, table: str, expected: list[tuple[Any, ...]]
) -> None:
    written = preview_file(place.workspace, place.write("caf-2016.csv", table)).write()
    load_source(warehouse, place.workspace, written.parent)
    found = warehouse.rows(
        "SELECT variable, value, status FROM current_observation WHERE territory = 'Q2' ORDER BY ALL"
    )
    assert found == expected


def test_a_subtotal_without_a_code_is_set_aside(place: Place, warehouse: Warehouse) -> None:
    table = "Code;Libellé;Aidés\nQ1;a;5\nQ2;b;6\n;Sous-total Est;11\n"
    report = load_file(warehouse, place.workspace, place.write("caf-2016.csv", table))
    assert report.by_reason == {"Ligne de total, mise de côté.": 1}


@pytest.mark.parametrize("text", ["Sœurs", "Aide à l’emploi", "Revenu (€)", "Élèves logés"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp850"])
def test_a_header_encoded_twice_is_refused(
    place: Place, warehouse: Warehouse, text: str, encoding: str
) -> None:
    header = text.encode().decode(encoding, "replace")
    path = place.write("caf-2016.csv", f"Quartier;{header}\nFour à Chaux;5\nPlace d’Armes;6\n")
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "accents", "abîmés")


def test_a_unit_over_some_columns_is_theirs_alone(place: Place, warehouse: Warehouse) -> None:
    table = (
        "Quartier;Part (%);;Aidés;\n;2014;2015;2014;2015\nFour à Chaux;20,1;21;100;200\n"
        "Place d’Armes;19,1;18;50;60\n"
    )
    load_file(warehouse, place.workspace, place.write("caf.csv", table))
    assert warehouse.rows("SELECT DISTINCT code, unit FROM variable ORDER BY code") == [
        ("Aidés", ""),
        ("Part (%)", "%"),
    ]


def test_a_row_of_codes_of_one_letter_under_the_names_is_no_territory(
    place: Place, warehouse: Warehouse
) -> None:
    table = "Code IRIS;Bénéficiaires;Dont jeunes\niris;B;B2544\n972090101;100;40\n972090102;50;20\n"
    report = load_file(warehouse, place.workspace, place.write("caf-2016.csv", table))
    assert report.kept == 2
    assert report.by_reason == {"Ligne de libellés sous l’en-tête : mise de côté.": 1}


def _headed(header: str, rows: str = "", title: str = "") -> str:
    return f"{title}Quartier;{header}\nFour à Chaux;{rows}40\nPlace d’Armes;{rows}50\n"


@pytest.mark.parametrize(
    "table",
    [
        _headed("Allocataires", title="Allocataires au 31 décembre 2014;\n"),
        _headed("Allocataires au 31 décembre 2014"),
        _headed("Date;Allocataires", rows="31/12/2014;"),
    ],
    ids=["title", "header", "rows"],
)
def test_the_year_that_is_stated_wins_over_its_last_day(
    place: Place, warehouse: Warehouse, table: str
) -> None:
    path = place.write("data/raw/caf/caf.csv", table)
    report = load_file(warehouse, place.workspace, path)
    assert any(
        "Période lue" in one and "2014-12" in one and "--period" in one for one in report.notices
    )
    load_file(warehouse, place.workspace, path, LoadOptions(period="2014"))
    found = warehouse.rows("SELECT DISTINCT period FROM current_observation")
    assert found == [("2014",)]
    assert 'period = "2014"' in preview_file(place.workspace, path, period="2014").toml


def test_rows_of_several_months_keep_theirs_under_a_year(
    place: Place, warehouse: Warehouse
) -> None:
    table = "Quartier;Date;Aidés\nFour à Chaux;30/11/2014;4\nFour à Chaux;31/12/2014;5\n"
    report = load_file(
        warehouse, place.workspace, place.write("caf.csv", table), LoadOptions(period="2014")
    )
    found = warehouse.rows("SELECT DISTINCT period FROM current_observation ORDER BY ALL")
    assert found == [("2014-11",), ("2014-12",)]
    assert any("Périodes lues" in one and "2014-11 et 2014-12" in one for one in report.notices)
    path = place.write("suivi 2014.csv", "Quartier;Aidés\nFour à Chaux;4\n")
    report = load_file(warehouse, place.workspace, path, LoadOptions(period="2014"))
    assert not any("Période" in one for one in report.notices)


def test_a_class_in_letters_is_no_hidden_figure(place: Place, warehouse: Warehouse) -> None:
    table = "Quartier;Taille;Statut;Aidés\nFour à Chaux;s;c;5\nPlace d’Armes;m;c;6\n"
    load_file(warehouse, place.workspace, place.write("caf-2016.csv", table))
    assert warehouse.rows("SELECT DISTINCT code FROM variable") == [("Aidés",)]


def test_more_words_than_can_be_read_with_care(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.write(
        "caf-2016.csv", "Quartier;Aidés;Logés\nFour à Chaux;s;s\nPlace d’Armes;5;s\n"
    )
    monkeypatch.setattr(limits, "MOST_WORDS", 3)
    assert preview_file(place.workspace, path).refusal is None
    monkeypatch.setattr(limits, "MOST_WORDS", 2)
    with pytest.raises(UnreadableFileError) as caught:
        preview_file(place.workspace, path)
    says(caught.value, "3 cellules de mots", "2 au plus")
