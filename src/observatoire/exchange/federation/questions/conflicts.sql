-- La même chose, comptée par deux observatoires : les deux chiffres et leurs bornes. On ne lit que les
-- territoires dont plusieurs parlent.
WITH partages AS (
    SELECT c.*, m.rang
    FROM chiffres AS c
    JOIN membres AS m ON m.observatoire = c.observatoire
    JOIN (
        SELECT zonage, territoire
        FROM chiffres
        GROUP BY zonage, territoire
        HAVING count(DISTINCT observatoire) > 1
    ) AS s ON s.zonage = c.zonage AND s.territoire = c.territoire
    WHERE c.periode <> '' AND c.statut <> 'non disponible'
)
SELECT a.zonage, a.territoire, a.nom, a.indicateur, a.periode,
       a.observatoire AS observatoire_a, b.observatoire AS observatoire_b,
       a.valeur AS valeur_a, a.borne_basse AS basse_a, a.borne_haute AS haute_a, a.statut AS statut_a,
       a.precision AS precision_a,
       b.valeur AS valeur_b, b.borne_basse AS basse_b, b.borne_haute AS haute_b, b.statut AS statut_b,
       b.precision AS precision_b
FROM partages AS a
JOIN partages AS b
  ON b.zonage = a.zonage AND b.territoire = a.territoire
 AND b.indicateur = a.indicateur AND b.periode = a.periode
WHERE a.rang < b.rang
ORDER BY a.indicateur, a.zonage, a.territoire, a.periode, a.rang, b.rang
