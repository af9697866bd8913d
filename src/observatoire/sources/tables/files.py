"""A file opened: its content, and what kind of file it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from observatoire.errors import FileError, UnreadableFileError
from observatoire.errors.translations import system_words
from observatoire.french.typography import enumerate_words
from observatoire.sources.formats.archive import unzip_table
from observatoire.sources.formats.encoding import decode
from observatoire.sources.formats.text import empty_file
from observatoire.sources.formats.workbook import Book, open_book

if TYPE_CHECKING:
    from pathlib import Path


TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SHEET_SUFFIXES = (".xls", ".xlsx", ".ods", ".xlsm", ".xlsb")
PLAIN_SUFFIXES = (*TEXT_SUFFIXES, *SHEET_SUFFIXES, ".parquet", ".dbf")
TABLE_SUFFIXES = (*PLAIN_SUFFIXES, ".zip")


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
    def book(self) -> Book:
        """The workbook these bytes are, opened once.

        Raises
        ------
        UnreadableFileError
            See :func:`~observatoire.sources.books.open_book`.
        """
        return open_book(self.content, self.path.name)

    def text(self, encoding: str) -> str:
        """Return these bytes as a text, decoded once.

        Raises
        ------
        TruncatedFileError, UnreadableFileError
            See :func:`~observatoire.sources.encodings.decode`.
        """
        if encoding not in self._texts:
            self._texts[encoding] = decode(self.content, encoding, self.path.name)
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
        raise empty_file(path.name)
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
        raise empty_file(f"{path.name}, {inside}")
    return Opened(path, digest, content, PurePath(inside).suffix.lower(), inside)
