"""What a support (cells, buildings, addresses) carries in every source, target and pair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire.errors import SupportError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import plural
from observatoire.passage.arrays import Flags, Floats, Positions, floats, sum_by
from observatoire.passage.codes import named
from observatoire.passage.counted import kind_carried
from observatoire.passage.geometry.corners import polygons_of
from observatoire.passage.geometry.layers import MeasuredLayer, check_layer, check_same_crs
from observatoire.passage.geometry.overlay import Pairs, intersect, shared_areas
from observatoire.passage.methods.assembly import measured, passage_of, two_layers
from observatoire.passage.methods.shares import ROUNDING, by_code, check_sliver
from observatoire.passage.transfer.frames import is_numeric
from observatoire.values import IMPUTED_COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.methods.shares import Shares
    from observatoire.passage.passage import Passage

_ROW = re.compile("[0-9]{9}")  # a row's number where the support has no codes


def by_support(  # noqa: PLR0913 - an analyst gives most of them by name or not at all
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    support: gpd.GeoDataFrame,
    weight: str = "ind",
    *,
    carries: str = "",
    imputed: str | None = None,
    sliver: float = ROUNDING,
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
    carries : str
        What that is, in words (« logements sociaux »); by default what the column's name says:
        ``ind`` people, ``men`` households, ``log_soc`` social dwellings. Counts of anything
        else are only bounded where a source is shared.
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
    check_sliver(sliver)
    layers = two_layers(source, target, repair=repair, everywhere=True)
    carrier = read_support(support, weight, imputed, repair=repair)
    check_same_crs(layers[0], carrier.layer)
    found = measured(layers, sliver=sliver, threads=threads)
    placed = masses(carrier, layers, found, threads=threads)
    shared, remarks = placed.weights(layers[0], found)
    parameters = {
        "weight": weight,
        "carries": kind_carried(carries, weight),
        "imputed": carrier.flag,
        "sliver": sliver,
    }
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


@dataclass(frozen=True, eq=False)
class Support:
    """A checked support: its layer, what each element carries, how much of it is imputed."""

    layer: MeasuredLayer
    carried: Floats
    imputed: Floats | None
    flag: str

    @property
    def is_points(self) -> bool:
        """Whether the support is made of points rather than polygons."""
        return bool(shapely.get_type_id(self.layer.geometries[0]) == 0)


@dataclass(frozen=True, eq=False)
class Masses:
    """What the support carries in each pair, each source and each target."""

    pair: Floats
    source: Floats
    target: Floats
    imputed: Floats | None

    def weights(self, source: MeasuredLayer, found: Shares) -> tuple[Floats, tuple[str, ...]]:
        """Share of each source that goes to each target; by area where nothing is carried."""
        empty = self.source <= 0
        total = np.where(empty, 1.0, self.source)[found.source]
        weight = np.where(empty[found.source], found.of_source, self.pair / total)
        weight = np.clip(np.where(found.whole, 1.0, weight), 0.0, 1.0)
        touched = np.unique(found.source[empty[found.source] & ~found.whole])
        weight = _completed(weight, found, len(source))
        if len(touched) == 0:
            return weight, ()
        remark = (
            f"Le support ne porte rien dans {plural(len(touched), 'source')}, "
            "qui se partage donc par surface : "
            f"{named(source.labels[touched], len(touched))}."
        )
        return weight, (remark,)

    def coverage(self, target: MeasuredLayer, found: Shares) -> pd.Series[float]:
        """Share of the target's support that lies in sources; of its area without support."""
        inside = sum_by(found.target, self.pair, len(target))
        area = sum_by(found.target, found.of_target, len(target))
        total = np.where(self.target > 0, self.target, 1.0)
        covered = np.minimum(np.where(self.target > 0, inside / total, area), 1.0)
        covered[covered > 1.0 - ROUNDING] = 1.0
        return by_code(target, covered, "coverage")

    def quality(self, target: MeasuredLayer) -> pd.DataFrame:
        """Share of each target's support that the producer imputed."""
        if self.imputed is None:
            return pd.DataFrame()
        total = np.where(self.target > 0, self.target, np.nan)
        return pd.DataFrame({"imputed": self.imputed / total}, index=target.labels.rename("target"))


