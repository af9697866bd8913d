"""What is wrong with the figures of a row: no number, below zero, out of bounds, undated, given twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.sources.parsers.numbers import parse_numbers
from observatoire.sources.tables.rejects import NO_REJECT, joined, reject
from observatoire.values import Nature, is_period

if TYPE_CHECKING:
    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.observations.long_format import VariableCells
    from observatoire.sources.tables.raw_table import RawTable


def figure_rejects(
    rows: pd.DataFrame,
    parts: list[VariableCells],
    source: Source,
    spec: FileSpec,
    figured: np.ndarray,
) -> list[pd.DataFrame]:
    """Return the rejects of rows whose figures cannot be kept, by reason.

    Parameters
    ----------
    rows : DataFrame
        One row a row of the file: line, territory, period, zoning.
    parts : list of VariableCells
        The cells of each variable, read.
    source, spec : Source, FileSpec
        What ``source.toml`` says of the file.
    figured : array of bool
        The rows that hold a figure, a range or a sign.
    """
    return [
        *(_number_rejects(rows, part) for part in parts),
        *(_negative_rejects(rows, part, source) for part in parts),
        _period_rejects(rows, spec),
        *(_unknown_variables(rows, part, source, spec, figured) for part in parts),
    ]


def _number_rejects(rows: pd.DataFrame, part: VariableCells) -> pd.DataFrame:
    unread = part.numbers.unreadable.to_numpy()
    return _cell_rejects(rows, part, unread, "number", "n’est pas un nombre.")


def _negative_rejects(rows: pd.DataFrame, part: VariableCells, source: Source) -> pd.DataFrame:
    """Refuse counts below zero: nobody counts minus four people."""
    known = source.variables.get(part.variable)
    if known is None or known.nature is not Nature.COUNT:
        return NO_REJECT
    below = part.numbers.value.to_numpy() < 0
    return _cell_rejects(rows, part, below, "negative", "est négatif : un effectif ne peut l’être.")


def _cell_rejects(
    rows: pd.DataFrame, part: VariableCells, bad: np.ndarray, kind: str, reason: str
) -> pd.DataFrame:
    """Refuse the rows with a bad cell, but those that name no territory, refused already."""
    if not bad.any():
        return NO_REJECT  # before anything else: a table may have 16 000 columns
    bad = bad & (rows["territory"] != "").to_numpy()[part.at]
    if not bad.any():
        return NO_REJECT
    raw = part.raw[bad].str.strip()
    reasons = ("« " + raw + f" » {reason}").to_numpy(object)
    lines = rows["line"].to_numpy()[part.at][bad]
    return reject(lines, kind, reasons, raw.to_numpy(object), part.column)


def _period_rejects(rows: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    """Refuse the rows of no period, but those that name no territory, refused already."""
    known = {text: is_period(text) for text in rows["period"].unique()}
    lost = rows[~rows["period"].map(known).astype(bool) & (rows["territory"] != "")]
    texts = lost["period"].astype("str")
    why = texts.str.strip().eq("").map({True: " : la cellule est vide.", False: "."}).astype("str")
    reasons = "« " + texts + " » n’est pas une période" + why
    return reject(lost["line"], "period", reasons, lost["period"], spec.period_column)


def _unknown_variables(
    rows: pd.DataFrame, part: VariableCells, source: Source, spec: FileSpec, figured: np.ndarray
) -> pd.DataFrame:
    if part.variable in source.variables:
        return NO_REJECT
    lost = rows.iloc[part.at]
    if not part.variable:
        return _undeclared(lost[lost["territory"] != ""], figured, spec)
    reason = f"La variable « {part.variable} » n’est pas déclarée."
    raw = np.full(len(lost), part.variable, dtype=object)
    return reject(lost["line"].to_numpy(), "variable", reason, raw, spec.variable_column)


def _undeclared(lost: pd.DataFrame, figured: np.ndarray, spec: FileSpec) -> pd.DataFrame:
    """Refuse the figures of rows that do not say what they count; without a figure, nothing is lost."""
    kinds = np.where(figured[lost.index.to_numpy()], "variable", "note")
    reasons = np.where(
        kinds == "note",
        "Ligne sans indicateur ni chiffre : mise de côté.",
        "La cellule qui dit ce que compte cette ligne est vide.",
    )
    raw = np.full(len(lost), "", dtype=object)
    found = reject(lost["line"].to_numpy(), "variable", reasons, raw, spec.variable_column)
    return found.assign(kind=pd.Series(kinds, index=found.index, dtype="str"))


def read_bounds(
    rows: pd.DataFrame, parts: list[VariableCells], table: RawTable, source: Source, spec: FileSpec
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the bounds a file states, and tell the rows whose bounds are wrong.

    Returns
    -------
    tuple of DataFrame
        The rows, with columns ``low_stated`` and ``high_stated`` when the file states bounds; the rejects.
    """
    if not (spec.low_column and spec.high_column):
        return rows, NO_REJECT
    signs = replace(source.markers, blank="missing")
    decimal = spec.decimal if table.separator else ""
    faults = []
    for name, column in (("low", spec.low_column), ("high", spec.high_column)):
        raw = table.frame[column].str.strip()
        numbers = parse_numbers(raw, signs, decimal)
        rows = rows.assign(**{f"{name}_stated": numbers.value})
        bad = numbers.unreadable
        reasons = "« " + raw[bad] + " » n’est pas un nombre."
        faults.append(reject(rows["line"][bad], "number", reasons, raw[bad], column))
    unread = rows["line"].isin(pd.concat(faults)["line"]).to_numpy()
    faults += [_disordered(rows, part, unread, spec) for part in parts]
    return rows, pd.concat(faults)


