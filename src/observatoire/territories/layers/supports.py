"""Read a support: a finer layer that says where people live (grid cells, buildings, addresses)."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from observatoire.errors import (
    CRSError,
    FileError,
    UnknownColumnError,
    UnreadableFileError,
    UnreadableNumberError,
)
from observatoire.errors.arguments import check_known
from observatoire.errors.translations import reader_words
from observatoire.french.typography import plural
from observatoire.territories.layers.reader import read_layers, shaped
from observatoire.values import IMPUTED_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path


#: How Insee writes a cell: reference system, size in metres, northing and easting of its corner.
CELL_PATTERN = r"^CRS(?P<crs>\d+)RES(?P<size>\d+)mN(?P<north>-?\d+)E(?P<east>-?\d+)$"

_TEXT_SUFFIXES = (".csv", ".txt")

#: A space between groups of three digits.
_GROUPED = "(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?:[^0-9]|$))"

#: No coordinate in metres has more digits.
_LONGEST = 9


def read_support_file(path: Path, crs: str, weight: str) -> gpd.GeoDataFrame:
    """Read a support in the workspace's reference system.

    Parameters
    ----------
    path : Path
        A layer GDAL reads, or a csv of Insee cells whose identifier tells size and corner
        (``CRS5490RES200mN1592600E728800``).
    weight : str
        The column that says how many each carries; it must be there.

    Returns
    -------
    GeoDataFrame
        Shapes and columns; ``weight`` and the flags of imputed cells as numbers.

    Raises
    ------
    FileError, UnreadableFileError
        When the file is absent or unreadable.
    UnknownColumnError
        Without the weight, or without cell identifiers in a csv.
    CRSError
        When a layer says no reference system.
    UnreadableNumberError
        On a weight that is no number, with its line.
    """
    if not path.is_file():
        raise FileError(
            "Le fichier du support n’existe pas.",
            where=str(path),
            remedy="Déposez-le, ou corrigez support dans observatoire.toml, [[passages]].",
        )
    try:
        frame = _read_cells(path) if path.suffix.lower() in _TEXT_SUFFIXES else _read_layer(path)
        return _weighed(frame, weight, path).to_crs(crs)
    except ProjError as error:
        raise CRSError(
            f"On ne sait pas passer du système de ce support à {crs}.",
            where=path.name,
            why=reader_words(error),
            remedy="Enregistrez-le avec son système dans QGIS.",
        ) from error


def _weighed(frame: gpd.GeoDataFrame, weight: str, path: Path) -> gpd.GeoDataFrame:
    """Read as numbers the weight and the flags of imputed cells."""
    columns = list(map(str, frame.columns))
    what = f"La colonne « {weight} » n’est pas dans le support."
    check_known(weight, columns, what, where=path.name, error=UnknownColumnError)
    flags = [str(name) for name in frame.columns if str(name).casefold() in IMPUTED_COLUMNS]
    counted = [weight, *flags]
    return frame.assign(**{name: _numbers(frame[name], path) for name in counted})


def _numbers(cells: pd.Series, path: Path) -> pd.Series:
    """Read a column of numbers, written with a point or a comma; a blank stays one."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells
    texts = cells.fillna("").astype("str").str.strip()
    plain = texts.str.replace(_GROUPED, "", regex=True).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").astype(float)
    bad = np.flatnonzero(~np.isfinite(numbers.to_numpy()) & (texts != "").to_numpy())
    if len(bad):
        text = path.suffix.lower() in _TEXT_SUFFIXES
        line = f"ligne {bad[0] + 2}" if text else f"objet {bad[0] + 1}"
        raise UnreadableNumberError(
            f"« {texts.iloc[bad[0]]} » n’est pas un nombre.",
            where=f"{path.name}, {line}, colonne {cells.name}",
            why="Un poids laissé en blanc fausserait le partage de son territoire.",
            remedy=f"Corrigez {plural(len(bad), 'cellule')} de cette colonne : un nombre s’écrit 1234,5 "
            "ou 1234.5.",
        )
    return numbers


def _read_layer(path: Path) -> gpd.GeoDataFrame:
    frames = shaped(read_layers(path, 1), path)
    frame = frames[0] if frames else None
    if frame is None or frame.crs is None:
        raise CRSError(
            "Le support ne dit pas dans quel système de coordonnées il est.",
            where=path.name,
            remedy="Enregistrez-le avec son système dans QGIS.",
        )
    return frame


def _read_cells(path: Path) -> gpd.GeoDataFrame:
    """Read a table of grid cells, whose identifiers say where each square lies."""
    try:
        table = pd.read_csv(path, sep=None, engine="python", dtype=str, encoding="utf-8-sig")
    except (OSError, ValueError, csv.Error, pd.errors.ParserError) as error:
        raise UnreadableFileError(
            "Ce support ne se lit pas comme un tableau.",
            where=path.name,
            why=reader_words(error),
            remedy="Donnez le fichier de l’Insee tel quel, en csv UTF-8.",
        ) from error
    for column in table.columns:
        parts = table[column].fillna("").str.extract(CELL_PATTERN)
        if _are_cells(parts):
            return _squares(table, parts.astype(np.int64))
    raise UnknownColumnError(
        "Aucune colonne ne contient des identifiants de carreaux.",
        where=path.name,
        why="On les lit sous la forme CRS5490RES200mN1592600E728800.",
        remedy="Donnez le fichier de l’Insee tel quel, ou une couche géographique.",
    )


def _are_cells(parts: pd.DataFrame) -> bool:
    """Say whether every row names a cell, in numbers that are places on Earth."""
    full = bool(len(parts)) and bool(parts.notna().all(axis=None))
    return full and bool((parts.apply(lambda part: part.str.len()) <= _LONGEST).all(axis=None))


def _squares(table: pd.DataFrame, parts: pd.DataFrame) -> gpd.GeoDataFrame:
    systems = parts["crs"].unique()
    if len(systems) > 1:
        raise CRSError(
            f"Carreaux de plusieurs systèmes : {', '.join(map(str, systems))}.",
            why="Ceux de deux territoires éloignés ne se mettent pas sur un même plan.",
            remedy="Ne gardez que les carreaux de votre territoire.",
        )
    east, north, size = (parts[name].to_numpy() for name in ("east", "north", "size"))
    shapes = shapely.box(east, north, east + size, north + size)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=f"EPSG:{systems[0]}")
