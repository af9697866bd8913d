from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import CRS, grid, mesh, squares

from observatoire import passage
from observatoire.errors import (
    CRSError,
    InvalidGeometryError,
    PassageError,
    UnknownNameError,
)

SOURCE = squares((0, 0, 20, 10), codes=["i"])
TARGET = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["q", "r"])


def support(shapes: Any, weights: Any, **columns: Any) -> Any:
    return gpd.GeoDataFrame({"ind": weights, **columns}, geometry=list(shapes), crs=CRS)


def test_points_share_by_what_they_carry() -> None:
    doors = support(shapely.points([2, 15, 16], [5, 5, 5]), [6.0, 1.0, 1.0])
    p = passage.by_support(SOURCE, TARGET, doors)
    assert p.weights.weight.tolist() == [0.75, 0.25]
    assert p.method == "support"


def test_polygons_share_by_the_area_of_theirs_inside() -> None:
    buildings = support([shapely.box(0, 0, 4, 1), shapely.box(8, 0, 12, 1)], [4.0, 4.0])
    p = passage.by_support(SOURCE, TARGET, buildings)
    assert p.weights.weight.tolist() == pytest.approx([0.75, 0.25])


def test_a_point_on_a_shared_line_counts_once() -> None:
    doors = support(shapely.points([10, 15], [5, 5]), [1.0, 1.0])
    p = passage.by_support(SOURCE, TARGET, doors)
    assert p.weights.weight.sum() == 1.0


def test_bounds_are_those_of_geometry_not_of_the_support() -> None:
    doors = support(shapely.points([2], [5]), [6.0])
    p = passage.by_support(SOURCE, TARGET, doors)
    assert p.weights.weight.tolist() == [1.0, 0.0]
    table = p.apply(pd.DataFrame({"pop": [8.0]}, index=["i"]))
    assert table[["value", "low", "high", "status"]].to_numpy().tolist() == [
        [8.0, 0.0, 8.0, "estimated"],
        [0.0, 0.0, 8.0, "estimated"],
    ]


def test_sources_without_support_are_shared_by_area_and_named() -> None:
    source = squares((0, 0, 20, 10), (0, 10, 20, 20), codes=["i", "bare"])
    target = squares((0, 0, 10, 20), (10, 0, 20, 20), codes=["q", "r"])
    doors = support(shapely.points([2], [5]), [6.0])
    p = passage.by_support(source, target, doors)
    assert p.weights.set_index(["source", "target"]).weight["bare", "q"] == 0.5
    assert "bare" in p.remarks[0]


def test_imputed_cells_are_flagged_in_the_quality() -> None:
    cells = support(
        [shapely.box(0, 0, 5, 5), shapely.box(5, 0, 10, 5), shapely.box(15, 0, 20, 5)],
        [3.0, 1.0, 2.0],
        i_est_200=[0, 1, 1],
    )
    p = passage.by_support(SOURCE, TARGET, cells)
    assert p.quality["imputed"].to_dict() == {"q": 0.25, "r": 1.0}
    assert p.parameters["imputed"] == "i_est_200"
    assert p.preview()["imputed"].tolist() == [0.25, 1.0]
    again = passage.from_table(p.to_frame())
    pd.testing.assert_frame_equal(again.quality, p.quality, check_names=False)


def test_coverage_is_the_share_of_the_support() -> None:
    target = squares((0, 0, 40, 10), codes=["q"])
    doors = support(shapely.points([2, 30], [5, 5]), [3.0, 1.0])
    assert passage.by_support(SOURCE, target, doors).coverage.tolist() == [0.75]


@settings(max_examples=cases(10), deadline=None)
@given(seed=st.integers(0, 10**6), points=st.booleans())
def test_mass_is_conserved(*, seed: int, points: bool) -> None:
    rng = np.random.default_rng(seed)
    source, target = mesh(6, 5, seed), mesh(3, 3, seed + 1, side=800, prefix="t")
    if points:
        carrier = support(shapely.points(rng.uniform(0, 1000, (60, 2))), rng.uniform(0, 9, 60))
    else:
        carrier = grid(12, 12).assign(ind=rng.uniform(0, 9, 144))
    counts = pd.DataFrame({"v": rng.uniform(0, 9, len(source))}, index=source.index)
    p = passage.by_support(source, target, carrier)
    assert p.verify(counts).balanced.all()
    table = p.apply(counts)
    assert ((table.low <= table.value) & (table.value <= table.high)).all()


