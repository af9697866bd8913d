"""Sums by position and work by blocks, which every module here does."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


#: What the arrays of this room are made of: numbers (a blank is NaN), places in a list, yes or no.
Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]


def sum_by(position: NDArray[Any], values: NDArray[Any], count: int) -> Floats:
    """Sum values by their position, from 0 to ``count`` - 1.

    Examples
    --------
    >>> sum_by(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    return np.bincount(position, weights=values, minlength=count).astype(np.float64, copy=False)


def weighted_sums(numbers: Floats, weight: Floats) -> Floats:
    """Sum each column of a table by weight.

    The usual product wakes threads that wait for one another a thousand times longer than they work.

    Examples
    --------
    >>> weighted_sums(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.5])).tolist()
    [2.5, 4.0]
    """
    return np.asarray(np.einsum("ij,i->j", numbers, weight), dtype=np.float64)


def floats(series: pd.Series[Any]) -> Floats:
    """Read a series as float64, a blank as NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> floats(pd.Series([1, None])).tolist()
    [1.0, nan]
    """
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


#: Below so many numbers, threads take longer to wake than to work.
_FEW = 100_000


def in_blocks(count: int, rows: int, work: Callable[[slice], None], *, size: int = 32) -> None:
    """Do some work on ``count`` columns of ``rows``, a few at a time: bounds the memory, shares threads.

    Neither numpy nor the sparse products keep the interpreter.

    Examples
    --------
    >>> done = []
    >>> in_blocks(5, 1_000, lambda block: done.append((block.start, block.stop)), size=2)
    >>> done
    [(0, 2), (2, 4), (4, 5)]
    """
    blocks = [slice(start, min(start + size, count)) for start in range(0, count, size)]
    if len(blocks) == 1 or count * rows < _FEW:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        for _ in pool.map(work, blocks):
            pass
