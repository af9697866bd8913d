"""Real perimeters in the place of drawings: by a load, and by one line of observatoire.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from built_workspace import Place, dump, says

from observatoire.errors import (
    CRSError,
    DuplicateKeyError,
    InvalidGeometryError,
    ObservatoireError,
    SchematicGeometryError,
    UnknownNameError,
    UnknownTerritoryError,
)
from observatoire.territories.perimeters import require_official
from observatoire.warehouse import read_shapes
from observatoire.warehouse.loading.zonings import fill_zonings
from observatoire.warehouse.storage.listings import ZONINGS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from observatoire.warehouse.connection import Warehouse

METRIC = "EPSG:5490"
X, Y = 705_000.0, 1_616_000.0
CODES = ["972090101", "972090102", "972090103", "972130101"]


def contours(path: Path, codes: list[str] = CODES, crs: str = METRIC) -> Path:
    shapes = [shapely.box(X + 100 * n, Y, X + 100 * n + 100, Y + 100) for n in range(len(codes))]
    frame = gpd.GeoDataFrame({"CODE_IRIS": codes, "INSEE_COM": [c[:5] for c in codes]})
    path.parent.mkdir(exist_ok=True)
    frame.set_geometry(shapes, crs=METRIC).to_crs(crs).to_file(path)
    return path


def official(place: Place) -> dict[str, bool]:
    return dict(place.opened[-1].rows("SELECT code, official FROM zoning"))


def test_layer_replaces_the_drawing(place: Place) -> None:
    warehouse = place.warehouse()
    report = place.load_layer(warehouse, contours(place.root / "geo/iris.gpkg"))
    assert (report.source, report.read, report.kept, report.rejected) == ("iris-2016", 4, 4, 0)
    assert official(place) == {"commune-2016": False, "iris-2016": True, "quartier-2007": False}
    shapes = read_shapes(warehouse, "iris-2016")
    require_official(shapes, "iris-2016")
    assert shapes.crs == METRIC
    assert shapes.area.to_list() == pytest.approx([10_000] * 4)
    assert shapes["name"].to_list()[0] == "Centre Ville"


def test_what_was_drawn_from_the_layer_is_drawn_again(place: Place) -> None:
    warehouse = place.warehouse()
    place.load_layer(warehouse, contours(place.root / "geo/iris.gpkg"))
    quartiers = read_shapes(warehouse, "quartier-2007")
    assert quartiers.geometry["Q1"].equals(shapely.box(X, Y, X + 200, Y + 100))
    assert shapely.box(X + 200, Y, X + 300, Y + 100).contains(quartiers.geometry["Q2"])
    with pytest.raises(SchematicGeometryError):
        require_official(quartiers, "quartier-2007")


def test_report_gives_the_line_that_keeps_the_file(place: Place) -> None:
    report = place.load_layer(place.warehouse(), contours(place.root / "geo/iris.gpkg"))
    (line,) = [notice for notice in report.notices if "geometry = " in notice]
    assert 'geometry = "geo/iris.gpkg"' in line
    place.close()
    place.toml(
        'members = "geo/iris.csv"', f'members = "geo/iris.csv"\n{line[line.index("geometry") : -1]}'
    )
    warehouse = place.warehouse()
    assert official(place)["iris-2016"]
    assert read_shapes(warehouse, "iris-2016").area.sum() == pytest.approx(40_000)


def test_loading_a_layer_twice_changes_nothing(place: Place) -> None:
    warehouse = place.warehouse()
    path = contours(place.root / "geo/iris.gpkg")
    place.load_layer(warehouse, path)
    before = dump(warehouse)
    place.load_layer(warehouse, path)
    assert dump(warehouse) == before


def test_layer_that_lacks_territories(place: Place) -> None:
    warehouse = place.warehouse()
    path = contours(place.root / "geo/iris.gpkg", [*CODES[:1], *CODES[2:3], "972099999"])
    report = place.load_layer(warehouse, path)
    assert (report.read, report.kept, report.rejected) == (3, 2, 1)
    assert report.rejects[["line", "raw"]].to_numpy().tolist() == [[3, "972099999"]]
    assert any("972090102 et 972130101" in notice for notice in report.notices)
    shapes = read_shapes(warehouse, "iris-2016")
    assert shapes.index[shapes.geometry.isna()].to_list() == ["972090102", "972130101"]
    # Q1 is made of a territory that has no shape any more: it is not drawn too small.
    quartiers = read_shapes(warehouse, "quartier-2007").geometry
    assert quartiers.notna().to_dict() == {"Q1": False, "Q2": True, "Q3": False}


def test_zoning_stated_is_obeyed(place: Place) -> None:
    warehouse = place.warehouse()
    with pytest.raises(DuplicateKeyError):
        place.load_layer(warehouse, contours(place.root / "a.gpkg"), zoning="commune-2016")
    with pytest.raises(UnknownNameError) as caught:
        place.load_layer(warehouse, place.root / "a.gpkg", zoning="iris-2015")
    says(caught.value, "iris-2015", "« iris-2016 »")


def test_layer_that_could_be_two_zonings(place: Place) -> None:
    place.write("geo/quartiers.csv", "code;nom;commune\nQ1;A;97209\nQ2;B;97209\nQ3;C;97213\n")
    place.write("geo/communes.csv", "code;nom;commune\n97209;A;97209\n97213;B;97213\nX;C;97213\n")
    frame = gpd.GeoDataFrame({"nom": ["A", "B"]})
    path = place.root / "a.gpkg"
    frame.set_geometry([shapely.box(X, Y, X + 9, Y + 9)] * 2, crs=METRIC).to_file(path)
    with pytest.raises(UnknownTerritoryError) as caught:
        place.load_layer(place.warehouse(), path)
    says(caught.value, "a.gpkg", "commune-2016 et quartier-2007", "zoning")


BAD_LAYERS = {
    "inconnus": (["1", "2"], METRIC, UnknownTerritoryError),
    "répétés": ([CODES[0], CODES[0]], METRIC, DuplicateKeyError),
    "ailleurs": (CODES, "EPSG:2154", CRSError),
}


@pytest.mark.parametrize("case", BAD_LAYERS)
@pytest.mark.parametrize("how", ["load", "toml"])
def test_bad_layer_leaves_the_warehouse_as_it_was(place: Place, case: str, how: str) -> None:
    codes, crs, expected = BAD_LAYERS[case]
    path = contours(place.root / "geo/iris.gpkg", codes)
    if crs != METRIC:
        gpd.read_file(path).set_crs(crs, allow_override=True).to_file(path)
    warehouse = place.warehouse()
    before = dump(warehouse)
    place.toml('"geo/iris.csv"', '"geo/iris.csv"\ngeometry = "geo/iris.gpkg"')
    acts = {
        "load": lambda: place.load_layer(warehouse, path, zoning="iris-2016"),
        "toml": lambda: fill_zonings(warehouse, place.workspace),
    }
    with pytest.raises(ObservatoireError) as caught:
        acts[how]()
    assert type(caught.value) is expected
    says(caught.value, "iris.gpkg")
    assert dump(warehouse) == before


# --- The real contours -------------------------------------------------------------------------


@pytest.fixture
def embedded(tmp_path: Path) -> Place:
    """Give the embedded workspace, copied where it can be written."""
    import shutil

    from observatoire.workspace.scaffold import embedded_root

    for name in ("geo", "data/raw"):
        shutil.copytree(embedded_root() / name, tmp_path / name)
    shutil.copy(embedded_root() / "observatoire.toml", tmp_path)
    return Place(tmp_path)


def surfaces(place: Place) -> pd.DataFrame:
    from observatoire.territories import read_members

    return read_members(place.root / "geo/iris-2016.csv").set_index("code")


@pytest.mark.parametrize("how", ["load", "toml"])
def test_iris_of_fort_de_france(real: Path, embedded: Place, how: str) -> None:
    path = real / "martinique/contours/iris_beababa_2019filosofi.gpkg"
    if how == "toml":
        embedded.toml(
            'members = "geo/iris-2016.csv"', f'members = "geo/iris-2016.csv"\ngeometry = "{path}"'
        )
    warehouse = embedded.warehouse()
    if how == "load":
        report = embedded.load_layer(warehouse, path)
        assert (report.source, report.kept) == ("iris-2016", 34)
    shapes = read_shapes(warehouse, "iris-2016")
    found = shapes[shapes.geometry.notna()]
    assert len(found) == 34
    lacking = {code for code in shapes.index.difference(found.index) if code < "97210"}
    assert lacking == {"972090106", "972090116", "972090702", "972090801"}
    require_official(shapes, "iris-2016")
    oracle = gpd.read_file(path, layer="irisMartinique").to_crs(METRIC)
    column = next(c for c in oracle if oracle[c].astype(str).str.fullmatch(r"97209\d{4}").all())
    expected = oracle.set_index(oracle[column].astype(str)).geometry
    assert found.area.sum() == pytest.approx(expected.area.sum(), rel=1e-9)
    published = surfaces(embedded)
    measured = published.loc[found.index].query(
        "qualite_point.str.startswith('mesuré')", engine="python"
    )
    ratio = found.area[measured.index] / 1e4 / measured["surface_ha"].astype(float)
    assert ratio.between(0.99, 1.01).all()
    quartiers = read_shapes(warehouse, "quartier-cucs-2007").geometry
    assert quartiers["FDF01"].equals(found.geometry["972090101"])
    assert quartiers["FDF03"] is None  # one of its two IRIS, 972090702, has no contour here
    embedded.close()


def test_communes_of_martinique(real: Path, embedded: Place) -> None:
    warehouse = embedded.warehouse()
    path = real / "martinique/contours/communes-972-martinique.geojson"
    report = embedded.load_layer(warehouse, path)
    assert (report.source, report.read, report.kept, report.rejected) == ("commune-2016", 34, 2, 32)
    shapes = read_shapes(warehouse, "commune-2016")
    oracle = gpd.read_file(path).to_crs(METRIC).set_index("code").geometry[["97209", "97213"]]
    assert shapes.area.to_list() == pytest.approx(oracle.area.to_list(), rel=1e-9)
    # Insee: 44.2 km². The file's Lamentin is larger than Insee's 62.3: it goes out into the bay.
    assert shapes.area["97209"] / 1e6 == pytest.approx(44.2, rel=0.03)
    embedded.close()


QPV_TOML = """\
[workspace]
name = "Quartiers prioritaires"
main_zoning = "qpv-2015"
crs = "EPSG:2154"

