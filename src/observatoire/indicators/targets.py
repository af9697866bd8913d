"""Measure the way made from a baseline to a target, and what is left open of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.indicators.comparing import LIKELY
from observatoire.indicators.evaluating import bounds_of

if TYPE_CHECKING:
    from observatoire.indicators.comparing import Estimate
    from observatoire.indicators.objectives import Objective

_NAN = float("nan")


def goal_of(one: Objective, start: float) -> float:
    """Return the target of an objective, from where it starts."""
    return one.goal if math.isnan(one.relative) else start * (1 + one.relative / 100)


def _share(one: Objective, start: float, latest: float) -> float:
    way = goal_of(one, start) - start
    return 100 * (latest - start) / way if way else _NAN


def reached(one: Objective, start: Estimate, latest: Estimate) -> tuple[float, float, float]:
    """Return the share of the way made, and what passage and sampling leave open of it.

    The worst that the passages leave open is widened by the sampling of both figures, each moved by
    its own side (method of variance estimates recovery). No bounds where the baseline may
    be the target itself, or where nobody tells the sampling error of the latest figure.
    """
    point = _share(one, start.value, latest.value)
    certain = latest.sampled or latest.least < latest.most
    if not (start.told and latest.told and certain) or not has_way(one, start):
        return point, _NAN, _NAN
    corners = [
        (_share(one, s, end), s, end)
        for s in (start.least, start.most)
        for end in (latest.least, latest.most)
    ]
    sides = _sides(start), _sides(latest)
    ends = []
    for pick in (min, max):
        here, s, end = pick(corners)
        moved = (
            [_share(one, s - sides[0][0], end), _share(one, s + sides[0][1], end)],
            [_share(one, s, end - sides[1][0]), _share(one, s, end + sides[1][1])],
        )
        beyond = math.hypot(*(pick(*each, here) - here for each in moved))
        ends.append(here - beyond if pick is min else here + beyond)
    return point, ends[0], ends[1]


def has_way(one: Objective, start: Estimate) -> bool:
    """Say whether the target lies wholly on one side of all that the baseline may be."""
    low, high = bounds_of(start)
    return (goal_of(one, low) - low) * (goal_of(one, high) - high) > 0


def no_way(one: Objective, start: Estimate) -> str:
    """Say why the share of the way has no bounds, or no sense."""
    if goal_of(one, start.value) != start.value:
        return "La cible est dans l’intervalle du départ : la part atteinte est sans bornes."
    if start.value == 0 and not math.isnan(one.relative):
        return "Le départ est nul : une variation en % n’a pas de sens."
    return "La cible est le départ lui-même : la part atteinte n’a pas de sens."


def _sides(figure: Estimate) -> tuple[float, float]:
    return figure.sides(LIKELY) if figure.sampled else (0.0, 0.0)
