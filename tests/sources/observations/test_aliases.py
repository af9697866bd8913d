"""Rows placed by another name of their territory: kept, said, and read anew when a name changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, dump, says

import observatoire as obs
from observatoire.errors import DescriptorError, DuplicateKeyError, UnknownTerritoryError
from observatoire.observatory.gazetteer import Gazetteer
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source
from observatoire.warehouse.loading.zonings import fill_zonings

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse

#: Made-up figures, quartiers and other names.
AIDED = "Quartier;Aidés\nLes Fours;5\nPlace d’Armes;6\nCité Bleue;7\n"

SOURCE = """\
title = "Aidés"
producer = "CCAS"
licence = "Convention"
zoning = "quartier-2007"

[[files]]
name = "aides.csv"
territory = "Quartier"
period = "2016"

[aliases]
"Les Fours" = "Four à Chaux"
"Cité Bleue" = "Q1"

[variables."Aidés"]
label = "Aidés"
nature = "count"
"""


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    return place.empty_warehouse()


def with_column(place: Place, alias: str = "Les Fours") -> None:
    place.write(
        "geo/quartiers.csv",
        "code;nom;commune;alias\nQ1;Centre et Terres;97209;Cité Bleue\n"
        f"Q2;Four à Chaux;97209;{alias}\nQ3;Place d’Armes;97213;\n",
    )


def stored(warehouse: Warehouse) -> dict[str, float]:
    query = "SELECT territory, value FROM current_observation WHERE variable = 'Aidés'"
    return dict(warehouse.rows(query))  # type: ignore[arg-type]


def test_a_file_is_read_by_the_names_of_its_source(place: Place, warehouse: Warehouse) -> None:
    place.write("data/raw/src/source.toml", SOURCE)
    place.csv(AIDED, "aides.csv")
    report = place.load(warehouse)
    assert stored(warehouse) == {"Q1": 7, "Q2": 5, "Q3": 6}
    printed = str(report).replace("\u00a0", " ").replace("\u202f", " ")
    assert "2 lignes rattachées par un autre nom" in printed
    assert "« Les Fours » = « Four à Chaux » (Q2), ligne 2" in printed
    assert "Place d’Armes" not in printed


def test_a_file_is_read_by_the_names_of_the_members(place: Place, warehouse: Warehouse) -> None:
    with_column(place)
    path = place.write("aides-2016.csv", AIDED)
    shown = str(preview_file(place.workspace, path)).replace("\u00a0", " ")
    assert "Q2, autre nom de « Four à Chaux »" in shown
    report = load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {"Q1": 7, "Q2": 5, "Q3": 6}
    assert "« Cité Bleue » = « Centre et Terres » (Q1), ligne 4" in str(report).replace(
        "\u00a0", " "
    )


def test_a_name_unknown_is_offered_in_the_declaration(place: Place, warehouse: Warehouse) -> None:
    path = place.write("fours-2016.csv", AIDED.replace("Les Fours", "Fours à Chaud"))
    shown = preview_file(place.workspace, path)
    assert '# [aliases]\n# "Fours à Chaud" = "Four à Chaux"  # ligne 2\n' in shown.toml
    assert '# "Cité Bleue" = "…"  # ligne 4' in shown.toml
    target = shown.write()
    before = target.read_text("utf-8")
    text = before.replace("# [al", "[al").replace('# "', '"').replace("…", "Q1")
    target.write_text(text, "utf-8")
    load_source(warehouse, place.workspace, target.parent)
    assert stored(warehouse) == {"Q1": 7, "Q2": 5, "Q3": 6}


def test_a_name_of_two_territories_is_offered_by_its_code_and_is_no_unknown_one(
    place: Place,
) -> None:
    twin = "Q3;Place d’Armes;97213\n"
    place.replace("geo/quartiers.csv", twin, twin + "Q4;Place d’Armes;97209\n")
    text = "Quartier;Aidés\nPlace d’Armes;5\nPlasse d’Armes;6\nFour à Chaux;7\n"
    toml = preview_file(place.workspace, place.write("aides-2016.csv", text)).toml
    assert '# "Plasse d’Armes" = "Q3"' in toml
    assert '# "Place d’Armes" =' not in toml


def test_the_name_left_to_complete_is_refused(place: Place, warehouse: Warehouse) -> None:
    place.write("data/raw/src/source.toml", SOURCE.replace('"Four à Chaux"', '"…"'))
    place.csv(AIDED, "aides.csv")
    before = dump(warehouse)
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "src/source.toml, [aliases]", "« Les Fours »", "« … »")
    assert dump(warehouse) == before


def test_a_total_is_another_name_of_no_territory(place: Place) -> None:
    with_column(place, alias="Total")
    with pytest.raises(DescriptorError) as caught:
        obs.open(place.root).load(place.write("aides-2016.csv", AIDED))
    says(caught.value, "quartiers.csv, ligne 3", "« Total »", "« Four à Chaux »", "ligne de total")


def test_a_source_says_no_name_twice(place: Place, warehouse: Warehouse) -> None:
    declared = 'period = "2016"\ntotals = ["Les Fours"]\n'
    place.write("data/raw/src/source.toml", SOURCE.replace('period = "2016"\n', declared))
    place.csv(AIDED, "aides.csv")
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "« Les Fours »", "un total de « aides.csv »", "« Four à Chaux »")


def test_a_row_by_another_name_repeats_the_one_by_its_own(
    place: Place, warehouse: Warehouse
) -> None:
    with_column(place)
    path = place.write("aides-2016.csv", AIDED + "Four à Chaux;9\n")
    with pytest.raises(DuplicateKeyError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 5", "après la ligne 2")


def test_a_name_added_to_the_members_is_read_in_the_same_bytes(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("aides-2016.csv", AIDED)
    load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert stored(warehouse) == {"Q3": 6}
    with_column(place)
    assert load_file(warehouse, place.workspace, path).changed
    assert stored(warehouse) == {"Q1": 7, "Q2": 5, "Q3": 6}
    assert not load_file(warehouse, place.workspace, path).changed
    with_column(place, alias="Les Autres")
    assert load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject")).changed
    assert stored(warehouse) == {"Q1": 7, "Q3": 6}


def test_what_to_do_of_an_unknown_name_names_the_table(place: Place, warehouse: Warehouse) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, place.write("aides-2016.csv", AIDED))
    says(caught.value, "[aliases]", "« alias »", 'on_error="reject"')


def test_a_register_tells_the_other_names_too(place: Place, warehouse: Warehouse) -> None:
    with_column(place)
    toml = SOURCE[: SOURCE.index("[[files]]")] + (
        '[[files]]\nname = "notes.csv"\nregister = "notes"\nperiod = "2016"\n'
    )
    place.write("data/raw/src/source.toml", toml)
    place.csv(
        "date;zonage;perimetre;thematique;source;force;texte;lecteurs\n"
        "2016-03-01;quartier-2007;Les Fours;;CCAS;forte;Halte-garderie saturée;public\n",
        "notes.csv",
    )
    report = place.load(warehouse)
    assert warehouse.rows("SELECT territory FROM current_note") == [("Q2",)]
    assert "autre nom" in str(report)


def test_a_page_is_asked_by_any_name(place: Place, warehouse: Warehouse) -> None:
    with_column(place)
    fill_zonings(warehouse, place.workspace)
    gazetteer = Gazetteer(warehouse, place.workspace, None)  # type: ignore[arg-type]
    assert gazetteer.code("quartier-2007", "les fours") == "Q2"
