"""What pages say of territories themselves: where they lie, who they are, what they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.errors import UnknownNameError, suggestion
from observatoire.indicators.beside import counterparts
from observatoire.maps.drawing import Ground
from observatoire.panels.profile import Identity, SharedSource, identity_facts
from observatoire.territories.links import PART, WHOLE
from observatoire.territories.names import Matcher
from observatoire.typography import enumerate_words
from observatoire.warehouse import Warehouse, read_shapes
from observatoire.workspace import Comparator

if TYPE_CHECKING:
    from observatoire.indicators.asking import Desk
    from observatoire.indicators.beside import Counterpart
    from observatoire.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Reads territories, shapes and links once, for the pages that show them."""

    warehouse: Warehouse
    workspace: Workspace
    desk: Desk

    @cached_property
    def frames(self) -> dict[str, gpd.GeoDataFrame]:
        """Territories with their shapes, by zoning."""
        return {code: read_shapes(self.warehouse, code) for code in self.workspace.zonings}

    @cached_property
    def shapes(self) -> gpd.GeoDataFrame:
        """Every shape, indexed by zoning and territory, with ``official``."""
        parts = [
            frame[["official", "geometry"]].set_axis(
                pd.MultiIndex.from_product([[code], frame.index]), axis=0
            )
            for code, frame in self.frames.items()
        ]
        return gpd.GeoDataFrame(pd.concat(parts), crs=self.workspace.crs)

    @cached_property
    def communes(self) -> dict[str, str]:
        """Name of the commune of each territory of the main zoning."""
        frame = self.frames[self.workspace.main_zoning]
        return {str(code): self._commune_name(str(c)) for code, c in frame["commune"].items()}

    def code(self, zoning: str, text: str) -> str:
        """Return the code of a territory told by code or name."""
        frame = self.frames[self.workspace.zoning(zoning).code]
        names = {str(code): str(name) for code, name in frame["name"].items()}
        return Matcher(names, self.workspace.zoning(zoning).singular).code(text)

    def comparator(self, zoning: str, text: str) -> Comparator:
        """Return a declared comparator, or another territory of the zoning told by code or name.

        Raises
        ------
        UnknownNameError
            When it is neither.
        """
        if text in self.workspace.comparators:
            return self.workspace.comparators[text]
        known = [*self.workspace.comparators, *map(str, self.frames[zoning]["name"])]
        try:
            code = self.code(zoning, text)
        except UnknownNameError as error:
            raise UnknownNameError(
                f"On ne sait pas comparer avec « {text} » : ni un comparateur, ni un territoire de "
                f"« {zoning} ».",
                remedy=suggestion(text, known, most=len(self.workspace.comparators)),
                name=text,
            ) from error
        name = str(self.frames[zoning].at[code, "name"])
        return Comparator(code, name, zoning, (code,))

    def ground(self, zoning: str) -> Ground:
        """Return the shapes of a zoning and what a map puts under them."""
        frame = self.frames[zoning]
        plan = self.workspace.zoning(zoning).schematic
        cells = self.frames[plan.source] if plan and plan.source else frame.iloc[:0]
        outlines = self.frames.get(self._commune_zoning or "", frame.iloc[:0])
        return Ground(
            frame.geometry, cells.geometry, outlines.geometry, bool(frame["official"].all())
        )

    def identities(self, zoning: str) -> list[Identity]:
        """Return who the territories of a zoning are, in order."""
        told = self._links_told(zoning)
        return [
            Identity(
                code=str(code),
                name=str(row["name"]),
                commune=str(row["commune"]),
                commune_name=self._commune_name(str(row["commune"])),
                facts=identity_facts(
                    row["attributes"],
                    self._commune_name(str(row["commune"])),
                    told.get(str(code), "aucun IRIS connu"),
                ),
                linked=str(code) in told,
                shared=self._shared(zoning).get(str(code)),
            )
            for code, row in self.frames[zoning].iterrows()
        ]

    def against(self, zoning: str, code: str) -> list[tuple[str, str, str]]:
        """Return what the profile of a territory prints beside it: zoning, code and name."""
        beside = []
        for comparator in self.workspace.on_profiles:
            other = self._counterparts(zoning, comparator).get(code)
            if other is not None:
                beside.append((other.zoning, other.code, other.name))
        return beside

    def commune_codes(self, zoning: str) -> dict[str, str]:
        """Return the code of the commune of each territory of a zoning."""
        return {str(code): str(one) for code, one in self.frames[zoning]["commune"].items()}

    def _counterparts(self, zoning: str, comparator: Comparator) -> dict[str, Counterpart]:
        key = (zoning, comparator.code)
        if key not in self._found:
            self._found[key] = counterparts(self.desk, comparator, zoning)
        return self._found[key]

    @cached_property
    def _found(self) -> dict[tuple[str, str], dict[str, Counterpart]]:
        return {}

    @property
    def commune_zoning(self) -> str:
        """The zoning of the communes, or an empty text."""
        return self._commune_zoning or ""

    @cached_property
    def _commune_zoning(self) -> str | None:
        """The zoning that holds the communes of the main territories, whatever it is called."""
        wanted = set(self.frames[self.workspace.main_zoning]["commune"]) - {""}
        holding = [
            code
            for code, frame in self.frames.items()
            if wanted and code != self.workspace.main_zoning and wanted <= set(frame.index)
        ]
        return holding[0] if holding else None

    def _commune_name(self, code: str) -> str:
        if self._commune_zoning and code in self.frames[self._commune_zoning].index:
            return str(self.frames[self._commune_zoning].at[code, "name"])
        return code

    def _shared(self, zoning: str) -> dict[str, SharedSource]:
        """Return, for each territory that is part of one source only, who else is part of it."""
        plan = self.workspace.zoning(zoning).schematic
        table = self.desk.links.get((plan.source, zoning)) if plan else None
        if table is None or plan is None:
            return {}
        known = table[table["link"].isin([WHOLE, PART])]
        alone = known[~known["target"].duplicated(keep=False) & (known["link"] == PART)]
        names, mine = self.frames[plan.source]["name"], self.frames[zoning]["name"]
        singular = self.workspace.zoning(plan.source).singular
        found = {}
        for target, source in zip(alone["target"], alone["source"], strict=True):
            others = known.loc[(known["source"] == source) & (known["target"] != target), "target"]
            told = f"{singular} {names.get(source, '')} ({source})"
            found[str(target)] = SharedSource(told, tuple(str(mine[other]) for other in others))
        return found

    def _links_told(self, zoning: str) -> dict[str, str]:
        words = {WHOLE: "fait des IRIS entiers", PART: "partie de l’IRIS"}
        plan = self.workspace.zoning(zoning).schematic
        table = self.desk.links.get((plan.source, zoning)) if plan else None
        if table is None or plan is None:
            return {}
        names = self.frames[plan.source]["name"]
        told = {}
        for code, group in table[table["link"].isin(list(words))].groupby("target"):
            link = str(group["link"].iloc[0])
            listed = [f"{names.get(source, '')} ({source})" for source in sorted(group["source"])]
            word = "fait de l’IRIS entier" if link == WHOLE and len(listed) == 1 else words[link]
            told[str(code)] = f"{word} {enumerate_words(listed)}"
        return told
