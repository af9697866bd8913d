"""Show an evaluation: objectives and what became of them, gaps that close or widen, what lacks."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.indicators.comparing import CLOSING, PARALLEL, UNJUDGED, UNKNOWN, WIDENING
from observatoire.pages.blocks import Block, Callout, Cell, Column, Grid, Heading, Note, Page, Row
from observatoire.pages.sheet import Sheet
from observatoire.panels.programming import programming_blocks
from observatoire.panels.signals import notes_blocks
from observatoire.secrecy.table import admit
from observatoire.typography import (
    capital,
    day,
    enumerate_words,
    interval,
    number,
    plural,
    with_unit,
)
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.indicators.catalogue import Indicator
    from observatoire.nouns import Noun, Words
    from observatoire.panels.assessing import Assessment
    from observatoire.secrecy.notes import PublicNotes
    from observatoire.secrecy.table import ProtectedTable

_VERDICTS = (CLOSING, PARALLEL, WIDENING, UNKNOWN)
_NO_TARGET = "pas de cible chiffrée"
_MISSING = Status.MISSING


@dataclass(frozen=True)
class Evaluation(Sheet):
    """An evaluation's page, and its tables.

    ``df`` has one row a territory and indicator; ``objectives`` one an objective; ``moments`` one
    an objective and date; ``actions`` one an action and funder.
    """

    df: pd.DataFrame
    objectives: pd.DataFrame
    moments: pd.DataFrame
    actions: pd.DataFrame


def evaluation_page(
    table: ProtectedTable, found: Assessment, notes: PublicNotes, date: str, place: str
) -> Evaluation:
    """Return the page of an evaluation.

    Parameters
    ----------
    table : ProtectedTable
        For the definitions and warnings.
    found : Assessment
        What was found between two dates.
    notes : PublicNotes
        What everybody may read.
    date, place : str
        What the page says of itself.
    """
    blocks = evaluation_blocks(table, found, notes)
    blocks.append(Callout("À savoir", table.warnings))
    title = f"Évaluation {found.start}-{found.end}"
    page = Page(title, table.zoning_label, tuple(blocks), date, place)
    return Evaluation(
        page, table, found.gaps, found.objectives, found.moments, found.programming.actions
    )


def evaluation_blocks(table: ProtectedTable, found: Assessment, notes: PublicNotes) -> list[Block]:
    """Lay an evaluation out: in short, objectives, what lacks, gaps, programming, notes."""
    admit(table)
    indicators = table.indicators
    here = table.words.here
    blocks: list[Block] = [Callout("En bref", _short(found, here))]
    if len(found.objectives):
        blocks.append(Heading("Objectifs et résultats", 2))
        blocks.append(_objectives(found.objectives, indicators))
        blocks.append(_evidence(found.objectives))
    blocks.append(Heading(f"Écarts des {here.many}", 2))
    blocks += _gap_blocks(found, indicators, table.words)
    blocks += programming_blocks(found.programming, here)
    blocks += notes_blocks(notes)
    return blocks


# --- in short ---------------------------------------------------------------------------------


def _short(found: Assessment, here: Noun) -> tuple[str, ...]:
    said = []
    aims = found.objectives
    if len(aims):
        aimed = int(aims["goal"].notna().sum() + (aims["goal"].isna() & aims["relative"]).sum())
        told = int(aims["baseline"].notna().sum())
        later = int(aims["low"].notna().sum())
        said.append(
            f"{plural(len(aims), 'objectif')} : {number(aimed)} avec une cible chiffrée, "
            f"{number(told)} avec un point de départ chiffré, {number(later)} avec un chiffre depuis."
        )
    judged = found.gaps[found.gaps["convergence"] != UNKNOWN]
    twice = found.gaps["change"].notna().sum()
    said.append(
        f"{plural(len(judged), 'écart jugé', 'écarts jugés')} sur {number(int(twice))} que l’on "
        f"connaît aux deux dates : {_counted(judged)}."
        if len(judged)
        else f"Aucun écart {here.of} ne peut être jugé : voir plus bas ce qui manque."
    )
    moved = found.gaps[~found.gaps["verdict"].isin([UNJUDGED, "pas de changement net"])]
    if len(moved):
        counts = moved["verdict"].value_counts()
        told_moves = enumerate_words([f"{word} ({number(int(n))})" for word, n in counts.items()])
        said.append(f"Évolution propre des {here.many}, quand elle est connue : {told_moves}.")
    money = found.programming.money
    if len(money):
        promised = float(money["committed"].sum())
        spent = money["spent"].sum(min_count=1)
        paid = with_unit(spent, "€") if spent == spent else "non renseignés"  # noqa: PLR0124
        said.append(f"Crédits engagés : {with_unit(promised, '€')} ; versés : {paid}.")
    return tuple(said)


def _counted(judged: pd.DataFrame) -> str:
    counts = judged["convergence"].value_counts()
    told = [f"{number(int(counts[v]))} en {v}" for v in _VERDICTS[:3] if counts.get(v, 0)]
    return enumerate_words(told)


# --- objectives -------------------------------------------------------------------------------


def _objectives(frame: pd.DataFrame, indicators: Mapping[str, Indicator]) -> Grid:
    rows: list[Row] = []
    orientation = ""
    for one in records(frame):
        if one["orientation"] != orientation:
            orientation = str(one["orientation"])
            rows.append(Row(orientation, kind="group"))
        indicator = indicators.get(str(one["indicator"]))
        rows.append(Row(f"{one['code']} — {one['objective']}", _objective(one, indicator)))
    return Grid(
        "Objectifs : départ, dernier chiffre, cible",
        "Objectif",
        (
            Column("Périmètre"),
            Column("Départ"),
            Column("Dernier chiffre"),
            Column("Écart et verdict"),
            Column("Cible et échéance"),
        ),
        tuple(rows),
        (
            Note(
                "Lecture",
                "rattrapage : l’écart au comparateur s’est réduit, quel que soit l’aléa ; "
                "décrochage : il s’est creusé ; parallèle : pas de différence nette ; indéterminé : "
                "un chiffre manque, ou les bornes se recouvrent (voir « Preuves manquantes »).",
            ),
            Note(
                "Cible",
                "« pas de cible chiffrée » : le document n’en donne aucune ; rien n’est inventé.",
            ),
            Note("Source", f"{_sources(frame)}."),
        ),
        kind="texts",
    )


def _sources(frame: pd.DataFrame) -> str:
    return " ; ".join(dict.fromkeys(str(text) for text in frame["source"] if text))


def _objective(one: Record, indicator: Indicator | None) -> tuple[Cell, ...]:
    verdict = str(one["convergence"])
    if one["verdict"] != UNJUDGED:
        verdict = f"{one['verdict']} ; {verdict}" if one["comparator"] else str(one["verdict"])
    return (
        Cell(str(one["name"])),
        _dated(one, "baseline", "start", indicator),
        _dated(one, "value", "end", indicator),
        Cell(f"{_gap(one, indicator)}{verdict}"),
        Cell(_target(one, indicator)),
    )


def _dated(one: Record, value: str, date: str, indicator: Indicator | None) -> Cell:
    if indicator is None:
        return Cell("pas d’indicateur", _MISSING)
    figure = float(one[value])
    if math.isnan(figure) and value == "value" and not math.isnan(one["low"]):
        text = f"{interval(one['low'], one['high'], indicator.decimals)} {indicator.unit}"
        return Cell(f"{text} ({one[date]})", Status.BOUNDED)
    if math.isnan(figure):
        return Cell("n.d.", _MISSING)
    return Cell(f"{with_unit(figure, indicator.unit, indicator.decimals)} ({one[date]})")


def _gap(one: Record, indicator: Indicator | None) -> str:
    if indicator is None or not one["comparator"]:
        return ""
    unit = "points" if indicator.unit == "%" else indicator.unit
    told = []
    for date, name in (("start", "gap_start"), ("end", "gap_end")):
        gap, low, high = (float(one[f"{name}{side}"]) for side in ("", "_low", "_high"))
        if not math.isnan(gap):
            told.append(f"{number(gap, indicator.decimals, sign=True)} {unit} ({one[date]})")
        elif not math.isnan(low):
            told.append(f"{interval(low, high, indicator.decimals)} {unit} ({one[date]})")
    return f"{' puis '.join(told) or 'n.d.'}, {one['comparator']} ; "


def _target(one: Record, indicator: Indicator | None) -> str:
    goal, relative = float(one["goal"]), float(one["relative"])
    if math.isnan(goal) and math.isnan(relative):
        return f"{_NO_TARGET} ; {_day(str(one['due']))}"
    told = []
    if not math.isnan(relative):
        told.append(f"{number(relative, 1, sign=True)} % du départ")
    if not math.isnan(goal) and indicator is not None:
        told.append(with_unit(goal, indicator.unit, indicator.decimals))
    text = f"{' soit '.join(told)}, {_day(str(one['due']))}"
    if not math.isnan(float(one["reached_low"])):
        low, high = (round(float(one[f"reached_{side}"])) for side in ("low", "high"))
        way = f"{number(low)} %" if low == high else f"{interval(low, high)} %"
        text += f" ; {way} du chemin"
    return text


def _day(text: str) -> str:
    """Write a due date in full when it has a day."""
    parts = [int(part) for part in text.split("-") if part.isdigit()]
    return day(dt.date(*parts)) if len(parts) == len("ymd") else text


def _evidence(frame: pd.DataFrame) -> Grid:
    rows = [
        Row(f"{one['code']} ({one['evidence']})", (Cell(str(one["lacking"])),))
        for one in records(frame)
        if one["lacking"]
    ]
    return Grid(
        "Preuves manquantes, et à qui les demander",
        "Objectif (et où le document le dit)",
        (Column("Ce qui manque"),),
        tuple(rows),
        kind="texts",
    )


# --- gaps -------------------------------------------------------------------------------------


def _gap_blocks(
    found: Assessment, indicators: Mapping[str, Indicator], words: Words
) -> list[Block]:
    moved = found.gaps[found.gaps["change"].notna() | (found.gaps["convergence"] != UNKNOWN)]
    blocks: list[Block] = []
    if len(moved):
        blocks.append(_counts(moved, indicators, words))
        blocks += [
            _details(part, indicators[str(code)], words.here)
            for code, part in moved.groupby("indicator", sort=False)
        ]
    blocks.append(_unjudged(found.gaps, indicators, words.here))
    return blocks


def _counts(moved: pd.DataFrame, indicators: Mapping[str, Indicator], words: Words) -> Grid:
    rows = []
    for code, group in moved.groupby("indicator", sort=False):
        counts = group["convergence"].value_counts()
        cells = [Cell(_span(group))]
        cells += [
            Cell(number(int(counts.get(v, 0))), value=float(counts.get(v, 0))) for v in _VERDICTS
        ]
        rows.append(Row(indicators[str(code)].label, tuple(cells)))
    return Grid(
        f"Nombre {words.here.of_many} selon l’évolution de leur écart",
        "Indicateur",
        (Column("Période"), *(Column(v.capitalize()) for v in _VERDICTS)),
        tuple(rows),
        (
            Note(
                "Lecture",
                f"{words.here.many} qui ont un chiffre aux deux dates. L’écart est mesuré à la commune"
                f"{_fallback(words.parts)} ; le verdict n’est donné que si tout l’intervalle va dans "
                "le même sens.",
            ),
        ),
    )


def _fallback(parts: Noun | None) -> str:
    """Say what stands for a commune that has no figure."""
    if parts is None:
        return ""
    hidden = f"{parts.many} {parts.agree('masqué', several=True)}"
    median = parts.agree("médian")
    return (
        f" ou, faute de chiffre communal, à {parts.the} {median} de la commune, dont les {hidden} "
        "laissent un intervalle"
    )


def _span(group: pd.DataFrame) -> str:
    return f"{group['start'].iloc[0]}-{group['end'].iloc[0]}"


def _details(part: pd.DataFrame, indicator: Indicator, here: Noun) -> Grid:
    rows = [Row(str(row["name"]), _detail(row, indicator)) for row in records(part)]
    start, end = str(part["start"].iloc[0]), str(part["end"].iloc[0])
    return Grid(
        f"{indicator.label}, {start}-{end}",
        capital(here.singular),
        (
            Column(start, indicator.unit),
            Column(end, indicator.unit),
            Column("Évolution"),
            Column(f"Écart {start}"),
            Column(f"Écart {end}"),
            Column("Verdict"),
        ),
        tuple(rows),
        (
            Note("Comparateur", f"{enumerate_words(sorted(set(part['comparator'])))}."),
            Note("Champ", f"{indicator.universe}."),
            *(Note("Précaution", text) for text in indicator.caveats),
            *(
                (Note("Précaution", "Écarts en euros courants, sans correction des prix."),)
                if indicator.unit.startswith("euros")
                else ()
            ),
            Note("Source", f"{' ; '.join(dict.fromkeys(part['source']))} ({start}, {end})."),
        ),
    )


def _detail(row: Record, indicator: Indicator) -> tuple[Cell, ...]:
    own = "" if row["verdict"] == UNJUDGED else f" ({row['verdict']})"
    moved = float(row["change"])
    return (
        _number(float(row["value_start"]), indicator.decimals),
        _number(float(row["value_end"]), indicator.decimals),
        Cell(f"{number(moved, indicator.decimals, sign=True)}{own}", value=moved)
        if not math.isnan(moved)
        else Cell("n.d.", _MISSING),
        _gap_cell(row, "gap_start", indicator),
        _gap_cell(row, "gap_end", indicator),
        Cell(_verdict(row), hint=str(row["reason"])),
    )


def _verdict(row: Record) -> str:
    """Say the verdict, and that a lead is what shrinks or grows."""
    led = row["convergence"] != UNKNOWN and "ieux placé" in str(row["reason"])
    return f"{row['convergence']} (avance)" if led else str(row["convergence"])


def _number(value: float, decimals: int) -> Cell:
    if math.isnan(value):
        return Cell("n.d.", _MISSING)
    return Cell(number(value, decimals), value=value)


def _gap_cell(row: Record, name: str, indicator: Indicator) -> Cell:
    gap, low, high = (float(row[f"{name}{side}"]) for side in ("", "_low", "_high"))
    if math.isnan(gap) and math.isnan(low):
        return Cell("n.d.", _MISSING)
    if math.isnan(gap):
        return Cell(interval(low, high, indicator.decimals), Status.BOUNDED, None, low, high)
    return Cell(number(gap, indicator.decimals, sign=True), value=gap, low=low, high=high)


def _unjudged(gaps: pd.DataFrame, indicators: Mapping[str, Indicator], here: Noun) -> Grid:
    """Say, indicator by indicator, why nothing can be said, and whom to ask."""
    lost = gaps[gaps["convergence"] == UNKNOWN]
    by_reason: dict[str, dict[str, list[str]]] = {}
    for row in records(lost):
        told = by_reason.setdefault(str(row["reason"]), {})
        told.setdefault(str(row["indicator"]), []).append(str(row["name"]))
    rows = []
    total = gaps["territory"].nunique()
    for reason, told in by_reason.items():
        shorts = [indicators[code].short for code in told]
        places = {name for names in told.values() for name in names}
        where = here.all if len(places) == total else enumerate_words(sorted(places), most=6)
        rows.append(Row(enumerate_words(shorts), (Cell(reason), Cell(where))))
    return Grid(
        "Ce qui ne peut être jugé, et pourquoi",
        "Indicateurs",
        (Column("Raison"), Column(capital(here.many))),
        tuple(rows),
        kind="texts",
    )
