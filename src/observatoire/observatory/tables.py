"""What may be asked: tables, passages, versions of a zoning, the audit."""

from __future__ import annotations

import warnings
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from observatoire.errors.arguments import check_known, names_in, one_period
from observatoire.observatory.ingestion import Ingestion
from observatoire.values import few_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from observatoire.observatory.session import Audience
    from observatoire.panels.assessment import Inquiry
    from observatoire.passage import Comparability, Passage, Vintage
    from observatoire.secrecy.release.protected_table import ProtectedTable


class Tables(Ingestion):
    """What may be asked: tables, passages, versions of a zoning, the audit."""

    def table(
        self,
        indicators: str | Sequence[str],
        zoning: str | None = None,
        period: int | str | None = None,
        compare: Sequence[str] = (),
        *,
        territories: Sequence[str] = (),
        precision: Literal["declared", "all", "none"] = "declared",
        audience: Audience = "interne",
    ) -> ProtectedTable:
        """Compute indicators on a zoning, and protect them.

        Parameters
        ----------
        indicators : str or sequence of str
            Codes of the catalogue.
        zoning : str, optional
            The workspace's main zoning by default.
        period : int or str, optional
            The latest of each indicator by default.
        compare : sequence of str
            Comparators of ``observatoire.toml``, for instance ``["commune", "quartiers"]``, or
            other territories of the zoning, by name: ``.differences`` then has every difference
            with its interval and its verdict.
        territories : sequence of str
            Codes or names; all by default.
        precision : {"declared", "all", "none"}
            Sampling intervals of the sources that declare one, of exhaustive sources too, or none.
        audience : {"interne", "partenaires", "public"}
            For whom: a figure that an agreement keeps for a narrower circle, or that is out of its
            dates, is left out with the reason.

        Returns
        -------
        ProtectedTable
            ``.df`` is tidy; ``.gdf`` adds the geometry.

        Raises
        ------
        UnknownNameError
            On an unknown indicator, zoning, period, comparator or territory.
        """
        when = one_period(period)
        return self._computed(
            names_in(indicators, "indicateurs", 'o.table("part_hlm")'),
            zoning or self.workspace.main_zoning,
            when,
            names_in(compare or (), "comparateurs", 'compare=["commune"]'),
            names_in(territories or (), "territoires", 'territories=["Dillon"]'),
            precision,
            audience,
        )

    @few_rows
    def _computed(
        self,
        codes: Sequence[str],
        where: str,
        when: str | Mapping[str, Sequence[str]] | None,
        compare: Sequence[str],
        territories: Sequence[str] = (),
        precision: Literal["declared", "all", "none"] = "declared",
        audience: Audience = "interne",
        beside: Sequence[str] = (),
    ) -> ProtectedTable:
        """Compute and protect; each indicator in its own periods where ``when`` is a mapping."""
        from observatoire.indicators.query import answer
        from observatoire.observatory.display import TableDisplay
        from observatoire.secrecy.release.agreements import withhold
        from observatoire.secrecy.release.protected_table import protect_table

        self.workspace.zoning(where)
        compared = [self._gazetteer.comparator(where, name) for name in compare]
        chosen = [self._gazetteer.code(where, name) for name in territories]
        self._ensure_loaded()
        decision = self._decision()  # first: what is computed then rests on what it rests on
        computed = answer(
            self._context,
            codes,
            where,
            period=when,
            compare=compared,
            beside=[self._gazetteer.comparator(where, name) for name in beside],
            territories=chosen,
            precision=precision,
            kept=self._kept_answers,
        )
        allowed = withhold(computed, self._gate(audience))
        gazetteer = self._gazetteer  # of now: what is loaded later moves no shape of this table
        made = protect_table(allowed, lambda: gazetteer.shapes, decision, self._output_check)
        return made.shown_by(TableDisplay(gazetteer.communes(where)))

    def _asked(
        self, zoning: str, when: Mapping[str, Sequence[str]], audience: Audience
    ) -> ProtectedTable:
        """Answer an evaluation, which knows its words."""
        return self._computed(list(when), zoning, when, (), audience=audience)

    def passages(self) -> pd.DataFrame:
        """List the passages kept: zonings, method, parameters, date, number of links."""
        from observatoire.warehouse.storage.passages import list_passages

        self._ensure_loaded()
        self._kept_answers.written_once("passages", self._keep_passages)
        return list_passages(self.warehouse)

    def _keep_passages(self) -> None:
        for zoning in self.workspace.zonings:
            self._context.routes(zoning)  # what figures use is kept when first used

    def passage(  # noqa: PLR0913 - one keyword a parameter of a method
        self,
        source: str,
        target: str,
        method: Literal["area", "support", "density"] | None = None,
        *,
        support: str | Path | None = None,
        weight: str = "ind",
        ratio: float | None = None,
        learn: str = "",
        learn_on: str = "",
        calibrate: str = "",
        period: int | str = "",
        sliver: float = 0.0,
    ) -> Passage:
        """Return the passage between two zonings: the one in use, or one made by a method.

        Parameters
        ----------
        source, target : str
            Zonings.
        method : {"area", "support", "density"}, optional
            How to share sources between real perimeters; kept in the warehouse, and reused while
            nothing it rests on has changed. Without it, the passage that figures already use.
        support, weight : path, str
            For ``support``: a layer, or a csv of Insee cells, and its column of people.
        ratio : float
            For ``density``: how many times as dense the inside of a target is.
        learn, learn_on : str
            For ``density`` without a ratio: the count of the catalogue to learn it from, and the
            zoning on which it is published (the target by default).
        calibrate : str
            A count of the catalogue whose totals, published on the target, the weights restore.
        period : int or str
            Of both counts; the latest published by default.
        sliver : float
            Share of a territory below which an overlap is skipped: 0.01 suits layers digitised
            apart.

        Returns
        -------
        Passage
            ``.to_frame()`` is its table de passage.

        Raises
        ------
        SchematicGeometryError
            When a method is asked between drawings.
        PassageError
            When no passage leads from one to the other.
        """
        from observatoire.workspace.model import PASSAGE_METHODS, PassageRecipe

        self._ensure_loaded()
        if method is None:
            return self._context.passage(source, target)
        check_known(method, PASSAGE_METHODS, f"La méthode de passage « {method} » n’existe pas.")
        recipe = PassageRecipe(
            source,
            target,
            method=method,
            support=self._locate(support) if support is not None else None,
            weight=weight,
            ratio=ratio,
            learn=learn,
            learn_on=learn_on,
            calibrate=calibrate,
            period=str(period),
            sliver=sliver,
        )
        return self._context.book.make(recipe)

    def calibrate(
        self, zoning: str, source: str | None = None, indicators: str | Sequence[str] = ()
    ) -> pd.DataFrame:
        """Learn how a part of a territory goes with its whole, from what is published here of both.

        Written in ``calibration.toml`` of the workspace, and used from now on before what the library
        carries: where ``model = "part"`` is declared, what a table of links leaves open is foretold.

        Parameters
        ----------
        zoning : str
            Whose figures are published: the quartiers prioritaires of a town, for instance.
        source : str, optional
            The zoning that holds them, the one that most of them lie in by default; only those that
            lie in one of its territories teach.
        indicators : str or sequence of str
            Codes of the catalogue; all by default.

        Returns
        -------
        DataFrame
            A row an indicator: period, how many territories taught, the share of them that the
            intervals at 80 and 95 % held when each was left out, and why one taught nothing.

        Raises
        ------
        PassageError
            When fewer than ten territories have figures on both sides.
        """
        from observatoire.indicators.lessons import learn_parts, write_calibrations

        self._ensure_loaded()
        named = names_in(
            indicators, "indicateurs", 'o.calibrate("qpv-2015", indicators=["population"])'
        )
        codes = [self.catalogue.get(code).code for code in named]
        found, said = learn_parts(self._context, zoning, source, codes, self.today())
        write_calibrations(self._context, found)
        self._drop_remembered()
        return said

    def vintage(self, codes: Iterable[str]) -> Vintage:
        """Say from which zoning of the workspace a list of codes comes.

        Parameters
        ----------
        codes : iterable of str
            Official codes, as text.

        Returns
        -------
        Vintage
            ``name``, ``ties`` (what fits as well), ``unknown``, ``table`` and a ``sentence``.
        """
        from observatoire.indicators.zoning_versions import vintage_of

        return vintage_of(self._context, codes)

    def changes(self, before: str, after: str) -> pd.DataFrame:
        """List the territories deleted, created or altered between two zonings.

        Returns
        -------
        DataFrame
            ``code``, ``change``, ``moved``: the share that moved, blank when one of the two
            zonings is only drawn.
        """
        from observatoire.indicators.zoning_versions import changes_between

        return changes_between(self._context, before, after)

    def comparability(
        self, before: str, after: str, indicator: str = "population", period: int | str = ""
    ) -> Comparability:
        """Say whether figures on two zonings compare, by the population they have in common.

        Parameters
        ----------
        before, after : str
            Zonings.
        indicator : str
            The count of the catalogue that says where people live.
        period : int or str
            The latest published on the first zoning by default.

        Returns
        -------
        Comparability
            ``verdict``, ``common`` (0 to 1), ``table`` and a ``sentence``.
        """
        from observatoire.indicators.zoning_versions import comparability_of

        self._ensure_loaded()
        return comparability_of(self._context, before, after, indicator, str(period))

    def audit(self) -> pd.DataFrame:
        """Say what an attacker could still work out of the hidden counts.

        Over every zoning and period at once, and all that this workspace ever published.

        Returns
        -------
        DataFrame
            One row a hidden count: ``low``, ``high``, ``width``, ``threshold``, ``safe``,
            ``already_public`` and, where it is not safe, ``found_by``: the sums that give it away.

        Warns
        -----
        UserWarning
            Where nothing says of how many a figure speaks that is lent without its counts, with what to declare.
        """
        from observatoire.secrecy.plan.joint_audit import audit_plan
        from observatoire.secrecy.release.audit_report import sentences_of_universes

        self._ensure_loaded()
        plan = self._plan()
        judged, unjudged = (
            [self.catalogue.get(code).label for code in sorted(codes)]
            for codes in (plan.unsaid, plan.unjudged)
        )
        for sentence in sentences_of_universes(judged, unjudged):
            warnings.warn(sentence, stacklevel=2)
        return audit_plan(plan)

    def _inquiry(self, audience: Audience) -> Inquiry:
        """Return what computes the tables of an evaluation, for those who read."""
        from observatoire.panels.assessment import Inquiry, Places
        from observatoire.secrecy.release.asked_tables import AskedTables
        from observatoire.secrecy.release.public_notes import let_out

        gate = self._gate(audience)  # refuses an unknown audience
        places = Places(self._gazetteer.commune_codes, self._gazetteer.commune_zoning)
        return self._once(
            "inquiry",
            audience,
            lambda: Inquiry(
                self._context,
                AskedTables(partial(self._asked, audience=audience)),
                places,
                self.series.refusal,
                partial(let_out, gate=gate),
            ),
        )

    @cached_property
    def _definitions(self) -> ProtectedTable:
        """Definitions and warnings, for the pages that lay out figures of several tables."""
        from observatoire.secrecy.release.protected_table import protect_table

        blank = self._context.blank(self.workspace.main_zoning)
        return protect_table(blank, None, self._decision(), self._output_check)

    def _everything(self, audience: Audience) -> ProtectedTable:
        """Every indicator at its latest period, with every comparator, for those who read."""
        from observatoire.secrecy.release.agreements import require_circulating

        require_circulating(audience)
        codes, compared = [i.code for i in self.catalogue], list(self.workspace.standing)
        return self._once(
            "everything", audience, lambda: self.table(codes, compare=compared, audience=audience)
        )

    def _before(self, latest: ProtectedTable, audience: Audience) -> list[ProtectedTable]:
        """Return what indicators were before, in one table; none where nothing has two periods."""
        compared, known = list(self.workspace.standing), self._context.periods()
        when = {code: known[code][:-1] for code in latest.indicators if known[code][:-1]}
        if not when:
            return []
        zoning = latest.zoning
        return [self._computed(list(when), zoning, when, (), audience=audience, beside=compared)]
