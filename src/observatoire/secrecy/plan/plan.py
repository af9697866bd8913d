"""What a whole workspace may show, decided once: every zoning, indicator and period together.

A table protected alone is safe alone; two of them may not be. So what is hidden is not decided
table by table: all the cells that could ever be shown are one system, and every table shows what
the plan lets it. What left the workspace before is known to all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.publishable import guarded_indicators, publishable
from observatoire.secrecy.plan.additivity import relate_all
from observatoire.secrecy.plan.attacker_knowledge import (
    add_earlier,
    add_known_bounds,
    add_published,
    bound_implied,
    bound_shares,
    renamed,
)
from observatoire.secrecy.plan.disclosures import Discloser, Disclosure, ShownCell
from observatoire.secrecy.plan.former_figures import lost_figures
from observatoire.secrecy.plan.protected_groups import protect_group
from observatoire.secrecy.plan.record import Record
from observatoire.secrecy.plan.workspace_system import Assembly, groups_of
from observatoire.secrecy.primary.known_figures import NO_THRESHOLD, Left, read_known_figures
from observatoire.secrecy.primary.rule_checks import check_declared
from observatoire.secrecy.primary.sensitive_cells import (
    COMPLEMENTARY,
    CONDITION,
    PRIMARY,
    conditioned,
    dominant,
    dominated,
    in_run,
    key_of,
    primary_causes,
    printed,
    public_causes,
    under_condition,
)
from observatoire.secrecy.primary.universes import Spoken, rate_behind, read_universes
from observatoire.secrecy.suppression.linear_programs import SOLVER
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.plan.former_figures import PublishedCell, Variable
    from observatoire.secrecy.primary.known_figures import Base, KnownFigures, Sum
    from observatoire.values import Record as Row


#: Where a cell stands: zoning, territory, indicator, period.
Key = tuple[str, str, str, str]

#: Files of the loads that stand, by source.
_FILES = (
    "SELECT source, string_agg(DISTINCT file, ', ' ORDER BY file) FROM load "
    "WHERE superseded_by IS NULL GROUP BY source"
)

#: How much dearer a cell is to hide where readers look first: the main zoning, then what it is
#: compared with. Other zonings are worth one.
MAIN, COMPARED = 10.0, 100.0


@dataclass(eq=False)
class SecrecyPlan:
    """Which cells may be shown, why the others may not, and the system that proves it."""

    assembly: Assembly
    cells: dict[Key, ShownCell]
    hidden: set[str] = field(default_factory=set)
    record: Record = field(default_factory=Record)
    unsaid: frozenset[str] = frozenset()
    unjudged: frozenset[str] = frozenset()

    def cause(self, key: Key) -> str:
        """Return why a cell is hidden, empty when it may be shown."""
        cell = self.cells[key]
        if cell.cause:
            return cell.cause
        read = cell.people if cell.counted else (*cell.counts, *cell.people)
        hidden = self.hidden & set(cell.labels) or self._hides(read)
        return COMPLEMENTARY if hidden else ""

    def _hides(self, counts: Iterable[Sum]) -> bool:
        """Say whether some count is hidden: printed to a digit, few pairs of whole ones fit a rate."""
        labels = {self.assembly.label_of(each) for each in counts}
        return bool(labels & self.hidden & self.assembly.counted)

    def recipes(self, key: Key) -> list[list[list[object]]]:
        """Return the sums that a cell discloses, for the ledger."""
        sums = self.cells[key].sums if key in self.cells else ()
        return [
            [[*base, weight] for base, weight in each.terms]
            + [["=", self.assembly.known.total(each)]]
            for each in sums
        ]

    def shown_labels(self) -> set[str]:
        """Return the labels that the cells which may be shown disclose."""
        return {
            label
            for key, cell in self.cells.items()
            if not self.cause(key)
            for label in cell.labels
        }


def make_plan(context: Context, earlier: Iterable[PublishedCell] = ()) -> SecrecyPlan:
    """Decide what a workspace may show.

    Parameters
    ----------
    earlier : iterable of PublishedCell
        What was published before, and is known to all.

    Raises
    ------
    SecrecyError
        When the figures contradict one another or no choice protects a cell.
    DescriptorError
        When the workspace's rules name what does not exist.
    """
    check_declared(context)
    indicators = guarded_indicators(context)
    earlier = list(earlier)
    plan = _related(context, indicators, earlier)
    if indicators:
        # What was withdrawn under a former name added up with what is given under today's.
        if names := renamed(plan.assembly, earlier, plan.cells, context.warehouse):
            plan = _related(context, indicators, earlier, names)
        bound_implied(plan.assembly)
        add_published(plan.assembly, context, indicators)
        add_known_bounds(plan.assembly, context)
        add_earlier(plan.assembly, earlier, plan.cells, context.warehouse)
        _decide(plan, context)
        known, universes = context.periods(), plan.assembly.universes
        plan.unsaid, plan.unjudged = (
            frozenset(each.code for each in indicators if says(each, known[each.code]))
            for says in (universes.unsaid, universes.unjudged)
        )
    return plan


def _related(
    context: Context,
    indicators: Sequence[Indicator],
    earlier: Sequence[PublishedCell],
    names: Mapping[Variable, Variable] | None = None,
) -> SecrecyPlan:
    """Read figures and tables, and what ties them; ``names`` are those that replaced former ones."""
    loads = {load for cell in earlier for load in cell.loads}
    left = Left(loads, lost_figures(context.warehouse, earlier, names or {}), names or {})
    plan = SecrecyPlan(_assembly(context, indicators, left), {})
    for relating in (_structure, _read_cells) if indicators else ():
        relating(plan, context, indicators)
    return plan


def _assembly(context: Context, indicators: Sequence[Indicator], left: Left) -> Assembly:
    rules = context.secrecy_rules
    sources = {source for indicator in indicators for source in indicator.sources}
    sources |= {indicator.published[0] for indicator in indicators}
    conditions = [each for rule in rules.values() for each in rule.conditions]
    sources |= {each.basis.rpartition("/")[0] for each in conditions}
    for bound in context.workspace.secrecy.known:
        sources |= {bound.source, bound.at_most.partition("/")[0]}
    sources |= {giver for each in indicators if each.size for giver in each.size.givers}
    read = frozenset(sources)
    sources |= {code for code, rule in rules.items() if rule.guarded}
    counted = read_known_figures(context.warehouse, sources - {""}, rules, left)
    universes, known = read_universes(context, counted, indicators, left)
    assembly = Assembly(known, read, universes=universes)
    assembly.asked.update(_own_thresholds(assembly))
    assembly.asked.update(universes.amounts(known, indicators))
    assembly.twins.update(_twins(known, indicators))
    return assembly


def _twins(
    known: KnownFigures, indicators: Sequence[Indicator]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the sources that give the same variable of an indicator, by source and variable."""
    given = sorted({(base.source, base.variable, base.period) for base in known.figures})
    twins: dict[tuple[str, str], tuple[str, ...]] = {}
    for indicator in indicators:
        by_variable: dict[str, dict[str, None]] = defaultdict(dict)
        for source in indicator.sources:
            for other, variable, period in given if len(indicator.sources) > 1 else ():
                if other == source and rate_behind(variable) in indicator.variables(period):
                    by_variable[variable][source] = None
        for variable, sources in by_variable.items():
            if len(sources) > 1:
                twins |= dict.fromkeys([(each, variable) for each in sources], tuple(sources))
    return twins


