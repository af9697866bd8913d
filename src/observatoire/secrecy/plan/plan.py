"""What a whole workspace may show, decided once: every zoning, indicator and period together.

A table protected alone is safe alone; two of them may not be. So what is hidden is not decided
table by table: all the cells that could ever be shown are one system, and every table shows what
the plan lets it. What left the workspace before is held by all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from observatoire.indicators.publishable import guarded_indicators, publishable
from observatoire.secrecy.plan.additivity import relate_all
from observatoire.secrecy.plan.attacker_knowledge import (
    hold_earlier,
    hold_known,
    hold_published,
    hold_shares,
)
from observatoire.secrecy.plan.disclosures import Discloser, Disclosure
from observatoire.secrecy.plan.holdings import NO_THRESHOLD, read_holdings
from observatoire.secrecy.plan.primary import (
    COMPLEMENTARY,
    CONDITION,
    conditioned,
    dominant,
    dominated,
    in_run,
    key_of,
    primary_causes,
    rows_of,
    under_condition,
)
from observatoire.secrecy.plan.record import Record
from observatoire.secrecy.plan.rule_checks import check_declared
from observatoire.secrecy.plan.workspace_system import ONE, Assembly
from observatoire.secrecy.suppression.complementary import UnprotectedError
from observatoire.secrecy.suppression.linear_programs import SOLVER
from observatoire.secrecy.suppression.protection import protection
from observatoire.secrecy.suppression.relations import Part
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.plan.former_figures import Recipe
    from observatoire.secrecy.plan.holdings import Base, Sum
    from observatoire.secrecy.suppression.protection import Protection
    from observatoire.values import Record as Row


#: Where a cell stands: zoning, territory, indicator, period.
Key = tuple[str, str, str, str]

#: How much dearer a cell is to hide where readers look first: the main zoning, then what it is
#: compared with. Other zonings are worth one. A headline is hidden where nothing else will do.
MAIN, COMPARED, HEADLINE = 10.0, 100.0, 1e6


@dataclass(frozen=True)
class Shown:
    """One cell of a table as the plan sees it."""

    labels: tuple[str, ...]
    sums: tuple[Sum, ...]
    cause: str
    size: float
    counted: bool
    numbers: tuple[float, float, float]


@dataclass(eq=False)
class SecrecyPlan:
    """Which cells may be shown, why the others may not, and the system that proves it."""

    assembly: Assembly
    cells: dict[Key, Shown]
    hidden: set[str] = field(default_factory=set)
    record: Record = field(default_factory=Record)

    def cause(self, key: Key) -> str:
        """Return why a cell is hidden, empty when it may be shown."""
        cell = self.cells[key]
        if cell.cause:
            return cell.cause
        return COMPLEMENTARY if self.hidden & set(cell.labels) else ""

    def recipes(self, key: Key) -> list[list[list[object]]]:
        """Return the sums that a cell tells, for the ledger."""
        told = self.cells[key].sums if key in self.cells else ()
        return [
            [[*base, weight] for base, weight in each.terms]
            + [["=", self.assembly.holdings.total(each)]]
            for each in told
        ]

    def told(self) -> set[str]:
        """Return the labels that cells which may be shown tell."""
        return {
            label
            for key, cell in self.cells.items()
            if not self.cause(key)
            for label in cell.labels
        }


def make_plan(desk: Context, earlier: Iterable[Recipe] = ()) -> SecrecyPlan:
    """Decide what a workspace may show.

    Parameters
    ----------
    desk : Context
        What answers.
    earlier : iterable of recipes
        What was published before, and is held by all.

    Raises
    ------
    SecrecyError
        When the figures contradict one another or no choice protects a cell.
    DescriptorError
        When the workspace's rules name what does not exist.
    """
    check_declared(desk)
    indicators = guarded_indicators(desk)
    plan = SecrecyPlan(_assembly(desk, indicators), {})
    if indicators:
        for relating in (_structure, _read_cells):
            relating(plan, desk, indicators)
        hold_published(plan.assembly, desk, indicators)
        hold_known(plan.assembly, desk)
        hold_earlier(plan.assembly, earlier, desk.warehouse)
        _decide(plan, desk)
    return plan


def _assembly(desk: Context, indicators: Sequence[Indicator]) -> Assembly:
    sources = {source for one in indicators for source in one.sources}
    sources |= {one.published[0] for one in indicators}
    for rule in desk.secrecy_rules.values():
        sources |= {each.basis.rpartition("/")[0] for each in rule.conditions}
    for known in desk.workspace.secrecy.known:
        sources |= {known.source, known.at_most.partition("/")[0]}
    sources |= {code for code, rule in desk.secrecy_rules.items() if rule.guarded}
    holdings = read_holdings(desk.warehouse, sources - {""}, desk.secrecy_rules)
    assembly = Assembly(holdings)
    assembly.asked.update(_own_thresholds(assembly))
    return assembly


def _own_thresholds(assembly: Assembly) -> dict[Base, float]:
    """Return thresholds that a figure owes to itself: dominance, successive periods."""
    holdings, asked = assembly.holdings, {}
    runs: dict[Base, list[Base]] = defaultdict(list)
    for base in sorted(holdings.figures):
        rule = holdings.rules.get(base.source)
        if rule is None or not rule.guarded:
            continue
        if rule.dominance and base.variable in rule.dominance.largest:
            asked[base] = dominant(holdings, rule, [base]) or NO_THRESHOLD
        if rule.successive > 1:
            runs[base._replace(period="")].append(base)
    for found in runs.values():
        rule = holdings.rules[found[0].source]
        enough = [holdings.value(each) >= holdings.threshold(each) for each in found]
        for base, kept in zip(found, in_run(enough, rule.successive), strict=True):
            if not kept and not math.isnan(holdings.value(base)):
                asked[base] = max(holdings.threshold(base), holdings.value(base) + 1)
    return asked


def _structure(plan: SecrecyPlan, desk: Context, _: Sequence[Indicator]) -> None:
    rows = desk.warehouse.rows("SELECT zoning, code, commune FROM territory ORDER BY zoning, rank")
    communes: dict[str, dict[str, str]] = defaultdict(dict)
    for zoning, code, commune in rows:
        communes[str(zoning)][str(code)] = str(commune)
    comparator = desk.workspace.comparators.get("commune")
    roads = {zoning: desk.place(zoning).routes for zoning in desk.workspace.zonings}
    relate_all(plan.assembly, roads, communes, comparator.zoning if comparator else "")


def _read_cells(plan: SecrecyPlan, desk: Context, indicators: Sequence[Indicator]) -> None:
    by_code = {one.code: one for one in indicators}
    frames, tellers = [], {}
    for period in publishable(desk, indicators):
        frames.append(period.cells)
        for place in period.places:
            teller = Discloser(
                plan.assembly.holdings, period.figures, place.zoning, place.routes, period.period
            )
            tellers[place.zoning, period.period] = teller
            for one in indicators:
                hold_shares(plan.assembly, teller, one)
    if not frames:
        return
    cells = pd.concat(frames, ignore_index=True)
    causes = primary_causes(cells, by_code, desk.secrecy_rules)
    for row, cause in zip(rows_of(cells), causes, strict=True):
        teller = tellers[str(row["zoning"]), str(row["period"])]
        _read_cell(plan, teller, row, by_code[str(row["indicator"])], str(cause))


def _read_cell(
    plan: SecrecyPlan,
    teller: Discloser,
    row: Row,
    indicator: Indicator,
    cause: str,
) -> None:
    told = teller.told(row, indicator)
    key = key_of(row)
    name = f"{indicator.code} de {key[1]} ({key[0]}, {key[3]})"
    threshold = float(row["threshold"])
    labels = tuple(plan.assembly.sum(each, name, threshold) for each in told.sums)
    for each in told.small:
        plan.assembly.small(each, f"{name}, un de ses effectifs", threshold)
    if not cause:
        cause = _other_cause(teller, row, indicator, told)
    size = max((abs(plan.assembly.amounts[label]) for label in labels), default=0.0)
    numbers = (float(row["value"]), float(row["low"]), float(row["high"]))
    counted = not indicator.denominator
    plan.cells[key] = Shown(labels, told.sums, cause, size, counted, numbers)


def _other_cause(teller: Discloser, row: Row, indicator: Indicator, told: Disclosure) -> str:
    """Return whether a condition or dominance hides a cell that says something."""
    said = not all(math.isnan(float(row[name])) for name in ("value", "low", "high"))
    if not said:
        return ""
    origin = str(row["origin"])
    zoning = teller.roads[int(origin)].source if origin.isdigit() else teller.zoning
    conditions = conditioned(indicator, teller.holdings.rules, teller.period)
    place = (zoning, told.sources, teller.period)
    if under_condition(teller.holdings, conditions, *place):
        return CONDITION
    return CONDITION if dominated(teller.holdings, indicator, *place) else ""


# --- the decision ------------------------------------------------------------------------------


def _decide(plan: SecrecyPlan, desk: Context) -> None:
    """Hide complementary cells, one group of related cells after the other."""
    costs = _costs(plan, desk)
    narrowest, measured, cost, bound = math.inf, 0, 0.0, 0.0
    proved = True
    for labels, relations in groups_of(plan.assembly):
        if not guards(plan.assembly, labels):
            continue
        found = _protect(plan, labels, relations, costs)
        statuses = found.statuses
        plan.hidden |= set(statuses.index[statuses == Status.SECRET])
        plan.assembly.exposed |= {str(label) for label in found.exposed}
        narrowest, measured = min(narrowest, found.floor), measured + found.proved
        cost, proved = cost + found.cost, proved and found.bound is not None
        bound += found.bound or 0.0
    counts: dict[str, int] = defaultdict(int)
    for key in plan.cells:
        counts[plan.cause(key)] += 1
    del counts[""]
    plan.record = Record(
        counts=dict(counts),
        narrowest=narrowest,
        measured=measured,
        solver=SOLVER,
        cost=cost,
        bound=bound if proved else None,
        exposed=len(plan.assembly.exposed),
        withheld=sum(
            key[0] in desk.workspace.secrecy.headlines and plan.cause(key) == COMPLEMENTARY
            for key in plan.cells
        ),
    )


def guards(assembly: Assembly, labels: Sequence[str]) -> bool:
    """Say whether a group holds anything that the rules guard."""
    return any(
        assembly.thresholds[label] > NO_THRESHOLD
        and label not in assembly.inert
        and not assembly.amounts[label] >= assembly.thresholds[label]
        for label in labels
    )


def held_labels(labels: Sequence[str], relations: Sequence[tuple[str, list[Part]]]) -> list[str]:
    """Return the labels of a group, with the cell that everybody knows where sums use it."""
    used = any(part.label == ONE for _, parts in relations for part in parts)
    return [*labels, ONE] if used and ONE not in labels else list(labels)


def _costs(plan: SecrecyPlan, desk: Context) -> dict[str, float]:
    """Return what hiding each label costs readers: the size and place of the cells it hides."""
    workspace = desk.workspace
    compared = {one.zoning for one in workspace.comparators.values()}
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


def groups_of(assembly: Assembly) -> list[tuple[list[str], list[tuple[str, list[Part]]]]]:
    """Group cells that relations tie together, in an order that does not depend on the rows."""
    labels = sorted(assembly.amounts)
    place = {label: rank for rank, label in enumerate(labels)}
    rows, columns = [], []
    for rank, (total, parts) in enumerate(assembly.relations):
        for label in (total, *(part.label for part in parts if isinstance(part, Part))):
            if label != ONE:
                rows.append(rank)
                columns.append(len(assembly.relations) + place[str(label)])
    size = len(assembly.relations) + len(labels)
    graph = sparse.coo_array((np.ones(len(rows)), (rows, columns)), (size, size))
    _, group = csgraph.connected_components(graph, directed=False)
    members: dict[int, list[str]] = defaultdict(list)
    for label in labels:
        members[int(group[len(assembly.relations) + place[label]])].append(label)
    tied: dict[int, list[tuple[str, list[Part]]]] = defaultdict(list)
    for rank, (total, parts) in enumerate(assembly.relations):
        tied[int(group[rank])].append((str(total), [p for p in parts if isinstance(p, Part)]))
    return [(found, tied[code]) for code, found in members.items()]


def _protect(
    plan: SecrecyPlan,
    labels: Sequence[str],
    relations: Sequence[tuple[str, list[Part]]],
    costs: Mapping[str, float],
) -> Protection:
    assembly = plan.assembly
    held = held_labels(labels, relations)
    public = [label for label in held if label in assembly.public]
    inert = [label for label in held if label in assembly.inert and label not in assembly.public]
    closed = [
        label
        for label in held
        if label not in costs and label not in assembly.public and label not in assembly.inert
    ]
    decide = partial(
        protection,
        pd.Series({label: assembly.amounts[label] for label in held}, dtype=float),
        relations,
        pd.Series({label: assembly.thresholds[label] for label in held}),
        hide_zero=pd.Series({label: assembly.zeros.get(label, False) for label in held}),
        bounds=attackers_bounds(assembly, held),
        already_hidden=closed,
        published=public,
        latent=inert,
        past_mending=True,
    )
    cost = pd.Series({label: costs.get(label, 1.0) for label in held})
    with suppress(UnprotectedError):
        return decide(cost=cost)
    # Zeros shown may give a total away: they are hidden where nothing else will do.
    with suppress(UnprotectedError):
        return decide(cost=cost, spare_zeros=False)
    # So may headlines, of these cells alone: after a correction they tell what has changed.
    return decide(cost=cost.replace(math.inf, HEADLINE), spare_zeros=False)


def attackers_bounds(assembly: Assembly, labels: Sequence[str]) -> pd.DataFrame:
    """Return what an attacker knows beforehand; a bound that the figure contradicts is refused."""
    return pd.DataFrame(
        {
            "low": [assembly.low.get(label, 0.0) for label in labels],
            "high": [assembly.high.get(label, math.inf) for label in labels],
        },
        index=pd.Index(labels),
    )
