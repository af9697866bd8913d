"""The method page of the annex: statuses, passage, secrecy, in words a reader of results needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.pages.blocks import Block, Cell, Column, Grid, Heading, Paragraph, Row
from observatoire.typography import NO_BREAK, number, plural
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.secrecy.table import ProtectedTable

_PASSAGE = (
    "Chaque producteur compte sur son propre zonage. Le recensement, Filosofi et le répertoire du "
    "parc social sont donnés par IRIS ; ils sont portés aux quartiers par une table de passage. "
    "Quand un quartier est fait d’IRIS entiers, ses effectifs sont des sommes sans partage et ses taux "
    "sont recalculés sur les effectifs sommés. Quand il n’est qu’une partie d’un IRIS, son effectif "
    "est encadré entre zéro et celui de l’IRIS, et le taux ou la médiane de l’IRIS est donné entre "
    "parenthèses, comme contexte."
)
_RATES = (
    "Un taux publié sans ses effectifs ne se recalcule pas : sur plusieurs IRIS, il est encadré par "
    "le plus petit et le plus grand. Une médiane, une moyenne ou un indice ne se déduit jamais de "
    "ceux des parties."
)
_HOLES = (
    "Caché, absent et nul sont trois choses différentes, et le restent : aucun trou n’est rempli, "
    "aucun chiffre masqué n’est remplacé."
)


def method_blocks(table: ProtectedTable) -> list[Block]:
    """Return the blocks of the method page."""
    rows = [
        Row(
            status.label,
            (Cell(status.mark or "(aucun)"), Cell(status.meaning), _count(table, status)),
        )
        for status in Status
        if status is not Status.ESTIMATED or (table.main["status"] == str(status)).any()
    ]
    return [
        Heading("Méthode", 1, "methode"),
        Paragraph(_PASSAGE),
        Paragraph(_RATES),
        Paragraph(_HOLES),
        Grid(
            title="Les signes des tableaux",
            head="Statut",
            columns=(
                Column("Signe"),
                Column("Ce qu’il veut dire"),
                Column("Cases de cette annexe"),
            ),
            rows=tuple(rows),
            kind="texts",
        ),
        Heading("Secret statistique", 2, "secret"),
        *_secrecy(table),
    ]


def _count(table: ProtectedTable, status: Status) -> Cell:
    return Cell(number(int((table.main["status"] == str(status)).sum())))


def _secrecy(table: ProtectedTable) -> list[Block]:
    said = " ; ".join(
        f"{cause}{NO_BREAK}: {plural(count, 'case')}" for cause, count in table.hidden.items()
    )
    return [
        Paragraph(f"Cases masquées dans cette annexe, comparaisons comprises{NO_BREAK}: {said}."),
        Paragraph(
            "Les seuils appartiennent à la source et sont imprimés dans la liste des sources. Tout "
            "effectif inférieur au seuil de sa source est masqué, avec les taux qui le diraient et "
            "les cases d’où il se retrouverait par différence ; les marques de secret du producteur "
            "sont gardées. Toutes les cases masquées par l’observatoire portent la même marque : on "
            "ne peut pas lire laquelle est sous le seuil."
        ),
        *(Paragraph(sentence) for sentence in table.record.sentences()),
    ]
