"""What a host sent, looked at before it takes its place: its form, and that it is whole."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from observatoire.errors import FetchError
from observatoire.errors.translations import reader_words
from observatoire.french.typography import NO_BREAK
from observatoire.sources.formats.archive import ZIP_ERRORS, check_growth, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.sources.fetch.registry import Resource

#: The first bytes of the forms that files take, by suffix.
_SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".xlsx": (b"PK\x03\x04",),
    ".ods": (b"PK\x03\x04",),
    ".7z": (b"7z\xbc\xaf\x27\x1c",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".parquet": (b"PAR1",),
}

_TABLES = (".csv", ".txt", ".tsv")


def check_form(resource: Resource, path: Path) -> None:
    """Refuse what does not begin as its suffix says: often a web page under another name."""
    suffix = "." + resource.file.rpartition(".")[2].lower()
    expected = _SIGNATURES.get(suffix, ())
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise FetchError(
            "Le fichier reçu est vide.",
            where=resource.file,
            remedy=f"Voyez la page du producteur{NO_BREAK}: {resource.page}",
        )
    web = _is_page(head, suffix)
    if web or (expected and not head.startswith(expected)):
        raise FetchError(
            "L’hôte a envoyé une page web au lieu du fichier."
            if web
            else f"Ce fichier n’a pas la forme d’un {resource.file.rpartition('.')[2]}.",
            where=resource.file,
            why="Le fichier a sans doute déménagé.",
            remedy=f"Cherchez-le sur la page du producteur{NO_BREAK}: {resource.page}",
        )


def _is_page(head: bytes, suffix: str) -> bool:
    """Say whether a file begins as a web page, or as what a host answers instead of a table."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return True
    return suffix in _TABLES and start.startswith((b"<", b'{"'))


def check_whole(resource: Resource, path: Path, members: Sequence[str]) -> None:
    """Refuse an archive that stops before its end: what was there is worth more."""
    try:
        with zipfile.ZipFile(path) as archive:
            # What it announces bounds what is read: a bomb would be read for hours to be tested.
            check_growth(resource.file, archive.infolist(), path.stat().st_size)
            if members:
                wanted(archive, members, resource.file)
            bad = archive.testzip()
    except ZIP_ERRORS as error:
        if "encrypted" in str(error):
            return  # said when it is opened
        bad = str(error)
    if bad:
        raise FetchError(
            "L’archive reçue est incomplète ou abîmée.",
            where=resource.file,
            why=reader_words(bad),
            remedy=f"Recommencez ; sinon, voyez la page du producteur{NO_BREAK}: {resource.page}",
        )
