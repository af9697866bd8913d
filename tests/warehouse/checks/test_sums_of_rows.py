"""A row that slid by one column no longer adds up: it is listed with its line, and no right row is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, build_place
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from observatoire.indicators.definitions.check_inputs import identities
from observatoire.sources.families.family import read_families
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.checks.runner import CheckInputs, run_checks
from observatoire.warehouse.loading.files import load_file
from observatoire.warehouse.loading.zonings import fill_zonings

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse.reports import CheckReport

COLUMNS = ("P16_POP", "P16_POPH", "P16_POPF", "P16_H0019", "P16_H2064", "P16_H65P")

#: Made-up counts of men by age, and of women; the rest is their sum.
ROWS = [(120.25, 300.5, 40.125, 500.0), (12.0, 30.0, 4.0, 51.0), (0.0, 0.0, 0.0, 0.0)]
CODES = ("972090101", "972090102", "972090103", "972130101")
RULES = CheckInputs(identities=identities(read_families().values()))
OURS = ("somme-de-la-ligne", "somme-non-tenue")


def whole(young: float, adult: float, old: float, women: float) -> list[float]:
    men = young + adult + old
    return [men + women, men, women, young, adult, old]


def text(rows: list[list[object]], columns: tuple[str, ...] = COLUMNS) -> str:
    lines = [
        ";".join([code, *("" if cell is None else str(cell) for cell in row)])
        for code, row in zip(CODES * len(rows), rows, strict=False)
    ]
    return "\n".join([";".join(["IRIS", *columns]), *lines, ""])


def checked(place: Place, content: str, inputs: CheckInputs = RULES) -> CheckReport:
    place.write("base-ic-2016.csv", content)
    warehouse = place.empty_warehouse()
    load_file(warehouse, place.workspace, place.root / "base-ic-2016.csv")
    report = run_checks(warehouse, place.workspace, inputs)
    return type(report)(report.df[report.df["check"].isin(OURS)], report.checks)


def bare_place(root: Path, codes: list[str]) -> Place:
    """Build a workspace of these IRIS, without any drawing."""
    place = build_place(root)
    place.write("geo/iris.csv", "code;nom;commune\n" + "".join(f"{c};{c};{c[:5]}\n" for c in codes))
    place.toml('schematic = { method = "cells", within = "commune-2016" }\n', "")
    place.toml('schematic = { method = "links", source = "iris-2016" }\n', "")
    place.write("geo/liens.csv", "source;target;link\n;Q3;inconnu\n")
    return place


@pytest.fixture
def right() -> list[list[object]]:
    return [list(whole(*row)) for row in ROWS]


def test_rows_that_add_up_are_not_said(place: Place, right: list[list[object]]) -> None:
    assert len(checked(place, text(right))) == 0


def test_a_row_that_slid_is_said_once_with_its_line(
    place: Place, right: list[list[object]]
) -> None:
    right[0] = [*right[0][1:], None]
    report = checked(place, text(right))
    found = report.df.iloc[0]
    assert (len(report), found["level"], found["line"], found["territory"]) == (
        1, "erreur", 2, "972090101",
    )  # fmt: skip
    said = str(found["message"]).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Centre Ville (2016)" in said
    assert "460,88, alors que P16_POPF et P16_POPH font 620,25" in said


def test_the_figures_said_are_those_of_the_row(place: Place, right: list[list[object]]) -> None:
    right[1][0] = 99
    found = checked(place, text(right)).df.iloc[0]
    assert found["message"] == (
        "P16_POP, Terres Sainville (2016) : 99, alors que P16_POPF et P16_POPH font 97."
    )
    assert (found["variable"], found["value"]) == ("P16_POP", 97)


def test_of_two_wrong_sums_the_one_farthest_off_is_said(
    place: Place, right: list[list[object]]
) -> None:
    right[1][1] = 90  # 46 men by age of 90, 141 people of 97
    (found,) = checked(place, text(right)).df.to_dict("records")
    assert (found["variable"], found["value"]) == ("P16_POPH", 46)
    assert "une autre somme de cette ligne est fausse" in str(found["message"])


@given(
    young=st.floats(0, 5000), adult=st.floats(0, 5000), old=st.floats(0, 5000),
    women=st.floats(0, 9000), decimals=st.sampled_from([0, 1, 2, 9]),
)  # fmt: skip
def test_rounding_every_cell_apart_is_no_fault(
    tmp_path_factory: pytest.TempPathFactory,
    young: float,
    adult: float,
    old: float,
    women: float,
    decimals: int,
) -> None:
    place = build_place(tmp_path_factory.mktemp("rounded"))
    row: list[object] = [round(cell, decimals) for cell in whole(young, adult, old, women)]
    try:
        assert len(checked(place, text([row]))) == 0
    finally:
        place.close()


@pytest.mark.parametrize("rounded", [0, 5])
def test_one_cell_rounded_beside_others_that_are_not_is_no_fault(
    place: Place, rounded: int
) -> None:
    row: list[object] = list(whole(120.25, 300.375, 40.125, 500.0))
    row[rounded] = round(float(str(row[rounded])))
    assert len(checked(place, text([row]))) == 0


def test_a_hidden_part_says_nothing_unless_the_others_exceed_the_whole(
    place: Place, right: list[list[object]]
) -> None:
    right[0][1] = "s"
    assert len(checked(place, text(right))) == 0
    right[0][2] = 2000
    report = checked(place, text(right))
    assert report.df["line"].tolist() == [2]


def test_a_column_that_the_file_has_not_breaks_no_sum(
    place: Place, right: list[list[object]]
) -> None:
    content = text([row[:2] + row[3:5] for row in right], (*COLUMNS[:2], *COLUMNS[3:5]))
    assert len(checked(place, content)) == 0


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (12, ["somme-non-tenue"]),
        (7, ["somme-non-tenue"]),
        (6, ["somme-de-la-ligne"] * 6),
    ],
)
def test_a_sum_that_most_rows_break_is_said_of_the_file(
    tmp_path: Path, wrong: int, expected: list[str]
) -> None:
    place = bare_place(tmp_path, [f"9720901{at:02d}" for at in range(12)])
    wholes = [(100 if at < wrong else 90) + at for at in range(12)]
    lines = [f"9720901{at:02d};{whole};{40 + at};50" for at, whole in enumerate(wholes)]
    content = "\n".join([";".join(["IRIS", *COLUMNS[:3]]), *lines, ""])
    report = checked(place, content)
    place.close()
    assert report.df["check"].tolist() == expected
    if expected == ["somme-non-tenue"]:
        assert set(report.df["level"]) == {"alerte"}
        message = report.df.iloc[0]["message"].replace("\u00a0", " ")
        assert f"n’est pas la somme de P16_POPF et P16_POPH sur {wrong} lignes de 12" in message


def test_a_family_of_ones_own_says_its_sums(place: Place) -> None:
    place.write(
        "families/creche.toml",
        'title = "Crèches"\nproducer = "Ville"\nlicence = "Convention"\nzoning = ["iris"]\n'
        'territory = "iris"\nrequired = ["places"]\n[period]\nfile = "[0-9]{4}"\n'
        '[[variables]]\ncolumns = "places.*"\nnature = "count"\n'
        '[[identities]]\nwhole = "places"\nparts = ["places_matin", "places_soir"]\n',
    )
    inputs = CheckInputs(identities=identities(read_families(place.root).values()))
    rows = "iris;Places;Places_matin;Places_soir\n972090101;10;4;6\n972090102;10;4;9\n"
    assert checked(place, rows, inputs).df["line"].tolist() == [3]


#: A family of five parts, in a file of its own.
NURSERY = """\
title = "Crèches"
producer = "Ville"
licence = "Convention"
zoning = ["iris"]
territory = "iris"
required = ["places"]
[period]
file = "[0-9]{4}"
[[variables]]
columns = "places.*"
nature = "count"
[[identities]]
whole = "places"
parts = ["places_a", "places_b", "places_c", "places_d", "places_e"]
"""
NURSERY_HEADER = "iris;Places;Places_a;Places_b;Places_c;Places_d;Places_e\n"


def nursery(place: Place, rows: str, nature: str = "count") -> list[int]:
    """Return the lines listed of a file of that family."""
    place.write("families/creche.toml", NURSERY.replace("count", nature))
    inputs = CheckInputs(identities=identities(read_families(place.root).values()))
    return checked(place, NURSERY_HEADER + rows, inputs).df["line"].tolist()


def test_parts_rounded_to_nothing_may_lack_half_a_step_each(place: Place) -> None:
    rows = "972090101;12;0;0;0;0;10\n972090102;14;0;0;0;0;10\n"
    assert nursery(place, rows) == [3]  # 12.25 = 4 × 0.45 + 10.45; no rounding makes 14 of 10


def test_what_does_not_add_up_by_nature_is_not_added(place: Place) -> None:
    assert nursery(place, "972090101;12;1;1;1;1;1\n", nature="median") == []


def test_a_hidden_whole_is_held_by_its_ceiling_and_a_hidden_part_by_its_floor(
    place: Place, right: list[list[object]]
) -> None:
    right[0][0] = "<5"
    right[1][1] = "de 60 à 90"
    right[2][0] = "<5"
    report = checked(place, text(right))
    assert report.df["line"].tolist() == [2, 3]


#: Made-up figures of one IRIS, one a row.
LONG_TOML = """\
title = "Population"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"
[[files]]
name = "population.csv"
layout = "long"
territory = "IRIS"
period = "2016"
variable_column = "quoi"
value_column = "valeur"
"""


def test_a_sum_stated_on_several_lines_is_said_without_one(place: Place) -> None:
    figures = {"P16_POP": 12, "P16_POPH": 4, "P16_POPF": 4}
    place.csv("IRIS;quoi;valeur\n" + "".join(f"972090101;{k};{v}\n" for k, v in figures.items()))
    tables = (f'[variables.{name}]\nlabel = "x"\nnature = "count"\n' for name in figures)
    place.write("data/raw/src/source.toml", LONG_TOML + "".join(tables))
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    found = run_checks(warehouse, place.workspace, RULES).df
    listed = found[found["check"].isin(OURS)]
    assert listed["variable"].tolist() == ["P16_POP"]
    assert listed["line"].isna().all()


def test_real_census_workbooks_hold_every_sum(real: Path, tmp_path: Path) -> None:
    folder = real / "classeurs_insee"
    books = [
        "base-ic-activite-residents-2016-com-cIA.xls",
        "base-ic-couples-familles-menages-2016-com.xls",
        "base-ic-evol-struct-pop-2016-com.xls",
        "base-ic-logement-2016-com.xls",
    ]
    rows = [
        row
        for name in books
        for row in CalamineWorkbook.from_path(folder / name).get_sheet_by_name("C.O.M").to_python()
    ]
    codes = sorted({str(row[0]) for row in rows if len(str(row[0])) == 9 and row[0] != "IRIS"})
    place = bare_place(tmp_path, codes)
    workspace = place.workspace
    warehouse = open_warehouse(workspace.warehouse, workspace.crs)
    fill_zonings(warehouse, workspace)
    for name in books:
        assert load_file(warehouse, workspace, folder / name).kept == len(codes)
    report = run_checks(warehouse, workspace, RULES)
    assert not set(report.df["check"]) & set(OURS)
    slid = "UPDATE observation SET value = value + 7.5 WHERE variable = 'P16_H65P' AND line = 9"
    warehouse.run(slid)
    assert run_checks(warehouse, workspace, RULES).df["check"].tolist().count(OURS[0]) == 1
    warehouse.close()
