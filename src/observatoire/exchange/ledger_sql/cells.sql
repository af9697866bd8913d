-- Ce qui est sorti, avec les chargements qui tenaient alors.
SELECT DISTINCT zoning, territory, indicator, period, value, low, high, recipe, loads
FROM published_cell LEFT JOIN publication_load USING (publication) ORDER BY ALL
