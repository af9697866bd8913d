"""What the warehouse lists of itself: sources, zonings, rejected rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from observatoire.warehouse.connection import Warehouse

#: Sources that stand, with the rows of their files and the beginning of each SHA-256.
SOURCES = """
SELECT s.code AS source, s.title, s.producer, s.licence, s.zoning, s.page, s.obtained, s.rule,
       s.threshold, l.rows_read, l.rows_kept, l.rows_rejected, l.files,
       array_to_string(s.caveats, ' ') AS caveats
FROM source AS s
JOIN (
    SELECT source, sum(rows_read)::BIGINT AS rows_read, sum(rows_kept)::BIGINT AS rows_kept,
           sum(rows_rejected)::BIGINT AS rows_rejected,
           string_agg(file || ' (' || left(sha256, 12) || '…)', ', ' ORDER BY id) AS files
    FROM load WHERE superseded_by IS NULL GROUP BY source
) AS l ON l.source = s.code
ORDER BY s.code
"""

#: Zonings, with how many territories have a shape, and what was mended in them.
ZONINGS = """
SELECT z.code AS zoning, z.label, z.vintage, z.official, z.geometry,
       count(t.code)::BIGINT AS territories, count(t.shape)::BIGINT AS shapes,
       coalesce(z.remarks, '') AS remarks
FROM zoning AS z LEFT JOIN territory AS t ON t.zoning = z.code
GROUP BY ALL ORDER BY z.code
"""

#: Rows set aside by the loads that stand.
REJECTS = """
SELECT l.source, l.file, r.line, r."column", r.raw, r.kind, r.reason
FROM reject AS r JOIN load AS l ON l.id = r.load
WHERE l.superseded_by IS NULL ORDER BY l.id, r.line
"""

#: Qualitative notes of the loads that stand; who may read each goes with it.
NOTES = """
SELECT n.date, n.zoning, n.territory, t.name, n.theme, n.origin, n.strength, n.text, n.readers,
       n.source
FROM current_note AS n
JOIN territory AS t ON t.zoning = n.zoning AND t.code = n.territory
ORDER BY n.date DESC, n.source, n.line
"""

#: Objectives of the loads that stand.
OBJECTIVES = """
SELECT o.code, o.orientation, o.label AS objective, o.theme, o.zoning, o.territory, t.name, o.indicator,
       o."start", o.baseline, o.goal, o.relative, o.due, o.partner, o.evidence, o.source
FROM current_target AS o
JOIN territory AS t ON t.zoning = o.zoning AND t.code = o.territory
ORDER BY o.source, o.line
"""

#: Periods that standing figures describe.
PERIODS = "SELECT DISTINCT period FROM current_content ORDER BY period"

_FAMILIES = """
SELECT s.code, s.family
FROM source AS s JOIN load AS l ON l.source = s.code AND l.superseded_by IS NULL
LEFT JOIN seen_place AS p ON p.load = l.id
WHERE s.family <> ''
GROUP BY s.code, s.family ORDER BY count(DISTINCT p.territory) DESC, s.code
"""

#: Variables and periods that each source gives.
CONTENTS = "SELECT DISTINCT source, variable, period FROM current_content"


def families(warehouse: Warehouse) -> dict[str, str]:
    """Return the family of each source that has one and stands; the widest first."""
    if not warehouse.rows("SELECT 1 FROM source WHERE family <> '' LIMIT 1"):
        return {}
    return {str(code): str(family) for code, family in warehouse.rows(_FAMILIES)}
