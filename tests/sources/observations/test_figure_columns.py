"""Indicators in rows and periods in columns: recognised, loaded, declared."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from built_workspace import Place, plain, raw_of, says, source_of
from effort import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheets_made import sheet

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    FileError,
    RowError,
    UnknownColumnError,
)
from observatoire.sources.descriptors.source import Variable, read_source
from observatoire.sources.observations.builder import observe
from observatoire.sources.observations.figure_columns import read_cells
from observatoire.sources.parsers.numbers import Markers, parse_numbers
from observatoire.territories.matcher import Matcher
from observatoire.values import Nature
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse

CENTRE, CHAUX, ARMES = "Centre et Terres", "Four à Chaux", "Place d’Armes"

HEADER = ["Quartier", "Indicateur", "2010", "2016"]
#: Made-up figures.
ROWS = [
    [CENTRE, "Population", 100, 110], [CENTRE, "Taux de chômage (%)", 12.5, 14],
    [CHAUX, "Population", 200, 190], [CHAUX, "Taux de chômage (%)", 20, "n.c."],
]  # fmt: skip
READ = {
    ("Q1", "Population", "2010"): 100, ("Q1", "Population", "2016"): 110,
    ("Q1", "Taux de chômage (%)", "2010"): 12.5, ("Q1", "Taux de chômage (%)", "2016"): 14,
    ("Q2", "Population", "2010"): 200, ("Q2", "Population", "2016"): 190,
    ("Q2", "Taux de chômage (%)", "2010"): 20, ("Q2", "Taux de chômage (%)", "2016"): None,
}  # fmt: skip

#: What a person would write for it.
TOML = """\
title = "Suivi"
producer = "Ville"
licence = "Licence Ouverte 2.0"
zoning = "quartier-2007"

[[files]]
name = "suivi.csv"
layout = "long"
territory = "Quartier"
variable_column = "Indicateur"
period = "2010-2016"

[files.periods]
"2010" = "2010"
"2016" = "2016"

