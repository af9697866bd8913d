-- Le même compte, sur les copies en csv, où un texte vide est un texte.
SELECT filename, count(*) AS lignes, CAST(sum(hash(zonage, territoire, nom, indicateur, periode, valeur, borne_basse, borne_haute, plausible_bas, plausible_haut, statut, OBS_STATUS, CONF_STATUS, precision, couverture, motif, methode, source) >> 24) AS VARCHAR) AS somme
FROM read_csv($files, header = true, delim = ',', quote = '"', escape = '"', columns = $types, force_not_null = $texts,
              auto_detect = false, filename = true, max_line_size = 1000000)
GROUP BY filename
