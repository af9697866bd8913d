"""The registry of open sources: what can be asked of whom, where it goes, what it then needs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.errors import DescriptorError, UnknownNameError
from observatoire.errors.arguments import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping


REGISTRY_FILE = "registry.toml"

#: The most letters between two dots of the name of a host.
_LABEL = 63


@dataclass(frozen=True)
class Resource:
    """One file of an open source; without ``address`` it is downloaded by hand from ``page``."""

    name: str
    title: str
    producer: str
    licence: str
    page: str
    address: str
    file: str
    members: tuple[str, ...]
    sha256: str
    date: str
    noted: dt.date | None
    place: str
    needs: str


def read_registry(folder: Path | None = None) -> dict[str, Resource]:
    """Return the open sources by name: the library's, then those of a workspace.

    Parameters
    ----------
    folder : Path, optional
        The workspace's folder; its ``registry.toml`` is read when there is one.

    Raises
    ------
    DescriptorError
        On an unknown key, an entry without file or page, an address that is none, a SHA-256 that
        is none, a place outside the workspace.

    Examples
    --------
    >>> read_registry()["filosofi-iris-2021-declare"].producer
    'Insee'
    """
    own = resources.files("observatoire.sources.fetch").joinpath(REGISTRY_FILE)
    with resources.as_file(own) as path:
        found = _read(Path(path))
    added = folder / REGISTRY_FILE if folder else None
    if added is not None and added.is_file():
        found |= _read(added)
    return found


def find_resource(registry: Mapping[str, Resource], name: str) -> Resource:
    """Return one entry of the registry.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    """
    if name not in registry:
        raise UnknownNameError(
            f"Le registre ne connaît pas « {name} ».",
            remedy=f"{suggestion(name, registry, most=0)} « observatoire fetch --list » dit ce "
            "qu’il connaît.".strip(),
            name=name,
        )
    return registry[name]


def _read(path: Path) -> dict[str, Resource]:
    table = read_toml(path)
    found = {
        name: _read_resource(name, child) for name, child in table.children("resources").items()
    }
    table.close()
    return found


def _read_resource(name: str, table: Declaration) -> Resource:
    resource = Resource(
        name=name,
        title=table.text("title"),
        producer=table.text("producer"),
        licence=table.text("licence"),
        page=table.text("page"),
        address=table.text("address", ""),
        file=table.text("file"),
        members=table.texts("members"),
        sha256=table.text("sha256", "").lower(),
        date=table.text("date", ""),
        noted=_day(table),
        place=table.text("place"),
        needs=table.text("needs", ""),
    )
    table.close()
    _check(resource, table)
    return resource


def _day(table: Declaration) -> dt.date | None:
    value = table.take("noted", object, "")
    if value == "":
        return None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise table.refuse("noted", "on attend un jour, par exemple 2026-11-22")
    return value


def _check(resource: Resource, table: Declaration) -> None:
    for key in ("page", "address"):
        address = getattr(resource, key)
        if address and not _is_web(address):
            raise table.refuse(
                key,
                f"« {address} » n’est pas une adresse http ou https (sans espace, accent ni mot "
                "de passe)",
            )
    if resource.sha256 and not re.fullmatch(r"[0-9a-f]{64}", resource.sha256):
        raise table.refuse("sha256", "une empreinte SHA-256 a 64 chiffres hexadécimaux")
    if PurePosixPath(resource.file).name != resource.file or "\\" in resource.file:
        raise table.refuse("file", "on attend un simple nom de fichier")
    place = PurePosixPath(resource.place)
    if (
        place.is_absolute()
        or ".." in place.parts
        or "\\" in resource.place
        or ":" in resource.place
    ):
        raise DescriptorError(
            f"« {resource.place} » sort de l’espace de travail.",
            where=table.where,
            why="Un téléchargement n’écrit que dans l’espace de travail.",
            remedy='Écrivez un dossier à l’intérieur, par exemple place = "data/raw/ma-source".',
        )


def _is_web(address: str) -> bool:
    if not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    host = str(parts.hostname or "")
    labels = all(0 < len(label) <= _LABEL for label in host.split("."))
    return parts.scheme in ("http", "https") and labels and "@" not in parts.netloc
