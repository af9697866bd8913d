"""The embedded default, opened once for all the tests that only read it, and what it prints."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from made_once import loaded, made_once

import observatoire as obs
from observatoire.pages.sheet import Sheet
from observatoire.workspace.scaffold import create_workspace

if TYPE_CHECKING:
    import pytest

    from observatoire.observatory.observatory import Observatory


@cache
def demo() -> Observatory:
    """Return the default: what the first worker loads is kept, the others wait for it."""
    opened: list[Observatory] = []
    made_once("defaut", lambda _: opened.append(obs.demo()))
    return opened[0] if opened else obs.demo()


def workspace(place: Path) -> Path:
    """Return a workspace of the default's files, loaded: a copy of one that is loaded once."""
    return loaded("modele", create_workspace, place, decide="part_hlm")


@cache
def _composed() -> tuple[Sheet, list[str]]:
    sheets: list[Sheet] = []
    steps: list[str] = []
    write = Sheet.save_all
    Sheet.save_all = lambda self, paths: sheets.append(self) or list(paths)  # type: ignore[method-assign]
    try:
        demo().annex(["annexe.html", "annexe.xlsx"], progress=steps.append)
    finally:
        Sheet.save_all = write  # type: ignore[method-assign]
    return sheets[0], steps


def annex_sheet() -> Sheet:
    """Return the annex before it is written, composed once a worker for all suffixes."""
    annex_steps()
    return _composed()[0]


@cache
def annex_steps() -> list[str]:
    """Return what the composing of the annex says of its progress, composed or not by this worker."""
    kept = made_once("etapes", lambda place: place.write_text("\n".join(_composed()[1]), "utf-8"))
    return kept.read_text("utf-8").splitlines()


@cache
def annex(suffix: str) -> Path:
    """Return the annex, written once a suffix."""
    return made_once(f"annexe{suffix}", lambda place: annex_sheet().save(place))


@cache
def package() -> Path:
    """Return the published package; copy it before spoiling it."""
    return made_once("paquet", lambda place: demo().publish(place))


def lend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``obs.demo()`` give, for one test, the default that others read: closing it does nothing."""
    shared = demo()
    monkeypatch.setattr(obs, "demo", lambda: shared)
    monkeypatch.setattr(shared, "close", lambda: None)


def lend_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``obs.demo_packages()`` give, for one test, copies of those that a run makes once."""
    make = obs.demo_packages

    def copied(folder: str | Path = "observatoires-exemples") -> list[Path]:
        made: list[Path] = []
        kept = made_once("exemples", lambda place: made.extend(make(place)))
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return [Path(folder) / path.name for path in made or sorted(kept.glob("paquet-*"))]

    monkeypatch.setattr(obs, "demo_packages", copied)


def keep_open(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Let ``obs.open`` give, for one test that only reads it, a whole workspace opened once."""
    kept = obs.open(place)
    monkeypatch.setattr(obs, "open", {place: kept}.__getitem__)
    monkeypatch.setattr(kept, "close", lambda: None)
