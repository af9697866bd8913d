"""Show what is watched: thresholds passed, and the notes that everybody may read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, NO_BREAK, in_full, number, plural, within_bounds
from observatoire.indicators.evaluation.watch import PASSED
from observatoire.pages.blocks import (
    Block,
    Callout,
    Heading,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
    heads,
    text_row,
)
from observatoire.pages.sheet import Sheet
from observatoire.panels.actions import source_note
from observatoire.secrecy.release.protected_table import admit
from observatoire.secrecy.release.public_notes import admit_notes
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.secrecy.release.public_notes import PublicNotes
    from observatoire.values import Record


_KINDS = {
    "above": "au-dessus de",
    "below": "au-dessous de",
    "rise": "hausse de plus de",
    "fall": "baisse de plus de",
}

#: What the page says where no threshold is declared.
NOTHING_WATCHED = "Aucun seuil n’est surveillé."

#: States of a threshold, in the words of a page.
_SIGNALS = {PASSED: "seuil dépassé"}


@dataclass(frozen=True, repr=False)
class WatchSheet(Sheet):
    """What is watched: ``df`` has one row a signal, ``notes`` one a public note."""

    df: pd.DataFrame
    notes: pd.DataFrame


def watch_page(
    table: ProtectedTable,
    signals: pd.DataFrame,
    watched: int,
    notes: PublicNotes,
    date: str,
    place: str,
) -> WatchSheet:
    """Return the page of what is watched.

    Parameters
    ----------
    watched : int
        How many thresholds ``watch.toml`` declares.
    """
    admit(table)
    blocks = signal_blocks(signals, table.indicators, watched)
    blocks += notes_blocks(notes)
    blocks += [Callout("À savoir", table.warnings)] if table.warnings else []
    page = Page("Veille", table.zoning_label, tuple(blocks), date, place)
    return WatchSheet(page, table, signals, admit_notes(notes).rows)


def signal_blocks(
    signals: pd.DataFrame, indicators: Mapping[str, Indicator], watched: int
) -> list[Block]:
    """Lay signals out, or say that nothing is watched or passed."""
    if not watched:
        return [Paragraph(NOTHING_WATCHED)]
    if signals.empty:
        return [
            Paragraph(f"{plural(watched, 'seuil surveillé', 'seuils surveillés')}, aucun dépassé.")
        ]
    rows = [
        Row(str(row["name"]), _signal(row, indicators[str(row["indicator"])]))
        for row in records(signals)
    ]
    return [
        TableBlock(
            "Seuils dépassés ou à confirmer",
            "Territoire",
            heads("Seuil", "Chiffre", "Période", "Signal"),
            tuple(rows),
            (
                Note(
                    "Lecture",
                    "seuil dépassé : le chiffre passe le seuil avec la certitude demandée ; à confirmer : "
                    "le chiffre le passe, mais non toutes les valeurs que ses bornes permettent.",
                ),
                Note("Source", f"{' ; '.join(dict.fromkeys(signals['source']))}."),
                Note(
                    "Précaution",
                    "Un seuil est un choix du comité technique.",
                ),
            ),
            kind="texts",
        )
    ]


def _unit(row: Record, indicator: Indicator) -> str:
    return indicator.points if row["kind"] in ("rise", "fall") else indicator.unit


def _threshold(row: Record, indicator: Indicator) -> str:
    """Return the threshold in words: « hausse de plus de 3 points »."""
    level = number(float(row["level"]), indicator.decimals if float(row["level"]) % 1 else 0)
    return f"{_KINDS[str(row['kind'])]} {level} {_unit(row, indicator)}".strip()


def _signal(row: Record, indicator: Indicator) -> tuple[TextCell, ...]:
    moving, unit = row["kind"] in ("rise", "fall"), _unit(row, indicator)
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    gap = NARROW if unit == "%" else NO_BREAK
    text = "" if math.isnan(value) else number(value, indicator.decimals, sign=moving) + gap + unit
    if low < high:
        text = within_bounds(text, low, high, indicator.decimals).strip()
    if math.isnan(value):
        text += gap + unit
    status = Status.BOUNDED if math.isnan(value) else Status.OBSERVED
    return (
        TextCell(f"{row['label']} : {_threshold(row, indicator)}"),
        TextCell(text.strip(), status),
        TextCell(str(row["period"])),
        TextCell(
            _SIGNALS.get(str(row["signal"]), str(row["signal"])),
            Status.OBSERVED if row["signal"] == PASSED else Status.BOUNDED,
        ),
    )


def _sentence(row: Record, indicators: Mapping[str, Indicator]) -> str:
    """Write a signal in one line, for a profile that stands on one page."""
    indicator = indicators[str(row["indicator"])]
    _, figure, period, signal = _signal(row, indicator)
    passed = _threshold(row, indicator)
    # What is still to be confirmed is said first: a label read alone would pass for a fact.
    label = f"«{NO_BREAK}{row['label']}{NO_BREAK}»"
    return f"{signal.text}, {label} ({passed}){NO_BREAK}; ici {figure.text} ({period.text})"


def notes_blocks(notes: PublicNotes) -> list[Block]:
    """Lay public notes out; nothing where there is none."""
    rows, title = admit_notes(notes).rows, "Appréciations des partenaires"
    return [Heading("Notes de terrain", 2), _notes_grid(rows, title)] if len(rows) else []


def _notes_grid(rows: pd.DataFrame, title: str) -> TableBlock:
    return TableBlock(
        title,
        "Territoire",
        heads("Date", "Note", "Source", "Force"),
        tuple(
            text_row(r["name"], in_full(str(r["date"])), r["text"], r["origin"], r["strength"])
            for r in records(rows)
        ),
        (
            Note(
                "Lecture", "appréciations qualitatives, publiables ; elles ne sont pas des mesures."
            ),
        ),
        kind="texts",
    )


@dataclass(frozen=True)
class Local:
    """What profiles add to figures: signals, public notes and actions, for every territory."""

    signals: pd.DataFrame
    notes: PublicNotes
    actions: pd.DataFrame
    indicators: Mapping[str, Indicator]
    zoning: str

    @property
    def watched(self) -> dict[tuple[str, str], str]:
        """What is watched of each territory and indicator, in words."""
        said: dict[tuple[str, str], list[str]] = {}
        for row in records(self.signals):
            key = (str(row["territory"]), str(row["indicator"]))
            said.setdefault(key, []).append(_sentence(row, self.indicators))
        return {key: " ; ".join(texts) for key, texts in said.items()}

    def blocks(self, territory: str) -> list[Block]:
        """Return what is written and done in one territory; nothing where there is none."""
        admit_notes(self.notes)
        made: list[Block] = []
        notes = self.notes.of(self.zoning, territory)
        if len(notes):
            made.append(_notes_grid(notes, "Notes de terrain"))
        here = (self.actions["zoning"] == self.zoning) & (self.actions["territory"] == territory)
        if here.any():
            made.append(_actions_grid(self.actions[here]))
        return made


def _actions_grid(actions: pd.DataFrame) -> TableBlock:
    rows = []
    for row in records(actions):
        amount = float(row["amount"])
        money = "n.d." if math.isnan(amount) else f"{number(amount)} € ({row['stage']})"
        rows.append(
            Row(
                str(row["label"]),
                (
                    TextCell(str(row["year"])),
                    TextCell(str(row["operator"]) or "—"),
                    TextCell(str(row["funder"]) or "—"),
                    TextCell(money, Status.MISSING if math.isnan(amount) else Status.OBSERVED),
                ),
            )
        )
    return TableBlock(
        "Actions financées",
        "Action",
        heads("Année", "Opérateur", "Financeur", "Montant"),
        tuple(rows),
        (source_note(actions["origin"]),),
        kind="texts",
    )
