"""Without a support: inside a target, people live ``ratio`` times as dense as around it."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import RatioError
from observatoire.passage.arrays import Floats, floats, sum_by
from observatoire.passage.codes import named
from observatoire.passage.counted import PEOPLE, kind_carried
from observatoire.passage.methods.assembly import measured, passage_of, two_layers
from observatoire.passage.methods.density_ratio import DensityFit, columns_of
from observatoire.passage.methods.shares import ROUNDING, Shares, check_sliver
from observatoire.passage.transfer.frames import as_series

if TYPE_CHECKING:
    import geopandas as gpd

    from observatoire.passage.geometry.layers import MeasuredLayer
    from observatoire.passage.passage import Passage


def by_density(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    ratio: float | pd.Series[float] | Mapping[str, float] | DensityFit = 1.0,
    *,
    carries: str = "",
    covariates: pd.DataFrame | None = None,
    sliver: float = ROUNDING,
    repair: bool = False,
    threads: int | None = None,
) -> Passage:
    """Share every source by area, a target being ``ratio`` times as dense as what surrounds it.

    Parameters
    ----------
    source, target : GeoDataFrame
        Indexed by territory code (text), in the same metric reference system.
    ratio : float, Series, mapping or DensityFit
        How many times as dense the inside of a target is, compared with the rest of the same source:
        one for all, one by target, or what :func:`fit_density` learnt.
    carries : str
        What the ratio is the density of, in words (« logements sociaux »): by default what it was
        learnt on, or people. Counts of anything else are only bounded where a source is shared.
    covariates : DataFrame, optional
        By source, what the ratio was learnt to vary with.
    sliver, repair, threads
        As :func:`by_area`, which is this with a ratio of one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> iris = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 40, 10)], index=["i"], crs=5490)
    >>> quartier = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10, 10)], index=["q"], crs=5490)
    >>> by_density(iris, quartier, ratio=3).weights.weight.tolist()
    [0.5]
    """
    check_sliver(sliver)
    ratio = _number(ratio)
    layers = two_layers(source, target, repair=repair)
    ratios = _ratios(ratio, layers[1])
    found = measured(layers, sliver=sliver, threads=threads)
    learnt = ratio.carries if isinstance(ratio, DensityFit) else ""
    parameters: dict[str, object] = {
        "sliver": sliver,
        "carries": kind_carried(carries) or learnt or PEOPLE,
    }
    if isinstance(ratio, DensityFit):
        columns = columns_of(layers[0], found, covariates, ratio.names)
        of_links = ratio.of_links(columns, len(found.target))
        parameters |= {"ratio": float(ratio), **ratio.parameters}
    else:
        of_links = ratios[found.target]
        parameters["ratio"] = ratio.to_dict() if isinstance(ratio, pd.Series) else float(ratio)
    return passage_of(
        layers, found, densified(found, of_links), method="densité", parameters=parameters
    )


def densified(found: Shares, ratio: Floats) -> Floats:
    """Weights of the pairs when each piece counts ``ratio`` times its area."""
    heavy = found.of_source * ratio
    total = sum_by(found.source, heavy, len(found.outside)) + found.outside
    return np.where(found.whole, 1.0, heavy / total[found.source])


def _number(ratio: object) -> float | pd.Series[float] | DensityFit:
    """Return a ratio as one number, or one by target; refuse anything else."""
    if isinstance(ratio, Mapping):
        ratio = pd.Series(dict(ratio))
    if isinstance(ratio, (pd.Series, DensityFit)):
        return ratio
    if isinstance(ratio, Real) and not isinstance(ratio, bool):
        return float(ratio)
    raise RatioError(
        f"Le rapport de densité n’est pas un nombre ({ratio!r}).",
        why="Il dit combien de fois la cible est plus dense que le reste de sa source.",
        remedy="Donnez un nombre, une série par cible, ou ce que rend fit_density.",
        ratio=ratio,
    )


def _ratios(ratio: float | pd.Series[float], target: MeasuredLayer) -> Floats:
    if isinstance(ratio, pd.Series):
        lacking = sorted(set(target.labels) - set(ratio.index))
        if lacking:
            raise RatioError(
                f"Aucun rapport de densité pour {named(lacking)}.",
                why="On ne saurait comment partager ce qui les entoure.",
                remedy="Donnez-en un par cible, ou un seul nombre.",
                codes=lacking,
            )
        values = floats(as_series(ratio[~ratio.index.duplicated()], "ratio").reindex(target.labels))
    else:
        values = np.full(len(target), ratio, dtype=np.float64)
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        raise RatioError(
            f"Le rapport de densité vaut {values[wrong][0]:g}"
            + (f" pour {named(target.labels[wrong])}." if isinstance(ratio, pd.Series) else "."),
            why="Nul ou négatif, il viderait le territoire.",
            remedy="Donnez un nombre positif ; 1 revient à partager par surface.",
        )
    return values
