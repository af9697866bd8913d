"""Show changes between two periods, each with its interval and its verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import NO_BREAK, plural, with_unit
from observatoire.indicators.evaluation.trends import FACT, NOISY
from observatoire.indicators.precision.differences import UNKNOWN
from observatoire.indicators.precision.estimates import expected_by_chance
from observatoire.maps.multiples import change_example
from observatoire.pages.blocks import (
    Block,
    Column,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.pages.cells import flagged, number_cell, range_cell
from observatoire.pages.notes import notes_of
from observatoire.pages.sheet import Sheet
from observatoire.panels.objectives import TOO_UNSURE, gap_verdict
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True, repr=False)
class Trend(Sheet):
    """A page of changes, and its rows in ``df``."""

    df: pd.DataFrame


def trend_page(
    table: ProtectedTable, frame: pd.DataFrame, communes: Mapping[str, str], date: str, place: str
) -> Trend:
    """Return the page of the changes between two periods.

    Parameters
    ----------
    table : ProtectedTable
        The figures of the end, for the definitions and notes.
    """
    admit(table)
    blocks: list[Block] = []
    for code, indicator in table.indicators.items():
        rows = frame[frame["indicator"] == code]
        shown = rows[rows["change"].notna() | rows["low"].notna()]
        if shown.empty:
            why = " ".join(rows["reason"].value_counts().index[:1])
            why_none = f"aucun territoire n’a de chiffre aux deux périodes. {why}"
            blocks.append(Paragraph(f"{indicator.label}{NO_BREAK}: {why_none}".strip()))
            continue
        blocks.append(_grid(table, rows, shown, indicator, communes))
    start, end = (str(frame[name].iloc[0]) if len(frame) else "" for name in ("start", "end"))
    title = f"Évolution {start}-{end}" if start else "Évolution"
    return Trend(Page(title, table.zoning_label, tuple(blocks), date, place), table, frame)


def _grid(
    table: ProtectedTable,
    rows: pd.DataFrame,
    shown: pd.DataFrame,
    indicator: Indicator,
    communes: Mapping[str, str],
) -> TableBlock:
    start, end = str(rows["start"].iloc[0]), str(rows["end"].iloc[0])
    return TableBlock(
        title=f"{indicator.label}, {start} à {end}",
        head=table.zoning_label,
        columns=(
            Column(start, indicator.unit, decimals=indicator.decimals),
            Column(end, indicator.unit, decimals=indicator.decimals),
            Column("Évolution", indicator.points, decimals=indicator.decimals),
            Column("Intervalle à 95 %", indicator.points, decimals=indicator.decimals),
            Column("Verdict"),
        ),
        rows=tuple(_rows(table, shown, indicator, communes)),
        notes=(
            *change_example(shown, indicator),
            *_judging(shown),
            *([PRICES] if indicator.current_money else []),
            *_uncompared(len(rows) - len(shown)),
            *_notes(table, shown, indicator),
        ),
    )


def _rows(
    table: ProtectedTable,
    shown: pd.DataFrame,
    indicator: Indicator,
    communes: Mapping[str, str],
) -> Iterator[Row]:
    """Lay changes out, each under the heading of its commune; comparators come last."""
    heading = ""
    for row in records(shown):
        own = row["zoning"] == table.zoning
        group = communes.get(str(row["territory"]), "") if own else "Pour comparer"
        if group and group != heading:
            yield Row(group, kind="group")
        heading = group
        kind = "item" if own else "comparator"
        yield Row(flagged(str(row["name"]), row), _cells(row, indicator), kind=kind)


def _judging(shown: pd.DataFrame) -> list[Note]:
    """Say how verdicts are read, and why some changes have none."""
    facts = shown["reason"].str.startswith(FACT)
    judged = ~facts & ~shown["verdict"].isin(["", UNKNOWN])
    reasons = shown.loc[shown["verdict"] == "", "reason"]
    return [
        *([_READING] if judged.any() else []),
        *([Note("Nombre", expected_by_chance(int(judged.sum())))] if judged.any() else []),
        *(Note("Non jugé", text) for text in dict.fromkeys(map(str, reasons)) if text),
        *([_CONSTATED] if facts.any() else []),
        *([Note("Bruit", NOISY)] if (shown["reason"] == NOISY).any() else []),
    ]


def _uncompared(lost: int) -> list[Note]:
    sentence = f"{plural(lost, 'territoire')} sans chiffre aux deux périodes."
    return [Note("Non comparé", sentence)] if lost else []


def _notes(table: ProtectedTable, shown: pd.DataFrame, indicator: Indicator) -> list[Note]:
    """Return what every table says of the rows shown, but for the signs of differences."""
    both = pd.concat([each.cells for each in (*table.companions, table)], ignore_index=True)
    place = ["zoning", "territory"]
    kept = pd.MultiIndex.from_frame(both[place]).isin(pd.MultiIndex.from_frame(shown[place]))
    notes = notes_of(table, both[kept & (both["indicator"] == indicator.code)], [indicator])
    return [note for note in notes if note.label not in ("Lecture", "Écart")]


_READING = Note(
    "Verdict",
    "▲ hausse, ▼ baisse, certaines à 95 % ; ▲▲ et ▼▼ à 99,8 % ; ● pas de changement net : l’intervalle "
    "contient zéro. Les mots suivent le sens favorable de l’indicateur.",
)

_CONSTATED = Note(
    "Constaté",
    "la source compte tout le monde, sans aléa de sondage : l’évolution est un fait, ▲ ou ▼, sans "
    "intervalle ; « stable » : rien ne bouge aux décimales affichées.",
)

#: What to know of an income in current euros that moves.
PRICES = Note(
    "Prix",
    "en euros de chaque année, sans correction des prix : une hausse n’est pas une amélioration si "
    "elle ne fait que les suivre.",
)


def change_words(row: Record) -> str:
    """Return the verdict of a change; where it has none because too little is sure, that."""
    if row["verdict"] == UNKNOWN:
        return TOO_UNSURE
    return f"{row['mark']} {row['verdict']}".strip()


def _cells(row: Record, indicator: Indicator) -> tuple[TextCell, ...]:
    verdict = change_words(row) or "non jugé"
    cells = (
        number_cell(row["value_start"], indicator.decimals),
        number_cell(row["value_end"], indicator.decimals),
        number_cell(row["change"], indicator.decimals, sign=True),
        range_cell(row["low"], row["high"], indicator.decimals),
        TextCell(verdict, hint=str(row["reason"])),
    )
    if row["status"] != str(Status.CONTEXT):
        return cells
    # Of the territory that encloses this one, for want of its own: in brackets, as everywhere.
    return tuple(
        cell if cell.text == "—" else replace(cell, text=f"({cell.text})") for cell in cells
    )


def gap_example(part: pd.DataFrame, indicator: Indicator) -> list[Note]:
    """Write a reading example of a gap that moved, from the first territory known at both dates."""
    for row in records(part[part["change"].notna()]):
        first, last = (
            with_unit(float(row[f"value_{side}"]), indicator.unit, indicator.decimals)
            for side in ("start", "end")
        )
        values = f"{first} en {row['start']}, {last} en {row['end']} ; écart au comparateur"
        return [Note("Lecture", f"{row['name']} : {values} : {gap_verdict(row)}.")]
    return []
