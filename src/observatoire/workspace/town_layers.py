"""Outlines that a town is founded from: what each layer holds, who is where, what lies around."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from observatoire.errors import CRSError, UnknownColumnError, WorkspaceError
from observatoire.french.typography import enumerate_words
from observatoire.territories.layers.crs import metric_system
from observatoire.territories.layers.outlines import check_shapes
from observatoire.territories.layers.reader import open_layers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


#: What codes look like, in order: a layer of QPV gives the codes of their communes too.
CODES = {
    "iris": "[0-9][0-9AB][0-9]{7}",
    "qpv": "Q[PN][0-9][0-9AB][0-9A-Z]{3,5}",
    "commune": "[0-9][0-9AB][0-9]{3}",
}

_NAMES = {
    "iris": "(nom|lib)_?iris",
    "qpv": "(nom|lib)_?qp",
    "commune": "nom(_?com(mune)?)?|lib_?(com|geo)|insee_nom",
    "own": "nom.*|lib.*|name|quartier|secteur|zone",
}

_TOWN_NAMES = "nom_?com(mune)?|lib_?com|insee_nom"

_TOWN_CODES = "(code_?|insee_?)(com(mune)?|insee)|depcom|insee(_com)?|commune"

_OWN_CODES = "(code|id|num|cle).*"

#: Around the territories, as a share of their width, land is drawn.
_AROUND = 0.5

#: A layer is of a kind when nearly all its codes look like it.
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class TownLayer:
    """One layer as it is kept: outlines with « code », « nom », « commune » and « ville », its name."""

    kind: str
    frame: gpd.GeoDataFrame
    path: str = ""
    repaired: tuple[str, ...] = ()

    def of(self, communes: Iterable[str]) -> TownLayer:
        """Return what lies in some communes."""
        kept = self.frame[self.frame["commune"].isin(set(communes))]
        return TownLayer(self.kind, kept.reset_index(drop=True), self.path, self.repaired)


def read_town_layers(paths: Sequence[Path]) -> dict[str, TownLayer]:
    """Read layers, each by its kind: « iris », « qpv », « commune », « own » for outlines of one's own.

    Raises
    ------
    WorkspaceError
        When two layers are of one kind.
    CRSError
        When a layer does not say its coordinate reference system, or lies out of France.
    UnknownColumnError
        When no column names outlines of one's own.
    """
    found: dict[str, TownLayer] = {}
    for path in paths:
        for frame in open_layers(path):
            layer = _recognised(frame, path.name)
            if layer.kind in found:
                raise WorkspaceError(
                    f"Deux couches donnent la même chose : « {found[layer.kind].path} » et « {path.name} ».",
                    why="On ne saurait laquelle observer.",
                    remedy="N’en donnez qu’une.",
                )
            found[layer.kind] = layer
    return _in_one_system(found)


def _in_one_system(found: dict[str, TownLayer]) -> dict[str, TownLayer]:
    """Bring all layers into the metric system of the place, their shapes mended."""
    system = None
    for kind, layer in found.items():
        frame = layer.frame
        if frame.crs is None:
            raise CRSError(
                "La couche ne dit pas son système de coordonnées.",
                where=layer.path,
                remedy="Dites-le dans QGIS (Couche, « Définir le SCR »), puis enregistrez-la.",
            )
        system = system or metric_system(frame.crs, frame.total_bounds)
        if system is None:
            raise CRSError(
                "Ces contours ne sont pas en France.",
                where=layer.path,
                remedy="Vérifiez le système de coordonnées de la couche.",
            )
        moved = frame.to_crs(system.code)
        shapes = moved.geometry.force_2d().set_axis(moved["code"])
        mended, repaired = check_shapes(shapes, Path(layer.path), repair=True)
        moved.geometry = mended.set_axis(moved.index)
        found[kind] = TownLayer(kind, moved, layer.path, repaired)
    return found


def _recognised(frame: gpd.GeoDataFrame, path: str) -> TownLayer:
    """Return a layer with the columns we keep, of the kind that its codes tell."""
    frame = frame[frame.geometry.notna()].reset_index(drop=True)
    texts = frame.drop(columns="geometry").astype("str").apply(lambda column: column.str.strip())
    for kind, pattern in CODES.items():
        # Several QPV, or IRIS, give the code of one commune: that is no layer of communes.
        alone = texts.loc[:, [kind != "commune" or texts[name].is_unique for name in texts]]
        code = _codes_like(alone, pattern)
        if code:
            return TownLayer(kind, _kept(kind, frame, texts, code), path)
    return TownLayer("own", _own(frame, texts, path), path)


def _codes_like(texts: pd.DataFrame, pattern: str) -> str:
    fits = {str(name): column.str.fullmatch(pattern).mean() for name, column in texts.items()}
    best = max(fits, key=lambda name: fits[name], default="")
    return best if best and fits[best] > _NEARLY_ALL else ""


def _kept(kind: str, frame: gpd.GeoDataFrame, texts: pd.DataFrame, code: str) -> gpd.GeoDataFrame:
    """Return a layer with the four columns that a workspace keeps: code, nom, commune, ville."""
    named = _column(texts, _NAMES[kind])
    codes = texts[code]
    towns, its_town = _column(texts, _TOWN_NAMES), _column(texts, _TOWN_CODES)
    stated_town = texts[its_town] if its_town else pd.Series("", index=texts.index)
    columns = {
        "code": codes,
        "nom": texts[named] if named else codes,
        "commune": {"iris": codes.str[:5], "commune": codes}.get(kind, stated_town),
        "ville": texts[towns] if towns else "",
    }
    return gpd.GeoDataFrame(columns, geometry=frame.geometry, crs=frame.crs)


def _own(frame: gpd.GeoDataFrame, texts: pd.DataFrame, path: str) -> gpd.GeoDataFrame:
    """Return outlines of one's own: a column names them, another may give their codes."""
    unique = texts.loc[:, [texts[name].is_unique for name in texts]]
    named = _column(unique, _NAMES["own"])
    code = _column(unique.drop(columns=named) if named else unique, _OWN_CODES)
    if not named and not code:
        listed = [f"« {name} »" for name in texts]
        raise UnknownColumnError(
            "Aucune colonne ne nomme ces contours, chacun d’un nom à lui.",
            where=path,
            why=f"Colonnes : {enumerate_words(listed)}."
            if listed
            else "La couche n’a pas de colonne.",
            remedy="Ajoutez une colonne « nom » (dans QGIS : table d’attributs, nouveau champ).",
        )
    ranks = pd.Series([f"T{rank:02d}" for rank in range(1, len(frame) + 1)])
    coded = texts.assign(code=texts[code] if code else ranks)
    coded["nom"] = texts[named] if named else texts[code]
    return _kept("own", frame, coded, "code").assign(nom=coded["nom"])


def _column(texts: pd.DataFrame, pattern: str) -> str:
    wanted = re.compile(pattern, re.IGNORECASE)
    return next((name for name in map(str, texts.columns) if wanted.fullmatch(name)), "")


def placed_in(frame: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return the commune in which each outline lies: that of its inner point; empty out of all."""
    points = gpd.GeoDataFrame(geometry=frame.geometry.representative_point())
    inside = points.sjoin(communes[["commune", "geometry"]], predicate="within")
    first = pd.Series(inside[~inside.index.duplicated()]["commune"])
    return first.reindex(frame.index).fillna("")


def land_around(layers: Iterable[gpd.GeoDataFrame], shown: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the communes that lie around what is shown, from layers that go further than it."""
    west, south, east, north = shown.total_bounds
    margin = _AROUND * max(east - west, north - south)
    window = shapely.box(west - margin, south - margin, east + margin, north + margin)
    for frame in layers:
        near = frame[frame.geometry.intersects(window)]
        if len(near):
            whole = near.dissolve("commune").geometry
            return gpd.GeoSeries(whole.intersection(window), crs=frame.crs)
    return gpd.GeoSeries([], crs=shown.crs)
