"""What the layers of a file say of their shapes is read as a table is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import geopandas as gpd
import pyogrio
import pytest
from built_workspace import Place, plain
from shapely.geometry import Point

from observatoire.sources.formats.document import open_file
from observatoire.warehouse.loading.files import load_path, preview_file

if TYPE_CHECKING:
    from pathlib import Path


def layer(path: Path, **columns: list[object]) -> Path:
    """Write a layer of round shapes side by side, with these columns."""
    count = len(next(iter(columns.values())))
    shapes = [Point(708000 + 400 * at, 1615000).buffer(100) for at in range(count)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=5490).to_file(path)
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
def test_a_layer_says_what_a_table_says(place: Place, tmp_path: Path, suffix: str) -> None:
    names = ["Four à Chaux", "Place d’Armes"]
    path = layer(
        tmp_path / f"aides-2016.{suffix}", Quartier=names, Aides=[12, None], part=[1.5, 2.0]
    )
    (sheet,) = open_file(path).sheets
    assert sheet.rows(first=2)[0][1][1:] == ["12", "1.5"]
    as_layer = preview_file(place.workspace, path)
    text = "Quartier;Aides;part\nFour à Chaux;12;1,5\nPlace d’Armes;;2\n"
    as_text = preview_file(place.workspace, place.write("aides-2016.csv", text))
    assert as_layer.parsed is not None
    assert as_text.parsed is not None
    columns = ["territory", "variable", "period", "value", "status"]
    found, same = (
        one.parsed.observations[columns].sort_values(columns[:2]).astype("str").to_numpy().tolist()
        for one in (as_layer, as_text)
    )
    assert found == same


def test_figures_left_by_perimeters_are_named(place: Place, tmp_path: Path) -> None:
    names = ["Four à Chaux", "Place d’Armes"]
    path = layer(tmp_path / "a-2016.gpkg", Quartier=names, OBJECTID=[1, 2], Aides=[12, 15])
    warehouse = place.warehouse()
    with mock.patch.object(pyogrio, "read_dataframe", wraps=pyogrio.read_dataframe) as opened:
        report = plain(load_path(warehouse, place.workspace, path))
    assert opened.call_count == 1
    assert "2 contours" in report
    assert "Ses chiffres ne sont pas chargés avec les périmètres : « Aides »." in report


def test_a_shapefile_whose_figures_change_is_another_file(tmp_path: Path) -> None:
    first = open_file(layer(tmp_path / "a.shp", nom=["Dillon"], Aides=[12])).sha256
    assert open_file(layer(tmp_path / "a.shp", nom=["Dillon"], Aides=[13])).sha256 != first
