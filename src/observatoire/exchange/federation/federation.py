"""Several observatories as one: who observes what, what agrees, what may stand side by side."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import DuplicateKeyError, FileError, ObservatoireError, UnknownNameError
from observatoire.errors.arguments import one_name, one_period, suggestion
from observatoire.exchange.federation.comparability import (
    conflict_rows,
    inventory_rows,
    verdict_rows,
)
from observatoire.exchange.federation.engine import open_engine
from observatoire.exchange.federation.joint_disclosure import joint_disclosures
from observatoire.exchange.federation.members import bring
from observatoire.exchange.federation.terms import FederationTerms, read_federation
from observatoire.exchange.federation.verification import Member, check_figures, verify
from observatoire.exchange.publication.figures import disarmed
from observatoire.secrecy.release.agreements import require_known, sift
from observatoire.sources.descriptors.agreement import current_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from observatoire.exchange.federation.engine import Engine
    from observatoire.sources.descriptors.agreement import Audience

#: Columns of ``rejected()``.
REJECTED = ("place", "reason")


@dataclass(eq=False)
class Federation:
    """Figures of several observatories, read where their packages lie; each row says whose it is.

    ``observatories`` are the members in order of precedence; ``indicators`` the definitions, one row
    an indicator and observatory; ``warnings`` say what agreements keep back, and for whom the rest is.
    """

    members: tuple[Member, ...] = field(repr=False)
    engine: Engine = field(repr=False)
    refused: tuple[tuple[str, str], ...] = field(repr=False, default=())
    warnings: tuple[str, ...] = field(repr=False, default=())
    copies: tempfile.TemporaryDirectory[str] | None = field(repr=False, default=None)
    _kept: bool = field(init=False, repr=False, default=False)

    @property
    def observatories(self) -> tuple[str, ...]:
        """The members, in order of precedence."""
        return tuple(member.name for member in self.members)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The definitions, one row an indicator and observatory."""
        rows = [{**row, "observatoire": m.name} for m in self.members for row in m.definitions]
        return disarmed(pd.DataFrame(rows))

    @property
    def df(self) -> pd.DataFrame:
        """Every figure, with the French columns of the packages and ``observatoire`` first."""
        return self.engine.ask("figures_of", indicateur="")

    def rejected(self) -> pd.DataFrame:
        """List the packages that were refused, with the reason: ``place``, ``reason``."""
        return pd.DataFrame(list(self.refused), columns=list(REJECTED))

    def table(self, indicator: str) -> pd.DataFrame:
        """Return the figures of one indicator, all observatories together.

        Raises
        ------
        UnknownNameError
            When no package gives it.
        """
        return self.engine.ask(
            "figures_of", indicateur=self._code(indicator, 'f.table("part_hlm")')
        )

    def common(self) -> list[str]:
        """Return the indicators that every observatory gives with the same definition."""
        same = self.indicators.groupby("indicateur").agg(
            observatoires=("observatoire", "nunique"), definitions=("definition", "nunique")
        )
        whole = same["observatoires"] == len(self.members)
        return sorted(same.index[whole & (same["definitions"] == 1)])

    def inventory(self) -> pd.DataFrame:
        """Say who observes what, where, at which scale and rhythm.

        Returns
        -------
        DataFrame
            One row an indicator, observatory and zoning: ``thematique``, ``libelle``, how many
            territories and of them known, the first and last period, how many, the ``rythme``, and
            the ``lacunes``: the periods that others have and this one lacks.
        """
        return inventory_rows(self._observed, self.indicators)

    def verdicts(self) -> pd.DataFrame:
        """Say whether two producers' indicators may stand side by side: oui, avec précaution, non.

        Returns
        -------
        DataFrame
            One row a pair of observatories and an indicator of the same code or label, with the
            ``verdict`` and its ``motif``.
        """
        return self._verdicts.copy()

    def conflicts(self) -> pd.DataFrame:
        """List the same things counted differently, with the difference against their bounds."""
        if not self._kept:
            self.engine.keep("partages", "shared")
            self._kept = True
        return conflict_rows(self.engine.ask("conflicts"), self._verdicts)

    def values(
        self,
        indicator: str | None = None,
        zoning: str | None = None,
        period: int | str | None = None,
    ) -> pd.DataFrame:
        """Return one value a question: the first member's that has one, in order of precedence.

        Parameters
        ----------
        indicator, zoning, period : str, optional
            Of which; all by default.

        Returns
        -------
        DataFrame
            ``observatoire`` says whose each is, ``reponses`` how many there were. What one member
            hides stays hidden, even where another prints it: see :meth:`audit`.

        Raises
        ------
        UnknownNameError
            When no package has figures of it, with the nearest that is known.
        """
        code = "" if indicator is None else self._code(indicator, 'f.values("part_hlm")')
        when = one_period(period)
        where = "" if zoning is None else self._among("zonage", zoning)
        dated = "" if when is None else self._among("periode", str(when))
        return self.engine.ask("values", indicateur=code, zonage=where, periode=dated)

    def audit(self) -> pd.DataFrame:
        """Say which counts the packages give away together, though each is safe alone.

        Returns
        -------
        DataFrame
            One row a hidden count that all the packages together find or bound under its
            threshold: who hides it, from what it is drawn (``retrouve_par``), and what should be
            withheld by whom (``a_retirer``). Empty when nothing is.
        """
        return joint_disclosures(self.members, self.engine.ask("counts"))

    def close(self) -> None:
        """Let go of the files, and remove the copies of archives and addresses."""
        self.engine.close()
        if self.copies is not None:
            self.copies.cleanup()

    @cached_property
    def _observed(self) -> pd.DataFrame:
        return self.engine.ask("inventory")

    @cached_property
    def _verdicts(self) -> pd.DataFrame:
        return verdict_rows(self._observed, self.indicators, self.observatories)

    def _among(self, column: str, given: str) -> str:
        """Return a zoning or a period of which some package has figures, or refuse it."""
        known = sorted(set(self._observed[column]))
        if given not in known:
            raise UnknownNameError(
                f"Aucun paquet n’a de chiffre pour « {given} ».",
                remedy=suggestion(given, known),
                name=given,
            )
        return given

    def _code(self, indicator: str, example: str) -> str:
        known = sorted(set(self.indicators.get("indicateur", ())))
        code = one_name(indicator, "un indicateur", example)
        if code not in known:
            raise UnknownNameError(
                f"Aucun paquet ne donne « {code} ».", remedy=suggestion(code, known), name=code
            )
        return code


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
        For whom: a figure that an agreement keeps for a narrower circle is left out.
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
    kept_back, warnings = _kept_back(members, day, terms.audience)
    found = open_engine(engine, {m.name: m.figures for m in members}, kept_back)
    return Federation(tuple(members), found, tuple(refused), warnings, copies)


