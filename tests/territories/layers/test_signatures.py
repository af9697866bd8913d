"""A layer is what its name says: GDAL never goes elsewhere for it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely
from built_workspace import says

from observatoire.errors import UnreadableFileError
from observatoire.territories.layers import signatures
from observatoire.territories.layers.reader import open_layers
from observatoire.territories.layers.signatures import check_signature, offline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEATURE = {
    "type": "Feature",
    "properties": {"code": "972090101"},
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]},
}
GEOJSON = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode()


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Listen on this machine, and note what is asked."""
    paths: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(GEOJSON)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else GEOJSON)

        do_HEAD = do_GET  # noqa: N815 - the name the server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def recipes(address: str, folder: Path) -> dict[str, bytes]:
    def described(source: str) -> bytes:
        layer = f'<OGRVRTLayer name="a"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
        return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()

    run = f"gdal vector pipeline ! read /vsicurl/{address}/y.geojson ! write --of=stream s"
    link = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.shp", described(f"/vsicurl/{address}/a.geojson"))
    return {
        "description.geojson": described(f"/vsicurl/{address}/a.geojson"),
        "description.gpkg": described(f"/vsicurl/{address}/a.geojson"),
        "autre-fichier.shp": described(str(folder / "secret.geojson")),
        "recette.geojson": json.dumps({"type": "gdal_streamed_alg", "command_line": run}).encode(),
        "service.geojson": f"<OGRWFSDataSource><URL>{address}/w</URL></OGRWFSDataSource>".encode(),
        "lien.geojson": json.dumps(
            {"type": "FeatureCollection", "crs": link, "features": [FEATURE]}
        ).encode(),
        "lot.zip": buffer.getvalue(),
    }


