"""What is known of whom: territories by indicators, each hole with its reason."""

from __future__ import annotations

import string
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, enumerate_words, number, plural
from observatoire.indicators.computation.table import by_spot
from observatoire.pages.blocks import (
    Block,
    Column,
    Heading,
    Note,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.french.nouns import TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


#: Letters too like the marks « s » and « e ».
_MARK_LETTERS = "SE"

_SIGNS = {
    Status.OBSERVED: "■",
    Status.AGGREGATED: "■",
    Status.ESTIMATED: "e",
    Status.BOUNDED: "[ ]",
    Status.CONTEXT: "( )",
    Status.SECRET: "s",
    Status.NOT_APPLICABLE: "///",
}


#: Beyond so many territories, they are counted.
_MOST_COLUMNS = 60

#: What figures are, in the heads of columns of counts.
_KINDS: tuple[tuple[str, tuple[Status, ...]], ...] = (
    ("Leur chiffre", (Status.OBSERVED, Status.AGGREGATED)),
    ("Estimé", (Status.ESTIMATED,)),
    ("Entre bornes", (Status.BOUNDED,)),
    ("Territoire plus grand", (Status.CONTEXT,)),
    ("Secret", (Status.SECRET,)),
    ("Non disponible", (Status.MISSING,)),
    ("Sans objet", (Status.NOT_APPLICABLE,)),
)


def completeness_blocks(table: ProtectedTable, *, named: bool = True) -> list[Block]:
    """Return the completeness table: a row for the indicators of a theme known of the same territories.

    One column a territory.

    A cell without a figure holds the letter of its reason, explained below the table.

    Parameters
    ----------
    table : ProtectedTable
        What is known.
    named : bool
        Name the indicators that no territory has; without it, they are counted.
    """
    cells = table.main
    names = dict(zip(cells["territory"], cells["name"], strict=False))
    reasons: dict[str, str] = {}
    known = set(cells.loc[cells["status"] != str(Status.MISSING), "indicator"])
    nowhere = [one.short for one in table.indicators.values() if one.code not in known]
    rows = _rows(table, list(names), reasons, known)
    shown = _grid if len(names) <= _MOST_COLUMNS else _counts
    exact = int(cells["status"].isin([str(Status.OBSERVED), str(Status.AGGREGATED)]).sum())
    return [
        Heading("Ce que l’on sait, ce qui manque", 1, "completude"),
        Paragraph(
            f"Sur {plural(len(cells), 'case')}, {plural(exact, 'porte', 'portent')} le chiffre du producteur ou "
            f"une somme sur des territoires entiers{NO_BREAK}; les autres disent pourquoi elles n’en portent pas."
        ),
        *([shown(table, rows, list(names.values()), reasons)] if rows else []),
        *_blank(nowhere, table, named=named),
    ]


def _grid(
    table: ProtectedTable, rows: tuple[Row, ...], names: list[str], reasons: dict[str, str]
) -> TableBlock:
    return TableBlock(
        title=f"Complétude : indicateurs par {table.words.here.singular}",
        head="Indicateurs",
        columns=tuple(Column(str(i)) for i, _ in enumerate(names, 1)),
        rows=rows,
        notes=_legend(names, reasons, table.words),
        kind="holes",
    )


def _counts(
    table: ProtectedTable, rows: tuple[Row, ...], names: list[str], reasons: dict[str, str]
) -> TableBlock:
    """Count the territories of each kind of figure: hundreds of columns would be read by nobody."""
    found = {cell.status for row in rows for cell in row.cells}
    kinds = [(label, of) for label, of in _KINDS if found & set(of)]
    counted = tuple(
        replace(
            row,
            cells=tuple(
                TextCell(number(sum(cell.status in of for cell in row.cells))) for _, of in kinds
            ),
        )
        for row in rows
    )
    holes = Counter(cell.text for row in rows for cell in row.cells)
    said = f"{NO_BREAK}; ".join(
        f"{reason[:1].lower() + reason[1:].rstrip('.')} ({number(holes[letter])})"
        for reason, letter in reasons.items()
    )
    return TableBlock(
        title=f"Complétude : nombre de {table.words.here.many} sur {number(len(names))}, par indicateur",
        head="Indicateurs",
        columns=tuple(Column(label) for label, _ in kinds),
        rows=counted,
        notes=(Note("Sans chiffre", f"{said}."),) if said else (),
        kind="holes",
    )


def _blank(nowhere: list[str], table: ProtectedTable, *, named: bool) -> list[Block]:
    """Name in one line what no territory has, or say how many they are and where to find them."""
    if not nowhere:
        return []
    here = table.words.here.singular
    if not named:
        count = plural(len(nowhere), "indicateur n’a", "indicateurs n’ont")
        text = f"{count} aucun chiffre par {here}{NO_BREAK}: ils sont nommés au classeur, et dans l’annexe longue."
        return [Paragraph(text)]
    lead = f"Sans aucun chiffre par {here} ({plural(len(nowhere), 'indicateur')})"
    return [Paragraph(f"{lead}{NO_BREAK}: {enumerate_words(nowhere)}.")]


def _rows(
    table: ProtectedTable, codes: list[str], reasons: dict[str, str], known: set[str]
) -> tuple[Row, ...]:
    """Lay the signs out; each new reason for a hole is given the next letter in ``reasons``.

    Indicators of one theme that have the same signs share a row: dozens of rows alike hide the others.
    """
    letters, by_key = _letters(), by_spot(table.main)

    def sign(code: str, indicator: str) -> TextCell:
        row = by_key[table.zoning, code, indicator]
        status, reason = Status(str(row["status"])), str(row["reason"])
        if status is not Status.MISSING:
            return TextCell(_SIGNS[status], status)
        if reason not in reasons:
            reasons[reason] = next(letters)
        return TextCell(reasons[reason], status, hint=reason)

    alike: dict[tuple[str, tuple[TextCell, ...]], list[Indicator]] = {}
    for indicator in table.indicators.values():
        if indicator.code in known:
            cells = tuple(sign(code, indicator.code) for code in codes)
            alike.setdefault((indicator.theme, cells), []).append(indicator)
    return tuple(
        Row(
            " · ".join(one.short for one in some),
            cells,
            hint=enumerate_words([one.label for one in some]),
        )
        for (_, cells), some in alike.items()
    )


def _legend(names: list[str], reasons: dict[str, str], words: TerritoryNames) -> tuple[Note, ...]:
    columns = " ; ".join(f"{i} {name}" for i, name in enumerate(names, 1))
    return (
        Note("Colonnes", f"{columns}."),
        Note(
            "Signes",
            "■ chiffre du producteur ou somme sur des territoires entiers ; "
            f"[ ] entre deux bornes ; ( ) chiffre {words.holder.of_the}, plus grand que {words.here.the} ; "
            "e estimé ; s secret ; lettre : non disponible, "
            "pour la raison ci-dessous.",
        ),
        *_reasons(reasons),
    )


def _reasons(reasons: dict[str, str]) -> list[Note]:
    """Explain the letters in one note: nine lines of their own went alone to another page."""
    said = f"{NO_BREAK}; ".join(
        f"{letter}, {reason[:1].lower() + reason[1:].rstrip('.')}"
        for reason, letter in reasons.items()
    )
    return [Note("Lettres", f"{said}.")] if said else []


def _letters() -> Iterator[str]:
    yield from (letter for letter in string.ascii_uppercase if letter not in _MARK_LETTERS)
    for first in string.ascii_uppercase:
        for second in string.ascii_uppercase:
            yield first + second
