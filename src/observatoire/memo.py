"""Answers made once, by what was asked; tables read once, by what their file holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    import pandas as pd

Answer = TypeVar("Answer")


class Memo:
    """What was asked and answered before; whoever reads an answer never alters it.

    It lives as long as what it answers from: a load makes a new one.

    Examples
    --------
    >>> memo = Memo()
    >>> memo.once(("names", "iris"), lambda: ["Bourg"]) is memo.once(("names", "iris"), list)
    True
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer to ``key``, made by ``make`` the first time."""
        if key not in self._made:
            self._made[key] = make()
        answer: Answer = self._made[key]
        return answer


@dataclass(frozen=True)
class FileContent:
    """What a file holds: equal to another of the same bytes, wherever it is."""

    content: bytes
    path: Path = field(compare=False)

    @staticmethod
    def of(path: Path) -> FileContent:
        """Return what a file holds now: nothing, when it is absent or not to be read."""
        try:
            return FileContent(path.read_bytes(), path)
        except OSError:
            return FileContent(b"", path)


def read_once(read: Callable[[Path], pd.DataFrame]) -> Callable[[Path], pd.DataFrame]:
    """Read the same bytes once, for those who ask at each opening and each load; a refusal is not kept."""

    @lru_cache(maxsize=128)
    def kept(file: FileContent) -> pd.DataFrame:
        return read(file.path)

    @wraps(read)
    def copied(path: Path) -> pd.DataFrame:
        return kept(FileContent.of(path)).copy()

    return copied
