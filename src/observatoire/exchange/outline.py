"""A layer to draw in: what QGIS opens, styles included, for the outlines nobody publishes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import geopandas as gpd

from observatoire.errors import FormatError, PassageError
from observatoire.pages.sheet import cannot_write
from observatoire.swap import new_file
from observatoire.territories.layers.drawings import AUTHOR, DAY, SCHEMATIC, STATE

if TYPE_CHECKING:
    from collections.abc import Mapping


#: What is drawn is orange and thick; what it is drawn on, thin.
_TO_DRAW, _GROUND = ("217,95,2,70", "217,95,2,255", "0.9"), ("0,0,0,0", "90,90,90,255", "0.25")

_FILES = resources.files("observatoire.exchange")
_QML = (_FILES / "outline.qml").read_text("utf-8")

#: The table in which QGIS looks for the styles of a GeoPackage, and how the file says that it is there.
_STYLES = (_FILES / "outline.sql").read_text("utf-8")
_STYLE = (
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
    "styleName, styleQML, styleSLD, useAsDefault, description, owner) "
    "VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '')"
)


@dataclass(frozen=True)
class DrawingSheet:
    """A file to draw in: how many outlines wait for a hand, on which layers; shows itself."""

    path: Path
    zoning: str
    waiting: int
    grounds: tuple[str, ...]

    def __str__(self) -> str:
        """Say in French what was written, and what to do with it."""
        schematic = f" ({self.waiting} au schéma)" if self.waiting else ""
        return (
            f"Écrit : {self.path}\n"
            f"Dans QGIS, redessinez les contours de la couche « {self.zoning} »{schematic}, et "
            f"signez chacun : colonnes {AUTHOR} et {DAY}.\n"
            f"Puis : observatoire load {self.path} --zoning {self.zoning}"
        )


def write_outline(path: Path, zoning: str, layers: Mapping[str, gpd.GeoDataFrame]) -> DrawingSheet:
    """Write a GeoPackage to redraw the outlines of a zoning in.

    Parameters
    ----------
    path : Path
        A ``.gpkg``; what was there is replaced once all is written.
    layers : mapping
        Territories by zoning, as the warehouse keeps them: what to draw on, and what to draw.

    Raises
    ------
    FormatError
        When the file is to be of another form.
    PassageError
        When no layer has an outline to start from.
    """
    if path.suffix.lower() != ".gpkg":
        raise FormatError(
            f"« {path.name} » n’est pas un GeoPackage.",
            why="QGIS y garde les couches et leurs styles dans un seul fichier.",
            remedy='Donnez un nom en .gpkg : o.outline("geo/a-dessiner.gpkg").',
        )
    shaped = {code: frame[frame.geometry.notna()] for code, frame in layers.items()}
    shaped = {code: frame for code, frame in shaped.items() if len(frame)}
    if zoning not in shaped:
        raise PassageError(
            f"Le zonage « {zoning} » n’a aucun contour, même schématique, à redessiner.",
            remedy="Déclarez comment le dessiner (schematic), ou chargez un contour approché.",
        )
    order = [code for code in shaped if code != zoning] + [zoning]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # GDAL names the table that a full disk left out, not the disk: it writes elsewhere, we copy.
        with TemporaryDirectory() as own, new_file(path) as draft:
            _write_layers(Path(own, "couches.gpkg"), {code: shaped[code] for code in order})
            copyfile(Path(own, "couches.gpkg"), draft)
    except OSError as error:
        raise cannot_write(path, error) from error
    frame = shaped[zoning]
    waiting = int((~frame["official"] & (frame["drawn"] == "")).sum())
    return DrawingSheet(path, zoning, waiting, tuple(order[:-1]))


def _write_layers(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Write layers with their styles: the last is to be drawn on the others."""
    zoning = list(layers)[-1]
    for code, frame in layers.items():
        made = _layer(frame, drawn=code == zoning)
        made.to_file(path, layer=code, driver="GPKG", engine="pyogrio", append=path.is_file())
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(_STYLES)
        for code in layers:
            fill, line, width = _TO_DRAW if code == zoning else _GROUND
            qml = _QML.format(fill=fill, line=line, width=width, field=quoteattr("nom"))
            role = "à redessiner" if code == zoning else "fond"
            base.execute(_STYLE, [code, code, qml, role])


def _layer(frame: gpd.GeoDataFrame, *, drawn: bool) -> gpd.GeoDataFrame:
    """Return the columns of a layer: those to sign are blank, for nobody has drawn yet."""
    columns: dict[str, object] = {
        "code": list(frame.index),
        "nom": list(frame["name"]),
        "commune": list(frame["commune"]),
        STATE: [
            "officiel" if official else f"dessiné {who}" if who else SCHEMATIC
            for official, who in zip(frame["official"], frame["drawn"], strict=True)
        ],
    }
    blank = [""] * len(frame)
    columns |= {AUTHOR: blank, DAY: blank} if drawn else {}
    return gpd.GeoDataFrame(columns, geometry=list(frame.geometry), crs=frame.crs)
