"""Read one table out of a zip, in memory: nothing is ever written where an archive says."""

from __future__ import annotations

import fnmatch
import io
import re
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from observatoire.errors import (
    EmptyFileError,
    FileError,
    TruncatedFileError,
    UnreadableFileError,
)
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.french.typography import NO_BREAK, enumerate_words
from observatoire.sources.formats.limits import check_bytes
from observatoire.swap import new_file

if TYPE_CHECKING:
    from collections.abc import Sequence


_CHUNK = 1 << 20
#: What comes with a table: Insee's dictionary, a word to the reader.
_NOTES = re.compile(r"meta|(?:lisez|lire|read)[\W_]*(?:moi|me)\b.*\.txt$", re.IGNORECASE)
#: All that zipfile raises on an archive that is cut, spoilt, protected or of another kind; a place out
#: of it comes out as a fault of the system.
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
            table = read_bounded(archive, entries[chosen], name, len(content))
            return PurePosixPath(chosen).name, table
    except ZIP_ERRORS as error:
        raise damaged(name, error) from error


def _choose(names: list[str], archive: str, member: str, suffixes: tuple[str, ...]) -> str:
    paths = {label: PurePosixPath(label) for label in names}
    tables = [
        label
        for label, path in paths.items()
        # A Mac or an office writes entries for itself: ``__MACOSX/._table.csv``, locks.
        if path.suffix.lower() in suffixes
        and not ("__MACOSX" in path.parts or path.name.startswith(("._", ".~", "~$")))
    ]
    if member:
        if member in names:
            return member
        same = [label for label in tables if paths[label].name == member]
        if len(same) == 1:
            return same[0]
        raise UnreadableFileError(
            f"L’archive ne contient pas « {member} ».",
            where=archive,
            remedy=suggestion(member, [paths[label].name for label in tables]),
        )
    plain = [label for label in tables if not _NOTES.match(paths[label].name)]
    if len(plain) == 1:
        return plain[0]
    listed = enumerate_words(plain or names, most=8)
    raise UnreadableFileError(
        "L’archive contient plusieurs tableaux."
        if plain
        else "L’archive ne contient aucun tableau.",
        where=archive,
        why=f"Elle contient : {listed}." if listed else "Elle est vide.",
        remedy='Dites lequel dans source.toml : member = "…".'
        if plain
        else "Redemandez le fichier au producteur.",
    )


def read_bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, packed: int) -> bytes:
    """Return the bytes of an entry, never more than allowed: what an archive says may be a lie.

    Raises
    ------
    UnreadableFileError, EmptyFileError
        When it unfolds into too much, or nothing.
    """
    check_bytes(entry.file_size, name, packed)
    parts, size = [], 0
    with archive.open(entry) as stream:
        while part := stream.read(_CHUNK):
            size += len(part)
            check_bytes(size, name, packed)
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


def holds_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Say whether an archive holds a file of one of these suffixes; a damaged one holds none."""
    if not path.is_file():
        return False  # a pipe would be waited for
    try:
        with zipfile.ZipFile(path) as archive:
            return any(
                PurePosixPath(label).suffix.lower() in suffixes for label in archive.namelist()
            )
    except ZIP_ERRORS:
        return False


#: Beyond this, an archive is no statistical file: it would fill the disk.
MOST_UNPACKED = 20_000_000_000

#: How many times smaller than its content a member may be; figures shrink ten or twenty times.
MOST_RATIO = 500


def unpack(archive: Path, folder: Path, patterns: Sequence[str]) -> list[Path]:
    """Take out of a zip the members whose name fits a pattern.

    Parameters
    ----------
    archive : Path
        The zip.
    folder : Path
        Where members go, all at its top; one already there is replaced once the new is whole.
    patterns : sequence of str
        Names as :mod:`fnmatch` reads them, whatever their case.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UnreadableFileError, TruncatedFileError
        When it is no zip, is enciphered, or a member does not have the content it announces.
    FileError
        When a member climbs out of the archive, is a link, would fill the disk, or none fits.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            chosen = wanted(opened, patterns, archive.name)
            return [_take_out(opened, member, folder, archive) for member in chosen]
    except SPOILT_ZIP as error:
        raise UnreadableFileError(
            "Ce n’est pas une archive zip, ou elle est abîmée.",
            where=archive.name,
            why=reader_words(error),
            remedy="Téléchargez-la de nouveau (observatoire fetch … --force).",
        ) from error


