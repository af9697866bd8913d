"""The passages of a workspace: made once, kept with their method, reused while nothing changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely

from observatoire.errors import DescriptorError, PassageError, suggestion
from observatoire.passage import Passage, by_area, by_density, by_support, from_table
from observatoire.territories.perimeters import require_official
from observatoire.territories.supports import read_support_file
from observatoire.warehouse import read_shapes
from observatoire.warehouse.passages import find_passage, store_passage
from observatoire.workspace import PASSAGE_METHODS

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from observatoire.warehouse import Warehouse
    from observatoire.workspace import PassageFile, Workspace

#: Raised when an algorithm changes, so that what it made before is not served again.
METHOD_VERSION = 1

#: How each method is told beside a figure.
METHOD_LABELS = {
    "area": "au prorata des surfaces",
    "support": "au prorata d’un support fin",
    "density": "par densité relative",
}


@dataclass(frozen=True, eq=False)
class PassageBook:
    """Makes, keeps and finds the passages of one workspace."""

    warehouse: Warehouse
    workspace: Workspace

    def make(
        self,
        source: str,
        target: str,
        method: str,
        *,
        support: Path | None = None,
        weight: str = "ind",
        ratio: float | None = None,
    ) -> Passage:
        """Return the passage asked for, from the warehouse when nothing it rests on has changed.

        Parameters
        ----------
        source, target : str
            Zonings whose perimeters are official.
        method : {"area", "support", "density"}
            How sources are shared.
        support, weight : Path, str
            For ``support``: the file, and the column that carries people.
        ratio : float
            For ``density``: how many times as dense the inside of a target is.

        Raises
        ------
        SchematicGeometryError
            When a zoning has only a drawing.
        DescriptorError
            On an unknown method, or one whose parameter is missing.
        GeometryError, PassageError
            As the passage room says.
        """
        parameters = _parameters(method, support, weight, ratio)
        layers = self._layer(source), self._layer(target)
        version = _version(layers, parameters, support)
        kept = find_passage(self.warehouse, source, target, method, version)
        if kept is not None:
            table, told = kept
            table.attrs.update(told)
            return from_table(table, source_zoning=source, target_zoning=target)
        made = replace(
            _make(method, layers, self.workspace.crs, support, weight, ratio),
            source_zoning=source,
            target_zoning=target,
        )
        store_passage(self.warehouse, source, target, method, parameters, version, made.to_frame())
        return made

    def declared(self, passage: PassageFile) -> Passage:
        """Return a passage that ``observatoire.toml`` declares by its method."""
        return self.make(
            passage.source,
            passage.target,
            passage.method,
            support=passage.support,
            weight=passage.weight,
            ratio=passage.ratio,
        )

    def around(self, source: str, zoning: str, metres: float) -> list[Passage]:
        """Return the passages to the ring around each territory, the territories themselves left out.

        The rings of neighbours overlap: they are dealt into several passages.

        Raises
        ------
        SchematicGeometryError
            When a zoning has only a drawing.
        """
        whole = self._layer(source)
        drawn = self._layer(zoning)
        told = next((p for p in self.workspace.passages if p.method and (p.source, p.target) == (source, zoning)), None)
        return [
            _make(
                told.method if told else "area",
                (whole, rings),
                self.workspace.crs,
                told.support if told and told.method == "support" else None,
                told.weight if told else "ind",
                told.ratio if told else None,
            )
            for rings in _rings(drawn, metres)
        ]

    def keep(self, source: str, target: str, passage: Passage) -> None:
        """Keep a passage that a table of links told in words."""
        table = passage.to_frame()
        version = hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
        if find_passage(self.warehouse, source, target, "links", version) is None:
            store_passage(self.warehouse, source, target, "links", {}, version, table)

    def _layer(self, zoning: str) -> gpd.GeoDataFrame:
        self.workspace.zoning(zoning)
        shapes = read_shapes(self.warehouse, zoning)
        require_official(shapes, zoning)
        drawn = shapes[shapes.geometry.notna()]
        if drawn.empty:
            raise PassageError("Ce zonage n’a aucun périmètre.", where=zoning)
        return drawn


def _rings(drawn: gpd.GeoDataFrame, metres: float) -> list[gpd.GeoDataFrame]:
    """Return the rings around territories, dealt into layers where none overlap."""
    inside = shapely.union_all(drawn.geometry.to_numpy())
    rings = drawn.assign(geometry=drawn.geometry.buffer(metres).difference(inside))
    sheets: list[list[str]] = []
    for code, ring in rings.geometry[~rings.geometry.is_empty].items():
        for sheet in sheets:
            if not rings.geometry[sheet].intersects(ring).any():
                sheet.append(str(code))
                break
        else:
            sheets.append([str(code)])
    return [rings.loc[sheet] for sheet in sheets]


def method_label(method: str) -> str:
    """Return the French name of a method."""
    return METHOD_LABELS.get(method, "table de passage")


def _parameters(
    method: str, support: Path | None, weight: str, ratio: float | None
) -> dict[str, Any]:
    if method not in PASSAGE_METHODS:
        raise DescriptorError(
            f"La méthode de passage « {method} » n’existe pas.",
            remedy=suggestion(method, PASSAGE_METHODS),
        )
    if method == "support" and support is None:
        raise DescriptorError(
            "Il manque le fichier du support.", remedy='Ajoutez support = "geo/carreaux.gpkg".'
        )
    if method == "density" and ratio is None:
        raise DescriptorError("Il manque le rapport de densité.", remedy="Ajoutez ratio = 3.0.")
    if method == "support":
        return {"support": support.name if support else "", "weight": weight}
    return {"ratio": ratio} if method == "density" else {}


def _make(
    method: str,
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    crs: str,
    support: Path | None,
    weight: str,
    ratio: float | None,
) -> Passage:
    source, target = layers
    if method == "support" and support is not None:
        return by_support(source, target, read_support_file(support, crs, weight), weight)
    if method == "density" and ratio is not None:
        return by_density(source, target, ratio)
    return by_area(source, target)


def _version(
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    parameters: dict[str, Any],
    support: Path | None,
) -> str:
    """Return the SHA-256 of all that a passage rests on: codes, shapes, parameters, support."""
    digest = hashlib.sha256(json.dumps([METHOD_VERSION, parameters], sort_keys=True).encode())
    for layer in layers:
        for code, shape in zip(layer.index, layer.geometry, strict=True):
            digest.update(str(code).encode())
            digest.update(shapely.to_wkb(shape))
    if support is not None:
        digest.update(support.read_bytes())
    return digest.hexdigest()
