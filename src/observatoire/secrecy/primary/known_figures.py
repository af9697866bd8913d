"""What producers counted: the figures that everything shown is a sum of.

Each is an unknown of ``published = M · inner``, unless an attacker has it already because its
producer gives it to all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from observatoire.declarations.secrecy_rules import Rule
    from observatoire.warehouse import Warehouse


#: A threshold that guards nothing, for cells that only write relations.
NO_THRESHOLD = 1e-9

_DIGITS = 12


class Base(NamedTuple):
    """One figure of a producer."""

    source: str
    variable: str
    zoning: str
    territory: str
    period: str

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.variable} de {self.territory} ({self.zoning}, {self.period} ; {self.source})"

    def at(self, territory: str) -> Base:
        """Return the same figure of another territory: ``_replace``, three times as soon."""
        return Base(self.source, self.variable, self.zoning, territory, self.period)


class KnownFigure(NamedTuple):
    """What is known of a figure: NaN where its producer hides it, or gives none."""

    value: float
    low: float
    high: float
    hidden: bool = False


class Left(NamedTuple):
    """What is kept of what left before.

    ``loads`` stood then; ``lost`` are the figures that were published of those that a rebuilt warehouse does not
    know; ``names`` give today's source and variable of those that were renamed.
    """

    loads: Collection[int] = ()
    lost: Mapping[Base, float] = MappingProxyType({})
    names: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType({})


_NOTHING = KnownFigure(math.nan, math.nan, math.nan)
_KEPT_NOTHING = Left()


@dataclass(frozen=True)
class Sum:
    """A weighted sum of figures an attacker does not have; what he has is left out.

    ``terms`` is sorted, so that two cells that disclose the same thing are one.
    """

    terms: tuple[tuple[Base, float], ...]

    @property
    def alone(self) -> Base | None:
        """The only figure of the sum: any multiple of it gives it."""
        return self.terms[0][0] if len(self.terms) == 1 else None


@dataclass(frozen=True)
class KnownFigures:
    """Every figure of the sources concerned, and the rules they come under.

    ``withdrawn`` are those that no file gives any more, of loads that stood when something was published: who
    kept what left subtracts them from the totals of today.
    """

    figures: Mapping[Base, KnownFigure]
    rules: Mapping[str, Rule]
    withdrawn: frozenset[Base] = frozenset()
    _public: dict[Base, bool] = field(default_factory=dict, repr=False)

    @cached_property
    def weighted(self) -> set[tuple[str, str]]:
        """Sources and variables that do not count by ones: weighted people, amounts."""
        return {
            base[:2]
            for base, figure in self.figures.items()
            if not math.isnan(figure.value) and figure.value != round(figure.value)
        }

    @cached_property
    def signed(self) -> set[tuple[str, str]]:
        """Sources and variables that may be below zero, as some of their figures are: balances."""
        return {base[:2] for base, figure in self.figures.items() if figure.value < 0}

    def whole(self, base: Base) -> bool:
        """Say whether a figure counts by ones."""
        return base[:2] not in self.weighted

    def value(self, base: Base) -> float:
        """Return a figure, NaN when it is hidden or absent."""
        return self.figures.get(base, _NOTHING).value

    def figure(self, base: Base) -> KnownFigure:
        """Return a figure with its bounds."""
        return self.figures.get(base, _NOTHING)

    def guarded(self, base: Base) -> bool:
        """Say whether the source of a figure hides anything at all."""
        rule = self.rules.get(base.source)
        return rule is not None and rule.guarded

    def threshold(self, base: Base) -> float:
        """Return the threshold of a figure."""
        rule = self.rules.get(base.source)
        return rule.at(base.period).threshold if rule else 0.0

    def public(self, base: Base) -> bool:
        """Say whether anybody has a figure: its producer gives it to all."""
        if base not in self._public:
            rule = self.rules.get(base.source)
            shown = not math.isnan(self.value(base))
            open_to_all = rule is None or not rule.guarded or rule.diffusion == "public"
            self._public[base] = shown and open_to_all
        return self._public[base]

    def with_lost(
        self, lost: Mapping[Base, float], variables: Collection[tuple[str, str]]
    ) -> KnownFigures:
        """Return also those of some variables that were published, and that no source gives any more."""
        given = {base[1:] for base in self.figures}  # whichever the source
        gone = {
            base: KnownFigure(amount, math.nan, math.nan)
            for base, amount in lost.items()
            if base[:2] in variables and base[1:] not in given
        }
        return replace(self, figures={**self.figures, **gone}, withdrawn=self.withdrawn.union(gone))

    def sum(self, terms: Iterable[tuple[Base, float]]) -> Sum:
        """Return a sum without what anybody has."""
        weights: dict[Base, float] = {}
        for base, weight in terms:
            if not self.public(base):
                weights[base] = weights.get(base, 0.0) + weight
        kept = {b: round(w, _DIGITS) for b, w in weights.items() if abs(w) > NO_THRESHOLD}
        return Sum(tuple(sorted(kept.items())))

    def total(self, of: Sum) -> float:
        """Return what a sum amounts to; NaN when one of its figures is not known."""
        return math.fsum(weight * self.value(base) for base, weight in of.terms)


def read_known_figures(
    warehouse: Warehouse,
    sources: Iterable[str],
    rules: Mapping[str, Rule],
    left: Left = _KEPT_NOTHING,
) -> KnownFigures:
    """Read the additive figures of some sources, over every zoning and period.

    Of what ``left``, what no file gives any more was withdrawn.
    """
    rows = warehouse.rows(
        "SELECT o.source, o.variable, o.zoning, o.territory, o.period, o.value, o.low, o.high, "
        "o.status FROM current_observation AS o JOIN variable AS v "
        "ON v.source = o.source AND v.code = o.variable "
        "WHERE v.nature IN ('count', 'amount') AND list_contains(?, o.source)",
        [sorted(set(sources))],
    )
    rows = [row for row in rows if row[:2] not in left.names]
    gone = withdrawn_rows(warehouse, sources, ("count", "amount"), left)
    figures = {}
    for *place, value, low, high, status in (*rows, *gone):
        shown = Status(status).has_value and value is not None
        hidden = status == Status.SECRET
        figures[Base(*map(str, place))] = KnownFigure(
            float(value) if shown else math.nan,
            math.nan if low is None or hidden else float(low),
            math.nan if high is None or hidden else float(high),
            hidden,
        )
    withdrawn = {Base(*map(str, row[:5])) for row in gone}
    found = KnownFigures(figures, rules, frozenset(withdrawn))
    counted = warehouse.rows(
        "SELECT source, code FROM variable WHERE nature IN ('count', 'amount')"
    )
    return found.with_lost(left.lost, {(str(source), str(code)) for source, code in counted})


def withdrawn_rows(
    warehouse: Warehouse, sources: Iterable[str], natures: Sequence[str], left: Left
) -> list[tuple[Any, ...]]:
    """Return the figures that some loads gave and that none gives any more; of several, the last.

    A figure that another source gives today is no withdrawn one, nor one that today's name of it gives.
    """
    if not left.loads:
        return []
    before, after = list(left.names), list(left.names.values())
    names = [[each[rank] for each in some] for some in (before, after) for rank in (0, 1)]
    return warehouse.rows(
        "WITH name AS (SELECT unnest(?::VARCHAR[]) AS source, unnest(?::VARCHAR[]) AS variable, "
        "unnest(?::VARCHAR[]) AS new_source, unnest(?::VARCHAR[]) AS new_variable), "
        "former AS (SELECT coalesce(n.new_source, l.source) AS source, "
        "coalesce(n.new_variable, o.variable) AS variable, o.* EXCLUDE (variable) "
        "FROM observation AS o JOIN load AS l ON l.id = o.load "
        "LEFT JOIN name AS n ON n.source = l.source AND n.variable = o.variable "
        "WHERE (l.superseded_by IS NOT NULL OR n.source IS NOT NULL) AND list_contains(?, o.load)), "
        "given AS (SELECT * FROM current_observation AS o ANTI JOIN name AS n "
        "ON n.source = o.source AND n.variable = o.variable) "
        "SELECT o.source, o.variable, o.zoning, o.territory, o.period, o.value, o.low, o.high, o.status "
        "FROM former AS o JOIN variable AS v ON v.source = o.source AND v.code = o.variable "
        "ANTI JOIN given AS c ON c.variable = o.variable AND c.zoning = o.zoning "
        "AND c.territory = o.territory AND c.period = o.period "
        "WHERE list_contains(?, o.source) AND list_contains(?, v.nature) ORDER BY o.load, o.line",
        [*names, sorted(set(left.loads)), sorted(set(sources)), list(natures)],
    )