def test_a_uniform_support_is_plain_area() -> None:
    source, target = mesh(5, 5, 1), mesh(3, 3, 2, prefix="t")
    even = grid(10, 10).assign(ind=1.0)
    by_cells, by_area_alone = (
        passage.by_support(source, target, even),
        passage.by_area(source, target),
    )
    np.testing.assert_allclose(by_cells.weights.weight, by_area_alone.weights.weight, atol=1e-9)


@pytest.mark.parametrize(
    ("carrier", "error", "word"),
    [
        (support(shapely.points([500], [500]), [1.0]), PassageError, "dans aucune source"),
        (support(shapely.points([5], [5]), [0.0]), PassageError, "dans aucune source"),
        (support(shapely.points([5], [5]), [-1.0]), PassageError, "négatif"),
        (support(shapely.points([5], [5]), [np.nan]), PassageError, "vide"),
        (support(shapely.points([5], [5]), ["trois"]), PassageError, "nombres"),
        (support(shapely.points([5], [5]), [1.0]).to_crs(4326), CRSError, "4326"),
        (
            support([shapely.Point(5, 5), shapely.box(0, 0, 1, 1)], [1.0, 1.0]),
            InvalidGeometryError,
            "point",
        ),
        (support([shapely.LineString([(0, 0), (1, 1)])], [1.0]), InvalidGeometryError, "ligne"),
    ],
)
def test_bad_supports_are_refused(carrier: Any, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        passage.by_support(SOURCE, TARGET, carrier)


def test_an_unknown_weight_column_names_the_nearest() -> None:
    doors = support(shapely.points([5], [5]), [1.0])
    with pytest.raises(UnknownNameError, match="ind"):
        passage.by_support(SOURCE, TARGET, doors, "indd")


def test_a_support_needs_no_codes() -> None:
    """Filtered, put together from several files, indexed by numbers: nothing names its rows."""
    doors = support(shapely.points([2, 15, 16], [5, 5, 5]), [6.0, 1.0, 1.0])
    expected = passage.by_support(SOURCE, TARGET, doors).weights
    for index in ([7, 3, 5], [1, 1, 1], ["a", "a", "b"], [np.nan, "a", ""], [("a", 1)] * 3):
        same = doors.set_axis(pd.Index(index), axis=0)
        pd.testing.assert_frame_equal(passage.by_support(SOURCE, TARGET, same).weights, expected)
    with pytest.raises(PassageError, match="pour l’élément 1 du"):
        passage.by_support(SOURCE, TARGET, doors.assign(ind=[1, -1, 1]).set_axis([4, 4, 4]))


def test_columns_of_other_years_are_known_whatever_their_capitals() -> None:
    doors = support(shapely.points([2, 15], [5, 5]), [3.0, 1.0]).rename(columns={"ind": "Ind"})
    for name in ("i_est_200", "I_est_cr", "I_est_1km", "i_est"):
        for flags in ([1, 0], [True, False], ["1", "0"], [1.0, np.nan]):
            p = passage.by_support(SOURCE, TARGET, doors.assign(**{name: flags}))
            assert p.quality["imputed"].to_dict() == {"q": 1.0, "r": 0.0}
            assert p.parameters["imputed"] == name
    with pytest.raises(PassageError, match="i_est_200"):
        passage.by_support(SOURCE, TARGET, doors.assign(i_est_200=["oui", "non"]))


def test_a_point_on_the_corner_of_everything_is_not_lost() -> None:
    # By code alone the point would go to source « a » and target « X », which do not meet.
    source = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["b", "a"])
    target = squares((0, 0, 10, 5), (0, 5, 10, 10), (10, 0, 20, 10), codes=["X", "Y", "Z"])
    doors = support(shapely.points([10, 15, 5], [5, 5, 2]), [4.0, 1.0, 1.0])
    p = passage.by_support(source, target, doors)
    assert p.outside.tolist() == [0.0, 0.0]
    carried = p.apply(pd.Series({"a": 10.0, "b": 10.0})).value
    assert carried.sum() == 20.0


