"""Where the keys of a TOML file are written: the line of each, for those who are told of a fault."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = re.compile(r"\s*\[(\[?)([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w-]+)\s*[=.]""")


def line_of(path: Path, place: str, rank: int, key: str) -> int:
    """Return the line where a key of a table is written, or 0.

    A sub-table counts as a key of the table that holds it; in an array of tables, ``rank`` says
    which one is meant.
    """
    if not path.is_file():
        return 0
    current, at = "", 0
    seen: Counter[str] = Counter()
    wanted = f"{place}.{key}" if place else key
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            current = ".".join(part.strip().strip("\"'") for part in header[2].split("."))
            at, seen[current] = (seen[current] if header[1] else 0), seen[current] + 1
            if at == (rank if header[1] else 0) and f"{current}.".startswith(f"{wanted}."):
                return number
            continue
        found = _KEY.match(line) if (current, at) == (place, rank) else None
        if found and found[1].strip("\"'") == key:
            return number
    if not place:
        return 0
    parent, _, last = place.rpartition(".")
    return line_of(path, parent, rank, last)  # a table written on one line, inside its parent
