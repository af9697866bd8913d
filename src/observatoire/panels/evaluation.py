"""Show an evaluation: objectives and what became of them, gaps that close or widen, what lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.typography import (
    capital,
    enumerate_words,
    interval,
    number,
    plural,
    with_unit,
)
from observatoire.indicators.evaluation.actions import STEPS
from observatoire.indicators.evaluation.gap_changes import gap_decimals, gap_points, gap_unit
from observatoire.indicators.precision.differences import (
    CHANGE_WORDS,
    CLOSING,
    PARALLEL,
    UNJUDGED,
    UNKNOWN,
    WIDENING,
)
from observatoire.indicators.precision.estimates import expected_by_chance
from observatoire.pages.blocks import (
    Block,
    Callout,
    Column,
    Heading,
    Note,
    Page,
    Row,
    TableBlock,
    TextCell,
    heads,
    text_row,
)
from observatoire.pages.sheet import Sheet
from observatoire.panels.actions import known_cell, programming_blocks
from observatoire.panels.assessment import fallback_phrase
from observatoire.panels.objectives import (
    GAP_WORDS,
    aims_grid,
    asked_first,
    evidence_blocks,
    signed,
)
from observatoire.panels.trend import gap_example
from observatoire.panels.watch import notes_blocks
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.french.nouns import Noun, TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.secrecy.release.public_notes import PublicNotes


#: Verdicts on gaps as they are counted.
GAP_COUNTED = {
    CLOSING: ("s’est réduit", "se sont réduits"),
    PARALLEL: ("n’a pas nettement changé", "n’ont pas nettement changé"),
    WIDENING: ("s’est creusé", "se sont creusés"),
}

_VERDICTS = (CLOSING, PARALLEL, WIDENING, UNKNOWN)
_MISSING = Status.MISSING

#: The table of what bears no verdict.
UNJUDGED_TITLE = "Ce qui ne peut être jugé, et pourquoi"


@dataclass(frozen=True, repr=False)
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
    """Return the page of an evaluation."""
    blocks = evaluation_blocks(table, found, notes)
    blocks += [Callout("À savoir", table.warnings)] if table.warnings else []
    page = Page(found.title, table.zoning_label, tuple(blocks), date, place)
    return Evaluation(
        page, table, found.gaps, found.objectives, found.moments, found.programming.actions
    )


def evaluation_blocks(table: ProtectedTable, found: Assessment, notes: PublicNotes) -> list[Block]:
    """Lay an evaluation out: in short, objectives, what lacks, gaps, programming, notes."""
    admit(table)
    indicators = table.indicators
    here = table.words.here
    blocks: list[Block] = [Callout("En bref", _short(found, indicators, here))]
    if len(found.objectives):
        blocks.append(Heading("Objectifs et résultats", 2))
        blocks.append(aims_grid(found.objectives, indicators))
        blocks += evidence_blocks(found.objectives)
    blocks.append(Heading(f"Écarts des {here.many}", 2))
    blocks += _gap_blocks(found, indicators, table.words)
    blocks += programming_blocks(found.programming, here)
    blocks += notes_blocks(notes)
    return blocks


# --- in short ---------------------------------------------------------------------------------


_UNDATED = (
    "Aucune date n’est demandée : chaque indicateur est lu de sa première à sa dernière date d’une même "
    "série, chaque objectif de son départ à son dernier chiffre."
)


def _short(found: Assessment, indicators: Mapping[str, Indicator], here: Noun) -> tuple[str, ...]:
    sentences = [] if found.dated else [_UNDATED]
    aims = found.objectives
    if len(aims):
        aimed = int((aims["goal"].notna() | aims["relative"].notna()).sum())
        with_start = int(aims["baseline"].notna().sum())
        later = int(aims["low"].notna().sum())
        whom = asked_first(aims)
        asked = f" Preuves à demander d’abord : {whom}." if whom else ""
        sentences.append(
            f"{plural(len(aims), 'objectif')} : {number(aimed)} avec une cible chiffrée, "
            f"{number(with_start)} avec un point de départ chiffré, {number(later)} avec un chiffre depuis.{asked}"
        )
    judged = found.gaps[found.gaps["convergence"] != UNKNOWN]
    tried = _tried(found.gaps)
    sentences.append(
        f"{plural(len(judged), 'écart jugé', 'écarts jugés')} sur {number(tried)} dont on mesure le "
        f"mouvement : {_counted(judged)}. {expected_by_chance(tried)}"
        if len(judged)
        else f"Aucun écart {here.of} ne peut être jugé : voir plus bas ce qui manque."
    )
    sentences += _own_changes(found, indicators, here) + _credits(found)
    return tuple(sentences)


def _own_changes(found: Assessment, indicators: Mapping[str, Indicator], here: Noun) -> list[str]:
    """Count how figures moved of themselves, and of how many that is."""
    sentences = []
    # Prices rise: an income in current euros that rises is no news of its own.
    current = [code for code, one in indicators.items() if one.current_money]
    moved = found.gaps[~found.gaps["indicator"].isin(current)]
    compared = moved[~moved["verdict"].isin([UNJUDGED, UNKNOWN])]
    moved = compared[compared["verdict"] != CHANGE_WORDS["neutral"][2]]
    if len(moved):
        counts = moved["verdict"].value_counts()
        listed = enumerate_words([f"{word} ({number(int(n))})" for word, n in counts.items()])
        sentences.append(
            f"Évolution propre des {here.many}, hors revenus en euros courants : {listed}, "
            f"sur {plural(len(compared), 'évolution jugée', 'évolutions jugées')}."
        )
    return sentences


def _credits(found: Assessment) -> list[str]:
    """Sum the money promised, committed and paid."""
    sentences = []
    money = found.programming.money
    if len(money):
        sums = {name: money[name].sum(min_count=1) for name in STEPS}
        steps = [
            f"{word} : "
            f"{'non renseignés' if math.isnan(sums[name]) else with_unit(sums[name], '€') + _years(money, name)}"
            for name, word in zip(
                STEPS, ("promis", "engagés pour des actions", "versés"), strict=True
            )
        ]
        sentences.append(f"Crédits {' ; '.join(steps)}.")
    return sentences


def _years(money: pd.DataFrame, name: str) -> str:
    """Say of which years a sum is: what is promised and what is committed may be of two contracts."""
    years = sorted(str(year) for year in money.loc[money[name].notna(), "year"])
    return f" ({'-'.join(dict.fromkeys((years[0], years[-1])))})"


def _tried(gaps: pd.DataFrame) -> int:
    """Count the gaps that were compared: what bounds leave undetermined was too, and chance had its say there."""
    return int(gaps["move_low"].notna().sum())


def _counted(judged: pd.DataFrame) -> str:
    counts = judged["convergence"].value_counts()
    counted = [plural(int(counts[v]), *GAP_COUNTED[v]) for v in _VERDICTS[:3] if counts.get(v, 0)]
    return enumerate_words(counted)


# --- gaps -------------------------------------------------------------------------------------


def _gap_blocks(
    found: Assessment, indicators: Mapping[str, Indicator], words: TerritoryNames
) -> list[Block]:
    moved = found.gaps[found.gaps["change"].notna() | (found.gaps["convergence"] != UNKNOWN)]
    # What two bounds leave undetermined was compared too: counted, or the sums would not agree.
    counted = found.gaps[found.gaps.index.isin(moved.index) | found.gaps["move_low"].notna()]
    blocks: list[Block] = []
    if len(counted):
        blocks.append(_counts(counted, indicators, words, _tried(found.gaps)))
        blocks += [
            _details(part, indicators[str(code)], words.here)
            for code, part in moved.groupby("indicator", sort=False)
        ]
    if (found.gaps["convergence"] == UNKNOWN).any():
        blocks.append(_unjudged(found.gaps, indicators, words.here))
    return blocks


def _counts(
    moved: pd.DataFrame, indicators: Mapping[str, Indicator], words: TerritoryNames, tried: int
) -> TableBlock:
    rows = []
    for code, group in moved.groupby("indicator", sort=False):
        counts = group["convergence"].value_counts()
        cells = [TextCell(f"{group['start'].iloc[0]}-{group['end'].iloc[0]}")]
        cells += [known_cell(float(counts.get(v, 0))) for v in _VERDICTS]
        rows.append(Row(indicators[str(code)].label, tuple(cells)))
    universes = dict.fromkeys(indicators[code].universe for code in moved["indicator"])
    sources = (source for text in moved["source"] for source in str(text).split(" ; ") if source)
    return TableBlock(
        f"Nombre {words.here.of_many} selon l’évolution de leur écart",
        "Indicateur",
        (Column("Période"), *(Column(capital(GAP_WORDS[v])) for v in _VERDICTS)),
        tuple(rows),
        (
            Note(
                "Lecture",
                f"{words.here.many} qui ont un chiffre, ou deux bornes, aux deux dates. L’écart est mesuré "
                f"à la commune{fallback_phrase(words.parts)} ; le verdict n’est donné que si tout "
                "l’intervalle va dans "
                f"le même sens. Des {number(len(moved))} écarts de ce tableau, {number(tried)} ont un mouvement "
                f"que l’on mesure. {expected_by_chance(tried)}",
            ),
            Note("Champ", f"{' ; '.join(universes)}."),
            Note("Source", f"{' ; '.join(dict.fromkeys(sources))}."),
        ),
    )


def _details(part: pd.DataFrame, indicator: Indicator, here: Noun) -> TableBlock:
    rows = [Row(str(row["name"]), _detail(row, indicator)) for row in records(part)]
    start, end = str(part["start"].iloc[0]), str(part["end"].iloc[0])
    return TableBlock(
        f"{indicator.label}, {start}-{end}",
        capital(here.singular),
        (
            Column(start, indicator.unit),
            Column(end, indicator.unit),
            Column("Évolution", indicator.points),
            Column(f"Écart {start}", gap_unit(indicator)),
            Column(f"Écart {end}", gap_unit(indicator)),
            Column("Taille de l’écart", f"évolution, {gap_points(indicator)}"),
            Column("Verdict"),
        ),
        tuple(rows),
        (
            *(_example(part, indicator) or gap_example(part, indicator)),
            Note("Comparateur", f"{enumerate_words(sorted(set(part['comparator'])))}."),
            Note("Champ", f"{indicator.universe}."),
            *(Note("Précaution", text) for text in indicator.caveats),
            *(
                (
                    Note(
                        "Précaution",
                        "Écarts en % du comparateur : les prix montent, et les euros avec.",
                    ),
                )
                if indicator.current_money
                else ()
            ),
            Note("Source", f"{' ; '.join(dict.fromkeys(part['source']))} ({start}, {end})."),
        ),
    )


def _detail(row: Record, indicator: Indicator) -> tuple[TextCell, ...]:
    own = "" if row["verdict"] == UNJUDGED else f" ({row['verdict']})"
    moved = float(row["change"])
    return (
        known_cell(float(row["value_start"]), indicator.decimals),
        known_cell(float(row["value_end"]), indicator.decimals),
        TextCell(f"{number(moved, indicator.decimals, sign=True)}{own}", value=moved)
        if not math.isnan(moved)
        else TextCell("n.d.", _MISSING),
        *(_gap_cell(row, name, indicator) for name in ("gap_start", "gap_end", "move")),
        TextCell(_verdict(row), hint=str(row["reason"])),
    )


def _verdict(row: Record) -> str:
    """Say the verdict, and that a lead is what shrinks or grows."""
    led = row["convergence"] != UNKNOWN and "ieux placé" in str(row["reason"])
    word = GAP_WORDS[str(row["convergence"])]
    return f"{word} (avance)" if led else word


def _gap_cell(row: Record, name: str, indicator: Indicator) -> TextCell:
    gap, low, high = (float(row[f"{name}{side}"]) for side in ("", "_low", "_high"))
    if math.isnan(gap) and math.isnan(low):
        return TextCell("n.d.", _MISSING)
    text = signed(row, name, gap_decimals(indicator))
    if math.isnan(gap):
        return TextCell(text, Status.BOUNDED, None, low, high)
    return TextCell(text, value=gap, low=low, high=high)


def _example(part: pd.DataFrame, indicator: Indicator) -> list[Note]:
    """Write a reading example from the first gap that is judged with its point."""
    for row in records(part[part["move"].notna() & (part["convergence"] != UNKNOWN)]):
        low, high = float(row["move_low"]), float(row["move_high"])
        decimals = gap_decimals(indicator)
        around = f", intervalle {interval(low, high, decimals)}" if low < high else ""
        gaps = [
            f"{number(float(row[name]), decimals, sign=True)} {gap_unit(indicator)} en {row[when]}"
            for name, when in (("gap_start", "start"), ("gap_end", "end"))
        ]
        moved = number(float(row["move"]), decimals, sign=True)
        text = (
            f"{row['name']} est à {enumerate_words(gaps)} ({row['comparator']}) ; la taille de l’écart "
            f"a changé de {moved}{around} : {GAP_WORDS[str(row['convergence'])]}."
        )
        return [Note("Lecture", text)]
    return []


def _unjudged(gaps: pd.DataFrame, indicators: Mapping[str, Indicator], here: Noun) -> TableBlock:
    """Say, indicator by indicator, why nothing can be said, and whom to ask."""
    lost = gaps[gaps["convergence"] == UNKNOWN]
    by_reason: dict[str, dict[str, list[str]]] = {}
    for row in records(lost):
        by_indicator = by_reason.setdefault(str(row["reason"]), {})
        by_indicator.setdefault(str(row["indicator"]), []).append(str(row["name"]))
    rows = []
    total = gaps["territory"].nunique()
    for reason, by_indicator in by_reason.items():
        # Only indicators that lack at the same places share a row: elsewhere they may be judged.
        alike: dict[frozenset[str], list[str]] = {}
        for code, names in by_indicator.items():
            alike.setdefault(frozenset(names), []).append(indicators[code].short)
        for places, shorts in alike.items():
            where = here.all if len(places) == total else enumerate_words(sorted(places), most=6)
            rows.append(text_row(enumerate_words(shorts), reason, where))
    return TableBlock(
        UNJUDGED_TITLE,
        "Indicateurs",
        heads("Raison", capital(here.many)),
        tuple(rows),
        kind="texts",
        widths=(2.6, 3.4, 1.6),
    )
