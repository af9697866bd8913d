"""Read a text file as a table: its encoding, its separator, its rows, quickly when it is plain."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import (
    EmptyFileError,
    SeparatorError,
    TruncatedFileError,
    UnreadableFileError,
)
from observatoire.errors.translations import reader_words
from observatoire.sources.formats.cells import Appearance, without_blank
from observatoire.sources.formats.encoding import check_encoding, decode, guess_encoding
from observatoire.sources.formats.limits import MOST_CELLS_OF_LARGE, too_many

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from observatoire.sources.formats.cells import Rows


SEPARATORS = (";", ",", "\t", "|")

#: A header is looked for in the first rows only: title rows of Insee workbooks are five.
HEADER_DEPTH = 20

#: The longest line that is cut to look for a separator; no cell is longer than the csv module's own limit.
_SAMPLE, _LONGEST = 100_000, 131_072

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34

#: A line with its end, as the csv module takes them.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, eq=False)
class TextSheet:
    """The one sheet of a text, whose rows may have more or fewer cells than its header."""

    text: str
    encoding: str
    separator: str
    file: str

    name = ""
    hidden = False
    appearance = Appearance()

    def rows(self, first: int = 1, most: int = 0) -> Rows:
        """Return the rows that are not blank from a line on, at most so many, 0 for all.

        Raises
        ------
        TruncatedFileError, UnreadableFileError
            On a text between quotes that does not end, or a row that is none.
        """
        return read_rows(self.text, self.separator, self.file, first=first, most=most)

    def frame(self, first: int = 1) -> tuple[pd.DataFrame, np.ndarray] | None:
        """Return the rows that are not blank from a line on, by columns; None when they need care."""
        try:
            rows = self.rows(first, 1)
        except (TruncatedFileError, UnreadableFileError):
            return None
        return read_quickly(self.text, self.separator, first, len(rows[0][1])) if rows else None


def open_text(
    content: bytes, name: str, encoding: str = "", separator: str = "", territory: str = ""
) -> TextSheet:
    """Return the one sheet of a text.

    Parameters
    ----------
    content : bytes
        The text.
    name : str
        Its file, for messages.
    encoding, separator : str
        Those declared, checked; empty to find them.
    territory : str
        The column that a good separator cuts out; empty when it is not known yet.

    Raises
    ------
    EmptyFileError, TruncatedFileError, UnreadableFileError, SeparatorError
        On a text of nothing, cut in a character, of another encoding or another separator.
    """
    if encoding:
        check_encoding(content, encoding, name)
    encoding = encoding or guess_encoding(content, name)
    text = decode(content, encoding, name)
    separator = choose_separator(head_of(text), separator, territory, name)
    return TextSheet(text, encoding, separator, name)


# --- The separator -------------------------------------------------------------------------------


def choose_separator(text: str, declared: str, territory: str, name: str) -> str:
    """Return the separator: the one declared, checked, or the likeliest.

    Parameters
    ----------
    text : str
        The file, or its head.
    declared : str
        What ``source.toml`` says; empty when it says nothing.
    territory : str
        The column that a good separator cuts out; empty when it is not known yet.
    name : str
        The file's name.

    Raises
    ------
    SeparatorError
        When the declared separator leaves the table in one column.
    """
    lines = [line for line in text.splitlines() if line.strip()][:HEADER_DEPTH]
    if not lines:
        raise empty_file(name)
    likely = _find_separator(lines, territory) if territory else ""
    if not declared:
        return likely or _steadiest(lines)
    cut = any(territory in map(str.strip, line.split(declared)) for line in lines)
    if likely and likely != declared and not cut:
        raise separator_error(declared, likely, name)
    return declared


def _find_separator(lines: list[str], territory: str) -> str:
    """Return the separator that cuts the territory's column out of a line, or an empty text."""
    widths: dict[str, int] = {}
    for line in lines:
        for separator in SEPARATORS:
            cells = [cell.strip() for cell in _cut(line, separator)]
            if territory in cells:
                widths[separator] = max(widths.get(separator, 1), len(cells))
    best = max(widths, key=widths.__getitem__, default="")
    return best if best and widths[best] > 1 else ""


def _steadiest(lines: list[str]) -> str:
    """Return the separator that cuts most lines in the same number of cells, more than one."""
    scores = {}
    for separator in SEPARATORS:
        widths = Counter(len(_cut(line, separator)) for line in lines)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        scores[separator] = (width > 1, count, width)
    return max(SEPARATORS, key=scores.__getitem__)


def _cut(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line[:_SAMPLE]], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def separator_error(declared: str, likely: str, name: str) -> SeparatorError:
    """Return the error of a table that its separator does not cut."""
    return SeparatorError(
        f"Avec le séparateur « {shown(declared)} », les colonnes du tableau ne se séparent pas.",
        where=name,
        why=f"Le séparateur semble être « {shown(likely)} »." if likely else "",
        remedy=f'Déclarez separator = "{shown(likely)}" dans source.toml.'
        if likely
        else "Déclarez le bon par « separator = … » dans source.toml, ou vérifiez que ce fichier "
        "est bien un tableau.",
        separator=declared,
    )


