"""What comes out of a passage, target by variable, before it is laid out as a tidy table."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.french.typography import NARROW, number
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from observatoire.passage.arrays import Floats


#: Columns of the table that ``Passage.apply`` returns, in order.
TIDY_COLUMNS = (
    "target", "variable", "value", "low", "high", "status", "coverage", "reason",
)  # fmt: skip

#: What follows for a rate of sources that hardly cover a target.
OWN_RATE = "leur taux ne vaut pas pour le reste"

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

    def words(self) -> list[list[Status]]:
        """Return the statuses themselves, target by variable."""
        return [[_STATUSES[code] for code in row] for row in self.status.tolist()]

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
    reason = outcome.reason
    if reason.strides[-1] == 0 and reason.size:  # the same for all variables of a target
        codes, known = pd.factorize(reason[:, 0])
        return words(known, np.repeat(codes, reason.shape[1]))
    codes, known = pd.factorize(reason.ravel())
    return words(known, codes)


def partly_covered(share: float, consequence: str) -> str:
    r"""Say that sources cover a target in part only, and what follows.

    Examples
    --------
    >>> partly_covered(0.9996, "le reste est inconnu")
    'Les sources ne couvrent que 99,96\u202f% du territoire : le reste est inconnu.'
    """
    decimals = next((k for k in range(4) if round(100 * share, k) < 100), 4)  # noqa: PLR2004
    percent = number(100 * share, decimals)
    return f"Les sources ne couvrent que {percent}{NARROW}% du territoire : {consequence}."
