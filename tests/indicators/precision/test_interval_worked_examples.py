"""Exact, Byar and census intervals: published examples, independent oracles, simulated coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from observatoire.indicators import (
    Difference,
    Estimate,
    TrialsError,
    among,
    byar,
    census_variance,
    change,
    clopper_pearson,
    convergence,
    difference,
    effective_share,
    newcombe,
    poisson_exact,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [  # Newcombe (1998), « Two-sided confidence intervals for the single proportion », table I.
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_published_exact_proportions(successes: int, trials: int, low: float, high: float) -> None:
    found = clopper_pearson(successes, trials)
    assert tuple(round(float(bound), 4) for bound in found) == (low, high)


@given(st.integers(1, 3000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_proportions_same_as_statsmodels(n: int, share: float, confidence: float) -> None:
    x = round(share * n)
    truth = proportion_confint(x, n, alpha=1 - confidence, method="beta")
    found = [float(bound) for bound in clopper_pearson(x, n, confidence)]
    assert found == pytest.approx([float(t) for t in truth], abs=1e-9)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [  # Breslow & Day (1987), and Ulm (1990), « A simple method to calculate the confidence
        # interval of a standardized mortality ratio », American Journal of Epidemiology 131.
        (1, 0.0253, 5.5716),
        (10, 4.7954, 18.3904),
        (20, 12.2165, 30.8884),
        (100, 81.3640, 121.6268),
    ],
)
def test_published_exact_counts(count: int, low: float, high: float) -> None:
    found = [float(bound) for bound in poisson_exact(count)]
    assert found == pytest.approx([low, high], abs=2e-4)


@given(st.integers(0, 5000), st.sampled_from([0.9, 0.95, 0.998]))
def test_exact_counts_leave_half_the_risk_on_each_side(count: int, confidence: float) -> None:
    low, high = (float(bound) for bound in poisson_exact(count, confidence))
    tail = (1 - confidence) / 2
    assert stats.poisson.cdf(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(tail, rel=1e-6)
    else:
        assert low == 0


@given(st.integers(10, 5000))
def test_byar_is_near_the_exact_one(count: int) -> None:
    for mine, exact in zip(byar(count), poisson_exact(count), strict=True):
        assert float(mine) == pytest.approx(float(exact), rel=0.01)


def test_no_event_still_leaves_some_possible() -> None:
    for interval in (byar, poisson_exact):
        low, high = interval([0, 4])
        assert low[0] == 0
        assert 3.6 < high[0] < 3.7
        assert low[1] > 0


@pytest.mark.parametrize("interval", [byar, poisson_exact])
def test_negative_counts_are_refused(interval: object) -> None:
    with pytest.raises(TrialsError, match=r"infini : -1 \(n° 2\)"):
        interval([3, -1])  # type: ignore[operator]
    with pytest.raises(TrialsError, match=r"infini : -1,5 \(« FDF02 »\)"):
        interval(pd.Series({"FDF01": 3, "FDF02": -1.5}))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("successes", "trials", "said"), [(3, 2, "Plus de cas"), (-1, 2, "négatif")]
)
def test_impossible_trials_are_refused(successes: int, trials: int, said: str) -> None:
    with pytest.raises(TrialsError, match=said):
        clopper_pearson(successes, trials)


def test_nobody_says_nothing() -> None:
    assert all(np.isnan(bound) for bound in clopper_pearson(0, 0))


@pytest.mark.parametrize(
    ("fraction", "effect"), [(0, 1), (1.2, 1), (float("nan"), 1), (0.4, 0), (0.4, -1)]
)
def test_shares_that_cannot_be_are_refused(fraction: float, effect: float) -> None:
    with pytest.raises(TrialsError):
        effective_share(fraction, effect)


PROPORTIONS, COUNTS = (wilson, clopper_pearson), (byar, poisson_exact)


@pytest.mark.parametrize("interval", [*PROPORTIONS, *COUNTS])
def test_bounds_have_the_form_of_what_is_given(interval: Any) -> None:
    rest = {"trials": 20} if interval in PROPORTIONS else {}
    assert all(isinstance(bound, float) for bound in interval(5, **rest))
    assert [bound.shape for bound in interval([[1, 2], [3, 4]], **rest)] == [(2, 2), (2, 2)]
    places = pd.Series([5, None], index=["Dillon", "Texaco"], dtype="Int64")
    low, high = interval(places, **rest)
    assert list(low.index) == list(high.index) == ["Dillon", "Texaco"]
    assert (low["Dillon"], high["Dillon"]) == tuple(interval(5, **rest))
    assert np.isnan(low["Texaco"])
    assert np.isnan(high["Texaco"])


def test_series_of_two_indexes_are_not_paired_by_their_order() -> None:
    cases = pd.Series([1, 2], index=["a", "b"])
    with pytest.raises(TrialsError, match="même index"):
        wilson(cases, pd.Series([20, 10], index=["b", "a"]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((["a"], [2]), "pas un effectif"),
        (([1, 2, 3], [4, 5]), "même longueur"),
        ((np.inf, np.inf), "infini"),
        ((1, 2, 95), "entre 0 et 1"),
        ((1, 2, "0.95"), "entre 0 et 1"),
        ((1, 2, None), "entre 0 et 1"),
    ],
)
def test_what_is_no_count_is_refused(given: tuple[Any, ...], said: str) -> None:
    for interval in PROPORTIONS:
        with pytest.raises(TrialsError, match=said):
            interval(*given)
    with pytest.raises(TrialsError):
        newcombe(*given[:2], 3, 2)


def test_examples_of_the_technical_guide() -> None:
    """Fingertips' own functions (PHEindicatormethods) on 65 events among 100."""
    assert [float(b) for b in wilson(65, 100)] == pytest.approx([0.5525444, 0.7363575], abs=1e-7)
    assert [float(b) for b in byar(65)] == pytest.approx([50.16, 82.85], abs=0.01)


