"""All that a workspace could show of some indicators: every zoning, every period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.indicators.comparison.comparators import comparator_place
from observatoire.indicators.computation.compute import compute, table_of
from observatoire.indicators.computation.figures import Figures, lay_out
from observatoire.indicators.computation.table import Asked, Place
from observatoire.indicators.query import read_observations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator


@dataclass(frozen=True)
class Publishable:
    """Cells of one period over every zoning, and the producers' figures they rest on."""

    period: str
    cells: pd.DataFrame
    figures: Mapping[str, Figures]
    places: Sequence[Place]


def guarded_indicators(context: Context) -> list[Indicator]:
    """Return the indicators that could tell a count some source hides, or wait for a condition.

    What a producer gives to all without its counts (a rate, a median, an index) tells none; of what he
    lends, it depends on how many it speaks of.
    """
    guarded = {code for code, rule in context.secrecy_rules.items() if rule.guarded}
    conditioned = {
        code
        for code, rule in context.secrecy_rules.items()
        if rule.conditions or (rule.guarded and rule.diffusion != "public")
    }
    return [
        indicator
        for indicator in context.catalogue
        if (guarded if indicator.numerator else conditioned) & set(indicator.sources)
    ]


def publishable(context: Context, indicators: Sequence[Indicator]) -> Iterator[Publishable]:
    """Compute some indicators on every zoning, period by period.

    Parameters
    ----------
    indicators : sequence of Indicator
        Those to compute; periods without a figure of theirs are passed over.
    """
    known = context.periods()
    notes, places = context.sources(), places_of(context)
    for period in sorted({each for one in indicators for each in known[one.code]}):
        when = {one.code: period for one in indicators if period in known[one.code]}
        asked = [
            Asked(one.of(period), period, known[one.code]) for one in indicators if one.code in when
        ]
        figures = lay_out(read_observations(context, list(when.items())))
        cells = [cell for place in places for cell in compute(asked, figures, place, notes)]
        yield Publishable(period, table_of(cells), figures, places)


def places_of(context: Context) -> list[Place]:
    """Return every place that a table may show: whatever is not here is never shown guarded.

    Besides the zonings: what is left of them without their parts, and the rings around territories
    whose perimeters are official, and whose sources' are.
    """
    official = set(context.official_zonings())
    places = {zoning: context.place(zoning) for zoning in context.workspace.zonings}
    for comparator in context.workspace.comparators.values():
        if comparator.minus:
            made = comparator_place(context, comparator, context.workspace.main_zoning)
            places[made.zoning] = made
        for zoning in sorted(official) if comparator.ring else ():
            if {route.source for route in context.place(zoning).routes} <= official:
                made = comparator_place(context, comparator, zoning)
                places[made.zoning] = made
    return list(places.values())
