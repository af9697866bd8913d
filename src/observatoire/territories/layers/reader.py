"""Read real perimeters: a shapefile, GeoPackage, GeoJSON or FlatGeobuf with a code column."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from observatoire.errors import (
    CRSError,
    DuplicateKeyError,
    EmptyFileError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableFileError,
)
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.french.typography import enumerate_words, several_of
from observatoire.territories.layers.crs import check_near_one, crs_name, systems_like
from observatoire.territories.layers.drawings import authors, check_no_scheme, is_drawing
from observatoire.territories.layers.namesakes import (
    check_namesakes,
    in_parts,
    texts_of,
    written_code,
)
from observatoire.territories.layers.outlines import check_shapes
from observatoire.territories.layers.signatures import check_signature, offline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from observatoire.territories.matcher import Matcher

    #: The layers of a file, by name.
    Layers = Sequence[tuple[str, pd.DataFrame]]


#: Suffixes read as layers.
LAYER_SUFFIXES = (".shp", ".gpkg", ".geojson", ".fgb", ".zip")

_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    UnboundLocalError,  # pyogrio's own, on a reference system that GDAL cannot write
)


@dataclass(frozen=True)
class ReadLayer:
    """Perimeters read from a file, in the workspace's CRS, and what happened on the way.

    ``authors`` say who drew each outline by hand, of a layer given to draw in.
    """

    shapes: gpd.GeoSeries
    code_column: str
    rows_read: int
    outside: tuple[tuple[int, str], ...]
    repaired: tuple[str, ...]
    crs: str
    authors: Mapping[str, str] = field(default_factory=dict)


def read_layer(
    path: Path,
    matcher: Matcher,
    crs: str,
    *,
    code_column: str = "",
    repair: bool = False,
    layers: Layers = (),
) -> ReadLayer:
    """Read the perimeters of a zoning's territories.

    Parameters
    ----------
    path : Path
        A layer GDAL reads; the first layer that holds codes of the zoning is taken.
    crs : str
        The metric CRS of the workspace; shapes are carried to it.
    code_column : str
        Column of codes or names; found by looking at the values when empty.
    repair : bool
        Mend self-crossing outlines (and say so in ``repaired``) instead of refusing them.
    layers : sequence of (str, DataFrame)
        Those of the file, when they are read already.

    Returns
    -------
    ReadLayer
        Shapes by territory code; rows that are no member of the zoning are in ``outside``.

    Raises
    ------
    UnreadableFileError, EmptyFileError
        When GDAL cannot read the file, or it has no row.
    CRSError
        When no CRS is given, or the shapes fall outside the area where ``crs`` is valid.
    UnknownColumnError, UnknownTerritoryError, DuplicateKeyError, InvalidGeometryError
        On the codes and the shapes themselves.
    """
    shaped = drawn_layers(layers or read_file(path), path)
    frame, column = choose_column(shaped, matcher, path, code_column)
    if is_drawing(frame) and "code" in frame.columns:
        column = "code"  # its names are right even where somebody changed a code
    _check_crs(frame, path, crs)
    texts = texts_of(frame[column])
    if not texts.isin(list(matcher.names)).any():
        check_near_one(frame, path, crs)  # codes would tell a wrong system, names tell namesakes
    codes = texts.map(matcher.find)
    known = codes != ""
    outside = tuple((int(row) + 1, texts[row]) for row in frame.index[~known])
    kept = frame[known].set_axis(codes[known], axis=0)
    check_namesakes(kept, texts[known], matcher, path, column, len(frame))
    pieces = in_parts(codes, matcher, path)
    if pieces is not None:
        raise pieces
    _check_unique(kept, path, column)
    drawn = authors(kept, outside, path) if is_drawing(frame) else {}
    kept = kept.loc[list(drawn)] if drawn else kept
    if not drawn:
        check_no_scheme(kept, path)
    flat = kept.geometry.force_2d()
    shapes, repaired = check_shapes(flat, path, repair=repair)
    moved = _moved(shapes, path, crs)
    _check_place(moved, path, frame.crs, crs)
    return ReadLayer(
        shapes=gpd.GeoSeries(moved, crs=crs),
        code_column=column,
        rows_read=len(frame),
        outside=outside,
        repaired=repaired,
        crs=crs_name(frame.crs),
        authors=drawn,
    )


def open_layers(path: Path) -> list[gpd.GeoDataFrame]:
    """Return every layer of a file that has shapes; of a sheet to draw on, that which is drawn."""
    return drawn_layers(read_file(path), path)


def read_file(path: Path) -> Layers:
    """Return the layers of a file that is there, with shapes or without.

    Raises
    ------
    UnreadableFileError, EmptyFileError
        When GDAL cannot read the file, or it is empty.
    """
    if not path.is_file():
        raise UnreadableFileError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Déposez-le, ou corrigez « geometry » dans observatoire.toml.",
        )
    if path.stat().st_size == 0:
        raise EmptyFileError(
            "Le fichier est vide (0 octet).",
            where=path.name,
            remedy="Redemandez-le au producteur.",
        )
    return read_layers(path)


def drawn_layers(layers: Layers, path: Path) -> list[gpd.GeoDataFrame]:
    """Return the layers that have shapes; of a sheet to draw on, that which is drawn.

    Raises
    ------
    UnreadableFileError, EmptyFileError
        When a column is there twice, or none has a row.
    """
    frames = [frame for frame in shaped(layers, path) if len(frame)]
    if not frames:
        raise EmptyFileError(
            "La couche ne contient aucun contour.",
            where=path.name,
            remedy="Redemandez-la, ou choisissez un fichier de polygones.",
        )
    return [frame for frame in frames if is_drawing(frame)] or frames


def shaped(layers: Layers, path: Path) -> list[gpd.GeoDataFrame]:
    """Return the layers that have shapes, each of whose columns has its own name."""
    frames = [frame for _, frame in layers if isinstance(frame, gpd.GeoDataFrame)]
    for frame in frames:
        if not frame.columns.is_unique:
            name = frame.columns[frame.columns.duplicated()][0]
            raise UnreadableFileError(
                f"La colonne « {name} » figure deux fois.",
                where=path.name,
                why="On ne saurait laquelle lire.",
                remedy="Renommez ou supprimez l’une des deux dans QGIS.",
            )
    return frames


def read_layers(path: Path, most: int | None = None, *, shapes: bool = True) -> Layers:
    """Return the layers of a file with their names, with their shapes or without, never from elsewhere.

    Raises
    ------
    UnreadableFileError
        When the file is not what its name says, or GDAL cannot read it.
    """
    check_signature(path)
    try:
        with offline():
            places = [
                (place, str(name))
                for place in _places(path)
                for name in pyogrio.list_layers(place)[:, 0]
            ]
            return [
                (name, pyogrio.read_dataframe(place, layer=name, read_geometry=shapes))
                for place, name in places[:most]
            ]
    except (*_GDAL_ERRORS, shapely.errors.ShapelyError, ProjError, OSError, ValueError) as error:
        raise UnreadableFileError(
            "Ce fichier n’est pas une couche géographique lisible, ou il est tronqué.",
            where=path.name,
            why=reader_words(error),
            remedy="Redemandez-le au producteur (shapefile, GeoPackage, GeoJSON ou FlatGeobuf).",
        ) from error


def _places(path: Path) -> list[str]:
    """Return the layers' files: in a zip, each of those it holds, in whatever folder."""
    if path.suffix.lower() != ".zip":
        return [str(path)]
    plain = tuple(suffix for suffix in LAYER_SUFFIXES if suffix != ".zip")
    with zipfile.ZipFile(path) as archive:  # its signature was checked
        inside = [name for name in archive.namelist() if name.lower().endswith(plain)]
    return [
        f"/vsizip/{{{path.resolve()}}}/{name}" for name in sorted(inside) if "__MACOSX" not in name
    ]


