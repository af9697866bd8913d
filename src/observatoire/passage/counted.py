"""What a variable counts and what weights carry: people, households, dwellings, money.

Weights made of people place people: social dwellings and poverty lie elsewhere. Both are read where
they are declared, in words; what no word says is unknown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from observatoire.declarations.fields import Code, Named, Texts, declared
from observatoire.declarations.reader import packaged, read
from observatoire.french.typography import unaccented

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"k?m2\b|[a-z]+|[0-9]+")
_BEGINNING = 4  # letters from which the beginning of a word is enough

#: Where a variable declares what it counts, the surest first.
DECLARED = ("counts", "unit", "universe")


#: What a ratio of densities is about unless something says otherwise.
PEOPLE = "people"

#: What the reason of a refusal always says.
NOT_CARRIED = "ne disent pas où"

#: Said beside an estimate of a variable of which nothing says what it counts.
UNDECLARED = "Partagé comme {}, faute de savoir ce qui est compté (about=…)."


@declared
class Counted:
    """A kind of things that are counted, and the words that name it."""

    code: Code
    label: str
    exact: Texts = ()
    anywhere: Texts = ()


@declared
class Kinds:
    """What ``counted.toml`` declares."""

    kinds: Named[Counted]


@cache
def known_kinds() -> dict[str, Counted]:
    """Return the kinds known, by code.

    Examples
    --------
    >>> known_kinds()["people"].label
    'la population'
    """
    return dict(read(packaged("observatoire.passage", "counted.toml"), Kinds).kinds)


@cache
def kind_of(text: str, *, head: bool = False) -> str:
    """Return the code of what a text names, blank when no word says; ``head``: by its first word.

    Examples
    --------
    >>> kind_of("Population des ménages"), kind_of("log_soc"), kind_of("ménages pauvres")
    ('people', 'social_dwellings', 'poor')
    >>> kind_of("pièces"), kind_of("taux d’emploi", head=True)
    ('', '')
    """
    words = _WORD.findall(unaccented(text))
    for kind in known_kinds().values():
        if any(_within(phrase.split(), words) for phrase in kind.anywhere):
            return kind.code
    for word in words[:1] if head else words:
        for kind in known_kinds().values():
            if {word, word.rstrip("sx")} & set(kind.exact):
                return kind.code
    return ""


def _within(phrase: list[str], words: list[str]) -> bool:
    return all(
        any(
            word.startswith(start) if len(start) >= _BEGINNING else word.rstrip("sx") == start
            for word in words
        )
        for start in phrase
    )


def kind_declared(declared: Mapping[Any, Any], name: str = "") -> str:
    """Return the code of what a variable counts, from what is declared of it, else from its name.

    Examples
    --------
    >>> kind_declared({"unit": "ménages"}, "x"), kind_declared({}, "pop2016"), kind_declared({})
    ('households', 'people', '')
    """
    return kind_of(" ; ".join(str(declared.get(key) or "") for key in DECLARED)) or kind_of(
        name, head=True
    )


def kind_carried(declared: str, column: str = "") -> str:
    """Return the code of what weights carry: as declared, else as their column is named.

    Examples
    --------
    >>> kind_carried("", "ind"), kind_carried("logements sociaux"), kind_carried("", "poids")
    ('people', 'social_dwellings', '')
    """
    return kind_of(declared) or declared or kind_of(column, head=True)


def label_of(kind: str) -> str:
    """Return how a kind is named in a sentence."""
    return known_kinds()[kind].label if kind in known_kinds() else f"« {kind} »"


def refusal(carries: str, counts: str) -> str:
    """Say why weights do not carry what a variable counts; blank when they may.

    Examples
    --------
    >>> refusal("people", "poor")[:72]
    'Ces poids portent la population, non la pauvreté : ils ne disent pas où '
    >>> refusal("people", "people"), refusal("", "poor"), refusal("people", "")
    ('', '', '')
    """
    if not carries or not counts or carries == counts:
        return ""
    return (
        f"Ces poids portent {label_of(carries)}, non {label_of(counts)} : ils {NOT_CARRIED} "
        "ce qui est compté se trouve. Partagez-le sur un support qui le porte, ou par un rapport "
        "appris sur lui."
    )
