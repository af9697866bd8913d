"""Show what was programmed: who paid what, which territories and themes nothing reached."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NO_BREAK, capital, enumerate_words, number
from observatoire.indicators.evaluation.actions import OWN, STEPS, WIDER
from observatoire.pages.blocks import (
    Block,
    Callout,
    Column,
    Heading,
    Note,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from observatoire.french.nouns import Noun
    from observatoire.indicators.evaluation.actions import Programming


_TEMPLATE = (
    "Les actions financées ne sont pas chargées : remplissez data/raw/programmation/actions.csv "
    "(modèle dans modeles/programmation) et demandez à la Ville et à l’État les "
    "bilans annuels du comité technique."
)


def programming_blocks(found: Programming, here: Noun) -> list[Block]:
    """Lay programming out: money by year and funder, places, themes; or what to fill."""
    blocks: list[Block] = [Heading("Programmation", 2)]
    if len(found.money):
        blocks.append(_sourced(_money(found.money), found.origins))
    if len(found.perimeters):
        blocks.append(_sourced(_perimeters(found.perimeters, here), found.origins))
    if found.actions.empty:
        blocks.append(Callout("Aucune action chargée", (_TEMPLATE,)))
        return blocks
    blocks.append(Paragraph(_reach(found, here)))
    reached = found.places[found.places["reach"] == OWN]
    made = [_places(reached, here)] if len(reached) else []
    return [*blocks, *(_sourced(grid, found.origins) for grid in (*made, _themes(found.themes)))]


def _sourced(grid: TableBlock, origins: Sequence[str]) -> TableBlock:
    return replace(grid, notes=(*grid.notes, source_note(origins)))


def source_note(origins: Iterable[str]) -> Note:
    """Name the sources of a table, each once."""
    return Note("Source", f"{' ; '.join(dict.fromkeys(map(str, origins)))}.")


def _reach(found: Programming, here: Noun) -> str:
    wider = list(found.places.loc[found.places["reach"] == WIDER, "name"])
    alone = len(wider) == len(found.places) > 0 and not found.never
    never = (
        f"Aucune action n’est connue pour {here.one} en particulier."
        if alone
        else f"{capital(here.many)} qu’aucune action n’a {here.agree('touché', several=True)} : "
        f"{enumerate_words(found.never)}."
        if found.never
        else f"{capital(here.none)} n’est {here.agree('resté')} sans action."
    )
    through = "" if not wider else _through(wider, here, every=len(wider) == len(found.places))
    idle = (
        f"Thématiques sans action connue : {enumerate_words(found.idle)}."
        if found.idle
        else "Aucune thématique n’est sans action connue."
    )
    return " ".join(text for text in (never, through, idle) if text)


def _through(wider: Sequence[str], here: Noun, *, every: bool) -> str:
    """Say which territories are reached through a wider perimeter alone, whose money stays whole."""
    whom = here.all if every else enumerate_words(list(wider))
    return (
        f"Par un périmètre plus large seulement{NO_BREAK}: {whom}. Ce qui est donné à un tel "
        "périmètre n’est pas partagé, faute de savoir comment."
    )


def known_cell(value: float, decimals: int = 0) -> TextCell:
    """Return the cell of a number, said not available where nobody knows it."""
    if math.isnan(value):
        return TextCell("n.d.", Status.MISSING)
    return TextCell(number(value, decimals), value=value)


def _share(spent: float, committed: float) -> TextCell:
    return known_cell(100 * spent / committed if committed else math.nan, 1)


def _money(money: pd.DataFrame) -> TableBlock:
    rows = [Row(f"{row['year']} — {row['funder']}", _steps(row)) for row in records(money)]
    total: dict[str, Any] = {name: money[name].sum(min_count=1) for name in STEPS}
    both = money[_aimed(money).notna() & money["spent"].notna()]
    share = _share(both["spent"].sum(min_count=1), _aimed(both).sum(min_count=1))
    rows.append(Row("Ensemble", (*_steps(total)[:-1], share), kind="comparator"))
    return TableBlock(
        "Crédits promis, engagés et versés, par année et financeur",
        "Année et financeur",
        (
            Column("Enveloppe promise", "euros"),
            Column("Engagé pour des actions", "euros"),
            Column("Versé", "euros"),
            Column("Part versée", "%"),
        ),
        tuple(rows),
        (
            Note(
                "Signes",
                "n.d. : non communiqué. Enveloppe : promise par la convention, avant toute action ; "
                "engagé : notifié à une action, sur l’enveloppe ; versé : payé.",
            ),
            Note(
                "Part versée",
                "du promis, de l’engagé à défaut ; celle de l’ensemble ne compte que les lignes qui "
                "disent les deux.",
            ),
        ),
    )


def _aimed(money: pd.DataFrame) -> pd.Series:
    """Return what was promised, or committed where nothing was promised."""
    return money["promised"].fillna(money["committed"])


def _steps(row: Record) -> tuple[TextCell, ...]:
    aimed = row["committed"] if math.isnan(row["promised"]) else row["promised"]
    return (*(known_cell(row[name]) for name in STEPS), _share(row["spent"], aimed))


def _perimeters(perimeters: pd.DataFrame, here: Noun) -> TableBlock:
    rows = [
        Row(
            f"{row['name']}, {row['years']}",
            (
                *(known_cell(row[name]) for name in STEPS),
                known_cell(row["inhabitants"]),
                TextCell(str(row["people_of"]) or "n.d."),
                known_cell(row["per_head"], 1),
                known_cell(row["spent_per_head"], 1),
            ),
        )
        for row in records(perimeters)
    ]
    return TableBlock(
        "Crédits des périmètres, par habitant et par an",
        "Périmètre et années",
        (
            Column("Enveloppe promise", "euros"),
            Column("Engagé", "euros"),
            Column("Versé", "euros"),
            Column("Habitants"),
            Column("Population prise"),
            Column("Par habitant", "promis, € par an"),
            Column("Par habitant", "versé, € par an"),
        ),
        tuple(rows),
        (
            Note(
                "Lecture",
                "montant promis (engagé à défaut) ou versé, divisé par le nombre d’années qui le disent et "
                "par les habitants du périmètre ; quand ils ne sont pas connus, par ceux de la commune : "
                f"un minimum par habitant des {here.many}.",
            ),
        ),
    )


def _places(places: pd.DataFrame, here: Noun) -> TableBlock:
    """List the territories that have actions of their own; the others are named in a sentence."""
    rows = [
        Row(
            str(row["name"]),
            (
                known_cell(float(row["actions"])),
                known_cell(row["amount"]),
                known_cell(row["people"]),
                known_cell(row["per_head"], 1),
            ),
        )
        for row in records(places)
    ]
    return TableBlock(
        f"Actions par {here.singular}",
        capital(here.singular),
        (
            Column("Actions"),
            Column("Montant", "euros"),
            Column("Personnes"),
            Column("Par habitant", "euros"),
        ),
        tuple(rows),
        (
            Note(
                "Lecture",
                f"ce qui a été versé à chaque action propre {here.of_the}, engagé à défaut.",
            ),
            Note(
                "Par habitant",
                f"n.d. quand la population {here.of_the} n’est pas connue exactement.",
            ),
        ),
    )


def _themes(themes: pd.DataFrame) -> TableBlock:
    rows = [
        Row(
            str(row["label"]),
            (
                known_cell(float(row["actions"])),
                known_cell(row["amount"]) if row["actions"] else TextCell("—"),
            ),
        )
        for row in records(themes)
    ]
    return TableBlock(
        "Actions par thématique",
        "Thématique",
        (Column("Actions"), Column("Montant", "euros")),
        tuple(rows),
    )
