-- Les publications : date, forme, nom, cases montrées et masquées, empreinte.
SELECT p.id AS publication, p.stamp AS date, p.kind, p.name, p.shown, p.hidden, p.digest,
       count(c.publication)::BIGINT AS new_cells
FROM publication AS p LEFT JOIN published_cell AS c ON c.publication = p.id
GROUP BY ALL ORDER BY p.id
