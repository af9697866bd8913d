-- Qui observe quoi, où et quand : une ligne par observatoire, zonage, indicateur et période (un
-- paquet n'a qu'un chiffre par territoire : on l'a vérifié).
SELECT observatoire, zonage, indicateur, periode,
       count(*) AS territoires,
       sum(CASE WHEN statut IN ('observé', 'agrégé', 'estimé') THEN 1 ELSE 0 END) AS connus,
       max(precision) AS precision
FROM chiffres
WHERE periode <> '' AND statut <> 'non disponible'
GROUP BY observatoire, zonage, indicateur, periode
ORDER BY observatoire, zonage, indicateur, periode
