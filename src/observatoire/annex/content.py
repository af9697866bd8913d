"""All that the annex is made of, and what is chosen of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.annex.choice import AnnexChoice
from observatoire.annex.findings import Finding, finding
from observatoire.annex.method import Done
from observatoire.values import Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from observatoire.annex.choice import AnnexScope
    from observatoire.annex.revisions import Revisions
    from observatoire.indicators.definitions.catalogue import Catalogue, Theme
    from observatoire.maps import BaseMap
    from observatoire.pages.blocks import Block, Figure
    from observatoire.panels.assessment import Assessment
    from observatoire.panels.profile import ProfileContent
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Pages that a theme has at most in a short annex.
_MOST_PAGES = 2


@dataclass(frozen=True)
class AnnexContent:
    """All that the annex is made of: one protected table and what describes it.

    ``evaluation`` gives the pages of what was found, and ``local`` what is written and done in a territory.
    """

    name: str
    subject: str
    place: str
    centre: str
    day: dt.date
    table: ProtectedTable
    catalogue: Catalogue
    base_map: BaseMap
    communes: Mapping[str, str]
    foot: Sequence[str]
    scope: AnnexScope
    profiles: ProfileContent
    choice: AnnexChoice = field(default_factory=AnnexChoice)
    found: Assessment | None = None
    evaluation: Callable[[Assessment], Sequence[Block]] = lambda _: ()
    local: Callable[[str], Sequence[Block]] = lambda _: ()
    done: Done = field(default_factory=Done)
    checked: pd.DataFrame | None = None
    changed: Revisions | None = None
    logo: Figure | None = None
    audience: str = "public"

    @cached_property
    def themes(self) -> list[Theme]:
        """The headings shown."""
        return self.scope.themes_of(self.catalogue)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """What the indicators say, those that have a figure of their own."""
        codes = [
            code for code in self.table.indicators if not self.table.indicator(code).nature.additive
        ]
        by_code = {
            code: finding(self.table, code, self.communes, self.base_map.alike)
            for code in [*codes, *self.chosen]
        }
        return {code: each for code, each in by_code.items() if each}

    @cached_property
    def chosen(self) -> list[str]:
        """The indicators that have their page: those named, else those that the catalogue maps.

        One of which no territory has its own figure has none: a map would show nothing of it. A short annex
        has a few a theme, counts left out where it has rates.
        """
        cells = self.table.main
        own = (Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED)
        known = set(cells.loc[cells["status"].isin(list(map(str, own))), "indicator"])
        if self.choice.indicators:
            codes = [self.catalogue.get(code).code for code in self.choice.indicators]
            shown = {theme.code for theme in self.themes}
            return [c for c in codes if c in known and self.catalogue.get(c).theme in shown]
        mapped = ([c for c in theme.maps if c in known] for theme in self.themes)
        return [code for codes in mapped for code in self._first(codes)]

    def _first(self, codes: list[str]) -> list[str]:
        if self.choice.length != "court":
            return codes
        rates = [code for code in codes if not self.catalogue.get(code).nature.additive]
        return (rates or codes)[:_MOST_PAGES]