@pytest.mark.parametrize(("z", "x"), [([1, -1], [1, 1]), ([1], [0]), ([1, 2], [1])])
def test_addresses_that_cannot_be_are_refused(z: list[int], x: list[int]) -> None:
    with pytest.raises(TrialsError, match="adresse"):
        census_variance(z, x)


def test_insee_formula_by_hand() -> None:
    # R = (0 + 2 + 4) / (1 + 2 + 3) = 1; what is beyond: -1, 0, 1; (1 - 0,4)/0,16 × 2 = 7,5.
    assert census_variance([0, 2, 4], [1, 2, 3], 0.4) == pytest.approx(7.5)


def test_insee_formula_is_the_effective_share_when_an_address_holds_one_dwelling() -> None:
    drawn = np.repeat([1, 0], [120, 280])
    variance = census_variance(drawn, np.ones(400), 0.4)
    trials = 400 / 0.4 * effective_share(0.4)
    p = 0.3
    assert variance / 1000**2 == pytest.approx(p * (1 - p) / trials, rel=1e-9)


def test_a_count_among_dwellings_by_hand() -> None:
    # 600 of 1 000 dwellings, two addresses in five: 400 of 666.67 drawn at random (0.4/0.6). Wilson's
    # centre is (0.6 + 1.92073/666.667)/(1 + 3.84146/666.667) = 0.599427; its half-width
    # 1.95996 √(0.6 × 0.4/666.667 + 3.84146/(4 × 666.667²))/1.0057622 = 0.037084.
    worth = effective_share(0.4)
    low, high = (float(bound) / worth for bound in among(600 * worth, 1000 * worth))
    assert (low, high) == pytest.approx((562.343, 636.511), abs=0.01)


def test_a_count_among_people_by_hand() -> None:
    # 400 drawn of 800, the whole varying half as much as draws at random: (400 - c)² = z² (c - c²/1600),
    # that is 1.0024009 c² - 803.84146 c + 160000 = 0: c = (803.84146 ± √(646161.1 - 641536.6))/2.0048018.
    low, high = (float(bound) for bound in among(400, 800, 0.5))
    assert (low, high) == pytest.approx((367.04, 434.88), abs=0.01)


@given(st.floats(0, 1), st.floats(1, 5000), st.sampled_from([0.8, 0.95, 0.998]))
def test_a_count_among_what_is_known_is_wilson_times_the_whole(
    share: float, whole: float, confidence: float
) -> None:
    x = share * whole
    found, expected = among(x, whole, 0.0, confidence), wilson(x, whole, confidence)
    assert [float(b) for b in found] == pytest.approx(
        [whole * float(b) for b in expected], abs=1e-6
    )


@given(st.floats(0, 1), st.floats(20, 5000), st.floats(0, 1.5))
def test_a_part_stays_within_its_whole_and_varies_with_it(
    share: float, whole: float, dispersion: float
) -> None:
    low, high = (float(bound) for bound in among(share * whole, whole, dispersion))
    _, most = (float(bound) for bound in among(whole, whole, dispersion))
    assert 0 <= low <= share * whole <= high <= most * (1 + 1e-9)
    less, more = (float(bound) for bound in among(share * whole, whole, dispersion + 0.2))
    assert less <= low + 1e-9
    assert high <= more + 1e-9


