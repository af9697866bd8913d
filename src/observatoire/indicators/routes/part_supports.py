"""What is known of sources and helps to foretell a part of them: their people, their social housing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.warehouse import Warehouse


_AGES = ("POP0014", "POP1529", "POP3044", "POP4559", "POP6074", "POP75P")
_HOMES, _SOCIAL = ("RPMAISON", "RPAPPART"), "RP_LOCHLMV"

#: The census figures of a zoning by their bare names, the latest period first.
_FIGURES = """
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
    rows = warehouse.rows(_FIGURES, [zoning, [*_AGES, *_HOMES, _SOCIAL]])
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
