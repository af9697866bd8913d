"""The encoding of a French text of one to ten lines: Windows, UTF-8, old Macintosh, DOS."""

from __future__ import annotations

import random

import pytest

from observatoire.sources.formats.encoding import decode, guess_encoding

WORDS = """
Sainte-Thérèse Trénelle Crozanville Volga-Plage L’Ermitage L’Hermitage Fénelon Desclieux Châteaubœuf Bellevue
Terres Sainville Cité Dillon Godissard Ravine Vilaine Balata Tivoli Moutte Gallery Ilets Médaille Théodore
Quartier prioritaire ménages allocataires bénéficiaires âgés logements vacants aidés sociaux élèves collège lycée
école première année où très être déjà là même forêt fête intérêt hôpital hôtel côté rôle bientôt contrôle
maître île connaître boîte août goût coût dû sûr brûlé français façon reçu commerçants naïf maïs Noël
cœur sœur œuvre vœux nœud manœuvre à au jusqu’à d’âge l’été qu’elle n° 2° « résidence » près après accès
succès mère père frère célibataires mariés veufs séparés étrangers immigrés diplômés chômage précarité
pauvreté médiane revenu déclaré disponible décès naissances espérance santé médecins infirmières pharmacies
délinquance vols dégradées réhabilitées rénovées énergie élevée état général pièces surface mètres carrés
MARCHÉ ÉCOLE FORÊT CITÉ THÉRÈSE HÔPITAL Éducation École État Évolution Îlet À Ça
""".split()  # noqa: SIM905 - a list as one reads it

#: What the encodings of before the euro do not write is written as their users did.
OLDER = str.maketrans({"’": "'", "œ": "oe", "Œ": "OE"})
CAPITALS = str.maketrans("ÀÈÊËÂÎÏÔÛÙ", "AEEEAIIOUU")


def texts(count: int, encoding: str) -> list[bytes]:
    """Write texts of one to ten lines, each with a letter beyond ASCII at least."""
    chance, made = random.Random(f"encodings {encoding}"), []  # noqa: S311 - the same texts each time
    while len(made) < count:
        lines = [
            ";".join(
                [
                    " ".join(chance.choices(WORDS, k=chance.randint(1, 4))),
                    str(chance.randint(1, 999)),
                ]
            )
            for _ in range(chance.randint(1, 10))
        ]
        text = "\r\n".join(["Quartier;Nombre", *lines])
        if encoding.startswith("cp") and encoding != "cp1252":
            text = text.translate(OLDER)
            text = text.translate(CAPITALS) if encoding == "cp437" else text
        if not text.isascii():
            made.append(text.encode(encoding))
    return made


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-8", "utf-8-sig", "mac_roman", "cp850", "cp437"]
)
def test_a_hundred_and_twenty_french_texts(encoding: str) -> None:
    wrong = []
    for content in texts(120, encoding):
        found = guess_encoding(content, "a.csv")
        if decode(content, found, "a.csv") != content.decode(encoding):
            wrong.append((found, content.decode(encoding)))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Quartier;Aidés\nSainte-Thérèse;12", "cp850"),
        ("Quartier;Aidés\nSainte-Thérèse;12", "mac_roman"),
        ("Hôpital;12", "cp850"),
        ("voisins à Dillon", "cp850"),
        ("et cætera, etc… Dillon", "cp1252"),
        ("« Dillon »;12", "mac_roman"),
        ("« Dillon »;12", "cp1252"),
        ("L’Ermitage;12", "cp1252"),
        ("l’hôtel “Impératrice”;3", "cp1252"),
        ("12 m² ; 5 € ; 3 °C", "cp1252"),
        ("2010 – 2015", "cp1252"),
        ("MARCHÉ", "mac_roman"),
        ("MARCHÉ", "cp850"),
        ("MARCHÉ", "cp1252"),
        ("déjà là", "cp1252"),
        ("où", "cp1252"),
    ],
)
def test_one_line_is_read_as_it_was_written(text: str, encoding: str) -> None:
    content = f"{text}\n".encode(encoding)
    assert decode(content, guess_encoding(content, "a.csv"), "a.csv") == f"{text}\n"
