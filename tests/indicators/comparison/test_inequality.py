"""Ranks with their interval, dispersion and dissimilarity: by hand, planted, and by chance alone."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from effort import PROFILE
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import NatureError
from observatoire.indicators.comparison import inequality
from observatoire.indicators.comparison.inequality import (
    Measure,
    dissimilarity,
    inequality_of,
    moved,
)
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.indicators.precision.intervals import wilson
from observatoire.values import Nature


def rate(polarity: str = "lower_is_better", nature: Nature = Nature.RATE) -> Indicator:
    return Indicator("r", "Un taux", "Taux", "t", nature, "%", 1, polarity, "", "", ("s",))


def cells(rates: list[float], sizes: list[float]) -> pd.DataFrame:
    """Return protected cells of proportions, as a table of the census gives them."""
    n = np.array(sizes)
    p = np.array(rates)
    low, high = wilson(p * n, n)
    wide_low, wide_high = wilson(p * n, n, 0.998)
    return pd.DataFrame(
        {
            "territory": [f"q{i}" for i in range(len(p))],
            "name": [f"Quartier {i}" for i in range(len(p))],
            "status": "aggregated",
            "precision": "census",
            "flag": "",
            "value": 100 * p,
            "low": 100 * low,
            "high": 100 * high,
            "wide_low": 100 * wide_low,
            "wide_high": 100 * wide_high,
            "sampling_low": 100 * low,
            "sampling_high": 100 * high,
            "passage_low": 100 * p,
            "passage_high": 100 * p,
            "base": n,
        }
    )


def test_dissimilarity_by_hand() -> None:
    # 30 and 10 of the group, 70 and 90 of the others: (|30/40 - 70/160| + |10/40 - 90/160|) / 2
    assert dissimilarity([0.3, 0.1], [100, 100]) == pytest.approx((0.3125 + 0.3125) / 2)
    assert dissimilarity([1, 0], [50, 50]) == 1
    assert dissimilarity([0.2, 0.2], [50, 500]) == pytest.approx(0)
    assert math.isnan(dissimilarity([0, 0], [50, 50]))


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(1, 1e4)), min_size=2, max_size=9))
def test_dissimilarity_stays_between_zero_and_one_and_mirrors(
    pairs: list[tuple[float, float]],
) -> None:
    rates, sizes = zip(*pairs, strict=True)
    found = dissimilarity(rates, sizes)
    assert 0 <= found <= 1 + 1e-12
    assert found == pytest.approx(dissimilarity([1 - p for p in rates], sizes))


def test_far_apart_ranks_are_sure_and_near_ones_are_not() -> None:
    found = inequality_of(cells([0.1, 0.30, 0.31, 0.6], [2000] * 4), rate())
    ranks = found.ranks.set_index("territory")
    assert ranks["rank"].to_dict() == {"q0": 1, "q1": 2, "q2": 3, "q3": 4}
    assert (ranks.at["q0", "rank_low"], ranks.at["q0", "rank_high"]) == (1, 1)
    assert (ranks.at["q1", "rank_low"], ranks.at["q1", "rank_high"]) == (2, 3)
    assert ranks["place"].to_dict() == {
        "q0": "mieux placé",
        "q1": "rang incertain",
        "q2": "rang incertain",
        "q3": "moins bien placé",
    }
    upside = inequality_of(cells([0.1, 0.6], [2000] * 2), rate("higher_is_better")).ranks
    assert list(upside["territory"]) == ["q1", "q0"]


def test_the_same_seed_gives_the_same_figures() -> None:
    one, other = (inequality_of(cells([0.1, 0.2, 0.3], [300] * 3), rate()) for _ in range(2))
    pd.testing.assert_frame_equal(one.ranks, other.ranks)
    assert one.spread == other.spread
    assert inequality_of(cells([0.1, 0.2, 0.3], [300] * 3), rate(), seed=7).spread != one.spread


def test_what_chance_alone_gives_is_told() -> None:
    random = np.random.default_rng(11)
    alike = list(random.binomial(300, 0.3, 20) / 300)
    found = inequality_of(cells(alike, [300] * 20), rate())
    assert found.spread.value == pytest.approx(found.spread.chance, rel=0.3)
    apart = inequality_of(cells([0.1, 0.5] * 10, [300] * 20), rate())
    assert apart.spread.value > 5 * apart.spread.chance
    assert apart.dissimilarity.low > apart.dissimilarity.chance
    assert apart.spread.value == pytest.approx(20)


def test_who_has_no_figure_of_its_own_is_left_out_and_named() -> None:
    table = cells([0.1, 0.2, 0.3], [300] * 3)
    table.loc[1, "status"] = "context"
    table.loc[2, ["wide_low", "wide_high"]] = np.nan
    found = inequality_of(table, rate())
    assert list(found.ranks["territory"]) == ["q0"]
    assert found.left_out == ("Quartier 1", "Quartier 2")
    assert math.isnan(found.spread.value)


def test_sizes_that_secrecy_keeps_give_no_measure() -> None:
    table = cells([0.1, 0.2], [300, 300]).assign(base=np.nan)
    found = inequality_of(table, rate())
    assert len(found.ranks) == 2
    assert math.isnan(found.dissimilarity.value)


@pytest.mark.parametrize("nature", [Nature.COUNT, Nature.MEDIAN, Nature.INDEX])
def test_only_rates_are_ranked(nature: Nature) -> None:
    with pytest.raises(NatureError) as refused:
        inequality_of(cells([0.1], [10]), rate(nature=nature))
    assert refused.value.remedy


def test_a_measure_that_moved() -> None:
    found = moved(Measure(0.30, 0.26, 0.33, 0), Measure(0.20, 0.17, 0.24, 0))
    assert found.value == pytest.approx(-0.10)
    assert found.low == pytest.approx(-0.10 - math.hypot(0.03, 0.03))
    assert found.high == pytest.approx(-0.10 + math.hypot(0.04, 0.04))


def test_equals_share_their_rank() -> None:
    found = inequality_of(cells([0.3, 0.2, 0.2, 0.1], [300] * 4), rate()).ranks
    assert list(found["rank"]) == [1, 2, 2, 4]
    nobody = inequality_of(cells([0.0, 0.0, 0.5], [300] * 3), rate()).ranks
    assert list(nobody["rank"]) == [1, 1, 3]
    assert (nobody["rank_low"] <= nobody["rank"]).all()


#: How many territories, and how far apart their rates are: each of both, and all their pairs when asked.
APART = [(10, 0.0), (28, 0.02), (10, 0.1)]
if PROFILE == "deep":
    APART += [(28, 0.0), (10, 0.02), (28, 0.1)]


@pytest.mark.parametrize(("count", "apart"), APART)
def test_measures_are_covered_even_where_there_is_no_inequality(
    count: int, apart: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inequality, "DRAWS", 300)
    size, truth = 500, np.linspace(0.25 - apart, 0.25 + apart, count)
    aims = {"dissimilarity": dissimilarity(truth, [size] * count), "spread": 100 * truth.std()}
    random = np.random.default_rng(5)
    held: dict[str, list[bool]] = {name: [] for name in aims}
    for seed in range(100):
        drawn = list(random.binomial(size, truth) / size)
        found = inequality_of(cells(drawn, [size] * count), rate(), seed=seed)
        for name, aim in aims.items():
            measure = getattr(found, name)
            held[name].append(measure.low - 1e-9 <= aim <= measure.high + 1e-9)
    # 91 to 98 % in long simulations; what 100 draws leave open.
    assert all(np.mean(each) >= 0.87 for each in held.values()), held


def test_equal_rates_have_no_inequality_and_apart_ones_keep_theirs() -> None:
    same = inequality_of(cells([0.3] * 5, [500] * 5), rate()).dissimilarity
    assert (same.value, same.low) == (pytest.approx(0), 0)
    apart = inequality_of(cells([0.0, 1.0], [5000] * 2), rate()).dissimilarity
    assert apart.value == 1
    assert apart.low > 0.99
    assert apart.high == pytest.approx(1)
