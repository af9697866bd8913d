"""Ranges written for a figure, dBase, periods, and the words of partners' tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from built_workspace import raw_of, says
from hypothesis import given
from hypothesis import strategies as st
from spoilt_bytes import ROWS, dbf_bytes

from observatoire.errors import TruncatedFileError
from observatoire.sources.inference.draft import SourceDraft
from observatoire.sources.parsers.ranges import read_range
from observatoire.sources.parsers.vocabulary import signs
from observatoire.values import Nature

if TYPE_CHECKING:
    from pathlib import Path

COUNT, RATE, MEDIAN = Nature.COUNT, Nature.RATE, Nature.MEDIAN


@pytest.mark.parametrize(
    ("text", "nature", "low", "high"),
    [
        ("<5", COUNT, 0, 4),
        ("< 5", COUNT, 0, 4),
        ("<5", RATE, 0, 5),
        ("< 2,5 %", RATE, 0, 2.5),
        ("≤ 5", COUNT, 0, 5),
        ("<=5", COUNT, 0, 5),
        ("moins de 11", COUNT, 0, 10),
        ("Inférieur à 5", COUNT, 0, 4),
        ("5 ou moins", COUNT, 0, 5),
        ("de 5 à 9", COUNT, 5, 9),
        ("De 1\u202f000 à 1\u202f999", COUNT, 1000, 1999),
        ("entre 5 et 9", MEDIAN, 5, 9),
        ("5-9", COUNT, 5, 9),
        ("[5 ; 9]", COUNT, 5, 9),
        ("10 à 20 %", RATE, 10, 20),
        ("plus de 95 %", RATE, 95, 100),
        ("95 % et plus", RATE, 95, 100),
        ("moins de cinq", COUNT, 0, 4),
        ("Inférieur à dix-neuf", COUNT, 0, 18),
        ("de onze à dix-neuf", COUNT, 11, 19),
        ("- de 5", COUNT, 0, 4),
        ("INF. À 5", COUNT, 0, 4),
        ("cinq au plus", COUNT, 0, 5),
    ],
)
def test_ranges_read(text: str, nature: Nature, low: float, high: float) -> None:
    found = read_range(text, nature)
    assert found is not None
    assert (found.low, found.high) == (low, high)
    assert found.note


@pytest.mark.parametrize(
    "text",
    ["10 et plus", "plus de 10", "> 10", ">10", "≥ 10", ">=10", "10 ou plus", "10+", "10 et +",
     "+ de 10", "au moins dix", "Supérieur à 10", "à partir de 10", "dix et au-delà"],
)  # fmt: skip
@pytest.mark.parametrize("nature", [COUNT, RATE, MEDIAN])
def test_an_open_class_has_a_floor_and_no_ceiling(text: str, nature: Nature) -> None:
    found = read_range(text, nature)
    assert found is not None
    assert found.low == 10
    assert math.isnan(found.high)
    assert "sans plafond" in found.note


def test_a_median_below_a_bound_has_no_floor() -> None:
    found = read_range("<5", MEDIAN)
    assert found is not None
    assert math.isnan(found.low)
    assert (found.high, found.note) == (5, "moins de 5, sans plancher")


@given(least=st.integers(0, 10_000), true=st.integers(0, 10_000), strict=st.booleans())
def test_the_floor_of_an_open_class_holds(*, least: int, true: int, strict: bool) -> None:
    found = read_range(f"{'plus de' if strict else 'au moins'} {least}", COUNT)
    assert found is not None
    assert found.low <= true or true < least


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("de 9 à 5", COUNT), ("5-5", COUNT), ("<5²", COUNT), ("plus de mille", COUNT), ("+10", COUNT),
        ("<0", COUNT), ("< x", COUNT), ("5", COUNT), ("", COUNT), ("<1e3", COUNT), ("plus de 120 %", RATE),
    ],
)  # fmt: skip
def test_what_states_no_bounds(text: str, nature: Nature) -> None:
    assert read_range(text, nature) is None


@given(most=st.integers(1, 10_000), true=st.integers(0, 10_000))
def test_bounds_hold_every_count_below(most: int, true: int) -> None:
    found = read_range(f"<{most}", COUNT)
    assert found is not None
    assert (found.low <= true <= found.high) == (true < most)


@given(st.text(max_size=20))
def test_any_text_is_a_range_or_none(text: str) -> None:
    found = read_range(text, COUNT)
    assert found is None or not found.low > found.high


def test_dbf_reads_as_a_table(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.dbf", dbf_bytes())
    assert table.frame.to_numpy().tolist() == ROWS[1:]
    assert table.lines.to_list() == [2, 3, 4, 5]


def test_dbf_deleted_records_and_stars_are_left_out(tmp_path: Path) -> None:
    content = bytearray(dbf_bytes([*ROWS[:3], ["972090103", "x", "*" * 20, "1"]]))
    first = 32 + 32 * 4 + 1
    content[first] = ord("*")
    table = raw_of(tmp_path / "a.dbf", bytes(content))
    assert table.lines.to_list() == [3, 4]
    assert table.frame["POP"].to_list() == ["2000", ""]


def test_dbf_cut_short_says_how_many_rows_it_announced(tmp_path: Path) -> None:
    with pytest.raises(TruncatedFileError) as caught:
        raw_of(tmp_path / "a.dbf", dbf_bytes()[:-30])
    says(caught.value, "a.dbf", "4 lignes")


@pytest.mark.parametrize("name", ["Total", "SOUS-TOTAL Nord", "Ensemble des quartiers", "moyenne"])
def test_words_of_totals(name: str) -> None:
    assert signs().is_total(name)
    assert not signs().is_total(f"x{name}")


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
        max_size=4,
    )
)
def test_any_text_survives_its_own_declaration(names: dict[str, str]) -> None:
    import tomllib

    plan = SourceDraft(
        head={"title": "x"},
        file={"name": "y"},
        variables={k: {"label": v} for k, v in names.items()},
    )
    declared = tomllib.loads(plan.toml())
    assert declared.get("variables", {}) == {k: {"label": v} for k, v in names.items()}
