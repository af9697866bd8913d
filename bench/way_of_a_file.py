"""How far a file goes through the modules of the library, from ``load_path``: stays, and returns.

Each function is counted where it is first called: a loop over columns is one visit. A stay is a run of
such calls in one module, a return a stay in a module that was left before.
Run: ``python bench/way_of_a_file.py [FILE] [--list]``; without a file, a small table is invented.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs
from observatoire.warehouse.loading import files

if TYPE_CHECKING:
    from types import CodeType, FrameType

_INVENTED = "Quartier;Allocataires\nDillon;120\nVolga-Plage;80\nTexaco;60\n"


def modules_visited(path: Path) -> list[str]:
    """Return the module of each function that a load calls first, in their order."""
    seen: set[CodeType] = set()
    visited: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        code = frame.f_code
        if event == "call" and name.startswith("observatoire.") and code not in seen:
            seen.add(code)
            visited.append(name.removeprefix("observatoire."))

    with obs.demo() as observatory:
        sys.setprofile(note)
        try:
            files.load_path(observatory.warehouse, observatory.workspace, path)
        finally:
            sys.setprofile(None)
    return visited


def main(arguments: list[str]) -> None:
    """Print how many stays, in how many modules, and how many returns."""
    named = [text for text in arguments if not text.startswith("--")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(named[0]) if named else Path(folder, "allocataires-2016.csv")
        if not named:
            path.write_text(_INVENTED, "utf-8")
        stays = [name for name, _ in groupby(modules_visited(path))]
    modules = len(set(stays))
    if "--list" in arguments:
        print("\n".join(stays))
    print(f"{len(stays)} stays in {modules} modules, {len(stays) - modules} returns")


if __name__ == "__main__":
    main(sys.argv[1:])
