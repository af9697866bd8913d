"""Answers computed, and what a plan of secrecy decided, beside what they rest on: read while it holds."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from observatoire.warehouse.storage.digests import seal

if TYPE_CHECKING:
    from observatoire.warehouse.connection import Warehouse

#: How many bytes of answers a warehouse keeps: those of an annex of 28 territories take about two millions.
MOST_BYTES = 60_000_000


def keep_answer(warehouse: Warehouse, grounds: str, asked: str, body: bytes) -> None:
    """Keep an answer; those of other grounds go, and the oldest when there is no room left.

    Parameters
    ----------
    grounds : str
        Digest of what it rests on.
    asked : str
        Digest of the question.
    """
    warehouse.run("DELETE FROM kept_answer WHERE grounds <> ? OR asked = ?", [grounds, asked])
    counted = "SELECT coalesce(max(id), 0), coalesce(sum(bytes), 0) FROM kept_answer"
    ((last, held),) = warehouse.rows(counted)
    if held + len(body) > MOST_BYTES:
        warehouse.run(
            "DELETE FROM kept_answer WHERE id IN (SELECT id FROM (SELECT id, sum(bytes) "
            "OVER (ORDER BY id DESC) AS since FROM kept_answer) WHERE since > ?)",
            [MOST_BYTES - len(body)],
        )
    sealed = seal(asked, body)
    kept = {"grounds": grounds, "asked": asked, "bytes": len(body), "sha256": sealed, "body": body}
    warehouse.insert_row("kept_answer", id=last + 1, **kept)


def find_answer(warehouse: Warehouse, grounds: str, asked: str) -> bytes | None:
    """Return an answer kept on these very grounds; None without it, or when a byte of it is wrong."""
    question = "SELECT sha256, body FROM kept_answer WHERE grounds = ? AND asked = ?"
    for sealed, body in warehouse.rows(question, [grounds, asked]):
        if sealed == seal(asked, body):
            return bytes(body)
    return None


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
