"""Check that a layer is what its name says, and keep GDAL from going elsewhere.

GDAL tells a file's form by what it holds, whatever its name: a « .geojson » that is a description
of another source would be followed, to another file of this machine or over the network.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import re
import sqlite3
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyogrio

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.french.typography import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


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

#: What makes a GeoJSON a recipe, or sends to an address for its reference system; or writes its
#: letters in a way that only disguises them.
_ELSEWHERE = re.compile(
    rb'gdal_streamed_alg|"type"\s*:\s*"link"'
    rb"|\\u00(?:4[1-9a-fA-F]|5[0-9aA]|6[1-9a-fA-F]|7[0-9aA])"
)

#: The most that a layer may weigh, out of its archive: more than any of a region. A GeoJSON takes
#: ten times its size in memory.
_MOST_BYTES, _MOST_JSON = 300_000_000, 60_000_000

#: Where a GeoJSON may name its reference system: a known code, or the address of one, is not asked.
_CRS_KEY = re.compile(rb"""(["'])crs\1\s*(.)\s*(.)""", re.DOTALL)
_MOST_SYSTEMS = 100
_CODE = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)[\w:./-]+|[A-Za-z]+:[\w.]+"
)

#: What a description of a reference system may not hold: the name of a file, which would be opened.
_FILES = re.compile(
    rb"\+init\s*=|grids\s*=|PARAMETERFILE|\+catalog\s*=|/vsi|\bfile:", re.IGNORECASE
)
_NO_GRID = re.compile(rb"\+?nadgrids\s*=\s*@null", re.IGNORECASE)


def check_signature(path: Path) -> None:
    """Refuse a layer that is not of the form its name says, or that sends elsewhere.

    Parameters
    ----------
    path : Path
        A shapefile, GeoPackage, GeoJSON, FlatGeobuf, or a zip of one. Another suffix is refused.
    """
    suffix = path.suffix.lower()
    try:
        _check_weight(path, suffix)
        with path.open("rb") as file:
            head = file.read(64)
            _check_head(suffix, head, path.name)
            if suffix in (*_JSON_SUFFIXES, ".fgb"):
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    _check_content(suffix, content, path.name)
        if suffix == ".gpkg":
            address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            with contextlib.closing(sqlite3.connect(address, uri=True)) as base:
                check_geopackage(base, path.name)
        if suffix == ".shp":
            _check_system(_projection_of(path), path.name)
        if suffix == ".zip":
            _check_members(path)
    except OSError as error:
        raise UnreadableFileError(
            "Le fichier ne se laisse pas lire.",
            where=path.name,
            why=f"Le système dit : {error.strerror or error}.",
            remedy="Fermez-le dans l’autre programme, ou demandez le droit de le lire.",
        ) from error


#: What counts the entities and the summits of a GeoJSON without reading it.
_ENTITY, _SUMMIT = re.compile(rb'"Feature"'), re.compile(rb"\[\s*-?\d")


def _check_weight(path: Path, suffix: str) -> None:
    """Refuse a layer that would not fit in memory, with what it is seen to hold."""
    if suffix == ".zip":
        return  # it is bounded by what it unfolds into
    parts = (path, path.with_suffix(".dbf")) if suffix == ".shp" else (path,)
    size = sum(part.stat().st_size for part in parts if part.is_file())
    most = _MOST_JSON if suffix in _JSON_SUFFIXES else _MOST_BYTES
    if size <= most:
        return
    held = ""
    if suffix in _JSON_SUFFIXES:
        with path.open("rb") as file:
            begun = file.read(most)
        entities, summits = (sum(1 for _ in kind.finditer(begun)) for kind in (_ENTITY, _SUMMIT))
        held = (
            f" ; ses {most // 10**6} premiers tiennent {number(entities, 0)} entités et "
            f"{number(summits, 0)} sommets"
        )
    raise UnreadableFileError(
        f"Cette couche dépasse {most // 10**6} Mo.",
        where=path.name,
        why=f"Elle en fait {number(size / 10**6, 0)}{held} : elle ne tiendrait pas en mémoire.",
        remedy="Dans QGIS, choisissez les seuls territoires utiles et exportez-les en GeoPackage.",
    )


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


def _projection_of(path: Path) -> bytes:
    """Return what is written next to a shapefile of its reference system."""
    found = [path.with_suffix(suffix) for suffix in (".prj", ".PRJ", ".qpj")]
    return b"\n".join(file.read_bytes()[:_HEAD] for file in found if file.is_file())


#: So many bytes of a file describe its reference system.
_HEAD = 1 << 20


def _check_content(suffix: str, content: mmap.mmap | bytes, name: str) -> None:
    if suffix in _JSON_SUFFIXES:
        _check_elsewhere(content, name)
    elif suffix == ".fgb":
        _check_system(content[:_HEAD], name)
    elif suffix == ".gpkg":
        with contextlib.closing(_base_of(bytes(content))) as base:
            check_geopackage(base, name)


