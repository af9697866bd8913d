-- What the predicates of checks.toml look at. Observations are by millions: what is laid out is small,
-- and « figure » is a view, of which each predicate reads the columns and the rows that it names.

-- What each file that stands gives: a row a variable and a period. « series » is the variable
-- without the year that Insee writes into its name, wherever the file of each year comes from; a name
-- of a family is the same in all its files; any other is that of its source only.
CREATE OR REPLACE TEMP TABLE content AS
SELECT row_number() OVER (ORDER BY o.source, o.load, o.zoning, o.variable, o.period)::INTEGER AS id,
       o.load, o.source, o.file, o.zoning, o.variable,
       coalesce(v.label, o.variable) AS label,
       coalesce(v.nature, '') AS nature,
       coalesce(v.unit, '') AS unit,
       coalesce(v.universe, '') AS universe,
       coalesce(v.nature IN ('count', 'amount'), false) AS additive,
       CASE WHEN s.family <> '' AND NOT regexp_matches(o.variable, '^[PC][0-9]{2}_', 'i')
            THEN s.family || '/' || o.variable
            WHEN regexp_matches(o.variable, '^([PC][0-9]{2}_.+|(DEC|DISP)_.*[0-9]{2})$', 'i')
            THEN regexp_replace(regexp_replace(upper(o.variable), '^([PC])[0-9]{2}_', '\1_'),
                                '^((DEC|DISP)_.*)[0-9]{2}$', '\1')
            ELSE o.source || '/' || o.variable END AS series,
       o.period
FROM current_content AS o
LEFT JOIN source AS s ON s.code = o.source
LEFT JOIN variable AS v ON v.source = o.source AND v.code = o.variable;

-- The territories of which each file tells something in each period; « additive » where it counts.
CREATE OR REPLACE TEMP TABLE given AS
SELECT g.*, l.source, l.file,
       coalesce(t.name, g.territory) AS name,
       coalesce(t.commune, '') AS commune,
       coalesce(t.commune <> '' AND t.commune <> t.code AND starts_with(t.code, t.commune), false)
           AS inside                  -- one of the parts a commune is cut into: an IRIS
FROM seen_place AS g
JOIN load AS l ON l.id = g.load AND l.superseded_by IS NULL
LEFT JOIN territory AS t ON t.zoning = g.zoning AND t.code = g.territory;

-- The territories of which anything is known.
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
SELECT o.load, o.line, c.source, c.file, o.zoning, o.territory, p.id AS place, p.name, p.commune, p.inside,
       o.variable, c.label, c.nature, c.unit, c.universe, c.additive, c.series,
       o.period, o.value, o.low, o.high, o.status, o.marker,
       CASE WHEN o.value = round(o.value) THEN 1
            WHEN abs(o.value * 10 - round(o.value * 10)) < 1e-6 THEN 0.1
            WHEN abs(o.value * 100 - round(o.value * 100)) < 1e-5 THEN 0.01
            ELSE 1e-6 END AS step
FROM observation AS o
JOIN content AS c USING (load, zoning, variable, period)
JOIN place AS p USING (zoning, territory);

-- The columns that are hidden in places and do not add up, with how many figures each gives.
CREATE OR REPLACE TEMP TABLE masked AS
SELECT load, variable, period, count(value) AS filled FROM figure
WHERE NOT additive GROUP BY ALL HAVING bool_or(status IN ('secret', 'missing'));

-- Which variables add up to which published one: as the catalogue says, or of the same code.
CREATE OR REPLACE TEMP TABLE total AS
WITH pub AS (
    SELECT DISTINCT source, variable, period FROM figure WHERE additive AND commune = territory
)
SELECT published_source, published_variable, period, part_source, part_variable FROM declared_totals
UNION
SELECT pub.source, pub.variable, pub.period, part.source, part.variable
FROM pub
JOIN (SELECT DISTINCT source, variable, period
      FROM figure SEMI JOIN pub USING (variable, period)
      WHERE additive AND inside) AS part
  ON part.variable = pub.variable AND part.period = pub.period
 AND (part.source = pub.source OR regexp_matches(pub.variable, '^[PC][0-9]{2}_'));

-- Which variables make a part, and which the whole it belongs to: as the catalogue says.
CREATE OR REPLACE TEMP TABLE share AS
SELECT share, label, period, side, names, count::INTEGER AS count, variable, source,
       rank::INTEGER AS rank
FROM declared_shares;

-- The eras of each variable: two periods of different eras are on both sides of a break.
CREATE OR REPLACE TEMP TABLE era AS
SELECT f.source, f.variable, f.period,
       CASE WHEN bool_or(b.at = '') THEN f.period
            ELSE count(*) FILTER (WHERE b.at <= left(f.period, length(b.at)))::VARCHAR END AS era
FROM (SELECT DISTINCT source, variable, period FROM content) AS f
LEFT JOIN declared_breaks AS b ON b.source = f.source AND b.variable = f.variable
GROUP BY f.source, f.variable, f.period;

