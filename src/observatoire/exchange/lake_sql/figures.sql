-- The figures that stand: those of the last deposit of each observatory.
SELECT d.observatoire, c.* EXCLUDE (depot)
FROM chiffres AS c
JOIN ({last}) AS d USING (depot)
WHERE $indicateur IN ('', c.indicateur)
ORDER BY ALL
