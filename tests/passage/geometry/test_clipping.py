from typing import Any

import numpy as np
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import star

from observatoire.passage.geometry import clipping


def clipped(left: Any, right: Any) -> Any:
    left, right = np.asarray(left), np.asarray(right)
    origin = shapely.bounds(left)[:, :2].min(axis=0)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(len(left)), np.arange(len(right))))
    edges = clipping.columns_of(left, origin), clipping.stretches_of(right, origin)
    return clipping.clipped_areas(*edges, i, j), shapely.area(
        shapely.intersection(left[i], right[j])
    )


@settings(max_examples=cases(30), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_areas_are_those_of_the_geometry_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left = [star(rng, int(rng.integers(3, 30)), rng.uniform(0, 4, 2), 2.0) for _ in range(6)]
    right = [star(rng, int(rng.integers(3, 90)), rng.uniform(0, 4, 2), 3.0) for _ in range(6)]
    ours, theirs = clipped(left, right)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_polygon_shares_its_whole_area_with_itself() -> None:
    rng = np.random.default_rng(0)
    for corners in (3, 10, 50):
        polygon = star(rng, corners, (0, 0), 5.0)
        ours, _ = clipped([polygon], [polygon])
        assert ours[0] == pytest.approx(polygon.area, rel=1e-13)


def test_squares_that_touch_by_a_side_or_a_corner_share_nothing() -> None:
    ours, _ = clipped([shapely.box(0, 0, 1, 1)], [shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 2)])
    assert ours.tolist() == [0.0, 0.0]


def test_winding_of_rings_does_not_matter() -> None:
    square = shapely.Polygon([(0, 0), (0, 2), (2, 2), (2, 0)])
    holed = shapely.Polygon(
        [(0, 0), (2, 0), (2, 2), (0, 2)], [[(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)]]
    )
    turned = shapely.Polygon(
        [(0, 0), (0, 2), (2, 2), (2, 0)], [[(0.5, 0.5), (0.5, 1.5), (1.5, 1.5), (1.5, 0.5)]]
    )
    ours, _ = clipped([square], [holed, turned])
    assert ours.tolist() == [3.0, 3.0]


def test_parts_of_a_multipolygon_add_up() -> None:
    both = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)])
    ours, _ = clipped([both], [shapely.box(0.5, 0, 3.5, 1)])
    assert ours.tolist() == [1.0]


def test_far_from_the_origin_areas_keep_their_digits() -> None:
    shift = 1_600_000.0
    left = shapely.box(shift, shift, shift + 200, shift + 200)
    right = shapely.Polygon([(shift, shift), (shift + 200, shift), (shift, shift + 200)])
    ours, _ = clipped([left], [right])
    assert ours[0] == pytest.approx(20_000, rel=1e-12)


def test_blocks_do_not_change_the_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    left = [star(rng, 20, rng.uniform(0, 4, 2), 2.0) for _ in range(20)]
    right = [star(rng, 50, rng.uniform(0, 4, 2), 3.0) for _ in range(20)]
    whole, _ = clipped(left, right)
    monkeypatch.setattr(clipping, "_AT_ONCE", 100)
    pieces, _ = clipped(left, right)
    np.testing.assert_allclose(pieces, whole, atol=1e-13)


def test_lids_and_columns_do_not_change_the_outcome() -> None:
    # Outlines of many corners around small ones: most runs are far above or far below.
    rng = np.random.default_rng(5)
    left = [star(rng, 40, rng.uniform(-3, 3, 2), 0.5) for _ in range(40)]
    right = [star(rng, 900, rng.uniform(-1, 1, 2), 4.0) for _ in range(5)]
    ours, theirs = clipped(left, right)
    assert (theirs > 0).sum() > 50
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
