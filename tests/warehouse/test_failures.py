"""A warehouse that does not open, or cannot be written, says the true cause; nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest
from built_workspace import Place, dump, says
from full_disk import full_disk

from observatoire.errors import WorkspaceError
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.failures import failure, is_of_the_file

if TYPE_CHECKING:
    from pathlib import Path

METRIC = "EPSG:5490"


def big(place: Place) -> None:
    rows = "".join(f"9720901{rank:02};x;{rank};1\n" for rank in range(1, 4))
    place.csv("IRIS;LIBIRIS;POP;TAUX\n" + rows)
    years = range(1000, 1008)
    files = (
        f'[[files]]\nname = "p{year}.csv"\nterritory = "IRIS"\nperiod = "{year}"\n'
        for year in years
    )
    place.source_toml("[markers]", "".join(files) + "[markers]")
    for year in years:
        place.csv("IRIS;POP;TAUX\n972090101;1;2\n", f"p{year}.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="pas de limite de taille sous Windows")
@pytest.mark.parametrize("room", [0, 3000])
def test_two_loads_on_a_full_disk_then_room_is_made(place: Place, room: int) -> None:
    big(place)
    count = "SELECT count(*) FROM observation"
    warehouse, folder = place.warehouse(), place.workspace.warehouse.parent
    before, sentences = warehouse.rows(count), []
    with full_disk(room + max(path.stat().st_size for path in folder.iterdir())):
        for _ in range(2):
            with pytest.raises(WorkspaceError) as caught:
                place.load(warehouse)
            sentences.append(str(caught.value))
            assert warehouse.rows(count) == before
    assert all("plus de place" in line and "Faites de la place" in line for line in sentences)
    place.close()
    warehouse = place.warehouse()
    assert place.load(warehouse).changed


def _cut_journal(path: Path) -> None:
    """Leave a journal whose tail was never written: a process dies, the disk gives zeros."""
    code = (
        "import duckdb, os, sys\n"
        "c = duckdb.connect(sys.argv[1], config={'storage_compatibility_version': 'v1.5.0'})\n"
        "for _ in range(30): c.execute('INSERT INTO check_run VALUES (?, now()::TIMESTAMP)', ['x' * 50])\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)


@pytest.mark.parametrize("lost", [60, 200])
def test_a_journal_with_a_zeroed_tail(place: Place, lost: int) -> None:
    place.load(place.warehouse())
    place.close()
    path = place.workspace.warehouse
    _cut_journal(path)
    journal = path.with_name(f"{path.name}.wal")
    content = journal.read_bytes()
    journal.write_bytes(content[:-lost] + bytes(lost))
    with pytest.raises(WorkspaceError) as caught:
        place.warehouse()
    says(caught.value, f"{path.name}.wal", "sain", "déplacez")
    assert "renommez" not in str(caught.value)
    journal.rename(path.with_name("ailleurs.wal"))
    assert place.warehouse().rows("SELECT count(*) FROM current_observation") == [(8,)]


@pytest.mark.parametrize("name", ["quoi?/o.duckdb", "o?.duckdb"])
def test_a_question_mark_in_the_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        open_warehouse(tmp_path / name, METRIC)
    says(caught.value, "point d’interrogation", "Renommez")
    assert list(tmp_path.iterdir()) == []


#: What engines say of a file of another version, as 1.5.0 says it of one made by 2.0.
NEWER = """Trying to read a database file with version number 999, but we can only read versions between
64 and 68.
The database file was created with an newer version of DuckDB."""
OLDER = """Trying to read a database file with version number 38, but we can only read versions between
64 and 68.
The database file was created with an older version of DuckDB."""


@pytest.mark.parametrize(("said", "what"), [(NEWER, "plus récente"), (OLDER, "plus ancienne")])
def test_a_warehouse_of_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, what: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException(f"IO Error: {said}")

    monkeypatch.setattr(duckdb, "connect", refuse)
    with pytest.raises(WorkspaceError) as caught:
        open_warehouse(tmp_path / "o.duckdb", METRIC)
    says(caught.value, what, duckdb.__version__, "sain")
    assert "renommez" not in str(caught.value)


def test_the_warehouse_is_written_as_every_supported_engine_reads_it(place: Place) -> None:
    warehouse = place.warehouse()
    ((tags,),) = warehouse.rows("SELECT tags FROM duckdb_databases() WHERE NOT internal")
    assert tags["storage_version"] == "v1.5.0+"


def test_a_warehouse_of_the_form_of_its_engine_opens_still(place: Place) -> None:
    place.load(place.warehouse())
    before = dump(place.opened[-1])
    place.close()
    path = place.workspace.warehouse
    made = path.with_name("avant.duckdb")
    with duckdb.connect() as engine:  # as before the form was asked for
        engine.execute(f"ATTACH '{path}' AS a; ATTACH '{made}' AS b; COPY FROM DATABASE a TO b")
    made.replace(path)
    assert dump(place.warehouse()) == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (duckdb.TransactionException("Failed to commit: No space left on device"), "plus de place"),
        (duckdb.IOException("Could not write file: Disk quota exceeded"), "plus de place"),
        (duckdb.OutOfMemoryException("failed to allocate data of size 1.0 GiB"), "mémoire"),
        (duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size"), "plus de place"),
        (duckdb.Error("Failure while replaying WAL file: checksum"), "journal"),
        (duckdb.FatalException("database has been invalidated"), "abîmé"),
    ],
)  # fmt: skip
def test_each_cause_has_its_words(error: duckdb.Error, words: str) -> None:
    assert is_of_the_file(error)
    assert words in str(failure(error, "o.duckdb"))


@pytest.mark.parametrize(
    "error", [duckdb.BinderException("no such column"), duckdb.TransactionException("conflict")]
)
def test_what_is_of_a_statement_is_left_to_its_author(error: duckdb.Error) -> None:
    assert not is_of_the_file(error)


def test_no_message_advises_to_forget_what_was_published(tmp_path: Path) -> None:
    damaged, ledger = duckdb.IOException("Could not read the block"), tmp_path / "registre.jsonl"
    without = str(failure(damaged, "o.duckdb", ledger))
    assert "renommez" not in without
    assert "gardez ce fichier" in without
    ledger.write_text("")
    assert "renommez" in str(failure(damaged, "o.duckdb", ledger))
    assert "registre.jsonl" in str(failure(damaged, "o.duckdb", ledger))
