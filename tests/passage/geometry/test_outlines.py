from typing import Any

import numpy as np
import pytest
import shapely
from layers_made import mesh, squares

from observatoire import passage
from observatoire.passage.geometry.outlines import clear_of, outline


def outline_of(layer: Any) -> Any:
    shapes = np.asarray(layer.geometry.array)
    return outline(shapes, shapely.area(shapes))


def test_inner_edges_cancel_out() -> None:
    assert len(outline_of(mesh(4, 4, 0)).segments) == 16


def test_an_overlap_is_never_cleared() -> None:
    assert outline_of(squares((0, 0, 2, 2), (1, 1, 3, 3))) is None
    assert outline_of(squares((0, 0, 3, 3), (1, 1, 2, 2))) is None
    assert outline_of(squares((0, 0, 2, 2), (0, 0, 2, 2))) is None
    assert outline_of(squares((0, 0, 2, 2), (0, 0, 2, 1))) is None


def test_a_hole_that_nobody_fills_is_no_overlap() -> None:
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    layer = squares((5, 5, 6, 6))
    layer.geometry = [ring]
    assert outline_of(layer) is not None


def test_a_hole_that_another_fills_is_no_overlap() -> None:
    layer = squares((0, 0, 3, 3), (1, 1, 2, 2))
    layer.geometry = [
        shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)),
        shapely.box(1, 1, 2, 2),
    ]
    found = outline_of(layer)
    assert len(found.segments) == 4


def test_clear_means_on_one_side_whole() -> None:
    found = outline_of(squares((0, 0, 10, 10), (10, 0, 20, 10)))
    shapes = np.array(
        [
            shapely.box(1, 1, 2, 2),
            shapely.box(9, 1, 11, 2),
            shapely.box(19, 1, 21, 2),
            shapely.box(30, 1, 31, 2),
            shapely.MultiPolygon([shapely.box(1, 1, 2, 2), shapely.box(30, 1, 31, 2)]),
        ]
    )
    assert clear_of(found, shapes).tolist() == [True, True, False, True, False]


def test_an_outline_in_several_rings_is_told_too() -> None:
    apart = outline_of(squares((0, 0, 1, 1), (1, 0, 2, 1), (10, 0, 11, 1)))
    assert len(apart.segments) == 10


def test_rings_walked_in_opposite_ways_are_told_too() -> None:
    layer = squares((0, 0, 1, 1), (1, 0, 2, 1))
    layer.geometry = [layer.geometry.iloc[0], layer.geometry.iloc[1].reverse()]
    assert len(outline_of(layer).segments) == 6


def test_a_sliver_of_overlap_between_detailed_outlines_is_seen() -> None:
    layer = mesh(3, 3, 0)
    shapes = np.asarray(layer.geometry.array).copy()
    shapes[4] = shapely.buffer(shapes[4], 0.01 * np.sqrt(shapely.area(shapes[4])))
    assert outline(shapes, shapely.area(shapes)) is None


def test_edges_that_defeat_the_engine_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def defeated(*_: object) -> None:
        raise shapely.errors.GEOSException

    apart = squares((0, 0, 1, 1), (10, 0, 11, 1))
    shapes = np.asarray(apart.geometry.array)
    assert outline(shapes, shapely.area(shapes)) is not None
    # Seen where outlines cut apart all but touch; no smaller layer was found to do it.
    monkeypatch.setattr(shapely, "build_area", defeated)
    assert outline(shapes, shapely.area(shapes)) is None
    assert passage.by_area(apart, apart).verify().balanced.all()
