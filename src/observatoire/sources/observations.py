"""Turn raw rows into observations; every row is kept, or refused with its line and its reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.sources.aliasing import NO_ALIAS
from observatoire.sources.columns import cells_of, figure_columns
from observatoire.sources.faults import (
    HARMLESS,
    NO_REJECT,
    REJECT_COLUMNS,
    headings,
    reject,
    territory_rejects,
    totals_beside,
)
from observatoire.sources.gathering import Part, gather
from observatoire.sources.merging import (
    complete,
    covered_rejects,
    merged_rejects,
    named_columns,
    spread,
)
from observatoire.sources.numbers import parse_numbers
from observatoire.sources.parsing import read_cells
from observatoire.sources.periods import read_periods
from observatoire.sources.placing import from_elsewhere, place, settle
from observatoire.sources.remedies import error_of
from observatoire.values import Nature, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptor import Source
    from observatoire.sources.filespec import FileSpec
    from observatoire.sources.reading import RawTable
    from observatoire.territories.names import Matcher


@dataclass(frozen=True)
class Parsed:
    """What became of a file's rows: ``rows_read`` = ``rows_kept`` + ``rows_rejected``, always.

    ``cells`` holds the observations, their texts as categories (a file of four million figures
    stays small); ``observations`` is the same with plain texts.
    """

    table: RawTable
    cells: pd.DataFrame
    rejects: pd.DataFrame
    restored: pd.DataFrame = field(  # codes given back their zero
        default_factory=lambda: pd.DataFrame(columns=["line", "raw", "code"])
    )
    aliased: pd.DataFrame = field(default_factory=lambda: NO_ALIAS)  # rows placed by another name

    @cached_property
    def observations(self) -> pd.DataFrame:
        """The observations, with plain texts."""
        coded = self.cells.select_dtypes("category").columns
        return self.cells.astype(dict.fromkeys(coded, "str"))

    @property
    def rows_read(self) -> int:
        """Rows of the file below its header, notes included."""
        return len(self.table.frame) + len(self.table.aside)

    @property
    def rows_rejected(self) -> int:
        """Rows set aside, each counted once."""
        return int(self.rejects["line"].nunique())

    @property
    def rows_kept(self) -> int:
        """Rows that gave observations."""
        return self.rows_read - self.rows_rejected

    @property
    def faults(self) -> pd.DataFrame:
        """Rejects that are faults of the file, harmless ones left out."""
        return self.rejects[~self.rejects["kind"].isin(HARMLESS)]


def observe(
    table: RawTable,
    source: Source,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...] = (),
) -> Parsed:
    """Read the observations of one file.

    Parameters
    ----------
    table : RawTable
        The file's raw rows.
    source, spec : Source, FileSpec
        What ``source.toml`` says of it.
    zonings : mapping of str to Matcher
        The territories known, by zoning.
    scope : tuple of str
        Communes observed. A code that starts with none of them is *outside* (a file that covers
        France): its row is set aside, and no fault. A code inside them that is unknown is a fault.

    Returns
    -------
    Parsed
        Observations and rejects; nothing raised for a faulty row, see :func:`refuse_faults`.

    Raises
    ------
    UnknownColumnError, UnknownTerritoryError
        On a column that is no variable of the source, or a zoning that is not declared.
    """
    columns, marks = figure_columns(table, source, spec), source.markers.statuses()
    table = _completed(table, columns, marks, spec)
    rows = place(_rows(table, source, spec), spec, source, zonings, table)
    # In a workbook or a Parquet file, numbers are typed: no decimal mark was written.
    decimal = spec.decimal if table.separator else ""
    parts = [
        Part(
            at,
            variable,
            column,
            raw,
            read_cells(
                raw, source.variables.get(variable), source.markers, spec.thousands, decimal
            ),
        )
        for at, variable, column, raw in cells_of(table, columns, spec)
    ]
    rows, wrong_bounds = _bounds(rows, parts, table, source, spec)
    told = _told(rows, parts)
    rows, strayed = settle(rows, table, spec, zonings, told)
    lost = territory_rejects(rows, _bare(told, parts), spec, zonings, scope)
    lost = totals_beside(lost, rows, table, spec.territory, zonings)
    measured = [*columns, *_bound_columns(spec)]
    found = [
        strayed,
        from_elsewhere(lost, rows, table, spec, zonings),
        *(_number_rejects(rows, part) for part in parts),
        *(_negative_rejects(rows, part, source) for part in parts),
        wrong_bounds,
        _period_rejects(rows, spec),
        *(_unknown_variables(rows, part, source, spec, told) for part in parts),
        merged_rejects(table, rows, measured, marks),
        covered_rejects(table, rows, [*measured, *named_columns(spec)], spec.territory),
        _aside(table),
    ]
    rejects = pd.concat([one for one in found if len(one)] or [found[0]])
    rejects = headings(rejects, rows, table, columns, told)
    good = ~rows["line"].isin(rejects["line"]).to_numpy()
    again = _duplicates(rows, parts, good, spec)
    if len(again):
        rejects = pd.concat([rejects, again])
        good &= ~rows["line"].isin(again["line"]).to_numpy()
    ordered = rejects.drop_duplicates().sort_values(["line", "column"], ignore_index=True)
    return Parsed(table, gather(rows, parts, good, spec), ordered[list(REJECT_COLUMNS)])


def refuse_faults(parsed: Parsed) -> None:
    """Raise the error of the first faulty row, and say how many there are.

    Raises
    ------
    UnreadableNumberError, UnknownTerritoryError, DuplicateKeyError
        With the file, the line, the column and the raw text.
    """
    faults = parsed.faults
    if not faults.empty:
        raise error_of(faults, parsed.table.name)


def _completed(
    table: RawTable, columns: list[str], marks: Mapping[str, object], spec: FileSpec
) -> RawTable:
    """Tell again on each row what the workbook's merged cells say of all."""
    if not table.merged:
        return table
    roles = named_columns(spec)
    table = spread(complete(table, roles, spec), columns, marks)
    told = {name: count for name, count in table.completed.items() if name in {*roles, *columns}}
    return replace(table, completed=told)


