"""What published totals of some targets say of the others: bounds, tightened without assumption.

What each link carries lies between two bounds; a source shares no more than it has, and all it
has when nothing of it lies outside; a target that sources cover whole receives its total from
them. Each of these sums narrows the bounds of its terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from observatoire.passage.arrays import Flags, Floats, sum_by

if TYPE_CHECKING:
    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given

    _Pair = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known for certain of one variable: links, sources and targets."""

    links: Links
    low: Floats  # of each source
    high: Floats
    enclosed: Flags  # sources of which nothing lies outside
    full: Flags  # targets that sources cover whole
    wanted: Floats  # total of each target, blank when unknown

    def by_target(self, numbers: Floats) -> Floats:
        return sum_by(self.links.target, numbers, len(self.wanted))

    def by_source(self, numbers: Floats) -> Floats:
        return sum_by(self.links.source, numbers, len(self.low))


def tightened(links: Links, given: Given, column: int, wanted: Floats) -> _Pair:
    """Return the bounds of every target that hold for certain once some totals are known."""
    known = _known(links, given, column, wanted)
    links = known.links
    least = links.low * known.low[links.source]
    most = np.where(links.high > 0, links.high * known.high[links.source], 0.0)
    # An infinite bound less an infinite bound says nothing, and a NaN is never kept below.
    with np.errstate(invalid="ignore"):
        least, most = _by_targets(known, least, most)
        least, most = _by_sources(known, least, most)
        low, high = known.by_target(least), known.by_target(most)
        usable = np.where(_feasible(known, least, most), known.wanted, np.nan)
        together = _by_neighbourhood(known, (least, most), usable)
        # Where part of a target has no source, nothing says the most that it counts.
        high = np.where(known.full, np.fmin(high, together[1]), np.nan)
        return np.fmax(low, together[0]), high


def _known(links: Links, given: Given, column: int, wanted: Floats) -> _Known:
    values = given.numbers[:, column]
    low, high = np.nan_to_num(values, nan=0.0), np.where(np.isnan(values), np.inf, values)
    for bounds, stated in ((low, given.low), (high, given.high)):
        if stated is not None:
            known = ~np.isnan(stated[:, column])
            bounds[known] = stated[known, column]
    return _Known(links, low, high, links.enclosed, links.full, wanted)


def _feasible(known: _Known, least: Floats, most: Floats) -> Flags:
    # A total that the sources contradict says nothing of the neighbours.
    low, high = known.by_target(least), known.by_target(most)
    feasible: Flags = (known.wanted >= low) & ((known.wanted <= high) | ~known.full)
    return feasible


def _by_targets(known: _Known, least: Floats, most: Floats) -> _Pair:
    """Narrow each link by what the other sources of its target give."""
    target = known.links.target
    feasible = _feasible(known, least, most)[target]
    total = known.wanted[target]
    others_most = known.by_target(most)[target] - most
    others_least = known.by_target(least)[target] - least
    # Where part of a target has no source, its total may come from there.
    owed = feasible & known.full[target]
    return (
        np.where(owed, np.fmax(least, total - others_most), least),
        np.where(feasible, np.fmin(most, total - others_least), most),
    )


def _by_sources(known: _Known, least: Floats, most: Floats) -> _Pair:
    """Narrow each link by what its source leaves to it: what others cannot take, or must."""
    source = known.links.source
    taken = known.by_source(least)[source] - least
    room = known.by_source(most)[source] - most
    room = np.where(known.enclosed[source], room, np.inf)
    return np.fmax(least, known.low[source] - room), np.fmin(most, known.high[source] - taken)


def _by_neighbourhood(known: _Known, bounds: _Pair, wanted: Floats) -> _Pair:
    """Bounds of a target by what all its sources together give to the other targets."""
    least, most = bounds
    links = known.links
    if not np.isfinite(known.high[links.source]).all():
        return np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    meets = links.pattern
    lost = meets @ np.where(known.enclosed, 0.0, known.high)
    given_least, given_most = links.matrix(least) @ meets.T, links.matrix(most) @ meets.T
    # Row j, column k: what target j takes from the sources of target k.
    first, second = meets.astype(bool).dot(meets.astype(bool).T).nonzero()
    apart = first != second
    first, second = first[apart], second[apart]
    taken_least = np.asarray(given_least[first, second]).ravel()
    taken_most = np.asarray(given_most[first, second]).ravel()
    elsewhere = known.by_target(most)[first] - taken_most
    published = ~np.isnan(wanted[first])
    owed = np.where(published & known.full[first], wanted[first] - elsewhere, -np.inf)
    taken_least = np.fmax(taken_least, owed)
    taken_most = np.where(published, np.fmin(taken_most, wanted[first]), taken_most)
    count = len(wanted)
    low = meets @ known.low - sum_by(second, taken_most, count) - lost
    return low, meets @ known.high - sum_by(second, taken_least, count)
