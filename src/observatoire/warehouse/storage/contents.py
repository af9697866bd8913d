"""What each load holds, read once from its figures: they never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from observatoire.warehouse.connection import Warehouse


_STALE = """
SELECT l.id, l.natures
FROM (SELECT l.id, bit_xor(hash(v.code, v.nature)) AS natures
      FROM load AS l LEFT JOIN variable AS v USING (source)
      WHERE l.superseded_by IS NULL GROUP BY l.id) AS l
ANTI JOIN seen_load AS s ON s.load = l.id AND s.natures IS NOT DISTINCT FROM l.natures
"""

_CONTENT = """
INSERT INTO seen_content
SELECT DISTINCT load, zoning, variable, period FROM observation WHERE load = ?
"""

_PLACE = """
INSERT INTO seen_place
SELECT o.load, o.zoning, o.period, o.territory, coalesce(bool_or(v.nature IN ('count', 'amount')), false)
FROM observation AS o
JOIN load AS l ON l.id = o.load
LEFT JOIN variable AS v ON v.source = l.source AND v.code = o.variable
WHERE o.load = ? GROUP BY ALL
"""


def see_loads(warehouse: Warehouse) -> None:
    """Read which contents and which territories each new load holds; call it in a transaction.

    A load whose variables have changed nature since is read again.
    """
    for number, natures in warehouse.rows(_STALE):
        for table in ("seen_load", "seen_content", "seen_place"):
            warehouse.run(f"DELETE FROM {table} WHERE load = ?", [number])  # noqa: S608 - ours
        warehouse.run(_CONTENT, [number])
        warehouse.run(_PLACE, [number])
        warehouse.run("INSERT INTO seen_load VALUES (?, ?)", [number, natures])
