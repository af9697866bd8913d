"""A layer is what its name says: GDAL never goes elsewhere for it."""

from __future__ import annotations

import io
import json
import os
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


def test_a_column_twice_in_a_layer_is_told(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["1"], "cods": ["2"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326
    )
    frame.to_file(tmp_path / "a.shp")
    table = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(table.replace(b"cods\0", b"code\0"))
    with pytest.raises(UnreadableFileError, match="deux fois"):
        open_layers(tmp_path / "a.shp")