def _own_thresholds(assembly: Assembly) -> dict[Base, float]:
    """Return thresholds of a figure by itself: dominance, successive periods."""
    known, asked = assembly.known, {}
    runs: dict[Base, list[Base]] = defaultdict(list)
    for base in sorted(known.figures):
        rule = known.rules.get(base.source)
        if rule is None or not rule.guarded:
            continue
        if rule.dominance and base.variable in rule.dominance.largest:
            asked[base] = dominant(known, rule, [base]) or NO_THRESHOLD
        if rule.successive > 1:
            runs[base._replace(period="")].append(base)
    for found in runs.values():
        rule = known.rules[found[0].source]
        enough = [known.value(each) >= known.threshold(each) for each in found]
        for base, kept in zip(found, in_run(enough, rule.successive), strict=True):
            if not kept and not math.isnan(known.value(base)):
                asked[base] = max(known.threshold(base), known.value(base) + 1)
    return asked


def _structure(plan: SecrecyPlan, context: Context, _: Sequence[Indicator]) -> None:
    rows = context.warehouse.rows(
        "SELECT zoning, code, commune FROM territory ORDER BY zoning, rank"
    )
    communes: dict[str, dict[str, str]] = defaultdict(dict)
    for zoning, code, commune in rows:
        communes[str(zoning)][str(code)] = str(commune)
    comparator = context.workspace.comparators.get("commune")
    routes = {zoning: context.place(zoning).routes for zoning in context.workspace.zonings}
    relate_all(plan.assembly, routes, communes, comparator.zoning if comparator else "")


def _read_cells(plan: SecrecyPlan, context: Context, indicators: Sequence[Indicator]) -> None:
    by_code = {indicator.code: indicator for indicator in indicators}
    frames, disclosers = [], {}
    for period in publishable(context, indicators):
        frames.append(period.cells)
        for place in period.places:
            discloser = Discloser(
                plan.assembly.known, period.figures, place.zoning, place.routes, period.period
            )
            disclosers[place.zoning, period.period] = discloser
            for indicator in indicators:
                bound_shares(plan.assembly, discloser, indicator)
    if not frames:
        return
    cells = pd.concat(frames, ignore_index=True)
    causes = primary_causes(cells, by_code, context.secrecy_rules)
    for row, cause in zip(records(cells), causes, strict=True):
        discloser = disclosers[str(row["zoning"]), str(row["period"])]
        _read_cell(plan, discloser, row, by_code[str(row["indicator"])], str(cause))


