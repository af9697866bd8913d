"""The figures an answer rests on, zoning by zoning, laid out for arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from observatoire.memo import Memo, remembered
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from observatoire.indicators.definitions.catalogue import Indicator

    Floats = NDArray[np.float64]
    Objects = NDArray[np.object_]

Made = TypeVar("Made")

#: One figure's place: source, variable, period.
Key = tuple[str, str, str]

#: Where an indicator's figures and denominators are, and their weakest statuses by territory.
Found = tuple[list[Key], list[Key], dict[str, str]]

#: Which status wins over another when figures are put together.
WEAKEST_FIRST = (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE, Status.BOUNDED)


class Total(NamedTuple):
    """A sum and its bounds; NaN where it is not known."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """Figures of one zoning: arrays of territories (rows) by keys (columns).

    Plain arrays: every indicator of every place asks for a few columns, and a frame takes a hundred times
    as long to give them.
    """

    zoning: str
    territories: tuple[str, ...]
    columns: Mapping[Key, int]
    value: Floats
    low: Floats
    high: Floats
    status: Objects
    note: Objects
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)

    def keys(self, indicator: Indicator, names: Iterable[str], period: str) -> list[Key] | None:
        """Return where the variables of an indicator are; None when one is nowhere."""
        found: list[Key] = []
        for name in indicator.at(names, period):
            given = ((source, name, period) for source in indicator.sources)
            key = next((key for key in given if key in self.columns), None)
            if key is None:
                return None
            found.append(key)
        return found

    def found(self, indicator: Indicator, period: str) -> Found | None:
        """Return where an indicator's figures and denominators are, and their weakest statuses."""
        where = (indicator.code, indicator.sources, indicator.variable, indicator.series)
        parts = (indicator.numerator, indicator.denominator)
        key = ("found", *where, *parts, period)
        return self.memo.once(key, lambda: self._find(indicator, period))

    def _find(self, indicator: Indicator, period: str) -> Found | None:
        keys = self.keys(indicator, indicator.top, period)
        base = self.keys(indicator, indicator.denominator, period)
        if keys is None or base is None:
            return None
        return keys, base, self.worst([*keys, *base])

    def of(self, array: NDArray[Any], keys: list[Key]) -> NDArray[Any]:
        """Return the columns of some keys."""
        return array[:, [self.columns[key] for key in keys]]

    def total(self, keys: list[Key], asked: Iterable[str]) -> pd.Series:
        """Return the sum of variables by territory; NaN where one has no value."""
        codes = tuple(asked)
        rows = self.memo.once(("rows", *codes), lambda: self._rows(codes))
        sums = np.append(self.of(self.value, keys).sum(axis=1), np.nan)
        return pd.Series(
            sums[rows], index=self.memo.once(("index", *codes), lambda: pd.Index(codes))
        )

    def _rows(self, codes: Sequence[str]) -> NDArray[np.intp]:
        known = {code: row for row, code in enumerate(self.territories)}
        return np.array([known.get(code, len(known)) for code in codes], dtype=np.intp)

    @remembered
    def totals(self, keys: list[Key]) -> dict[str, Total]:
        """Return the sum of variables by territory with its bounds: an exact part is its own."""
        sums = (part.tolist() for part in self.sums(keys))
        return dict(zip(self.territories, map(Total, *sums), strict=True))

    def sums(self, keys: list[Key]) -> tuple[Floats, Floats, Floats]:
        """Return :meth:`totals` as arrays, in the order of the territories."""
        value = self.of(self.value, keys)
        low, high = (
            np.where(np.isnan(bound), value, bound)
            for bound in (self.of(self.low, keys), self.of(self.high, keys))
        )
        return value.sum(axis=1), low.sum(axis=1), high.sum(axis=1)

    @remembered
    def noted(self, keys: list[Key]) -> dict[str, list[str]]:
        """Return what the producer noted of some variables, by territory."""
        return self._by_row(self.of(self.note, keys), _texts)

    @remembered
    def lacking(self, keys: list[Key]) -> dict[str, str]:
        """Return what the producer noted of the variables that have no figure, by territory."""
        missing = self.of(self.status, keys) == str(Status.MISSING)
        return self._by_row(np.where(missing, self.of(self.note, keys), ""), _sentence)

    @remembered
    def worst(self, keys: list[Key]) -> dict[str, str]:
        """Return the weakest status of some variables, by territory that has any of them."""
        found = self._by_row(self.of(self.status, keys), _weakest)
        return {code: weakest for code, weakest in found.items() if weakest}

    def _by_row(self, rows: Objects, make: Callable[[tuple[Any, ...]], Made]) -> dict[str, Made]:
        """Return what is made of each territory: rows that say the same are read once."""
        written = list(map(tuple, rows.tolist()))
        made = {row: make(row) for row in set(written)}
        return {code: made[row] for code, row in zip(self.territories, written, strict=True)}


def _texts(notes: Sequence[Any]) -> list[str]:
    return sorted({note for note in notes if isinstance(note, str)} - {""})


def _sentence(notes: Sequence[Any]) -> str:
    text = " ; ".join(_texts(notes))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


_WEAKNESS = {str(status): rank for rank, status in enumerate(WEAKEST_FIRST)}


def _weakest(row: Sequence[Any]) -> str:
    """Return the weakest of some statuses, nothing when there is none."""
    statuses = [status for status in row if isinstance(status, str)]
    if not statuses:
        return ""
    weak = min(statuses, key=lambda status: _WEAKNESS.get(status, len(_WEAKNESS)))
    complete = len(statuses) == len(row)
    return weak if complete or weak in _WEAKNESS else str(Status.MISSING)


def lay_out(observations: pd.DataFrame) -> dict[str, Figures]:
    """Lay observations out, one :class:`Figures` a zoning.

    Parameters
    ----------
    observations : DataFrame
        Columns ``source``, ``zoning``, ``territory``, ``variable``, ``period``, ``value``,
        ``low``, ``high``, ``status``, ``note``.
    """
    return {
        str(zoning): _figures(str(zoning), rows)
        for zoning, rows in observations.groupby("zoning", sort=False)
    }


def _figures(zoning: str, rows: pd.DataFrame) -> Figures:
    places, territories = pd.factorize(rows["territory"], sort=True)
    # A tuple a row would take ten times as long: keys are numbered column by column.
    numbered = [pd.factorize(rows[name]) for name in ("source", "variable", "period")]
    sizes = [len(names) for _, names in numbered]
    keys = np.ravel_multi_index([codes for codes, _ in numbered], sizes)
    positions, found = pd.factorize(keys)
    columns = zip(
        *(
            names[codes]
            for (_, names), codes in zip(numbered, np.unravel_index(found, sizes), strict=True)
        ),
        strict=True,
    )
    shape = (len(territories), len(found))
    laid: dict[str, NDArray[Any]] = {}
    for name in ("value", "low", "high", "status", "note"):
        kind = object if name in ("status", "note") else float
        laid[name] = np.full(shape, np.nan, dtype=kind)
        laid[name][places, positions] = rows[name].to_numpy(dtype=kind, na_value=np.nan)
    by_key = {(str(s), str(v), str(p)): at for at, (s, v, p) in enumerate(columns)}
    return Figures(zoning, tuple(map(str, territories)), by_key, **laid)
