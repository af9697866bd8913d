-- Les questions auxquelles plusieurs observatoires répondent.
SELECT zonage, territoire, indicateur, periode
FROM chiffres
WHERE periode <> '' AND statut <> 'non disponible'
GROUP BY zonage, territoire, indicateur, periode
HAVING count(*) > 1
