"""The same intervals for an attacker who counts by ones: people, households, facts are whole.

Tables by two dimensions, or nested, have whole extremes: the tables met while bounding real
numbers prove it. Elsewhere (three dimensions, rates, weights), an integer program a cell decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.secrecy.suppression.intervals import components
from observatoire.secrecy.suppression.linear_programs import (
    UNBOUNDED,
    Coefficients,
    Program,
    quiet_solver,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.cell_system import System
    from observatoire.secrecy.suppression.intervals import Bracket

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = NDArray[np.integer[Any]]


#: Nodes of each search; what it has not reached by then is held impossible, on the safe side.
NODES = 500


def count_by_ones(
    system: System, columns: Columns, found: Bracket, wanted: Mask, asked: Floats
) -> None:
    """Narrow the intervals that whole numbers narrow below what is asked.

    Parameters
    ----------
    system : System
        Cells and relations.
    columns : array
        Hidden cells.
    found : Bracket
        Their intervals over real numbers, in deviations; narrowed in place.
    wanted : mask
        Those to look at, of ``columns``.
    asked : array
        How wide each must be, and what it must reach.
    """
    counts = system.counts[columns]
    every = np.arange(len(columns))
    lacking = wanted & system.whole[columns] & ~found.wide_by_ones(every, asked)
    if not lacking.any():
        return
    matrix = system.matrix[:, columns]
    by_column = matrix.tocsc()
    for group, _ in components(
        matrix[np.diff(matrix.indptr) > 0], found.outer_high > found.outer_low
    ):
        concerned = group[lacking[group]]
        if not len(concerned):
            continue
        search = WholeSearch(Coefficients.of(by_column, group), found, group, counts[group])
        for column in concerned:
            low, high = search.ends(int(np.searchsorted(group, column)))
            if np.isnan(low):
                continue  # the figures themselves are not whole
            found.outer_low[column] = max(found.outer_low[column], low - counts[column])
            found.outer_high[column] = min(found.outer_high[column], high - counts[column])


class WholeSearch:
    """Finds the least and the greatest whole value of a cell, the others of its group being free."""

    def __init__(self, part: Coefficients, found: Bracket, group: Columns, counts: Floats) -> None:
        column = np.repeat(np.arange(part.shape[1]), np.diff(part.starts))
        side = np.bincount(part.rows, part.weights * counts[column], part.height).astype(float)
        ends = found.ends(found.outer_low[group], found.outer_high[group], group)
        self._solver = quiet_solver(mip_rel_gap=0.0, mip_max_nodes=NODES)
        Program(part, (side, side), ends, self._solver, whole=found.whole[group])

    def ends(self, place: int) -> tuple[float, float]:
        """Return the least and the greatest value of a cell; NaN where no table is whole."""
        return self._end(place, 1.0), self._end(place, -1.0)

    def _end(self, place: int, sign: float) -> float:
        self._solver.changeColCost(place, sign)
        self._solver.run()
        self._solver.changeColCost(place, 0.0)
        if self._solver.getModelStatus() in UNBOUNDED:
            return -sign * np.inf
        if self._solver.getInfo().primal_solution_status != _FEASIBLE:
            return np.nan
        return round(float(self._solver.getSolution().col_value[place]), 6)


_FEASIBLE = 2
