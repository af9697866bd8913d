"""Attack every workspace and every sequence of the suite; write the counts into secrecy.md.

``python bench/attack.py`` takes about an hour on two quiet cores; numbers as arguments attack the
first so many of each. What was found is written to a journal (a third argument) as it comes, and what
the journal holds is not attacked again.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from attacks import SEQUENCES, WORKSPACES, attack_sequence, attack_tables  # noqa: E402

START, END = "<!-- attaques -->", "<!-- fin des attaques -->"


def attacked(attack, count: int, journal: Path) -> list[str]:
    """Run one attack for each seed that the journal does not hold; return the cells of its row."""
    journal.touch()
    for seed in range(count):
        if any(row[:2] == [attack.__name__, seed] for row in held(journal)):
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            found = attack(Path(folder) / "o", seed)
        taken = time.monotonic() - begun
        row = [attack.__name__, seed, found.hidden, len(found.narrow), found.safe, taken]
        print(row, found.narrow, flush=True)
        with journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    rows = [row for row in held(journal) if row[0] == attack.__name__ and row[1] < count]
    _, seeds, hidden, narrow, safe, seconds = zip(*rows, strict=True)
    unsafe = len(safe) - sum(safe)
    return [str(len(seeds)), *map(str, (sum(hidden), sum(narrow), unsafe)), f"{sum(seconds):.0f} s"]


def held(journal: Path) -> list[list]:
    """Return what a journal holds."""
    return [json.loads(line) for line in journal.read_text("utf-8").splitlines()]


def main() -> None:
    workspaces, sequences = [*map(int, sys.argv[1:3]), WORKSPACES, SEQUENCES][:2]
    journal = Path(
        sys.argv[3] if len(sys.argv) > 3 else Path(tempfile.gettempdir()) / "attack.jsonl"
    )
    rows = {
        "random workspaces: tables, annex, pages, maps, package": attacked(
            attack_tables, workspaces, journal
        ),
        "sequences of three publications": attacked(attack_sequence, sequences, journal),
    }
    lines = [
        START,
        "## Attack",
        "",
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}. Written by `bench/attack.py`: an attacker who knows the printed",
        "rules bounds every small count by linear programs, then by programs over whole numbers",
        "(`scipy.optimize.milp`). Rates, zeros, categories, quarters, two sources; corrections, a rule",
        "that tightens, renamed folders and variables.",
        "",
        "| attacked | number | hidden cells | found narrower than the threshold | audit not safe | time |",
        "|---|---|---|---|---|---|",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()),
        END,
    ]
    page = HERE / "secrecy.md"
    text = page.read_text(encoding="utf-8")
    kept = text[: text.index(START)] if START in text else f"{text.rstrip()}\n\n"
    page.write_text(kept + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
