from dataclasses import replace
from decimal import Decimal
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire import passage
from observatoire.errors import (
    DuplicateKeyError,
    NatureError,
    PassageError,
    UnknownNameError,
)


def links(*rows: Any) -> Any:
    return passage.from_table(
        pd.DataFrame(list(rows), columns=["source", "target", "weight", "link"])
    )


TWO = links(("a", "X", 1.0, ""), ("b", "X", 0.5, ""), ("b", "Y", 0.5, ""), ("c", "Y", 1.0, ""))


def frame(**columns: Any) -> Any:
    return pd.DataFrame(columns, index=["a", "b", "c"])


def row(table: Any, target: Any, variable: Any = None) -> Any:
    kept = table[table.target == target]
    return (kept if variable is None else kept[kept.variable == variable]).iloc[0]


def test_whole_sources_give_an_exact_sum() -> None:
    p = links(("a", "X", 1.0, ""), ("b", "X", 1.0, ""))
    out = p.apply(pd.DataFrame({"v": [1.5, 2.0]}, index=["a", "b"])).iloc[0]
    assert (out.value, out.low, out.high, out.status, out.reason) == (
        3.5,
        3.5,
        3.5,
        "aggregated",
        "",
    )


def test_a_split_source_gives_an_estimate_within_bounds() -> None:
    out = row(TWO.apply(frame(v=[10.0, 4.0, 1.0])), "X")
    assert (out.value, out.low, out.high, out.status) == (12.0, 10.0, 14.0, "estimated")


def test_columns_and_order() -> None:
    table = TWO.apply(frame(w=[1.0, 1.0, 1.0], v=[1.0, 1.0, 1.0]))
    assert table.columns.tolist() == [
        "target", "variable", "value", "low", "high", "status", "coverage", "reason",
    ]  # fmt: skip
    assert table.target.tolist() == ["X", "X", "Y", "Y"]
    assert table.variable.tolist() == ["w", "v", "w", "v"]


def test_a_hidden_source_without_bounds_leaves_nothing_to_say() -> None:
    out = row(TWO.apply(frame(v=[np.nan, 4.0, 1.0])), "X")
    assert out.status == "missing"
    assert np.isnan([out.value, out.low, out.high]).all()
    assert "a" in out.reason
    assert row(TWO.apply(frame(v=[np.nan, 4.0, 1.0])), "Y").status == "estimated"


def test_a_hidden_source_with_bounds_bounds_its_target() -> None:
    values, high = frame(v=[np.nan, 4.0, 1.0]), frame(v=[10.0, np.nan, np.nan])
    out = row(TWO.apply(values, high=high), "X")
    assert (out.low, out.high, out.status) == (0.0, 14.0, "bounded")
    assert np.isnan(out.value)
    low = frame(v=[3.0, np.nan, np.nan])
    assert row(TWO.apply(values, low=low, high=high), "X").low == 3.0


def test_sampling_intervals_of_the_sources_add_up() -> None:
    values = frame(v=[10.0, 4.0, 1.0])
    out = row(TWO.apply(values, low=values - 1, high=values + 1), "X")
    assert (out.value, out.low, out.high) == (12.0, 9.0, 16.0)


def test_hidden_sources_lower_the_coverage() -> None:
    assert row(TWO.apply(frame(v=[np.nan, 4.0, 1.0])), "X").coverage == 0.5


def test_absent_and_unknown_sources_are_reported() -> None:
    given_ = pd.DataFrame({"v": [1.0, 2.0, 9.0]}, index=["a", "b", "zzz"])
    table = TWO.apply(given_)
    assert table.attrs["report"]["unknown_sources"] == ["zzz"]
    assert table.attrs["report"]["absent_sources"] == ["c"]
    assert table.attrs["report"]["balance"]["v"]["unplaced"] == 9.0
    assert "absente" in row(table, "Y").reason
    assert TWO.verify(given_).balanced.all()


def test_what_the_frame_says_of_itself_travels_along() -> None:
    values = frame(v=[1.0, 1.0, 1.0])
    values.attrs = {"unit": "personnes", "period": "2016"}
    attrs = TWO.apply(values).attrs
    assert (attrs["unit"], attrs["period"]) == ("personnes", "2016")
    assert attrs["passage"]["method"] == "table de passage"


