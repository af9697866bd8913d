"""Under the title of a commune that is none of ours, a namesake is not ours; a title that only cites one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, dump, plain, says
from sheets_made import sheets

from observatoire.errors import DescriptorError, UnknownTerritoryError
from observatoire.sources.places.communes import is_proper, town_titled
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse

#: A made-up table of a quartier of Fort-de-France and of one of Le Lamentin.
ROWS = "Quartier;Aidés\nFour à Chaux;2\nPlace d’Armes;3\n"


def stored(warehouse: Warehouse) -> dict[str, float]:
    return dict(warehouse.rows("SELECT territory, value FROM current_observation"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Commune de Schœlcher", "Schœlcher"),
        ("VILLE DE SAINTE-MARIE", "SAINTE-MARIE"),
        ("Ville de Sainte-Marie – Allocataires 2016", "Sainte-Marie"),
        ("Allocataires de la commune du Robert (2016)", "Robert"),
        ("Commune : Rivière-Pilote", "Rivière-Pilote"),
        ("C.C.A.S. des Trois-Îlets", "Trois-Îlets"),
        ("Ville d’Aix", "Aix"),
    ],
)
def test_a_table_of_another_commune_gives_nothing_to_a_namesake(
    place: Place, warehouse: Warehouse, title: str, name: str
) -> None:
    before = dump(warehouse)
    path = place.write("aides-2016.csv", f"{title};\n{ROWS}")
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, f"« {name} »", title, "« Four à Chaux »", "source.toml", "« Commune »")
    assert dump(warehouse) == before


@pytest.mark.parametrize(
    "title",
    [
        "Comparé à la ville de Schœlcher",
        "Source : Ville de Schœlcher",
        "Allocataires (hors commune de Schœlcher)",
        "Source : CAF de Fort-de-France",
        "Commune de résidence",
        "COMMUNE DE RÉSIDENCE",
        "Ville de Fort-de-France et du Lamentin",
        "Fort-de-France et Le Lamentin, comparées à la commune de Schœlcher",
        "Politique de la ville de Martinique",
        "Allocataires du centre-ville de Schœlcher",
    ],
)
def test_a_title_that_cites_another_place_changes_nothing(
    place: Place, warehouse: Warehouse, title: str
) -> None:
    load_file(warehouse, place.workspace, place.write("aides-2016.csv", f"{title};\n{ROWS}"))
    assert stored(warehouse) == {"Q2": 2, "Q3": 3}


def test_the_name_of_a_sheet_is_a_title(place: Place, warehouse: Warehouse) -> None:
    rows = [["Quartier", "Aidés"], ["Four à Chaux", 2]]
    path = place.write("aides-2016.xlsx", sheets(**{"Ville de Schœlcher": rows}))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "feuille « Ville de Schœlcher »")


@pytest.mark.parametrize("title", ["Ville de Fort-de-France", "CCAS de Fort de France Solidarité"])
def test_a_table_of_one_of_our_communes_gives_nothing_to_the_other(
    place: Place, warehouse: Warehouse, title: str
) -> None:
    path = place.write("aides-2016.csv", f"{title};\n{ROWS}")
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« Fort-de-France »", "« Place d’Armes » n’est pas de cette commune")
    rows = ROWS.replace("Place d’Armes", "Le Lamentin;\nPlace d’Armes")
    load_file(
        warehouse,
        place.workspace,
        place.write("bis-2016.csv", f"{title};\n{rows}"),
        LoadOptions(period="2016"),
    )
    assert stored(warehouse) == {"Q2": 2, "Q3": 3}


@pytest.mark.parametrize(
    "rows",
    [
        "Quartier;Aidés\nQ2;2\nQ3;3\n",
        "Commune;Quartier;Aidés\n97209;Four à Chaux;2\n97213;Place d’Armes;3\n",
    ],
    ids=["codes", "communes"],
)
def test_codes_and_a_column_of_communes_tell_better_than_a_title(
    place: Place, warehouse: Warehouse, rows: str
) -> None:
    path = place.write("aides-2016.csv", f"CCAS de Schœlcher;\n{rows}")
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {"Q2": 2, "Q3": 3}


def test_communes_by_their_name_have_no_namesake(place: Place, warehouse: Warehouse) -> None:
    rows = "Ville de Schœlcher;\nCommune;Aidés\nFort-de-France;2\nLe Lamentin;3\n"
    load_file(warehouse, place.workspace, place.write("aides-2016.csv", rows))
    assert stored(warehouse) == {"97209": 2, "97213": 3}


def test_what_is_refused_for_its_title_loads_once_described(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("aides-2016.csv", f"Tableau remis en mairie de Schœlcher;\n{ROWS}")
    shown = preview_file(place.workspace, path)
    assert "Ne se charge pas." in plain(shown)
    load_source(warehouse, place.workspace, shown.write().parent)
    assert stored(warehouse) == {"Q2": 2, "Q3": 3}


@pytest.mark.parametrize("title", ["Commune de Schœlcher", "Schœlcher"])
def test_rows_under_a_title_of_another_commune_are_from_elsewhere(
    place: Place, warehouse: Warehouse, title: str
) -> None:
    rows = (
        "Quartier;Aidés\nVille de Fort-de-France;\nCentre et Terres;1\n"
        f"{title};\nFour à Chaux;2\nAnse Madame;4\nTotal;6\nLe Lamentin;\nPlace d’Armes;3\n"
    )
    path = place.write("aides-2016.csv", rows)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "2 lignes sont d’autres communes", "« Schœlcher » (2)", "c’est un titre")
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert stored(warehouse) == {"Q1": 1, "Q3": 3}
    assert (report.read, report.kept) == (8, 2)
    assert "comme un titre" not in " ".join(report.notices)


def test_a_title_among_rows_is_one_without_any_of_ours(place: Place, warehouse: Warehouse) -> None:
    rows = "Quartier;Aidés\nCentre et Terres;1\nVille de Schœlcher;\nFour à Chaux;2\n"
    path = place.write("aides-2016.csv", rows)
    with pytest.raises(UnknownTerritoryError):
        load_file(warehouse, place.workspace, path)
    load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert stored(warehouse) == {"Q1": 1}


def test_rows_under_titles_are_judged_the_same_once_described(
    place: Place, warehouse: Warehouse
) -> None:
    rows = "Quartier;Aidés\nCentre et Terres;1\nVille de Schœlcher;\nFour à Chaux;2\n"
    written = preview_file(place.workspace, place.write("aides-2016.csv", rows)).write()
    with pytest.raises(UnknownTerritoryError):
        load_source(warehouse, place.workspace, written.parent)


@pytest.mark.parametrize(
    "text", ["Zone nord", "Bailleurs", "2016", "vu", "", "Un titre bien trop long que voici"]
)
def test_what_is_no_name_of_a_commune(text: str) -> None:
    assert not is_proper(text)
    assert not town_titled(f"Commune de {text}")
