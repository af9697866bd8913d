"""Bring a package where it can be read: a folder as it lies, an archive or an address in a copy."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from observatoire.errors import FileError, TruncatedFileError
from observatoire.errors.translations import system_words
from observatoire.exchange.publication.descriptor import PACKAGE_FILE
from observatoire.french.typography import NO_BREAK, number
from observatoire.sources.fetch.download import Patience, download
from observatoire.sources.formats.archive import ZIP_ERRORS
from observatoire.swap import recover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.values import Record

#: Bytes that a package, and its descriptor, may hold: beyond, something else hides in it.
LARGEST_PACKAGE, LARGEST_DESCRIPTOR = 4_000_000_000, 16_000_000

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_CHUNK = 1 << 20
_AGAIN = "Redemandez le paquet entier."


def is_address(place: str) -> bool:
    """Say whether a place is on the web.

    Examples
    --------
    >>> is_address("https://exemple.fr/paquet.zip"), is_address("paquets/ville")
    (True, False)
    """
    return _ADDRESS.match(place) is not None


def bring(place: str, shelf: Path) -> Path:
    """Return the folder of a package.

    Parameters
    ----------
    place : str
        A folder, a ``.zip``, or the address of one or the other.
    shelf : Path
        An empty folder, for copies of what is not a folder.

    Raises
    ------
    FileError, FetchError
        When nothing of the kind is there; on an archive that climbs out, or swells beyond measure.
    """
    if is_address(place):
        return _from_address(place, shelf)
    try:
        path = Path(place).expanduser()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        said = system_words(error) if isinstance(error, OSError) else "chemin mal formé"
        raise FileError(
            "Ce n’est ni un chemin, ni une adresse.",
            where=place[:80],
            why=f"Le système dit{NO_BREAK}: {said}.",
            remedy="Donnez le dossier d’un paquet, son .zip, ou son adresse.",
        ) from error
    if path.is_file() and path.suffix.lower() == ".zip":
        return _unpacked(path, shelf)
    if path.is_file() and path.name == PACKAGE_FILE:
        path = path.parent
    recover(path)  # a publication killed while it replaced this package
    return path


def _from_address(address: str, shelf: Path) -> Path:
    try:
        packed_there = urlsplit(address).path.lower().endswith(".zip")
    except ValueError as error:  # an address of IPv6 cut short
        raise FileError(
            "Ce n’est pas une adresse de page.",
            where=address[:80],
            remedy="Copiez-la depuis le navigateur où le paquet s’ouvre.",
        ) from error
    if packed_there:
        packed = shelf / "paquet.zip"
        _download(address, packed, LARGEST_PACKAGE)
        (shelf / "contenu").mkdir()
        return _unpacked(packed, shelf / "contenu")
    base = address.removesuffix(PACKAGE_FILE).rstrip("/") + "/"
    _download(base + PACKAGE_FILE, shelf / PACKAGE_FILE, LARGEST_DESCRIPTOR)
    room = LARGEST_PACKAGE
    for name in named_files(read_descriptor(shelf)):
        target = inside(shelf, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _download(urljoin(base, name), target, room)
        room -= target.stat().st_size
    return shelf


def _download(address: str, target: Path, largest: int) -> None:
    def watch(done: int, total: int | None) -> None:
        if max(done, total or 0) > largest:
            raise _too_large(address, largest)

    download(address, target, page=address, progress=watch, patience=Patience(attempts=2))


def _unpacked(path: Path, shelf: Path) -> Path:
    """Unpack an archive, never beyond what a package may hold nor out of its folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in members) > LARGEST_PACKAGE:
                raise _too_large(path.name, LARGEST_PACKAGE)
            root = _root([each.filename for each in members], path)
            for member in members:
                if not member.filename.startswith(root):
                    continue
                target = inside(shelf, member.filename.removeprefix(root))
                target.parent.mkdir(parents=True, exist_ok=True)
                _extract(archive, member, target)
    except ZIP_ERRORS as error:
        raise TruncatedFileError(
            "Cette archive ne se lit pas.", where=path.name, remedy=_AGAIN
        ) from error
    return shelf


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    left = member.file_size  # what it says of itself, already counted
    with archive.open(member) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _too_large(member.filename, member.file_size)
            sink.write(chunk)


def _root(names: Sequence[str], path: Path) -> str:
    """Return the folder of an archive in which the descriptor stands."""
    found = sorted((n for n in names if PurePosixPath(n).name == PACKAGE_FILE), key=len)
    if not found:
        raise FileError(
            f"Cette archive ne contient pas de « {PACKAGE_FILE} » : ce n’est pas un paquet.",
            where=path.name,
            remedy="Donnez le .zip d’un dossier écrit par o.publish(…) ou observatoire publish.",
        )
    return found[0].removesuffix(PACKAGE_FILE)


def _too_large(where: str, largest: int) -> FileError:
    return FileError(
        f"Ce paquet est démesuré : plus de {number(largest / 1e6)}{NO_BREAK}Mo.",
        where=where,
        why="Il remplirait le disque.",
        remedy="Demandez à qui l’a publié ce qu’il contient.",
    )


def inside(folder: Path, name: str) -> Path:
    """Return where a file of a package stands, refused when its name leads out.

    Raises
    ------
    FileError
        On a path that climbs out, or that no file can bear.
    """
    try:
        target = (folder / name).resolve()
    except (ValueError, OSError) as error:  # a null byte, a loop of links
        raise FileError(
            "Le paquet nomme un fichier impossible.", where=repr(name), remedy=_AGAIN
        ) from error
    if folder.resolve() not in target.parents:
        raise FileError(
            "Le paquet nomme un fichier hors de lui-même.",
            where=name,
            why="Il lirait ou écraserait un fichier de cette machine.",
            remedy=_AGAIN,
        )
    return target


def read_descriptor(folder: Path) -> dict[str, Any]:
    """Read the descriptor of a package as it is written.

    Raises
    ------
    FileError
        When there is none, or it is no JSON object.
    """
    path = folder / PACKAGE_FILE
    if not path.is_file():
        raise FileError(
            f"Ce dossier ne contient pas de « {PACKAGE_FILE} » : ce n’est pas un paquet."
            if folder.is_dir()
            else "Ce dossier n’existe pas.",
            where=str(folder),
            remedy="Indiquez un dossier écrit par o.publish(…).",
        )
    if path.stat().st_size > LARGEST_DESCRIPTOR:
        raise _too_large(path.name, LARGEST_DESCRIPTOR)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _no_descriptor(path) from error
    if not isinstance(found, dict):
        raise _no_descriptor(path)
    return found


def _no_descriptor(path: Path) -> FileError:
    return FileError("Le descripteur du paquet ne se lit pas.", where=str(path), remedy=_AGAIN)


def named_files(descriptor: Record) -> list[str]:
    """Return the files that a descriptor names.

    Raises
    ------
    FileError
        When it names them as no package does.
    """
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not all(
        isinstance(each, dict) and isinstance(each.get("path"), str) for each in resources
    ):
        raise FileError(
            "Le descripteur du paquet n’annonce pas ses fichiers.",
            where=PACKAGE_FILE,
            remedy=_AGAIN,
        )
    return [each["path"] for each in resources]
