"""One computed figure with what goes with it, what is asked, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.indicators.roads import Road

_NAN = float("nan")


@dataclass(frozen=True)
class Cell:
    """One computed figure and what goes with it."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    status: Status = Status.MISSING
    coverage: float = 0.0
    reason: str = ""
    method: str = ""
    count: float = _NAN
    source: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Asked:
    """One indicator in one period."""

    indicator: Indicator
    period: str
    periods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a table is computed: a zoning, its territories, and the roads that lead to it."""

    zoning: str
    names: Mapping[str, str]
    roads: Sequence[Road]


Cells = dict[tuple[str, str], Cell]


def least_count(*counts: float) -> float:
    """Return the smallest count that is told, zero only when nothing more is: what secrecy weighs.

    Examples
    --------
    >>> least_count(40.0, 7.0, 0.0), least_count(0.0, float("nan"))
    (7.0, 0.0)
    """
    told = [count for count in counts if count > 0]
    return min(told, default=0.0 if 0.0 in counts else _NAN)
