"""What a plan of secrecy decided, kept beside all that it rests on, and read while nothing has changed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from observatoire.warehouse.storage.digests import seal

if TYPE_CHECKING:
    from observatoire.warehouse.connection import Warehouse


def keep_decision(warehouse: Warehouse, key: str, text: str) -> None:
    """Keep what was decided, in the place of what was; call it inside a transaction."""
    body = zlib.compress(text.encode(), 1)
    warehouse.run("DELETE FROM kept_decision")
    warehouse.insert_row("kept_decision", key=key, sha256=seal(key, body), body=body)


def find_decision(warehouse: Warehouse, key: str) -> str | None:
    """Return what was decided on these very grounds; None without it, or when a byte of it is wrong."""
    for sealed, body in warehouse.rows(
        "SELECT sha256, body FROM kept_decision WHERE key = ?", [key]
    ):
        if sealed == seal(key, body):
            return zlib.decompress(body).decode()
    return None
