"""Numbers and words as French readers expect them."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.french.typography import (
    MINUS,
    NARROW,
    enumerate_words,
    interval,
    number,
    plural,
    round_half_up,
    several_of,
    with_unit,
)
from observatoire.values import Nature, Status, is_period


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (-0.4, 0, "0"),
        (0.5, 0, "1"),
        (2.675, 2, "2,68"),
        (999.95, 1, "1 000,0"),
        (1234567.891, 2, "1 234 567,89"),
        (-1500, 0, "-1 500"),
        (1e-9, 2, "0,00"),
        (1e16, 0, "10 000 000 000 000 000"),
    ],
)
def test_number(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text.replace(" ", NARROW).replace("-", MINUS)


def test_absent_value_is_no_number() -> None:
    with pytest.raises(ValueError, match="mark"):
        number(math.nan)


def test_sign_is_written_on_differences_only() -> None:
    assert [number(x, 1, sign=True) for x in (1.2, -1.2, 0.0)] == ["+1,2", f"{MINUS}1,2", "0,0"]


@given(
    value=st.decimals(-(10**6), 10**6, places=4).map(float),
    decimals=st.integers(min_value=0, max_value=4),
)
def test_rounding_is_that_of_decimal(value: float, decimals: int) -> None:
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert round_half_up(value, decimals) == pytest.approx(float(exact), abs=1e-9)


def test_units_and_intervals() -> None:
    assert with_unit(12.34, "%", 1) == f"12,3{NARROW}%"
    assert with_unit(3, "") == "3"
    assert interval(-1, 2) == f"[{MINUS}1{NARROW}; 2]"


def test_words() -> None:
    assert enumerate_words([]) == ""
    assert enumerate_words(["a"]) == "a"
    assert enumerate_words(["a", "b"]) == "a et b"
    assert enumerate_words(["a", "b", "c"], most=1) == "a et 2 autres"
    assert [several_of(word) for word in ("commune", "ZUS", "IRIS", "cas")] == [
        "communes", "ZUS", "IRIS", "cas",
    ]  # fmt: skip
    assert plural(2, "IRIS").endswith("IRIS")


@pytest.mark.parametrize("text", ["2016", "2011-T4", "2011-S2", "2012-12", "2015-2016"])
def test_periods(text: str) -> None:
    assert is_period(text)


@pytest.mark.parametrize("text", ["2016 ", "2011-T5", "2012-00", "2012-3", "T1-2011", "２０１６"])
def test_what_is_no_period(text: str) -> None:
    assert not is_period(text)


def test_every_status_and_nature_is_said_in_words() -> None:
    marks = [status.mark for status in Status if status is not Status.OBSERVED]
    marks.remove("")  # aggregated: exact, as observed
    assert len(set(marks)) == len(marks)
    assert all(status.label and status.meaning for status in Status)
    assert {status for status in Status if status.has_value} == {
        "observed", "aggregated", "estimated", "context",
    }  # fmt: skip
    assert {nature for nature in Nature if nature.additive} == {"count", "amount"}
    assert {nature for nature in Nature if not nature.passable} == {"median", "mean", "index"}
    assert len({nature.label for nature in Nature}) == 6
