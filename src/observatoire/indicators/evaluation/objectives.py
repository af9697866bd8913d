"""Each objective of a contract next to the figures: baseline, latest, target, what lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words, round_half_up
from observatoire.indicators.comparison.gaps import COMPARED, NO_COMMENT
from observatoire.indicators.evaluation.gap_changes import (
    GAP_COLUMNS,
    bounded_fields,
    gap_decimals,
    gap_fields,
    gap_numbers,
    gap_of,
    settle,
)
from observatoire.indicators.evaluation.objective import (
    Objective,
    goal_of,
    has_way,
    no_way,
    reached,
)
from observatoire.indicators.evaluation.trends import change_of
from observatoire.indicators.evaluation.windows import within
from observatoire.indicators.precision.differences import (
    UNJUDGED,
    UNKNOWN,
    Convergence,
    Difference,
    Estimate,
)
from observatoire.indicators.precision.estimates import (
    bounds_of,
    estimate_of,
    is_hidden,
    is_too_small,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.indicators.comparison.comparators import Counterpart
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.values import Record

OBJECTIVE_COLUMNS = (
    "code", "orientation", "objective", "theme", "zoning", "territory", "name", "indicator",
    "start", "baseline", "baseline_low", "baseline_high", "end", "value", "low", "high",
    "change", "verdict", *GAP_COLUMNS, "goal", "relative", "reached", "reached_low", "reached_high",
    "due", "due_period", "due_value", "due_verdict", "due_reached", "due_reached_low", "due_reached_high",
    "partner", "lacking", "hidden", "evidence", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What objectives are compared with.

    ``figure`` gives the row of a protected table for a zoning, a territory, an indicator and a
    period; ``periods`` those that have figures; ``comparator`` what a territory is compared with;
    ``refuse`` why two dates may not be compared; ``asks`` whom to ask, by theme.
    """

    figure: Callable[[str, str, str, str], Record | None]
    periods: Mapping[str, Sequence[str]]
    comparator: Callable[[str, str], Counterpart | None]
    indicators: Mapping[str, Indicator]
    asks: Mapping[str, str]
    refuse: Callable[[Indicator, str, str], str]


