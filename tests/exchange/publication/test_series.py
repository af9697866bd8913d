"""Which dates compare: written by a package, read by another, nothing believed of what is not written so."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.exchange.publication.series import SERIES_COLUMNS, read_series_words, series_words
from observatoire.panels.drawings.bearings import Course

PERIODS = st.lists(
    st.sampled_from(["2010", "2012-T1", "2012-T2", "2016", "2021-S1", "2022"]),
    min_size=2,
    unique=True,
).map(sorted)


@given(PERIODS, st.data())
def test_what_is_written_is_read(periods: list[str], data: st.DataObject) -> None:
    pairs = list(pairwise(periods))
    joined = tuple(pair for pair in pairs if data.draw(st.booleans()))
    broken = {after: f"Rupture en {after} : autre source." for pair in pairs for after in pair[1:]}
    assert read_series_words(series_words(Course(tuple(periods), joined, broken))) == (
        set(joined),
        broken,
    )


def test_an_indicator_of_one_date_has_nothing_to_say() -> None:
    assert series_words(None) == dict.fromkeys(SERIES_COLUMNS, "")


@pytest.mark.parametrize("said", ["", "2010", "2010→", "→2016", "2010→2016→2022", "2010-2016"])
def test_what_is_not_a_pair_joins_nothing(said: str) -> None:
    assert read_series_words({"liaisons": said, "ruptures": said}) == (set(), {})
