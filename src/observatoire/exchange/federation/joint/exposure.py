"""What some members show and hide of counts, all that ties them, and what an attacker draws from it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from observatoire.french.typography import enumerate_words
from observatoire.secrecy.suppression.audit import audit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Part of a figure under which a gap is one of rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, order=True)
class CountedCell:
    """One count: what is counted, where, when."""

    quantity: str
    zoning: str
    territory: str
    period: str

    def __str__(self) -> str:
        """Write it as a reason does."""
        return f"{self.quantity} de {self.territory} ({self.zoning}, {self.period})"


class CountedSum(NamedTuple):
    """A count that is the sum of others, or has something besides when they are not all."""

    total: CountedCell
    parts: tuple[CountedCell, ...]
    whole: bool


class Quotient(NamedTuple):
    """A rate that is shown: its two terms, between what it stands, who shows it."""

    top: CountedCell
    bottom: CountedCell
    low: float
    high: float
    whose: str


@dataclass(eq=False)
class Exposure:
    """What some members show and hide of counts, and all that ties them."""

    shown: dict[CountedCell, float] = field(default_factory=dict)
    showing: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    hiding: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    thresholds: dict[CountedCell, float] = field(default_factory=dict)
    bounds: dict[CountedCell, tuple[float, float]] = field(default_factory=dict)
    rated: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    relations: list[CountedSum] = field(default_factory=list)
    fractional: set[str] = field(default_factory=set)
    quotients: list[Quotient] = field(default_factory=list)

    def unsafe(self) -> dict[CountedCell, str]:
        """Return the hidden counts that can be worked out, each with the sum that gives it."""
        # Nothing is known of a hidden count that no sum and no rate holds.
        tied = {cell for total, parts, _ in self.relations for cell in (total, *parts)}
        hidden = (set(self.hiding) - set(self.shown)) & (tied | set(self.bounds))
        if not hidden:
            return {}
        relations, reached = self._around(hidden)
        relations = [one for one in relations if self.holds(one)]
        cells = {cell: self.shown.get(cell, math.nan) for cell in sorted(reached)}
        rests = {_rest(total): math.nan for total, _, whole in relations if not whole}
        labels = pd.Series({**cells, **rests})
        written = [
            (total, [*parts, *([] if whole else [_rest(total)])])
            for total, parts, whole in relations
        ]
        latent = [c for c in reached if c not in self.shown and c not in hidden]
        known = pd.Series(
            {
                label: str(Status.OBSERVED if label in self.shown else Status.SECRET)
                for label in labels.index
            }
        )
        found = audit(
            labels,
            known,
            written,
            threshold=pd.Series(
                {label: self.thresholds.get(label, 1e-9) for label in labels.index}
            ),
            bounds=self._bounds(labels.index),
            whole=pd.Series(
                {label: label.quantity not in self.fractional for label in labels.index}
            ),
            latent=[*latent, *rests],
            absent=[*hidden, *latent, *rests],
        )
        given_away = dict(zip(found.index, ~found["safe"] | found["recoverable"], strict=True))
        return {cell: self._reason(cell, relations) for cell in hidden if given_away[cell]}

    def reached(self, hidden: set[CountedCell]) -> set[CountedCell]:
        """Return all that sums tie to hidden counts, through others unknown."""
        return self._around(hidden)[1]

    def _around(self, hidden: set[CountedCell]) -> tuple[list[CountedSum], set[CountedCell]]:
        """Return the sums that touch hidden counts, through others unknown, and all their cells."""
        touching = defaultdict(list)
        for rank, (total, parts, _) in enumerate(self.relations):
            for cell in (total, *parts):
                touching[cell].append(rank)
        kept, reached, front = set(), set(hidden), list(hidden)
        while front:
            for rank in touching[front.pop()]:
                if rank in kept:
                    continue
                total, parts, _ = self.relations[rank]
                kept.add(rank)
                fresh = {total, *parts} - reached
                reached |= fresh
                front += [cell for cell in fresh if cell not in self.shown]
        return [self.relations[rank] for rank in sorted(kept)], reached

    def _bounds(self, labels: Iterable[CountedCell]) -> pd.DataFrame:
        """Return what bounds are stated; zero states nothing: a hidden count is at least one."""
        rows = {
            label: (low if low > 0 else math.nan, high)
            for label in labels
            if label not in self.shown
            for low, high in [self.bounds.get(label, (0.0, math.inf))]
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])

    def span(self, cell: CountedCell) -> tuple[float, float]:
        """Return between what a count is shown to stand."""
        if cell in self.shown:
            return self.shown[cell], self.shown[cell]
        return self.bounds.get(cell, (0.0, math.inf))

    def narrow(self, cell: CountedCell, low: float, high: float, whose: str = "") -> bool:
        """Bound a count that is not shown, by a rate of somebody; say whether that says more.

        What contradicts what is known already says nothing.
        """
        if cell in self.shown:
            return False
        before = self.bounds.get(cell, (0.0, math.inf))
        after = max(before[0], low), min(before[1], high)
        slack = _ROUNDING * max(1.0, after[0])
        sharper = after[0] > before[0] + slack or after[1] < before[1] - slack
        if not sharper or after[0] > after[1] or math.isinf(after[0]):
            return False
        self.bounds[cell] = after
        if whose:
            self.rated[cell] |= {whose}
        return True

    def spans(self, sums: Sequence[CountedSum]) -> Mapping[CountedCell, tuple[float, float]]:
        """Return between what counts stand, those that sums leave being told once each."""
        found = _Spans(self)
        for one in sums:
            found.tell(one)
        for one in reversed(sums):
            found.tell(one)
        return found

    def holds(self, one: CountedSum) -> bool:
        """Say whether a total may be that of its parts; two that contradict each other are not one thing."""
        low, high = self.span(one.total)
        ends = [self.span(part) for part in one.parts]
        least, most = (math.fsum(side) for side in zip(*ends, strict=True))
        slack = _ROUNDING * max(1.0, least)
        return least <= high + slack and (not one.whole or most >= low - slack)

    def _reason(
        self,
        cell: CountedCell,
        relations: Sequence[CountedSum],
    ) -> str:
        if cell in self.rated:
            return f"un taux et son autre terme, publiés par {people(self.rated[cell])}"
        found = [r for r in relations if cell == r[0] or cell in r[1]]
        found.sort(key=lambda r: sum(c not in self.shown for c in (r[0], *r[1])))
        if not found:
            return "ce qui borne ce chiffre"
        total, parts, _ = found[0]
        return f"{total} = {enumerate_words([str(part) for part in parts], most=4)}"

    def without(self, cell: CountedCell) -> Exposure:
        """Return the same, had nobody shown one figure."""
        shown = {known: value for known, value in self.shown.items() if known != cell}
        bounds = {known: ends for known, ends in self.bounds.items() if known != cell}
        hiding = defaultdict(set, {k: set(v) for k, v in self.hiding.items()})
        hiding[cell] |= self.showing[cell]
        return replace(self, shown=shown, bounds=bounds, hiding=hiding)


class _Spans(dict[CountedCell, tuple[float, float]]):
    """Between what counts stand, what is not told being what is shown of it."""

    def __init__(self, made: Exposure) -> None:
        super().__init__()
        self.made = made

    def __missing__(self, cell: CountedCell) -> tuple[float, float]:
        return self.made.span(cell)

    def tell(self, one: CountedSum) -> None:
        """Narrow the parts of a sum by its total and the other parts, and the total by its parts."""
        ends = [self[part] for part in one.parts]
        low, high = self[one.total]
        least = math.fsum(end[0] for end in ends)
        most = math.fsum(end[1] for end in ends) if one.whole else math.inf
        self._keep(one.total, least, most)
        for part, (below, above) in zip(one.parts, ends, strict=True):
            others = most - above if math.isfinite(most) else _others(ends, above, whole=one.whole)
            self._keep(part, low - others, high - (least - below))

    def _keep(self, cell: CountedCell, low: float, high: float) -> None:
        before = self[cell]
        after = max(before[0], low), min(before[1], high)
        if after != before and after[0] <= after[1]:
            self[cell] = after


def _others(ends: Sequence[tuple[float, float]], above: float, *, whole: bool) -> float:
    """Return the most that the other parts are, where some part has no end."""
    alone = whole and math.isinf(above) and sum(math.isinf(end[1]) for end in ends) == 1
    return math.fsum(end[1] for end in ends if math.isfinite(end[1])) if alone else math.inf


def _rest(total: CountedCell) -> CountedCell:
    """Return what a whole has besides the parts that are known of it."""
    return replace(total, quantity=f"reste de {total.quantity}")


def people(names: Iterable[str]) -> str:
    """Write who they are."""
    return enumerate_words(sorted(names))
