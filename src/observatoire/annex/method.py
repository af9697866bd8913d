"""The method, written from what was done: signs, passages and their errors, secrecy, sources, checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NARROW, NO_BREAK, number, plural
from observatoire.indicators.computation.explanations import context_bias
from observatoire.indicators.computation.table import WEIGHED, modelled
from observatoire.pages.blocks import Block, Heading, Paragraph, TableBlock, heads, text_row
from observatoire.pages.notes import notes_of, passages_named
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from observatoire.french.nouns import Noun
    from observatoire.secrecy.release.protected_table import ProtectedTable


#: Notes that the method gives for the whole document.
_SAID_ONCE = ("Précision", "Prudence", "Écart")

_HOLES = (
    "Caché, absent et nul sont trois choses différentes, et le restent : aucun trou n’est rempli, "
    "aucun chiffre masqué n’est remplacé."
)

_CHECKED = (
    "À chaque chargement, des contrôles comparent les sommes par commune aux totaux publiés et "
    "cherchent les taux impossibles, les sauts, les territoires absents, les codes et les colonnes "
    "abîmés. Aucun chiffre n’est corrigé ni retiré : ce qu’ils trouvent est compté ici."
)


@dataclass(frozen=True)
class Done:
    """What was done to make the figures: passages kept, breaks of series, sources, version."""

    passages: Sequence[Mapping[str, Any]] = ()
    breaks: Sequence[tuple[str, str, str]] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    version: str = ""
    credits: str = ""


def method_blocks(table: ProtectedTable, done: Done) -> list[Block]:
    """Return the blocks of the method: how to read, how figures were made, where they come from.

    Parameters
    ----------
    table : ProtectedTable
        Everything that the annex shows.
    done : Done
        What was done to make it.
    """
    return [
        Heading("Méthode", 1, "methode"),
        *_reading(table),
        Heading("Des producteurs aux territoires", 2, "passages"),
        *(Paragraph(text) for text in _carrying(table)),
        *_passages(done, table),
        Heading("Secret statistique", 2, "secret"),
        *_secrecy(table),
        *_breaks(done),
        *_sources(done),
    ]


def _reading(table: ProtectedTable) -> list[Block]:
    """Say once what every table and picture means: signs, precision, cautions."""
    rows = [
        text_row(status.shown, status.mark or "(aucun)", status.meaning, _count(table, status))
        for status in Status
        if status is not Status.ESTIMATED or (table.main["status"] == str(status)).any()
    ]
    said = [
        note
        for note in notes_of(table, table.cells, list(table.indicators.values()), warn=False)
        if note.label in _SAID_ONCE
    ]
    return [
        Paragraph(_HOLES),
        TableBlock(
            title="Les signes des tableaux",
            head="Statut",
            columns=heads("Signe", "Ce qu’il veut dire", "Cases de cette annexe"),
            rows=tuple(rows),
            kind="texts",
        ),
        *(Paragraph(f"{note.label}{NO_BREAK}: {note.text}") for note in said),
    ]


#: What a model was taught on, in the words of a method: how many places, of which kind.
_LEARNT = r"appris sur (\d+) ([^;(]*?) \("


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
            f"Quand {it} n’est qu’une partie d’{parts.one}, "
            f"{'ce qu’aucun modèle n’estime' if modelled(table.main).any() else 'le taux ou la médiane'} "
            f"est donné pour {parts.the} {parts.agree('entier')}, entre parenthèses : ce n’est pas le chiffre "
            f"{here.of_the}."
        )
    guessed = modelled(table.main)
    estimated = table.main[~guessed & (table.main["status"] == str(Status.ESTIMATED))]
    weighed = estimated["method"].str.contains(WEIGHED, regex=False)
    if not weighed.all():
        sentences.append(
            f"Quand {parts.one} est {parts.agree('partagé')}, l’effectif est estimé, par la méthode que "
            "nomme chaque tableau ; ses bornes ne supposent rien de cette méthode."
        )
    sized = ", et estimé (e) d’après leurs effectifs d’une autre année" if weighed.any() else ""
    rates = (
        "Un taux publié sans ses effectifs ne se recalcule pas : sur plusieurs "
        f"{parts.many}, il est entre le plus petit et le plus grand{sized}. Une médiane ou une moyenne "
        "est de même entre la plus petite et la plus grande, sans plus. Un indice peut même sortir de "
        "ceux des parties."
    )
    return [" ".join(sentences), *_foretold(table.main[guessed], here), rates]


def _foretold(cells: pd.DataFrame, here: Noun) -> list[str]:
    """Say what a model foretold, what it learnt that on, and what may not be done with it."""
    if cells.empty:
        return []
    learnt = cells["method"].astype(str).str.extract(_LEARNT).dropna()
    learnt[0] = learnt[0].astype(int)
    on = []
    for kind, places in learnt.groupby(1)[0]:
        least, most = places.min(), places.max()
        on.append(f"{' à '.join(dict.fromkeys(map(number, (least, most))))} {kind}")
    count = plural(len(cells), "chiffre est estimé", "chiffres sont estimés")
    said = (
        f"{count} par un modèle (e), pour {here.one} qui n’est qu’une partie d’un territoire plus grand, "
        f"d’après ce dernier. Appris, selon le chiffre, sur {' ; ou sur '.join(on)}{NO_BREAK}: il suppose "
        f"{here.the} semblable à ceux-là. L’intervalle à 80{NARROW}% de chaque estimation est au "
        "classeur, colonne « Méthode » ; aucune n’est classée, jugée ni additionnée."
    )
    return [said]


def _passages(done: Done, table: ProtectedTable) -> list[Block]:
    """List the passages that carried figures, then the errors measured of what stands for want of better."""
    rows = tuple(
        text_row(
            f"{row['source']} → {row['target']}",
            row["method"],
            number(int(row["links"])),
            row["remarks"],
        )
        for row in done.passages
    )
    grid = TableBlock(
        "Passages employés",
        "D’un zonage à l’autre",
        heads("Méthode", "Liens", "Ce qu’il faut en savoir"),
        rows,
        kind="texts",
        widths=(3.0, 1.6, 0.7, 4.0),
    )
    context = table.main.loc[table.main["status"] == str(Status.CONTEXT), "indicator"].unique()
    biases = dict.fromkeys(context_bias(table.indicators[code]) for code in context)
    measured = [Paragraph(f"Erreur mesurée{NO_BREAK}: {text}") for text in biases if text]
    return [*([grid] if rows else []), *measured]


def _breaks(done: Done) -> list[Block]:
    if not done.breaks:
        return []
    rows = tuple(text_row(*each) for each in done.breaks)
    grid = TableBlock(
        "Dates que l’on ne franchit pas",
        "Rupture",
        heads("Ce qui change", "Qui le dit"),
        rows,
        kind="texts",
        widths=(1.0, 4.6, 2.6),
    )
    return [Heading("Ruptures de série", 2, "ruptures"), grid]


def _lines(source: Mapping[str, Any]) -> str:
    """Say how many lines were read and what became of them: rejects are named where there are some."""
    read, kept, rejected = (int(source[f"rows_{each}"]) for each in ("read", "kept", "rejected"))
    fate = f"{plural(kept, 'gardée')}, {plural(rejected, 'rejetée')}"
    if not rejected and read == kept:
        fate = "toutes gardées" if read > 1 else "gardée"
    return f"{plural(read, 'ligne lue', 'lignes lues')}, {fate}, le {source['loaded']}"


def _sources(done: Done) -> list[Block]:
    rows = tuple(
        text_row(
            source["title"],
            f"{source['producer']} ({source['licence']})",
            source["rule"],
            _lines(source),
            _breakable(str(source["files"])),
        )
        for source in done.sources
    )
    columns = heads(
        "Producteur et licence", "Règle de secret", "Lignes et date", "Fichiers (SHA-256)"
    )
    grid = TableBlock(
        "Sources chargées, licences et empreintes des fichiers", "Source", columns, rows,
        kind="texts", widths=(2.1, 1.7, 2.0, 2.0, 2.0),
    )  # fmt: skip
    made = f"Écrit par observatoire {done.version}." if done.version else ""
    last = " ".join(text for text in (done.credits, made) if text)
    return [Heading("Sources", 2, "sources"), grid, *([Paragraph(last)] if last else [])]


def _breakable(names: str) -> str:
    """Let a long name be cut at its signs, rather than leave the page; a short one is found by a search."""
    return re.sub(r"\S{25,}", lambda name: re.sub(r"([_.-])", "\\1\u200b", name[0]), names)


def _count(table: ProtectedTable, status: Status) -> str:
    return number(int((table.main["status"] == str(status)).sum()))


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


def checked_blocks(found: pd.DataFrame) -> list[Block]:
    """Return the blocks on the checks, nothing when none was passed.

    Parameters
    ----------
    found : DataFrame
        Columns ``level``, ``title``, ``source`` (its title), ``rows`` and ``remedy``: a page that
        circulates says neither the territory nor the figure, which could be a secret one.
    """
    blocks: list[Block] = [
        Heading("Contrôles des données", 2, "controles"),
        Paragraph(_CHECKED),
    ]
    if found.empty:
        return [*blocks, Paragraph("Aucun contrôle ne signale d’anomalie.")]
    # A check that signals several sources says once what to think of it.
    rows = tuple(
        text_row(
            title, level, " ; ".join(f"{one} ({number(int(n))})" for one, n in counted), remedy
        )
        for (level, title, remedy), some in found.groupby(["level", "title", "remedy"], sort=False)
        for counted in [list(zip(some["source"], some["rows"], strict=True))]
    )
    grid = TableBlock(
        title="Ce que les contrôles signalent",
        head="Contrôle",
        columns=heads("Niveau", "Sources (et lignes)", "Ce qu’il faut en penser"),
        rows=rows,
        kind="texts",
        widths=(2.0, 0.9, 4.2, 3.2),
    )
    return [*blocks, grid]
