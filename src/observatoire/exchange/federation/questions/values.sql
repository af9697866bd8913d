-- Une valeur par question : celle du premier observatoire qui répond ; ce qu'un seul masque reste masqué.
SELECT zonage, territoire, nom, indicateur, periode, valeur, borne_basse, borne_haute,
       plausible_bas, plausible_haut, precision, statut, couverture, motif, methode, source,
       observatoire, reponses, CASE WHEN masques > 0 THEN 1 ELSE 0 END AS masque
FROM (
    SELECT c.*,
           CAST(sum(CASE WHEN c.statut <> 'non disponible' THEN 1 ELSE 0 END) OVER question AS BIGINT) AS reponses,
           sum(CASE WHEN c.statut = 'secret' THEN 1 ELSE 0 END) OVER question AS masques,
           row_number() OVER (
               PARTITION BY c.zonage, c.territoire, c.indicateur, c.periode
               ORDER BY CASE WHEN c.statut = 'secret' THEN 0
                             WHEN c.statut = 'non disponible' THEN 2 ELSE 1 END, m.rang
           ) AS place
    FROM chiffres AS c JOIN membres AS m ON m.observatoire = c.observatoire
    WHERE ($indicateur = '' OR c.indicateur = $indicateur)
      AND ($zonage = '' OR c.zonage = $zonage)
      AND ($periode = '' OR c.periode = $periode)
    WINDOW question AS (PARTITION BY c.zonage, c.territoire, c.indicateur, c.periode)
) AS ranked
WHERE place = 1
ORDER BY indicateur, zonage, territoire, periode
