"""Differences, changes and convergence: published examples, signs of what is planted, refusals."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from observatoire.errors import UnknownNameError
from observatoire.indicators import (
    Difference,
    Estimate,
    TrialsError,
    change,
    convergence,
    difference,
    newcombe,
    wilson,
)
from observatoire.indicators.precision.differences import (
    CHANGE_WORDS,
    CLOSING,
    DIFFERENCE_WORDS,
    MARKS,
    PARALLEL,
    UNJUDGED,
    UNKNOWN,
    WIDENING,
)

NAN = float("nan")


def share(successes: float, trials: float) -> Estimate:
    """Return a proportion with its intervals at both certainties."""
    low, high = wilson(successes, trials)
    wide_low, wide_high = wilson(successes, trials, 0.998)
    return Estimate(successes / trials, float(low), float(high), float(wide_low), float(wide_high))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe (1998), « Interval estimation for the difference », table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_published_differences(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = difference(share(*first), share(*second))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)
    assert [float(b) for b in newcombe(*first, *second)] == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 3000), st.integers(1, 3000), st.floats(0, 1), st.floats(0, 1))
def test_same_as_statsmodels(n: int, m: int, p: float, q: float) -> None:
    x, y = round(p * n), round(q * m)
    low, high = confint_proportions_2indep(x, n, y, m, compare="diff", method="newcomb")
    found = difference(share(x, n), share(y, m))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("gap", "rank"), [(-10.0, -2), (-2.5, -1), (0.5, 0), (2.5, 1), (10.0, 2)])
@pytest.mark.parametrize("polarity", list(DIFFERENCE_WORDS))
def test_a_planted_difference_has_its_class_its_sign_and_its_words(
    gap: float, rank: int, polarity: str
) -> None:
    side = 1.96 / math.sqrt(2)  # standard error of the difference: 1
    found = difference(
        Estimate(20 + gap, 20 + gap - side, 20 + gap + side),
        Estimate(20, 20 - side, 20 + side),
        polarity,
    )
    assert found.rank == rank
    assert found.mark == MARKS[rank]
    assert found.verdict == DIFFERENCE_WORDS[polarity][rank + 2]
    assert ("favorable" in found.verdict) == (polarity != "neutral" and rank != 0)
    if rank:
        better = (rank < 0) == (polarity == "lower_is_better")
        assert polarity == "neutral" or ("plus favorable" in found.verdict) == better


@pytest.mark.parametrize("polarity", list(CHANGE_WORDS))
def test_a_planted_change_reads_through_the_polarity(polarity: str) -> None:
    fall = change(Estimate(30, 28, 32), Estimate(20, 18, 22), polarity)
    rise = change(Estimate(20, 18, 22), Estimate(30, 28, 32), polarity)
    words = {
        "neutral": ("nette baisse", "nette hausse"),
        "lower_is_better": ("nette amélioration", "nette dégradation"),
        "higher_is_better": ("nette dégradation", "nette amélioration"),
    }
    assert (fall.verdict, rise.verdict) == words[polarity]
    assert fall.value == -rise.value == -10
    still = change(Estimate(20, 18, 22), Estimate(20.5, 18.5, 22.5), polarity)
    assert still.verdict == "pas de changement net"


def test_without_an_interval_nothing_is_judged() -> None:
    found = difference(Estimate(30.0), Estimate(20, 19, 21))
    assert (found.value, found.verdict, found.mark) == (10.0, UNJUDGED, "")
    assert math.isnan(found.low)
    assert not found.judged


def test_bounds_of_the_passage_add_to_the_sampling() -> None:
    bounded = Estimate(NAN, 9.0, 31.0, least=10.0, most=30.0)
    found = difference(bounded, Estimate(35.0, 34.0, 36.0))
    assert (found.least, found.most) == (-25.0, -5.0)
    assert found.low == pytest.approx(-25 - math.sqrt(2))
    assert found.high == pytest.approx(-5 + math.sqrt(2))
    assert found.rank == -2
    assert math.isnan(found.value)
    wide = difference(bounded, Estimate(20.0, 19.0, 21.0))
    assert (wide.verdict, wide.mark, wide.judged) == (UNKNOWN, "", False)


def test_a_shared_territory_too_wide_to_tell_is_no_likeness() -> None:
    """The point is known, by a method; its bounds without the method hold anything."""
    shared = Estimate(16.0, 0.0, 40.0, least=1.0, most=38.0)
    apart = difference(Estimate(25.0, 23.0, 27.0), shared)
    assert (apart.value, apart.verdict, apart.rank) == (9.0, UNKNOWN, 0)
    alike = difference(Estimate(17.0, 15.0, 19.0), shared)
    assert alike.verdict == DIFFERENCE_WORDS["neutral"][2]  # alike by the method too
    assert convergence(apart, gap(3.0)).verdict == UNKNOWN
    assert convergence(gap(3.0), gap(3.2)).verdict == PARALLEL


@given(st.floats(0.05, 0.95), st.floats(0.1, 5), st.floats(0.1, 5))
def test_a_part_and_its_whole_differ_as_the_part_and_the_rest(
    overlap: float, part: float, rest: float
) -> None:
    """Var(q - C) = (1 - λ)² (Var q + Var r), when C = λ q + (1 - λ) r."""
    whole = math.sqrt((overlap * part) ** 2 + ((1 - overlap) * rest) ** 2)
    found = difference(
        Estimate(10, 10 - part, 10 + part), Estimate(8, 8 - whole, 8 + whole), overlap=overlap
    )
    side = (1 - overlap) * math.hypot(part, rest)
    assert found.high - found.value == pytest.approx(side)
    assert found.value - found.low == pytest.approx(side)
    apart = difference(Estimate(10, 10 - part, 10 + part), Estimate(8, 8 - whole, 8 + whole))
    assert apart.high - apart.low >= found.high - found.low - 1e-9 or part * overlap > whole


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_other_way_round_it_mirrors_itself(a: float, b: float, u: float, v: float) -> None:
    one, other = Estimate(a, a - u, a + v), Estimate(b, b - v, b + u)
    there, back = difference(one, other), difference(other, one)
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high)
    assert there.rank == -back.rank


def gap(value: float, side: float = 1.0) -> Difference:
    return difference(Estimate(value, value - side, value + side), Estimate(0.0, 0.0, 0.0))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("start", "end", "verdict", "crossed"),
    [
        (12, 5, CLOSING, False),
        (12, 11.5, PARALLEL, False),
        (5, 12, WIDENING, False),
        (12, -2, CLOSING, True),
        (3, -9, WIDENING, True),
        (6, -6, PARALLEL, True),
    ],
)
def test_gaps_close_hold_or_widen(
    start: float, end: float, verdict: str, crossed: object, sign: int
) -> None:
    found = convergence(gap(sign * start), gap(sign * end))
    assert (found.verdict, found.crossed) == (verdict, crossed)
    assert found.value == pytest.approx(abs(end) - abs(start))
    assert found.low < found.value < found.high


def test_a_gap_without_interval_or_point_says_nothing() -> None:
    bare = difference(Estimate(12.0), Estimate(3.0, 2.0, 4.0))
    assert convergence(bare, gap(3)).verdict == UNKNOWN
    bounded = difference(Estimate(NAN, 9, 31, least=10, most=30), Estimate(40, 39, 41))
    assert convergence(gap(3), bounded).verdict == UNKNOWN


@given(st.floats(1, 40), st.floats(-40, 40), st.floats(0.1, 5))
def test_signs_do_not_matter_to_convergence(start: float, end: float, side: float) -> None:
    assume(abs(end) > 1e-6)
    one, other = (convergence(gap(s * start, side), gap(s * end, side)) for s in (1, -1))
    assert (one.verdict, one.crossed) == (other.verdict, other.crossed)
    assert one.value == pytest.approx(other.value)


def test_a_side_without_bound_leaves_that_side_open() -> None:
    endless = Estimate(5, 4, math.inf)
    above, below = (difference(*pair) for pair in ((endless, POINT), (POINT, endless)))
    assert (above.high, above.wide_high, above.verdict) == (
        math.inf,
        math.inf,
        "nettement plus haut",
    )
    assert (below.low, below.wide_low, below.verdict) == (
        -math.inf,
        -math.inf,
        "nettement plus bas",
    )
    within = difference(Estimate(5, -math.inf, 6), POINT, overlap=0.5)
    assert (within.low, within.verdict) == (-math.inf, "pas de différence nette")


POINT = Estimate(1, 0.5, 1.5)


def test_a_reading_or_an_overlap_that_cannot_be_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="lower_is_better"):
        difference(POINT, POINT, "lower_is_beter")
    for overlap in (-0.1, 1.1, NAN):
        with pytest.raises(TrialsError, match="entre 0 et 1"):
            difference(POINT, POINT, overlap=overlap)
