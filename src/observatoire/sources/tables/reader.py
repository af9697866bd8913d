"""Read a file into a table of raw texts, each row with its line number; understand nothing yet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    EmptyFileError,
)
from observatoire.sources.formats.document import open_file
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.tables.header import check_widths
from observatoire.sources.tables.location import Location, locate
from observatoire.sources.tables.merged_cells import complete, merged_below
from observatoire.sources.tables.raw_table import Hidden, RawTable, _no_note
from observatoire.sources.tables.rejects import NOTE

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Rows


def read_table(path: Path, spec: FileSpec) -> RawTable:
    """Read a file's rows as texts.

    Parameters
    ----------
    path : Path
        A csv or txt, an Excel or OpenDocument workbook, a Parquet or dBase file, or a zip of one.
    spec : FileSpec
        What ``source.toml`` fixes; what it leaves empty (separator, encoding, sheet) is found.

    Returns
    -------
    RawTable
        One text column a column of the file; blank rows are left out.

    Raises
    ------
    EmptyFileError, TruncatedFileError, UnreadableFileError
        On a file of nothing, one cut short, or bytes of no known format.
    SeparatorError, UnknownColumnError
        When the table comes out as one column, or a declared column is not there.
    """
    document = open_file(
        path,
        spec.member,
        encoding=spec.encoding,
        separator=spec.separator,
        territory=spec.territory,
    )
    return read_located(locate(document, spec), spec)


def read_located(location: Location, spec: FileSpec) -> RawTable:
    """Read the rows of a table that is found; see :func:`read_table`."""
    table = _by_columns(location) or _by_rows(location)
    if table.merged:
        table = complete(table, [spec.territory, spec.prefix_column], spec)
    return join_codes(table, spec)


def _by_columns(location: Location) -> RawTable | None:
    """Read a table by columns; None when its rows have not all as many cells."""
    found = location.sheet.frame(location.last + 1)
    if found is None or found[0].empty or found[0].shape[1] != len(location.header):
        return None
    frame, numbers = found
    filled = [
        bool(label) or frame[str(rank)].str.strip().ne("").any()
        for rank, label in enumerate(location.header)
    ]
    frame.columns = pd.Index(location.header)
    appearance = location.sheet.appearance
    hidden = {row + 1 for row in appearance.hidden_rows} & set(numbers.tolist())
    return replace(
        _table(location, frame.loc[:, filled], numbers.tolist()),
        merged=merged_below(appearance.merges, location.last, location.header),
        hidden=Hidden(tuple(sorted(hidden)), appearance.filtered),
    )


def _by_rows(location: Location) -> RawTable:
    """Read a table row by row: a note may have fewer cells, another row is refused with its line."""
    header, path = list(location.header), location.document.path
    rows = [(at, _trimmed(row, len(header))) for at, row in location.sheet.rows(location.last + 1)]
    body, skipped = _notes_apart(rows, len(header))
    if not body:
        raise _only_header(path.name)
    check_widths(body, header, path.name)
    frame = pd.DataFrame([row for _, row in body], columns=header, dtype="str")
    filled = [bool(label) or _filled(body, rank) for rank, label in enumerate(header)]
    table = _table(location, frame.loc[:, filled], [number for number, _ in body])
    return replace(table, skipped=skipped)


def _table(location: Location, frame: pd.DataFrame, lines: list[int]) -> RawTable:
    document, sheet = location.document, location.sheet
    return RawTable(
        path=document.path,
        sha256=document.sha256,
        frame=frame,
        lines=pd.Series(lines, name="line"),
        encoding=sheet.encoding,
        separator=sheet.separator,
        sheet=sheet.name,
        header=location.line,
        member=document.member,
    )


def _only_header(name: str) -> EmptyFileError:
    return EmptyFileError(
        "Le tableau n’a que son en-tête : aucune ligne de données.",
        where=name,
        remedy="Redemandez le fichier au producteur.",
    )


def _notes_apart(body: Rows, width: int) -> tuple[Rows, pd.DataFrame]:
    """Skip the rows that are a note, not a row of the table cut short."""
    kept, notes = [], []
    for number, row in body:
        texts = [cell.strip() for cell in row if cell.strip()]
        # One text of several words is a note that no known word announces.
        sentence = len(row) == 1 and len(row[0].split()) >= 4  # noqa: PLR2004 - words
        if len(row) != width and (sentence or signs().is_note(texts[0])):
            notes.append((number, " ".join(texts)))
        else:
            kept.append((number, row))
    skipped = pd.DataFrame(notes, columns=["line", "raw"]).assign(reason=NOTE)
    return kept, skipped.astype({"line": "int64"}) if notes else _no_note()


def _trimmed(row: list[str], width: int) -> list[str]:
    """Leave out the blank cells beyond the last name: a separator that ends a row moves no figure."""
    return row[:width] if len(row) > width and not any(map(str.strip, row[width:])) else row


def _filled(body: Rows, column: int) -> bool:
    return any(row[column].strip() for _, row in body)


#: Digits of a commune's code, and of the IRIS inside it; a spreadsheet may have lost its zeros.
_COMMUNE, _INSIDE = 5, 4
_SHORT = re.compile(r"[0-9]{1,4}")


def joined_code(commune: str, short: str) -> str:
    """Return the whole code of an IRIS; what is no short code, or stands by none, stays as it is.

    Examples
    --------
    >>> joined_code("97209", "0101"), joined_code("97209", "101"), joined_code("97209", "Total")
    ('972090101', '972090101', 'Total')
    """
    commune, short = commune.strip(), short.strip()
    if _SHORT.fullmatch(short) and len(commune) == _COMMUNE:
        return commune + short.zfill(_INSIDE)
    return short


def join_codes(table: RawTable, spec: FileSpec) -> RawTable:
    """Write whole codes in the column of territories, where ``prefix_column`` is declared."""
    if not spec.prefix_column:
        return table
    frame = table.frame.copy()
    pairs = zip(frame[spec.prefix_column], frame[spec.territory], strict=True)
    codes = [joined_code(str(commune), str(short)) for commune, short in pairs]
    frame[spec.territory] = pd.Series(codes, index=frame.index, dtype=frame[spec.territory].dtype)
    return replace(table, frame=frame)
