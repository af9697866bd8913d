"""The ways to share a source between targets: by area, by a support, by density."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire.errors import PassageError
from observatoire.passage import weights as build
from observatoire.passage.layers import Layer, check_layer, check_same_crs
from observatoire.passage.links import Links
from observatoire.passage.model import Passage
from observatoire.passage.overlaps import check_no_overlap
from observatoire.passage.overlay import Pairs, shared_areas
from observatoire.passage.sums import sum_by
from observatoire.passage.support import masses, read_support

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 200_000  # corners of a layer that is checked sooner than a thread would start


def by_area(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    *,
    sliver: float = build.ROUNDING,
    repair: bool = False,
    threads: int | None = None,
) -> Passage:
    """Share every source between targets in proportion to area.

    Exact when sources lie wholly inside targets; otherwise it supposes that each source is
    uniformly filled, which priority neighbourhoods are not: prefer :func:`by_support`, or
    :func:`by_density`.

    Parameters
    ----------
    source, target : GeoDataFrame
        Indexed by territory code (text), in the same metric reference system.
    sliver : float
        Share of a territory below which an overlap is set aside: it must be that small beside
        both its source and its target. By default only the engine's rounding; 0.01 suits layers
        digitised apart.
    repair : bool
        Make invalid geometries valid, and say which in ``remarks``, instead of refusing them.
    threads : int, optional
        By default one a processor.

    Raises
    ------
    CRSError, InvalidGeometryError, SchematicGeometryError, DuplicateKeyError, PassageError
        What the layers must be to be measured.

    Examples
    --------
    >>> import geopandas as gpd
    >>> iris = gpd.GeoDataFrame(
    ...     geometry=shapely.box([0, 10], [0, 0], [10, 20], [10, 10]), index=["i1", "i2"], crs=5490
    ... )
    >>> quartier = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 15, 10)], index=["q"], crs=5490)
    >>> by_area(iris, quartier).weights[["source", "weight", "low", "high"]].values.tolist()
    [['i1', 1.0, 1.0, 1.0], ['i2', 0.5, 0.0, 1.0]]
    """
    build.check_sliver(sliver)
    layers = two_layers(source, target, repair=repair)
    found = measured(layers, sliver=sliver, threads=threads)
    return passage_of(
        layers, found, found.of_source, method="surface", parameters={"sliver": sliver}
    )


def by_support(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    support: gpd.GeoDataFrame,
    weight: str = "ind",
    *,
    imputed: str | None = None,
    sliver: float = build.ROUNDING,
    repair: bool = False,
    threads: int | None = None,
) -> Passage:
    """Share every source in proportion to what a finer support carries: people, dwellings.

    Parameters
    ----------
    source, target : GeoDataFrame
        Indexed by territory code (text), in the same metric reference system.
    support : GeoDataFrame
        Grid cells, buildings (polygons, uniformly filled) or addresses (points).
    weight : str
        Column of the support that says how much each carries.
    imputed : str, optional
        Column of the support that flags imputed cells (1); by default ``i_est_200`` or
        ``i_est_1km`` when there. The share of each target that is imputed goes to ``quality``.
    sliver, repair, threads
        As :func:`by_area`.

    Returns
    -------
    Passage
        Sources where the support carries nothing are shared by area, and named in ``remarks``.

    Raises
    ------
    PassageError
        A support that carries nothing in any source, or whose weights are negative or blank.

    Examples
    --------
    >>> import geopandas as gpd
    >>> iris = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 20, 10)], index=["i"], crs=5490)
    >>> quartier = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 5, 10)], index=["q"], crs=5490)
    >>> doors = gpd.GeoDataFrame(
    ...     {"ind": [3.0, 1.0]}, geometry=shapely.points([2, 15], [5, 5]), crs=5490
    ... )
    >>> by_support(iris, quartier, doors).weights.weight.tolist()
    [0.75]
    """
    build.check_sliver(sliver)
    layers = two_layers(source, target, repair=repair)
    carrier = read_support(support, weight, imputed, repair=repair)
    check_same_crs(layers[0], carrier.layer)
    found = measured(layers, sliver=sliver, threads=threads)
    placed = masses(carrier, layers, found, threads=threads)
    shared, remarks = placed.weights(layers[0], found)
    parameters = {"weight": weight, "imputed": carrier.flag, "sliver": sliver}
    return passage_of(
        layers,
        found,
        shared,
        method="support",
        parameters=parameters,
        remarks=remarks,
        coverage=placed.coverage(layers[1], found),
        quality=placed.quality(layers[1]),
    )


def two_layers(
    source: gpd.GeoDataFrame, target: gpd.GeoDataFrame, *, repair: bool
) -> tuple[Layer, Layer]:
    """Check the two layers of a passage, each and together."""
    if _corners(target) > _FEW and _corners(source) > _FEW:
        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(check_layer, source, "source", repair=repair)
            second = check_layer(target, "cible", repair=repair)
            layers = (first.result(), second)
    else:  # threads would wait for one another longer than they work
        layers = (
            check_layer(source, "source", repair=repair),
            check_layer(target, "cible", repair=repair),
        )
    check_same_crs(*layers)
    # One after the other: together they would hold the corners of both layers in memory.
    check_no_overlap(layers[0])
    return layers[0], replace(layers[1], outline=check_no_overlap(layers[1]))


def _corners(frame: object) -> int:
    """Count the corners of what may be a layer."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name not in frame.columns:
        return 0
    return int(shapely.get_num_coordinates(np.asarray(frame.geometry.array)).sum())


