from typing import Any

import numpy as np
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import grid, mesh, squares, star

from observatoire import passage
from observatoire.passage.geometry.grid import recognise_grid, sweep


def cells_of(layer: Any) -> Any:
    return np.asarray(layer.geometry.array)


@settings(max_examples=cases(30), deadline=None)
@given(seed=st.integers(0, 10**6), kept=st.integers(1, 48))
def test_sweep_gives_the_areas_of_the_geometry_engine(seed: int, kept: int) -> None:
    rng = np.random.default_rng(seed)
    cells = cells_of(grid(8, 6, side=8.0))[rng.permutation(48)[:kept]]
    targets = np.array(
        [star(rng, int(rng.integers(3, 40)), rng.uniform(-2, 10, 2), 5.0) for _ in range(4)]
    )
    found = recognise_grid(cells)
    if found is None:  # a single cell far away still makes a grid; anything else is a fault
        pytest.fail("cells of a grid were not recognised")
    cell, target, area = sweep(found, targets)
    matrix = np.zeros((kept, 4))
    matrix[cell, target] = area
    expected = shapely.area(shapely.intersection(cells[:, None], targets[None, :]))
    np.testing.assert_allclose(matrix, expected, atol=1e-11)


def test_whole_cells_are_exactly_whole() -> None:
    cells = cells_of(grid(10, 10))
    cell, _, area = sweep(recognise_grid(cells), np.array([shapely.box(-5, -5, 2000, 2000)]))
    assert len(cell) == 100
    assert (area == 100.0 * 100.0).all()


def test_targets_outside_the_grid_meet_nothing() -> None:
    cells = cells_of(grid(4, 4))
    far = np.array([shapely.box(5000, 5000, 6000, 6000), shapely.box(0, 2000, 10, 2100)])
    assert len(sweep(recognise_grid(cells), far)[0]) == 0


def test_a_target_that_stands_over_the_grid_only_counts_inside() -> None:
    cells = cells_of(grid(2, 2, side=2.0))
    cell, _, area = sweep(recognise_grid(cells), np.array([shapely.box(-1, 1.5, 3, 9)]))
    assert dict(zip(cell.tolist(), area.tolist(), strict=True)) == {1: 0.5, 3: 0.5}


def test_many_targets_in_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, targets = cells_of(grid(20, 20)), cells_of(mesh(5, 5, 1))
    whole = sweep(recognise_grid(cells), targets)
    monkeypatch.setattr("observatoire.passage.geometry.grid._CELLS_AT_ONCE", 10)
    pieces = sweep(recognise_grid(cells), targets)
    for expected, found in zip(whole, pieces, strict=True):
        np.testing.assert_array_equal(expected, found)


def test_corners_in_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, targets = cells_of(grid(20, 20)), cells_of(mesh(5, 5, 1))
    whole = sweep(recognise_grid(cells), targets)
    monkeypatch.setattr("observatoire.passage.geometry.grid._CORNERS_AT_ONCE", 7)
    monkeypatch.setattr("observatoire.passage.geometry.grid._MANY_CORNERS", 0)
    for expected, found in zip(whole, sweep(recognise_grid(cells), targets), strict=True):
        np.testing.assert_array_equal(expected, found)


def test_corners_on_the_lines_of_the_grid() -> None:
    cells = cells_of(grid(4, 4, side=4.0))
    diamond = shapely.Polygon([(2, 0), (4, 2), (2, 4), (0, 2)])
    holed = diamond.difference(shapely.box(1, 1, 3, 3))
    targets = np.array([diamond, diamond.reverse(), holed, shapely.box(-1, 1, 2, 5)])
    cell, target, area = sweep(recognise_grid(cells), targets)
    matrix = np.zeros((16, 4))
    matrix[cell, target] = area
    np.testing.assert_array_equal(
        matrix, shapely.area(shapely.intersection(cells[:, None], targets[None, :]))
    )


def test_a_layer_read_in_several_times_is_one_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("observatoire.passage.geometry.grid._READ_AT_ONCE", 3)
    cells = cells_of(grid(4, 2, side=4.0))
    found = recognise_grid(cells)
    assert found is not None
    assert list(zip(found.columns.tolist(), found.rows.tolist(), strict=True)) == [
        (k // 2, k % 2) for k in range(8)
    ]
    odd = cells.copy()
    odd[7] = shapely.Polygon([(3, 1), (4, 1), (4, 2), (3.5, 1.5)])
    assert recognise_grid(odd) is None


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(cells_of(mesh(3, 3, 0)), id="irregular"),
        pytest.param(shapely.box([0, 1], [0, 0], [1, 3], [1, 1]), id="two sizes"),
        pytest.param(shapely.box([0, 1], [0, 0.5], [1, 2], [1, 1.5]), id="out of line"),
        pytest.param(shapely.box([0, 0], [0, 0], [1, 1], [1, 1]), id="repeated"),
        pytest.param(
            np.array([shapely.Polygon([(0, 0), (2, 0), (2, 2), (1, 1)])]), id="not square"
        ),
        pytest.param(np.array([shapely.Point(0, 0)]), id="a point"),
        pytest.param(np.array([], dtype=object), id="nothing"),
    ],
)
def test_what_is_not_a_grid_is_not_taken_for_one(shapes: Any) -> None:
    assert recognise_grid(shapes) is None


def test_a_grid_is_recognised_whatever_the_winding_and_the_first_corner() -> None:
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    turned = [shapely.Polygon((corners[k:] + corners[:k])[:: 1 if k % 2 else -1]) for k in range(4)]
    shapes = np.array(
        [shapely.transform(p, lambda c, k=k: c + np.array([k, 0])) for k, p in enumerate(turned)]
    )
    assert recognise_grid(shapes).columns.tolist() == [0, 1, 2, 3]


def test_a_few_cells_far_apart_are_not_swept() -> None:
    cells = shapely.box([0, 1e5], [0, 1e5], [1, 1e5 + 1], [1, 1e5 + 1])
    assert recognise_grid(cells) is None
    assert recognise_grid(shapely.box([0, 900], [0, 900], [1, 901], [1, 901])) is not None


def test_cells_that_miss_their_lines_by_more_than_rounding_are_measured_one_by_one() -> None:
    """Swept as if in line, a cell that lies wholly in a target would seem to be split."""
    side = 100.0 + 1e-7
    shaken = squares((0, 0, side, 100), (side, 0, 200, 100), codes=["a", "b"])
    assert recognise_grid(np.asarray(shaken.geometry.array)) is None
    p = passage.by_area(shaken, squares((0, 0, 100, 100), (100, 0, 200, 100), codes=["X", "Y"]))
    assert p.weights.set_index(["source", "target"]).link["b", "Y"] == "proche"