def _completed(weight: Floats, found: Shares, count: int) -> Floats:
    """Bring to one the weights of a source of which nothing lies outside, and those near it.

    Their sum only misses it by the rounding of the engine, or by what slivers contained.
    """
    total = sum_by(found.source, weight, count)
    closed = (found.outside == 0) | (1.0 - total < ROUNDING)
    unweighted = (closed & (total <= 0))[found.source]
    scale = np.where(closed & (total > 0), total, 1.0)[found.source]
    return np.where(unweighted, found.of_source, weight / scale)


def read_support(
    frame: gpd.GeoDataFrame, weight: str, imputed: str | None, *, repair: bool
) -> Support:
    """Check a support and the weights it carries."""
    layer = check_layer(_coded(frame), "support", repair=repair, points=True)
    assert layer.frame is not None  # noqa: S101 - check_layer keeps it
    carried = _carried(layer.frame, _named(layer.frame, weight))
    faults = (
        (np.isnan(carried) | np.isinf(carried), "vide ou infini", "Mettez 0 où il n’y a personne."),
        (carried < 0, "négatif", "Corrigez le support : on ne porte pas moins que zéro."),
    )
    for wrong, fault, remedy in faults:
        if wrong.any():
            raise SupportError(
                f"Le poids « {weight} » est {fault} pour {_listed(layer, wrong)} du support.",
                why="Il dit combien chaque élément du support porte d’habitants.",
                remedy=remedy,
                codes=list(layer.labels[wrong]),
            )
    flag = _named(layer.frame, imputed) if imputed else _flag(layer.frame)
    flagged = _flagged(layer.frame[flag]) if flag else None
    return Support(layer, carried, None if flagged is None else carried * flagged, flag)


def _coded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    # A support's elements are never named in a result: where its index is no set of codes (it
    # was filtered, or put together from several files), row numbers are codes enough.
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    text = frame.index.is_unique and all(isinstance(code, str) for code in frame.index)
    if text and all(map(str.strip, frame.index)):
        return frame
    return frame.set_axis(pd.RangeIndex(len(frame)).map("{:09d}".format), axis=0)


def _listed(layer: MeasuredLayer, wrong: Flags) -> str:
    codes = [
        code.lstrip("0") or "0" if _ROW.fullmatch(code) else code for code in layer.labels[wrong]
    ]
    words = "l’élément" if len(codes) == 1 else "les éléments"
    return f"{words} {named(codes)}"


def _named(frame: gpd.GeoDataFrame, name: str) -> str:
    """Return the column of that name, whatever its capitals: Insee's change with the year."""
    if name in frame.columns:
        return name
    alike = [str(c) for c in frame.columns if str(c).casefold() == str(name).casefold()]
    if len(alike) == 1:
        return alike[0]
    raise UnknownNameError(
        f"Le support n’a pas de colonne « {name} ».",
        remedy=suggestion(name, [str(c) for c in frame.columns if c != frame.geometry.name]),
        column=name,
    )


def _flag(frame: gpd.GeoDataFrame) -> str:
    """Return the column that flags imputed cells; blank when there is none."""
    by_name = {str(name).casefold(): str(name) for name in frame.columns}
    return next((by_name[name] for name in IMPUTED_COLUMNS if name in by_name), "")


def _flagged(column: pd.Series[Any]) -> Flags:
    flags = pd.to_numeric(column, errors="coerce")
    if (flags.isna() & column.notna()).any():
        raise SupportError(
            f"La colonne « {column.name} » du support n’est pas faite de 0 et de 1.",
            why="Elle dit quels éléments le producteur a imputés.",
            remedy='Convertissez-la, ou dites quelle colonne le dit : imputed="i_est_200".',
            column=column.name,
        )
    flagged: Flags = floats(flags) == 1
    return flagged


def _carried(frame: gpd.GeoDataFrame, name: str) -> Floats:
    if not is_numeric(frame[name]):
        raise SupportError(
            f"La colonne « {name} » du support n’est pas faite de nombres.",
            why="Elle dit combien chaque élément porte.",
            remedy="Convertissez-la avec pandas.to_numeric.",
            column=name,
        )
    return floats(frame[name])


