"""Intervals for proportions, counts, their differences, and what the census samples."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from observatoire.indicators.precision.interval_inputs import (
    TrialsError,
    check_fraction,
    counts_of,
    numbers,
    shaped_as,
    tail_of,
    trials_of,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Bounds = tuple[Array, Array]


def wilson(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    successes, trials : array-like
        Counts; weighted, hence not whole, counts are allowed.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    low, high : ndarray
        Bounds of the proportion, from 0 to 1; NaN where there is no trial, or a count lacks. Numbers
        for numbers, and a Series on the same index when a Series is given.

    Raises
    ------
    TrialsError
        On negative counts, successes above trials, what is no number, Series on two indexes, or a
        confidence out of bounds.

    Notes
    -----
    Wilson, E. B. (1927), « Probable inference, the law of succession, and statistical inference »,
    JASA 22. Altman and others, *Statistics with Confidence* (2000), give 81 of 263 as
    0.2553 to 0.3662.

    Examples
    --------
    >>> low, high = wilson(81, 263)
    >>> round(float(low), 4), round(float(high), 4)
    (0.2553, 0.3662)
    """
    (x, n), shaped = trials_of(successes, trials)
    return shaped_as(_score(x, n, quantile(confidence)), shaped)


def _score(x: Array, n: Array, z: float) -> Bounds:
    size = np.where(n > 0, n, np.nan)
    share = x / size
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)


