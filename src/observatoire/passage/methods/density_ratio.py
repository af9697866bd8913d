"""How dense a target is, compared with its surroundings: one ratio, or one that varies with the place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from observatoire.errors import PassageError, UnknownNameError
from observatoire.french.typography import NARROW, number, plural
from observatoire.passage.codes import check_codes, named
from observatoire.passage.transfer.frames import as_frame, matrix

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.passage.arrays import Floats
    from observatoire.passage.geometry.layers import MeasuredLayer
    from observatoire.passage.methods.shares import Shares


#: What geometry alone says: how vast the source is, and how far from an ordinary urban one.
GEOMETRIC = ("surface", "surface²")
_ORDINARY = 13.5  # logarithm of the surface, in m², of an ordinary urban IRIS (0.7 km²)
_WIDEST = 7.0  # logarithm: no neighbourhood is a thousand times as dense as its surroundings


def _nothing() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Slopes:
    """How the logarithm of the ratio varies with each covariate, within the range learnt from."""

    names: tuple[str, ...] = ()
    slope: Floats = field(default_factory=_nothing)
    center: Floats = field(default_factory=_nothing)
    scale: Floats = field(default_factory=_nothing)
    low: Floats = field(default_factory=_nothing)
    high: Floats = field(default_factory=_nothing)

    def matrix(self, columns: dict[str, Floats], count: int) -> Floats:
        """Return the covariates link by link, standardised, within the range learnt from."""
        if not self.names:
            return np.zeros((count, 0))
        raw = np.column_stack([columns[name] for name in self.names])
        # Outside the range it was learnt from, a slope would be a guess: its edge is kept.
        return np.asarray((np.clip(raw, self.low, self.high) - self.center) / self.scale)

    def shift(self, columns: dict[str, Floats], count: int) -> Floats:
        """Return what the covariates add to the logarithm of the ratio, link by link."""
        return np.asarray(self.matrix(columns, count) @ self.slope, dtype=np.float64)


class DensityFit(float):
    """A ratio learnt from published totals: a number that says on what, and with which error.

    As a number, it is the one ratio that best restores the totals. Given to :func:`by_density`,
    it varies with what was found to matter, around ``typical``.

    Attributes
    ----------
    used : tuple of str
        The targets it was learnt on.
    errors : Series
        Relative error of each of them once the ratio is applied.
    held_out : Series
        Relative error of each when it was left out of the learning, with its neighbours.
    models : tuple
        Ratio of a typical place, and :class:`Slopes` by which it varies: several are averaged.
    ends : tuple of float
        By how much those left out were missed, on the logit of their place between the bounds: low and
        high at 80 %, low and high at 95 %. Nothing when too few taught.
    carries : str
        What it was learnt on (people, dwellings), blank when nothing says it.
    """

    used: tuple[str, ...]
    errors: pd.Series[float]
    held_out: pd.Series[float]
    models: tuple[tuple[float, Slopes], ...]
    ends: tuple[float, ...]
    carries: str

    def __new__(
        cls,
        ratio: float,
        models: tuple[tuple[float, Slopes], ...],
        errors: pd.Series[float],
        held_out: pd.Series[float],
        ends: tuple[float, ...] = (),
        carries: str = "",
    ) -> Self:
        """Make the number, then hang on it what it was learnt on."""
        made = super().__new__(cls, ratio)
        made.used = tuple(errors.index)
        made.errors, made.held_out = errors, held_out
        made.models, made.ends = models, ends
        made.carries = carries
        return made

    def __getnewargs__(  # type: ignore[override]
        self,
    ) -> tuple[object, ...]:
        """Return what remakes this number whole where it is copied or kept."""
        return float(self), self.models, self.errors, self.held_out, self.ends, self.carries

    @property
    def typical(self) -> float:
        """The ratio of a typical place, from which it varies."""
        return float(np.exp(np.mean([np.log(typical) for typical, _ in self.models])))

    @property
    def names(self) -> tuple[str, ...]:
        """What the ratio varies with, in any of its models; nothing when it does not."""
        return tuple(dict.fromkeys(name for _, slopes in self.models for name in slopes.names))

    @property
    def median_error(self) -> float:
        """Median absolute relative error on targets left out of the learning."""
        return float(self.held_out.abs().median())

    @property
    def sentence(self) -> str:
        """The ratio in French: on how many territories it was learnt, with which error."""
        variable = f", variable selon {named(self.names)}" if self.names else ""
        return (
            f"Rapport de densité {number(float(self), 2)}{variable}, appris sur "
            f"{plural(len(self.used), 'territoire')} ; erreur médiane sur ceux qu’on laisse de "
            f"côté : {number(100 * self.median_error, 1)}{NARROW}%."
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What a passage must say of the ratio that made it."""
        return {
            "typical": self.typical,
            "learnt_on": len(self.used),
            "median_error": self.median_error,
            "slopes": [
                dict(zip(slopes.names, slopes.slope.tolist(), strict=True))
                for _, slopes in self.models
            ],
            "ends": list(self.ends),
        }

    def of_links(self, columns: dict[str, Floats], count: int) -> Floats:
        """Return the ratio of each link."""
        return averaged(self.models, columns, count)


def averaged(
    models: tuple[tuple[float, Slopes], ...], columns: dict[str, Floats], count: int
) -> Floats:
    """Return the ratio of each link, the models being averaged by their logarithms."""
    moved = [np.log(typical) + slopes.shift(columns, count) for typical, slopes in models]
    return ratio_of(0.0, np.mean(moved, axis=0))


def ratio_of(constant: float, shift: Floats) -> Floats:
    """Return ratios from their logarithms, within reason."""
    return np.exp(np.clip(constant + shift, -_WIDEST, _WIDEST))


def columns_of(
    source: MeasuredLayer,
    found: Shares,
    covariates: pd.DataFrame | None,
    names: tuple[str, ...] = (),
) -> dict[str, Floats]:
    """Return covariates link by link: those of geometry, and those given by source."""
    surface = np.log(source.areas)[found.source]
    columns = {"surface": surface, "surface²": (surface - _ORDINARY) ** 2}
    if covariates is not None:
        touched = np.unique(found.source)
        covariates = as_frame(covariates)
        check_codes(covariates.index, "covariates")
        given = covariates.reindex(source.labels)
        lacking = given.iloc[touched].isna().any(axis=1).to_numpy()
        if lacking.any():
            codes = source.labels[touched[lacking]]
            raise PassageError(
                f"Variables d’appui inconnues pour {named(codes)}.",
                where="covariates",
                why="La densité de ces sources ne peut pas être ajustée.",
                remedy="Complétez-les, ou retirez ces sources.",
                codes=list(codes),
            )
        numbers = matrix(given)
        for k, name in enumerate(given.columns):
            columns[str(name)] = numbers[found.source, k]
    lost = [name for name in names if name not in columns]
    if lost:
        raise UnknownNameError(
            f"Le rapport de densité a été appris avec {named(lost)}, qui n’est pas donné.",
            where="covariates",
            remedy="Passez covariates=, avec les mêmes colonnes que pour fit_density.",
            names=lost,
        )
    return columns
