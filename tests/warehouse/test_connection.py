"""The warehouse opens, keeps its geometries with their CRS, and says why when it does not."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from built_workspace import Place, dump, says

from observatoire.errors import WorkspaceError
from observatoire.territories.perimeters import Perimeters
from observatoire.warehouse import database, open_warehouse, read_shapes, store_zonings
from observatoire.warehouse.connection import MEMORY
from observatoire.warehouse.storage.agreements import list_agreements

if TYPE_CHECKING:
    from pathlib import Path

METRIC = "EPSG:5490"


def test_opening_makes_the_folder_and_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "a/b/o.duckdb"
    warehouse = open_warehouse(path, METRIC)
    assert {name for name, rows in dump(warehouse).items() if rows} == {"laid_out"}
    warehouse.close()
    assert path.is_file()


def test_opening_again_keeps_what_was_there(place: Place) -> None:
    warehouse = place.warehouse()
    place.load(warehouse)
    before = dump(warehouse)
    place.close()
    assert dump(place.warehouse()) == before


def test_nothing_is_laid_out_again_while_nothing_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "o.duckdb"
    open_warehouse(path, METRIC).close()
    monkeypatch.setattr(database, "_forget_former_forms", lambda _: pytest.fail("laid out anew"))
    open_warehouse(path, METRIC).close()


@pytest.mark.parametrize(
    "spoilt",
    [
        "DROP TABLE finding",
        "DROP TABLE laid_out",
        "ALTER TABLE source DROP COLUMN family",
        "CREATE OR REPLACE VIEW current_note AS SELECT 1 AS former",  # as an older version lays it
    ],
)
def test_what_lacks_or_is_of_another_version_is_laid_out_again(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "o.duckdb"
    open_warehouse(path, METRIC).close()
    whole = _columns(path)
    with duckdb.connect(str(path)) as other:
        other.execute(spoilt)
    assert _columns(path) != whole
    open_warehouse(path, METRIC).close()
    assert _columns(path) == whole


def _columns(path: Path) -> set[tuple[str, ...]]:
    with duckdb.connect(str(path)) as engine:
        asked = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        return {tuple(map(str, row)) for row in engine.execute(asked).fetchall()}


@pytest.mark.parametrize("content", [b"ceci n'est pas un entrepot", bytes(range(256)) * 64])
def test_file_that_is_no_warehouse(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "o.duckdb"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        open_warehouse(path, METRIC)
    says(caught.value, "o.duckdb", "copie saine", "gardez ce fichier")
    assert path.read_bytes() == content


def test_truncated_warehouse(place: Place) -> None:
    place.load(place.warehouse())
    place.close()
    path = place.workspace.warehouse
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(WorkspaceError) as caught:
        open_warehouse(path, METRIC)
    says(caught.value, path.name, "copie saine", "gardez ce fichier")


@pytest.mark.parametrize("kept", [0.5, 0.7, 0.9])
def test_warehouse_whose_end_is_lost(place: Place, kept: float) -> None:
    place.load(place.warehouse())
    place.close()
    path = place.workspace.warehouse
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(WorkspaceError) as caught:
        dump(place.warehouse())
    says(caught.value, path.name, "copie saine", "gardez ce fichier")


def test_a_closed_warehouse_answers_nothing(place: Place) -> None:
    warehouse = place.warehouse()
    warehouse.close()
    for ask in (
        lambda: warehouse.frame("SELECT $day AS day", {"day": 1}),
        lambda: warehouse.insert("load", pd.DataFrame({"id": [1]})),
        lambda: list_agreements(warehouse, dt.date(2026, 1, 1)),
        lambda: warehouse.transaction().__enter__(),
    ):
        with pytest.raises(WorkspaceError, match="fermé"):
            ask()


def test_database_of_something_else_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "o.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE load (x INTEGER); CREATE TABLE observation (y INTEGER)")
    with pytest.raises(WorkspaceError) as caught:
        open_warehouse(path, METRIC)
    says(caught.value, "o.duckdb")
    path.rename(tmp_path / "p.duckdb")
    with duckdb.connect(str(tmp_path / "p.duckdb")) as other:
        assert other.execute("SELECT count(*) FROM load").fetchone() == (0,)


def test_warehouse_held_by_another_program(place: Place) -> None:
    place.warehouse()
    path = place.workspace.warehouse
    code = (
        "import sys; from observatoire.warehouse import open_warehouse\n"
        "from observatoire.errors import WorkspaceError\n"
        "try: open_warehouse(sys.argv[1], 'EPSG:5490')\n"
        "except WorkspaceError as error: print(error)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8"},
    ).stdout
    assert "déjà ouvert" in printed
    assert "Fermez" in printed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('Could not set lock on file "o.duckdb": Conflicting lock is held', "déjà ouvert"),
        ('Cannot open file "o.duckdb": used by another process.', "déjà ouvert"),
        ("ce fichier est utilisé par un autre processus.", "déjà ouvert"),
        ("File is already open in python.exe (PID 12)", "déjà ouvert"),
        ("Could not read the block at location 12", "abîmé"),
    ],
)
def test_a_held_file_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, expected: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException(f"IO Error: {said}")

    monkeypatch.setattr(duckdb, "connect", refuse)
    with pytest.raises(WorkspaceError, match=expected):
        open_warehouse(tmp_path / "o.duckdb", METRIC)


def test_geometries_carry_their_crs_in_the_core_type(place: Place) -> None:
    warehouse = place.warehouse()
    ((kind,),) = warehouse.rows(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = 'territory' "
        "AND column_name = 'shape'"
    )
    assert kind.startswith("GEOMETRY")
    assert "5490" in kind


def test_changing_the_crs_of_a_workspace_changes_that_of_its_shapes(place: Place) -> None:
    place.load(place.warehouse())
    place.close()
    place.toml("EPSG:5490", "EPSG:32620")
    warehouse = place.warehouse()
    ((kind,),) = warehouse.rows(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = 'territory' "
        "AND column_name = 'shape'"
    )
    assert "32620" in kind
    assert "5490" not in kind
    assert warehouse.rows("SELECT count(*) FROM current_observation") == [(8,)]


def test_shapes_come_back_as_they_were_stored(place: Place) -> None:
    warehouse = place.warehouse()
    zoning = place.workspace.zoning("iris-2016")
    members = pd.DataFrame(
        {"code": ["b", "a"], "nom": ["B", "A"], "commune": ["", "x"], "note": ["é", ""]}
    )
    shapes = gpd.GeoSeries({"a": shapely.box(0, 0, 1, 2).segmentize(0.5)}, crs=METRIC)
    with warehouse.transaction():
        made = Perimeters(shapes, official=True, origin="f.gpkg")
        store_zonings(warehouse, [(zoning, members, made)])
    shapes_read = read_shapes(warehouse, "iris-2016")
    assert shapes_read.index.to_list() == ["b", "a"]
    assert shapes_read.geometry["b"] is None
    assert shapely.equals_identical(shapes_read.geometry["a"], shapes["a"])
    assert shapes_read["attributes"].to_list() == [{"note": "é"}, {"note": ""}]
    assert shapes_read["official"].to_list() == [True, True]


def test_zoning_declared_no_more_is_forgotten(place: Place) -> None:
    place.warehouse()
    place.close()
    place.toml('zoning = "commune-2016"\npanel = true', 'zoning = "iris-2016"')
    place.toml('[zonings."iris-2016"]', '[zonings."iris-2020"]')
    place.toml('source = "iris-2016" }', 'source = "iris-2020" }')
    place.toml('source = "iris-2016"\n', 'source = "iris-2020"\n')
    place.toml('zoning = "iris-2016"', 'zoning = "iris-2020"')
    warehouse = place.warehouse()
    assert warehouse.rows("SELECT code FROM zoning ORDER BY code") == [
        ("commune-2016",),
        ("iris-2020",),
        ("quartier-2007",),
    ]
    assert warehouse.rows("SELECT count(*) FROM territory WHERE zoning = 'iris-2016'") == [(0,)]


def test_transaction_is_whole_or_nothing() -> None:
    warehouse = open_warehouse(MEMORY, METRIC)
    insert = "INSERT INTO zoning VALUES ('a', 'b', 'c', '2020', true, '', false, '')"

    def within(*statements: str) -> None:
        with warehouse.transaction():
            for statement in statements:
                warehouse.run(statement)

    with pytest.raises(duckdb.ParserException):
        within(insert, "INSERT ITNO zoning")
    assert warehouse.rows("SELECT count(*) FROM zoning") == [(0,)]
    with pytest.raises(duckdb.ConstraintException):
        within(insert, insert)
    within(insert)
    assert warehouse.rows("SELECT count(*) FROM zoning") == [(1,)]
    warehouse.close()
