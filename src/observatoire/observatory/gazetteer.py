"""What pages say of territories themselves: where they lie, who they are, what they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.indicators.comparison.comparators import counterparts
from observatoire.maps.marks import BaseMap
from observatoire.panels.identities import (
    SharedSource,
    TerritoryIdentity,
    identity_facts,
    listed_words,
)
from observatoire.territories import simplify
from observatoire.territories.aliases import ALIAS_COLUMN, split_names
from observatoire.territories.layers.reader import open_layers
from observatoire.territories.link_tables import PART, UNKNOWN, WHOLE
from observatoire.territories.matcher import Matcher
from observatoire.values import records
from observatoire.warehouse.storage.zonings import read_each_shapes
from observatoire.workspace.model import Comparator, Workspace

if TYPE_CHECKING:
    from observatoire.french.nouns import Noun
    from observatoire.indicators.context import Context
    from observatoire.territories.zoning import Schematic
    from observatoire.warehouse import Warehouse


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Reads territories, shapes and links once, for the pages that show them."""

    warehouse: Warehouse
    workspace: Workspace
    context: Context

    @cached_property
    def frames(self) -> dict[str, gpd.GeoDataFrame]:
        """Territories with their shapes, by zoning."""
        return read_each_shapes(self.warehouse, list(self.workspace.zonings))

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

    def communes(self, zoning: str) -> dict[str, str]:
        """Return the name of the commune of each territory of a zoning; communes are in none."""
        if zoning == self.commune_zoning:
            return {}
        frame = self.frames[zoning]
        return {str(code): self._commune_name(str(c)) for code, c in frame["commune"].items()}

    def code(self, zoning: str, text: str) -> str:
        """Return the code of a territory by code or name."""
        frame = self.frames[self.workspace.zoning(zoning).code]
        names = {str(code): str(name) for code, name in frame["name"].items()}
        aliases = [
            (name, str(code))
            for code, attributes in frame["attributes"].items()
            for name in split_names(attributes.get(ALIAS_COLUMN, ""))
        ]
        noun = self.workspace.zoning(zoning).singular
        return Matcher(names, noun, aliases=aliases).code(text)

    def comparator(self, zoning: str, text: str) -> Comparator:
        """Return a declared comparator, or another territory of the zoning by code or name.

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

    def base_map(self, zoning: str) -> BaseMap:
        """Return the shapes of a zoning and what a map puts under them."""
        frame = self.frames[zoning]
        plan = self.workspace.zoning(zoning).schematic
        below = plan.source if plan else self._ties(zoning)[0]
        cells = self.frames[below] if below else frame.iloc[:0]
        communes = self.frames.get(self.commune_zoning, frame.iloc[:0])
        # Real parts say where a commune ends better than its drawing; and than nothing.
        rather = _surveyed(cells) > _surveyed(communes)
        outlines = (
            cells[cells.geometry.notna()].dissolve("commune").geometry
            if rather
            else communes.geometry
        )
        return BaseMap(
            frame.geometry,
            cells.geometry,
            outlines,
            bool(frame["official"].all()),
            self._drawn(plan),
            self.context.words(zoning),
            rough=not rather and _surveyed(communes) == _DRAWN,
            land=self._land,
            alike=self._alike(zoning),
        )

    def _alike(self, zoning: str) -> tuple[tuple[str, ...], ...]:
        """Return the codes of the territories that are part of one source only, the same for several."""
        shared, groups = self._shared(zoning), dict[str, list[str]]()
        for code in map(str, self.frames[zoning].index if shared else ()):
            if code in shared:
                groups.setdefault(shared[code].code, []).append(code)
        return tuple(tuple(codes) for codes in groups.values() if len(codes) > 1)

    @cached_property
    def _land(self) -> gpd.GeoSeries | None:
        """What is land around the territories, in the workspace's system."""
        if self.workspace.land is None:
            return None
        return open_layers(self.workspace.land)[0].geometry.to_crs(self.workspace.crs)

    def _drawn(self, plan: Schematic | None) -> str:
        """Say how the shapes of a zoning were drawn."""
        if plan is None or plan.method == "outline":
            return "tracés d’après des contours généralisés" if plan else ""
        if plan.method == "cells":
            return "dessinés autour de points"
        return f"dessinés à partir des {self.workspace.zoning(plan.source).noun.many}"

    def identities(self, zoning: str) -> list[TerritoryIdentity]:
        """Return who the territories of a zoning are, in order."""
        sentences, shared = self._link_sentences(zoning), self._shared(zoning)
        parts = self.context.words(zoning).parts
        unknown = f"{parts.none} {parts.agree('connu')}" if parts else ""
        noun, frame = self.workspace.zoning(zoning).noun, self.frames[zoning]
        columns = (frame[name].tolist() for name in ("name", "commune", "attributes"))
        found = []
        for code, name, commune, attributes in zip(map(str, frame.index), *columns, strict=True):
            commune_name = self._commune_name(str(commune))
            found.append(
                TerritoryIdentity(
                    code=code,
                    name=str(name),
                    commune=str(commune),
                    commune_name=commune_name,
                    facts=identity_facts(attributes, commune_name, sentences.get(code, unknown)),
                    linked=code in sentences,
                    shared=shared.get(code),
                    listed=listed_words(attributes, noun),
                )
            )
        return found

    def wholes(self, zoning: str, code: str) -> set[tuple[str, str]]:
        """Return a territory and all that it belongs to, as zoning and code.

        What it is merely compared with (a named comparator: the quartiers of a neighbouring convention) does
        not hold it, and what was aimed at there is no aim of its own.
        """
        linked = {
            (target, str(one["target"]))
            for (source, target), links in self.context.links.items()
            if source == zoning
            for one in records(links[links["source"] == code])
        }
        ranks = [one for one in self.workspace.comparators.values() if one.zoning]
        found = (
            counterparts(self.context, one, zoning).get(code)
            for one in ranks
            if not (one.territories or one.against or one.minus)
        )
        return {(zoning, code), *linked, *((other.zoning, other.code) for other in found if other)}

    def perimeter(self, text: str) -> tuple[str, list[str]]:
        """Return the name of a perimeter, by code or name, and the main territories that it holds.

        Raises
        ------
        UnknownNameError
            With the nearest names.
        """
        main = self.workspace.main_zoning
        known: dict[str, tuple[str, list[str]]] = {}
        for (source, target), table in self.context.links.items():
            if source != main:
                continue
            for code, group in table.groupby("target", sort=False):
                name = str(self.frames[target].at[code, "name"])
                known[name] = known[str(code)] = (name, [str(each) for each in group["source"]])
        if text in known:
            return known[text]
        near = [name for name in known if simplify(name) == simplify(text)]
        if len(near) != 1:
            raise UnknownNameError(
                f"Aucun périmètre ne s’appelle « {text} ».",
                remedy=suggestion(text, dict.fromkeys(name for name, _ in known.values())),
                name=text,
            )
        return known[near[0]]

    def commune_codes(self, zoning: str) -> dict[str, str]:
        """Return the code of the commune of each territory of a zoning."""
        return {str(code): str(commune) for code, commune in self.frames[zoning]["commune"].items()}

    @cached_property
    def commune_zoning(self) -> str:
        """The zoning that holds the communes of the main territories, or an empty text."""
        wanted = set(self.frames[self.workspace.main_zoning]["commune"]) - {""}
        holding = [
            code
            for code, frame in self.frames.items()
            if wanted and code != self.workspace.main_zoning and wanted <= set(frame.index)
        ]
        return holding[0] if holding else ""

    def _commune_name(self, code: str) -> str:
        if self.commune_zoning and code in self.frames[self.commune_zoning].index:
            return str(self.frames[self.commune_zoning].at[code, "name"])
        return code

    def _ties(self, zoning: str) -> tuple[str, pd.DataFrame]:
        """Return the zoning that figures come from, and what links it to the territories of one."""
        routes = self.context.place(zoning).routes
        if not routes:
            return "", pd.DataFrame(columns=["source", "target", "link"])
        source = routes[0].source
        links = pd.concat([route.links for route in routes if route.source == source])
        return source, links[links["link"] != UNKNOWN]

    def _shared(self, zoning: str) -> dict[str, SharedSource]:
        """Return, for each territory that is part of one source only, who else is part of it."""
        source, known = self._ties(zoning)
        alone = known[~known["target"].duplicated(keep=False) & (known["link"] == PART)]
        if alone.empty:
            return {}
        names, here_names = self.frames[source]["name"], self.frames[zoning]["name"]
        noun = self.workspace.zoning(source).noun
        found = {}
        for target, source_code in zip(alone["target"], alone["source"], strict=True):
            neighbours = known.loc[
                (known["source"] == source_code) & (known["target"] != target), "target"
            ]
            title = f"{names.get(source_code, '')} ({source_code})"
            found[str(target)] = SharedSource(
                title, tuple(str(here_names[code]) for code in neighbours), noun, str(source_code)
            )
        return found

    def _link_sentences(self, zoning: str) -> dict[str, str]:
        source, known = self._ties(zoning)
        if known.empty:
            return {}
        names = self.frames[source]["name"]
        noun, here = self.workspace.zoning(source).noun, self.workspace.zoning(zoning).noun
        phrases: dict[str, list[str]] = {}
        for (target, link), group in known.groupby(["target", "link"], sort=False):
            listed = [f"{names.get(code, '')} ({code})" for code in sorted(group["source"])]
            words = _tied(str(link), noun, here, several=len(listed) > 1)
            phrases.setdefault(str(target), []).append(
                f"{words} {enumerate_words(listed, most=_MOST_NAMED)}"
            )
        return {code: " ; ".join(linked) for code, linked in phrases.items()}


#: How well shapes are known: not at all, drawn or in part, real.
_NONE, _DRAWN, _REAL = range(3)


def _surveyed(frame: gpd.GeoDataFrame) -> int:
    known = frame.geometry.notna()
    if not known.any():
        return _NONE
    return _REAL if known.all() and frame["official"].all() else _DRAWN


#: A territory may touch dozens of sources: naming them all would help nobody.
_MOST_NAMED = 8


def _tied(link: str, noun: Noun, here: Noun, *, several: bool) -> str:
    """Say what a territory is of its sources: made of whole ones, or of a part of some."""
    if link == WHOLE:
        whole = noun.agree("entier", several=several)
        what = f"des {noun.many} {whole}" if several else f"{noun.of_the} {whole}"
        return f"{here.agree('fait')} {what}"
    return f"partie {f'des {noun.many}' if several else noun.of_the}"
