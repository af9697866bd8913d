"""What a run makes once for all its workers, and copies: loaded workspaces, packages, pages."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest


def run_folder() -> Path:
    """Return the folder of this run, one for its workers."""
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return Path(tempfile.gettempdir()) / f"observatoire-tests-{run}"


def clear(config: pytest.Config) -> None:
    """Remove the folder of a run, unless this is one of its workers."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(run_folder(), ignore_errors=True)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return what ``make`` writes at a place, made by the first worker that asks; never alter it."""
    folder = run_folder()
    folder.mkdir(exist_ok=True)
    place, whole = folder / name, folder / f"{name}.whole"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            make(place)
            whole.touch()
    return place


def loaded(name: str, write: Callable[[Path], object], to: Path, *, decide: str = "") -> Path:
    """Copy to a folder a workspace that is written and loaded once.

    ``decide`` is an indicator of it: what may be shown is then decided, and kept with the rest.
    """

    def make(place: Path) -> None:
        write(place)
        with obs.open(place) as o:
            o.load()
            if decide:
                o.table(decide)

    return Path(shutil.copytree(made_once(name, make), to, dirs_exist_ok=True))


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their place in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