def _systems_named(content: mmap.mmap | bytes) -> list[str]:
    """Return what a GeoJSON calls its reference system; an empty text where that cannot be read."""
    found: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found.extend(str(value) for key, value in pairs if key in ("name", "href", "url"))
        return dict(pairs)

    reader = json.JSONDecoder(object_pairs_hook=note)
    for rank, key in enumerate(_CRS_KEY.finditer(content)):
        colon, following = key[2], key[3]
        if colon in b",}]" or (colon == b":" and following not in b"{/"):
            continue  # a value, or the property of a feature
        if rank > _MOST_SYSTEMS:
            return [""]  # each is read to its end: thousands would never be
        try:
            start = key.start(3)
            reader.raw_decode(content[start : start + _HEAD].decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            found.append("")
    return found


def _check_system(text: bytes, name: str) -> None:
    """Refuse a reference system whose description names a file: it would be opened."""
    if _FILES.search(_NO_GRID.sub(b"", text)):
        raise _elsewhere(name)


def _elsewhere(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "Le système de coordonnées de cette couche n’est pas un code connu : il renverrait à un fichier.",
        where=name,
        why="La bibliothèque ne va rien chercher ailleurs en lisant un fichier.",
        remedy="Enregistrez la couche de nouveau dans QGIS, avec un système connu (EPSG:5490).",
    )


#: What a table of a GeoPackage may not be: computed as it is read, for ever if its author wants.
_COMPUTED = re.compile(
    r"\bAS\s*\(|CREATE\s+VIRTUAL\b(?!.*\bUSING\s+.?rtree\b)", re.IGNORECASE | re.DOTALL
)


def check_geopackage(base: sqlite3.Connection, name: str) -> None:
    """Refuse a GeoPackage that holds more than tables: a view may compute for ever.

    Raises
    ------
    UnreadableFileError
        With the name of the view, or of the table that is computed.
    """
    try:
        base.execute("PRAGMA trusted_schema = OFF")
        parts = base.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
        computed = [
            str(label)
            for kind, label, sql in parts
            if kind == "view" or (kind == "table" and _COMPUTED.search(str(sql)))
        ]
        known = any(label == "gpkg_spatial_ref_sys" for _, label, _ in parts) and not computed
        rows = base.execute("SELECT * FROM gpkg_spatial_ref_sys").fetchall() if known else []
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise UnreadableFileError(
            "Ce fichier n’est pas une couche géographique lisible, ou il est tronqué.",
            where=name,
            why=reader_words(f"sqlite : {error}"),
            remedy="Redemandez-le au producteur (shapefile, GeoPackage, GeoJSON ou FlatGeobuf).",
        ) from error
    if computed:
        raise UnreadableFileError(
            f"Ce GeoPackage contient une vue : « {computed[0]} ».",
            where=name,
            why="Une vue se calcule quand on la lit, parfois sans fin : on ne lit que des tables.",
            remedy="Dans QGIS, exportez la couche utile seule dans un nouveau GeoPackage.",
        )
    texts = (str(cell) for row in rows for cell in row)
    _check_system("\n".join(texts).encode("utf-8", "replace"), name)


def _base_of(content: bytes) -> sqlite3.Connection:
    """Open a base in memory; one written with a log, which stands in other files, is read without."""
    base = sqlite3.connect(":memory:")
    base.deserialize(content[:18] + b"\1\1" + content[20:])
    return base


def _check_elsewhere(content: mmap.mmap | bytes, name: str) -> None:
    named = all(map(_CODE.fullmatch, _systems_named(content)))
    if not named or _FILES.search(content):
        raise _elsewhere(name)
    if _ELSEWHERE.search(content) is not None:
        raise UnreadableFileError(
            "Ce GeoJSON renvoie à une autre adresse.",
            where=name,
            why="La bibliothèque ne va rien chercher ailleurs en lisant un fichier.",
            remedy="Enregistrez la couche de nouveau dans QGIS, avec son système de coordonnées.",
        )


#: Forms that are looked at whole, where their first bytes are not enough.
_WHOLE = (*_JSON_SUFFIXES, ".gpkg", ".fgb")


def _check_size(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive that would unfold into more than memory holds."""
    whole = sum(entry.file_size for entry in entries)
    texts = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("json"))
    for size, most in ((texts, _MOST_JSON), (whole, _MOST_BYTES)):
        if size > most:
            raise UnreadableFileError(
                f"Une fois décompressé, ce fichier dépasserait {most // 10**6} Mo.",
                where=name,
                why=f"Il en ferait {number(size / 10**6, 0)} : il ne tiendrait pas en mémoire ; c’est "
                "peut-être un piège.",
                remedy="Décompressez-le à la main et gardez la seule couche utile.",
            )


#: What opening a part of a spoilt archive may raise.
_SPOILT_ZIP = (
    zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, NotImplementedError,
)  # fmt: skip


def _check_members(path: Path) -> None:
    """Refuse an archive that holds no layer, or one that is not what its name says."""
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
            _check_size(entries, path.name)
            forms = [(PurePosixPath(entry.filename).suffix.lower(), entry) for entry in entries]
            layers = [pair for pair in forms if pair[0] in _BEGINNINGS and pair[0] != ".zip"]
            for form, entry in layers:
                with archive.open(entry) as stream:
                    head = stream.read(64)
                    _check_head(form, head, f"{path.name}, {entry.filename}")
                    if form in _WHOLE:
                        _check_content(form, head + stream.read(), f"{path.name}, {entry.filename}")
            for form, entry in forms:
                if form in (".prj", ".qpj"):
                    with archive.open(entry) as stream:
                        _check_system(stream.read(_HEAD), f"{path.name}, {entry.filename}")
    except _SPOILT_ZIP as error:
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