-- Contents that follow one another in a series, between its breaks: « chain » tells them from others,
-- « moment » the order of their periods, « turn » their own, « past » the content of the period before
-- (the last, where several files give it). « kin » are the chains of one series on both sides of a
-- break. « figures » is how many a content may hold, « narrow » one of a few territories. « key »
-- changes with whatever a content, or one before it in the chain, is read from.
CREATE OR REPLACE TEMP TABLE sequel AS
WITH wide AS (
    SELECT load, zoning, period, count(*) AS figures FROM given GROUP BY ALL
),
numbered AS (
    SELECT c.*, w.figures, w.figures < {narrow} AS narrow,
           hash(c.load, c.variable, c.period, c.source, c.label, c.nature, c.unit) AS own,
           dense_rank() OVER (ORDER BY series, zoning, unit)::INTEGER AS kin,
           dense_rank() OVER (ORDER BY series, zoning, unit, era, length(period))::INTEGER AS chain,
           dense_rank() OVER (PARTITION BY series, zoning, unit, era, length(period)
                              ORDER BY period)::INTEGER AS moment
    FROM content AS c
    JOIN era USING (source, variable, period)
    JOIN wide AS w USING (load, zoning, period)
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY chain ORDER BY moment, source, variable, load)::INTEGER AS turn,
           hash(own, bit_xor(own) OVER (PARTITION BY chain ORDER BY moment
                                        RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS key
    FROM numbered
    WHERE chain IN (SELECT chain FROM numbered WHERE moment > 1)
)
SELECT r.* EXCLUDE (own), b.past
FROM ranked AS r
LEFT JOIN (SELECT chain, moment + 1 AS moment, max_by(id, turn) AS past FROM ranked GROUP BY ALL) AS b
  USING (chain, moment);

-- How much each content usually changes from the period before, where the checks have seen it.
CREATE OR REPLACE TEMP VIEW pace AS
SELECT s.id, p.usual, p.changes
FROM seen_pace AS p JOIN sequel AS s USING (load, zoning, variable, period);

-- The sums that a family of files says of a row, where a file has every column of one: those that add
-- up (« names »), and their whole.
CREATE OR REPLACE TEMP TABLE addend AS
WITH named AS (
    SELECT load, zoning, period, variable, regexp_extract(upper(variable), '^[PC]([0-9]{2})_', 1) AS year,
           regexp_replace(upper(variable), '^([PC])[0-9]{2}_', '\1##_') AS plain
    FROM content WHERE additive
),
side AS (
    SELECT identity::INTEGER AS identity, upper(part) AS plain, false AS is_whole FROM declared_identities
    UNION SELECT identity::INTEGER, upper(whole), true FROM declared_identities
),
held AS (
    SELECT *, count(*) OVER each AS there,
           dense_rank() OVER (ORDER BY identity, year, load, zoning, period)::INTEGER AS addition
    FROM side JOIN named USING (plain)
    WINDOW each AS (PARTITION BY identity, year, load, zoning, period)
)
SELECT h.* FROM held AS h
JOIN (SELECT identity, count(*) AS names FROM side GROUP BY ALL) AS n USING (identity)
WHERE h.there = n.names;

CREATE OR REPLACE TEMP TABLE addition AS
SELECT addition AS id, identity, year, load, zoning, period, count(*) - 1 AS parts,
       any_value(variable) FILTER (is_whole) AS variable,
       list(variable ORDER BY variable) FILTER (NOT is_whole) AS names
FROM addend GROUP BY ALL;

-- What is looked at by lots, for it is read from every figure: the contents that follow another one
-- (« change »), the files that have sums on a row (« tally »). The key of either changes with what it
-- is read from: where it does not, nor where it is not narrow, what was found in it still holds.
CREATE OR REPLACE TEMP TABLE unit AS
SELECT 'change' AS lot, id, load, zoning, variable, period, narrow, figures, key
FROM sequel WHERE past IS NOT NULL
UNION ALL
SELECT 'tally', load, load, '', '', '', sum(figures) < {narrow}, sum(figures * columns)::BIGINT, bit_xor(key)
FROM (SELECT load, zoning, period, count(*) AS columns, bit_xor(hash(variable, nature, label)) AS key
      FROM content WHERE load IN (SELECT load FROM addition) GROUP BY ALL)
JOIN (SELECT load, zoning, period, count(*) AS figures FROM given GROUP BY ALL) USING (load, zoning, period)
GROUP BY load;

-- What the territories of each zoning are called: « quartiers », « IRIS ».
CREATE OR REPLACE TEMP TABLE noun AS SELECT zoning, many FROM declared_nouns;

-- Grid cells with the share of their square that their shape covers: those of a support, with
-- what they carry, then those of a zoning, with the figures loaded on it.
CREATE OR REPLACE TEMP TABLE cell AS
SELECT origin, zoning, line, code, share, measure, weight, '' AS source, NULL::INTEGER AS load,
       '' AS period
FROM declared_cells WHERE zoning = ''
UNION ALL
SELECT c.origin, c.zoning, f.line, c.code, c.share, f.variable, f.value, f.source, f.load, f.period
FROM declared_cells AS c
JOIN figure AS f ON f.zoning = c.zoning AND f.territory = c.code
WHERE c.zoning <> '' AND f.additive AND f.value IS NOT NULL;
