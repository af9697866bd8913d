"""Where a package is brought from: a folder, an archive, an address; never out of its folder."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from built_workspace import says
from packages_made import package

import observatoire as obs
from observatoire.errors import FileError, ObservatoireError
from observatoire.exchange.federation import members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def zipped(folder: Path) -> Path:
    return type(folder)(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def test_an_archive_says_what_its_folder_says(tmp_path: Path) -> None:
    folder = package(tmp_path / "a")
    expected = obs.federate(folder).df
    assert obs.federate(zipped(folder)).df.equals(expected)


def test_addresses_of_a_folder_and_of_an_archive(tmp_path: Path) -> None:
    folder = package(tmp_path / "a")
    zipped(package(tmp_path / "b"))
    with served(tmp_path) as address:
        both = obs.federate([f"{address}/a", f"{address}/b.zip"])
        assert both.observatories == ("a", "b")
        again = obs.federate(f"{address}/a/datapackage.json")
        assert again.df.equals(obs.federate(folder).df)
        gone = obs.federate([f"{address}/a", f"{address}/rien.zip"])
        assert gone.rejected()["place"].tolist() == [f"{address}/rien.zip"]


@pytest.mark.parametrize("name", ["../dehors.csv", "/dehors.csv"])
def test_an_archive_that_climbs_out_writes_nothing(tmp_path: Path, name: str) -> None:
    path = zipped(package(tmp_path / "a"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"a/{name}" if name.startswith("..") else name, "x")
    before = sorted(tmp_path.rglob("*"))
    if name.startswith("/"):  # not in the folder of the package: never looked at
        assert len(obs.federate(path).df) == 1
    else:
        with pytest.raises(FileError, match="hors de lui-même"):
            obs.federate(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_that_swells_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "LARGEST_PACKAGE", 1_000_000)
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("valeurs.csv", bytes(2_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(FileError) as caught:
        obs.federate(path)
    says(caught.value, "démesuré", "disque")


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"pas un zip"])
def test_an_archive_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(ObservatoireError, match="archive"):
        obs.federate(path)


def test_a_link_out_of_the_package_is_refused(tmp_path: Path) -> None:
    folder = package(tmp_path / "a")
    (tmp_path / "dehors.csv").write_bytes((folder / "valeurs.csv").read_bytes())
    (folder / "valeurs.csv").unlink()
    (folder / "valeurs.csv").symlink_to(tmp_path / "dehors.csv")
    with pytest.raises(FileError, match="hors de lui-même"):
        obs.federate(folder)


def test_copies_go_when_the_federation_is_closed(tmp_path: Path) -> None:
    f = obs.federate(zipped(package(tmp_path / "a")))
    copy = f.members[0].folder
    assert copy.is_dir()
    f.close()
    assert not copy.exists()


@pytest.mark.parametrize("place", [".", "/", "a" * 5000, "a\0b", "http://[::1/x"])
def test_a_place_that_is_no_package_is_a_sentence(place: str, tmp_path: Path) -> None:
    """« . » had no name to look beside, and a name of 5 000 letters was a traceback."""
    with pytest.raises(FileError):
        members.read_descriptor(members.bring(place, tmp_path))


ROWS = [("q", f"Q{k}", "pop", "2016", 20.0 + k, "observé") for k in (1, 2)]


def test_former_versions_are_read_at_an_address_and_said_when_they_cannot_be(
    tmp_path: Path,
) -> None:
    """A member given by its address hid what its former version shows: nobody had looked there."""
    history = [{"version": "1.0.0"}, {"version": "1.1.0"}]
    now = package(tmp_path / "a", ROWS[:1], historique=history)
    (now / "versions").mkdir()
    former = package(now / "versions" / "1.0.0", ROWS, name="a")
    with served(tmp_path) as address:
        assert [m.earlier_of for m in obs.federate(f"{address}/a").former] == ["a"]
        (former / "valeurs.csv").write_text("")
        for place in (now, f"{address}/a"):
            f = obs.federate(place)
            assert not f.former
            assert f.rejected()["place"].item().rstrip("/").endswith("a/versions/1.0.0")
            assert "n’est pas compté dans l’audit" in f.rejected()["reason"].item()


def test_a_package_that_changes_under_an_open_federation_is_asked_no_more(tmp_path: Path) -> None:
    f = obs.federate(package(tmp_path / "a", ROWS))
    assert len(f.values()) == 2
    shutil.copy(package(tmp_path / "b", ROWS[:1]) / "valeurs.parquet", tmp_path / "a")
    with pytest.raises(FileError) as caught:
        f.values()
    says(caught.value, "a changé", "Relancez")


def test_a_folder_that_is_not_there_is_not_said_to_lack_a_file(tmp_path: Path) -> None:
    for place, said in ((tmp_path, "datapackage.json"), (tmp_path / "nulle-part", "n’existe pas")):
        with pytest.raises(FileError, match=said):
            members.read_descriptor(place)
