"""Measure the way made: gap to a comparator at two dates, and whether it closes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words, round_half_up
from observatoire.indicators.comparison.gaps import NO_COMMENT, overlap_of
from observatoire.indicators.computation.table import Spot, by_spot
from observatoire.indicators.precision.differences import (
    ABOVE,
    BELOW,
    CHANGE_WORDS,
    CLOSING,
    FAR_BELOW,
    PARALLEL,
    UNKNOWN,
    WIDENING,
    Convergence,
    Difference,
    Estimate,
    change,
    convergence,
    difference,
)
from observatoire.indicators.precision.sampling_error import TOO_SMALL, UNSIZED, WITHHELD
from observatoire.values import Nature, Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator


#: What is told of a gap at two dates, of a place as of an objective.
GAP_COLUMNS = (
    "comparator",
    "gap_start",
    "gap_start_low",
    "gap_start_high",
    "gap_end",
    "gap_end_low",
    "gap_end_high",
    "move",
    "move_low",
    "move_high",
    "convergence",
)

EVALUATION_COLUMNS = (
    "territory",
    "name",
    "indicator",
    "start",
    "end",
    "value_start",
    "value_start_low",
    "value_start_high",
    "value_end",
    "value_end_low",
    "value_end_high",
    "change",
    "change_low",
    "change_high",
    "verdict",
    *GAP_COLUMNS,
    "reason",
    "source",
)

#: What a gap is measured for: counts of places of unlike sizes are not compared.
COMPARED = (Nature.RATE, Nature.MEDIAN, Nature.MEAN, Nature.INDEX)

_NAN = float("nan")
POINT = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))

#: Said of an exact figure that does not move.
STABLE = "stable"

#: Kinds of precision without a sampling error, and with one that nobody tells.
SURE, _UNTOLD = ("exhaustive", "reference"), ("unknown", UNSIZED, WITHHELD)


@dataclass(frozen=True)
class Beside:
    """What a territory is compared with: where it stands in the tables, and its name.

    ``holds`` tells that the territory is a part of it: both then vary together.
    """

    zoning: str
    territory: str
    label: str
    holds: bool = False


def figure_of(figure: Record | None) -> Estimate:
    """Return a figure of a table as what may be compared.

    A point carries its sampling interval when the table tells one; bounds are carried as such;
    what describes another territory (*contexte*), or is hidden or absent, says nothing. A source
    that counts everyone has no sampling: its figures move for certain, and are judged as they are.
    What its producer asks not to comment has no interval, hence no verdict.

    Examples
    --------
    >>> figure_of({"status": "bounded", "value": float("nan"), "low": 20.0, "high": 30.0}).told
    True
    >>> figure_of({"status": "context", "value": 20.0, "low": 0.0, "high": 0.0}).told
    False
    """
    if figure is None:
        return Estimate(_NAN)
    told = {str(key): value for key, value in figure.items()}
    point = told["status"] in POINT
    if not point and told["status"] != str(Status.BOUNDED):
        return Estimate(_NAN)
    value = float(told["value"]) if point else _NAN
    whole = [float(told[side]) for side in ("low", "high")]
    passage = [
        float(told.get(f"passage_{side}", whole[at])) for at, side in enumerate(("low", "high"))
    ]
    least, most = (value if math.isnan(bound) else bound for bound in passage)
    kind = str(told.get("precision", "") or "exhaustive")
    if kind in SURE:
        return Estimate(value, least, most, least=least, most=most)
    if kind in _UNTOLD or told.get("flag") == TOO_SMALL:
        return Estimate(value, least=least, most=most)
    wide_low, wide_high = (float(told.get(f"wide_{side}", _NAN)) for side in ("low", "high"))
    return Estimate(value, whole[0], whole[1], wide_low, wide_high, least, most)


def evaluate_frames(
    start: pd.DataFrame,
    end: pd.DataFrame,
    beside: Mapping[str, Sequence[Beside]],
    indicators: Mapping[str, Indicator],
    zoning: str,
) -> pd.DataFrame:
    """Compare two dates, territory by territory.

    Parameters
    ----------
    start, end : DataFrame
        Tidy tables of the two dates, comparators included; each indicator has its own period.
    beside : mapping
        What each territory is compared with, best first: the first that has figures at both dates.
    indicators : mapping
        Definitions.
    zoning : str
        The zoning evaluated.

    Returns
    -------
    DataFrame
        Columns :data:`EVALUATION_COLUMNS`. Gaps are value minus comparator, in the indicator's
        unit, with all that bounds and sampling leave open. ``convergence`` is *rattrapage* when the
        whole interval of the move is below 0, *décrochage* when it is above, *parallèle* when two
        measured gaps do not differ, *indéterminé* when a figure lacks or its bounds are too wide:
        the reason says which.
    """
    first, last = by_spot(start), by_spot(end)
    rows = []
    for row in records(end[end["zoning"] == zoning]):
        indicator = indicators[str(row["indicator"])]
        if indicator.nature not in COMPARED:
            continue
        choices = beside.get(str(row["territory"]), ())
        mine = (zoning, str(row["territory"]), indicator.code)
        rows.append(
            _compared(indicator, mine, _choose(first, last, choices, indicator), first, last)
        )
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))


def _choose(
    first: Mapping[Spot, Record],
    last: Mapping[Spot, Record],
    choices: Sequence[Beside],
    indicator: Indicator,
) -> Beside | None:
    for one in choices:
        key = (one.zoning, one.territory, indicator.code)
        if all(figure_of(table.get(key)).told for table in (first, last)):
            return one
    return choices[0] if choices else None


def _compared(
    indicator: Indicator,
    mine: Spot,
    other: Beside | None,
    first: Mapping[Spot, Record],
    last: Mapping[Spot, Record],
) -> tuple[object, ...]:
    theirs = (other.zoning, other.territory, indicator.code) if other else None
    found = [(table.get(mine), table.get(theirs) if theirs else None) for table in (first, last)]
    a = [figure_of(pair[0]) for pair in found]
    gaps = [gap_of(*pair, other, indicator) for pair in found]
    moved = settle(gaps[0], gaps[1], indicator.decimals)
    dates = [str(table[mine]["period"]) if mine in table else "" for table in (first, last)]
    reason = _side(gaps, indicator) if moved.verdict in (CLOSING, WIDENING) else ""
    if moved.verdict == UNKNOWN:
        reason = _lacking(found, dates, other.label if other else "le comparateur")
    return (
        mine[1],
        last[mine]["name"],
        indicator.code,
        *dates,
        *(number for one in a for number in (one.value, *bounds_of(one))),
        *gap_numbers(difference(a[1], a[0])),
        told_change(a[0], a[1], indicator.direction, indicator.decimals),
        other.label if other else "",
        *gap_numbers(gaps[0]),
        *gap_numbers(gaps[1]),
        moved.value,
        moved.low,
        moved.high,
        moved.verdict,
        reason,
        str(last[mine].get("source", "")),
    )


def told_change(start: Estimate, end: Estimate, polarity: str, decimals: int) -> str:
    """Say how a figure moved of itself.

    What a source that counts everyone tells is a fact, neither sure nor unsure: it is *constatée*, never
    « nette », and *stable* when nothing shows at the decimals printed. A trend says it in the same words.

    Examples
    --------
    >>> told_change(Estimate(30, 30, 30), Estimate(25, 25, 25), "lower_is_better", 1)
    'amélioration constatée'
    >>> told_change(Estimate(30, 30, 30), Estimate(30.04, 30.04, 30.04), "neutral", 1)
    'stable'
    """
    own = change(start, end, polarity)
    if not (own.judged and _is_fact(start) and _is_fact(end)):
        return own.verdict
    if not math.isnan(own.value) and round_half_up(own.value, decimals) == 0:
        return STABLE
    return f"{CHANGE_WORDS[polarity][(ABOVE if own.rank > 0 else BELOW) - FAR_BELOW]} constatée"


def _is_fact(figure: Estimate) -> bool:
    """Say whether nothing is left open by a sampling."""
    return (figure.low, figure.high) == (figure.least, figure.most)


def _side(gaps: Sequence[Difference], indicator: Indicator) -> str:
    """Say which side a territory is on, when it is better placed than its comparator."""
    better = {"lower_is_better": -1, "higher_is_better": 1}.get(indicator.polarity, 0)
    sides = [_sign(gap) * better for gap in gaps]
    if sides == [1, 1]:
        return "Mieux placé que le comparateur aux deux dates."
    if 1 in sides:
        return "L’écart a changé de sens." if -1 in sides else "Mieux placé à l’une des deux dates."
    return ""


def _sign(gap: Difference) -> int:
    return int(gap.low > 0) - int(gap.high < 0)


def gap_of(
    mine: Record | None,
    theirs: Record | None,
    other: Beside | None,
    indicator: Indicator,
    stated: Estimate | None = None,
) -> Difference:
    """Return the gap of one figure to its comparator's, a part and its whole varying together.

    ``stated`` stands for the figure where a document tells another one.
    """
    shared = overlap_of(mine, theirs) if other and other.holds and mine and theirs else 0.0
    own = figure_of(mine) if stated is None else stated
    return difference(own, figure_of(theirs), indicator.polarity, overlap=shared)


def bounds_of(figure: Estimate) -> tuple[float, float]:
    """Return all that is left open of a figure, its passage alone where its sampling is not told."""
    return (figure.low, figure.high) if figure.sampled else (figure.least, figure.most)


def gap_numbers(gap: Difference) -> tuple[float, float, float]:
    """Return a gap and all that bounds and sampling leave open."""
    low = gap.least if math.isnan(gap.low) else gap.low
    high = gap.most if math.isnan(gap.high) else gap.high
    return gap.value, low, high


def settle(start: Difference, end: Difference, decimals: int = 1) -> Convergence:
    """Say whether a gap closes, from points with their intervals or from bounds alone.

    Bounds settle a verdict when the sizes that they allow at the two dates do not meet.

    Examples
    --------
    >>> def gap(low, high):
    ...     return Difference(float("nan"), low, high, verdict="plus haut")
    >>> settle(gap(10, 12), gap(5, 7)).verdict, settle(gap(10, 12), gap(9, 11)).verdict
    ('rattrapage', 'indéterminé')
    """
    if math.isnan(start.low) or math.isnan(end.low):
        return Convergence(_NAN, _NAN, _NAN, UNKNOWN)
    if not (math.isnan(start.value) or math.isnan(end.value)):
        moved = convergence(start, end)
        still = moved.verdict != UNKNOWN and round_half_up(moved.value, decimals) == 0
        verdict = PARALLEL if still else moved.verdict
        return Convergence(moved.value, moved.low, moved.high, verdict, moved.crossed)
    first, last = _sizes(start), _sizes(end)
    low, high = last[0] - first[1], last[1] - first[0]
    verdict = CLOSING if high < 0 else WIDENING if low > 0 else UNKNOWN
    return Convergence(_NAN, low, high, verdict)


def _sizes(gap: Difference) -> tuple[float, float]:
    """Return the smallest and largest size that a gap may have."""
    if gap.low <= 0 <= gap.high:
        return 0.0, max(-gap.low, gap.high)
    ends = sorted((abs(gap.low), abs(gap.high)))
    return ends[0], ends[1]


def is_too_small(figure: Record | None) -> bool:
    """Say whether the producer asks not to comment a figure."""
    return figure is not None and figure.get("flag") == TOO_SMALL


def is_hidden(figure: Record | None) -> bool:
    """Say whether secrecy covers a figure: it is there, and not to be asked for."""
    return figure is not None and figure["status"] == str(Status.SECRET)


def _lacking(
    found: Sequence[tuple[Record | None, Record | None]], dates: Sequence[str], other: str
) -> str:
    sides = list(zip(("ce territoire", other), zip(*found, strict=True), strict=True))
    told = []
    for word, hidden in (("Pas de chiffre", False), ("Chiffre couvert par le secret", True)):
        places = [
            f"{who} en {enumerate_words(lost)}"
            for who, rows in sides
            if (lost := [d for d, row in zip(dates, rows, strict=True) if _is_lost(row, hidden)])
        ]
        told += [f"{word} pour {enumerate_words(places)}."] if places else []
    if told:
        return " ".join(told)
    figures = [row for pair in found for row in pair]
    if any(map(is_too_small, figures)):
        return NO_COMMENT
    if not all(figure_of(row).sampled for row in figures):
        return "Erreur d’échantillonnage inconnue : le mouvement ne peut être jugé."
    return "Les bornes des écarts se recouvrent : le sens du mouvement reste inconnu."


def _is_lost(figure: Record | None, hidden: bool) -> bool:  # noqa: FBT001 - one of two reasons
    return not figure_of(figure).told and is_hidden(figure) is hidden
