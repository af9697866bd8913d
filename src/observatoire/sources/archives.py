"""Read one table out of a zip, in memory: nothing is ever written where an archive says."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from observatoire.errors import EmptyFileError, UnreadableFileError, suggestion
from observatoire.typography import enumerate_words
from observatoire.wording import reader_words

if TYPE_CHECKING:
    from pathlib import Path

#: The most bytes that one archive may unfold into.
MOST_BYTES = 800_000_000

_CHUNK = 1 << 20
#: What stands beside a table: Insee's dictionary, a word to the reader.
_BESIDE = re.compile(r"meta|(?:lisez|lire|read)[\W_]*(?:moi|me)\b.*\.txt$", re.IGNORECASE)
#: All that zipfile raises on an archive that is cut, spoilt, protected or of another kind; a place out
#: of it is told as a fault of the system.
SPOILT_ZIP = (
    zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, NotImplementedError,
)  # fmt: skip
ZIP_ERRORS = (*SPOILT_ZIP, OSError)


def unzip_table(
    content: bytes, name: str, member: str, suffixes: tuple[str, ...]
) -> tuple[str, bytes]:
    """Return the name and the bytes of the one table of an archive, or of the one chosen.

    Parameters
    ----------
    content : bytes
        The archive.
    name : str
        Its name, for messages.
    member : str
        The file to read; empty when there is only one table. A dictionary of variables
        (``meta_…``), as Insee joins to its tables, a « lisez-moi.txt » and what a Mac adds for
        itself do not count.
    suffixes : tuple of str
        What a table's name ends with.

    Raises
    ------
    UnreadableFileError
        When the archive is damaged, protected, too large, holds several tables or none.
    EmptyFileError
        When the member is empty.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # A name may be empty, which is_dir() does not expect.
            entries = {e.filename: e for e in archive.infolist() if e.filename and not e.is_dir()}
            chosen = _choose(list(entries), name, member, suffixes)
            return PurePosixPath(chosen).name, read_bounded(archive, entries[chosen], name)
    except ZIP_ERRORS as error:
        raise damaged(name, error) from error


def _choose(names: list[str], archive: str, member: str, suffixes: tuple[str, ...]) -> str:
    tables = [
        one
        for one in names
        if PurePosixPath(one).suffix.lower() in suffixes and not _is_shadow(PurePosixPath(one))
    ]
    if member:
        if member in names:
            return member
        same = [one for one in tables if PurePosixPath(one).name == member]
        if len(same) == 1:
            return same[0]
        raise UnreadableFileError(
            f"L’archive ne contient pas « {member} ».",
            where=archive,
            remedy=suggestion(member, [PurePosixPath(one).name for one in tables]),
        )
    plain = [one for one in tables if not _BESIDE.match(PurePosixPath(one).name)]
    if len(plain) == 1:
        return plain[0]
    told = enumerate_words(plain or names, most=8)
    raise UnreadableFileError(
        "L’archive contient plusieurs tableaux."
        if plain
        else "L’archive ne contient aucun tableau.",
        where=archive,
        why=f"Elle contient : {told}." if told else "Elle est vide.",
        remedy='Dites lequel dans source.toml : member = "…".'
        if plain
        else "Redemandez le fichier au producteur.",
    )


def _is_shadow(path: PurePosixPath) -> bool:
    """Say whether a Mac or an office wrote an entry for itself: ``__MACOSX/._table.csv``, locks."""
    return "__MACOSX" in path.parts or path.name.startswith(("._", ".~", "~$"))


def read_bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """Return the bytes of an entry, never more than allowed: what an archive says may be a lie.

    Raises
    ------
    UnreadableFileError, EmptyFileError
        When it unfolds into too much, or nothing.
    """
    if entry.file_size > MOST_BYTES:
        raise too_large(name)
    parts, size = [], 0
    with archive.open(entry) as stream:
        while part := stream.read(_CHUNK):
            size += len(part)
            if size > MOST_BYTES:
                raise too_large(name)
            parts.append(part)
    if not size:
        raise EmptyFileError(
            f"« {entry.filename} » est vide dans l’archive.",
            where=name,
            remedy="Redemandez le fichier au producteur.",
        )
    return b"".join(parts)


def damaged(name: str, error: BaseException) -> UnreadableFileError:
    """Return the error of an archive that does not open."""
    protected = "password" in str(error) or "encrypted" in str(error)
    return UnreadableFileError(
        "L’archive est protégée par un mot de passe."
        if protected
        else "L’archive est abîmée, ou n’en est pas une.",
        where=name,
        why=reader_words(error),
        remedy="Décompressez-la à la main et déposez le tableau à côté de source.toml, ou "
        "redemandez-la au producteur.",
    )


def too_large(name: str) -> UnreadableFileError:
    """Return the error of a file that unfolds into too much."""
    return UnreadableFileError(
        f"Une fois décompressé, ce fichier dépasserait {MOST_BYTES // 1_000_000} Mo.",
        where=name,
        why="Il ne tiendrait pas en mémoire ; c’est peut-être un piège.",
        remedy="D’un classeur, ne gardez que la feuille utile ; une archive, décompressez-la à la main "
        "et gardez le seul tableau utile.",
    )


def holds_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Say whether an archive holds a file of one of these suffixes; a damaged one holds none."""
    if not path.is_file():
        return False  # a pipe would be waited for
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(one).suffix.lower() in suffixes for one in archive.namelist())
    except ZIP_ERRORS:
        return False