def test_a_whole_too_small_to_bound_is_not_bounded_and_nobody_says_nothing() -> None:
    low, high = among([1, 0, np.nan], [2, 0, 5], 3.0)
    assert (low[0] > 0, high[0]) == (True, np.inf)
    assert np.isnan([low[1], high[1], low[2], high[2]]).all()


@pytest.mark.parametrize(("given", "said"), [((3, 2), "Plus de cas"), ((1, 2, -0.1), "négatif")])
def test_a_part_that_cannot_be_is_refused(given: tuple[float, ...], said: str) -> None:
    with pytest.raises(TrialsError, match=said):
        among(*given)


# --- coverage, on a known town drawn as the census draws ------------------------------------------

DRAWS = 2000


def town(seed: int, addresses: int, dwellings: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return, by address, how many dwellings, and how many of them have a trait (30 %)."""
    random = np.random.default_rng(seed)
    size = random.choice(dwellings, addresses)
    return random.binomial(size, 0.3), size


def draws(addresses: int, seed: int) -> list[np.ndarray]:
    """Draw two addresses in five, one rotation group of five a year, many times."""
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(DRAWS):
        group = random.permutation(addresses) % 5
        each = [random.permutation(np.flatnonzero(group == g)) for g in range(5)]
        drawn.append(np.concatenate([one[: round(0.4 * one.size)] for one in each]))
    return drawn


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> float:
    return float(np.mean((low <= truth) & (truth <= high)))


@pytest.mark.parametrize("dwellings", [(1,), (1, 1, 1, 2, 4)])
def test_the_rate_of_dwellings_is_covered_as_said(dwellings: tuple[int, ...]) -> None:
    trait, size = town(1, 1500, dwellings)
    truth = trait.sum() / size.sum()
    found = [(trait[d].sum(), size[d].sum()) for d in draws(1500, 2)]
    published = np.array([(x / n, size.sum()) for x, n in found])
    worth = published[:, 1] * effective_share(0.4)
    low, high = wilson(published[:, 0] * worth, worth)
    assert 0.93 <= covered(low, high, truth) <= 0.97


def test_insee_formula_covers_as_said_whatever_the_addresses_hold() -> None:
    """Neighbours that are alike at one address: only the addresses' own formula knows it."""
    random = np.random.default_rng(3)
    size = random.choice([1, 1, 2, 6, 12], 1500)
    trait = size * random.binomial(1, 0.3, 1500)  # whole buildings
    truth = trait.sum()
    low, high, naive = [], [], []
    for drawn in draws(1500, 4):
        ratio = trait[drawn].sum() / size[drawn].sum()
        side = 1.96 * census_variance(trait[drawn], size[drawn], 0.4) ** 0.5
        low.append(ratio * size.sum() - side)
        high.append(ratio * size.sum() + side)
        naive.append(ratio)
    assert 0.93 <= covered(np.array(low), np.array(high), truth) <= 0.97
    worth = size.sum() * effective_share(0.4)
    bounds = wilson(np.array(naive) * worth, np.full(DRAWS, worth))
    assert covered(*bounds, truth / size.sum()) < 0.8  # as if persons had been drawn


def test_the_declared_effect_mends_what_households_share() -> None:
    """Persons of a household share the trait: the effect is the household's size as one sees it."""
    random = np.random.default_rng(5)
    size = random.choice([1, 2, 3, 4, 5], 2000, p=[0.3, 0.28, 0.2, 0.14, 0.08])
    trait = size * random.binomial(1, 0.3, 2000)
    effect = float((size**2).sum() / size.sum())  # 2.98: what a person sees of households
    truth = trait.sum() / size.sum()
    found = np.array([trait[d].sum() / size[d].sum() for d in draws(2000, 6)])
    worth = size.sum() * effective_share(0.4, effect)
    low, high = wilson(found * worth, np.full(DRAWS, worth))
    assert 0.93 <= covered(low, high, truth) <= 0.97
    bare = size.sum() * effective_share(0.4)
    assert covered(*wilson(found * bare, np.full(DRAWS, bare)), truth) < 0.85


def test_a_count_is_covered_as_said() -> None:
    trait, _ = town(7, 1500, (1,))
    trait = trait * (np.random.default_rng(8).random(1500) < 0.3)  # a rare one: about 9 %
    found = np.array([trait[d].sum() / 0.4 for d in draws(1500, 9)])
    share = effective_share(0.4)
    low, high = (bound / share for bound in byar(found * share))
    assert 0.93 <= covered(low, high, trait.sum()) <= 0.97


def drawn_rates(
    sector: np.ndarray, rest: np.ndarray, drawn: list[np.ndarray]
) -> tuple[list[float], list[float]]:
    """Return the rates published of a sector and of its town, weights restoring both sizes."""
    everyone = np.concatenate([sector, rest])
    mine, whole = [], []
    for sample in drawn:
        inside = sample < sector.size
        p, q = everyone[sample[inside]].mean(), everyone[sample[~inside]].mean()
        mine.append(float(p))
        whole.append(float((p * sector.size + q * rest.size) / everyone.size))
    return mine, whole


def estimates(rates: list[float], size: int) -> list[Estimate]:
    worth = size * effective_share(0.4)
    drawn = np.array(rates) * worth
    bounds = [bound for c in (0.95, 0.998) for bound in wilson(drawn, worth, c)]
    return [Estimate(*each) for each in zip(rates, *bounds, strict=True)]


def planted(size: int, share: float) -> np.ndarray:
    return np.arange(size) < round(share * size)


@pytest.mark.parametrize(
    ("size", "shares"),
    [
        (1000, (0.40, 0.30)),
        (200, (0.08, 0.20)),
        (1000, (0.70, 0.60)),
        (1000, (0.03, 0.30)),
    ],
)
def test_gaps_changes_and_their_closing_are_covered_as_said(
    size: int, shares: tuple[float, float]
) -> None:
    """A sector inside its town, at two censuses that share nobody."""
    rest, overlap = planted(4 * size, 0.15), 0.2
    gaps, figures, truths = [], [], []
    for seed, share in enumerate(shares):
        sector = planted(size, share)
        mine, whole = drawn_rates(sector, rest, draws(5 * size, 20 + seed))
        figures.append(estimates(mine, size))
        town = estimates(whole, 5 * size)
        gaps.append(
            [difference(a, b, overlap=overlap) for a, b in zip(figures[-1], town, strict=True)]
        )
        truths.append((sector.mean(), sector.mean() - np.concatenate([sector, rest]).mean()))
    found = {
        "gap": (gaps[0], truths[0][1]),
        "change": (
            [change(a, b) for a, b in zip(*figures, strict=True)],
            truths[1][0] - truths[0][0],
        ),
        "closing": (
            [convergence(a, b) for a, b in zip(*gaps, strict=True)],
            abs(truths[1][1]) - abs(truths[0][1]),
        ),
    }
    for name, (intervals, truth) in found.items():
        low, high = (
            np.array([getattr(each, side) for each in intervals]) for side in ("low", "high")
        )
        most = 0.975 if name == "closing" else 0.97  # see the next test
        assert 0.93 <= covered(low, high, float(truth)) <= most, name
    wide = np.mean([g.wide_low <= truths[0][1] <= g.wide_high for g in gaps[0]])
    assert wide >= 0.99


@pytest.mark.parametrize(
    ("gaps", "most"),
    [  # in standard errors: a gap near zero at both dates is covered more than said, never less
        ((0, 0), 1.0),
        ((1, 1), 0.995),
        ((1, -1), 0.995),
        ((0, 2), 0.97),
        ((3, 3), 0.97),
        ((3, 0), 0.97),
        ((0, 5), 0.97),
        ((5, -8), 0.97),
    ],
)
def test_a_closing_is_never_covered_less_than_said(gaps: tuple[float, float], most: float) -> None:
    noise = np.random.default_rng(40).standard_normal((DRAWS, 2))
    side = float(stats.norm.ppf(0.975))

    def gap(value: float) -> Difference:
        return Difference(value, value - side, value + side, verdict="plus haut")

    found = [convergence(*map(gap, np.add(gaps, one))) for one in noise]
    low, high = (np.array([getattr(each, end) for each in found]) for end in ("low", "high"))
    assert 0.935 <= covered(low, high, abs(gaps[1]) - abs(gaps[0])) <= most
    if abs(gaps[0]) == abs(gaps[1]):
        assert np.mean([each.verdict != "parallèle" for each in found]) <= 0.06


def test_a_count_of_a_few_is_covered_as_said() -> None:
    trait = planted(1500, 0.01)  # fifteen of them: about six are drawn
    found = np.array([trait[d].sum() / 0.4 for d in draws(1500, 31)])
    share = effective_share(0.4)
    drawn = found * share
    exact, near = poisson_exact(drawn), byar(drawn)
    low, high = (np.where(drawn < 10, a, b) / share for a, b in zip(exact, near, strict=True))
    assert covered(low, high, float(trait.sum())) >= 0.95
