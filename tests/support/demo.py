"""The embedded default, opened once for all the tests that only read it, and what it prints."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs
from observatoire.pages.sheet import Sheet

if TYPE_CHECKING:
    from observatoire.observatory.observatory import Observatory


@cache
def demo() -> Observatory:
    return obs.demo()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="observatoire-tests-"))


@cache
def annex_sheet() -> Sheet:
    """Return the annex before it is written, composed once for all suffixes."""
    sheets: list[Sheet] = []
    write = Sheet.save_all
    Sheet.save_all = lambda self, paths: sheets.append(self) or list(paths)  # type: ignore[method-assign]
    try:
        demo().annex("annexe.html")
    finally:
        Sheet.save_all = write  # type: ignore[method-assign]
    return sheets[0]


@cache
def annex(suffix: str) -> Path:
    """Return the annex, written once a suffix."""
    return annex_sheet().save(_folder() / f"annexe{suffix}")


@cache
def package() -> Path:
    """Return the published package; copy it before spoiling it."""
    return demo().publish(_folder() / "paquet")
