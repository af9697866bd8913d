"""What rates tell of the two counts of which they are made, and what a hidden one hides of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from observatoire.exchange.federation.joint.exposure import CountedCell, Fact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from observatoire.exchange.federation.joint.exposure import Exposure


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
