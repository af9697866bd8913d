"""Put what members show and hide into one system: their figures, their sums, their rates."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.exchange.federation.joint.definitions import ADDED, Definitions
from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure, Fact, groups
from observatoire.exchange.federation.joint.links import (
    Holding,
    gathered,
    holders,
    member_links,
    year_facts,
)
from observatoire.exchange.federation.joint.neighbours import (
    looked_up,
    near_bare_rates,
    near_hidden,
)
from observatoire.exchange.federation.joint.rates import (
    BareTerms,
    RateFigure,
    hide_terms,
    read_bare_rates,
)
from observatoire.exchange.federation.joint.twins import twins
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from observatoire.exchange.federation.joint.definitions import Key
    from observatoire.exchange.federation.joint.links import Place
    from observatoire.exchange.federation.verification import Member
    from observatoire.values import Record

_SECRET, _CONTEXT = Status.SECRET.label, Status.CONTEXT.label
_SURE = frozenset((Status.OBSERVED.label, Status.AGGREGATED.label))
_PASSED = frozenset((Status.ESTIMATED.label, Status.BOUNDED.label))

#: The precision of a figure whose bounds are those of a sample: they are not sure.
_SAMPLED = "sondage"

#: Part of a figure under which a gap is one of rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Federated:
    """Members as one system: what they count, what their links say; what no audit could prove of them."""

    members: Sequence[Member]
    definitions: Definitions
    links: dict[str, list[Holding]] = field(repr=False)
    holders: dict[str, dict[Place, set[Place]]] = field(repr=False)
    unproven: set[CountedCell] = field(repr=False, default_factory=set)

    @classmethod
    def of(cls, members: Sequence[Member]) -> Federated:
        """Read what members say of themselves, and what their figures show to be one thing."""
        links = {member.name: member_links(member) for member in members}
        parts = {name: holders(given) for name, given in links.items()}
        return cls(members, Definitions.of(members, twins(members)), links, parts)

    def cells(self, figures: pd.DataFrame) -> list[CountedCell]:
        """Return what each figure is of."""
        names, period = self.definitions.names, self.definitions.period
        columns = ["observatoire", "indicateur", "zonage", "territoire", "periode"]
        rows = figures[columns].itertuples(index=False, name=None)
        return [
            CountedCell(name, zoning, territory, period(name, when))
            for who, code, zoning, territory, when in rows
            for name in [names[who, code]]
        ]

    def related(self, figures: pd.DataFrame, terms: BareTerms | None = None) -> pd.DataFrame:
        """Keep the figures that might bear on a count that somebody hides; of bare rates too, with their terms."""
        if figures.empty:
            return figures
        of = pd.DataFrame(
            {
                "what": looked_up(figures, ["observatoire", "indicateur"], self.things),
                "where": looked_up(figures, ["zonage", "territoire"], self._tied_places),
                "when": figures["periode"].str[:4],
                "dark": figures["statut"] == _SECRET,
            }
        )
        kept = near_hidden(of)
        if terms is not None:
            of = of.assign(quantity=self._quantities(figures))
            bare, universes = self.definitions.bare, self.definitions.universes
            kept |= near_bare_rates(of, kept, bare, universes)
        return figures[kept]

    def _quantities(self, figures: pd.DataFrame) -> pd.Series:
        return looked_up(figures, ["observatoire", "indicateur"], self.definitions.names)

    @cached_property
    def things(self) -> dict[tuple[str, str], str]:
        """What each indicator of a member is tied to by definitions: one name for all that is tied."""
        tied = groups(self.definitions.tied())
        return {key: str(tied.get(name, name)) for key, name in self.definitions.names.items()}

    @cached_property
    def _tied_places(self) -> dict[tuple[str, str], str]:
        ties = (link.places for links in self.links.values() for link in links)
        return {place: "\0".join(top) for place, top in groups(ties).items()}  # type: ignore[misc, arg-type]

    @cached_property
    def _into(self) -> dict[tuple[str, Place], list[Holding]]:
        """What each member says that a territory holds."""
        found: dict[tuple[str, Place], list[Holding]] = defaultdict(list)
        for who, links in self.links.items():
            for link in links:
                found[who, link.target].append(link)
        return found

    def seen_in(self, figures: pd.DataFrame) -> tuple[Federated, BareTerms | None]:
        """Return members as a year’s figures show them, and what each rate that stays bare may be out of."""
        terms = self._terms(figures)
        if terms is None or not terms.proven:
            return self, terms
        definitions = replace(self.definitions, proven=terms.proven)
        return replace(self, definitions=definitions), terms if definitions.bare else None

    def _terms(self, figures: pd.DataFrame) -> BareTerms | None:
        if figures.empty or not self.definitions.bare:
            return None
        quantity = self._quantities(figures)
        sure = figures["statut"].isin(_SURE)
        bare = figures[sure & quantity.isin(self.definitions.bare)]
        rows = zip(records(bare), self.cells(bare), strict=True)
        rates = [each for row, cell in rows for each in self._rate(row, cell)]
        counts = figures.assign(quantity=quantity)[sure & quantity.isin(self.definitions.added)]
        counts = counts.assign(periode=[cell.period for cell in self.cells(counts)])
        links = [link for given in self.links.values() for link in given]
        sums = self.definitions.unsaid_sums
        return BareTerms(rates, counts, self.definitions.universes, links, sums)

    def exposure(self, figures: pd.DataFrame, terms: BareTerms | None = None) -> Exposure:
        """Put what members show and hide into one system; bare rates too, with what they may be out of."""
        made = Exposure(unproven=self.unproven)
        rates: list[tuple[Key, RateFigure]] = []
        for row, cell in zip(records(figures), self.cells(figures), strict=True):
            key = (row["observatoire"], row["indicateur"])
            if self.definitions.nature(key) not in ADDED:
                rates += ((key, each) for each in self._rate(row, cell))
            elif row["statut"] == _CONTEXT:
                made.facts += self._context(row, cell)
            elif row["statut"] == _SECRET:
                made.hiding[cell].add(key[0])
                made.floors[cell] = max(
                    made.floors.get(cell, 0.0), self._floors[key[0]](key[1], cell.period)
                )
            elif row["statut"] in _SURE and float(row["valeur"]) >= 0:
                made.given[cell][key[0]] = float(row["valeur"])
            elif row["statut"] in _PASSED:
                made.facts += self._passed(row, cell)
                made.bounded.add((cell, key[0]))
        made.amounts |= self.definitions.amounts
        made.fractional |= self._fractional(made)
        self._read_rates(made, rates, terms)
        made.facts += self._structure(made)
        return made

    @cached_property
    def _floors(self) -> dict[str, Callable[[str, str], float]]:
        return {member.name: member.floor for member in self.members}

    def _fractional(self, made: Exposure) -> set[str]:
        """Return what does not count by ones: who hides some of it says so, or else anybody."""
        hiders: dict[str, set[str]] = defaultdict(set)
        for cell, given in made.hiding.items():
            hiders[cell.quantity] |= given
        return made.amounts | {
            cell.quantity
            for cell, given in made.given.items()
            for who, value in given.items()
            if not value.is_integer() and who in hiders.get(cell.quantity, given)
        }

    def _passed(self, row: Record, cell: CountedCell) -> Iterator[Fact]:
        """Read an estimate, or bounds: each is a sum of what the territory holds and touches."""
        who = row["observatoire"]
        value, low, high = (float(row[n]) for n in ("valeur", "borne_basse", "borne_haute"))
        if row["precision"] == _SAMPLED:
            return
        if 0 <= high < math.inf and low <= high:
            yield Fact({cell: 1.0}, max(low, 0.0), high, cell, who)
        half = self.definitions.half((who, row["indicateur"])) + _ROUNDING * abs(value)
        for link in self._into.get((who, (cell.zoning, cell.territory)), ()):
            if not link.parts:
                continue
            whole = {_of(cell, place): 1.0 for place in link.whole}
            touched = {_of(cell, place): 1.0 for place, _ in link.parts}
            shared = {_of(cell, place): share for place, share in link.parts}
            if low >= 0 and whole:
                yield Fact(whole, low, low, cell, who)
            if 0 <= high < math.inf:
                yield Fact({**whole, **touched}, high, high, cell, who)
            if value >= 0 and not any(map(math.isnan, shared.values())):
                yield Fact({**whole, **shared}, value - half, value + half, cell, who)

    def _rate(self, row: Record, cell: CountedCell) -> Iterator[RateFigure]:
        """Read a rate or a mean: of its own place, or of the one that encloses it, where only one does."""
        key, value = (row["observatoire"], row["indicateur"]), float(row["valeur"])
        per, hidden = self.definitions.per(key), row["statut"] == _SECRET
        place = cell
        if row["statut"] == _CONTEXT:
            around = self._around(row, cell)
            if len(around) != 1:
                return
            place = _of(cell, next(iter(around)))
        shown = value >= 0 and row["statut"] in (*_SURE, _CONTEXT)
        if not per or not (hidden or shown):
            return
        half, mean = self.definitions.half(key), self.definitions.mean(key)
        low, high = max(value - half, 0.0) / per, (value + half) / per
        ends = (math.nan, math.nan) if hidden else (low, high)
        share = self.definitions.share(key)
        floor = self._floors[key[0]](key[1], cell.period)
        yield RateFigure(cell, place, *ends, key[0], floor, share, mean)

    def _read_rates(
        self, made: Exposure, rates: Sequence[tuple[Key, RateFigure]], terms: BareTerms | None
    ) -> None:
        """Read what rates say, and hide, of their terms: those that members state, then the others."""
        above_all = {each.place.quantity for _, each in rates if each.low > 1.0}
        shares = self.definitions.shares.items()
        made.shares |= {terms: None for name, terms in shares if name not in above_all}
        loose, hidden = list[RateFigure](), list[tuple[RateFigure, str, str]]()
        for key, each in rates:
            rate = each._replace(share=each.share and each.place.quantity not in above_all)
            stated = self.definitions.quotient(key)
            if stated is None:
                loose.append(rate)
            elif rate.hidden:
                hidden.append((rate, *stated[:2]))
            else:
                made.facts += rate.facts(*stated[:2])
        besides = self.definitions.besides
        for rate, top, bottom in hidden:
            own = (made.hiding.get(rate.at(name), ()) for name in (top, bottom))
            if not any(rate.whose in hiders for hiders in own):  # hidden for its own sake
                made.facts += hide_terms(made, rate, top, bottom, besides.get((top, bottom), ""))
        if terms is not None:
            read_bare_rates(made, loose, terms, self._region)

    def _region(self, place: Place) -> str:
        return self._tied_places.get(place, "\0".join(place))

    def _context(self, row: Record, cell: CountedCell) -> Iterator[Fact]:
        """Read the count of the territory that encloses this one, where only one does."""
        around, value = self._around(row, cell), float(row["valeur"])
        if len(around) == 1 and value >= 0:
            place = _of(cell, next(iter(around)))
            yield Fact({place: 1.0}, value, value, cell, row["observatoire"])

    def _around(self, row: Record, cell: CountedCell) -> set[Place]:
        """Return the territories of which a figure may be, shown for want of this one's own.

        That of which this one is a part, as its package says, or else as others do. Of one that holds it
        whole nobody says that the figure is of it.
        """
        own = (cell.zoning, cell.territory)
        every = {place for held in self.holders.values() for place in held.get(own, ())}
        return self.holders[row["observatoire"]].get(own, set()) or every

    def _structure(self, made: Exposure) -> list[Fact]:
        """Write what definitions, links and years add up, of every count that is spoken of."""
        known = {cell for fact in made.facts for cell in fact.weights}
        known |= {*made.given, *made.hiding}
        quantities = {cell.quantity for cell in known}
        unsaid = self.definitions.unsaid_sums.items()
        sums = self.definitions.sums() | {one: two for one, two in unsaid if one in quantities}
        spoken = {(cell.zoning, cell.territory) for cell in known}
        links = gathered({link for given in self.links.values() for link in given}, spoken)
        found: dict[tuple[object, ...], Fact] = {}
        for _ in range(2):  # what links reach may be a sum of categories in its turn
            years = _years(cell for cell in known if cell.quantity not in self.definitions.stocks)
            facts = [*_category_facts(sums, known), *_link_facts(links, known), *years]
            for fact in facts:
                found.setdefault((*fact.weights.items(), fact.low), fact)
                known |= set(fact.weights)
        return _telling([*found.values(), *_share_facts(made.shares, known)], made)

    def supports(self, row: Record, cell: CountedCell) -> list[CountedCell] | None:
        """Return what a figure that is no count, or not a territory's own, may rest on; None where nobody says."""
        key, own = (row["observatoire"], row["indicateur"]), (cell.zoning, cell.territory)
        terms = self.definitions.quotient(key)
        counted = self.definitions.per(key) or self.definitions.nature(key) in ADDED
        if row["statut"] == _CONTEXT:
            around = self._around(row, cell)
            if not around or (len(around) > 1 and counted):
                return None
        elif row["statut"] in _PASSED and self.definitions.nature(key) not in ADDED:
            around = {
                place for link in self._into.get((key[0], own), ()) for place in link.places[1:]
            }
        else:
            return []
        names = [cell.quantity, *(terms[:2] if terms else ())]
        return [_called(_of(cell, place), name) for place in sorted(around) for name in names]


