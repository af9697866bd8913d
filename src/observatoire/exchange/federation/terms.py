"""What ``federation.toml`` declares: the members, in order of precedence, and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from observatoire.declarations.fields import Number, checked, declared, doc, fault, on_reading
from observatoire.declarations.reader import read
from observatoire.declarations.secrecy_rules import PARTNER_THRESHOLD
from observatoire.errors import FileError
from observatoire.errors.arguments import one_path
from observatoire.exchange.federation.members import is_address
from observatoire.french.typography import day
from observatoire.sources.descriptors.agreement import Audience, as_day

if TYPE_CHECKING:
    from collections.abc import Sequence


@declared
class FederationMember:
    """One member: its package, and when it leaves."""

    place: Annotated[str, doc("Dossier, .zip ou adresse de son paquet.")]
    name: Annotated[str, doc("Nom que porte son paquet ; sans elle, n’importe lequel.")] = ""
    until: Annotated[
        dt.date | None, as_day("until"), doc("Dernier jour où ses chiffres sont repris.")
    ] = None
    withdrawn: Annotated[
        dt.date | None, as_day("withdrawn"), doc("Jour où ce membre s’est retiré.")
    ] = None
    reason: Annotated[str, doc("Pourquoi il s’est retiré, en une phrase.")] = ""


@declared
class FederationTerms:
    """What ``federation.toml`` says; the first member that answers a question is believed."""

    members: Annotated[
        tuple[FederationMember, ...], doc("Les membres, [[members]], le plus sûr d’abord.")
    ]
    title: Annotated[str, doc("Nom de la fédération.")] = ""
    audience: Annotated[Audience, doc("Pour qui elle est faite.")] = "interne"
    partner_threshold: Annotated[
        Number,
        doc("Seuil des effectifs qu’un paquet masque sans dire sous quel seuil."),
        checked(lambda number: number > 0, "un effectif de 1 au moins : 11 par défaut"),
    ] = PARTNER_THRESHOLD

    @on_reading
    def _names_each_once(self) -> None:
        places = [member.place for member in self.members]
        for place in places:
            if places.count(place) > 1:
                raise fault(
                    f"« {place} » y est deux fois.", remedy="Gardez une seule table [[members]]."
                )

    @classmethod
    def of(cls, packages: Sequence[str | Path], audience: Audience) -> FederationTerms:
        """Return the terms of a list of packages, none of which leaves."""
        example = 'obs.federate(["paquet-a/", "paquet-b/"])'
        places = [
            str(given) if is_address(str(given)) else str(one_path(given, example))
            for given in packages
        ]
        return cls(
            members=tuple(FederationMember(place=place) for place in places),
            audience=audience,
        )

    def places(self, today: dt.date) -> list[tuple[str, str]]:
        """Return the place and the name of the members that are there on a day."""
        return [(m.place, m.name) for m in self.members if not _gone(m, today)]

    def withdrawn(self, today: dt.date) -> list[tuple[str, str]]:
        """Return the place of the members that are no longer there, with why."""
        return [(m.place, reason) for m in self.members if (reason := _gone(m, today))]


def _gone(member: FederationMember, today: dt.date) -> str:
    if member.withdrawn and member.withdrawn <= today:
        return f"S’est retiré le {day(member.withdrawn)}. {member.reason}".strip()
    if member.until and member.until < today:
        return f"Accord échu le {day(member.until)} : à renouveler avant de reprendre ses chiffres."
    return ""


def read_federation(path: Path) -> FederationTerms:
    """Read ``federation.toml``; its relative places start from its folder."""
    if not path.is_file():
        raise FileError(
            "Ce fichier n’existe pas.",
            where=str(path),
            remedy="Corrigez son chemin, ou donnez les dossiers des paquets eux-mêmes.",
        )
    terms = read(path, FederationTerms, {})
    root = path.resolve().parent
    placed = tuple(
        member
        if is_address(member.place)
        else replace(member, place=str(root / Path(member.place).expanduser()))
        for member in terms.members
    )
    return replace(terms, members=placed)
