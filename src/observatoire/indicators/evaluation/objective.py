"""One objective, and the arithmetic of its target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from observatoire.indicators.precision.differences import LIKELY, Estimate
from observatoire.indicators.precision.estimates import bounds_of
from observatoire.values import Record, last_month, records

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from observatoire.warehouse import Warehouse


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

    def is_due_before(self, period: str) -> bool:
        """Say whether a period ends after the month of the due date; a year is that of a date it holds."""
        due = self.due[: len("2013") if len(period) == len("2013") else len("2013-03")]
        return last_month(period)[: len(due)] > due


def read_objectives(
    warehouse: Warehouse, let_out: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows
) -> list[Objective]:
    """Return the objectives of the standing loads, in the order of their files."""
    return [_objective(row) for row in records(let_out(warehouse.frame(_SELECT)))]


def _objective(row: Record) -> Objective:
    fields: dict[str, Any] = {
        name: float(row[name]) if name in ("baseline", "goal", "relative") else str(row[name])
        for name in Objective.__dataclass_fields__
    }
    return Objective(**fields)


def goal_of(objective: Objective, start: float) -> float:
    """Return the target of an objective, from where it starts."""
    return (
        objective.goal if math.isnan(objective.relative) else start * (1 + objective.relative / 100)
    )


def _share(objective: Objective, start: float, latest: float) -> float:
    """Return the share of the way to the target that is made, in per cent."""
    way = goal_of(objective, start) - start
    return 100 * (latest - start) / way if way else math.nan


def reached(objective: Objective, start: Estimate, latest: Estimate) -> tuple[float, float, float]:
    """Return the progress towards the target, and what passage and sampling leave open of it.

    The worst that the passages leave open is widened by the sampling of both figures, each moved by
    its own side (method of variance estimates recovery). No bounds where the baseline may
    be the target itself, or where the sampling error of the latest figure is unknown.
    """
    point = _share(objective, start.value, latest.value)
    certain = latest.sampled or latest.least < latest.most
    if not (start.known and latest.known and certain) or not has_way(objective, start):
        return point, math.nan, math.nan
    corners = [
        (_share(objective, first, last), first, last)
        for first in (start.least, start.most)
        for last in (latest.least, latest.most)
    ]
    (start_below, start_above), (last_below, last_above) = _sides(start), _sides(latest)
    bounds = []
    for extreme, side in ((min, -1), (max, 1)):
        share, first, last = extreme(corners)
        moves = (
            [(first - start_below, last), (first + start_above, last)],
            [(first, last - last_below), (first, last + last_above)],
        )
        reaches = [extreme(share, *(_share(objective, *each) for each in move)) for move in moves]
        bounds.append(share + side * math.hypot(*(reach - share for reach in reaches)))
    return point, bounds[0], bounds[1]


def has_way(objective: Objective, start: Estimate) -> bool:
    """Say whether the target lies wholly on one side of all that the baseline may be."""
    low, high = bounds_of(start)
    return (goal_of(objective, low) - low) * (goal_of(objective, high) - high) > 0


def no_way(objective: Objective, start: Estimate) -> str:
    """Say why the share of the way has no bounds, or no sense."""
    if goal_of(objective, start.value) != start.value:
        return "La cible est dans l’intervalle du départ : la part atteinte est sans bornes."
    if start.value == 0 and not math.isnan(objective.relative):
        return "Le départ est nul : une variation en % n’a pas de sens."
    return "La cible est le départ lui-même : la part atteinte n’a pas de sens."


def _sides(figure: Estimate) -> tuple[float, float]:
    """Return how far sampling may move a figure, below and above."""
    return figure.sides(LIKELY) if figure.sampled else (0.0, 0.0)
