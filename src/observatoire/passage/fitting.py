"""Learning how dense targets are beside what surrounds them, where their totals are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from scipy import optimize

from observatoire.errors import PassageError
from observatoire.passage import weights as build
from observatoire.passage.density import densified
from observatoire.passage.layers import check_codes, named
from observatoire.passage.methods import measured, two_layers
from observatoire.passage.sums import floats, sum_by
from observatoire.typography import number, plural

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_WIDEST = 7.0  # logarithm: no neighbourhood is a thousand times as dense as its surroundings
_LEAST = 2  # territories needed to learn anything


class DensityFit(float):
    """A ratio learnt from published totals: a number that says on what, and with which error.

    Attributes
    ----------
    used : tuple of str
        The targets it was learnt on.
    errors : Series
        Relative error of each of them once the ratio is applied.
    """

    used: tuple[str, ...]
    errors: pd.Series[float]

    def __new__(cls, ratio: float, errors: pd.Series[float]) -> Self:
        """Make the number, then hang on it what it was learnt on."""
        made = super().__new__(cls, ratio)
        made.used = tuple(errors.index)
        made.errors = errors
        return made

    @property
    def median_error(self) -> float:
        """Median absolute relative error on the targets it was learnt on."""
        return float(self.errors.abs().median())

    def __repr__(self) -> str:
        """Say the ratio, on how many targets it was learnt, with which error."""
        return (
            f"<rapport de densité {number(self, 2)}, appris sur "
            f"{plural(len(self.used), 'territoire')}, "
            f"erreur médiane {number(100 * self.median_error, 1)} %>"
        )


def fit_density(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    counts: pd.Series[float],
    known: pd.Series[float],
    *,
    min_coverage: float = 0.95,
    sliver: float = build.ROUNDING,
    repair: bool = False,
) -> DensityFit:
    """Learn the ratio of :func:`by_density` from targets whose totals are published.

    Parameters
    ----------
    source, target : GeoDataFrame
        As :func:`by_density`.
    counts : Series
        By source, the count whose totals are published.
    known : Series
        By target, the published totals.
    min_coverage : float
        Targets covered less than that by the sources teach nothing and are left out.

    Returns
    -------
    DensityFit
        A number: the ratio with the smallest mean absolute error in logarithm. It also says on
        which targets it was learnt (``used``) and with which error (``errors``).

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> iris = gpd.GeoDataFrame(
    ...     geometry=shapely.box([0, 40], [0, 0], [40, 80], [10, 10]), index=["i", "j"], crs=5490
    ... )
    >>> quartiers = gpd.GeoDataFrame(
    ...     geometry=shapely.box([0, 40], [0, 0], [10, 50], [10, 10]), index=["q", "r"], crs=5490
    ... )
    >>> people = pd.Series({"i": 100.0, "j": 60.0})
    >>> fit = fit_density(iris, quartiers, people, pd.Series({"q": 50.0, "r": 30.0}))
    >>> round(float(fit), 3), len(fit.used), round(fit.median_error, 6)
    (3.0, 2, 0.0)
    """
    layers = two_layers(source, target, repair=repair)
    found = measured(layers, sliver=sliver, threads=None)
    people = _series(counts, layers[0].codes, "counts")
    wanted = _series(known, layers[1].codes, "known")
    used = _usable(found, people, wanted, min_coverage)

    def estimates(logarithm: float) -> NDArray[np.float64]:
        weight = densified(found, np.full(len(found.target), np.exp(logarithm)))
        return sum_by(found.target, weight * people[found.source], len(wanted))[used]

    def gap(logarithm: float) -> float:
        return float(np.abs(np.log(estimates(logarithm) / wanted[used])).mean())

    # The gap may have several valleys: a coarse look first, then the bottom of the best.
    looked = np.linspace(-_WIDEST, _WIDEST, 57)
    best = looked[int(np.argmin([gap(at) for at in looked]))]
    step = looked[1] - looked[0]
    bottom = optimize.minimize_scalar(
        gap, bounds=(best - step, best + step), method="bounded", options={"xatol": 1e-6}
    )
    errors = pd.Series(estimates(bottom.x) / wanted[used] - 1, index=layers[1].codes[used])
    return DensityFit(float(np.exp(bottom.x)), errors)


def _series(series: pd.Series[float], codes: NDArray[np.object_], role: str) -> NDArray[np.float64]:
    check_codes(series.index, role)
    values = floats(series.reindex(codes))
    if (values < 0).any() or np.isinf(values).any():
        wrong = codes[(values < 0) | np.isinf(values)]
        raise PassageError(
            f"Effectif négatif ou infini pour {named(wrong)}.",
            where=role,
            why="On n’apprend rien d’un effectif impossible.",
            remedy="Corrigez-le, ou laissez-le vide.",
        )
    return values


def _usable(
    found: build.Shares,
    people: NDArray[np.float64],
    wanted: NDArray[np.float64],
    min_coverage: float,
) -> NDArray[np.int64]:
    """Targets that teach something: published, covered, split, from sources that are known."""
    count = len(wanted)
    covered = sum_by(found.target, found.of_target, count) >= min_coverage
    split = sum_by(found.target, ~found.whole, count) > 0
    lost = sum_by(found.target, np.isnan(people)[found.source], count) > 0
    peopled = sum_by(found.target, np.nan_to_num(people)[found.source], count) > 0
    used: NDArray[np.int64] = np.flatnonzero(covered & split & ~lost & peopled & (wanted > 0))
    if len(used) < _LEAST:
        raise PassageError(
            f"{plural(len(used), 'territoire')} seulement pour apprendre un rapport de densité.",
            why="Il faut des cibles partagées, couvertes par des sources connues, "
            "dont le total est publié.",
            remedy="Vérifiez les codes de known et de counts, ou donnez vous-même le rapport.",
        )
    return used
