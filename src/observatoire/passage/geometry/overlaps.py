"""Overlaps within one zoning: what is counted there would be counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from observatoire.errors import OverlapError
from observatoire.french.typography import number
from observatoire.passage.codes import named
from observatoire.passage.geometry.outlines import Outline, outline

if TYPE_CHECKING:
    from observatoire.passage.arrays import Positions
    from observatoire.passage.geometry.layers import MeasuredLayer


_TOLERANCE = 1e-3  # share of the smaller territory: below it, two outlines merely differ
_ROUNDING = 1e-9  # share of the smaller that the engine itself may make them share
_CHUNK = 4096
_SAMPLE = 64  # territories among which those of a zoning without gaps touch one another


def check_no_overlap(layer: MeasuredLayer) -> tuple[Outline | None, tuple[str, ...]]:
    """Refuse a zoning two territories of which share more than their outlines.

    The cells of a grid are known apart by their positions. A layer whose outlines match corner
    for corner is cleared at once, and its outline returned; otherwise only the territories
    whose outlines do not match are measured against their neighbours. Outlines that merely
    differ are let through, with a remark: what lies between them is shared.
    """
    if layer.grid is not None or len(layer) <= 1 or _scattered(layer):
        return None, ()
    found = outline(layer.geometries, layer.areas)
    if found is None and not shapely.coverage_is_valid(layer.geometries):
        return None, _check_neighbours(layer)
    return found, ()


def _scattered(layer: MeasuredLayer) -> bool:
    """Say whether no territory touches another; a zoning whose first ones do is not looked at whole."""
    tree = shapely.STRtree(layer.geometries)
    for tried in (layer.geometries[:_SAMPLE], layer.geometries):
        first, _ = tree.query(tried, predicate="intersects")
        if len(first) > len(tried):
            return False
    return True


def _check_neighbours(layer: MeasuredLayer) -> tuple[str, ...]:
    edges = shapely.coverage_invalid_edges(layer.geometries)
    suspects = np.flatnonzero(~shapely.is_empty(edges))
    tree = shapely.STRtree(layer.geometries)
    first, second = tree.query(layer.geometries[suspects])
    first = suspects[first]
    apart = first < second
    suspect = np.zeros(len(layer), dtype=bool)
    suspect[suspects] = True
    pending = (first != second) & (apart | ~suspect[second])
    first, second = first[pending], second[pending]
    chunks = [slice(start, start + _CHUNK) for start in range(0, len(first), _CHUNK)]
    differing = [
        pair for chunk in chunks for pair in _check_pairs(layer, first[chunk], second[chunk])
    ]
    remark = (
        f"Des contours de la couche « {layer.role} » se chevauchent, de moins d’un millième du "
        f"plus petit : {named(differing)}. Ce qui s’y trouve est partagé entre eux."
    )
    return (remark,) if differing else ()


def _check_pairs(layer: MeasuredLayer, first: Positions, second: Positions) -> list[str]:
    """Refuse pairs that overlap; name those whose outlines merely differ."""
    shared = shapely.area(shapely.intersection(layer.geometries[first], layer.geometries[second]))
    part = shared / np.minimum(layer.areas[first], layer.areas[second])
    names = layer.labels
    if (part > _TOLERANCE).any():
        worst = np.argmax(np.where(part > _TOLERANCE, shared, 0.0))
        codes = [str(names[first[worst]]), str(names[second[worst]])]
        raise OverlapError(
            f"Des territoires de la couche « {layer.role} » se chevauchent, « {codes[0]} » et "
            f"« {codes[1]} » sur {number(shared[worst], 0 if shared[worst] >= 1 else 2)} m².",
            why="Ce qui est compté au chevauchement serait compté deux fois.",
            remedy="Corrigez les contours, ou séparez les zonages superposés en deux couches.",
            codes=codes,
        )
    differ = np.flatnonzero(part > _ROUNDING)
    return [f"{names[first[at]]} et {names[second[at]]}" for at in differ]
