"""Protected tables asked for as a page goes, each figure once: what leaves with it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from observatoire.secrecy.release.protected_table import ProtectedTable

    #: An indicator in a period.
    Dated = tuple[str, str]


class AskedTables:
    """The tables that a page asks for, and their cells by zoning, indicator and period.

    Parameters
    ----------
    ask : callable
        Gives the protected table of a zoning, of indicators each in its own periods.
    """

    def __init__(self, ask: Callable[[str, Mapping[str, Sequence[str]]], ProtectedTable]) -> None:
        self._ask = ask
        self._tables: list[ProtectedTable] = []
        self._cells: dict[tuple[str, str, str], pd.DataFrame] = {}

    @property
    def tables(self) -> tuple[ProtectedTable, ...]:
        """Every table asked for so far: what the output check has to see with a page made of them."""
        return tuple(self._tables)

    def prepare(self, zoning: str, dated: Iterable[Dated]) -> None:
        """Ask in one table for what was not asked for yet."""
        lacking: dict[str, list[str]] = {}
        for code, period in dict.fromkeys(dated):
            if (zoning, code, period) not in self._cells:
                lacking.setdefault(code, []).append(period)
        if not lacking:
            return
        table = self._ask(zoning, lacking)
        self._tables.append(table)
        found = dict(list(table.cells.groupby(["indicator", "period"], sort=False)))
        for code, periods in lacking.items():
            for period in periods:
                rows = found.get((code, period), table.cells.iloc[:0])
                self._cells[zoning, code, period] = rows

    def cells(self, zoning: str, dated: Sequence[Dated]) -> pd.DataFrame:
        """Return the cells of some indicators, each in a period, in that order."""
        self.prepare(zoning, dated)
        held = [self._cells[zoning, code, period] for code, period in dated]
        return pd.concat(held, ignore_index=True)
