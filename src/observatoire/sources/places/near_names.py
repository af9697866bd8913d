"""What an unknown name resembles: the nearest ones, or the territory of which it is a part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from observatoire.errors.arguments import nearest
from observatoire.sources.parsers.vocabulary import signs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.territories.matcher import Matcher


#: So many pairs of names are compared in search of the nearest; the others are named without one.
_SUGGESTED = 60_000


class Hints:
    """The nearest names of unknown texts, each looked for once, and no more than can be afforded.

    Parameters
    ----------
    zonings : mapping of str to Matcher
        The territories known.
    """

    def __init__(self, zonings: Mapping[str, Matcher]) -> None:
        self.zonings = zonings
        self._nearest: dict[tuple[str, str], str] = {}
        self._alike: dict[tuple[str, str], bool] = {}

    def near(self, zoning: str, text: str) -> str:
        """Return a sentence that gives the nearest names, or an empty text."""
        asked = (zoning, text)
        if signs().levels_of(text):
            return ""  # another code is no code ill written
        if asked not in self._nearest:
            matcher = self.zonings[zoning]
            left = len(self._nearest) * 2 * len(matcher.names) < _SUGGESTED
            self._nearest[asked] = matcher.nearest(text[:80]) if left else ""
        return self._nearest[asked]

    def alike(self, zoning: str, text: str) -> bool:
        """Say whether a text looks, as a whole, like a name or a code."""
        asked = (zoning, text)
        if asked not in self._alike:
            matcher = self.zonings[zoning]
            known = [*matcher.names.values(), *matcher.names]
            near = self.near(zoning, text) and nearest(text[:80], known)
            self._alike[asked] = bool(near)
        return self._alike[asked]


#: What stands between a territory and the name of its part: « Volga-Plage : nord ».
_PART = re.compile(r"\s*(?::|\s[-–—/]\s|[(,/])\s*")


def whole_of(text: str, matcher: Matcher) -> str:
    """Return the territory of which a name says that it is a part, an empty text for another name.

    Examples
    --------
    >>> from observatoire.territories.matcher import Matcher
    >>> whole_of("Volga-Plage : nord", Matcher({"Q1": "Volga-Plage"}))
    'Volga-Plage'
    """
    pieces = _PART.split(text, maxsplit=1)
    parted = len(pieces) > 1 and not matcher.matches(text)
    return pieces[0] if parted and matcher.matches(pieces[0]) else ""
