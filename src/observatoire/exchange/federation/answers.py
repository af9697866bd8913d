"""What several observatories answer as one: who observes what, what agrees, what gives away what."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import FileError
from observatoire.errors.arguments import check_known, one_name, one_period
from observatoire.exchange.federation.comparability import (
    common_codes,
    conflict_rows,
    inventory_rows,
    spelled,
    verdict_rows,
)
from observatoire.exchange.publication.figures import FIGURE_KEY, NUMBERS, OBS_STATUS, disarmed
from observatoire.french.typography import enumerate_words
from observatoire.values import Status

if TYPE_CHECKING:
    import tempfile
    from collections.abc import Iterator

    from observatoire.exchange.federation.engine import Engine
    from observatoire.exchange.federation.joint_suppression import JointSuppression
    from observatoire.exchange.federation.verification import Member

#: Letters of what a stranger calls something that are worth reading.
_MOST_LETTERS = 200

_SECRET, _MISSING = Status.SECRET.label, Status.MISSING.label

#: What is said where an audit stops at the work that it may take.
_UNPROVEN = (
    "Le calcul qui prouve que ces paquets, réunis, ne dévoilent aucun effectif masqué s’est arrêté à sa limite "
    "de travail\u00a0: ce qu’il n’a pas prouvé sûr est masqué."
)

#: What a figure that is withheld says of itself, by column.
_WITHHELD: dict[str, object] = {
    **dict.fromkeys(NUMBERS, float("nan")),
    "statut": _SECRET,
    "OBS_STATUS": OBS_STATUS[Status.SECRET],
    "CONF_STATUS": "C",
    "methode": "",
    "masque": 1,
}


def in_short(given: object) -> str:
    """Return what a stranger’s descriptor calls something, as long as a name may be.

    Examples
    --------
    >>> in_short(" La ville "), len(in_short("x" * 1_000_000))
    ('La ville', 200)
    """
    text = str(given).encode(errors="replace").decode().strip()  # halves of characters
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


@dataclass(eq=False)
class FederationAnswers:
    """Figures of several observatories, read where their packages lie; each row says whose it is."""

    members: tuple[Member, ...] = field(repr=False)
    engine: Engine = field(repr=False)
    refused: tuple[tuple[str, str], ...] = field(repr=False, default=())
    warnings: tuple[str, ...] = field(repr=False, default=())
    copies: tempfile.TemporaryDirectory[str] | None = field(repr=False, default=None)
    title: str = ""
    former: tuple[Member, ...] = field(repr=False, default=())

    @property
    def observatories(self) -> tuple[str, ...]:
        """The members, in order of precedence."""
        return tuple(member.name for member in self.members)

    @property
    def titles(self) -> dict[str, str]:
        """What each member is called, by its name: its package's title, where no other has the same."""
        titles = [in_short(member.descriptor.get("title") or "") for member in self.members]
        named = zip(self.observatories, titles, strict=True)
        return {
            name: title if title and titles.count(title) == 1 else name for name, title in named
        }

    @cached_property
    def zonings(self) -> dict[str, str]:
        """What zonings are called, by their code: as the first member that names them says."""
        return self._called("zonages")

    @cached_property
    def themes(self) -> dict[str, str]:
        """What headings are called, by their code."""
        return self._called("thematiques")

    def _called(self, name: str) -> dict[str, str]:
        made: dict[str, str] = {}
        for member in self.members:
            given = member.descriptor["observatoire"].get(name)
            for code, label in given.items() if isinstance(given, dict) else ():
                made.setdefault(str(code), in_short(label))
        return made

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The definitions, one row an indicator and observatory."""
        rows = [{**row, "observatoire": m.name} for m in self.members for row in m.definitions]
        return disarmed(pd.DataFrame(rows))

    @property
    def df(self) -> pd.DataFrame:
        """Every figure, with the French columns of the packages and ``observatoire`` first.

        What packages would give away together is hidden here as on pages.
        """
        return self._kept(self.engine.ask("figures_of", indicateur=""))

    def rejected(self) -> pd.DataFrame:
        """List the packages that were refused, with the reason: ``place``, ``reason``."""
        return pd.DataFrame(list(self.refused), columns=["place", "reason"])

    def table(self, indicator: str) -> pd.DataFrame:
        """Return the figures of one indicator, all observatories together.

        Raises
        ------
        UnknownNameError
            When no package gives it.
        """
        code = self._code(indicator, 'f.table("part_hlm")')
        return self._kept(self.engine.ask("figures_of", indicateur=code))

    def common(self) -> list[str]:
        """Return the indicators that every observatory gives with the same definition, universe and unit."""
        return common_codes(self.indicators, len(self.members))

    def inventory(self) -> pd.DataFrame:
        """Say who observes what, where, at which scale and rhythm.

        Returns
        -------
        DataFrame
            One row an indicator, observatory and zoning: ``thematique``, ``libelle``, how many
            territories and of them known, the first and last period, how many, the ``rythme``, and
            the ``lacunes``: the periods that others have and this one lacks.
        """
        return self._inventory.copy()

    def verdicts(self) -> pd.DataFrame:
        """Say whether two producers' indicators may stand side by side: oui, avec précaution, non.

        Returns
        -------
        DataFrame
            One row a pair of observatories and an indicator of the same code or label, with the
            ``verdict`` and its ``motif``.
        """
        return spelled(self._verdicts)

    def conflicts(self) -> pd.DataFrame:
        """List the same things counted differently, with the difference against their bounds.

        Returns
        -------
        DataFrame
            One row a question and two members, with ``ecart`` and whether their bounds explain it:
            ``oui``, ``non``, ``inconnu`` where a precision is not known, ``sans objet``. Neither figure is
            shown where one is hidden.
        """
        found = self._conflicts
        withheld = self._hidden(found)
        dark = withheld | (found["statut_a"] == _SECRET) | (found["statut_b"] == _SECRET)
        both = withheld & (found["statut_a"] != _SECRET) & (found["statut_b"] != _SECRET)
        return found.assign(
            **{name: found[name].mask(dark) for name in ("valeur_a", "valeur_b", "ecart")},
            explique=found["explique"].mask(both, "sans objet"),
            motif=found["motif"].mask(
                both, "Ces chiffres, réunis, dévoileraient un effectif masqué"
            ),
        )

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
            hides stays hidden, even where another prints it, and so does what would give it away: see
            :meth:`audit`.

        Raises
        ------
        UnknownNameError
            When no package has figures of it, with the nearest that is known.
        """
        code = "" if indicator is None else self._code(indicator, 'f.values("part_hlm")')
        when = one_period(period)
        where = "" if zoning is None else self._among("zonage", zoning)
        dated = "" if when is None else self._among("periode", str(when))
        return self._kept(self.engine.ask("values", indicateur=code, zonage=where, periode=dated))

    def audit(self) -> pd.DataFrame:
        """Say which counts the packages give away together, though each is safe alone.

        Returns
        -------
        DataFrame
            One row a hidden count that all the packages together find or bound under its
            threshold: who hides it, from what it is drawn (``retrouve_par``), and what should be
            withheld by whom (``a_retirer``). Empty when nothing is.
        """
        from observatoire.exchange.federation.joint.system import Federated
        from observatoire.exchange.federation.joint_suppression import (
            DISCLOSURE_COLUMNS,
            joint_disclosures,
        )

        # What ties counts is of one year: memory is that of one, however many there are.
        federated = Federated.of(self.members)
        found = [joint_disclosures(federated, counts) for counts in self._counts_by_year()]
        return pd.concat([pd.DataFrame(columns=list(DISCLOSURE_COLUMNS)), *found]).reset_index(
            drop=True
        )

    def _counts_by_year(self) -> Iterator[pd.DataFrame]:
        """Read the figures that an audit weighs, a year at a time."""
        for year in sorted({period[:4] for period in self._observed["periode"].unique()}):
            counts = self.engine.ask("counts", annee=year, indicateurs="")
            same = counts["periode"].str[:4] == year
            same &= counts["observatoire"].isin(self.observatories)  # not of those who left
            yield counts if same.all() else counts[same]

    @cached_property
    def _suppression(self) -> JointSuppression:
        from observatoire.exchange.federation.joint_suppression import JointSuppression

        return JointSuppression((*self.members, *self.former), self.engine)

    def _withheld(self, codes: set[str], periods: set[str]) -> set[tuple[str, str, str, str]]:
        """Return what must not be shown of indicators and periods; say once if some of it is not proven."""
        if changed := [each.name for each in (*self.members, *self.former) if each.changed]:
            raise FileError(
                f"Un paquet a changé depuis qu’il a été vérifié\u00a0: {enumerate_words(changed, most=3)}.",
                why="Ce qui était à masquer n’est plus ce qu’on sait devoir l’être.",
                remedy="Relancez la fédération : elle le revérifie.",
            )
        found = self._suppression.withheld(codes, periods)
        if self._suppression.unproven and _UNPROVEN not in self.warnings:
            self.warnings = (*self.warnings, _UNPROVEN)
        return found

    def _hidden(self, frame: pd.DataFrame) -> pd.Series:
        """Say which rows are of figures that must not be shown."""
        withheld = self._withheld(
            *(set(frame[name].unique()) for name in ("indicateur", "periode"))
        )
        texts = (frame[name].to_numpy(dtype=object) for name in FIGURE_KEY if withheld)
        keys = zip(*texts, strict=True)
        dark = [key in withheld for key in keys] or [False] * len(frame)
        return pd.Series(dark, index=frame.index, dtype="bool")

    def _kept(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows of figures, those that must not be shown emptied."""
        dark = self._hidden(frame) & ~frame["statut"].isin((_SECRET, _MISSING))
        if not dark.any():
            return frame
        from observatoire.secrecy.release.protected_table import HIDDEN_REASON

        words = _WITHHELD | {"motif": HIDDEN_REASON}
        said = {name: word for name, word in words.items() if name in frame}
        return frame.assign(**{name: frame[name].mask(dark, word) for name, word in said.items()})

    def close(self) -> None:
        """Let go of the files, and remove the copies of archives and addresses."""
        self.engine.close()
        if self.copies is not None:
            self.copies.cleanup()

    @cached_property
    def _observed(self) -> pd.DataFrame:
        return self.engine.ask("inventory")

    @cached_property
    def _inventory(self) -> pd.DataFrame:
        return inventory_rows(self._observed, self.indicators)

    @cached_property
    def _conflicts(self) -> pd.DataFrame:
        return conflict_rows(self.engine.ask("conflicts"), self._verdicts)

    @cached_property
    def _verdicts(self) -> pd.DataFrame:
        return verdict_rows(self._observed, self.indicators, self.observatories)

    def _called_in(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows with what zonings and headings are called, instead of their codes."""
        named = {"zonage": self.zonings, "thematique": self.themes}
        return frame.assign(
            **{
                column: [labels.get(code, code) for code in frame[column]]
                for column, labels in named.items()
                if column in frame
            }
        )

    def _among(self, column: str, given: str) -> str:
        """Return a zoning or a period of which some package has figures, or refuse it."""
        known = sorted(set(self._observed[column]))
        check_known(given, known, f"Aucun paquet n’a de chiffre pour « {given} ».")
        return given

    def _code(self, indicator: str, example: str) -> str:
        known = sorted(set(self.indicators.get("indicateur", ())))
        code = one_name(indicator, "un indicateur", example)
        check_known(code, known, f"Aucun paquet ne donne « {code} ».")
        return code
