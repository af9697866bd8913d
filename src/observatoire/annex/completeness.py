"""What is known of whom: territories by indicators, each hole with its reason."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from observatoire.indicators.table import by_spot
from observatoire.pages.blocks import Block, Cell, Column, Grid, Heading, Note, Paragraph, Row
from observatoire.typography import NO_BREAK, number
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.secrecy.table import ProtectedTable

#: Letters too like the marks « s » and « e ».
_MARK_LETTERS = "SE"

_SIGNS = {
    Status.OBSERVED: "●",
    Status.AGGREGATED: "●",
    Status.ESTIMATED: "e",
    Status.BOUNDED: "[ ]",
    Status.CONTEXT: "(…)",
    Status.SECRET: "s",
    Status.NOT_APPLICABLE: "///",
}


def completeness_blocks(table: ProtectedTable) -> list[Block]:
    """Return the completeness table: one row an indicator, one column a territory.

    A cell without a figure holds the letter of its reason, told below the table.
    """
    cells = table.main
    names = dict(zip(cells["territory"], cells["name"], strict=False))
    letters = _letters()
    reasons: dict[str, str] = {}
    rows = []
    by_key = by_spot(cells)
    for indicator in table.indicators.values():
        shown = []
        for code in names:
            row = by_key[table.zoning, code, indicator.code]
            status = Status(str(row["status"]))
            if status is Status.MISSING:
                reason = str(row["reason"])
                if reason not in reasons:
                    reasons[reason] = next(letters)
                shown.append(Cell(reasons[reason], status, hint=reason))
            else:
                shown.append(Cell(_SIGNS[status], status))
        rows.append(Row(indicator.short, tuple(shown), hint=indicator.label))
    told = [
        Note(
            "Colonnes", " ; ".join(f"{i} {name}" for i, name in enumerate(names.values(), 1)) + "."
        )
    ]
    told.append(
        Note(
            "Signes",
            "● chiffre du producteur ou somme sur des territoires entiers ; "
            "[ ] encadré ; (…) contexte ; s secret ; lettre : non disponible, "
            "pour la raison ci-dessous.",
        )
    )
    told += [Note(letter, reason) for reason, letter in reasons.items()]
    exact = int(cells["status"].isin([str(Status.OBSERVED), str(Status.AGGREGATED)]).sum())
    return [
        Heading("Ce que l’on sait, ce qui manque", 1, "completude"),
        Paragraph(
            f"{number(exact)} cases sur {number(len(cells))} portent le chiffre du producteur ou une somme "
            f"sur des territoires entiers{NO_BREAK}; les autres disent pourquoi elles n’en portent pas."
        ),
        Grid(
            title=f"Complétude : indicateurs par {table.words.here.singular}",
            head="Indicateur",
            columns=tuple(Column(str(i)) for i, _ in enumerate(names, 1)),
            rows=tuple(rows),
            notes=tuple(told),
            kind="holes",
        ),
    ]


def _letters() -> Iterator[str]:
    yield from (letter for letter in string.ascii_uppercase if letter not in _MARK_LETTERS)
    for first in string.ascii_uppercase:
        for second in string.ascii_uppercase:
            yield first + second
