"""What answers need: the warehouse, the workspace, the catalogue, the links, read once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations.secrecy_rules import Rule
from observatoire.errors import PassageError
from observatoire.errors.arguments import check_known
from observatoire.french.nouns import TERRITORY, TerritoryNames
from observatoire.french.typography import enumerate_words
from observatoire.indicators.computation.explanations import SourceNote
from observatoire.indicators.computation.table import CELL_COLUMNS, Place, Table
from observatoire.indicators.precision.sampling_bases import Rules
from observatoire.indicators.routes.passage_store import PassageBook, method_label
from observatoire.indicators.routes.published_counts import part_supports
from observatoire.indicators.routes.routes import (
    LINKS,
    PartModel,
    Route,
    chained,
    route_of,
    routes_to,
)
from observatoire.memo import Memo, remembered
from observatoire.passage.prediction import Calibration, known_calibrations
from observatoire.sources.descriptors.sampling_design import COMPLEMENTARY, SamplingDesign
from observatoire.territories.perimeters import Links, require_official
from observatoire.warehouse import Warehouse, read_shapes
from observatoire.warehouse.storage.agreements import read_agreements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Catalogue, Indicator
    from observatoire.passage import Passage
    from observatoire.workspace.model import PassageRecipe, Workspace


#: What a workspace learnt of its own published totals: it comes before what the library carries.
CALIBRATION_FILE = "calibration.toml"

#: What a ring is called: the ground that no loaded territory covers is not known from the sea.
RING = "anneau de {metres:g} m, hors mer et hors territoires non chargés"


@dataclass(frozen=True, eq=False)
class Context:
    """What is needed to answer: the warehouse, the workspace, the catalogue, the links."""

    warehouse: Warehouse
    workspace: Workspace
    catalogue: Catalogue
    links: Links

    @cached_property
    def memo(self) -> Memo:
        """What every question asks again."""
        return Memo()

    @remembered
    def names(self, zoning: str) -> dict[str, str]:
        """Return the names of a zoning's territories by code, in order."""
        return {str(code): str(name) for code, name, _ in self._members(zoning)}

    @remembered
    def _members(self, zoning: str) -> list[tuple[object, ...]]:
        """Return code, name and commune of each territory of a zoning, in order."""
        return self.warehouse.rows(
            "SELECT code, name, commune FROM territory WHERE zoning = ? ORDER BY rank", [zoning]
        )

    def place(self, zoning: str, territories: Sequence[str] = ()) -> Place:
        """Return a zoning, or some of its territories, with the routes that lead to it."""
        names = self.names(zoning)
        for code in territories:
            check_known(code, names, f"Aucun territoire « {code} » dans « {zoning} ».")
        kept = {code: names[code] for code in territories} if territories else names
        return Place(zoning, kept, self.routes(zoning))

    def blank(self, zoning: str) -> Table:
        """Return a table of no figure: every definition, and the warnings of the workspace."""
        return Table(
            cells=pd.DataFrame(columns=list(CELL_COLUMNS)),
            indicators=self.catalogue.indicators,
            zoning=zoning,
            zoning_label=self.workspace.zoning(zoning).label,
            warnings=self.workspace.warnings,
            words=self.words(zoning),
        )

    def words(self, zoning: str, sources: Sequence[str] | None = None) -> TerritoryNames:
        """Return what the territories of a zoning are called, and those their figures come from."""
        if sources is None:
            sources = self.origins(zoning)
        nouns = [self.workspace.zoning(source).noun for source in sources]
        parts = TERRITORY if len(nouns) > 1 else next(iter(nouns), None)
        return TerritoryNames(self.workspace.zoning(zoning).noun, parts)

    def passage(self, source: str, target: str) -> Passage:
        """Return the passage that figures use from one zoning to another.

        Raises
        ------
        PassageError
            When none leads there.
        """
        found = self.found_passage(source, target)
        if found is not None:  # what an analyst alters is his own
            return replace(found, weights=found.weights.copy())
        if any(route.source == source for route in self.routes(target)):
            raise PassageError(
                f"Les territoires de « {target} » se recouvrent : il faut plusieurs passages pour "
                f"y mener « {source} », un seul ne les partage pas.",
                remedy="Voyez-les par o.passages(), ou demandez les chiffres par o.table(…).",
            )
        raise PassageError(
            f"Aucun passage de « {source} » vers « {target} ».",
            remedy="Déclarez-le par une table [[passages]] dans observatoire.toml, ou donnez une "
            'méthode : o.passage(…, method="area").',
        )

    def found_passage(self, source: str, target: str) -> Passage | None:
        """Return the passage that figures use from one zoning to another, None without just one."""
        for code in (source, target):
            self.workspace.zoning(code)
        found = [route for route in self.routes(target) if route.source == source]
        return found[0].passage if len(found) == 1 else None

    @cached_property
    def book(self) -> PassageBook:
        """Makes and keeps the workspace's passages."""
        return PassageBook(self.warehouse, self.workspace, self.catalogue, self.kept())

    def kept(self) -> dict[str, str]:
        """Return the sources whose figures not everyone may see for ever, each with why."""
        restricted = {
            source: "un seuil de secret les garde"
            for source, rule in self.secrecy_rules.items()
            if rule.guarded and rule.diffusion != "public"
        }
        lent = {
            source: "une convention limite leur diffusion"
            for source, agreement in read_agreements(self.warehouse).items()
            if agreement.audience != "public" or agreement.first or agreement.ends
        }
        return restricted | lent

    @remembered
    def routes(self, zoning: str) -> list[Route]:
        """Return the routes that lead to a zoning, made when it is first asked for."""
        nouns = {code: declared.noun for code, declared in self.workspace.zonings.items()}
        # A pair that a method measures needs no table of links.
        by_method = [recipe for recipe in self.workspace.passages if recipe.method]
        measured = {(recipe.source, recipe.target) for recipe in by_method}
        links = {pair: table for pair, table in self.links.items() if pair not in measured}
        found = routes_to(zoning, links, list(self.names(zoning)), nouns)
        for recipe in by_method:
            second = self.links.get((recipe.target, zoning))
            if recipe.target == zoning:
                found.insert(0, self.measured(recipe))
            elif second is not None:
                found = chained(self.measured(recipe), second) + found
        for recipe in self.workspace.passages:
            if recipe.model and recipe.target == zoning:
                found = self._modelled(found, recipe.source)
        self.book.keep(zoning, [route for route in found if route.method == LINKS])
        return found

    def origins(self, zoning: str) -> tuple[str, ...]:
        """Return the zonings whose figures are carried to one."""
        return tuple(dict.fromkeys(route.source for route in self.routes(zoning)))

    @remembered
    def measured(self, recipe: PassageRecipe) -> Route:
        """Return the route that a declared method measures."""
        made = self.book.make(recipe)
        label = method_label(recipe.method, made)
        if who := self.book.authors(recipe.target):
            label += f", contours dessinés {enumerate_words(list(who), most=3)}"
        noun = self.workspace.zoning(recipe.source).noun
        return route_of(recipe.source, made, noun, recipe.method, label)

    def _modelled(self, routes: list[Route], source: str) -> list[Route]:
        """Give the routes of a table of links what foretells the parts of a source."""
        straight = [r for r in routes if r.source == source and r.method == LINKS]
        holders = {target: held for r in straight for target, held in r.enclosing.items()}
        supports = part_supports(self.warehouse, source, self.kept())
        model = PartModel(self.calibrations, supports, holders)
        return [replace(r, model=model) if r in straight else r for r in routes]

    @cached_property
    def calibrations(self) -> tuple[Calibration, ...]:
        """What foretells the parts of sources: the workspace's own before those of the library.

        What was learnt of figures that not everyone may see any more, or that are withdrawn, is forgotten.
        """
        own = self.own_calibrations
        open_to_all = self.secrecy_rules.keys() - self.kept().keys()
        return tuple(
            each
            for each in known_calibrations(own if own.is_file() else None).values()
            if open_to_all.issuperset(each.sources)
        )

    @property
    def own_calibrations(self) -> Path:
        """Where the workspace keeps what it learnt."""
        return self.workspace.root / CALIBRATION_FILE

    def rings(self, zoning: str, metres: float) -> list[Route]:
        """Return the routes to the ring around each territory of a zoning.

        Raises
        ------
        SchematicGeometryError
            When a perimeter is only drawn: a drawing is looked at, never measured.
        """
        require_official(read_shapes(self.warehouse, zoning), zoning)
        label = RING.format(metres=metres)
        return [
            route_of(source, made, self.workspace.zoning(source).noun, made.method, label)
            for source in self.origins(zoning)
            for made in self.book.around(source, zoning, metres)
        ]

    def official_zonings(self) -> list[str]:
        """Return the zonings whose perimeters are all official, hence may be measured."""
        rows = self.warehouse.rows("SELECT code FROM zoning WHERE official ORDER BY code")
        return [str(code) for (code,) in rows]

    @remembered
    def communes(self, zoning: str) -> dict[str, str]:
        """Return the commune of each territory of a zoning; a set of several has none."""
        return {str(code): str(commune) for code, _, commune in self._members(zoning)}

    @remembered
    def rules(self, zoning: str) -> Rules:
        """Return how sure each loaded source is on a zoning."""
        return Rules(self._designs, self._complementary, self.communes(zoning))

    @cached_property
    def _designs(self) -> dict[str, SamplingDesign]:
        rows = self.warehouse.rows("SELECT source, rule FROM precision_rule")
        return {str(source): SamplingDesign(**json.loads(rule)) for source, rule in rows}

    @cached_property
    def _complementary(self) -> frozenset[tuple[str, str]]:
        """The variables that the complementary exploitation of a census gives."""
        exploited = self.warehouse.rows("SELECT source, code, exploitation FROM variable")
        return frozenset(
            (str(source), str(code))
            for source, code, exploitation in exploited
            if str(exploitation).casefold() == COMPLEMENTARY
        )

    @remembered
    def sources(self) -> dict[str, SourceNote]:
        """Return what to print of each loaded source."""
        rows = self.warehouse.rows("SELECT code, producer, title, absence, caveats FROM source")
        rules = self.secrecy_rules
        return {
            str(code): SourceNote(
                f"{producer}, {title}", str(absence), rules[str(code)], tuple(map(str, caveats))
            )
            for code, producer, title, absence, caveats in rows
        }

    @cached_property
    def secrecy_rules(self) -> dict[str, Rule]:
        """Return the rule of secrecy of each loaded source, as the workspace makes it stricter."""
        rows = self.warehouse.rows(
            "SELECT code, threshold, threshold_unit, source.rule, secrecy_rule.rule, licence "
            "FROM source LEFT JOIN secrecy_rule ON secrecy_rule.source = source.code"
        )
        rules = {
            # A warehouse made before rules were kept whole has the threshold alone.
            str(code): Rule.from_json(whole)
            if whole
            else Rule(threshold=float(threshold), unit=str(unit), rule=str(rule))
            for code, threshold, unit, rule, whole, _ in rows
        }
        licences = {str(code): str(licence) for code, *_, licence in rows}
        strictness = self.workspace.secrecy
        return {
            code: strictness.applied(code, strictness.by_default(code, rule, licences[code]))
            for code, rule in rules.items()
        }

    @remembered
    def periods(self) -> dict[str, tuple[str, ...]]:
        """Return the periods in which each indicator has figures, in order."""
        return self._periods("", [])

    def periods_reaching(self, zoning: str) -> dict[str, tuple[str, ...]]:
        """Return the periods in which the figures of each indicator may reach a zoning, in order."""
        sources = {zoning, *(route.source for route in self.routes(zoning))}
        marks = ", ".join("?" for _ in sources)
        return self._periods(f"WHERE zoning IN ({marks})", sorted(sources))

    def _periods(self, where: str, given: Sequence[str]) -> dict[str, tuple[str, ...]]:
        query = "SELECT DISTINCT source, variable, period FROM current_content"
        rows = self.warehouse.rows(f"{query} {where}", list(given))
        by_period: dict[str, set[tuple[str, str]]] = {}
        for source, variable, period in rows:
            by_period.setdefault(str(period), set()).add((str(source), str(variable)))
        return {
            indicator.code: tuple(
                period
                for period in sorted(by_period)
                if _is_known(indicator, period, by_period[period])
            )
            for indicator in self.catalogue
        }


def _is_known(indicator: Indicator, period: str, given: set[tuple[str, str]]) -> bool:
    return all(
        any((source, variable) in given for source in indicator.sources)
        for variable in indicator.variables(period)
    )
