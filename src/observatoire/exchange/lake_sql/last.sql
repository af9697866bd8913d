-- The last deposit of each observatory.
SELECT observatoire, depot
FROM depots
QUALIFY row_number() OVER (PARTITION BY observatoire ORDER BY rang DESC, depot DESC) = 1