def test_an_unknown_part_bounds_and_hides_nothing_else() -> None:
    p = links(("a", "X", 1.0, ""), ("b", "X", np.nan, "inclus"))
    out = p.apply(pd.DataFrame({"v": [10.0, 4.0]}, index=["a", "b"])).iloc[0]
    assert (out.low, out.high, out.status) == (10.0, 14.0, "bounded")
    verified = p.verify(pd.DataFrame({"v": [10.0, 4.0]}, index=["a", "b"]))
    assert verified.loc["v", ["inside", "unplaced"]].tolist() == [10.0, 4.0]


def test_amounts_may_be_negative_but_then_a_part_has_no_bounds() -> None:
    values = frame(v=[10.0, -4.0, 1.0])
    with pytest.raises(PassageError, match="b, v"):
        TWO.apply(values)
    out = row(TWO.apply(values, nature="amount"), "X")
    assert (out.value, out.status) == (8.0, "estimated")
    assert np.isnan([out.low, out.high]).all()
    whole = links(("a", "X", 1.0, ""), ("b", "X", 1.0, ""))
    out = whole.apply(values.iloc[:2], nature="amount").iloc[0]
    assert (out.value, out.low, out.high) == (6.0, 6.0, 6.0)


@pytest.mark.parametrize("nature", ["median", "mean", "index"])
def test_what_cannot_pass_is_refused_with_the_way_out(nature: str) -> None:
    with pytest.raises(NatureError, match="revenu") as caught:
        TWO.apply(frame(revenu=[1.0, 1.0, 1.0]), nature=nature)
    assert caught.value.why
    assert caught.value.remedy


def test_natures_may_differ_by_variable() -> None:
    table = TWO.apply(frame(n=[1.0, 1.0, 1.0], t=[0.1, 0.2, 0.3]), {"n": "count", "t": "rate"})
    assert row(table, "X", "n").status == "estimated"
    assert row(table, "X", "t").status == "missing"
    with pytest.raises(NatureError, match="t"):
        TWO.apply(frame(n=[1.0, 1.0, 1.0], t=[0.1, 0.2, 0.3]), {"n": "count"})
    with pytest.raises(NatureError, match="count"):
        TWO.apply(frame(n=[1.0, 1.0, 1.0]), "cuont")


