"""Without a support: inside a target, people live ``ratio`` times as dense as around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import PassageError
from observatoire.passage import weights as build
from observatoire.passage.layers import named
from observatoire.passage.methods import measured, passage_of, two_layers
from observatoire.passage.ratio_model import DensityFit, columns_of
from observatoire.passage.sums import floats, sum_by

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from observatoire.passage.layers import Layer
    from observatoire.passage.model import Passage


def by_density(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    ratio: float | pd.Series[float] | DensityFit = 1.0,
    *,
    covariates: pd.DataFrame | None = None,
    sliver: float = build.ROUNDING,
    repair: bool = False,
    threads: int | None = None,
) -> Passage:
    """Share every source by area, a target being ``ratio`` times as dense as what surrounds it.

    Parameters
    ----------
    source, target : GeoDataFrame
        Indexed by territory code (text), in the same metric reference system.
    ratio : float, Series or DensityFit
        How many times as dense the inside of a target is, beside the rest of the same source:
        one for all, one by target, or what :func:`fit_density` learnt.
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
    build.check_sliver(sliver)
    layers = two_layers(source, target, repair=repair)
    ratios = _ratios(ratio, layers[1])
    found = measured(layers, sliver=sliver, threads=threads)
    parameters: dict[str, object] = {"sliver": sliver}
    if isinstance(ratio, DensityFit):
        columns = columns_of(layers[0], found, covariates, ratio.slopes.names)
        of_links = ratio.of_links(columns, len(found.target))
        parameters |= {"ratio": float(ratio), **ratio.parameters}
    else:
        of_links = ratios[found.target]
        parameters["ratio"] = ratio.to_dict() if isinstance(ratio, pd.Series) else float(ratio)
    return passage_of(
        layers, found, densified(found, of_links), method="densité", parameters=parameters
    )


def densified(found: build.Shares, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the pairs when each piece counts ``ratio`` times its area."""
    heavy = found.of_source * ratio
    total = sum_by(found.source, heavy, len(found.outside)) + found.outside
    return np.where(found.whole, 1.0, heavy / total[found.source])


def _ratios(ratio: float | pd.Series[float], target: Layer) -> NDArray[np.float64]:
    if isinstance(ratio, pd.Series):
        lacking = sorted(set(target.labels) - set(ratio.index))
        if lacking:
            raise PassageError(
                f"Aucun rapport de densité pour {named(lacking)}.",
                remedy="Donnez-en un par cible, ou un seul nombre.",
                codes=lacking,
            )
        values = floats(ratio.reindex(target.labels))
    else:
        values = np.full(len(target), float(ratio))
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        raise PassageError(
            f"Le rapport de densité vaut {values[wrong][0]:g}"
            + (f" pour {named(target.labels[wrong])}." if isinstance(ratio, pd.Series) else "."),
            why="Nul ou négatif, il viderait le territoire.",
            remedy="Donnez un nombre positif ; 1 revient à partager par surface.",
        )
    return values
