"""Sums of parts against what is published of the whole that holds them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.query import answer
from observatoire.territories.link_tables import WHOLE
from observatoire.values import Record, Status, records
from observatoire.warehouse.checks.runner import FINDING_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.workspace.model import PassageRecipe


LINK_CHECK_COLUMNS = ("whole", "parts", "known", "sum", "published", "excess", "sentence")


def check_sums(
    parts: Mapping[str, float],
    members: Mapping[str, Sequence[str]],
    published: Mapping[str, float],
    tolerance: float = 0.02,
) -> pd.DataFrame:
    """Find the wholes of which some parts already count more people than the whole.

    Parameters
    ----------
    parts : mapping
        A count by part, NaN where it is not known.
    published : mapping
        The same count, as it is published of each whole.
    tolerance : float
        Share of the whole that its parts may exceed: two sources are never of the same day.

    Returns
    -------
    DataFrame
        Columns :data:`LINK_CHECK_COLUMNS`, one row a whole that is exceeded; nothing when links may be sound.

    Examples
    --------
    >>> parts = {"FDF01": 3000.0, "FDF02": 2500.0, "FDF03": float("nan")}
    >>> found = check_sums(parts, {"QP972001": ["FDF01", "FDF02", "FDF03"]}, {"QP972001": 5000.0})
    >>> found[["whole", "parts", "known", "excess"]].values.tolist()
    [['QP972001', 3, 2, 500.0]]
    """
    rows = []
    for whole, codes in members.items():
        known = [parts[code] for code in codes if not math.isnan(parts.get(code, math.nan))]
        total, most = sum(known), published.get(whole, math.nan)
        if total > most * (1 + tolerance):
            sentence = (
                f"{whole} : {len(known)} de ses {len(codes)} parties comptent ensemble plus que lui "
                "(rattachement à revoir)."
            )
            rows.append((whole, len(codes), len(known), total, most, total - most, sentence))
    return pd.DataFrame(rows, columns=list(LINK_CHECK_COLUMNS))


def between(before: tuple[str, float], after: tuple[str, float], period: str) -> float:
    """Return a count brought to a year between two that are published, in a straight line.

    Examples
    --------
    >>> round(between(("2013", 12062), ("2018", 10367), "2016"))
    11045
    """
    (first, low), (last, high) = before, after
    share = (int(period[:4]) - int(first[:4])) / (int(last[:4]) - int(first[:4]))
    return low + share * (high - low)


def link_findings(context: Context) -> pd.DataFrame:
    """Find the wholes that their parts exceed, wherever a table of links leads to a published total.

    A commune cut into IRIS is another check's: its parts are known by their codes, not by links.

    Returns
    -------
    DataFrame
        Columns of what checks find, one row a whole and period.
    """
    found = [
        finding
        for indicator in context.catalogue
        if indicator.published[0] and indicator.numerator and not indicator.denominator
        if not any(
            context.secrecy_rules[s].guarded
            for s in indicator.sources
            if s in context.secrecy_rules
        )
        for recipe in context.workspace.passages
        if (recipe.source, recipe.target) in context.links and not recipe.method
        for finding in _exceeded(context, indicator, recipe)
    ]
    numbers = {"load": "int64", "line": "int64", "value": "float64"}
    frame = pd.DataFrame(found, columns=list(FINDING_COLUMNS))
    return frame.astype({name: kind for name, kind in numbers.items() if len(frame)})


def _exceeded(context: Context, indicator: Indicator, recipe: PassageRecipe) -> Iterator[Record]:
    totals = _published(context, indicator, recipe.target)
    links = context.links[recipe.source, recipe.target]
    whole = links[links["link"] == WHOLE]
    members = {str(t): list(map(str, rows)) for t, rows in whole.groupby("target")["source"]}
    file = recipe.file.name if recipe.file is not None else ""
    for period in context.periods()[indicator.code]:
        at = {code: _at(known, period) for code, known in totals.items() if code in members}
        if all(map(math.isnan, at.values())):
            continue
        cells = answer(context, [indicator.code], recipe.source, period=period).cells
        exact = cells[cells["status"].isin([str(Status.OBSERVED), str(Status.AGGREGATED)])]
        parts = {str(row["territory"]): float(row["value"]) for row in records(exact)}
        for row in records(check_sums(parts, members, at)):
            yield {
                "check": "rattachement",
                "level": "alerte",
                "title": "Parties qui comptent plus que leur tout",
                "source": indicator.published[0],
                "load": 0,
                "line": 0,
                "zoning": recipe.target,
                "territory": row["whole"],
                "variable": indicator.published[1],
                "period": period,
                "value": row["published"],
                "message": f"{indicator.label}, {period}. {row['sentence']}",
                "remedy": f"Revoyez les liens « {WHOLE} » de {file} : l’un d’eux n’est peut-être dedans "
                "qu’en partie.",
            }


def _published(context: Context, indicator: Indicator, zoning: str) -> dict[str, dict[str, float]]:
    """Return the totals published of a zoning's territories that are not communes, by period."""
    source, variable = indicator.published
    rows = context.warehouse.rows(
        "SELECT territory, period, value FROM current_observation "
        "WHERE source = ? AND variable = ? AND zoning = ? AND value IS NOT NULL",
        [source, variable, zoning],
    )
    communes = context.communes(zoning)
    found: dict[str, dict[str, float]] = {}
    for territory, period, value in rows:
        if communes.get(str(territory)) != str(territory):
            found.setdefault(str(territory), {})[str(period)] = float(value)
    return found


def _at(known: Mapping[str, float], period: str) -> float:
    """Return what is published of a period, or lies between two that are; NaN elsewhere."""
    if period in known:
        return known[period]
    before = max((each for each in known if each < period), default="")
    after = min((each for each in known if each > period), default="")
    if not before or not after:
        return math.nan
    return between((before, known[before]), (after, known[after]), period)
