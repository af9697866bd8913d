"""How far a figure of a source that counts everyone is from the truth: its noise of itself, its rounding."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.indicators.precision.sampling_bases import IntervalPlan, least_of, most_of
from observatoire.values import Nature, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.computation.explanations import SourceNote
    from observatoire.indicators.definitions.catalogue import Indicator


#: The source's own noise between two dates, of a rate in points, of any other figure in per cent of it.
NOISE_POINTS, NOISE_PERCENT = "noise_points", "noise_percent"

#: To how much a figure is rounded, in its own unit: that of the counts it is made of.
ROUNDING = "rounding"

NOISES = (NOISE_POINTS, NOISE_PERCENT, ROUNDING)


def noises_in(
    row: Record,
    plan: IntervalPlan,
    sources: Mapping[str, SourceNote],
    base: Record | None,
) -> tuple[float, float, float]:
    """Return what :data:`NOISES` names, of a cell; ``base`` is its denominator."""
    if is_published(row, plan.asked.indicator, sources):
        return 0.0, 0.0, 0.0
    rule, rounding = plan.rule, _rounding(row, plan, base)
    if plan.asked.indicator.nature is Nature.RATE:
        return float(rule.noise_points), 0.0, rounding
    return 0.0, float(rule.noise_percent), rounding


def _rounding(row: Record, plan: IntervalPlan, base: Record | None) -> float:
    """Return to how much a count is rounded, or a rate of rounded counts; 0 where nobody rounds."""
    indicator, period, rule = plan.asked.indicator, plan.asked.period, plan.rule
    step = rule.rounding if period >= rule.rounding_from else 0.0
    if not step:
        return 0.0
    counts = len(indicator.at(indicator.numerator, period))
    if indicator.nature is Nature.COUNT:
        return step * counts
    among, value = least_of(base), most_of(row) / indicator.factor
    if indicator.nature is not Nature.RATE or not among > 0 or math.isnan(value):
        return 0.0
    wholes = len(indicator.at(indicator.denominator, period))
    return step * indicator.factor * (counts + value * wholes) / among


def is_published(row: Record, indicator: Indicator, sources: Mapping[str, SourceNote]) -> bool:
    """Say whether a figure is the one that its producer publishes, rather than computed from parts."""
    note = sources.get(indicator.published[0])
    return (
        note is not None
        and row["source"] == note.label
        and indicator.published[0] not in indicator.sources
    )
