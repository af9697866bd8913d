"""Name the sums through which a hidden cell is found: those that bind the attacker's programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.secrecy.suppression.linear_programs import Coefficients, Program
from observatoire.secrecy.suppression.relations import spell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.cell_system import System
    from observatoire.secrecy.suppression.relations import Label


#: Price below which a relation is taken not to bind.
FREE = 1e-7


def disclosing_relations(
    system: System, hidden: NDArray[np.bool_], label: Label, *, most: int = 4
) -> list[str]:
    """Write the relations that bracket a hidden cell, those that sum most cells first.

    Parameters
    ----------
    system : System
        Cells and relations.
    hidden : mask
        Cells that are not shown.
    label : Hashable
        The cell to explain.
    most : int
        How many relations to write.

    Examples
    --------
    >>> import pandas as pd; from observatoire.secrecy.suppression.cell_system import build_system
    >>> system = build_system(pd.Series({"T": 5, "a": 3, "b": 2}), [("T", ["a", "b"])])
    >>> disclosing_relations(system, np.array([False, True, False]), "a")
    ['T = a et b']
    """
    columns = np.flatnonzero(hidden)
    by_column = system.matrix.tocsc()
    part = Coefficients.of(by_column, columns)
    touched = abs(system.matrix) @ hidden.astype(float)
    rows = np.flatnonzero(touched)
    zero = np.zeros(part.height)
    program = Program(part, (zero, zero), system.room(columns))
    place = int(np.searchsorted(columns, system.labels.index(label)))
    binding: set[int] = set()
    for maximise in (True, False):
        if program.extreme(place, maximise=maximise).bounded:
            binding |= set(rows[np.abs(program.prices()) > FREE].tolist())
    # A total over many parts is what gives a cell away; the many short sums below it only lead there.
    cells = np.diff(system.matrix.indptr)
    return [
        spell(system.matrix, row, system.labels, system.totals[row])
        for row in sorted(binding, key=lambda row: (-cells[row], row))[:most]
    ]
