"""Check that a layer is what its name says, and keep GDAL from going elsewhere.

GDAL tells a file's form by what it holds, whatever its name: a « .geojson » that is a description
of another source would be followed, to another file of this machine or over the network.
"""

from __future__ import annotations

import contextlib
import mmap
import re
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pyogrio

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_JSON = (b"{", b"\xef\xbb\xbf{")

#: What a file of each form begins with.
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    ".shp": (b"\x00\x00\x27\x0a",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".fgb": (b"fgb\x03fgb",),
    ".geojson": _JSON,
    ".json": _JSON,
    ".zip": (b"PK\x03\x04",),
}

_JSON_SUFFIXES = (".geojson", ".json")

#: What makes a GeoJSON a recipe, or sends to an address for its reference system.
_ELSEWHERE = re.compile(rb'gdal_streamed_alg|"type"\s*:\s*"link"')

#: More than any layer of a region, and still what memory holds.
_MOST_BYTES = 2_000_000_000


def check_signature(path: Path) -> None:
    """Refuse a layer that is not of the form its name says, or that sends elsewhere.

    Parameters
    ----------
    path : Path
        A shapefile, GeoPackage, GeoJSON, FlatGeobuf, or a zip of one. Another suffix is refused.

    Raises
    ------
    UnreadableFileError
        With what the form should be.
    """
    suffix = path.suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(64)
            _check_head(suffix, head, path.name)
            if suffix in _JSON_SUFFIXES:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    _check_elsewhere(content, path.name)
        if suffix == ".zip":
            _check_members(path)
    except OSError as error:
        raise UnreadableFileError(
            "Le fichier ne se laisse pas lire.",
            where=path.name,
            why=f"Le système dit : {error.strerror or error}.",
            remedy="Fermez-le dans l’autre programme, ou demandez le droit de le lire.",
        ) from error


def _check_head(suffix: str, head: bytes, name: str) -> None:
    beginnings = _BEGINNINGS.get(suffix, ())
    if not (head.lstrip() if suffix in _JSON_SUFFIXES else head).startswith(beginnings):
        raise UnreadableFileError(
            f"Ce fichier n’a pas la forme d’un {suffix[1:]}."
            if beginnings
            else f"On ne lit pas les couches « {suffix} ».",
            where=name,
            why="Son contenu est autre chose que ce que dit son nom.",
            remedy="Redemandez-le au producteur (shapefile, GeoPackage, GeoJSON ou FlatGeobuf).",
        )


def _check_elsewhere(content: mmap.mmap | bytes, name: str) -> None:
    if _ELSEWHERE.search(content) is not None:
        raise UnreadableFileError(
            "Ce GeoJSON renvoie à une autre adresse.",
            where=name,
            why="La bibliothèque ne va rien chercher ailleurs en lisant un fichier.",
            remedy="Enregistrez la couche de nouveau dans QGIS, avec son système de coordonnées.",
        )


def _check_members(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            # What macOS adds to each file is no layer.
            entries = [
                entry
                for entry in archive.infolist()
                if entry.filename
                and not entry.is_dir()
                and not entry.filename.startswith("__MACOSX/")
            ]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise UnreadableFileError(
                    f"Une fois décompressé, ce fichier dépasserait {_MOST_BYTES // 10**9} Go.",
                    where=path.name,
                    why="Il ne tiendrait pas en mémoire ; c’est peut-être un piège.",
                    remedy="Décompressez-le à la main et gardez la seule couche utile.",
                )
            forms = [(PurePosixPath(entry.filename).suffix.lower(), entry) for entry in entries]
            layers = [pair for pair in forms if pair[0] in _BEGINNINGS and pair[0] != ".zip"]
            for form, entry in layers:
                with archive.open(entry) as stream:
                    head = stream.read(64)
                    _check_head(form, head, f"{path.name}, {entry.filename}")
                    if form in _JSON_SUFFIXES:
                        _check_elsewhere(head + stream.read(), f"{path.name}, {entry.filename}")
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, NotImplementedError) as error:
        raise UnreadableFileError(
            "L’archive est abîmée, protégée, ou n’en est pas une.",
            where=path.name,
            why=reader_words(error),
            remedy="Décompressez-la à la main, ou redemandez-la au producteur.",
        ) from error
    if not layers:
        raise UnreadableFileError(
            "L’archive ne contient aucune couche.",
            where=path.name,
            remedy="On attend un shapefile, GeoPackage, GeoJSON ou FlatGeobuf.",
        )


#: A proxy that leads nowhere: whatever GDAL would ask of the network is refused at once.
_CLOSED = {"GDAL_HTTP_PROXY": "127.0.0.1:9", "GDAL_HTTP_MAX_RETRY": "0", "PROJ_NETWORK": "OFF"}


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """Keep GDAL from the network while a file is read, then leave it as it was."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in _CLOSED}
    pyogrio.set_gdal_config_options(_CLOSED)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
