"""Answers made once, by what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

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