def _of(cell: CountedCell, place: Place) -> CountedCell:
    return CountedCell(cell.quantity, *place, cell.period)


def _called(cell: CountedCell, quantity: str) -> CountedCell:
    return CountedCell(quantity, cell.zoning, cell.territory, cell.period)


def _category_facts(sums: dict[str, tuple[str, ...]], known: set[CountedCell]) -> Iterator[Fact]:
    by_name = defaultdict(list)
    for total, parts in sums.items():
        for name in (total, *parts):
            by_name[name].append((total, parts))
    written: set[CountedCell] = set()
    for cell in sorted(known):
        for total, parts in by_name.get(cell.quantity, ()):
            whole = _called(cell, total)
            if whole in written:  # of each of its parts the same would be written again
                continue
            written.add(whole)
            weights = {whole: -1.0}
            yield Fact(weights | {_called(cell, part): 1.0 for part in parts}, 0.0, 0.0)


def _share_facts(
    shares: Mapping[tuple[str, str], tuple[str, str] | None], known: set[CountedCell]
) -> Iterator[Fact]:
    """Write that a part is no more than its whole, wherever both are spoken of."""
    wholes = defaultdict(list)
    for part, whole in shares:
        wholes[part].append(whole)
    for cell in sorted(known):
        for whole in wholes.get(cell.quantity, ()):
            if (of := _called(cell, whole)) in known:
                weights = {cell: 1.0, of: -1.0}
                yield Fact(weights, -math.inf, 0.0, guess=shares[cell.quantity, whole])


