-- What the predicates of checks.toml look at. Observations are by millions: what is laid out is small,
-- and « figure » is a view, of which each predicate reads the columns and the rows that it names.

-- What each file that stands gives: a row a variable and a period. « series » is the variable
-- without the year that Insee writes into its name, wherever the file of each year comes from; any
-- other name is that of its source only.
CREATE OR REPLACE TEMP TABLE content AS
SELECT row_number() OVER (ORDER BY l.source, o.load, o.zoning, o.variable, o.period)::INTEGER AS id,
       o.load, l.source, l.file, o.zoning, o.variable,
       coalesce(v.label, o.variable) AS label,
       coalesce(v.nature, '') AS nature,
       coalesce(v.unit, '') AS unit,
       coalesce(v.nature IN ('count', 'amount'), false) AS additive,
       CASE WHEN regexp_matches(o.variable, '^([PC][0-9]{2}_.+|(DEC|DISP)_.*[0-9]{2})$', 'i')
            THEN regexp_replace(regexp_replace(upper(o.variable), '^([PC])[0-9]{2}_', '\1_'),
                                '^((DEC|DISP)_.*)[0-9]{2}$', '\1')
            ELSE l.source || '/' || o.variable END AS series,
       o.period
FROM (SELECT DISTINCT load, zoning, variable, period FROM observation) AS o
JOIN load AS l ON l.id = o.load AND l.superseded_by IS NULL
LEFT JOIN variable AS v ON v.source = l.source AND v.code = o.variable;

-- The territories of which each file tells something in each period; « additive » where it counts.
CREATE OR REPLACE TEMP TABLE given AS
SELECT g.*, l.source, l.file,
       coalesce(t.name, g.territory) AS name,
       coalesce(t.commune, '') AS commune,
       coalesce(t.commune <> '' AND t.commune <> t.code AND starts_with(t.code, t.commune), false)
           AS inside                  -- one of the parts a commune is cut into: an IRIS
FROM (SELECT load, zoning, period, territory, bool_or(additive) AS additive
      FROM observation JOIN content USING (load, zoning, variable, period) GROUP BY ALL) AS g
JOIN load AS l ON l.id = g.load
LEFT JOIN territory AS t ON t.zoning = g.zoning AND t.code = g.territory;

-- The territories of which anything is told.
CREATE OR REPLACE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY zoning, territory)::INTEGER AS id, *
FROM (SELECT DISTINCT zoning, territory, name, commune, inside FROM given);

-- Into how many parts each zoning cuts a commune: IRIS, whose codes start with that of their commune.
CREATE OR REPLACE TEMP TABLE division AS
SELECT zoning, commune, count(*) AS members FROM territory
WHERE commune <> '' AND commune <> code AND starts_with(code, commune) GROUP BY ALL;

-- The figures of the files that stand, each with what its source and its zoning say of it; « step » is
-- how finely it is written, so that what is off by half a step a term is off by rounding.
CREATE OR REPLACE TEMP VIEW figure AS
SELECT o.load, o.line, c.source, c.file, o.zoning, o.territory, p.name, p.commune, p.inside,
       o.variable, c.label, c.nature, c.unit, c.additive, c.series,
       o.period, o.value, o.low, o.high, o.status, o.marker,
       CASE WHEN o.value = round(o.value) THEN 1
            WHEN abs(o.value * 10 - round(o.value * 10)) < 1e-6 THEN 0.1
            WHEN abs(o.value * 100 - round(o.value * 100)) < 1e-5 THEN 0.01
            ELSE 1e-6 END AS step
FROM observation AS o
JOIN content AS c USING (load, zoning, variable, period)
JOIN place AS p USING (zoning, territory);

-- Which variables add up to which published one: told by the catalogue, or of the same code.
CREATE OR REPLACE TEMP TABLE total AS
WITH pub AS (
    SELECT DISTINCT source, variable, period FROM figure WHERE additive AND commune = territory
)
SELECT published_source, published_variable, period, part_source, part_variable FROM told_totals
UNION
SELECT pub.source, pub.variable, pub.period, part.source, part.variable
FROM pub
JOIN (SELECT DISTINCT source, variable, period
      FROM figure SEMI JOIN pub USING (variable, period)
      WHERE additive AND inside) AS part
  ON part.variable = pub.variable AND part.period = pub.period
 AND (part.source = pub.source OR regexp_matches(pub.variable, '^[PC][0-9]{2}_'));

-- Which variables make a part, and which the whole it belongs to: told by the catalogue.
CREATE OR REPLACE TEMP TABLE share AS
SELECT share, label, period, side, names, count::INTEGER AS count, variable, source,
       rank::INTEGER AS rank
FROM told_shares;

-- The eras of each variable: two periods of different eras are on both sides of a break.
CREATE OR REPLACE TEMP TABLE era AS
SELECT f.source, f.variable, f.period,
       CASE WHEN bool_or(b.at = '') THEN f.period
            ELSE count(*) FILTER (WHERE b.at <= left(f.period, length(b.at)))::VARCHAR END AS era
