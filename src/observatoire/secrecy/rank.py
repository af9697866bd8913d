"""Cells that linear algebra alone gives away, found exactly.

A cell is determined when its unit vector is a combination of the relations. Floating-point rank
would leave a doubt; whole coefficients are reduced modulo a large prime instead, where
arithmetic is exact. A prime can only lower a rank, by dividing a minor: one of 2**31 - 1 does not
divide those of matrices of zeros and ones of this size in practice, and the linear programs that
follow find the same cells by their width in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.programs import Coefficients

PRIME = 2**31 - 1


def determined(matrix: Coefficients) -> NDArray[np.bool_]:
    """Tell which columns the rows determine alone, whatever the values.

    Matrices with fractional weights are left to the linear programs: nothing is claimed of them.

    Examples
    --------
    >>> import numpy as np; from scipy import sparse
    >>> from observatoire.secrecy.programs import Coefficients
    >>> sums = sparse.csc_array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
    >>> determined(Coefficients.of(sums, np.arange(3))).tolist()
    [True, True, False]
    """
    if np.any(matrix.weights != np.rint(matrix.weights)) or np.any(np.abs(matrix.weights) >= PRIME):
        return np.zeros(matrix.shape[1], dtype=bool)
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.starts))
    reduced = np.zeros(matrix.shape, dtype=np.int64)
    reduced[matrix.rows, column] = matrix.weights.astype(np.int64) % PRIME
    pivots = _reduce(reduced)
    alone = np.count_nonzero(reduced[: len(pivots)], axis=1) == 1
    answer = np.zeros(matrix.shape[1], dtype=bool)
    answer[np.array(pivots, dtype=np.intp)[alone]] = True
    return answer


def _reduce(rows: NDArray[np.int64]) -> list[int]:
    """Bring rows to reduced echelon form modulo the prime, in place; return the pivots."""
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        rank = len(pivots)
        if rank == rows.shape[0]:
            break
        candidates = np.flatnonzero(rows[rank:, column])
        if not len(candidates):
            continue
        chosen = rank + candidates[0]
        rows[[rank, chosen]] = rows[[chosen, rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, PRIME) % PRIME
        touched = np.flatnonzero(rows[:, column])
        touched = touched[touched != rank]
        rows[touched] = (rows[touched] - rows[touched, column, None] * rows[rank]) % PRIME
        pivots.append(column)
    return pivots
