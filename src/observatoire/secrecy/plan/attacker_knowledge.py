"""What is known outside: totals others publish, bounds somebody knows, what left before."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from observatoire.secrecy.plan.disclosures import close, links_of, same
from observatoire.secrecy.plan.former_figures import Former
from observatoire.secrecy.primary.known_figures import Base, Sum
from observatoire.secrecy.primary.rule_checks import check_bound
from observatoire.secrecy.primary.sensitive_cells import printed
from observatoire.secrecy.primary.universes import rate_behind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.declarations.secrecy_rules import Known
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route
    from observatoire.secrecy.plan.disclosures import Discloser, ShownCell
    from observatoire.secrecy.plan.former_figures import PublishedCell, Recipe, Variable
    from observatoire.secrecy.plan.workspace_system import Assembly
    from observatoire.warehouse import Warehouse


def bound_shares(assembly: Assembly, discloser: Discloser, indicator: Indicator) -> None:
    """Write that the numerator of a share is at most its denominator, wherever both are counted."""
    found = discloser.counts(discloser.zoning, indicator)
    if found is None or indicator.unit != "%" or not found[1]:
        return
    for code in discloser.figures[discloser.zoning].territories:
        parts, wholes = ([each._replace(territory=code) for each in keys] for keys in found)
        if not all(each in assembly.known.figures for each in (*parts, *wholes)):
            continue
        above, below = (sum(map(assembly.known.value, each)) for each in (parts, wholes))
        if (
            not above > below
        ):  # as they are given, they are not of the same people: nothing is known
            assembly.rest(wholes, parts, f"le reste : {parts[0].label}")


def bound_implied(assembly: Assembly) -> None:
    """Write that the numerator that a rate tells is at most its universe, where it is of the same people."""
    for top, bases in sorted(assembly.universes.out_of.items()):
        if not assembly.known.value(top) > math.fsum(map(assembly.known.value, bases)):
            assembly.rest(bases, [top], f"le reste : {top.label}")


def add_published(assembly: Assembly, context: Context, indicators: Sequence[Indicator]) -> None:
    """Make public the totals that others have published of the same thing."""
    for indicator in indicators:
        source, variable = indicator.published
        if not source or indicator.denominator or indicator.variable:
            continue
        totals = [b for b in assembly.known.figures if b[:2] == (source, variable)]
        for base in sorted(totals):
            for route in context.place(base.zoning).routes:
                _add_total(assembly, route, indicator, base)


def _add_total(assembly: Assembly, route: Route, indicator: Indicator, base: Base) -> None:
    known = assembly.known
    links = links_of(route).get(base.territory, [])
    if not links or not all(link.whole for link in links):
        return
    terms = [
        (Base(source, name, route.source, link.source, base.period), 1.0)
        for source in indicator.sources
        for name in indicator.at(indicator.numerator, base.period)
        for link in links
    ]
    if all(each in known.figures for each, _ in terms):
        open_part = math.fsum(w * known.value(b) for b, w in terms if known.public(b))
        total = known.sum(terms)
        make_public(assembly, total, known.value(base) - open_part, f"publié : {base.label}")


def make_public(assembly: Assembly, total: Sum, amount: float, name: str) -> None:
    """Make a sum public: what it amounts to now, or what it amounted to when that is not known.

    A figure that its producer hides today and that was published before is past mending.
    """
    if not total.terms:
        return
    label = assembly.sum(total, name, 0.0, amount)
    if math.isnan(assembly.amounts[label]):
        if total.alone is not None:
            assembly.exposed.add(label)
            assembly.inert.add(label)
            return
        rate = any(weight < 0 for _, weight in total.terms)
        assembly.amounts[label] = 1.0 if rate else amount
    if not math.isnan(assembly.amounts[label]):
        assembly.public.add(label)
        assembly.inert.discard(label)


def add_known_bounds(assembly: Assembly, context: Context) -> None:
    """Write the bounds that the workspace says somebody knows."""
    for declared in context.workspace.secrecy.known:
        for base in sorted(assembly.known.figures):
            if _concerned(declared, base):
                _add_bound(assembly, declared, base)


def _concerned(declared: Known, base: Base) -> bool:
    return (
        (base.source, base.variable) == (declared.source, declared.variable)
        and declared.zoning in ("", base.zoning)
        and (not declared.territories or base.territory in declared.territories)
    )


def _add_bound(assembly: Assembly, declared: Known, base: Base) -> None:
    check_bound(assembly.known, declared, base)
    label = assembly.base(base)
    if declared.low is not None:
        assembly.low[label] = max(assembly.low.get(label, 0.0), declared.low)
    if declared.high is not None:
        assembly.high[label] = min(assembly.high.get(label, math.inf), declared.high)
    if declared.at_most:
        source, _, variable = declared.at_most.partition("/")
        above = base._replace(source=source, variable=variable)
        assembly.rest([above], [base], f"au plus : {label}")


def add_earlier(
    assembly: Assembly,
    earlier: Sequence[PublishedCell],
    cells: Mapping[tuple[str, str, str, str], ShownCell],
    warehouse: Warehouse,
) -> None:
    """Make public what this workspace has published, of figures as they are and as they were then."""
    former = Former(assembly, warehouse, earlier)
    for before, after in _names(assembly, earlier, cells):
        former.follow(before, after)
    for cell in earlier:
        changed = former.changed(cell)
        read = [_add_recipe(assembly, recipe, former, changed) for recipe in cell.recipes]
        # A cell may have another formula by now, or other links: its sums say what it was.
        if cell.key in cells and not any(read):
            _add_shown(assembly, cells[cell.key], cell, changed)
    former.relate()


def renamed(
    assembly: Assembly,
    earlier: Sequence[PublishedCell],
    cells: Mapping[tuple[str, str, str, str], ShownCell],
    warehouse: Warehouse,
) -> dict[Variable, Variable]:
    """Return today's source and variable of those that were replaced."""
    former = Former(assembly, warehouse, earlier)
    return {
        before: after
        for before, after in _names(assembly, earlier, cells)
        if former.replaced(before, after)
    }