FROM (SELECT DISTINCT source, variable, period FROM content) AS f
LEFT JOIN told_breaks AS b ON b.source = f.source AND b.variable = f.variable
GROUP BY f.source, f.variable, f.period;

-- Contents that follow one another in a series, between its breaks: « chain » tells them from others,
-- « rank » their order, by thousands a period; « kin » those whose changes are held side by side.
CREATE OR REPLACE TEMP TABLE sequel AS
WITH numbered AS (
    SELECT c.*,
           dense_rank() OVER (ORDER BY series, zoning, unit)::INTEGER AS kin,
           dense_rank() OVER (ORDER BY series, zoning, unit, era, length(period))::INTEGER AS chain,
           dense_rank() OVER (PARTITION BY series, zoning, unit, era, length(period)
                              ORDER BY period)::INTEGER AS moment
    FROM content AS c JOIN era USING (source, variable, period)
)
SELECT * EXCLUDE (moment),
       (1000 * moment + row_number() OVER (PARTITION BY chain, moment
                                           ORDER BY source, variable, load))::INTEGER AS rank
FROM numbered
WHERE chain IN (SELECT chain FROM numbered WHERE moment > 1);

-- What the columns of a row that add up to another one come to, and that one: one row a sum that a
-- family of files says, of which the file has every column. Parts and whole may be rounded, each as
-- finely as it is written (a nil one, as the others): they may differ by half a step a term, and are
-- « wrong » beyond. A hidden part counts for its lower bound, a hidden whole (« most ») for its upper
-- one: where some are hidden, the known parts may still not exceed the whole.
CREATE OR REPLACE TEMP TABLE tally AS
WITH named AS (
    SELECT DISTINCT variable, regexp_extract(upper(variable), '^[PC]([0-9]{2})_', 1) AS year,
           regexp_replace(upper(variable), '^([PC])[0-9]{2}_', '\1##_') AS plain
    FROM content WHERE additive
),
side AS (
    SELECT identity, part AS name, false AS is_whole FROM told_identities
    UNION SELECT identity, whole, true FROM told_identities
),
held AS (
    SELECT s.identity::INTEGER AS identity, n.year, n.variable, s.is_whole,
           count(DISTINCT n.plain) OVER (PARTITION BY s.identity, n.year) AS there,
           count(DISTINCT s.name) OVER (PARTITION BY s.identity) AS names
    FROM side AS s LEFT JOIN named AS n ON n.plain = upper(s.name)
),
told AS (
    SELECT h.identity, h.year, h.is_whole, h.names, f.load, f.line, f.zoning, f.territory, f.period,
           f.variable, f.value, f.low, f.high, f.step, f.value = 0 AS nil
    FROM held AS h JOIN figure AS f USING (variable) WHERE h.there = h.names
),
summed AS (
    SELECT identity, year, load, zoning, territory, period,
           min(line) AS line, count(DISTINCT line) AS lines, min(names) - 1 AS parts,
           count(value) FILTER (NOT is_whole) AS known,
           sum(coalesce(value, low, 0)) FILTER (NOT is_whole) AS value,
           any_value(value) FILTER (is_whole) AS whole,
           any_value(coalesce(value, high)) FILTER (is_whole) AS most,
           any_value(variable) FILTER (is_whole) AS variable,
           list(variable ORDER BY variable) FILTER (NOT is_whole) AS names,
           1e-9 * (1 + abs(most)) + (coalesce(sum(step) FILTER (is_whole OR NOT nil), 0)
               + count(*) FILTER (nil AND NOT is_whole)
                 * coalesce(min(step) FILTER (NOT is_whole AND NOT nil), 1)) / 2 AS tolerance
    FROM told
    GROUP BY identity, year, load, zoning, territory, period
    HAVING count(*) = min(told.names)
)
SELECT *, (known = parts AND abs(value - whole) > tolerance) OR value - most > tolerance AS wrong
FROM summed
WHERE most IS NOT NULL;

-- What the territories of each zoning are called: « quartiers », « IRIS ».
CREATE OR REPLACE TEMP TABLE noun AS SELECT zoning, many FROM told_nouns;

-- Grid cells with the share of their square that their shape covers: those of a support, with
-- what they carry, then those of a zoning, with the figures loaded on it.
CREATE OR REPLACE TEMP TABLE cell AS
SELECT origin, zoning, line, code, share, measure, weight, '' AS source, NULL::INTEGER AS load,
       '' AS period
FROM told_cells WHERE zoning = ''
UNION ALL
SELECT c.origin, c.zoning, f.line, c.code, c.share, f.variable, f.value, f.source, f.load, f.period
FROM told_cells AS c
JOIN figure AS f ON f.zoning = c.zoning AND f.territory = c.code
WHERE c.zoning <> '' AND f.additive AND f.value IS NOT NULL;
