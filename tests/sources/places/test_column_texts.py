"""Texts of a column: none that names a territory is passed over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from observatoire.sources.places.column_texts import ColumnTexts
from observatoire.territories.matcher import Matcher

NAMES = {
    "97209": "Fort-de-France",
    "Q1": "Volga-Plage",
    "Q2": "Cité 8 mai (2)",
    "Q3": "Four à Chaux",
    "12": "L’Étang-Zabricot",
}
MATCHER = Matcher(NAMES, aliases=[("Les Hauts", "Q1"), ("8e Cité", "Q2")])
PIECES = [
    *NAMES, *NAMES.values(), "Les Hauts", "8e Cité", "Quartier ", "VOLGA PLAGE", "four a chaux",
    " - ", ": ", "/", "1. ", "2) ", "(1)", "*", "¹", "é", "97", " ", "\u00a0", "’", "_", "n°",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join))
def test_every_text_that_names_a_territory_is_found(text: str) -> None:
    text = text.strip()
    named = MATCHER.find(text) or MATCHER.matches(text)
    if named and (text in NAMES or any(map(str.isalpha, text))):
        assert text in ColumnTexts([text]).naming(MATCHER)
