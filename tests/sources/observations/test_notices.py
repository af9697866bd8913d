"""Titles among rows of figures: what follows them is said to be read as of here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from observatoire.warehouse.loading.files import load_file, preview_file

if TYPE_CHECKING:
    from built_workspace import Place

    from observatoire.warehouse import Warehouse


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    return place.empty_warehouse()


def printed(place: Place, warehouse: Warehouse, rows: str) -> tuple[str, str]:
    path = place.write("aides-2016.csv", "Quartier;Aidés\n" + rows)
    shown = str(preview_file(place.workspace, path))
    notices = " ".join(load_file(warehouse, place.workspace, path).notices)
    return notices.replace("\u00a0", " "), shown.replace("\u00a0", " ")


#: Made-up figures: under « Zone nord », rows are still of the commune named above.
STRANGE = "Fort-de-France;\nCentre et Terres;1\nZone nord;\nFour à Chaux;2\nLe Lamentin;\nPlace d’Armes;3\n"


def test_a_title_among_communes_is_said(place: Place, warehouse: Warehouse) -> None:
    for text in printed(place, warehouse, STRANGE):
        assert "« Zone nord » (ligne 4) est lu comme un titre" in text
        assert "retirez-les" in text
    two = STRANGE.replace("Le Lamentin;\n", "Le Lamentin;\nSecteur 2;\n")
    notices, _ = printed(place, warehouse, two)
    assert "« Zone nord » (ligne 4) et « Secteur 2 » (ligne 7) sont lus comme des titres" in notices


def test_a_title_where_no_commune_is_said_may_be_another_place(
    place: Place, warehouse: Warehouse
) -> None:
    rows = "Zone nord;\nCentre et Terres;1\nSchœlcher;\nPlace d’Armes;3\n"
    for text in printed(place, warehouse, rows):
        assert (
            "« Zone nord » (ligne 2) et « Schœlcher » (ligne 4) sont lus comme des titres" in text
        )
        assert "sont lues parmi vos territoires. Si c’est un autre lieu" in text


@pytest.mark.parametrize(
    "rows",
    [
        "Fort-de-France;\nCentre et Terres;1\nLe Lamentin;\nPlace d’Armes;3\n",
        "Centre et Terres;1\nPlace d’Armes;3\nSource : CCAS;\nZone sud;\n",
        "Fort-de-France;\nCentre et Terres;1\nLe Lamentin;\nPlace d’Armes;3\nSource : CCAS;\nRevu;\n",
        "Fort-de-France;\nCentre et Terres;1\nSource : mairie;\nLe Lamentin;\nPlace d’Armes;3\n",
        "Fort-de-France;\nCentre et Terres;1\nQuartier;Aidés\nLe Lamentin;\nPlace d’Armes;3\n",
    ],
)
def test_other_titles_and_notes_are_no_doubt(place: Place, warehouse: Warehouse, rows: str) -> None:
    for text in printed(place, warehouse, rows):
        assert "comme un titre" not in text