# --- Rows --------------------------------------------------------------------------


def _rows(table: RawTable, source: Source, spec: FileSpec) -> pd.DataFrame:
    """Return one row a row of the file: line, territory as written, period, zoning, note."""
    frame = table.frame
    rows = pd.DataFrame({"line": table.lines, "territory_raw": frame[spec.territory].str.strip()})
    rows["period"] = (
        read_periods(frame[spec.period_column], spec.period_form)
        if spec.period_column
        else spec.period
    )
    rows["zoning"] = frame[spec.zoning_column].str.strip() if spec.zoning_column else source.zoning
    rows["note"] = frame[spec.note_column].str.strip() if spec.note_column else ""
    return rows


def _told(rows: pd.DataFrame, parts: list[Part]) -> np.ndarray:
    """Tell the rows that hold a figure, a range or a sign."""
    told = np.zeros(len(rows), dtype=bool)
    for part in parts:
        numbers = part.numbers
        figure = numbers.low.notna() | (numbers.marker != "")
        written = numbers.value.notna()
        if written.any() and (numbers.value == 0).any():  # a blank may be declared to be zero
            written &= part.raw.fillna("").str.strip().ne("").to_numpy()
        told[part.at] |= (figure | written).to_numpy()
    return told


def _bare(told: np.ndarray, parts: list[Part]) -> np.ndarray:
    """Tell the rows that hold no figure and no sign: nothing at all, or nothing but words."""
    told = told.copy()
    for part in parts:
        unread = np.flatnonzero(part.numbers.unreadable.to_numpy())
        digits = [any(map(str.isdecimal, text)) for text in part.raw.iloc[unread]]
        told[part.at[unread[np.array(digits, dtype=bool)]]] = True
    return ~told


# --- Faults of rows ----------------------------------------------------------------------------


def _bound_columns(spec: FileSpec) -> list[str]:
    return [name for name in (spec.low_column, spec.high_column) if name]


