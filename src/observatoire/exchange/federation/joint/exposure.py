"""What some members show and hide of counts, and all that ties them: the facts that an attacker puts together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from observatoire.french.typography import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

#: Steps of the simplex, each of a row, that are spent on each hidden count, and on all that is tied besides.
_STEPS, _MORE = 300_000, 30_000_000

#: Steps that the least search takes.
_SEARCH = 30

#: Two figures of one thing no farther apart than this are one, rounded.
ROUNDED = 1.0


@dataclass(frozen=True, order=True)
class CountedCell:
    """One count: what is counted, where, when; or any other figure, by what it is of."""

    quantity: str
    zoning: str
    territory: str
    period: str

    def __str__(self) -> str:
        """Write it as a reason does."""
        return f"{self.quantity} de {self.territory} ({self.zoning}, {self.period})"


class Fact(NamedTuple):
    """Between what a weighted sum of counts stands: a figure shows it, a link or a definition says it.

    ``guess`` are a bare rate and what it is held to be out of, where nobody says it.
    """

    weights: Mapping[CountedCell, float]
    low: float
    high: float
    figure: CountedCell | None = None
    whose: str = ""
    guess: tuple[str, str] | None = None


class Piece(NamedTuple):
    """The unknown counts that facts tie to one of them, and those facts, the nearest first."""

    cells: list[CountedCell]
    facts: list[Fact]


@dataclass(eq=False)
class Exposure:
    """What some members show and hide of counts, and all that ties them.

    ``given`` are the figures shown as exact, by who shows them; ``hiding`` who hides each count;
    ``floors`` how wide, and how high, what is left of it must reach; ``fractional`` the quantities that do
    not count by ones, of which ``amounts`` must be left as wide as they are high. ``bounded`` are the counts
    whose bounds somebody prints, and who. ``implied`` are the hidden
    counts that nobody gives, the terms of a hidden rate: they may be zero. ``shares`` are what is a part of
    what, each with the guess by which it is, if it is by one. ``remembered`` are the figures that a reader has
    already: to withhold them now would be of no use. Where ``loose`` names quantities, no figure of
    another may be withheld. ``unproven`` are held given away because the work they may take is spent.
    """

    given: dict[CountedCell, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    hiding: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    floors: dict[CountedCell, float] = field(default_factory=dict)
    fractional: set[str] = field(default_factory=set)
    amounts: set[str] = field(default_factory=set)
    bounded: set[tuple[CountedCell, str]] = field(default_factory=set)
    implied: set[CountedCell] = field(default_factory=set)
    shares: dict[tuple[str, str], tuple[str, str] | None] = field(default_factory=dict)
    remembered: set[CountedCell] = field(default_factory=set)
    loose: frozenset[str] = frozenset()
    facts: list[Fact] = field(default_factory=list)
    unproven: set[CountedCell] = field(default_factory=set)
    _work: dict[object, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def hidden(self) -> set[CountedCell]:
        """The counts that somebody hides and nobody shows."""
        return set(self.hiding) - set(self.given)

    def value(self, cell: CountedCell, without: Collection[CountedCell] = ()) -> float | None:
        """Return what a count is, where figures that are shown agree on it."""
        given = self.given.get(cell)
        if not given or cell in without:
            return None
        known = list(given.values())
        agreed = cell in self.hiding or max(known) - min(known) <= ROUNDED
        whole = cell.quantity in self.fractional or known[0].is_integer()
        return known[0] if agreed and whole else None

    @cached_property
    def showing(self) -> dict[CountedCell, set[str]]:
        """Who shows each figure."""
        found = defaultdict(set, {cell: set(given) for cell, given in self.given.items()})
        for fact in self.facts:
            if fact.figure is not None:
                found[fact.figure].add(fact.whose)
        return found

    @cached_property
    def _touching(self) -> dict[CountedCell, list[int]]:
        found = defaultdict(list)
        for rank, fact in enumerate(self.facts):
            for cell in fact.weights:
                found[cell].append(rank)
        return found

    @cached_property
    def _tied(self) -> Mapping[object, object]:
        """One of all that facts tie together, known or not: what is withheld changes nothing of it."""
        return groups(fact.weights for fact in self.facts)

    @cached_property
    def _room(self) -> dict[object, float]:
        """The work that may be spent on all that is tied to each of these."""
        many = Counter(self._tied.get(cell, cell) for cell in self.hiding)
        return {top: _MORE + _STEPS * times for top, times in many.items()}

    def spend(self, cell: CountedCell, work: float) -> None:
        """Count the work that is done on what is tied to a count."""
        self._work[self._tied.get(cell, cell)] += work

    def spent(self, piece: Piece) -> bool:
        """Say whether one more search in a piece would be beyond the work that may be spent on it.

        Counted in steps, not in seconds: what is withheld must be the same on any machine, on any day.
        """
        top = self._tied.get(piece.cells[0], piece.cells[0])
        return self._work[top] + _SEARCH * len(piece.facts) > self._room.get(top, _MORE)

    def piece(self, start: CountedCell, without: Collection[CountedCell] = ()) -> Piece:
        """Return what facts tie to a count, through others unknown, had some figures not been shown."""
        cells, kept, front = {start: None}, dict[int, None](), [start]
        for cell in front:
            for rank in self._touching.get(cell, ()):
                fact = self.facts[rank]
                if rank in kept or fact.figure in without:
                    continue
                kept[rank] = None
                fresh = [
                    c for c in fact.weights if c not in cells and self.value(c, without) is None
                ]
                cells |= dict.fromkeys(fresh)
                front += fresh
        return Piece(list(cells), [self.facts[rank] for rank in kept])

    def bears_on(
        self, figure: CountedCell, without: Collection[CountedCell] = ()
    ) -> set[CountedCell]:
        """Return the unknown counts on which a figure bears, had it and others not been shown."""
        starts = {c for fact in self.facts if fact.figure == figure for c in fact.weights}
        found: set[CountedCell] = set()
        for start in {figure, *starts}:
            found |= set(self.piece(start, without).cells)
        return found

    def touched_by(
        self, quantities: Collection[str], without: Collection[CountedCell] = ()
    ) -> set[CountedCell]:
        """Return the unknown counts on which the figures of some quantities bear."""
        found: set[CountedCell] = set()
        for fact in self.facts:
            if fact.figure is not None and fact.figure.quantity in quantities:
                for start in set(fact.weights) - found:
                    found |= {start, *self.piece(start, without).cells}
        return found

    def near(
        self, facts: Iterable[Fact], without: Collection[CountedCell] = ()
    ) -> list[CountedCell]:
        """Return the figures of which facts are made, in their order; parts before totals."""
        found: dict[CountedCell, None] = {}
        for fact in facts:
            if fact.figure is not None:
                found[fact.figure] = None
            shown = [
                (weight < 0, min(self.given[cell].values()), cell)
                for cell, weight in fact.weights.items()
                if cell not in without and cell in self.given
            ]
            found |= dict.fromkeys(cell for _, _, cell in sorted(shown))
        return [
            figure
            for figure in found
            if figure not in self.hiding
            and figure not in self.remembered
            and (not self.loose or figure.quantity in self.loose)
        ]

    def reason(self, cell: CountedCell) -> str:
        """Say from what a count is drawn: the fact that leaves the fewest others unknown."""
        if cell in self.unproven:
            return "on ne sait quoi : le calcul s’arrête à sa limite de travail sans l’avoir prouvé sûr"
        facts = self.piece(cell).facts
        facts = [fact for fact in facts if cell in fact.weights]
        if not facts:
            return "ce qui borne ce chiffre"
        best = min(facts, key=lambda fact: sum(self.value(c) is None for c in fact.weights))
        unknown = sum(self.value(c) is None for c in best.weights)
        if best.figure is not None and unknown > 1:
            return "des taux et des sommes, pris ensemble"
        if best.figure is not None and len(best.weights) > 1:
            return f"un taux et son autre terme, publiés par {people(self.showing[best.figure])}"
        if best.figure is not None:
            return f"ses bornes, publiées par {people(self.showing[best.figure])}"
        total = [str(c) for c, weight in best.weights.items() if weight < 0]
        parts = [str(c) for c, weight in best.weights.items() if weight > 0]
        return f"{enumerate_words(total, most=4)} = {enumerate_words(parts, most=4)}"


def people(names: Iterable[str]) -> str:
    """Write who they are."""
    return enumerate_words(sorted(names))


def groups(ties: Iterable[Iterable[object]]) -> Mapping[object, object]:
    """Return one of each set of things that ties hold together, by thing.

    Examples
    --------
    >>> found = groups([("a", "b"), ("c", "d"), ("b", "e")])
    >>> found["a"] == found["e"], found["a"] == found["c"]
    (True, False)
    """
    above: dict[object, object] = {}

    def top(thing: object) -> object:
        while above.setdefault(thing, thing) != thing:
            above[thing] = above[above[thing]]
            thing = above[thing]
        return thing

    for tie in ties:
        first, *others = tie
        for other in others:
            above[top(other)] = top(first)
    return {thing: top(thing) for thing in list(above)}
