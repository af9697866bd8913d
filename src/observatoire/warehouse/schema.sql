-- The warehouse: one DuckDB file. The word between braces below is replaced by the PROJJSON of the
-- workspace's metric CRS: a core GEOMETRY column carries it, without DuckDB's spatial extension.

CREATE SEQUENCE IF NOT EXISTS load_id;
CREATE SEQUENCE IF NOT EXISTS passage_id;

CREATE TABLE IF NOT EXISTS zoning (
    code      VARCHAR PRIMARY KEY,
    label     VARCHAR NOT NULL,
    singular  VARCHAR NOT NULL,
    vintage   VARCHAR NOT NULL,
    official  BOOLEAN NOT NULL,
    geometry  VARCHAR NOT NULL,  -- file of the real perimeters, or how the drawing is made
    loaded    BOOLEAN NOT NULL   -- the file was loaded by hand: kept until a declared one comes
);

-- What was mended, lacking or skipped in the file of the perimeters, in French.
ALTER TABLE zoning ADD COLUMN IF NOT EXISTS remarks VARCHAR DEFAULT '';

CREATE TABLE IF NOT EXISTS territory (
    zoning     VARCHAR NOT NULL,
    code       VARCHAR NOT NULL,
    name       VARCHAR NOT NULL,
    commune    VARCHAR NOT NULL,
    rank       INTEGER NOT NULL,
    attributes JSON NOT NULL,
    official   BOOLEAN NOT NULL,
    shape      GEOMETRY({crs}),
    PRIMARY KEY (zoning, code)
);

-- Who drew the outline of a territory by hand, and when: it is no official one. Empty for any other.
ALTER TABLE territory ADD COLUMN IF NOT EXISTS drawn VARCHAR DEFAULT '';

