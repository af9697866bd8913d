"""Answers made once, by what was asked; tables read once, by what their file holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    import pandas as pd

Answer = TypeVar("Answer")
Asked = ParamSpec("Asked")


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


class Remembering(Protocol):
    """What keeps its answers in a memo of its own."""

    @property
    def memo(self) -> Memo:
        """Where they are kept."""


Owner = TypeVar("Owner", bound=Remembering)


def remembered(
    method: Callable[Concatenate[Owner, Asked], Answer],
) -> Callable[Concatenate[Owner, Asked], Answer]:
    """Answer once for the same arguments, lists of the same content among them.

    Examples
    --------
    >>> class Book:
    ...     memo = Memo()
    ...
    ...     @remembered
    ...     def pages(self, names: list[str]) -> list[str]:
    ...         return sorted(names)
    >>> Book().pages(["b", "a"]) is Book().pages(["b", "a"])
    True
    """

    @wraps(method)
    def kept(owner: Owner, /, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        given = (tuple(each) if isinstance(each, list) else each for each in asked)
        key = (method.__name__, *given, *named.items())
        return owner.memo.once(key, lambda: method(owner, *asked, **named))

    return kept


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
