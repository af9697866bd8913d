-- Les chiffres d'une année, ou tous, pour ce que les paquets donnent ensemble.
SELECT c.observatoire, c.zonage, c.territoire, c.nom, c.indicateur, c.periode,
       c.valeur, c.borne_basse, c.borne_haute, c.precision, c.statut
FROM chiffres AS c
WHERE c.periode <> '' AND ($annee = '' OR c.periode LIKE $annee || '%') AND c.statut IN ('observé', 'agrégé', 'estimé', 'encadré', 'contexte', 'secret')
