"""Of how many a figure that is no count speaks: an amount, or what a producer gives without its counts.

An average over three households, the allowances of two persons, « 12,1 % » of thirty-three tell as much
as a count does. The universe is what a condition of the source names, or ``size`` of the indicator;
where neither says, any count that the source gives there may be it, and each is judged but those that the
figures themselves deny (« 46,3 % » is of no fewer than forty-one people, whatever four complaints say): an
analyst who knows better declares it. Of public figures nothing is judged: anybody can have them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from observatoire.secrecy.primary.known_figures import (
    Base,
    KnownFigure,
    Left,
    Sum,
    read_known_figures,
    withdrawn_rows,
)
from observatoire.secrecy.primary.level_evidence import WHOLE, denied_universes
from observatoire.secrecy.primary.sensitive_cells import conditioned
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from observatoire.declarations.secrecy_rules import Rule
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.primary.known_figures import KnownFigures
    from observatoire.warehouse.connection import Warehouse

#: Stands between a rate and its universe in the name of the numerator that nobody gives.
TIMES = " × "

#: By how much parts may miss their whole and still be all of it.
_CLOSE = 0.01

#: Where a universe is counted: source, variables, period.
Universe = tuple[str, tuple[str, ...], str]


class Spoken(NamedTuple):
    """What a figure tells of the people it is about.

    ``few`` says that they are too few, or that nobody may know how many; ``counts`` are how many they
    are; ``implied`` the numerators that a rate tells, with what they are out of.
    """

    few: bool = False
    counts: tuple[Sum, ...] = ()
    implied: tuple[tuple[Base, tuple[Base, ...]], ...] = ()


@dataclass(frozen=True, eq=False)
class Universes:
    """Of how many the guarded figures of a workspace speak.

    ``counts`` are the variables of each source that count, ``totals`` its amounts; ``out_of`` gives, of each
    numerator that a rate tells, the counts that it is out of; ``rates`` of each lent rate the indicators that
    print it, its share and whether it is hidden. ``spared`` are, of each figure that is no count, the counts
    of its source that cannot be its universe.
    """

    rules: Mapping[str, Rule]
    counts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    totals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    out_of: dict[Base, tuple[Base, ...]] = field(default_factory=dict)
    rates: dict[Base, tuple[tuple[Indicator, ...], float, bool]] = field(default_factory=dict)
    spared: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def lent(self, source: str) -> bool:
        """Say whether a source lends its figures under a rule, rather than gives them to all."""
        rule = self.rules.get(source)
        return rule is not None and rule.guarded and rule.diffusion != "public"

    def concerns(self, indicator: Indicator) -> bool:
        """Say whether an indicator counts nobody, and some source lends its figures."""
        counts = indicator.nature is Nature.COUNT or bool(indicator.denominator)
        return not counts and any(map(self.lent, indicator.sources))

    def of(self, indicator: Indicator, source: str, period: str) -> list[Universe]:
        """Return what may be the universe of an indicator's figures that a source lends."""
        named = conditioned(indicator, {source: self.rules[source]}, period)
        if named and source in indicator.sources:
            return [(where, (variable,), period) for where, variable, _ in named]
        if size := indicator.size:
            names = indicator.at(size.variables, size.period)
            return [(giver, names, size.period) for giver in size.givers]
        return [(source, (name,), period) for name in self._candidates(indicator, source, period)]

    def _candidates(self, indicator: Indicator, source: str, period: str) -> list[str]:
        """Return the counts of a source that may be the universe of figures, as far as these say."""
        spared = self.spared.get((source, indicator.variables(period)[0]), frozenset[str]())
        return [name for name in self.counts.get(source, ()) if name not in spared]

    def unsaid(self, indicator: Indicator, periods: Iterable[str]) -> bool:
        """Say whether nobody declares of how many lent figures speak, and several counts may be it."""
        return max(self._undeclared(indicator, periods), default=0) > 1

    def unjudged(self, indicator: Indicator, periods: Iterable[str]) -> bool:
        """Say whether nobody declares of how many lent figures speak, and nothing else says it."""
        return 0 in self._undeclared(indicator, periods)

    def _undeclared(self, indicator: Indicator, periods: Iterable[str]) -> set[int]:
        """Return how many counts may be what figures speak of, wherever nobody declares it."""
        if not self.concerns(indicator) or indicator.size:
            return set()
        return {
            len(self._candidates(indicator, source, period))
            for source in filter(self.lent, indicator.sources)
            for period in periods
            if not conditioned(indicator, {source: self.rules[source]}, period)
        }

    def spoken(
        self,
        known: KnownFigures,
        indicator: Indicator,
        zoning: str,
        territories: Sequence[str],
        period: str,
    ) -> Spoken:
        """Return what figures of some territories, or what is made of them, tell of their people."""
        if not self.concerns(indicator):
            return Spoken()
        few, counts, implied = False, dict[Sum, None](), dict[Base, tuple[Base, ...]]()
        for source in filter(self.lent, indicator.sources):
            rule, name = self.rules[source].at(period), indicator.variables(period)[0]
            places = self._places(known, indicator, source, (zoning, territories, period))
            for bases in places if rule.threshold > 0 else ():
                people = math.fsum(v for v in map(known.value, bases) if not math.isnan(v))
                dark = any(known.figure(each).hidden for each in bases)
                few |= (people > 0 or dark) and people < rule.threshold
                counts[known.sum([(each, 1.0) for each in bases])] = None
                if not indicator.variable:
                    continue
                few |= dark
                counts |= dict.fromkeys(known.sum([(each, 1.0)]) for each in bases)
                if indicator.nature is Nature.MEAN:  # times its people it gives an amount
                    place = bases[0]._replace(source=source, period=period)
                    totals = [place._replace(variable=v) for v in self.totals.get(source, ())]
                    counts |= dict.fromkeys(known.sum([(each, 1.0)]) for each in totals)
                made = numerator(source, name, bases, period)
                if made in self.out_of:
                    implied[made] = tuple(bases)
                    few |= rule.zero and known.value(made) in (0.0, people)
        return Spoken(few, tuple(each for each in counts if each.terms), tuple(implied.items()))

    def _places(
        self,
        known: KnownFigures,
        indicator: Indicator,
        source: str,
        place: tuple[str, Sequence[str], str],
    ) -> Iterator[list[Base]]:
        """Give the universes of some territories that somebody counts: of an amount, which adds up, as one."""
        zoning, territories, period = place
        apart = [[code] for code in territories] if indicator.variable else [territories]
        for giver, names, when in self.of(indicator, source, period):
            for codes in apart:
                bases = [Base(giver, name, zoning, code, when) for code in codes for name in names]
                if bases and all(base in known.figures for base in bases):
                    yield bases

    def implied(
        self, known: KnownFigures, corrected: Mapping[Base, float] | None = None
    ) -> dict[Base, KnownFigure]:
        """Return the numerators that lent rates tell; ``corrected`` are those that were others, in per cent."""
        others = {rate: (value / WHOLE, False) for rate, value in (corrected or {}).items()}
        made: dict[Base, KnownFigure] = {}
        for rate, (indicators, share_now, hidden_now) in self.rates.items():
            share, hidden = others.get(rate, (share_now, hidden_now))
            for each in indicators:
                made |= self._implied(known, each, rate, (share * each.factor, hidden))
        return made

    def _implied(
        self, known: KnownFigures, indicator: Indicator, rate: Base, given: tuple[float, bool]
    ) -> dict[Base, KnownFigure]:
        """Return the numerators that a rate tells; ``given`` is the share, and whether it is hidden."""
        share, hidden = given
        made = {}
        place = (rate.zoning, [rate.territory], rate.period)
        for bases in self._places(known, indicator, rate.source, place):
            people = math.fsum(map(known.value, bases))
            if math.isnan(people):
                continue
            top = share * people if people else 0.0  # whatever is told of nobody
            if people.is_integer() and not math.isnan(top):
                top = float(round(top))
            base = numerator(rate.source, rate.variable, bases, rate.period)
            made[base] = KnownFigure(top, math.nan, math.nan, hidden and people > 0)
            self.out_of[base] = tuple(bases)
        return made

    def amounts(self, known: KnownFigures, indicators: Sequence[Indicator]) -> dict[Base, float]:
        """Return what an amount that speaks of few must be taken for: anything, up to twice itself."""
        of: dict[tuple[str, str], Indicator] = {}
        for indicator in indicators:
            if indicator.nature is Nature.AMOUNT and self.concerns(indicator):
                of |= {(s, v): indicator for s in indicator.sources for v in indicator.numerator}
        asked = {}
        for base, figure in known.figures.items():
            amount = of.get(base[:2])
            if amount is not None and not math.isnan(figure.value):
                place = (base.zoning, [base.territory], base.period)
                if self.spoken(known, amount, *place).few:
                    asked[base] = max(known.threshold(base), figure.value + 1.0)
        return asked

    def margin(self, known: KnownFigures, total: Base) -> float:
        """Return by how much parts of a numerator that a rate tells may miss it, for rounding alone."""
        return 1.0 + _CLOSE * math.fsum(map(known.value, self.out_of[total]))

    def rounded(self, known: KnownFigures, total: Base, parts: Sequence[Base], gap: float) -> bool:
        """Say whether what numerators that rates tell miss their total by comes of rounding alone."""
        if total not in self.out_of:
            return False
        people, covered = (
            math.fsum(known.value(base) for each in some for base in self.out_of.get(each, ()))
            for some in ([total], parts)
        )
        return gap < 0 or covered >= people * (1 - _CLOSE)


