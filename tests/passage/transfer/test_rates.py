from typing import Any

import numpy as np
import pandas as pd
import pytest
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import squares

from observatoire import passage
from observatoire.errors import PassageError


def links(*rows: Any) -> Any:
    return passage.from_table(
        pd.DataFrame(list(rows), columns=["source", "target", "weight", "link"])
    )


P = links(
    ("a", "one", 1.0, ""),
    ("b", "two", 1.0, ""),
    ("c", "two", 1.0, ""),
    ("d", "part", np.nan, "inclus"),
    ("e", "mixed", 1.0, ""),
    ("f", "mixed", 0.5, ""),
)


def values(**columns: Any) -> Any:
    return pd.DataFrame(columns, index=list("abcdef"))


RATES = values(t=[10.0, 20.0, 30.0, 40.0, 50.0, 60.0])


def by_target(table: Any) -> Any:
    return table.set_index("target")


def test_rates_without_their_counts() -> None:
    out = by_target(P.apply(RATES, nature="rate"))
    assert out.status.to_dict() == {
        "one": "observed",
        "two": "bounded",
        "part": "context",
        "mixed": "missing",
    }
    assert out.value["one"] == 10.0
    assert out.loc["two", ["low", "high"]].tolist() == [20.0, 30.0]
    assert np.isnan(out.value["two"])
    assert out.value["part"] == 40.0
    assert np.isnan(out.low["part"])
    assert "d" in out.reason["part"]
    assert "f" in out.reason["mixed"]
    assert "apply_ratio" in out.reason["mixed"]


def test_hidden_rates() -> None:
    out = by_target(
        P.apply(RATES.assign(t=[np.nan, 20.0, np.nan, np.nan, 1.0, 1.0]), nature="rate")
    )
    assert (out.status == "missing").all()
    assert "a" in out.reason["one"]
    assert "c" in out.reason["two"]
    low, high = RATES - 5, RATES + 5
    hidden = RATES.assign(t=[np.nan, 20.0, np.nan, 40.0, 1.0, 1.0])
    bounds = {
        "low": low.assign(t=[5, 15, 25, 35, 0, 0.0]),
        "high": high.assign(t=[15, 25, 35, 45, 2, 2.0]),
    }
    out = by_target(P.apply(hidden, nature="rate", **bounds))
    assert out.status[["one", "two"]].tolist() == ["bounded", "bounded"]
    assert out.loc["two", ["low", "high"]].tolist() == [15.0, 35.0]


def test_a_target_within_one_source_shows_it_for_context() -> None:
    p = passage.by_area(squares((0, 0, 10, 10), codes=["iris"]), squares((2, 2, 4, 4), codes=["q"]))
    out = p.apply(pd.DataFrame({"t": [25.0]}, index=["iris"]), nature="rate").iloc[0]
    assert (out.value, out.status) == (25.0, "context")


def test_a_target_mostly_uncovered_has_no_rate() -> None:
    p = passage.by_area(
        squares((0, 0, 10, 10), codes=["iris"]), squares((0, 0, 100, 10), codes=["q"])
    )
    rates = pd.DataFrame({"t": [25.0]}, index=["iris"])
    out = p.apply(rates, nature="rate").iloc[0]
    assert out.status == "missing"
    assert "10" in out.reason
    assert p.apply(rates, nature="rate", min_coverage=0.05).iloc[0].status == "estimated"