def choose_column(
    layers: list[gpd.GeoDataFrame], matcher: Matcher, path: Path, code_column: str = ""
) -> tuple[gpd.GeoDataFrame, str]:
    """Return the layer and the column that name the territories of a zoning.

    Raises
    ------
    UnknownColumnError, UnknownTerritoryError
        When there is no ``code_column``, or no column names a territory.
    """
    if code_column:
        for frame in layers:
            if code_column in frame.columns:
                return frame, code_column
        raise UnknownColumnError(
            f"La colonne « {code_column} » n’existe pas.",
            where=path.name,
            remedy=suggestion(code_column, [str(c) for c in layers[0].columns]),
        )
    return _guess_column(layers, matcher, path)


def count_members(frame: gpd.GeoDataFrame, column: str, matcher: Matcher) -> int:
    """Count the territories of a zoning that a column names."""
    return len(set(texts_of(frame[column]).map(matcher.find)) - {""})


def holds_codes(frame: gpd.GeoDataFrame, matcher: Matcher) -> bool:
    """Say whether a column of a layer holds codes of a zoning, not only names."""
    codes = list(matcher.names)
    columns = frame.columns.drop(frame.geometry.name)
    return any(texts_of(frame[column]).isin(codes).any() for column in columns)


def _guess_column(
    layers: list[gpd.GeoDataFrame], matcher: Matcher, path: Path
) -> tuple[gpd.GeoDataFrame, str]:
    """Choose the layer and the column in which most territories of the zoning are found."""
    best: tuple[tuple[int, bool, int], gpd.GeoDataFrame | None, str] = ((0, False, 0), None, "")
    # A file may hold the points or the lines of the same territories beside their outlines.
    surfaces = [f for f in layers if (shapely.get_dimensions(f.geometry.to_numpy()) == 2).any()]  # noqa: PLR2004
    for frame in surfaces or layers:
        known: dict[str, str] = {}
        for column, values in frame.drop(columns=frame.geometry.name).items():
            found = _named(values, known, matcher)
            if found[0] and found > best[0]:
                best = (found, frame, str(column))
    if best[1] is None:
        raise UnknownTerritoryError(
            f"Aucune colonne ne contient les codes ou les noms des {several_of(matcher.label)}.",
            where=path.name,
            why=f"Colonnes lues : {enumerate_words([str(c) for c in layers[0].columns], most=12)}.",
            remedy=f"Vérifiez que la couche couvre ces territoires (par exemple "
            f"« {next(iter(matcher.names), '')} ») ou indiquez code_column.",
        )
    return best[1], best[2]


