from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import star

from observatoire import passage
from observatoire.passage.geometry.outlines import clear_of, outline
from observatoire.passage.geometry.overlay import intersect


def areas(sources: Any, targets: Any) -> Any:
    """Area of every pair, measured by us and by the engine."""
    sources, targets = np.asarray(sources), np.asarray(targets)
    i, j, area = intersect(sources, targets, shapely.area(sources))
    ours = np.zeros((len(sources), len(targets)))
    ours[i, j] = area
    return ours, shapely.area(shapely.intersection(sources[:, None], targets[None, :]))


@settings(max_examples=cases(20), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_pair_is_measured_as_by_the_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources = [star(rng, int(rng.integers(3, 30)), rng.uniform(-6, 6, 2), 0.4) for _ in range(60)]
    targets = [star(rng, int(rng.integers(3, 400)), rng.uniform(-4, 4, 2), 3.0) for _ in range(4)]
    targets.append(targets[0].difference(shapely.box(-1, -1, 1, 1)))
    targets.append(shapely.union(targets[1], shapely.box(20, 20, 21, 21)))
    ours, theirs = areas(sources, targets)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_source_that_no_edge_comes_near_is_whole_or_nothing() -> None:
    ring = shapely.box(0, 0, 90, 90).difference(shapely.box(30, 30, 60, 60))
    parts = shapely.MultiPolygon([shapely.box(5, 5, 6, 6), shapely.box(80, 80, 81, 81)])
    ours, _ = areas(
        [shapely.box(40, 40, 50, 50), shapely.box(5, 40, 15, 50), shapely.box(95, 1, 96, 2), parts],
        [ring],
    )
    assert ours[:, 0].tolist() == [0.0, 100.0, 0.0, pytest.approx(2.0, rel=1e-14)]


@settings(max_examples=cases(20), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_outlines_of_squares_are_measured_as_by_the_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    targets = []
    for size in rng.integers(3, 40, 5):
        x, y = rng.integers(0, 8, (2, size)).astype(float)
        targets.append(shapely.union_all(shapely.box(x, y, x + 1, y + 1)))
    x, y = rng.uniform(-0.5, 8.5, (2, 60))
    half = rng.uniform(0.05, 0.6, 60)
    sources = shapely.box(x - half, y - half, x + half, y + half)
    sources[:20] = shapely.buffer(shapely.points(x[:20], y[:20]), half[:20], quad_segs=3)
    ours, theirs = areas(sources, targets)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("side", [0.0, 8.0])
def test_an_upright_edge_between_two_runs_is_seen(side: float) -> None:
    there = [(float(x), 0.0) for x in range(9)]
    target = shapely.Polygon(there + [(x, 10.0) for x, _ in reversed(there)])
    ours, _ = areas([shapely.box(side - 0.5, 4.5, side + 0.5, 5.5)], [target])
    assert ours.tolist() == [[0.5]]


@settings(max_examples=cases(15), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_spared_of_a_zoning_is_measured_as_by_the_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = (part.ravel().astype(float) for part in np.meshgrid(range(8), range(6)))
    squares = shapely.box(x, y, x + 1, y + 1)
    part = rng.integers(0, 5, 48)  # the fifth is not kept: bays, and holes of the zoning
    zoning = np.array([shapely.union_all(squares[part == each]) for each in range(4)])
    found = outline(zoning, shapely.area(zoning))
    sources = [star(rng, int(rng.integers(3, 12)), rng.uniform(0, 8, 2), 0.4) for _ in range(60)]
    sources.append(shapely.box(-3, -3, 11, 9).difference(shapely.box(-1, -1, 9, 7)))
    sources = np.asarray(sources)
    clear = clear_of(found, sources)
    i, j, area = intersect(sources, zoning, shapely.area(sources), clear=clear)
    ours = np.zeros((len(sources), 4))
    ours[i, j] = area
    theirs = shapely.area(shapely.intersection(sources[:, None], zoning[None, :]))
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_territory_in_a_bay_or_a_hole_of_the_targets_is_in_none() -> None:
    bay = shapely.Polygon(
        [(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)]
    )
    ring = shapely.box(30, 0, 60, 30).difference(shapely.box(40, 10, 50, 20))
    targets = gpd.GeoDataFrame(geometry=[bay, ring], index=["bay", "ring"], crs=2154)
    near = [shapely.box(12, 15, 18, 25), shapely.box(42, 12, 48, 18), shapely.box(1, 1, 9, 9)]
    sources = gpd.GeoDataFrame(geometry=near, index=["in bay", "in hole", "in"], crs=2154)
    carried = passage.by_area(sources, targets)
    assert carried.weights[["source", "target", "weight"]].to_numpy().tolist() == [
        ["in", "bay", 1.0]
    ]
    assert carried.outside.to_dict() == {"in bay": 1.0, "in hole": 1.0, "in": 0.0}


@pytest.mark.parametrize("shift", [1.0, 1.0 + 1e-7, 50.0])
def test_layers_side_by_side_share_nothing(shift: float) -> None:
    ours, _ = areas([shapely.box(0, 0, 1, 1)], [shapely.box(shift, 0, shift + 1, 1)])
    assert ours.tolist() == [[0.0]]
