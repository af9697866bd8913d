"""Profiles: what is known of one territory on one page, in its place among the others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from observatoire.errors.arguments import names_in, one_name, one_period
from observatoire.observatory.session import Audience, today
from observatoire.observatory.tables import Tables
from observatoire.values import few_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.pages.sheet import Sheet
    from observatoire.panels.drawings.bearings import Bearings, Course
    from observatoire.panels.profile import Entry, ProfileContent
    from observatoire.panels.watch import Local
    from observatoire.secrecy.release.protected_table import ProtectedTable


class Profiles(Tables):
    """Profiles: what is known of one territory on one page, in its place among the others."""

    @few_rows
    def profile(
        self, territory: str, *, zoning: str | None = None, audience: Audience = "interne"
    ) -> Sheet:
        """Show what is known of one territory on one page.

        Parameters
        ----------
        territory : str
            By code or by name; territories that share one source share a page.
        zoning, audience : str, optional
            As :meth:`table`.

        Examples
        --------
        >>> import observatoire as obs
        >>> o = obs.demo()
        >>> o.profile("Vieux-Pont").page.title
        'Centre-ancien, Vieux-Pont, Bas-Mission et Petit-Manoir'
        >>> o.close()
        """
        from observatoire.panels.profile import entries

        where = self._zoning(zoning)
        named = one_name(territory, "un territoire", 'o.profile("Dillon")')
        code = self._gazetteer.code(where, named)
        content = self._profile_content(where, audience)
        return self._profile_sheet(entries(content, code), content, audience)

    @few_rows
    def profiles(self, *, zoning: str | None = None, audience: Audience = "interne") -> Sheet:
        """Show the profiles of all territories, a page each; ``.save("fiches.pdf")`` writes them.

        Parameters
        ----------
        zoning, audience : str, optional
            As :meth:`table`.
        """
        from observatoire.panels.profile import entries

        content = self._profile_content(self._zoning(zoning), audience)
        return self._profile_sheet(entries(content), content, audience)

    def _profile_sheet(
        self, found: list[Entry], content: ProfileContent, audience: Audience
    ) -> Sheet:
        from observatoire.pages.sheet import Sheet
        from observatoire.panels.profile import profiles_page

        table = content.bearings.table
        main = table.zoning == self.workspace.main_zoning
        local = self._local(audience).blocks if main else (lambda _: [])
        page = profiles_page(found, content, local, today(), self.workspace.name)
        codes = [code for theme in content.themes for code in theme.profile]
        earlier = (*content.bearings.earlier, *self._inquiry(audience).asked.tables)
        return Sheet(page, table.select(codes).with_others(*earlier))

    def _profile_content(
        self, where: str, audience: Audience, table: ProtectedTable | None = None
    ) -> ProfileContent:
        """Gather what profiles are made of, once for those who read; ``table`` when it is there already."""
        from observatoire.panels.profile import Aims, ProfileContent

        self._ensure_loaded()
        names = self._gazetteer
        return self._once(
            f"profiles of {where}",
            audience,
            lambda: ProfileContent(
                self._bearings(where, audience, table=table),
                names.identities(where),
                list(self.catalogue.themes.values()),
                names.base_map(where),
                Aims(self._inquiry(audience).aims(), partial(names.wholes, where)),
            ),
        )

    def _bearings(
        self,
        where: str,
        audience: Audience,
        codes: Sequence[str] = (),
        period: int | str | None = None,
        compare: Sequence[str] | None = None,
        table: ProtectedTable | None = None,
    ) -> Bearings:
        """Place figures of a zoning: the latest of each indicator, and those of earlier dates."""
        from observatoire.panels.drawings.bearings import Bearings

        periods = self._context.periods_reaching(where)
        shown = codes or [c for theme in self.catalogue.themes.values() for c in theme.profile]
        dated = {c: periods[c] for c in shown if len(periods[c]) > 1 and period is None}
        main = where == self.workspace.main_zoning
        against = [*self._first, *self._whole] if compare is None else compare
        before = {code: each[:-1] for code, each in dated.items()}
        return Bearings(
            table.judged_against(against)
            if table is not None
            else self.table(
                codes or [indicator.code for indicator in self.catalogue],
                where,
                period,
                against,
                audience=audience,
            ),
            self._gazetteer.communes(where),
            (self._computed(list(before), where, before, (), audience=audience),) if before else (),
            self._courses(dated),
            self._local(audience).watched if main else {},
        )

    def _courses(self, dated: Mapping[str, tuple[str, ...]]) -> dict[str, Course]:
        """Say of indicators that have several dates which of them compare."""
        from observatoire.panels.drawings.bearings import course_of

        return {
            code: course_of(self.catalogue.get(code), when, self.series.broken, self.series.refusal)
            for code, when in dated.items()
            if len(when) > 1
        }

    def _picture(
        self,
        kind: str,
        theme: str | None,
        indicators: Sequence[str],
        period: int | str | None,
        compare: Sequence[str] | None,
        zoning: str | None,
        audience: Audience,
    ) -> Sheet:
        """Return the page of a panel drawn, of a theme, of some indicators or of all."""
        from observatoire.annex.completeness import completeness_blocks
        from observatoire.pages.blocks import Page
        from observatoire.pages.sheet import Sheet
        from observatoire.panels.drawings.matrices import plot_matrix
        from observatoire.panels.drawings.pages import picture_page, require_kind

        require_kind(kind)
        where = self._zoning(zoning)
        asked = names_in(indicators, "indicateurs", 'indicators=["part_hlm"]')
        chosen = [self.catalogue.theme(theme)] if theme else list(self.catalogue.themes.values())
        # Set side by side, what is of another size tells nothing: a count only tells it.
        relative = kind in ("compare", "tartan")
        of_themes = {
            each.label: [
                indicator.code
                for indicator in self.catalogue.of_theme(each.code)
                if not (relative and indicator.nature.additive)
            ]
            for each in chosen
        }
        kept = {label: codes for label, codes in of_themes.items() if codes or not relative}
        themes = {"Indicateurs choisis": asked} if asked else kept
        codes = [code for each in themes.values() for code in each]
        if kind == "completeness":
            table = self.table(codes, where, period, audience=audience)
            blocks = tuple(completeness_blocks(table))
            page = Page("Complétude", table.zoning_label, blocks, today(), self.workspace.name)
            communes = self._gazetteer.communes(where)
            return Sheet(page, table, drawn=partial(plot_matrix, table, page.title, communes))
        self._ensure_loaded()
        bearings = self._bearings(where, audience, codes, one_period(period), compare)
        identities = self._gazetteer.identities(where)
        return picture_page(kind, bearings, identities, themes, today(), self.workspace.name)

    @property
    def _first(self) -> list[str]:
        """The comparator that profiles set figures beside."""
        return [one.code for one in self.workspace.on_profiles[:1]]

    @property
    def _whole(self) -> list[str]:
        """The comparator that holds all territories, where the workspace has one."""
        found = (
            code
            for code, one in self.workspace.comparators.items()
            if one.zoning and one.panel and len(self._context.names(one.zoning)) == 1
        )
        return [code for code in list(found)[:1] if code not in self._first]

    def _local(self, audience: Audience) -> Local:
        """Return what is watched, written and done in each territory."""
        from observatoire.panels.watch import Local

        inquiry = self._inquiry(audience)
        return self._once(
            "local",
            audience,
            lambda: Local(
                inquiry.signals(self._watches),
                self._public_notes(audience),
                inquiry.actions,
                self.catalogue.indicators,
                self.workspace.main_zoning,
            ),
        )
