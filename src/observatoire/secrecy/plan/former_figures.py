"""Figures as they were when something was published, where a file has been corrected since.

What was published gave the figures of that day. A corrected figure is another one: what is known
of the former says nothing of it, but those that stood unchanged tie the two together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from observatoire.secrecy.plan.disclosures import close
from observatoire.secrecy.plan.workspace_system import ONE, Supposed
from observatoire.secrecy.primary.known_figures import Base, KnownFigure
from observatoire.secrecy.primary.universes import named_today, rate_behind
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from observatoire.secrecy.plan.workspace_system import Assembly
    from observatoire.warehouse import Warehouse


#: A variable of a source.
Variable = tuple[str, str]


class Recipe(NamedTuple):
    """A sum that was published: figures and weights, and what it amounted to.

    ``terms`` gives source, variable, zoning, territory, period and weight.
    """

    terms: tuple[tuple[str, str, str, str, str, float], ...]
    amount: float


class PublishedCell(NamedTuple):
    """A figure that was published: where it stands, its value and bounds, the loads of the time."""

    key: tuple[str, str, str, str]
    numbers: tuple[float, ...]
    recipes: tuple[Recipe, ...] = ()
    loads: tuple[int, ...] = ()


def lost_figures(
    warehouse: Warehouse, earlier: Sequence[PublishedCell], names: Mapping[Variable, Variable]
) -> dict[Base, float]:
    """Return what left one by one of loads that a rebuilt warehouse does not know; the last of several."""
    known = {int(load) for (load,) in warehouse.rows("SELECT id FROM load")}
    lost = (cell for cell in earlier if not known.issuperset(cell.loads))
    return {
        named_today(Base(*terms[0][:5]), names): amount
        for cell in sorted(lost, key=lambda cell: cell.loads)
        for terms, amount in cell.recipes
        if len(terms) == 1 and terms[0][5] == 1.0
    }


@dataclass(eq=False)
class Former:
    """The figures that corrections have replaced, as cells of their own.

    ``names`` gives today's source and variable of those that were renamed. Of loads that a rebuilt
    warehouse no longer knows, the figures are those that ``earlier`` publications showed one by one.
    """

    assembly: Assembly
    warehouse: Warehouse
    earlier: Sequence[PublishedCell] = ()
    names: dict[Variable, Variable] = field(default_factory=dict)
    _changed: dict[tuple[int, ...], dict[Base, Base]] = field(default_factory=dict)
    _then: dict[tuple[Base, float], Base] = field(default_factory=dict)

    @cached_property
    def _sources(self) -> dict[int, str]:
        """Sources of the loads that are known."""
        return dict(self.warehouse.rows("SELECT id, source FROM load"))

    @cached_property
    def _standing(self) -> set[int]:
        """Loads that still stand, their source having its name."""
        renamed = {source for source, _ in self.names}
        standing = self.warehouse.rows("SELECT id FROM load WHERE superseded_by IS NULL")
        return {load for (load,) in standing if self._sources[load] not in renamed}

    @cached_property
    def _drawn(self) -> list[tuple[set[Variable], PublishedCell]]:
        """The names from which what left was drawn."""
        return [
            ({(t[0], rate_behind(t[1])) for recipe in cell.recipes for t in recipe.terms}, cell)
            for cell in self.earlier
        ]

    def follow(self, before: Variable, after: Variable) -> None:
        """Hold the figures of one name for those of another that stands in their place today.

        A name that is still given is itself what the other was: where they differ, the other has been corrected
        since.
        """
        if self.replaced(before, after):
            self.names[before] = after
        known, new = self.assembly.known, not self._together(before, after)
        for base in self._given(before):
            variable = after[1] + base.variable.removeprefix(before[1])
            now = base._replace(source=after[0], variable=variable)
            values = known.value(base), known.value(now)
            if now in known.figures and (
                values[0] == values[1] or (new and any(map(math.isnan, values)))
            ):
                pair = self.assembly.base(now), [(self.assembly.base(base), 1.0)]
                self.assembly.relate(*pair, supposed=any(map(math.isnan, values)))
            elif now in known.figures:
                self._then[now, values[0]] = base

    def replaced(self, before: Variable, after: Variable) -> bool:
        """Say whether another name, not given with it, stands for one that is given, or read, no more.

        The loads of a folder that was renamed still stand: no indicator reads them.
        """
        guarded = self.assembly.known.guarded(Base(*after, "", "", ""))
        unread = guarded and before[0] not in self.assembly.read
        return (unread or not self._given(before)) and not self._together(before, after)

    def _given(self, name: Variable) -> list[Base]:
        known = self.assembly.known
        return [
            base
            for base in known.figures
            if (base[0], rate_behind(base[1])) == name and base not in known.withdrawn
        ]

    def _together(self, before: Variable, after: Variable) -> bool:
        """Say whether one name was given while what left was drawn from the other: they are two things.

        Of two folders only indicators that stood side by side say so: figures of a folder that was renamed stand.
        """
        if before[0] != after[0]:
            beside = defaultdict[frozenset[int], tuple[set[str], set[str]]](lambda: (set(), set()))
            for names, cell in self._drawn:
                if len(met := names & {before, after}) == 1:
                    own = frozenset(
                        n for n in cell.loads if self._sources.get(n) in (before[0], after[0])
                    )
                    beside[own][after in met].add(cell.key[2])
            return any(a and b and a.isdisjoint(b) for a, b in beside.values())
        loads = {load for names, cell in self._drawn if before in names for load in cell.loads}
        return any(
            after in names and loads.intersection(cell.loads) for names, cell in self._drawn
        ) or bool(
            self.warehouse.rows(
                "SELECT 1 FROM observation JOIN load ON load.id = observation.load "
                "WHERE source = ? AND variable = ? AND list_contains(?, load) LIMIT 1",
                [*after, sorted(loads)],
            )
        )

    def today(self, base: Base) -> Base:
        """Return a figure under the names of today."""
        return named_today(base, self.names)

    def changed(self, cell: PublishedCell) -> Mapping[Base, Base]:
        """Return the cells of figures that were others, by figure, when a cell left."""
        replaced = self._replaced(cell)
        if replaced and replaced not in self._changed:
            self._changed[replaced] = self._read(replaced)
        return self._changed.get(replaced, {})

    def _replaced(self, cell: PublishedCell) -> tuple[int, ...]:
        """Return the loads of the time that stand no more, but of sources that another stood for."""
        drawn = {term[0] for recipe in cell.recipes for term in recipe.terms}
        pairs = [(before[0], after[0]) for before, after in self.names.items()]
        heirs = {after for pair in pairs if drawn.intersection(pair) for after in pair[1:]}
        away = heirs.union(before for before, after in pairs if after in heirs) - drawn
        loads = (load for load in cell.loads if self._sources.get(load) not in away)
        return tuple(sorted(load for load in loads if load not in self._standing))

    def _read(self, loads: tuple[int, ...]) -> dict[Base, Base]:
        rows = self.warehouse.rows(
            "SELECT load, source, variable, zoning, territory, period, value, status "
            "FROM observation JOIN load ON load.id = observation.load "
            "WHERE list_contains(?, load) ORDER BY load, line",
            [list(loads)],
        )
        held, unsaid = list[tuple[int, Base, float]](), dict[Base, tuple[int, KnownFigure]]()
        for load, *place, value, status in rows:
            if Status(status).has_value and value is not None:
                held.append((load, Base(*map(str, place)), float(value)))
            else:
                hidden = KnownFigure(math.nan, math.nan, math.nan, status == Status.SECRET)
                unsaid[self.today(Base(*map(str, place)))] = load, hidden
        implied = [(loads[-1], base, value) for base, value in self._implied(held)]
        known, then = self.assembly.known, dict[Base, tuple[int, KnownFigure]]()
        for load, named, value in [*implied, *held, *self._shown(loads)]:
            base = self.today(named)
            figure = load, KnownFigure(value, math.nan, math.nan)
            if math.isnan(known.value(base)):
                unsaid[base] = figure
            elif not close(known.value(base), value):
                then[base] = figure
            else:  # what another name gave it along with this one
                then.pop(base, None)
        then |= self._others(then, unsaid, loads[-1])
        figures, found = dict(known.figures), {}
        for base, (load, former) in then.items():
            made = base._replace(period=f"{base.period}, chargement {load}")
            # Whatever the load, a figure that was the same is one unknown.
            if not math.isnan(former.value):
                made = self._then.setdefault((base, former.value), made)
            found[base], figures[made] = made, former
        self.assembly.add_figures(figures)
        return found

    def _others(
        self,
        then: Mapping[Base, tuple[int, KnownFigure]],
        unsaid: Mapping[Base, tuple[int, KnownFigure]],
        load: int,
    ) -> dict[Base, tuple[int, KnownFigure]]:
        """Return the figures, not known then or now, that are other ones, with what rates told of them."""
        denied = self._denied(then, unsaid)
        others = {base: unsaid[base] for base in denied}
        for top, people in self.assembly.universes.out_of.items():
            gone = [unsaid[base][1].value for base in denied.intersection(people)]
            if any(map(math.isnan, gone)):
                others[top] = load, KnownFigure(math.nan, math.nan, math.nan)
            elif gone and top in unsaid:
                others[top] = unsaid[top]
        return others

    def _denied(
        self,
        then: Mapping[Base, tuple[int, KnownFigure]],
        unsaid: Mapping[Base, tuple[int, KnownFigure]],
    ) -> set[Base]:
        """Return the figures, not known then or now, that are others than today's; most are the same.

        A zero is not what is hidden; and where the others of a sum moved, and not as much as their total did,
        so did these.
        """
        known, denied = self.assembly.known, set[Base]()
        given = {base for base, (_, figure) in unsaid.items() if not math.isnan(figure.value)}
        for base, (_, figure) in unsaid.items():
            now = known.figure(base)
            zero = (figure.value == 0 and now.hidden) or (now.value == 0 and figure.hidden)
            if zero and known.guarded(base) and not known.rules[base.source].zero:
                denied.add(base)
        of = {label: base for base, label in self.assembly.bases.items()}
        for total, parts in self.assembly.relations:
            labels = {str(part.label): part.weight for part in parts} | {str(total): -1.0}
            terms = {of[label]: weight for label, weight in labels.items() if label in of}
            met = unsaid.keys() & terms.keys()
            if len(terms) < len(labels) or not met or known.withdrawn & terms.keys():
                continue
            moved = math.fsum(
                weight * (then[base][1].value - known.value(base))
                for base, weight in terms.items()
                if base in then
            )
            if not (math.isnan(moved) or close(moved, 0.0)):
                once = {each for each in met if each in given or not math.isnan(known.value(each))}
                known_now = {
                    each: unsaid[each][1].value if each in given else known.value(each)
                    for each in terms.keys() - (met - once)
                }
                was = known_now | {each: then[each][1].value for each in terms.keys() & then.keys()}
                dark = [terms[each] for each in met - once]
                sums = [math.fsum(terms[b] * n for b, n in at.items()) for at in (known_now, was)]
                # What is known once is the same, where that leaves something to what is never known.
                fits = all(
                    any(total * weight <= 0 for weight in dark) or (not dark and close(total, 0.0))
                    for total in sums
                )
                denied |= met - once if fits else once or met
        return denied & known.figures.keys()

    def _implied(self, held: Sequence[tuple[int, Base, float]]) -> Iterator[tuple[Base, float]]:
        """Go through the numerators that rates gave, out of the counts of the time."""
        then = {self.today(named): value for _, named, value in held}
        known, universes = self.assembly.known, self.assembly.universes
        figures = {base: KnownFigure(value, math.nan, math.nan) for base, value in then.items()}
        of_the_time = replace(known, figures={**known.figures, **figures})
        for base, figure in universes.implied(of_the_time, then).items() if universes.rates else ():
            yield base, figure.value

    def _shown(self, loads: tuple[int, ...]) -> Iterator[tuple[int, Base, float]]:
        """Go through the figures that were published one by one, where a load is not known."""
        lost = not set(loads) <= self._sources.keys()
        for cell in self.earlier if lost else ():
            for terms, amount in cell.recipes if self._replaced(cell) == loads else ():
                if len(terms) == 1 and terms[0][5] == 1.0:
                    yield loads[-1], Base(*terms[0][:5]), amount

    def relate(self) -> None:
        """Write that the figures of the time added up as those of today do."""
        relations = [*self.assembly.relations, *self.assembly.former]
        written = set[tuple[object, ...]]()
        of = {label: base for base, label in self.assembly.bases.items()}
        for loads, changed in self._changed.items():
            renamed = {
                self.assembly.bases[base]: self.assembly.base(then)
                for base, then in changed.items()
                if base in self.assembly.bases
            }
            self._keep_nonzero(renamed)
            for total, parts in relations:
                labels = [str(total), *(str(part.label) for part in parts)]
                rest = labels[0] in self.assembly.inert and labels[0] not in of
                if not (rest or labels[0] in of) or not renamed.keys() & set(labels):
                    continue
                then = [self._label_then(label, renamed, of, loads) for label in labels]
                if tuple(then) in written:
                    continue
                written.add(tuple(then))
                weights = [part.weight for part in parts]
                self._round_off(labels, then, of)
                if not rest and self._leaves_some(then):
                    then.append(self.assembly.latent(f"hors des parties : {then[0]}", then[0]))
                    weights.append(1.0)
                if self._leaves(then, weights) if rest else self._holds(labels, then):
                    made = list(zip(then[1:], weights, strict=True))
                    self.assembly.relate(then[0], made, supposed=isinstance(parts, Supposed))

    def _keep_nonzero(self, renamed: Mapping[str, str]) -> None:
        """Keep that what tables hid was at least one then too; a zero of the time was hidden by none."""
        self.assembly.nonzero |= {
            then
            for now, then in renamed.items()
            if now in self.assembly.nonzero and self.assembly.amounts[then] != 0
        }

    def _leaves(self, then: Sequence[str], weights: Sequence[float]) -> bool:
        """Say whether a part was at most its whole at the time, as far as anybody knows."""
        left = math.fsum(
            w * self.assembly.amounts[p] for w, p in zip(weights, then[1:], strict=True)
        )
        if not left < 0:
            self.assembly.amounts[then[0]] = left
        return not left < 0

    def _label_then(
        self, label: str, renamed: Mapping[str, str], of: Mapping[str, Base], loads: tuple[int, ...]
    ) -> str:
        """Return the cell of the time: of what nobody counted, nothing is known but its sign."""
        if label in renamed or label in of or label == ONE:
            return renamed.get(label, label)
        name = f"{label}, chargements {', '.join(map(str, loads))}"
        if name not in self.assembly.amounts:
            self.assembly.latent(name, label)
            if label in self.assembly.low:
                self.assembly.low[name] = self.assembly.low[label]
        return name

    def _round_off(self, labels: list[str], then: list[str], of: Mapping[str, Base]) -> None:
        """Make known what was left of a sum of the time where it was nothing, or where today's is of rounding."""
        amounts = self.assembly.amounts
        for label, made in zip(labels[1:], then[1:], strict=True):
            if label not in of and math.isnan(amounts[made]) and not math.isnan(amounts[label]):
                left = -self._known(then)
                unknown = sum(math.isnan(amounts[each]) for each in then)
                if unknown == 1 and (close(left, 0.0) or label in self.assembly.public):
                    amounts[made] = left
                    self.assembly.public.add(made)
                    self.assembly.inert.discard(made)

    def _leaves_some(self, then: list[str]) -> bool:
        """Say whether a total of the time was more than its parts: of what is left, only its sign is known."""
        left, amounts = -self._known(then), self.assembly.amounts
        signed = any(self.assembly.low.get(label, 0.0) < 0 for label in then)
        return left > 0 and not (
            close(left, 0.0) or signed or any(math.isnan(amounts[label]) for label in then)
        )

    def _holds(self, labels: Sequence[str], then: Sequence[str]) -> bool:
        """Say whether a sum held at the time: links may have changed since, and what its producer hides."""
        total, *parts = (self.assembly.amounts[label] for label in then)
        hidden = [label for label in then if math.isnan(self.assembly.amounts[label])]
        if hidden and set(hidden) <= set(labels):  # as much as today, or else it has changed too
            return close(self._known(labels), self._known(then))
        known = math.fsum(amount for amount in parts if not math.isnan(amount))
        if math.isnan(total) or close(total, known):
            return True
        signed = any(self.assembly.low.get(label, 0.0) < 0 for label in then)
        return bool(hidden) and (known <= total or signed)

    def _known(self, labels: Sequence[str]) -> float:
        """Return by how much the parts that are known pass their total, if that is."""
        total, *parts = (self.assembly.amounts[label] for label in labels)
        return math.fsum(amount for amount in (-total, *parts) if not math.isnan(amount))
