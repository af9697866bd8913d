"""An open workspace: what it declares, its warehouse, what is remembered between questions."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from observatoire.french.typography import day
from observatoire.memo import Memo
from observatoire.sources.descriptors.agreement import current_day
from observatoire.values import few_rows
from observatoire.warehouse import Warehouse, open_warehouse
from observatoire.warehouse.storage.listings import NOTES, families

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from observatoire.exchange.ledger import WarehouseLedger
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Catalogue
    from observatoire.indicators.definitions.grounds import Grounds
    from observatoire.indicators.definitions.series import SeriesBook
    from observatoire.indicators.evaluation.watch import Watch
    from observatoire.indicators.kept_answers import KeptAnswers
    from observatoire.observatory.gazetteer import Gazetteer
    from observatoire.secrecy.plan.plan import SecrecyPlan
    from observatoire.secrecy.release.agreements import Gate
    from observatoire.secrecy.release.decision import Decision
    from observatoire.secrecy.release.output_check import OutputCheck
    from observatoire.secrecy.release.public_notes import PublicNotes
    from observatoire.workspace.model import Workspace


#: For whom something is made, as agreements with partners know it.
Audience = Literal["interne", "partenaires", "public"]


#: What answers keep between two loads.
_REMEMBERED = (
    "catalogue",
    "_context",
    "_gazetteer",
    "_planned",
    "_decided",
    "_definitions",
    "_kept_answers",
    "_watches",
    "_answers",
)

Answer = TypeVar("Answer")


class Session:
    """The workspace, the warehouse, and what is remembered between questions.

    Parameters
    ----------
    workspace : Workspace
        What ``observatoire.toml`` declares.
    warehouse : Path or ":memory:"
        The DuckDB file.
    ledger : Path, optional
        The text that keeps what was published too; none for what is only tried.
    """

    def __init__(self, workspace: Workspace, warehouse: Path | str, *, ledger: Path | None) -> None:
        from observatoire.warehouse.loading.zonings import fill_zonings
        from observatoire.warehouse.storage.ledger_text import reconcile

        self.workspace = workspace
        # What is only tried lies in the library: what is written goes to the current folder.
        self._home = workspace.root if ledger else Path()
        self._reader = ""
        self.today: Callable[[], dt.date] = current_day
        self.warehouse: Warehouse = open_warehouse(warehouse, workspace.crs, ledger)
        try:
            fill_zonings(self.warehouse, workspace)
            for notice in reconcile(self.warehouse):
                warnings.warn(notice, stacklevel=3)
        except BaseException:
            self.warehouse.close()
            raise

    @property
    def _outbox(self) -> Path:
        """Where pages go without a path: the workspace's folder of what is built, or the current one."""
        return self.workspace.processed if self._home == self.workspace.root else self._home

    @cached_property
    def series(self) -> SeriesBook:
        """Series, breaks and vintages that are not compared, as data."""
        from observatoire.indicators.definitions.series import read_series

        return read_series(self.workspace.series)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators, checked against the sources that are loaded."""
        from observatoire.indicators.definitions.feeds import check_variables
        from observatoire.indicators.definitions.grounds import catalogue_on
        from observatoire.values import Nature

        catalogue = catalogue_on(self._grounds())
        self.series.check_indicators(indicator.code for indicator in catalogue)
        natures = {
            source: {code: Nature(nature) for code, nature in given.items()}
            for source, given in self._variables().items()
        }
        check_variables(catalogue, natures, self.workspace.catalogue)
        return catalogue

    def _grounds(self) -> Grounds:
        """Return what the catalogue rests on now."""
        from observatoire.indicators.definitions.grounds import Grounds
        from observatoire.sources.families.family import read_families

        return Grounds(
            self.workspace.catalogue,
            self.series,
            read_families(self.workspace.root),
            families(self.warehouse),
            self._variables(),
            [folder / "source.toml" for folder in self.workspace.source_folders()],
        )

    def _variables(self) -> dict[str, dict[str, str]]:
        """Return the nature of each variable that each loaded source declares."""
        found: dict[str, dict[str, str]] = {}
        for row in self.warehouse.rows("SELECT source, code, nature FROM variable"):
            source, code, nature = map(str, row)
            found.setdefault(source, {})[code] = nature
        return found

    def _drop_remembered(self) -> None:
        for name in _REMEMBERED:
            self.__dict__.pop(name, None)

    @cached_property
    def _answers(self) -> Memo:
        return Memo()

    def _once(self, kind: str, audience: str, make: Callable[[], Answer]) -> Answer:
        """Return what is made once for those who read, the same day, until something is loaded."""
        return self._answers.once((kind, audience, self._reader, self.today()), make)

    @cached_property
    def _context(self) -> Context:
        from observatoire.indicators.context import Context
        from observatoire.warehouse.loading.zonings import read_all_links

        return Context(
            self.warehouse, self.workspace, self.catalogue, read_all_links(self.workspace)
        )

    @cached_property
    def _kept_answers(self) -> KeptAnswers:
        from observatoire.indicators.kept_answers import KeptAnswers

        return KeptAnswers(self._context)

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        from observatoire.observatory.gazetteer import Gazetteer

        return Gazetteer(self.warehouse, self.workspace, self._context)

    def _version(self) -> tuple[int, object]:
        """Return what changes when something is loaded, or published but not as decided."""
        loaded = self.warehouse.rows("SELECT max(id), max(superseded_by) FROM load")[0]
        if self.__dict__.get("_loaded", loaded) != loaded:
            self._drop_remembered()  # another handle on the same workspace has loaded since
        self._loaded = loaded
        return (self._ledger.version(), loaded)

    def _decision(self) -> Decision:
        """Return what may be shown now: read where it is kept, decided anew when in doubt."""
        from observatoire.secrecy.release.kept_decision import keep

        version, written = self._version(), self._ledger.written
        if self.__dict__.get("_decided", (None, None))[0] != version:
            self._decided = (version, self._decide(), written)
        elif self._decided[2] != written:  # what left as decided is known to whoever decides next
            self._decided = (version, self._decided[1], written)
            keep(self._context, self._decided[1], lambda _: self._version() == version)
        return self._decided[1]

    @few_rows
    def _decide(self) -> Decision:
        from observatoire.indicators.publishable import guarded_indicators
        from observatoire.secrecy.primary.rule_checks import check_declared
        from observatoire.secrecy.release.decision import Decision, decision_of
        from observatoire.secrecy.release.kept_decision import grounds, keep, kept_decision

        # Made of what stands now, of nothing older.
        for read_before in ("_context", "_kept_answers", "_planned"):
            self.__dict__.pop(read_before, None)
        check_declared(self._context)
        if not guarded_indicators(self._context):
            return Decision({})
        rested = grounds(self._context, self._kept_answers.grounds)
        found = kept_decision(self._context, rested)
        if found is not None:
            return found
        made = decision_of(self._plan())
        keep(self._context, made, lambda now: now == rested)
        return made

    @few_rows
    def _plan(self) -> SecrecyPlan:
        """Return the system that proves what may be shown now."""
        from observatoire.secrecy.plan.plan import make_plan

        version = self._version()
        if self.__dict__.get("_planned", (None, None))[0] != version:
            self._planned = (version, make_plan(self._context, self._ledger.cells()))
        return self._planned[1]

    @cached_property
    def _ledger(self) -> WarehouseLedger:
        from observatoire.exchange.ledger import WarehouseLedger

        return WarehouseLedger(self.warehouse)

    @cached_property
    def _output_check(self) -> OutputCheck:
        from observatoire.secrecy.release.agreements import first_refusal
        from observatoire.secrecy.release.declared_rules import require_declared
        from observatoire.secrecy.release.output_check import OutputCheck, undescribed

        return OutputCheck(
            self._decision,
            self._plan,
            self._ledger,
            lambda: undescribed(self.warehouse),
            lambda: require_declared(self.warehouse, self.workspace),
            lambda agreed: first_refusal(agreed, self.today()),
        )

    @cached_property
    def _watches(self) -> tuple[Watch, ...]:
        from observatoire.indicators.evaluation.watch import WATCH_FILE, read_watches

        return read_watches(self.workspace.root / WATCH_FILE, self.catalogue.indicators)

    def _gate(self, audience: str) -> Gate:
        from observatoire.secrecy.release.agreements import Gate
        from observatoire.warehouse.storage.agreements import given_under, read_agreements

        conventions = read_agreements(self.warehouse)
        given = given_under(self.warehouse) if conventions else frozenset()
        return Gate(conventions, given, self.today(), audience, self._reader)

    @contextmanager
    def _read_by(self, reader: str) -> Iterator[None]:
        """Answer for one partner alone, as agreements that name theirs ask."""
        former, self._reader = self._reader, reader
        try:
            yield
        finally:
            self._reader = former

    def _public_notes(self, audience: Audience) -> PublicNotes:
        from observatoire.secrecy.release.public_notes import let_out, public_notes

        notes = self.warehouse.frame(NOTES)
        return public_notes(let_out(notes, gate=self._gate(audience)))

    def _zoning(self, asked: str | None) -> str:
        """Return a zoning that is asked for, once known to be declared; the main one by default."""
        return self.workspace.zoning(asked or self.workspace.main_zoning).code

    def _foot(self) -> list[str]:
        """Return the zonings shown at the foot of panels; the others only give what lacks."""
        return list(
            dict.fromkeys(self.workspace.comparators[c].zoning for c in self.workspace.usual)
        )

    def __repr__(self) -> str:
        """Say which workspace is open."""
        return f"<Observatory « {self.workspace.name} », {self.workspace.root}>"

    def close(self) -> None:
        """Close the warehouse."""
        self.warehouse.close()

    def __enter__(self) -> Self:
        """Open a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close at the end of a ``with`` block."""
        self.close()


def today() -> str:
    """Return the day of today in French, as pages print it."""
    return day(current_day())
