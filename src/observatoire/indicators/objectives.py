"""Hold each objective of a contract against the figures: baseline, latest, target, what lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.indicators.comparing import (
    UNJUDGED,
    UNKNOWN,
    Convergence,
    Difference,
    Estimate,
    difference,
)
from observatoire.indicators.evaluating import (
    COMPARED,
    Beside,
    figure_of,
    gap_numbers,
    settle,
    told_change,
)
from observatoire.indicators.periods import within
from observatoire.typography import enumerate_words
from observatoire.values import Record, records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.warehouse import Warehouse

_NAN = float("nan")

OBJECTIVE_COLUMNS = (
    "code",
    "orientation",
    "objective",
    "theme",
    "zoning",
    "territory",
    "name",
    "indicator",
    "start",
    "baseline",
    "end",
    "value",
    "low",
    "high",
    "change",
    "verdict",
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
    "goal",
    "relative",
    "reached",
    "reached_low",
    "reached_high",
    "due",
    "partner",
    "lacking",
    "evidence",
    "source",
)

MOMENT_COLUMNS = ("code", "moment", "period", "value", "low", "high", "status")

#: The three moments of an evaluation.
START, YEARLY, CYCLE = "départ", "fin d’année", "fin de cycle"

_SELECT = """
SELECT t.* EXCLUDE (source), t.source, p.name, s.producer || ', ' || s.title AS origin
FROM current_target AS t JOIN source AS s ON s.code = t.source
JOIN territory AS p ON p.zoning = t.zoning AND p.code = t.territory
ORDER BY t.source, t.line
"""


@dataclass(frozen=True)
class Objective:
    """One objective of a convention, or of the law."""

    code: str
    orientation: str
    label: str
    theme: str
    zoning: str
    territory: str
    name: str
    indicator: str
    start: str
    baseline: float
    goal: float
    relative: float
    due: str
    partner: str
    evidence: str
    origin: str


def read_objectives(
    warehouse: Warehouse, let_out: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows
) -> list[Objective]:
    """Return the objectives of the standing loads, in the order of their files."""
    return [_objective(row) for row in records(let_out(warehouse.frame(_SELECT)))]


def _objective(row: Record) -> Objective:
    told: dict[str, Any] = {
        name: float(row[name]) if name in ("baseline", "goal", "relative") else str(row[name])
        for name in Objective.__dataclass_fields__
    }
    return Objective(**told)


@dataclass(frozen=True)
class Evidence:
    """What objectives are held against.

    ``figure`` gives the row of a protected table for a zoning, a territory, an indicator and a
    period; ``periods`` those that have figures; ``beside`` what a territory is compared with;
    ``refuse`` why two dates may not be compared; ``asks`` whom to ask, by theme.
    """

    figure: Callable[[str, str, str, str], Record | None]
    periods: Mapping[str, Sequence[str]]
    beside: Callable[[str, str], Beside | None]
    indicators: Mapping[str, Indicator]
    asks: Mapping[str, str]
    refuse: Callable[[Indicator, str, str], str]


def evaluate_objectives(
    objectives: Sequence[Objective], evidence: Evidence, end: str
) -> pd.DataFrame:
    """Return one row an objective, columns :data:`OBJECTIVE_COLUMNS`.

    Parameters
    ----------
    objectives : sequence of Objective
        What was aimed at.
    evidence : Evidence
        The figures.
    end : str
        Nothing later is looked at.

    Notes
    -----
    An objective without a target in figures keeps none: nothing is guessed. ``reached`` is the share
    of the way from the baseline to the target, in per cent, with its bounds.
    """
    return pd.DataFrame(
        [_judged(one, evidence, end) for one in objectives], columns=list(OBJECTIVE_COLUMNS)
    )


def _judged(one: Objective, evidence: Evidence, end: str) -> tuple[object, ...]:
    indicator = evidence.indicators.get(one.indicator)
    start, latest, period, aside = _dates(one, indicator, evidence, end)
    other = evidence.beside(one.zoning, one.territory) if indicator else None
    gaps, moved = _gaps(one, indicator, other, evidence, (start, latest), period)
    moved_of_itself = (
        told_change(start, latest, indicator.polarity, indicator.decimals)
        if indicator
        else UNJUDGED
    )
    goal = _goal(one, start)
    reached = _reached(start, latest, goal)
    return (
        one.code,
        one.orientation,
        one.label,
        one.theme,
        one.zoning,
        one.territory,
        one.name,
        one.indicator,
        one.start,
        start.value,
        period,
        latest.value,
        latest.least,
        latest.most,
        latest.value - start.value,
        moved_of_itself,
        other.label if other and indicator and indicator.nature in COMPARED else "",
        *gap_numbers(gaps[0]),
        *gap_numbers(gaps[1]),
        moved.value,
        moved.low,
        moved.high,
        moved.verdict,
        goal,
        one.relative,
        *reached,
        one.due,
        one.partner,
        _lacking(one, indicator, evidence, (start, latest), gaps, aside),
        one.evidence,
        one.origin,
    )


def _dates(
    one: Objective, indicator: Indicator | None, evidence: Evidence, end: str
) -> tuple[Estimate, Estimate, str, str]:
    """Return the baseline, the latest figure, its period, and why a later one was set aside."""
    nothing = Estimate(_NAN)
    if indicator is None:
        return nothing, nothing, "", ""
    start = figure_of(evidence.figure(one.zoning, one.territory, one.indicator, one.start))
    if not math.isnan(one.baseline) and start.value != one.baseline:
        # What a convention states has no sampling error that anybody knows.
        start = Estimate(one.baseline)
    aside = ""
    held = within(evidence.periods.get(one.indicator, ()), one.start, end)
    for period in (each for each in reversed(held) if each > one.start):
        found = figure_of(evidence.figure(one.zoning, one.territory, one.indicator, period))
        if not found.told:
            continue
        why = evidence.refuse(indicator, one.start, period)
        if not why:
            return start, found, period, aside
        aside = aside or why
    return start, nothing, "", aside


def _gaps(
    one: Objective,
    indicator: Indicator | None,
    other: Beside | None,
    evidence: Evidence,
    mine: tuple[Estimate, Estimate],
    period: str,
) -> tuple[tuple[Difference, Difference], Convergence]:
    none = Difference(_NAN, _NAN, _NAN)
    if indicator is None or other is None or indicator.nature not in COMPARED:
        return (none, none), Convergence(_NAN, _NAN, _NAN, UNKNOWN)
    theirs = [
        figure_of(
            evidence.figure(other.zoning, other.territory, one.indicator, date) if date else None
        )
        for date in (one.start, period)
    ]
    first, last = (difference(a, b, indicator.polarity) for a, b in zip(mine, theirs, strict=True))
    return (first, last), settle(first, last, indicator.decimals)


def _goal(one: Objective, start: Estimate) -> float:
    if math.isnan(one.relative):
        return one.goal
    return start.value * (1 + one.relative / 100)


def _reached(start: Estimate, latest: Estimate, goal: float) -> tuple[float, float, float]:
    way = goal - start.value
    if math.isnan(way) or way == 0 or not latest.told:
        return _NAN, _NAN, _NAN
    ends = sorted(100 * (bound - start.value) / way for bound in (latest.least, latest.most))
    return 100 * (latest.value - start.value) / way, ends[0], ends[1]


def _lacking(
    one: Objective,
    indicator: Indicator | None,
    evidence: Evidence,
    figures: tuple[Estimate, Estimate],
    gaps: tuple[Difference, Difference],
    aside: str,
) -> str:
    """Say which evidence is missing, and whom to ask."""
    if indicator is None:
        with_whom = f" à choisir avec {one.partner}" if one.partner else " à choisir"
        return f"Aucun indicateur n’est désigné :{with_whom}."
    start, latest = figures
    lost = []
    if not start.told:
        lost.append(f"le point de départ ({one.start or 'année à fixer'})")
    if not latest.told:
        lost.append(f"un chiffre postérieur à {one.start}" if one.start else "un chiffre récent")
    if indicator.nature in COMPARED and start.told and math.isnan(gap_numbers(gaps[0])[1]):
        lost.append(f"le chiffre du comparateur en {one.start}")
    if indicator.nature in COMPARED and latest.told and math.isnan(gap_numbers(gaps[1])[1]):
        lost.append("le chiffre du comparateur à la dernière date")
    whom = indicator.ask or one.partner or evidence.asks.get(indicator.theme, "")
    told = [aside] if aside else []
    if lost:
        told.append(f"Manque {enumerate_words(lost)}.{f' À demander : {whom}.' if whom else ''}")
    return " ".join(told)


def moments(objectives: Sequence[Objective], evidence: Evidence, end: str) -> pd.DataFrame:
    """Return the figures of each objective at the three moments: start, end of year, end of cycle.

    Returns
    -------
    DataFrame
        One row an objective and period that has a figure, columns :data:`MOMENT_COLUMNS`.
    """
    rows = []
    for one in objectives:
        held = within(evidence.periods.get(one.indicator, ()), one.start or "0", end)
        told = [
            (period, figure)
            for period in held
            if (figure := evidence.figure(one.zoning, one.territory, one.indicator, period))
            and figure_of(figure).told
        ]
        before_due = [period for period, _ in told if period[:4] <= one.due[:4]]
        for period, figure in told:
            late = period == before_due[-1] if before_due else False
            closed = late and period[:4] == one.due[:4]
            moment = START if period == one.start else CYCLE if closed else YEARLY
            numbers = (figure["value"], figure["low"], figure["high"], figure["status"])
            rows.append((one.code, moment, period, *numbers))
    return pd.DataFrame(rows, columns=list(MOMENT_COLUMNS))
