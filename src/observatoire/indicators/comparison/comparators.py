"""What territories are compared with: wholes they are part of, the rest, the ring around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.french.typography import enumerate_words
from observatoire.indicators.computation.table import Place
from observatoire.indicators.routes.routes import Route, route_of
from observatoire.passage import from_table
from observatoire.territories.link_tables import PART, SPLIT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun
    from observatoire.indicators.context import Context
    from observatoire.workspace.model import Comparator


_ROUNDING = 1e-9


@dataclass(frozen=True)
class Counterpart:
    """What one territory is compared with; ``holds`` when the territory is part of it."""

    zoning: str
    code: str
    name: str
    holds: bool


def comparator_code(comparator: Comparator, zoning: str) -> str:
    """Return the code under which a comparator's cells go, for the territories of a zoning."""
    if comparator.ring:
        return f"{zoning} + {comparator.ring:g} m"
    if comparator.minus:
        return f"{comparator.zoning} - {comparator.minus}"
    return comparator.zoning


def comparator_place(context: Context, comparator: Comparator, zoning: str) -> Place:
    """Return where a comparator is computed.

    Parameters
    ----------
    comparator : Comparator
        A zoning's members, what is left of them, or the ring around each territory.

    Raises
    ------
    SchematicGeometryError
        For a ring around what is only drawn.
    """
    code = comparator_code(comparator, zoning)
    if comparator.ring:
        names = {c: f"{comparator.label} ({name})" for c, name in context.names(zoning).items()}
        lacking = f"Rien de chargé à moins de {comparator.ring:g} m de ce territoire."
        return Place(code, names, context.rings(zoning, comparator.ring), lacking)
    place = context.place(comparator.zoning, comparator.territories)
    if not comparator.minus:
        return place
    minus = context.workspace.zoning(comparator.minus).noun
    names = {c: f"{name}, hors {minus.many}" for c, name in place.names.items()}
    routes = context.place(comparator.minus).routes
    whole = context.names(comparator.minus)
    left = [
        remainder(route, [taken for taken in routes if taken.source == route.source], whole, minus)
        for route in place.routes
        if any(taken.source == route.source for taken in routes)
    ]
    return Place(code, names, left)


def remainder(route: Route, taken: Sequence[Route], names: Mapping[str, str], noun: Noun) -> Route:
    """Return what is left of wholes when parts of them are taken away.

    Parameters
    ----------
    route : Route
        From small sources to the wholes.
    taken : sequence of Route
        From the same sources to the parts.
    names : mapping
        Names of the parts: those that no source is known of are not taken away, and are named.

    Returns
    -------
    Route
        A source that no part touches is whole; one wholly taken is gone; of one that holds a part
        whose share nobody knows, anything from nothing to all is left.
    """
    shares = pd.concat([part.passage.weights for part in taken], ignore_index=True)
    grouped = shares.groupby("source")
    by_source = grouped[["low", "high"]].sum()
    # A part whose share nobody knows leaves a rest that nobody knows.
    unknown_share = shares["weight"].isna().groupby(shares["source"]).any()
    by_source["weight"] = grouped["weight"].sum().where(~unknown_share)
    table = route.passage.weights.merge(
        by_source, left_on="source", right_index=True, how="left", suffixes=("", "_taken")
    )
    gone = table[["low_taken", "high_taken"]].fillna(0.0)
    untouched = table["high_taken"].isna()
    weight = table["weight"] - table["weight_taken"].where(~untouched, 0.0)
    left = pd.DataFrame(
        {
            "source": table["source"],
            "target": table["target"],
            "weight": weight.clip(lower=0.0),
            "low": (table["low"] - gone["high_taken"]).clip(lower=0.0),
            "high": (table["high"] - gone["low_taken"]).clip(lower=0.0),
            "link": np.where(untouched, table["link"], np.where(weight.isna(), PART, SPLIT)),
        }
    )
    left = left[left["high"] > _ROUNDING]
    made = from_table(left, targets=sorted(set(table["target"])), method=route.passage.method)
    unknown = sorted({t for part in taken for t in part.incomplete})
    label = f"moins les {noun.many}"
    if unknown:
        missing = enumerate_words([names.get(t, t) for t in unknown], most=4)
        label += f" (sauf {missing}, qu’{route.noun.none} {route.noun.agree('connu')} ne situe)"
    return route_of(route.source, made, route.noun, route.method, label)


def counterparts(context: Context, comparator: Comparator, zoning: str) -> dict[str, Counterpart]:
    """Return what each territory of a zoning is compared with, none for one that has none.

    A ring is each territory's own. Otherwise it is the member that ``against`` names, the only
    one, the one the territory is linked to as a whole, or the one of its commune.
    """
    key = ("counterparts", comparator, zoning)
    return context.memo.once(key, lambda: _counterparts(context, comparator, zoning))


def _counterparts(context: Context, comparator: Comparator, zoning: str) -> dict[str, Counterpart]:
    code = comparator_code(comparator, zoning)
    own_communes = context.communes(zoning)
    if comparator.ring:
        names = context.names(zoning)
        return {
            t: Counterpart(code, t, f"{comparator.label} ({names[t]})", holds=False)
            for t in own_communes
        }
    members = context.place(comparator.zoning, comparator.territories).names
    linked = _links(context, zoning, comparator.zoning)
    communes = context.communes(comparator.zoning)
    by_commune: dict[str, list[str]] = {}
    for member in members:
        by_commune.setdefault(communes.get(member, ""), []).append(member)
    found = {}
    for territory, commune in own_communes.items():
        holders = linked.get(territory, ())
        same = by_commune.get(commune, []) if commune else []
        chosen = _chosen(comparator, members, holders, same)
        if chosen is None or (comparator.zoning == zoning and chosen == territory):
            continue
        holds = not comparator.minus and (chosen in holders or (not linked and chosen == commune))
        name = members[chosen]
        if comparator.minus:
            name += f", hors {context.workspace.zoning(comparator.minus).noun.many}"
        found[territory] = Counterpart(code, chosen, name, holds and comparator.zoning != zoning)
    return found


def _chosen(
    comparator: Comparator,
    names: Mapping[str, str],
    holders: Sequence[str],
    same: Sequence[str],
) -> str | None:
    if comparator.against:
        return comparator.against
    if len(names) == 1:
        return next(iter(names))
    if holders:
        return next((code for code in holders if code in names), None)
    return same[0] if len(same) == 1 else None


def _links(context: Context, zoning: str, target: str) -> dict[str, tuple[str, ...]]:
    """Return the members of another zoning that hold each territory wholly."""
    table = context.links.get((zoning, target))
    if table is None:
        return {}
    whole = table[table["link"] == WHOLE]
    held: dict[str, tuple[str, ...]] = {}
    for source, holder in zip(whole["source"].tolist(), whole["target"].tolist(), strict=True):
        held[str(source)] = (*held.get(str(source), ()), str(holder))
    return held
