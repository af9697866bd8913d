"""The ledger as a text beside the warehouse: a line a publication, from which it can be rebuilt.

The warehouse is rebuilt from ``data/raw``, but what has left the house is in no other file: forgotten,
a later publication could give a hidden count away. So each publication is also a line of
``data/registre.jsonl``, on the disk before what it publishes is in its place. The text and the tables
are compared at each opening: each completes the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.errors import WorkspaceError
from observatoire.errors.translations import refused_by_system
from observatoire.french.typography import plural
from observatoire.swap import new_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from observatoire.warehouse.connection import Warehouse

#: The tables of the ledger are the publications and all that name one in a column of this name.
_PUBLICATION = "publication"
#: Read of what made each table: what lists columns makes the engine lay out all its own views first.
_TABLES = f"""
SELECT table_name FROM duckdb_tables()
WHERE NOT temporary AND regexp_matches(sql, '[(,] *"?{_PUBLICATION}"? ') ORDER BY table_name
"""  # noqa: S608 - our own name

_UNWRITABLE = "Le registre des publications ne peut pas être écrit : rien n’est publié."
_MAKE_ROOM = "Faites de la place, ou demandez le droit d’écrire dans ce dossier."

#: Rows of a table, as lists of column names and of values.
Rows = tuple[list[str], list[list[Any]]]


@dataclass(frozen=True)
class _Entry:
    """One publication: its number, its row, the rows of other tables, the last load before it."""

    number: int
    row: Mapping[str, Any]
    rows: Mapping[str, Rows]
    last_load: int

    @property
    def key(self) -> tuple[str, ...]:
        """What tells a publication from another, whatever its number and what is kept of it since."""
        return tuple(str(self.row[name]) for name in ("stamp", "kind", "name", "digest"))

    @property
    def line(self) -> bytes:
        """The line of the text, with its own sum."""
        content = [self.number, self.row, self.rows, self.last_load]
        names = ("numero", "publication", "lignes", "dernier_chargement", "somme")
        written = dict(zip(names, [*content, _sum(content)], strict=True))
        return json.dumps(written, ensure_ascii=False).encode() + b"\n"


@contextmanager
def recorded(warehouse: Warehouse) -> Iterator[None]:
    """Take back the line of a publication that its transaction, inside the block, did not keep."""
    path = warehouse.ledger
    size = path.stat().st_size if path is not None and path.is_file() else 0
    try:
        yield
    except BaseException:
        with suppress(
            OSError
        ):  # left there, it would be taken for published: said at the next opening
            if path is not None and path.stat().st_size > size:
                os.truncate(path, size)
        raise


def append(warehouse: Warehouse, number: int) -> None:
    """Write a publication in the text; call it last in its transaction, within :func:`recorded`.

    Raises
    ------
    WorkspaceError
        When the text cannot be written: nothing is then published.
    """
    if warehouse.ledger is not None:
        content = _read(warehouse.ledger)
        _add(warehouse, content, [_stored(warehouse, number)])


def reconcile(warehouse: Warehouse) -> tuple[str, ...]:
    """Compare the text and the tables, complete each by the other, and say in French what differed.

    A warehouse that is new takes all its ledger from the text; a text that is not there yet is
    written from the warehouse, without a word.

    Raises
    ------
    WorkspaceError
        When a line of the text is damaged that the warehouse does not know.
    """
    if warehouse.ledger is None:
        return ()
    content = _read(warehouse.ledger)
    marks = warehouse.rows("SELECT bytes, sha256 FROM ledger_text")
    if marks == [_mark(content)]:
        return ()
    whole = content[: content.rfind(b"\n") + 1]  # a line cut by a kill was never kept
    written, damaged = _parse(whole)
    numbers = [int(row[0]) for row in warehouse.rows("SELECT id FROM publication ORDER BY id")]
    stored = [_stored(warehouse, number) for number in numbers]
    keys = {entry.key for entry in written}
    lacking = [entry for entry in stored if entry.key not in keys]
    unknown = [entry for entry in written if entry.key not in {entry.key for entry in stored}]
    if len(damaged) > len(lacking):
        raise _damaged(warehouse.ledger, damaged[0])
    if not (content or stored):
        return ()
    with warehouse.transaction():
        for entry in unknown:
            _store(warehouse, entry)
        _advance(warehouse, "publication_id", max((entry.number for entry in unknown), default=0))
        # A load to come is after all that was published.
        _advance(warehouse, "load_id", max((entry.last_load for entry in unknown), default=0))
        if damaged or whole != content:
            _rewrite(warehouse.ledger, written, keep=content if damaged else b"")
            content = _read(warehouse.ledger)
        _add(warehouse, content, lacking)
    return _notices(warehouse.ledger, len(unknown), len(lacking) if marks or written else 0)


def _notices(path: Path, unknown: int, lacking: int) -> tuple[str, ...]:
    differences = []
    if unknown:
        differences.append(
            f"Le registre de l’entrepôt a été complété de {plural(unknown, 'publication')} "
            f"d’après « {path.name} »."
        )
    if lacking:
        differences.append(
            f"« {path.name} » ignorait {plural(lacking, 'publication')} de l’entrepôt : il a été complété."
        )
    return tuple(differences)


def _stored(warehouse: Warehouse, number: int) -> _Entry:
    """Return a publication as the tables keep it."""
    columns, [values] = _rows(warehouse, _PUBLICATION, "id", number)
    row = {name: value for name, value in zip(columns, values, strict=True) if name != "id"}
    tables = [str(name) for (name,) in warehouse.rows(_TABLES)]
    rows = {table: _rows(warehouse, table, _PUBLICATION, number) for table in tables}
    ((last,),) = warehouse.rows("SELECT coalesce(max(id), 0) FROM load")
    return _Entry(number, row, rows, int(last))


def _rows(warehouse: Warehouse, table: str, column: str, number: int) -> Rows:
    """Return the rows of a table that are of a publication, without the column that says so."""
    frame = warehouse.frame(
        f"SELECT * FROM {table} WHERE {column} = ? ORDER BY ALL",  # noqa: S608 - our own tables
        [number],
    )
    kept = frame if table == _PUBLICATION else frame.drop(columns=column)
    values = kept.astype("object").where(kept.notna(), None).to_numpy().tolist()
    return list(kept.columns), [[_plain(value) for value in row] for row in values]


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime | pd.Timestamp):
        return value.isoformat(sep=" ")
    return value.tolist() if hasattr(value, "tolist") else value


def _store(warehouse: Warehouse, entry: _Entry) -> None:
    """Write a publication of the text in the tables, under its number unless another has it."""
    number, taken = entry.number, "SELECT 1 FROM publication WHERE id = ?"
    while warehouse.rows(taken, [number]):
        number = warehouse.next_number("publication_id")
    known = {str(name) for (name,) in warehouse.rows(_TABLES)}
    warehouse.insert_row(_PUBLICATION, id=number, **entry.row)
    for table, (columns, rows) in entry.rows.items():
        if table in known:
            frame = pd.DataFrame(rows, columns=columns)
            warehouse.insert(table, frame.assign(**{_PUBLICATION: number}))


def _advance(warehouse: Warehouse, sequence: str, number: int) -> None:
    """Have a sequence give numbers above one; it knows no other way than to give them."""
    while number and warehouse.next_number(sequence) < number:
        pass


def _add(warehouse: Warehouse, content: bytes, entries: Iterable[_Entry]) -> None:
    """Add lines to the text, on the disk when this returns, and note what the text then is."""
    path, added = warehouse.ledger, b"".join(entry.line for entry in entries)
    if path is None:
        return
    if added:
        with refused_by_system(WorkspaceError, _UNWRITABLE, path, _MAKE_ROOM):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(added)
                file.flush()
                os.fsync(file.fileno())
    size, digest = _mark(content + added)
    warehouse.run("DELETE FROM ledger_text")
    warehouse.insert_row("ledger_text", bytes=size, sha256=digest)


def _rewrite(path: Path, entries: Iterable[_Entry], *, keep: bytes) -> None:
    """Write the text anew without what is damaged, of which a copy is kept next to it."""
    with refused_by_system(WorkspaceError, _UNWRITABLE, path, _MAKE_ROOM):
        if keep:
            path.with_suffix(".abime.jsonl").write_bytes(keep)
        with new_file(path) as draft:
            draft.write_bytes(b"".join(entry.line for entry in entries))


def _read(path: Path) -> bytes:
    what = "Le registre écrit à côté de l’entrepôt ne se lit pas."
    remedy = "Demandez le droit de le lire : il dit ce qui a déjà été publié."
    with refused_by_system(WorkspaceError, what, path, remedy):
        return path.read_bytes() if path.is_file() else b""
    return b""


def _parse(content: bytes) -> tuple[list[_Entry], list[int]]:
    """Return the publications of a text, and the lines that are not as they were written."""
    entries, damaged = [], []
    for line, text in enumerate(content.splitlines(), 1):
        try:
            found = json.loads(text)
            number, row, rows, last = (
                found[name] for name in ("numero", "publication", "lignes", "dernier_chargement")
            )
            tables = {table: (columns, values) for table, (columns, values) in rows.items()}
            entry, whole = _Entry(int(number), row, tables, int(last)), [number, row, rows, last]
            intact = found["somme"] == _sum(whole)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            intact = False
        if intact:
            entries.append(entry)
        else:
            damaged.append(line)
    return entries, damaged


def _sum(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _mark(content: bytes) -> tuple[int, str]:
    return len(content), hashlib.sha256(content).hexdigest()


def _damaged(path: Path, line: int) -> WorkspaceError:
    return WorkspaceError(
        f"Le registre des publications est abîmé, ligne {line}.",
        where=str(path),
        why="Ce qu’elle disait avoir été publié n’est pas connu de l’entrepôt : il faut le connaître "
        "pour protéger la suite.",
        remedy="Remettez-en une copie saine.",
    )
