"""Show objectives: baseline, latest figure, target, and the evidence that lacks."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from observatoire.french.typography import (
    NO_BREAK,
    enumerate_words,
    in_full,
    interval,
    number,
    plural,
    round_half_up,
    with_unit,
    within_bounds,
)
from observatoire.indicators.evaluation.gap_changes import gap_decimals, gap_unit
from observatoire.indicators.evaluation.trends import STABLE
from observatoire.indicators.precision.differences import (
    CLOSING,
    PARALLEL,
    UNJUDGED,
    UNKNOWN,
    WIDENING,
)
from observatoire.pages.blocks import (
    Block,
    Column,
    Note,
    Row,
    TableBlock,
    TextCell,
    heads,
    text_row,
)
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.french.nouns import Noun
    from observatoire.indicators.definitions.catalogue import Indicator


#: Most of those that a sentence says to ask first.
_MOST_ASKED = 3

#: Objectives said in full on a profile.
_MOST_SAID = 2

#: What is said where the figures leave both answers open.
TOO_UNSURE = "trop peu sûr"

#: Verdicts on a gap, in the words of a page.
GAP_WORDS = {
    CLOSING: "l’écart s’est réduit",
    PARALLEL: "l’écart n’a pas nettement changé",
    WIDENING: "l’écart s’est creusé",
    UNKNOWN: TOO_UNSURE,
}


def gap_verdict(row: Record) -> str:
    """Say how a gap moved, and to what: « l’écart avec la commune s’est creusé »."""
    word = GAP_WORDS[str(row["convergence"])]
    other = str(row["comparator"])
    return word.replace("l’écart", f"l’écart avec {other}", 1) if other else word


#: Said of a change that is printed, and may be nothing.
_WITHIN = ", pas plus que l’arrondi du producteur"

_NO_TARGET = "pas de cible chiffrée"
_MISSING = Status.MISSING


def aims_grid(frame: pd.DataFrame, indicators: Mapping[str, Indicator]) -> TableBlock:
    """Lay objectives out under their orientations: what was aimed at, and what was obtained."""
    rows: list[Row] = []
    orientation = ""
    for row in records(frame):
        if row["orientation"] != orientation:
            orientation = str(row["orientation"])
            rows.append(Row(orientation, kind="group"))
        indicator = indicators.get(str(row["indicator"]))
        rows.append(Row(f"{row['code']} — {row['objective']}", _objective(row, indicator)))
    return TableBlock(
        "Objectifs : départ, dernier chiffre, cible",
        "Objectif",
        heads("Périmètre", "Départ", "Dernier chiffre", "Écart et verdict", "Cible et échéance"),
        tuple(rows),
        (
            Note(
                "Lecture",
                "l’écart s’est réduit, ou s’est creusé : quel que soit l’aléa ; n’a pas nettement changé : "
                "l’aléa suffit à l’expliquer ; trop peu sûr : un chiffre manque, ou les bornes se "
                "recouvrent (voir « Preuves manquantes »). Entre crochets : ce que laissent possible à 95 % "
                "le sondage et le partage du territoire.",
            ),
            Note(
                "Cible",
                "le chemin va du départ à la cible : 100 % quand elle est atteinte. "
                "« pas de cible chiffrée » : le document n’en donne aucune ; rien n’est inventé.",
            ),
            Note("Source", f"{' ; '.join(dict.fromkeys(filter(None, frame['source'])))}."),
        ),
        kind="texts",
        widths=(3.0, 2.2, 1.9, 1.9, 3.9, 2.8),
    )


def _objective(row: Record, indicator: Indicator | None) -> tuple[TextCell, ...]:
    return (
        TextCell(str(row["name"])),
        _dated(row, "baseline", "start", indicator),
        _dated(row, "value", "end", indicator),
        TextCell(_verdicts(row, indicator)),
        TextCell(_target(row, indicator)),
    )


def _verdicts(row: Record, indicator: Indicator | None) -> str:
    """Write the verdict on the gap, the gap at both dates, and how the figure moved of itself."""
    own = "" if row["verdict"] == UNJUDGED else f"{row['verdict']}{_by_how_much(row, indicator)}"
    if indicator is None or not row["comparator"]:
        return own or GAP_WORDS[str(row["convergence"])]
    parts = [f"{gap_verdict(row)}{_gap(row, indicator)}"]
    if not math.isnan(row["move_low"]):
        parts.append(f"taille de l’écart : {signed(row, 'move', gap_decimals(indicator))}")
    return " ; ".join([*parts, f"le chiffre lui-même : {own}"] if own else parts)


def _by_how_much(row: Record, indicator: Indicator | None) -> str:
    """Give the size of a change that is a fact: said alone, five people fewer read as a success."""
    change = float(row["change"])
    if indicator is None or math.isnan(change) or row["verdict"] == UNKNOWN:
        return ""
    stable = row["verdict"] == STABLE
    if stable and round_half_up(change, indicator.decimals) == 0:
        return ""
    moved = f"{number(change, indicator.decimals, sign=True)}"
    return f" ({moved} {indicator.points}{_WITHIN if stable else ''})"


def aims_in_short(frame: pd.DataFrame, indicators: Mapping[str, Indicator], here: Noun) -> str:
    """Say in a few lines what was aimed at in a territory, and what is known of it."""
    if frame.empty:
        return f"Aucun objectif chargé ne porte sur {here.this}."
    rows = sorted(records(frame), key=lambda row: str(row["indicator"]) not in indicators)
    sentences = [_in_short(row, indicators.get(str(row["indicator"]))) for row in rows[:_MOST_SAID]]
    rest = rows[_MOST_SAID:]
    if rest:
        known = sum(bool(row["end"]) for row in rest)
        after = (
            f"{number(known)} avec un chiffre depuis le départ"
            if known
            else "aucun n’a de chiffre depuis"
        )
        sentences.append(
            f"Et {plural(len(rest), 'autre objectif', 'autres objectifs')}{NO_BREAK}: {after}."
        )
    return "\n".join(sentences)


def _in_short(row: Record, indicator: Indicator | None) -> str:
    aim = str(row["objective"]).rstrip(".")
    if len(aim) > _LONGEST_AIM:
        cut = aim[:_LONGEST_AIM].rsplit(" ", 1)[0]
        if cut.count("(") > cut.count(")"):
            cut = cut[: cut.rindex("(")]
        aim = f"{cut.rstrip(' ,(')} [suite à l’évaluation]"
    start, since = (
        _dated(row, *names, indicator) for names in (("baseline", "start"), ("value", "end"))
    )
    began = (
        f"Départ{NO_BREAK}: {start.text}."
        if start.status is not _MISSING
        else "Sans point de départ."
    )
    now = (
        f"Depuis{NO_BREAK}: {since.text}."
        if since.status is not _MISSING
        else f"Depuis{NO_BREAK}: aucun chiffre."
    )
    return f"{aim}. {began} {now} Échéance{NO_BREAK}: {in_full(str(row['due']))}."


#: Beyond so many letters an objective is cut: the evaluation has it whole.
_LONGEST_AIM = 90


def _dated(row: Record, value: str, date: str, indicator: Indicator | None) -> TextCell:
    if indicator is None:
        return TextCell("pas d’indicateur", _MISSING)
    figure = float(row[value])
    sides = ("baseline_low", "baseline_high") if value == "baseline" else ("low", "high")
    low, high = (float(row[side]) for side in sides)
    if value in row["hidden"]:
        return TextCell(Status.SECRET.mark, Status.SECRET)
    if math.isnan(low):
        return TextCell("n.d.", _MISSING)
    around = interval(low, high, indicator.decimals).replace(" ", NO_BREAK)
    if math.isnan(figure):
        return TextCell(f"{around} {indicator.unit} ({row[date]})", Status.BOUNDED)
    figure_text = with_unit(figure, indicator.unit, indicator.decimals)
    return TextCell(
        f"{figure_text} {around} ({row[date]})" if low < high else f"{figure_text} ({row[date]})"
    )


def _gap(row: Record, indicator: Indicator) -> str:
    gaps = [
        f"{signed(row, name, gap_decimals(indicator))} {gap_unit(indicator)} en {row[date]}"
        for date, name in (("start", "gap_start"), ("end", "gap_end"))
        if not math.isnan(row[f"{name}_low"])
    ]
    return f" : {', '.join(gaps)}" if gaps else ""


def _target(row: Record, indicator: Indicator | None) -> str:
    goal, relative = float(row["goal"]), float(row["relative"])
    if math.isnan(goal) and math.isnan(relative):
        return f"{_NO_TARGET} ; échéance {in_full(str(row['due']))}{_at_due(row, indicator)}"
    aims = []
    if not math.isnan(relative):
        aims.append(f"{number(relative, 1, sign=True)} % du départ")
    if not math.isnan(goal) and indicator is not None:
        aims.append(with_unit(goal, indicator.unit, indicator.decimals))
    text = f"{', soit '.join(aims)}, échéance {in_full(str(row['due']))}"
    if row["end"] and not math.isnan(row["reached"]):
        text += f" ; {_way(row, 'reached')} en {row['end']}"
    if row["due_period"] != row["end"] and not math.isnan(row["due_reached"]):
        text += f", {_way(row, 'due_reached')} à l’échéance ({row['due_period']})"
    return text


def _at_due(row: Record, indicator: Indicator | None) -> str:
    """Give the figure at the due date where a later one is judged: it is that date that was aimed at."""
    figure = float(row["due_value"])
    if indicator is None or row["due_period"] == row["end"] or math.isnan(figure):
        return ""
    verdict = "" if row["due_verdict"] in (UNJUDGED, UNKNOWN) else f" ({row['due_verdict']})"
    shown = with_unit(figure, indicator.unit, indicator.decimals)
    return f" ; alors {shown} en {row['due_period']}{verdict}"


def _way(row: Record, name: str) -> str:
    """Write the share of the way made, or that the figure went away from the target."""
    share, low, high = (float(row[f"{name}{side}"]) for side in ("", "_low", "_high"))
    bounded = low < high
    around = f" {interval(low, high).replace(' ', NO_BREAK)}" if bounded else ""
    outcome = " (cible atteinte)" if low >= _WHOLE else " (s’en éloigne)" if high < 0 else ""
    return f"{number(share)} % du chemin{around}{outcome}"


_WHOLE = 100.0  # per cent of the way


def asked_first(frame: pd.DataFrame) -> str:
    r"""Name those whom most of the lacking evidence is to be asked of, with how much; nothing when none is.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"partner": ["Ville, Caf", "Ville (DSU)", "État"],
    ...         "lacking": ["À demander : Ville, Caf.", "à choisir avec Ville (DSU).", "À demander : Insee."]}
    >>> asked_first(pd.DataFrame(rows))
    'Ville (2\xa0objectifs) et Caf (1)'
    """
    asked = Counter(
        name.split(" (")[0]
        for partner, lacking in zip(frame["partner"], frame["lacking"], strict=True)
        if partner and partner in lacking
        for name in dict.fromkeys(partner.split(", "))
    )
    ranked = asked.most_common(_MOST_ASKED)
    said = [
        f"{name} ({count if rank else plural(count, 'objectif')})"
        for rank, (name, count) in enumerate(ranked)
    ]
    return enumerate_words(said)


def evidence_blocks(frame: pd.DataFrame) -> list[Block]:
    """Say which evidence lacks and whom to ask; nothing where none does."""
    rows = [
        text_row(
            f"{row['code']} ({row['evidence']})" if row["evidence"] else row["code"], row["lacking"]
        )
        for row in records(frame)
        if row["lacking"]
    ]
    if not rows:
        return []
    title, head = "Preuves manquantes, et à qui les demander", "Objectif (et où le document le dit)"
    return [TableBlock(title, head, (Column("Ce qui manque"),), tuple(rows), kind="texts")]


def signed(row: Record, name: str, decimals: int) -> str:
    """Write a signed figure with its interval, or its interval alone."""
    value, low, high = (float(row[f"{name}{side}"]) for side in ("", "_low", "_high"))
    text = "" if math.isnan(value) else number(value, decimals, sign=True)
    if not low < high:
        return text
    return within_bounds(text, low, high, decimals).strip()
