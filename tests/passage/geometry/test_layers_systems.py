"""Projections that stretch areas measure nothing, and the one to use is named."""

import geopandas as gpd
import pytest
import shapely

from observatoire import passage
from observatoire.errors import CRSError
from observatoire.territories.layers.crs import known_systems

MARTINIQUE = gpd.GeoDataFrame(
    geometry=shapely.box([705_000, 706_000], 1_615_000, [706_000, 707_000], 1_616_000),
    index=["a", "b"],
    crs=5490,
)
GUYANE = gpd.GeoDataFrame(
    geometry=[shapely.box(352_000, 544_000, 353_000, 545_000)], index=["a"], crs=2972
)


@pytest.mark.parametrize(
    "crs",
    [
        pytest.param("EPSG:3857", id="Web Mercator"),
        pytest.param("EPSG:3785", id="the older one"),
        pytest.param("EPSG:3395", id="World Mercator"),
        pytest.param("EPSG:4087", id="plate carrée in metres"),
        pytest.param("ESRI:54030", id="Robinson"),
        pytest.param("EPSG:3034", id="the conformal Europe, far from home"),
        pytest.param("EPSG:2154", id="Lambert-93, far from France"),
        pytest.param("+proj=merc +units=m", id="without a code"),
    ],
)
def test_a_projection_that_stretches_areas_is_refused(crs: str) -> None:
    layer = MARTINIQUE.to_crs(crs)
    with pytest.raises(CRSError, match=r"surfaces sont déformées.*5490"):
        passage.by_area(layer, layer)


def test_it_is_refused_where_it_stretches_little() -> None:
    layer = GUYANE.to_crs(3857)  # half a per cent there, and another per cent elsewhere
    with pytest.raises(CRSError, match="2972"):
        passage.by_area(layer, layer)


@pytest.mark.parametrize("crs", ["EPSG:5490", "EPSG:32620", "EPSG:2973", "EPSG:6933"])
def test_one_that_shows_areas_true_is_measured(crs: str) -> None:
    layer = MARTINIQUE.to_crs(crs)
    assert passage.by_area(layer, layer).weights["weight"].tolist() == [1.0, 1.0]


def test_every_official_system_shows_areas_true() -> None:
    for system in known_systems():
        if system.metric:
            layer = gpd.GeoDataFrame(
                geometry=[shapely.box(0, 0, 9, 9)], index=["a"], crs=system.code
            )
            assert len(passage.by_area(layer, layer).weights) == 1


def test_a_support_is_refused_as_well() -> None:
    doors = gpd.GeoDataFrame(
        {"ind": [1.0]}, geometry=shapely.points([705_500], [1_615_500]), crs=5490
    )
    with pytest.raises(CRSError, match=r"support.*5490"):
        passage.by_support(MARTINIQUE, MARTINIQUE, doors.to_crs(3857))
