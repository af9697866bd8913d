"""Read a file into a table of raw texts, each row with its line number; understand nothing yet."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    EmptyFileError,
    FileError,
    SeparatorError,
    TruncatedFileError,
    UnknownColumnError,
    UnreadableFileError,
    suggestion,
)
from observatoire.typography import enumerate_words

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.descriptor import FileSpec

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SHEET_SUFFIXES = (".xls", ".xlsx", ".ods", ".xlsm", ".xlsb")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, *SHEET_SUFFIXES, ".parquet")
SEPARATORS = (";", ",", "\t", "|")

#: A header is looked for in the first rows only: title rows of Insee workbooks are five.
HEADER_DEPTH = 20


@dataclass(frozen=True)
class RawTable:
    """A file as it was read: texts, the line of each row, and what was understood of its form."""

    path: Path
    sha256: str
    frame: pd.DataFrame
    lines: pd.Series
    encoding: str
    separator: str
    sheet: str

    @property
    def name(self) -> str:
        """File name, as messages give it."""
        return self.path.name


def read_table(path: Path, spec: FileSpec) -> RawTable:
    """Read a file's rows as texts.

    Parameters
    ----------
    path : Path
        A csv or txt, an Excel or OpenDocument workbook, or a Parquet file.
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
    if not path.is_file():
        raise FileError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Vérifiez le nom déclaré dans source.toml, ou déposez le fichier.",
        )
    content = path.read_bytes()
    if not content.strip():
        raise _empty(path)
    suffix = path.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        raise UnreadableFileError(
            f"On ne lit pas les fichiers « {suffix} ».",
            where=path.name,
            remedy=f"Formats lus : {enumerate_words([s[1:] for s in TABLE_SUFFIXES])}.",
        )
    digest = hashlib.sha256(content).hexdigest()
    if suffix in TEXT_SUFFIXES:
        encoding = spec.encoding or _guess_encoding(content, path)
        separator, grid = _read_text(_decode(content, encoding, path), spec, path)
        return _table(path, digest, grid, spec, encoding=encoding, separator=separator)
    if suffix == ".parquet":
        return _table(path, digest, _read_parquet(content, path), spec)
    sheet, grid = _read_workbook(content, spec, path)
    return _table(path, digest, grid, spec, sheet=sheet)


Grid = list[tuple[int, list[str]]]


def _table(
    path: Path,
    digest: str,
    grid: Grid,
    spec: FileSpec,
    *,
    encoding: str = "",
    separator: str = "",
    sheet: str = "",
) -> RawTable:
    header_at = _find_header(grid, spec)
    header = [cell.strip() for cell in grid[header_at][1]]
    _check_header(header, spec, path, separator)
    body = [(line, row) for line, row in grid[header_at + 1 :] if any(cell.strip() for cell in row)]
    if not body:
        raise EmptyFileError(
            "Le tableau n’a que son en-tête : aucune ligne de données.",
            where=path.name,
            remedy="Redemandez le fichier au producteur.",
        )
    _check_widths(body, header, path)
    frame = pd.DataFrame([row for _, row in body], columns=header, dtype="str")
    frame = frame.loc[:, [bool(name) or _filled(body, at) for at, name in enumerate(header)]]
    lines = pd.Series([line for line, _ in body], name="line")
    return RawTable(path, digest, frame, lines, encoding, separator, sheet)


def _find_header(grid: Grid, spec: FileSpec) -> int:
    """Return the row that holds the territory column; title rows above it are set aside.

    When no row holds it, the first of the widest is the one whose columns a message will list.
    """
    top = [[cell.strip() for cell in row] for _, row in grid[:HEADER_DEPTH]]
    for index, row in enumerate(top):
        if spec.territory in row:
            return index
    return max(range(len(top)), key=lambda index: (sum(map(bool, top[index])), -index))


def _filled(body: Grid, column: int) -> bool:
    return any(row[column].strip() for _, row in body)


def _empty(path: Path) -> EmptyFileError:
    return EmptyFileError(
        "Le fichier est vide.", where=path.name, remedy="Redemandez-le au producteur."
    )


