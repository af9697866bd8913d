"""What territories are called: articles, elisions and agreements."""

from __future__ import annotations

import pytest

from observatoire.french.nouns import TERRITORY, Noun, TerritoryNames

QUARTIER, IRIS = Noun("quartier"), Noun("IRIS")
HAMEAU = Noun("hameau", "hameaux")
ZONE = Noun("zone", feminine=True)
ILE = Noun("île", feminine=True)


@pytest.mark.parametrize(
    ("noun", "the", "of_the", "of", "this", "none"),
    [
        (QUARTIER, "le quartier", "du quartier", "de quartier", "ce quartier", "aucun quartier"),
        (IRIS, "l’IRIS", "de l’IRIS", "d’IRIS", "cet IRIS", "aucun IRIS"),
        (HAMEAU, "le hameau", "du hameau", "de hameau", "ce hameau", "aucun hameau"),
        (ZONE, "la zone", "de la zone", "de zone", "cette zone", "aucune zone"),
        (ILE, "l’île", "de l’île", "d’île", "cette île", "aucune île"),
    ],
)
def test_articles(noun: Noun, the: str, of_the: str, of: str, this: str, none: str) -> None:
    assert (noun.the, noun.of_the, noun.of, noun.this, noun.none) == (the, of_the, of, this, none)


def test_plurals_are_regular_unless_declared() -> None:
    assert (QUARTIER.many, IRIS.many, HAMEAU.many) == ("quartiers", "IRIS", "hameaux")
    assert (IRIS.of_many, ZONE.of_many) == ("d’IRIS", "de zones")
    assert (ZONE.all, IRIS.all) == ("toutes les zones", "tous les IRIS")


def test_agreements() -> None:
    assert ZONE.agree("entier") == "entière"
    assert ZONE.agree("masqué", several=True) == "masquées"
    assert IRIS.agree("entier", several=True) == "entiers"
    assert ZONE.one == "une zone"


def test_what_holds_a_territory_is_said_in_general_when_it_is_not_known() -> None:
    assert TerritoryNames(QUARTIER).holder is TERRITORY
    assert TerritoryNames(QUARTIER, IRIS).holder is IRIS
