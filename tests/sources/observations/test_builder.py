"""Rows become observations, or are refused with their line, their column and their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from built_workspace import SOURCE_TOML, raw_of, says, source_of
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableNumberError,
)
from observatoire.sources import Parsed, observe
from observatoire.sources.observations.builder import refuse_faults
from observatoire.territories import Matcher

if TYPE_CHECKING:
    from pathlib import Path

IRIS = Matcher({"972090101": "Centre Ville", "972090102": "Sainte-Thérèse"}, "IRIS")
COMMUNES = Matcher({"97209": "Fort-de-France"}, "commune")
ZONINGS = {"iris-2016": IRIS, "commune-2016": COMMUNES}

LONG_TOML = """\
title = "Long"
producer = "Ville"
licence = "LO"
zoning = "iris-2016"

[[files]]
name = "long.csv"
layout = "long"
territory = "lieu"
zoning_column = "zonage"
period_column = "an"
variable_column = "quoi"
value_column = "valeur"
low_column = "bas"
high_column = "haut"
note_column = "note"

[markers]
secret = ["s"]
missing = ["nd"]

[variables.POP]
label = "Population"
nature = "count"
"""
LONG_HEADER = "zonage;lieu;an;quoi;valeur;bas;haut;note\n"


def parse(folder: Path, toml: str, content: str | bytes, scope: tuple[str, ...] = ()) -> Parsed:
    source = source_of(folder, toml)
    spec = source.files[0]
    options: dict[str, Any] = {key: getattr(spec, key) for key in spec.__dataclass_fields__}
    table = raw_of(folder / spec.name, content, **options)
    return observe(table, source, spec, ZONINGS, scope)


def wide(folder: Path, rows: str, scope: tuple[str, ...] = ("97209",)) -> Parsed:
    return parse(folder, SOURCE_TOML, f"IRIS;LIBIRIS;POP;TAUX\n{rows}", scope)


def long(folder: Path, rows: str) -> Parsed:
    return parse(folder, LONG_TOML, LONG_HEADER + rows)


@pytest.mark.parametrize("cell", ["12x", "-4"])
def test_labels_under_the_header_hide_no_fault_of_another_row(tmp_path: Path, cell: str) -> None:
    parsed = wide(tmp_path, f";;habitants;taux en %\n972090101;x;{cell};3\n972090102;y;4;5\n")
    assert parsed.rejects[["line", "kind"]].to_numpy().tolist()[0] == [2, "note"]
    assert parsed.faults[["line", "column", "raw"]].to_numpy().tolist() == [[3, "POP", cell]]
    assert parsed.rows_kept == 1


def test_worked_example_wide(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972090101;x;1 234,5;27,4\nste therese;y;s;nd\n")
    found = parsed.observations.set_index(["line", "variable"])
    assert (parsed.rows_read, parsed.rows_kept, parsed.rows_rejected) == (2, 2, 0)
    assert found.at[(2, "POP"), "value"] == 1234.5
    assert found.at[(2, "TAUX"), "value"] == 27.4
    assert found.at[(3, "POP"), "status"] == "secret"
    assert found.at[(3, "TAUX"), "marker"] == "nd"
    assert set(found["territory"]) == {"972090101", "972090102"}
    assert set(found["period"]) == {"2016"}
    assert set(found["zoning"]) == {"iris-2016"}


def test_worked_example_long(tmp_path: Path) -> None:
    parsed = long(
        tmp_path,
        "iris-2016;Centre Ville;2015;POP;10;;;exact\n"
        "commune-2016;97209;2016-T2;POP;;5;12,5;un ordre de grandeur\n"
        "iris-2016;972090102;2012-03;POP;7;6;8;\n",
    )
    found = parsed.observations.set_index("line")
    assert found["status"].to_list() == ["observed", "bounded", "observed"]
    assert found.loc[3, ["low", "high"]].to_list() == [5, 12.5]
    assert found.loc[4, ["value", "low", "high"]].to_list() == [7, 6, 8]
    assert found["note"].to_list() == ["exact", "un ordre de grandeur", ""]
    assert found["zoning"].to_list() == ["iris-2016", "commune-2016", "iris-2016"]


def test_percent_sign_is_read_where_it_is_the_unit(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972090101;x;10;12,5 %\n972090102;y;10 %;3%\n")
    assert parsed.observations.query("line == 2 and variable == 'TAUX'")["value"].item() == 12.5
    assert parsed.rejects[["line", "column", "raw"]].to_numpy().tolist() == [[3, "POP", "10 %"]]


def test_unreadable_number_says_file_line_column_and_marker(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972090101;x;10;1\n972090102;y;n.c.;2\n")
    with pytest.raises(UnreadableNumberError) as caught:
        refuse_faults(parsed)
    assert caught.value.where == "population.csv, ligne 3, colonne POP"
    says(caught.value, "« n.c. »", '[markers] secret = ["n.c."]')


def test_number_ill_written_is_not_said_to_be_a_marker(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNumberError) as caught:
        refuse_faults(wide(tmp_path, "972090101;x;1.234,5;1\n"))
    says(caught.value, "« 1.234,5 »", "decimal")
    assert "secret" not in str(caught.value)


def test_number_with_braces_is_shown_as_written(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNumberError) as caught:
        refuse_faults(wide(tmp_path, "972090101;x;{0};1\n"))
    says(caught.value, 'secret = ["{0}"]')


def test_other_faulty_rows_are_counted(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNumberError) as caught:
        refuse_faults(wide(tmp_path, "972090101;x;a;b\n972090102;y;c;2\n"))
    says(caught.value, "1 autre ligne")
    assert caught.value.data["rejects"]["line"].to_list() == [2, 2, 3]


def test_unknown_territory_gives_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        refuse_faults(wide(tmp_path, "Sainte-Thérése B;x;1;2\n"))
    assert caught.value.where == "population.csv, ligne 2, colonne IRIS"
    says(caught.value, "Sainte-Thérése B", "Vouliez-vous dire « Sainte-Thérèse »", "on_error")


def test_unknown_territory_like_nothing_lists_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        refuse_faults(wide(tmp_path, "Zzyzx;x;1;2\n"))
    says(caught.value, "Zzyzx")
    assert "Valeurs possibles" not in str(caught.value)


def test_blank_territory(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        refuse_faults(wide(tmp_path, ";x;1;2\n"))
    says(caught.value, "ligne 2", "vide")


def test_homonyms_are_not_guessed(tmp_path: Path) -> None:
    twins = {"iris-2016": Matcher({"A": "Bourg", "B": "Le Bourg"}, "IRIS")}
    source = source_of(tmp_path, SOURCE_TOML)
    table = raw_of(tmp_path / "population.csv", "IRIS;POP\nbourg;1\n")
    with pytest.raises(UnknownTerritoryError) as caught:
        refuse_faults(observe(table, source, source.files[0], twins))
    says(caught.value, "Plusieurs", "A et B")


def test_code_of_another_commune_is_outside_and_no_fault(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "010040101;x;1;2\n972090101;y;3;4\n")
    assert parsed.rejects[["line", "kind"]].to_numpy().tolist() == [[2, "outside"]]
    assert parsed.faults.empty


def test_unknown_code_inside_the_communes_is_a_fault(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972099999;x;1;2\n")
    assert parsed.faults["kind"].to_list() == ["territory"]


def test_totals_are_set_aside_and_said(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972090101;x;1;2\nEnsemble;;3;4\n")
    assert parsed.rejects[["line", "kind", "raw"]].to_numpy().tolist() == [[3, "total", "Ensemble"]]
    assert parsed.faults.empty


def test_duplicate_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(DuplicateKeyError) as caught:
        refuse_faults(wide(tmp_path, "972090101;x;1;2\n972090102;y;1;2\nCentre ville;x;3;4\n"))
    assert caught.value.where == "population.csv, ligne 4, colonne IRIS"
    says(caught.value, "Centre ville", "ligne 2")


def test_same_figure_of_two_periods_is_no_duplicate(tmp_path: Path) -> None:
    row = "iris-2016;972090101;{};POP;1;;;\n"
    parsed = long(tmp_path, row.format(2015) + row.format(2016))
    assert parsed.faults.empty


def test_unknown_variable_of_a_long_file(tmp_path: Path) -> None:
    with pytest.raises(RowError) as caught:
        refuse_faults(long(tmp_path, "iris-2016;972090101;2015;POPE;1;;;\n"))
    assert caught.value.where == "long.csv, ligne 2, colonne quoi"
    says(caught.value, "POPE", "[variables.POPE]")


@pytest.mark.parametrize("period", ["", "16", "20l6", "2016-13", "fin janvier 2016"])
def test_what_is_no_period_is_refused(tmp_path: Path, period: str) -> None:
    with pytest.raises(RowError) as caught:
        refuse_faults(long(tmp_path, f"iris-2016;972090101;{period};POP;1;;;\n"))
    assert caught.value.where == "long.csv, ligne 2, colonne an"
    says(caught.value, f"« {period} »", "2011-T2")


def test_unknown_zoning_of_a_row(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        long(tmp_path, "iris-2015;972090101;2015;POP;1;;;\n")
    says(caught.value, "long.csv, ligne 2", "iris-2015", "iris-2016")


@pytest.mark.parametrize(
    ("cells", "column"), [("5;x;9", "bas"), ("5;4;1.2.3", "haut"), ("5;1 2;9", "bas")]
)
def test_unreadable_bound_is_a_fault(tmp_path: Path, cells: str, column: str) -> None:
    with pytest.raises(UnreadableNumberError) as caught:
        refuse_faults(long(tmp_path, f"iris-2016;972090101;2015;POP;{cells};\n"))
    assert caught.value.where == f"long.csv, ligne 2, colonne {column}"


@pytest.mark.parametrize("cells", [";9;5", "10;5;9", "4;5;9", "5;4;", "5;;6", ";3;"])
def test_bounds_that_hold_nothing_are_a_fault(tmp_path: Path, cells: str) -> None:
    with pytest.raises(RowError) as caught:
        refuse_faults(long(tmp_path, f"iris-2016;972090101;2015;POP;{cells};\n"))
    says(caught.value, "long.csv, ligne 2", "borne")


def test_secret_figure_stays_secret_beside_its_bounds(tmp_path: Path) -> None:
    found = long(tmp_path, "iris-2016;972090101;2015;POP;s;1;10;\n").observations.iloc[0]
    assert (found["status"], found["marker"]) == ("secret", "s")


def test_a_bad_cell_of_a_row_that_is_set_aside_is_no_fault(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "010040101;x;12x;-4\nEnsemble;;n.c.;2\n972090101;x;1;2\n")
    assert parsed.rejects[["line", "kind"]].to_numpy().tolist() == [[2, "outside"], [3, "total"]]
    assert parsed.faults.empty


def test_only_a_count_may_not_be_negative(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "972090101;x;1;-2,5\n972090102;x;-1;2\n")
    assert parsed.rejects[["line", "column", "kind"]].to_numpy().tolist() == [
        [3, "POP", "negative"]
    ]
    assert parsed.observations["value"].tolist() == [1, -2.5]


def test_signs_alone_are_figures_that_would_be_lost(tmp_path: Path) -> None:
    parsed = wide(tmp_path, "Zzyzx;x;s;nd\nSans rien;x;;\n972090101;x;1;2\n")
    assert parsed.rejects[["line", "kind"]].to_numpy().tolist() == [[2, "territory"], [3, "note"]]


def test_a_title_among_blanks_that_mean_zero_is_no_territory(tmp_path: Path) -> None:
    toml = SOURCE_TOML.replace("[markers]", '[markers]\nblank = "zero"')
    text = "IRIS;LIBIRIS;POP;TAUX\nSecteur nord;;;\n972090101;x;;2\n"
    parsed = parse(tmp_path, toml, text, ("97209",))
    assert parsed.rejects[["line", "kind"]].to_numpy().tolist() == [[2, "note"]]
    assert parsed.observations["value"].tolist() == [0, 2]


def test_no_bound_is_read_where_blanks_mean_zero(tmp_path: Path) -> None:
    toml = LONG_TOML.replace("[markers]", '[markers]\nblank = "zero"')
    parsed = parse(tmp_path, toml, f"{LONG_HEADER}iris-2016;972090101;2015;POP;10;;;\n")
    assert parsed.faults.empty
    assert parsed.observations[["low", "high"]].isna().all(axis=None)


def test_one_code_in_two_zonings_is_said_once_in_each(tmp_path: Path) -> None:
    same = {code: Matcher({"A": "Bourg"}) for code in ("iris-2016", "commune-2016")}
    source = source_of(tmp_path, LONG_TOML)
    text = f"{LONG_HEADER}iris-2016;A;2015;POP;1;;;\ncommune-2016;A;2015;POP;2;;;\n"
    spec = source.files[0]
    options: dict[str, Any] = {key: getattr(spec, key) for key in spec.__dataclass_fields__}
    parsed = observe(raw_of(tmp_path / spec.name, text, **options), source, spec, same)
    assert parsed.faults.empty
    assert parsed.observations["value"].tolist() == [1, 2]


def test_column_that_nothing_describes(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        parse(tmp_path, SOURCE_TOML, "IRIS;POP;TAU\n972090101;1;2\n")
    says(caught.value, "population.csv", "TAU", "« TAUX »", "ignored")


def test_filled_column_without_a_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        parse(tmp_path, SOURCE_TOML, ";IRIS;POP\n1;972090101;1\n")
    says(caught.value, "pas de nom", "ignored")
    toml = SOURCE_TOML.replace('["LIBIRIS"]', '["LIBIRIS", ""]')
    assert parse(tmp_path, toml, ";IRIS;POP\n1;972090101;1\n").rows_kept == 1


def test_file_without_a_figure(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        parse(tmp_path, SOURCE_TOML, "IRIS;LIBIRIS\n972090101;a\n")
    says(caught.value, "population.csv", "LIBIRIS", "long")


def test_decimal_comma_stated_does_not_refuse_typed_cells(tmp_path: Path) -> None:
    toml = SOURCE_TOML.replace("population.csv", "population.parquet").replace(
        'period = "2016"', 'period = "2016"\ndecimal = ","'
    )
    path = tmp_path / "p.parquet"
    pd.DataFrame({"IRIS": ["972090101"], "POP": [1.5]}).to_parquet(path)
    assert parse(tmp_path, toml, path.read_bytes()).observations["value"].to_list() == [1.5]


# --- Properties --------------------------------------------------------------------------------

TERRITORY = st.sampled_from(
    ["972090101", "Ste-Thérèse", "centre ville", "inconnu", "Ensemble", "01004", "", "972090999"]
)
CELL = st.sampled_from(["1", "2,5", "s", "nd", "", "1 000", "x", "12 %", "-", "3e2"])
ROWS = st.lists(st.tuples(TERRITORY, CELL, CELL), min_size=1, max_size=9).filter(
    lambda rows: any(any(row) for row in rows)
)


def csv_of(rows: list[tuple[str, ...]]) -> str:
    return "".join(f"{territory};x;{pop};{rate}\n" for territory, pop, rate in rows)


@settings(max_examples=cases(15))
@given(rows=ROWS)
def test_rows_read_are_kept_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    parsed = wide(tmp_path_factory.getbasetemp(), csv_of(rows))
    assert parsed.rows_read == len(rows) == parsed.rows_kept + parsed.rows_rejected
    kept = set(parsed.observations["line"])
    assert kept.isdisjoint(parsed.rejects["line"])
    assert kept | set(parsed.rejects["line"]) == set(range(2, len(rows) + 2))
    assert len(parsed.observations) == 2 * len(kept)
    assert not parsed.observations.duplicated(["territory", "variable", "period"]).any()
    assert (parsed.rejects[["reason", "kind"]] != "").all(axis=None)


@settings(max_examples=cases(15))
@given(rows=ROWS, data=st.data())
def test_order_of_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    once = list({IRIS.find(row[0]) or row[0]: row for row in rows}.values())
    moved = data.draw(st.permutations(once))
    key = ["territory", "variable", "value", "status", "marker"]
    first, second = (
        wide(folder, csv_of(some)).observations[key].sort_values(["territory", "variable"])
        for some in (once, moved)
    )
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))


@settings(max_examples=cases(15))
@given(rows=ROWS)
def test_wide_and_long_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    once = [row for row in {IRIS.find(r[0]): r for r in rows}.items() if row[0]]
    pops = [(code, cells[1]) for code, cells in once]
    if not pops:
        return
    toml = SOURCE_TOML.replace('"%"', '"part"')
    flat = parse(folder / "wide", toml, "IRIS;POP\n" + "".join(f"{c};{p}\n" for c, p in pops))
    found = long(folder, "".join(f"iris-2016;{c};2016;POP;{p};;;\n" for c, p in pops))
    key = ["territory", "value", "status", "marker"]
    pd.testing.assert_frame_equal(flat.observations[key], found.observations[key])


def test_a_negative_count_is_refused(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path / "src", LONG_TOML, LONG_HEADER + "iris-2016;972090101;2016;POP;-4;;;\n"
    )
    assert parsed.rows_rejected == 1
    with pytest.raises(UnreadableNumberError, match="négatif") as caught:
        refuse_faults(parsed)
    assert "ligne 2" in caught.value.where