def _check_header(header: list[str], spec: FileSpec, path: Path, separator: str) -> None:
    if separator and len(header) == 1:
        likely = max(SEPARATORS, key=header[0].count)
        raise _separator_error(separator, likely if likely in header[0] else "", path)
    for column in spec.role_columns:
        if column not in header:
            raise UnknownColumnError(
                f"La colonne « {column} » n’est pas dans le fichier.",
                where=path.name,
                remedy=suggestion(column, [name for name in header if name]),
                column=column,
            )
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise UnknownColumnError(
            f"La colonne « {repeated[0]} » figure deux fois.",
            where=path.name,
            why="On ne saurait laquelle lire.",
            remedy="Renommez ou supprimez l’une des deux.",
            column=repeated[0],
        )


def _check_widths(body: Grid, header: list[str], path: Path) -> None:
    for position, (line, row) in enumerate(body):
        if len(row) == len(header):
            continue
        last = position == len(body) - 1
        kind = TruncatedFileError if last and len(row) < len(header) else UnreadableFileError
        raise kind(
            f"Cette ligne a {len(row)} cellules au lieu de {len(header)}.",
            where=f"{path.name}, ligne {line}",
            why="Le fichier semble coupé avant sa fin."
            if kind is TruncatedFileError
            else "Un séparateur manque ou est en trop : les chiffres glisseraient de colonne.",
            remedy="Redemandez le fichier, ou corrigez cette ligne.",
            line=line,
        )


def _find_separator(lines: list[str], territory: str) -> str:
    """Return the separator that cuts the territory's column out of a line, or an empty text."""
    widths: dict[str, int] = {}
    for line in lines:
        for separator in SEPARATORS:
            cells = [
                cell.strip() for cell in next(csv.reader([line[:100_000]], delimiter=separator))
            ]
            if territory in cells:
                widths[separator] = max(widths.get(separator, 1), len(cells))
    best = max(widths, key=widths.__getitem__, default="")
    return best if best and widths[best] > 1 else ""


def _separator_error(told: str, likely: str, path: Path) -> SeparatorError:
    shown = _shown(told)
    return SeparatorError(
        f"Avec le séparateur « {shown} », les colonnes du tableau ne se séparent pas.",
        where=path.name,
        why=f"Le séparateur semble être « {_shown(likely)} »." if likely else "",
        remedy=f'Déclarez separator = "{_shown(likely)}" dans source.toml.'
        if likely
        else "Déclarez le bon par « separator = … » dans source.toml, ou vérifiez que ce fichier "
        "est bien un tableau.",
        separator=told,
    )


def _choose_separator(text: str, spec: FileSpec, path: Path) -> str:
    lines = [line for line in text.splitlines() if line.strip()][:HEADER_DEPTH]
    if not lines:
        raise _empty(path)
    likely = _find_separator(lines, spec.territory)
    if not spec.separator:
        return likely or max(SEPARATORS, key=lambda one: max(line.count(one) for line in lines))
    told = spec.separator
    cut = any(spec.territory in map(str.strip, line.split(told)) for line in lines)
    if likely and likely != told and not cut:
        raise _separator_error(told, likely, path)
    return told