def wanted(archive: zipfile.ZipFile, patterns: Sequence[str], name: str) -> list[zipfile.ZipInfo]:
    """Return the members of an archive that are wanted, checked before anything is written.

    Raises
    ------
    FileError
        As :func:`unpack`; ``name`` is what the archive is called there.
    """
    entries = archive.infolist()
    chosen = [entry for entry in entries if _fits(entry, patterns)]
    for member in chosen:
        _check(member, name)
    _check_twins(chosen, name)
    if not chosen:
        names = [entry.filename for entry in entries if entry.filename and not entry.is_dir()]
        raise FileError(
            f"L’archive ne contient rien qui s’appelle {enumerate_words(list(patterns))}.",
            where=name,
            why=f"Elle contient{NO_BREAK}: {enumerate_words(names, most=8) or 'rien'}.",
            remedy="Le producteur a changé ses noms : sortez le fichier à la main, ou "
            "corrigez members dans registry.toml.",
        )
    return chosen


def _fits(member: zipfile.ZipInfo, patterns: Sequence[str]) -> bool:
    name = PurePosixPath(member.filename.replace("\\", "/")).name.casefold()
    return (
        bool(member.filename)
        and not member.is_dir()
        and any(fnmatch.fnmatchcase(name, pattern.casefold()) for pattern in patterns)
    )


def _check(member: zipfile.ZipInfo, archive: str) -> None:
    fault, why = "", ""
    name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        fault, why = (
            f"« {name} » sort de l’archive.",
            "Il s’écrirait ailleurs que dans son dossier.",
        )
    elif stat.S_ISLNK(member.external_attr >> 16):
        fault, why = f"« {name} » est un lien, non un fichier.", "Il mènerait hors du dossier."
    elif member.flag_bits & 1:
        fault, why = f"« {name} » est chiffré.", "L’archive demande un mot de passe."
    elif member.file_size > MOST_UNPACKED or (
        member.file_size > MOST_RATIO * max(member.compress_size, 1) and member.file_size > _CHUNK
    ):
        fault, why = f"« {name} » grossirait démesurément.", "Il remplirait le disque."
    if fault:
        raise FileError(
            fault,
            where=archive,
            why=why,
            remedy="N’ouvrez pas cette archive sans savoir d’où elle vient.",
        )


def check_growth(name: str, members: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse a whole archive that announces more than a disk, or far more than it weighs.

    Raises
    ------
    FileError
        Before anything of it is read.
    """
    whole = sum(member.file_size for member in members)
    if whole > MOST_UNPACKED or (whole > MOST_RATIO * size and whole > _CHUNK):
        raise FileError(
            "Cette archive grossirait démesurément.",
            where=name,
            why="Elle remplirait le disque.",
            remedy="N’ouvrez pas cette archive sans savoir d’où elle vient.",
        )


def _check_twins(members: Sequence[zipfile.ZipInfo], archive: str) -> None:
    known: set[str] = set()
    for member in members:
        name = PurePosixPath(member.filename).name
        if name.casefold() in known:
            raise FileError(
                f"L’archive contient plusieurs « {name} ».",
                where=archive,
                why="On ne saurait lequel garder.",
                remedy="Sortez à la main celui qu’il faut.",
            )
        known.add(name.casefold())


def _take_out(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, archive: Path
) -> Path:
    target = folder / PurePosixPath(member.filename.replace("\\", "/")).name
    written = 0
    try:
        source = opened.open(member)
    except ZIP_ERRORS as error:  # a place out of the archive comes out so
        raise _spoilt(member, archive, error) from error
    try:
        with source, new_file(target) as draft, draft.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > member.file_size:
                    raise UnreadableFileError(
                        f"« {member.filename} » est plus long qu’il ne l’annonce.",
                        where=archive.name,
                        remedy="N’ouvrez pas cette archive sans savoir d’où elle vient.",
                    )
                sink.write(chunk)
    except SPOILT_ZIP as error:
        raise _spoilt(member, archive, error) from error
    return target


def _spoilt(member: zipfile.ZipInfo, archive: Path, error: Exception) -> TruncatedFileError:
    return TruncatedFileError(
        f"« {member.filename} » ne se décompresse pas.",
        where=archive.name,
        why=reader_words(error),
        remedy="Téléchargez l’archive de nouveau ; si rien ne change, ouvrez-la avec 7-Zip et "
        "déposez le fichier à côté.",
    )
