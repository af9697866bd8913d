"""Versions of zonings in a workspace: where a list of codes comes from, what moved, what compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import SchematicGeometryError
from observatoire.indicators.routes.published_counts import published_counts
from observatoire.passage import (
    Comparability,
    Passage,
    Vintage,
    changed_territories,
    comparability,
    identify_vintage,
)
from observatoire.workspace.model import PassageRecipe

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from observatoire.indicators.context import Context


def vintage_of(context: Context, codes: Iterable[str]) -> Vintage:
    """Say from which zoning of the workspace a list of codes comes: see :func:`identify_vintage`."""
    known = {zoning: list(context.names(zoning)) for zoning in context.workspace.zonings}
    return identify_vintage(
        codes, {zoning: members for zoning, members in known.items() if members}
    )


def changes_between(context: Context, before: str, after: str) -> pd.DataFrame:
    """List the territories that changed between two zonings: see :func:`changed_territories`.

    ``moved`` is blank when one of the two is only drawn, for a drawing does not tell what moved.
    """
    for zoning in (before, after):
        context.workspace.zoning(zoning)
    try:
        return changed_territories(_by_area(context, before, after))
    except SchematicGeometryError:
        return changed_territories(list(context.names(before)), list(context.names(after)))


def comparability_of(
    context: Context, before: str, after: str, indicator: str, period: str = ""
) -> Comparability:
    """Say whether figures on two zonings compare, by the population they have in common.

    The passage is the one that figures use when there is one, else the shares of surfaces
    between official perimeters.

    Raises
    ------
    SchematicGeometryError
        When no passage is declared and one zoning is only drawn.
    PassageError
        When the population is not published on the first zoning.
    """
    people, _ = published_counts(
        context.warehouse, context.catalogue.get(indicator), before, period
    )
    return comparability(
        context.found_passage(before, after) or _by_area(context, before, after), people
    )


def _by_area(context: Context, before: str, after: str) -> Passage:
    return context.book.make(PassageRecipe(before, after, method="area"))
