"""How dense targets are, compared with what surrounds them: learnt where their totals are published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import optimize

from observatoire.errors import PassageError
from observatoire.french.typography import plural
from observatoire.passage.arrays import Floats, Positions, floats, sum_by
from observatoire.passage.codes import check_codes, check_possible
from observatoire.passage.counted import carried, kind_declared
from observatoire.passage.methods.assembly import measured, two_layers
from observatoire.passage.methods.density import densified
from observatoire.passage.methods.density_ratio import (
    GEOMETRIC,
    DensityFit,
    Slopes,
    columns_of,
    ratio_of,
)
from observatoire.passage.methods.shares import ROUNDING, Shares
from observatoire.passage.transfer.frames import as_series

if TYPE_CHECKING:
    import geopandas as gpd


_LEAST = 2  # territories needed to learn one ratio
_ENOUGH = 10  # territories needed to learn how it varies; what chance makes is then not kept
_FOLDS = 6
_RIDGE = 0.005  # pull of slopes towards none: keeps chance from being learnt
_TENTH = 0.1
_TRIFLE = 0.001  # a thousandth less error is not worth a richer model
_GAIN = 0.98  # what must remain of the error for a richer model to be kept


@dataclass(frozen=True, eq=False)
class _Lesson:
    """What there is to learn from: links, counts by source, totals by target, covariates."""

    found: Shares
    people: Floats
    wanted: Floats
    columns: dict[str, Floats]

    def estimates(self, ratio: Floats) -> Floats:
        weight = densified(self.found, ratio)
        carried = weight * np.nan_to_num(self.people)[self.found.source]
        return sum_by(self.found.target, carried, len(self.wanted))

    def learn(self, names: tuple[str, ...], chosen: Positions) -> tuple[float, Slopes]:
        """Fit the constant and the slopes on some targets."""
        slopes = self._standard(names, chosen)
        matrix = slopes.matrix(self.columns, len(self.found.target))

        def loss(at: Floats) -> float:
            ratio = ratio_of(float(at[0]), matrix @ at[1:])
            gap = np.log(self.estimates(ratio)[chosen] / self.wanted[chosen])
            # Past a tenth, an error weighs little more: half of the territories must come out
            # well, which a few strange ones (a campus, a wasteland) must not prevent.
            size = _TENTH * np.log1p((gap / _TENTH) ** 2)
            return float(size.mean() + _RIDGE * (at[1:] ** 2).sum())

        # The sum may have several valleys along the constant: a coarse look finds the deepest.
        start = min(np.linspace(-3, 5, 17), key=lambda c: loss(np.r_[c, np.zeros(len(names))]))
        first = np.r_[start, np.zeros(len(names))]
        best = optimize.minimize(loss, first, method="L-BFGS-B", options={"ftol": 1e-10}).x
        return float(best[0]), replace(slopes, slope=np.asarray(best[1:], dtype=np.float64))

    def _standard(self, names: tuple[str, ...], chosen: Positions) -> Slopes:
        if not names:
            return Slopes()
        learnt_from = np.isin(self.found.target, chosen)
        matrix = np.column_stack([self.columns[name][learnt_from] for name in names])
        spread = matrix.std(axis=0)
        spread[spread == 0] = 1.0
        none = np.zeros(len(names))
        ends = matrix.min(axis=0), matrix.max(axis=0)
        return Slopes(names, none, matrix.mean(axis=0), spread, *ends)

    def errors(self, fit: tuple[float, Slopes], chosen: Positions) -> Floats:
        """Relative errors of some targets under a fit."""
        shift = fit[1].shift(self.columns, len(self.found.target))
        estimate = self.estimates(ratio_of(fit[0], shift))[chosen]
        return np.asarray(estimate / self.wanted[chosen] - 1.0, dtype=np.float64)

    def held_out(self, names: tuple[str, ...], used: Positions) -> Floats:
        """Errors of every target when it is left out, with those whose codes are next to its."""
        # Codes follow geography: leaving out neighbours together is the honest test.
        folds = np.array_split(used, min(_FOLDS, len(used)))
        return np.concatenate(
            [self.errors(self.learn(names, np.setdiff1d(used, fold)), fold) for fold in folds]
        )


def fit_density(  # noqa: PLR0913 - an analyst gives most of them by name or not at all
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    counts: pd.Series[float],
    known: pd.Series[float],
    *,
    carries: str = "",
    covariates: pd.DataFrame | None = None,
    min_coverage: float = 0.95,
    sliver: float = ROUNDING,
    repair: bool = False,
) -> DensityFit:
    """Learn the ratio of :func:`by_density` from targets whose totals are published.

    One ratio is learnt first. With ten territories or more, it may vary with how vast the
    source is, and with ``covariates``; what does not lower the error on territories left out of
    the learning is not kept.

    Parameters
    ----------
    source, target : GeoDataFrame
        As :func:`by_density`.
    counts : Series
        By source, the count whose totals are published.
    known : Series
        By target, the published totals.
    carries : str
        What is counted, in words; by default what the name of ``counts`` says, or people.
    covariates : DataFrame, optional
        By source, numbers that may matter: the logarithm of its density, its share of flats or
        of social housing. The same columns must then be given to :func:`by_density`.
    min_coverage : float
        Targets covered less than that by the sources teach nothing and are left out.

    Returns
    -------
    DensityFit
        A number, the one ratio that best restores the totals, which also says on which targets
        it was learnt (``used``), and with which error on those left out (``held_out``).

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
    >>> round(fit, 3), len(fit.used)
    (3.0, 2)
    """
    layers = two_layers(source, target, repair=repair)
    found = measured(layers, sliver=sliver, threads=None)
    series = as_series(counts, "counts")
    people = _series(series, layers[0].labels, "counts")
    wanted = _series(known, layers[1].labels, "known")
    used = _usable(found, people, wanted, min_coverage)
    lesson = _Lesson(found, people, wanted, columns_of(layers[0], found, covariates))
    extra = tuple(name for name in lesson.columns if name not in GEOMETRIC)
    names, held_out = _chosen(lesson, used, extra)
    constant, slopes = lesson.learn(names, used)
    alone = lesson.learn((), used)[0]
    index = layers[1].labels[used].rename("target")
    return DensityFit(
        float(np.exp(alone)),
        (float(np.exp(constant)), slopes),
        pd.Series(lesson.errors((constant, slopes), used), index=index),
        pd.Series(held_out, index=index),
        carried(carries) or kind_declared(series.attrs, str(series.name or "")),
    )


def _chosen(
    lesson: _Lesson, used: Positions, extra: tuple[str, ...]
) -> tuple[tuple[str, ...], Floats]:
    """Keep the model with the least error on targets left out, the simplest if all equal."""
    candidates: list[tuple[str, ...]] = [()]
    if len(used) >= _ENOUGH:
        candidates += [GEOMETRIC[:1], GEOMETRIC]
        geometric = ((), GEOMETRIC[:1], GEOMETRIC)
        candidates += [(*names, *extra) for names in geometric if extra]
    best = candidates[0]
    held_out = lesson.held_out(best, used)
    for names in candidates[1:]:
        tried = lesson.held_out(names, used)
        if _size(tried) < _GAIN * _size(held_out) - _TRIFLE:
            best, held_out = names, tried
    return best, held_out


def _size(errors: Floats) -> float:
    # Half is as wrong as double: errors are compared by their logarithms.
    return float(np.abs(np.log1p(np.maximum(errors, -0.999))).mean())


def _series(given: object, codes: pd.Index[str], role: str) -> Floats:
    series = as_series(given, role)
    check_codes(series.index, role)
    values = floats(series.reindex(codes))
    why = "On n’apprend rien d’un effectif impossible."
    check_possible(values, codes, "Effectif négatif ou infini pour", why=why, where=role)
    return values


def _usable(found: Shares, people: Floats, wanted: Floats, min_coverage: float) -> Positions:
    """Targets that teach something: published, covered, split, from sources that are known."""
    count = len(wanted)
    covered = sum_by(found.target, found.of_target, count) >= min_coverage
    split = sum_by(found.target, ~found.whole, count) > 0
    lost = sum_by(found.target, np.isnan(people)[found.source], count) > 0
    peopled = sum_by(found.target, np.nan_to_num(people)[found.source], count) > 0
    used: Positions = np.flatnonzero(covered & split & ~lost & peopled & (wanted > 0))
    if len(used) < _LEAST:
        raise PassageError(
            f"{plural(len(used), 'territoire')} seulement pour apprendre un rapport de densité.",
            why="Il faut des cibles partagées, couvertes par des sources connues, "
            "dont le total est publié.",
            remedy="Vérifiez les codes de known et de counts, ou donnez vous-même le rapport.",
        )
    return used
