"""What a support (cells, buildings, addresses) carries in every source, target and pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from observatoire.errors import PassageError, UnknownNameError, suggestion
from observatoire.passage import overlay
from observatoire.passage.layers import Layer, check_layer, named
from observatoire.passage.sums import floats, sum_by
from observatoire.typography import plural
from observatoire.values import IMPUTED_COLUMNS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from observatoire.passage.weights import Shares


@dataclass(frozen=True, eq=False)
class Support:
    """A checked support: its layer, what each element carries, how much of it is imputed."""

    layer: Layer
    carried: NDArray[np.float64]
    imputed: NDArray[np.float64] | None
    flag: str

    @property
    def is_points(self) -> bool:
        """Whether the support is made of points rather than polygons."""
        return bool(shapely.get_type_id(self.layer.geometries[0]) == 0)


@dataclass(frozen=True, eq=False)
class Masses:
    """What the support carries in each pair, each source and each target."""

    pair: NDArray[np.float64]
    source: NDArray[np.float64]
    target: NDArray[np.float64]
    imputed: NDArray[np.float64] | None

    def weights(self, source: Layer, found: Shares) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """Share of each source that goes to each target; by area where nothing is carried."""
        bare = self.source <= 0
        total = np.where(bare, 1.0, self.source)[found.source]
        weight = np.where(bare[found.source], found.of_source, self.pair / total)
        weight = np.clip(np.where(found.whole, 1.0, weight), 0.0, 1.0)
        touched = np.unique(found.source[bare[found.source] & ~found.whole])
        if len(touched) == 0:
            return _capped(weight, found.source, len(source)), ()
        remark = (
            f"Le support ne porte rien dans {plural(len(touched), 'source')}, "
            "qui se partage donc par surface : "
            f"{named(source.labels[touched], len(touched))}."
        )
        return _capped(weight, found.source, len(source)), (remark,)

    def coverage(self, target: Layer, found: Shares) -> pd.Series[float]:
        """Share of the target's support that lies in sources; of its area without support."""
        from observatoire.passage.weights import ROUNDING, by_code  # noqa: PLC0415

        inside = sum_by(found.target, self.pair, len(target))
        area = sum_by(found.target, found.of_target, len(target))
        held = np.where(self.target > 0, self.target, 1.0)
        covered = np.minimum(np.where(self.target > 0, inside / held, area), 1.0)
        covered[covered > 1.0 - ROUNDING] = 1.0
        return by_code(target, covered, "coverage")

    def quality(self, target: Layer) -> pd.DataFrame:
        """Share of each target's support that the producer imputed."""
        if self.imputed is None:
            return pd.DataFrame()
        held = np.where(self.target > 0, self.target, np.nan)
        return pd.DataFrame({"imputed": self.imputed / held}, index=target.labels.rename("target"))


