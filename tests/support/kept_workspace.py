"""A small workspace whose answers and decision are kept, what changes it, and what is asked of its tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attacker import SOURCE, write

import observatoire as obs
from observatoire.warehouse.connection import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from observatoire.observatory.observatory import Observatory

#: A source whose rule hides small counts, and says nothing of sums.
SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]


def lay(folder: Path, values: dict[str, int], source: str = SIMPLE, **files: str) -> Path:
    """Write the workspace with these counts of aidA, by IRIS."""
    rows = [f"iris-2016;{code};2016;aidA;{value}" for code, value in values.items()]
    return write(folder, rows, source=source, **files)


def rewrite(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what changes words of one of its files."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")

    return change


def run(statement: str) -> Callable[[Path], None]:
    """Return what changes its warehouse by hand."""

    def change(folder: Path) -> None:
        with obs.open(folder) as o:
            o.warehouse.run(statement)

    return change


def spoil(table: str) -> Callable[[Path], None]:
    """Return what alters a byte of what is kept in a table."""
    body = "substr(hex(body), 1, 20) || '00' || substr(hex(body), 23)"
    return run(f"UPDATE {table} SET body = ({body})::VARCHAR::BLOB")  # noqa: S608 - our own


def words_asked(
    o: Observatory, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]
) -> tuple[set[str], set[str]]:
    """Return what the statements of some work read and write, by name, and the tables that there are."""
    asked: list[str] = []
    execute = Warehouse._execute

    def noted(warehouse: Warehouse, query: str, *given: object) -> object:
        asked.append(query)
        return execute(warehouse, query, *given)  # type: ignore[arg-type]

    listed = o.warehouse.rows("SELECT table_name FROM duckdb_tables()")
    with monkeypatch.context() as watched:
        watched.setattr(Warehouse, "_execute", noted)
        work()
    words = {word for query in asked for word in re.findall(r"(?:FROM|JOIN|INTO) (\w+)", query)}
    return words, {str(name) for (name,) in listed}
