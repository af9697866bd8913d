"""Read a file into a table of raw texts, each row with its line number; understand nothing yet."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import EmptyFileError, FileError, UnreadableFileError, system_words
from observatoire.sources import books, encodings, texts
from observatoire.sources.archives import unzip_table
from observatoire.sources.faults import NOTE
from observatoire.sources.headers import (
    check_header,
    check_widths,
    find_header,
    titles,
)
from observatoire.sources.hiding import Hidden
from observatoire.sources.merging import Merged, complete, merged_below
from observatoire.sources.sheets import choose_sheet
from observatoire.sources.shorts import join_codes
from observatoire.sources.signs import signs
from observatoire.sources.texts import HEADER_DEPTH, Rows
from observatoire.typography import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.sources.filespec import FileSpec

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SHEET_SUFFIXES = (".xls", ".xlsx", ".ods", ".xlsm", ".xlsb")
PLAIN_SUFFIXES = (*TEXT_SUFFIXES, *SHEET_SUFFIXES, ".parquet", ".dbf")
TABLE_SUFFIXES = (*PLAIN_SUFFIXES, ".zip")


def _no_note() -> pd.DataFrame:
    return pd.DataFrame({"line": [], "raw": [], "reason": []}).astype({"line": "int64"})


@dataclass(frozen=True)
class RawTable:
    """A file as it was read: texts, the line of each row, and what was understood of its form.

    ``aside`` holds the notes that stand below or inside the table, with their line; ``header`` is
    the line of the column names; ``part`` tells this table from others of the same file. Of a
    workbook, ``merged`` are the merged cells below the header, ``completed`` how many cells of a
    column were told again because of them, ``hidden`` the rows that nobody sees.
    """

    path: Path
    sha256: str
    frame: pd.DataFrame
    lines: pd.Series
    encoding: str
    separator: str
    sheet: str
    header: int = 1
    member: str = ""
    aside: pd.DataFrame = field(default_factory=_no_note)
    part: str = ""
    merged: tuple[Merged, ...] = ()
    completed: Mapping[str, int] = field(default_factory=dict)
    hidden: Hidden = Hidden()  # noqa: RUF009 - frozen

    @property
    def name(self) -> str:
        """File name, as messages and the history of loads give it."""
        return f"{self.path.name} [{self.part}]" if self.part else self.path.name

    @property
    def form(self) -> str:
        """What was understood of the file's form, in words."""
        mark = decimal_of(self.frame) if self.separator else ""
        told = [
            f"dans l’archive : {self.member}" if self.member else "",
            f"feuille « {self.sheet} »" if self.sheet else "",
            _SEPARATORS.get(self.separator, f"séparateur « {self.separator} »"),
            encodings.NAMES.get(self.encoding.lower(), self.encoding),
            f"en-tête ligne {self.header}",
            f"{mark} décimal{'e' if mark == 'virgule' else ''}" if mark else "",
        ]
        return ", ".join(part for part in told if part)


_SEPARATORS = {"": "", "\t": "séparateur tabulation"}


def decimal_of(frame: pd.DataFrame) -> str:
    """Return the decimal mark that a table's cells use: « virgule », « point », or nothing.

    Examples
    --------
    >>> decimal_of(pd.DataFrame({"a": ["12,5", "1"]}, dtype="str"))
    'virgule'
    """
    cells = "\n".join(frame.iloc[:200].fillna("").astype("str").to_numpy().ravel())
    for mark, pattern in (("virgule", _WITH_COMMA), ("point", _WITH_POINT)):
        if pattern.search(cells):
            return mark
    return ""


_WITH_COMMA = re.compile(r"^-?[0-9 .]+,[0-9]+(?: ?[%€])?$", re.MULTILINE)
_WITH_POINT = re.compile(r"^-?[0-9 ,]+\.[0-9]+(?: ?[%€])?$", re.MULTILINE)


@dataclass(frozen=True)
class Opened:
    """The bytes of a table, out of its archive, and what its name says of its format."""

    path: Path
    sha256: str
    content: bytes
    suffix: str
    member: str = ""
    _texts: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def book(self) -> books.Book:
        """The workbook these bytes are, opened once.

        Raises
        ------
        UnreadableFileError
            See :func:`~observatoire.sources.books.open_book`.
        """
        return books.open_book(self.content, self.path.name)

    def text(self, encoding: str) -> str:
        """Return these bytes as a text, decoded once.

        Raises
        ------
        TruncatedFileError, UnreadableFileError
            See :func:`~observatoire.sources.encodings.decode`.
        """
        if encoding not in self._texts:
            self._texts[encoding] = encodings.decode(self.content, encoding, self.path.name)
        return self._texts[encoding]


