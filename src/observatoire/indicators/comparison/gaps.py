"""Differences of every territory with what it is compared with, and why one is not judged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.computation.table import by_spot, is_modelled, is_weighed
from observatoire.indicators.precision.differences import UNKNOWN, Difference, Estimate, difference
from observatoire.indicators.precision.estimates import (
    CERTAIN,
    POINT,
    counts_everyone,
    estimate_of,
    is_too_small,
)
from observatoire.indicators.precision.sampling_error import UNSIZED, WITHHELD
from observatoire.values import Nature, Record, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from observatoire.indicators.comparison.comparators import Counterpart
    from observatoire.indicators.definitions.catalogue import Indicator


#: One row a territory, indicator and comparator.
DIFFERENCE_COLUMNS = (
    "comparator", "zoning", "territory", "name", "indicator", "period", "against_zoning", "against",
    "against_name", "difference", "low", "high", "sampling_low", "sampling_high", "rank", "verdict",
    "mark", "reason",
)  # fmt: skip

#: Natures whose figures of two territories can be set side by side: a count tells the size.
COMPARED = (Nature.RATE, Nature.MEDIAN, Nature.MEAN, Nature.INDEX)

#: Share of the comparator above which it is the territory itself.
_SAME = 1 - 1e-9

_WITH_FIGURE = (*POINT, str(Status.BOUNDED), str(Status.CONTEXT))

#: Of a source that counts everyone: the gap is a fact, and bears no verdict.
STATED = "Source exhaustive, sans aléa de sondage : écart constaté, non jugé."

#: Why a figure of a source is not judged.
REASONS = {
    "exhaustive": STATED,
    "unknown": "Précision inconnue : écart sans intervalle.",
    UNSIZED: "La source ne dit pas sur combien porte ce taux : écart sans intervalle.",
    WITHHELD: "Précision gardée par le secret : écart sans intervalle.",
}
NO_COMMENT = (
    "Exploitation complémentaire sur moins de 2 000 habitants, ou l’on ne sait combien : à ne pas "
    "commenter (Insee)."
)
TOO_WIDE = "On ne connaît que des bornes, trop écartées pour dire qui est au-dessus."
LEFT_OPEN = (
    "Des territoires sont coupés : selon leur partage, l’écart peut être de l’un ou l’autre sens."
)
LEFT_WEIGHED = (
    "Taux recalculé sur des effectifs d’une autre année, qui ne sont qu’approchés : selon eux, l’écart peut être "
    "de l’un ou l’autre sens."
)
OF_MODEL = "Chiffre estimé par un modèle, non mesuré sur ce territoire : aucun verdict."
OF_ENCLOSING = "Chiffre du territoire qui contient celui-ci, non de celui-ci seul : aucun verdict."


def differences(
    cells: pd.DataFrame,
    against: Mapping[str, Mapping[str, Counterpart]],
    indicators: Mapping[str, Indicator],
    zoning: str,
    territories: Collection[str],
) -> pd.DataFrame:
    """Return the difference of each figure with each comparator.

    Parameters
    ----------
    cells : DataFrame
        Cells of a table, comparators included.
    against : mapping
        By comparator, then by territory: what it is compared with.
    indicators : mapping
        Definitions; counts and amounts are passed over.

    Returns
    -------
    DataFrame
        Columns :data:`DIFFERENCE_COLUMNS`; ``low`` and ``high`` are all that passage and sampling
        leave open, ``sampling_low`` and ``sampling_high`` the sampling alone; ``reason`` says why a
        difference is not judged. The figure of an enclosing territory bears none.
    """
    comparable = [code for code, indicator in indicators.items() if indicator.nature in COMPARED]
    figures = by_spot(cells[cells["indicator"].isin(comparable)]) if against else {}
    rows = []
    for (where, territory, code), row in figures.items():
        indicator = indicators[code]
        if where != zoning or territory not in territories:
            continue
        for comparator, of_each in against.items():
            other = of_each.get(territory)
            if other is None:
                continue
            theirs = figures.get((other.zoning, other.code, code))
            rows.append(_row(comparator, row, theirs, other, indicator))
    return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))


def _row(
    comparator: str, row: Record, theirs: Record | None, other: Counterpart, indicator: Indicator
) -> dict[str, object]:
    found, alone, reason = _judged(row, theirs, other, indicator)
    return {
        **row,
        "comparator": comparator,
        "against_zoning": other.zoning,
        "against": other.code,
        "against_name": other.name,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "sampling_low": alone.low,
        "sampling_high": alone.high,
        "rank": found.rank,
        "verdict": found.verdict if not math.isnan(found.low) else "",
        "mark": found.mark,
        "reason": reason,
    }


def _judged(
    row: Record, theirs: Record | None, other: Counterpart, indicator: Indicator
) -> tuple[Difference, Difference, str]:
    """Return a difference, the same by the sampling alone, and why it is not judged."""
    lacking = _lacking(row, theirs, other)
    if theirs is None or lacking:
        return _NOTHING, _NOTHING, lacking
    share = _share_of(row, theirs) if other.holds else 0.0
    if share > _SAME:
        return _NOTHING, _NOTHING, f"{other.name} est fait des mêmes territoires."
    unjudged = OF_ENCLOSING if str(Status.CONTEXT) in (row["status"], theirs["status"]) else ""
    if unjudged or is_modelled(row) or is_modelled(theirs):
        gap = Difference(row["value"] - theirs["value"], math.nan, math.nan)
        return gap, _NOTHING, unjudged or OF_MODEL
    drawn = overlap_of(row, theirs) if other.holds else 0.0
    found = difference(estimate_of(row), estimate_of(theirs), indicator.polarity, overlap=drawn)
    kinds = {str(each["precision"]) for each in (row, theirs)}
    if (counts_everyone(row) or counts_everyone(theirs)) and kinds <= set(CERTAIN):
        return Difference(found.value, math.nan, math.nan), _NOTHING, REASONS["exhaustive"]
    if is_too_small(row) or is_too_small(theirs):
        return Difference(found.value, math.nan, math.nan), _NOTHING, NO_COMMENT
    alone = difference(_as_shared(row), _as_shared(theirs), indicator.polarity, overlap=drawn)
    return found, alone, _remark(row, theirs, found, alone)


_NOTHING = Difference(math.nan, math.nan, math.nan)


def _as_shared(row: Record) -> Estimate:
    """Return a figure as its passage shares it, with its sampling alone."""
    return Estimate(float(row["value"]), float(row["sampling_low"]), float(row["sampling_high"]))


def _lacking(row: Record, theirs: Record | None, other: Counterpart) -> str:
    """Return which of two figures is not there."""
    if row["status"] not in _WITH_FIGURE:
        return "Pas de chiffre pour ce territoire."
    if theirs is None or theirs["status"] not in _WITH_FIGURE:
        why = str(theirs["reason"]) if theirs is not None else ""
        return f"Pas de chiffre pour {other.name}. {why}".strip()
    if theirs["period"] != row["period"]:
        return f"Pas de chiffre pour {other.name} en {row['period']}."
    return ""


def _remark(row: Record, theirs: Record, found: Difference, alone: Difference) -> str:
    """Return why a difference is not judged."""
    if found.verdict == UNKNOWN:
        why = wide_or_open(found, row, theirs)
        by = "les effectifs retenus" if why == LEFT_WEIGHED else "la méthode de passage"
        return f"{why} Selon {by} : {alone.verdict}." if alone.rank else why
    if not found.judged:
        return unjudged(row, theirs)
    return ""


def wide_or_open(found: Difference, *rows: Record) -> str:
    """Return why a difference with an interval has no sign: bounds alone, rough counts, or a sharing out."""
    if math.isnan(found.value):
        return TOO_WIDE
    guessed = [row for row in rows if row["status"] == str(Status.ESTIMATED)]
    return LEFT_WEIGHED if guessed and all(map(is_weighed, guessed)) else LEFT_OPEN


def unjudged(*rows: Record) -> str:
    """Return why figures that are there are not judged."""
    kinds = {str(row["precision"]) for row in rows}
    known = next(
        (each for each in ("unknown", UNSIZED, WITHHELD, "exhaustive") if each in kinds), "unknown"
    )
    return REASONS[known]


def overlap_of(row: Record, theirs: Record) -> float:
    """Return the share of the comparator's draw that the territory holds: two sources share none."""
    return _share_of(row, theirs) if row["source"] == theirs["source"] else 0.0


def _share_of(row: Record, theirs: Record) -> float:
    """Return the share of the comparator's people that the territory holds, 0 when not known."""
    part, whole = (float(each.get("base", math.nan)) for each in (row, theirs))
    if math.isnan(part) or math.isnan(whole) or not whole > 0:
        return 0.0
    return min(part / whole, 1.0)
