"""Time the main job beside a named peer, each run a process of its own; print medians and ratios.

    python bench/run.py            # everything below, five runs each

The passage and secrecy engines have their own benches (passage_bench.py, secrecy_bench.py).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5


@dataclass(frozen=True)
class Measure:
    """Seconds, seconds of processor and peak memory (MB) of some runs."""

    seconds: list[float]
    work: list[float]
    memory: list[float]

    def __str__(self) -> str:
        return (
            f"{statistics.median(self.seconds):7.2f} s (min {min(self.seconds):.2f}, "
            f"max {max(self.seconds):.2f}), processor {statistics.median(self.work):.2f} s, "
            f"peak {statistics.median(self.memory):.0f} MB"
        )


def run(code: str) -> tuple[float, float, float]:
    """Run Python code in a fresh process; return its wall and processor seconds, its peak memory in MB."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ})
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"failed: {code}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(*codes: str, runs: int = RUNS) -> list[Measure]:
    """Run several codes in turn (A B A B …), after one warm-up of each."""
    found: list[list[tuple[float, float, float]]] = [[] for _ in codes]
    for rank in range(runs + 1):
        for place, code in enumerate(codes):
            outcome = run(code)
            if rank:
                found[place].append(outcome)
    return [Measure(*map(list, zip(*one, strict=True))) for one in found]


def main() -> None:
    """Print the table that bench/README.md keeps."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {RUNS} runs")
    mine, peer = measure("import observatoire", "import duckdb")
    ratio = statistics.median(mine.seconds) / statistics.median(peer.seconds)
    print(f"import observatoire   {mine}\nimport duckdb         {peer}\nratio {ratio:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        space = Path(folder) / "space"
        build = (
            "import observatoire as obs; from observatoire.workspace.scaffold import create_workspace; "
            f"from pathlib import Path; import shutil; shutil.rmtree({str(space)!r}, True); "
            f"o = obs.open(create_workspace(Path({str(space)!r}))); o.load(); o.close()"
        )
        (built,) = measure(build)
        print(f"build the warehouse   {built}")
        for suffix in ("html", "pdf", "docx", "xlsx"):
            target = str(space / f"annexe.{suffix}")
            annex = f"import observatoire as obs; o = obs.open({str(space)!r}); o.annex({target!r})"
            (written,) = measure(annex)
            print(f"annex .{suffix:<4}           {written}")
        every = [str(space / f"annexe.{suffix}") for suffix in ("html", "pdf", "docx", "xlsx")]
        annex = f"import observatoire as obs; o = obs.open({str(space)!r}); o.annex({every!r})"
        (written,) = measure(annex)
        print(f"annex, all four       {written}")


if __name__ == "__main__":
    main()
