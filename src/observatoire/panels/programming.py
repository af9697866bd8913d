"""Show what was programmed: who paid what, which territories and themes nothing reached."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.indicators.programming import NEVER
from observatoire.pages.blocks import (
    Block,
    Callout,
    Cell,
    Column,
    Grid,
    Heading,
    Note,
    Paragraph,
    Row,
)
from observatoire.typography import capital, enumerate_words, number, plural
from observatoire.values import Status, records

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.indicators.programming import Programming
    from observatoire.nouns import Noun

_TEMPLATE = (
    "Les actions financées ne sont pas chargées : remplissez data/raw/programmation/actions.csv "
    "(modèle dans modeles/programmation) et demandez à la Ville et à l’État les "
    "bilans annuels du comité technique."
)


def programming_blocks(found: Programming, here: Noun) -> list[Block]:
    """Lay programming out: money by year and funder, places, themes; or what to fill."""
    blocks: list[Block] = [Heading("Programmation", 2)]
    if len(found.money):
        blocks.append(_money(found.money))
    if len(found.perimeters):
        blocks.append(_perimeters(found.perimeters, here))
    if found.actions.empty:
        blocks.append(Callout("Aucune action chargée", (_TEMPLATE,)))
        return blocks
    blocks.append(Paragraph(_reach(found, here)))
    blocks += [_places(found.places, here), _themes(found.themes)]
    return blocks


def _reach(found: Programming, here: Noun) -> str:
    never = (
        f"{capital(here.many)} qu’aucune action n’a {here.agree('touché', several=True)} : "
        f"{enumerate_words(found.never)}."
        if found.never
        else f"{capital(here.none)} n’est {here.agree('resté')} sans action."
    )
    idle = (
        f"Thématiques sans action : {enumerate_words(found.idle)}."
        if found.idle
        else "Aucune thématique n’est restée sans action."
    )
    return f"{never} {idle}"


def _euros(value: float) -> Cell:
    if math.isnan(value):
        return Cell("n.d.", Status.MISSING)
    return Cell(number(value), value=value)


def _money(money: pd.DataFrame) -> Grid:
    rows = [
        Row(
            f"{one['year']} — {one['funder']}",
            (
                _euros(one["committed"]),
                _euros(one["spent"]),
                _share(one["spent"], one["committed"]),
            ),
        )
        for one in records(money)
    ]
    committed, spent = money["committed"].sum(min_count=1), money["spent"].sum(min_count=1)
    total = (_euros(committed), _euros(spent), _share(spent, committed))
    rows.append(Row("Ensemble", total, kind="comparator"))
    return Grid(
        "Crédits engagés et versés, par année et financeur",
        "Année et financeur",
        (Column("Engagé", "euros"), Column("Versé", "euros"), Column("Part versée", "%")),
        tuple(rows),
        (
            Note(
                "Signes",
                "n.d. : non communiqué. Engagé : promis par la convention ou notifié ; versé : payé.",
            ),
        ),
    )


def _perimeters(perimeters: pd.DataFrame, here: Noun) -> Grid:
    rows = [
        Row(
            f"{one['name']}, {one['years']}",
            (
                _euros(one["committed"]),
                _euros(one["spent"]),
                _euros(one["inhabitants"]),
                Cell(str(one["people_of"]) or "n.d."),
                _per_head(one["per_head"]),
            ),
        )
        for one in records(perimeters)
    ]
    return Grid(
        "Crédits des périmètres, par habitant et par an",
        "Périmètre et années",
        (
            Column("Engagé", "euros"),
            Column("Versé", "euros"),
            Column("Habitants"),
            Column("Population prise"),
            Column("Par habitant et par an", "euros"),
        ),
        tuple(rows),
        (
            Note(
                "Lecture",
                "montant versé, engagé à défaut, divisé par les années et par les habitants du périmètre ; "
                "quand ils ne sont pas connus, par ceux de la commune : un minimum par habitant des "
                f"{here.many}.",
            ),
        ),
    )


def _share(spent: float, committed: float) -> Cell:
    if math.isnan(spent) or math.isnan(committed) or committed == 0:
        return Cell("n.d.", Status.MISSING)
    return Cell(number(100 * spent / committed, 1), value=100 * spent / committed)


def _places(places: pd.DataFrame, here: Noun) -> Grid:
    rows = []
    for one in records(places):
        hidden = one["reach"] == NEVER
        rows.append(
            Row(
                str(one["name"]),
                (
                    Cell(str(one["reach"])),
                    Cell(number(int(one["actions"])), value=float(one["actions"])),
                    Cell("—") if hidden else _euros(one["amount"]),
                    Cell("—") if hidden else _euros(one["people"]),
                    _per_head(one["per_head"]),
                ),
            )
        )
    return Grid(
        f"Actions par {here.singular}",
        capital(here.singular),
        (
            Column("Touché par"),
            Column("Actions"),
            Column("Montant", "euros"),
            Column("Personnes"),
            Column("Par habitant", "euros"),
        ),
        tuple(rows),
        (
            Note(
                "Lecture",
                f"montant versé aux actions propres {here.of_the}, engagé à défaut ; ce qui est donné à un "
                f"périmètre plus large n’est pas partagé entre ses {here.many}, personne ne sachant "
                "comment.",
            ),
            Note(
                "Par habitant",
                f"n.d. quand la population {here.of_the} n’est pas connue exactement.",
            ),
        ),
    )


def _per_head(value: float) -> Cell:
    if math.isnan(value):
        return Cell("n.d.", Status.MISSING)
    return Cell(number(value, 1), value=value)


def _themes(themes: pd.DataFrame) -> Grid:
    rows = [
        Row(
            str(one["label"]),
            (Cell(number(int(one["actions"])), value=float(one["actions"])), _euros(one["amount"])),
        )
        for one in records(themes)
    ]
    return Grid(
        f"Actions par thématique ({plural(len(themes), 'thématique')})",
        "Thématique",
        (Column("Actions"), Column("Montant", "euros")),
        tuple(rows),
    )
