"""Real perimeters: read, checked, carried to the workspace's CRS; or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from built_workspace import says
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from observatoire.errors import (
    CRSError,
    DuplicateKeyError,
    EmptyFileError,
    InvalidGeometryError,
    ObservatoireError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableFileError,
)
from observatoire.territories import Matcher
from observatoire.territories.layers.reader import ReadLayer, choose_column, read_layer

if TYPE_CHECKING:
    from pathlib import Path

METRIC = "EPSG:5490"
IRIS = Matcher({"972090101": "Centre Ville", "972090102": "Sainte-Thérèse"}, "IRIS")
X, Y = 705_000.0, 1_616_000.0
LEFT, RIGHT = box(X, Y, X + 100, Y + 100), box(X + 100, Y, X + 200, Y + 100)
BOW_TIE = Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])


def layer(path: Path, crs: str | None = METRIC, **columns: Any) -> Path:
    content = {"CODE_IRIS": ["972090101", "972090102"], "geometry": [LEFT, RIGHT], **columns}
    gpd.GeoDataFrame(content, crs=crs).to_file(path)
    return path


def read(path: Path, **options: Any) -> ReadLayer:
    return read_layer(path, IRIS, METRIC, **options)


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "geojson", "fgb"])
def test_every_format_gives_the_same_shapes(tmp_path: Path, suffix: str) -> None:
    crs = "EPSG:4326" if suffix == "geojson" else METRIC
    path = tmp_path / f"a.{suffix}"
    frame = gpd.GeoDataFrame(
        {"CODE_IRIS": ["972090101", "972090102"]}, geometry=[LEFT, RIGHT], crs=METRIC
    )
    frame.to_crs(crs).to_file(path)
    found = read(path)
    assert found.code_column == "CODE_IRIS"
    assert found.shapes.crs == METRIC
    assert shapely.area(found.shapes.to_numpy()) == pytest.approx([10_000, 10_000], rel=1e-4)
    assert found.shapes["972090101"].centroid.distance(LEFT.centroid) < 0.1
    assert (found.rows_read, found.outside, found.repaired) == (2, (), ())


def test_reprojection_is_that_of_gdal(tmp_path: Path) -> None:
    degrees = gpd.GeoSeries([LEFT, RIGHT], crs=METRIC).to_crs("EPSG:4326")
    path = layer(tmp_path / "a.gpkg", "EPSG:4326", geometry=list(degrees))
    assert read(path).shapes["972090102"].equals_exact(RIGHT, 0.01)


def test_rows_outside_the_zoning_are_said(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", CODE_IRIS=["972090101", "972999999"])
    found = read(path)
    assert found.outside == ((2, "972999999"),)
    assert list(found.shapes.index) == ["972090101"]


def test_codes_kept_as_numbers_are_found(tmp_path: Path) -> None:
    assert len(read(layer(tmp_path / "a.gpkg", CODE_IRIS=[972090101, 972090102])).shapes) == 2


def test_codes_kept_as_decimal_numbers_are_found(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", CODE_IRIS=[972090101.0, 972090102.0])
    assert len(read(path).shapes) == 2


def test_names_do_when_there_is_no_code(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", CODE_IRIS=["x", "y"], NOM=["CENTRE-VILLE", "Ste Thérèse"])
    found = read(path)
    assert found.code_column == "NOM"
    assert set(found.shapes.index) == set(IRIS.names)


def test_column_stated_is_obeyed(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", AUTRE=["972090102", "972090101"])
    assert read(path, code_column="AUTRE").shapes["972090102"].equals(LEFT)
    with pytest.raises(UnknownColumnError) as caught:
        read(path, code_column="CODE_IRI")
    says(caught.value, "a.gpkg", "CODE_IRI", "« CODE_IRIS »")


def test_third_dimension_is_dropped(tmp_path: Path) -> None:
    high = [shapely.force_3d(shape, 12.0) for shape in (LEFT, RIGHT)]
    found = read(layer(tmp_path / "a.gpkg", geometry=high))
    assert not shapely.has_z(found.shapes.to_numpy()).any()


def test_empty_and_absent_file(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with pytest.raises(UnreadableFileError) as caught:
        read(path)
    says(caught.value, "a.gpkg")
    path.touch()
    with pytest.raises(EmptyFileError) as caught:
        read(path)
    says(caught.value, "a.gpkg")


def test_layer_without_a_row(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(EmptyFileError) as caught:
        read(path)
    says(caught.value, "a.geojson")


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "geojson", "fgb", "zip"])
def test_binary_rubbish(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(bytes((i * i * 37 + i) % 256 for i in range(4000)))
    with pytest.raises(UnreadableFileError) as caught:
        read(path)
    says(caught.value, f"a.{suffix}")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_truncated_layer_is_never_half_read(tmp_path: Path, suffix: str, share: float) -> None:
    path = layer(tmp_path / f"a.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        found = read(path)
    except ObservatoireError as error:
        says(error, f"a.{suffix}")
    else:  # a page of a GeoPackage that holds nothing may be cut without harm
        assert len(found.shapes) == 2


def test_no_column_names_a_territory(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritoryError) as caught:
        read(layer(tmp_path / "a.gpkg", CODE_IRIS=["a", "b"]))
    says(caught.value, "a.gpkg", "CODE_IRIS", "code_column", "972090101")


def test_no_crs_tells_what_the_numbers_look_like(tmp_path: Path) -> None:
    with pytest.raises(CRSError) as caught:
        read(layer(tmp_path / "a.shp", crs=None))
    says(caught.value, "a.shp", METRIC, ".prj")
    assert "EPSG:4326" not in caught.value.data["candidates"]


@pytest.mark.parametrize("crs", ["EPSG:2154", "EPSG:4326", "EPSG:2975", "EPSG:3857"])
def test_wrong_crs(tmp_path: Path, crs: str) -> None:
    with pytest.raises(CRSError) as caught:
        read(layer(tmp_path / "a.gpkg", crs=crs))
    says(caught.value, "a.gpkg", crs, METRIC)


def test_geojson_in_metres_is_a_wrong_crs(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"c": code}, "geometry": shapely.geometry.mapping(shape)}
        for code, shape in zip(IRIS.names, (LEFT, RIGHT), strict=True)
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(CRSError) as caught:
        read(path)
    says(caught.value, "a.geojson", "EPSG:4326")


def test_repeated_territory(tmp_path: Path) -> None:
    with pytest.raises(DuplicateKeyError) as caught:
        read(layer(tmp_path / "a.gpkg", CODE_IRIS=["972090101", "972090101"]))
    says(caught.value, "a.gpkg, colonne CODE_IRIS", "972090101")


@pytest.mark.parametrize(
    "shape",
    [
        None,
        Polygon(),
        Point(X, Y),
        LineString([(X, Y), (X + 1, Y)]),
        GeometryCollection([LEFT, LineString([(X, Y), (X + 999, Y)])]),
        BOW_TIE,
    ],
    ids=["absent", "vide", "point", "ligne", "collection", "nœud papillon"],
)
def test_invalid_geometry_names_its_territory(tmp_path: Path, shape: Any) -> None:
    with pytest.raises(InvalidGeometryError) as caught:
        read(layer(tmp_path / "a.gpkg", geometry=[LEFT, shape]))
    says(caught.value, "a.gpkg", "972090102")
    assert caught.value.data["codes"] == ["972090102"]


SPIKE = Polygon([(X, Y), (X + 100, Y), (X + 100, Y + 300), (X + 100, Y + 100), (X, Y + 100)])


@pytest.mark.parametrize(("shape", "area"), [(BOW_TIE, 5_000), (SPIKE, 10_000)])
def test_repair_gives_a_valid_surface_and_says_so(
    tmp_path: Path, shape: Polygon, area: float
) -> None:
    found = read(layer(tmp_path / "a.gpkg", geometry=[shape, RIGHT]), repair=True)
    mended = found.shapes["972090101"]
    assert found.repaired == ("972090101",)
    assert mended.is_valid
    assert isinstance(mended, Polygon | MultiPolygon)
    assert mended.area == pytest.approx(area)
    assert found.shapes["972090102"].equals(RIGHT)


# --- Producers' own files ----------------------------------------------------------------------


def test_invalid_outlines_of_occitanie(real: Path) -> None:
    path = real / "occitanie" / "qp.geojson"
    oracle = gpd.read_file(path)
    column = next(c for c in oracle.columns if oracle[c].astype(str).str.match(r"QP\d{6}$").all())
    invalid = set(oracle.loc[~oracle.is_valid, column])
    assert len(invalid) == 32
    matcher = Matcher({code: code for code in oracle[column]}, "QPV")
    with pytest.raises(InvalidGeometryError) as caught:
        read_layer(path, matcher, "EPSG:2154")
    assert set(caught.value.data["codes"]) == invalid
    says(caught.value, "qp.geojson", "repair = true", "24 autres")
    found = read_layer(path, matcher, "EPSG:2154", repair=True)
    assert set(found.repaired) == invalid
    assert found.shapes.is_valid.all()
    expected = oracle.set_index(column).geometry.buffer(0)
    kept = expected[~expected.index.isin(invalid)].to_crs("EPSG:2154").area
    assert found.shapes[kept.index].area.to_numpy() == pytest.approx(kept.to_numpy())


def test_occitanie_is_not_in_martinique(real: Path) -> None:
    oracle = gpd.read_file(real / "occitanie" / "iris_09.geojson")
    matcher = Matcher({code: code for code in oracle["code_iris"].astype(str)}, "IRIS")
    with pytest.raises(CRSError) as caught:
        read_layer(real / "occitanie" / "iris_09.geojson", matcher, METRIC)
    says(caught.value, METRIC)


def test_each_text_of_a_layer_is_looked_up_once_however_many_columns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Twenty thousand columns of 300 KB took a minute."""
    asked: list[str] = []
    find = Matcher.find

    def noted(matcher: Matcher, text: str) -> str:
        asked.append(text)
        return find(matcher, text)

    monkeypatch.setattr(Matcher, "find", noted)
    columns = {f"c{rank}": [1.0, None] for rank in range(60)} | {"code": ["0101", "0102"]}
    frame = gpd.GeoDataFrame(columns, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    matcher = Matcher({"0101": "Un", "0102": "Deux"}, "IRIS")
    assert choose_column([frame], matcher, tmp_path / "a.geojson")[1] == "code"
    assert sorted(asked) == ["0101", "0102", "1"]
