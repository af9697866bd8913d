"""Digests of what the warehouse holds: what rests on rows is read again while they are the same."""

from __future__ import annotations

import hashlib
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


def seal(key: str, body: bytes) -> str:
    """Return the seal of what is kept under a key: another one, and a byte of it is wrong.

    Examples
    --------
    >>> seal("clé", b"corps") == seal("clé", b"corpt")
    False
    """
    return hashlib.sha256(key.encode() + body).hexdigest()
