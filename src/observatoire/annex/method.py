"""The method page of the annex: statuses, passage, secrecy, in words a reader of results needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, number, plural
from observatoire.pages.blocks import Block, Column, Heading, Paragraph, Row, TableBlock, TextCell
from observatoire.pages.notes import passages_named
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.secrecy.release.protected_table import ProtectedTable


_HOLES = (
    "Caché, absent et nul sont trois choses différentes, et le restent : aucun trou n’est rempli, "
    "aucun chiffre masqué n’est remplacé."
)


def method_blocks(table: ProtectedTable) -> list[Block]:
    """Return the blocks of the method page."""
    rows = [
        Row(
            status.label,
            (TextCell(status.mark or "(aucun)"), TextCell(status.meaning), _count(table, status)),
        )
        for status in Status
        if status is not Status.ESTIMATED or (table.main["status"] == str(status)).any()
    ]
    return [
        Heading("Méthode", 1, "methode"),
        *(Paragraph(text) for text in _carrying(table)),
        Paragraph(_HOLES),
        TableBlock(
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


def _carrying(table: ProtectedTable) -> list[str]:
    """Say how figures reach the territories shown, from what this table did."""
    here, parts = table.words.here, table.words.parts
    lead = "Chaque producteur compte sur son propre zonage."
    named = passages_named(table.main)
    if parts is None or not named:
        own = (
            f"{lead} Les chiffres de cette annexe sont ceux qu’ils donnent par {here.singular} : aucun "
            "n’est porté d’un autre zonage."
        )
        return [own]
    whole = f"{here.agree('fait')} {parts.of_many} {parts.agree('entier', several=True)}"
    carried = (
        f"{lead} Les chiffres donnés par {parts.singular} sont portés aux {here.many} par un "
        f"passage ({' ; '.join(named)}). Quand {here.one} est {whole}, ses effectifs sont des sommes "
        "sans partage et ses taux sont recalculés sur les effectifs sommés."
    )
    sentences, it = [carried], "elle" if here.feminine else "il"
    shown = set(table.main["status"])
    if str(Status.CONTEXT) in shown:
        sentences.append(
            f"Quand {it} n’est qu’une partie d’{parts.one}, son effectif est encadré entre zéro et "
            f"celui {parts.of_the}, et le taux ou la médiane {parts.of_the} est donné entre "
            "parenthèses, comme contexte."
        )
    if str(Status.ESTIMATED) in shown:
        sentences.append(
            f"Quand {parts.one} est {parts.agree('partagé')}, l’effectif est estimé, par la méthode que "
            "nomme chaque tableau ; ses bornes ne supposent rien de cette méthode."
        )
    rates = (
        "Un taux publié sans ses effectifs ne se recalcule pas : sur plusieurs "
        f"{parts.many}, il est encadré par le plus petit et le plus grand. Une médiane, une moyenne ou "
        "un indice ne se déduit jamais de ceux des parties."
    )
    return [" ".join(sentences), rates]


def _count(table: ProtectedTable, status: Status) -> TextCell:
    return TextCell(number(int((table.main["status"] == str(status)).sum())))


def _secrecy(table: ProtectedTable) -> list[Block]:
    causes = " ; ".join(
        f"{cause}{NO_BREAK}: {plural(count, 'case')}" for cause, count in table.hidden.items()
    )
    return [
        Paragraph(f"Cases masquées dans cette annexe, comparaisons comprises{NO_BREAK}: {causes}."),
        Paragraph(
            "Les seuils appartiennent à la source et sont imprimés dans la liste des sources. Tout "
            "effectif inférieur au seuil de sa source est masqué, avec les taux qui le diraient et "
            "les cases d’où il se retrouverait par différence ; les marques de secret du producteur "
            "sont gardées. Toutes les cases masquées par l’observatoire portent la même marque : on "
            "ne peut pas lire laquelle est sous le seuil."
        ),
        *(Paragraph(sentence) for sentence in table.record.sentences()),
    ]
