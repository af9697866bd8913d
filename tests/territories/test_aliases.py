"""Other names of territories are declared, never guessed, and never name two of one commune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, says
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import DescriptorError, UnknownNameError
from observatoire.territories import Matcher, read_members, simplify
from observatoire.territories.aliases import members_matcher, split_names, with_aliases

if TYPE_CHECKING:
    import pandas as pd

#: Made up: quartiers of two towns, with invented other names.
MEMBERS = """\
code;nom;commune;alias
Q1;Centre et Terres;97209;Les Terrasses | Cité Bleue
Q2;Four à Chaux;97209;
Q3;Place d’Armes;97213;Cité Bleue
"""


def members(place: Place, text: str = MEMBERS) -> pd.DataFrame:
    return read_members(place.write("geo/quartiers.csv", text))


def test_a_cell_holds_several_names() -> None:
    assert split_names(" Cité Bleue|Les Terrasses | ") == ("Cité Bleue", "Les Terrasses")
    assert split_names("") == ()


def test_a_territory_is_found_by_each_of_its_names(place: Place) -> None:
    here = members_matcher(members(place), "quartier")
    assert here.find("LES TERRASSES") == here.find("Centre et Terres") == here.find("Q1") == "Q1"
    assert here.find("Cité Verte") == ""


def test_a_name_of_two_towns_is_distinguished_by_the_commune_only(place: Place) -> None:
    here = members_matcher(members(place), "quartier")
    assert here.find("Cité Bleue") == ""
    assert here.find("Cité Bleue", "97209") == "Q1"
    assert here.find("Cité Bleue", "97213") == "Q3"
    assert set(here.matches("cite bleue")) == {"Q1", "Q3"}


def test_by_which_name_a_territory_was_found_is_said(place: Place) -> None:
    here = members_matcher(members(place), "quartier")
    assert here.alias("les-terrasses (1)", "Q1") == "Les Terrasses"
    assert here.alias("centre et terres", "Q1") == ""
    assert here.alias("Q1", "Q1") == ""
    assert here.alias("Cité Bleue", "Q3") == "Cité Bleue"


def test_the_nearest_is_said_by_its_own_name_once(place: Place) -> None:
    near = members_matcher(members(place), "quartier").nearest("Les Terasses")
    assert near == "Vouliez-vous dire « Centre et Terres » ?"


@pytest.mark.parametrize(
    ("alias", "parts"),
    [
        ("four a chaux", ["« Centre et Terres » (Q1)", "« Four à Chaux » (Q2)", "ligne 2"]),
        ("Q2", ["« Q2 »", "code", "« Four à Chaux »"]),
        ("q2", ["« q2 »", "code", "« Four à Chaux »"]),
        ("12", ["« 12 »", "lettre"]),
        ("Total", ["« Total »", "« Centre et Terres » (Q1)", "ligne de total"]),
        ("ENSEMBLE des quartiers", ["ligne de total"]),
        ("Hors-quartier", ["ligne de total"]),
        ("Le Quartier", ["« Le Quartier »", "ne nomme rien"]),
    ],
)
def test_a_name_that_would_name_another_is_refused(
    place: Place, alias: str, parts: list[str]
) -> None:
    with pytest.raises(DescriptorError) as caught:
        members(place, MEMBERS.replace("Les Terrasses", alias))
    says(caught.value, "quartiers.csv", "colonne alias", *parts)


def test_two_territories_of_one_town_share_no_other_name(place: Place) -> None:
    with pytest.raises(DescriptorError) as caught:
        members(place, MEMBERS.replace("Four à Chaux;97209;", "Four à Chaux;97209;cite bleue"))
    says(caught.value, "ligne 3", "« Four à Chaux » (Q2)", "« Centre et Terres » (Q1)")


def test_its_own_name_written_otherwise_harms_nothing(place: Place) -> None:
    here = members_matcher(members(place, MEMBERS.replace("Les Terrasses", "CENTRE-ET-TERRES")))
    assert here.find("centre et terres") == "Q1"
    assert here.alias("centre et terres", "Q1") == ""  # no other name than its own


def test_a_table_of_members_without_the_column_is_read_as_before(place: Place) -> None:
    plain = members(place, "code;nom;commune\nQ1;Dillon;97209\n")
    assert members_matcher(plain).aliases == ()


def test_a_source_adds_names_to_those_of_the_members(place: Place) -> None:
    here = members_matcher(members(place), "quartier")
    both = with_aliases(here, [("Le Carré", "place d’armes"), ("Les Fours", "Q2")], "source.toml")
    assert (both.find("carre"), both.find("LES FOURS"), both.find("Les Terrasses")) == (
        "Q3", "Q2", "Q1",
    )  # fmt: skip
    assert here.find("Les Fours") == ""


@pytest.mark.parametrize(
    ("name", "target", "parts"),
    [
        ("Total général", "Q1", ["« Total général »", "ligne de total"]),
        ("", "Q1", ["Un nom vide", "lettre"]),
        ("Le Carré", "Plasse d’Armes", ["« Plasse d’Armes »", "« Place d’Armes »"]),
        ("Four à Chaux", "Q1", ["« Centre et Terres » (Q1)", "« Four à Chaux » (Q2)"]),
        ("Les Terrasses", "Q2", ["« Four à Chaux » (Q2)", "« Centre et Terres » (Q1)"]),
    ],
)
def test_what_a_source_declares_wrongly_is_refused(
    place: Place, name: str, target: str, parts: list[str]
) -> None:
    here = members_matcher(members(place), "quartier")
    with pytest.raises(DescriptorError) as caught:
        with_aliases(here, [(name, target)], "src/source.toml, [aliases]")
    says(caught.value, "src/source.toml, [aliases]", *parts)


def test_a_territory_that_is_a_whole_may_be_called_one() -> None:
    here = Matcher({"CUCS": "Ensemble des 28 quartiers", "Q1": "Dillon"}, "ensemble")
    both = with_aliases(here, [("Total CUCS", "CUCS")], "source.toml")
    assert both.find("TOTAL CUCS") == "CUCS"


def test_a_source_that_gives_one_name_to_two_territories_is_refused() -> None:
    here = Matcher({"Q1": "Un", "Q2": "Deux"}, "quartier")
    with pytest.raises(DescriptorError) as caught:
        with_aliases(here, [("Les Fours", "Un"), ("les fours", "Deux")], "source.toml")
    says(caught.value, "« Deux » (Q2)", "« Un » (Q1)")


def test_a_territory_whose_commune_is_not_known_may_lie_in_the_same() -> None:
    here = Matcher({"Q1": "Dillon", "Q2": "Les Fours"}, "quartier", {"Q1": "97209"})
    with pytest.raises(DescriptorError) as caught:
        with_aliases(here, [("Les Fours", "Q1")], "source.toml")
    says(caught.value, "« Dillon » (Q1)", "« Les Fours » (Q2)")


def test_an_unknown_name_is_still_unknown(place: Place) -> None:
    with pytest.raises(UnknownNameError):
        members_matcher(members(place), "quartier").code("Cité Verte")


@given(st.lists(st.tuples(st.text("abcdé -", min_size=1), st.sampled_from(["Q1", "Q2", "Q3"]))))
def test_a_name_never_names_two_territories_of_one_commune(aliases: list[tuple[str, str]]) -> None:
    towns = {"Q1": "97209", "Q2": "97209", "Q3": "97213"}
    here = Matcher({"Q1": "Aa", "Q2": "Bb", "Q3": "Cc"}, "quartier", towns)
    try:
        both = with_aliases(here, aliases, "source.toml")
    except DescriptorError:
        return
    for name, code in aliases:
        assert code in both.matches(name) or not simplify(name)
        mine = [one for one in both.matches(name) if towns[one] == towns[code]]
        assert mine in ([code], [])
