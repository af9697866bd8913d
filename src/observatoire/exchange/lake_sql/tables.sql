-- A lake of packages: rows are only ever added. What a reader sees of a deposit is whole, for one transaction wrote it.
CREATE TABLE IF NOT EXISTS depots (
    observatoire VARCHAR,
    rang         INTEGER,    -- of the observatory's own deposits: an order by ids, not by clocks
    depot        VARCHAR,    -- of this one alone
    empreinte    VARCHAR,    -- SHA-256 of its figures
    lignes       BIGINT
);
CREATE TABLE IF NOT EXISTS chiffres (depot VARCHAR, {columns});
