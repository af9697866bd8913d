"""Overlaps within one zoning: what is counted there would be counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from observatoire.errors import OverlapError
from observatoire.passage.geometry.outlines import Outline, outline

if TYPE_CHECKING:
    from observatoire.passage.arrays import Positions
    from observatoire.passage.geometry.layers import MeasuredLayer


_TOLERANCE = 1e-3  # share of the smaller territory: below it, two outlines merely differ
_CHUNK = 4096


def check_no_overlap(layer: MeasuredLayer) -> Outline | None:
    """Refuse a zoning two territories of which share more than their outlines.

    The cells of a grid are known apart by their positions. A layer whose outlines match corner
    for corner is cleared at once, and its outline returned; otherwise only the territories
    whose outlines do not match are measured against their neighbours.
    """
    if layer.grid is not None or len(layer) == 1:
        return None
    found = outline(layer.geometries, layer.areas)
    if found is None and not shapely.coverage_is_valid(layer.geometries):
        _check_neighbours(layer)
    return found


def _check_neighbours(layer: MeasuredLayer) -> None:
    suspects = _mismatched(layer)
    tree = shapely.STRtree(layer.geometries)
    first, second = tree.query(layer.geometries[suspects])
    first = suspects[first]
    apart = first < second
    suspect = np.zeros(len(layer), dtype=bool)
    suspect[suspects] = True
    pending = (first != second) & (apart | ~suspect[second])
    first, second = first[pending], second[pending]
    for start in range(0, len(first), _CHUNK):
        _check_pairs(layer, first[start : start + _CHUNK], second[start : start + _CHUNK])


def _mismatched(layer: MeasuredLayer) -> Positions:
    edges = shapely.coverage_invalid_edges(layer.geometries)
    return np.flatnonzero(~shapely.is_empty(edges))


def _check_pairs(layer: MeasuredLayer, first: Positions, second: Positions) -> None:
    shared = shapely.area(shapely.intersection(layer.geometries[first], layer.geometries[second]))
    smaller = np.minimum(layer.areas[first], layer.areas[second])
    over = np.flatnonzero(shared > _TOLERANCE * smaller)
    if len(over):
        worst = over[np.argmax(shared[over])]
        codes = [str(layer.labels[first[worst]]), str(layer.labels[second[worst]])]
        raise overlap_error(
            layer, f"« {codes[0]} » et « {codes[1]} » sur {shared[worst]:.0f} m²", codes
        )


def overlap_error(layer: MeasuredLayer, where: str, codes: list[str]) -> OverlapError:
    """Build the error of a zoning whose territories overlap."""
    return OverlapError(
        f"Des territoires de la couche « {layer.role} » se chevauchent, {where}.",
        why="Ce qui est compté au chevauchement serait compté deux fois.",
        remedy="Corrigez les contours, ou séparez les zonages superposés en deux couches.",
        codes=codes,
    )
