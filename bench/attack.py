"""Attack every workspace and every sequence of the suite; write the counts into secrecy.md.

``python bench/attack.py`` takes about an hour on two quiet cores; numbers as arguments attack the
first so many of each.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from attacks import SEQUENCES, WORKSPACES, attack_sequence, attack_tables  # noqa: E402

START, END = "<!-- attaques -->", "<!-- fin des attaques -->"


def attacked(attack, count: int) -> list[str]:
    """Run one attack for each seed; return the cells of its row."""
    hidden = narrow = unsafe = 0
    begun = time.monotonic()
    for seed in range(count):
        with tempfile.TemporaryDirectory() as folder:
            found = attack(Path(folder) / "o", seed)
        hidden += found.hidden
        narrow += len(found.narrow)
        unsafe += not found.safe
        print(attack.__name__, seed, found, flush=True)
    return [str(count), str(hidden), str(narrow), str(unsafe), f"{time.monotonic() - begun:.0f} s"]


def main() -> None:
    workspaces, sequences = [*map(int, sys.argv[1:3]), WORKSPACES, SEQUENCES][:2]
    rows = {
        "random workspaces, all tables and the package": attacked(attack_tables, workspaces),
        "sequences of three publications": attacked(attack_sequence, sequences),
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
