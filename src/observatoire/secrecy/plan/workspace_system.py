"""The one system of everything that could be shown: cells, sums, and who knows what."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from observatoire.errors import SecrecyError
from observatoire.french.typography import number
from observatoire.secrecy.plan.disclosures import close
from observatoire.secrecy.primary.known_figures import NO_THRESHOLD, Base, Sum
from observatoire.secrecy.primary.universes import Universes
from observatoire.secrecy.suppression.relations import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from observatoire.secrecy.plan.disclosures import Small
    from observatoire.secrecy.primary.known_figures import KnownFigure, KnownFigures


#: A cell that anybody knows: what brings a sum without a size to one.
ONE = "un"


class Supposed(list[Part]):
    """The parts of a sum that is only supposed: it goes where the others deny it."""


@dataclass(eq=False)
class Assembly:
    """Cells by label, the relations between them, and what each is.

    ``inert`` cells only write relations; ``public`` ones are known to all; ``low`` and ``high`` are what an
    attacker knows beforehand. Tables show ``counted`` cells as counts, ``nonzero`` ones would show a zero;
    ``whole`` ones count by ones; nobody gives, nor hides, ``absent`` ones. ``twins`` are the sources that give one
    variable of an indicator, one quantity; ``read`` those that something of today reads.
    """

    known: KnownFigures
    read: frozenset[str] = frozenset()
    amounts: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    zeros: dict[str, bool] = field(default_factory=dict)
    low: dict[str, float] = field(default_factory=dict)
    high: dict[str, float] = field(default_factory=dict)
    inert: set[str] = field(default_factory=set)
    public: set[str] = field(default_factory=set)
    exposed: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    nonzero: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    relations: list[tuple[str, list[Part]]] = field(default_factory=list)
    former: list[tuple[str, list[Part]]] = field(default_factory=list)
    bases: dict[Base, str] = field(default_factory=dict)
    asked: dict[Base, float] = field(default_factory=dict)
    twins: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    universes: Universes = field(default_factory=lambda: Universes({}))
    _sums: dict[Sum, str] = field(default_factory=dict)
    _smalls: dict[Small, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start from what anybody knows."""
        self.amounts[ONE], self.thresholds[ONE] = 1.0, NO_THRESHOLD
        self.public.add(ONE)

    def add_figures(self, figures: Mapping[Base, KnownFigure]) -> None:
        """Take other figures along with those of today."""
        self.known = replace(self.known, figures=figures)

    def given(self, base: Base) -> Base:
        """Return a figure as the first of the sources of one quantity gives it."""
        for source in self.twins.get(base[:2], ()):
            if (twin := base._replace(source=source)) in self.known.figures:
                return twin
        return base

    def base(self, base: Base) -> str:
        """Return the cell of a producer's figure."""
        if base in self.bases:
            return self.bases[base]
        label = self.bases[base] = base.label
        figure, guarded = self.known.figure(base), self.known.guarded(base)
        self.amounts[label] = figure.value
        asked = self.asked.get(base, self.known.threshold(base)) if guarded else 0.0
        self.thresholds[label] = max(asked, NO_THRESHOLD)
        self.zeros[label] = guarded and self.known.rules[base.source].zero
        if base[:2] in self.known.signed:
            self.low[label] = -math.inf
        if self.known.whole(base) and (math.isnan(figure.value) or figure.value.is_integer()):
            self.whole.add(label)
        if math.isnan(figure.value) and not figure.hidden:
            self.absent.add(label)
        if self.known.public(base):
            self.public.add(label)
        elif not guarded or asked <= 0:
            self.inert.add(label)
        if math.isnan(figure.value) and not any(0 < each < asked for each in figure[1:3]):
            self._bound(label, figure.low, figure.high)
        return label

    def _bound(self, label: str, low: float, high: float) -> None:
        """Keep bounds that are known: those that would show a small count are not."""
        if not math.isnan(low):
            self.low[label] = max(self.low.get(label, 0.0), low)
        if not math.isnan(high):
            self.high[label] = min(self.high.get(label, math.inf), high)

    def sum(self, total: Sum, name: str, threshold: float, amount: float = 0.0) -> str:
        """Return the cell of a sum: that of its only figure, or one of its own.

        ``amount`` is what it amounted to, where figures of today do not say.
        """
        if total.alone is not None:
            return self.base(total.alone)
        if total not in self._sums:
            signed = any(weight < 0 for _, weight in total.terms)
            # A rate: its sum is nothing by right, and zero is never hidden; it is brought to one.
            sized = self.known.total(total)
            constant = 1.0 - (amount if math.isnan(sized) else sized) if signed else 0.0
            self._sums[total] = self._add(total.terms, constant, name, 0.0 if signed else threshold)
            if signed:
                self.low[self._sums[total]] = -math.inf
        return self._sums[total]

    def label_of(self, total: Sum) -> str:
        """Return the cell of a sum, empty when it has none."""
        return self.bases.get(total.alone, "") if total.alone else self._sums.get(total, "")

    def small(self, small: Small, name: str, threshold: float) -> str:
        """Return the cell of a sum that is too small to be found."""
        base, weight = small.terms[0]
        if len(small.terms) == 1 and weight == 1 and close(small.constant, 0.0):
            return self.base(base)
        if small not in self._smalls:
            self._smalls[small] = self._add(small.terms, small.constant, name, threshold)
        return self._smalls[small]

    def rest(self, wholes: Sequence[Base], parts: Sequence[Base], name: str) -> None:
        """Write that parts are together at most their wholes."""
        if len(parts) == 1 and all(self.known.public(whole) for whole in wholes):
            if not self.known.public(parts[0]):
                most = math.fsum(self.known.value(whole) for whole in wholes)
                self._bound(self.base(parts[0]), math.nan, most)
            return
        terms = [*((whole, 1.0) for whole in wholes), *((part, -1.0) for part in parts)]
        left = self.known.sum(terms)
        if not left.terms or all(weight > 0 for _, weight in left.terms):
            return  # nothing is hidden of it, or counts above zero say it already
        known = math.fsum(w * self.known.value(b) for b, w in terms if self.known.public(b))
        self.inert.add(self._add(left.terms, known, name, 0.0))

    def latent(self, name: str, of: str = "") -> str:
        """Add a quantity that only writes relations, which counts as another does."""
        label = self._named(name)
        self.amounts[label], self.thresholds[label] = math.nan, NO_THRESHOLD
        if self.low.get(of) == -math.inf:  # what is left of a balance is one
            self.low[label] = -math.inf
        self.inert.add(label)
        if of in self.whole:
            self.whole.add(label)
        return label

    def relate(
        self, total: str, parts: Sequence[tuple[str, float]], *, supposed: bool = False
    ) -> None:
        """Add what adds up, or what is only supposed to."""
        made = [Part(label, weight) for label, weight in parts]
        self.relations.append((total, Supposed(made) if supposed else made))

    def nest(
        self,
        total: Base,
        parts: Iterable[Base],
        pieces: Sequence[str] = (),
        *,
        exact: bool,
        open_ended: bool = False,
        supposed: bool = False,
    ) -> None:
        """Write that a figure is the sum of others, of pieces nobody counted, and of what is left.

        Parameters
        ----------
        total, parts : Base
            The figures.
        pieces : sequence of str
            Cells of pieces.
        exact : bool
            Nothing may be left over: categories of a total.
        open_ended : bool
            Something may be left out that nobody has counted.
        supposed : bool
            Figures that are known say so, of others that are not.

        Raises
        ------
        SecrecyError
            When the parts are more than the total.
        """
        parts, whole = list(parts), self.base(total)
        members = self._standing(total, parts, exact=exact)
        exact &= len(members) == len(parts)  # what is no longer given is what is left
        if len(members) < len(parts):  # they may have added up when something was published
            then = [Part(label, 1.0) for label in (*map(self.base, parts), *pieces)]
            self.former.append((whole, then))
        if total in self.known.withdrawn and not members:
            return
        labels = [(self.base(part), 1.0) for part in members] + [(piece, 1.0) for piece in pieces]
        numbers = [self.known.value(part) for part in members]
        amount, known = self.known.value(total), math.fsum(n for n in numbers if not math.isnan(n))
        unknown = bool(pieces) or any(map(math.isnan, (amount, *numbers)))
        if unknown and open_ended:
            labels.append((self.latent(f"hors des parties : {whole}", whole), 1.0))
        # Parts that are known may pass their total by what rounding makes, whatever the others are.
        above = amount < known and total[:2] not in self.known.signed
        if (above or not unknown) and not close(amount, known):
            labels.append((self._left(total, members, amount - known, exact=exact), 1.0))
        # What is withdrawn added up with figures that may have been corrected since, and are hidden.
        supposed |= not self.known.withdrawn.isdisjoint((total, *members))
        supposed |= total in self.universes.out_of
        self.relate(whole, labels, supposed=unknown and supposed)

    def _standing(self, total: Base, parts: list[Base], *, exact: bool) -> list[Base]:
        """Return the parts without those that are withdrawn, where they no longer add up with the others."""
        withdrawn = self.known.withdrawn
        if not withdrawn.intersection((total, *parts)):
            return parts
        known = [n for n in map(self.known.value, parts) if not math.isnan(n)]
        gap = self.known.value(total) - math.fsum(known)
        if math.isnan(gap):
            return parts
        margin = self.known.rules[total.source].tolerance
        if total in self.universes.out_of:
            margin = self.universes.margin(self.known, total)
        partial = gap > 0 and not (exact and len(known) == len(parts))
        if partial or abs(gap) <= max(margin, NO_THRESHOLD):
            return parts
        return [] if total in withdrawn else [part for part in parts if part not in withdrawn]

    def _left(self, total: Base, members: list[Base], gap: float, *, exact: bool) -> str:
        """Return the cell of what a total has besides its parts."""
        whole = self.base(total)
        tolerance = self.known.rules[total.source].tolerance
        if self.universes.rounded(self.known, total, members, gap):
            tolerance = abs(gap)
        signed = total[:2] in self.known.signed
        if abs(gap) > tolerance and (exact or (gap < 0 and not signed)):
            listed = " ; ".join(self.base(part) for part in members[:6])
            raise SecrecyError(
                f"Les parties et le total diffèrent de {number(abs(gap), 2)}.",
                where=f"{whole} = {listed}{' ; …' if len(members) > 6 else ''}",  # noqa: PLR2004
                why="Une relation fausse rend le calcul du secret faux.",
                remedy="Corrigez les fichiers, ou déclarez l’écart admis dans source.toml : "
                "[secrecy] tolerance = …",
                total=whole,
                gap=gap,
            )
        label = self._named(f"hors des parties : {whole}")
        self.amounts[label] = gap
        if signed:
            self.low[label] = -math.inf
        if whole in self.whole and float(gap).is_integer():
            self.whole.add(label)
        if abs(gap) <= tolerance:  # rounding by the producer: known to anybody
            self.thresholds[label], self.low[label] = NO_THRESHOLD, -math.inf
            self.public.add(label)
        else:
            self.thresholds[label] = max(self.known.threshold(total), NO_THRESHOLD)
        return label

    def _add(
        self, terms: Sequence[tuple[Base, float]], constant: float, name: str, threshold: float
    ) -> str:
        label = self._named(name)
        parts = [(self.base(base), weight) for base, weight in terms]
        value = constant + math.fsum(w * self.known.value(b) for b, w in terms)
        if all(float(w).is_integer() for _, w in (*terms, ("", constant))) and self.whole >= {
            each for each, _ in parts
        }:
            self.whole.add(label)
        if not close(constant, 0.0):
            parts.append((ONE, constant))
        self.amounts[label] = value
        if any(base[:2] in self.known.signed for base, _ in terms):
            self.low[label] = -math.inf
        if math.isnan(value) and not any(self.known.figure(base).hidden for base, _ in terms):
            self.absent.add(label)
        self.thresholds[label] = max(threshold, NO_THRESHOLD)
        self.relate(label, parts)
        return label

    def _named(self, name: str) -> str:
        label, rank = name, 1
        while label in self.amounts:
            rank += 1
            label = f"{name} ({rank})"
        return label


