"""Counts: the quick way and the careful one say the same."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import CRS, squares
from pandas.testing import assert_frame_equal

from observatoire import passage

SOURCES, TARGETS = 12, 5


@st.composite
def passages(draw: Any) -> Any:
    """A table de passage where some sources are whole, some split, some unknown parts."""
    rows = []
    for source in range(SOURCES):
        targets = draw(st.lists(st.integers(0, TARGETS - 1), min_size=0, max_size=3, unique=True))
        if len(targets) == 1 and draw(st.booleans()):
            rows.append((f"s{source:02}", f"t{targets[0]}", np.nan, "inclus"))
            continue
        weight = 1.0 if len(targets) == 1 else 0.9 / max(len(targets), 1)
        rows += [(f"s{source:02}", f"t{target}", weight, "") for target in targets]
        if not targets:
            rows.append((f"s{source:02}", "", 1.0, ""))
    rows.append(("s99", "t0", 1.0, ""))
    frame = pd.DataFrame(rows, columns=["source", "target", "weight", "link"])
    return passage.from_table(frame)


@settings(max_examples=cases(30), deadline=None)
@given(p=passages(), seed=st.integers(0, 99))
def test_one_variable_alone_is_what_it_is_among_many(p: Any, seed: int) -> None:
    counts = np.random.default_rng(seed).uniform(0, 100, (len(p.sources), 9))
    frame = pd.DataFrame(counts, index=p.sources, columns=[f"v{k}" for k in range(9)])
    alone = p.apply(frame[["v4"]])
    among = p.apply(frame).query("variable == 'v4'").reset_index(drop=True)
    assert_frame_equal(alone, among, rtol=1e-12)


@settings(max_examples=cases(60), deadline=None)
@given(p=passages(), seed=st.integers(0, 99))
def test_the_quick_way_agrees_with_the_careful_one(p: Any, seed: int) -> None:
    values = pd.DataFrame(
        np.random.default_rng(seed).integers(0, 50, (len(p.sources), 3)).astype(float),
        index=p.sources,
        columns=["a", "b", "c"],
    )
    quick = p.apply(values)
    careful = p.apply(values, low=values, high=values)
    assert_frame_equal(quick, careful, check_exact=False, rtol=1e-12, atol=1e-12)


@settings(max_examples=cases(40), deadline=None)
@given(p=passages(), seed=st.integers(0, 99))
def test_a_hidden_variable_changes_nothing_for_its_neighbours(p: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = pd.DataFrame(
        rng.integers(0, 50, (len(p.sources), 2)).astype(float),
        index=p.sources,
        columns=["known", "hidden"],
    )
    alone = p.apply(values[["known"]])
    values.loc[p.sources[rng.integers(len(p.sources))], "hidden"] = np.nan
    together = p.apply(values)
    together = together[together.variable == "known"].reset_index(drop=True)
    assert_frame_equal(alone, together, check_exact=False, rtol=1e-12)


@settings(max_examples=cases(40), deadline=None)
@given(p=passages(), seed=st.integers(0, 99))
def test_the_estimate_never_leaves_its_bounds(p: Any, seed: int) -> None:
    values = np.random.default_rng(seed).random((len(p.sources), 40)) * 1e6
    out = p.apply(pd.DataFrame(values, index=p.sources, columns=[f"v{k}" for k in range(40)]))
    valued = out.dropna(subset=["value"])
    assert (valued.low <= valued.value).all()
    assert (valued.value <= valued.high).all()


def test_numbers_held_by_row_or_by_column_give_the_same() -> None:
    rows = [("a", "X", 0.5), ("b", "X", 1.0), ("a", "Y", 0.5)]
    p = passage.from_table(pd.DataFrame(rows, columns=["source", "target", "weight"]))
    numbers = np.arange(200.0).reshape(2, 100)
    by_row, by_column = np.ascontiguousarray(numbers), np.asfortranarray(numbers)
    expected = np.array([[0.5, 1.0], [0.5, 0.0]]) @ numbers
    np.testing.assert_allclose(p.links.product(by_row), expected)
    np.testing.assert_allclose(p.links.product(by_column), expected)


@pytest.mark.parametrize(("width", "share"), [(100 / 3, "30"), (10.4166, "96"), (10.001, "99,99")])
def test_a_target_partly_covered_has_no_upper_bound(width: float, share: str) -> None:
    p = passage.by_area(
        squares((0, 0, 10, 10), codes=["i"]), squares((0, 0, width, 10), codes=["q"])
    )
    row = p.apply(pd.DataFrame({"pop": [10.0]}, index=["i"])).iloc[0]
    assert (row.value, row.low, row.status) == (10.0, 10.0, "estimated")
    assert np.isnan(row.high)
    assert f"que {share}" in row.reason


def test_nor_has_one_with_a_hidden_source_a_balance_or_a_support_outside() -> None:
    source = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["i", "j"])
    p = passage.by_area(source, squares((0, 0, 30, 10), codes=["q"]))
    hidden = p.apply(pd.DataFrame({"pop": [10.0, np.nan]}, index=["i", "j"])).iloc[0]
    assert hidden.status == "missing"
    framed = p.apply(
        pd.DataFrame({"pop": [10.0, np.nan]}, index=["i", "j"]),
        high=pd.DataFrame({"pop": [10.0, 9.0]}, index=["i", "j"]),
    ).iloc[0]
    assert framed.status == "missing"
    assert "66,67" in framed.reason or "67" in framed.reason
    balance = p.apply(pd.DataFrame({"solde": [10.0, -3.0]}, index=["i", "j"]), "amount").iloc[0]
    assert np.isnan([balance.low, balance.high]).all()
    doors = gpd.GeoDataFrame(
        {"ind": [1.0, 1.0, 1.0]}, geometry=shapely.points([5, 15, 25], [5, 5, 5]), crs=CRS
    )
    people = passage.by_support(source, squares((0, 0, 30, 10), codes=["q"]), doors)
    row = people.apply(pd.DataFrame({"pop": [10.0, 2.0]}, index=["i", "j"])).iloc[0]
    assert (row.status, row.low) == ("estimated", 12.0)
    assert np.isnan(row.high)


def test_what_a_sliver_leaves_out_is_covered() -> None:
    p = passage.by_area(
        squares((0, 0, 10, 10), codes=["i"]), squares((0, 0, 10.05, 10), codes=["q"]), sliver=0.01
    )
    row = p.apply(pd.DataFrame({"pop": [10.0]}, index=["i"])).iloc[0]
    assert (row.low, row.high, row.status) == (10.0, 10.0, "aggregated")
