"""Wilson's interval against published examples, SciPy and its own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from observatoire.indicators import TrialsError, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [  # Newcombe (1998), « Two-sided confidence intervals for the single proportion », table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_examples(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert tuple(round(float(bound), 4) for bound in found) == (low, high)


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999]))
def test_same_as_scipy(trials: int, share: float, confidence: float) -> None:
    successes = round(share * trials)
    low, high = wilson(successes, trials, confidence)
    truth = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    assert float(low) == pytest.approx(truth.low, abs=1e-9)
    assert float(high) == pytest.approx(truth.high, abs=1e-9)


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.floats(0.01, 0.99))
def test_bounds_hold_the_share_and_stay_within_one(
    successes: float, trials: float, confidence: float
) -> None:
    successes = min(successes, trials)
    low, high = wilson(successes, trials, confidence)
    assert 0 <= low <= successes / trials <= high <= 1


@given(st.integers(1, 1000), st.floats(0, 1), st.floats(0.1, 0.9))
def test_more_confidence_and_fewer_trials_are_wider(
    trials: int, share: float, confidence: float
) -> None:
    def width(n: float, level: float) -> float:
        low, high = wilson(share * n, n, level)
        return float(high - low)

    assert width(trials, confidence) < width(trials, confidence + 0.05)
    assert width(trials * 4, confidence) < width(trials, confidence)


def test_the_interval_mirrors_itself() -> None:
    low, high = wilson(3, 40)
    other_low, other_high = wilson(37, 40)
    assert (float(low), float(high)) == pytest.approx((1 - other_high, 1 - other_low))


def test_arrays_go_together_and_no_trial_says_nothing() -> None:
    low, high = wilson([0, 5, 10, 0], [10, 10, 10, 0])
    assert low.shape == high.shape == (4,)
    assert low[0] == 0
    assert high[2] == 1
    assert (np.diff(low[:3]) > 0).all()
    assert np.isnan(low[3])
    assert np.isnan(high[3])


@pytest.mark.parametrize(
    ("successes", "trials", "confidence", "said"),
    [
        (-1, 10, 0.95, "négatif"),
        (1, -10, 0.95, "négatif"),
        (11, 10, 0.95, "Plus de cas que d’effectif observé : 11 pour 10\\."),
        (1, 0, 0.95, "Plus de cas"),
        (1, 10, 0.0, "entre 0 et 1"),
        (1, 10, 1.0, "entre 0 et 1"),
        (1, 10, 95, "entre 0 et 1"),
        (1, 10, float("nan"), "entre 0 et 1"),
    ],
)
def test_what_cannot_be_is_refused(
    successes: float, trials: float, confidence: float, said: str
) -> None:
    with pytest.raises(TrialsError, match=said):
        wilson(successes, trials, confidence)
