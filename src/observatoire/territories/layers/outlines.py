"""Outlines that may be measured: surfaces, on Earth, that do not cross themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from observatoire.errors import InvalidGeometryError
from observatoire.french.typography import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

_POLYGONS = (3, 6)  # GEOS types: polygon, multipolygon


def check_shapes(
    shapes: gpd.GeoSeries, path: Path, *, repair: bool
) -> tuple[gpd.GeoSeries, tuple[str, ...]]:
    """Return outlines that may be measured, and the codes of those that were mended.

    Parameters
    ----------
    shapes : GeoSeries
        Outlines by code.
    repair : bool
        Mend those that cross themselves, instead of refusing them.

    Raises
    ------
    InvalidGeometryError
        On a blank outline, a point or a line, a point that is nowhere, an outline that crosses itself.

    Examples
    --------
    >>> from pathlib import Path
    >>> import geopandas as gpd
    >>> from shapely import Polygon
    >>> crossed = gpd.GeoSeries({"Q1": Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])})
    >>> shapes, mended = check_shapes(crossed, Path("q.shp"), repair=True)
    >>> float(shapes["Q1"].area), mended
    (2.0, ('Q1',))
    """
    absent = shapes.index[shapes.isna() | shapes.is_empty]
    _refuse(absent, "Contour vide pour", path, "Supprimez ces lignes, ou redemandez la couche.")
    flat = shapes.index[~np.isin(shapely.get_type_id(shapes.to_numpy()), _POLYGONS)]
    what = "Autre chose qu’un polygone (point, ligne ou collection) pour"
    remedy = "Gardez les seuls polygones (QGIS : Convertir en parties simples)."
    _refuse(flat, what, path, remedy)
    _check_far(shapes, path)
    broken = shapes.index[~shapes.is_valid]
    if not len(broken):
        return shapes, ()
    if not repair:
        reason = shapely.is_valid_reason(shapes[broken[0]])
        why = f"Pour le premier : {reason}. Une surface calculée dessus serait fausse."
        remedy = (
            "Réparez-le dans QGIS (Réparer les géométries), ou ajoutez « repair = true » au zonage "
            "dans observatoire.toml."
        )
        _refuse(broken, "Contour qui se recoupe pour", path, remedy, why)
    return _mended(shapes, broken, path), tuple(broken)


def _mended(shapes: gpd.GeoSeries, broken: pd.Index, path: Path) -> gpd.GeoSeries:
    """Mend the outlines that cross themselves; refuse one around nothing."""
    mended = shapes.copy()
    # This way of mending gives surfaces only: no stray line or point beside them.
    mended[broken] = shapely.make_valid(
        shapes[broken].to_numpy(), method="structure", keep_collapsed=False
    )
    lost = [code for code in broken if mended[code].is_empty or not mended[code].is_valid]
    remedy = "Redessinez-le dans QGIS, ou redemandez la couche."
    why = "Il n’entoure aucune surface."
    _refuse(lost, "Contour qui ne se répare pas pour", path, remedy, why)
    return mended


#: No place on Earth is further, whatever the system; what is no number is not nearer.
_FARTHEST = 1e8


def _check_far(shapes: gpd.GeoSeries, path: Path) -> None:
    """Refuse a point that is nowhere: mended, its outline would be of another shape."""
    points, owners = shapely.get_coordinates(shapes.to_numpy(), return_index=True)
    nowhere = shapes.index[np.unique(owners[~(np.abs(points) < _FARTHEST).all(axis=1)])]
    remedy = "Supprimez ce point dans QGIS, ou redemandez la couche."
    why = "Ses coordonnées sont démesurées, ou ne sont pas des nombres."
    _refuse(nowhere, "Un point du contour n’est nulle part sur Terre, pour", path, remedy, why)


def _refuse(codes: Iterable[str], what: str, path: Path, remedy: str, why: str = "") -> None:
    """Refuse outlines that are not as they must be, if there are any."""
    if wrong := list(codes):
        named = f"{what} : {enumerate_words(wrong, most=8)}."
        raise InvalidGeometryError(named, where=path.name, why=why, remedy=remedy, codes=wrong)
