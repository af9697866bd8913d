"""Packages: what they hold, what they prove, what they refuse to replace."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import math
import shutil
import sqlite3
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import attacker
import demo
import geopandas as gpd
import numpy as np
import oracle
import pandas as pd
import pytest
from frictionless import Package
from full_disk import full_disk
from jsonschema import Draft7Validator
from made_once import loaded

import observatoire as obs
from observatoire.errors import FileError
from observatoire.values import Status
from observatoire.workspace.scaffold import create_federation

FILES = {
    *("datapackage.json", "valeurs.csv", "valeurs.parquet", "indicateurs.csv", "passages.csv"),
    *("zones.gpkg", "zones.parquet", "secret.json", "catalogue.jsonld"),
}


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
    package = Package(str(folder / "datapackage.json"))
    read = 0
    for name in package.resource_names:
        # It reads Parquet a hundred times slower than csv: all of it is compared with the csv below.
        parquet = str(package.get_resource(name).path).endswith("valeurs.parquet")
        report = package.validate(name=name, limit_rows=1000 if parquet else None)
        assert report.valid, report.flatten(["name", "fieldName", "message"])
        read += len(report.tasks)
    assert read == 7


def test_the_official_schema_of_the_standard_is_met(descriptor: dict[str, Any]) -> None:
    path = Path(str(resources.files("dplib"))) / "profiles" / "2.0" / "datapackage.json"
    profile = json.loads(path.read_text("utf-8"))
    assert not [error.message for error in Draft7Validator(profile).iter_errors(descriptor)]
    broken = descriptor | {"resources": [descriptor["resources"][0] | {"type": "file"}]}
    assert list(Draft7Validator(profile).iter_errors(broken))  # the oracle does see it


def test_holds_its_files_and_no_other(folder: Path, descriptor: dict[str, Any]) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    named = {resource["path"] for resource in descriptor["resources"]}
    assert named == FILES - {"datapackage.json", "catalogue.jsonld"}


def test_each_file_bears_its_print(folder: Path, descriptor: dict[str, Any]) -> None:
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource.get("bytes", len(content)) == len(content)


def test_columns_are_french(values: list[dict[str, str]], descriptor: dict[str, Any]) -> None:
    columns = ["zonage", "territoire", "nom", "indicateur", "periode", "valeur", "borne_basse"]
    assert list(values[0])[:7] == columns
    schema = descriptor["resources"][0]["schema"]
    assert [field["name"] for field in schema["fields"]] == list(values[0])
    assert all(field["description"] for field in schema["fields"])


def test_every_quartier_has_every_indicator_at_every_period(values: list[dict[str, str]]) -> None:
    mine = [row for row in values if row["zonage"] == "quartier-cucs-2007"]
    periods = {
        r.indicator: max(1, len(r.periods.split(", ")))
        for r in demo.demo().indicators().itertuples()
    }
    assert len(mine) == 28 * sum(periods.values())
    keys = [(row["zonage"], row["territoire"], row["indicateur"], row["periode"]) for row in values]
    assert len(set(keys)) == len(keys)


def test_figures_are_those_of_the_files(values: list[dict[str, str]]) -> None:
    rows = {
        (row["territoire"], row["indicateur"]): row for row in values if row["periode"] == "2016"
    }
    assert float(rows["97209", "population"]["valeur"]) == pytest.approx(81017, abs=1e-6)
    for quartier, (whole, part) in oracle.links().items():
        row = rows[quartier, "population"]
        if part:
            assert row["statut"] == "estimé"
            low, high = float(row["plausible_bas"]), float(row["plausible_haut"])
            assert 0 < low < float(row["valeur"]) < high < float(row["borne_haute"])
            assert float(row["borne_haute"]) == pytest.approx(oracle.at_most(part, oracle.AGES))
        elif whole:
            assert float(row["valeur"]) == pytest.approx(oracle.count(whole, oracle.AGES))
        else:
            assert row["valeur"] == row["borne_basse"] == row["borne_haute"] == ""
            assert row["motif"]


def test_a_status_goes_with_every_figure(values: list[dict[str, str]]) -> None:
    labels = {status.label: status for status in Status}
    for row in values:
        status = labels[row["statut"]]
        assert bool(row["valeur"]) == status.has_value
        if status in (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE):
            assert row["borne_basse"] == row["borne_haute"] == ""
            assert row["motif"]
        if status is Status.BOUNDED:
            bounds = [float(row[name]) for name in ("borne_basse", "borne_haute") if row[name]]
            assert bounds == sorted(bounds) != []
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
    with contextlib.closing(sqlite3.connect(folder / "zones.gpkg")) as layer:
        assert layer.execute("PRAGMA user_version").fetchone() == (10200,)  # read without a warning
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
        defined = {row["indicateur"]: row for row in csv.DictReader(file)}
    assert set(defined) == {row["indicateur"] for row in values}
    assert defined["part_hlm"]["nature"] == "taux"
    assert defined["part_hlm"]["unite"] == "%"
    assert all(row["definition"] and row["champ"] and row["sens"] for row in defined.values())


def test_the_descriptor_credits_and_warns(descriptor: dict[str, Any]) -> None:
    assert descriptor["licenses"][0]["name"] == "etalab-2.0"
    assert len(descriptor["sources"]) == len(demo.demo().sources())
    assert any("provisoire" in text for text in descriptor["avertissements"])
    assert set(descriptor["secret"]) == {
        "masqué par le producteur",
        "sous le seuil de la source, ou pour qu’un autre ne se retrouve pas par calcul",
    }
    assert descriptor["created"].startswith("20")


def test_publishing_the_same_again_changes_nothing_and_mends_what_was_spoilt(
    tmp_path: Path,
) -> None:
    first = shutil.copytree(demo.package(), tmp_path / "paquet")
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    demo.demo().publish(first)
    assert {path.name: path.read_bytes() for path in first.iterdir()} == before
    (first / "valeurs.csv").write_text("abîmé", encoding="utf-8")
    again = demo.demo().publish(first)
    assert (again / "valeurs.csv").read_bytes() == before["valeurs.csv"]
    assert {path.name for path in again.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["paquet"]


def test_a_correction_is_a_new_version_and_the_former_stays_whole(tmp_path: Path) -> None:
    root = next(each for each in create_federation(tmp_path) if each.name == "ccas")
    with obs.open(root) as o:
        o.load()
        folder = o.publish(tmp_path / "paquet")
        first = {path.name: path.read_bytes() for path in folder.iterdir()}
        source = root / "data" / "raw" / "ccas" / "chiffres.csv"
        source.write_text(source.read_text("utf-8").replace("2016;70", "2016;71"), "utf-8")
        o.load()
        o.publish(folder, note="Fichier corrigé par la Caf.")
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert (
        [each["version"] for each in descriptor["historique"]]
        == ["1.0.0", "1.1.0"]
        == ["1.0.0", descriptor["version"]]
    )
    note = descriptor["historique"][1]["note"]
    assert note.startswith("Fichier corrigé par la Caf. ")
    assert note.removeprefix("Fichier corrigé par la Caf. ") == "1\u00a0chiffre révisé."
    former = folder / "versions" / "1.0.0"
    assert {path.name: path.read_bytes() for path in former.iterdir()} == first
    assert len(obs.federate(former).df)
    assert obs.federate(folder).observatories == obs.federate(former).observatories


def test_the_catalogue_entry_says_what_harvesters_ask(
    folder: Path, descriptor: dict[str, Any]
) -> None:
    entry = json.loads((folder / "catalogue.jsonld").read_text("utf-8"))
    (dataset,) = entry["dcat:dataset"]
    assert dataset["dct:publisher"]["foaf:name"] == "Centre de ressources Ville Caraïbe"
    assert dataset["dct:accrualPeriodicity"]["@id"].endswith("/frequency/ANNUAL")
    sums = {
        each["dcat:downloadURL"]["@id"]: each["spdx:checksum"]["spdx:checksumValue"]["@value"]
        for each in dataset["dcat:distribution"]
    }
    assert sums == {r["path"]: r["hash"].removeprefix("sha256:") for r in descriptor["resources"]}
    titles = [each["title"] for each in descriptor["licenses"]]
    for each in dataset[
        "dcat:distribution"
    ]:  # DCAT-AP: one licence at most, of several a statement
        if len(titles) == 1:
            assert len(each["dct:license"]) == 1
        else:
            said = each["dct:rights"]["rdfs:label"]["@value"]
            assert "dct:license" not in each
            assert all(title in said for title in titles)
    years = [row["dcat:startDate"]["@value"] for row in [dataset["dct:temporal"]]]
    assert years == [
        min(p[:4] for p in set(pd.read_parquet(folder / "valeurs.parquet")["periode"]) if p)
    ]


def test_sdmx_codes_follow_the_status(values: list[dict[str, str]]) -> None:
    found = {(row["statut"], row["OBS_STATUS"], row["CONF_STATUS"]) for row in values}
    assert {("agrégé", "A", "F"), ("secret", "Q", "C"), ("contexte", "K", "F")} <= found
    assert {conf for status, _, conf in found if status != "secret"} == {"F"}


def test_passages_say_what_each_quartier_is_made_of(folder: Path) -> None:
    links = pd.read_csv(folder / "passages.csv", dtype="str", keep_default_na=False)
    zonings = set(pd.read_parquet(folder / "valeurs.parquet")["zonage"])
    assert set(links["zonage_cible"]) | set(links["zonage_source"]) <= zonings
    assert not links.duplicated(["zonage_source", "source", "zonage_cible", "cible"]).any()
    assert set(links.loc[links["lien"] == "proche", "poids"]) <= {"1.0"}


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
    root = next(each for each in create_federation(tmp_path) if each.name == "ccas")
    with obs.open(root) as o:
        o.load()
        assert {path.name for path in o.publish(folder).iterdir()} == FILES


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
    loaded(
        "disque",
        lambda to: attacker.write_random(to, np.random.default_rng(1)),
        tmp_path,
        decide="part",
    )
    first = tmp_path / place
    with obs.open(tmp_path) as o:
        write = o.panel("aides").save if first.suffix else o.publish
        write(first)
        before = len(o.publications())
        with full_disk(room), pytest.raises(obs.errors.ObservatoireError) as caught:
            write(first if first.suffix else tmp_path / "autre")
        assert len(o.publications()) == before
    said = str(caught.value)
    assert "Le système dit" in said or "plus de place sur le disque" in said
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    if place == "paquet":
        assert not (tmp_path / "autre").exists()
        assert len(obs.federate([tmp_path / place]).df)
    else:
        assert (tmp_path / place).read_bytes()[:2] == b"PK"
