"""What producers publish on a zoning: counts that a passage is made from, and what helps to foretell a part."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import NatureError, PassageError
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.warehouse import Warehouse


_FIGURES = """
SELECT variable, territory, value, status
FROM current_observation
WHERE zoning = ? AND source = ? AND list_contains(?, variable) AND period = ?
"""


def published_counts(
    warehouse: Warehouse,
    indicator: Indicator,
    zoning: str,
    period: str = "",
    kept: Mapping[str, str] | None = None,
) -> tuple[pd.Series[float], str]:
    """Read what is published of a count on a zoning.

    Parameters
    ----------
    indicator : Indicator
        A count or an amount of the catalogue.
    period : str
        The latest that has figures by default.
    kept : mapping of str, optional
        Sources whose figures not everyone may see, each with why: they may not shape weights.

    Returns
    -------
    tuple of Series and str
        The count by territory (a hidden one is NaN), and its period.

    Raises
    ------
    NatureError
        When the indicator is not a count nor an amount.
    PassageError
        When nothing is published there, or by a source of ``kept`` only.
    """
    if not indicator.nature.additive:
        raise NatureError(
            f"« {indicator.label} » n’est ni un effectif ni un montant.",
            where=indicator.code,
            why="Un passage s’apprend et se cale sur ce qui s’additionne.",
            remedy="Nommez un effectif du catalogue, la population par exemple.",
            nature=str(Nature(indicator.nature)),
        )
    for each in _periods(warehouse, indicator, zoning, period):
        for source, names in _places(indicator, each):
            rows = warehouse.frame(_FIGURES, [zoning, source, names, each])
            counts = _summed(rows, names)
            if len(counts):
                if why := (kept or {}).get(source):
                    raise _kept_back(indicator, source, why)
                return counts, each
    raise PassageError(
        f"Aucun chiffre de « {indicator.label} » n’est publié sur « {zoning} »"
        + (f" pour {period}." if period else "."),
        why="Le passage doit être appris de ces chiffres, ou calé sur eux.",
        remedy="Chargez-les d’abord, ou nommez un autre indicateur, une autre période.",
    )


def _kept_back(indicator: Indicator, source: str, why: str) -> PassageError:
    return PassageError(
        f"Un passage ne s’apprend pas des chiffres de « {indicator.label} » que donne « {source} », "
        f"ni ne se cale sur eux : {why}.",
        where=indicator.code,
        why="Tout ce que les poids portent ensuite, et que rien ne garde, laisserait retrouver "
        "ces chiffres.",
        remedy="Nommez dans learn ou calibrate un effectif que tous peuvent voir, la population "
        "du recensement par exemple.",
    )


def _periods(warehouse: Warehouse, indicator: Indicator, zoning: str, period: str) -> list[str]:
    if period:
        return [period]
    rows = warehouse.rows(
        "SELECT DISTINCT period FROM current_content "
        "WHERE zoning = ? AND list_contains(?, source) ORDER BY period DESC",
        [zoning, [*indicator.sources, indicator.published[0]]],
    )
    return [str(each) for (each,) in rows]


def _places(indicator: Indicator, period: str) -> list[tuple[str, list[str]]]:
    """Return where the count may be: what makes it in its sources, then where it is published."""
    names = list(indicator.variables(period))
    source, variable = indicator.published
    return [
        *((each, names) for each in indicator.sources),
        *([(source, [variable])] if source else []),
    ]


def _summed(rows: pd.DataFrame, names: list[str]) -> pd.Series[float]:
    """Sum an indicator's variables by territory; NaN where one of them is hidden."""
    if set(rows["variable"]) != set(names):
        return pd.Series(dtype=float)
    observed = rows["value"].where(rows["status"] == str(Status.OBSERVED))
    wide = rows.assign(value=observed).pivot_table(
        index="territory", columns="variable", values="value", dropna=False, aggfunc="first"
    )
    return wide.sum(axis=1, skipna=False).astype(float)


_AGES = ("POP0014", "POP1529", "POP3044", "POP4559", "POP6074", "POP75P")
_HOMES, _SOCIAL = ("RPMAISON", "RPAPPART"), "RP_LOCHLMV"

#: The census figures of a zoning by their bare names, the latest period first.
_CENSUS = """
SELECT territory, period, regexp_replace(upper(variable), '^P[0-9][0-9]_', '') AS name, source, value
FROM current_observation
WHERE zoning = ? AND status = 'observed' AND value IS NOT NULL
  AND list_contains(?, regexp_replace(upper(variable), '^P[0-9][0-9]_', ''))
ORDER BY period DESC
"""


def part_supports(
    warehouse: Warehouse, zoning: str, kept: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Return, by territory, the logarithm of its people and the share of social housing.

    Parameters
    ----------
    kept : mapping of str
        Sources whose figures not everyone may see: they shape nothing.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    rows = warehouse.rows(_CENSUS, [zoning, [*_AGES, *_HOMES, _SOCIAL]])
    for territory, period, name, source, value in rows:
        if str(source) not in kept:
            found.setdefault((str(territory), str(period)), {})[str(name)] = float(value)
    supports: dict[str, dict[str, float]] = {}
    for (territory, _), figures in found.items():
        known = supports.setdefault(territory, {})
        people = sum(figures.get(age, math.nan) for age in _AGES)
        homes = sum(figures.get(home, math.nan) for home in _HOMES)
        if people > 0:
            known.setdefault("log_people", math.log(people))
        if homes > 0 and _SOCIAL in figures:
            known.setdefault("social", figures[_SOCIAL] / homes)
    return supports