@settings(max_examples=cases(15), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_mass_is_conserved_far_from_the_origin(seed: int) -> None:
    """Where coordinates have seven digits, the engine's areas miss by more than 1e-12."""
    rng = np.random.default_rng(seed)
    source, target = mesh(5, 4, seed), mesh(3, 3, seed + 1, prefix="t")
    x, y = rng.uniform(0, 950, (2, 40))
    boxes = shapely.box(x, y, x + rng.uniform(1, 80, 40), y + rng.uniform(1, 80, 40))
    layers = (source, target, support(boxes, rng.integers(0, 9, 40).astype(float)))
    p = passage.by_support(*(f.set_geometry(f.translate(7e5, 6.2e6)) for f in layers))
    assert p.verify().balanced.all()
    counts = pd.DataFrame({"v": rng.uniform(0, 1e6, len(source))}, index=source.index)
    assert p.verify(counts).balanced.all()
    assert (p.outside < 1e-9).all()


def test_places_that_all_lie_whole_in_targets_are_carried_whole() -> None:
    target = squares((0, 0, 20, 10), (20, 0, 40, 10), codes=["p", "q"])
    source = squares((0, 0, 10, 10), (20, 0, 30, 10), codes=["a", "b"])
    p = passage.by_support(
        source, target, support(shapely.box([0, 10, 20, 30], 0, [10, 20, 30, 40], 10), [1.0] * 4)
    )
    assert p.weights[["source", "target", "weight"]].to_numpy().tolist() == [
        ["a", "p", 1.0],
        ["b", "q", 1.0],
    ]
    assert p.coverage.to_dict() == {"p": 0.5, "q": 0.5}


def test_cells_that_stand_on_a_side_two_territories_share_are_counted_where_they_lie() -> None:
    """What two polygons have in common may be a square and a line: the line holds nobody."""
    stair = shapely.Polygon([(0, 0), (40, 0), (40, 20), (20, 20), (20, 40), (0, 40)])
    source = squares((0, 0, 1, 1), codes=["s"]).set_geometry([stair])
    target = squares((20, 0, 40, 40), (0, 0, 20, 40), codes=["p", "q"])
    cells = shapely.box([15, 5, 25], [25, 5, 5], [25, 15, 35], [35, 15, 15])
    p = passage.by_support(source, target, support(cells, [8.0, 3.0, 1.0]))
    assert p.weights.set_index("target").weight.to_dict() == {
        "p": pytest.approx(1 / 8),
        "q": pytest.approx(7 / 8),
    }


@settings(max_examples=cases(20), deadline=None)
@given(seed=st.integers(0, 10**6), points=st.booleans())
def test_every_share_is_that_of_the_engine(*, seed: int, points: bool) -> None:
    """Zonings drawn on the cells of the support, where edges, sides and middles meet."""
    rng = np.random.default_rng(seed)

    def zoning(prefix: str) -> gpd.GeoDataFrame:
        size = int(rng.integers(2, 7))
        cells = grid(size, size, side=1200.0).geometry.to_numpy()
        part = rng.integers(0, 6, len(cells))
        shapes = [shapely.union_all(cells[part == each], grid_size=1e-6) for each in set(part)]
        codes = [f"{prefix}{rank}" for rank in range(len(shapes))]
        return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=SOURCE.crs)

    source, target = zoning("s"), zoning("t").iloc[:4]
    carried = rng.integers(1, 9, 64).astype(float)
    if points:
        shapes = shapely.points(rng.uniform(0, 1200, (64, 2)))
    else:
        shapes = grid(8, 8, side=1200.0).geometry.to_numpy()
    p = passage.by_support(source, target, support(shapes, carried))
    wanted = np.zeros((len(source), len(target)))
    for s, home in enumerate(source.geometry):
        held = shapely.intersection(shapes, home)
        for t, away in enumerate(target.geometry):
            both = shapely.intersection(held, away)
            part = ~shapely.is_empty(both) if points else shapely.area(both) / 150.0**2
            wanted[s, t] = (carried * part).sum()
        total = carried * (~shapely.is_empty(held) if points else shapely.area(held) / 150.0**2)
        wanted[s] /= total.sum() or 1.0
    ours = np.zeros(wanted.shape)
    at = source.index.get_indexer(p.weights.source), target.index.get_indexer(p.weights.target)
    ours[at] = p.weights.weight
    filled = wanted.sum(axis=1) > 0
    np.testing.assert_allclose(ours[filled], wanted[filled], atol=1e-6)
