"""Numbers as French producers write them."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.french.typography import NARROW, number
from observatoire.sources.parsers.numbers import Markers, parse_numbers
from observatoire.values import Status

SIGNS = Markers(secret=("s", "<5", "-1"), missing=("nd", "n.d."), not_applicable=("///",))


def one(text: str, markers: Markers = SIGNS, decimal: str = "") -> tuple[float, str, bool]:
    read = parse_numbers(pd.Series([text]), markers, decimal)
    return read.value[0], read.status[0], bool(read.unreadable[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("81017", 81017),
        ("81 017", 81017),
        ("81\u202f017", 81017),
        ("81\u00a0017,25", 81017.25),
        ("1 234 567", 1234567),
        ("12,5", 12.5),
        ("12.5", 12.5),
        (",5", 0.5),
        ("5,", 5),
        ("-3", -3),
        ("\u22123,5", -3.5),
        ("+2", 2),
        ("  7  ", 7),
        ("1e3", 1000),
        ("2.57375293773539", 2.57375293773539),
        ("007", 7),
    ],
)
def test_numbers_read(text: str, value: float) -> None:
    assert one(text) == (value, Status.OBSERVED, False)


@pytest.mark.parametrize(
    "text",
    ["x", "S", "1,2,3", "1.234,5", "12 5", "1 2345", "1234 567", "12 %", "nan", "inf", "1e999",
     "1_000", "0x10", "--1", "1-2", ".", ",", "-", "%", "²", "١٢", "1 234 56,7", "=1+1"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    value, status, unreadable = one(text)
    assert math.isnan(value)
    assert (status, unreadable) == (Status.MISSING, True)


@pytest.mark.parametrize(
    ("text", "decimal"), [("1.234", ","), ("1,234", "."), ("1 234.5", ","), ("0,5", ".")]
)
def test_other_decimal_mark_is_refused(text: str, decimal: str) -> None:
    # With decimal = ",", the point of « 1.234 » may separate thousands: it cannot be guessed.
    assert one(text, decimal=decimal)[2]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("s", Status.SECRET),
        ("<5", Status.SECRET),
        ("-1", Status.SECRET),
        (" nd ", Status.MISSING),
        ("n.d.", Status.MISSING),
        ("///", Status.NOT_APPLICABLE),
        ("", Status.MISSING),
    ],
)
def test_signs(text: str, status: Status) -> None:
    read = parse_numbers(pd.Series([text]), SIGNS)
    assert math.isnan(read.value[0])
    assert (read.status[0], bool(read.unreadable[0])) == (status, False)
    assert read.marker[0] == text.strip()


@pytest.mark.parametrize(
    ("blank", "status"),
    [("missing", Status.MISSING), ("secret", Status.SECRET), ("zero", Status.OBSERVED)],
)
def test_blank_means_what_the_producer_says(blank: str, status: Status) -> None:
    value, found, unreadable = one("", Markers(blank=blank))
    assert (found, unreadable) == (status, False)
    assert value == 0 if blank == "zero" else math.isnan(value)


def test_hidden_absent_and_zero_stay_three_things() -> None:
    read = parse_numbers(pd.Series(["s", "", "0"]), Markers(secret=("s",)))
    assert read.status.to_list() == ["secret", "missing", "observed"]
    assert read.value.isna().to_list() == [True, True, False]


@given(
    value=st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 3)),
    decimals=st.just(3),
    space=st.sampled_from([NARROW, "\u00a0", " ", ""]),
    decimal=st.sampled_from(["", ","]),
)
def test_round_trip_through_french_typography(
    value: float, decimals: int, space: str, decimal: str
) -> None:
    written = number(value, decimals).replace(NARROW, space)
    assert one(written, decimal=decimal)[0] == pytest.approx(value, abs=1e-9, rel=1e-12)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=20))
def test_every_cell_is_a_value_a_sign_a_blank_or_a_fault(texts: list[str]) -> None:
    read = parse_numbers(pd.Series(texts, dtype="str"), SIGNS)
    valued, signed = read.value.notna(), read.marker != ""
    blank = pd.Series([not text.strip() for text in texts])
    total = valued.astype(int) + signed + blank + read.unreadable
    assert (total == 1).all()
    assert (read.status[valued] == Status.OBSERVED).all()
    assert (read.status[~valued] != Status.OBSERVED).all()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_its_own_writing(value: float) -> None:
    assert one(repr(value), Markers())[0] == value


def test_what_plain_columns_share_is_written_by_nobody() -> None:
    first, other = (parse_numbers(pd.Series(texts), Markers()) for texts in (["1"], ["2"]))
    for name in ("low", "high", "unreadable"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(first, name).to_numpy()[0] = 1
    first.low[0] = 9.0  # a copy is made on writing
    assert math.isnan(other.low[0])
    assert math.isnan(parse_numbers(pd.Series(["3"]), Markers()).low[0])
