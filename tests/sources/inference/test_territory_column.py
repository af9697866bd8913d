"""Codes win over names beside them: an IRIS may bear the name of a quartier, a commune has one code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, says

import observatoire as obs
from observatoire.errors import DescriptorError, UnknownTerritoryError
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    # As in Le Lamentin: IRIS and quartiers of the same names.
    place.write(
        "geo/quartiers.csv",
        "code;nom;commune\nQ1;Centre-ville;97209\nQ2;Terres-Sainville;97209\nQ3;Bourg;97213\n",
    )
    return place.empty_warehouse()


def stored(warehouse: Warehouse) -> dict[str, float]:
    rows = warehouse.rows("SELECT territory, value FROM current_observation")
    return dict(rows)  # type: ignore[arg-type]


def test_a_commune_beside_its_code_is_no_whole_of_its_quartiers(tmp_path: Path) -> None:
    path = tmp_path / "a-2016.csv"
    path.write_text("Code;Nom;Aidés\n97209;Fort-de-France;5\n97213;Le Lamentin;3\n", "utf-8")
    shown = obs.demo().preview(path)
    assert shown.parsed is not None
    assert shown.parsed.observations["territory"].to_list() == ["97209", "97213"]


IRIS = {"972090101": 1, "972090102": 2, "972130101": 3}
QUARTIERS = {"Q1": 1, "Q2": 2, "Q3": 3}
TOWNS = {"97209": 1, "97213": 2}

#: Made-up figures.
TABLES = {
    "codes of IRIS, then names": (
        "IRIS;LIBIRIS;Aidés\n972090101;Centre Ville;1\n972090102;Terres Sainville;2\n972130101;Bourg;3\n",
        IRIS,
    ),
    "names, then codes of IRIS": (
        "Libellé;Code;Aidés\nCentre Ville;972090101;1\nTerres Sainville;972090102;2\nBourg;972130101;3\n",
        IRIS,
    ),
    "a total under the names": (
        (
            "Code;Libellé;Aidés\n972090101;Centre Ville;1\n972090102;Terres Sainville;2\n972130101;Bourg;3\n"
            ";Total;6\n"
        ),
        IRIS,
    ),
    "names alone": ("Nom;Aidés\nCentre Ville;1\nTerres Sainville;2\nBourg;3\n", QUARTIERS),
    "names headed as those of IRIS": (
        "Libellé IRIS;Aidés\nCentre Ville;1\nTerres Sainville;2\nBourg;3\n",
        IRIS,
    ),
    "quartiers, and the code of their commune": (
        "Code commune;Nom;Aidés\n97209;Centre-ville;1\n97213;Bourg;3\n",
        {"Q1": 1, "Q3": 3},
    ),
    "communes of a country": (
        "Commune;Code Insee;Aidés\nFort-de-France;97209;1\nLe Lamentin;97213;2\nParis;75056;9\n",
        TOWNS,
    ),
    "quartiers by code, a total by name": (
        "Code;Quartier;Aidés\nQ1;Centre-ville;1\nQ2;Terres-Sainville;2\nQ3;Bourg;3\n;Total;6\n",
        QUARTIERS,
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_column_that_places_the_rows(place: Place, warehouse: Warehouse, name: str) -> None:
    content, expected = TABLES[name]
    path = place.write("aides-2016.csv", content)
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == expected
    folder = preview_file(place.workspace, path).write().parent
    load_source(warehouse, place.workspace, folder)
    assert stored(warehouse) == expected


def test_a_total_of_something_else_is_no_total_of_territories(
    place: Place, warehouse: Warehouse
) -> None:
    rows = "Quartier;Public;Aidés\nCentre-ville;Femmes;1\n;Ensemble;2\nBourg;Femmes;3\n"
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, place.write("aides-2016.csv", rows))
    says(caught.value, "ligne 3", "vide")


BOTH = "Quartier;IRIS;Aidés\nCentre-ville;972090101;1\nTerres-Sainville;972090102;2\nBourg;972130101;3\n"


@pytest.mark.parametrize(
    ("zoning", "expected"), [("quartier-2007", QUARTIERS), ("iris-2016", IRIS)]
)
def test_rows_of_two_territories_are_refused_until_declared(
    place: Place, warehouse: Warehouse, zoning: str, expected: dict[str, float]
) -> None:
    path = place.write("aides-2016.csv", BOTH)
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« Quartier »", "« IRIS »", f'zoning="{zoning}"', "deux territoires")
    assert stored(warehouse) == {}
    load_file(warehouse, place.workspace, path, LoadOptions(zoning=zoning))
    assert stored(warehouse) == expected


def test_a_title_that_says_quartiers_heads_no_column(place: Place, warehouse: Warehouse) -> None:
    rows = (
        "Suivi des quartiers;;\nLibellé;Code;Aidés\nCentre Ville;972090101;1\nBourg;972130101;3\n"
    )
    load_file(warehouse, place.workspace, place.write("aides-2016.csv", rows))
    assert stored(warehouse) == {"972090101": 1, "972130101": 3}


def test_a_figure_that_looks_like_a_code_places_no_row(place: Place, warehouse: Warehouse) -> None:
    names = ("Centre-ville", "Terres-Sainville", "Bourg")
    months = [f"2016-{month:02d}" for month in range(1, 13)]
    lines = [f"{name};{month};{7 + at}" for month in months for at, name in enumerate(names)]
    lines[4] = "Terres-Sainville;2016-02;97209"  # as many people as the code of Fort-de-France
    path = place.write("aides.csv", "Nom;Mois;Aidés\n" + "\n".join(lines) + "\n")
    load_file(warehouse, place.workspace, path)
    query = "SELECT count(*), count(DISTINCT territory), max(value) FROM current_observation"
    assert warehouse.rows(query) == [(36, 3, 97209)]


def test_one_commune_among_those_of_a_country_is_found(place: Place, warehouse: Warehouse) -> None:
    others = "".join(f"{code};972;1\n" for code in range(97220, 97232))
    path = place.write("aides-2016.csv", f"CODGEO;DEP;Aidés\n97209;972;5\n{others}")
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {"97209": 5}