def shown(separator: str) -> str:
    """Write a separator as TOML does."""
    return "\\t" if separator == "\t" else separator


def empty_file(name: str) -> EmptyFileError:
    """Return the error of a file of nothing."""
    return EmptyFileError("Le fichier est vide.", where=name, remedy="Redemandez-le au producteur.")


# --- Rows ----------------------------------------------------------------------------------------


def read_rows(text: str, separator: str, name: str, *, first: int = 1, most: int = 0) -> Rows:
    """Read the rows that are not blank, one by one.

    Parameters
    ----------
    text, separator, name : str
        The file.
    first : int
        The line from which rows are kept.
    most : int
        Stop after so many rows; 0 reads them all.

    Raises
    ------
    TruncatedFileError, UnreadableFileError
        On a text between quotes that does not end, a row that is none, or too many cells.
    """
    # A text laid out as a file is a whole copy of it: too much for a few rows.
    lines = (line[0] for line in _LINE.finditer(text)) if most else io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows: Rows = []
    size = 0
    try:
        for row in reader:
            if reader.line_num >= first and any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
                size += len(row) + 4  # a row takes the memory of four cells more
                if size > MOST_CELLS_OF_LARGE:
                    raise too_many(size, name)
                if len(rows) == most:
                    break
    except csv.Error as error:
        unclosed = "unexpected end of data" in str(error)
        kind = TruncatedFileError if unclosed else UnreadableFileError
        raise kind(
            "Le fichier s’arrête au milieu d’un texte entre guillemets."
            if unclosed
            else "Cette ligne ne se lit pas comme un tableau.",
            where=f"{name}, ligne {reader.line_num}",
            why="" if unclosed else reader_words(error),
            remedy="Redemandez le fichier entier au producteur.",
        ) from error
    return rows


def head_of(text: str, lines: int = 400) -> str:
    """Return the first lines of a text."""
    at = -1
    for _ in range(lines):
        following = text.find("\n", at + 1)
        if following < 0:
            return text
        at = following
    return text[: at + 1]


def read_quickly(
    text: str, separator: str, first: int, width: int
) -> tuple[pd.DataFrame, np.ndarray] | None:
    """Read the rows of a plain text in one go, or return None when it needs care.

    Plain: every row has as many cells, quotes stand around whole cells, no cell
    holds a line break. The careful reader gives the very same rows (a property the tests check).

    Parameters
    ----------
    text, separator : str
        The file.
    first : int
        The line on which the rows begin.
    width : int
        Their number of columns.

    Returns
    -------
    tuple of DataFrame and array, or None
        Texts, columns numbered from 0; and the line of each row.
    """
    import pyarrow as pa  # noqa: PLC0415 - the quick way
    import pyarrow.csv as arrow_csv  # noqa: PLC0415

    content = text.encode("utf-8")
    lines = _plain_lines(content, separator)
    skip = first - 1
    if lines is None or len(lines[0]) <= skip:
        return None
    starts, blank = lines
    numbers = np.flatnonzero(~blank[skip:]) + skip + 1
    body = pa.py_buffer(content).slice(int(starts[skip]))
    names = [str(rank) for rank in range(width)]
    try:
        table: pa.Table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 23),
            parse_options=arrow_csv.ParseOptions(delimiter=separator),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != len(numbers):
        return None
    return without_blank(table.to_pandas().astype("str"), numbers)


def columns_of(rows: Rows, most: int) -> list[list[str]]:
    """Return the cells of the first columns of a table, bare of spaces; blank where a row is short.

    Examples
    --------
    >>> columns_of([(1, ["Quartier", " Aidés"]), (2, ["Dillon"])], 9)
    [['Quartier', 'Dillon'], ['Aidés', '']]
    """
    cells = zip_longest(*(row for _, row in rows), fillvalue="")
    return [list(map(str.strip, column)) for column in islice(cells, most)]


def _plain_lines(content: bytes, separator: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return where each line starts and whether it is blank; None when lines need care."""
    data = np.frombuffer(content, dtype=np.uint8)
    if len(separator.encode()) != 1 or b"\x00" in content:
        return None
    ends = np.flatnonzero(data == _NEWLINE)
    if not len(ends) or ends[-1] != len(data) - 1:
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    if b"\r" in content:
        returns = np.flatnonzero(data == _RETURN)
        if not np.isin(returns + 1, ends).all():
            return None
        lengths[np.searchsorted(ends, returns)] -= 1
    if lengths.max() >= _LONGEST:
        return None
    if b'"' in content and not _quotes_are_plain(data, separator, ends):
        return None
    return starts, lengths == 0


def _quotes_are_plain(data: np.ndarray, separator: str, ends: np.ndarray) -> bool:
    """Say whether every quote opens or closes a whole cell, on one line."""
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2 or (np.searchsorted(quotes, ends) % 2).any():
        return False
    opening, closing = quotes[::2], quotes[1::2]
    around = [ord(separator), _NEWLINE, _RETURN]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < len(data) - 1] + 1]
    return bool(np.isin(before, around).all() and np.isin(after, around).all())
