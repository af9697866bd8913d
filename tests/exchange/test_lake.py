"""Four observatories put packages into one lake at once; one is killed: nothing is lost, nothing half seen."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from packages_made import package

from observatoire.errors import ObservatoireError
from observatoire.exchange import lake as lakes
from observatoire.exchange.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator


def installed() -> bool:
    try:
        return all(lakes._extension(name) for name in lakes._EXTENSIONS)
    except ObservatoireError:
        return False


def binaries() -> Path | None:
    """Return where PostgreSQL's own programs are."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in found if (each / "postgres").exists()), None)


needs_lake = pytest.mark.skipif(
    not installed(), reason=f"no ducklake extension of DuckDB {duckdb.__version__}: extra « lake »"
)
needs_server = pytest.mark.skipif(binaries() is None, reason="no PostgreSQL on this machine")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a PostgreSQL of its own; as root, under another user, for it refuses root."""
    programs = binaries()
    assert programs is not None
    home = Path(tempfile.mkdtemp(prefix="lac-", dir="/tmp"))
    other = {"user": "postgres"} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(home, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [programs / "initdb", "-D", home / "base", "-A", "trust", "-U", "lac", "--no-sync"]
    subprocess.run(run, check=True, capture_output=True, cwd=home, **other)  # type: ignore[call-overload]
    settings = [
        "-k",
        str(home),
        "-p",
        str(port),
        "-c",
        "fsync=off",
        "-c",
        "listen_addresses=127.0.0.1",
    ]
    served = subprocess.Popen(  # type: ignore[call-overload]
        [programs / "postgres", "-D", home / "base", *settings],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=home, **other,
    )  # fmt: skip
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"host=127.0.0.1 port={port} user=lac dbname=postgres"
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(20)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the lake’s files: a catalogue has one."""
    return tmp_path_factory.mktemp("donnees")


WRITER = """
import sys
from observatoire.exchange.lake import Lake
with Lake(sys.argv[1], sys.argv[2]) as lake:
    for folder in sys.argv[3:]:
        print(lake.add(folder), flush=True)
"""


def packages(folder: Path, who: str, count: int) -> list[Path]:
    rows = [
        [("q", f"Q{n}", "pop", "2016", 10.0 * v + n, "observé") for n in range(50)]
        for v in range(count)
    ]
    return [package(folder / f"{who}-{v}", rows[v], name=who) for v in range(count)]


@needs_lake
@needs_server
def test_four_writers_at_once_one_killed(server: str, data: Path, tmp_path: Path) -> None:
    given = {who: packages(tmp_path, who, 4) for who in ("ville", "caf", "plie", "clspd")}
    Lake(server, data).close()
    writers = {
        who: subprocess.Popen(
            [sys.executable, "-c", WRITER, server, data, *folders],
            stdout=subprocess.PIPE,
            text=True,
        )
        for who, folders in given.items()
    }
    deposits: dict[str, list[str]] = {}
    for who, writer in writers.items():
        assert writer.stdout is not None
        if who == "ville":  # killed once it has begun
            deposits[who] = [writer.stdout.readline().strip()]
            writer.kill()
        deposits.setdefault(who, []).extend(writer.stdout.read().split())
        writer.wait(120)
    with Lake(server, data) as lake:
        versions = lake.versions().set_index("depot")
        held = lake.connection.execute(
            "SELECT depot, count(*) FROM chiffres GROUP BY ALL"
        ).fetchall()
        assert {depot for found in deposits.values() for depot in found} <= set(versions.index)
        assert dict(held) == versions["lignes"].to_dict(), "half seen"
        assert [len(deposits[who]) for who in ("caf", "plie", "clspd")] == [4, 4, 4]
        assert set(versions["lignes"]) == {50}
        standing = lake.figures("pop").groupby("observatoire")["valeur"].min()
        assert standing[["caf", "plie", "clspd"]].tolist() == [30.0, 30.0, 30.0]
        # The one that was killed goes on where it stopped.
        for folder in given["ville"]:
            lake.add(folder)
        assert lake.figures().groupby("observatoire")["valeur"].min()["ville"] == 30.0


@needs_lake
@needs_server
def test_the_same_figures_twice_are_one_deposit_and_a_correction_is_another(
    server: str, data: Path, tmp_path: Path
) -> None:
    first, second = packages(tmp_path, "mission", 2)
    with Lake(server, data) as lake:
        assert lake.add(first) == lake.add(first)
        assert lake.add(second) != lake.add(first)
        mine = lake.versions().query("observatoire == 'mission'")
        assert mine["rang"].tolist() == [1, 2, 3]
        assert lake.figures("pop").query("observatoire == 'mission'")["valeur"].min() == 0.0
    with pytest.raises(ObservatoireError, match="celui de ce lac"):
        Lake(server, tmp_path)


def test_without_the_extra_the_fault_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lakes.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ObservatoireError, match=r"observatoire\[lake\]"):
        Lake("dbname=rien", tmp_path)


@needs_lake
def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ObservatoireError) as raised:
        Lake("host=127.0.0.1 port=1 user=x password=motdepasse dbname=y", tmp_path)
    assert "motdepasse" not in str(raised.value)
