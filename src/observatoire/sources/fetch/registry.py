"""The registry of open sources: what can be asked of whom, where it goes, what it then needs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from observatoire.declarations.fields import (
    Code,
    Named,
    Texts,
    checked,
    declared,
    fault,
    refuse,
)
from observatoire.declarations.reader import packaged, read
from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


REGISTRY_FILE = "registry.toml"

#: The most letters between two dots of the name of a host.
_LABEL = 63


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


def _is_name(file: str) -> bool:
    return PurePosixPath(file).name == file and "\\" not in file


def _inside_workspace(place: str) -> str:
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts or "\\" in place or ":" in place:
        raise fault(
            f"« {place} » sort de l’espace de travail.",
            why="Un téléchargement n’écrit que dans l’espace de travail.",
            remedy='Écrivez un dossier à l’intérieur, par exemple place = "data/raw/ma-source".',
        )
    return place


def _day(value: object) -> object:
    if value not in ("", None) and (
        not isinstance(value, dt.date) or isinstance(value, dt.datetime)
    ):
        raise refuse("on attend un jour, par exemple 2026-11-22")
    return value or None


WebAddress = Annotated[
    str,
    checked(
        lambda address: not address or _is_web(address),
        "« {} » n’est pas une adresse http ou https (sans espace, accent ni mot de passe)",
    ),
]
Digest = Annotated[
    str,
    checked(
        lambda digest: not digest or bool(re.fullmatch(r"(?i)[0-9a-f]{64}", digest)),
        "une empreinte SHA-256 a 64 chiffres hexadécimaux",
    ),
    AfterValidator(str.lower),
]


@declared
class Resource:
    """One file of an open source; without ``address`` it is downloaded by hand from ``page``."""

    name: Code
    title: str
    producer: str
    licence: str
    page: WebAddress
    file: Annotated[str, checked(_is_name, "on attend un simple nom de fichier")]
    place: Annotated[str, AfterValidator(_inside_workspace)]
    address: WebAddress = ""
    members: Texts = ()
    sha256: Digest = ""
    date: str = ""
    noted: Annotated[dt.date | None, BeforeValidator(_day)] = None
    needs: str = ""


@declared
class Registry:
    """What ``registry.toml`` declares."""

    resources: Named[Resource] = field(default_factory=dict)


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
    found = dict(read(packaged("observatoire.sources.fetch", REGISTRY_FILE), Registry).resources)
    added = folder / REGISTRY_FILE if folder else None
    if added is not None and added.is_file():
        found |= read(added, Registry).resources
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