def numerator(source: str, variable: str, bases: Sequence[Base], period: str) -> Base:
    """Return the figure that nobody gives, and that a rate tells of its universe."""
    name = f"{variable}{TIMES}{'+'.join(base.variable for base in bases)}"
    return Base(source, name, bases[0].zoning, bases[0].territory, period)


def rate_behind(variable: str) -> str:
    """Return the rate that tells a numerator; any other variable is its own.

    Examples
    --------
    >>> rate_behind("taux × ALLOC"), rate_behind("ALLOC")
    ('taux', 'ALLOC')
    """
    return variable.partition(TIMES)[0]


def named_today(base: Base, names: Mapping[tuple[str, str], tuple[str, str]]) -> Base:
    """Return a figure under the names of today, which ``names`` give of those that were renamed."""
    if not names:
        return base
    rate, times, people = base.variable.partition(TIMES)
    source, name = names.get((base.source, rate), (base.source, rate))
    out_of = [names.get((base.source, each), ("", each))[1] for each in people.split("+")]
    return base._replace(source=source, variable=name + times + "+".join(out_of))


_GIVEN = (
    "SELECT source, variable, zoning, territory, period, value, status FROM current_observation "
    "WHERE list_contains(?, source) ORDER BY ALL"
)


def _added(
    warehouse: Warehouse, given: Collection[tuple[str, str]]
) -> dict[str, dict[str, list[str]]]:
    """Return the counts and the amounts that each source gives: what is only declared is of nobody."""
    added: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for nature, source, code in warehouse.rows(
        "SELECT nature, source, code FROM variable WHERE nature IN ('count', 'amount') ORDER BY ALL"
    ):
        if (str(source), str(code)) in given:
            added[str(nature)][str(source)].append(str(code))
    return added