def _named(values: pd.Series, known: dict[str, str], matcher: Matcher) -> tuple[int, bool, int]:
    """Return how many territories a column names, whether it holds nothing but codes, how many rows name one.

    A name is borne elsewhere too, a code is not: a column of nothing but codes wins. A figure may
    happen to be a code: a column of codes has one in most of its rows. ``known`` keeps what each text
    names: a layer may have thousands of columns.
    """
    texts = [written_code(value) for value in values.dropna().tolist()]
    for text in {*texts} - known.keys():
        known[text] = matcher.find(text)
    named = [known[text] for text in texts if known[text]]
    coded = len(texts) == len(values) == len({*texts}) and {*map(len, texts)} <= {matcher.width}
    return len({*named}), coded, len(named)


def _check_crs(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    if frame.crs is not None:
        return
    looks = [f"{system.label} ({system.code})" for system in systems_like(frame.total_bounds, crs)]
    raise CRSError(
        "La couche ne dit pas dans quel système de coordonnées elle est.",
        where=path.name,
        why=f"Ses nombres ressemblent à : {enumerate_words(looks, most=3)}." if looks else "",
        remedy="Ajoutez le fichier .prj, ou enregistrez la couche avec son système dans QGIS.",
        candidates=looks,
    )


def _moved(shapes: gpd.GeoSeries, path: Path, crs: str) -> gpd.GeoSeries:
    """Carry shapes to the workspace's CRS."""
    try:
        return shapes.to_crs(crs)
    except ProjError as error:
        raise CRSError(
            f"On ne sait pas passer du système de cette couche à {crs}.",
            where=path.name,
            why=reader_words(error),
            remedy="Corrigez le système dans QGIS (Définir la projection), sans reprojeter.",
        ) from error


def _check_unique(kept: gpd.GeoDataFrame, path: Path, column: str) -> None:
    repeated = kept.index[kept.index.duplicated()]
    if len(repeated):
        raise DuplicateKeyError(
            f"Le territoire « {repeated[0]} » a plusieurs contours.",
            where=f"{path.name}, colonne {column}",
            why="On ne saurait lequel garder.",
            remedy="Fusionnez-les (QGIS : Regrouper), ou supprimez le contour en trop.",
            codes=list(repeated),
        )


def _check_place(moved: gpd.GeoSeries, path: Path, found: CRS, wanted: str) -> None:
    """Refuse shapes that fall where the workspace's CRS has no meaning: a wrong CRS was declared."""
    area = CRS(wanted).area_of_use
    if area is None or moved.empty:
        return
    x0, y0, x1, y1 = moved.to_crs("EPSG:4326").total_bounds
    inside = area.west <= x0 and x1 <= area.east and area.south <= y0 and y1 <= area.north
    if not inside or not np.isfinite([x0, y0, x1, y1]).all():
        raise CRSError(
            f"Les contours tombent hors du domaine de {wanted} ({area.name.split(' - ')[0]}).",
            where=path.name,
            why=f"La couche se dit en {crs_name(found)} : ce n’est sans doute pas le bon système.",
            remedy="Corrigez le système dans QGIS (Définir la projection), sans reprojeter.",
            bounds=(x0, y0, x1, y1),
        )
