"""Attack random federations by all their doors; write what was found into federation.md.

``python bench/federation_attack.py`` attacks the first hundred seeds; a number attacks so many, a second one
from which. What was found is written to a journal (a third argument) as it comes, and what the journal
holds is not attacked again. With ``--bare``, some rates are given without their terms, and the attacker knows
what they are out of: what was found is printed, no page is written.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from federation_attacks import attack_federation  # noqa: E402

SEEDS = 100


def attacked(first: int, count: int, journal: Path, *, bare: bool = False) -> list[dict]:
    """Attack each seed that the journal does not hold; return the rows of those asked."""
    journal.touch()
    rows = {row["seed"]: row for row in map(json.loads, journal.read_text("utf-8").splitlines())}
    for seed in range(first, first + count):
        if seed in rows:
            continue
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            found = attack_federation(Path(folder), seed, bare=bare, weighed=True)
        rows[seed] = {"seed": seed, **asdict(found), "seconds": time.process_time() - begun}
        print(seed, found, flush=True)
        with journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(rows[seed]) + "\n")
    return [rows[seed] for seed in range(first, first + count)]


def main() -> None:
    """Attack, and write the page."""
    given = [each for each in sys.argv[1:] if each != "--bare"]
    bare = "--bare" in sys.argv
    count, first = [*map(int, given[:2]), *[SEEDS, 0][len(given[:2]) :]]
    kept = f"{tempfile.gettempdir()}/federation_attack{'_bare' * bare}.jsonl"
    rows = attacked(first, count, Path(given[2] if len(given) > 2 else kept), bare=bare)
    if bare:
        return
    total = {
        name: sum(row[name] for row in rows)
        for name in ("hidden", "shown", "same", "besides", "tried", "needless", "seconds")
    }
    narrow = [cell for row in rows for cell in row["narrow"]]
    exact = sum(cell[-1] == cell[-2] for cell in narrow)
    lines = [
        "# Attack of federations",
        "",
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, seeds {first} to {first + count - 1}. Written by",
        "`bench/federation_attack.py`: two to four small packages by members who hide and show at random (counts,",
        "sums of categories, rates of one decimal, estimates with their weights, bounds, figures of the enclosing",
        "territory, two codes for one thing, communes and zones that overlap, links whole or not, a threshold of",
        "11, of 20 or none). The attacker is written apart: he reads `values`, `df`, `table`, `conflicts` and",
        "panels, and bounds each count that somebody hides by `scipy.optimize.milp`. A bracket is believed only",
        "where no two whole tables that fit all he read to the letter leave more: the solver gives ends that are",
        "none now and then (seed 25: « 3 to 12 » at first, where tables of 3 and of 34 fit; it was no leak).",
        "",
        "| | |",
        "|---|---|",
        f"| federations | {len(rows)} |",
        f"| hidden counts attacked | {total['hidden']} |",
        f"| found exactly | {exact} |",
        f"| bounded under their threshold besides | {len(narrow) - exact} |",
        f"| federations refused for want of a remedy | {sum(bool(row['refused']) for row in rows)} |",
        f"| figures that packages show | {total['shown']} |",
        f"| … hidden because another member hides the same, or what they rest on | {total['same']} |",
        f"| … withheld besides | {total['besides']} |",
        f"| … of which some are shown again to him, one by one | {total['tried']} |",
        f"| … and give him nothing | {total['needless']} |",
        f"| processor time, attacker included | {total['seconds']:.0f} s |",
    ]
    (HERE / "federation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
