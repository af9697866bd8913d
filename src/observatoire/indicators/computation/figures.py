"""The figures an answer rests on, zoning by zoning, laid out for arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from observatoire.indicators.definitions.catalogue import Indicator


Answer = TypeVar("Answer")

#: One figure's place: source, variable, period.
Key = tuple[str, str, str]

#: Which status wins over another when figures are put together.
WEAKEST_FIRST = (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE, Status.BOUNDED)


class Total(NamedTuple):
    """A sum and its bounds; NaN where it is not known."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """Figures of one zoning: frames of territories (rows) by keys (columns)."""

    zoning: str
    value: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    status: pd.DataFrame
    note: pd.DataFrame
    answered: dict[tuple[Any, ...], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def _once(self, key: tuple[Any, ...], make: Callable[[], Answer]) -> Answer:
        """Return what is asked again for every territory; nothing of it is ever altered."""
        if key not in self.answered:
            self.answered[key] = make()
        answer: Answer = self.answered[key]
        return answer

    @cached_property
    def _squares(self) -> dict[str, NDArray[Any]]:
        names = ("value", "low", "high", "status", "note")
        return {name: getattr(self, name).to_numpy() for name in names}

    @cached_property
    def _across(self) -> dict[Key, int]:
        return {key: rank for rank, key in enumerate(self.value.columns)}

    def _columns(self, name: str, keys: Iterable[Key]) -> NDArray[Any]:
        """Return some columns of a square: what pandas selects a hundred times as slowly."""
        columns: NDArray[Any] = self._squares[name][:, [self._across[key] for key in keys]]
        return columns

    def _rows(self, codes: tuple[str, ...]) -> NDArray[np.intp]:
        """Return where territories stand, -1 where nothing is known of them."""
        found: NDArray[np.intp] = self._once(
            ("rows", codes), lambda: self.value.index.get_indexer(list(codes))
        )
        return found

    def keys(self, indicator: Indicator, names: Iterable[str], period: str) -> list[Key] | None:
        """Return where the variables of an indicator are; None when one is nowhere."""
        found: list[Key] = []
        for name in indicator.at(names, period):
            keys = [(s, name, period) for s in indicator.sources]
            keys = [key for key in keys if key in self.value.columns]
            if not keys:
                return None
            found.append(keys[0])
        return found

    def found(
        self, indicator: Indicator, period: str
    ) -> tuple[list[Key], list[Key], dict[str, str]] | None:
        """Return where an indicator's figures and denominators are, and their weakest statuses."""
        where = (indicator.code, indicator.sources, indicator.variable, indicator.series)
        parts = (indicator.numerator, indicator.denominator)
        key = ("found", *where, *parts, period)
        return self._once(key, lambda: self._find(indicator, period))

    def _find(
        self, indicator: Indicator, period: str
    ) -> tuple[list[Key], list[Key], dict[str, str]] | None:
        names = (indicator.variable,) if indicator.variable else indicator.numerator
        keys = self.keys(indicator, names, period)
        base = self.keys(indicator, indicator.denominator, period)
        if keys is None or base is None:
            return None
        return keys, base, self.worst([*keys, *base])

    def total(self, keys: list[Key], codes: Iterable[str]) -> pd.Series:
        """Return the sum of variables by territory; NaN where one has no value."""
        asked = tuple(codes)
        rows = self._rows(asked)
        sums = self._columns("value", keys).astype(float).sum(axis=1)
        index = self._once(("index", asked), lambda: pd.Index(list(asked)))
        return pd.Series(
            np.where(rows < 0, np.nan, sums[rows]) if len(sums) else np.nan, index=index
        )

    def totals(self, keys: list[Key]) -> dict[str, Total]:
        """Return the sum of variables by territory with its bounds: an exact part is its own."""
        return self._once(("totals", *keys), lambda: self._totals(keys))

    def _totals(self, keys: list[Key]) -> dict[str, Total]:
        value = self._columns("value", keys).astype(float)
        low, high = (
            np.where(np.isnan(bound), value, bound)
            for bound in (self._columns(name, keys).astype(float) for name in ("low", "high"))
        )
        sums = (part.sum(axis=1).tolist() for part in (value, low, high))
        return {
            str(code): Total(*numbers)
            for code, *numbers in zip(self.value.index, *sums, strict=True)
        }

    def notes(self, code: str, keys: list[Key]) -> list[str]:
        """Return what the producer noted of some variables of a territory."""
        return self.noted(keys)[code]

    def noted(self, keys: list[Key]) -> dict[str, list[str]]:
        """Return what the producer noted of some variables, by territory."""
        return self._once(("noted", *keys), lambda: self._noted(keys))

    def _noted(self, keys: list[Key]) -> dict[str, list[str]]:
        return {
            str(code): sorted({note for note in row if isinstance(note, str)} - {""})
            for code, row in zip(self.note.index, self._columns("note", keys), strict=True)
        }

    def lacking(self, keys: list[Key]) -> dict[str, str]:
        """Return what the producer noted of the variables that have no figure, by territory."""
        absent = self._columns("status", keys) == str(Status.MISSING)
        lacking = np.where(absent, self._columns("note", keys), "")
        notes = {
            str(code): " ; ".join(sorted({note for note in row if isinstance(note, str)} - {""}))
            for code, row in zip(self.note.index, lacking, strict=True)
        }
        return {
            code: f"{note[:1].upper()}{note[1:]}." if note else "" for code, note in notes.items()
        }

    def worst(self, keys: list[Key]) -> dict[str, str]:
        """Return the weakest status of some variables, by territory that has any of them."""
        return self._once(("worst", *keys), lambda: self._worst(keys))

    def _worst(self, keys: list[Key]) -> dict[str, str]:
        order = {str(status): rank for rank, status in enumerate(WEAKEST_FIRST)}
        worst = {}
        for code, row in zip(self.status.index, self._columns("status", keys), strict=True):
            statuses = [status for status in row if isinstance(status, str)]
            if statuses:
                weak = min(statuses, key=lambda status: order.get(status, len(order)))
                complete = len(statuses) == len(row)
                worst[str(code)] = weak if complete or weak in order else str(Status.MISSING)
        return worst


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
    """Set the figures of one zoning in squares, laid by hand: pandas takes ten times as long."""
    given = [rows[name].tolist() for name in ("source", "variable", "period")]
    places, keys = rows["territory"].tolist(), list(zip(*given, strict=True))
    codes, columns = sorted(set(places)), sorted(set(keys))
    at = {code: rank for rank, code in enumerate(codes)}
    across = {key: rank for rank, key in enumerate(columns)}
    spots = ([at[code] for code in places], [across[key] for key in keys])
    if len(set(zip(*spots, strict=True))) < len(rows):
        raise ValueError("a figure stands twice")  # never: the warehouse keeps one
    index, heads = pd.Index(codes), pd.Index(columns, tupleize_cols=False)
    made = {}
    for name in ("value", "low", "high", "status", "note"):
        kind: type = float if name in ("value", "low", "high") else object
        square = np.full((len(codes), len(columns)), np.nan, dtype=kind)
        square[spots] = rows[name].to_numpy(dtype=kind, na_value=np.nan)
        made[name] = pd.DataFrame(square, index=index, columns=heads)
    return Figures(zoning, **made)
