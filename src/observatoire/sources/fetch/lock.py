"""Let one download at a time write a file: two would mix their bytes."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from observatoire.errors import FetchError
from observatoire.swap import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def alone(part: Path) -> Iterator[None]:
    """Hold a file that is being written; the system lets go of it if this process dies.

    Raises
    ------
    FetchError
        When another process, or another call, holds it.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(part.with_name(f"{part.name}.lock")))
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            raise FetchError(
                "Un autre téléchargement de ce fichier est en cours.",
                where=str(part),
                why="À deux, ils mêleraient leurs octets.",
                remedy="Attendez qu’il finisse, ou arrêtez-le, puis relancez la commande.",
            ) from error
        yield
