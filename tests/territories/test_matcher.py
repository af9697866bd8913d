"""A territory is recognised however its name is spelt, and never guessed."""

from __future__ import annotations

import unicodedata

import pytest
from built_workspace import says
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import UnknownNameError
from observatoire.territories import Matcher, simplify

NAMES = {
    "Q1": "Sainte-Thérèse",
    "Q2": "Four à Chaux",
    "Q3": "Place d’Armes",
    "Q4": "L’Ermitage",
    "Q5": "Quartiers Ouest",
    "Q6": "Bourg",
    "Q7": "Le Bourg",
    "Q8": "Sacré-Cœur",
}


@pytest.fixture
def quartiers() -> Matcher:
    return Matcher(NAMES, "quartier")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q1", "Q1"),
        (" Q1 ", "Q1"),
        ("Ste Thérèse", "Q1"),
        ("STE-THERESE", "Q1"),
        ("quartier de Sainte Thérèse", "Q1"),
        ("FOUR-A-CHAUX", "Q2"),
        ("Place d'armes", "Q3"),
        ("la place d’Armes", "Q3"),
        ("ermitage", "Q4"),
        ("Ouest", "Q5"),
        ("Sacre Coeur", "Q8"),
    ],
)
def test_usual_spellings(quartiers: Matcher, text: str, code: str) -> None:
    assert quartiers.find(text) == code
    assert quartiers.code(text) == code


@pytest.mark.parametrize("text", ["", "   ", "—", "nan", "Four", "Sainte", "Q9", "q 1"])
def test_nothing_is_guessed(quartiers: Matcher, text: str) -> None:
    assert quartiers.find(text) == ""


def test_blank_name_catches_no_blank_cell() -> None:
    assert Matcher({"X": "—", "Y": ""}).find("") == ""
    assert Matcher({"X": "—"}).find("?") == ""


def test_homonyms_are_refused_with_their_codes(quartiers: Matcher) -> None:
    assert quartiers.find("bourg") == ""
    with pytest.raises(UnknownNameError) as caught:
        quartiers.code("bourg")
    says(caught.value, "« bourg »", "Q6 et Q7")


def test_unknown_name_gives_the_nearest(quartiers: Matcher) -> None:
    with pytest.raises(UnknownNameError) as caught:
        quartiers.code("Four à Choux")
    says(caught.value, "quartiers", "Four à Choux", "« Four à Chaux »")
    assert caught.value.data["name"] == "Four à Choux"


WORD = st.text("abcdefghéèêçôœïABCÉÎ0123456789", min_size=1, max_size=8)
NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)


@given(name=NAME)
def test_simplify_does_not_see_accents_case_hyphens_or_composition(name: str) -> None:
    plain = simplify(name)
    assert simplify(name.upper()) == plain
    assert simplify(name.replace(" ", "-")) == plain
    assert simplify(name.replace(" ", "’")) == plain
    assert simplify(unicodedata.normalize("NFD", name)) == plain
    assert simplify(f"  {name.title()}. ") == plain
    assert simplify(plain) == plain


@given(
    name=NAME, article=st.sampled_from(["Le ", "la ", "L’", "Les ", "Quartier de ", "d'", "du "])
)
def test_simplify_does_not_see_articles(name: str, article: str) -> None:
    from observatoire.territories.spelling import ARTICLES

    if all(word in ARTICLES for word in simplify(name).split()):
        return  # a name made of articles only keeps them
    assert simplify(article + name) == simplify(name)


@given(names=st.dictionaries(st.text("QRS123", min_size=1), NAME, min_size=1, max_size=6))
def test_code_wins_over_name_and_a_lone_name_is_found(names: dict[str, str]) -> None:
    matcher = Matcher(names)
    for code, name in names.items():
        assert matcher.find(code) == code
        twins = [one for one, other in names.items() if simplify(other) == simplify(name)]
        if name not in names:
            assert matcher.find(name) == (twins[0] if len(twins) == 1 else "")


def test_every_embedded_name_is_found_from_its_spellings() -> None:
    from observatoire.territories import read_members
    from observatoire.workspace.model import read_workspace
    from observatoire.workspace.scaffold import embedded_root

    for zoning in read_workspace(embedded_root()).zonings.values():
        members = read_members(zoning.members)
        matcher = Matcher(dict(zip(members["code"], members["nom"], strict=True)))
        for code, name in matcher.names.items():
            bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
            assert matcher.find(name) == code
            if "’" not in name and "œ" not in name:
                assert matcher.find(bare.upper().replace("-", " ")) == code


def test_many_texts_are_found_as_one_by_one(quartiers: Matcher) -> None:
    texts = ["FDF13", " FDF13 ", "dillon", "Ste Therese", "inconnu", "", "Dillon"]
    assert quartiers.find_each(texts) == {text: quartiers.find(text) for text in texts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ermitage Nord", "« L’Ermitage »"),
        ("Armes", "« Place d’Armes »"),
        ("Four", "« Four à Chaux »"),
        ("Sacre Coeurs", "« Sacré-Cœur »"),
        ("Thérèze", ""),
    ],
)
def test_the_names_nearest_by_their_words_are_offered(
    quartiers: Matcher, text: str, expected: str
) -> None:
    assert quartiers.nearest(text) == (f"Vouliez-vous dire {expected} ?" if expected else "")


def test_several_names_as_near_are_all_offered() -> None:
    centres = Matcher({"1": "Centre-ville", "2": "Centre-ancien", "3": "Dillon"})
    assert centres.nearest("Centre") == "Vouliez-vous dire « Centre-ville » ou « Centre-ancien » ?"


@given(names=st.dictionaries(st.text("QRS123", min_size=1), st.text(), max_size=6), text=st.text())
def test_any_text_has_a_sentence_or_none(names: dict[str, str], text: str) -> None:
    found = Matcher(names).nearest(text)
    assert not found or found.startswith("Vouliez-vous dire « ")


def test_a_name_of_digits_is_found_as_a_name() -> None:
    numbered = Matcher({"A1": "12", "A2": "N° 13"}, "secteur")
    assert [numbered.find(text) for text in ("12", "012", "13")] == ["A1", "", ""]
