"""What is known outside: totals others publish, bounds somebody holds, what left before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.secrecy.plan.disclosures import close, links_of
from observatoire.secrecy.plan.former_figures import Former
from observatoire.secrecy.plan.holdings import Base, Sum
from observatoire.secrecy.plan.rule_checks import check_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from observatoire.declarations.secrecy_rules import Known
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route
    from observatoire.secrecy.plan.disclosures import Discloser
    from observatoire.secrecy.plan.former_figures import Recipe
    from observatoire.secrecy.plan.workspace_system import Assembly
    from observatoire.warehouse import Warehouse


def hold_shares(assembly: Assembly, teller: Discloser, indicator: Indicator) -> None:
    """Hold that the numerator of a share is at most its denominator, wherever both are counted."""
    found = teller.counts(teller.zoning, indicator)
    if found is None or indicator.unit != "%" or not found[1]:
        return
    for code in teller.figures[teller.zoning].value.index:
        parts, wholes = ([each._replace(territory=str(code)) for each in keys] for keys in found)
        if not all(each in assembly.holdings.figures for each in (*parts, *wholes)):
            continue
        above, below = (sum(map(assembly.holdings.value, each)) for each in (parts, wholes))
        if not above > below:  # told apart, they are not of the same people: nothing is known
            assembly.rest(wholes, parts, f"le reste : {parts[0].label}")


def hold_published(assembly: Assembly, desk: Context, indicators: Sequence[Indicator]) -> None:
    """Hold the totals that others have published of the same thing."""
    for indicator in indicators:
        source, variable = indicator.published
        if not source or indicator.denominator or indicator.variable:
            continue
        totals = [b for b in assembly.holdings.figures if b[:2] == (source, variable)]
        for base in sorted(totals):
            for road in desk.place(base.zoning).routes:
                _hold_total(assembly, road, indicator, base)


def _hold_total(assembly: Assembly, road: Route, indicator: Indicator, base: Base) -> None:
    holdings = assembly.holdings
    links = links_of(road).get(base.territory, [])
    if not links or not all(link.whole for link in links):
        return
    terms = [
        (Base(source, name, road.source, link.source, base.period), 1.0)
        for source in indicator.sources
        for name in indicator.at(indicator.numerator, base.period)
        for link in links
    ]
    if all(each in holdings.figures for each, _ in terms):
        open_part = math.fsum(w * holdings.value(b) for b, w in terms if holdings.public(b))
        told = holdings.sum(terms)
        hold(assembly, told, holdings.value(base) - open_part, f"publié : {base.label}")


def hold(assembly: Assembly, told: Sum, amount: float, name: str) -> None:
    """Hold a sum for public: what it amounts to now, or what it was said to when it is not known.

    A figure that its producer hides today and that was published before is past mending.
    """
    if not told.terms:
        return
    label = assembly.sum(told, name, 0.0)
    if math.isnan(assembly.amounts[label]):
        if told.alone is not None:
            assembly.exposed.add(label)
            assembly.inert.add(label)
            return
        assembly.amounts[label] = amount
    if not math.isnan(assembly.amounts[label]):
        assembly.public.add(label)
        assembly.inert.discard(label)


def hold_known(assembly: Assembly, desk: Context) -> None:
    """Hold the bounds that the workspace says somebody knows."""
    for known in desk.workspace.secrecy.known:
        for base in sorted(assembly.holdings.figures):
            if _concerned(known, base):
                _hold_bound(assembly, known, base)


def _concerned(known: Known, base: Base) -> bool:
    return (
        (base.source, base.variable) == (known.source, known.variable)
        and known.zoning in ("", base.zoning)
        and (not known.territories or base.territory in known.territories)
    )


def _hold_bound(assembly: Assembly, known: Known, base: Base) -> None:
    check_bound(assembly.holdings, known, base)
    label = assembly.base(base)
    if known.low is not None:
        assembly.low[label] = max(assembly.low.get(label, 0.0), known.low)
    if known.high is not None:
        assembly.high[label] = min(assembly.high.get(label, math.inf), known.high)
    if known.at_most:
        source, _, variable = known.at_most.partition("/")
        above = base._replace(source=source, variable=variable)
        assembly.rest([above], [base], f"au plus : {label}")


def hold_earlier(assembly: Assembly, earlier: Iterable[Recipe], warehouse: Warehouse) -> None:
    """Hold what this workspace has published, of figures as they are and as they were then."""
    holdings = assembly.holdings
    former = Former(assembly, warehouse)
    for recipe in earlier:
        changed = former.changed(recipe.loads)
        bases = [(Base(*each[:5]), float(each[5])) for each in recipe.terms]
        then = [(changed.get(base, base), weight) for base, weight in bases]
        told = holdings.sum(then)
        hold(assembly, told, recipe.amount, "publié auparavant")
        now = holdings.sum(bases)
        if now != told and close(holdings.total(now), recipe.amount):
            hold(assembly, now, recipe.amount, "publié auparavant")
    former.relate()
