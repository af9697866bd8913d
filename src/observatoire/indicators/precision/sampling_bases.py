"""Find what an interval rests on: denominators, wholes, inhabitants, carried to the territories."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.indicators.computation.compute import compute
from observatoire.indicators.computation.table import Asked, Place
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.sources.descriptors.sampling_design import SamplingDesign
from observatoire.values import Nature, Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.explanations import SourceNote
    from observatoire.indicators.computation.figures import Figures


@dataclass(frozen=True)
class Rules:
    """What sources declare of their precision, and what their variables were drawn from."""

    sources: Mapping[str, SamplingDesign] = field(default_factory=dict)
    complementary: frozenset[tuple[str, str]] = frozenset()
    communes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def distinct(self) -> tuple[SamplingDesign, ...]:
        """The rules, each once: many sources declare the same."""
        return tuple({repr(rule): rule for rule in self.sources.values()}.values())

    def of(self, source: str) -> SamplingDesign:
        """Return the rule of a source."""
        return self.sources.get(source, SamplingDesign())


@dataclass(frozen=True)
class IntervalPlan:
    """What must be known of an indicator to say how sure it is.

    ``base``, ``whole`` and ``inhabitants`` name counts of ``counts``; ``dispersion`` is the whole's, as
    a share of the effect of drawing addresses.
    """

    asked: Asked
    source: str
    rule: SamplingDesign
    complementary: bool
    effect: float
    base: str
    whole: str
    dispersion: float
    inhabitants: str
    counts: tuple[Asked, ...]


def plan_of(asked: Asked, figures: Mapping[str, Figures], rules: Rules) -> IntervalPlan:
    """Return what must be known of an indicator asked for at a period."""
    indicator, period = asked.indicator, asked.period
    used = indicator.at(indicator.top, period)
    source = _source_of(indicator, used, period, figures)
    rule = rules.of(source)
    counts: list[Asked] = []

    def count_of(sources: tuple[str, ...], when: str, names: tuple[str, ...]) -> str:
        counts.append(_sum_of(sources, when, indicator.at(names, when)))
        return counts[-1].indicator.code

    base = people = among = ""
    size = indicator.size
    whole = rule.whole_of(used) if indicator.nature is Nature.COUNT else None
    if indicator.denominator:
        base = count_of(indicator.sources, period, indicator.denominator)
    elif size:
        base = count_of(size.givers, size.period, size.variables)
    if whole:
        among = count_of((source,), period, whole.among)
    complementary = any((source, name) in rules.complementary for name in used)
    if rule.inhabitants and (complementary or rule.whole_below):
        people = count_of((source,), period, rule.inhabitants)
    effect = max((rule.effect_of(name) for name in used), default=rule.effect)
    dispersion = whole.dispersion / effect if whole else 1.0
    return IntervalPlan(
        asked, source, rule, complementary, effect, base, among, dispersion, people, tuple(counts)
    )


def _source_of(
    indicator: Indicator, names: Sequence[str], period: str, figures: Mapping[str, Figures]
) -> str:
    """Return which of an indicator's sources gave its figures."""
    for source in indicator.sources:
        if any(
            (source, name, period) in frame.columns for frame in figures.values() for name in names
        ):
            return source
    return next(iter(indicator.sources), "")


def sums_behind(
    indicator: Indicator, period: str, rule: SamplingDesign
) -> list[tuple[str, str, str]]:
    """Return the (source, variable, period) that intervals need besides the indicator's own."""
    wanted = []
    if size := indicator.size:
        names = indicator.at(size.variables, size.period)
        wanted += [(source, name, size.period) for source in size.givers for name in names]
    whole = rule.whole_of(indicator.at(indicator.of(period).numerator, period))
    among = whole.among if whole and indicator.nature is Nature.COUNT else ()
    for source in indicator.sources:
        names = indicator.at((*rule.inhabitants, *among), period)
        wanted += [(source, name, period) for name in names]
    return wanted


def _sum_of(sources: tuple[str, ...], period: str, names: tuple[str, ...]) -> Asked:
    """Return the count that adds some variables up, as an indicator nobody named."""
    code = f"{'+'.join(sources)} {period} {'+'.join(names)}"
    counted = Indicator(
        code, code, code, "", Nature.COUNT, "", 0, "neutral", "", "", sources, numerator=names
    )
    return Asked(counted, period)


def counted(
    plans: Sequence[IntervalPlan],
    figures: Mapping[str, Figures],
    place: Place,
    sources: Mapping[str, SourceNote],
) -> dict[tuple[str, str], Record]:
    """Carry the denominators and the inhabitants to the territories, each sum once."""
    once = {asked.indicator.code: asked for plan in plans for asked in plan.counts}
    if not once:
        return {}
    cells = compute(list(once.values()), figures, place, sources)
    return {(str(row["indicator"]), str(row["territory"])): row for row in cells}


def most_of(row: Record | None) -> float:
    """Return a count, or the most it can be: that of what holds a part."""
    return _first_known(row, "value", "high")


def largest_of(row: Record | None) -> float:
    """Return the most that a count can be, whatever its passage leaves open; NaN when it is not known."""
    return _first_known(row, "high", "value")


def least_of(row: Record | None) -> float:
    """Return a count, or the least it can be: an interval must not be too narrow."""
    return _first_known(row, "value", "low")


def _first_known(row: Record | None, *columns: str) -> float:
    numbers = (float(row[name]) for name in columns) if row is not None else ()
    return next((number for number in numbers if not math.isnan(number)), math.nan)
