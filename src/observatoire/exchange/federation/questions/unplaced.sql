-- Un territoire de chaque paquet qui n'est pas dans ses zones.
SELECT v.dossier, min(v.zonage || ' ' || v.territoire)
FROM (SELECT DISTINCT parse_dirpath(filename) AS dossier, zonage, territoire
      FROM read_parquet($files, filename = true)) AS v
ANTI JOIN (SELECT DISTINCT parse_dirpath(filename) AS dossier, zonage, territoire
           FROM read_parquet($zones, filename = true)) AS z
  ON z.dossier = v.dossier AND z.zonage = v.zonage AND z.territoire = v.territoire
GROUP BY v.dossier
