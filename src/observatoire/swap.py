"""Put what is made in its place in one step, and sweep what a kill left behind.

A file or a folder is written next to its place, flushed to the disk, then takes the place of the
former one at once: who looks sees the former or the new one, never a part. Its draft is held by a
lock, which the system lets go of when the process dies: the next call in that folder removes the
drafts that nobody holds.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


#: What is written next to a place, and how it differs from what people put there.
_DRAFT, _FORMER, _LOCK = ".brouillon", ".precedent", ".verrou"

#: The system limits names to 255 bytes: a longer one is cut, and known from others by its sum.
_LONGEST = 120


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield where to write a file, that takes its place once the block is over.

    Parameters
    ----------
    path : Path
        Its place; the folder exists. On an error of the block, what was there stays.

    Raises
    ------
    OSError
        When it cannot be written, or another process is writing it (``errno.EBUSY``).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with new_file(place) as draft:
    ...     _ = draft.write_text("a")
    >>> place.read_text(), [path.name for path in place.parent.iterdir()]
    ('a', ['a.txt'])
    """
    with _draft(path) as draft:
        yield draft
        flush(draft)
        draft.replace(path)
        _flush_folder(path.parent)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder to fill, that takes the place of another once the block is over.

    Parameters
    ----------
    path : Path
        Its place; the folder above exists. On an error of the block, what was there stays.

    Raises
    ------
    OSError
        As :func:`new_file`.

    Notes
    -----
    The two folders are exchanged by the system in one step on Linux and macOS. Where it cannot, the
    former is moved aside first: :func:`recover` puts it back if the process dies in between.
    """
    with _draft(path) as draft:
        draft.mkdir()
        yield draft
        for each in draft.rglob("*"):
            if each.is_file():
                flush(each)
        _flush_folder(draft)
        _exchange(draft, path)
        _flush_folder(path.parent)


def recover(path: Path) -> None:
    """Put back a folder that a kill left moved aside, for those who are about to read it."""
    if not path.name:
        return  # « . », « / »: nothing takes their place
    former = _next_to(path, _FORMER)
    if former.exists() and not path.exists():
        with contextlib.suppress(OSError):  # another process has just done it
            former.rename(path)


def flush(path: Path) -> None:
    """Have the disk keep what was written in a file: a power cut is no excuse."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file of that name for the time of a block; it is removed at the end.

    Raises
    ------
    OSError
        With ``errno.EBUSY`` when another process, or another call, holds it.
    """
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_CREAT)
        if _take(handle) is not False and os.fstat(handle).st_nlink > 0:
            break
        os.close(handle)  # held, or removed by its former holder since it was opened
        time.sleep(_PAUSE)
    else:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            path.unlink()
        os.close(handle)


#: How many times a lock is asked for, and how long to wait in between: a sweep takes it for a moment.
_TRIES, _PAUSE = 8, 0.03


def _take(handle: int) -> bool | None:
    """Take a lock without waiting: True, False when another holds it, None where none is known."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - this system only

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a disk of the network that knows no locks
        return None
    return True


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Hold the draft of a place, all that a kill left there swept."""
    draft = _next_to(path, _DRAFT, path.suffix)
    with locked(_next_to(path, _LOCK)):
        _sweep(path.parent)
        recover(path)
        for left in (draft, _next_to(path, _FORMER)):
            _remove(left)
        try:
            yield draft
        finally:
            with contextlib.suppress(OSError):
                _remove(draft)


def _next_to(path: Path, kind: str, suffix: str = "") -> Path:
    """Return a hidden name next to a place; a writer may look at the suffix of what it writes."""
    name = path.name
    if len(name.encode()) > _LONGEST:
        name = f"{name[: _LONGEST // 4]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return path.with_name(f".{name}{kind}{suffix}")


def _sweep(folder: Path) -> None:
    """Remove the drafts of a folder that nobody holds any more: their process was killed."""
    for lock in folder.glob(f".*{_LOCK}"):
        name = lock.name.removesuffix(_LOCK)
        if (folder / f"{name}{_FORMER}").exists():
            continue  # it may be the only copy: put back when its place is asked for
        with contextlib.suppress(OSError):
            handle = os.open(lock, os.O_RDWR)
            try:
                if _take(handle) and os.fstat(handle).st_nlink > 0:
                    for left in folder.glob(f"{_escaped(name)}{_DRAFT}*"):
                        _remove(left)
                    lock.unlink()
            finally:
                os.close(handle)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows, and some disks of the network, flush no folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(draft: Path, place: Path) -> None:
    """Put a folder in its place; the former one, if any, becomes the draft."""
    if not os.path.lexists(place):
        draft.rename(place)
        return
    if _swapped(draft, place):
        return
    former = _next_to(place, _FORMER)
    place.rename(former)
    try:
        draft.rename(place)
    except OSError:
        former.rename(place)
        raise
    _remove(former)


#: How the system is asked to exchange two names: the call, and the arguments around them.
_AT_CWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


def _swapped(first: Path, second: Path) -> bool:
    """Exchange two names in one step; False where the system or the disk cannot."""
    names = os.fsencode(first), os.fsencode(second)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            status = library.renamex_np(names[0], names[1], ctypes.c_uint(_RENAME_SWAP))
        else:
            status = library.renameat2(
                _AT_CWD, names[0], _AT_CWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)
            )
    except (OSError, AttributeError, TypeError):  # Windows, or a system that has no such call
        return False
    return bool(status == 0)
