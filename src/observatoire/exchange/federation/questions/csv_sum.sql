-- Le même compte, sur les copies en csv.
SELECT filename, count(*) AS lignes, CAST(sum(hash(zonage, territoire, nom, indicateur, periode, valeur, borne_basse, borne_haute, plausible_bas, plausible_haut, statut, OBS_STATUS, CONF_STATUS, precision, couverture, motif, methode, source) >> 24) AS VARCHAR) AS somme
FROM (
    SELECT * REPLACE (
        coalesce(zonage, '') AS zonage, coalesce(territoire, '') AS territoire, coalesce(nom, '') AS nom,
        coalesce(indicateur, '') AS indicateur, coalesce(periode, '') AS periode,
        coalesce(statut, '') AS statut, coalesce(OBS_STATUS, '') AS OBS_STATUS,
        coalesce(CONF_STATUS, '') AS CONF_STATUS, coalesce(precision, '') AS precision,
        coalesce(motif, '') AS motif, coalesce(methode, '') AS methode, coalesce(source, '') AS source
    )
    FROM read_csv($files, header = true, delim = ',', quote = '"', escape = '"', columns = $types,
                  auto_detect = false, filename = true, max_line_size = 1000000)
)
GROUP BY filename
