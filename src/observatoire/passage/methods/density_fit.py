"""How dense targets are, compared with what surrounds them: learnt where their totals are published."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import PassageError
from observatoire.french.typography import plural
from observatoire.passage.arrays import Floats, Positions, floats, sum_by
from observatoire.passage.codes import check_codes, check_possible
from observatoire.passage.conformal import ends_of, logit
from observatoire.passage.counted import kind_carried, kind_declared
from observatoire.passage.methods.assembly import measured, two_layers
from observatoire.passage.methods.density import densified
from observatoire.passage.methods.density_ratio import (
    GEOMETRIC,
    DensityFit,
    Slopes,
    averaged,
    columns_of,
    ratio_of,
)
from observatoire.passage.methods.shares import ROUNDING, Shares
from observatoire.passage.transfer.frames import as_series

if TYPE_CHECKING:
    import geopandas as gpd


Names = tuple[str, ...]
Models = tuple[tuple[float, Slopes], ...]

_LEAST = 2  # territories needed to learn one ratio
_ENOUGH = 10  # territories needed to learn how it varies; what chance makes is then not kept
_FOLDS = 6
_RIDGE = 0.02  # pull of slopes towards none: keeps chance from being learnt
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
    learnt: dict[tuple[Names, bytes], tuple[float, Slopes]] = field(default_factory=dict)

    def estimates(self, ratio: Floats) -> Floats:
        weight = densified(self.found, ratio)
        carried = weight * np.nan_to_num(self.people)[self.found.source]
        return sum_by(self.found.target, carried, len(self.wanted))

    def learn(self, names: Names, chosen: Positions) -> tuple[float, Slopes]:
        """Fit the ratio of a typical place and the slopes on some targets."""
        from scipy.optimize import minimize  # noqa: PLC0415 - long to read, and for this method alone

        slopes = self._standard(names, chosen)
        matrix = slopes.matrix(self.columns, len(self.found.target))

        def loss(at: Floats) -> tuple[float, Floats]:
            ratio = ratio_of(float(at[0]), matrix @ at[1:])
            value, by_link = self._loss(ratio, chosen)
            slope = np.r_[by_link.sum(), matrix.T @ by_link + 2 * _RIDGE * at[1:]]
            return value + float(_RIDGE * (at[1:] ** 2).sum()), slope

        # The sum may have several valleys along the constant: a coarse look finds the deepest.
        flat = np.zeros(len(names))
        start = min(np.linspace(-3, 5, 17), key=lambda c: loss(np.r_[c, flat])[0])
        first = np.r_[start, flat]
        best = minimize(loss, first, jac=True, method="L-BFGS-B", options={"ftol": 1e-10}).x
        return float(np.exp(best[0])), replace(slopes, slope=np.asarray(best[1:], dtype=np.float64))

    def _loss(self, ratio: Floats, chosen: Positions) -> tuple[float, Floats]:
        """Return how far some targets fall, and how that moves with the log-ratio of each link."""
        found, people = self.found, np.nan_to_num(self.people)[self.found.source]
        weight = densified(found, ratio)
        estimate = sum_by(found.target, weight * people, len(self.wanted))[chosen]
        gap = np.log(estimate / self.wanted[chosen]) / _TENTH
        # Past a tenth, an error weighs little more: half of the territories must come out well,
        # which a few strange ones (a campus, a wasteland) must not prevent.
        value = float((_TENTH * np.log1p(gap**2)).mean())
        pull = np.zeros(len(self.wanted))
        pull[chosen] = 2 * gap / (1 + gap**2) / len(chosen) / estimate
        moved = np.where(found.whole, 0.0, weight * people * pull[found.target])
        # What one piece of a source gains, its others lose.
        share = np.where(found.whole, 0.0, weight)
        return value, moved - share * sum_by(found.source, moved, len(found.outside))[found.source]

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

    def restored(self, models: Models, chosen: Positions) -> Floats:
        """Totals of some targets under models."""
        ratio = averaged(models, self.columns, len(self.found.target))
        return self.estimates(ratio)[chosen]

    def held_out(self, several: tuple[Names, ...], used: Positions) -> Floats:
        """Totals of every target when it is left out, with those whose codes are next to its."""
        # Codes follow geography: leaving out neighbours together is the honest test.
        folds = np.array_split(used, min(_FOLDS, len(used)))
        return np.concatenate(
            [self.restored(self.models(several, np.setdiff1d(used, fold)), fold) for fold in folds]
        )

    def models(self, several: tuple[Names, ...], chosen: Positions) -> Models:
        """Fit several models on some targets, each once."""
        keys = [(names, chosen.tobytes()) for names in several]
        for names, key in zip(several, keys, strict=True):
            if key not in self.learnt:
                self.learnt[key] = self.learn(names, chosen)
        return tuple(self.learnt[key] for key in keys)

    def ends(self, held_out: Floats, used: Positions) -> tuple[float, ...]:
        """Return by how much targets left out are missed, on the logit of their place between bounds."""
        if len(used) < _ENOUGH:
            return ()
        whole, people = self.found.whole, np.nan_to_num(self.people)[self.found.source]
        count = len(self.wanted)
        low, high = (
            sum_by(self.found.target, each, count)[used] for each in (people * whole, people)
        )
        at, truth = (logit((each - low) / (high - low)) for each in (held_out, self.wanted[used]))
        return ends_of(truth - at, 1)


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

    One ratio is learnt first. With ten territories or more, it may vary with how vast the source is,
    and with ``covariates``, as the average of a few models; what does not lower the error on
    territories left out of the learning is not kept. Their errors make the prediction intervals of
    what is then carried.

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
    several, held_out = _chosen(lesson, used, extra)
    models = lesson.models(several, used)
    alone = lesson.learn((), used)[0]
    index = layers[1].labels[used].rename("target")
    wanted = wanted[used]
    return DensityFit(
        alone,
        models,
        pd.Series(lesson.restored(models, used) / wanted - 1.0, index=index),
        pd.Series(held_out / wanted - 1.0, index=index),
        lesson.ends(held_out, used),
        kind_carried(carries) or kind_declared(series.attrs, str(series.name or "")),
    )


def _chosen(lesson: _Lesson, used: Positions, extra: Names) -> tuple[tuple[Names, ...], Floats]:
    """Keep the models with the least error on targets left out, the simplest if all equal."""
    candidates: list[tuple[Names, ...]] = [((),)]
    if len(used) >= _ENOUGH:
        # With covariates, an average that holds is not given up for one model that chance favours.
        candidates += [] if extra else [(GEOMETRIC[:1],), (GEOMETRIC,)]
        # Several covariates say much the same: an average of what each teaches holds better elsewhere.
        sets = list(dict.fromkeys([*((name,) for name in extra), extra])) if extra else []
        candidates += [
            tuple(dict.fromkeys([base, *((*base, *names) for names in sets)]))
            for base in ((), GEOMETRIC)
            if sets
        ]
    best = candidates[0]
    held_out = lesson.held_out(best, used)
    wanted = lesson.wanted[used]
    for several in candidates[1:]:
        tried = lesson.held_out(several, used)
        if _size(tried / wanted - 1) < _GAIN * _size(held_out / wanted - 1) - _TRIFLE:
            best, held_out = several, tried
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
