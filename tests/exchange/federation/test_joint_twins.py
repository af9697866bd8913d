"""One thing under two names: the product of all pairs finds what looking at each pair would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.exchange.federation.joint.twins import _same
from observatoire.secrecy.primary.level_evidence import SIZES


def one_by_one(one: pd.DataFrame, other: pd.DataFrame) -> list[tuple[object, object]]:
    """Compare each pair alone, as the rule says it."""
    found = []
    for name, mine in one.iterrows():
        for its, theirs in other.iterrows():
            both = pd.DataFrame({"a": mine, "b": theirs}).dropna()
            sizes = {value for value in both["a"] if value > 0}
            if (both["a"] == both["b"]).all() and len(sizes) >= SIZES:
                found.append((name, its))
    return found


def table(rng: np.random.Generator, rows: int, places: int) -> pd.DataFrame:
    """Draw figures of few sizes, with gaps."""
    drawn = rng.choice([0.0, 1.0, 2.0, 3.0, 7.0, 40.5, np.nan], size=(rows, places))
    return pd.DataFrame(drawn, columns=[f"Q{rank}" for rank in range(places)])


@given(st.integers(0, 2**32 - 1))
def test_twins_are_those_of_each_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = table(rng, 5, 8), table(rng, 4, 8)
    other.iloc[0] = one.iloc[1].where(
        rng.random(8) < 0.9
    )  # a twin, some of whose figures are not given
    other.iloc[1] = one.iloc[2] + np.eye(8)[3]  # but for one place
    other = other[rng.permutation(other.columns)]
    assert list(_same(one, other)) == one_by_one(one, other)


@pytest.mark.parametrize("large", [1.0, 1e6, 1e12])
def test_large_figures_that_differ_by_one_are_no_twins(large: float) -> None:
    one = pd.DataFrame([[large + rank for rank in range(6)]], columns=[*"ABCDEF"])
    assert list(_same(one, one)) == [(0, 0)]
    assert list(_same(one, one + np.eye(6)[5])) == []