def read_universes(
    context: Context,
    known: KnownFigures,
    indicators: Sequence[Indicator],
    left: Left = Left(),  # noqa: B008 - of tuples and read-only mappings
) -> tuple[Universes, KnownFigures]:
    """Read of how many guarded figures speak; return the figures with the numerators that lent rates tell."""
    added = _added(context.warehouse, {base[:2] for base in known.figures})
    universes = Universes(known.rules, added["count"], added["amount"])
    concerned = [each for each in indicators if universes.concerns(each)]
    rates = [each for each in concerned if each.variable and each.unit == "%"]
    lent = sorted({s for each in rates for s in each.sources if universes.lent(s)})
    given = context.warehouse.rows(_GIVEN, [lent]) if lent else []
    gone = withdrawn_rows(context.warehouse, lent, [Nature.RATE], left) if lent else []
    given += [(*row[:6], row[8]) for row in gone]
    for *place, value, status in given:
        rate = Base(*map(str, place))
        shown = Status(status).has_value and value is not None
        share = float(value) / WHOLE if shown else math.nan
        printing = tuple(
            each
            for each in rates
            if rate.source in each.sources and each.variables(rate.period) == (rate.variable,)
        )
        universes.rates[rate] = (printing, share, status == Status.SECRET)
    levels = sorted(
        {s for each in concerned if each.variable for s in each.sources if universes.lent(s)}
    )
    per_cent = {rate[:2] for rate in universes.rates}
    universes.spared.update(denied_universes(context.warehouse, known, levels, per_cent, added))
    made = universes.implied(known)
    lost = {Base(*map(str, row[:5])) for row in gone}
    withdrawn = known.withdrawn | {
        top
        for top, bases in universes.out_of.items()
        if top._replace(variable=rate_behind(top.variable)) in lost
        or known.withdrawn.intersection(bases)
    }
    found = replace(known, figures={**known.figures, **made}, withdrawn=withdrawn)
    return universes, found.with_lost(left.lost, {base[:2] for base in made})


def undeclared_universes(context: Context, source: str) -> tuple[list[str], list[str]]:
    """Return the labels of indicators of which nobody declares of how many the figures of a source speak.

    Those judged on every count of their source, then those that nothing lets judge.
    """
    rules, periods = context.secrecy_rules, context.periods()
    indicators = [
        each
        for each in context.catalogue
        if source in each.sources and not each.size and Universes(rules).concerns(each)
    ]
    if not indicators:
        return [], []
    known = read_known_figures(context.warehouse, {source}, rules)
    universes, _ = read_universes(context, known, indicators)
    judged, unjudged = (
        [each.label for each in indicators if says(each, periods[each.code])]
        for says in (universes.unsaid, universes.unjudged)
    )
    return judged, unjudged
