-- What the predicates of checks.toml look at, laid out once: the observations are read a single
-- time, however many predicates there are.

-- The figures of the files that stand, each with what its source and its zoning say of it.
-- « series » is the variable without the year that Insee writes into its name, wherever the file of
-- each year comes from; any other name is that of its source only.
CREATE OR REPLACE TEMP TABLE figure AS
SELECT o.load, o.line, l.source, l.file, o.zoning, o.territory,
       coalesce(t.name, o.territory) AS name,
       coalesce(t.commune, '') AS commune,
       coalesce(t.commune <> '' AND t.commune <> t.code AND starts_with(t.code, t.commune), false)
           AS inside,                 -- one of the parts a commune is cut into: an IRIS
       o.variable,
       coalesce(v.label, o.variable) AS label,
       coalesce(v.nature, '') AS nature,
       coalesce(v.unit, '') AS unit,
       coalesce(v.nature IN ('count', 'amount'), false) AS additive,
       CASE WHEN regexp_matches(o.variable, '^([PC][0-9]{2}_.+|(DEC|DISP)_.*[0-9]{2})$', 'i')
            THEN regexp_replace(regexp_replace(upper(o.variable), '^([PC])[0-9]{2}_', '\1_'),
                                '^((DEC|DISP)_.*)[0-9]{2}$', '\1')
            ELSE l.source || '/' || o.variable END AS series,
       o.period, o.value, o.low, o.high, o.status, o.marker
FROM observation AS o
JOIN load AS l ON l.id = o.load AND l.superseded_by IS NULL
LEFT JOIN variable AS v ON v.source = l.source AND v.code = o.variable
LEFT JOIN territory AS t ON t.zoning = o.zoning AND t.code = o.territory;

-- Which variables add up to which published one: told by the catalogue, or of the same code.
CREATE OR REPLACE TEMP TABLE total AS
SELECT published_source, published_variable, period, part_source, part_variable FROM told_totals
UNION
SELECT pub.source, pub.variable, pub.period, part.source, part.variable
FROM (SELECT DISTINCT source, variable, period FROM figure
      WHERE additive AND territory = commune) AS pub
JOIN (SELECT DISTINCT source, variable, period FROM figure
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
FROM (SELECT DISTINCT source, variable, period FROM figure) AS f
LEFT JOIN told_breaks AS b ON b.source = f.source AND b.variable = f.variable
GROUP BY f.source, f.variable, f.period;

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
