"""Kill loads, publications, annexes, federations and downloads; count what is lost or half seen.

    python bench/crash.py                    # 60 kills an act at calls that write, 12 by the clock
    python bench/crash.py 10 2 save annex    # fewer, of some acts

Each act runs in a process of its own on a fresh copy of a small workspace. The process ends by
``os._exit(9)`` just before its n-th call that writes (opening to write, renaming, removing, flushing,
a statement of the warehouse), n going evenly from the first to the last; or by SIGKILL after a part of
the time that the act takes; an act of fewer calls is killed at each, and the rest by the clock. What is
left is then looked at as it is, then by a process that opens the workspace and does the act again. The
counts go to ``bench/crash.md``.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

import attacker  # noqa: E402

import observatoire as obs  # noqa: E402
import observatoire.cli.main  # noqa: E402 - imported once, for every process to come
import observatoire.exchange.publication.package  # noqa: E402
from observatoire import swap  # noqa: E402
from observatoire.sources.fetch import retrieval  # noqa: E402
from observatoire.sources.fetch.registry import Resource  # noqa: E402
from observatoire.warehouse.connection import Warehouse  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

KILLED = 9
_EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Calls:
    """Counts the calls that write, and ends the process at one of them."""

    def __init__(self, fatal: int) -> None:
        self.fatal, self.count, self.on = fatal, 0, False

    def hit(self) -> None:
        """Count one call; end the process when it is the fatal one."""
        if self.on:
            self.count += 1
            if self.count == self.fatal:
                os._exit(KILLED)

    def watch(self) -> None:
        """Have Python, the exchanges and the warehouse say each call."""

        def heard(event: str, details: tuple[Any, ...]) -> None:
            if event in _EVENTS or (event == "open" and int(details[2] or 0) & _WRITES):
                self.hit()

        sys.addaudithook(heard)
        self._wrap(os, "fsync")
        self._wrap(swap, "_swapped")
        self._wrap(Warehouse, "_execute")
        self.on = True

    def _wrap(self, owner: Any, name: str) -> None:
        called = getattr(owner, name)

        def counted(*values: Any, **named: Any) -> Any:
            self.hit()
            return called(*values, **named)

        setattr(owner, name, counted)


def in_child(work: Callable[[], Any], timeout: float = 0.0) -> tuple[int, Any]:
    """Run some work in a process of its own; return its status and what it answers."""
    answer = Path(tempfile.mkstemp()[1])
    child = os.fork()
    if not child:
        status = 0
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            answer.write_text(json.dumps(work()))
        except BaseException:  # noqa: BLE001 - a process that ends tells it
            answer.write_text(json.dumps(traceback.format_exc()))
            status = 1
        os._exit(status)
    alarm = threading.Timer(timeout, partial(os.kill, child, signal.SIGKILL))
    if timeout:
        alarm.start()
    _, raw = os.waitpid(child, 0)
    alarm.cancel()
    text = answer.read_text()
    answer.unlink()
    return os.waitstatus_to_exitcode(raw), json.loads(text) if text else None


# --- the acts ---------------------------------------------------------------------------------------


def load(root: Path) -> None:
    """Load a corrected file in the place of the former one."""
    with obs.open(root) as o:
        o.load()


def publish(root: Path) -> None:
    """Write a package in the place of the former one."""
    with obs.open(root) as o:
        o.publish(root / "paquet")


def save(root: Path) -> None:
    """Write a panel in the place of the former one."""
    with obs.open(root) as o:
        o.panel("aides").save(root / "tableau.html")


def annex(root: Path) -> None:
    """Write a page and a workbook of the annex in the place of the former ones."""
    with obs.open(root) as o:
        o.annex(root / "annexe.html")
        o.annex(root / "annexe.xlsx")


def federate(root: Path) -> None:
    """Write the figures of two packages in the place of a former file."""
    sys.argv = ["observatoire", "federate", str(root / "paquet"), str(root / "voisin")]
    sys.argv += ["-o", str(root / "federation.csv")]
    try:
        observatoire.cli.main.main()
    except SystemExit as end:
        if end.code:
            raise


def fetch(root: Path) -> None:
    """Download a file anew in the place of the former one."""
    retrieval.fetch(_resource(root), root, force=True)


def _resource(root: Path) -> Resource:
    port = (root / "port").read_text()
    return Resource(
        name="essai",
        title="Essai",
        producer="Essai",
        licence="Licence Ouverte 2.0",
        page="https://exemple.fr",
        address=f"http://127.0.0.1:{port}/base.csv",
        file="base.csv",
        place="data/raw/essai",
        date="2016",
    )


ACTS: dict[str, Callable[[Path], None]] = {
    "load": load,
    "publish": publish,
    "save": save,
    "annex": annex,
    "federate": federate,
    "fetch --force": fetch,
}

# --- what must be true ------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """What can be seen of a workspace, as it is or once it is open."""

    figures: str
    loads: int
    publications: int
    lines: int


def build(root: Path, port: int) -> None:
    """Write a workspace that has loaded, published, saved, federated and fetched once."""
    attacker.write_random(root, np.random.default_rng(1))
    (root / "port").write_text(str(port))
    load(root)
    publish(root)
    save(root)
    annex(root)
    shutil.copytree(root / "paquet", root / "voisin")
    descriptor = root / "voisin/datapackage.json"
    text = descriptor.read_text("utf-8").replace('"name": "essai"', '"name": "voisin"')
    descriptor.write_text(text, "utf-8")
    federate(root)
    fetch(root)
    figures = root / "data/raw/aides/aides.csv"
    figures.write_text(figures.read_text("utf-8").replace(";aidB;", ";aidB;1"), "utf-8")


def state(root: Path) -> State:
    """Open a workspace and say what it holds."""
    with obs.open(root) as o:
        rows = o.warehouse.rows(
            "SELECT * EXCLUDE (load, source, file) FROM current_observation ORDER BY ALL"
        )
        loads, publications = len(o.loads()), len(o.publications())
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    text = (root / "data/registre.jsonl").read_bytes()
    return State(digest, loads, publications, text.count(b"\n"))


def seen(root: Path) -> dict[str, str]:
    """Return what stands in each place, as who looks in the folder sees it; a part has no whole sum."""
    places = {
        "page": "tableau.html",
        "annex": "annexe.html",
        "book": "annexe.xlsx",
        "union": "federation.csv",
        "fetched": "data/raw/essai/base.csv",
    }
    found = dict.fromkeys(["package", *places], "absent")
    if (root / "paquet").is_dir():
        try:
            obs.federate([root / "paquet"])
            found["package"] = _sum(root / "paquet/datapackage.json")
        except obs.errors.ObservatoireError as error:
            found["package"] = f"half: {error}"
    found |= {
        name: _sum(root / place) for name, place in places.items() if (root / place).is_file()
    }
    if found["book"] != "absent" and not zipfile.is_zipfile(root / places["book"]):
        found["book"] = "half"
    return found


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def left(root: Path) -> list[str]:
    """Return what a kill left behind."""
    hidden = [path for path in root.rglob(".*") if path.name not in (".", "..")]
    return sorted(str(path.relative_to(root)) for path in hidden)


#: What the ledger knows of before it stands in its place.
PUBLISHED = ("paquet", "tableau.html", "annexe.html", "annexe.xlsx")


def nodes(root: Path) -> list[int]:
    """Return what tells whether a package or a page has been put in its place."""
    return [(root / place).stat().st_ino for place in PUBLISHED]


def faults(
    act: str, root: Path, first: list[int], before: dict[str, Any], whole: dict[str, Any]
) -> list[str]:
    """Say what is wrong of a workspace after a kill: at once, once open, once the act is done again."""
    wrong = []
    at_once = seen(root)
    for name, value in at_once.items():
        known = (before["seen"][name], whole["seen"][name])
        fresh = (name, act) in (("package", "publish"), ("book", "annex"))  # they bear the instant
        if value == "absent" or value.startswith("half") or (value not in known and not fresh):
            wrong.append(f"{name}: {value}")
    opened = state(root)
    if opened.figures not in (before["state"]["figures"], whole["state"]["figures"]):
        wrong.append("half a load")
    changed = sum(now != then for now, then in zip(nodes(root), first, strict=True))
    if opened.publications < before["state"]["publications"] + changed:
        wrong.append("a publication unknown to the ledger")
    if opened.publications < before["state"]["publications"] or opened.lines != opened.publications:
        wrong.append(f"ledger: {opened.publications} kept, {opened.lines} written")
    if act == "fetch --force":
        retrieval.fetch(_resource(root), root)
    ACTS[act](root)
    again = state(root)
    if again.figures != whole["state"]["figures"] or again.loads != whole["state"]["loads"]:
        wrong.append("done again, it is not what it is when nothing is killed")
    return wrong + [f"left behind: {name}" for name in left(root)]


# --- the campaign -----------------------------------------------------------------------------------


def looked_at(root: Path) -> dict[str, Any]:
    """Return all that is compared of a workspace."""
    return {"seen": seen(root), "state": vars(state(root))}


def trial(
    act: str, base: Path, fatal: int = 0, timeout: float = 0.0
) -> tuple[Path, list[int], int, Any]:
    """Do an act on a fresh copy, killed at a call or by the clock; return the copy and the outcome."""
    root = Path(tempfile.mkdtemp(dir=base.parent)) / "o"
    shutil.copytree(base, root)
    calls, first = Calls(fatal), nodes(root)

    def work() -> int:
        calls.watch()
        ACTS[act](root)
        return calls.count

    status, answer = in_child(work, timeout)
    return root, first, status, answer


def campaign(act: str, base: Path, kills: int, by_clock: int) -> tuple[Counter[str], list[str]]:
    """Kill one act many times; return the counts and the faults."""
    start = time.monotonic()
    root, _, status, calls = trial(act, base)
    spent = time.monotonic() - start
    if status:
        raise SystemExit(f"{act}: {calls}")
    _, before = in_child(partial(looked_at, base))
    _, whole = in_child(partial(looked_at, root))
    points = np.unique(np.linspace(1, calls, kills).round().astype(int))
    rng = np.random.default_rng(7)
    plan = [{"fatal": int(point)} for point in points]
    plan += [
        {"timeout": float(spent * part)}
        for part in rng.uniform(0.1, 1.0, kills + by_clock - len(plan))
    ]
    counts, wrong = Counter[str](calls=calls), []
    for how in plan:
        root, first, status, _ = trial(act, base, **how)
        counts["killed" if status in (KILLED, -signal.SIGKILL) else "over before"] += 1
        failed, found = in_child(partial(faults, act, root, first, before, whole))
        shutil.rmtree(root.parent)
        if failed or found:
            counts["at fault"] += 1
            print(act, how, found, flush=True)
            wrong.append(f"{act} {how}: {found}")
    return counts, wrong


def serve(folder: Path) -> tuple[int, int]:
    """Serve a folder from a process of its own; return its number and its port."""
    (folder / "base.csv").write_text("IRIS;POP\n" + "972090101;1\n" * 20_000)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    child = os.fork()
    if not child:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - until the process ends
        server.serve_forever()
    server.server_close()
    return child, server.server_address[1]


def main() -> None:
    """Run the campaign, print its faults and write its counts."""
    kills, clock = map(int, sys.argv[1:3] or (60, 12))
    rows, wrong = {}, []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "web").mkdir()
        server, port = serve(Path(folder) / "web")
        base = Path(folder) / "base"
        base.mkdir()
        try:
            status, error = in_child(partial(build, base, port))
            if status:
                raise SystemExit(error)
            for act in sys.argv[3:] or ACTS:
                rows[act], found = campaign(act, base, kills, clock)
                wrong += found
                print(act, dict(rows[act]), flush=True)
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
    if kills >= 60:
        write(pd.DataFrame(rows).T.fillna(0).astype(int), wrong)
    sys.exit(bool(wrong))


def write(table: pd.DataFrame, wrong: list[str]) -> None:
    """Write the counts in the place of what was told of the same acts."""
    table = table.reindex(columns=["calls", "killed", "over before", "at fault"], fill_value=0)
    head = ["act", "calls that write", "killed", "over before the kill", "at fault"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    rows = dict(zip(table.index, table.to_numpy(), strict=True))
    lines += [f"| {act} | " + " | ".join(map(str, row)) + " |" for act, row in rows.items()]
    text = (HERE / "crash.md").read_text("utf-8") if (HERE / "crash.md").is_file() else "# Kills\n"
    intro = text.partition("\n| act")[0].rstrip()
    told = text.partition("\n|---")[2].splitlines()[1:]
    lines[2:2] = [
        line for line in told if line[:1] == "|" and line.split("|")[1].strip() not in rows
    ]
    tail = [*lines, "", *(f"- {one}" for one in wrong)]
    (HERE / "crash.md").write_text(intro + "\n\n" + "\n".join(tail).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
