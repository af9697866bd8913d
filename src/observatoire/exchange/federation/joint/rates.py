"""What rates tell and hide of the two counts of which they are made, stated or not.

A bare rate, lent without its counts, does not say of whom it is. Each count that is given in its places may
be what it is out of, but those that the figures of the year deny; where they show everywhere the quotient of
two counts, it is these, as if its package said so.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from observatoire.exchange.federation.joint.exposure import ROUNDED, CountedCell, Fact
from observatoire.secrecy.primary.level_evidence import SIZES, SLIPS
from observatoire.secrecy.primary.universes import TIMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from observatoire.exchange.federation.joint.exposure import Exposure
    from observatoire.exchange.federation.joint.links import Holding, Place

#: Figures by which most counts are seen not to be a numerator.
_FIRST = 32

_TINY = 1e-6


class RateFigure(NamedTuple):
    """A rate or a mean that somebody shows or hides, as a quotient: between what it stands, of where.

    ``figure`` is what is printed, ``place`` that of which it is, for some stand in for want of their own;
    ``low`` is no number where it is hidden. ``share`` says that it is of a part to its whole, ``mean`` that
    it is an amount to each.
    """

    figure: CountedCell
    place: CountedCell
    low: float
    high: float
    whose: str
    floor: float
    share: bool
    mean: bool

    @property
    def hidden(self) -> bool:
        """Whether it is hidden."""
        return math.isnan(self.low)

    def at(self, quantity: str) -> CountedCell:
        """Return a count of the place of which the rate is."""
        return replace(self.place, quantity=quantity)

    def facts(self, top: str, bottom: str) -> Iterator[Fact]:
        """Write what a rate that is shown says of its two terms."""
        above, below = self.at(top), self.at(bottom)
        if top != bottom and not self.hidden:
            yield Fact({above: 1.0, below: -self.low}, 0.0, math.inf, self.figure, self.whose)
            yield Fact({above: 1.0, below: -self.high}, -math.inf, 0.0, self.figure, self.whose)


def hide_terms(
    made: Exposure, rate: RateFigure, top: str, bottom: str, besides: str = ""
) -> list[Fact]:
    """Hide the numerator of a hidden rate, and what its denominator has ``besides``; return what ties the three.

    Either is what made the rate hidden, but one that is seen not to be of few. Who shows enough people shows
    a rate of nothing, too: the numerator is then not none. Nobody can leave either more room than the denominator.
    """
    above, below = rate.at(top), rate.at(bottom)
    people = made.value(below)
    sure = rate.whose in made.given.get(below, ()) and (people or 0.0) >= rate.floor
    room = math.inf if people is None or not rate.share else people - sure
    floor = min(rate.floor, room)
    if rate.whose in made.given.get(above, ()) or floor <= 0:
        return []
    known = list(made.given.get(above, {}).values())
    facts = []
    if _hide(made, above, rate, floor, known):
        facts += [Fact({above: 1.0}, 1.0, math.inf)] * sure
    if rate.share:
        rest = rate.at(besides or f"{bottom} hors {top}")
        left = [] if people is None else [people - each for each in known]
        _hide(made, rest, rate, floor, made.given.get(rest, {}).values() or left)
        facts.append(Fact({below: 1.0, above: -1.0, rest: -1.0}, 0.0, 0.0))
    return facts


def _hide(
    made: Exposure, cell: CountedCell, rate: RateFigure, floor: float, known: Collection[float]
) -> bool:
    """Hide a term of a rate, unless it is ``known`` not to be of few.

    Whoever prints its bounds does not hide it: the rate is hidden for another's sake.
    """
    if (cell, rate.whose) in made.bounded or (known and not 0 < min(known) < rate.floor):
        return False
    if cell not in made.hiding:
        made.implied.add(cell)
    made.hiding[cell].add(rate.whose)
    made.floors[cell] = max(made.floors.get(cell, 0.0), floor)
    return True


class BareTerms:
    """What each bare rate may be out of, as its figures of a year and the counts beside them say.

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
    unsaid : mapping
        The sums of two counts that nobody gives, each with these: one may be a universe, too.
    """

    def __init__(
        self,
        rates: Sequence[RateFigure],
        counts: pd.DataFrame,
        universes: Collection[str],
        links: Sequence[Holding],
        unsaid: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.unsaid = unsaid
        self._universes = sorted({*universes, *unsaid})
        self._sums = [(x.target, x.whole) for x in links if x.complete and not x.parts]
        table = _with_sums(_table(counts), unsaid)
        rows = dict(zip(table.index, table.to_numpy(dtype=float), strict=True))
        self._evidence = {
            rate: _Evidence.of(own, [*table], rows)
            for rate, own in by_name(rates if rows else ()).items()
        }

    @cached_property
    def proven(self) -> dict[str, tuple[str, str]]:
        """The numerator and the universe of each rate of which figures leave no doubt: those most often seen."""
        found = {}
        for rate, evidence in self._evidence.items():
            seen = [(*evidence.numerator(name), name) for name in self._universes]
            times, top, bottom = max(seen, key=lambda each: each[0], default=(0, "", ""))
            if times:
                found[rate] = (top, bottom)
        return found

    def of(self, rate: str) -> list[str]:
        """Return what a rate may be out of."""
        if rate not in self._evidence:
            return []
        evidence = self._evidence[rate]
        return [
            name
            for name in self._universes
            if (name not in self.unsaid or name in evidence.names)
            and not evidence.denied(name, self._sums)
        ]


def by_name(rates: Iterable[RateFigure]) -> dict[str, list[RateFigure]]:
    """Gather the figures of each rate."""
    found: dict[str, list[RateFigure]] = defaultdict(list)
    for each in rates:
        found[each.place.quantity].append(each)
    return dict(sorted(found.items()))


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts on which those who show them agree: a row a place and period, a column a quantity."""
    where = ["zonage", "territoire", "periode", "quantity"]
    ends = counts.groupby(where, sort=False)["valeur"].agg(["min", "max"])
    return ends["min"].where(ends["max"] - ends["min"] <= ROUNDED).unstack("quantity")


