"""Lay the cells of the kept rows one under the other: texts as categories, numbers as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.sources.parsers.numbers import CELL_STATUSES, Numbers, coded
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.sources.descriptors.file_spec import FileSpec


#: A column of texts kept as codes and words.
Coded = Any

OBSERVATION_COLUMNS = (
    "line",
    "zoning",
    "territory",
    "variable",
    "period",
    "value",
    "low",
    "high",
    "status",
    "marker",
    "note",
)


@dataclass(frozen=True)
class VariableCells:
    """The cells of one variable: which rows they are of, and what was read in them."""

    at: np.ndarray
    variable: str
    column: str
    raw: pd.Series
    numbers: Numbers


@dataclass(frozen=True)
class _Order:
    """The order in which cells are laid: that of the file, row by row, variable by variable.

    ``at`` tells the row of each cell and ``part`` the part it comes from. A warehouse keeps
    figures so in less room, and faster, than one variable after the other.
    """

    at: np.ndarray
    part: np.ndarray
    masks: list[np.ndarray]
    places: np.ndarray | None  # None: every part has the same rows

    @staticmethod
    def of(parts: list[VariableCells], good: np.ndarray) -> _Order:
        """Order the cells of the rows that are good."""
        masks = [good[part.at] for part in parts]
        ranks = np.arange(len(parts), dtype=np.int32)
        if all(part.at is parts[0].at for part in parts):
            rows = parts[0].at[masks[0]]
            return _Order(np.repeat(rows, len(parts)), np.tile(ranks, len(rows)), masks, None)
        at = np.concatenate([part.at[mask] for part, mask in zip(parts, masks, strict=True)])
        places = np.argsort(at, kind="stable")
        part = np.repeat(ranks, [int(mask.sum()) for mask in masks])
        return _Order(at[places], part[places], masks, places)

    def lay(self, columns: list[np.ndarray]) -> np.ndarray:
        """Lay one column a part in one."""
        if _blank(columns):
            return np.full(len(self.at), np.nan)
        if all(column.dtype == np.int8 and not column.any() for column in columns):
            return np.zeros(len(self.at), np.int8)  # every cell is a plain number
        kept = [column[mask] for column, mask in zip(columns, self.masks, strict=True)]
        if self.places is None:
            return np.stack(kept, axis=1).ravel()
        laid: np.ndarray = np.concatenate(kept)[self.places]
        return laid


def _blank(columns: list[np.ndarray]) -> bool:
    """Say whether columns of figures hold none: so are the bounds of nearly every file."""
    return all(column.dtype == np.float64 and np.isnan(column).all() for column in columns)


def gather(
    rows: pd.DataFrame, parts: list[VariableCells], good: np.ndarray, spec: FileSpec
) -> pd.DataFrame:
    """Lay the cells of the kept rows one under the other, in the order of the file."""
    order = _Order.of(parts, good)
    cells: dict[str, Any] = {"line": rows["line"].to_numpy(np.int64)[order.at]}
    for name in ("zoning", "territory", "period"):
        codes, words = pd.factorize(rows[name], sort=True)
        cells[name] = _category(codes.astype(np.int32)[order.at], list(words))
    cells["period"] = _periods(cells["period"], parts, order.part, spec)
    # Several columns may tell one variable, at several periods.
    ranks, variables = pd.factorize(np.array([part.variable for part in parts], dtype=object))
    cells["variable"] = _category(ranks.astype(np.int32)[order.part], list(variables))
    for name in ("value", "low", "high"):
        cells[name] = order.lay([getattr(part.numbers, name).to_numpy() for part in parts])
    statuses = [part.numbers.status.cat.codes.to_numpy() for part in parts]
    cells["status"] = _category(order.lay(statuses), list(CELL_STATUSES))
    cells["marker"] = _texts([part.numbers.marker for part in parts], order)
    cells["note"] = _notes(rows, order.at, _texts([part.numbers.note for part in parts], order))
    laid = pd.DataFrame({name: cells[name] for name in OBSERVATION_COLUMNS}, copy=False)
    return _ranged(laid, rows, order.at)


def _periods(own: Coded, parts: list[VariableCells], part: np.ndarray, spec: FileSpec) -> Coded:
    """Give the columns that tell another period than their file's that one."""
    if not spec.periods:
        return own
    by_column = spec.layout == "wide" or not spec.value_column
    periods = [spec.periods.get(part.column if by_column else part.variable, "") for part in parts]
    words = sorted({*own.categories, *periods} - {""})
    rank = {word: code for code, word in enumerate(words)}
    codes = np.array([rank[word] for word in own.categories], dtype=np.int32)[own.codes]
    given = np.array([rank.get(word, -1) for word in periods], dtype=np.int32)[part]
    return _category(np.where(given >= 0, given, codes), words)


def _ranged(cells: pd.DataFrame, rows: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Give the cells the bounds of their row; a range without a value is ``bounded``."""
    if "low_stated" not in rows:
        return cells
    low, high = (rows[f"{name}_stated"].to_numpy()[at] for name in ("low", "high"))
    both = ~np.isnan(low) & ~np.isnan(high)
    cells["low"] = np.where(both, low, cells["low"])
    cells["high"] = np.where(both, high, cells["high"])
    ranged = both & (cells["status"] == str(Status.MISSING)).to_numpy()
    cells.loc[ranged, "status"] = str(Status.BOUNDED)
    if ranged.any():
        cells.loc[ranged, "marker"] = ""
    return cells


def _texts(series: list[pd.Series], order: _Order) -> Coded:
    """Join columns of categories into one, their words put together."""
    words = sorted({str(word) for column in series for word in column.cat.categories} | {""})
    if len(words) == 1:
        return _category(np.zeros(len(order.at), dtype=np.int32), words)
    rank = {word: code for code, word in enumerate(words)}
    codes = [
        np.array([rank[str(word)] for word in column.cat.categories], dtype=np.int32)[
            column.cat.codes.to_numpy()
        ]
        for column in series
    ]
    return _category(order.lay(codes), words)


def _notes(rows: pd.DataFrame, at: np.ndarray, ranges: Coded) -> Coded:
    """Join a row's own note and what a range means."""
    if not (rows["note"] != "").any():
        return ranges
    own = rows["note"].to_numpy(object)[at]
    notes = [
        " ; ".join(part for part in (str(a), str(b)) if part)
        for a, b in zip(own, ranges, strict=True)
    ]
    return pd.Categorical(notes, categories=sorted(set(notes)))


def _category(codes: np.ndarray, words: list[str]) -> Coded:
    return coded(codes.astype(np.int32, copy=False), words)
