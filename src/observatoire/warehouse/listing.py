"""What the warehouse lists of itself: sources, zonings, rejected rows."""

#: Sources that stand, with the rows of their files and the beginning of each SHA-256.
SOURCES = """
SELECT s.code AS source, s.title, s.producer, s.licence, s.zoning, s.page, s.obtained, s.rule,
       s.threshold, l.rows_read, l.rows_kept, l.rows_rejected, l.files
FROM source AS s
JOIN (
    SELECT source, sum(rows_read)::BIGINT AS rows_read, sum(rows_kept)::BIGINT AS rows_kept,
           sum(rows_rejected)::BIGINT AS rows_rejected,
           string_agg(file || ' (' || left(sha256, 12) || '…)', ', ' ORDER BY id) AS files
    FROM load WHERE superseded_by IS NULL GROUP BY source
) AS l ON l.source = s.code
ORDER BY s.code
"""

#: Zonings, with how many territories have a shape.
ZONINGS = """
SELECT z.code AS zoning, z.label, z.vintage, z.official, z.geometry,
       count(t.code)::BIGINT AS territories, count(t.shape)::BIGINT AS shapes
FROM zoning AS z LEFT JOIN territory AS t ON t.zoning = z.code
GROUP BY ALL ORDER BY z.code
"""

#: Rows set aside by the loads that stand.
REJECTS = """
SELECT l.source, l.file, r.line, r."column", r.raw, r.kind, r.reason
FROM reject AS r JOIN load AS l ON l.id = r.load
WHERE l.superseded_by IS NULL ORDER BY l.id, r.line
"""

#: Periods that standing figures describe.
PERIODS = "SELECT DISTINCT period FROM current_observation ORDER BY period"
