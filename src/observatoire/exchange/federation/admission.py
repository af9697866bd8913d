"""Who is let into a federation: each package checked apart, what agreements keep back taken out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from observatoire.errors import DuplicateKeyError, FileError, ObservatoireError
from observatoire.errors.translations import system_words
from observatoire.exchange.federation.engine import open_engine
from observatoire.exchange.federation.federation import Federation
from observatoire.exchange.federation.members import bring, is_address
from observatoire.exchange.federation.terms import FederationTerms, read_federation
from observatoire.exchange.federation.verification import Member, check_figures, verify
from observatoire.exchange.publication.descriptor import PACKAGE_FILE
from observatoire.exchange.publication.versions import FORMER
from observatoire.french.typography import NO_BREAK
from observatoire.secrecy.release.agreements import require_known, sift
from observatoire.sources.descriptors.agreement import AUDIENCES, current_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from observatoire.sources.descriptors.agreement import Audience

#: What is said of figures that readers may have, and that can no longer be read.
_UNCOUNTED = "Ce que ses lecteurs en ont n’est pas compté dans l’audit, faute de pouvoir le lire."


def federate(
    packages: Sequence[str | Path] | str | Path,
    *,
    audience: Audience = "interne",
    date: dt.date | None = None,
    engine: str = "duckdb",
) -> Federation:
    """Read packages as one, each checked before anything of it is believed.

    Parameters
    ----------
    packages : sequence of paths, or path
        Folders written by ``o.publish``, their ``.zip``, or the address of one or the other, in
        order of precedence; or a ``federation.toml`` that names them.
    audience : {"interne", "partenaires", "public"}
        For whom: a figure that an agreement keeps for a narrower circle is left out. Of this and
        ``federation.toml``, the wider circle counts.
    date : date, optional
        The day on which agreements are looked at, today by default: what has ended since the
        package was made is left out, with the reason.
    engine : {"duckdb", "spark"}
        What answers.

    Returns
    -------
    Federation
        Of the packages that passed; ``rejected()`` lists the others, with the reason.

    Raises
    ------
    UnknownNameError
        On an unknown audience or engine.
    FileError
        When nothing is given, or none of the packages passes.
    """
    require_known(audience)
    day = date or current_day()
    terms = _terms(packages, audience)
    copies = tempfile.TemporaryDirectory(prefix="observatoire-")
    members, wrong = _checked(terms.places(day), Path(copies.name))
    refused = terms.withdrawn(day) + [(place, str(error)) for place, error in wrong]
    if not members:
        copies.cleanup()
        raise _nobody(refused) if len(refused) != 1 or not wrong else wrong[0][1]
    former, lost = _remembered(terms, members, day, Path(copies.name))
    members, former = (
        [replace(member, default_threshold=terms.partner_threshold) for member in each]
        for each in (members, former)
    )
    kept_back, warnings = _kept_back(members, day, terms.audience)
    shown, past = ({m.name: m.figures for m in each} for each in (members, former))
    found = open_engine(engine, shown, kept_back, past)
    return Federation(
        tuple(members), found, (*refused, *lost), warnings, copies, terms.title, tuple(former)
    )


def _remembered(
    terms: FederationTerms, members: Sequence[Member], day: dt.date, shelf: Path
) -> tuple[list[Member], list[tuple[str, str]]]:
    """Return what readers have of members that left and of former versions; and of which nothing can be read.

    What a former version says of perimeters is left out: these may have changed since, under the same codes.
    """
    gone = [place for place, _ in terms.withdrawn(day)]
    asked: list[tuple[str, str, Member | None]]
    asked = [(place, f"(parti, {rank})", None) for rank, place in enumerate(gone)]
    asked += [
        (place, f"(version {version})", member)
        for member in members
        for version, place in _earlier(member).items()
    ]
    found, lost = list[Member](), list[tuple[str, str]]()
    for rank, (place, label, member) in enumerate(asked):
        read, wrong = _checked([(place, "")], shelf / "anciens" / str(rank))
        for each in read:
            if member is None:
                found.append(replace(each, name=f"{each.name} {label}"))
            else:
                name = f"{member.name} {label}"
                found.append(replace(each, name=name, links=(), earlier_of=member.name))
        lost += ((where, f"{_UNCOUNTED} {error}") for where, error in wrong)
    return found, lost


def _earlier(member: Member) -> dict[str, str]:
    """Return where the former versions of a member are, by version: in its folder, or at its address."""
    kept = sorted(member.folder.glob(f"{FORMER}/*/{PACKAGE_FILE}"))
    if kept or not is_address(member.place) or member.place.lower().endswith(".zip"):
        return {path.parent.name: str(path.parent) for path in kept}
    past = member.descriptor.get("historique")
    versions = (
        [e.get("version") for e in past if isinstance(e, dict)] if isinstance(past, list) else []
    )
    base = member.place.removesuffix(PACKAGE_FILE).rstrip("/")
    return {str(each): f"{base}/{FORMER}/{quote(str(each), safe='')}/" for each in versions[:-1]}


def _nobody(refused: Sequence[tuple[str, str]]) -> FileError:
    return FileError(
        "Aucun de ces paquets ne peut être fédéré.",
        why=" ".join(dict.fromkeys(_reason(*each) for each in refused[:3])),
        remedy="Indiquez au moins un dossier écrit par o.publish(…) ou observatoire publish.",
    )


def _reason(place: str, reason: str) -> str:
    """Return why a package is refused, its place said once."""
    return reason if reason.startswith(f"{place} :") else f"{place} : {reason}"


def _terms(packages: Sequence[str | Path] | str | Path, audience: Audience) -> FederationTerms:
    given: list[Any] = [] if packages is None else [packages]
    if isinstance(packages, Iterable) and not isinstance(packages, str | bytes):
        given = list(packages)
    if not given:
        raise FileError(
            "Quels paquets fédérer ?",
            remedy='Donnez au moins un dossier : obs.federate(["paquet-a/", "paquet-b/"]).',
        )
    if len(given) == 1 and str(given[0]).endswith(".toml"):
        declared = read_federation(Path(given[0]))
        widest = max(declared.audience, audience, key=AUDIENCES.index)  # what both may see
        return replace(declared, audience=widest)
    return FederationTerms.of(given, audience)


def _member(given: tuple[str, str], copy: Path) -> Member | ObservatoireError:
    """Return a package that was checked, or why it is refused."""
    place, name = given
    copy.mkdir(parents=True)
    try:
        member = verify(bring(place, copy))
    except ObservatoireError as error:
        return error
    except OSError as error:  # no right to read it, a name that no disk bears
        return FileError(
            "Un fichier de ce paquet ne se lit pas.",
            where=place,
            why=f"Le système dit{NO_BREAK}: {system_words(error)}.",
            remedy="Redemandez le paquet entier à qui l’a publié.",
        )
    if name and member.name != name:
        return FileError(
            f"Ce paquet s’appelle « {member.name} », non « {name} ».",
            where=place,
            remedy="Corrigez name ou place dans federation.toml.",
        )
    return replace(member, place=place)


def _checked(
    places: Sequence[tuple[str, str]], shelf: Path
) -> tuple[list[Member], list[tuple[str, ObservatoireError]]]:
    """Check each package apart: what is wrong with one harms no other."""
    copies = [shelf / str(rank) for rank in range(len(places))]
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(_member, places, copies))
    members: dict[str, Member] = {}
    refused: list[tuple[str, ObservatoireError]] = []
    for (place, _), each in zip(places, found, strict=True):
        if isinstance(each, ObservatoireError):
            refused.append((place, each))
        elif each.name in members:
            twice = DuplicateKeyError(
                f"Deux paquets s’appellent « {each.name} ».",
                where=place,
                remedy="Donnez à chacun son nom : on doit savoir qui dit quoi.",
            )
            refused.append((place, twice))
        else:
            members[each.name] = each
    wrong = check_figures(list(members.values()))
    refused += [(str(members[name].folder), error) for name, error in wrong.items()]
    return [member for name, member in members.items() if name not in wrong], refused


def _kept_back(
    members: Sequence[Member], day: dt.date, audience: str
) -> tuple[list[tuple[str, str, str, str]], tuple[str, ...]]:
    """Return what the agreements of packages no longer let out, with why; and what to say of it."""
    lent = {
        (member.name, *column): agreements
        for member in members
        for column, agreements in member.terms.items()
    }
    found = sift(list(lent), lent, day, audience)
    rows = [(*key, reason) for key, reason in zip(lent, found.reasons, strict=True) if reason]
    return rows, found.warnings