-- What these two were drawn from, and the digest of their rows: an opening that finds both as they were writes nothing.
CREATE TABLE IF NOT EXISTS drawn_from (
    grounds VARCHAR NOT NULL,
    stored  VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS source (
    code      VARCHAR PRIMARY KEY,
    title     VARCHAR NOT NULL,
    producer  VARCHAR NOT NULL,
    licence   VARCHAR NOT NULL,
    page      VARCHAR NOT NULL,
    published VARCHAR NOT NULL,
    obtained  VARCHAR NOT NULL,
    zoning    VARCHAR NOT NULL,
    absence   VARCHAR NOT NULL,
    caveats   VARCHAR[] NOT NULL,
    threshold DOUBLE NOT NULL,
    threshold_unit VARCHAR NOT NULL,
    rule      VARCHAR NOT NULL
);

-- Where the source was loaded from, seen from the warehouse’s folder: two folders of one code would overwrite each other.
ALTER TABLE source ADD COLUMN IF NOT EXISTS folder VARCHAR DEFAULT '';

-- The family of its files: what indicators name (« base-ic:POP0014 »), in any workspace.
ALTER TABLE source ADD COLUMN IF NOT EXISTS family VARCHAR DEFAULT '';

CREATE TABLE IF NOT EXISTS precision_rule (
    source VARCHAR PRIMARY KEY,
    rule   JSON NOT NULL              -- the [precision] table of source.toml
);

CREATE TABLE IF NOT EXISTS variable (
    source       VARCHAR NOT NULL,
    code         VARCHAR NOT NULL,
    label        VARCHAR NOT NULL,
    nature       VARCHAR NOT NULL,
    unit         VARCHAR NOT NULL,
    universe     VARCHAR NOT NULL,
    exploitation VARCHAR NOT NULL,
    PRIMARY KEY (source, code)
);

CREATE TABLE IF NOT EXISTS load (
    id            INTEGER PRIMARY KEY,
    source        VARCHAR NOT NULL,
    file          VARCHAR NOT NULL,
    sha256        VARCHAR NOT NULL,   -- of the file's bytes
    descriptor    VARCHAR NOT NULL,   -- SHA-256 of the source.toml that read it
    loaded_at     TIMESTAMP NOT NULL,
    rows_read     INTEGER NOT NULL,
    rows_kept     INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL,
    superseded_by INTEGER             -- the load that replaced it; NULL while it stands
);

CREATE TABLE IF NOT EXISTS observation (
    load      INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    variable  VARCHAR NOT NULL,
    period    VARCHAR NOT NULL,
    value     DOUBLE,
    low       DOUBLE,
    high      DOUBLE,
    status    VARCHAR NOT NULL,
    marker    VARCHAR NOT NULL,
    note      VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS reject (
    load     INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    "column" VARCHAR NOT NULL,
    raw      VARCHAR NOT NULL,
    kind     VARCHAR NOT NULL,
    reason   VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS passage (
    id         INTEGER PRIMARY KEY,
    source     VARCHAR NOT NULL,
    target     VARCHAR NOT NULL,
    method     VARCHAR NOT NULL,
    parameters JSON NOT NULL,
    told       JSON NOT NULL,         -- what the passage says of itself: remarks, quality
    version    VARCHAR NOT NULL,      -- SHA-256 of all it rests on: codes, shapes, support, links
    created_at TIMESTAMP NOT NULL
);

-- SHA-256 of each zoning as the passage knew it: codes and perimeters.
ALTER TABLE passage ADD COLUMN IF NOT EXISTS source_version VARCHAR;
ALTER TABLE passage ADD COLUMN IF NOT EXISTS target_version VARCHAR;

CREATE TABLE IF NOT EXISTS passage_weight (
    passage INTEGER NOT NULL,
    rank    INTEGER NOT NULL,
    source  VARCHAR NOT NULL,
    target  VARCHAR NOT NULL,
    weight  DOUBLE,                   -- NULL: the target is an unknown part of the source
    low     DOUBLE,
    high    DOUBLE,
    share   DOUBLE,
    link    VARCHAR NOT NULL
);

-- The registers of an evaluation (sources/registers.toml names the columns of their files).

CREATE TABLE IF NOT EXISTS target (
    load        INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    code        VARCHAR NOT NULL,
    orientation VARCHAR NOT NULL,
    label       VARCHAR NOT NULL,
    theme       VARCHAR NOT NULL,   -- empty: none named
    zoning      VARCHAR NOT NULL,
    territory   VARCHAR NOT NULL,
    indicator   VARCHAR NOT NULL,   -- empty: the objective names none
    "start"     VARCHAR NOT NULL,   -- period of the baseline; empty: not known
    baseline    DOUBLE,             -- as the convention states it; NULL: taken from the figures
    goal        DOUBLE,             -- in the unit of the indicator; NULL: no target in figures
    relative    DOUBLE,             -- % of the baseline, instead of a goal
    due         VARCHAR NOT NULL,
    partner     VARCHAR NOT NULL,
    evidence    VARCHAR NOT NULL    -- where the document says so
);

CREATE TABLE IF NOT EXISTS action (
    load      INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    "year"    VARCHAR NOT NULL,
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    theme     VARCHAR NOT NULL,     -- empty: all of them
    label     VARCHAR NOT NULL,
    operator  VARCHAR NOT NULL,
    kind      VARCHAR NOT NULL,
    stage     VARCHAR NOT NULL,     -- engagé (committed) or versé (spent)
    funder    VARCHAR NOT NULL,     -- empty: no amount is known
    amount    DOUBLE,
    people    DOUBLE,
    evidence  VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS note (
    load      INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    "date"    VARCHAR NOT NULL,
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    theme     VARCHAR NOT NULL,
    origin    VARCHAR NOT NULL,
    strength  VARCHAR NOT NULL,
    text      VARCHAR NOT NULL,
    readers   VARCHAR NOT NULL      -- public, partenaires, confidentiel
);

-- The whole rule of secrecy of a source, as its source.toml tells it.
CREATE TABLE IF NOT EXISTS secrecy_rule (
    source VARCHAR PRIMARY KEY,
    rule   JSON NOT NULL
);

-- The ledger: what left this workspace, and when. Values shown only, never hidden ones.
CREATE SEQUENCE IF NOT EXISTS publication_id;

CREATE TABLE IF NOT EXISTS publication (
    id      INTEGER PRIMARY KEY,
    stamp   TIMESTAMP NOT NULL,
    kind    VARCHAR NOT NULL,         -- the form: html, pdf, xlsx, paquet…
    name    VARCHAR NOT NULL,         -- of the file or folder, without its path
    digest  VARCHAR NOT NULL,         -- SHA-256 of the cells shown
    shown   INTEGER NOT NULL,
    hidden  INTEGER NOT NULL
);

-- The last load when it left: what it showed is known by ids, for clocks and time zones change.
ALTER TABLE publication ADD COLUMN IF NOT EXISTS last_load INTEGER;

CREATE TABLE IF NOT EXISTS published_cell (
    publication INTEGER NOT NULL,     -- the first that showed it
    zoning      VARCHAR NOT NULL,
    territory   VARCHAR NOT NULL,
    indicator   VARCHAR NOT NULL,
    period      VARCHAR NOT NULL,
    value       DOUBLE,
    low         DOUBLE,
    high        DOUBLE,
    status      VARCHAR NOT NULL,
    recipe      VARCHAR NOT NULL      -- what sum of producers' figures it tells: JSON, or empty
);

-- The loads that stood when something left: by ids, not by clocks; the last alone where a warehouse
-- that was rebuilt knows none of them. Publications of former versions only have their date.
CREATE OR REPLACE VIEW publication_load AS
WITH dated AS (
    SELECT p.id, coalesce(p.last_load, max(l.id), 0) AS last_load
    FROM publication AS p LEFT JOIN load AS l ON l.loaded_at <= p.stamp
    GROUP BY p.id, p.last_load
)
SELECT d.id AS publication,
       coalesce(list(l.id ORDER BY l.id) FILTER (WHERE l.id IS NOT NULL), [max(d.last_load)]) AS loads
FROM dated AS d
LEFT JOIN load AS l ON l.id <= d.last_load AND coalesce(l.superseded_by > d.last_load, true)
GROUP BY d.id;

-- What the text beside the warehouse was when its last publication was written there.
CREATE TABLE IF NOT EXISTS ledger_text (
    bytes  BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL
);

-- What the last plan of secrecy decided, and the digest of all that it rested on.
CREATE TABLE IF NOT EXISTS kept_decision (
    key    VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    body   BLOB NOT NULL              -- JSON, compressed
);

-- Answers already computed (not yet protected, as the figures above), and the digest of all they rest on.
CREATE TABLE IF NOT EXISTS kept_answer (
    id      BIGINT NOT NULL,
    grounds VARCHAR NOT NULL,
    asked   VARCHAR NOT NULL,         -- digest of the question
    bytes   BIGINT NOT NULL,
    sha256  VARCHAR NOT NULL,
    body    BLOB NOT NULL             -- Arrow, compressed
);

CREATE TABLE IF NOT EXISTS finding (
    "check"   VARCHAR NOT NULL,       -- the predicate of checks.toml that found it
    level     VARCHAR NOT NULL,       -- remarque, alerte, erreur
    title     VARCHAR NOT NULL,
    source    VARCHAR NOT NULL,
    load      INTEGER,                -- NULL where no load is concerned (a support of passages)
    line      INTEGER,                -- NULL where no one line is (a sum, an IRIS that lacks)
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    variable  VARCHAR NOT NULL,
    period    VARCHAR NOT NULL,
    value     DOUBLE,
    message   VARCHAR NOT NULL,
    remedy    VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS check_run (
    signature VARCHAR NOT NULL,       -- SHA-256 of the predicates and of the loads they looked at
    ran_at    TIMESTAMP NOT NULL
);

-- What each load holds (warehouse/storage/contents.py): read once from its figures, for they never change.

CREATE TABLE IF NOT EXISTS seen_load (
    load    INTEGER NOT NULL,
    natures UBIGINT                   -- of the variables of its source, on which « additive » rests
);

CREATE TABLE IF NOT EXISTS seen_content (
    load     INTEGER NOT NULL,
    zoning   VARCHAR NOT NULL,
    variable VARCHAR NOT NULL,
    period   VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS seen_place (
    load      INTEGER NOT NULL,
    zoning    VARCHAR NOT NULL,
    period    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    additive  BOOLEAN NOT NULL        -- whether a count or an amount is known of it
);

-- The units of many figures of which the findings still hold (warehouse/checks/batches.py).
CREATE TABLE IF NOT EXISTS seen_unit (
    lot      VARCHAR NOT NULL,
    load     INTEGER NOT NULL,
    zoning   VARCHAR NOT NULL,
    variable VARCHAR NOT NULL,
    period   VARCHAR NOT NULL,
    key      UBIGINT NOT NULL,        -- of what it was read from
    basis    VARCHAR NOT NULL         -- SHA-256 of the predicates, the territories, the sums known
);

CREATE TABLE IF NOT EXISTS seen_pace (
    load     INTEGER NOT NULL,
    zoning   VARCHAR NOT NULL,
    variable VARCHAR NOT NULL,
    period   VARCHAR NOT NULL,
    usual    DOUBLE,                  -- the median change from the period before
    changes  INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS restored (
    load INTEGER NOT NULL,
    line INTEGER NOT NULL,
    raw  VARCHAR NOT NULL,            -- the code as the file writes it, its leading zero lost
    code VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS convention (
    source     VARCHAR PRIMARY KEY,
    partner    VARCHAR NOT NULL,
    signed     DATE,
    starts     DATE,
    ends       DATE,                  -- the last day on which the source may be shown
    audience   VARCHAR NOT NULL,      -- interne, partenaires, public
    recipients VARCHAR[] NOT NULL,
    reference  VARCHAR NOT NULL,
    contact    VARCHAR NOT NULL
);

-- Digest of this schema and of what it made: an opening that finds both as they were makes nothing.
CREATE TABLE IF NOT EXISTS laid_out (
    signature VARCHAR NOT NULL
);

CREATE OR REPLACE VIEW current_observation AS
SELECT observation.*, load.source, load.file
FROM observation
JOIN load ON load.id = observation.load
WHERE load.superseded_by IS NULL;

CREATE OR REPLACE VIEW current_content AS
SELECT seen_content.*, load.source, load.file
FROM seen_content
JOIN load ON load.id = seen_content.load
WHERE load.superseded_by IS NULL;

CREATE OR REPLACE VIEW current_target AS
SELECT target.*, load.source, load.file FROM target
JOIN load ON load.id = target.load WHERE load.superseded_by IS NULL;

CREATE OR REPLACE VIEW current_action AS
SELECT action.*, load.source, load.file FROM action
JOIN load ON load.id = action.load WHERE load.superseded_by IS NULL;

CREATE OR REPLACE VIEW current_note AS
SELECT note.*, load.source, load.file FROM note
JOIN load ON load.id = note.load WHERE load.superseded_by IS NULL;