def _read_cell(
    plan: SecrecyPlan, discloser: Discloser, row: Row, indicator: Indicator, cause: str
) -> None:
    disclosure = discloser.disclosure(row, indicator)
    spoken = _spoken(plan, discloser, row, indicator, disclosure)
    disclosure = discloser.with_people(disclosure, indicator, spoken)
    key = key_of(row)
    name = f"{indicator.code} de {key[1]} ({key[0]}, {key[3]})"
    threshold = float(row["threshold"])
    labels = tuple(plan.assembly.sum(each, name, threshold) for each in disclosure.sums)
    for each in disclosure.small:
        plan.assembly.small(each, f"{name}, un de ses effectifs", threshold)
    if not cause and (spoken.few or (spoken.implied and disclosure.small)):
        cause = PRIMARY
    if not cause:
        cause = _other_cause(discloser, row, indicator, disclosure)
    size = max((abs(plan.assembly.amounts[each]) for each in labels), default=0.0)
    numbers = tuple(float(row[name]) for name in ("value", "low", "high"))
    if threshold > 0:  # as tables round them: see release/redaction
        numbers = printed(numbers, indicator.decimals)
    counted = not indicator.denominator
    plan.cells[key] = ShownCell(
        labels,
        disclosure.sums,
        cause,
        size,
        counted,
        numbers,
        disclosure.counts,
        indicator.decimals,
        disclosure.people,
    )
    if counted and indicator.nature is Nature.AMOUNT:
        plan.assembly.counted.update(labels)
    if counted and indicator.nature is Nature.COUNT:
        _read_count(plan, row, indicator, disclosure, cause)


def _read_count(
    plan: SecrecyPlan, row: Row, indicator: Indicator, disclosure: Disclosure, cause: str
) -> None:
    """Note that a table shows a count, and whether it would show a zero."""
    assembly = plan.assembly
    if row["status"] == str(Status.MISSING) or len(disclosure.counts) != 1:
        return
    label = assembly.sum(disclosure.counts[0], key_of(row)[2], float(row["threshold"]))
    assembly.counted.add(label)
    rules = [assembly.known.rules[s] for s in indicator.sources if s in assembly.known.rules]
    if cause != CONDITION and not any(rule.zero or rule.successive > 1 for rule in rules):
        assembly.nonzero.add(label)


def _filled(row: Row) -> bool:
    return not all(math.isnan(float(row[name])) for name in ("value", "low", "high"))


def _spoken(
    plan: SecrecyPlan, discloser: Discloser, row: Row, indicator: Indicator, disclosure: Disclosure
) -> Spoken:
    """Return what a cell that is not empty tells of the people it is about."""
    if not _filled(row):
        return Spoken()
    zoning, universes = discloser.given_on(row), plan.assembly.universes
    return universes.spoken(
        discloser.known, indicator, zoning, disclosure.sources, discloser.period
    )


def _other_cause(
    discloser: Discloser, row: Row, indicator: Indicator, disclosure: Disclosure
) -> str:
    """Return whether a condition or dominance hides a cell that is not empty."""
    if not _filled(row):
        return ""
    zoning = discloser.given_on(row)
    conditions = conditioned(indicator, discloser.known.rules, discloser.period)
    place = (zoning, disclosure.sources, discloser.period)
    if under_condition(discloser.known, conditions, *place):
        return CONDITION
    return CONDITION if dominated(discloser.known, indicator, *place) else ""


# --- the decision ------------------------------------------------------------------------------


def _decide(plan: SecrecyPlan, context: Context) -> None:
    """Hide complementary cells, one group of related cells after the other."""
    costs = _costs(plan, context)
    narrowest, measured = math.inf, 0
    files = dict(context.warehouse.rows(_FILES))
    for group in groups_of(plan.assembly):
        found = protect_group(group, costs, files)
        statuses = found.statuses
        plan.hidden |= set(statuses.index[statuses == Status.SECRET])
        plan.assembly.exposed |= {str(label) for label in found.exposed}
        narrowest, measured = min(narrowest, found.floor), measured + found.proved
    causes = public_causes(map(plan.cause, plan.cells))
    plan.record = Record(
        counts={cause: count for cause, count in causes.items() if count},
        narrowest=narrowest,
        measured=measured,
        solver=SOLVER,
        exposed=len(plan.assembly.exposed),
        withheld=sum(
            key[0] in context.workspace.secrecy.headlines and plan.cause(key) == COMPLEMENTARY
            for key in plan.cells
        ),
    )


def _costs(plan: SecrecyPlan, context: Context) -> dict[str, float]:
    """Return what hiding each label costs readers: the size and place of the cells it hides."""
    workspace = context.workspace
    compared = {comparator.zoning for comparator in workspace.comparators.values()}
    costs: dict[str, float] = defaultdict(float)
    for key, cell in plan.cells.items():
        if cell.cause:
            continue
        place = MAIN if key[0] == workspace.main_zoning else 1.0
        place = COMPARED if key[0] in compared else place
        if key[0] in workspace.secrecy.headlines:
            place = math.inf
        for label in cell.labels:
            costs[label] += (1.0 + math.log2(1.0 + cell.size)) * place
    return costs
