"""What comes out of a passage, target by variable, before it is laid out as a tidy table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from observatoire.passage.model import Passage

_STATUSES = tuple(Status)
_CODES = {status: code for code, status in enumerate(_STATUSES)}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Matrices of the same shape: target by variable. Statuses are kept as small numbers."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.int8]
    coverage: NDArray[np.float64]
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
        for mine, theirs in zip(self._arrays(), part._arrays(), strict=True):
            mine[:, columns] = theirs

    def _arrays(self) -> tuple[NDArray[np.generic], ...]:
        return (self.value, self.low, self.high, self.status, self.coverage, self.reason)


def tidy(passage: Passage, variables: list[str], outcome: Outcome) -> pd.DataFrame:
    """Lay an outcome out: one row a target and variable, targets first."""
    targets = len(passage.targets)
    return pd.DataFrame(
        {
            "target": words(passage.targets, np.repeat(np.arange(targets), len(variables))),
            "variable": words(variables, np.tile(np.arange(len(variables)), targets)),
            "value": outcome.value.ravel(),
            "low": outcome.low.ravel(),
            "high": outcome.high.ravel(),
            "status": words(_STATUSES, outcome.status.ravel()),
            "coverage": outcome.coverage.ravel(),
            "reason": _reasons(outcome),
        },
        copy=False,
    )


def words(known: Iterable[str], codes: NDArray[Any]) -> Any:
    """Return the words at some positions of a short list, as a column of text."""
    # Taking from a short array of words is ten times faster than converting a long one.
    return pd.Series([str(word) for word in known], dtype="str").array.take(codes)


def _reasons(outcome: Outcome) -> Any:
    size = outcome.status.size
    if (outcome.status <= _CODES[Status.ESTIMATED]).all():
        return words([""], np.zeros(size, dtype=np.int8))
    codes, known = pd.factorize(outcome.reason.ravel())
    return words(known, codes)