def _link_facts(links: list[Holding], known: set[CountedCell]) -> Iterator[Fact]:
    columns = defaultdict(set)
    for cell in known:
        columns[cell.zoning, cell.territory].add((cell.quantity, cell.period))
    for link in links:
        spoken = {one for place in link.places for one in columns.get(place, ())}
        for quantity, period in sorted(spoken):
            yield from link.facts(quantity, period)


def _years(known: Iterable[CountedCell]) -> Iterator[Fact]:
    periods = defaultdict(set)
    for cell in known:
        periods[cell.quantity, cell.zoning, cell.territory].add(cell.period)
    for (quantity, *place), given in sorted(periods.items()):
        if len(given) > 1:
            yield from year_facts(quantity, (place[0], place[1]), given)


def _telling(facts: list[Fact], made: Exposure) -> list[Fact]:
    """Leave out the sums whose total nothing else speaks of: they say nothing of their parts."""
    spoken = {cell for fact in made.facts for cell in fact.weights} | {*made.given, *made.hiding}
    while True:
        times: dict[CountedCell, int] = defaultdict(int)
        for fact in facts:
            for cell in fact.weights:
                times[cell] += 1
        kept = [
            fact
            for fact in facts
            if not any(
                weight < 0 and times[cell] == 1 and cell not in spoken
                for cell, weight in fact.weights.items()
            )
        ]
        if len(kept) == len(facts):
            return facts
        facts = kept
