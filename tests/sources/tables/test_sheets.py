"""The sheet declared, and which one holds the table when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from built_workspace import raw_of, says
from sheets_made import sheets

from observatoire.errors import EmptyFileError, UnknownColumnError

if TYPE_CHECKING:
    from built_workspace import Place

    from observatoire.sources.tables.raw_table import RawTable

TABLE = [["Quartier", "Aidés"], ["Q1", 1], ["Q2", 2]]
PROSE = [["Bonjour", "oui"], ["a", "b"]]


def read(place: Place, content: bytes, **spec: Any) -> RawTable:
    place.root.mkdir(exist_ok=True)
    return raw_of(place.root / "s.xlsx", content, territory="Quartier", **spec)


def test_the_sheet_stated_is_read(place: Place) -> None:
    content = sheets(Un=TABLE, Deux=[["Quartier", "Aidés"], ["Q1", 9]])
    assert read(place, content, sheet="Deux").frame["Aidés"].tolist() == ["9"]


def test_without_a_sheet_the_first_that_holds_the_column_is_read(place: Place) -> None:
    assert read(place, sheets(Lisez=PROSE, Vide=[], Deux=TABLE)).sheet == "Deux"


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, sheets(Lisez=PROSE, Annexe=TABLE), sheet="Donnees")
    says(caught.value, "« Donnees » n’existe pas", "« Lisez » et « Annexe »", 'sheet = "Annexe"')


def test_the_nearest_sheet_is_proposed(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, sheets(Lisez=PROSE, Annexe=TABLE), sheet="Anexe")
    says(caught.value, "Vouliez-vous dire « Annexe » ?")


def test_several_sheets_that_hold_the_column_are_all_named(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, sheets(A2015=TABLE, A2016=TABLE), sheet="2016")
    says(caught.value, "la colonne « Quartier » est dans « A2015 » et « A2016 »")


def test_a_sheet_without_the_table_says_which_has_it(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, sheets(Lisez=PROSE, Deux=TABLE), sheet="Lisez")
    says(caught.value, "n’est pas dans la feuille « Lisez »", 'sheet = "Deux"')
    assert "Bonjour" not in str(caught.value)


def test_a_table_that_no_sheet_holds_names_the_sheet_looked_at(place: Place) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        read(place, sheets(Lisez=PROSE), sheet="Lisez")
    says(caught.value, "feuille « Lisez »", "« Quartier » n’est pas", "Bonjour")


def test_a_header_that_moved_says_its_line(place: Place) -> None:
    moved = sheets(Un=[["Suivi", ""], ["Titre", "x"], *TABLE])
    with pytest.raises(UnknownColumnError) as caught:
        read(place, moved, sheet="Un", header=2)
    says(caught.value, "est nommée ligne 3, et non ligne 2", "header = 3")
    assert read(place, moved, sheet="Un", header=3).lines.tolist() == [4, 5]


def test_an_empty_sheet_names_the_others(place: Place) -> None:
    with pytest.raises(EmptyFileError) as caught:
        read(place, sheets(Vide=[], Deux=TABLE), sheet="Vide")
    says(caught.value, "« Vide » est vide", "Deux")
