"""Hold each objective of a contract against the figures: baseline, latest, target, what lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words, round_half_up
from observatoire.indicators.comparison.gaps import NO_COMMENT
from observatoire.indicators.evaluation.gap_changes import (
    COMPARED,
    GAP_COLUMNS,
    Beside,
    bounds_of,
    figure_of,
    gap_numbers,
    gap_of,
    is_hidden,
    is_too_small,
    settle,
    told_change,
)
from observatoire.indicators.evaluation.objective import goal_of, has_way, no_way, reached
from observatoire.indicators.evaluation.windows import within
from observatoire.indicators.precision.differences import (
    UNJUDGED,
    UNKNOWN,
    Convergence,
    Difference,
    Estimate,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.evaluation.objective import Objective
    from observatoire.values import Record


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
    "baseline_low",
    "baseline_high",
    "end",
    "value",
    "low",
    "high",
    "change",
    "verdict",
    *GAP_COLUMNS,
    "goal",
    "relative",
    "reached",
    "reached_low",
    "reached_high",
    "due",
    "due_period",
    "due_reached",
    "due_reached_low",
    "due_reached_high",
    "partner",
    "lacking",
    "hidden",
    "evidence",
    "source",
)


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
    An objective without a target in figures keeps none: nothing is guessed. ``low`` and ``high``
    are all that passage and sampling leave open. ``reached`` is the share of the way from the
    baseline to the target, in per cent, with what both figures leave open (no bounds where the
    baseline may be the target itself); ``due_reached`` the same at the last figure that is not
    after the due date.
    """
    return pd.DataFrame(
        [_judged(one, evidence, end) for one in objectives], columns=list(OBJECTIVE_COLUMNS)
    )


def _judged(one: Objective, evidence: Evidence, end: str) -> tuple[object, ...]:
    indicator = evidence.indicators.get(one.indicator)
    start = _baseline(one, indicator, evidence)
    latest, period, aside = _latest(one, indicator, evidence, end)
    at_due, due_period, _ = _latest(one, indicator, evidence, min(end[:4], one.due[:4]))
    other = evidence.beside(one.zoning, one.territory) if indicator else None
    gaps, moved = _gaps(one, indicator, other, evidence, start, period)
    moved_of_itself = (
        told_change(start, latest, indicator.direction, indicator.decimals)
        if indicator
        else UNJUDGED
    )
    made = reached(one, start, latest)
    hidden = _hidden(one, evidence, end, (start, latest))
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
        *bounds_of(start),
        period,
        latest.value,
        *bounds_of(latest),
        latest.value - start.value,
        moved_of_itself,
        other.label if other and indicator and indicator.nature in COMPARED else "",
        *gap_numbers(gaps[0]),
        *gap_numbers(gaps[1]),
        moved.value,
        moved.low,
        moved.high,
        moved.verdict,
        goal_of(one, start.value),
        one.relative,
        *made,
        one.due,
        due_period,
        *reached(one, start, at_due),
        one.partner,
        _lacking(
            one,
            indicator,
            evidence,
            (start, latest),
            gaps if other else (),
            (period, due_period),
            (aside, hidden),
        ),
        hidden,
        one.evidence,
        one.origin,
    )


def _baseline(one: Objective, indicator: Indicator | None, evidence: Evidence) -> Estimate:
    """Return the figure at the start, or what the document states when it says another."""
    if indicator is None:
        return Estimate(_NAN)
    start = figure_of(evidence.figure(one.zoning, one.territory, one.indicator, one.start))
    if math.isnan(one.baseline):
        return start
    stated, found = (
        _NAN if math.isnan(each) else round_half_up(each, indicator.decimals)
        for each in (one.baseline, start.value)
    )
    # What a document states has no sampling error that anybody knows.
    return start if stated == found else Estimate(one.baseline)


def _latest(
    one: Objective, indicator: Indicator | None, evidence: Evidence, end: str
) -> tuple[Estimate, str, str]:
    """Return the latest figure up to a date, its period, and why a later one was set aside."""
    if indicator is None:
        return Estimate(_NAN), "", ""
    aside = ""
    held = within(evidence.periods.get(one.indicator, ()), one.start, end)
    for period in (each for each in reversed(held) if each > one.start):
        found = figure_of(evidence.figure(one.zoning, one.territory, one.indicator, period))
        if not found.told:
            continue
        why = evidence.refuse(indicator, one.start, period) if one.start else ""
        if not why:
            return found, period, aside
        aside = aside or why
    return Estimate(_NAN), "", aside