def _capped(
    weight: NDArray[np.float64], source: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    total = sum_by(source, weight, count)
    return weight / np.maximum(total, 1.0)[source]


def read_support(
    frame: gpd.GeoDataFrame, weight: str, imputed: str | None, *, repair: bool
) -> Support:
    """Check a support and the weights it carries."""
    layer = check_layer(_coded(frame), "support", repair=repair, points=True)
    assert layer.frame is not None  # noqa: S101 - check_layer keeps it
    carried = _column(layer.frame, weight)
    faults = (
        (np.isnan(carried) | np.isinf(carried), "vide ou infini", "Mettez 0 où il n’y a personne."),
        (carried < 0, "négatif", "Corrigez le support : on ne porte pas moins que zéro."),
    )
    for wrong, fault, remedy in faults:
        if wrong.any():
            raise PassageError(
                f"Le poids « {weight} » du support est {fault} pour {named(layer.labels[wrong])}.",
                why="Il dit combien chaque élément du support porte d’habitants.",
                remedy=remedy,
                codes=list(layer.labels[wrong]),
            )
    flag = imputed or next((name for name in IMPUTED_COLUMNS if name in layer.frame.columns), "")
    flagged = _column(layer.frame, flag) == 1 if flag else None
    return Support(layer, carried, None if flagged is None else carried * flagged, flag)


def _coded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    # A support's elements are never named in a result: row numbers are codes enough.
    if hasattr(frame, "geometry") and isinstance(frame.index, pd.RangeIndex):
        return frame.set_axis(frame.index.map("{:09d}".format), axis=0)
    return frame


def _column(frame: gpd.GeoDataFrame, name: str) -> NDArray[np.float64]:
    if name not in frame.columns:
        raise UnknownNameError(
            f"Le support n’a pas de colonne « {name} ».",
            remedy=suggestion(name, [str(c) for c in frame.columns if c != frame.geometry.name]),
            column=name,
        )
    if not pd.api.types.is_numeric_dtype(frame[name]):
        raise PassageError(
            f"La colonne « {name} » du support n’est pas faite de nombres.",
            why="Elle dit combien chaque élément porte.",
            remedy="Convertissez-la avec pandas.to_numeric.",
            column=name,
        )
    return floats(frame[name])


def masses(
    support: Support, layers: tuple[Layer, Layer], found: Shares, *, threads: int | None
) -> Masses:
    """Measure what the support carries in sources, in targets, and in what they share."""
    source, target = layers
    measure = _point_masses if support.is_points else _polygon_masses
    placed = measure(support, source, target, found, threads)
    if not (placed.source > 0).any():
        raise PassageError(
            "Le support ne porte rien dans aucune source.",
            why="Il ne peut rien partager.",
            remedy="Vérifiez son système de coordonnées, son territoire et sa colonne de poids.",
        )
    return placed


def _point_masses(
    support: Support, source: Layer, target: Layer, found: Shares, threads: int | None
) -> Masses:
    del threads  # points are fast enough alone
    home = _homes(support.layer.geometries, source)
    away = _homes(support.layer.geometries, target)
    both = (home >= 0) & (away >= 0)
    key = found.source * len(target) + found.target
    order = np.argsort(key)
    wanted = home[both] * len(target) + away[both]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    match = key[order][at] == wanted
    pair = sum_by(order[at[match]], support.carried[both][match], len(key))
    imputed = support.imputed
    return Masses(
        pair,
        sum_by(home[home >= 0], support.carried[home >= 0], len(source)),
        sum_by(away[away >= 0], support.carried[away >= 0], len(target)),
        None if imputed is None else sum_by(away[away >= 0], imputed[away >= 0], len(target)),
    )


def _homes(points: NDArray[np.object_], layer: Layer) -> NDArray[np.int64]:
    """Territory of each point, -1 outside; on a shared boundary, the first by code."""
    tree = shapely.STRtree(points)
    territory, point = tree.query(layer.geometries, predicate="intersects")
    home = np.full(len(points), len(layer), dtype=np.int64)
    np.minimum.at(home, point, territory)
    home[home == len(layer)] = -1
    return home


def _polygon_masses(
    support: Support, source: Layer, target: Layer, found: Shares, threads: int | None
) -> Masses:
    density = support.carried / support.layer.areas
    in_source = overlay.shared_areas(support.layer, source, threads=threads)
    in_target = overlay.shared_areas(support.layer, target, threads=threads)
    held = sum_by(in_source.target, in_source.area * density[in_source.source], len(source))
    kept = sum_by(in_target.target, in_target.area * density[in_target.source], len(target))
    imputed = None
    if support.imputed is not None:
        flagged = support.imputed / support.layer.areas
        imputed = sum_by(in_target.target, in_target.area * flagged[in_target.source], len(target))
    pair = np.where(found.whole, held[found.source], 0.0)
    cut = np.flatnonzero(~found.whole)
    common = shapely.intersection(
        source.geometries[found.source[cut]], target.geometries[found.target[cut]]
    )
    element, piece, area = overlay.intersect(
        support.layer.geometries, common, support.layer.areas, threads=threads
    )
    pair[cut] = sum_by(piece, area * density[element], len(cut))
    return Masses(pair, held, kept, imputed)
