"""What errors teach: how far estimates of some places fall, each foretold by the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from observatoire.errors import PassageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from observatoire.passage.arrays import Floats


#: Probabilities left below each end of the intervals at 80 and at 95 %.
TAILS = (0.1, 0.9, 0.025, 0.975)

#: Places below which nothing is learnt.
LEAST = 10

#: A share nearer to 0 or 1 is no surer.
EDGE = 0.003

_ENOUGH = 39  # places from which the 2.5th and 97.5th centiles are those of places themselves
_RIDGE = 3.0  # pull of slopes towards none: a few dozen places teach little
_DIGITS = 10_000  # ends are kept with four decimals


class Learnt(TypedDict):
    """What places taught of a share or of a level, as a calibration keeps it."""

    places: int
    center: float
    names: tuple[str, ...]
    means: tuple[float, ...]
    slopes: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    ends: tuple[float, float, float, float]
    held: tuple[float, float]


def logit(share: Floats | float) -> Floats:
    """Return the logit of a share, nothing and all kept within reach."""
    kept = np.clip(share, EDGE, 1 - EDGE)
    return np.asarray(np.log(kept / (1 - kept)))


def learn(
    outcomes: Floats,
    supports: pd.DataFrame,
    *,
    ridge: float = _RIDGE,
    level: bool = False,
    holders: Iterable[str] | None = None,
) -> Learnt:
    """Learn how a share goes with what supports it, from places where both are published.

    Parameters
    ----------
    outcomes : array
        The shares that are published, from 0 to 1; levels above 0, with ``level``.
    supports : DataFrame
        One row a share, one column a support; none for a share that nothing supports.
    ridge : float
        Pull of slopes towards none.
    level : bool
        Whether outcomes are medians, means or indices: their logarithm is learnt, no logit.
    holders : iterable of str, optional
        What holds each place: places of one holder are alike, so each is foretold by those of
        others alone, and they count once. All apart by default.

    Returns
    -------
    Learnt
        ``center``, ``names``, ``means``, ``slopes``, ``lows``, ``highs``, ``ends``, ``held``, ``places``, as
        ``prediction.Calibration`` keeps them. Each place is foretold by the others: the ends are the centiles
        of those errors from 39 places up, Student's of their spread below.

    Raises
    ------
    PassageError
        On fewer than ten places, or ten holders.

    Examples
    --------
    >>> import pandas as pd
    >>> learn(np.linspace(0.2, 0.8, 40), pd.DataFrame(index=range(40)))["held"]
    (0.85, 1.0)
    """
    apart = np.arange(len(outcomes))
    if holders is not None:
        apart = np.unique([str(holder) for holder in holders], return_inverse=True)[1]
    distinct = len(np.unique(apart))
    if distinct < LEAST:
        raise PassageError(
            f"{distinct} territoires publiés n’apprennent pas un intervalle.",
            why="Un sur vingt doit tomber dehors : il en faut au moins dix pour le dire.",
            remedy="Chargez les totaux publiés d’autres territoires, ou gardez les calibrations fournies.",
        )
    wanted = np.log(outcomes) if level else logit(outcomes)
    given = supports.to_numpy(dtype=float)
    center, slopes = _fit(wanted, given, ridge)
    missed = np.array(
        [_missed(wanted, given, ridge, apart != own, k) for k, own in enumerate(apart)]
    )
    ends = ends_of(missed, given.shape[1], distinct)
    tight, wide = ((missed >= low) & (missed <= high) for low, high in (ends[:2], ends[2:]))
    return {
        "places": len(wanted),
        "center": center,
        "names": tuple(map(str, supports.columns)),
        "means": tuple(given.mean(axis=0).tolist()),
        "slopes": tuple(slopes.tolist()),
        "lows": tuple(given.min(axis=0).tolist()),
        "highs": tuple(given.max(axis=0).tolist()),
        "ends": ends,
        "held": (round(float(tight.mean()), 3), round(float(wide.mean()), 3)),
    }


def _fit(wanted: Floats, given: Floats, ridge: float) -> tuple[float, Floats]:
    center, middle = float(wanted.mean()), given.mean(axis=0)
    scale = np.where(given.std(axis=0) > 0, given.std(axis=0), 1.0)
    moved = (given - middle) / scale
    pulled = moved.T @ moved + ridge * np.eye(given.shape[1])
    return center, np.linalg.solve(pulled, moved.T @ (wanted - center)) / scale


def _missed(wanted: Floats, given: Floats, ridge: float, kept: Floats, out: int) -> float:
    """Return by how much a place is missed when the others alone teach."""
    center, slopes = _fit(wanted[kept], given[kept], ridge)
    return float(wanted[out] - center - (given[out] - given[kept].mean(axis=0)) @ slopes)


def ends_of(
    missed: Floats, supports: int, distinct: int | None = None
) -> tuple[float, float, float, float]:
    """Return the ends of intervals at 80 and 95 % around an estimate, from what others were missed by.

    ``distinct``: how many of them are not alike, all by default.

    Examples
    --------
    >>> ends_of(np.arange(-50.0, 51.0), 0)
    (-41.0, 41.0, -49.0, 49.0)
    """
    count = len(missed)
    free = count if distinct is None else distinct
    if free < _ENOUGH:
        from scipy import special  # noqa: PLC0415 - long to read, for few alone

        found = float(missed.std(ddof=1)) * special.stdtrit(free - supports - 1, TAILS)
    else:
        # Split conformal: the rank that leaves as much beyond, among one place more than there are.
        ranks = np.array(TAILS) * (count + 1)
        ranks = np.where(np.array(TAILS) < 0.5, np.floor(ranks), np.ceil(ranks)).astype(int)  # noqa: PLR2004
        found = np.sort(missed)[np.clip(ranks, 1, count) - 1]
    # Rounded outwards: places that fall alike on an end, as those that count nobody, stay within.
    low80, high80, low95, high95 = (
        float(outwards(end * _DIGITS) / _DIGITS)
        for outwards, end in zip((np.floor, np.ceil) * 2, found, strict=True)
    )
    return low80, high80, low95, high95