def test_no_layer_sends_elsewhere(asked: tuple[str, list[str]], tmp_path: Path) -> None:
    address, paths = asked
    (tmp_path / "secret.geojson").write_bytes(GEOJSON)
    for name, content in recipes(address, tmp_path).items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFileError) as caught:
            open_layers(tmp_path / name)
        says(caught.value, name)
    assert paths == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_gdal_is_kept_from_the_network_even_where_nothing_is_seen(
    asked: tuple[str, list[str]],
) -> None:
    if os.environ.get("no_proxy") or os.environ.get("NO_PROXY"):
        pytest.skip("this machine's own proxy settings speak first")
    address, paths = asked
    with offline(), pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(f"/vsicurl/{address}/hors-ligne.geojson")
    assert paths == []
    assert len(pyogrio.read_dataframe(f"/vsicurl/{address}/en-ligne.geojson")) == 1
    assert paths  # left as it was


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.fgb", "a.geojson"])
def test_good_layers_pass_and_another_name_does_not(name: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(tmp_path / name)
    check_signature(tmp_path / name)
    assert len(open_layers(tmp_path / name)[0]) == 1
    for other in {"a.shp", "a.gpkg", "a.fgb", "a.geojson", "a.zip"} - {name}:
        path = tmp_path / "autre" / other
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((tmp_path / name).read_bytes())
        with pytest.raises(UnreadableFileError, match="forme"):
            check_signature(path)


def test_a_shapefile_whose_system_has_a_spoilt_letter(tmp_path: Path) -> None:
    """GDAL cannot write it, and pyogrio slips."""
    box = shapely.box(704000, 1614000, 705000, 1615000)
    gpd.GeoDataFrame({"a": [1]}, geometry=[box], crs="EPSG:5490").to_file(tmp_path / "a.shp")
    prj = tmp_path / "a.prj"
    prj.write_bytes(prj.read_bytes().replace(b"Reseau_Geodesique_des", b"Reseau_Geodesique_de\xf3"))
    with pytest.raises(UnreadableFileError) as caught:
        open_layers(tmp_path / "a.shp")
    says(caught.value, "a.shp", "système de coordonnées est abîmée")


def test_an_archive_whose_packed_bytes_are_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", GEOJSON)
    content = bytearray(path.read_bytes())
    content[39] = 0xFF  # where the packed bytes begin, after the name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="abîmée"):
        check_signature(path)


def test_thousands_of_systems_are_not_read_one_by_one(tmp_path: Path) -> None:
    """Each is read to the end of the text: none names a file, and yet none is known."""
    (tmp_path / "a.geojson").write_bytes(b'{"a": [' + b'{"crs": {}},' * 500 + GEOJSON + b"]}")
    with pytest.raises(UnreadableFileError, match="connu"):
        check_signature(tmp_path / "a.geojson")


def test_a_zip_that_unfolds_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", GEOJSON + b" " * 100_000)
    check_signature(path)
    monkeypatch.setattr(signatures, "_MOST_BYTES", 50_000)
    with pytest.raises(UnreadableFileError, match="décompressé"):
        check_signature(path)


def test_a_zip_without_a_layer(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.vrt", "<OGRVRTDataSource/>")
    with pytest.raises(UnreadableFileError, match="aucune couche"):
        open_layers(path)


def test_a_pipe_is_no_layer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.geojson")
    with pytest.raises(UnreadableFileError):
        open_layers(tmp_path / "a.geojson")


def test_a_column_twice_in_a_layer_is_said(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["1"], "cods": ["2"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326
    )
    frame.to_file(tmp_path / "a.shp")
    table = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(table.replace(b"cods\0", b"code\0"))
    with pytest.raises(UnreadableFileError, match="deux fois"):
        open_layers(tmp_path / "a.shp")


# --- What would compute, or open a file, as it is read ---------------------------------------------


def geopackage(path: Path, *statements: str) -> Path:
    box = shapely.box(704000, 1614000, 705000, 1615000)
    gpd.GeoDataFrame({"code": ["972090101"]}, geometry=[box], crs="EPSG:5490").to_file(path)
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for statement in statements:
            base.execute(statement)
    return path


ENDLESS = "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT i AS fid FROM x"


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE VIEW v AS {ENDLESS}",
        "CREATE TABLE t (fid INTEGER PRIMARY KEY, a AS (zeroblob(1000000000)) STORED)",
        "CREATE TABLE t (fid INTEGER PRIMARY KEY, a TEXT GENERATED ALWAYS AS (hex(fid)))",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_geopackage_of_more_than_tables_is_refused(
    tmp_path: Path, statement: str, *, zipped: bool
) -> None:
    path = geopackage(tmp_path / "a.gpkg", statement)
    if zipped:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "a.gpkg")
        path = tmp_path / "a.zip"
    with pytest.raises(UnreadableFileError) as caught:
        open_layers(path)
    says(caught.value, "une vue", "que des tables", "QGIS")


def test_a_geopackage_of_tables_is_read_with_its_index_and_triggers(tmp_path: Path) -> None:
    assert len(open_layers(geopackage(tmp_path / "a.gpkg"))[0]) == 1


def test_a_geopackage_whose_system_names_a_file(tmp_path: Path) -> None:
    path = geopackage(
        tmp_path / "a.gpkg",
        "UPDATE gpkg_spatial_ref_sys SET definition = '+proj=longlat +nadgrids=/etc/hostname'",
    )
    with pytest.raises(UnreadableFileError, match="connu"):
        open_layers(path)


def geojson(path: Path, crs: str) -> Path:
    path.write_text(f'{{"type": "FeatureCollection", {crs}, "features": [{json.dumps(FEATURE)}]}}')
    return path


@pytest.mark.parametrize(
    "name",
    [
        "+init=/etc/hostname:1", "+proj=longlat +nadgrids=/etc/hostname", "/etc/hostname", "file:///a",
        "@pipe", "/vsicurl/http://x/a", "<gml/>", "http://elsewhere.example/crs", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form",
    [
        '"crs": {{"type": "name", "properties": {{"name": {0}}}}}',
        '"crs" :{{"properties":{{"a":{{"b":1}},"name":{0}}},"type":"name"}}',
        '"\\u0063rs": {{"type": "name", "properties": {{"name": {0}}}}}',
        "'crs': {{'type': 'name', 'properties': {{'name': {0}}}}}",
        '"crs"/**/: {{"type": "name", "properties": {{"name": {0}}}}}',
    ],
)
def test_a_geojson_names_a_known_code_and_nothing_else(
    tmp_path: Path, name: str, form: str
) -> None:
    path = geojson(tmp_path / "a.geojson", form.format(json.dumps(name)))
    with pytest.raises(UnreadableFileError) as caught:
        check_signature(path)
    says(caught.value, "a.geojson", "ne va rien chercher ailleurs")


@pytest.mark.parametrize(
    "crs",
    [
        '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5490"}}',
        '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}',
        '"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}',
        '"crs": null',
        '"a": ["crs", "x"]',
        '"a": {"crs": "RGAF09"}',
    ],
)
def test_known_codes_are_taken(tmp_path: Path, crs: str) -> None:
    check_signature(geojson(tmp_path / "a.geojson", crs))


@pytest.mark.parametrize(
    "text", ["+init=/etc/hostname:1", 'BOUNDCRS[..., PARAMETERFILE["Latitude", "/etc/hostname"]]']
)
def test_a_shapefile_whose_system_names_a_file(tmp_path: Path, text: str) -> None:
    box = shapely.box(704000, 1614000, 705000, 1615000)
    frame = gpd.GeoDataFrame({"code": ["972090101"]}, geometry=[box], crs="EPSG:5490")
    frame.to_file(tmp_path / "a.shp")
    assert len(open_layers(tmp_path / "a.shp")[0]) == 1
    (tmp_path / "a.prj").write_text(text)
    with pytest.raises(UnreadableFileError, match="connu"):
        open_layers(tmp_path / "a.shp")


def test_a_zip_that_unfolds_is_said_with_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "_MOST_JSON", 1_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", GEOJSON + b" " * 3_000_000)
    with pytest.raises(UnreadableFileError) as caught:
        check_signature(tmp_path / "a.zip")
    says(caught.value, "1 Mo", "Il en ferait 3")


@pytest.mark.parametrize(
    ("name", "held"), [("a.geojson", "10 entités et 40 sommets"), ("a.shp", "Elle en fait 2 : ")]
)
def test_a_plain_layer_too_large_for_memory_is_said_with_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, held: str
) -> None:
    many = json.dumps({"type": "FeatureCollection", "features": [FEATURE] * 10}).encode()
    (tmp_path / name).write_bytes(many + b" " * 2_000_000)
    monkeypatch.setattr(signatures, "_MOST_JSON", 1_000_000)
    monkeypatch.setattr(signatures, "_MOST_BYTES", 1_000_000)
    with pytest.raises(UnreadableFileError) as caught:
        check_signature(tmp_path / name)
    says(caught.value, "dépasse 1 Mo", held, "QGIS")
