"""Outlines drawn by hand overlap a little: what lies there is shared, and said; more is refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from layers_made import CRS, squares

from observatoire import passage
from observatoire.errors import CrossingGeometryError, OverlapError

SOURCE = squares((0, 0, 100, 100), (100, 0, 200, 100), codes=["a", "b"])
PEOPLE = pd.DataFrame({"population": [10.0, 20.0]}, index=["a", "b"])


@pytest.mark.parametrize("overlap", [0.01, 0.09, 0.00001])
def test_targets_that_overlap_by_centimetres_are_shared(overlap: float) -> None:
    target = squares((0, 0, 100 + overlap, 100), (100, 0, 200, 100), codes=["X", "Y"])
    p = passage.by_area(SOURCE, target)
    assert p.verify().balanced.all()
    assert p.outside.tolist() == [0.0, 0.0]
    assert p.apply(PEOPLE)["value"].sum() == pytest.approx(30.0, rel=1e-12)
    assert any("X et Y" in remark and "partagé" in remark for remark in p.remarks)
    clean = passage.by_area(SOURCE, target, sliver=0.01)
    assert clean.apply(PEOPLE)["status"].tolist() == ["aggregated", "aggregated"]


def test_sources_that_overlap_by_centimetres_count_each_person_once() -> None:
    source = squares((0, 0, 100.02, 100), (100, 0, 200, 100), codes=["a", "b"])
    p = passage.by_area(source, squares((0, 0, 100, 100), (100, 0, 200, 100), codes=["X", "Y"]))
    assert p.verify().balanced.all()
    assert p.coverage.tolist() == [1.0, 1.0]
    assert "a et b" in p.remarks[0]


def test_a_source_that_lies_in_the_overlap_is_shared_between_both() -> None:
    source = squares((99.98, 0, 100, 10), (0, 0, 99.98, 10), codes=["between", "left"])
    target = squares((0, 0, 100, 100), (99.95, 0, 200, 100), codes=["X", "Y"])
    p = passage.by_area(source, target)
    shared = p.weights.set_index(["source", "target"])["weight"]
    assert shared["between", "X"] == pytest.approx(0.5)
    assert shared["between", "Y"] == pytest.approx(0.5)


def test_people_who_live_in_the_overlap_are_counted_once() -> None:
    doors = gpd.GeoDataFrame(
        {"ind": [1.0, 2.0, 5.0]}, geometry=shapely.points([50, 100.005, 150], [5, 5, 5]), crs=CRS
    )
    target = squares((0, 0, 100.01, 100), (100, 0, 200, 100), codes=["X", "Y"])
    p = passage.by_support(SOURCE, target, doors)
    assert p.verify().balanced.all()
    assert p.apply(PEOPLE)["value"].sum() == pytest.approx(30.0, rel=1e-12)


def test_outlines_that_only_touch_are_said_of_nothing() -> None:
    assert passage.by_area(SOURCE, SOURCE).remarks == ()
    rng = np.random.default_rng(0)
    ring = np.sort(rng.uniform(0, 100, 50))
    jagged = shapely.Polygon([(0, 0), *((100, y) for y in ring), (100, 100), (0, 100)])
    target = gpd.GeoDataFrame(
        geometry=[jagged, shapely.box(100, 0, 200, 100)], index=["X", "Y"], crs=CRS
    )
    assert passage.by_area(SOURCE, target).remarks == ()


@pytest.mark.parametrize("overlap", [0.2, 50.0])
def test_more_than_a_thousandth_is_refused(overlap: float) -> None:
    target = squares((0, 0, 100 + overlap, 100), (100, 0, 200, 100), codes=["X", "Y"])
    with pytest.raises(OverlapError, match="« X » et « Y »"):
        passage.by_area(SOURCE, target)


def test_sources_may_overlap_out_of_reach_of_the_targets_unless_people_are_found_there() -> None:
    """Surfaces that no target meets are shared with nobody; a door there would count in two sources."""
    source = squares(
        (0, 0, 100, 100), (500, 0, 600, 100), (550, 0, 650, 100), codes=["a", "far", "further"]
    )
    target = squares((0, 0, 50, 100), codes=["X"])
    p = passage.by_area(source, target)
    assert p.weights[["source", "weight"]].to_numpy().tolist() == [["a", 0.5]]
    assert p.outside.to_dict() == {"a": 0.5, "far": 1.0, "further": 1.0}
    doors = gpd.GeoDataFrame({"ind": [1.0]}, geometry=shapely.points([[10.0, 5.0]]), crs=CRS)
    with pytest.raises(OverlapError):
        passage.by_support(source, target, doors)
    with pytest.raises(OverlapError):
        passage.by_area(source, squares((0, 0, 560, 100), codes=["X"]))


BOW = shapely.Polygon([(500, 0), (600, 100), (600, 0), (500, 100)])


def test_an_outline_that_crosses_itself_out_of_reach_harms_nobody() -> None:
    layer = squares((0, 0, 100, 100), (500, 0, 600, 100), codes=["a", "far"])
    layer.loc[["far"], "geometry"] = [BOW]
    p = passage.by_area(layer, squares((0, 0, 50, 100), codes=["t"]))
    assert p.outside.to_dict() == {"a": 0.5, "far": 1.0}
    with pytest.raises(CrossingGeometryError, match="far"):
        passage.by_area(layer, squares((0, 0, 550, 100), codes=["t"]))


@given(st.integers(0, 2**32 - 1))
def test_scattered_territories_are_told_apart_as_a_look_at_each_pair_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 400, (90, 2))
    layer = squares(*((x, y, x + 4, y + 4) for x, y in corners.tolist()))
    boxes = np.asarray(layer.geometry.array)
    shared = np.triu(shapely.area(shapely.intersection(boxes[:, None], boxes[None, :])), 1)
    target = squares((0, 0, 500, 500), codes=["t"])
    if (shared > 0).any():
        with pytest.raises(OverlapError):
            passage.by_area(layer, target)
    else:
        assert passage.by_area(layer, target).weights["weight"].eq(1.0).all()
