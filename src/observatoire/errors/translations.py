"""What the readers underneath say of a file (GDAL, calamine, pyarrow, zipfile), put into French."""

from __future__ import annotations

import errno
import re
import tomllib
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.errors.exceptions import ObservatoireError

#: What the system says of a failure, for those who do not read its English.
_SYSTEM = {
    errno.ENOENT: "ce dossier ou ce fichier n’existe pas",
    errno.EACCES: "l’accès est refusé",
    errno.EPERM: "l’opération n’est pas permise",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENOSPC: "le disque est plein",
    errno.EFBIG: "la taille permise aux fichiers est dépassée",
    errno.EROFS: "le disque ne s’écrit pas",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EBUSY: "le fichier est ouvert par un autre programme",
    errno.EINVAL: "le nom contient un signe que le système refuse",
    errno.EIO: "le disque ou le réseau ne répond pas",
    errno.ENOTEMPTY: "le dossier n’est pas vide",
    errno.EXDEV: "les deux dossiers sont sur des disques différents",
}


def system_words(error: OSError) -> str:
    """Say in French what the system says of a failure; its own words where we have none.

    Examples
    --------
    >>> system_words(FileNotFoundError(2, "No such file or directory"))
    'ce dossier ou ce fichier n’existe pas'
    """
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


#: What the system says of a disk, or of a share of it, that is full.
NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def way_out(error: OSError, usual: str) -> str:
    """Say what to do of what the system refuses: on a full disk, rights have nothing to do with it."""
    full = error.errno in NO_ROOM
    return "Faites de la place, ou choisissez un autre disque." if full else usual


@contextmanager
def refused_by_system(
    kind: type[ObservatoireError], what: str, where: Path, remedy: str
) -> Iterator[None]:
    """Raise our own error for what the system refuses in a block: what was wanted, where, what to do.

    Examples
    --------
    >>> from pathlib import Path
    >>> from observatoire.errors import FileError
    >>> with refused_by_system(FileError, "On ne peut pas lire ici.", Path("x.csv"), "Ouvrez-en un autre."):
    ...     Path("x.csv").read_text()
    Traceback (most recent call last):
    observatoire.errors.exceptions.FileError: ...
    """
    try:
        yield
    except OSError as error:
        why = f"Le système dit : {system_words(error)}."
        raise kind(what, where=str(where), why=why, remedy=way_out(error, remedy)) from error


#: A path of the machine, which says nothing to an analyst and too much to anybody else.
_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:\\|/)(?:[^\s'\"<>:;,()]*[/\\])*([^\s'\"<>:;,()/\\]*)")

#: So many letters of a reader's own words are quoted.
_MOST = 160


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = resources.files("observatoire.errors").joinpath("translations.toml").read_text("utf-8")
    return tuple((re.compile(row["said"]), row["means"]) for row in tomllib.loads(text)["words"])


def reader_words(error: BaseException | str) -> str:
    """Say in French what a reader says of a file; its own words, quoted, where we have none.

    Parameters
    ----------
    error : exception or str
        What it raised. The paths of the machine are left out.

    Examples
    --------
    >>> reader_words("Bad CRC-32 for file 'xl/styles.xml'")
    'Le lecteur dit : des octets du fichier ont changé depuis qu’il a été fait.'
    >>> reader_words("strange thing in /home/me/data/a.gpkg")
    'Le lecteur dit, dans sa langue : « strange thing in a.gpkg ».'
    """
    # A folder named « xml » says nothing of what went wrong.
    message = _PATH.sub(r"\1", " ".join(str(error).split()))
    for pattern, means in _words():
        if (found := pattern.search(message)) is not None:
            return f"Le lecteur dit : {found.expand(means)}."
    anonymous = message.strip(" .")
    if not anonymous:
        return "Le lecteur n’en dit pas plus."
    cut = anonymous if len(anonymous) <= _MOST else f"{anonymous[:_MOST]}…"
    return f"Le lecteur dit, dans sa langue : « {cut} »."