def test_ratios_from_two_counts() -> None:
    top = values(t=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    bottom = values(t=[10.0] * 6)
    out = by_target(P.apply_ratio(top, bottom, share=True, scale=100))
    assert out.status.to_dict() == {
        "one": "aggregated",
        "two": "aggregated",
        "part": "context",
        "mixed": "estimated",
    }
    assert out.value["two"] == 25.0
    assert out.loc["two", ["low", "high"]].tolist() == [25.0, 25.0]
    assert out.value["part"] == 40.0
    assert out.value["mixed"] == pytest.approx(100 * 8 / 15)
    assert out.low["mixed"] == pytest.approx(100 * 5 / 14)
    assert out.high["mixed"] == pytest.approx(100 * 11 / 16)


def test_ratios_that_are_no_shares_have_wider_bounds() -> None:
    top, bottom = values(t=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), values(t=[10.0] * 6)
    out = by_target(P.apply_ratio(top, bottom))
    assert out.loc["mixed", ["low", "high"]].tolist() == pytest.approx([5 / 20, 11 / 10])


def test_a_denominator_of_zero_is_not_applicable() -> None:
    zero, one = values(t=[0.0] * 6), values(t=[1.0] * 6)
    out = by_target(P.apply_ratio(zero, zero))
    assert out.status[["one", "two", "mixed"]].tolist() == ["not_applicable"] * 3
    assert out.value[["one", "two", "mixed"]].isna().all()
    assert "nul" in out.reason["one"]
    assert by_target(P.apply_ratio(zero, one)).value["one"] == 0.0


def test_a_denominator_that_the_method_places_nowhere_is_missing() -> None:
    p = links(("a", "X", 0.0, "partage"), ("a", "Y", 1.0, "partage"))
    one = pd.DataFrame({"t": [1.0]}, index=["a"])
    out = by_target(p.apply_ratio(one, one, share=True))
    assert out.status["X"] == "missing"
    assert "place aucun" in out.reason["X"]


def test_hidden_numerators_of_a_share_are_bounded_by_their_denominator() -> None:
    top = values(t=[np.nan, 2.0, np.nan, 4.0, 5.0, 6.0])
    out = by_target(P.apply_ratio(top, values(t=[10.0] * 6), share=True))
    assert out.loc["two", ["low", "high", "status"]].tolist() == [2 / 20, 12 / 20, "bounded"]
    assert out.loc["one", ["low", "high"]].tolist() == [0.0, 1.0]
    free = by_target(P.apply_ratio(top, values(t=[10.0] * 6)))
    assert free.status["two"] == "missing"


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(PassageError, match="a, t"):
        P.apply_ratio(values(t=[11.0] * 6), values(t=[10.0] * 6), share=True)


def test_columns_must_be_the_same() -> None:
    with pytest.raises(PassageError, match="u"):
        P.apply_ratio(values(t=[1.0] * 6), values(u=[1.0] * 6))


@settings(max_examples=cases(25), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_true_share_is_within_its_bounds(seed: int) -> None:
    """Numerator and remainder may be spread apart within a split source."""
    rng = np.random.default_rng(seed)
    codes = [f"s{k}" for k in range(5)]
    weight = rng.dirichlet(np.ones(3), 5)
    whole = rng.random(5) < 0.4
    weight[whole] = [1.0, 0.0, 0.0]
    p = links(*((c, f"T{j}", weight[k, j], "") for k, c in enumerate(codes) for j in range(2)))
    n, r = rng.uniform(0, 50, (2, 5))
    spread = [np.where(whole[:, None], weight, rng.dirichlet(np.ones(3), 5)) for _ in range(2)]
    hidden = rng.random(5) < 0.2
    top = pd.DataFrame({"t": np.where(hidden, np.nan, n)}, index=codes)
    bottom = pd.DataFrame({"t": n + r}, index=codes)
    out = p.apply_ratio(top, bottom, share=True)
    inside = [(spread[0].T @ n)[:2], (spread[1].T @ r)[:2]]
    real = inside[0] / (inside[0] + inside[1])
    framed = out.low.notna().to_numpy()
    assert framed.any()
    assert (out.low.to_numpy()[framed] <= real[framed] + 1e-9).all()
    assert (real[framed] <= out.high.to_numpy()[framed] + 1e-9).all()


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("pour 1 000 habitants", 250.0),
        ("‰", 250.0),
        ("%", 25.0),
        ("faits pour 100 000 habitants", 25_000.0),
        ("pour mille", 250.0),
        ("", 0.25),
        ("part", 0.25),
    ],
)
def test_a_rate_is_so_many_times_its_quotient_as_its_unit_says(unit: str, value: float) -> None:
    top, base = values(t=[1.0] * 6), values(t=[4.0] * 6)
    found = by_target(P.apply_ratio(top, base, about={"unit": unit}))
    assert found.loc["one", ["value", "low", "high"]].tolist() == [value] * 3
    if value != 0.25:
        with pytest.raises(PassageError, match="scale 3"):
            P.apply_ratio(top, base, about={"unit": unit}, scale=3)
        again = P.apply_ratio(top, base, about={"unit": unit}, scale=value / 0.25)
        assert by_target(again).value["one"] == value


def test_a_rate_of_a_target_partly_covered_claims_no_bound() -> None:
    source = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["i", "j"])
    nearly = passage.by_area(source, squares((0, 0, 20.5, 10), codes=["q"]))
    top = pd.DataFrame({"t": [1.0, 2.0]}, index=["i", "j"])
    row = nearly.apply_ratio(top, top * 4, share=True).iloc[0]
    assert (row.value, row.low, row.high, row.status) == (0.25, 0.0, 1.0, "estimated")
    free = nearly.apply_ratio(top, top * 4).iloc[0]
    assert (free.value, free.low) == (0.25, 0.0)
    assert np.isnan(free.high)
    third = passage.by_area(source, squares((0, 0, 60, 10), codes=["q"]))
    assert third.apply_ratio(top, top * 4, share=True).iloc[0].status == "missing"
    union = nearly.apply(top, nature="rate").iloc[0]
    assert union.status == "missing"
    assert "97,56" in union.reason or "98" in union.reason


def test_sources_of_one_rate_leave_no_doubt_on_that_of_their_reunion() -> None:
    same = values(t=[10.0, 20.0, 20.0, 40.0, 50.0, 60.0])
    two = by_target(P.apply(same, nature="rate")).loc["two"]
    assert (two.status, two.value, two.low, two.high) == ("aggregated", 20.0, 20.0, 20.0)
    assert two.reason == ""
