"""Measure progress: gap to a comparator at two dates, and whether it closes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.french.typography import enumerate_words, round_half_up
from observatoire.indicators.comparison.gaps import COMPARED, NO_COMMENT, overlap_of
from observatoire.indicators.computation.table import Spot, by_spot
from observatoire.indicators.evaluation.trends import change_of
from observatoire.indicators.precision.differences import (
    CLOSING,
    PARALLEL,
    UNKNOWN,
    WIDENING,
    Convergence,
    Difference,
    Estimate,
    convergence,
    difference,
)
from observatoire.indicators.precision.estimates import (
    bounds_of,
    estimate_of,
    is_hidden,
    is_too_small,
)
from observatoire.values import Record, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.comparison.comparators import Counterpart
    from observatoire.indicators.definitions.catalogue import Indicator


def _with_bounds(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{side}" for name in names for side in ("", "_low", "_high"))


#: A gap at two dates, of a place as of an objective.
GAP_COLUMNS = ("comparator", *_with_bounds("gap_start", "gap_end", "move"), "convergence")

EVALUATION_COLUMNS = (
    "territory", "name", "indicator", "start", "end", *_with_bounds("value_start", "value_end",
    "change"), "verdict", *GAP_COLUMNS, "reason", "source",
)  # fmt: skip


def evaluate_frames(
    start: pd.DataFrame,
    end: pd.DataFrame,
    against: Mapping[str, Sequence[Counterpart]],
    indicators: Mapping[str, Indicator],
    zoning: str,
) -> pd.DataFrame:
    """Compare two dates, territory by territory.

    Parameters
    ----------
    start, end : DataFrame
        Tidy tables of the two dates, comparators included; each indicator has its own period.
    against : mapping
        What each territory is compared with, best first: the first that has figures at both dates.

    Returns
    -------
    DataFrame
        Columns :data:`EVALUATION_COLUMNS`. Gaps are value minus comparator, in the indicator's
        unit, with all that bounds and sampling leave open. ``convergence`` is *rattrapage* when the
        whole interval of the move is below 0, *décrochage* when it is above, *parallèle* when two
        measured gaps do not differ, *indéterminé* when a figure lacks or its bounds are too wide:
        the reason says which.
    """
    tables = by_spot(start), by_spot(end)
    rows = []
    for row in records(end[end["zoning"] == zoning]):
        indicator = indicators[str(row["indicator"])]
        if indicator.nature in COMPARED:
            spot = (zoning, str(row["territory"]), indicator.code)
            chosen = _choose(tables, against.get(str(row["territory"]), ()), indicator)
            rows.append(_compared(indicator, spot, chosen, tables))
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))


def _choose(
    tables: Sequence[Mapping[Spot, Record]], choices: Sequence[Counterpart], indicator: Indicator
) -> Counterpart | None:
    for choice in choices:
        key = (choice.zoning, choice.code, indicator.code)
        if all(estimate_of(table.get(key)).known for table in tables):
            return choice
    return choices[0] if choices else None


def _compared(
    indicator: Indicator,
    spot: Spot,
    other: Counterpart | None,
    tables: Sequence[Mapping[Spot, Record]],
) -> dict[str, object]:
    """Return the row of one figure: its two gaps to a comparator, how they moved, and the verdict."""
    theirs = (other.zoning, other.code, indicator.code) if other else None
    found = [(table.get(spot), table.get(theirs) if theirs else None) for table in tables]
    start, end = (estimate_of(own) for own, _ in found)
    gaps = [gap_of(own, whole, other, indicator) for own, whole in found]
    moved = settle(gaps[0], gaps[1], gap_decimals(indicator))
    dates = [str(table[spot]["period"]) if spot in table else "" for table in tables]
    reason = _side(gaps, indicator) if moved.verdict in (CLOSING, WIDENING) else ""
    if moved.verdict == UNKNOWN:
        reason = _lacking(found, dates, other.name if other else "le comparateur")
    own_change = change_of(start, end, indicator.direction, indicator.decimals)
    return {
        "territory": spot[1],
        "name": tables[1][spot]["name"],
        "indicator": indicator.code,
        "start": dates[0],
        "end": dates[1],
        **bounded_fields("value_start", start.value, *bounds_of(start)),
        **bounded_fields("value_end", end.value, *bounds_of(end)),
        **bounded_fields("change", *gap_numbers(own_change)),
        "verdict": own_change.verdict,
        **gap_fields(other.name if other else "", gaps, moved),
        "reason": reason,
        "source": str(tables[1][spot].get("source", "")),
    }


def bounded_fields(name: str, value: float, low: float, high: float) -> dict[str, object]:
    """Return a figure and its bounds under a name."""
    return dict(zip(_with_bounds(name), (value, low, high), strict=True))


def gap_fields(
    comparator: str, gaps: Sequence[Difference], moved: Convergence
) -> dict[str, object]:
    """Return what :data:`GAP_COLUMNS` names."""
    return {
        "comparator": comparator,
        **bounded_fields("gap_start", *gap_numbers(gaps[0])),
        **bounded_fields("gap_end", *gap_numbers(gaps[1])),
        **bounded_fields("move", moved.value, moved.low, moved.high),
        "convergence": moved.verdict,
    }


def _side(gaps: Sequence[Difference], indicator: Indicator) -> str:
    """Say which side a territory is on, when it is better placed than its comparator."""
    better = {"lower_is_better": -1, "higher_is_better": 1}.get(indicator.polarity, 0)
    sides = [(int(gap.low > 0) - int(gap.high < 0)) * better for gap in gaps]
    if sides == [1, 1]:
        return "Mieux placé que le comparateur aux deux dates."
    if 1 in sides:
        return "L’écart a changé de sens." if -1 in sides else "Mieux placé à l’une des deux dates."
    return ""


def gap_of(
    own: Record | None,
    whole: Record | None,
    other: Counterpart | None,
    indicator: Indicator,
    stated: Estimate | None = None,
) -> Difference:
    """Return the gap of one figure to its comparator's, a part and its whole varying together.

    ``stated`` stands for the figure where a document states another one. The gap of an amount in euros
    is relative, in per cent of the comparator: prices rise, and a gap in euros with them.
    """
    shared = overlap_of(own, whole) if other and other.holds and own and whole else 0.0
    figure = estimate_of(own) if stated is None else stated
    if indicator.current_money:
        return _relative(figure, estimate_of(whole), indicator)
    return difference(figure, estimate_of(whole), indicator.polarity, overlap=shared)


def _relative(figure: Estimate, whole: Estimate, indicator: Indicator) -> Difference:
    """Return a gap in per cent of the comparator: that of the logarithms, taken back."""
    found = difference(_logarithm(figure), _logarithm(whole), indicator.polarity)
    ends: dict[str, Any] = {name: 100 * math.expm1(getattr(found, name)) for name in _NUMBERS}
    return replace(found, **ends)


def _logarithm(figure: Estimate) -> Estimate:
    numbers = (getattr(figure, name) for name in _NUMBERS)
    return Estimate(*(math.log(number) if number > 0 else math.nan for number in numbers))


#: The numbers of a figure, or of a difference of two.
_NUMBERS = ("value", "low", "high", "wide_low", "wide_high", "least", "most")


def gap_unit(indicator: Indicator) -> str:
    """Return the unit of a gap: per cent of the comparator for an amount in euros."""
    return "%" if indicator.current_money else indicator.points


def gap_points(indicator: Indicator) -> str:
    """Return the unit of the move of a gap: percentages differ by points."""
    return "points" if gap_unit(indicator) == "%" else indicator.points


def gap_decimals(indicator: Indicator) -> int:
    """Return the decimals of a gap."""
    return max(indicator.decimals, 1) if indicator.current_money else indicator.decimals


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
        return Convergence(math.nan, math.nan, math.nan, UNKNOWN)
    if not (math.isnan(start.value) or math.isnan(end.value)):
        moved = convergence(start, end)
        still = moved.verdict != UNKNOWN and round_half_up(moved.value, decimals) == 0
        verdict = PARALLEL if still else moved.verdict
        return Convergence(moved.value, moved.low, moved.high, verdict, moved.crossed)
    first, last = _sizes(start), _sizes(end)
    low, high = last[0] - first[1], last[1] - first[0]
    verdict = CLOSING if high < 0 else WIDENING if low > 0 else UNKNOWN
    return Convergence(math.nan, low, high, verdict)


def _sizes(gap: Difference) -> tuple[float, float]:
    """Return the smallest and largest size that a gap may have."""
    if gap.low <= 0 <= gap.high:
        return 0.0, max(-gap.low, gap.high)
    ends = sorted((abs(gap.low), abs(gap.high)))
    return ends[0], ends[1]


def _lacking(
    found: Sequence[tuple[Record | None, Record | None]], dates: Sequence[str], other: str
) -> str:
    """Say why nothing can be said of a move: figures that lack or are hidden, their precision, their bounds."""
    sides = list(zip(("ce territoire", other), zip(*found, strict=True), strict=True))
    sentences = []
    kinds = (("Pas de chiffre", ", ni ", False), ("Chiffre couvert par le secret", ", et ", True))
    for word, joint, hidden in kinds:
        places = [
            f"pour {who} en {enumerate_words(lost)}"
            for who, rows in sides
            if (
                lost := [
                    date
                    for date, row in zip(dates, rows, strict=True)
                    if not estimate_of(row).known and is_hidden(row) is hidden
                ]
            )
        ]
        sentences += [f"{word} {joint.join(places)}."] if places else []
    if sentences:
        return " ".join(sentences)
    figures = [row for pair in found for row in pair]
    if any(map(is_too_small, figures)):
        return NO_COMMENT
    if not all(estimate_of(row).sampled for row in figures):
        return "Erreur d’échantillonnage inconnue : le mouvement ne peut être jugé."
    return "Les bornes des écarts se recouvrent : le sens du mouvement reste inconnu."
