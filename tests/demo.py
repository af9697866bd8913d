"""The embedded default, opened once for all the tests that only read it, and what it prints."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs

if TYPE_CHECKING:
    from observatoire.observatory import Observatory


@cache
def demo() -> Observatory:
    return obs.demo()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="observatoire-tests-"))


@cache
def annex(suffix: str) -> Path:
    """Return the annex, written once a suffix."""
    return demo().annex(_folder() / f"annexe{suffix}")


@cache
def package() -> Path:
    """Return the published package; copy it before spoiling it."""
    return demo().publish(_folder() / "paquet")
