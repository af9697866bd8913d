"""The pages of a federation, ready to be shown and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.computation.table import CELL_COLUMNS, Table
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.release.protected_table import protect_table

if TYPE_CHECKING:
    from observatoire.pages.blocks import Page


def sheet_without_figures(page: Page) -> Sheet:
    """Return the sheet of a page that says who counts what, and no count: it carries no table."""
    return Sheet(page, protect_table(Table(pd.DataFrame(columns=list(CELL_COLUMNS)), {}, "", "")))
