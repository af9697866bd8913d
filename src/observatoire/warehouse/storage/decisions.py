"""What a plan of secrecy decided, kept beside all that it rests on, and read while nothing has changed."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.warehouse.connection import Warehouse


#: The tables that answers are made of: their rows, not the number of the last load, say whether they hold.
ANSWERS_REST_ON = (
    "convention", "load", "observation", "precision_rule", "secrecy_rule", "seen_content", "source", "territory",
    "variable", "zoning",
)  # fmt: skip
#: What left already, which a plan rests on too.
RECORD = ("publication", "published_cell")


def content_digest(warehouse: Warehouse, tables: Sequence[str]) -> str:
    """Return a digest of every row of some tables, in whatever order the rows stand."""
    counted = [
        f"SELECT '{table}', count(*), sum(hash(t)) FROM {table} AS t"  # noqa: S608 - our own names
        for table in tables
    ]
    rows = warehouse.rows(" UNION ALL ".join(counted) + " ORDER BY ALL")
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def keep_decision(warehouse: Warehouse, key: str, text: str) -> None:
    """Keep what was decided, in the place of what was; call it inside a transaction."""
    body = zlib.compress(text.encode(), 1)
    warehouse.run("DELETE FROM kept_decision")
    warehouse.insert_row("kept_decision", key=key, sha256=_seal(key, body), body=body)


def find_decision(warehouse: Warehouse, key: str) -> str | None:
    """Return what was decided on these very grounds; None without it, or when a byte of it is wrong."""
    for sealed, body in warehouse.rows(
        "SELECT sha256, body FROM kept_decision WHERE key = ?", [key]
    ):
        if sealed == _seal(key, body):
            return zlib.decompress(body).decode()
    return None


def _seal(key: str, body: bytes) -> str:
    return hashlib.sha256(key.encode() + body).hexdigest()