def open_table(path: Path, member: str = "") -> Opened:
    """Return the bytes of a table, taken out of its zip when it is in one.

    Raises
    ------
    FileError, EmptyFileError, UnreadableFileError
        On a file that is not there, empty, of no known format, or a damaged archive.
    """
    if not path.is_file():
        raise FileError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Vérifiez le nom déclaré dans source.toml, ou déposez le fichier ; si vous n’en "
            "voulez plus, retirez sa table [[files]], et ses chiffres ne compteront plus.",
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(
            "Le fichier ne se laisse pas lire.",
            where=str(path),
            why=f"Le système dit : {system_words(error)}.",
            remedy="Fermez-le dans l’autre programme, ou demandez le droit de le lire.",
        ) from error
    if not content or content.isspace():
        raise texts.empty_file(path.name)
    suffix = path.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        raise UnreadableFileError(
            f"On ne lit pas les fichiers « {suffix} ».",
            where=path.name,
            remedy=f"Formats lus : {enumerate_words([s[1:] for s in TABLE_SUFFIXES])}.",
        )
    digest = hashlib.sha256(content).hexdigest()
    if suffix != ".zip":
        return Opened(path, digest, content, suffix)
    inside, content = unzip_table(content, path.name, member, PLAIN_SUFFIXES)
    if not content or content.isspace():
        raise texts.empty_file(f"{path.name}, {inside}")
    return Opened(path, digest, content, PurePath(inside).suffix.lower(), inside)


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
        return _table(opened, books.read_parquet(opened.content, path.name), spec)
    if opened.suffix == ".dbf":
        return _table(opened, books.read_dbf(opened.content, path.name, spec.encoding), spec)
    sheet, cells = choose_sheet(opened.book, spec)
    return _cells_table(opened, cells, spec, sheet)


def _cells_table(opened: Opened, cells: books.Cells, spec: FileSpec, sheet: str) -> RawTable:
    """Make a table of a sheet, whose rows have all as many cells."""
    # The line that ``header`` tells may lie below the rows among which one is looked for.
    top = cells.top(max(HEADER_DEPTH, spec.header + 1))
    at = find_header(top, spec)
    line = top[at][0]
    header, last = titles(top, at, spec)
    check_header(header, spec, opened.path, "", sheet)
    chosen = cells.filled[last + 1 :]
    frame, numbers = texts.without_hollow(cells.frame(chosen), chosen + 1)
    if frame.empty:
        raise _only_header(opened.path.name)
    told = [
        not one and frame[str(rank)].str.strip().ne("").any() for rank, one in enumerate(header)
    ]
    kept = [bool(one) or filled for one, filled in zip(header, told, strict=True)]
    frame.columns = pd.Index(header)
    lines = pd.Series(numbers, name="line")
    table = RawTable(
        opened.path, opened.sha256, frame.loc[:, kept], lines, "", "", sheet, line, opened.member
    )
    merged = merged_below(cells.merged, top[last][0], header) if cells.merged else ()
    unseen = set(cells.hidden.lines) & set(numbers.tolist()) if cells.hidden.lines else ()
    hidden = Hidden(tuple(sorted(unseen)), cells.hidden.filtered)
    return replace(table, merged=merged, hidden=hidden)


def _read_text(opened: Opened, spec: FileSpec) -> RawTable:
    name = opened.path.name
    encoding = spec.encoding or encodings.guess_encoding(opened.content, name)
    if spec.encoding:
        encodings.check_encoding(opened.content, encoding, name)
    text = opened.text(encoding)
    separator = texts.choose_separator(texts.head_of(text), spec.separator, spec.territory, name)
    quick = _read_quickly(opened, text, separator, spec, encoding)
    if quick is not None:
        return quick
    rows = texts.read_rows(text, separator, name)
    return _table(opened, rows, spec, encoding=encoding, separator=separator)


def _read_quickly(
    opened: Opened, text: str, separator: str, spec: FileSpec, encoding: str
) -> RawTable | None:
    """Read a plain text by columns; None when anything in it needs care or an explanation."""
    head = texts.head_of(text)
    try:
        most = max(HEADER_DEPTH, spec.header + 1)
        rows = texts.read_rows(head, separator, opened.path.name, most)
    except FileError:
        return None  # said by the careful reader
    if rows[-1][0] < spec.header:
        return None  # further than the first lines
    at = find_header(rows, spec)
    line = rows[at][0]
    header, last = titles(rows, at, spec)
    check_header(header, spec, opened.path, separator)
    found = texts.read_quickly(text, separator, rows[last][0], len(header))
    if found is None or found[0].empty:
        return None
    frame, numbers = found
    filled = [bool(one) or frame[str(at)].str.strip().ne("").any() for at, one in enumerate(header)]
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
    body, aside = _notes_apart(body, len(header))
    if not body:
        raise _only_header(path.name)
    check_widths(body, header, path)
    frame = pd.DataFrame([row for _, row in body], columns=header, dtype="str")
    frame = frame.loc[:, [bool(one) or _filled(body, at) for at, one in enumerate(header)]]
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
