"""How names are spelt: accents, articles, abbreviations, and the words of a total."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from observatoire.declarations.fields import Texts, declared
from observatoire.declarations.reader import packaged, read
from observatoire.french.typography import unaccented

#: Words of a name that distinguish no territory.
ARTICLES = frozenset({"le", "la", "les", "l", "de", "du", "des", "d", "quartier", "quartiers"})
_SHORT = {"ste": "sainte", "st": "saint", "bd": "boulevard"}


@lru_cache(maxsize=1 << 18)
def simplify(name: str) -> str:
    """Reduce a name to what its spellings share: no accent, case, hyphen, article or shortening.

    Examples
    --------
    >>> simplify("Quartier de Ste-Thérèse"), simplify("FOUR-A-CHAUX") == simplify("Four à Chaux")
    ('sainte therese', True)
    """
    letters = unaccented(name).replace("œ", "oe").replace("æ", "ae")
    words = re.findall(r"[a-z0-9]+", letters)
    kept = [_SHORT.get(word, word) for word in words if word not in ARTICLES]
    return " ".join(kept or words)


def is_total(text: str) -> bool:
    """Say whether a text announces a total, by its first words.

    Examples
    --------
    >>> [is_total(text) for text in ("Total général", "ENSEMBLE des quartiers", "Totalgaz")]
    [True, True, False]
    """
    return starts(text, _totals())


def starts(text: str, phrases: tuple[str, ...]) -> bool:
    """Say whether a text starts with one of some phrases, themselves in small letters without accents.

    Examples
    --------
    >>> starts("Hors-Quartier", ("hors quartier",)), starts("Horsain", ("hors",))
    (True, False)
    """
    plain = " ".join(re.findall(r"[a-z0-9]+", unaccented(text)))
    return any(plain == phrase or plain.startswith(f"{phrase} ") for phrase in phrases)


@declared
class TotalWords:
    """What ``totals.toml`` declares."""

    totals: Texts


@cache
def _totals() -> tuple[str, ...]:
    return read(packaged("observatoire.territories", "totals.toml"), TotalWords).totals
