"""What each cell of a table discloses of the figures that producers counted.

A number that is a weighted sum of them is disclosed as that sum, bounds included; a rate says that
its numerator is so many times its denominator. Of a number that is neither (the bounds of a rate
over territories that were split), all its figures are taken as disclosed: it may be more than an
attacker can draw from it, never less.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from observatoire.indicators.computation.table import DIRECT, is_modelled
from observatoire.memo import Memo
from observatoire.secrecy.primary.known_figures import Base, Sum
from observatoire.territories.link_tables import WHOLE
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route
    from observatoire.secrecy.primary.known_figures import KnownFigures
    from observatoire.secrecy.primary.universes import Spoken
    from observatoire.values import Record

    Terms = list[tuple[Base, float]]


#: What two ways of summing the same figures may differ by, per unit.
ROUNDING = 1e-6


class Link(NamedTuple):
    """How much of a source goes to a target: shared out, at least, at most."""

    source: str
    weight: float
    low: float
    high: float
    whole: bool


class Small(NamedTuple):
    """A sum that is shown nowhere, and too small to be found: a numerator, what it leaves out."""

    terms: tuple[tuple[Base, float], ...]
    constant: float
    value: float


@dataclass(frozen=True)
class Disclosure:
    """What one cell discloses, what it rests on, and the producer's figures it comes from.

    ``counts`` are the sums that a reader takes it for: of a count, itself; of a rate, its two.
    ``people`` are how many a figure that is no count speaks of.
    """

    sums: tuple[Sum, ...] = ()
    small: tuple[Small, ...] = ()
    sources: tuple[str, ...] = ()
    counts: tuple[Sum, ...] = ()
    people: tuple[Sum, ...] = ()


@dataclass(frozen=True)
class ShownCell:
    """One cell of a table as the plan sees it."""

    labels: tuple[str, ...]
    sums: tuple[Sum, ...]
    cause: str
    size: float
    counted: bool
    numbers: tuple[float, ...]
    counts: tuple[Sum, ...] = ()
    decimals: int = 0
    people: tuple[Sum, ...] = ()


def close(first: float, second: float) -> bool:
    """Say whether two numbers are one, up to rounding.

    Examples
    --------
    >>> close(0.1 + 0.2, 0.3), close(10.0, 10.1)
    (True, False)
    """
    return abs(first - second) <= ROUNDING * max(1.0, abs(first), abs(second))


def same(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    """Say whether two cells show the same numbers.

    Examples
    --------
    >>> same((3.0, math.nan), (3.0, math.nan)), same((3.0, math.nan), (3.0, 3.0))
    (True, False)
    """
    return all(
        (math.isnan(left) and math.isnan(right)) or close(left, right)
        for left, right in zip(first, second, strict=True)
    )


@dataclass(frozen=True, eq=False)
class Discloser:
    """Reads the cells of one zoning and period."""

    known: KnownFigures
    figures: Mapping[str, Figures]
    zoning: str
    routes: Sequence[Route]
    period: str
    memo: Memo = field(default_factory=Memo)

    def disclosure(self, row: Record, indicator: Indicator) -> Disclosure:
        """Return what a cell discloses."""
        origin = str(row["origin"])
        if origin == DIRECT:
            return self._direct(row, indicator)
        if origin.isdigit():
            return self._carried(row, indicator, int(origin))
        return Disclosure()

    def given_on(self, row: Record) -> str:
        """Return the zoning on which producers gave what a cell is made of."""
        origin = str(row["origin"])
        return self.routes[int(origin)].source if origin.isdigit() else self.zoning

    def with_people(
        self, disclosure: Disclosure, indicator: Indicator, spoken: Spoken
    ) -> Disclosure:
        """Return what a cell discloses once it is known of how many it speaks: a rate tells its numerator."""
        if not any(spoken):
            return disclosure
        small = [
            each
            for top, bases in spoken.implied
            for each in self._small(indicator, [(top, 1.0)], [(base, 1.0) for base in bases])
        ]
        implied = [self.known.sum([(top, 1.0)]) for top, _ in spoken.implied]
        return replace(
            disclosure,
            sums=_distinct([*disclosure.sums, *implied]),
            small=(*disclosure.small, *small),
            people=spoken.counts,
        )

    def counts(self, zoning: str, indicator: Indicator) -> tuple[list[Base], list[Base]] | None:
        """Return numerators and denominators of an indicator on a zoning, territory left blank."""
        return self.memo.once((zoning, indicator.code), lambda: self._counts(zoning, indicator))

    def _counts(self, zoning: str, indicator: Indicator) -> tuple[list[Base], list[Base]] | None:
        figures = self.figures.get(zoning)
        if figures is None or indicator.variable:
            return None
        top = figures.keys(indicator, indicator.numerator, self.period)
        base = figures.keys(indicator, indicator.denominator, self.period)
        if top is None or base is None:
            return None
        blank = [
            [Base(source, variable, zoning, "", period) for source, variable, period in keys]
            for keys in (top, base)
        ]
        return blank[0], blank[1]

    def _direct(self, row: Record, indicator: Indicator) -> Disclosure:
        code = str(row["territory"])
        found = self.counts(self.zoning, indicator)
        if found is None:
            return Disclosure(sources=(code,))
        top, base = ([(each.at(code), 1.0) for each in keys] for keys in found)
        exact = not math.isnan(row["value"])
        counts = [self.known.sum(terms) for terms in (top, base) if terms]
        if not base:  # bounds that a producer gives are no sum: they are kept as bounds
            sums = counts if exact else []
        elif exact:
            sums = [self._ratio(top, base, float(row["value"]) / indicator.factor)]
        else:
            sums = self._each([*top, *base])
        return Disclosure(
            _distinct(sums), self._small(indicator, top, base), (code,), _distinct(counts)
        )

    def _carried(self, row: Record, indicator: Indicator, rank: int) -> Disclosure:
        route, code = self.routes[rank], str(row["territory"])
        links = self.memo.once(rank, lambda: links_of(route)).get(code, [])
        sources = tuple(link.source for link in links)
        found = self.counts(route.source, indicator)
        if found is None:
            return Disclosure(sources=sources)
        top, base = found
        whole = all(link.whole for link in links)
        if not base:
            found_sums = _distinct(self._sums(row, indicator, links, top))
            return Disclosure(found_sums, (), sources, found_sums if whole else ())
        of_holder = row["status"] == Status.CONTEXT or is_modelled(row)
        if of_holder:
            sources = (route.enclosing[code],)
            links = [Link(sources[0], 1.0, 1.0, 1.0, whole=True)]
        tops, bases = (_spread(keys, links, "weight") for keys in (top, base))
        small = self._small(indicator, tops, bases)
        numbers = [float(row[name]) for name in ("value", "low", "high")]
        if all(math.isnan(number) for number in numbers):
            return Disclosure((), small, sources)
        whole = whole or of_holder
        if whole and not math.isnan(numbers[0]):
            ratio = (
                self._quotient(tops, bases) if is_modelled(row) else numbers[0] / indicator.factor
            )
            sums = [self._ratio(tops, bases, ratio)]
        else:
            # Its bounds take all that may be in it: of a part that nobody weighed, the whole source.
            sums = self._each([each for keys in found for each in _spread(keys, links, "high")])
        counts = [self.known.sum(terms) for terms in (tops, bases)] if whole else sums
        return Disclosure(_distinct(sums), small, sources, _distinct(counts))

    def _sums(
        self, row: Record, indicator: Indicator, links: list[Link], keys: list[Base]
    ) -> list[Sum]:
        """Return the sums that the value and the bounds of a count are."""
        sums, summed = [], None
        for name, share in (("value", "weight"), ("low", "low"), ("high", "high")):
            number = float(row[name]) / indicator.factor
            if math.isnan(number):
                continue
            terms = _spread(keys, links, share)
            if (terms, number) == summed:
                continue  # whole territories: its bounds are itself
            summed = terms, number
            if not close(math.fsum(w * self.known.value(b) for b, w in terms), number):
                return self._each(_spread(keys, links, "high"))
            sums.append(self.known.sum(terms))
        return sums

    def _ratio(self, top: Terms, base: Terms, ratio: float) -> Sum:
        """Return what a rate discloses: numerator less so many times denominator is nothing."""
        return self.known.sum([*top, *((each, -ratio * weight) for each, weight in base)])

    def _quotient(self, top: Terms, base: Terms) -> float:
        """Return the rate of a holder, which what a model makes of it gives as surely."""
        above, below = (math.fsum(w * self.known.value(b) for b, w in each) for each in (top, base))
        return above / below if below else math.nan

    def _each(self, terms: Terms) -> list[Sum]:
        """Take every figure that is known as disclosed."""
        known = dict.fromkeys(b for b, _ in terms if not math.isnan(self.known.value(b)))
        return [self.known.sum([(base, 1.0)]) for base in known]

    def _small(self, indicator: Indicator, top: Terms, base: Terms) -> tuple[Small, ...]:
        """Return numerator, denominator and what is only in the second, where they are small."""
        groups = [top, base] if base else []
        if base and indicator.unit == "%":
            groups.append([*base, *((each, -weight) for each, weight in top)])
        found = []
        for group in groups:
            value = math.fsum(weight * self.known.value(each) for each, weight in group)
            threshold = max(self.known.threshold(each) for each, _ in group)
            if not ROUNDING < value < threshold:
                continue
            rest = self.known.sum(group)
            if rest.terms:
                found.append(Small(rest.terms, value - self.known.total(rest), value))
        return tuple(found)


def links_of(route: Route) -> dict[str, list[Link]]:
    """Return the links of a route by target."""
    links: dict[str, list[Link]] = defaultdict(list)
    for row in records(route.passage.weights):
        weight, low, high = (_number(row[name]) for name in ("weight", "low", "high"))
        whole = row["link"] == WHOLE and close(weight, 1.0)
        links[str(row["target"])].append(Link(str(row["source"]), weight, low, high, whole))
    return links


def _number(value: Any) -> float:
    return 0.0 if value is None or math.isnan(float(value)) else float(value)


def _spread(keys: Iterable[Base], links: list[Link], share: str) -> Terms:
    return [
        (key.at(link.source), float(getattr(link, share)))
        for key in keys
        for link in links
        if getattr(link, share) != 0
    ]


def _distinct(sums: Iterable[Sum]) -> tuple[Sum, ...]:
    return tuple(dict.fromkeys(each for each in sums if each.terms))
