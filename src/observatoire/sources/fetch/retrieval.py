"""Fetch an open source of the registry into a workspace: whole, checked, and traced."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import FetchError, FileError
from observatoire.errors.translations import reader_words, system_words
from observatoire.french.typography import NO_BREAK, enumerate_words, number
from observatoire.sources.fetch.download import Patience, download, forget_part
from observatoire.sources.fetch.lock import alone
from observatoire.sources.fetch.received import check_form, check_whole
from observatoire.sources.formats.archive import unpack
from observatoire.swap import flush, new_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.sources.fetch.download import Progress
    from observatoire.sources.fetch.registry import Resource


#: What was done: brought, found as it should be, found where a hand put it.
BROUGHT, THERE, BY_HAND = "téléchargé", "déjà là", "déposé à la main"

_CHUNK = 1 << 20

_ZIPS = (".zip", ".xlsx", ".ods")


@dataclass(frozen=True)
class Fetched:
    """What a fetch gave; shows itself in French."""

    resource: Resource
    path: Path
    outcome: str
    sha256: str
    members: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return what was done, and what is left to do."""
        size = number(self.path.stat().st_size / 1e6, 1) if self.path.is_file() else "?"
        lines = [
            f"{self.resource.title}{NO_BREAK}: {self.outcome}, {self.path} ({size}{NO_BREAK}Mo).",
            f"  SHA-256{NO_BREAK}: {self.sha256}",
        ]
        if self.members:
            names = enumerate_words([path.name for path in self.members])
            lines.append(f"  sorti de l’archive{NO_BREAK}: {names}")
        lines += [f"  {notice}" for notice in self.notices]
        if self.resource.needs:
            lines += [
                "  Pour le charger, écrivez :",
                *(f"    {line}" for line in self.resource.needs.strip().splitlines()),
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def list_resources(registry: Mapping[str, Resource], root: Path) -> pd.DataFrame:
    """List the registry: title, producer, page, and whether each file is here, can be brought."""
    return pd.DataFrame(
        [
            (
                resource.name,
                resource.title,
                resource.producer,
                resource.date,
                resource.licence,
                resource.page,
                resource.file,
                resource.place,
                _state(resource, root),
            )
            for resource in registry.values()
        ],
        columns=[
            "name", "title", "producer", "date", "licence", "page", "file", "place", "state",
        ],
    )  # fmt: skip


def _state(resource: Resource, root: Path) -> str:
    if (root / resource.place / resource.file).is_file():
        return THERE
    return "à télécharger" if resource.address else "à la main, depuis la page"


def fetch(
    resource: Resource,
    root: Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Fetched:
    """Bring a file of the registry into a workspace, and take out of its archive what is wanted.

    Parameters
    ----------
    resource : Resource
        An entry of the registry.
    root : Path
        The workspace's folder.
    force : bool
        Bring it again though it is there.
    progress, patience
        See :func:`~observatoire.sources.fetch.download.download`.

    Returns
    -------
    Fetched
        The file is put in place once it is whole and its sum checked; what was there stays until
        then. Beside it, ``<file>.origine.json`` tells where it came from, when, and its SHA-256.

    Raises
    ------
    FetchError
        When it cannot be brought, is not the file expected, or must be downloaded by hand.
    FileError
        When it cannot be written, or its archive cannot be opened.
    """
    folder = _folder(resource, root)
    target = folder / resource.file
    if target.is_file() and not force:
        return _found(resource, target)
    if not resource.address:
        raise _by_hand(resource)
    part = folder / f".{resource.file}.part"
    try:
        with alone(part):
            arrived = download(
                resource.address, part, page=resource.page, progress=progress, patience=patience
            )
            sha256 = _checked(resource, part, replacing=target.is_file())
            _trace(resource, part, arrived.address, sha256, target)
            flush(part)
            part.replace(target)
            forget_part(part)
    except OSError as error:
        raise _unwritable(target, error) from error
    notices = []
    if arrived.moved:
        notices.append(f"L’hôte renvoie désormais à {arrived.address}.")
    if not resource.sha256:
        notices.append(
            "Empreinte inconnue du registre : comparez-la à celle d’un collègue, puis notez-la "
            "dans registry.toml (sha256)."
        )
        if not arrived.length_known:
            notices.append("L’hôte n’a pas dit la longueur du fichier : vérifiez qu’il est entier.")
    members = _unpacked(resource, target)
    notices += _sealed([target, *members])
    return Fetched(resource, target, BROUGHT, sha256, members, tuple(notices))


def _folder(resource: Resource, root: Path) -> Path:
    folder = (root / resource.place).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise FileError(
            f"« {resource.place} » mène hors de l’espace de travail.",
            where=str(folder),
            why="Un lien y conduit ailleurs.",
            remedy="Un téléchargement n’écrit que dans l’espace de travail : retirez ce lien.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _unwritable(path: Path, error: OSError) -> FileError:
    return FileError(
        "On ne peut pas écrire ici.",
        where=str(path),
        why=f"Le système dit : {system_words(error)}.",
        remedy="Faites de la place, ou demandez le droit d’écrire dans ce dossier.",
    )


def _found(resource: Resource, target: Path) -> Fetched:
    """Return a file that is there already, once its sum is that of the registry or of its trace."""
    try:
        sha256 = _sum(target)
    except OSError as error:
        raise FileError(
            "On ne peut pas lire le fichier qui est déjà là.",
            where=str(target),
            why=f"Le système dit : {system_words(error)}.",
            remedy="Demandez le droit de le lire, ou relancez avec --force.",
        ) from error
    _sweep(target.with_name(f".{target.name}.part"))
    trace = _read_trace(target)
    cut = sha256 == trace.get("sha256_precedent") != trace.get("sha256")
    expected = resource.sha256 or str(trace.get("sha256_precedent" if cut else "sha256", ""))
    if expected and expected != sha256:
        raise FetchError(
            "Le fichier déjà là n’est pas celui qui est attendu.",
            where=str(target),
            why=f"Son empreinte est {sha256[:12]}…, on attend {expected[:12]}….",
            remedy="Il a été changé ou remplacé : mettez-le de côté, ou relancez avec --force.",
            found=sha256,
            expected=expected,
        )
    outcome = THERE if trace else BY_HAND
    if not trace:
        check_form(resource, target)
        _trace(resource, target, resource.page, sha256, target)
    members = _unpacked(resource, target)
    notices = _sealed([target, *members])
    if cut:  # killed once its trace was written, before the new file took its place
        notices.append(
            "Un remplacement n’a pas abouti, le fichier d’avant est là : relancez avec --force."
        )
    return Fetched(resource, target, outcome, sha256, members, tuple(notices))


def _sweep(part: Path) -> None:
    """Remove what a kill left once a whole file was in its place: no part, but its mark or lock."""
    with contextlib.suppress(FetchError, OSError), alone(part):
        if not part.is_file():
            forget_part(part)


def _sealed(paths: Sequence[Path]) -> list[str]:
    """Say which files are archives that the library does not open."""
    return [
        f"Ouvrez « {path.name} » avec 7-Zip et déposez son contenu à côté."
        for path in paths
        if path.suffix.lower() == ".7z"
    ]


def _by_hand(resource: Resource) -> FetchError:
    return FetchError(
        f"« {resource.title} » se télécharge à la main.",
        why="Son producteur ne donne pas d’adresse stable pour ce fichier.",
        remedy=f"Prenez-le sur {resource.page}, nommez-le « {resource.file} », déposez-le dans "
        f"{resource.place}, puis relancez « observatoire fetch {resource.name} ».",
        page=resource.page,
    )


def _checked(resource: Resource, part: Path, *, replacing: bool) -> str:
    """Return the sum of what came; what is not the file expected is thrown away.

    What would replace a file must hold what is wanted of it; with nothing there, it is kept for the
    analyst to look into, and refused when it is opened.
    """
    sha256 = _sum(part)
    if resource.sha256 and sha256 != resource.sha256:
        forget_part(part)
        raise FetchError(
            "Le fichier reçu n’est pas celui qui est attendu.",
            where=resource.address,
            why=f"Son empreinte est {sha256}, le registre attend {resource.sha256} : il a été abîmé "
            "en chemin, ou le producteur l’a remplacé.",
            remedy="Recommencez ; si rien ne change, voyez la page du producteur "
            f"({resource.page}) et corrigez sha256 dans registry.toml.",
            found=sha256,
            expected=resource.sha256,
        )
    try:
        check_form(resource, part)
        if resource.file.lower().endswith(_ZIPS):
            check_whole(resource, part, resource.members if replacing else ())
    except (FetchError, FileError):
        forget_part(part)
        raise
    return sha256


def _unpacked(resource: Resource, target: Path) -> tuple[Path, ...]:
    if not resource.members or target.suffix.lower() != ".zip":
        return ()
    try:
        return tuple(unpack(target, target.parent, resource.members))
    except OSError as error:
        raise _unwritable(target.parent, error) from error


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _trace_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.origine.json")


def _trace(resource: Resource, made: Path, address: str, sha256: str, target: Path) -> None:
    """Write where a file comes from, before it takes its place: the trace knows the former one too."""
    trace = {
        "nom": resource.name,
        "titre": resource.title,
        "adresse": address,
        "obtenu": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "octets": made.stat().st_size,
        "sha256": sha256,
        **({"sha256_precedent": _sum(target)} if target.is_file() and made != target else {}),
    }
    text = json.dumps(trace, ensure_ascii=False, indent=2)
    try:
        with new_file(_trace_file(target)) as draft:
            draft.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(_trace_file(target), error) from error


def _read_trace(target: Path) -> dict[str, object]:
    """Return what the trace beside a file says; nothing when there is none that can be read."""
    path = _trace_file(target)
    if not path.is_file():
        return {}
    try:
        trace = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(
            "La trace du téléchargement est illisible.",
            where=str(path),
            why=reader_words(error),
            remedy="Supprimez ce petit fichier, puis relancez avec --force.",
        ) from error
    return trace if isinstance(trace, dict) else {}
