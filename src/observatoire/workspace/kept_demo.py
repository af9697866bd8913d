"""The embedded default, loaded once a machine: its warehouse is kept, and copied at each opening."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.swap import new_file
from observatoire.workspace.scaffold import EMBEDDED_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "demo.duckdb"


def demo_digest(root: Path, library: str) -> str:
    """Return what tells a loaded default from another: its place, its files, the library that reads them.

    Its place too: a warehouse remembers the folders its sources come from.

    Parameters
    ----------
    library : str
        A digest of the library and of its engines.
    """
    digest = hashlib.sha256(library.encode() + str(root.resolve()).encode())
    for path in _files(root):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for part in EMBEDDED_PARTS:
        place = root / part
        yield from sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]


def borrow_demo(digest: str) -> tuple[Path, bool]:
    """Return where to open the default, in a folder of its own, and whether it is loaded there."""
    place = Path(tempfile.mkdtemp(prefix="observatoire-")) / _NAME
    kept = _shelf() / f"{digest}.duckdb"
    with contextlib.suppress(OSError):  # gone, unreadable, or no room: it is loaded anew
        if _ours(kept):
            shutil.copyfile(kept, place)
            return place, True
    place.unlink(missing_ok=True)
    return place, False


def keep_demo(place: Path, digest: str) -> None:
    """Keep a default that was just loaded, in place of those of other versions."""
    shelf = _shelf()
    with contextlib.suppress(OSError):  # no room, or a folder of another: the next one loads anew
        shelf.mkdir(mode=0o700, exist_ok=True)
        if not _ours(shelf):
            return
        with new_file(shelf / f"{digest}.duckdb") as draft:
            shutil.copyfile(place, draft)
        for other in shelf.glob("*.duckdb"):
            if other.stem != digest:
                other.unlink()


def _shelf() -> Path:
    whose = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return Path(tempfile.gettempdir()) / f"observatoire-{whose}"


def _ours(path: Path) -> bool:
    """Say whether something is there, of ours, that nobody else may write."""
    found = path.lstat() if path.exists() else None
    if found is None or path.is_symlink():
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
