"""Intervals for proportions and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from observatoire.errors import ObservatoireError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class TrialsError(ObservatoireError):
    """Successes, trials or a confidence that cannot be."""


def wilson(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
        Bounds of the proportion, from 0 to 1; NaN where there is no trial.

    Raises
    ------
    TrialsError
        On negative counts, successes above trials, or a confidence out of bounds.

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
    x, n = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    if (x < 0).any() or (n < 0).any():
        raise TrialsError("Un effectif ne peut être négatif.")
    if (x > n).any():
        raise TrialsError(
            "Plus de cas que d’effectif observé.",
            why="Le numérateur doit être compris dans le dénominateur.",
            remedy="Vérifiez que les deux viennent du même champ et de la même exploitation.",
        )
    if not 0 < confidence < 1:
        raise TrialsError(f"Un niveau de confiance est entre 0 et 1, et non {confidence}.")
    z = stats.norm.ppf(0.5 + confidence / 2)
    size = np.where(n > 0, n, np.nan)
    share = x / size
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)