def _names(
    assembly: Assembly,
    earlier: Sequence[PublishedCell],
    cells: Mapping[tuple[str, str, str, str], ShownCell],
) -> list[tuple[Variable, Variable]]:
    """Return the names under which figures of a place were given, and are given today: source and variable."""
    names: dict[tuple[Variable, Variable], None] = {}
    for cell in earlier:
        now = cells.get(cell.key)
        if now is None:
            continue
        # Of a rate that is given as such, the name is in those of the numerators that it tells.
        sums = now.counts if now.counted and len(now.counts) == 1 else now.sums
        was = [(Base(*term[:5]), term[5]) for each in cell.recipes for term in each.terms]
        for then, today in zip(
            _sides(was), _sides([term for each in sums for term in each.terms]), strict=True
        ):
            for before, after in _paired(then - today, today - then):
                if before[0] not in assembly.twins.get(after, ()):
                    names[before, after] = None
    # Of several, the same code of another folder is the likeliest: the last one holds.
    return sorted(names, key=lambda pair: pair[0][1] == pair[1][1])


def _sides(terms: Sequence[tuple[Base, float]]) -> tuple[set[Variable], set[Variable]]:
    """Return the names that a sum adds, and those that it takes away, as a rate does its denominator."""
    added, taken = (
        {(base[0], rate_behind(base[1])) for base, weight in terms if (weight > 0) is sign}
        for sign in (True, False)
    )
    return added, taken


def _paired(then: set[Variable], today: set[Variable]) -> list[tuple[Variable, Variable]]:
    """Return what stands for what: the only one for the only one, or a code of another folder for the same."""
    alone = len(then) == len(today) == 1
    pairs = product(sorted(then), sorted(today))
    return [(old, new) for old, new in pairs if alone or old[1] == new[1]]


def _add_recipe(
    assembly: Assembly, recipe: Recipe, former: Former, changed: Mapping[Base, Base]
) -> bool:
    """Make a sum public, as it was and as it is; say whether any of its figures is known."""
    known = assembly.known
    own = [(Base(*each[:5]), float(each[5])) for each in recipe.terms]
    bases = [(former.today(base), weight) for base, weight in own]
    then = [(changed.get(base, base), weight) for base, weight in bases]
    if not any(base in known.figures for base, _ in then):
        return False
    total = known.sum(then)
    # What its figures deny was a sum of others, that a rebuilt warehouse has lost.
    if math.isnan(known.total(total)) or close(known.total(total), recipe.amount):
        make_public(assembly, total, recipe.amount, "publié auparavant")
    for named in (bases, own):
        now = known.sum(named)
        if now != total and close(known.total(now), recipe.amount):
            make_public(assembly, now, recipe.amount, "publié auparavant")
    return True


def _add_shown(
    assembly: Assembly, now: ShownCell, then: PublishedCell, changed: Mapping[Base, Base]
) -> None:
    """Make public what a cell showed, whatever its source and variables were called then.

    A corrected figure may print the same rate as before: what was shown says nothing of it.
    """
    known, value = assembly.known, then.numbers[0]
    if not math.isnan(value) and now.counted and len(now.counts) == 1:
        counted = now.counts[0]
        total = known.sum([(changed.get(base, base), w) for base, w in counted.terms])
        hidden_since = any(math.isnan(known.value(base)) for base, _ in counted.terms)
        if hidden_since or close(
            round(known.total(total), now.decimals), round(value, now.decimals)
        ):
            make_public(assembly, total, value, "publié auparavant")
    elif same(*(printed(each, now.decimals) for each in (now.numbers, then.numbers))):
        for each in now.sums:
            if not any(base in changed for base, _ in each.terms):
                make_public(assembly, each, known.total(each), "publié auparavant")