[variables.Population]
label = "Population"
nature = "count"
"""


def stored(warehouse: Warehouse) -> dict[tuple[str, str, str], float | None]:
    query = "SELECT territory, variable, period, value FROM current_observation"
    return {(code, name, period): value for code, name, period, value in warehouse.rows(query)}


def csv(*rows: list[object]) -> str:
    return "\n".join(";".join(map(str, row)) for row in rows) + "\n"


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_indicators_in_rows_and_periods_in_columns_are_read(
    place: Place, warehouse: Warehouse, form: str
) -> None:
    content = csv(HEADER, *ROWS) if form == "csv" else sheet([HEADER, *ROWS], form=form)
    path = place.write(f"suivi.{form}", content)
    shown = preview_file(place.workspace, path)
    assert "Indicateurs en lignes (colonne « Indicateur »)" in plain(shown)
    report = load_file(warehouse, place.workspace, path)
    assert (report.read, report.kept) == (4, 4)
    assert stored(warehouse) == READ
    assert [one for one in report.notices if "périodes en colonnes : 2010 et 2016" in plain(one)]
    load_source(warehouse, place.workspace, shown.write().parent)
    assert stored(warehouse) == READ


def test_shares_are_read_whatever_held_the_texts_before() -> None:
    share = Variable(code="T", label="T", nature=Nature.RATE, unit="part")
    with pd.option_context("mode.string_storage", "pyarrow"):
        parse_numbers(pd.Series(["1"]), Markers())
    with pd.option_context("mode.string_storage", "python"):
        read = read_cells(pd.Series(["12,5 %", "0,3"]), share, Markers(), "", "")
    assert read.value.to_list() == [0.125, 0.3]


def test_the_declaration_says_the_column_of_each_period(place: Place) -> None:
    path = place.write("suivi.csv", csv(HEADER, *ROWS))
    declared = tomllib.loads(preview_file(place.workspace, path).toml)
    (file,) = declared["files"]
    assert (file["layout"], file["variable_column"]) == ("long", "Indicateur")
    assert file["periods"] == {"2010": "2010", "2016": "2016"}
    assert "value_column" not in file
    assert declared["variables"]["Taux de chômage (%)"]["nature"] == "rate"
    assert "unit" not in declared["variables"]["Population"]


def test_a_commune_a_unit_and_a_change_stand_beside(place: Place, warehouse: Warehouse) -> None:
    header = ["Commune", "Quartier", "Variable", "Unité", "Valeur 2014", "Valeur 2015", "Évolution"]
    rows = [
        ["Fort-de-France", CENTRE, "Logements", "nb", 1, 2, "100 %"],
        ["Fort-de-France", CENTRE, "Ménages", "nb", 3, 4, "33 %"],
        ["Le Lamentin", ARMES, "Logements", "nb", 5, 6, "20 %"],
        ["Le Lamentin", ARMES, "Ménages", "nb", 7, 8, "14 %"],
        ["Total", "", "Logements", "", 6, 8, ""],
        ["Source : Ville, données fictives", "", "", "", "", "", ""],
    ]
    report = load_file(warehouse, place.workspace, place.write("suivi.csv", csv(header, *rows)))
    assert (report.read, report.kept) == (6, 4)
    values = {key: value for key, value in stored(warehouse).items() if key[0] == "Q3"}
    assert values == {
        ("Q3", "Logements", "2014"): 5, ("Q3", "Logements", "2015"): 6,
        ("Q3", "Ménages", "2014"): 7, ("Q3", "Ménages", "2015"): 8,
    }  # fmt: skip
    notices = plain(" ".join(report.notices))
    assert "d’aucune période, laissées de côté : « Évolution »" in notices
    assert "« Unité »" not in notices  # read row by row


def test_rows_without_an_indicator_are_refused_only_for_their_figures(
    place: Place, warehouse: Warehouse
) -> None:
    aside = [["Total", "", 300, 300], [ARMES, "", "", ""]]
    path = place.write("suivi.csv", csv(HEADER, *ROWS, *aside))
    report = load_file(warehouse, place.workspace, path)
    assert (report.read, report.kept) == (6, 4)
    assert set(report.rejects["kind"]) == {"total", "note"}
    with pytest.raises(RowError) as caught:
        load_file(
            warehouse, place.workspace, place.write("a.csv", csv(HEADER, *ROWS, [ARMES, "", 1, 2]))
        )
    says(caught.value, "ligne 6", "ce que compte cette ligne", "chaque ligne")


def test_words_name_indicators_before_their_codes(place: Place, warehouse: Warehouse) -> None:
    header = ["Quartier", "Code indicateur", "Libellé de l’indicateur", "2010", "2016"]
    codes = ["POP", "CHOM", "POP", "CHOM"]
    rows = [[row[0], code, *row[1:]] for code, row in zip(codes, ROWS, strict=True)]
    load_file(warehouse, place.workspace, place.write("suivi.csv", csv(header, *rows)))
    assert stored(warehouse) == READ


def test_figures_of_no_period_beside_periods_are_not_left_out(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [[*row, 7] for row in ROWS]
    path = place.write("suivi.csv", csv([*HEADER, "Nombre de logements"], *rows))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "distingue « Indicateur »", "« Nombre de logements »", "qu’une colonne")
    with pytest.raises(DescriptorError):
        load_file(warehouse, place.workspace, path, LoadOptions(period="2016"))
    assert stored(warehouse) == {}


def test_merged_indicators_over_quartiers_are_completed(place: Place, warehouse: Warehouse) -> None:
    rows = [
        ["Indicateur", "Quartier", "2010", "2016"],
        ["Population", CENTRE, 100, 110], ["", CHAUX, 200, 190],
        ["Ménages", CENTRE, 50, 55], ["", CHAUX, 90, 80],
    ]  # fmt: skip
    path = place.write("suivi.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse)["Q2", "Population", "2016"] == 190
    assert stored(warehouse)["Q2", "Ménages", "2010"] == 90
    with pytest.raises(RowError) as caught:
        load_file(warehouse, place.workspace, place.write("autre.xlsx", sheet(rows)))
    says(caught.value, "ligne 3", "colonne Indicateur", "est vide", "fusionnées")


def test_an_indicator_without_a_figure_under_a_merged_quartier_is_missing(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [
        HEADER,
        [CENTRE, "Population", 1, 2],
        ["", "Ménages", "", ""],
        [CHAUX, "Population", 3, 4],
        ["", "Ménages", 5, 6],
    ]
    path = place.write("suivi.xlsx", sheet(rows, [(1, 0, 2, 0), (3, 0, 4, 0)]))
    assert load_file(warehouse, place.workspace, path).kept == 4
    assert stored(warehouse)["Q1", "Ménages", "2010"] is None
    assert stored(warehouse)["Q2", "Ménages", "2016"] == 6


def test_a_row_said_twice_is_refused_with_its_lines(place: Place, warehouse: Warehouse) -> None:
    path = place.write("suivi.csv", csv(HEADER, *ROWS, [CENTRE, "Population", 1, 2]))
    with pytest.raises(DuplicateKeyError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 6", "Centre et Terres", "Population", "après la ligne 2")
    assert stored(warehouse) == {}


def test_indicators_that_no_two_rows_share_are_still_apart(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [[CENTRE, "Population", 1, 2], [CHAUX, "Ménages", 3, 4]]
    load_file(warehouse, place.workspace, place.write("suivi.csv", csv(HEADER, *rows)))
    assert {(code, name) for code, name, _ in stored(warehouse)} == {
        ("Q1", "Population"), ("Q2", "Ménages"),
    }  # fmt: skip


def test_labels_that_differ_by_their_writing_only_are_said(place: Place) -> None:
    rows = [*ROWS[:2], [CHAUX, "population", 200, 190], ROWS[3]]
    shown = preview_file(place.workspace, place.write("suivi.csv", csv(HEADER, *rows)))
    assert "ne diffère de « Population » que par l’écriture" in plain(shown)
    assert "écriture" not in plain(
        preview_file(place.workspace, place.write("a.csv", csv(HEADER, *ROWS)))
    )


def test_residences_are_no_indicators(place: Place, warehouse: Warehouse) -> None:
    header = ["Quartier", "Résidence", "2014", "2015"]
    rows = [[CENTRE, "Les Lilas", 1, 2], [CENTRE, "Les Pins", 3, 4], [CHAUX, "Le Parc", 5, 6]]
    with pytest.raises(DuplicateKeyError) as caught:
        load_file(warehouse, place.workspace, place.write("suivi.csv", csv(header, *rows)))
    says(caught.value, "ligne 3", "tableau croisé", "variable_column", "[files.periods]")


def test_figures_of_two_things_are_not_two_periods_of_one(
    place: Place, warehouse: Warehouse
) -> None:
    header = ["Quartier", "Indicateur", "Hommes 2010", "Femmes 2016"]
    with pytest.raises(DescriptorError, match="plusieurs colonnes de chiffres"):
        load_file(warehouse, place.workspace, place.write("suivi.csv", csv(header, *ROWS)))
    assert stored(warehouse) == {}


def test_what_groups_indicators_is_not_taken_for_one(place: Place, warehouse: Warehouse) -> None:
    header = ["Quartier", "Type", "Prestation", "2010", "2016"]
    rows = [
        [CENTRE, "Minima", "RSA", 1, 2], [CENTRE, "Minima", "AAH", 3, 4],
        [CHAUX, "Logement", "RSA", 5, 6], [CHAUX, "Logement", "AAH", 7, 8],
    ]  # fmt: skip
    load_file(warehouse, place.workspace, place.write("suivi.csv", csv(header, *rows)))
    assert stored(warehouse)["Q1", "AAH", "2016"] == 4
    assert {name for _, name, _ in stored(warehouse)} == {"RSA", "AAH"}


def test_a_share_under_a_percentage_is_that_of_another_indicator(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [
        [CENTRE, "Part HLM", "25 %", "26 %"],
        [CENTRE, "Naissances", 1, 0],
        [CHAUX, "Part HLM", "12,5 %", "13 %"],
        [CHAUX, "Naissances", 1, 1],
    ]
    load_file(warehouse, place.workspace, place.write("suivi.csv", csv(HEADER, *rows)))
    assert stored(warehouse)["Q1", "Naissances", "2010"] == 1
    assert stored(warehouse)["Q2", "Part HLM", "2010"] == 12.5
    mixed = [*rows[:2], [CHAUX, "Part HLM", "0,125", "13 %"], rows[3]]
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, place.write("autre.csv", csv(HEADER, *mixed)))
    says(caught.value, "« 0,125 »", "indicateur Part HLM", "sans %")


# --- What a person declares ----------------------------------------------------------------------


def read(place: Place, toml: str, text: str) -> dict[tuple[str, str], float]:
    """Return the values by variable and period of a made-up file of one quartier."""
    folder = place.root / "data" / "raw" / "fait"
    source = source_of(folder, toml)
    (spec,) = source.files
    options = {
        name: getattr(spec, name) for name in ("layout", "territory", "variable_column", "periods")
    }
    table = raw_of(folder / "suivi.csv", text, **options)
    zonings = {"quartier-2007": Matcher({"Q1": CENTRE})}
    parsed = observe(table, source, spec, zonings)
    assert parsed.faults.empty, parsed.faults
    cells = parsed.observations
    return dict(
        zip(zip(cells["variable"], cells["period"], strict=True), cells["value"], strict=True)
    )


def test_a_declaration_written_by_hand_is_read(place: Place) -> None:
    assert read(place, TOML, csv(HEADER, ["Q1", "Population", "1 234", "2,5"])) == {
        ("Population", "2010"): 1234, ("Population", "2016"): 2.5,
    }  # fmt: skip


@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(0, 10**6), min_size=2, max_size=2))
def test_each_figure_goes_to_the_period_of_its_column(tmp_path: Path, values: list[int]) -> None:
    figures = read(Place(tmp_path), TOML, csv(HEADER, ["Q1", "Population", *values]))
    assert figures == {("Population", "2010"): values[0], ("Population", "2016"): values[1]}


def test_a_column_of_no_declared_period_is_not_lost(place: Place) -> None:
    text = csv([*HEADER, "2021"], ["Q1", "Population", 1, 2, 3])
    with pytest.raises(UnknownColumnError) as caught:
        read(place, TOML, text)
    says(caught.value, "« 2021 »", "[files.periods]", "ignored")
    aside = TOML.replace('period = "2010-2016"', 'period = "2010-2016"\nignored = ["2021"]')
    assert read(place, aside, text)["Population", "2016"] == 2


def test_a_column_without_a_name_is_not_lost(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, TOML, csv([*HEADER, ""], ["Q1", "Population", 1, 2, 3]))
    says(caught.value, "pas de nom")


def test_a_declared_period_that_the_file_lacks_is_said(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, TOML, csv(HEADER[:3], ["Q1", "Population", 1]))
    says(caught.value, "« 2016 »")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"2016" = "2016"', '"2016" = "2010"', "même période"),
        ('period = "2010-2016"', 'period_column = "an"', "dit déjà la période"),
        ('period = "2010-2016"', 'period = "2016"\nlow_column = "a"\nhigh_column = "b"', "bornes"),
        ('[files.periods]\n"2010" = "2010"\n"2016" = "2016"\n', "", "[files.periods]"),
    ],
)
def test_a_declaration_that_says_two_things_is_refused(
    place: Place, old: str, new: str, expected: str
) -> None:
    folder = place.root / "data" / "raw" / "fait"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(TOML.replace(old, new), "utf-8")
    with pytest.raises(DescriptorError) as caught:
        read_source(folder)
    says(caught.value, expected)


@pytest.mark.parametrize("count", [2, 3])
def test_a_table_lying_on_its_side_says_how_to_turn_it(place: Place, count: int) -> None:
    rows = [["Indicateur", CENTRE, CHAUX, ARMES], ["Population", 1, 2, 3], ["Ménages", 4, 5, 6]]
    path = place.write("a-2016.csv", csv(*(row[: count + 1] for row in rows)))
    error = preview_file(place.workspace, path).refusal
    assert isinstance(error, FileError)
    says(error, "couché", "ligne 1", CENTRE, "Collage spécial", "Transposé")
