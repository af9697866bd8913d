"""What the links between zonings, and between periods, add up: as each member says, and as years are made."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from observatoire.exchange.federation.joint.exposure import CountedCell, Fact
from observatoire.territories.link_tables import WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from observatoire.exchange.federation.verification import Member

#: A zoning and the code of one of its territories.
Place = tuple[str, str]

#: How many of each make a year, by the letters before their number: half-years, quarters, months.
_IN_A_YEAR = {"S": 2, "T": 4, "": 12}


class Holding(NamedTuple):
    """What a territory holds of another zoning: whole members, and parts with their share."""

    target: Place
    whole: tuple[Place, ...]
    parts: tuple[tuple[Place, float], ...]
    complete: bool

    @property
    def places(self) -> list[Place]:
        """All the territories that it ties."""
        return [self.target, *self.whole, *(place for place, _ in self.parts)]

    def facts(self, quantity: str, period: str) -> Iterator[Fact]:
        """Write that a total holds its whole members, and no more than all that it touches."""
        total = CountedCell(quantity, *self.target, period)
        held = {CountedCell(quantity, *place, period): 1.0 for place in self.whole}
        touched = {CountedCell(quantity, *place, period): 1.0 for place, _ in self.parts}
        weights = {total: -1.0, **held}
        if self.complete and not self.parts:
            yield Fact(weights, 0.0, 0.0)
            return
        yield Fact(weights, -math.inf, 0.0)
        if self.complete:
            yield Fact({**weights, **touched}, 0.0, math.inf)


def member_links(member: Member) -> list[Holding]:
    """Return what each territory of a member holds, by the zoning of what it holds."""
    found: dict[tuple[str, Place], dict[Place, tuple[str, float, bool]]] = defaultdict(dict)
    for row in member.links:
        source = (row["zonage_source"], row["source"])
        target = (row["zonage_cible"], row["cible"])
        if source != target:
            share = _share(row["poids"])
            found[source[0], target][source] = (row["lien"], share, row["complet"] == "oui")
    return [
        Holding(
            target,
            tuple(sorted(place for place, (word, _, _) in held.items() if word == WHOLE)),
            tuple(sorted((p, share) for p, (word, share, _) in held.items() if word != WHOLE)),
            all(sure for _, _, sure in held.values()),
        )
        for (_, target), held in sorted(found.items())
    ]


def gathered(links: Iterable[Holding], spoken: Collection[Place]) -> list[Holding]:
    """Return links in order, what each holds that nothing else speaks of being gathered into one place.

    Of parts without a figure that no other link names, only the sum is bound by anything: a package of
    fifty thousand of them weighs no more than one of two.

    Parameters
    ----------
    links : iterable of Holding
        What territories hold.
    spoken : collection of Place
        Territories of which there is a figure.

    Examples
    --------
    >>> held = Holding(("c", "C"), (("q", "1"), ("q", "2"), ("q", "3")), (), complete=True)
    >>> gathered([held], {("q", "1")})[0].whole
    (('q', '1'), ('q', 'C, le reste (0)'))
    """
    every = sorted(links)
    named = Counter(place for link in every for place in link.places)
    alone = {place for place, times in named.items() if times == 1} - set(spoken)
    found = []
    for rank, link in enumerate(every):
        left = [place for place in link.whole if place in alone]
        if len(left) > 1:
            rest = (left[0][0], f"{link.target[1]}, le reste ({rank})")
            link = link._replace(whole=(*(p for p in link.whole if p not in alone), rest))  # noqa: PLW2901
        cut = [place for place, _ in link.parts if place in alone]
        if len(cut) > 1:
            rest = (cut[0][0], f"{link.target[1]}, ses autres parts ({rank})")
            kept = [(place, share) for place, share in link.parts if place not in alone]
            link = link._replace(parts=(*kept, (rest, math.nan)))  # noqa: PLW2901
        found.append(link)
    return found


def _share(written: str) -> float:
    try:
        share = float(written)
    except ValueError:
        return math.nan
    return share if 0 <= share <= 1 else math.nan


def holders(links: Sequence[Holding]) -> dict[Place, set[Place]]:
    """Return the territories of which each one is a part."""
    found: dict[Place, set[Place]] = defaultdict(set)
    for link in links:
        found[link.target] |= {place for place, _ in link.parts}
    return dict(found)


def year_facts(quantity: str, place: Place, periods: Iterable[str]) -> Iterator[Fact]:
    """Write that a year is the sum of its quarters, months or half-years, if it counts what happens."""
    inside: dict[tuple[str, str], list[str]] = defaultdict(list)
    known = set(periods)
    for period in sorted(known):
        if found := re.fullmatch(r"(\d{4})-([ST]?)\d{1,2}", period):
            inside[found[1], found[2]].append(period)
    for (year, kind), parts in inside.items():
        if year in known:
            weights = {CountedCell(quantity, *place, year): -1.0}
            weights |= {CountedCell(quantity, *place, part): 1.0 for part in parts}
            yield Fact(weights, 0.0 if len(parts) == _IN_A_YEAR[kind] else -math.inf, 0.0)
