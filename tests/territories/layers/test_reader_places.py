"""Where a layer lies: a zip's folders, another place, namesakes, a wrong system given away by its codes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from built_workspace import Place, dump, says
from shapely.geometry import box

from observatoire.errors import CRSError, UnknownTerritoryError
from observatoire.territories import Matcher
from observatoire.territories.layers.reader import read_layer

if TYPE_CHECKING:
    from pathlib import Path

    import shapely

METRIC = "EPSG:5490"
QUARTIERS = Matcher({"Q1": "Centre-ville", "Q2": "Dillon"}, "quartier")
X, Y = 705_000.0, 1_616_000.0


def squares(count: int, x: float = X, y: float = Y) -> list[shapely.Polygon]:
    return [box(x + 100 * at, y, x + 100 * at + 90, y + 90) for at in range(count)]


def named(path: Path, names: list[str], crs: str = METRIC, x: float = X, y: float = Y) -> Path:
    gpd.GeoDataFrame({"nom": names}, geometry=squares(len(names), x, y), crs=crs).to_file(path)
    return path


@pytest.mark.parametrize("folder", ["", "livraison/", "livraison/été 2024/"])
def test_a_zipped_shapefile_is_read_in_whatever_folder(tmp_path: Path, folder: str) -> None:
    plain = named(tmp_path / "quartiers.shp", ["Centre-ville", "Dillon"])
    packed = tmp_path / "envoi {1}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for one in sorted(tmp_path.glob("quartiers.*")):
            archive.write(one, f"{folder}{one.name}")
        archive.writestr("__MACOSX/._quartiers.shp", b"\x00")
        archive.writestr(f"{folder}lisez-moi.txt", "Bonjour")
    expected = read_layer(plain, QUARTIERS, METRIC).shapes
    assert read_layer(packed, QUARTIERS, METRIC).shapes.geom_equals(expected).all()


def test_namesakes_of_another_place_are_said_to_be_elsewhere(tmp_path: Path) -> None:
    path = named(tmp_path / "a.gpkg", ["Centre-ville"] * 3, "EPSG:2154", 574_000, 6_279_000)
    with pytest.raises(CRSError) as caught:
        read_layer(path, QUARTIERS, METRIC)
    says(caught.value, "ailleurs", "métropole", "homonymes", "EPSG:2154", "43,6°")


def test_codes_in_a_wrong_place_tell_a_wrong_system(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["Q1", "Q2"]}, geometry=squares(2), crs="EPSG:2154")
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(CRSError) as caught:
        read_layer(tmp_path / "a.gpkg", QUARTIERS, METRIC)
    says(caught.value, "hors du domaine", "EPSG:2154", "Définir la projection")


def test_names_repeated_in_a_wide_layer_are_namesakes(tmp_path: Path) -> None:
    names = ["Centre-ville"] * 5 + [f"Quartier {at}" for at in range(40)]
    with pytest.raises(UnknownTerritoryError) as caught:
        read_layer(named(tmp_path / "a.gpkg", names), QUARTIERS, METRIC)
    says(caught.value, "5 contours s’appellent « Centre-ville »", "45 contours", "code_column")


def test_a_layer_of_elsewhere_that_names_nothing(place: Place) -> None:
    warehouse = place.empty_warehouse()
    before = dump(warehouse)
    path = named(place.root / "a.gpkg", ["Foix", "Pamiers"], "EPSG:2154", 590_000, 6_210_000)
    with pytest.raises(CRSError) as caught:
        place.load_layer(warehouse, path)
    says(caught.value, "ailleurs", "métropole")
    assert dump(warehouse) == before


def test_a_layer_of_cells_is_no_outline(place: Place) -> None:
    warehouse = place.empty_warehouse()
    frame = gpd.GeoDataFrame(
        {"ind": [97209, *range(7)], "insee": ["97209"] * 8, "nom": ["Centre et Terres"] * 8},
        geometry=squares(8),
        crs=METRIC,
    )
    frame.to_file(place.root / "a.gpkg")
    with pytest.raises(UnknownTerritoryError) as caught:
        place.load_layer(warehouse, place.root / "a.gpkg")
    says(caught.value, "découpe vos territoires", "8 lignes", "support")