def _gaps(
    one: Objective,
    indicator: Indicator | None,
    other: Beside | None,
    evidence: Evidence,
    start: Estimate,
    period: str,
) -> tuple[tuple[Difference, Difference], Convergence]:
    none = Difference(_NAN, _NAN, _NAN)
    if indicator is None or other is None or indicator.nature not in COMPARED:
        return (none, none), Convergence(_NAN, _NAN, _NAN, UNKNOWN)
    first, last = (
        gap_of(
            evidence.figure(one.zoning, one.territory, one.indicator, date) if date else None,
            evidence.figure(other.zoning, other.territory, one.indicator, date) if date else None,
            other,
            indicator,
            mine,
        )
        for date, mine in ((one.start, start), (period, None))
    )
    return (first, last), settle(first, last, indicator.decimals)


def _hidden(
    one: Objective, evidence: Evidence, end: str, figures: tuple[Estimate, Estimate]
) -> tuple[str, ...]:
    """Return which figures secrecy covers, ``baseline`` or ``value``: they are there, not lacking."""
    held = within(evidence.periods.get(one.indicator, ()), one.start, end)
    dates = {"baseline": [one.start], "value": [each for each in held if each > one.start]}
    return tuple(
        name
        for (name, periods), figure in zip(dates.items(), figures, strict=True)
        if not figure.told
        and any(
            is_hidden(evidence.figure(one.zoning, one.territory, one.indicator, period))
            for period in periods
        )
    )


_COVERED = {"baseline": "le point de départ ({0})", "value": "le chiffre {1}"}


def _lacking(
    one: Objective,
    indicator: Indicator | None,
    evidence: Evidence,
    figures: tuple[Estimate, Estimate],
    gaps: Sequence[Difference],
    periods: tuple[str, str],
    why: tuple[str, Sequence[str]],
) -> str:
    """Say which evidence is missing, and whom to ask; what is set aside or hidden is told apart."""
    if indicator is None:
        with_whom = f" à choisir avec {one.partner}" if one.partner else " à choisir"
        return f"Aucun indicateur n’est désigné :{with_whom}."
    (start, latest), (aside, hidden) = figures, why
    since = f"postérieur à {one.start}" if one.start else "récent"
    lost = []
    if not start.told and "baseline" not in hidden:
        lost.append(f"le point de départ ({one.start or 'année à fixer'})")
    if not latest.told and "value" not in hidden:
        lost.append(f"un chiffre {since}")
    if indicator.nature in COMPARED:
        dates = (f"en {one.start}", "à la dernière date")
        lost += [
            f"le chiffre du comparateur {date}"
            for figure, gap, date in zip(figures, gaps, dates, strict=False)
            if figure.told and math.isnan(gap_numbers(gap)[1])
        ]
    dated = (date for date in (one.start, periods[0]) if date)
    small = (evidence.figure(one.zoning, one.territory, one.indicator, date) for date in dated)
    whom = indicator.ask or one.partner or evidence.asks.get(indicator.theme, "")
    told = [aside] if aside else []
    told += [f"Le secret couvre {_COVERED[name].format(one.start, since)}." for name in hidden]
    if any(map(is_too_small, small)):
        told.append(NO_COMMENT)
    aimed = not math.isnan(one.goal) or not math.isnan(one.relative)
    if aimed and latest.told and not periods[1]:
        lost.append(f"un chiffre entre {one.start} et l’échéance ({one.due[:4]})")
    if aimed and start.told and latest.told and not has_way(one, start):
        told.append(no_way(one, start))
    if lost:
        told.append(f"Manque {enumerate_words(lost)}.{f' À demander : {whom}.' if whom else ''}")
    return " ".join(told)


MOMENT_COLUMNS = ("code", "moment", "period", "value", "low", "high", "status")

#: The three moments of an evaluation, and what comes once its due date is past.
START, YEARLY, CYCLE, AFTER = "départ", "fin d’année", "fin de cycle", "après l’échéance"


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
            over = period[:4] > one.due[:4]
            moment = START if period == one.start else CYCLE if closed else YEARLY
            moment = AFTER if over else moment
            numbers = (figure["value"], figure["low"], figure["high"], figure["status"])
            rows.append((one.code, moment, period, *numbers))
    return pd.DataFrame(rows, columns=list(MOMENT_COLUMNS))
