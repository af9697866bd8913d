"""The passages of a workspace: made once, kept with their method, reused while nothing changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from observatoire.errors import DescriptorError, PassageError
from observatoire.french.typography import NARROW, number
from observatoire.indicators.routes.published_counts import published_counts
from observatoire.indicators.routes.routes import LINKS, Route
from observatoire.passage import Passage, by_area, by_density, by_support, fit_density, from_table
from observatoire.passage.links import SPLIT
from observatoire.passage.methods.shares import ROUNDING
from observatoire.territories.layers.supports import read_support_file
from observatoire.territories.perimeters import require_official
from observatoire.warehouse import Warehouse, read_shapes
from observatoire.warehouse.storage.passages import KeptPassage, find_passage, store_passages
from observatoire.warehouse.storage.zonings import zoning_version
from observatoire.workspace.model import PassageRecipe, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Catalogue


#: Raised when an algorithm changes, so that what it made before is not served again.
METHOD_VERSION = 4

#: How each method is printed with a figure.
METHOD_LABELS = {
    "area": "au prorata des surfaces",
    "support": "au prorata d’un support fin",
    "density": "par densité relative",
}


@dataclass(frozen=True, eq=False)
class Ingredients:
    """All that a measured passage is made of: two layers, and the counts it learns from."""

    source: gpd.GeoDataFrame
    target: gpd.GeoDataFrame
    school: gpd.GeoDataFrame
    counts: Mapping[str, pd.Series[float]] = field(default_factory=dict)
    period: str = ""


@dataclass(frozen=True, eq=False)
class PassageBook:
    """Makes, keeps and finds the passages of one workspace.

    ``kept`` are the sources whose figures not everyone may see, each with why.
    """

    warehouse: Warehouse
    workspace: Workspace
    catalogue: Catalogue
    kept: Mapping[str, str] = field(default_factory=dict)

    def make(self, recipe: PassageRecipe) -> Passage:
        """Return the passage asked for, from the warehouse when nothing it rests on has changed.

        Raises
        ------
        SchematicGeometryError
            When a zoning has only a drawing.
        DescriptorError
            On an unknown method, or one whose parameter is missing.
        GeometryError, NatureError, PassageError
            As the passage room says; when nothing is published to learn from.
        """
        parameters = _parameters(recipe)
        given = self._ingredients(recipe)
        version = _version(recipe, parameters, given)
        source, target = recipe.source, recipe.target
        kept = find_passage(self.warehouse, source, target, recipe.method, version)
        if kept is not None:
            table, attributes = kept
            table.attrs.update(attributes)
            return from_table(table, source_zoning=source, target_zoning=target)
        made = replace(
            _make(recipe, given, self.workspace.crs), source_zoning=source, target_zoning=target
        )
        if (given.target["drawn"] != "").any():
            # What lies wholly inside a drawing lies there as the hand goes: an estimate, never a sum.
            made = replace(made, weights=made.weights.assign(link=SPLIT))
        versions = (version, layer_version(given.source), layer_version(given.target))
        method = recipe.method
        written = KeptPassage(source, target, method, parameters, versions, made.to_frame())
        store_passages(self.warehouse, [written])
        return made

    def around(self, source: str, zoning: str, metres: float) -> list[Passage]:
        """Return the passages to the ring around each territory, the territories themselves left out.

        They are made as the declared passage to the territories is, by area otherwise. What no
        source covers, sea or towns that are not loaded, is left out of them. The rings of
        neighbours overlap: they are dealt into several passages.

        Raises
        ------
        SchematicGeometryError
            When a zoning has only a drawing.
        """
        declared = (one for one in self.workspace.passages if one.method)
        recipe = next((p for p in declared if (p.source, p.target) == (source, zoning)), None)
        recipe = (
            replace(recipe, calibrate="")
            if recipe
            else PassageRecipe(source, zoning, method="area")
        )
        given = self._ingredients(recipe)
        return [
            _shared(recipe, replace(given, target=rings), self.workspace.crs)
            for rings in _rings(given.target, given.source, metres)
        ]

    def keep(self, target: str, routes: Sequence[Route]) -> None:
        """Keep the passages that tables of links gave in words."""
        new = [r for r in routes if (r.source, target, r.kept[0]) not in self._linked]
        if not new:
            return
        kept = []
        for route in new:
            version, table = route.kept
            versions = (version, self._versions[route.source], self._versions[target])
            kept.append(KeptPassage(route.source, target, LINKS, {}, versions, table))
        store_passages(self.warehouse, kept)
        self._linked.update((route.source, target, route.kept[0]) for route in new)

    @cached_property
    def _linked(self) -> set[tuple[str, str, str]]:
        return set(
            self.warehouse.rows(
                "SELECT source, target, version FROM passage WHERE method = ?", [LINKS]
            )
        )

    @cached_property
    def _versions(self) -> dict[str, str]:
        return {code: zoning_version(self.warehouse, code) for code in self.workspace.zonings}

    def _ingredients(self, recipe: PassageRecipe) -> Ingredients:
        source, target = self._layer(recipe.source), self._layer(recipe.target, drawn=True)
        learn_on = recipe.learn_on or recipe.target
        given = Ingredients(source, target, self._layer(learn_on) if recipe.learn_on else target)
        wanted = {
            "learnt": (recipe.learn, recipe.source, learn_on),
            "calibrated": (recipe.calibrate, recipe.source, recipe.target),
        }
        counts, period = {}, recipe.period
        for use, (indicator, there, published) in wanted.items():
            if indicator:
                read = partial(
                    published_counts, self.warehouse, self.catalogue.get(indicator), kept=self.kept
                )
                counts[f"{use} known"], period = read(published, period)
                counts[f"{use} counts"], _ = read(there, period)
                counts[f"{use} counts"].attrs["counts"] = self.catalogue.get(indicator).counted
        return replace(given, counts=counts, period=period)

    def authors(self, zoning: str) -> tuple[str, ...]:
        """Return who drew outlines of a zoning by hand, and when."""
        return tuple(sorted(set(read_shapes(self.warehouse, zoning)["drawn"]) - {""}))

    def _layer(self, zoning: str, *, drawn: bool = False) -> gpd.GeoDataFrame:
        self.workspace.zoning(zoning)
        shapes = read_shapes(self.warehouse, zoning)
        if drawn and (shapes["drawn"] != "").any():
            # The passage room measures what is declared so; the route then says who drew it.
            return shapes[shapes["drawn"] != ""].assign(official=True)
        require_official(shapes, zoning)
        shaped = shapes[shapes.geometry.notna()]
        if shaped.empty:
            raise PassageError(
                "Ce zonage n’a aucun périmètre.",
                where=zoning,
                why="Un passage se mesure sur des contours.",
                remedy="Chargez ses contours (observatoire load COUCHE), ou donnez une table de passage (file, "
                "sous [[passages]] d’observatoire.toml).",
            )
        return shaped


def _rings(
    drawn: gpd.GeoDataFrame, source: gpd.GeoDataFrame, metres: float
) -> list[gpd.GeoDataFrame]:
    """Return the rings around territories on what is known, dealt into layers where none overlap."""
    inside = shapely.union_all(drawn.geometry.to_numpy())
    known = shapely.union_all(source.geometry.to_numpy())
    around = drawn.geometry.buffer(metres).difference(inside).intersection(known)
    rings = drawn.assign(geometry=around.buffer(0))  # no stray line where they only touch
    sheets: list[list[str]] = []
    # What rounding leaves between two outlines is no ground around.
    solid = rings.geometry.area > ROUNDING * drawn.geometry.area
    for code, ring in rings.geometry[solid].items():
        for sheet in sheets:
            if not rings.geometry[sheet].intersects(ring).any():
                sheet.append(str(code))
                break
        else:
            sheets.append([str(code)])
    return [rings.loc[sheet] for sheet in sheets]


def method_label(method: str, passage: Passage) -> str:
    """Return how a method is printed with a figure, with what it learnt.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["X"], "weight": [0.3]})
    >>> method_label("density", from_table(links, parameters={"ratio": 3.2}))
    'par densité relative (rapport 3,2)'
    """
    label = METHOD_LABELS.get(method, "table de passage")
    learnt = passage.parameters
    if "ratio" in learnt:
        label += f" (rapport {number(float(learnt['ratio']), 1)}"
        if "median_error" in learnt:
            error = number(100 * float(learnt["median_error"]), 0)
            label += f", appris sur {learnt['learnt_on']} territoires, erreur médiane de {error}{NARROW}%"
        label += ")"
    if learnt.get("calibrated_on"):
        label += f", calé sur les totaux publiés de « {learnt['calibrated_on']} »"
    return label


def _parameters(recipe: PassageRecipe) -> dict[str, Any]:
    """Return the parameters of a recipe, once checked that none is missing nor idle."""
    method = recipe.method
    if method == "support" and recipe.support is None:
        raise DescriptorError(
            "Il manque le fichier du support.", remedy='Ajoutez support = "geo/carreaux.gpkg".'
        )
    if method == "density" and (recipe.ratio is None) == (not recipe.learn):
        raise DescriptorError(
            "Le rapport de densité se donne (ratio) ou s’apprend (learn), l’un ou l’autre.",
            remedy='Ajoutez ratio = 3.0, ou learn = "population" si elle est publiée sur la cible.',
        )
    if recipe.learn and method != "density":
        raise DescriptorError(
            f"La méthode « {method} » n’apprend rien (learn = « {recipe.learn} »).",
            remedy='Seule method = "density" apprend son rapport ; pour des totaux publiés, '
            "employez calibrate.",
        )
    parameters: dict[str, Any] = {}
    if method == "support" and recipe.support is not None:
        parameters |= {"support": recipe.support.name, "weight": recipe.weight}
    named = {
        "ratio": recipe.ratio if method == "density" else None,
        "learn": recipe.learn,
        "learn_on": recipe.learn_on,
        "calibrate": recipe.calibrate,
        "period": recipe.period,
        "sliver": recipe.sliver,
    }
    return parameters | {name: value for name, value in named.items() if value}


def _make(recipe: PassageRecipe, given: Ingredients, crs: str) -> Passage:
    made = _shared(recipe, given, crs)
    if not recipe.calibrate:
        return made
    totals = given.counts["calibrated known"].dropna()
    counts = given.counts["calibrated counts"].rename(recipe.calibrate)
    return made.calibrate(counts, totals[totals.index.isin(made.targets)])


def _shared(recipe: PassageRecipe, given: Ingredients, crs: str) -> Passage:
    source, target = given.source, given.target
    sliver = recipe.sliver or ROUNDING
    if recipe.method == "support" and recipe.support is not None:
        support = read_support_file(recipe.support, crs, recipe.weight)
        return by_support(source, target, support, recipe.weight, sliver=sliver)
    if recipe.method == "density" and recipe.learn:
        counts, known = given.counts["learnt counts"], given.counts["learnt known"]
        fit = fit_density(source, given.school, counts, known, sliver=sliver)
        made = by_density(source, target, fit, sliver=sliver)
        return replace(made, remarks=(*made.remarks, fit.sentence))
    if recipe.method == "density" and recipe.ratio is not None:
        return by_density(source, target, recipe.ratio, sliver=sliver)
    return by_area(source, target, sliver=sliver)


def _version(recipe: PassageRecipe, parameters: dict[str, Any], given: Ingredients) -> str:
    """Return the SHA-256 of all that a passage rests on: layers, parameters, support, counts."""
    digest = hashlib.sha256(json.dumps([METHOD_VERSION, parameters], sort_keys=True).encode())
    for layer in (given.source, given.target, given.school):
        digest.update(layer_version(layer).encode())
    for name in sorted(given.counts):
        digest.update(given.counts[name].sort_index().to_csv().encode())
    if recipe.support is not None:
        digest.update(recipe.support.read_bytes())
    return digest.hexdigest()


def layer_version(layer: gpd.GeoDataFrame) -> str:
    """Return the SHA-256 of a zoning: its codes and its perimeters, as ``zoning_version`` does."""
    digest = hashlib.sha256()
    for code, shape in zip(layer.index, np.asarray(layer.geometry.array), strict=True):
        digest.update(str(code).encode())
        digest.update(b"" if shape is None else shapely.to_wkb(shape))
    return digest.hexdigest()