def evaluate_objectives(
    objectives: Sequence[Objective], evidence: Evidence, end: str
) -> pd.DataFrame:
    """Return one row an objective, columns :data:`OBJECTIVE_COLUMNS`.

    Parameters
    ----------
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
    rows = [
        _Assessed(objective, evidence.indicators.get(objective.indicator), evidence, end).row()
        for objective in objectives
    ]
    return pd.DataFrame(rows, columns=list(OBJECTIVE_COLUMNS))


@dataclass(frozen=True)
class _Dated:
    """A figure up to a date, its period, and why a later one was rejected."""

    figure: Estimate
    period: str = ""
    refused: str = ""


_COVERED = {"baseline": "le point de départ ({0})", "value": "le chiffre {1}"}


@dataclass(frozen=True)
class _Assessed:
    """One objective, and what the evidence says of it."""

    objective: Objective
    indicator: Indicator | None
    evidence: Evidence
    end: str

    def row(self) -> dict[str, object]:
        """Return what :data:`OBJECTIVE_COLUMNS` names."""
        objective, start, latest, at_due = self.objective, self.start, self.latest, self.at_due
        other = self.other if self.compared else None
        return {
            **vars(objective),
            "objective": objective.label,
            **bounded_fields("baseline", start.value, *bounds_of(start)),
            "end": latest.period,
            "value": latest.figure.value,
            **dict(zip(("low", "high"), bounds_of(latest.figure), strict=True)),
            "change": latest.figure.value - start.value,
            "verdict": self._moved_to(latest.figure),
            **gap_fields(other.name if other else "", self.gaps, self.moved),
            "goal": goal_of(objective, start.value),
            **bounded_fields("reached", *reached(objective, start, latest.figure)),
            "due_period": at_due.period,
            "due_value": at_due.figure.value,
            "due_verdict": self._moved_to(at_due.figure),
            **bounded_fields("due_reached", *reached(objective, start, at_due.figure)),
            "lacking": self.lacking,
            "hidden": self.hidden,
            "source": objective.origin,
        }

    @property
    def compared(self) -> bool:
        """Whether gaps are measured of its indicator."""
        return self.indicator is not None and self.indicator.nature in COMPARED

    def figure(self, period: str, other: Counterpart | None = None) -> Record | None:
        """Return the row of the objective's territory, or of its comparator, in a period."""
        if not period:
            return None
        own = (self.objective.zoning, self.objective.territory)
        place = (other.zoning, other.code) if other else own
        return self.evidence.figure(*place, self.objective.indicator, period)

    @cached_property
    def start(self) -> Estimate:
        """The figure at the start, or what the document states when it is another."""
        stated = self.objective.baseline
        if self.indicator is None:
            return Estimate(math.nan)
        start = estimate_of(self.figure(self.objective.start))
        if math.isnan(stated):
            return start
        decimals = self.indicator.decimals
        same = not math.isnan(start.value) and round_half_up(stated, decimals) == round_half_up(
            start.value, decimals
        )
        # What a document states has no sampling error that anybody knows.
        return start if same else Estimate(stated)

    @cached_property
    def periods(self) -> list[str]:
        """The periods with figures after the start, the latest first."""
        known = self.evidence.periods.get(self.objective.indicator, ())
        start = self.objective.start
        return [each for each in reversed(within(known, start, self.end)) if each > start]

    def _last(self, periods: Sequence[str]) -> _Dated:
        refused = ""
        if self.indicator is None:
            return _Dated(Estimate(math.nan))
        for period in periods:
            found = estimate_of(self.figure(period))
            if not found.known:
                continue
            start = self.objective.start
            why = self.evidence.refuse(self.indicator, start, period) if start else ""
            if not why:
                return _Dated(found, period, refused)
            refused = refused or why
        return _Dated(Estimate(math.nan), "", refused)

    @cached_property
    def latest(self) -> _Dated:
        """The latest figure."""
        return self._last(self.periods)

    @cached_property
    def at_due(self) -> _Dated:
        """The latest figure that is not after the due date."""
        return self._last([each for each in self.periods if not self.objective.is_due_before(each)])

    def _moved_to(self, figure: Estimate) -> str:
        """Say how the figure moved of itself from the start to a later one."""
        if self.indicator is None:
            return UNJUDGED
        how = (self.indicator.direction, self.indicator.decimals)
        return change_of(self.start, figure, *how).verdict

    @cached_property
    def other(self) -> Counterpart | None:
        """What its territory is compared with."""
        place = (self.objective.zoning, self.objective.territory)
        return self.evidence.comparator(*place) if self.indicator else None

    @cached_property
    def gaps(self) -> tuple[Difference, Difference]:
        """The gaps to the comparator at the start and at the end."""
        none = Difference(math.nan, math.nan, math.nan)
        if self.indicator is None or self.other is None or not self.compared:
            return none, none
        first, last = (
            gap_of(
                self.figure(date), self.figure(date, self.other), self.other, self.indicator, stated
            )
            for date, stated in ((self.objective.start, self.start), (self.latest.period, None))
        )
        return first, last

    @cached_property
    def moved(self) -> Convergence:
        """Whether the gap closed."""
        if self.indicator is None or self.other is None or not self.compared:
            return Convergence(math.nan, math.nan, math.nan, UNKNOWN)
        return settle(*self.gaps, gap_decimals(self.indicator))

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """Which figures secrecy covers, ``baseline`` or ``value``: they are there, not lacking."""
        dates = {"baseline": [self.objective.start], "value": self.periods}
        figures = (self.start, self.latest.figure)
        return tuple(
            name
            for (name, periods), figure in zip(dates.items(), figures, strict=True)
            if not figure.known and any(is_hidden(self.figure(period)) for period in periods)
        )

    @cached_property
    def lacking(self) -> str:
        """Which evidence is missing, and whom to ask; what is rejected or hidden is said apart."""
        objective, indicator = self.objective, self.indicator
        if indicator is None:
            with_whom = f" avec {objective.partner}" if objective.partner else ""
            return f"Aucun indicateur n’est désigné : à choisir{with_whom}."
        sentences = [self.latest.refused] if self.latest.refused else []
        sentences += [
            f"Le secret couvre {_COVERED[name].format(objective.start, self._since)}."
            for name in self.hidden
        ]
        if any(is_too_small(self.figure(each)) for each in (objective.start, self.latest.period)):
            sentences.append(NO_COMMENT)
        known = self.start.known and self.latest.figure.known
        if self._aimed and known and not has_way(objective, self.start):
            sentences.append(no_way(objective, self.start))
        if lost := self._lost():
            whom = indicator.ask or objective.partner or self.evidence.asks.get(indicator.theme, "")
            asked = f" À demander : {whom}." if whom else ""
            sentences.append(f"Manque {enumerate_words(lost)}.{asked}")
        return " ".join(sentences)

    @property
    def _since(self) -> str:
        return f"postérieur à {self.objective.start}" if self.objective.start else "récent"

    @property
    def _aimed(self) -> bool:
        return not (math.isnan(self.objective.goal) and math.isnan(self.objective.relative))

    def _lost(self) -> list[str]:
        """Return the figures that are missing, in words."""
        objective, lost = self.objective, []
        if not self.start.known and "baseline" not in self.hidden:
            lost.append(f"le point de départ ({objective.start or 'année à fixer'})")
        if not self.latest.figure.known and "value" not in self.hidden:
            lost.append(f"un chiffre {self._since}")
        if self.compared and self.other:
            figures = (self.start, self.latest.figure)
            dates = (f"en {objective.start}", "à la dernière date")
            lost += [
                f"le chiffre du comparateur {date}"
                for figure, gap, date in zip(figures, self.gaps, dates, strict=True)
                if figure.known and math.isnan(gap_numbers(gap)[1])
            ]
        if self._aimed and self.latest.figure.known and not self.at_due.period:
            lost.append(f"un chiffre entre {objective.start} et l’échéance ({objective.due[:4]})")
        return lost


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
    for objective in objectives:
        assessed = _Assessed(objective, None, evidence, end)
        known = evidence.periods.get(objective.indicator, ())
        dated = [
            (period, figure)
            for period in within(known, objective.start or "0", end)
            if (figure := assessed.figure(period)) and estimate_of(figure).known
        ]
        due = objective.due[:4]
        before_due = [period for period, _ in dated if not objective.is_due_before(period)]
        for period, figure in dated:
            last = bool(before_due) and period == before_due[-1] and period[:4] == due
            moment = START if period == objective.start else CYCLE if last else YEARLY
            moment = AFTER if objective.is_due_before(period) else moment
            numbers = (figure["value"], figure["low"], figure["high"], figure["status"])
            rows.append((objective.code, moment, period, *numbers))
    return pd.DataFrame(rows, columns=list(MOMENT_COLUMNS))
