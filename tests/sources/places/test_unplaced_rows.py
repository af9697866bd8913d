"""Rows that name no known territory: the quick way of codes by tens of thousands changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places import unplaced_rows as faults
from observatoire.sources.places.unplaced_rows import _kind_of_words, _other_level, _other_levels
from observatoire.territories import Matcher
from observatoire.warehouse.loading.files import preview_file

if TYPE_CHECKING:
    import pytest
    from built_workspace import Place

ZONINGS = {
    "iris": Matcher({"972090101": "Centre", "972130102": "Bourg"}, "IRIS"),
    "commune": Matcher({"97209": "Fort-de-France", "97213": "Le Lamentin"}, "commune"),
    "epci": Matcher({"249720061": "CACEM"}, "EPCI"),
    "quartier": Matcher({"Q1": "Dillon", "Q12": "Texaco"}, "quartier"),
}
TEXTS = st.one_of(
    st.from_regex(r"[0-9]{1,11}", fullmatch=True),
    st.from_regex(r"(?:2[AB]|97|R|QP|24972)[0-9]{2,8}", fullmatch=True),
    st.sampled_from(
        ["972090199", "97299", "249700000", "Le Lamentin", "CACEM", "R02", "², 12", ""]
    ),
)


@given(st.lists(st.tuples(st.sampled_from(sorted(ZONINGS)), TEXTS), min_size=1))
def test_levels_of_many_codes_are_those_of_each(rows: list[tuple[str, str]]) -> None:
    lost = pd.DataFrame(rows, columns=["zoning", "territory_raw"], dtype="str")
    scope = ("97209", "97213")
    found = _other_levels(lost, ZONINGS, scope)
    assert found.tolist() == [_other_level(text, zoning, ZONINGS, scope) for zoning, text in rows]


@given(st.from_regex(r"[0-9]{1,12}", fullmatch=True))
def test_a_code_is_no_total_and_no_note(text: str) -> None:
    assert _kind_of_words(text, ()) == ""
    assert not signs().is_total(text)
    assert not signs().is_note(text)
    assert _kind_of_words(text, (text,)) == "total"  # but where the file says so


def test_the_codes_of_a_country_are_not_looked_at_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    whole = pd.DataFrame(
        {"zoning": "iris", "territory_raw": [f"{at:09d}" for at in range(1, 5000)] + ["Texaco"]}
    ).astype("str")
    monkeypatch.setattr(faults, "_other_level", lambda text, *_: seen.append(text) or "")
    _other_levels(whole, ZONINGS, ("97209",))
    assert seen == ["Texaco"]


def test_codes_taken_for_numbers_are_outside_as_the_others(place: Place) -> None:
    """Made-up figures: what a program writes of a column of codes that has a blank cell."""
    rows = "CODGEO;Aidés\n97209.0;1\n97213.0;2\n1001.0;3\n75056.0;4\n;\n"
    parsed = preview_file(place.workspace, place.write("aides-2016.csv", rows)).parsed
    assert parsed is not None
    assert parsed.observations["territory"].tolist() == ["97209", "97213"]
    assert parsed.rejects["kind"].tolist() == ["outside", "outside"]
    rows = rows.replace("75056.0", "97209999.0")
    lost = preview_file(place.workspace, place.write("aides-2016.csv", rows)).parsed
    assert lost is not None
    assert lost.rejects["kind"].tolist() == ["outside", "territory"]
