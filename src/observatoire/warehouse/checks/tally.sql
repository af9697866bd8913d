-- What somme-de-la-ligne and somme-non-tenue look at, for the files of one lot (« due »).

-- What the columns of a row that add up come to, and their whole. Both may be rounded, each as finely as
-- it is written (a nil one, as the others): they may differ by half a step a term, and are « wrong »
-- beyond. A hidden part counts for its lower bound, a hidden whole (« most ») for its upper one: where
-- some are hidden, the known parts may still not exceed the whole. Only numbers are laid out, for these
-- are several a row of each file.
CREATE OR REPLACE TEMP TABLE reckoned AS
WITH summed AS (
    SELECT a.addition, o.place, any_value(a.there) AS terms,
           CASE WHEN min(o.line) = max(o.line) THEN min(o.line) END AS line,
           count(o.value) FILTER (NOT a.is_whole) AS known,
           sum(coalesce(o.value, o.low, 0)) FILTER (NOT a.is_whole) AS value,
           any_value(o.value) FILTER (a.is_whole) AS whole,
           any_value(coalesce(o.value, o.high)) FILTER (a.is_whole) AS most,
           (coalesce(sum(o.step) FILTER (a.is_whole OR o.value <> 0), 0)
            + count(*) FILTER (o.value = 0 AND NOT a.is_whole)
              * coalesce(min(o.step) FILTER (NOT a.is_whole AND o.value <> 0), 1)) / 2 AS rounding
    FROM figure AS o
    JOIN addend AS a USING (load, zoning, variable, period)
    WHERE a.load IN (SELECT id FROM due)
    GROUP BY a.addition, o.place
    HAVING count(*) = any_value(a.there)
)
SELECT addition, place, line, value, whole, most,
       (known = terms - 1 AND abs(value - whole) > 1e-9 * (1 + abs(most)) + rounding)
       OR value - most > 1e-9 * (1 + abs(most)) + rounding AS wrong
FROM summed
WHERE most IS NOT NULL;

CREATE OR REPLACE TEMP VIEW tally AS
SELECT a.identity, a.year, a.load, a.zoning, p.territory, a.period, r.line, a.parts, a.names,
       a.variable, r.value, r.whole, r.most, r.wrong
FROM reckoned AS r
JOIN addition AS a ON a.id = r.addition
JOIN place AS p ON p.id = r.place;
