"""What is shown: panels, maps, the pages of an evaluation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import (
    names_in,
    one_name,
    one_period,
    several_periods,
    two_periods,
)
from observatoire.french.typography import enumerate_words
from observatoire.observatory.profiles import Profiles
from observatoire.observatory.session import Audience, today
from observatoire.values import few_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.maps import BaseMap
    from observatoire.pages.sheet import Sheet
    from observatoire.panels.evaluation import Evaluation
    from observatoire.panels.inequality import InequalityProfile
    from observatoire.panels.trend import Trend
    from observatoire.panels.watch import WatchSheet


class Views(Profiles):
    """What is shown: panels, maps, the pages of an evaluation."""

    @few_rows
    def panel(
        self,
        theme: str | None = None,
        period: int | str | None = None,
        *,
        kind: Literal["theme", "tartan", "compare", "evolution", "completeness"] = "theme",
        indicators: Sequence[str] = (),
        compare: Sequence[str] | None = None,
        zoning: str | None = None,
        audience: Audience = "interne",
    ) -> Sheet:
        """Show the indicators of a theme, territories in rows; ``.save("x.html")`` and others.

        Parameters
        ----------
        theme : str, optional
            A heading of the catalogue; or give ``indicators``.
        period : int or str, optional
            One period for all; the latest of each indicator by default.
        kind : {"theme", "tartan", "compare", "evolution", "completeness"}
            The table of a theme; or, of a theme or of everything: all indicators by all territories,
            the territories of each indicator from the highest to the lowest, each indicator over its
            dates, what is known and what is not.
        indicators : sequence of str
            Codes, instead of a theme.
        compare : sequence of str, optional
            Those marked ``panel = true`` in ``observatoire.toml`` by default.
        zoning, audience : str, optional
            As :meth:`table`.
        """
        from observatoire.panels.drawings.matrices import plot_matrix
        from observatoire.panels.panel import panel_page

        if kind != "theme":
            return self._picture(kind, theme, indicators, period, compare, zoning, audience)
        if theme is None and not indicators:
            known = [f"{each.code} ({each.label})" for each in self.catalogue.themes.values()]
            raise UnknownNameError(
                "Il manque la thématique (theme=).",
                why=f"Celles du catalogue : {enumerate_words(known)}.",
                remedy=f'Par exemple o.panel(theme="{next(iter(self.catalogue.themes), "")}").',
            )
        chosen = self.catalogue.theme(theme) if theme else None
        asked = names_in(indicators, "indicateurs", 'indicators=["part_hlm"]')
        codes = asked or [i.code for i in self.catalogue.of_theme(theme or "")]
        comparators = self.workspace.standing if compare is None else compare
        table = self.table(codes, zoning, period, comparators, audience=audience)
        foot = self._foot() if compare is None else None
        communes, place = self._gazetteer.communes(table.zoning), self.workspace.name
        sheet = panel_page(table, communes, chosen, today(), place, foot)
        alone = partial(table.plot, codes[0])
        several = partial(plot_matrix, table, sheet.page.title, communes)
        return replace(sheet, drawn=several if len(codes) > 1 else alone)

    @few_rows
    def map(  # noqa: PLR0913 - one keyword a choice of the reader
        self,
        indicator: str,
        period: int | str | None = None,
        *,
        zoning: str | None = None,
        classes: str | Sequence[float] = "jenks",
        k: int = 4,
        colour: Literal["value", "verdict"] = "value",
        kind: Literal["map", "tiles", "both"] = "map",
        change: tuple[int | str, int | str] | None = None,
        audience: Audience = "interne",
    ) -> Sheet:
        """Show one indicator on a map: a rate by colour, a count by area of circle.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        period : int or str, optional
            The latest by default.
        zoning : str, optional
            The workspace's main zoning by default.
        classes : {"jenks", "quantile", "equal", "pretty"} or sequence of float
            How classes are made, of the territories' own figures only; or the bounds between them.
        k : int
            How many classes, three to five.
        colour : {"value", "verdict"}
            What colour shows: the figure, or how it differs from the commune's.
        kind : {"map", "tiles", "both"}
            A map, an equal square a territory, or both.
        change : tuple of two periods, optional
            Show how the indicator changed between them.
        audience : {"interne", "partenaires", "public"}
            As :meth:`table`.

        Raises
        ------
        UnknownNameError
            On an unknown name, method, colour or kind.
        SeriesError
            On a change across a break of series.

        Examples
        --------
        >>> import observatoire as obs
        >>> o = obs.demo()
        >>> o.map("part_hlm", classes=[10, 30], kind="both").page.title
        'Part des locataires HLM (%), 2016'
        >>> o.close()
        """
        from observatoire.indicators.query import check_dated
        from observatoire.maps import MapStyle, map_figure
        from observatoire.maps.multiples import change_figure, changes_of
        from observatoire.pages.sheet import figure_page
        from observatoire.panels.plots import plot_map, plot_marks

        code = one_name(indicator, "un indicateur", 'o.map("part_hlm")')
        style = MapStyle(classes, k, colour, kind)
        style.cut([0.0], 0)  # classes are refused before anything is computed
        if change is not None:
            trend = self.trend(code, *two_periods(change), zoning=zoning)
            base_map, communes = self._under(trend.table.zoning)
            figure = change_figure(trend.table, trend.df, code, base_map, communes, kind)
            marks, colouring, title = changes_of(trend.table, trend.df, code, communes)
            drawn = partial(plot_marks, marks, colouring, base_map, title, signed=True)
            return figure_page(trend.table, figure, today(), self.workspace.name, drawn)
        self._ensure_loaded()
        check_dated(self._context.periods(), self.catalogue.get(code), one_period(period))
        against = () if self.catalogue.get(code).nature.additive else self.workspace.usual[:1]
        table = self.table(code, zoning, period, against, audience=audience)
        base_map, communes = self._under(table.zoning)
        figure = map_figure(table, code, base_map, communes, style=style)
        drawn = partial(plot_map, table, code, base_map, communes, style)
        return figure_page(table, figure, today(), self.workspace.name, drawn)

    @few_rows
    def maps(
        self,
        indicator: str,
        periods: Sequence[int | str],
        *,
        zoning: str | None = None,
        classes: str | Sequence[float] = "jenks",
        k: int = 4,
        kind: Literal["map", "tiles"] = "map",
    ) -> Sheet:
        """Show one indicator at several dates, side by side on the same classes.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        periods : sequence
            Two dates or more, of one series.
        zoning, classes, k, kind
            As :meth:`map`.

        Raises
        ------
        UnknownNameError
            On a date for which the indicator has no figure, with those that it has.
        SeriesError
            When two of the dates are not of one series: the same colour would compare them.

        Examples
        --------
        >>> import observatoire as obs
        >>> o = obs.demo()
        >>> o.maps("taux_pauvrete", [2014, 2016]).page.title
        'Taux de pauvreté à 60 % du niveau de vie médian (%), 2014 et 2016'
        >>> o.close()
        """
        from observatoire.indicators.definitions.series import in_order
        from observatoire.indicators.query import check_dated
        from observatoire.maps import MapStyle
        from observatoire.maps.multiples import multiples_figure
        from observatoire.pages.sheet import figure_page

        code = one_name(indicator, "un indicateur", 'o.maps("part_hlm", [2011, 2016])')
        style = MapStyle(classes, k, "value", kind)
        style.cut([0.0], 0)
        dates = list(dict.fromkeys(several_periods(periods)))
        for date in dates:
            check_dated(self._context.periods(), self.catalogue.get(code), date)
        for first, last in pairwise(dates):
            self.series.check(self.catalogue.get(code), *in_order(first, last))
        tables = [self.table(code, zoning, date) for date in dates]
        base_map, communes = self._under(tables[0].zoning)
        figure = multiples_figure(tables, code, base_map, communes, style)
        shown = tables[-1].with_others(*tables[:-1])
        return figure_page(shown, figure, today(), self.workspace.name)

    def _under(self, zoning: str) -> tuple[BaseMap, dict[str, str]]:
        """Return what a map lies on, and the commune of each territory."""
        return self._gazetteer.base_map(zoning), self._gazetteer.communes(zoning)

    @few_rows
    def evaluate(
        self,
        start: int | str | None = None,
        end: int | str | None = None,
        *,
        audience: Audience = "interne",
    ) -> Evaluation:
        """Set objectives against figures, and measure how gaps to the commune moved.

        Parameters
        ----------
        start, end : int or str, optional
            The two dates; the first and the last for which something is loaded by default. Inside
            them, each indicator is read between its first and last dates of one series.
        audience : {"interne", "partenaires", "public"}
            As :meth:`table`.

        Returns
        -------
        Evaluation
            ``.df`` has one row a territory and indicator, ``.objectives`` one an objective,
            ``.moments`` one an objective and date, ``.actions`` one an action; it shows and saves
            itself like a panel.
        """
        from observatoire.panels.evaluation import evaluation_page

        self._ensure_loaded()
        inquiry, notes = self._inquiry(audience), self._public_notes(audience)
        found = inquiry.assess(start, end)
        shown = self._definitions.with_others(*inquiry.asked.tables)
        return evaluation_page(shown, found, notes, today(), self.workspace.name)

    @few_rows
    def watch(self, *, audience: Audience = "interne") -> WatchSheet:
        """Show the thresholds of ``watch.toml`` that are passed, and the public notes."""
        from observatoire.panels.watch import watch_page

        self._ensure_loaded()
        inquiry, notes = self._inquiry(audience), self._public_notes(audience)
        signals = inquiry.signals(self._watches)
        shown = self._definitions.with_others(*inquiry.asked.tables)
        count, place = len(self._watches), self.workspace.name
        return watch_page(shown, signals, count, notes, today(), place)

    @few_rows
    def trend(
        self,
        indicators: str | Sequence[str],
        start: int | str,
        end: int | str,
        *,
        zoning: str | None = None,
        compare: Sequence[str] = (),
        precision: Literal["declared", "all", "none"] = "declared",
    ) -> Trend:
        """Show how indicators changed between two periods, each change with its interval.

        Parameters
        ----------
        indicators : str or sequence of str
            Codes of the catalogue.
        start, end : int or str
            The two periods.
        zoning, compare, precision
            As :meth:`table`.

        Returns
        -------
        Trend
            ``.df`` has a row a territory: values, change, interval, verdict.

        Raises
        ------
        SeriesError
            Across a break of series, which is named with its source, or between vintages too near
            to each other.
        UnknownNameError
            On an unknown name, or a start that is not before the end.
        """
        from observatoire.indicators.definitions.series import in_order
        from observatoire.indicators.evaluation.trends import trend_frame
        from observatoire.panels.trend import trend_page

        self._ensure_loaded()
        codes = names_in(indicators, "indicateurs", 'o.trend("part_hlm", 2011, 2016)')
        first, last = in_order(str(start), str(end))
        for code in codes:
            self.series.check(self.catalogue.get(code), first, last)
        before, after = (
            self.table(codes, zoning, when, compare, precision=precision) for when in (first, last)
        )
        frame = trend_frame(before.cells, after.cells, after.indicators)
        after = after.with_others(before)
        communes = self._gazetteer.communes(after.zoning)
        return trend_page(after, frame, communes, today(), self.workspace.name)

    @few_rows
    def inequality(
        self,
        indicator: str,
        period: int | str | None = None,
        *,
        since: int | str | None = None,
        zoning: str | None = None,
        precision: Literal["declared", "all", "none"] = "declared",
    ) -> InequalityProfile:
        """Show how unequal territories are: ranks with their interval, dispersion, dissimilarity.

        Parameters
        ----------
        indicator : str
            A rate of the catalogue.
        period : int or str, optional
            The latest by default.
        since : int or str, optional
            An earlier period of the same series: the measures' change is then shown, and kept in
            ``.changes``.
        zoning, precision : str, optional
            As :meth:`table`; ``"iris-2016"`` measures a whole town, ``precision="all"`` reads a
            source that counts everyone as a draw.

        Raises
        ------
        NatureError
            On what is not a rate.
        SeriesError
            When ``since`` is across a break.
        """
        from observatoire.indicators.comparison.inequality import inequality_of, moved
        from observatoire.indicators.definitions.series import in_order
        from observatoire.panels.inequality import inequality_page

        self._ensure_loaded()
        code = one_name(indicator, "un indicateur", 'o.inequality("part_hlm")')
        table = self.table(code, zoning, period, precision=precision)
        definition = self.catalogue.get(code)
        found = inequality_of(table.main, definition)
        former = None
        if since is not None:
            first, _ = in_order(str(since), str(table.main["period"].iloc[0]))
            earlier = self.table(code, zoning, first, precision=precision)
            self.series.check(definition, first, str(table.main["period"].iloc[0]))
            table = table.with_others(earlier)
            before = inequality_of(earlier.main, definition)
            spread = moved(before.spread, found.spread)
            former = (first, spread, moved(before.dissimilarity, found.dissimilarity))
        return inequality_page(table, found, definition, today(), self.workspace.name, former)
