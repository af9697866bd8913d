-- Ce qui cloche dans les chiffres de chaque paquet (DuckDB seul : on vérifie avant de fédérer).
SELECT filename, count(*) AS lignes,
       count(*) - count(DISTINCT hash(zonage, territoire, indicateur, periode)) AS doubles,
       any_value(statut) FILTER (WHERE statut NOT IN (SELECT unnest($labels))) AS etrange,
       count(*) FILTER (WHERE isinf(valeur) OR isnan(valeur) OR isinf(borne_basse)
                           OR isnan(borne_basse) OR isinf(borne_haute) OR isnan(borne_haute)) AS infinis,
       count(*) FILTER (WHERE statut IN (SELECT unnest($bare)) AND coalesce(
           valeur, borne_basse, borne_haute, plausible_bas, plausible_haut) IS NOT NULL) AS montres,
       count(*) FILTER (WHERE borne_basse > borne_haute OR plausible_bas > plausible_haut) AS croisees,
       CAST(sum(hash(zonage, territoire, nom, indicateur, periode, valeur, borne_basse, borne_haute, plausible_bas, plausible_haut, statut, OBS_STATUS, CONF_STATUS, precision, couverture, motif, methode, source) >> 24) AS VARCHAR) AS somme,
       list(DISTINCT indicateur) AS indicateurs
FROM read_parquet($files, filename = true)
GROUP BY filename
