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

-- Where the source was loaded from: two folders of one code would overwrite each other.
ALTER TABLE source ADD COLUMN IF NOT EXISTS folder VARCHAR DEFAULT '';

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
    told       JSON NOT NULL,         -- how the passage tells of itself: remarks, quality
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

CREATE TABLE IF NOT EXISTS target (
    code      VARCHAR PRIMARY KEY,
    indicator VARCHAR NOT NULL,
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    start     VARCHAR NOT NULL,
    due       VARCHAR NOT NULL,
    baseline  DOUBLE,
    goal      DOUBLE,
    source    VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS action (
    load      INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    year      VARCHAR NOT NULL,
    zoning    VARCHAR NOT NULL,
    territory VARCHAR NOT NULL,
    theme     VARCHAR NOT NULL,
    label     VARCHAR NOT NULL,
    funder    VARCHAR NOT NULL,
    amount    DOUBLE
);

CREATE TABLE IF NOT EXISTS note (
    load         INTEGER NOT NULL,
    line         INTEGER NOT NULL,
    date         VARCHAR NOT NULL,
    zoning       VARCHAR NOT NULL,
    territory    VARCHAR NOT NULL,
    theme        VARCHAR NOT NULL,
    text         VARCHAR NOT NULL,
    confidential BOOLEAN NOT NULL
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

CREATE OR REPLACE VIEW current_observation AS
SELECT observation.*, load.source, load.file
FROM observation
JOIN load ON load.id = observation.load
WHERE load.superseded_by IS NULL;
