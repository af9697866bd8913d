"""Lay the cells of the kept rows one under the other: texts as categories, numbers as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.sources.numbers import CELL_STATUSES, Numbers, coded
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.sources.filespec import FileSpec

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
class Part:
    """The cells of one variable: which rows they are of, and what was read in them."""

    at: np.ndarray
    variable: str
    column: str
    raw: pd.Series
    numbers: Numbers


def gather(rows: pd.DataFrame, parts: list[Part], good: np.ndarray, spec: FileSpec) -> pd.DataFrame:
    """Lay the cells of the kept rows one under the other, variable by variable."""
    kept = [good[part.at] for part in parts]
    at = np.concatenate([part.at[mask] for part, mask in zip(parts, kept, strict=True)])
    counts = [int(mask.sum()) for mask in kept]

    def stacked(name: str) -> np.ndarray:
        return np.concatenate(
            [
                getattr(part.numbers, name).to_numpy()[mask]
                for part, mask in zip(parts, kept, strict=True)
            ]
        )

    cells = pd.DataFrame({"line": rows["line"].to_numpy(np.int64)[at]})
    for name in ("zoning", "territory", "period"):
        codes, words = pd.factorize(rows[name], sort=True)
        cells[name] = _category(codes[at], list(words))
    ranks, variables = pd.factorize(np.array([part.variable for part in parts], dtype=object))
    cells["period"] = _periods(cells["period"], parts, counts, spec)
    cells["variable"] = _category(np.repeat(ranks, counts), list(variables))
    for name in ("value", "low", "high"):
        cells[name] = stacked(name)
    statuses = [
        part.numbers.status.cat.codes.to_numpy()[mask]
        for part, mask in zip(parts, kept, strict=True)
    ]
    cells["status"] = _category(np.concatenate(statuses), list(CELL_STATUSES))
    cells["marker"] = _texts([p.numbers.marker for p in parts], kept)
    cells["note"] = _notes(rows, at, _texts([p.numbers.note for p in parts], kept))
    cells = _ranged(cells, rows, at)
    if spec.layout == "long":  # in the order of the file, not of its variables
        cells = cells.iloc[np.argsort(at, kind="stable")].reset_index(drop=True)
    return cells[list(OBSERVATION_COLUMNS)]


def _periods(
    own: pd.Series, parts: list[Part], counts: list[int], spec: FileSpec
) -> pd.Series | Coded:
    """Give the columns that tell another period than their file's that one."""
    if not spec.periods:
        return own
    wide = spec.layout == "wide"
    told = [spec.periods.get(part.column if wide else part.variable, "") for part in parts]
    words = sorted({*own.cat.categories, *told} - {""})
    rank = {word: code for code, word in enumerate(words)}
    codes = np.array([rank[word] for word in own.cat.categories], dtype=np.int32)[own.cat.codes]
    given = np.repeat([rank.get(word, -1) for word in told], counts)
    return _category(np.where(given >= 0, given, codes), words)


def _ranged(cells: pd.DataFrame, rows: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Give the cells the bounds of their row; a range without a value is ``bounded``."""
    if "low_told" not in rows:
        return cells
    low, high = (rows[f"{name}_told"].to_numpy()[at] for name in ("low", "high"))
    told = ~np.isnan(low) & ~np.isnan(high)
    cells["low"] = np.where(told, low, cells["low"])
    cells["high"] = np.where(told, high, cells["high"])
    ranged = told & (cells["status"] == str(Status.MISSING)).to_numpy()
    cells.loc[ranged, "status"] = str(Status.BOUNDED)
    if ranged.any():
        cells.loc[ranged, "marker"] = ""
    return cells


def _texts(series: list[pd.Series], kept: list[np.ndarray]) -> Coded:
    """Join columns of categories into one, their words put together."""
    words = sorted({str(word) for one in series for word in one.cat.categories} | {""})
    rank = {word: code for code, word in enumerate(words)}
    codes = [
        np.array([rank[str(word)] for word in one.cat.categories])[one.cat.codes.to_numpy()[mask]]
        for one, mask in zip(series, kept, strict=True)
    ]
    return _category(np.concatenate(codes), words)


def _notes(rows: pd.DataFrame, at: np.ndarray, ranges: Coded) -> Coded:
    """Join a row's own note and what a range means."""
    if not (rows["note"] != "").any():
        return ranges
    own = rows["note"].to_numpy(object)[at]
    told = [
        " ; ".join(part for part in (str(a), str(b)) if part)
        for a, b in zip(own, ranges, strict=True)
    ]
    return pd.Categorical(told, categories=sorted(set(told)))


def _category(codes: np.ndarray, words: list[str]) -> Coded:
    return coded(codes.astype(np.int32), words)
