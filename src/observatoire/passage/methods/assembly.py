"""Two layers made ready for a method, and the passage made of its shares."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire.errors import PassageError
from observatoire.passage.arrays import Floats, sum_by
from observatoire.passage.geometry.layers import MeasuredLayer, check_layer, check_same_crs
from observatoire.passage.geometry.overlaps import check_no_overlap
from observatoire.passage.geometry.overlay import Pairs, shared_areas
from observatoire.passage.methods.shares import ROUNDING, Shares, by_code, shares, weights_frame
from observatoire.passage.methods.shares import coverage as coverage_of
from observatoire.passage.passage import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 200_000  # corners of a layer that is checked sooner than a thread would start


def two_layers(
    source: gpd.GeoDataFrame, target: gpd.GeoDataFrame, *, repair: bool, everywhere: bool = False
) -> tuple[MeasuredLayer, MeasuredLayer]:
    """Check the two layers of a passage, each and together.

    ``everywhere``: sources may not overlap even out of reach of the targets, for people found where
    two of them lie would count in both.
    """
    shapes = _shapes(target), _shapes(source)
    reach = None if everywhere or not len(shapes[0]) else shapely.STRtree(shapes[0])
    first = partial(check_layer, source, "source", repair=repair, reach=reach)
    second = partial(check_layer, target, "cible", repair=repair)
    if all(shapely.get_num_coordinates(each).sum() > _FEW for each in shapes):
        with ThreadPoolExecutor(1) as pool:
            begun, checked = pool.submit(first), second()
            layers = begun.result(), checked
    else:  # threads would wait for one another longer than they work
        layers = first(), second()
    check_same_crs(*layers)
    # One after the other: together they would keep the corners of both layers in memory.
    _, differing = check_no_overlap(_near(layers[0]))
    outline, differing_targets = check_no_overlap(layers[1])
    source, target = layers
    return (
        replace(source, remarks=(*source.remarks, *differing)),
        replace(target, remarks=(*target.remarks, *differing_targets), outline=outline),
    )


def _shapes(frame: object) -> NDArray[Any]:
    """Return the shapes of what may be a layer, which is not checked yet; none of what is none."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name not in frame.columns:
        return np.array([], dtype=object)
    return np.asarray(frame.geometry.array)


def _near(layer: MeasuredLayer) -> MeasuredLayer:
    """Return the sources whose box meets that of a target: what others share is counted nowhere."""
    if layer.met is None or len(layer.met) == len(layer):
        return layer
    kept = {name: getattr(layer, name)[layer.met] for name in ("labels", "geometries", "areas")}
    return replace(layer, **kept, met=None)


def measured(
    layers: tuple[MeasuredLayer, MeasuredLayer], *, sliver: float, threads: int | None
) -> Shares:
    """Measure what the two layers share."""
    pairs: Pairs = shared_areas(*layers, outline=layers[1].outline, threads=threads)
    if len(pairs.area) == 0:
        raise PassageError(
            "Les deux couches ne se rencontrent nulle part "
            f"(source autour de {_center(layers[0])}, cible autour de {_center(layers[1])}).",
            why="Toutes les cibles seraient sans valeur.",
            remedy="Vérifiez les systèmes de coordonnées déclarés, et le territoire des fichiers.",
        )
    return shares(*layers, pairs, sliver=sliver)


def _center(layer: MeasuredLayer) -> str:
    x0, y0, x1, y1 = shapely.total_bounds(layer.geometries)
    return f"{(x0 + x1) / 2:.0f}, {(y0 + y1) / 2:.0f}"


def passage_of(
    layers: tuple[MeasuredLayer, MeasuredLayer],
    found: Shares,
    weight: Floats,
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
    if coverage is None:
        coverage = coverage_of(target, sum_by(found.target, found.of_target, len(target)))
    outside = 1.0 - within
    # What only rounding leaves is nothing, so that whole zonings lose nothing.
    outside[outside < ROUNDING] = 0.0
    made = Passage(
        weights=weights_frame(source, target, found, weight),
        coverage=coverage,
        outside=by_code(source, outside, "outside"),
        method=method,
        parameters=parameters,
        source_zoning=source.zoning,
        target_zoning=target.zoning,
        remarks=(*source.remarks, *target.remarks, *found.remarks, *remarks),
        quality=pd.DataFrame() if quality is None else quality,
        reaching=frozenset(source.labels[np.flatnonzero((found.outside > 0) & (outside == 0))]),
    )
    # Positions are known here: finding them again from the codes would cost as much as all this.
    made.__dict__["links"] = made.links_at(
        found.source.astype(np.int64), found.target.astype(np.int64)
    )
    return made
