"""Found the workspace of a town from its layers: nothing is left to write by hand before loading."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from observatoire.errors import UnknownTerritoryError, WorkspaceError
from observatoire.french.typography import enumerate_words
from observatoire.territories.layers.reader import open_layers
from observatoire.workspace.model import WORKSPACE_FILE
from observatoire.workspace.scaffold import create_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


#: What the codes of each layer look like.
_CODES = {"iris": "[0-9][0-9AB][0-9]{7}", "qpv": "Q[PN][0-9][0-9AB][0-9A-Z]{3,5}"}

_NAMES = {"iris": "(nom|lib)_?iris", "qpv": "(nom|lib)_?qp"}

_TOWN_NAMES = "nom_?com(mune)?|lib_?com|insee_nom"

#: Metric systems overseas; that of mainland France elsewhere.
_SYSTEMS = {"971": "5490", "972": "5490", "973": "2972", "974": "2975", "976": "4471"}
_MAINLAND = "2154"


@dataclass(frozen=True)
class _Layer:
    """One layer as it is kept: outlines with « code », « nom », and the name of the town if it is there."""

    frame: gpd.GeoDataFrame
    town: str = ""


def create_town(folder: Path, town: str, layers: Sequence[Path]) -> Path:
    """Make the workspace of a commune from the outlines of its IRIS and of its quartiers.

    Parameters
    ----------
    folder : Path
        Made when absent.
    town : str
        Insee's code of the commune, « 66136 ».
    layers : sequence of Path
        Layers of IRIS and of quartiers prioritaires, of a whole département or region if need be: what
        lies in the commune is kept.

    Returns
    -------
    Path
        The folder, absolute: a workspace ready to load files of known families.

    Raises
    ------
    WorkspaceError
        When one of the two layers is not given, or the folder is a workspace already.
    UnknownTerritoryError
        When a layer has no outline in the commune.
    """
    found = {kind: frame for path in layers for kind, frame in _recognised(path)}
    lacking = [
        name for kind, name in (("iris", "des IRIS"), ("qpv", "des quartiers")) if kind not in found
    ]
    if lacking:
        raise WorkspaceError(
            f"Il manque les contours {enumerate_words(lacking)}.",
            why="On les reconnaît à une colonne de codes : « 661360101 » pour un IRIS, « QP066001 » ou "
            "« QN06601M » pour un quartier prioritaire.",
            remedy="Donnez les deux couches (IGN « Contours IRIS », ANCT « Quartiers prioritaires »).",
        )
    crs = f"EPSG:{_SYSTEMS.get(town[:3], _MAINLAND)}"
    iris = _kept("iris", found["iris"].to_crs(crs), town)
    ground = shapely.union_all(iris.frame.geometry.buffer(0).to_numpy())
    qpv = _kept("qpv", found["qpv"].to_crs(crs), town, ground)
    root = create_blank(folder)
    _write(root, town, iris, qpv, crs)
    return root


def _recognised(path: Path) -> Iterable[tuple[str, gpd.GeoDataFrame]]:
    """Return the layers of a file whose codes are those of IRIS or of quartiers, codes in « code »."""
    for frame in open_layers(path):
        texts = frame.drop(columns="geometry").astype("str")
        for kind, pattern in _CODES.items():
            fits = {name: texts[name].str.fullmatch(pattern).mean() for name in texts}
            best = max(fits, key=lambda name: fits[name], default="")
            if best and fits[best] > 0.9:  # noqa: PLR2004 - nearly all
                yield kind, frame.assign(code=texts[best])


def _kept(
    kind: str, frame: gpd.GeoDataFrame, town: str, ground: shapely.Geometry | None = None
) -> _Layer:
    """Return the outlines of a layer that are of the town: by their code, or by where they lie."""
    if ground is None:
        inside = frame["code"].str.startswith(town)
    else:
        inside = frame.geometry.buffer(0).representative_point().within(ground)
    kept = frame[inside]
    if kept.empty:
        what = "IRIS" if kind == "iris" else "quartier"
        raise UnknownTerritoryError(
            f"Aucun {what} de la commune « {town} » dans cette couche.",
            why=f"Ses codes sont comme « {frame['code'].iloc[0]} ».",
            remedy="Vérifiez le code Insee de la commune, et le département de la couche.",
        )
    names = _column(kept, _NAMES[kind])
    towns = _column(kept, _TOWN_NAMES)
    made = gpd.GeoDataFrame(
        {"code": kept["code"], "nom": kept[names] if names else kept["code"]},
        geometry=kept.geometry,
    ).sort_values("code", ignore_index=True)
    return _Layer(made, str(kept[towns].iloc[0]) if towns else "")


def _column(frame: gpd.GeoDataFrame, pattern: str) -> str:
    wanted = re.compile(pattern, re.IGNORECASE)
    return next((name for name in map(str, frame.columns) if wanted.fullmatch(name)), "")


def _write(root: Path, town: str, iris: _Layer, qpv: _Layer, crs: str) -> None:
    zoning = "qpv-2024" if qpv.frame["code"].iloc[0].startswith("QN") else "qpv-2015"
    called = iris.town or qpv.town or town
    path = root / WORKSPACE_FILE
    text = path.read_text(encoding="utf-8")
    for model, ours in (
        ("Observatoire de …", f"Observatoire de {called}"),
        ('place = "…"', f'place = "{called}"'),
        ("Contrat de ville …", f"Contrat de ville de {called}"),
        ('centre = "…"', 'centre = "à préciser"'),
        ('credits = "…"', 'credits = "à préciser"'),
        ("EPSG:2154", crs),
        ("qpv-2015", zoning),
        ("commune-2016", "commune"),
        ("iris-2016", "iris"),
    ):
        text = text.replace(model, ours)
    path.write_text(text, encoding="utf-8")
    codes = list(iris.frame["code"])
    members = "code", "nom", "commune"
    _table(root / "geo/commune.csv", members, [(town, called, town)])
    _table(root / "geo/iris.csv", members, [(*row, town) for row in _rows(iris)])
    _table(root / f"geo/{zoning}.csv", members, [(*row, town) for row in _rows(qpv)])
    links = [(code, town, "proche", "officiel") for code in codes]
    _table(root / "geo/passage_iris_commune.csv", ("source", "target", "link", "quality"), links)
    iris.frame.to_file(root / "geo/iris.gpkg", layer="iris", engine="pyogrio")
    qpv.frame.to_file(root / "geo/qpv.gpkg", layer="qpv", engine="pyogrio")


def _rows(layer: _Layer) -> list[tuple[str, str]]:
    """Return codes and names; two outlines of one name are told apart by their code."""
    names = layer.frame["nom"].astype("str").str.strip()
    twice = names.duplicated(keep=False)
    told = names.where(~twice, names + " (" + layer.frame["code"].str[-4:] + ")")
    return list(zip(layer.frame["code"], told, strict=True))


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows([header, *rows])
