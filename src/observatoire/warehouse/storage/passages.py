"""Keep tables of passage with their method, parameters, date and the versions they rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.warehouse.connection import Warehouse


#: Columns of a kept table of passage.
PASSAGE_COLUMNS = ("source", "target", "weight", "low", "high", "share", "link")


@dataclass(frozen=True, eq=False)
class KeptPassage:
    """A passage as it is kept.

    Parameters
    ----------
    versions : sequence of str
        SHA-256 of all that it rests on, of the source zoning, of the target zoning.
    table : DataFrame
        What ``Passage.to_frame`` returns: columns :data:`PASSAGE_COLUMNS`, and in ``attrs`` what
        the passage says of itself.
    """

    source: str
    target: str
    method: str
    parameters: Mapping[str, Any]
    versions: Sequence[str]
    table: pd.DataFrame


_NUMBERED = "SELECT nextval('passage_id'), now() AT TIME ZONE 'UTC' FROM range(?)"


def store_passages(warehouse: Warehouse, passages: Sequence[KeptPassage]) -> None:
    """Write passages, all of them wholly or not at all."""
    with warehouse.transaction():
        numbered = warehouse.rows(_NUMBERED, [len(passages)])
        numbers, now = [int(number) for number, _ in numbered], numbered[0][1]
        for number, each in zip(numbers, passages, strict=True):
            warehouse.insert_row("passage", id=number, created_at=now, **_row(each))
        weights = [
            each.table[list(PASSAGE_COLUMNS)].assign(passage=number, rank=range(len(each.table)))
            for number, each in zip(numbers, passages, strict=True)
            if len(each.table)
        ]
        if weights:
            warehouse.insert("passage_weight", pd.concat(weights, ignore_index=True))


def _row(passage: KeptPassage) -> dict[str, object]:
    whole, source_version, target_version = passage.versions
    said = json.dumps(passage.table.attrs, ensure_ascii=False, sort_keys=True, default=str)
    return {
        "source": passage.source,
        "target": passage.target,
        "method": passage.method,
        "parameters": json.dumps(dict(passage.parameters)),
        "told": said,
        "version": whole,
        "source_version": source_version,
        "target_version": target_version,
    }


def find_passage(
    warehouse: Warehouse, source: str, target: str, method: str, version: str
) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """Return a kept passage and what it says of itself; None when there is none of this version."""
    found = warehouse.rows(
        "SELECT id, told FROM passage WHERE source = ? AND target = ? AND method = ? "
        "AND version = ? ORDER BY id DESC LIMIT 1",
        [source, target, method, version],
    )
    if not found:
        return None
    number, attributes = found[0]
    columns = ", ".join(f'"{name}"' for name in PASSAGE_COLUMNS)
    table = warehouse.frame(
        # The columns are this module's own.
        f"SELECT {columns} FROM passage_weight WHERE passage = ? ORDER BY rank",  # noqa: S608
        [number],
    )
    return table, dict(json.loads(attributes))


def list_passages(warehouse: Warehouse) -> pd.DataFrame:
    """List the passages kept.

    Returns
    -------
    DataFrame
        ``passage``, ``source``, ``target``, ``method``, ``parameters``, ``remarks`` (what was
        repaired, skipped or learnt, in French), ``source_version`` and ``target_version``
        (SHA-256 of each zoning), ``created_at``, ``links`` (how many).
    """
    return warehouse.frame(
        "SELECT p.id AS passage, p.source, p.target, p.method, p.parameters, "
        "array_to_string(json_extract_string(p.told, '$.remarks[*]'), ' ') AS remarks, "
        "p.source_version, p.target_version, p.created_at, "
        "count(*) FILTER (w.source <> '' AND w.target <> '') AS links "
        "FROM passage AS p LEFT JOIN passage_weight AS w ON w.passage = p.id "
        "GROUP BY ALL ORDER BY p.id"
    )
