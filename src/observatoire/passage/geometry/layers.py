"""What a layer must be before it is measured: metric, coded, valid, official, without overlap.

Everything here refuses rather than guesses; what it repairs, on request, it reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from observatoire.errors import (
    CrossingGeometryError,
    CRSError,
    EmptyGeometryError,
    InvalidGeometryError,
    MixedGeometryError,
    PassageError,
    RaisedGeometryError,
    SchematicGeometryError,
)
from observatoire.french.typography import number, plural
from observatoire.passage.codes import check_codes, increasing, named
from observatoire.passage.geometry.corners import seen_from_within
from observatoire.passage.geometry.grid import Grid, recognise_grid
from observatoire.territories.layers.crs import (
    areas_are_true,
    crs_name,
    metric_system,
    systems_like,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from observatoire.passage.arrays import Flags, Floats, Positions
    from observatoire.passage.geometry.outlines import Outline


_POLYGONS = (3, 6)  # GEOS type numbers of Polygon and MultiPolygon
_POINTS = (0,)
_A_FEW = 8  # geometries that are enough to know where a layer lies
_KIND_NAMES = ("point", "ligne", "anneau", "polygone", "multipoint", "multiligne", "multipolygone")


@dataclass(frozen=True, eq=False)
class MeasuredLayer:
    """A checked zoning: codes in increasing order, with their geometries and areas.

    ``labels`` are the codes as an index of text, whose words are taken and compared without
    making one Python object each. ``met`` are the positions of those near what they are measured
    against, None where all are.
    """

    role: str
    labels: pd.Index[str]
    geometries: NDArray[Any]
    areas: Floats
    crs: Any
    zoning: str
    remarks: tuple[str, ...] = ()
    grid: Grid | None = None
    frame: gpd.GeoDataFrame | None = None
    outline: Outline | None = None
    met: Positions | None = None

    def __len__(self) -> int:
        """Return how many territories are in the layer."""
        return len(self.labels)


def check_layer(
    frame: gpd.GeoDataFrame,
    role: str,
    *,
    repair: bool = False,
    points: bool = False,
    reach: shapely.STRtree | None = None,
) -> MeasuredLayer:
    """Check a layer whole, and put it in the order of its codes.

    Parameters
    ----------
    frame : GeoDataFrame
        Indexed by territory code (text).
    role : str
        How messages call the layer: « source », « cible », « support ».
    repair : bool
        Make invalid geometries valid and say which, instead of refusing them.
    points : bool
        Accept a layer of points too (a support of addresses).
    reach : STRtree, optional
        What it is measured against: outlines are not looked at whose box meets nothing of it.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        raise PassageError(
            f"La couche « {role} » n’est pas un GeoDataFrame mais « {type(frame).__name__} ».",
            why="Un passage se mesure sur des géométries.",
            remedy="Lisez la couche avec geopandas.read_file, puis set_index sur le code.",
            role=role,
        )
    _check_filled(frame, role)
    _check_official(frame, role)
    _check_crs(frame, role)
    shapes: gpd.GeoSeries = frame.geometry
    labels = check_codes(frame.index, role)
    if not increasing(labels):
        order = np.argsort(np.asarray(labels, dtype=object), kind="stable")
        labels, frame, shapes = labels[order], frame.iloc[order], shapes.iloc[order]
    geometries = np.asarray(shapes.array)
    remarks: tuple[str, ...] = ()
    met = None
    grid = recognise_grid(geometries)
    if grid is None:
        met = None if reach is None else np.unique(reach.query(geometries)[0])
        geometries, remarks = _check_geometries(
            geometries, labels, role, repair=repair, points=points, met=met
        )
        areas = shapely.area(geometries)
    else:
        areas = np.full(len(labels), grid.width * grid.height)
    return MeasuredLayer(
        role=role,
        labels=labels,
        geometries=geometries,
        areas=areas,
        crs=shapes.crs,
        zoning=str(frame.attrs.get("zoning", "")),
        remarks=remarks,
        grid=grid,
        frame=frame,
        met=met,
    )