def _bounds(
    rows: pd.DataFrame, parts: list[Part], table: RawTable, source: Source, spec: FileSpec
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the bounds a file states, and tell the rows whose bounds are wrong."""
    if not (spec.low_column and spec.high_column):
        return rows, reject(rows["line"][:0], "bounds", "", rows["note"][:0], "")
    signs = replace(source.markers, blank="missing")
    decimal = spec.decimal if table.separator else ""
    faults = []
    for name, column in (("low", spec.low_column), ("high", spec.high_column)):
        raw = table.frame[column].str.strip()
        numbers = parse_numbers(raw, signs, decimal)
        rows[f"{name}_told"] = numbers.value
        bad = numbers.unreadable
        reasons = "« " + raw[bad] + " » n’est pas un nombre."
        faults.append(reject(rows["line"][bad], "number", reasons, raw[bad], column))
    unread = rows["line"].isin(pd.concat(faults)["line"]).to_numpy()
    faults += [_disordered(rows, part, unread, spec) for part in parts]
    return rows, pd.concat(faults)


def _disordered(rows: pd.DataFrame, part: Part, unread: np.ndarray, spec: FileSpec) -> pd.DataFrame:
    """Tell the rows with one bound only, or whose value or bounds are in the wrong order."""
    low, high = (rows[f"{name}_told"].to_numpy()[part.at] for name in ("low", "high"))
    value = part.numbers.value.to_numpy()
    lone = np.isnan(low) != np.isnan(high)
    wrong = (lone | (low > high) | (value < low) | (value > high)) & ~unread[part.at]
    reasons = pd.Series(
        np.where(
            lone[wrong],
            "Une borne est donnée sans l’autre.",
            "La borne basse dépasse la borne haute, ou la valeur n’est pas entre les deux.",
        ),
        dtype="str",
    )
    lines = rows["line"].to_numpy()[part.at][wrong]
    raw = part.raw[wrong].to_numpy(object)
    return reject(lines, "bounds", reasons, raw, spec.low_column)


def _period_rejects(rows: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    known = {text: is_period(text) for text in rows["period"].unique()}
    lost = rows[~rows["period"].map(known).astype(bool)]
    texts = lost["period"].astype("str")
    why = texts.str.strip().eq("").map({True: " : la cellule est vide.", False: "."}).astype("str")
    reasons = "« " + texts + " » n’est pas une période" + why
    return reject(lost["line"], "period", reasons, lost["period"], spec.period_column)


def _number_rejects(rows: pd.DataFrame, part: Part) -> pd.DataFrame:
    known = (rows["territory"] != "").to_numpy()[part.at]
    bad = part.numbers.unreadable.to_numpy() & known
    if not bad.any():
        return NO_REJECT
    raw = part.raw[bad].str.strip()
    lines = rows["line"].to_numpy()[part.at][bad]
    reasons = ("« " + raw + " » n’est pas un nombre.").to_numpy(object)
    return reject(lines, "number", reasons, raw.to_numpy(object), part.column)


def _negative_rejects(rows: pd.DataFrame, part: Part, source: Source) -> pd.DataFrame:
    """Refuse counts below zero: nobody counts minus four people."""
    known = source.variables.get(part.variable)
    counted = known is not None and known.nature is Nature.COUNT
    placed = (rows["territory"] != "").to_numpy()[part.at]
    bad = (part.numbers.value < 0).to_numpy() & placed & counted
    if not bad.any():
        return NO_REJECT
    raw = part.raw[bad].str.strip()
    lines = rows["line"].to_numpy()[part.at][bad]
    reasons = ("« " + raw + " » est négatif : un effectif ne peut l’être.").to_numpy(object)
    return reject(lines, "negative", reasons, raw.to_numpy(object), part.column)


def _unknown_variables(
    rows: pd.DataFrame, part: Part, source: Source, spec: FileSpec, told: np.ndarray
) -> pd.DataFrame:
    if part.variable in source.variables:
        return NO_REJECT
    lost = rows.iloc[part.at]
    if not part.variable:
        return _unsaid(lost[lost["territory"] != ""], told, spec)
    reason = f"La variable « {part.variable} » n’est pas déclarée."
    raw = np.full(len(lost), part.variable, dtype=object)
    return reject(lost["line"].to_numpy(), "variable", reason, raw, spec.variable_column)


def _unsaid(lost: pd.DataFrame, told: np.ndarray, spec: FileSpec) -> pd.DataFrame:
    """Refuse the figures of rows that do not say what they count; without a figure, nothing is lost."""
    kinds = np.where(told[lost.index.to_numpy()], "variable", "note")
    reasons = np.where(
        kinds == "note",
        "Ligne sans indicateur ni chiffre : mise de côté.",
        "La cellule qui dit ce que compte cette ligne est vide.",
    )
    raw = np.full(len(lost), "", dtype=object)
    found = reject(lost["line"].to_numpy(), "variable", reasons, raw, spec.variable_column)
    return found.assign(kind=pd.Series(kinds, index=found.index, dtype="str"))


def _aside(table: RawTable) -> pd.DataFrame:
    told = table.aside
    return reject(told["line"], "note", told["reason"], told["raw"], "")


def _duplicates(
    rows: pd.DataFrame, parts: list[Part], good: np.ndarray, spec: FileSpec
) -> pd.DataFrame:
    key = ["zoning", "territory", "period"]
    groups = {id(part.at): part for part in reversed(parts)}  # columns of one file share their rows
    found = []
    for part in groups.values():
        mine = rows.iloc[part.at[good[part.at]]]
        again = mine[mine.duplicated(key)]
        if again.empty:
            continue
        first = mine.drop_duplicates(key).set_index(key)["line"]
        lines = first.reindex(pd.MultiIndex.from_frame(again[key])).to_numpy()
        reasons = [
            f"« {raw} » donne {part.variable} ({period}) une seconde fois, après la ligne {line}."
            for raw, period, line in zip(
                again["territory_raw"], again["period"], lines, strict=True
            )
        ]
        raw_told = again["territory_raw"].to_numpy(object)
        found.append(
            reject(again["line"].to_numpy(), "duplicate", reasons, raw_told, spec.territory)  # type: ignore[arg-type]
        )
    return pd.concat(found) if found else NO_REJECT
