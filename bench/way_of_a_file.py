"""How far a file goes through the modules of the library, from ``load_path``: stays, and returns.

What is followed is the file and what it becomes: its path, its bytes, its document, a sheet, where the table
stands, the raw table, the placed rows, the observations. A stay is a run of functions of one module that are
given one of them; a return, a stay in a module that was left before. A function counts where it is first called:
a loop over columns is one visit. A question put to one of these values (its own methods and properties) is no
move, nor is the making of the next one, nor a word handed to a reader of words: the file stays where it is.
``--all`` counts these too, every function of the library where it is first called.

Run: ``python bench/way_of_a_file.py [FILE] [--list] [--all]``; without a file, a small table is invented.
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
    from collections.abc import Callable
    from types import CodeType, FrameType

_INVENTED = "Quartier;Allocataires\nDillon;120\nVolga-Plage;80\nTexaco;60\n"

#: What a file becomes on its way; a list or a tuple of some is some.
_FORMS = {
    "Document", "TextSheet", "CellSheet", "SheetView", "TerritoryColumn", "Location", "RawTable", "Found",
    "PlacedRows", "Parsed", "Preview", "bytes",
}  # fmt: skip


def _is_form(value: object, path: Path) -> bool:
    if isinstance(value, list | tuple):
        return any(type(part).__name__ in _FORMS for part in value[:3])
    return type(value).__name__ in _FORMS or (isinstance(value, Path) and value == path)


def _holds(frame: FrameType, path: Path) -> bool:
    """Say whether a function was given the file; its own methods are questions that it answers."""
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = [frame.f_locals.get(name) for name in names if name != "self"]
    made = code.co_name.startswith(("<", "__"))  # a comprehension, or the making of the next value
    return not made and any(_is_form(value, path) for value in given)


def modules_visited(path: Path, counts: Callable[[FrameType, Path], bool] = _holds) -> list[str]:
    """Return the module of each function that counts and that a load calls first, in their order."""
    seen: set[CodeType] = set()
    visited: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        first = event == "call" and name.startswith("observatoire.") and frame.f_code not in seen
        if first and counts(frame, path):
            seen.add(frame.f_code)
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
        counts = (lambda *_: True) if "--all" in arguments else _holds
        stays = [name for name, _ in groupby(modules_visited(path, counts))]
    modules = len(set(stays))
    if "--list" in arguments:
        print("\n".join(stays))
    print(f"{len(stays)} stays in {modules} modules, {len(stays) - modules} returns")


if __name__ == "__main__":
    main(sys.argv[1:])
