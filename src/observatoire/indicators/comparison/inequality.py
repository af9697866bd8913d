"""How unequal territories are: ranks with their interval, dispersion, dissimilarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from observatoire.errors import NatureError
from observatoire.indicators.computation.table import is_modelled
from observatoire.indicators.precision.differences import LIKELY
from observatoire.indicators.precision.estimates import (
    POINT,
    counts_everyone,
    estimate_of,
    is_sampled,
)
from observatoire.indicators.precision.sampling_error import TOO_SMALL
from observatoire.values import Nature, Record, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from observatoire.indicators.definitions.catalogue import Indicator

    Array = NDArray[np.float64]


#: Columns of the ranks.
RANK_COLUMNS = (
    "territory", "name", "value", "low", "high", "rank", "rank_low", "rank_high", "place", "flag",
)  # fmt: skip

_SIDES = ("low", "high")

#: Draws of a simulation, and the seed that makes it the same for everyone.
DRAWS, SEED = 4000, 1996

_Z = 1.959963984540054


@dataclass(frozen=True)
class Measure:
    """A measure of inequality with its interval at 95 %, and what chance alone would give."""

    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True)
class Inequality:
    """Ranks of the territories, dispersion of their rates, dissimilarity, and what was left out.

    ``facts`` tells that a source which counts everyone gave them: no sampling is behind; ``grouped``
    that what is measured is shared by neighbours (HLM tenants), so that the intervals of the measures
    were widened.
    """

    ranks: pd.DataFrame
    spread: Measure
    dissimilarity: Measure
    left_out: tuple[str, ...]
    facts: bool = False
    grouped: bool = False


def dissimilarity(rates: ArrayLike, sizes: ArrayLike) -> float:
    """Return the share of a group that would have to move for every territory to hold its part.

    Parameters
    ----------
    rates : array-like
        Share of the group in each territory, from 0 to 1.
    sizes : array-like
        How many live in each.

    Returns
    -------
    float
        From 0 (the same everywhere) to 1 (apart everywhere); NaN when nobody, or everybody, is of
        the group.

    Notes
    -----
    Duncan, O. & Duncan, B. (1955), « A methodological analysis of segregation indexes », American
    Sociological Review 20: half the sum of the differences between each territory's share of the
    group and its share of the others.

    Examples
    --------
    >>> round(dissimilarity([0.5, 0.1], [100, 100]), 4)
    0.4762
    """
    p, n = np.asarray(rates, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    return float(_dissimilarities(p[None, :], n)[0])


def inequality_of(cells: pd.DataFrame, indicator: Indicator, seed: int = SEED) -> Inequality:
    """Say how unequal the territories of a table are.

    Parameters
    ----------
    cells : DataFrame
        Protected cells of one indicator, comparators left out.
    indicator : Indicator
        A rate.
    seed : int
        Of the simulation; the same seed gives the same figures.

    Returns
    -------
    Inequality
        Territories without a figure of their own, or without interval, are left out and named. A source
        that counts everyone has no sampling: its ranks are facts, each its own interval.

    Raises
    ------
    NatureError
        On what is not a rate: a count tells the size, a median has no dissimilarity.

    Notes
    -----
    Each rate is drawn :data:`DRAWS` times within its own interval; ranks are those of the draws,
    between the 2.5th and the 97.5th percentile. Noise alone makes territories differ: ``chance`` is
    what the measure would be, on average, if all had the same rate. The interval of a measure
    inverts a test: rates are moved nearer to their mean, or further from it, until what is measured
    is the 97.5th (then the 2.5th) percentile of what noise makes of them. Noise is that of a draw at
    the moved rate, and leaves its mean where it is; it is widened where neighbours share what is
    measured. In towns whose neighbours are alike, intervals hold the truth 91 to 98 % of the time
    (``bench/precision.md``). Ranks, whole numbers, are held 92 % of the time or more.
    """
    _check_rate(indicator)
    given = records(cells)
    rows = [row for row in given if row["status"] in POINT and not is_modelled(row)]
    kept = [row for row in rows if is_sampled(row) or is_fact(row)]
    names = {str(row["territory"]) for row in kept}
    left_out = tuple(str(r["name"]) for r in given if str(r["territory"]) not in names)
    # A figure not to be commented is ranked with the others, and given no place.
    drawn = [estimate_of({**row, "flag": ""}) for row in kept]
    sides = [
        (0.0, 0.0) if is_fact(row) else figure.sides(LIKELY)
        for row, figure in zip(kept, drawn, strict=True)
    ]
    base = np.array([float(row["base"]) for row in kept])
    value = np.array([float(row["value"]) for row in kept])
    most = 100.0 if indicator.unit == "%" else np.inf
    draw = _Draws(value, np.array(sides).reshape(-1, 2), base, most, seed)
    scale = 100.0 if indicator.unit == "%" else 0.0
    apart = (
        _measured(draw, lambda rates: _dissimilarities(rates / scale, base)) if scale else _NOTHING
    )
    spread = _measured(draw, lambda rates: _spreads(rates, base))
    facts = bool(kept) and all(map(is_fact, kept))
    ranks = _rank_table(kept, draw, indicator.polarity)
    return Inequality(ranks, spread, apart, left_out, facts, bool(scale) and _is_grouped(draw))


def _rank_table(kept: Sequence[Record], draw: _Draws, polarity: str) -> pd.DataFrame:
    """Return the territories from the best placed; a figure not to be commented is given no place."""
    facts = [is_fact(row) for row in kept]
    columns = {
        **{name: [str(row[name]) for row in kept] for name in ("territory", "name", "flag")},
        **{name: np.where(facts, np.nan, [float(row[name]) for row in kept]) for name in _SIDES},
        "value": draw.value,
        **_ranked(draw, polarity),
    }
    ranks = pd.DataFrame(columns, columns=list(RANK_COLUMNS))
    ranks["place"] = ranks["place"].where(ranks["flag"] != TOO_SMALL, TOO_SMALL)
    return ranks.sort_values(["rank", "territory"], ignore_index=True)


def _check_rate(indicator: Indicator) -> None:
    if indicator.nature is not Nature.RATE:
        raise NatureError(
            f"« {indicator.label} » n’est pas un taux : on ne classe pas des territoires sur un "
            f"chiffre de nature « {indicator.nature.label} ».",
            where=indicator.code,
            why="Un effectif dit surtout la taille du territoire."
            if indicator.nature.additive
            else "Ses tirages et sa dispersion demandent un numérateur et un dénominateur.",
            remedy="Choisissez la part ou le taux qui lui correspond.",
        )


#: So many times the variance of a draw of people, neighbours share what is measured: the ages vary 3 times as
#: much, and their measures are held; foreigners 6 and HLM tenants 15, and theirs are not (bench/precision.md).
_GROUPED = 4.5

#: So many times as wide is their noise made: the effect declared is a mean, and those of a few territories differ.
WIDER = 1.3

#: Rates of which the interval is about symmetrical, in %.
_MIDDLE = (10.0, 90.0)


def _is_grouped(draw: _Draws) -> bool:
    """Say whether rates vary as those of whole buildings, half of the territories or more."""
    share = draw.value / 100
    with np.errstate(invalid="ignore", divide="ignore"):
        times = draw.error**2 * draw.base / (100**2 * share * (1 - share))
    inner = (draw.value >= _MIDDLE[0]) & (draw.value <= _MIDDLE[1]) & np.isfinite(times)
    return bool(inner.any()) and float(np.median(times[inner])) > _GROUPED


def is_fact(row: Record) -> bool:
    """Say whether a figure is of a source that counts everyone, and was not read as a draw."""
    exact = float(row["passage_low"]) == float(row["passage_high"]) == float(row["value"])
    return counts_everyone(row) and exact


_NOTHING = Measure(np.nan, np.nan, np.nan, np.nan)


def _worth(share: Array, half: Array) -> Array:
    """Return of how many independent draws Wilson's interval would be as wide; endless for a fact.

    >>> _worth(np.array([0.2, 0.2]), np.array([0.07773, 0.0])).round()
    array([100.,  inf])
    """
    z = _Z**2
    square = half**2
    linear = 2 * square * z - z * share * (1 - share)
    constant = z**2 * (square - 0.25)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (np.sqrt(linear**2 - 4 * square * constant) - linear) / (2 * square)
    found = np.where(half > 0, found, np.inf)
    return np.asarray(np.where(found > 1, found, 1.0))


class _Draws:
    """Rates drawn within their intervals, and as if all were nearer to the same or further from it."""

    def __init__(self, value: Array, sides: Array, base: Array, most: float, seed: int) -> None:
        self.value, self.base, self.most = value, base, most
        noise = np.random.default_rng(seed).standard_normal((DRAWS, value.size))
        self.noise = noise
        below, above = sides[:, 0] / _Z, sides[:, 1] / _Z
        self.error = (below + above) / 2
        self.moved = noise * np.where(noise < 0, below, above)
        self.drawn = np.clip(value + self.moved, 0.0, most)
        known = base[~np.isnan(base)].size == value.size and value.size > 0
        self.mean = np.average(value, weights=base) if known else np.nan
        wider = WIDER if self.shares and _is_grouped(self) else 1.0
        self.worth = _worth(value / 100, sides.mean(axis=1) / 100) / wider**2

    @property
    def shares(self) -> bool:
        """Whether rates are shares of a whole."""
        return bool(np.isfinite(self.most))

    def spread(self, times: float) -> Array:
        """Return the rates, so many times as far from their mean."""
        rates: Array = np.clip(self.mean + times * (self.value - self.mean), 0.0, self.most)
        return rates

    def drawn_at(self, times: float) -> Array:
        """Return draws of the rates, so many times as far from their mean."""
        rates = self.spread(times)
        if not self.shares:
            return np.asarray(np.clip(rates + self.moved, 0.0, self.most))
        # The arcsine of a share varies alike wherever it is: noise goes with the rate that is supposed.
        angle = np.arcsin(np.sqrt(rates / 100)) + self.noise / (2 * np.sqrt(self.worth))
        drawn = np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2
        # Drawn so, shares come nearer to one half; put back, their mean is the rate.
        kept = 0.5 + (drawn - 0.5) * np.exp(0.5 / self.worth)
        return np.asarray(100 * np.clip(kept, 0.0, 1.0))


def _ranked(draw: _Draws, polarity: str) -> dict[str, object]:
    """Return the rank of each territory, 1 for the most favourable, with its interval; equals share it."""
    sign = 1.0 if polarity == "lower_is_better" else -1.0
    rank = _ranks(sign * draw.value[None, :], "min")[0]
    drawn = _ranks(sign * draw.drawn, "average")
    facts = not draw.moved.any()
    low, high = (rank, rank) if facts else np.percentile(drawn, [2.5, 97.5], axis=0)
    low, high = np.minimum(low, rank), np.maximum(high, rank)
    last = _ranks(sign * draw.value[None, :], "max")[0] if facts else high
    half = (rank.size + 1) / 2
    words = (
        ("mieux placé", "moins bien placé") if polarity != "neutral" else ("plus haut", "plus bas")
    )
    place = np.where(last < half, words[0], np.where(low > half, words[1], "rang incertain"))
    # Equals stand together: a fact that is in neither half is across the middle.
    middle = (last >= half) & (low <= half) if facts else (low == half) & (high == half)
    place = np.where(middle, "au milieu", place)
    return {
        "rank": rank.astype(int),
        "rank_low": np.floor(low).astype(int),
        "rank_high": np.ceil(high).astype(int),
        "place": place,
    }


def _ranks(values: Array, ties: Literal["average", "min", "max"]) -> Array:
    if not values.size:
        return np.zeros(values.shape)
    return pd.DataFrame(values).rank(axis=1, method=ties).to_numpy()


def _measured(draw: _Draws, measure: Callable[[Array], Array]) -> Measure:
    """Return a measure of the rates, its interval over the draws, and what chance alone gives."""
    if draw.value.size < 2 or np.isnan(draw.base).any():  # noqa: PLR2004 - one alone is not unequal
        return _NOTHING
    measured = float(measure(draw.value[None, :])[0])
    low, high = (_inverted(draw, measure, measured, percentile) for percentile in (97.5, 2.5))
    chance = float(np.mean(measure(draw.drawn_at(0.0))))
    return Measure(measured, min(low, measured), max(high, measured), chance)


#: How far rates are spread in search of a bound, in times their distance to the mean, and in how many steps.
_FURTHEST, _STEPS = 64.0, 14


def _inverted(
    draw: _Draws, measure: Callable[[Array], Array], measured: float, percentile: float
) -> float:
    """Return the inequality of which what was measured is that percentile."""

    def reached(times: float) -> bool:
        return float(np.percentile(measure(draw.drawn_at(times)), percentile)) >= measured

    near, far = 0.0, 1.0
    if reached(near):
        return 0.0
    while not reached(far) and far < _FURTHEST:
        near, far = far, 2 * far
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if reached(middle) else (middle, far)
    return float(measure(draw.spread(far)[None, :])[0])


def _dissimilarities(rates: Array, sizes: Array) -> Array:
    group, others = rates * sizes, (1 - rates) * sizes
    totals = group.sum(axis=1, keepdims=True), others.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.abs(group / totals[0] - others / totals[1])
    return np.asarray(parts.sum(axis=1) / 2, dtype=np.float64)


def _spreads(rates: Array, sizes: Array) -> Array:
    """Return the standard deviation of rates, each weighing as many as live there."""
    mean = np.average(rates, axis=1, weights=sizes)[:, None]
    return np.asarray(np.sqrt(np.average((rates - mean) ** 2, axis=1, weights=sizes)))


def moved(start: Measure, end: Measure) -> Measure:
    """Return the change of a measure between two dates, its interval from both.

    Examples
    --------
    >>> change = moved(Measure(0.30, 0.27, 0.33, 0.02), Measure(0.22, 0.18, 0.26, 0.02))
    >>> round(change.value, 2), round(change.low, 2), round(change.high, 2)
    (-0.08, -0.13, -0.03)
    """
    value = end.value - start.value
    low = value - float(np.hypot(end.value - end.low, start.high - start.value))
    high = value + float(np.hypot(end.high - end.value, start.value - start.low))
    return Measure(value, low, high, 0.0)
