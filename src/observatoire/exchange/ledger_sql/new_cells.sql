-- Ce qu'aucune publication des mêmes chargements n'a gardé.
INSERT INTO published_cell
SELECT $number, zoning, territory, indicator, period, value, low, high, status, recipe
FROM leaving AS l
WHERE NOT EXISTS (
    SELECT 1 FROM published_cell AS c JOIN publication AS p ON p.id = c.publication
    WHERE p.last_load IS NOT DISTINCT FROM $last AND c.zoning = l.zoning
      AND c.territory = l.territory AND c.indicator = l.indicator AND c.period = l.period
      AND c.recipe = l.recipe AND c.value IS NOT DISTINCT FROM l.value
      AND c.low IS NOT DISTINCT FROM l.low AND c.high IS NOT DISTINCT FROM l.high
)
