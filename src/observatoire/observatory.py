"""The hall: opens every door and does no work itself."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import pandas as pd

from observatoire.errors import FileError, UnknownNameError, names_in, one_name, suggestion
from observatoire.typography import day
from observatoire.values import records
from observatoire.warehouse import listing, open_warehouse
from observatoire.warehouse.connection import MEMORY
from observatoire.workspace import Workspace, embedded_root, read_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

    from observatoire.exchange.ledger import WarehouseLedger
    from observatoire.gazetteer import Gazetteer
    from observatoire.indicators.asking import Desk
    from observatoire.indicators.catalogue import Catalogue
    from observatoire.indicators.series import SeriesBook
    from observatoire.indicators.watching import Watch
    from observatoire.pages.sheet import Sheet
    from observatoire.panels.assessing import Inquiry
    from observatoire.panels.evaluation import Evaluation
    from observatoire.panels.inequality import InequalityProfile
    from observatoire.panels.signals import Local, WatchSheet
    from observatoire.panels.trend import Trend
    from observatoire.passage import Comparability, Passage, Vintage
    from observatoire.secrecy.conventions import Gate
    from observatoire.secrecy.door import Door
    from observatoire.secrecy.notes import PublicNotes
    from observatoire.secrecy.planning import SecrecyPlan
    from observatoire.secrecy.table import ProtectedTable
    from observatoire.sources.fetching import Fetched
    from observatoire.sources.previewing import Preview
    from observatoire.warehouse import LoadReport, Warehouse
    from observatoire.warehouse.findings import CheckReport


#: For whom something is made, as agreements with partners know it.
Audience = Literal["interne", "partenaires", "public"]


#: What answers keep between two loads.
_REMEMBERED = (
    "catalogue",
    "_desk",
    "_gazetteer",
    "_whole",
    "_planned",
    "_definitions",
    "_inquiries",
    "_watches",
    "_locals",
)


class Observatory:
    """An open workspace: load, ask, show, publish.

    Made by :func:`observatoire.open` or :func:`observatoire.demo`; close it, or use it in a
    ``with`` block.

    Parameters
    ----------
    workspace : Workspace
        What ``observatoire.toml`` declares.
    warehouse : Path or ":memory:"
        The DuckDB file.

    Examples
    --------
    >>> import observatoire as obs
    >>> o = obs.demo()
    >>> t = o.table(["population"], zoning="commune-2016", period=2016)
    >>> [round(value) for value in t.df["value"]]
    [81017, 40175]
    >>> o.close()
    """

    def __init__(self, workspace: Workspace, warehouse: Path | str) -> None:
        from observatoire.warehouse.filling import fill_zonings

        self.workspace = workspace
        self.today: Callable[[], dt.date] = _current_day  # agreements are kept to the day
        self.warehouse: Warehouse = open_warehouse(warehouse, workspace.crs)
        try:
            fill_zonings(self.warehouse, workspace)
        except BaseException:
            self.warehouse.close()
            raise

    def __repr__(self) -> str:
        """Say which workspace is open."""
        return f"<Observatory « {self.workspace.name} », {self.workspace.root}>"

    # --- what is there -----------------------------------------------------------------------

    @cached_property
    def series(self) -> SeriesBook:
        """Series, breaks and vintages that are not compared, as data."""
        from observatoire.indicators.series import read_series

        return read_series(self.workspace.series)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators, checked against the sources that are loaded."""
        from observatoire.indicators.catalogue import check_variables, read_catalogue
        from observatoire.values import Nature

        spans = {code: one.spans for code, one in self.series.series.items()}
        catalogue = read_catalogue(self.workspace.catalogue, spans)
        declared: dict[str, dict[str, Nature]] = {}
        for source, code, nature in self.warehouse.rows(
            "SELECT source, code, nature FROM variable"
        ):
            declared.setdefault(source, {})[code] = Nature(nature)
        check_variables(catalogue, declared, self.workspace.catalogue)
        return catalogue

    def sources(self) -> pd.DataFrame:
        """List the loaded sources: producer, licence, secrecy rule, rows read, kept, rejected."""
        return self.warehouse.frame(listing.SOURCES)

    def zonings(self) -> pd.DataFrame:
        """List the zonings: how many territories, whether their perimeters may be measured."""
        return self.warehouse.frame(listing.ZONINGS)

    def territories(self, zoning: str | None = None) -> pd.DataFrame:
        """List the territories of a zoning, the main one by default: code, name, commune, attributes."""
        from observatoire.warehouse import read_shapes

        where = self.workspace.zoning(zoning or self.workspace.main_zoning).code
        frame = read_shapes(self.warehouse, where)
        told = pd.DataFrame(list(frame["attributes"]), index=frame.index)
        plain = pd.DataFrame(frame[["name", "commune", "official"]])
        return plain.join(told).reset_index()

    def indicators(self, theme: str | None = None) -> pd.DataFrame:
        """List the indicators, all or those of a theme, with the periods that have figures."""
        chosen = self.catalogue.of_theme(theme) if theme else tuple(self.catalogue)
        periods = self._desk.periods()
        return pd.DataFrame(
            [
                (
                    i.code,
                    i.label,
                    i.theme,
                    i.unit,
                    str(i.nature),
                    i.polarity,
                    ", ".join(periods[i.code]),
                    i.definition,
                )
                for i in chosen
            ],
            columns=[
                "indicator",
                "label",
                "theme",
                "unit",
                "nature",
                "polarity",
                "periods",
                "definition",
            ],
        )

    def loads(self) -> pd.DataFrame:
        """List every load, the superseded ones too, with the SHA-256 of its file."""
        return self.warehouse.frame("SELECT * FROM load ORDER BY id")

    def rejects(self) -> pd.DataFrame:
        """List the rejected rows: file, line, column, raw text, reason."""
        return self.warehouse.frame(listing.REJECTS)

    def passages(self) -> pd.DataFrame:
        """List the passages kept: zonings, method, parameters, date, number of links."""
        from observatoire.warehouse.passages import list_passages

        self._ensure_loaded()
        self._desk.place(self.workspace.main_zoning)  # what figures use is kept when first used
        return list_passages(self.warehouse)

    def areas(self, zoning: str) -> pd.DataFrame:
        """Measure the territories of a zoning: ``code``, ``name``, ``area_km2``.

        Raises
        ------
        SchematicGeometryError
            When its perimeters are only drawn: the message says which file to put where.
        """
        from observatoire.territories.perimeters import require_official
        from observatoire.warehouse import read_shapes

        self.workspace.zoning(zoning)
        frame = read_shapes(self.warehouse, zoning)
        require_official(frame, zoning)
        measured = frame.geometry.area / 1e6
        return pd.DataFrame({"name": frame["name"], "area_km2": measured}).reset_index()

    # --- loading -----------------------------------------------------------------------------

    def load(
        self,
        path: str | Path | None = None,
        *,
        on_error: Literal["refuse", "reject"] = "refuse",
        period: int | str | None = None,
        zoning: str = "",
        code_column: str = "",
        repair: bool = False,
    ) -> LoadReport | list[LoadReport]:
        """Load a source folder, a file, or a layer of perimeters; everything by default.

        Parameters
        ----------
        path : str or Path, optional
            Taken from the current folder, then from the workspace. Without it, every source of
            ``data/raw`` is loaded and a list of reports returned. A file without a ``source.toml``
            beside it is read as :meth:`preview` shows it.
        on_error : {"refuse", "reject"}
            What to do with a file that has faulty rows: refuse it, or set these rows aside.
        period : int or str, optional
            The period of a file that tells none.
        zoning, code_column, repair : str, str, bool
            Which zoning, when it cannot be found; for a layer of perimeters, which column holds
            the codes, whether to mend self-crossing outlines.

        Raises
        ------
        ObservatoireError
            One of the classes of ``errors.py``; the warehouse is then unchanged, but for the
            sources that were loaded before or after the one at fault.
        """
        from observatoire.warehouse.checks import read_checks
        from observatoire.warehouse.direct import load_all, load_file
        from observatoire.warehouse.filling import is_layer, load_layer, load_source

        read_checks(self.workspace.root)  # refused before anything is loaded
        self._totals()
        if path is None:
            try:
                return self._checked(load_all(self.warehouse, self.workspace, on_error=on_error))
            finally:
                self._drop_remembered()
        target = self._locate(path)
        if is_layer(target) and not (target.parent / "source.toml").is_file():
            report = load_layer(
                self.warehouse,
                self.workspace,
                target,
                zoning=zoning,
                code_column=code_column,
                repair=repair,
            )
        elif target.is_file() and not (target.parent / "source.toml").is_file():
            report = load_file(
                self.warehouse,
                self.workspace,
                target,
                on_error=on_error,
                period="" if period is None else str(period),
                zoning=zoning,
            )
        else:
            folder, only = (target, "") if target.is_dir() else (target.parent, target.name)
            report = load_source(
                self.warehouse, self.workspace, folder, only=only, on_error=on_error
            )
        return self._checked([report])[0]

    def _checked(self, reports: Sequence[LoadReport]) -> list[LoadReport]:
        """Drop what was remembered of the warehouse before a load, then pass the checks."""
        from observatoire.warehouse.checking import with_findings

        self._drop_remembered()
        return with_findings(reports, self.checks())

    def preview(
        self,
        path: str | Path,
        *,
        period: int | str | None = None,
        zoning: str = "",
        member: str = "",
    ) -> Preview:
        """Show what is understood of a table before loading it; nothing is stored.

        Parameters
        ----------
        path : str or Path
            A csv, workbook, dBase or Parquet file, or a zip of one.
        period : int or str, optional
            The period of a file that tells none.
        zoning, member : str
            Which zoning, when it cannot be found; which file of a zip.

        Returns
        -------
        Preview
            Shows itself; ``.toml`` is the ``source.toml`` that would load it, ``.write()`` writes it.

        Raises
        ------
        FileError
            When the file cannot be read as a table.
        """
        from observatoire.warehouse.direct import preview_file

        told = "" if period is None else str(period)
        where = self._locate(path)
        return preview_file(self.workspace, where, period=told, zoning=zoning, member=member)

    def checks(self) -> CheckReport:
        """Pass the checks over everything that is loaded: what fails, gravest first.

        Returns
        -------
        CheckReport
            Shows itself in French; ``.df`` has one row a failing figure, ``.errors`` those that
            cannot be. Nothing is passed again while nothing has changed.

        Raises
        ------
        DescriptorError
            On a predicate of ``checks.toml`` that is wrong.
        """
        from observatoire.secrecy.conventions import closed
        from observatoire.warehouse.checking import kept_findings
        from observatoire.warehouse.conventions import read_conventions
        from observatoire.warehouse.findings import hushed

        found = kept_findings(self.warehouse, self.workspace, self._totals())
        return hushed(found, closed(read_conventions(self.warehouse), self.today()))

    def _totals(self) -> pd.DataFrame:
        """Return which figures add up to which published one; none without a catalogue."""
        from observatoire.indicators.catalogue import read_catalogue
        from observatoire.indicators.totals import published_totals

        there = self.workspace.catalogue.is_file()
        spans = {code: one.spans for code, one in self.series.series.items()}
        catalogue = read_catalogue(self.workspace.catalogue, spans) if there else ()
        periods = [str(one) for (one,) in self.warehouse.rows(listing.PERIODS)]
        return published_totals(catalogue, periods)

    def registry(self) -> pd.DataFrame:
        """List the open sources that :meth:`fetch` knows: title, page, file, place, state."""
        from observatoire.sources.fetching import list_resources
        from observatoire.sources.registry import read_registry

        return list_resources(read_registry(self.workspace.root), self.workspace.root)

    def fetch(
        self,
        name: str,
        *,
        force: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Fetched:
        """Bring an open source of the registry into the workspace: the only use of the network.

        Parameters
        ----------
        name : str
            As :meth:`registry` lists it, for instance ``"insee-rp2022-population"``.
        force : bool
            Bring it again though it is there.
        progress : callable, optional
            Told the bytes there are, and those there will be.

        Raises
        ------
        FetchError
            When it cannot be brought, or must be downloaded by hand: the message says from where,
            and where to put it.
        """
        from observatoire.sources.fetching import fetch
        from observatoire.sources.registry import find_resource, read_registry

        resource = find_resource(read_registry(self.workspace.root), name)
        return fetch(resource, self.workspace.root, force=force, progress=progress)

    def _drop_remembered(self) -> None:
        for name in _REMEMBERED:
            self.__dict__.pop(name, None)

    def _locate(self, path: str | Path) -> Path:
        if not isinstance(path, str | Path) or "\0" in str(path):
            raise FileError(
                "Ce n’est pas un chemin.",
                where=repr(path),
                remedy='Donnez un texte : o.load("data/raw/ma-source").',
            )
        for candidate in (Path(path), self.workspace.root / path):
            with suppress(OSError):  # a name longer than names can be: there is no such file
                if candidate.is_file() or candidate.is_dir():
                    return candidate.resolve()
        raise FileError(
            "Ni fichier ni dossier de ce nom.",
            where=str(path),
            remedy=suggestion(
                Path(path).name, [f.name for f in self.workspace.source_folders()], most=0
            )
            or "Il est cherché dans le dossier courant, puis dans l’espace de travail.",
        )

    # --- asking ------------------------------------------------------------------------------

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
            other territories of the zoning, by name: ``.differences`` then holds every difference
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
        from observatoire.indicators.asking import answer
        from observatoire.secrecy.conventions import withhold
        from observatoire.secrecy.table import protect_table

        codes = names_in(indicators, "indicateurs", 'o.table("part_hlm")')
        where = zoning or self.workspace.main_zoning
        self.workspace.zoning(where)
        named = names_in(compare or (), "comparateurs", 'compare=["commune"]')
        compared = [self._gazetteer.comparator(where, one) for one in named]
        kept = names_in(territories or (), "territoires", 'territories=["Dillon"]')
        chosen = [self._gazetteer.code(where, one) for one in kept]
        when = None if period is None else str(period)
        self._ensure_loaded()
        computed = answer(
            self._desk,
            codes,
            where,
            period=when,
            compare=compared,
            territories=chosen,
            precision=precision,
        )
        allowed = withhold(computed, self._gate(audience))
        return protect_table(allowed, self._gazetteer.shapes, self._plan(), self._door)

    def _gate(self, audience: str) -> Gate:
        from observatoire.secrecy.conventions import Gate
        from observatoire.warehouse.conventions import given_under, read_conventions

        conventions = read_conventions(self.warehouse)
        given = given_under(self.warehouse) if conventions else frozenset()
        return Gate(conventions, given, self.today(), audience)

    def conventions(self) -> pd.DataFrame:
        """List the agreements of the loaded sources: partner, audience, dates, state today."""
        from observatoire.warehouse.conventions import list_conventions

        return list_conventions(self.warehouse, self.today())

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
            Share of a territory below which an overlap is set aside: 0.01 suits layers digitised
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
        from observatoire.workspace import PassageRecipe

        self._ensure_loaded()
        if method is None:
            return self._desk.passage(source, target)
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
        return self._desk.book.make(recipe)

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
        from observatoire.indicators.versions import vintage_of

        return vintage_of(self._desk, codes)

    def changes(self, before: str, after: str) -> pd.DataFrame:
        """List the territories deleted, created or altered between two zonings.

        Returns
        -------
        DataFrame
            ``code``, ``change``, ``moved``: the share that moved, blank when one of the two
            zonings is only drawn.
        """
        from observatoire.indicators.versions import changes_between

        return changes_between(self._desk, before, after)

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
        from observatoire.indicators.versions import comparability_of

        self._ensure_loaded()
        return comparability_of(self._desk, before, after, indicator, str(period))

    def audit(self) -> pd.DataFrame:
        """Say what an attacker could still work out of the hidden counts.

        Over every zoning and period at once, and all that this workspace ever published.

        Returns
        -------
        DataFrame
            One row a hidden count: ``low``, ``high``, ``width``, ``threshold``, ``safe``,
            ``already_public`` and, where it is not safe, ``found_by``: the sums that tell it.
        """
        from observatoire.secrecy.joint import audit_plan

        self._ensure_loaded()
        return audit_plan(self._plan())

    def publications(self) -> pd.DataFrame:
        """List what left this workspace: date, form, name, cells shown and hidden, digest."""
        return self._ledger.publications()

    # --- showing -----------------------------------------------------------------------------

    def panel(
        self,
        theme: str | None = None,
        period: int | str | None = None,
        *,
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
        indicators : sequence of str
            Codes, instead of a theme.
        compare : sequence of str, optional
            Those marked ``panel = true`` in ``observatoire.toml`` by default.
        zoning, audience : str, optional
            As :meth:`table`.
        """
        from observatoire.panels.composing import panel_page

        if theme is None and not indicators:
            raise UnknownNameError(
                "Quelle thématique montrer ?",
                remedy=f'Par exemple o.panel(theme="{next(iter(self.catalogue.themes), "")}").',
            )
        chosen = self.catalogue.theme(theme) if theme else None
        asked = names_in(indicators, "indicateurs", 'indicators=["part_hlm"]')
        codes = asked or [i.code for i in self.catalogue.of_theme(theme or "")]
        beside = self.workspace.standing if compare is None else compare
        table = self.table(codes, zoning, period, beside, audience=audience)
        foot = self._foot() if compare is None else None
        return panel_page(
            table,
            self._gazetteer.communes(table.zoning),
            chosen,
            _today(),
            self.workspace.name,
            foot,
        )

    def map(
        self,
        indicator: str,
        period: int | str | None = None,
        *,
        zoning: str | None = None,
        audience: Audience = "interne",
    ) -> Sheet:
        """Show one indicator on a map: a rate by colour, a count by area of circle."""
        from observatoire.maps import map_figure
        from observatoire.panels.composing import figure_page

        code = one_name(indicator, "un indicateur", 'o.map("part_hlm")')
        table = self.table(code, zoning, period, audience=audience)
        figure = map_figure(
            table,
            code,
            self._gazetteer.ground(table.zoning),
            self._gazetteer.communes(table.zoning),
        )
        return figure_page(table, figure, _today(), self.workspace.name)

    def profile(
        self, territory: str, *, zoning: str | None = None, audience: Audience = "interne"
    ) -> Sheet:
        """Show what is known of one territory, by code or by name, on one page."""
        from observatoire.maps.locator import locator_figure
        from observatoire.panels.composing import profile_page

        where = zoning or self.workspace.main_zoning
        named = one_name(territory, "un territoire", 'o.profile("Dillon")')
        code = self._gazetteer.code(where, named)
        identity = next(i for i in self._gazetteer.identities(where) if i.code == code)
        themes = list(self.catalogue.themes.values())
        codes = [each for theme in themes for each in theme.profile]
        table = self.table(
            codes, where, None, self._beside(), territories=[code], audience=audience
        )
        figure = locator_figure(code, identity.name, self._gazetteer.ground(where))
        beside = self._gazetteer.against(where, code)
        local = self._local(audience).blocks(code) if where == self.workspace.main_zoning else []
        table = table.with_others(*self._asking(audience).tables)
        place = self.workspace.name
        return profile_page(table, identity, themes, beside, figure, _today(), local, place)

    def evaluate(
        self,
        start: int | str | None = None,
        end: int | str | None = None,
        *,
        audience: Audience = "interne",
    ) -> Evaluation:
        """Hold objectives against figures, and measure how gaps to the commune moved.

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
        asking = self._asking(audience)
        found = asking.assess(start, end)
        shown = self._definitions.with_others(*asking.tables)
        notes = self._public_notes(audience)
        return evaluation_page(shown, found, notes, _today(), self.workspace.name)

    def objectives(self) -> pd.DataFrame:
        """List the objectives loaded: orientation, perimeter, indicator, baseline, target, due date."""
        return self.warehouse.frame(listing.OBJECTIVES)

    def actions(self) -> pd.DataFrame:
        """List the actions and envelopes loaded, one row an action and funder."""
        from observatoire.indicators.programming import read_actions

        return read_actions(self.warehouse)

    def notes(self, readers: str = "public") -> pd.DataFrame:
        """List the qualitative notes that some readers may see; pages only ever show the public ones.

        Parameters
        ----------
        readers : {"public", "partenaires", "confidentiel"}
            Notes of that rank and below.
        """
        from observatoire.secrecy.notes import notes_for

        return notes_for(self.warehouse.frame(listing.NOTES), readers)

    def watch(self, *, audience: Audience = "interne") -> WatchSheet:
        """Show the thresholds of ``watch.toml`` that are passed, and the public notes."""
        from observatoire.panels.signals import watch_page

        self._ensure_loaded()
        asking = self._asking(audience)
        signals = asking.signals(self._watches)
        return watch_page(
            self._definitions.with_others(*asking.tables),
            signals,
            len(self._watches),
            self._public_notes(audience),
            _today(),
            self.workspace.name,
        )

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
        from observatoire.indicators.series import in_order
        from observatoire.indicators.trending import trend_frame
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
        return trend_page(after, frame, communes, _today(), self.workspace.name)

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
            An earlier period of the same series: the measures' change is then told.
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
        from observatoire.indicators.inequality import inequality_of, moved
        from observatoire.indicators.series import in_order
        from observatoire.panels.inequality import inequality_page

        self._ensure_loaded()
        code = one_name(indicator, "un indicateur", 'o.inequality("part_hlm")')
        table = self.table(code, zoning, period, precision=precision)
        definition = self.catalogue.get(code)
        found = inequality_of(table.main, definition)
        former = None
        if since is not None:
            first, _ = in_order(str(since), str(table.main["period"].iloc[0]))
            self.series.check(definition, first, str(table.main["period"].iloc[0]))
            earlier = self.table(code, zoning, first, precision=precision)
            table = table.with_others(earlier)
            before = inequality_of(earlier.main, definition)
            former = (
                first,
                moved(before.spread, found.spread),
                moved(before.dissimilarity, found.dissimilarity),
            )
        return inequality_page(table, found, definition, _today(), self.workspace.name, former)

    def annex(
        self,
        path: str | Path | None = None,
        *,
        progress: Callable[[str], None] | None = None,
        audience: Audience = "public",
    ) -> Path:
        """Write the annex: ``.html``, ``.pdf``, ``.docx`` or ``.xlsx``, told by the suffix.

        Parameters
        ----------
        path : str or Path, optional
            ``data/processed/annexe.html`` of the workspace by default.
        progress : callable, optional
            Told, in French, each step as it starts.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters an annex.
        """
        from observatoire.annex import ANNEX_SUFFIXES, AnnexContent, annex_page
        from observatoire.pages.sheet import Sheet, writer_of
        from observatoire.panels.evaluation import evaluation_blocks
        from observatoire.secrecy.blanking import without_fingerprints
        from observatoire.warehouse.findings import by_source

        target = Path(path or self.workspace.processed / "annexe.html")
        writer_of(target, ANNEX_SUFFIXES)  # refused before the work, not after
        tell = progress or (lambda _: None)
        tell("Calcul des indicateurs")
        table = self._everything(audience)
        tell("Évaluation des objectifs")
        found = self._asking(audience).assess()
        tell("Composition des pages")
        identities = self._gazetteer.identities(table.zoning)
        page = annex_page(
            AnnexContent(
                name=self.workspace.name,
                subject=self.workspace.subject,
                place=self.workspace.place,
                centre=self.workspace.centre,
                date=_today(),
                table=table,
                catalogue=self.catalogue,
                ground=self._gazetteer.ground(table.zoning),
                communes=self._gazetteer.communes(table.zoning),
                identities=identities,
                panel=self._foot(),
                against={i.code: self._gazetteer.against(table.zoning, i.code) for i in identities},
                sources=without_fingerprints(records(self.sources()), self._desk.secrecy_rules),
                credits=self.workspace.credits,
                evaluation=evaluation_blocks(table, found, self._public_notes(audience)),
                local=self._local(audience).blocks,
                checked=by_source(self.checks(), self.sources()),
                audience=audience,
            )
        )
        tell("Écriture du document")
        leaving = table.with_others(*self._asking(audience).tables)
        return Sheet(page, leaving).save(target)

    def publish(self, folder: str | Path, *, audience: Audience = "public") -> Path:
        """Write a Data Package that another observatory can read.

        Parameters
        ----------
        folder : str or Path
            Where; a package already there is replaced.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters a package.
        """
        from observatoire.exchange.package import write_package
        from observatoire.territories import simplify

        return write_package(
            self._everything(audience),
            Path(folder),
            name=simplify(self.workspace.name).replace(" ", "-"),
            title=self.workspace.name,
            sources=records(self.sources()),
            date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            audience=audience,
        )

    # --- what is remembered between questions -------------------------------------------------

    @cached_property
    def _desk(self) -> Desk:
        from observatoire.indicators.asking import Desk
        from observatoire.warehouse.filling import read_all_links

        return Desk(self.warehouse, self.workspace, self.catalogue, read_all_links(self.workspace))

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        from observatoire.gazetteer import Gazetteer

        return Gazetteer(self.warehouse, self.workspace, self._desk)

    def _plan(self) -> SecrecyPlan:
        """Return what may be shown now: made anew when another has published since."""
        from observatoire.secrecy.planning import make_plan

        version = self._ledger.version()
        if self.__dict__.get("_planned", (None, None))[0] != version:
            self._planned = (version, make_plan(self._desk, self._ledger.recipes()))
        return self._planned[1]

    @cached_property
    def _ledger(self) -> WarehouseLedger:
        from observatoire.exchange.ledger import WarehouseLedger

        return WarehouseLedger(self.warehouse)

    @cached_property
    def _door(self) -> Door:
        from observatoire.secrecy.door import Door

        return Door(self._plan, self._ledger)

    @cached_property
    def _inquiries(self) -> dict[tuple[str, dt.date], Inquiry]:
        return {}

    def _asking(self, audience: Audience) -> Inquiry:
        """Return what asks for the tables of an evaluation, for those who read."""
        from observatoire.panels.assessing import Inquiry, Places
        from observatoire.secrecy.notes import let_out

        gate = self._gate(audience)
        key = (audience, self.today())
        if key not in self._inquiries:
            self._inquiries[key] = Inquiry(
                self._desk,
                partial(self.table, audience=audience),
                Places(self._gazetteer.commune_codes, self._gazetteer.commune_zoning),
                self.series.refusal,
                partial(let_out, gate=gate),
            )
        return self._inquiries[key]

    @cached_property
    def _definitions(self) -> ProtectedTable:
        """Definitions and warnings, for the pages that lay out figures of several tables."""
        from observatoire.secrecy.table import protect_table

        blank = self._desk.blank(self.workspace.main_zoning)
        return protect_table(blank, None, self._plan(), self._door)

    @cached_property
    def _locals(self) -> dict[tuple[str, dt.date], Local]:
        return {}

    def _local(self, audience: Audience) -> Local:
        """Return what is watched, written and done in each territory."""
        from observatoire.panels.signals import Local

        key = (audience, self.today())
        if key not in self._locals:
            asking = self._asking(audience)
            self._locals[key] = Local(
                asking.signals(self._watches),
                self._public_notes(audience),
                asking.actions,
                self.catalogue.indicators,
                self.workspace.main_zoning,
            )
        return self._locals[key]

    @cached_property
    def _watches(self) -> tuple[Watch, ...]:
        from observatoire.indicators.watching import WATCH_FILE, read_watches

        return read_watches(self.workspace.root / WATCH_FILE, self.catalogue.indicators)

    def _public_notes(self, audience: Audience) -> PublicNotes:
        from observatoire.secrecy.notes import let_out, public_notes

        notes = self.warehouse.frame(listing.NOTES)
        return public_notes(let_out(notes, gate=self._gate(audience)))

    @cached_property
    def _whole(self) -> dict[tuple[str, dt.date], ProtectedTable]:
        return {}

    def _everything(self, audience: Audience) -> ProtectedTable:
        """Every indicator at its latest period, beside every comparator, for those who read."""
        from observatoire.secrecy.conventions import require_circulating

        require_circulating(audience)
        key = (audience, self.today())
        if key not in self._whole:
            self._whole[key] = self.table(
                [i.code for i in self.catalogue],
                compare=list(self.workspace.standing),
                audience=audience,
            )
        return self._whole[key]

    def _beside(self, compare: Sequence[str] | None = None) -> list[str]:
        """Return what to compare with: what is asked, or what the workspace usually shows."""
        return list(self.workspace.usual if compare is None else compare)

    def _foot(self) -> list[str]:
        """Return the zonings shown at the foot of panels; the others only give what lacks."""
        return list(
            dict.fromkeys(self.workspace.comparators[c].zoning for c in self.workspace.usual)
        )

    def _ensure_loaded(self) -> None:
        """Load everything the first time something is asked of an empty warehouse."""
        if not self.warehouse.rows("SELECT 1 FROM source LIMIT 1"):
            self.load()

    # --- closing -----------------------------------------------------------------------------

    def close(self) -> None:
        """Close the warehouse."""
        self.warehouse.close()

    def __enter__(self) -> Self:
        """Open a ``with`` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close at the end of a ``with`` block."""
        self.close()


def _current_day() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()


def _today() -> str:
    return day(_current_day())


def open_observatory(path: str | Path) -> Observatory:
    """Open the workspace in a folder."""
    if not isinstance(path, str | Path):
        raise FileError(
            "Ce n’est pas un chemin.", where=repr(path), remedy='Par exemple obs.open("chemin/").'
        )
    workspace = read_workspace(Path(path))
    return Observatory(workspace, workspace.warehouse)


def open_demo() -> Observatory:
    """Open the embedded default in memory, loaded."""
    observatory = Observatory(read_workspace(embedded_root()), MEMORY)
    observatory.load()
    return observatory
