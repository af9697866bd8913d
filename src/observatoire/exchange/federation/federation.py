"""Several observatories as one: who observes what, what agrees, what may stand side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import pandas as pd

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import names_in, one_name, one_period, suggestion
from observatoire.exchange.federation.comparability import (
    conflict_rows,
    inventory_rows,
    verdict_rows,
)
from observatoire.exchange.federation.joint_disclosure import joint_disclosures
from observatoire.exchange.federation.joint_suppression import withheld_figures
from observatoire.exchange.federation.views.figures import Answers, protected_answers
from observatoire.exchange.federation.views.ground import zone_rows
from observatoire.exchange.federation.views.inventory import inventory_page
from observatoire.exchange.federation.views.sheets import (
    federation_map,
    federation_panel,
    holders,
    shared_period,
    shared_zoning,
    sheet_without_figures,
)
from observatoire.exchange.publication.figures import disarmed
from observatoire.french.typography import day
from observatoire.maps import MapStyle
from observatoire.sources.descriptors.agreement import current_day

if TYPE_CHECKING:
    import tempfile
    from collections.abc import Collection, Sequence

    import geopandas as gpd

    from observatoire.exchange.federation.engine import Engine
    from observatoire.exchange.federation.verification import Member
    from observatoire.pages.sheet import Sheet

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
    _secret: dict[str, set[tuple[str, str, str, str]]] = field(
        init=False, repr=False, default_factory=dict
    )

    @property
    def observatories(self) -> tuple[str, ...]:
        """The members, in order of precedence."""
        return tuple(member.name for member in self.members)

    @property
    def titles(self) -> dict[str, str]:
        """What each member is called, by its name: its package's title, where no other has the same."""
        told = [str(member.descriptor.get("title") or "").strip() for member in self.members]
        named = zip(self.observatories, told, strict=True)
        return {name: title if title and told.count(title) == 1 else name for name, title in named}

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
        return self._inventory.copy()

    def inventory_page(self) -> Sheet:
        """Show the inventory: a grid indicators by members, a box a year, then the table.

        Full boxes are years observed, hollow ones years that another has and this one lacks; the last
        column gives the gravest verdict on those that observe it. Beyond eight members, or
        a hundred rows, the grid is members by headings; the table has every row.

        Examples
        --------
        >>> import tempfile
        >>> import observatoire as obs
        >>> f = obs.federate(obs.demo_packages(tempfile.mkdtemp()))
        >>> f.inventory_page().page.title
        'Inventaire de la fédération'
        >>> f.close()
        """
        page = inventory_page(
            self._observed,
            self._inventory,
            self._verdicts,
            self.titles,
            self.common(),
            day(current_day()),
        )
        return sheet_without_figures(page)

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
        return self._conflicts.copy()

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
        return joint_disclosures(self.members, self.engine.ask("counts", periode=""))

    def panel(
        self,
        theme: str | None = None,
        period: int | str | None = None,
        *,
        indicators: Sequence[str] = (),
        zoning: str | None = None,
    ) -> Sheet:
        """Show the figures of a heading, territories in rows, under whose figures they bear.

        Each figure is that of :meth:`values`; one that may not stand beside the first member's is left
        out with the reason, one that :meth:`audit` says to withhold is hidden.

        Parameters
        ----------
        theme : str, optional
            A heading of the packages; or give ``indicators``; all of them by default.
        period : int or str, optional
            By default, of each indicator, the latest of the periods that the most members have.
        indicators : sequence of str
            Codes, instead of a theme.
        zoning : str, optional
            The one that the most members call theirs, or else observe, by default.

        Raises
        ------
        UnknownNameError
            When no package gives what is asked for.
        SecrecyError
            When the packages give a count away that nothing withheld would protect.

        Examples
        --------
        >>> import tempfile
        >>> import observatoire as obs
        >>> f = obs.federate(obs.demo_packages(tempfile.mkdtemp()))
        >>> f.panel("aides").page.title
        'Aides'
        >>> f.close()
        """
        asked = names_in(indicators, "indicateurs", 'indicators=["part_hlm"]')
        codes = [self._code(each, 'f.panel(indicators=["part_hlm"])') for each in asked]
        found = self._answers(codes or self._of_theme(theme), period, zoning)
        groups = holders(found.rows, self.titles)
        table = protected_answers(found, self._said)
        return federation_panel(table, groups, theme or "", day(current_day()))

    def map(
        self,
        indicator: str,
        period: int | str | None = None,
        *,
        zoning: str | None = None,
        classes: str | Sequence[float] = "jenks",
        k: int = 4,
        kind: Literal["map", "tiles", "both"] = "map",
    ) -> Sheet:
        """Show one indicator on a map, on the zones that the packages give.

        Parameters
        ----------
        indicator : str
            Its code.
        period, zoning
            As :meth:`panel`, which says too what is shown and what is not.
        classes, k, kind
            As ``o.map``.

        Raises
        ------
        UnknownNameError
            On an unknown name, method or kind.
        GeometryError
            When no package gives the outlines.
        SecrecyError
            As :meth:`panel`.
        """
        style = MapStyle(classes, k, "value", kind)
        style.cut([0.0], 0)  # classes are refused before anything is asked
        found = self._answers([self._code(indicator, 'f.map("part_hlm")')], period, zoning)
        groups = holders(found.rows, self.titles)
        table = protected_answers(found, self._said)
        return federation_map(table, self._zones, groups, style, day(current_day()))

    def _answers(
        self, codes: Sequence[str], period: int | str | None, zoning: str | None
    ) -> Answers:
        """Return what is shown of some indicators, with what must be withheld of it."""
        observed = self._observed
        mains = [str(member.descriptor["observatoire"].get("zonage")) for member in self.members]
        where = self._among("zonage", zoning) if zoning else shared_zoning(observed, codes, mains)
        when = one_period(period)
        given = "" if when is None else self._among("periode", str(when))
        periods = {code: given or shared_period(observed, code, where) for code in codes}
        rows = [
            self.engine.ask("values", indicateur=code, zonage=where, periode=each)
            for code, each in periods.items()
            if each
        ]
        values = pd.concat(
            rows or [self.engine.ask("values", indicateur=codes[0], zonage="?", periode="?")]
        )
        zones = self._zones[self._zones["zonage"] == where]
        names = dict(zip(zones["territoire"], zones["nom"], strict=True))
        names |= dict(zip(values["territoire"], values["nom"], strict=True))
        groups = holders(values, self.titles)
        return Answers(
            rows=values,
            definitions=self.indicators,
            verdicts=self._verdicts,
            titles=self.titles,
            names={
                code: names[code] for code in sorted(names, key=lambda c: (groups.get(c, "~"), c))
            },
            zoning=where,
            periods=periods,
            withheld=self._withheld({each for each in periods.values() if each}),
        )

    def _withheld(self, periods: Collection[str]) -> set[tuple[str, str, str, str]]:
        """Return what the pages of some periods must not show, found once a period."""
        for each in sorted(set(periods) - set(self._secret)):
            figures = self.engine.ask("counts", periode=each)
            self._secret[each] = withheld_figures(self.members, figures)
        return set().union(*(self._secret[each] for each in periods))

    @cached_property
    def _zones(self) -> gpd.GeoDataFrame:
        return zone_rows(self.members)

    @cached_property
    def _said(self) -> tuple[str, ...]:
        """What a page of it must say: of agreements, and what each package warns of."""
        told = (member.descriptor.get("avertissements") for member in self.members)
        warned = [str(each) for texts in told if isinstance(texts, list) for each in texts]
        return tuple(dict.fromkeys([*self.warnings, *warned]))

    def _of_theme(self, theme: str | None) -> list[str]:
        """Return the indicators of a heading, or all of them."""
        once = self.indicators.drop_duplicates("indicateur")
        if theme is None:
            return list(once["indicateur"])
        known = sorted(set(once["thematique"]))
        if theme not in known:
            raise UnknownNameError(
                f"Aucun paquet n’a de thématique « {theme} ».",
                remedy=suggestion(str(theme), known),
                name=str(theme),
            )
        return list(once.loc[once["thematique"] == theme, "indicateur"])

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
