"""Figures as they were when something was published, where a file has been corrected since.

What was published gave the figures of that day. A corrected figure is another one: what is known
of the former says nothing of it, but those that stood unchanged tie the two together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from observatoire.secrecy.plan.disclosures import close
from observatoire.secrecy.plan.known_figures import Base, KnownFigure
from observatoire.secrecy.suppression.relations import Part
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.secrecy.plan.workspace_system import Assembly
    from observatoire.warehouse import Warehouse


class Recipe(NamedTuple):
    """A sum that was published: figures and weights, and what it amounted to.

    ``terms`` gives source, variable, zoning, territory, period and weight; ``loads`` the loads
    that stood at the time and have been replaced since.
    """

    terms: tuple[tuple[str, str, str, str, str, float], ...]
    amount: float
    loads: tuple[int, ...] = ()


@dataclass(eq=False)
class Former:
    """The figures that corrections have replaced, as cells of their own."""

    assembly: Assembly
    warehouse: Warehouse
    _changed: dict[tuple[int, ...], dict[Base, Base]] = field(default_factory=dict)

    def changed(self, loads: tuple[int, ...]) -> Mapping[Base, Base]:
        """Return the cells of figures that were others, by figure, while these loads stood."""
        if not loads:
            return {}
        if loads not in self._changed:
            self._changed[loads] = self._read(loads)
        return self._changed[loads]

    def _read(self, loads: tuple[int, ...]) -> dict[Base, Base]:
        rows = self.warehouse.rows(
            "SELECT load, source, variable, zoning, territory, period, value, status "
            "FROM observation JOIN load ON load.id = observation.load "
            "WHERE list_contains(?, load) AND value IS NOT NULL ORDER BY load, line",
            [list(loads)],
        )
        figures, found = dict(self.assembly.known.figures), {}
        for load, *place, value, status in rows:
            base = Base(*map(str, place))
            now = self.assembly.known.value(base)
            # A figure that its producer hides today, or hid then, is the same figure.
            if math.isnan(now) or not Status(status).has_value or close(now, float(value)):
                continue
            found[base] = base._replace(period=f"{base.period}, chargement {load}")
            figures[found[base]] = KnownFigure(float(value), math.nan, math.nan)
        self.assembly.add_figures(figures)
        return found

    def relate(self) -> None:
        """Write that the figures of the time added up as those of today do."""
        relations, written = list(self.assembly.relations), set[tuple[object, ...]]()
        of = {label: base for base, label in self.assembly.bases.items()}
        for loads, changed in self._changed.items():
            renamed = {
                self.assembly.bases[base]: self.assembly.base(then)
                for base, then in changed.items()
                if base in self.assembly.bases
            }
            for total, parts in relations:
                labels = [
                    str(total),
                    *(str(part.label) for part in parts if isinstance(part, Part)),
                ]
                if labels[0] not in of or not renamed.keys() & set(labels):
                    continue
                then = [self._then(label, renamed, of, loads) for label in labels]
                if tuple(then) not in written and self._holds(then):
                    written.add(tuple(then))
                    self.assembly.relate(then[0], [(label, 1.0) for label in then[1:]])

    def _then(
        self,
        label: str,
        renamed: Mapping[str, str],
        of: Mapping[str, Base],
        loads: tuple[int, ...],
    ) -> str:
        """Return the cell of the time: of what nobody counted, nothing is known but its sign."""
        if label in renamed or label in of:
            return renamed.get(label, label)
        name = f"{label}, chargements {', '.join(map(str, loads))}"
        if name not in self.assembly.amounts:
            self.assembly.latent(name)
            if label in self.assembly.low:
                self.assembly.low[name] = self.assembly.low[label]
        return name

    def _holds(self, labels: Sequence[str]) -> bool:
        """Say whether a sum held at the time: links may have changed since."""
        total, *parts = (self.assembly.amounts[label] for label in labels)
        known = math.fsum(amount for amount in parts if not math.isnan(amount))
        if math.isnan(total) or close(total, known):
            return True
        unknown = any(math.isnan(amount) for amount in parts)
        signed = any(self.assembly.low.get(label, 0.0) < 0 for label in labels)
        return unknown and (known <= total or signed)
