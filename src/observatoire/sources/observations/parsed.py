"""What reading a file gives: observations and rejects."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.tables.rejects import HARMLESS

if TYPE_CHECKING:
    from observatoire.sources.tables.raw_table import RawTable


#: What a file without such a row gives.
NO_ALIAS = pd.DataFrame(
    {"line": pd.Series(dtype="int64")}
    | {name: pd.Series(dtype="str") for name in ("raw", "alias", "code", "name")}
)


@dataclass(frozen=True)
class Parsed:
    """What became of a file's rows: ``rows_read`` = ``rows_kept`` + ``rows_rejected``, always.

    ``cells`` holds the observations, their texts as categories (a file of four million figures
    stays small); ``observations`` is the same with plain texts.
    """

    table: RawTable
    cells: pd.DataFrame
    rejects: pd.DataFrame
    restored: pd.DataFrame = field(  # codes given back their zero
        default_factory=lambda: pd.DataFrame(columns=["line", "raw", "code"])
    )
    aliased: pd.DataFrame = field(default_factory=lambda: NO_ALIAS)  # rows placed by another name

    @cached_property
    def observations(self) -> pd.DataFrame:
        """The observations, with plain texts."""
        coded = self.cells.select_dtypes("category").columns
        return self.cells.astype(dict.fromkeys(coded, "str"))

    @property
    def rows_read(self) -> int:
        """Rows of the file below its header, notes included."""
        return len(self.table.frame) + len(self.table.skipped)

    @property
    def rows_rejected(self) -> int:
        """Rows skipped, each counted once."""
        return int(self.rejects["line"].nunique())

    @property
    def rows_kept(self) -> int:
        """Rows that gave observations."""
        return self.rows_read - self.rows_rejected

    @property
    def faults(self) -> pd.DataFrame:
        """Rejects that are faults of the file, harmless ones left out."""
        return self.rejects[~self.rejects["kind"].isin(HARMLESS)]
