-- Ce qui cloche dans les chiffres de chaque paquet (DuckDB seul : on vérifie avant de fédérer).
SELECT filename, count(*) AS lignes,
       count(*) - count(DISTINCT hash(zonage, territoire, indicateur, periode)) AS doubles,
       any_value(statut) FILTER (WHERE statut NOT IN (SELECT unnest($labels))) AS etrange,
       count(*) FILTER (WHERE isnan(valeur) OR abs(valeur) > 1e15
                           OR isnan(borne_basse) OR abs(borne_basse) > 1e15
                           OR isnan(borne_haute) OR abs(borne_haute) > 1e15
                           OR isnan(plausible_bas) OR abs(plausible_bas) > 1e15
                           OR isnan(plausible_haut) OR abs(plausible_haut) > 1e15
                           OR isnan(couverture) OR abs(couverture) > 1e15) AS infinis,
       count(*) FILTER (WHERE statut IN (SELECT unnest($bare)) AND coalesce(
           valeur, borne_basse, borne_haute, plausible_bas, plausible_haut) IS NOT NULL) AS montres,
       count(*) FILTER (WHERE statut IN (SELECT unnest($valued)) AND valeur IS NULL) AS vides,
       count(*) FILTER (WHERE length(zonage) > 500 OR length(territoire) > 500 OR length(nom) > 500
                           OR length(indicateur) > 500 OR length(periode) > 500) AS longs,
       count(*) FILTER (WHERE borne_basse > borne_haute OR plausible_bas > plausible_haut) AS croisees,
       CAST(sum(hash(zonage, territoire, nom, indicateur, periode, valeur, borne_basse, borne_haute, plausible_bas, plausible_haut, statut, OBS_STATUS, CONF_STATUS, precision, couverture, motif, methode, source) >> 24) AS VARCHAR) AS somme,
       list(DISTINCT coalesce(indicateur, '')) AS indicateurs
FROM read_parquet($files, filename = true)
GROUP BY filename
