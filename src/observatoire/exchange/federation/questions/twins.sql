-- Une même chose sous deux noms : deux indicateurs de deux membres (ou deux périodes d'une année) dont tous les
-- chiffres communs sont les mêmes, en quatre tailles au moins. Seul compte ce dont quelqu'un masque quelque chose.
WITH sombres AS (
    SELECT DISTINCT observatoire, indicateur FROM donnes WHERE statut = 'secret'
),
montres AS (
    SELECT d.observatoire, d.indicateur, d.periode, substr(d.periode, 1, 4) AS annee, d.zonage, d.territoire, d.valeur
    FROM donnes AS d
    JOIN (
        SELECT zonage, territoire
        FROM donnes
        GROUP BY zonage, territoire
        HAVING min(observatoire) <> max(observatoire)
    ) AS s ON s.zonage = d.zonage AND s.territoire = d.territoire
    WHERE d.statut IN ('observé', 'agrégé') AND d.valeur IS NOT NULL AND d.periode <> ''
),
masques AS (
    SELECT m.* FROM montres AS m JOIN sombres AS s ON s.observatoire = m.observatoire AND s.indicateur = m.indicateur
),
egaux AS (
    SELECT a.observatoire AS oa, a.indicateur AS ia, CASE WHEN a.periode = b.periode THEN '' ELSE a.periode END AS pa,
           b.observatoire AS ob, b.indicateur AS ib, CASE WHEN a.periode = b.periode THEN '' ELSE b.periode END AS pb
    FROM masques AS a
    JOIN montres AS b
      ON b.zonage = a.zonage AND b.territoire = a.territoire AND b.annee = a.annee AND b.valeur = a.valeur
    WHERE a.valeur > 0 AND a.observatoire <> b.observatoire AND (a.indicateur <> b.indicateur OR a.periode <> b.periode)
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING count(DISTINCT a.valeur) > 3
)
SELECT e.oa AS observatoire, e.ia AS indicateur, e.pa AS periode,
       e.ob AS observatoire_b, e.ib AS indicateur_b, e.pb AS periode_b
FROM egaux AS e
WHERE NOT EXISTS (
    SELECT 1
    FROM masques AS a
    JOIN montres AS b ON b.zonage = a.zonage AND b.territoire = a.territoire AND b.annee = a.annee
    WHERE a.observatoire = e.oa AND a.indicateur = e.ia AND b.observatoire = e.ob AND b.indicateur = e.ib
      AND ((e.pa = '' AND a.periode = b.periode) OR (a.periode = e.pa AND b.periode = e.pb))
      AND a.valeur <> b.valeur
)
ORDER BY 1, 2, 3, 4, 5, 6