[zonings."qpv-2015"]
label = "Quartiers prioritaires"
singular = "QPV"
members = "geo/qpv.csv"
geometry = "{path}"
"""


def test_invalid_outlines_are_refused_then_mended_by_toml(real: Path, place: Place) -> None:
    path = real / "occitanie/qp.geojson"
    frame = gpd.read_file(path)
    column = next(c for c in frame.columns if frame[c].astype(str).str.match(r"QP\d{6}$").all())
    rows = "".join(f"{code};Quartier {code};\n" for code in frame[column])
    place.write("geo/qpv.csv", f"code;nom;commune\n{rows}")
    place.write("observatoire.toml", QPV_TOML.format(path=path))
    with pytest.raises(InvalidGeometryError) as caught:
        place.warehouse()
    says(caught.value, "qp.geojson", "repair = true")
    place.toml("geometry = ", "repair = true\ngeometry = ")
    shapes = read_shapes(place.warehouse(), "qpv-2015")
    assert len(shapes) == 105
    assert shapes.is_valid.all()
    assert shapes["official"].all()


def test_what_was_mended_lacking_or_set_aside_is_said_of_the_zoning(place: Place) -> None:
    crossing = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    squares = [shapely.box(X + 200, Y, X + 300, Y + 100), shapely.box(X, Y + 300, X + 9, Y + 309)]
    codes = [CODES[0], CODES[1], "972999999"]
    frame = gpd.GeoDataFrame({"CODE_IRIS": codes}, geometry=[crossing, *squares], crs=METRIC)
    path = place.root / "geo/iris.gpkg"
    frame.to_file(path)
    remark = (
        "Sans contour dans ce fichier : 972090103 et 972130101 (2\xa0IRIS). "
        "1\xa0contour hors du zonage, mis de côté. Contours réparés : 972090101."
    )
    warehouse = place.warehouse()
    place.load_layer(warehouse, path, repair=True)
    assert remarks(warehouse) == {"commune-2016": "", "iris-2016": remark, "quartier-2007": ""}
    fill_zonings(warehouse, place.workspace)
    assert remarks(warehouse)["iris-2016"] == remark
    place.close()
    place.toml(
        'members = "geo/iris.csv"',
        'members = "geo/iris.csv"\nrepair = true\ngeometry = "geo/iris.gpkg"',
    )
    assert remarks(place.warehouse())["iris-2016"] == remark


def remarks(warehouse: Warehouse) -> dict[str, str]:
    return dict(warehouse.frame(ZONINGS)[["zoning", "remarks"]].itertuples(index=False))
