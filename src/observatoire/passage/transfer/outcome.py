"""What comes out of a passage, target by variable, before it is laid out as a tidy table."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from observatoire.passage.arrays import Floats


#: Columns of the table that ``Passage.apply`` returns, in order.
TIDY_COLUMNS = (
    "target", "variable", "value", "low", "high", "status", "coverage", "reason",
)  # fmt: skip

_FEW = 100_000  # rows that one thread lays out sooner than others would start

_STATUSES = tuple(Status)
_CODES = {status: code for code, status in enumerate(_STATUSES)}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Matrices of the same shape: target by variable. Statuses are kept as small numbers."""

    value: Floats
    low: Floats
    high: Floats
    status: NDArray[np.int8]
    coverage: Floats
    reason: NDArray[np.object_]

    @staticmethod
    def blank(targets: int, variables: int) -> Outcome:
        """Return an outcome where nothing is known yet."""
        shape = (targets, variables)
        return Outcome(
            np.full(shape, np.nan),
            np.full(shape, np.nan),
            np.full(shape, np.nan),
            np.full(shape, _CODES[Status.MISSING], dtype=np.int8),
            np.zeros(shape),
            np.full(shape, "", dtype=object),
        )

    @staticmethod
    def code(status: Status) -> int:
        """Return the small number that stands for a status."""
        return _CODES[status]

    def fill(self, columns: list[int], part: Outcome) -> None:
        """Put the outcome of some variables in its place."""
        for whole, piece in zip(self._arrays(), part._arrays(), strict=True):
            whole[:, columns] = piece

    def _arrays(self) -> tuple[NDArray[np.generic], ...]:
        return (self.value, self.low, self.high, self.status, self.coverage, self.reason)


def tidy(targets: pd.Index[str], variables: list[str], outcome: Outcome) -> pd.DataFrame:
    """Lay an outcome out: one row a target and variable, targets first."""
    count = len(targets)
    write: dict[str, Callable[[], Any]] = {
        "target": lambda: words(targets, np.repeat(np.arange(count), len(variables))),
        "variable": lambda: words(variables, np.tile(np.arange(len(variables)), count)),
        "status": lambda: words(_STATUSES, outcome.status.ravel()),
        "reason": lambda: _reasons(outcome),
    }
    if outcome.status.size < _FEW:  # threads would wait for one another longer than they work
        texts = {name: writer() for name, writer in write.items()}
    else:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
            begun = {name: pool.submit(writer) for name, writer in write.items()}
            texts = {name: text.result() for name, text in begun.items()}
    numbers = {
        name: getattr(outcome, name).ravel() for name in ("value", "low", "high", "coverage")
    }
    columns = {**numbers, **texts}
    return pd.DataFrame({name: columns[name] for name in TIDY_COLUMNS}, copy=False)


def words(known: Iterable[str], codes: NDArray[Any]) -> Any:
    """Return the words at some positions of a list, as a column of text."""
    # Taking from words already known is ten times faster than converting as many new ones.
    if not isinstance(known, pd.Index):
        known = pd.Index([str(word) for word in known], dtype="str")
    return known.array.take(codes)


def _reasons(outcome: Outcome) -> Any:
    size = outcome.status.size
    if (outcome.status <= _CODES[Status.ESTIMATED]).all():
        return words([""], np.zeros(size, dtype=np.int8))
    codes, known = pd.factorize(outcome.reason.ravel())
    return words(known, codes)
