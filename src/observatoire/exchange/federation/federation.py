"""Several observatories as one: who observes what, what agrees, what may stand side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from observatoire.errors.arguments import one_name, one_path
from observatoire.exchange.federation.views.site_figures import SiteFigures
from observatoire.french.calls import in_french
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from observatoire.pages.blocks import Block
    from observatoire.pages.sheet import Sheet


@in_french("f")
@dataclass(eq=False)
class Federation(SiteFigures):
    """Figures of several observatories, read where their packages lie; each row says whose it is.

    ``observatories`` are the members in order of precedence; ``indicators`` the definitions, one row
    an indicator and observatory; ``warnings`` say what agreements keep back, and for whom the rest is;
    ``title`` is what ``federation.toml`` calls it.
    """

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
        from observatoire.exchange.federation.views.inventory import inventory_page

        return inventory_page(
            self._called_in(self._observed),
            self._called_in(self._inventory),
            self._verdicts,
            self.titles,
            self.common(),
            self._imprint.date,
        )

    def panel(
        self,
        theme: str | None = None,
        period: int | str | None = None,
        *,
        kind: Literal["theme", "tartan", "compare", "evolution"] = "theme",
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
        kind : {"theme", "tartan", "compare", "evolution"}
            The table; or all indicators by all sites, sites from the highest to the lowest, each
            indicator over its dates. Dates of one site that two members answer are not joined, nor those
            that no package declares comparable.
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
        'Aides et accompagnement'
        >>> f.close()
        """
        from observatoire.exchange.federation.views.sites import sites_sheet
        from observatoire.indicators.definitions.catalogue import Theme
        from observatoire.panels.drawings.pages import require_kind
        from observatoire.panels.panel import panel_page

        require_kind(kind, ("theme", "tartan", "compare", "evolution"))
        codes = self._asked(indicators, 'f.panel(indicators=["part_hlm"])', theme)
        if kind != "theme":
            bearings = self._bearings(codes, period, zoning, followed=kind == "evolution")
            return sites_sheet(kind, bearings, self._headings, self._imprint)
        table, groups = self._shown(codes, period, zoning)
        heading = Theme(code=theme, label=self._headings.get(theme, theme)) if theme else None
        return panel_page(table, groups, heading, self._imprint.date, self._imprint.place)

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
        from observatoire.exchange.federation.views.ground import federation_map
        from observatoire.maps import MapStyle

        style = MapStyle(classes, k, "value", kind)
        style.cut([0.0], 0)  # classes are refused before anything is asked
        code = self._code(indicator, 'f.map("part_hlm")')
        table, groups = self._shown([code], period, zoning)
        return federation_map(table, self._zones, groups, style, self._imprint)

    def profile(self, territory: str, *, zoning: str | None = None) -> Sheet:
        """Show one site on a page: what is known of it, by whom, and between which figures those of others stand.

        Parameters
        ----------
        territory : str
            Its code or its name.
        zoning : str, optional
            As :meth:`panel`.

        Raises
        ------
        UnknownNameError
            When no site has that name.
        SecrecyError
            As :meth:`panel`.

        Examples
        --------
        >>> import tempfile
        >>> import observatoire as obs
        >>> f = obs.federate(obs.demo_packages(tempfile.mkdtemp()))
        >>> f.profile("Nulle part")
        Traceback (most recent call last):
        observatoire.errors.exceptions.UnknownNameError: Aucun site de la fédération ne s’appelle...
        >>> f.close()
        """
        from observatoire.exchange.federation.views.sites import site_sheet

        named = one_name(territory, "un territoire", 'f.profile("Dillon")')
        bearings = self._bearings(self._of_theme(None), None, zoning)
        ground = self._ground(bearings.table.zoning)
        return site_sheet(bearings, ground, self._headings, named, self._imprint)

    def atlas(
        self, path: str | Path, *, indicators: Sequence[str] = (), zoning: str | None = None
    ) -> Path:
        """Write the atlas of the sites: one page that works without network, every figure at every date.

        Parameters
        ----------
        path : str or Path
            An ``.html`` file.
        indicators : sequence of str
            Codes; all of them by default.
        zoning : str, optional
            As :meth:`panel`.

        Raises
        ------
        FormatError
            On another suffix.
        UnknownNameError
            When no package gives what is asked for.
        SecrecyError
            As :meth:`panel`.
        """
        from observatoire.exchange.federation.views.sites import sites_atlas
        from observatoire.pages.sheet import write_out, writer_of
        from observatoire.panels.atlas import write_atlas

        target = one_path(path, 'f.atlas("atlas.html")')
        writer_of(target, [".html"])
        codes = self._asked(indicators, 'f.atlas("atlas.html", indicators=["part_hlm"])')
        bearings = self._bearings(codes, None, zoning)
        ground = self._ground(bearings.table.zoning)
        content = sites_atlas(bearings, ground, self._headings, self._imprint)
        leaving = bearings.table.with_others(*bearings.earlier)
        return write_out(leaving, {target: partial(write_atlas, content)})[0]

    def annex(
        self, path: str | Path | Sequence[str | Path], *, title: str = "", zoning: str | None = None
    ) -> Path | list[Path]:
        """Write the annex of the federation: ``.html``, ``.pdf``, ``.docx`` or ``.xlsx``, as the suffix says.

        Who observes what, what may stand side by side and what differs, what the packages give away
        together, the figures by heading, the common indicators on maps and over their dates, the packages.

        Parameters
        ----------
        path : str, Path or several of them
            Several forms in one call are made of one computation, and written all or none.
        title : str
            Of the cover.
        zoning : str, optional
            As :meth:`panel`.

        Raises
        ------
        FormatError, FileError
            On another suffix; on a place that cannot be written to.
        SecrecyError
            As :meth:`panel`.
        """
        from observatoire.exchange.federation.views.report import report_page
        from observatoire.pages.sheet import Sheet, writer_of

        asked = list(path) if isinstance(path, list | tuple) else [path]
        targets = [one_path(each, 'f.annex("annexe.pdf")') for each in asked]
        for target in targets:
            writer_of(target, [".html", ".pdf", ".docx", ".xlsx"])
        sheets, chapters = self._chapters(zoning)
        page = report_page(
            title or "Annexe de la fédération",
            self._imprint,
            self.titles,
            self._called_in(self._inventory),
            chapters,
        )
        first, *others = [sheet.table for sheet in sheets]
        written = Sheet(page, first.with_others(*others)).save_all(targets)
        return written if isinstance(path, list | tuple) else written[0]

    def _chapters(self, zoning: str | None) -> tuple[list[Sheet], dict[str, Sequence[Block]]]:
        """Return the pages that an annex is made of, and their blocks by chapter."""
        from observatoire.exchange.federation.views.report import (
            MOST_DRAWN,
            given_away_blocks,
            judged_blocks,
            method_blocks,
            short,
        )

        themes = dict.fromkeys(self.indicators["thematique"])
        panels = [self.panel(theme, zoning=zoning) for theme in themes]
        order = self._compared(panels)
        where = panels[0].table.zoning
        own = self._observed[self._observed["zonage"] == where]
        dates = own.groupby("indicateur")["periode"].nunique()
        codes, dated = order[:MOST_DRAWN], [code for code in order if dates.get(code, 0) > 1]
        followed = self.panel(
            kind="evolution", zoning=where, indicators=dated[:MOST_DRAWN] or codes
        )
        placed = self._ground(where).shapes.notna().any()
        drawn = [self.map(code, zoning=where) for code in codes if placed]
        labels = zip(self.indicators["indicateur"], self.indicators["libelle"], strict=True)
        words = {**dict(labels), **self.zonings, **self.titles}
        chapters: dict[str, Sequence[Block]] = {
            "Qui observe quoi": short(self.inventory_page().page.blocks),
            "Ce qui se compare": judged_blocks(self._verdicts, self.conflicts(), words),
            "Ce que les paquets dévoilent ensemble": given_away_blocks(self.audit(), words),
            "Les indicateurs comparés": [b for sheet in drawn for b in sheet.page.blocks],
            "L’évolution des sites": followed.page.blocks,
            "Les chiffres, par thématique": [b for sheet in panels for b in sheet.page.blocks],
            "Les paquets": method_blocks(self.members, self.titles, self.refused),
        }
        return [followed, *panels, *drawn], chapters

    def _compared(self, panels: Sequence[Sheet]) -> list[str]:
        """Return the indicators by how much they compare: common to all, then known of the most sites."""
        common = set(self.common())
        known = Counter(
            code
            for sheet in panels
            for code, status in zip(
                sheet.table.main["indicator"], sheet.table.main["status"], strict=True
            )
            if Status(status).has_value and Status(status) is not Status.CONTEXT
        )
        relative = {
            code: not one.nature.additive
            for sheet in panels
            for code, one in sheet.table.indicators.items()
        }
        return sorted(
            known, key=lambda code: (code not in common, not relative[code], -known[code])
        )
