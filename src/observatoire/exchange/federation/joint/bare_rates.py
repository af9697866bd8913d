"""What rates lent without their counts tell, beside the counts that others give: a numerator that nobody counts.

A bare rate does not say of whom it is. Each count that is given in its places may be what it is out of, but
those that the figures of the year deny; where they show everywhere the quotient of two counts, it is these.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from observatoire.exchange.federation.joint.exposure import Fact
from observatoire.exchange.federation.joint.rate_terms import hide_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    import pandas as pd

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure
    from observatoire.exchange.federation.joint.links import Holding, Place
    from observatoire.exchange.federation.joint.rate_terms import RateFigure

    #: What each bare rate of a year may be out of, each with its numerator where figures show it.
    Terms = Mapping[tuple[str, str], Mapping[str, str]]

#: Stands between a rate and its universe in the name of the numerator that nobody gives.
TIMES = " × "

#: One place in so many may have a slip.
_SLIPS = 3

#: In how many sizes a rate must be the quotient of two counts to be held for it everywhere.
_SIZES = 4

_TINY = 1e-6

#: Two figures of one thing no farther apart than this are one, rounded.
_ROUNDED = 1.0


def by_year(rates: Sequence[RateFigure]) -> dict[tuple[str, str], list[RateFigure]]:
    """Gather the figures of each rate and year."""
    found: dict[tuple[str, str], list[RateFigure]] = defaultdict(list)
    for each in rates:
        found[each.place.quantity, each.place.period[:4]].append(each)
    return dict(sorted(found.items()))


def possible_terms(
    rates: Sequence[RateFigure],
    counts: pd.DataFrame,
    universes: Collection[str],
    links: Sequence[Holding],
) -> dict[tuple[str, str], dict[str, str]]:
    """Return what each bare rate of a year may be out of.

    Parameters
    ----------
    rates : sequence of RateFigure
        All that are shown of their own place.
    counts : DataFrame
        All that are shown: ``quantity``, ``zonage``, ``territoire``, ``periode``, ``valeur``.
    universes : collection of str
        The quantities that may be a universe.
    links : sequence of Holding
        What zonings add up.
    """
    where = ["zonage", "territoire", "periode"]
    dated = counts["periode"].str[:4]
    found = {}
    for (rate, year), given in by_year(rates).items():
        own = counts[dated == year]
        ends = own.groupby([*where, "quantity"])["valeur"].agg(["min", "max"])
        agreed = ends["min"].where(ends["max"] - ends["min"] <= _ROUNDED)
        table = agreed.unstack("quantity")
        places = [(r.place.zoning, r.place.territory, r.place.period) for r in given]
        beside = table.reindex(places).to_numpy(dtype=float)
        values = dict(zip(table.columns, beside.T, strict=True))
        evidence = _Evidence(given, places, values)
        proven = {name: top for name in sorted(universes) if (top := evidence.numerator(name))}
        found[rate, year] = proven or {
            name: "" for name in sorted(universes) if not evidence.denied(name, links)
        }
    return found


@dataclass(frozen=True)
class _Evidence:
    """What the figures of a rate that are shown say of the counts given beside them."""

    rate: Sequence[RateFigure]
    places: Sequence[tuple[str, str, str]]
    values: Mapping[str, np.ndarray]

    def _beside(self, count: str) -> np.ndarray:
        return self.values.get(count, np.full(len(self.rate), np.nan))

    def _ends(self, universe: str) -> tuple[np.ndarray, np.ndarray]:
        """Return between what the numerator is, out of a count."""
        people = self._beside(universe)
        low, high = (np.array([getattr(r, end) for r in self.rate]) for end in ("low", "high"))
        return low * people - _TINY, high * people + _TINY

    def numerator(self, universe: str) -> str:
        """Return the count that, out of another, is the rate wherever all are shown: no doubt is left."""
        low, high = self._ends(universe)
        people = self._beside(universe)
        for name, above in self.values.items():
            both = ~np.isnan(above) & ~np.isnan(people) & (above > 0)
            fits = (above[both] >= low[both]).all() and (above[both] <= high[both]).all()
            if name != universe and fits and len(set(people[both])) >= _SIZES:
                return name
        return ""

    def denied(self, universe: str, links: Sequence[Holding]) -> bool:
        """Say whether a count cannot be what the rate is out of.

        In more than a third of the places where it is small enough to tell, it is not that share of any whole
        number; or in more than a third of totals, parts miss their total.
        """
        low, high = self._ends(universe)
        if np.isnan(low).all():
            return False
        if not self.rate[0].mean:
            whole = (self._beside(universe) % 1 == 0) & (high - low < 1.0)
            if _SLIPS * (whole & (np.floor(high) < np.ceil(low))).sum() > whole.sum():
                return True
        ends = dict(zip(self.places, zip(low, high, strict=True), strict=True))
        sums = [missed for link in links for missed in _missed(link, ends)]
        return _SLIPS * sum(sums) > len(sums)


def _missed(
    link: Holding, ends: Mapping[tuple[str, str, str], tuple[float, float]]
) -> Iterator[bool]:
    """Say, period by period, whether all the parts of a total miss it."""
    if link.parts or not link.complete:
        return
    for period in sorted({at[2] for at in ends if at[:2] == link.target}):
        held = [ends.get((*place, period), (math.nan, math.nan)) for place in link.whole]
        low, high = np.sum(held, axis=0)
        total = ends[*link.target, period]
        if not math.isnan(low + total[0]):
            yield low > total[1] or high < total[0]


def read_bare_rates(
    made: Exposure,
    rates: Sequence[RateFigure],
    terms: Terms,
    region: Callable[[Place], object],
) -> None:
    """Add to what is shown and hidden what bare rates tell and hide.

    Parameters
    ----------
    made : Exposure
        What members show and hide of counts; what is found is added to it.
    rates : sequence of RateFigure
        The bare rates.
    terms : mapping
        What each of a year may be out of: :func:`possible_terms`.
    region : callable
        Which places links tie together.
    """
    regions = _Regions(made, region)
    found: list[Fact] = []
    for (rate, year), given in by_year(rates).items():
        for universe, numerator in terms.get((rate, year), {}).items():
            top = numerator or f"{rate}{TIMES}{universe}"
            if given[0].mean or universe in made.fractional:
                made.fractional.add(top)
            if given[0].mean:
                made.amounts.add(top)
            for each in regions.at_risk(given, top, universe):
                found += each.facts(top, universe)
                if each.share:
                    weights = {each.at(top): 1.0, each.at(universe): -1.0}
                    found.append(Fact(weights, -math.inf, 0.0))
                if each.hidden:
                    found += hide_terms(made, each, top, universe)
    made.facts += found


class _Regions:
    """Where and when something is said, and hidden, of each count."""

    def __init__(self, made: Exposure, region: Callable[[Place], object]) -> None:
        self._region = region
        self.spoken, self.dark = (defaultdict[str, set[object]](set) for _ in range(2))
        for cell in {cell for fact in made.facts for cell in fact.weights} | {*made.given}:
            self.spoken[cell.quantity].add(self._at(cell))
        for cell in made.hiding:
            self.spoken[cell.quantity].add(self._at(cell))
            self.dark[cell.quantity].add(self._at(cell))

    def _at(self, cell: CountedCell) -> object:
        return self._region((cell.zoning, cell.territory)), cell.period[:4]

    def at_risk(self, rate: Sequence[RateFigure], top: str, bottom: str) -> Iterator[RateFigure]:
        """Give the figures of a rate where some of it is shown, and some of it or of its terms hidden."""
        dark = {self._at(each.place) for each in rate if each.hidden}
        dark |= self.dark[bottom] | self.dark[top]
        lit = {self._at(each.place) for each in rate if not each.hidden}
        near = dark & lit & self.spoken[bottom]
        return (each for each in rate if self._at(each.place) in near)
