"""What a variable counts and what weights carry: people, households, dwellings, money.

Weights made of people place people: social dwellings and poverty lie elsewhere. Both are read where
they are declared, in words; what no word says is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from observatoire.declarations.reader import read_toml
from observatoire.territories.spelling import unaccented

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"k?m2\b|[a-z]+|[0-9]+")
_BEGINNING = 4  # letters from which the beginning of a word is enough

#: Where a variable declares what it counts, the surest first.
DECLARED = ("counts", "unit", "universe")


#: What a ratio of densities is about unless something says otherwise.
PEOPLE = "people"

#: Said beside an estimate of a variable of which nothing says what it counts.
UNDECLARED = "Partagé comme {}, faute de savoir ce qui est compté (about=…)."


@dataclass(frozen=True)
class Counted:
    """A kind of things that are counted, and the words that name it."""

    code: str
    label: str
    exact: frozenset[str]
    anywhere: tuple[tuple[str, ...], ...]


@cache
def kinds() -> dict[str, Counted]:
    """Return the kinds known, by code.

    Examples
    --------
    >>> kinds()["people"].label
    'la population'
    """
    table = read_toml(Path(str(resources.files("observatoire.passage") / "counted.toml")))
    found = {}
    for code, kind in table.children("kinds").items():
        label, exact = kind.text("label"), frozenset(kind.texts("exact"))
        anywhere = tuple(tuple(phrase.split()) for phrase in kind.texts("anywhere"))
        found[code] = Counted(code, label, exact, anywhere)
        kind.close()
    table.close()
    return found


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
    for kind in kinds().values():
        if any(_within(phrase, words) for phrase in kind.anywhere):
            return kind.code
    for word in words[:1] if head else words:
        for kind in kinds().values():
            if {word, word.rstrip("sx")} & kind.exact:
                return kind.code
    return ""


def _within(phrase: tuple[str, ...], words: list[str]) -> bool:
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


def carried(declared: str, column: str = "") -> str:
    """Return the code of what weights carry: as declared, else as their column is named.

    Examples
    --------
    >>> carried("", "ind"), carried("logements sociaux"), carried("", "poids")
    ('people', 'social_dwellings', '')
    """
    return kind_of(declared) or declared or kind_of(column, head=True)


def label_of(kind: str) -> str:
    """Return how a kind is named in a sentence."""
    return kinds()[kind].label if kind in kinds() else f"« {kind} »"


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
        f"Ces poids portent {label_of(carries)}, non {label_of(counts)} : ils ne disent pas où "
        "ce qui est compté se trouve. Partagez-le sur un support qui le porte, ou par un rapport "
        "appris sur lui."
    )
