"""Who territories are: their names, what they belong to, what they share their figures with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.nouns import TERRITORY
from observatoire.french.typography import NO_BREAK, enumerate_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun


@dataclass(frozen=True)
class SharedSource:
    """The single source that a territory is a part of, and the others that are parts of it too."""

    named: str
    others: tuple[str, ...]
    noun: Noun = TERRITORY
    code: str = ""


@dataclass(frozen=True)
class TerritoryIdentity:
    """Who a territory is: what its zoning's table of members and its links say of it."""

    code: str
    name: str
    commune: str
    commune_name: str
    facts: tuple[tuple[str, str], ...]
    linked: bool
    shared: SharedSource | None = None
    listed: str = ""


def sharing(identities: Sequence[TerritoryIdentity]) -> list[list[TerritoryIdentity]]:
    """Return territories in order, those that share one source together: their figures are the same."""
    made: dict[str, list[TerritoryIdentity]] = {}
    for identity in identities:
        shared = identity.shared
        key = shared.code if shared and shared.code else f" {identity.code}"
        made.setdefault(key, []).append(identity)
    return list(made.values())


def shared_names(identities: Sequence[TerritoryIdentity]) -> dict[str, str]:
    """Return the name under which each figure is shown once, by the code of the first that it is of."""
    return {
        group[0].code: enumerate_words([each.name for each in group])
        for group in sharing(identities)
    }


def identity_facts(
    attributes: Mapping[str, str], commune: str, links: str
) -> tuple[tuple[str, str], ...]:
    """Return the facts printed at the head of a profile, in French."""
    facts = [
        ("Commune", commune),
        ("Périmètre ou groupe", attributes.get("groupe", "")),
        ("En zone urbaine sensible", attributes.get("zus", "")),
        ("Rattachement", links),
    ]
    return tuple((term, text) for term, text in facts if text)


def listed_words(attributes: Mapping[str, str], noun: Noun = TERRITORY) -> str:
    """Say where the list of territories comes from, and how sure it is."""
    state, source = attributes.get("statut_liste", ""), attributes.get("source", "")
    named = f"liste des {noun.many}{NO_BREAK}: {state}" if state else ""
    return ", ".join(text for text in (named, source) if text)
