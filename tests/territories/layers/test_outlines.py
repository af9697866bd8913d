"""A point that is nowhere is refused, mended or not; so is an outline that nothing mends."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from built_workspace import says

from observatoire.errors import InvalidGeometryError
from observatoire.territories.layers.outlines import check_shapes

GOOD = shapely.box(704000, 1614000, 705000, 1615000)
WHERE = Path("q.shp")


@pytest.mark.parametrize("far", [1e300, -1e308, 1e18, 1e9, math.inf, math.nan])
@pytest.mark.parametrize("repair", [False, True])
def test_a_point_that_is_nowhere(far: float, *, repair: bool) -> None:
    crossed = shapely.Polygon([(0, 0), (1, 1), (1, 0), (far, 1)])
    with pytest.raises(InvalidGeometryError) as caught:
        check_shapes(gpd.GeoSeries({"Q1": GOOD, "Q2": crossed}), WHERE, repair=repair)
    says(caught.value, "q.shp", "nulle part sur Terre", "Q2")
    assert caught.value.data["codes"] == ["Q2"]


def test_an_outline_around_nothing_is_not_mended() -> None:
    flat = shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])
    with pytest.raises(InvalidGeometryError) as caught:
        check_shapes(gpd.GeoSeries({"Q1": GOOD, "Q2": flat}), WHERE, repair=True)
    says(caught.value, "ne se répare pas", "Q2")
