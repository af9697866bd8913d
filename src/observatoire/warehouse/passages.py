"""Keep tables of passage with their method, parameters, date and the versions they rest on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.warehouse.connection import Warehouse

#: Columns of a kept table of passage.
PASSAGE_COLUMNS = ("source", "target", "weight", "low", "high", "share", "link")


def store_passage(
    warehouse: Warehouse,
    source: str,
    target: str,
    method: str,
    parameters: Mapping[str, Any],
    version: str,
    table: pd.DataFrame,
) -> int:
    """Write a passage, wholly or not at all, and return its number.

    Parameters
    ----------
    warehouse : Warehouse
        Where to write.
    source, target : str
        Zonings.
    method, parameters : str, mapping
        How the weights were found.
    version : str
        SHA-256 of what it rests on.
    table : DataFrame
        What ``Passage.to_frame`` returns: columns :data:`PASSAGE_COLUMNS`, and in ``attrs`` how
        the passage tells of itself.
    """
    told = json.dumps(table.attrs, ensure_ascii=False, sort_keys=True, default=str)
    with warehouse.transaction():
        number = int(warehouse.rows("SELECT nextval('passage_id')")[0][0])
        warehouse.run(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, now()::TIMESTAMP)",
            [number, source, target, method, json.dumps(dict(parameters)), told, version],
        )
        rows = table[list(PASSAGE_COLUMNS)].assign(passage=number, rank=range(len(table)))
        warehouse.insert("passage_weight", rows)
    return number


def find_passage(
    warehouse: Warehouse, source: str, target: str, method: str, version: str
) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """Return a kept passage and what it tells of itself; None when there is none of this version."""
    found = warehouse.rows(
        "SELECT id, told FROM passage WHERE source = ? AND target = ? AND method = ? "
        "AND version = ? ORDER BY id DESC LIMIT 1",
        [source, target, method, version],
    )
    if not found:
        return None
    number, told = found[0]
    columns = ", ".join(f'"{name}"' for name in PASSAGE_COLUMNS)
    table = warehouse.frame(
        # The columns are this module's own.
        f"SELECT {columns} FROM passage_weight WHERE passage = ? ORDER BY rank",  # noqa: S608
        [number],
    )
    return table, dict(json.loads(told))


def list_passages(warehouse: Warehouse) -> pd.DataFrame:
    """List the passages kept: zonings, method, parameters, date, number of links."""
    return warehouse.frame(
        "SELECT p.id AS passage, p.source, p.target, p.method, p.parameters, p.created_at, "
        "count(w.source)::BIGINT AS links FROM passage AS p "
        "LEFT JOIN passage_weight AS w ON w.passage = p.id GROUP BY ALL ORDER BY p.id"
    )
