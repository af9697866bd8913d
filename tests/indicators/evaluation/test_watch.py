"""How sure a signal is: points, bounds and intervals against a level."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from observatoire.indicators.evaluation.watch import Watch, signals

NAN = float("nan")


def signals_of(kind: str, level: float, certainty: str, **figure: Any) -> list[str]:
    base = {"zoning": "q", "territory": "a", "name": "A", "indicator": "i", "period": "2016"}
    row = (
        base
        | {"status": "observed", "low": figure.get("value"), "high": figure.get("value")}
        | figure
    )
    watch = Watch("w", "i", "W", certainty=certainty, **{kind: level})  # type: ignore[arg-type]
    return list(signals((watch,), {"i": pd.DataFrame([row])}, {}, "q")["signal"])


CENSUS = {"value": 30.0, "low": 27.0, "high": 33.0, "passage_low": 30.0, "passage_high": 30.0,
          "precision": "census"}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "level", "certainty", "said"),
    [
        ("above", 26, "95 %", ["franchi"]),
        ("above", 28, "95 %", ["à confirmer"]),
        ("above", 28, "constat", ["franchi"]),
        ("above", 26, "99,8 %", ["à confirmer"]),
        ("above", 25, "99,8 %", ["franchi"]),
        ("above", 31, "95 %", []),
        ("below", 34, "95 %", ["franchi"]),
        ("below", 32, "95 %", ["à confirmer"]),
        ("below", 29, "constat", []),
    ],
)
def test_a_sampled_figure(kind: str, level: float, certainty: str, said: list[str]) -> None:
    assert signals_of(kind, level, certainty, **CENSUS) == said


@pytest.mark.parametrize(
    ("kind", "level", "said"),
    [("above", 19, ["franchi"]), ("above", 25, ["à confirmer"]), ("above", 31, []),
     ("above", 26, []), ("below", 31, ["franchi"]), ("below", 25, ["à confirmer"]),
     ("below", 19, []), ("below", 24, [])],
)  # fmt: skip
def test_bounds(kind: str, level: float, said: list[str]) -> None:
    assert signals_of(kind, level, "95 %", value=NAN, low=20.0, high=30.0, status="bounded") == said


def test_a_figure_whose_error_nobody_knows_is_never_sure() -> None:
    assert signals_of("above", 10, "95 %", value=30.0, precision="unknown") == ["à confirmer"]
    assert signals_of("above", 10, "constat", value=30.0, precision="unknown") == ["franchi"]


@pytest.mark.parametrize("status", ["missing", "secret", "context"])
def test_what_is_no_figure_signals_nothing(status: str) -> None:
    assert signals_of("above", 10, "constat", value=30.0, status=status) == []


def test_falls_and_rises_between_two_dates() -> None:
    def table(value: float, period: str) -> pd.DataFrame:
        row = {"zoning": "q", "territory": "a", "name": "A", "indicator": "i", "period": period}
        return pd.DataFrame(
            [row | {"status": "observed", "value": value, "low": value, "high": value}]
        )

    moves = {"i": (table(30, "2010"), table(24, "2016"))}
    for kind, level, said in (("fall", 5, ["franchi"]), ("fall", 7, []), ("rise", 5, [])):
        watch = Watch("w", "i", "W", **{kind: level})  # type: ignore[arg-type]
        found = signals((watch,), {}, moves, "q")
        assert list(found["signal"]) == said
        if said:
            assert found["value"].iloc[0] == -6
            assert found["period"].iloc[0] == "2010-2016"
