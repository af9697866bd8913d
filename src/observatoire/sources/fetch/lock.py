"""Let one download at a time write a file: two would mix their bytes."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from observatoire.errors import FetchError

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
    path = part.with_name(f"{part.name}.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        if not _take(descriptor):
            raise FetchError(
                "Un autre téléchargement de ce fichier est en cours.",
                where=str(part),
                why="À deux, ils mêleraient leurs octets.",
                remedy="Attendez qu’il finisse, ou arrêtez-le, puis relancez la commande.",
            )
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows removes no file that is open
                path.unlink()
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Take a lock without waiting; a file removed since it was opened locks nothing."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - this system only

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a disk of the network that knows no locks
        return True
    return os.fstat(descriptor).st_nlink > 0