def masses(
    support: Support,
    layers: tuple[MeasuredLayer, MeasuredLayer],
    found: Shares,
    *,
    threads: int | None,
) -> Masses:
    """Measure what the support carries in sources, in targets, and in what they share."""
    source, target = layers
    placed = (
        _point_masses(support, source, target, found)
        if support.is_points
        else _polygon_masses(support, source, target, found, threads)
    )
    if not (placed.source > 0).any():
        raise SupportError(
            "Le support ne porte rien dans aucune source.",
            why="Il ne peut rien partager.",
            remedy="Vérifiez son système de coordonnées, son territoire et sa colonne de poids.",
        )
    return placed


def _point_masses(
    support: Support, source: MeasuredLayer, target: MeasuredLayer, found: Shares
) -> Masses:
    home, away, at = _places(support.layer.geometries, source, target, found)
    pair = sum_by(at[at >= 0], support.carried[at >= 0], len(found.source))
    imputed = support.imputed
    return Masses(
        pair,
        sum_by(home[home >= 0], support.carried[home >= 0], len(source)),
        sum_by(away[away >= 0], support.carried[away >= 0], len(target)),
        None if imputed is None else sum_by(away[away >= 0], imputed[away >= 0], len(target)),
    )


def _places(
    points: NDArray[np.object_], source: MeasuredLayer, target: MeasuredLayer, found: Shares
) -> tuple[Positions, Positions, Positions]:
    """Source, target and pair of each point, -1 for none; on a boundary, the first by code.

    A point on a boundary has several sources or targets: a pair that shares ground is chosen
    first, lest what it carries be placed in a source and in none of its targets.
    """
    homes, aways = _holders(points, source, "home"), _holders(points, target, "away")
    places = homes.merge(aways, on="point", how="outer").fillna(-1).astype(np.int64)
    key = found.source * len(target) + found.target
    order = np.argsort(key)
    wanted = (places["home"] * len(target) + places["away"]).to_numpy()
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    match = (key[order][at] == wanted) & (places["home"] >= 0) & (places["away"] >= 0)
    places["pair"] = np.where(match, order[at], -1)
    places["apart"] = places["pair"] < 0
    first = places.sort_values(["point", "apart", "home", "away"]).drop_duplicates("point")
    found_in = np.full((3, len(points)), -1, dtype=np.int64)
    found_in[:, first["point"]] = first[["home", "away", "pair"]].to_numpy(np.int64).T
    return found_in[0], found_in[1], found_in[2]


def _holders(points: NDArray[np.object_], layer: MeasuredLayer, name: str) -> pd.DataFrame:
    """Every territory around each point, its boundary included."""
    tree = shapely.STRtree(points)
    territory, point = tree.query(layer.geometries, predicate="intersects")
    return pd.DataFrame({"point": point, name: territory})


def _solid(shared: Floats, whole: Floats) -> Floats:
    """Take for nothing what only the rounding of coordinates gives: an empty place stays empty."""
    return np.where(shared > ROUNDING * whole, shared, 0.0)


def _polygon_masses(
    support: Support,
    source: MeasuredLayer,
    target: MeasuredLayer,
    found: Shares,
    threads: int | None,
) -> Masses:
    areas = support.layer.areas
    density = support.carried / areas

    def held(pairs: Pairs, each: Floats, count: int) -> Floats:
        return sum_by(
            pairs.target, _solid(pairs.area, areas[pairs.source]) * each[pairs.source], count
        )

    in_source = shared_areas(support.layer, source, threads=threads)
    in_target = shared_areas(support.layer, target, threads=threads)
    carried, kept = held(in_source, density, len(source)), held(in_target, density, len(target))
    imputed = None
    if support.imputed is not None:
        imputed = held(in_target, support.imputed / areas, len(target))
    pair = np.where(found.whole, carried[found.source], 0.0)
    cut = np.flatnonzero(~found.whole)
    common = polygons_of(
        shapely.intersection(
            source.geometries[found.source[cut]], target.geometries[found.target[cut]]
        )
    )
    shared = Pairs(*intersect(support.layer.geometries, common, areas, threads=threads))
    pair[cut] = held(shared, density, len(cut))
    return Masses(pair, carried, kept, imputed)