def _read_text(text: str, spec: FileSpec, path: Path) -> tuple[str, Grid]:
    separator = _choose_separator(text, spec, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    grid: Grid = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                grid.append((reader.line_num, row))
    except csv.Error as error:
        unclosed = "unexpected end of data" in str(error)
        kind = TruncatedFileError if unclosed else UnreadableFileError
        raise kind(
            "Le fichier s’arrête au milieu d’un texte entre guillemets."
            if unclosed
            else "Cette ligne ne se lit pas comme un tableau.",
            where=f"{path.name}, ligne {reader.line_num}",
            why="" if unclosed else f"Le lecteur dit : {error}.",
            remedy="Redemandez le fichier entier au producteur.",
        ) from error
    if not grid:
        raise _empty(path)
    return separator, grid


def _guess_encoding(content: bytes, path: Path) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    _refuse_binary(content, path)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A cut in the middle of a character is a truncated UTF-8 file, not a Latin-1 one.
        if error.reason == "unexpected end of data":
            raise TruncatedFileError(
                "Le fichier s’arrête au milieu d’un caractère.",
                where=path.name,
                remedy="Redemandez le fichier entier au producteur.",
            ) from error
        return "cp1252"
    return "utf-8-sig"


def _decode(content: bytes, encoding: str, path: Path) -> str:
    if not encoding.startswith("utf-16"):
        _refuse_binary(content, path)
    try:
        return content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except LookupError as error:
        raise UnreadableFileError(
            f"L’encodage « {encoding} » n’existe pas.",
            where=path.name,
            remedy='Essayez encoding = "utf-8" ou "cp1252" dans source.toml.',
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        if error.end >= len(content):
            raise TruncatedFileError(
                "Le fichier s’arrête au milieu d’un caractère.",
                where=f"{path.name}, ligne {line}",
                remedy="Redemandez le fichier entier au producteur.",
            ) from error
        raise UnreadableFileError(
            f"Ces octets ne sont pas du « {encoding} ».",
            where=f"{path.name}, ligne {line}",
            remedy='Déclarez encoding = "cp1252" (Windows) ou "utf-8" dans source.toml.',
        ) from error


def _refuse_binary(content: bytes, path: Path) -> None:
    if b"\x00" in content[:65536]:
        raise UnreadableFileError(
            "Ce fichier n’est pas du texte : il contient des octets nuls.",
            where=path.name,
            why="C’est peut-être un classeur ou une archive dont le nom a été changé.",
            remedy="Vérifiez son extension, ou redemandez-le.",
        )


def _read_workbook(content: bytes, spec: FileSpec, path: Path) -> tuple[str, Grid]:
    import python_calamine  # noqa: PLC0415 - only workbooks need it

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = spec.sheet or book.sheet_names[0]
        if sheet not in book.sheet_names:
            raise UnknownColumnError(
                f"La feuille « {sheet} » n’existe pas.",
                where=path.name,
                remedy=suggestion(sheet, book.sheet_names),
            )
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise UnreadableFileError(
            "Ce classeur ne s’ouvre pas : il est tronqué, protégé ou n’en est pas un.",
            where=path.name,
            why=f"Le lecteur dit : {error}",
            remedy="Ouvrez-le dans Excel ou LibreOffice et enregistrez-le de nouveau.",
        ) from error
    width = max((len(row) for row in rows), default=0)
    grid = [
        (number, [_cell_text(cell) for cell in row] + [""] * (width - len(row)))
        for number, row in enumerate(rows, 1)
    ]
    grid = [(number, row) for number, row in grid if any(row)]
    if not grid:
        raise EmptyFileError(
            f"La feuille « {sheet} » est vide.",
            where=path.name,
            remedy=f'Déclarez la bonne par « sheet = "…" » : {enumerate_words(book.sheet_names)}.',
        )
    return sheet, grid


def _read_parquet(content: bytes, path: Path) -> Grid:
    import pyarrow.parquet  # noqa: PLC0415 - only Parquet files need it

    try:
        # Without pandas' own notes, what was an index is a column like the others.
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        frame = table.to_pandas(ignore_metadata=True)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            "Ce fichier Parquet ne s’ouvre pas : il est tronqué ou n’en est pas un.",
            where=path.name,
            why=f"Le lecteur dit : {error}",
            remedy="Redemandez-le au producteur.",
        ) from error
    body = [[_cell_text(cell) for cell in row] for row in frame.itertuples(index=False)]
    return list(enumerate([[str(c) for c in frame.columns], *body], 1))


def _cell_text(cell: object) -> str:
    """Write a typed cell as the text a reader of the sheet sees (an integer has no decimal)."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, float) and math.isnan(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004
        return str(int(cell))
    return str(cell)


def _shown(separator: str) -> str:
    return "\\t" if separator == "\t" else separator
