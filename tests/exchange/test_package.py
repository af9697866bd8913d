"""Packages: what they hold, what they prove, what they refuse to replace."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import attacker
import demo
import geopandas as gpd
import numpy as np
import oracle
import pandas as pd
import pytest
from frictionless import Package

import observatoire as obs
from observatoire.errors import FileError
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"datapackage.json", "valeurs.csv", "valeurs.parquet", "indicateurs.csv", "zones.gpkg"}


@pytest.fixture(scope="module")
def folder() -> Path:
    return demo.package()


@pytest.fixture(scope="module")
def descriptor(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "datapackage.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def values(folder: Path) -> list[dict[str, str]]:
    with (folder / "valeurs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_frictionless_finds_nothing_to_say(folder: Path) -> None:
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "fieldName", "message"])
    assert len(report.tasks) == 4


def test_holds_its_files_and_no_other(folder: Path, descriptor: dict[str, Any]) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert {resource["path"] for resource in descriptor["resources"]} == FILES - {
        "datapackage.json"
    }


def test_each_file_bears_its_print(folder: Path, descriptor: dict[str, Any]) -> None:
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)


def test_columns_are_french(values: list[dict[str, str]], descriptor: dict[str, Any]) -> None:
    columns = ["zonage", "territoire", "nom", "indicateur", "periode", "valeur", "valeur_basse"]
    assert list(values[0])[:7] == columns
    schema = descriptor["resources"][0]["schema"]
    assert [field["name"] for field in schema["fields"]] == list(values[0])
    assert all(field["description"] for field in schema["fields"])


def test_every_quartier_has_every_indicator(values: list[dict[str, str]]) -> None:
    mine = [row for row in values if row["zonage"] == "quartier-cucs-2007"]
    assert len(mine) == 28 * len(demo.demo().indicators())
    keys = [(row["zonage"], row["territoire"], row["indicateur"]) for row in values]
    assert len(set(keys)) == len(keys)


def test_figures_are_those_of_the_files(values: list[dict[str, str]]) -> None:
    rows = {(row["territoire"], row["indicateur"]): row for row in values}
    assert float(rows["97209", "population"]["valeur"]) == pytest.approx(81017, abs=1e-6)
    for quartier, (whole, part) in oracle.links().items():
        row = rows[quartier, "population"]
        if part:
            assert row["valeur"] == ""
            assert float(row["valeur_haute"]) == pytest.approx(oracle.at_most(part, oracle.AGES))
        elif whole:
            assert float(row["valeur"]) == pytest.approx(oracle.count(whole, oracle.AGES))
        else:
            assert row["valeur"] == row["valeur_basse"] == row["valeur_haute"] == ""
            assert row["motif"]


def test_a_status_goes_with_every_figure(values: list[dict[str, str]]) -> None:
    labels = {status.label: status for status in Status}
    for row in values:
        status = labels[row["statut"]]
        assert bool(row["valeur"]) == status.has_value
        if status in (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE):
            assert row["valeur_basse"] == row["valeur_haute"] == ""
            assert row["motif"]
        if status is Status.BOUNDED:
            assert float(row["valeur_basse"]) <= float(row["valeur_haute"])
        assert not {"nan", "None", "inf"} & set(row.values())


def test_parquet_says_the_same(folder: Path, values: list[dict[str, str]]) -> None:
    frame = pd.read_parquet(folder / "valeurs.parquet")
    assert list(frame.columns) == list(values[0])
    assert len(frame) == len(values)
    for name in frame.columns:
        for mine, text in zip(frame[name], [row[name] for row in values], strict=True):
            if isinstance(mine, float):
                assert (math.isnan(mine) and text == "") or mine == float(text)
            else:
                assert mine == text


def test_zones_are_there_with_their_reference_system(folder: Path) -> None:
    zones = gpd.read_file(folder / "zones.gpkg", layer="zones")
    assert zones.crs.to_epsg() == 5490
    quartiers = zones[zones["zonage"] == "quartier-cucs-2007"].set_index("territoire")
    assert set(quartiers.index) == set(oracle.quartiers())
    assert set(quartiers["perimetre"]) == {"schématique"}
    without = quartiers.index[quartiers.geometry.isna() | quartiers.geometry.is_empty]
    assert set(without) == oracle.unlinked()
    assert quartiers.geometry.dropna().is_valid.all()


def test_definitions_go_along(folder: Path, values: list[dict[str, str]]) -> None:
    with (folder / "indicateurs.csv").open(encoding="utf-8", newline="") as file:
        told = {row["indicateur"]: row for row in csv.DictReader(file)}
    assert set(told) == {row["indicateur"] for row in values}
    assert told["part_hlm"]["nature"] == "taux"
    assert told["part_hlm"]["unite"] == "%"
    assert all(row["definition"] and row["champ"] and row["sens"] for row in told.values())


def test_the_descriptor_credits_and_warns(descriptor: dict[str, Any]) -> None:
    assert descriptor["licenses"][0]["name"] == "etalab-2.0"
    assert len(descriptor["sources"]) == 8
    assert any("provisoire" in text for text in descriptor["avertissements"])
    assert set(descriptor["secret"]) == {
        "masqué par le producteur",
        "sous le seuil de la source, ou pour qu’un autre ne se retrouve pas par calcul",
    }
    assert descriptor["created"].startswith("20")


def test_publishing_again_replaces(tmp_path: Path, values: list[dict[str, str]]) -> None:
    first = demo.demo().publish(tmp_path / "paquet")
    (first / "valeurs.csv").write_text("abîmé", encoding="utf-8")
    again = demo.demo().publish(tmp_path / "paquet")
    assert {path.name for path in again.iterdir()} == FILES
    text = (again / "valeurs.csv").read_text(encoding="utf-8")
    assert text.count("\n") == len(values) + 1
    assert [path.name for path in tmp_path.iterdir()] == ["paquet"]


def test_a_folder_that_is_no_package_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "population.csv").write_text("précieux", encoding="utf-8")
    with pytest.raises(FileError, match="n’est pas remplacé"):
        demo.demo().publish(folder)
    assert (folder / "population.csv").read_text(encoding="utf-8") == "précieux"
    (folder / "datapackage.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="n’est pas remplacé"):
        demo.demo().publish(folder)


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "paquet"
    path.write_text("un fichier", encoding="utf-8")
    with pytest.raises(FileError, match="n’est pas remplacé"):
        demo.demo().publish(path)
    assert path.read_text(encoding="utf-8") == "un fichier"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    folder = tmp_path / "neuf"
    folder.mkdir()
    assert {path.name for path in demo.demo().publish(folder).iterdir()} == FILES


def test_a_text_that_a_spreadsheet_would_run_is_disarmed() -> None:
    from observatoire.exchange.publication.figures import disarmed as disarm

    frame = pd.DataFrame({"nom": ["=cmd()|x", "@SUM(1)", "Dillon"], "valeur": [-1.0, 2.0, 3.0]})
    disarmed = disarm(frame)
    assert disarmed["nom"].tolist() == ["'=cmd()|x", "'@SUM(1)", "Dillon"]
    assert disarmed["valeur"].tolist() == [-1.0, 2.0, 3.0]


@pytest.mark.skipif(sys.platform == "win32", reason="pas de limite de taille sous Windows")
@pytest.mark.parametrize(
    ("place", "room"), [("paquet", 2_000), ("paquet", 60_000), ("a.xlsx", 2_000)]
)
def test_a_full_disk_is_said_and_leaves_what_was_there(
    tmp_path: Path, place: str, room: int
) -> None:
    attacker.write_random(tmp_path, np.random.default_rng(1))
    code = (
        "import resource, sys, observatoire as obs; from pathlib import Path\n"
        "root = Path(sys.argv[1]); place = root / sys.argv[2]\n"
        "with obs.open(root) as o:\n"
        "    o.load(); sheet = o.panel('aides')\n"
        "    write = sheet.save if place.suffix else o.publish\n"
        "    write(place); before = len(o.publications())\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))\n"
        "    try: write(place)\n"
        "    except obs.errors.ObservatoireError as error: print(error)\n"
        "    assert len(o.publications()) == before\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), place, str(room)],
        capture_output=True, text=True, check=False,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Le système dit" in done.stdout or "plus de place sur le disque" in done.stdout
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    if place == "paquet":
        assert len(obs.federate([tmp_path / place]).df)
    else:
        assert (tmp_path / place).read_bytes()[:2] == b"PK"