def _nobody(refused: Sequence[tuple[str, str]]) -> FileError:
    return FileError(
        "Aucun de ces paquets ne peut être fédéré.",
        why=" ; ".join(f"{place} : {reason}" for place, reason in refused[:3]),
        remedy="Indiquez au moins un dossier écrit par o.publish(…).",
    )


def _terms(packages: Sequence[str | Path] | str | Path, audience: Audience) -> FederationTerms:
    given = [packages] if isinstance(packages, str | Path) else list(packages)
    if not given:
        raise FileError(
            "Quels paquets fédérer ?",
            remedy='Donnez au moins un dossier : obs.federate(["paquet-a/", "paquet-b/"]).',
        )
    if len(given) == 1 and str(given[0]).endswith(".toml"):
        return read_federation(Path(given[0]))
    return FederationTerms.of(given, audience)


def _checked(
    places: Sequence[tuple[str, str]], shelf: Path
) -> tuple[list[Member], list[tuple[str, ObservatoireError]]]:
    """Check each package apart: what is wrong with one harms no other."""

    def look(numbered: tuple[int, tuple[str, str]]) -> Member | ObservatoireError:
        rank, (place, name) = numbered
        copy = shelf / str(rank)
        copy.mkdir()
        try:
            member = verify(bring(place, copy))
        except ObservatoireError as error:
            return error
        if name and member.name != name:
            return FileError(f"Ce paquet s’appelle « {member.name} », non « {name} ».", where=place)
        return member

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(look, enumerate(places)))
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
