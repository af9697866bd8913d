"""The part of the whole that an annex shows: some territories, some themes, what bears on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Catalogue, Theme
    from observatoire.indicators.evaluation.actions import Programming
    from observatoire.panels.assessment import Assessment
    from observatoire.panels.profile import ProfileContent
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.secrecy.release.public_notes import PublicNotes


@dataclass(frozen=True)
class AnnexScope:
    """What is kept; no ``territories`` stands for all of them.

    ``wholes`` are the zonings and codes that the territories belong to: what bears on them counts.
    ``place`` is where alone: agreements name a town, never a theme.
    """

    label: str
    territories: tuple[str, ...] = ()
    wholes: frozenset[tuple[str, str]] = frozenset()
    themes: tuple[str, ...] = ()
    place: str = ""

    def themes_of(self, catalogue: Catalogue) -> list[Theme]:
        """Return the themes kept, in the order of the catalogue."""
        return [
            theme
            for theme in catalogue.themes.values()
            if not self.themes or theme.code in self.themes
        ]

    def table(self, table: ProtectedTable, catalogue: Catalogue) -> ProtectedTable:
        """Return what is kept of a table: territories, themes, and comparators that hold them."""
        codes = [
            indicator.code
            for indicator in catalogue
            if (not self.themes or indicator.theme in self.themes)
            and indicator.code in table.indicators
        ]
        kept = table.select(codes, list(self.territories) or None)
        return kept.compared_with(self.wholes) if self.territories else kept

    def profiles(self, content: ProfileContent, catalogue: Catalogue) -> ProfileContent:
        """Return what is kept of profiles: their territories, their themes."""
        kept = [
            identity
            for identity in content.identities
            if not self.territories or identity.code in self.territories
        ]
        return replace(content, identities=kept, themes=self.themes_of(catalogue))

    def notes(self, notes: PublicNotes, main: str) -> PublicNotes:
        """Return the notes that bear on the territories kept."""
        return notes.within(self._spots(main)) if self.territories else notes

    def _spots(self, main: str) -> set[tuple[str, str]]:
        return {*self.wholes, *((main, code) for code in self.territories)}

    def assessment(self, found: Assessment, catalogue: Catalogue, main: str) -> Assessment:
        """Return what is kept of an evaluation."""
        gaps, aims, moments = found.gaps, found.objectives, found.moments
        if self.territories:
            gaps = gaps[gaps["territory"].isin(self.territories)]
            aims = _bearing(aims, self._spots(main))
        if self.themes:
            codes = {i.code for i in catalogue if i.theme in self.themes}
            gaps = gaps[gaps["indicator"].isin(codes)]
            aims = aims[aims["theme"].isin(self.themes)]
        moments = moments[moments["code"].isin(aims["code"])] if "code" in moments else moments
        programming = (
            self._programming(found.programming) if self.territories else found.programming
        )
        return replace(found, gaps=gaps, objectives=aims, moments=moments, programming=programming)

    def _programming(self, whole: Programming) -> Programming:
        """Return what was programmed there; sums of money, made over all, are left out."""
        spots = {*self.wholes}
        places, actions = whole.places, whole.actions
        keys = zip(actions["zoning"], actions["territory"], strict=True)
        near = [key in spots or key[1] in self.territories for key in keys]
        perimeters = _bearing(whole.perimeters, spots)
        return replace(
            whole,
            places=places[places["territory"].isin(self.territories)],
            perimeters=perimeters,
            actions=actions.loc[near],
            money=whole.money if len(perimeters) == len(whole.perimeters) else whole.money.iloc[:0],
        )


def _bearing(frame: pd.DataFrame, spots: Collection[tuple[str, str]]) -> pd.DataFrame:
    keys = zip(frame["zoning"], frame["territory"], strict=True)
    return frame.loc[[key in spots for key in keys]]  # an empty list would choose no column