def check_same_crs(*layers: MeasuredLayer) -> None:
    """Refuse layers that do not share one reference system."""
    first = layers[0]
    for layer in layers[1:]:
        if first.crs != layer.crs and not first.crs.equals(layer.crs, ignore_axis_order=True):
            raise CRSError(
                f"La couche « {first.role} » est en {crs_name(first.crs)}, "
                f"la couche « {layer.role} » en {crs_name(layer.crs)}.",
                why="Deux systèmes de coordonnées ne se superposent pas.",
                remedy=f"Projetez l’une sur l’autre : {layer.role}.to_crs({first.role}.crs).",
                crs=(first.crs, layer.crs),
            )


def _check_filled(frame: gpd.GeoDataFrame, role: str) -> None:
    if frame.active_geometry_name not in frame.columns:
        raise EmptyGeometryError(
            f"La couche « {role} » n’a pas de colonne de géométries en service.",
            why="On ne saurait quels contours mesurer.",
            remedy='Dites-la : set_geometry("geometry").',
            role=role,
        )
    if len(frame) == 0:
        raise EmptyGeometryError(
            f"La couche « {role} » est vide.",
            why="Aucun territoire à mettre en rapport.",
            remedy="Vérifiez le fichier lu et le filtre appliqué.",
        )


def _check_official(frame: gpd.GeoDataFrame, role: str) -> None:
    flag = frame["official"] if "official" in frame.columns else None
    schematic = frame.attrs.get("official") is False
    codes: list[str] = []
    if flag is not None:
        codes = [str(code) for code in frame.index[(flag == False).to_numpy()]]  # noqa: E712
    if not schematic and not codes:
        return
    zoning = str(frame.attrs.get("zoning", "") or "<zonage>")
    shown = f" ({named(codes)})" if codes else ""
    raise SchematicGeometryError(
        f"Les périmètres de la couche « {role} » sont schématiques{shown}.",
        why="Un périmètre schématique se dessine, il ne se mesure pas : "
        "toute surface y serait inventée.",
        remedy=f"Déposez le fichier officiel des périmètres dans geo/{zoning}.gpkg, "
        "ou employez une table de passage (passage.from_table).",
        codes=codes,
        zoning=zoning,
    )


def _check_crs(frame: gpd.GeoDataFrame, role: str) -> None:
    crs = frame.crs
    if crs is None:
        raise CRSError(
            f"La couche « {role} » n’a pas de système de coordonnées.",
            why="Sans lui, ses nombres ne se superposent à rien.",
            remedy=f"{_crs_guess(frame)} Déclarez-le par set_crs une fois vérifié.",
        )
    unit = crs.axis_info[0].unit_name if crs.axis_info else ""
    if not crs.is_projected or unit not in ("metre", "meter"):
        raise CRSError(
            f"La couche « {role} » est en {crs_name(crs)}, qui n’est pas en mètres.",
            why="Une surface en degrés n’a pas de sens.",
            remedy=_metric_advice(frame),
            crs=crs,
        )
    if not areas_are_true(crs, _somewhere(frame)):
        raise CRSError(
            f"La couche « {role} » est en {crs_name(crs)}, où les surfaces sont déformées.",
            why="Une projection faite pour être vue (Web Mercator) étire les surfaces, et "
            "plus ici que là : elle ne mesure rien.",
            remedy=_metric_advice(frame),
            crs=crs,
        )


