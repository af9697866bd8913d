"""How producers' figures add up: over territories, categories and periods."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from observatoire.secrecy.plan.disclosures import close, links_of
from observatoire.secrecy.primary.known_figures import Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from observatoire.indicators.routes.routes import Route
    from observatoire.secrecy.plan.disclosures import Link
    from observatoire.secrecy.plan.workspace_system import Assembly


#: Places looked at first, the largest, to find figures that are the same under another name; and how many
#: sizes must agree before they are held for one.
_ANCHORS, _SIZES = 3, 4

#: One variable in one period: what is counted.
Counted = tuple[str, str, str]


def relate_all(
    assembly: Assembly,
    routes: Mapping[str, Sequence[Route]],
    communes: Mapping[str, Mapping[str, str]],
    commune_zoning: str,
) -> None:
    """Write every sum that ties the guarded figures.

    Parameters
    ----------
    assembly : Assembly
        Where to write.
    routes : mapping
        Passages by the zoning they lead to.
    communes : mapping
        The commune of each territory, by zoning.
    commune_zoning : str
        The zoning of communes; empty when there is none.
    """
    places = _places(assembly)
    joined = _joined(assembly, places)
    for counted in sorted(joined):
        by_zoning = joined[counted]
        for target, found in routes.items():
            for route in found:
                if target in by_zoning and route.source in by_zoning:
                    _by_route(assembly, counted, target, route, by_zoning[target])
        if commune_zoning in by_zoning:
            for zoning in sorted(by_zoning):
                linked = {route.source for route in routes.get(commune_zoning, ())}
                if zoning != commune_zoning and zoning not in linked:
                    _by_commune(
                        assembly, counted, (zoning, commune_zoning), by_zoning, communes[zoning]
                    )
    _categories(assembly, places)
    _periods(assembly, places)
    _namesakes(assembly, places)


def _places(assembly: Assembly) -> dict[Counted, dict[str, list[str]]]:
    places: dict[Counted, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for base in sorted(assembly.known.figures):
        sources = assembly.twins.get(base[:2], (base.source,))
        if any(assembly.known.guarded(base._replace(source=each)) for each in sources):
            places[base.source, base.variable, base.period][base.zoning].append(base.territory)
    return places


def _joined(
    assembly: Assembly, places: Mapping[Counted, Mapping[str, list[str]]]
) -> dict[Counted, dict[str, list[str]]]:
    """Bring together the places of one quantity that several sources give; twice given, it is one.

    Raises
    ------
    SecrecyError
        When two sources of an indicator give two figures of the same territory.
    """
    joined: dict[Counted, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (source, variable, period), by_zoning in sorted(places.items()):
        first = assembly.twins.get((source, variable), (source,))[0]
        for zoning, codes in by_zoning.items():
            for code in codes:
                base = Base(source, variable, zoning, code, period)
                held = assembly.given(base._replace(source=first))
                if held == base:
                    joined[first, variable, period][zoning].append(code)
                else:
                    assembly.nest(held, [base], exact=True)
    return joined


def _at(assembly: Assembly, counted: Counted, zoning: str, territory: str) -> Base:
    source, variable, period = counted
    return assembly.given(Base(source, variable, zoning, territory, period))


def _by_route(
    assembly: Assembly, counted: Counted, target: str, route: Route, territories: Iterable[str]
) -> None:
    """Write figures of one zoning as sums over another; a zoning that cuts it makes pieces."""
    pieces: dict[Base, list[str]] = defaultdict(list)
    links = links_of(route)
    for code in territories:
        linked = links.get(code, [])
        if not linked:
            continue
        cut = [
            _piece(assembly, counted, route, link, code, pieces)
            for link in linked
            if not link.whole
        ]
        assembly.nest(
            _at(assembly, counted, target, code),
            [_at(assembly, counted, route.source, link.source) for link in linked if link.whole],
            cut,
            exact=False,
            open_ended=code in route.incomplete or not close(route.coverage(code), 1.0),
        )
    for source, found in sorted(pieces.items()):
        assembly.nest(source, [], found, exact=False, open_ended=True)


def _piece(
    assembly: Assembly,
    counted: Counted,
    route: Route,
    link: Link,
    code: str,
    pieces: dict[Base, list[str]],
) -> str:
    source = _at(assembly, counted, route.source, link.source)
    whole = assembly.base(source)
    label = assembly.latent(f"part dans {code} de {whole}", whole)
    pieces[source].append(label)
    return label


def _by_commune(
    assembly: Assembly,
    counted: Counted,
    zonings: tuple[str, str],
    by_zoning: Mapping[str, Sequence[str]],
    commune_of: Mapping[str, str],
) -> None:
    """Write what communes have of territories that no table links to them: all, and the rest."""
    zoning, above = zonings
    members: dict[str, list[Base]] = defaultdict(list)
    for code in by_zoning[zoning]:
        members[commune_of.get(code, "")].append(_at(assembly, counted, zoning, code))
    for commune in by_zoning[above]:
        parts, total = members.get(commune, []), _at(assembly, counted, above, commune)
        known = math.fsum(v for v in map(assembly.known.value, parts) if not math.isnan(v))
        # Territories that overlap are more than their commune, and do not add up.
        if parts and not assembly.known.value(total) < known:
            assembly.nest(total, parts, exact=False, open_ended=True)


def _categories(assembly: Assembly, places: Mapping[Counted, Mapping[str, list[str]]]) -> None:
    rules = assembly.known.rules
    for source, variable, period in sorted(places):
        for total, parts in ((each.total, each.parts) for each in rules[source].sums):
            if total != variable:
                continue
            for zoning, codes in places[source, variable, period].items():
                for code in codes:
                    assembly.nest(
                        Base(source, total, zoning, code, period),
                        [Base(source, part, zoning, code, period) for part in parts],
                        exact=True,
                    )


def _periods(assembly: Assembly, places: Mapping[Counted, Mapping[str, list[str]]]) -> None:
    """Write the periods that are sums, of sources that say so: a stock does not add up."""
    rules = assembly.known.rules
    for source, variable, period in sorted(places):
        if not rules[source].additive_periods:
            continue
        for finer in divisions(period):
            finer_places = [places.get((source, variable, each)) for each in finer]
            for zoning, codes in places[source, variable, period].items():
                if not all(each and zoning in each for each in finer_places):
                    continue
                for code in codes:
                    whole = Base(source, variable, zoning, code, period)
                    parts = [whole._replace(period=each) for each in finer]
                    assembly.nest(whole, parts, exact=True)


def _namesakes(assembly: Assembly, places: Mapping[Counted, Mapping[str, list[str]]]) -> None:
    """Write that figures that are the same wherever two names give them are one quantity.

    Another source, another code, « 2019 » and « 2019-T4 »: whoever sees them side by side sees that they are the
    same, and what one hides the other must not give.
    """
    figures: dict[tuple[str, str], dict[Counted, dict[str, float]]] = defaultdict(dict)
    for source, variable, period in sorted(places):
        for zoning, codes in places[source, variable, period].items():
            bases = [Base(source, variable, zoning, code, period) for code in codes]
            given = {base.territory: assembly.known.value(base) for base in bases}
            figures[zoning, period[:4]][source, variable, period] = (
                given  # two years are two things
            )
    for (zoning, _), by_name in figures.items():
        for first, second in _pairs(by_name):
            for code in sorted(by_name[first].keys() & by_name[second].keys()):
                one, other = (_at(assembly, counted, zoning, code) for counted in (first, second))
                if one != other:
                    assembly.nest(one, [other], exact=True, supposed=True)


def _pairs(figures: Mapping[Counted, Mapping[str, float]]) -> Iterator[tuple[Counted, Counted]]:
    """Give each of those that are another under its own name, and that one."""
    holding: dict[tuple[str, float], list[Counted]] = defaultdict(list)
    for counted, given in figures.items():
        known = {code: number for code, number in given.items() if number > 0}
        largest = sorted(known, key=lambda code: (-known[code], code))[:_ANCHORS]
        rivals = dict.fromkeys(each for code in largest for each in holding[code, known[code]])
        for same in rivals:
            if _are_one(figures[same], given):
                yield same, counted
                break
        for code, number in known.items():
            holding[code, number].append(counted)


def _are_one(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    """Say whether figures are the same everywhere both are known, in places enough and several sizes."""
    both = [(first[c], second[c]) for c in first if c in second]
    known = [(a, b) for a, b in both if not math.isnan(a) and not math.isnan(b)]
    sizes = {a for a, _ in known if a > 0}
    return len(sizes) >= _SIZES and all(a == b for a, b in known)


def divisions(period: str) -> list[list[str]]:
    """Return the ways a period divides: half-years, quarters, months, or the years of a span.

    Examples
    --------
    >>> divisions("2012-S1")
    [['2012-T1', '2012-T2'], ['2012-01', '2012-02', '2012-03', '2012-04', '2012-05', '2012-06']]
    >>> divisions("2015-2016")
    [['2015', '2016']]
    """
    year, _, part = period.partition("-")
    months = [f"{year}-{month:02}" for month in range(1, 13)]
    quarters = [f"{year}-T{quarter}" for quarter in range(1, 5)]
    if not part:
        return [[f"{year}-S1", f"{year}-S2"], quarters, months]
    if part.isdigit() and len(part) == len(year):
        return [[str(each) for each in range(int(year), int(part) + 1)]]
    if part.startswith("S"):
        half = int(part[1:]) - 1
        return [quarters[2 * half : 2 * half + 2], months[6 * half : 6 * half + 6]]
    if part.startswith("T"):
        quarter = int(part[1:]) - 1
        return [months[3 * quarter : 3 * quarter + 3]]
    return []
