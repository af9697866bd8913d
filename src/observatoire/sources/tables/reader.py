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
from observatoire.sources.formats.text import HEADER_DEPTH, empty_file
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.tables.header import check_header, check_widths, find_header, titles
from observatoire.sources.tables.merged_cells import complete, merged_below
from observatoire.sources.tables.raw_table import Hidden, RawTable, _no_note
from observatoire.sources.tables.rejects import NOTE
from observatoire.sources.tables.sheets import choose_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Rows, Sheet
    from observatoire.sources.formats.document import Document


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
    return read_document(
        open_file(
            path,
            spec.member,
            encoding=spec.encoding,
            separator=spec.separator,
            territory=spec.territory,
        ),
        spec,
    )


def read_document(document: Document, spec: FileSpec) -> RawTable:
    """Read the rows of a table of an opened file; see :func:`read_table`."""
    sheet = choose_sheet(document, spec)
    table = _sheet_table(document, sheet, spec)
    if table is None:
        table = _table(document, sheet, spec)
    if table.merged:
        table = complete(table, [spec.territory, spec.prefix_column], spec)
    return join_codes(table, spec)


def _sheet_table(document: Document, sheet: Sheet, spec: FileSpec) -> RawTable | None:
    """Make a table of a sheet by columns; None when its rows have not all as many cells."""
    # The line that ``header`` gives may lie below the rows among which one is looked for.
    top = sheet.rows(1, max(HEADER_DEPTH, spec.header + 1))
    if not top:
        raise empty_file(document.name)
    if top[-1][0] < spec.header:
        top = sheet.rows()
    at = find_header(top, spec)
    line = top[at][0]
    header, last = titles(top, at, spec)
    check_header(header, spec, document.path, sheet.separator, sheet.name)
    found = sheet.frame(top[last][0] + 1)
    if found is None or found[0].empty:
        return None
    frame, numbers = found
    if frame.shape[1] != len(header):
        return None
    filled = [
        bool(label) or frame[str(rank)].str.strip().ne("").any()
        for rank, label in enumerate(header)
    ]
    frame.columns = pd.Index(header)
    appearance = sheet.appearance
    merged = merged_below(appearance.merges, top[last][0], header)
    hidden = {row + 1 for row in appearance.hidden_rows} & set(numbers.tolist())
    return RawTable(
        document.path,
        document.sha256,
        frame.loc[:, filled],
        pd.Series(numbers, name="line"),
        sheet.encoding,
        sheet.separator,
        sheet.name,
        line,
        document.member,
        merged=merged,
        hidden=Hidden(tuple(sorted(hidden)), appearance.filtered),
    )


def _table(document: Document, sheet: Sheet, spec: FileSpec) -> RawTable:
    path, separator, rows = document.path, sheet.separator, sheet.rows()
    at = find_header(rows, spec)
    line = rows[at][0]
    header, last = titles(rows, at, spec)
    check_header(header, spec, path, separator, sheet.name)
    body = [(number, row) for number, row in rows[last + 1 :] if any(cell.strip() for cell in row)]
    body, aside = _notes_apart(body, len(header))
    if not body:
        raise _only_header(path.name)
    check_widths(body, header, path)
    frame = pd.DataFrame([row for _, row in body], columns=header, dtype="str")
    frame = frame.loc[:, [bool(one) or _filled(body, at) for at, one in enumerate(header)]]
    return RawTable(
        path,
        document.sha256,
        frame,
        pd.Series([number for number, _ in body], name="line"),
        sheet.encoding,
        separator,
        sheet.name,
        line,
        document.member,
        aside,
    )


def _only_header(name: str) -> EmptyFileError:
    return EmptyFileError(
        "Le tableau n’a que son en-tête : aucune ligne de données.",
        where=name,
        remedy="Redemandez le fichier au producteur.",
    )


def _notes_apart(body: Rows, width: int) -> tuple[Rows, pd.DataFrame]:
    """Set aside the rows that are a note, not a row of the table cut short."""
    kept, notes = [], []
    for number, row in body:
        told = [cell.strip() for cell in row if cell.strip()]
        lone = len(row) != width and (signs().is_note(told[0]) or _is_sentence(row))
        if lone:
            notes.append((number, " ".join(told)))
        else:
            kept.append((number, row))
    aside = pd.DataFrame(notes, columns=["line", "raw"]).assign(reason=NOTE)
    return kept, aside.astype({"line": "int64"}) if notes else _no_note()


def _is_sentence(row: list[str]) -> bool:
    """Say whether a row is one text of several words: a note that no known word announces."""
    return len(row) == 1 and len(row[0].split()) >= 4  # noqa: PLR2004 - words


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
    """Write whole codes in the column of territories, where ``prefix_column`` is told."""
    if not spec.prefix_column:
        return table
    frame = table.frame.copy()
    pairs = zip(frame[spec.prefix_column], frame[spec.territory], strict=True)
    told = [joined_code(str(commune), str(short)) for commune, short in pairs]
    frame[spec.territory] = pd.Series(told, index=frame.index, dtype=frame[spec.territory].dtype)
    return replace(table, frame=frame)
