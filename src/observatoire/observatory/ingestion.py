"""What comes in: files, layers, checks, the open sources."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from observatoire.errors import DescriptorError, FileError
from observatoire.errors.arguments import one_path, suggestion
from observatoire.observatory.inventory import Inventory
from observatoire.warehouse.storage.listings import PERIODS, families

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from observatoire.sources.fetch.retrieval import Fetched
    from observatoire.sources.preview.preview import Preview
    from observatoire.warehouse import LoadReport
    from observatoire.warehouse.checks.runner import CheckInputs
    from observatoire.warehouse.reports import CheckReport


#: What a load says of figures that no indicator names.
FEEDS_NOTHING = (
    "N’alimente encore aucun indicateur du catalogue : « observatoire preview FICHIER --write » en écrit "
    "les blocs, à compléter et à copier dans indicators.toml."
)

_PLACED = "SELECT DISTINCT source, variable, period, zoning FROM current_content"


class Ingestion(Inventory):
    """What comes in: files, layers, checks, the open sources."""

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
            Taken from the current folder, from the workspace, then from ``data/raw``: the name of a
            source does. Without it, every source of ``data/raw`` is loaded and a list of reports
            returned. A file without a ``source.toml`` next to it is read as :meth:`preview` shows it.
        on_error : {"refuse", "reject"}
            What to do with a file that has faulty rows: refuse it, or reject these rows.
        period : int or str, optional
            The period of a file that says none.
        zoning, code_column, repair : str, str, bool
            Which zoning, when it cannot be found; for a layer of perimeters, which column holds
            the codes, whether to mend self-crossing outlines.

        Raises
        ------
        ObservatoireError
            One of the classes of ``errors.py``; the warehouse is then unchanged, but for the
            sources that were loaded before or after the one at fault.
        """
        from observatoire.warehouse.checks.definitions import read_checks
        from observatoire.warehouse.loading.files import load_all, load_path
        from observatoire.warehouse.loading.options import LoadOptions

        read_checks(self.workspace.root)  # refused before anything is loaded
        self._check_inputs()
        when = "" if period is None else str(period)
        options = LoadOptions(on_error, when, zoning, code_column, repair)
        if path is None:
            try:
                return self._checked(load_all(self.warehouse, self.workspace, options))
            finally:
                self._drop_remembered()
        report = load_path(self.warehouse, self.workspace, self._locate(path), options)
        return self._checked([report])[0]

    def _checked(self, reports: Sequence[LoadReport]) -> list[LoadReport]:
        """Drop what was remembered of the warehouse before a load, then pass the checks.

        A report says when an agreement lets nobody see the figures now, though they are loaded.
        """
        from observatoire.warehouse.checks.runner import with_findings

        self._drop_remembered()
        shut = self._closed()
        contents = self._contents() if self.workspace.catalogue.is_file() else {}
        noticed = [
            replace(
                report,
                notices=(
                    *report.notices,
                    *self._feeding(report.source, contents),
                    *(self._speaking(report.source) if report.source in contents else ()),
                    *filter(None, [shut.get(report.source, "")]),
                ),
            )
            for report in reports
        ]
        return with_findings(noticed, self.checks())

    def _feeding(
        self, source: str, contents: Mapping[str, set[tuple[str, str]]]
    ) -> tuple[str, ...]:
        """Say which indicators a source of figures feeds, and which columns others lack."""
        from observatoire.indicators.definitions.feeds import (
            feed_notices,
            feeds,
            preference_notices,
        )
        from observatoire.sources.families.family import kin_of, read_families

        if source not in contents:
            return ()
        known_as = kin_of(
            families(self.warehouse).get(source, ""), read_families(self.workspace.root)
        )
        found = feeds(self.catalogue, source, contents, known_as)
        named = {each.published[0] for each in self.catalogue}
        idle = source not in named and not any(feed.periods for feed in found)
        placed: dict[str, set[tuple[str, str, str]]] = {}
        for giver, *key in self.warehouse.rows(_PLACED):
            variable, when, zoning = map(str, key)
            placed.setdefault(str(giver), set()).add((variable, when, zoning))
        preferred = preference_notices(self.catalogue, source, placed)
        return (*feed_notices(found), *preferred, *((FEEDS_NOTHING,) if idle else ()))

    def _speaking(self, source: str) -> tuple[str, ...]:
        """Ask of how many the figures of a source speak that it lends without their counts."""
        from observatoire.secrecy.primary.universes import undeclared_universes
        from observatoire.secrecy.release.audit_report import sentences_of_universes

        with suppress(DescriptorError):  # a rule that cannot be is said where it is asked
            return tuple(sentences_of_universes(*undeclared_universes(self._context, source)))
        return ()

    def _closed(self) -> dict[str, str]:
        """Return the sources whose agreement lets nobody see figures today, each with why."""
        from observatoire.secrecy.release.agreements import closed
        from observatoire.warehouse.storage.agreements import read_agreements

        return closed(read_agreements(self.warehouse), self.today())

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
            The period of a file that says none.
        zoning, member : str
            Which zoning, when it cannot be found; which file of a zip.

        Returns
        -------
        Preview
            Shows itself; ``.toml`` is the ``source.toml`` that would load it, ``.write()`` writes it.

        Raises
        ------
        FileError
            When its bytes cannot be read; a file in which no table is found is shown, with the reason.
        """
        from observatoire.warehouse.loading.files import preview_file

        asked = "" if period is None else str(period)
        where = self._locate(path)
        return preview_file(self.workspace, where, period=asked, zoning=zoning, member=member)

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
        from observatoire.indicators.link_checks import link_findings
        from observatoire.warehouse.checks.runner import kept_findings
        from observatoire.warehouse.reports import without_closed

        found = kept_findings(self.warehouse, self.workspace, self._check_inputs())
        if self.workspace.catalogue.is_file():
            findings = self._context.memo.once(("links",), lambda: link_findings(self._context))
            found = found.with_others(findings)
        return without_closed(found, self._closed())

    def _check_inputs(self) -> CheckInputs:
        from observatoire.indicators.definitions.grounds import check_inputs_on

        periods = tuple(str(period) for (period,) in self.warehouse.rows(PERIODS))
        return check_inputs_on(self._grounds(), periods)

    def registry(self) -> pd.DataFrame:
        """List the open sources that :meth:`fetch` knows: title, page, file, place, state."""
        from observatoire.sources.fetch.registry import read_registry
        from observatoire.sources.fetch.retrieval import list_resources

        return list_resources(read_registry(self.workspace.root), self._home)

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
            Given the bytes there are, and those there will be.

        Raises
        ------
        FetchError
            When it cannot be brought, or must be downloaded by hand: the message says from where,
            and where to put it.
        """
        from observatoire.sources.fetch.registry import find_resource, read_registry
        from observatoire.sources.fetch.retrieval import fetch

        resource = find_resource(read_registry(self.workspace.root), name)
        return fetch(resource, self._home, force=force, progress=progress)

    def _locate(self, path: str | Path) -> Path:
        asked = one_path(path, 'o.load("data/raw/ma-source")')
        for candidate in (asked, self.workspace.root / asked, self.workspace.raw / asked):
            with suppress(OSError):  # a name longer than names can be: there is no such file
                if candidate.is_file() or candidate.is_dir():
                    return candidate.resolve()
        raise FileError(
            "Ni fichier ni dossier de ce nom.",
            where=str(path),
            remedy=suggestion(asked.name, [f.name for f in self.workspace.source_folders()], most=0)
            or "Il est cherché dans le dossier courant, l’espace de travail, puis data/raw.",
        )

    def _ensure_loaded(self) -> None:
        """Load everything the first time something is asked of an empty warehouse."""
        if not self.warehouse.rows("SELECT 1 FROM source LIMIT 1"):
            self.load()
