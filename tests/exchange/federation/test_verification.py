"""A package from elsewhere is checked before anything of it is believed; the others are unharmed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from built_workspace import says
from packages_made import figures, package
from pyarrow import parquet

import observatoire as obs
from observatoire.errors import FileError, GeometryError, ObservatoireError
from observatoire.exchange.federation import verification

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROW = ("q", "Q1", "pop", "2016", 12.5, "observé")


def rewritten(change: Callable[[pd.DataFrame], pd.DataFrame], *, csv: bool = True) -> Any:
    """Return what alters the figures of a package, in both of its files or in the Parquet alone."""

    def spoil(folder: Path) -> None:
        frame = change(pd.read_parquet(folder / "valeurs.parquet"))
        frame.to_parquet(folder / "valeurs.parquet", index=False)
        if csv:
            frame.to_csv(folder / "valeurs.csv", index=False)

    return spoil


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.assign(valeur=13.0)])


def twice_in(path: Path) -> None:
    """Give a Parquet file its first column again."""
    whole = parquet.read_table(path)
    parquet.write_table(whole.append_column(whole.field(0), whole.column(0)), path)


def swollen(path: Path) -> None:
    """Give a Parquet file a reason longer than memory is wide; its csv would weigh as much."""
    whole = parquet.read_table(path)
    reason = pa.array(["x" * (verification._FLOOR + 1)])
    rank = whole.column_names.index("motif")
    parquet.write_table(whole.set_column(rank, "motif", reason), path, write_statistics=False)


def places(folder: Path, **columns: object) -> None:
    pd.DataFrame({name: [value] for name, value in columns.items()}).to_parquet(
        folder / "zones.parquet"
    )


SPOILT = {
    "altéré après ses sommes": ({}, None, "empreinte différente"),
    "sans licence": ({"licenses": []}, None, "licence"),
    "licence absente": ({"licenses": ...}, None, "licence"),
    "licence vide": ({"licenses": [{}]}, None, "licence"),
    "licence sans nom": ({"licenses": [{"name": " "}]}, None, "licence"),
    "licence d’un seul mot": ({"licenses": ["etalab-2.0"]}, None, "licence"),
    "schéma d’avant le premier": ({"observatoire": {"format": 0}}, None, "version"),
    "schéma qui n’est pas un nombre": ({"observatoire": {"format": True}}, None, "version"),
    "schéma plus récent": ({"observatoire": {"format": 3}}, None, "version 3"),
    "schéma absent": ({"observatoire": ...}, None, "version"),
    "sans nom": ({"name": ...}, None, "nom"),
    "nom trop long": ({"name": "x" * 2_000_000}, None, "200 lettres"),
    "nom vide": ({"name": " "}, None, "nom"),
    "nom qui ne s’écrit pas": ({"name": "ville\0"}, None, "ne s’écrivent pas"),
    "sans fichiers": ({"resources": "abc"}, None, "fichiers"),
    "convention illisible": ({"conventions": [[]]}, None, "conventions"),
    "statut inconnu": ({}, rewritten(lambda f: f.assign(statut="vrai")), "« vrai »"),
    "chiffre en double": ({}, rewritten(twice), "plusieurs fois"),
    "chiffres en texte": ({}, rewritten(lambda f: f.assign(valeur="12,5")), "« valeur »"),
    "codes en nombres": ({}, rewritten(lambda f: f.assign(territoire=1.0)), "« territoire »"),
    "valeur infinie": ({}, rewritten(lambda f: f.assign(valeur=float("inf"))), "des nombres"),
    "secret montré": ({}, rewritten(lambda f: f.assign(statut="secret")), "secret"),
    "observé sans chiffre": ({}, rewritten(lambda f: f.assign(valeur=float("nan"))), "manquent"),
    "indicateur nul": (
        {}, rewritten(lambda f: pd.concat([f, f.assign(indicateur=None)])), "csv",
    ),
    "colonne de notre engin": ({}, rewritten(lambda f: f.assign(fichier="x")), "fichier"),
    "colonne deux fois": ({}, lambda f: twice_in(f / "valeurs.parquet"), "deux fois"),
    "zones sans noms": ({}, lambda f: places(f, zonage="q", territoire="Q1"), "nom"),
    "zones en nombres": (
        {}, lambda f: places(f, zonage="q", territoire=1, nom="Q1"), "« territoire »",
    ),
    "zones qui n’en sont pas": (
        {}, lambda f: (f / "zones.parquet").write_bytes(b"x"), "zones.parquet",
    ),
    "bornes croisées": (
        {}, rewritten(lambda f: f.assign(borne_basse=3.0, borne_haute=2.0)), "bornes",
    ),
    "indicateur sans définition": ({}, rewritten(lambda f: f.assign(indicateur="x")), "« x »"),
    "zonage inconnu": ({}, rewritten(lambda f: f.assign(zonage="z")), "z Q1"),
    "le Parquet n’est pas le csv": (
        {}, rewritten(lambda f: f.assign(valeur=13.0), csv=False), "csv",
    ),
    "colonne absente": ({}, rewritten(lambda f: f.drop(columns="couverture")), "couverture"),
    "aucun chiffre": ({}, rewritten(lambda f: f.head(0)), "aucun chiffre"),
    "pas un Parquet": ({}, lambda f: (f / "valeurs.parquet").write_bytes(b"PAR1"), "ne se lit pas"),
    "csv d’une autre nature": ({}, lambda f: (f / "valeurs.csv").write_bytes(b"\xff\xfe\0"), "csv"),
    "définitions en double": (
        {}, lambda f: (f / "indicateurs.csv").write_text(
            (f / "indicateurs.csv").read_text() + (f / "indicateurs.csv").read_text().split("\n")[1]
        ), "plusieurs fois",
    ),
    "seuils illisibles": (
        {}, lambda f: (f / "secret.json").write_text("[]"), "seuils",
    ),
    "passages illisibles": (
        {}, lambda f: (f / "passages.csv").write_text("a,b\n1,2\n"), "Colonnes absentes",
    ),
    "trop de variables": (
        {}, lambda f: (f / "indicateurs.csv").write_text(
            (f / "indicateurs.csv").read_text().replace(",Caf,", ",Caf," + "V " * 400)
        ), "300 variables",
    ),
    "csv qui montre un secret": (
        {}, lambda f: (f / "valeurs.csv").write_text(
            (f / "valeurs.csv").read_text().replace("12.5", "12.6")
        ), "csv",
    ),
    "sans passages": ({}, lambda f: (f / "passages.csv").unlink(), "passages.csv"),
    "champ démesuré": ({}, lambda f: swollen(f / "valeurs.parquet"), "démesurée"),
}  # fmt: skip


@pytest.mark.parametrize("fault", list(SPOILT))
def test_what_is_wrong_is_said_and_harms_no_other(tmp_path: Path, fault: str) -> None:
    changed, spoil, said = SPOILT[fault]
    good = package(tmp_path / "bon")
    bad = package(tmp_path / "mauvais", spoil=spoil, **changed)
    if fault.startswith("altéré"):
        (bad / "indicateurs.csv").write_text("9", "utf-8")
    both = obs.federate([bad, good])
    assert both.observatories == ("bon",)
    assert both.df["valeur"].tolist() == [12.5]
    (refused,) = both.rejected().itertuples(index=False)
    assert refused.place == str(bad)
    assert said in refused.reason
    with pytest.raises(ObservatoireError) as alone:
        obs.federate(bad)
    says(alone.value, said)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"name": "x"}'])
def test_a_descriptor_that_is_none(tmp_path: Path, text: str) -> None:
    folder = package(tmp_path / "a")
    (folder / "datapackage.json").write_text(text)
    with pytest.raises(FileError):
        obs.federate([folder])


@pytest.mark.parametrize("path", ["../b/valeurs.csv", "/etc/hostname", "a\0b"])
def test_a_path_that_climbs_out(tmp_path: Path, path: str) -> None:
    folder = package(tmp_path / "a")
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    descriptor["resources"].append({"path": path, "hash": "sha256:0"})
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    with pytest.raises(FileError, match=r"hors de lui-même|impossible"):
        obs.federate([folder])


@pytest.mark.parametrize("name", ["ville", " ville "])
def test_two_members_of_one_name_the_first_is_kept(tmp_path: Path, name: str) -> None:
    first = package(tmp_path / "a", name="ville")
    second = package(tmp_path / "b", [(*ROW[:4], 14.0, "observé")], name=name)
    both = obs.federate([first, second])
    assert both.df["valeur"].tolist() == [12.5]
    assert "Donnez à chacun son nom" in both.rejected()["reason"].item()


def test_nothing_to_federate_is_a_sentence() -> None:
    with pytest.raises(FileError) as caught:
        obs.federate([])
    says(caught.value, "Quels paquets", "obs.federate")


@pytest.mark.parametrize("given", [3, 2.5, object(), b"a", [3]])
def test_what_is_no_path_is_a_sentence(given: Any) -> None:
    with pytest.raises(FileError) as caught:
        obs.federate(given)
    says(caught.value, "Ce n’est pas un chemin", "obs.federate")


def test_all_refused_names_each(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        obs.federate([package(tmp_path / "a", licenses=[]), tmp_path / "rien"])
    says(caught.value, "Aucun de ces paquets", "licence", "rien")


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)"])
def test_formulas_stay_disarmed(formula: str) -> None:
    from observatoire.exchange.publication.figures import published_figures, table_bytes

    row = {"zoning": "q", "territory": "Q1", "name": formula, "indicator": "pop", "period": "2016"}
    frame = published_figures(pd.DataFrame([{**row, "value": 1.0, "status": "observed"}]))
    assert frame["nom"].tolist() == [f"'{formula}"]
    assert table_bytes(frame).decode().count(f"'{formula}") == 1
    assert f"''{formula}" not in table_bytes(frame).decode()


def test_made_figures_are_of_the_types_of_a_package() -> None:
    assert {str(kind) for kind in figures([ROW])[["valeur", "couverture"]].dtypes} == {"float64"}


def test_of_two_thresholds_for_one_figure_the_stricter_holds(tmp_path: Path) -> None:
    def twice_listed(folder: Path) -> None:
        said = [{"indicateur": "pop", "periode": "2016", "seuil": floor} for floor in (11, 1)]
        (folder / "secret.json").write_text(json.dumps({"seuils": said}), "utf-8")

    (member,) = obs.federate(package(tmp_path / "a", spoil=twice_listed)).members
    assert member.floor("pop", "2016") == 11


@pytest.mark.parametrize("shape", [b"", b"\x01\x03\x00\x00\x00\xff\xff\xff\x7f"])
def test_shapes_that_are_none_are_not_drawn(tmp_path: Path, shape: bytes) -> None:
    def spoil(folder: Path) -> None:
        path = folder / "zones.parquet"
        whole = parquet.read_table(path)
        lying = pa.array([shape] * whole.num_rows)
        changed = whole.set_column(whole.column_names.index("geometry"), "geometry", lying)
        parquet.write_table(changed.replace_schema_metadata(whole.schema.metadata), path)

    f = obs.federate([package(tmp_path / "a", spoil=spoil), package(tmp_path / "b")])
    assert "Q1" in f.panel(indicators=["pop"], zoning="q")._repr_html_()
    assert f.atlas(tmp_path / "atlas.html").is_file()


@pytest.mark.parametrize("system", ['{"type": "bidule"}', '"EPSG:999999"', "5", '{"$schema": 3}'])
def test_zones_of_an_unknown_system_are_not_drawn(tmp_path: Path, system: str) -> None:
    column = f'{{"encoding": "WKB", "geometry_types": [], "crs": {system}}}'
    geo = (
        f'{{"version": "1.0.0", "primary_column": "geometry", "columns": {{"geometry": {column}}}}}'
    )

    def spoil(folder: Path) -> None:
        path = folder / "zones.parquet"
        whole = parquet.read_table(path)
        parquet.write_table(whole.replace_schema_metadata({"geo": geo}), path)

    f = obs.federate([package(tmp_path / "a", spoil=spoil), package(tmp_path / "b")])
    assert "Q1" in f.panel(indicators=["pop"], zoning="q").html


@pytest.mark.parametrize("far", [(900.0, 95.0), (1e300, 0.0)])
def test_zones_at_no_place_do_not_spoil_the_map_of_others(
    tmp_path: Path, far: tuple[float, float]
) -> None:
    def spoil_by(where: tuple[float, float], system: int) -> Any:
        def spoil(folder: Path) -> None:
            shapes = gpd.GeoSeries([shapely.Point(where).buffer(1)], crs=system)
            named = {"zonage": ["q"], "territoire": ["Q1"], "nom": ["Q1"]}
            gpd.GeoDataFrame(named, geometry=shapes).to_parquet(folder / "zones.parquet")

        return spoil

    lost = package(tmp_path / "a", spoil=spoil_by(far, 4326))
    with pytest.raises(GeometryError):
        obs.federate(lost).map("pop", zoning="q")
    placed = package(tmp_path / "b", spoil=spoil_by((-61.0, 14.6), 4326))
    assert "<svg" in obs.federate([lost, placed]).map("pop", zoning="q").html


def test_a_file_that_no_disk_bears_is_a_sentence(tmp_path: Path) -> None:
    folder = package(tmp_path / "a")
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    descriptor["resources"].append({"path": "a" * 5000, "hash": "sha256:0"})
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    with pytest.raises(FileError, match="ne se lit pas"):
        obs.federate([folder])


@pytest.mark.parametrize("period", ["hiver", "99999"])
def test_a_period_without_a_year_has_its_pages(tmp_path: Path, period: str) -> None:
    rows = [(*ROW[:3], each, 12.5, "observé") for each in (period, "2016")]
    f = obs.federate([package(tmp_path / "a", rows), package(tmp_path / "b")])
    assert f.atlas(tmp_path / "atlas.html").is_file()
    assert f.annex(tmp_path / "annexe.html").is_file()


def test_large_packages_are_looked_at_apart_and_small_ones_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_LOT_ROWS", 4)
    rows = [("q", f"Q{k}", "pop", "2016", 12.5, "observé") for k in range(5)]
    made = [package(tmp_path / "abcde"[k], rows[:many]) for k, many in enumerate((1, 2, 2, 5, 1))]
    members = [verification.verify(folder) for folder in made]
    lots = verification._lots(members)
    assert [[member.name for member in lot] for lot in lots] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert not verification.check_figures(members)
