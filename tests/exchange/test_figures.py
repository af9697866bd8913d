"""A package from elsewhere: words for numbers, rows twice and formulas are refused or disarmed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from built_workspace import says

import observatoire as obs
from observatoire.errors import DuplicateKeyError, FileError, ObservatoireError, RowError
from observatoire.exchange.figures import VALUE_FIELDS, write_table

if TYPE_CHECKING:
    from pathlib import Path

HEAD = ",".join(french for french, _, _ in VALUE_FIELDS.values())
ROW = "q,Q1,Dillon,pop,2016,12.5,,,,,,,observé,exact,1,,,Insee"


def package(folder: Path, *rows: str, head: str = HEAD, **changed: object) -> Path:
    folder.mkdir()
    files = {
        "valeurs.csv": "\n".join([head, *rows, ""]),
        "indicateurs.csv": "indicateur,definition\npop,Habitants\n",
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    resources = [
        {"path": name, "hash": f"sha256:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"}
        for name in files
    ]
    descriptor = {"name": folder.name, "resources": resources, "conventions": []} | changed
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    return folder


def test_figures_are_read_as_numbers_and_texts(tmp_path: Path) -> None:
    df = obs.federate([package(tmp_path / "a", ROW)]).df
    assert df["valeur"].to_list() == [12.5]
    assert df["valeur_basse"].isna().all()
    assert df["territoire"].to_list() == ["Q1"]


@pytest.mark.parametrize(
    ("column", "text"),
    [("valeur", "abc"), ("valeur", "inf"), ("valeur_haute", "12,5"), ("couverture", "nan")],
)
def test_a_word_for_a_number_is_refused_with_its_line(
    tmp_path: Path, column: str, text: str
) -> None:
    fields = [french for french, _, _ in VALUE_FIELDS.values()]
    row = ROW.replace("Q1", "Q2").split(",")
    row[fields.index(column)] = f'"{text}"'
    with pytest.raises(RowError) as caught:
        obs.federate([package(tmp_path / "a", ROW, ",".join(row))])
    says(caught.value, "a/valeurs.csv", "ligne 3", column, text)


@pytest.mark.parametrize("status", ["vrai", ""])
def test_a_status_that_does_not_exist(tmp_path: Path, status: str) -> None:
    with pytest.raises(RowError) as caught:
        obs.federate([package(tmp_path / "a", ROW.replace("observé", status))])
    says(caught.value, "statut", "ligne 2")


@pytest.mark.parametrize("again", [ROW, ROW.replace("12.5", "13")])
def test_a_figure_twice_is_refused(tmp_path: Path, again: str) -> None:
    with pytest.raises(DuplicateKeyError) as caught:
        obs.federate([package(tmp_path / "a", ROW, again)])
    says(caught.value, "lignes 2, 3", "Q1")


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "\t=1", "-2+3"])
def test_formulas_are_disarmed_where_read_and_where_written(tmp_path: Path, formula: str) -> None:
    folder = package(tmp_path / "a", ROW.replace("Dillon", f'"{formula}"'))
    f = obs.federate([folder])
    assert f.df["nom"].to_list() == [f"'{formula}"]
    write_table(f.df, tmp_path / "b.csv")
    assert f"'{formula}" in (tmp_path / "b.csv").read_text("utf-8")
    assert f"''{formula}" not in (tmp_path / "b.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "rows", [(f"{ROW},de,trop",), ('"' + ROW,), (ROW.replace("Dillon", "\udcff\udcfe"),)]
)
def test_a_csv_that_is_none(tmp_path: Path, rows: tuple[str, ...]) -> None:
    with pytest.raises(ObservatoireError) as caught:
        obs.federate([package(tmp_path / "a", *rows)])
    says(caught.value, "valeurs.csv")


@pytest.mark.parametrize(
    "changed",
    [
        {"resources": [{"path": "a\0b", "hash": "x"}, {"path": "valeurs.csv", "hash": "x"}]},
        {"resources": "abc"},
        {"conventions": [[]]},
        {"conventions": {"a": 1}},
    ],
)
def test_a_descriptor_that_is_none(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(FileError):
        obs.federate([package(tmp_path / "a", ROW, **changed)])


def test_a_descriptor_without_end(tmp_path: Path) -> None:
    folder = package(tmp_path / "a", ROW)
    (folder / "datapackage.json").write_text("[" * 100_000)
    with pytest.raises(FileError):
        obs.federate([folder])


def test_a_column_that_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="couverture"):
        obs.federate([package(tmp_path / "a", ROW, head=HEAD.replace("couverture", "x"))])
