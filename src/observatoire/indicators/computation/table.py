"""A computed table, not yet protected: only the secrecy room may let it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from observatoire.french.nouns import TerritoryNames
from observatoire.values import PREDICTION_COLUMNS, Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route
    from observatoire.sources.descriptors.agreement import Agreement


#: Columns of ``Table.cells``: those of a tidy table, then what explains each cell.
CELL_COLUMNS = (
    "territory", "name", "indicator", "period", "value", "low", "high", "status", "coverage", "source",
    "zoning", "reason", "method", "count", "threshold", "origin", *PREDICTION_COLUMNS,
)  # fmt: skip

#: How the method of a figure begins that a model foretells of a part of a territory: no verdict rests
#: on it.
MODELLED = "modèle"

#: Where a cell comes from: the producer's own figure there, or what another has published; the
#: rank of a route among those that lead to the zoning otherwise.
DIRECT, PUBLISHED = "direct", "published"


@dataclass(frozen=True)
class Table:
    """Indicators by territories, with what each cell rests on.

    ``count`` is the smallest count, zero apart, that a cell tells or rests on: of a rate, its
    numerator, its denominator, or what is in the second and not in the first. The secrecy
    threshold of its source is compared with it. ``audience`` is the widest circle that may see
    the table, as agreements with partners set it, ``agreements`` those of each indicator and
    period that it shows; ``words`` what its territories are called.
    """

    cells: pd.DataFrame
    indicators: Mapping[str, Indicator]
    zoning: str
    zoning_label: str
    warnings: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()
    differences: pd.DataFrame | None = None
    caveats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audience: str = "public"
    agreements: Mapping[tuple[str, str], tuple[Agreement, ...]] = field(default_factory=dict)
    words: TerritoryNames = field(default_factory=TerritoryNames)


#: Where a figure stands in a table: zoning, territory, indicator.
Spot = tuple[str, str, str]


def by_spot(cells: pd.DataFrame) -> dict[Spot, Record]:
    """Return the rows of a table by zoning, territory and indicator."""
    return {
        (str(row["zoning"]), str(row["territory"]), str(row["indicator"])): row
        for row in records(cells)
    }


class Cell(NamedTuple):
    """One computed figure and what goes with it: thousands are made a table, a tuple is soonest made."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    status: Status = Status.MISSING
    coverage: float = 0.0
    reason: str = ""
    method: str = ""
    count: float = np.nan  # type: ignore[assignment]  # in place of that of tuples, which nobody asks for
    source: str = ""
    origin: str = ""
    pi80_low: float = np.nan
    pi80_high: float = np.nan
    pi95_low: float = np.nan
    pi95_high: float = np.nan


def asked_key(code: str, period: str) -> str:
    """Name one indicator in one period.

    Examples
    --------
    >>> asked_key("population", "2016")
    'population 2016'
    """
    return f"{code} {period}"


@dataclass(frozen=True)
class Asked:
    """One indicator in one period; ``key`` is its own, where several periods are asked at once."""

    indicator: Indicator
    period: str
    periods: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its code and its period, as columns of counts are named."""
        return asked_key(self.indicator.code, self.period)


@dataclass(frozen=True)
class Place:
    """Where a table is computed: a zoning, its territories, the routes that lead to it, what lacks without one."""

    zoning: str
    names: Mapping[str, str]
    routes: Sequence[Route]
    unreached: str = ""


Cells = dict[tuple[str, str], Cell]


def modelled(cells: pd.DataFrame) -> pd.Series[bool]:
    """Say which rows :func:`is_modelled`."""
    methods = cells["method"] if "method" in cells else cells["status"]
    return methods.astype("str").str.startswith(MODELLED)


def is_modelled(row: Record) -> bool:
    """Say whether a model foretells a figure of a part of a territory: it bears no verdict.

    Examples
    --------
    >>> is_modelled({"method": "modèle : 1 090…"}), is_modelled({"method": "IRIS, table de passage"})
    (True, False)
    """
    return str(row.get("method", "")).startswith(MODELLED)


#: How the method names a rate recomputed on counts of another year.
WEIGHED = "pesé par les effectifs"


def is_weighed(row: Record) -> bool:
    """Say whether a rate was recomputed on counts that are not its own: they leave it open, no sharing does.

    Examples
    --------
    >>> is_weighed({"method": "IRIS ; pesé par les effectifs de 2016"}), is_weighed({"method": "IRIS"})
    (True, False)
    """
    return WEIGHED in str(row.get("method", ""))


def least_count(*counts: float) -> float:
    """Return the smallest count, zero only when nothing more is: what secrecy weighs.

    Examples
    --------
    >>> least_count(40.0, 7.0, 0.0), least_count(0.0, float("nan"))
    (7.0, 0.0)
    """
    positive = [count for count in counts if count > 0]
    return min(positive, default=0.0 if 0.0 in counts else np.nan)


def least_counts(*counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return :func:`least_count` of each row of some columns.

    Examples
    --------
    >>> least_counts(np.array([40.0, 0.0, 0.0]), np.array([7.0, float("nan"), 9.0])).tolist()
    [7.0, 0.0, 9.0]
    """
    every = np.stack(counts)
    least = np.where(every > 0, every, np.inf).min(axis=0)
    without = np.where((every == 0).any(axis=0), 0.0, np.nan)
    return np.where((every > 0).any(axis=0), least, without)
