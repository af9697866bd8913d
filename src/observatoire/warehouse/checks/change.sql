-- What saut looks at, for the contents of one lot (« due »): each figure beside the one before it in its
-- series. Nothing is put in order, which takes minutes for millions of figures; and the lot is laid out
-- apart, for the engine to know how small it is.

CREATE OR REPLACE TEMP TABLE asked AS
SELECT id, past, chain, moment, nature, load, zoning, variable, period
FROM sequel WHERE id IN (SELECT id FROM due);

CREATE OR REPLACE TEMP TABLE former AS
SELECT a.id, s.load, s.zoning, s.variable, s.period FROM asked AS a JOIN sequel AS s ON s.id = a.past;

-- The figures of each content, beside those of the period before, where there are any.
CREATE OR REPLACE TEMP TABLE paired AS
WITH mine AS (
    SELECT a.id, a.past, a.nature, p.id AS place, o.line, o.value
    FROM observation AS o
    JOIN asked AS a USING (load, zoning, variable, period)
    JOIN place AS p USING (zoning, territory)
    WHERE o.value IS NOT NULL
),
theirs AS (
    SELECT f.id, p.id AS place, o.value AS before
    FROM observation AS o
    JOIN former AS f USING (load, zoning, variable, period)
    JOIN place AS p USING (zoning, territory)
    WHERE o.value IS NOT NULL
)
SELECT id, past, nature, place, line, value, before FROM mine LEFT JOIN theirs USING (id, place);

-- A territory without a figure in the period before is held to the last one it has.
CREATE OR REPLACE TEMP TABLE hole AS
SELECT h.id, h.place, h.line, h.value, p.territory
FROM paired AS h JOIN place AS p ON p.id = h.place
WHERE h.before IS NULL;

CREATE OR REPLACE TEMP TABLE bridged AS
SELECT h.id, max_by(s.id, s.turn) AS past, any_value(a.nature) AS nature, h.place,
       any_value(h.line) AS line, any_value(h.value) AS value, max_by(o.value, s.turn) AS before
FROM hole AS h
JOIN asked AS a USING (id)
JOIN sequel AS s ON s.chain = a.chain AND s.moment < a.moment
JOIN observation AS o ON o.load = s.load AND o.zoning = s.zoning AND o.variable = s.variable
                     AND o.period = s.period AND o.territory = h.territory
WHERE o.value IS NOT NULL
GROUP BY h.id, h.place;

-- A rate changes by points, a count or an amount by its ratio; NULL where that says nothing: a count
-- that stays under fifty may well double.
CREATE OR REPLACE TEMP VIEW change AS
SELECT id, past, place, line, value, before,
       CASE WHEN nature IN ('rate', 'index') THEN abs(value - before)
            WHEN nature = 'count' AND greatest(value, before) < 50 THEN NULL
            WHEN nature = 'count' THEN abs(ln((value + 0.5) / (before + 0.5)))
            WHEN value > 0 AND before > 0 THEN abs(ln(value / before)) END AS change
FROM (SELECT * FROM paired WHERE before IS NOT NULL UNION ALL BY NAME SELECT * FROM bridged);
