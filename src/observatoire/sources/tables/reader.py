"""Read a file into a table of raw texts, each row with its line number; understand nothing yet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    EmptyFileError,
    FileError,
)
from observatoire.sources.formats.cells import Cells, Hidden
from observatoire.sources.formats.dbase import read_dbf
from observatoire.sources.formats.encoding import check_encoding, guess_encoding
from observatoire.sources.formats.parquet import read_parquet
from observatoire.sources.formats.text import (
    HEADER_DEPTH,
    Rows,
    choose_separator,
    head_of,
    read_quickly,
    read_rows,
    without_hollow,
)
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.tables.files import TEXT_SUFFIXES, open_table
from observatoire.sources.tables.header import check_header, check_widths, find_header, titles
from observatoire.sources.tables.merged_cells import complete, merged_below
from observatoire.sources.tables.raw_table import RawTable, _no_note
from observatoire.sources.tables.rejects import NOTE
from observatoire.sources.tables.sheets import choose_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.tables.files import Opened


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
    return read_opened(open_table(path, spec.member), spec)


def read_opened(opened: Opened, spec: FileSpec) -> RawTable:
    """Read the rows of a table whose bytes are at hand; see :func:`read_table`."""
    table = _read(opened, spec)
    if table.merged:
        table = complete(table, [spec.territory, spec.prefix_column], spec)
    return join_codes(table, spec)


def _read(opened: Opened, spec: FileSpec) -> RawTable:
    path = opened.path
    if opened.suffix in TEXT_SUFFIXES:
        return _read_text(opened, spec)
    if opened.suffix == ".parquet":
        return _table(opened, read_parquet(opened.content, path.name), spec)
    if opened.suffix == ".dbf":
        return _table(opened, read_dbf(opened.content, path.name, spec.encoding), spec)
    sheet, cells = choose_sheet(opened.book, spec)
    return _cells_table(opened, cells, spec, sheet)


def _cells_table(opened: Opened, cells: Cells, spec: FileSpec, sheet: str) -> RawTable:
    """Make a table of a sheet, whose rows have all as many cells."""
    # The line that ``header`` tells may lie below the rows among which one is looked for.
    top = cells.top(max(HEADER_DEPTH, spec.header + 1))
    at = find_header(top, spec)
    line = top[at][0]
    header, last = titles(top, at, spec)
    check_header(header, spec, opened.path, "", sheet)
    chosen = cells.filled[last + 1 :]
    frame, numbers = without_hollow(cells.frame(chosen), chosen + 1)
    if frame.empty:
        raise _only_header(opened.path.name)
    unnamed = [
        not name and frame[str(rank)].str.strip().ne("").any() for rank, name in enumerate(header)
    ]
    kept = [bool(name) or filled for name, filled in zip(header, unnamed, strict=True)]
    frame.columns = pd.Index(header)
    lines = pd.Series(numbers, name="line")
    table = RawTable(
        opened.path, opened.sha256, frame.loc[:, kept], lines, "", "", sheet, line, opened.member
    )
    merged = merged_below(cells.merged, top[last][0], header) if cells.merged else ()
    hidden_lines = set(cells.hidden.lines) & set(numbers.tolist()) if cells.hidden.lines else ()
    hidden = Hidden(tuple(sorted(hidden_lines)), cells.hidden.filtered)
    return replace(table, merged=merged, hidden=hidden)


def _read_text(opened: Opened, spec: FileSpec) -> RawTable:
    name = opened.path.name
    encoding = spec.encoding or guess_encoding(opened.content, name)
    if spec.encoding:
        check_encoding(opened.content, encoding, name)
    text = opened.text(encoding)
    separator = choose_separator(head_of(text), spec.separator, spec.territory, name)
    quick = _read_quickly(opened, text, separator, spec, encoding)
    if quick is not None:
        return quick
    rows = read_rows(text, separator, name)
    return _table(opened, rows, spec, encoding=encoding, separator=separator)


def _read_quickly(
    opened: Opened, text: str, separator: str, spec: FileSpec, encoding: str
) -> RawTable | None:
    """Read a plain text by columns; None when anything in it needs care or an explanation."""
    head = head_of(text)
    try:
        most = max(HEADER_DEPTH, spec.header + 1)
        rows = read_rows(head, separator, opened.path.name, most)
    except FileError:
        return None  # explained by the careful reader
    if rows[-1][0] < spec.header:
        return None  # further than the first lines
    at = find_header(rows, spec)
    line = rows[at][0]
    header, last = titles(rows, at, spec)
    check_header(header, spec, opened.path, separator)
    found = read_quickly(text, separator, rows[last][0], len(header))
    if found is None or found[0].empty:
        return None
    frame, numbers = found
    filled = [
        bool(name) or frame[str(at)].str.strip().ne("").any() for at, name in enumerate(header)
    ]
    frame.columns = pd.Index(header)
    return RawTable(
        opened.path,
        opened.sha256,
        frame.loc[:, filled],
        pd.Series(numbers, name="line"),
        encoding,
        separator,
        "",
        line,
        opened.member,
    )


def _table(
    opened: Opened,
    rows: Rows,
    spec: FileSpec,
    *,
    encoding: str = "",
    separator: str = "",
) -> RawTable:
    path = opened.path
    at = find_header(rows, spec)
    line = rows[at][0]
    header, last = titles(rows, at, spec)
    check_header(header, spec, path, separator)
    body = [(number, row) for number, row in rows[last + 1 :] if any(cell.strip() for cell in row)]
    body, skipped = _notes_apart(body, len(header))
    if not body:
        raise _only_header(path.name)
    check_widths(body, header, path)
    frame = pd.DataFrame([row for _, row in body], columns=header, dtype="str")
    frame = frame.loc[:, [bool(name) or _filled(body, at) for at, name in enumerate(header)]]
    return RawTable(
        path,
        opened.sha256,
        frame,
        pd.Series([number for number, _ in body], name="line"),
        encoding,
        separator,
        "",
        line,
        opened.member,
        skipped,
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
        is_note = len(row) != width and (signs().is_note(texts[0]) or _is_sentence(row))
        if is_note:
            notes.append((number, " ".join(texts)))
        else:
            kept.append((number, row))
    skipped = pd.DataFrame(notes, columns=["line", "raw"]).assign(reason=NOTE)
    return kept, skipped.astype({"line": "int64"}) if notes else _no_note()


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
    """Write whole codes in the column of territories, where ``prefix_column`` is stated."""
    if not spec.prefix_column:
        return table
    frame = table.frame.copy()
    pairs = zip(frame[spec.prefix_column], frame[spec.territory], strict=True)
    codes = [joined_code(str(commune), str(short)) for commune, short in pairs]
    frame[spec.territory] = pd.Series(codes, index=frame.index, dtype=frame[spec.territory].dtype)
    return replace(table, frame=frame)
