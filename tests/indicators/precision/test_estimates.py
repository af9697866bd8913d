"""A row as what may be compared: context says nothing, a source bears its own noise, precision is stated."""

from __future__ import annotations

import math
from typing import Any

import demo
import pandas as pd
import pytest

from observatoire.indicators.evaluation.trends import change_of
from observatoire.indicators.precision.estimates import estimate_of, noise_of, stated_precision

NAN = float("nan")


def row(value: float, **more: Any) -> dict[str, Any]:
    return {
        "value": value, "low": value, "high": value, "passage_low": value, "passage_high": value,
        "wide_low": NAN, "wide_high": NAN, "status": "observed", "precision": "exhaustive", "flag": "",
    } | more  # fmt: skip


@pytest.mark.parametrize("status", ["context", "secret", "missing", "not_applicable"])
def test_what_is_not_of_this_territory_says_nothing(status: str) -> None:
    assert not estimate_of(row(20.0, status=status, wide_low=18.0, wide_high=22.0)).known


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        (33.4, "pas de changement net"),
        (26.6, "pas de changement net"),
        (33.6, "dégradation"),
        (26.4, "amélioration"),
        (36.0, "nette dégradation"),
    ],
)
def test_a_change_within_the_noise_of_its_source_is_none(end: float, verdict: str) -> None:
    noisy = [estimate_of(row(value, noise_points=3.5)) for value in (30.0, end)]
    assert change_of(*noisy, "lower_is_better", 1).verdict == verdict


def test_a_median_has_its_noise_in_per_cent() -> None:
    assert noise_of(row(20000.0, noise_percent=3.9), 20000.0) == pytest.approx(780)
    noisy = [estimate_of(row(value, noise_percent=3.9)) for value in (20000.0, 20700.0)]
    assert change_of(*noisy, "neutral", 0).verdict == "pas de changement net"
    more = [estimate_of(row(value, noise_percent=3.9)) for value in (20000.0, 20900.0)]
    assert change_of(*more, "neutral", 0).verdict == "hausse"


def test_a_source_without_noise_states_facts() -> None:
    exact = [estimate_of(row(value)) for value in (30.0, 30.4)]
    assert change_of(*exact, "lower_is_better", 1).verdict == "dégradation constatée"


@pytest.mark.parametrize(
    ("kind", "word", "bounded"),
    [
        ("exhaustive", "exact", True),
        ("reference", "exact", True),
        ("census", "sondage", True),
        ("byar", "sondage", True),
        ("unknown", "inconnue", False),
        ("unsized", "inconnue", False),
        ("withheld", "inconnue", False),
        ("", "inconnue", False),
    ],
)
def test_no_interval_claims_what_nobody_knows(kind: str, word: str, *, bounded: bool) -> None:
    found = stated_precision(pd.DataFrame([row(20.0, precision=kind)])).iloc[0]
    assert found["precision"] == word
    assert math.isnan(found["low"]) is not bounded
    assert math.isnan(found["high"]) is not bounded


def test_bounds_that_rounding_alone_separates_are_no_interval() -> None:
    near = row(15.99033, high=15.99033 * (1 + 1e-15), precision="unknown")
    found = stated_precision(pd.DataFrame([near])).iloc[0]
    assert math.isnan(found["low"])
    assert math.isnan(found["high"])


def test_bounds_that_say_something_are_kept_and_a_calibrated_estimate_is_a_forecast() -> None:
    wide = row(20.0, low=15.0, high=25.0, precision="unknown", status="estimated")
    found = stated_precision(pd.DataFrame([wide])).iloc[0]
    assert (found["precision"], found["low"], found["high"]) == ("inconnue", 15.0, 25.0)
    foretold = stated_precision(pd.DataFrame([wide | {"pi95_low": 17.0}])).iloc[0]
    assert foretold["precision"] == "prévision"


def test_tables_state_the_precision_of_every_figure() -> None:
    shown = demo.demo().table(["part_hlm", "taux_pauvrete", "logements_insalubres"]).df
    figures = shown[shown["value"].notna() | shown["low"].notna()]
    assert set(figures["precision"]) <= {"exact", "sondage", "prévision", "inconnue"}
    unknown = figures[figures["precision"] == "inconnue"]
    assert not (unknown["low"] == unknown["high"]).any()


@pytest.mark.parametrize(
    ("end", "verdict"),
    [(4235, "stable"), (4230, "stable"), (4240, "stable"), (4225, "amélioration constatée")],
)
def test_a_change_within_the_rounding_of_its_source_is_none(end: float, verdict: str) -> None:
    rounded = [estimate_of(row(value, rounding=5.0)) for value in (4235.0, end)]
    assert change_of(*rounded, "lower_is_better", 0).verdict == verdict