@pytest.mark.parametrize(
    ("values", "error", "word"),
    [
        (frame(v=["s", "1", "2"]), PassageError, "v"),
        (frame(v=[np.inf, 1.0, 1.0]), PassageError, "a, v"),
        (frame(v=[-1.0, 1.0, 1.0]), PassageError, "a, v"),
        (frame(v=[1.0, 1.0, 1.0]).set_axis(["a", "a", "b"]), DuplicateKeyError, "a"),
        (frame(v=[1.0, 1.0, 1.0]).set_axis([1, 2, 3]), PassageError, "texte"),
        (frame(v=[1.0, 1.0, 1.0]).set_axis(["7", "8", "9"]), UnknownNameError, "« 7 »"),
        (pd.concat([frame(v=[1.0, 1.0, 1.0])] * 2, axis=1), PassageError, "v"),
        ([1.0, 1.0, 1.0], PassageError, "list"),
        (frame(v=["1", "2", "3"]), PassageError, "v"),
        (pd.DataFrame({1: [1.0], "1": [2.0]}, index=["a"]), PassageError, "répétées : 1"),
    ],
)
def test_bad_frames_are_refused(values: Any, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        TWO.apply(values)


def test_bad_bounds_are_refused() -> None:
    values = frame(v=[1.0, 1.0, 1.0])
    with pytest.raises(PassageError, match="a, v"):
        TWO.apply(values, high=values - 0.5)
    with pytest.raises(PassageError, match="zz"):
        TWO.apply(values, low=values.rename(columns={"v": "zz"}))
    with pytest.raises(PassageError, match=": d\\."):
        TWO.apply(values, low=pd.DataFrame({"v": [0.0]}, index=["d"]))
    with pytest.raises(PassageError, match="b, v"):
        TWO.apply(frame(v=[1.0, np.nan, 1.0]), high=frame(v=[1.0, -1.0, 1.0]))


def test_bounds_may_be_told_for_some_sources_only_in_any_order() -> None:
    values = frame(v=[10.0, np.nan, 1.0])
    some = pd.DataFrame({"v": [9.0, 10.0]}, index=["b", "a"])
    whole = frame(v=[10.0, 9.0, 1.0])
    pd.testing.assert_frame_equal(
        TWO.apply(values, high=some), TWO.apply(values, high=whole), check_dtype=False
    )
    pd.testing.assert_frame_equal(
        TWO.apply(values, high=some), TWO.apply(values["v"], high=some["v"])
    )


def test_the_same_numbers_in_other_forms_give_the_same_table() -> None:
    plain = frame(v=[10.0, 4.0, 1.0])
    expected = TWO.apply(plain)
    layer = gpd.GeoDataFrame(plain, geometry=shapely.points([0, 1, 2], [0, 0, 0])).rename_geometry(
        "contour"
    )
    forms = [
        plain["v"],
        layer,
        plain.astype(int),
        plain.astype(object),
        plain.map(lambda number: Decimal(int(number))),
        plain.astype("Int64"),
        plain.iloc[::-1],
        plain.rename_axis("IRIS"),
        plain.set_axis(pd.CategoricalIndex(["a", "b", "c"])),
    ]
    for form in forms:
        pd.testing.assert_frame_equal(TWO.apply(form), expected)
    hidden = pd.DataFrame({"v": [10, None, 1]}, index=["a", "b", "c"], dtype=object)
    assert TWO.apply(hidden).status.tolist() == ["missing", "missing"]
    assert TWO.apply(plain.set_axis([2016], axis=1), nature={2016: "count"}).value[0] == 12.0


def test_verify_alone_checks_the_weights() -> None:
    balance = TWO.verify()
    assert balance.balanced.all()
    assert balance.inside.to_dict() == {"a": 1.0, "b": 1.0, "c": 1.0}
    short = replace(TWO, outside=TWO.outside + 1e-9)
    assert not short.verify().balanced.any()
    part = links(("a", "X", np.nan, "inclus")).verify()
    assert part[["inside", "outside", "unplaced", "balanced"]].to_numpy().tolist() == [
        [0.0, 0.0, 1.0, True]
    ]


@settings(max_examples=cases(25), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_bounds_hold_whatever_is_hidden(seed: int) -> None:
    """Whatever the truth behind hidden values and unknown parts, it is within the bounds."""
    rng = np.random.default_rng(seed)
    codes = [f"s{k}" for k in range(8)]
    split = rng.dirichlet(np.ones(4), 8)
    rows = [(c, f"T{j}", split[k, j], "") for k, c in enumerate(codes) for j in range(3)]
    p = links(*rows)
    truth = rng.uniform(0, 100, (8, 2))
    real_split = rng.dirichlet(np.ones(4), 8)[:, :3]
    hidden = rng.random((8, 2)) < 0.3
    values = pd.DataFrame(np.where(hidden, np.nan, truth), index=codes, columns=["v", "w"])
    ceiling = pd.DataFrame(np.where(hidden, truth + rng.uniform(0, 9), np.nan), codes, ["v", "w"])
    table = p.apply(values, high=ceiling)
    real = (real_split.T @ truth).ravel()
    assert (table.low <= real + 1e-9).all()
    assert (real <= table.high + 1e-9).all()
    estimated = table.status == "estimated"
    assert (table.low[estimated] <= table.value[estimated]).all()
    assert (table.value[estimated] <= table.high[estimated]).all()


def test_many_variables_are_the_same_as_one_by_one() -> None:
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.random((3, 100)), index=["a", "b", "c"]).rename(columns=str)
    values = values.mask(rng.random((3, 100)) < 0.2)
    together = TWO.apply(values)
    alone = pd.concat([TWO.apply(values[[name]]) for name in values])
    columns = ["target", "variable"]
    pd.testing.assert_frame_equal(
        together.sort_values(columns, ignore_index=True),
        alone.sort_values(columns, ignore_index=True),
    )


def test_bare_numbers_are_the_estimates() -> None:
    values = frame(v=[10.0, 4.0, 1.0])
    np.testing.assert_array_equal(
        TWO.links.product(values.to_numpy()).ravel(), TWO.apply(values).value
    )


@pytest.mark.parametrize("count", [1, 7, 8, 9, 33, 70])
@pytest.mark.parametrize("order", ["C", "F"])
def test_products_are_those_of_whole_matrices(count: int, order: Any) -> None:
    values = np.asarray(np.random.default_rng(count).random((3, count)), order=order)
    found = TWO.links.product(values)
    np.testing.assert_allclose(found, TWO.links.estimate.toarray() @ values, rtol=1e-15)
