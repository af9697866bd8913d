"""A computed table, not yet protected: only the secrecy room may let it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from observatoire.indicators.catalogue import Indicator

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
)


@dataclass(frozen=True)
class Table:
    """Indicators by territories, with what each cell rests on.

    ``count`` is the count a cell tells, or rests on (the numerator of a rate): what the secrecy
    threshold of its source is compared with.
    """

    cells: pd.DataFrame
    indicators: Mapping[str, Indicator]
    zoning: str
    zoning_label: str
    warnings: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()
