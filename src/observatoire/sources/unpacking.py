"""Take the wanted members out of a zip, and never write outside the folder given."""

from __future__ import annotations

import contextlib
import fnmatch
import stat
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from observatoire.errors import FileError, TruncatedFileError, UnreadableFileError
from observatoire.sources.archives import SPOILT_ZIP, ZIP_ERRORS
from observatoire.typography import NO_BREAK, enumerate_words
from observatoire.wording import reader_words

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Beyond this, an archive is no statistical file: it would fill the disk.
MOST_BYTES = 20_000_000_000

#: How many times smaller than its content a member may be; figures shrink ten or twenty times.
MOST_RATIO = 500

_CHUNK = 1 << 20


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
        with zipfile.ZipFile(archive) as held:
            chosen = wanted(held, patterns, archive.name)
            return [_take_out(held, member, folder, archive) for member in chosen]
    except SPOILT_ZIP as error:
        raise UnreadableFileError(
            "Ce n’est pas une archive zip, ou elle est abîmée.",
            where=archive.name,
            why=reader_words(error),
            remedy="Téléchargez-la de nouveau (observatoire fetch … --force).",
        ) from error


def wanted(held: zipfile.ZipFile, patterns: Sequence[str], name: str) -> list[zipfile.ZipInfo]:
    """Return the members of an archive that are wanted, checked before anything is written.

    Raises
    ------
    FileError
        As :func:`unpack`; ``name`` is what the archive is called there.
    """
    chosen = [one for one in held.infolist() if _fits(one, patterns)]
    for member in chosen:
        _check(member, name)
    _check_twins(chosen, name)
    if not chosen:
        names = [one.filename for one in held.infolist() if one.filename and not one.is_dir()]
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
    told, why = "", ""
    name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        told, why = f"« {name} » sort de l’archive.", "Il s’écrirait ailleurs que dans son dossier."
    elif stat.S_ISLNK(member.external_attr >> 16):
        told, why = f"« {name} » est un lien, non un fichier.", "Il mènerait hors du dossier."
    elif member.flag_bits & 1:
        told, why = f"« {name} » est chiffré.", "L’archive demande un mot de passe."
    elif member.file_size > MOST_BYTES or (
        member.file_size > MOST_RATIO * max(member.compress_size, 1) and member.file_size > _CHUNK
    ):
        told, why = f"« {name} » grossirait démesurément.", "Il remplirait le disque."
    if told:
        raise FileError(
            told,
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
    if whole > MOST_BYTES or (whole > MOST_RATIO * size and whole > _CHUNK):
        raise FileError(
            "Cette archive grossirait démesurément.",
            where=name,
            why="Elle remplirait le disque.",
            remedy="N’ouvrez pas cette archive sans savoir d’où elle vient.",
        )


def _check_twins(members: Sequence[zipfile.ZipInfo], archive: str) -> None:
    seen: set[str] = set()
    for member in members:
        name = PurePosixPath(member.filename).name
        if name.casefold() in seen:
            raise FileError(
                f"L’archive contient plusieurs « {name} ».",
                where=archive,
                why="On ne saurait lequel garder.",
                remedy="Sortez à la main celui qu’il faut.",
            )
        seen.add(name.casefold())


def _take_out(held: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, archive: Path) -> Path:
    target = folder / PurePosixPath(member.filename.replace("\\", "/")).name
    aside = target.with_name(f".{target.name}.part")
    written = 0
    try:
        source = held.open(member)
    except ZIP_ERRORS as error:  # a place out of the archive is told as a fault of the system
        raise _spoilt(member, archive, error) from error
    try:
        with source, aside.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > member.file_size:
                    raise UnreadableFileError(
                        f"« {member.filename} » est plus long qu’il ne l’annonce.",
                        where=archive.name,
                        remedy="N’ouvrez pas cette archive sans savoir d’où elle vient.",
                    )
                sink.write(chunk)
        aside.replace(target)
    except SPOILT_ZIP as error:
        raise _spoilt(member, archive, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
    return target


def _spoilt(member: zipfile.ZipInfo, archive: Path, error: Exception) -> TruncatedFileError:
    return TruncatedFileError(
        f"« {member.filename} » ne se décompresse pas.",
        where=archive.name,
        why=reader_words(error),
        remedy="Téléchargez l’archive de nouveau ; si rien ne change, ouvrez-la avec 7-Zip et "
        "déposez le fichier à côté.",
    )
