"""Turn raw rows into observations; every row is kept, or refused with its line and its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.sources.observations.aliases import aliased_rows
from observatoire.sources.observations.figure_checks import (
    figure_rejects,
    read_bounds,
    repeated_rows,
)
from observatoire.sources.observations.figure_columns import (
    figure_columns,
    read_figures,
    with_figures,
    without_figures,
)
from observatoire.sources.observations.long_format import gather
from observatoire.sources.observations.parsed import Parsed
from observatoire.sources.observations.reject_messages import error_of
from observatoire.sources.places.row_territories import assign
from observatoire.sources.places.unplaced_rows import RowContents
from observatoire.sources.tables.merged_cells import (
    covered_rejects,
    filled_down,
    merged_rejects,
    named_columns,
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
    notes = _note_rejects(table)
    columns, marks = figure_columns(table, source, spec), source.markers.statuses()
    table = filled_down(table, columns, marks, spec)
    parts = read_figures(table, columns, source, spec)
    figured = with_figures(len(table.frame), parts)
    contents = RowContents(columns, figured, without_figures(figured, parts))
    placed = assign(table, contents, source, spec, zonings, scope)
    rows, wrong_bounds = read_bounds(placed.rows, parts, table, source, spec)
    measured = [*columns, *filter(None, (spec.low_column, spec.high_column))]
    rejects = joined(
        placed.rejects,
        *figure_rejects(rows, parts, source, spec, figured),
        wrong_bounds,
        merged_rejects(table, rows, measured, marks),
        covered_rejects(table, rows, [*measured, *named_columns(spec)], spec.territory),
        notes,
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


def _note_rejects(table: RawTable) -> pd.DataFrame:
    skipped = table.skipped
    return reject(skipped["line"], "note", skipped["reason"], skipped["raw"], "")
