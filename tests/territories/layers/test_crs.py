"""Reference systems: recognised by where the numbers fall."""

import pytest
from pyproj import CRS, Transformer

from observatoire.territories.layers.crs import known_systems, metric_system, systems_like

PLACES = {
    "EPSG:5490": (-61.07, 14.61),  # Fort-de-France
    "EPSG:2972": (-52.33, 4.93),  # Cayenne
    "EPSG:2975": (55.45, -20.88),  # Saint-Denis
    "EPSG:4471": (45.23, -12.78),  # Mamoudzou
    "EPSG:2154": (1.44, 43.60),  # Toulouse
}


@pytest.mark.parametrize(("code", "place"), PLACES.items())
def test_each_place_has_its_official_metric_system(code: str, place: tuple[float, float]) -> None:
    x, y = place
    found = metric_system(CRS("EPSG:4326"), [x, y, x, y])
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("code", "place"), PLACES.items())
def test_bare_metric_numbers_look_like_their_system(code: str, place: tuple[float, float]) -> None:
    x, y = Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(*place)
    looks = [system.code for system in systems_like([x - 500, y - 500, x + 500, y + 500], code)]
    assert code in looks
    assert "EPSG:4326" not in looks


def test_degrees_look_like_degrees_alone() -> None:
    looks = systems_like([-61.2, 14.4, -60.8, 14.9], "EPSG:5490")
    assert [system.code for system in looks] == ["EPSG:4326"]


def test_numbers_from_nowhere_look_like_nothing() -> None:
    assert systems_like([float("nan")] * 4) == []
    assert metric_system(CRS("EPSG:4326"), [0, 89, 0, 89]) is None


def test_every_system_of_the_table_exists_and_metric_ones_are_in_metres() -> None:
    for system in known_systems():
        crs = CRS(system.code)
        assert crs.area_of_use is not None
        if system.metric:
            assert crs.axis_info[0].unit_name == "metre"
            assert system.places