def _somewhere(frame: gpd.GeoDataFrame) -> Floats:
    """Bounds of a few of the geometries: enough to know where a layer lies."""
    geometries = np.asarray(frame.geometry.array)
    bounds = shapely.bounds(geometries[:: max(len(geometries) // _A_FEW, 1)])
    low, high = np.fmin.reduce(bounds[:, :2]), np.fmax.reduce(bounds[:, 2:])
    return np.concatenate([low, high])


def _crs_guess(frame: gpd.GeoDataFrame) -> str:
    looks = systems_like(frame.total_bounds)
    if not looks:
        return "Ses nombres ne ressemblent à aucun système connu ici."
    names = " ou ".join(f"{system.label} ({system.code})" for system in looks[:3])
    return f"Ses nombres ressemblent à {names}."


def _metric_advice(frame: gpd.GeoDataFrame) -> str:
    system = metric_system(frame.crs, frame.total_bounds)
    if system is None:
        return "Projetez-la dans le système métrique officiel du territoire (to_crs)."
    return f"Projetez-la : to_crs({system.code.removeprefix('EPSG:')}), {system.label}."


def _check_geometries(
    geometries: NDArray[Any],
    codes: pd.Index[str],
    role: str,
    *,
    repair: bool,
    points: bool,
    met: Positions | None,
) -> tuple[NDArray[Any], tuple[str, ...]]:
    absent = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    remedy = "Retirez ces territoires, ou redemandez la couche."
    _refuse(absent, codes, role, "géométrie vide", remedy)
    kinds = shapely.get_type_id(geometries)
    _check_kinds(kinds, codes, role, points=points)
    _refuse(
        shapely.has_z(geometries),
        codes,
        role,
        "géométrie en trois dimensions",
        "Aplatissez-la : set_geometry(shapely.force_2d(couche.geometry)).",
        RaisedGeometryError,
    )
    endless = np.asarray(~np.isfinite(shapely.bounds(geometries)).all(axis=1))
    _refuse(endless, codes, role, "coordonnées infinies ou absentes", "Redemandez la couche.")
    geometries, remarks = _check_valid(geometries, codes, role, repair=repair, met=met)
    if kinds[0] not in _POINTS:
        near = slice(None) if met is None else met
        flat = np.zeros(len(geometries), dtype=bool)
        flat[near] = shapely.area(geometries[near]) <= 0
        _refuse(flat, codes, role, "surface nulle", "Retirez ces territoires.")
    return geometries, remarks


def _check_kinds(kinds: NDArray[Any], codes: pd.Index[str], role: str, *, points: bool) -> None:
    if np.isin(kinds, _POLYGONS).all() or (points and np.isin(kinds, _POINTS).all()):
        return
    found = sorted(
        {_KIND_NAMES[kind] if kind < len(_KIND_NAMES) else "collection" for kind in kinds}
    )
    wrong = codes[~np.isin(kinds, _POLYGONS)]
    raise MixedGeometryError(
        f"La couche « {role} » contient des géométries de nature {named(found)} "
        f"(par exemple {named(wrong)}).",
        why="Un passage demande des polygones"
        + (" ou des points, non un mélange." if points else " et rien d’autre."),
        remedy="Retirez ce qui n’en est pas, ou séparez la couche en deux.",
        codes=list(wrong),
        kinds=found,
    )


def _check_valid(
    geometries: NDArray[Any],
    codes: pd.Index[str],
    role: str,
    *,
    repair: bool,
    met: Positions | None,
) -> tuple[NDArray[Any], tuple[str, ...]]:
    near = slice(None) if met is None else met
    invalid = np.zeros(len(geometries), dtype=bool)
    looked_at = geometries[near]
    unsure = ~seen_from_within(looked_at)
    unsure[unsure] = ~shapely.is_valid(looked_at[unsure])
    invalid[near] = unsure
    if not invalid.any():
        return geometries, ()
    wrong = codes[invalid]
    if not repair:
        reason = shapely.is_valid_reason(geometries[invalid][0])
        crossing = "se croise ou se replie" if len(wrong) == 1 else "se croisent ou se replient"
        raise CrossingGeometryError(
            f"{plural(len(wrong), 'géométrie')} de la couche « {role} » "
            f"{crossing} : {named(wrong)} ({wrong[0]} : {reason}).",
            why="La surface d’un contour qui se croise n’est pas définie.",
            remedy="Passez repair=True : la réparation sera dite, avec la surface qu’elle change.",
            codes=list(wrong),
        )
    repaired = geometries.copy()
    repaired[invalid] = shapely.make_valid(
        geometries[invalid], method="structure", keep_collapsed=False
    )
    before, after = shapely.area(geometries[invalid]), shapely.area(repaired[invalid])
    change = np.abs(after - before).sum() / max(after.sum(), np.finfo(float).tiny)
    remark = (
        f"{plural(len(wrong), 'géométrie réparée', 'géométries réparées')} "
        f"dans la couche « {role} » "
        f"({named(wrong, most=len(wrong))}) ; surface changée de {number(100 * change, 2)} %."
    )
    return repaired, (remark,)


def _refuse(
    wrong: Flags,
    codes: pd.Index[str],
    role: str,
    fault: str,
    remedy: str,
    error: type[InvalidGeometryError] = EmptyGeometryError,
) -> None:
    if wrong.any():
        found = codes[wrong]
        raise error(
            f"Couche « {role} » : {fault} pour {named(found)}.",
            why="Ce territoire ne peut pas être mesuré.",
            remedy=remedy,
            codes=list(found),
        )
