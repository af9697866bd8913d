-- La même chose, comptée par deux observatoires : les deux chiffres et leurs bornes.
SELECT a.zonage, a.territoire, a.nom, a.indicateur, a.periode,
       a.observatoire AS observatoire_a, b.observatoire AS observatoire_b,
       a.valeur AS valeur_a, a.borne_basse AS basse_a, a.borne_haute AS haute_a, a.statut AS statut_a,
       b.valeur AS valeur_b, b.borne_basse AS basse_b, b.borne_haute AS haute_b, b.statut AS statut_b
FROM partages AS s
JOIN chiffres AS a
  ON a.zonage = s.zonage AND a.territoire = s.territoire
 AND a.indicateur = s.indicateur AND a.periode = s.periode
JOIN chiffres AS b
  ON b.zonage = s.zonage AND b.territoire = s.territoire
 AND b.indicateur = s.indicateur AND b.periode = s.periode
JOIN membres AS ma ON ma.observatoire = a.observatoire
JOIN membres AS mb ON mb.observatoire = b.observatoire
WHERE ma.rang < mb.rang
  AND a.statut <> 'non disponible' AND b.statut <> 'non disponible'
ORDER BY a.indicateur, a.zonage, a.territoire, a.periode, ma.rang, mb.rang