def clopper_pearson(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return the exact interval of a proportion, which never covers less than it says.

    Parameters
    ----------
    successes, trials, confidence
        As :func:`wilson`.

    Returns
    -------
    low, high : ndarray
        Bounds of the proportion, from 0 to 1; NaN where there is no trial, or a count lacks.

    Raises
    ------
    TrialsError
        As :func:`wilson`.

    Notes
    -----
    Clopper, C. & Pearson, E. (1934), « The use of confidence or fiducial limits illustrated in the
    case of the binomial », Biometrika 26. Newcombe (1998) gives 81 of 263 as 0.2527 to 0.3676.

    Examples
    --------
    >>> low, high = clopper_pearson(81, 263)
    >>> round(float(low), 4), round(float(high), 4)
    (0.2527, 0.3676)
    """
    from scipy import special  # noqa: PLC0415 - only the exact intervals need it

    (x, n), shaped = trials_of(successes, trials)
    tail = tail_of(confidence)
    known = (n > 0) & ~np.isnan(x)
    inside_low, inside_high = known & (x > 0), known & (x < n)
    low = np.where(known, 0.0, np.nan)
    high = np.where(known, 1.0, np.nan)
    low[inside_low] = special.betaincinv(x[inside_low], (n - x + 1)[inside_low], tail)
    high[inside_high] = special.betainccinv((x + 1)[inside_high], (n - x)[inside_high], tail)
    return shaped_as((low, high), shaped)


def byar(count: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return Byar's interval of a count, close to the exact one from 10 up.

    Parameters
    ----------
    count : array-like
        Events; divide the bounds by the population (and multiply by 1 000) for a rate.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    low, high : ndarray
        Bounds of the count that would be expected; NaN where it lacks. Numbers and Series as
        :func:`wilson`.

    Raises
    ------
    TrialsError
        On a negative count, what is no number, or a confidence out of bounds.

    Notes
    -----
    Breslow, N. & Day, N. (1987), *Statistical Methods in Cancer Research*, volume II, IARC, §2.3;
    used by Fingertips (PHE, *Technical Guide: Confidence Intervals*) from 10 events up, the exact
    one below.

    Examples
    --------
    >>> low, high = byar(65)
    >>> round(float(low), 2), round(float(high), 2)
    (50.16, 82.85)
    """
    (x,), shaped = counts_of(count)
    z = quantile(confidence)
    some = np.where(x > 0, x, 1.0)
    low = x * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    above = x + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return shaped_as((np.clip(low, 0.0, x), high), shaped)


def poisson_exact(count: ArrayLike, confidence: float = 0.95) -> Bounds:
    """Return the exact interval of a count of events (Garwood's).

    Parameters
    ----------
    count, confidence
        As :func:`byar`.

    Returns
    -------
    low, high : ndarray
        Bounds of the count that would be expected.

    Raises
    ------
    TrialsError
        As :func:`byar`.

    Notes
    -----
    Garwood, F. (1936), « Fiducial limits for the Poisson distribution », Biometrika 28.

    Examples
    --------
    >>> low, high = poisson_exact(10)
    >>> round(float(low), 4), round(float(high), 4)
    (4.7954, 18.3904)
    """
    from scipy import special  # noqa: PLC0415 - only the exact intervals need it

    (x,), shaped = counts_of(count)
    tail = tail_of(confidence)
    low = np.where(np.isnan(x), np.nan, 0.0)
    low[x > 0] = special.gammaincinv(x[x > 0], tail)
    high = np.asarray(special.gammainccinv(x + 1, tail), dtype=np.float64)
    return shaped_as((low, high), shaped)


def among(
    count: ArrayLike, whole: ArrayLike, dispersion: ArrayLike = 0.0, confidence: float = 0.95
) -> Bounds:
    """Return the interval of a count of those who have a trait among a whole.

    Parameters
    ----------
    count, whole : array-like
        How many have the trait, and among how many.
    dispersion : array-like
        How the whole itself varies: 0 when it is known (Wilson's interval, times the whole), 1 as
        much as draws at random (the score interval of Poisson's law), between for what lies between.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    low, high : ndarray
        Bounds of the count: within the whole when it is known, and never beyond the whole's own
        bounds. NaN where the whole is nothing; infinite above where it is too small to bound.

    Raises
    ------
    TrialsError
        As :func:`wilson`, or on a negative dispersion.

    Notes
    -----
    A dwelling drawn brings ``h`` of the whole, of whom each has the trait with probability ``p``: what
    it brings of the trait has variance ``p(1 - p) E(h) + p² var(h)``. Per person of the whole that is
    ``p - p² (1 - d)`` with the dispersion ``d = var(h) / E(h)``: a quadratic variance, whose score
    interval Brown, Cai & DasGupta (2003), « Interval estimation in exponential families »,
    Statistica Sinica 13, recommend for the binomial and Poisson's laws that it joins.

    Examples
    --------
    Of 263 dwellings 81 have the trait: 263 times Wilson's bounds; of as many people, wider.

    >>> [round(float(bound), 1) for bound in among(81, 263)]
    [67.1, 96.3]
    >>> [round(float(bound), 1) for bound in among(81, 263, dispersion=1.0)]
    [65.2, 100.7]
    """
    (x, n), shaped = trials_of(count, whole)
    (spread,), _ = counts_of(dispersion)
    z2 = quantile(confidence) ** 2
    # (x - c)² = z² (c - c² (1 - d)/n), solved for c.
    square = 1 + z2 * (1 - spread) / np.where(n > 0, n, np.nan)
    middle = 2 * x + z2
    root = np.sqrt(np.maximum(middle**2 - 4 * square * x**2, 0.0))
    bounded = np.where(square > 0, square, np.nan)
    low = 2 * x**2 / np.where(middle + root > 0, middle + root, np.nan)
    high = np.where(square > 0, (middle + root) / (2 * bounded), np.where(n > 0, np.inf, np.nan))
    low = np.where(np.isnan(square), np.nan, np.clip(low, 0.0, x))
    return shaped_as((low, np.maximum(high, x)), shaped)


def newcombe(
    successes: ArrayLike,
    trials: ArrayLike,
    other_successes: ArrayLike,
    other_trials: ArrayLike,
    confidence: float = 0.95,
) -> Bounds:
    """Return the interval of the difference of two independent proportions.

    Parameters
    ----------
    successes, trials : array-like
        The first proportion.
    other_successes, other_trials : array-like
        The one taken away.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    low, high : ndarray
        Bounds of the difference, from -1 to 1; NaN where there is no trial.

    Raises
    ------
    TrialsError
        As :func:`wilson`.

    Notes
    -----
    Newcombe, R. (1998), « Interval estimation for the difference between independent proportions:
    comparison of eleven methods », Statistics in Medicine 17, method 10, example a).

    Examples
    --------
    >>> low, high = newcombe(56, 70, 48, 80)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    (x, n, y, m), shaped = trials_of(successes, trials, other_successes, other_trials)
    z = quantile(confidence)
    (low, high), (other_low, other_high) = _score(x, n, z), _score(y, m, z)
    first, second = x / np.where(n > 0, n, np.nan), y / np.where(m > 0, m, np.nan)
    gap = first - second
    below = gap - np.sqrt((first - low) ** 2 + (other_high - second) ** 2)
    above = gap + np.sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return shaped_as((below, above), shaped)


def census_variance(counted: ArrayLike, dwellings: ArrayLike, fraction: float = 0.4) -> float:
    """Return the variance of a census count, from the addresses that were drawn.

    Parameters
    ----------
    counted : array-like
        At each address drawn, how many have the trait.
    dwellings : array-like
        At each address drawn, how many dwellings.
    fraction : float
        Share of the addresses that was drawn over the five years.

    Raises
    ------
    TrialsError
        On negative counts, addresses without dwelling, or a fraction that is not one.

    Notes
    -----
    Insee's own formula for a zone (V = Σ (1 - f)/f² Σ (z - R x)²), with a ratio estimator on the
    register of dwellings: what an address holds beyond its share of dwellings is what varies.

    Examples
    --------
    >>> round(census_variance([0, 1, 2, 1], [1, 1, 2, 1], 0.4), 3)
    3.3
    """
    z, x = numbers(counted), numbers(dwellings)
    check_fraction(fraction)
    if z.shape != x.shape or not ((z >= 0).all() and (x > 0).all()):
        raise TrialsError(
            "Une adresse tirée n’a pas d’effectif, ou pas de logement.",
            remedy="Retirez les adresses sans logement.",
        )
    ratio = z.sum() / x.sum() if x.size else 0.0
    return float((1 - fraction) / fraction**2 * ((z - ratio * x) ** 2).sum())


def effective_share(fraction: float, effect: float = 1.0) -> float:
    """Return how many people drawn at random one person of the census is worth.

    Parameters
    ----------
    fraction : float
        Share of the addresses that was drawn.
    effect : float
        How many times as much as a draw of persons the draw of addresses makes figures vary.

    Returns
    -------
    float
        To multiply a published count by, before an interval made for draws at random: the
        variance is then (1 - f)/f times the effect times p(1 - p)/N, as Insee's formula gives when
        an address holds one dwelling. Infinite when everyone is counted.

    Raises
    ------
    TrialsError
        On a fraction that is not one, or an effect that is not positive.

    Examples
    --------
    >>> round(effective_share(0.4), 4), round(effective_share(0.4, 2.0), 4)
    (0.6667, 0.3333)
    """
    check_fraction(fraction)
    if not isinstance(effect, (int, float, np.floating)) or not effect > 0:
        raise TrialsError(
            f"Un effet de grappe est au-dessus de 0, et non {effect}.",
            remedy="1 dit que l’on tire des personnes une à une ; plus, des logements entiers.",
        )
    return math.inf if fraction == 1 else fraction / (1 - fraction) / effect


def quantile(confidence: float) -> float:
    """Return how many standard errors a two-sided confidence takes.

    Examples
    --------
    >>> round(quantile(0.95), 2), round(quantile(0.998), 2)
    (1.96, 3.09)
    """
    return -NormalDist().inv_cdf(tail_of(confidence))
