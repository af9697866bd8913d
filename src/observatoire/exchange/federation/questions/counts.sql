-- Tout ce que les membres ont montré, partis ou non, tenu ou non par une convention : on ne l'oublie pas. Les chiffres d'une année, ou de quelques indicateurs (entre des « | »), ou tous, pour ce que les paquets donnent ensemble.
SELECT c.observatoire, c.zonage, c.territoire, c.nom, c.indicateur, c.periode,
       c.valeur, c.borne_basse, c.borne_haute, c.precision, c.statut, c.passe
FROM donnes AS c
WHERE c.periode <> '' AND ($annee = '' OR c.periode LIKE $annee || '%') AND ($indicateurs = '' OR instr($indicateurs, '|' || c.indicateur || '|') > 0)
  AND c.statut IN ('observé', 'agrégé', 'estimé', 'encadré', 'contexte', 'secret')
