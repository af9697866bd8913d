"""Intervals for proportions, counts, their differences, and what the census samples."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from observatoire.errors import ObservatoireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Bounds = tuple[Array, Array]


class TrialsError(ObservatoireError):
    """Successes, trials, counts or a confidence that cannot be."""


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
    (x, n), shaped = _trials(successes, trials)
    return _shaped(_score(x, n, quantile(confidence)), shaped)


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

    (x, n), shaped = _trials(successes, trials)
    tail = _tail(confidence)
    told = (n > 0) & ~np.isnan(x)
    inside_low, inside_high = told & (x > 0), told & (x < n)
    low = np.where(told, 0.0, np.nan)
    high = np.where(told, 1.0, np.nan)
    low[inside_low] = special.betaincinv(x[inside_low], (n - x + 1)[inside_low], tail)
    high[inside_high] = special.betainccinv((x + 1)[inside_high], (n - x)[inside_high], tail)
    return _shaped((low, high), shaped)


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
    (x,), shaped = _counts(count)
    z = quantile(confidence)
    some = np.where(x > 0, x, 1.0)
    low = x * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    above = x + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return _shaped((np.clip(low, 0.0, x), high), shaped)


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

    (x,), shaped = _counts(count)
    tail = _tail(confidence)
    low = np.where(np.isnan(x), np.nan, 0.0)
    low[x > 0] = special.gammaincinv(x[x > 0], tail)
    high = np.asarray(special.gammainccinv(x + 1, tail), dtype=np.float64)
    return _shaped((low, high), shaped)


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
    (x, n, y, m), shaped = _trials(successes, trials, other_successes, other_trials)
    z = quantile(confidence)
    (low, high), (other_low, other_high) = _score(x, n, z), _score(y, m, z)
    first, second = x / np.where(n > 0, n, np.nan), y / np.where(m > 0, m, np.nan)
    gap = first - second
    below = gap - np.sqrt((first - low) ** 2 + (other_high - second) ** 2)
    above = gap + np.sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return _shaped((below, above), shaped)


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
    z, x = _number(counted), _number(dwellings)
    _check_fraction(fraction)
    if z.shape != x.shape or not ((z >= 0).all() and (x > 0).all()):
        raise TrialsError(
            "Chaque adresse tirée a un effectif et un nombre de logements, positifs.",
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
    _check_fraction(fraction)
    if not isinstance(effect, (int, float, np.floating)) or not effect > 0:
        raise TrialsError(f"Un effet de grappe est au-dessus de 0, et non {effect}.")
    return math.inf if fraction == 1 else fraction / (1 - fraction) / effect


def quantile(confidence: float) -> float:
    """Return how many standard errors a two-sided confidence takes.

    Examples
    --------
    >>> round(quantile(0.95), 2), round(quantile(0.998), 2)
    (1.96, 3.09)
    """
    return -NormalDist().inv_cdf(_tail(confidence))


def _tail(confidence: float) -> float:
    if not isinstance(confidence, (int, float, np.floating)) or not 0 < confidence < 1:
        raise TrialsError(
            f"Un niveau de confiance est entre 0 et 1, et non {confidence}.",
            remedy="Pour 95 % : 0.95.",
        )
    return (1 - confidence) / 2


def _check_fraction(fraction: float) -> None:
    if not isinstance(fraction, (int, float, np.floating)) or not 0 < fraction <= 1:
        raise TrialsError(
            f"Un taux de sondage est entre 0 et 1, et non {fraction}.",
            remedy="Pour le recensement des grandes communes : 0,4 sur cinq ans.",
        )


def _number(told: ArrayLike) -> Array:
    try:
        return np.asarray(told, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TrialsError(
            f"Ce n’est pas un effectif : {told!r}.",
            why="Un intervalle se calcule sur des nombres.",
            remedy="Convertissez la colonne, par exemple pd.to_numeric(colonne).",
        ) from error


def _counts(*counts: ArrayLike) -> tuple[list[Array], Callable[[Array], Any]]:
    """Return counts as arrays of one shape, and what gives bounds the form of what was given."""
    series = [one for one in counts if isinstance(one, pd.Series)]
    if any(not one.index.equals(series[0].index) for one in series[1:]):
        raise TrialsError(
            "Les séries n’ont pas le même index.",
            why="Rapprocher deux territoires différents donnerait un faux intervalle.",
            remedy="Alignez-les d’abord : a, b = a.align(b).",
        )
    arrays = [_number(one) for one in counts]
    try:
        arrays = list(np.broadcast_arrays(*arrays))
    except ValueError as error:
        sizes = ", ".join(str(one.size) for one in arrays)
        raise TrialsError(
            f"Les listes d’effectifs n’ont pas la même longueur ({sizes}).",
            remedy="Donnez autant de cas que d’effectifs observés.",
        ) from error
    for one in arrays:
        if (wrong := (one < 0) | np.isinf(one)).any():
            first = _first(wrong, counts, one)
            raise TrialsError(f"Un effectif ne peut être négatif ni infini : {first}.")
    if series and arrays[0].ndim == 1:
        return arrays, lambda bound: pd.Series(bound, index=series[0].index)
    return arrays, lambda bound: bound[()]  # a number for a number


def _first(wrong: NDArray[np.bool_], told: tuple[ArrayLike, ...], *arrays: Array) -> str:
    """Write the first wrong figures, and where they are in a list or a series."""
    at = int(np.flatnonzero(wrong)[0])
    said = " pour ".join(f"{one.flat[at]:.10g}" for one in arrays).replace(".", ",")
    named = (one.index[at] for one in told if isinstance(one, pd.Series) and one.size > at)
    where = next((f"« {name} »" for name in named), f"n° {at + 1}")
    return f"{said} ({where})" if wrong.ndim else said


def _shaped(bounds: Bounds, shaped: Callable[[Array], Any]) -> Bounds:
    return cast("Bounds", tuple(shaped(bound) for bound in bounds))


def _trials(*counts: ArrayLike) -> tuple[list[Array], Callable[[Array], Any]]:
    """Return pairs of successes and trials as :func:`_counts` does."""
    arrays, shaped = _counts(*counts)
    for x, n in zip(arrays[::2], arrays[1::2], strict=True):
        if (x > n).any():
            raise TrialsError(
                f"Plus de cas que d’effectif observé : {_first(x > n, counts, x, n)}.",
                why="Le numérateur doit être compris dans le dénominateur.",
                remedy="Vérifiez que les deux viennent du même champ et de la même exploitation.",
            )
    return arrays, shaped
