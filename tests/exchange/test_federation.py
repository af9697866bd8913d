"""Several packages as one; a package that is not what it says is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import demo
import pytest

import observatoire as obs
from observatoire.errors import (
    DuplicateKeyError,
    FileError,
    TruncatedFileError,
    UnknownNameError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        return shutil.copytree(demo.package(), tmp_path / name)

    return make


def change(folder: Path, **keys: Any) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8")) | keys
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def resources(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    return list(json.loads(text)["resources"])


def reseal(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    told = [r | {"hash": f"sha256:{found}"} if r["path"] == file else r for r in resources(folder)]
    change(folder, resources=told)


def test_two_observatories_as_one(copy: Callable[[str], Path]) -> None:
    first, second = copy("a"), copy("b")
    change(second, name="autre-ville")
    both = obs.federate([first, second])
    assert both.observatories[1] == "autre-ville"
    assert len(both.df) == 2 * len(obs.federate([first]).df)
    assert list(both.df.columns)[:3] == ["observatoire", "zonage", "territoire"]
    assert set(both.df["observatoire"]) == set(both.observatories)
    table = both.table("population")
    communes = table[table["territoire"] == "97209"]
    assert communes["valeur"].round(3).tolist() == [81017.0, 81017.0]
    assert len(both.common()) == len(demo.demo().indicators())


@pytest.mark.parametrize("code", ["populaton", ["population"], None])
def test_an_indicator_that_no_package_gives_is_refused(
    copy: Callable[[str], Path], code: Any
) -> None:
    with pytest.raises(UnknownNameError):
        obs.federate([copy("a")]).table(code)


def test_codes_keep_their_zeros_and_holes_stay_holes(copy: Callable[[str], Path]) -> None:
    folder = copy("a")
    text = (folder / "valeurs.csv").read_text(encoding="utf-8")
    reseal(folder, "valeurs.csv", text.replace("commune-2016,97209", "commune-2016,01004"))
    frame = obs.federate([folder]).df
    assert "01004" in set(frame["territoire"])
    hidden = frame[frame["statut"].isin(["secret", "non disponible"])]
    assert len(hidden)
    assert hidden["valeur"].isna().all()
    assert frame["motif"].notna().all()


def test_an_indicator_redefined_is_not_common(copy: Callable[[str], Path]) -> None:
    first, second = copy("a"), copy("b")
    text = (second / "indicateurs.csv").read_text(encoding="utf-8")
    reseal(second, "indicateurs.csv", text.replace("somme des six groupes", "comptés au fichier"))
    change(second, name="autre-ville")
    common = obs.federate([first, second]).common()
    assert "population" not in common
    assert "part_hlm" in common


def test_one_package_may_be_given_alone(copy: Callable[[str], Path]) -> None:
    assert len(obs.federate(str(copy("a"))).observatories) == 1
    assert obs.federate([]).observatories == ()


@pytest.mark.parametrize("file", ["valeurs.csv", "valeurs.parquet", "zones.gpkg"])
def test_a_tampered_file_is_refused(copy: Callable[[str], Path], file: str) -> None:
    folder = copy("a")
    with (folder / file).open("ab") as target:
        target.write(b"9")
    with pytest.raises(TruncatedFileError, match="empreinte") as caught:
        obs.federate([folder])
    assert file in caught.value.where


def test_a_file_left_out_of_the_descriptor_is_refused(copy: Callable[[str], Path]) -> None:
    folder = copy("a")
    change(folder, resources=[r for r in resources(folder) if r["path"] != "valeurs.csv"])
    with pytest.raises(FileError, match="n’annonce pas"):
        obs.federate([folder])


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "../a-cote/valeurs.csv"])
def test_a_path_out_of_the_package_is_refused(copy: Callable[[str], Path], path: str) -> None:
    folder = copy("a")
    outside = [*resources(folder), {"name": "x", "path": path, "hash": "sha256:0"}]
    change(folder, resources=outside)
    with pytest.raises(FileError, match="hors du paquet"):
        obs.federate([folder])


def test_a_link_out_of_the_package_is_refused(copy: Callable[[str], Path], tmp_path: Path) -> None:
    folder = copy("a")
    (tmp_path / "dehors.csv").write_bytes((folder / "valeurs.csv").read_bytes())
    (folder / "valeurs.csv").unlink()
    (folder / "valeurs.csv").symlink_to(tmp_path / "dehors.csv")
    with pytest.raises(FileError, match="hors du paquet"):
        obs.federate([folder])


def test_a_file_announced_but_absent(copy: Callable[[str], Path]) -> None:
    folder = copy("a")
    (folder / "zones.gpkg").unlink()
    with pytest.raises(FileError, match="absent"):
        obs.federate([folder])


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": "x"}', '{"name": "x", "resources": [1]}']
)
def test_a_descriptor_that_cannot_be_read(copy: Callable[[str], Path], text: str) -> None:
    folder = copy("a")
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match="descripteur"):
        obs.federate([folder])


def test_columns_that_lack_are_named(copy: Callable[[str], Path]) -> None:
    folder = copy("a")
    text = (folder / "valeurs.csv").read_text(encoding="utf-8")
    reseal(folder, "valeurs.csv", text.replace("statut", "etat", 1))
    with pytest.raises(FileError, match="statut"):
        obs.federate([folder])


def test_two_packages_of_one_name(copy: Callable[[str], Path]) -> None:
    with pytest.raises(DuplicateKeyError, match="Donnez à chacun son nom"):
        obs.federate([copy("a"), copy("b")])


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="n’est pas un paquet"):
        obs.federate([tmp_path])