def _disordered(
    rows: pd.DataFrame, part: VariableCells, unread: np.ndarray, spec: FileSpec
) -> pd.DataFrame:
    """Tell the rows with one bound only, or whose value or bounds are in the wrong order."""
    low, high = (rows[f"{name}_stated"].to_numpy()[part.at] for name in ("low", "high"))
    value = part.numbers.value.to_numpy()
    half = np.isnan(low) != np.isnan(high)
    wrong = (half | (low > high) | (value < low) | (value > high)) & ~unread[part.at]
    reasons = pd.Series(
        np.where(
            half[wrong],
            "Une borne est donnée sans l’autre.",
            "La borne basse dépasse la borne haute, ou la valeur n’est pas entre les deux.",
        ),
        dtype="str",
    )
    lines = rows["line"].to_numpy()[part.at][wrong]
    raw = part.raw[wrong].to_numpy(object)
    return reject(lines, "bounds", reasons, raw, spec.low_column)


def repeated_rows(
    rows: pd.DataFrame, parts: list[VariableCells], good: np.ndarray, spec: FileSpec
) -> pd.DataFrame:
    """Refuse what is given a second time of a territory and a period, with the line that gave it first.

    Parameters
    ----------
    rows, parts, spec
        See :func:`figure_rejects`.
    good : array of bool
        The rows that nothing else refuses.
    """
    key = ["zoning", "territory", "period"]
    groups = {id(part.at): part for part in reversed(parts)}  # columns of one file share their rows
    found = []
    for part in groups.values():
        kept = rows.iloc[part.at[good[part.at]]]
        again = kept[kept.duplicated(key)]
        if again.empty:
            continue
        first = kept.drop_duplicates(key).set_index(key)["line"]
        lines = first.reindex(pd.MultiIndex.from_frame(again[key])).to_numpy()
        reasons = [
            f"« {raw} » donne {part.variable} ({period}) une seconde fois, après la ligne {line}."
            for raw, period, line in zip(
                again["territory_raw"], again["period"], lines, strict=True
            )
        ]
        raw_texts = again["territory_raw"].to_numpy(object)
        found.append(
            reject(again["line"].to_numpy(), "duplicate", reasons, raw_texts, spec.territory)  # type: ignore[arg-type]
        )
    return joined(*found)
