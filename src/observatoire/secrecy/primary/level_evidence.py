"""Which counts the figures of rates and averages deny to be what they are out of.

« 46,3 % » is of no fewer than forty-one people, whatever four complaints say; a mean that is everywhere an amount
over a count is over that one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.secrecy.primary.known_figures import Base
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from observatoire.secrecy.primary.known_figures import KnownFigures
    from observatoire.warehouse.connection import Warehouse

#: Per cent.
WHOLE = 100.0

_TINY = 1e-9

#: One place in so many may have a slip.
SLIPS = 3

#: In how many sizes figures must be the quotient of two others to be held for it everywhere.
SIZES = 4

#: A source, and one of its variables.
Given = tuple[str, str]

_LEVELS = (
    "SELECT o.source, variable, zoning, territory, period, value, v.nature FROM current_observation AS o "
    "JOIN variable AS v ON v.source = o.source AND v.code = variable WHERE value IS NOT NULL "
    "AND v.nature IN ('rate', 'mean') AND list_contains(?, o.source) ORDER BY ALL"
)


def denied_universes(
    warehouse: Warehouse,
    known: KnownFigures,
    lent: Sequence[str],
    per_cent: Collection[Given],
    added: Mapping[str, Mapping[str, Sequence[str]]],
) -> dict[Given, frozenset[str]]:
    """Return, by figure given without its counts, the counts that the figures themselves deny.

    ``lent`` are the sources to judge, ``per_cent`` the rates in per cent, ``added`` the counts and the
    amounts that each source gives.
    """
    given: dict[tuple[str, str, str], dict[Base, float]] = defaultdict(dict)
    for *place, value, nature in warehouse.rows(_LEVELS, [list(lent)]) if lent else ():
        base = Base(*map(str, place))
        if base[:2] in per_cent or nature == Nature.MEAN:
            given[base.source, base.variable, str(nature)][base] = float(value)
    denied: dict[Given, frozenset[str]] = {}
    for (source, variable, nature), level in given.items():
        counts = added["count"].get(source, ())
        rated = nature == Nature.RATE
        parts = counts if rated else added["amount"].get(source, ())
        evidence = LevelEvidence(known, level, WHOLE if rated else 1.0)
        out_of = {each: evidence.quotient(each, parts) for each in counts}
        found = [each for each in counts if out_of[each]]
        if not found and rated:
            found = [each for each in counts if not evidence.denied(each)]
        # Without one that is given everywhere nobody gives the universe, and any may stand for it.
        if any(map(evidence.everywhere, found)):
            others = frozenset(counts) - frozenset(found)
            denied[source, variable] = others
            for amount in filter(None, out_of.values()):  # what is shared out among them is theirs
                denied.setdefault((source, amount), others)
    return denied


@dataclass(frozen=True)
class LevelEvidence:
    """What rates, or averages, say of the counts given beside them; ``whole`` is 100 for per cent."""

    known: KnownFigures
    level: Mapping[Base, float]
    whole: float

    @cached_property
    def half(self) -> float:
        """Half of the last digit that the producer gives."""
        return 0.5 * 10.0 ** -max(_digits(value) for value in self.level.values()) + _TINY

    def everywhere(self, count: str) -> bool:
        """Say whether a count is given, or hidden, wherever the figures are."""
        return all(base._replace(variable=count) in self.known.figures for base in self.level)

    def quotient(self, count: str, parts: Iterable[str]) -> str:
        """Return the part that, divided by a count, gives the figures everywhere: no doubt is left."""
        people = self._beside(count)
        for part in parts:
            above = self._beside(part) if part != count else {}
            both = [base for base in people if base in above and people[base] > 0]
            fits = all(
                abs(self.whole * above[base] / people[base] - self.level[base]) <= self.half
                for base in both
            )
            if fits and len({people[base] for base in both}) >= SIZES:
                return part
        return ""

    def denied(self, count: str) -> bool:
        """Say whether a share is neither of a count, nor makes it, nor leaves it, where it is small.

        A share that no number of people under the threshold gives is not of few, and where a count is not
        that share of any whole number, it is not what is shared either: in more than a third of the places where
        it is small, for a sheet may have a slip.
        """
        small = {
            base: people
            for base, people in self._beside(count).items()
            if 0 < people < self.known.threshold(base) and people.is_integer()
        }
        against = [base for base, people in small.items() if self._denies(base, int(people))]
        return SLIPS * len(against) > len(small)

    def _denies(self, base: Base, people: int) -> bool:
        share, few = self.level[base], math.ceil(self.known.threshold(base))
        if any(
            abs(self.whole * round(share * of / self.whole) / of - share) <= self.half
            for of in range(1, few)
        ):
            return False
        for part in (share, self.whole - share):
            low, high = (
                self.whole * people / max(part + s, _TINY) for s in (self.half, -self.half)
            )
            if math.floor(high) >= low:
                return False
        return True

    def _beside(self, variable: str) -> dict[Base, float]:
        """Return the figures of a variable of the same source, where the level is given."""
        found = {base: self.known.value(base._replace(variable=variable)) for base in self.level}
        return {base: number for base, number in found.items() if not math.isnan(number)}


def _digits(number: float) -> int:
    """Return how many digits a number has after the mark."""
    return len(f"{number:.6f}".rstrip("0").partition(".")[2])