def measured(layers: tuple[Layer, Layer], *, sliver: float, threads: int | None) -> build.Shares:
    """Measure what the two layers share."""
    pairs: Pairs = shared_areas(*layers, outline=layers[1].outline, threads=threads)
    if len(pairs.area) == 0:
        raise PassageError(
            "Les deux couches ne se rencontrent nulle part "
            f"(source autour de {_center(layers[0])}, cible autour de {_center(layers[1])}).",
            why="Toutes les cibles seraient sans valeur.",
            remedy="Vérifiez les systèmes de coordonnées déclarés, et le territoire des fichiers.",
        )
    return build.shares(*layers, pairs, sliver=sliver)


def _center(layer: Layer) -> str:
    x0, y0, x1, y1 = shapely.total_bounds(layer.geometries)
    return f"{(x0 + x1) / 2:.0f}, {(y0 + y1) / 2:.0f}"


def passage_of(
    layers: tuple[Layer, Layer],
    found: build.Shares,
    weight: NDArray[np.float64],
    *,
    method: str,
    parameters: dict[str, object],
    remarks: tuple[str, ...] = (),
    coverage: pd.Series[float] | None = None,
    quality: pd.DataFrame | None = None,
) -> Passage:
    """Put a passage together from its measures."""
    source, target = layers
    within = sum_by(found.source, weight, len(source))
    outside = 1.0 - within
    # What only rounding leaves is nothing, so that whole zonings lose nothing.
    outside[outside < build.ROUNDING] = 0.0
    made = Passage(
        weights=build.weights_frame(source, target, found, weight),
        coverage=build.coverage(target, found, found.of_target) if coverage is None else coverage,
        outside=build.by_code(source, outside, "outside"),
        method=method,
        parameters=parameters,
        source_zoning=source.zoning,
        target_zoning=target.zoning,
        remarks=(*source.remarks, *target.remarks, *found.remarks, *remarks),
        quality=pd.DataFrame() if quality is None else quality,
        reaching=frozenset(source.labels[(found.outside > 0) & (outside == 0)]),
    )
    # Positions are known here: finding them again from the codes would cost as much as all this.
    made.__dict__["links"] = Links.at(
        made, found.source.astype(np.int64), found.target.astype(np.int64)
    )
    return made
