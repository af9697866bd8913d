"""Run observatoire and tobler side by side, check that they agree, and print how they compare.

Each run has a process of its own. The best of three is kept, for others use the machine too.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROUNDS = 3
CASES = (
    ("many", "ours", "50 000 polygones irréguliers vers 2 500 de 200 sommets", 2),
    ("few", "ours", "50 000 polygones vers 28 de 2 000 sommets", 10),
    ("grid", "ours", "50 000 carreaux reconnus vers 28 de 2 000 sommets", 100),
    ("circles-rough", "ours", "50 000 cercles vers 28 formes rudes qui en couvrent un dixième", 5),
    ("circles-many", "ours", "50 000 cercles vers 2 500 polygones de 200 sommets", 3),
    ("grid-rough", "ours", "50 000 carreaux reconnus vers les 28 formes rudes", 60),
    ("apply", "ours", "400 indicateurs, estimations nues", 25),
    ("apply", "ours-full", "400 indicateurs, avec bornes, statuts et motifs", 0),
)


def run(engine: str, case: str, folder: Path) -> tuple[dict[str, float], np.ndarray]:
    """Run one engine several times; keep the fastest."""
    best: dict[str, float] = {}
    out = folder / f"{engine}-{case}.npy"
    for _ in range(ROUNDS):
        command = [sys.executable, str(HERE / "passage_case.py"), engine, case, str(out)]
        subprocess.run(command, check=True)
        told = json.loads(out.with_suffix(".json").read_text())
        if not best or told["seconds"] < best["seconds"]:
            best = told
    return best, np.load(out)


def main() -> None:
    print(f"{dt.datetime.now(tz=dt.UTC).date()}, {machine()}\n")
    print(
        "| travail | tobler (s) | nous (s) | rapport | visé | processeur | mémoire (Mo) | écart |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = {case: run("tobler", case, folder) for case in dict.fromkeys(c[0] for c in CASES)}
        for case, engine, label, wanted in CASES:
            peer, theirs = peers[case]
            ours, mine = run(engine, case, folder)
            gap = np.abs(np.nan_to_num(mine) - theirs).max() / np.abs(theirs).max()
            # tobler keeps its weights in float32: seven digits are all that can agree.
            if gap > 1e-6:
                sys.exit(f"{label} : les résultats diffèrent ({gap:.1e})")
            print(
                f"| {label} | {peer['seconds']:.3f} | {ours['seconds']:.3f} "
                f"| × {peer['seconds'] / ours['seconds']:.1f} | {f'× {wanted}' if wanted else '–'} "
                f"| × {peer['cpu'] / ours['cpu']:.1f} "
                f"| {ours['peak']:.0f} contre {peer['peak']:.0f} | {gap:.0e} |",
                flush=True,
            )


def machine() -> str:
    """Say on what this was measured."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [ln.split(":")[1] for ln in info.read_text().splitlines() if "model name" in ln]
        model = names[0].strip() if names else model
    return f"{model}, {os.cpu_count()} cœurs, charge {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
