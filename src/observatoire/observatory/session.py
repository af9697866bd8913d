"""An open workspace: what it declares, its warehouse, what is remembered between questions."""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from observatoire.french.typography import day
from observatoire.sources.descriptors.agreement import current_day
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.connection import MEMORY
from observatoire.warehouse.storage.listings import NOTES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from observatoire.exchange.ledger import WarehouseLedger
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Catalogue
    from observatoire.indicators.definitions.series import SeriesBook
    from observatoire.indicators.evaluation.watch import Watch
    from observatoire.observatory.gazetteer import Gazetteer
    from observatoire.secrecy.plan.plan import SecrecyPlan
    from observatoire.secrecy.release.agreements import Gate
    from observatoire.secrecy.release.output_check import OutputCheck
    from observatoire.secrecy.release.public_notes import PublicNotes
    from observatoire.warehouse import Warehouse
    from observatoire.workspace.model import Workspace


#: For whom something is made, as agreements with partners know it.
Audience = Literal["interne", "partenaires", "public"]


#: What answers keep between two loads.
_REMEMBERED = (
    "catalogue",
    "_context",
    "_gazetteer",
    "_planned",
    "_definitions",
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
    """

    def __init__(self, workspace: Workspace, warehouse: Path | str) -> None:
        from observatoire.warehouse.loading.zonings import fill_zonings
        from observatoire.warehouse.storage.ledger_text import reconcile

        self.workspace = workspace
        self.today: Callable[[], dt.date] = current_day
        ledger = None if warehouse == MEMORY else workspace.ledger
        self.warehouse: Warehouse = open_warehouse(warehouse, workspace.crs, ledger)
        try:
            fill_zonings(self.warehouse, workspace)
            for notice in reconcile(self.warehouse):
                warnings.warn(notice, stacklevel=3)
        except BaseException:
            self.warehouse.close()
            raise

    @cached_property
    def series(self) -> SeriesBook:
        """Series, breaks and vintages that are not compared, as data."""
        from observatoire.indicators.definitions.series import read_series

        return read_series(self.workspace.series)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators, checked against the sources that are loaded."""
        from observatoire.indicators.definitions.catalogue import read_catalogue
        from observatoire.indicators.definitions.declared_variables import check_variables
        from observatoire.values import Nature

        spans = {code: series.spans for code, series in self.series.series.items()}
        catalogue = read_catalogue(self.workspace.catalogue, spans)
        self.series.check_indicators(indicator.code for indicator in catalogue)
        declared: dict[str, dict[str, Nature]] = {}
        for source, code, nature in self.warehouse.rows(
            "SELECT source, code, nature FROM variable"
        ):
            declared.setdefault(source, {})[code] = Nature(nature)
        check_variables(catalogue, declared, self.workspace.catalogue)
        return catalogue

    def _drop_remembered(self) -> None:
        for name in _REMEMBERED:
            self.__dict__.pop(name, None)

    @cached_property
    def _answers(self) -> dict[tuple[str, str, dt.date], Any]:
        return {}

    def _once(self, kind: str, audience: str, make: Callable[[], Answer]) -> Answer:
        """Return what is made once for those who read, the same day, until something is loaded."""
        key = (kind, audience, self.today())
        if key not in self._answers:
            self._answers[key] = make()
        answer: Answer = self._answers[key]
        return answer

    @cached_property
    def _context(self) -> Context:
        from observatoire.indicators.context import Context
        from observatoire.warehouse.loading.zonings import read_all_links

        return Context(
            self.warehouse, self.workspace, self.catalogue, read_all_links(self.workspace)
        )

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        from observatoire.observatory.gazetteer import Gazetteer

        return Gazetteer(self.warehouse, self.workspace, self._context)

    def _plan(self) -> SecrecyPlan:
        """Return what may be shown now: made anew when another has published since."""
        from observatoire.secrecy.plan.plan import make_plan

        loaded = self.warehouse.rows("SELECT max(id), max(superseded_by) FROM load")[0]
        if self.__dict__.get("_loaded", loaded) != loaded:
            self._drop_remembered()  # another handle on the same workspace has loaded since
        self._loaded = loaded
        version = (self._ledger.version(), loaded)
        if self.__dict__.get("_planned", (None, None))[0] != version:
            self._planned = (version, make_plan(self._context, self._ledger.cells()))
        return self._planned[1]

    @cached_property
    def _ledger(self) -> WarehouseLedger:
        from observatoire.exchange.ledger import WarehouseLedger

        return WarehouseLedger(self.warehouse)

    @cached_property
    def _output_check(self) -> OutputCheck:
        from observatoire.secrecy.release.output_check import OutputCheck, undescribed

        return OutputCheck(self._plan, self._ledger, lambda: undescribed(self.warehouse))

    @cached_property
    def _watches(self) -> tuple[Watch, ...]:
        from observatoire.indicators.evaluation.watch import WATCH_FILE, read_watches

        return read_watches(self.workspace.root / WATCH_FILE, self.catalogue.indicators)

    def _gate(self, audience: str) -> Gate:
        from observatoire.secrecy.release.agreements import Gate
        from observatoire.warehouse.storage.agreements import given_under, read_conventions

        conventions = read_conventions(self.warehouse)
        given = given_under(self.warehouse) if conventions else frozenset()
        return Gate(conventions, given, self.today(), audience)

    def _public_notes(self, audience: Audience) -> PublicNotes:
        from observatoire.secrecy.release.public_notes import let_out, public_notes

        notes = self.warehouse.frame(NOTES)
        return public_notes(let_out(notes, gate=self._gate(audience)))

    def _comparators(self, compare: Sequence[str] | None = None) -> list[str]:
        """Return what to compare with: what is asked, or what the workspace usually shows."""
        return list(self.workspace.usual if compare is None else compare)

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
