"""A computed table, not yet protected: only the secrecy room may let it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from observatoire.nouns import Words
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.indicators.catalogue import Indicator
    from observatoire.sources.conventions import Convention
    from observatoire.values import Record

#: Columns of ``Table.cells``: those of a tidy table, then what explains each cell.
CELL_COLUMNS = (
    "territory",
    "name",
    "indicator",
    "period",
    "value",
    "low",
    "high",
    "status",
    "coverage",
    "source",
    "zoning",
    "reason",
    "method",
    "count",
    "threshold",
    "origin",
)

#: Where a cell comes from: the producer's own figure there, or what another has published; the
#: rank of a road among those that lead to the zoning otherwise.
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
    agreements: Mapping[tuple[str, str], tuple[Convention, ...]] = field(default_factory=dict)
    words: Words = field(default_factory=Words)


#: Where a figure stands in a table: zoning, territory, indicator.
Spot = tuple[str, str, str]


def by_spot(cells: pd.DataFrame) -> dict[Spot, Record]:
    """Return the rows of a table by zoning, territory and indicator."""
    return {
        (str(row["zoning"]), str(row["territory"]), str(row["indicator"])): row
        for row in records(cells)
    }
