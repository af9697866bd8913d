"""A load killed at any moment leaves a file that opens and holds all of the load or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from built_workspace import POPULATION, dump

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from built_workspace import Place

#: Loads the source of a workspace, and kills itself before the n-th statement sent to DuckDB.
CHILD = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from observatoire.warehouse import connection
    from observatoire.warehouse import open_warehouse
    from observatoire.warehouse.loading.sources import load_source
    from observatoire.workspace.model import read_workspace

    class Counting:
        def __init__(self, inner, deadly):
            self.inner, self.deadly, self.done = inner, deadly, 0

        def execute(self, *arguments):
            if self.done == self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            self.done += 1
            return self.inner.execute(*arguments)

        def __getattr__(self, name):
            return getattr(self.inner, name)

    def load(root, deadly, how):
        workspace = read_workspace(Path(root))
        warehouse = open_warehouse(workspace.warehouse, workspace.crs)
        warehouse.connection = Counting(warehouse.connection, int(deadly))
        load_source(warehouse, workspace, workspace.raw / "src")
        done = warehouse.connection.done
        if how == "unclosed":
            os.kill(os.getpid(), signal.SIGKILL)
        warehouse.close()
        return done

    for line in sys.stdin:  # a child of its own for each: only the imports are shared
        child = os.fork()
        if not child:
            done = load(*line.rstrip("\\n").split("\\t"))
            os.write(1, f"{done} ".encode())
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"{code}\\n".encode())
    """
)


@pytest.fixture(scope="module")
def loader() -> Iterator[subprocess.Popen[str]]:
    """Give the process whose children load and die."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        yield process
        assert process.stdin
        process.stdin.close()


def load_in_child(
    loader: subprocess.Popen[str], root: Path, deadly: int, how: str = ""
) -> tuple[int, str]:
    """Load in another process; give its exit code and the number of statements it ran."""
    assert loader.stdin
    assert loader.stdout
    loader.stdin.write(f"{root}\t{deadly}\t{how}\n")
    loader.stdin.flush()
    *count, code = loader.stdout.readline().split()
    assert int(code) in (0, -signal.SIGKILL)
    return int(code), "".join(count)


def corrected(place: Place) -> None:
    place.csv(POPULATION.replace("2000", "2001"))


@pytest.mark.skipif(os.name == "nt", reason="Windows n’a pas de SIGKILL")
def test_killed_before_each_statement(place: Place, loader: subprocess.Popen[str]) -> None:
    """Kill a load that replaces another before each of its statements, the commit too."""
    place.load(place.warehouse())
    before = dump(place.opened[0])
    place.close()
    corrected(place)
    at, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL and at < 60:
        code, count = load_in_child(loader, place.root, at)
        if code == -signal.SIGKILL:
            assert dump(place.warehouse()) == before, f"killed before statement {at}"
            place.close()
        at += 5 if at > 1 else 1
    assert code == 0, "the load never ended"
    assert int(count) > 8
    after = place.warehouse()
    assert after.rows("SELECT count(*), count(superseded_by) FROM load") == [(2, 1)]


@pytest.mark.skipif(os.name == "nt", reason="Windows n’a pas de SIGKILL")
def test_killed_after_the_commit_keeps_all_of_it(
    place: Place, loader: subprocess.Popen[str]
) -> None:
    place.warehouse()
    place.close()
    code, _ = load_in_child(loader, place.root, 10_000, "unclosed")
    assert code == -signal.SIGKILL
    rows = place.warehouse().rows("SELECT count(*), count(value) FROM current_observation")
    assert rows == [(8, 5)]


@pytest.mark.parametrize("table", ["observation", "reject"])
def test_failure_half_way_leaves_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    warehouse = place.warehouse()
    place.load(warehouse)
    before = dump(warehouse)
    corrected(place)
    insert = warehouse.insert

    def failing(name: str, frame: object) -> None:
        if name == table:
            raise KeyboardInterrupt
        insert(name, frame)

    monkeypatch.setattr(warehouse, "insert", failing)
    with pytest.raises(KeyboardInterrupt):
        place.load(warehouse)
    monkeypatch.undo()
    assert dump(warehouse) == before
    assert place.load(warehouse).changed