@dataclass(eq=False)
class Group:
    """Cells that relations tie together, as protection and audit take them."""

    assembly: Assembly
    labels: list[str]
    relations: list[tuple[str, list[Part]]]

    def by_label(self, value: Callable[[str], float]) -> pd.Series:
        """Return a number by label."""
        return pd.Series({label: value(label) for label in self.labels}, dtype=float)

    @cached_property
    def cells(self) -> pd.Series:
        """Counts by label."""
        return self.by_label(self.assembly.amounts.__getitem__)

    @cached_property
    def thresholds(self) -> pd.Series:
        """Thresholds by label."""
        return self.by_label(self.assembly.thresholds.__getitem__)

    @cached_property
    def zeros(self) -> pd.Series:
        """Whether zero is secret, by label."""
        return self.by_label(lambda label: self.assembly.zeros.get(label, False)).astype(bool)

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What an attacker knows beforehand; a bound that the figure contradicts is refused."""
        low, high, unstated = self.assembly.low, self.assembly.high, self.assembly.nonzero
        return pd.DataFrame(
            {
                "low": self.by_label(
                    lambda label: low.get(label, math.nan if label in unstated else 0.0)
                ),
                "high": self.by_label(lambda label: high.get(label, math.inf)),
            }
        )

    @cached_property
    def whole(self) -> pd.Series:
        """Whether a cell counts by ones, by label."""
        return self.by_label(self.assembly.whole.__contains__).astype(bool)

    @property
    def absent(self) -> list[str]:
        """Labels without a count that nobody hides."""
        return [label for label in self.labels if label in self.assembly.absent]

    @property
    def latent(self) -> list[str]:
        """Labels that only write relations."""
        inert = self.assembly.inert - self.assembly.public
        return [label for label in self.labels if label in inert]

    @property
    def guards(self) -> bool:
        """Whether the rules guard anything in the group."""
        return bool(
            (
                (self.thresholds > NO_THRESHOLD)
                & ~self.thresholds.index.isin(sorted(self.assembly.inert))
                & ~(self.cells >= self.thresholds)
            ).any()
        )


def groups_of(assembly: Assembly) -> list[Group]:
    """Group cells that relations tie together, where rules guard one, whatever the rows' order."""
    labels = sorted(assembly.amounts)
    place = {label: rank for rank, label in enumerate(labels)}
    size = len(assembly.relations)
    rows, columns = [], []
    for rank, (total, parts) in enumerate(assembly.relations):
        for label in (total, *(part.label for part in parts)):
            if label != ONE:
                rows.append(rank)
                columns.append(size + place[str(label)])
    nodes = (size + len(labels),) * 2
    graph = sparse.coo_array((np.ones(len(rows)), (rows, columns)), nodes)
    _, code = csgraph.connected_components(graph, directed=False)
    groups: dict[int, Group] = defaultdict(lambda: Group(assembly, [], []))
    for label in labels:
        groups[int(code[size + place[label]])].labels.append(label)
    for rank, (total, parts) in enumerate(assembly.relations):
        group = groups[int(code[rank])]
        group.relations.append((total, parts))
        if any(part.label == ONE for part in parts) and ONE not in group.labels:
            group.labels.append(ONE)
    return [group for group in groups.values() if group.guards]
