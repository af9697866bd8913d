-- Les chiffres d'un indicateur, tous observatoires ensemble.
SELECT c.* FROM chiffres AS c JOIN membres AS m ON m.observatoire = c.observatoire
WHERE $indicateur = '' OR c.indicateur = $indicateur
ORDER BY m.rang, c.zonage, c.territoire, c.indicateur, c.periode