def _with_sums(table: pd.DataFrame, unsaid: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Add the sums of two counts that are shown side by side, neither being seen to hold the other."""
    sums: dict[str, pd.Series] = {}
    for name, (one, other) in unsaid.items():
        if one in table.columns and other in table.columns:
            both = table[[one, other]].dropna()
            ahead = np.sign(both[one] - both[other])
            nested = len(both.drop_duplicates()) >= SIZES and abs(ahead.sum()) == (ahead != 0).sum()
            if len(both) and not nested:
                sums[name] = table[one] + table[other]
    return table.assign(**sums)


@dataclass(frozen=True)
class _Evidence:
    """What the figures of a rate that are shown say of the counts given beside them: a column each."""

    ends: np.ndarray
    mean: bool
    places: Sequence[tuple[str, str, str]]
    names: Mapping[str, int]
    beside: np.ndarray

    @classmethod
    def of(cls, rate: Sequence[RateFigure], words: list[Any], rows: dict[Any, Any]) -> _Evidence:
        """Put a rate beside the counts of its year: those of each place, by their ``words``."""
        places = [(r.place.zoning, r.place.territory, r.place.period) for r in rate]
        names = {str(name): k for k, name in enumerate(words)}
        none = np.full(len(names), np.nan)
        beside = np.array([rows.get(place, none) for place in places])
        ends = np.array([(r.low, r.high) for r in rate])
        return cls(ends, rate[0].mean, places, names, beside)

    def numerator(self, universe: str) -> tuple[int, str]:
        """Return the count that, out of another, is the rate wherever all are shown, and in how many sizes."""
        if universe not in self.names:
            return 0, ""
        rank = self.names[universe]
        known = ~np.isnan(self.beside[:, rank])
        some, left = np.flatnonzero(known), np.delete(np.arange(len(self.names)), rank)
        for rows in (some[:_FIRST], some):  # most are out by the first ones
            people, above = self.beside[rows, rank, None], self.beside[np.ix_(rows, left)]
            low, high = (self.ends[rows, k, None] * people for k in (0, 1))
            with np.errstate(invalid="ignore"):
                fits = np.isnan(above) | ((above >= low - _TINY) & (above <= high + _TINY))
            left = left[fits.all(axis=0)]
        named = list(self.names)
        for other in left.tolist():
            both = some[self.beside[some, other] > 0]
            if (sizes := len(set(self.beside[both, rank]))) >= SIZES:
                return sizes, named[other]
        return 0, ""

    def denied(self, universe: str, sums: Sequence[tuple[Place, Sequence[Place]]]) -> bool:
        """Say whether a count cannot be what the rate is out of.

        In more than a third of the places where it is small enough to tell, it is not that share of any whole
        number, or a share is shown though it counts nothing; or in more than a third of totals, parts miss
        their total.
        """
        if universe not in self.names:
            return False
        people = self.beside[:, self.names[universe]]
        low, high = (self.ends[:, k] * people + side for k, side in ((0, -_TINY), (1, _TINY)))
        some = (people > 0) | (self.ends[:, 0] > 0)  # none out of none tells nothing
        telling, missed = (people == 0) & some, (people == 0) & some
        if not self.mean:
            whole = (people % 1 == 0) & (high - low < 1.0) & some
            telling, missed = telling | whole, missed | (whole & (np.floor(high) < np.ceil(low)))
        if SLIPS * missed.sum() > telling.sum():
            return True
        at: dict[Place, dict[str, list[float]]] = defaultdict(dict)
        for (zoning, territory, period), *ends in zip(self.places, low, high, strict=True):
            if not math.isnan(ends[0]):
                at[zoning, territory][period] = ends
        totals = [
            miss for total, parts in sums if total in at for miss in _missed(at, total, parts)
        ]
        return SLIPS * sum(totals) > len(totals)


def _missed(
    at: Mapping[Place, Mapping[str, Sequence[float]]], total: Place, parts: Sequence[Place]
) -> Iterator[bool]:
    """Say, period by period, whether all the parts of a total miss it."""
    for period, (least, most) in at[total].items():
        held = [at[part][period] for part in parts if period in at.get(part, ())]
        if len(held) == len(parts):
            low, high = (math.fsum(each[k] for each in held) for k in (0, 1))
            yield low > most or high < least


def read_bare_rates(
    made: Exposure,
    rates: Sequence[RateFigure],
    terms: BareTerms,
    region: Callable[[Place], object],
) -> None:
    """Add to what is shown and hidden what bare rates tell and hide.

    Parameters
    ----------
    made : Exposure
        What members show and hide of counts; what is found is added to it.
    rates : sequence of RateFigure
        The bare rates.
    terms : BareTerms
        What each of a year may be out of.
    region : callable
        Which places links tie together.
    """
    regions = _Regions(made, region)
    found: list[Fact] = []
    for rate, given in by_name(rates).items():
        for universe in terms.of(rate):
            top, guess = f"{rate}{TIMES}{universe}", (rate, universe)
            if given[0].mean or universe in made.fractional:
                made.fractional.add(top)
            if given[0].mean:
                made.amounts.add(top)
            if given[0].share:
                made.shares[top, universe] = guess
            for each in regions.at_risk(given, universe, terms.unsaid.get(universe, ())):
                facts = [*each.facts(top, universe)]
                if each.hidden:
                    facts += hide_terms(made, each, top, universe)
                found += (fact._replace(guess=guess) for fact in facts)
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

    def at_risk(
        self, rate: Sequence[RateFigure], bottom: str, parts: Sequence[str]
    ) -> Iterator[RateFigure]:
        """Give the figures of a rate where some of it is shown, and some of it or of its terms hidden.

        ``parts`` are the two counts of which its universe is the sum, where nobody gives it: both are needed.
        """
        below = parts or (bottom,)
        dark = {self._at(each.place) for each in rate if each.hidden}
        dark = dark.union(*(self.dark[name] for name in below))
        lit = {self._at(each.place) for each in rate if not each.hidden}
        near = (dark & lit).intersection(*(self.spoken[name] for name in below))
        return (each for each in rate if self._at(each.place) in near)
