"""A file opened: what it is decided once, its sheets all answer the same four questions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from observatoire.errors import FileError, UnknownColumnError, UnreadableFileError
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import system_words
from observatoire.french.typography import enumerate_words
from observatoire.sources.formats.archive import unzip_table
from observatoire.sources.formats.attributes import read_dbf, read_layer_attributes
from observatoire.sources.formats.limits import check_table
from observatoire.sources.formats.parquet import read_parquet
from observatoire.sources.formats.text import empty_file, open_text
from observatoire.sources.formats.workbook import read_sheets

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.formats.cells import TableSheet

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xls", ".xlsx", ".ods", ".xlsm", ".xlsb")
PLAIN_SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, ".parquet", ".dbf")
ATTRIBUTE_SUFFIXES = (".gpkg", ".geojson", ".shp", ".fgb")
TABLE_SUFFIXES = (*PLAIN_SUFFIXES, *ATTRIBUTE_SUFFIXES, ".zip")


@dataclass(frozen=True, eq=False)
class Document:
    """A file of tables: one sheet for a text, a Parquet or a dBase file, several for a workbook.

    ``member`` is the file read inside an archive.
    """

    path: Path
    sha256: str
    sheets: tuple[TableSheet, ...]
    member: str = ""

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self.path.name

    @property
    def is_workbook(self) -> bool:
        """Whether sheets have a name, which only those of a workbook have."""
        return bool(self.sheets and self.sheets[0].name)

    def sheet(self, name: str) -> TableSheet:
        """Return the sheet of that name.

        Raises
        ------
        UnknownColumnError
            When there is no such sheet.
        """
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        names = [sheet.name for sheet in self.sheets]
        raise UnknownColumnError(
            f"La feuille « {name} » n’existe pas.",
            where=self.name,
            remedy=suggestion(name, names),
        )


def open_file(
    path: Path, member: str = "", *, encoding: str = "", separator: str = "", territory: str = ""
) -> Document:
    r"""Open a file of tables: its reader, its encoding and its separator are decided here, once.

    Parameters
    ----------
    path : Path
        A csv or txt, an Excel or OpenDocument workbook, a Parquet or dBase file, or a zip of one; or
        a layer, for what it says of its shapes.
    member : str
        The file to read inside a zip; empty when it holds one table.
    encoding, separator : str
        Those that ``source.toml`` declares, checked; empty to find them.
    territory : str
        The column that a good separator cuts out; empty when it is not known yet.

    Returns
    -------
    Document
        Its sheets are read when they are first asked.

    Raises
    ------
    FileError, EmptyFileError, UnreadableFileError, TruncatedFileError, SeparatorError
        On a file that is not there, empty, of no known format, damaged, too large, or whose
        declared encoding or separator is not its own.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "aides.csv")
    ...     _ = path.write_text("Quartier;Aidés\nDillon;12\n", "cp1252")
    ...     (sheet,) = open_file(path).sheets
    >>> sheet.encoding, sheet.separator, sheet.rows(first=2)
    ('cp1252', ';', [(2, ['Dillon', '12'])])
    """
    content, suffix, digest, inside = _read(path, member)
    name = path.name
    sheets: tuple[TableSheet, ...]
    if suffix in TEXT_SUFFIXES:
        sheets = (open_text(content, name, encoding, separator, territory),)
    elif suffix == ".parquet":
        sheets = (read_parquet(content, name),)
    elif suffix in ATTRIBUTE_SUFFIXES:
        sheets = read_layer_attributes(path)
    elif suffix == ".dbf":
        sheets = (read_dbf(content, name, encoding),)
    else:
        sheets = read_sheets(content, name)
    return Document(path, digest, sheets, inside)


def _read(path: Path, member: str) -> tuple[bytes, str, str, str]:
    """Return the bytes of a table, out of its archive, its suffix, its digest and its member."""
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
        raise empty_file(path.name)
    suffix = path.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        raise UnreadableFileError(
            f"On ne lit pas les fichiers « {suffix} ».",
            where=path.name,
            remedy="Enregistrez-en le tableau en xlsx ou en csv. Formats lus : "
            f"{enumerate_words([s[1:] for s in TABLE_SUFFIXES])}.",
        )
    described = path.with_suffix(".dbf")
    # The figures of a shapefile stand beside its shapes, in a file of their own.
    beside = described.read_bytes() if suffix == ".shp" and described.is_file() else b""
    digest = hashlib.sha256(content + beside).hexdigest()
    if suffix != ".zip":
        return content, suffix, digest, ""
    packed = len(content)
    inside, content = unzip_table(content, path.name, member, PLAIN_SUFFIXES)
    if not content or content.isspace():
        raise empty_file(f"{path.name}, {inside}")
    suffix = PurePath(inside).suffix.lower()
    if suffix in TEXT_SUFFIXES:
        check_table(content, path.name, packed)
    return content, suffix, digest, inside
