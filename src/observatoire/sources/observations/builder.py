"""Turn raw rows into observations; every row is kept, or refused with its line and its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from observatoire.sources.observations.aliases import aliased_rows
from observatoire.sources.observations.figure_checks import (
    figure_rejects,
    read_bounds,
    repeated_rows,
)
from observatoire.sources.observations.figure_columns import cells_of, figure_columns, read_cells
from observatoire.sources.observations.long_format import VariableCells, gather
from observatoire.sources.observations.parsed import Parsed
from observatoire.sources.observations.reject_messages import error_of
from observatoire.sources.places.row_territories import RowContents, assign
from observatoire.sources.tables.merged_cells import (
    complete,
    covered_rejects,
    merged_rejects,
    named_columns,
    spread,
)
from observatoire.sources.tables.rejects import REJECT_COLUMNS, joined, reject

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.territories.matcher import Matcher


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
        France): its row is skipped, and no fault. A code inside them that is unknown is a fault.

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
    parts = _parts(table, columns, source, spec)
    figured = _with_figures(len(table.frame), parts)
    contents = RowContents(columns, figured, _without_figures(figured, parts))
    placed = assign(table, contents, source, spec, zonings, scope)
    rows, wrong_bounds = read_bounds(placed.rows, parts, table, source, spec)
    measured = [*columns, *filter(None, (spec.low_column, spec.high_column))]
    rejects = joined(
        placed.rejects,
        *figure_rejects(rows, parts, source, spec, figured),
        wrong_bounds,
        merged_rejects(table, rows, measured, marks),
        covered_rejects(table, rows, [*measured, *named_columns(spec)], spec.territory),
        _note_rejects(table),
    )
    good = ~rows["line"].isin(rejects["line"]).to_numpy()
    again = repeated_rows(rows, parts, good, spec)
    good &= ~rows["line"].isin(again["line"]).to_numpy()
    ordered = joined(rejects, again).drop_duplicates().sort_values(["line", "column"])
    found = ordered[list(REJECT_COLUMNS)].reset_index(drop=True)
    kept = rows.loc[good, ["line", "territory_raw", "zoning", "territory"]]
    aliased = aliased_rows(kept, zonings)
    return Parsed(table, gather(rows, parts, good, spec), found, placed.restored, aliased)


def refuse_faults(parsed: Parsed) -> None:
    """Raise the error of the first faulty row, and say how many there are.

    Raises
    ------
    UnreadableNumberError, UnknownTerritoryError, DuplicateKeyError
        With the file, the line, the column and the raw text.
    """
    faults = parsed.faults
    if not faults.empty:
        raise error_of(faults, parsed.table.name, parsed.rows_read)


def _completed(
    table: RawTable, columns: list[str], marks: Mapping[str, object], spec: FileSpec
) -> RawTable:
    """Tell again on each row what the workbook's merged cells say of all."""
    if not table.merged:
        return table
    roles = named_columns(spec)
    table = spread(complete(table, roles, spec), columns, marks)
    filled = {name: count for name, count in table.completed.items() if name in {*roles, *columns}}
    return replace(table, completed=filled)


def _parts(
    table: RawTable, columns: list[str], source: Source, spec: FileSpec
) -> list[VariableCells]:
    """Read the cells of each variable as numbers, ranges and signs."""
    # In a workbook or a Parquet file, numbers are typed: no decimal mark was written.
    decimal = spec.decimal if table.separator else ""
    signs, thousands = source.markers, spec.thousands
    return [
        VariableCells(
            at,
            variable,
            column,
            raw,
            read_cells(raw, source.variables.get(variable), signs, thousands, decimal),
        )
        for at, variable, column, raw in cells_of(table, columns, spec)
    ]


def _with_figures(size: int, parts: list[VariableCells]) -> np.ndarray:
    """Tell the rows that hold a figure, a range or a sign."""
    figured = np.zeros(size, dtype=bool)
    for part in parts:
        numbers = part.numbers
        figure = numbers.low.notna() | (numbers.marker != "")
        written = numbers.value.notna()
        if written.any() and (numbers.value == 0).any():  # a blank may be declared to be zero
            written &= part.raw.fillna("").str.strip().ne("").to_numpy()
        figured[part.at] |= (figure | written).to_numpy()
    return figured


def _without_figures(figured: np.ndarray, parts: list[VariableCells]) -> np.ndarray:
    """Tell the rows that hold no figure and no sign: nothing at all, or nothing but words."""
    figured = figured.copy()
    for part in parts:
        unread = np.flatnonzero(part.numbers.unreadable.to_numpy())
        digits = [_is_figure_meant(text) for text in part.raw.iloc[unread]]
        figured[part.at[unread[np.array(digits, dtype=bool)]]] = True
    return ~figured


def _is_figure_meant(text: str) -> bool:
    """Say whether a cell that is no number was meant as one; « Allocataires de 19 à 24 ans » was not."""
    words = len(text.split()) >= 3 and text.strip()[:1].isalpha()  # noqa: PLR2004 - a label
    return any(map(str.isdecimal, text)) and not words


def _note_rejects(table: RawTable) -> pd.DataFrame:
    skipped = table.skipped
    return reject(skipped["line"], "note", skipped["reason"], skipped["raw"], "")
