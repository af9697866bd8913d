-- Tous les chiffres, pour ce que les paquets donnent ensemble.
SELECT c.observatoire, c.zonage, c.territoire, c.nom, c.indicateur, c.periode,
       c.valeur, c.borne_basse, c.borne_haute, c.precision, c.statut
FROM chiffres AS c
WHERE c.periode <> '' AND ($periode = '' OR c.periode = $periode) AND c.statut IN ('observé', 'agrégé', 'estimé', 'encadré', 'secret')
