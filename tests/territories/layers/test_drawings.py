"""Outlines drawn by hand: a file to draw in, loaded back signed; what is wrong with one, a sentence each."""

from __future__ import annotations

import sqlite3
import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from built_workspace import plain, says
from shapely import Polygon, box

import observatoire as obs
from observatoire.errors import (
    FormatError,
    GeometryError,
    ObservatoireError,
    SchematicGeometryError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from built_workspace import Place

Q = "quartier-2007"

CATALOGUE = """\
[themes.t]
label = "Thème"

[indicators.pop]
label = "Population"
theme = "t"
nature = "count"
definition = "x"
universe = "x"
sources = ["src"]
numerator = ["POP"]
"""


def redrawn(path: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Path:
    """Sign the first two quartiers, two squares side by side, then spoil the layer."""
    frame = gpd.read_file(path, layer=Q).set_index("code", drop=False)
    left, low, _, _ = frame.geometry["Q1"].centroid.buffer(1).bounds
    for at, code in enumerate(("Q1", "Q2")):
        frame.loc[code, ["auteur", "dessine_le"]] = ["A. Césaire", "2026-11-29"]
        frame.loc[[code], "geometry"] = gpd.GeoSeries(
            [box(left + 500 * at, low, left + 500 * at + 500, low + 500)],
            index=[code],
            crs=frame.crs,
        )
    made = path.with_name("dessin.gpkg")
    change(frame).reset_index(drop=True).to_file(made, layer=Q)
    return made


@pytest.fixture
def sheet(place: Place) -> Path:
    with obs.open(place.root) as o:
        drawing = o.outline("geo/a-dessiner.gpkg")
    assert f"({drawing.waiting} au schéma)" in plain(drawing)
    return drawing.path


def test_the_file_opens_in_qgis_with_its_styles(sheet: Path) -> None:
    names = ["commune-2016", "iris-2016", Q]
    assert sorted(gpd.list_layers(sheet)["name"]) == sorted([*names, "layer_styles"])
    with sqlite3.connect(sheet) as base:
        rows = base.execute(
            "SELECT f_table_name, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # GDAL complains of a date that is not as the norm says
        gpd.read_file(sheet, layer="layer_styles")
    assert {row[0] for row in rows} == set(names)
    assert all("<qgis" in qml and default for _, qml, default in rows)


def test_what_a_sheet_is_drawn_on_never_becomes_official(place: Place, sheet: Path) -> None:
    """Without a zoning, the layer to draw is meant; its ground, alone in a file too, stays a scheme."""
    alone = sheet.with_name("iris.gpkg")
    ground = gpd.read_file(sheet, layer="iris-2016")
    ground.to_file(alone, layer="contours")
    zones = sheet.with_name("zones.gpkg")  # those of a package name the same column otherwise
    ground.rename(columns={"etat": "perimetre"}).to_file(zones)
    with obs.open(place.root) as o:
        for path, zoning, said in (
            (sheet, None, "Aucun contour de cette couche n’est signé"),
            (sheet, "iris-2016", "Aucune colonne ne contient"),
            (alone, None, "se disent schématiques"),
            (zones, None, "se disent schématiques"),
        ):
            with pytest.raises(ObservatoireError) as caught:
                o.load(path, zoning=zoning or "")
            says(caught.value, said)
        drawn = o.load(redrawn(sheet, lambda frame: frame))  # its layer says what was drawn
        assert "2 contours dessinés par A. Césaire" in plain(drawn)
        assert not any(o.warehouse.frame("SELECT official FROM territory")["official"])


def test_a_signed_outline_is_drawn_never_official(place: Place, sheet: Path) -> None:
    with obs.open(place.root) as o:
        report = o.load(redrawn(sheet, lambda frame: frame), zoning=Q)
        assert "2 contours dessinés par A. Césaire, 2026-11-29" in plain(report)
        assert "Pas encore redessinés : Q3" in plain(report)
    with obs.open(place.root) as o:  # kept when opened again
        rows = o.warehouse.rows(
            "SELECT code, official, drawn FROM territory WHERE zoning = ? ORDER BY 1", [Q]
        )
        who = "par A. Césaire, 2026-11-29"
        assert rows == [("Q1", False, who), ("Q2", False, who), ("Q3", False, "")]
        with pytest.raises(SchematicGeometryError):
            o.areas(Q)
        with pytest.raises(FormatError):
            o.outline("geo/a.shp")


def test_figures_carried_by_a_drawing_are_estimates_that_say_whose(
    place: Place, sheet: Path
) -> None:
    iris = gpd.read_file(sheet, layer="iris-2016").drop(columns="etat")  # held to be official here
    iris.to_file(place.root / "geo/iris.gpkg")

    def around(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        iris = gpd.read_file(sheet, layer="iris-2016").set_index("code").geometry
        near = iris["972090101"].buffer(30)
        away = frame.geometry["Q2"].difference(near)
        return spoil(spoil(frame, "Q1", geometry=near), "Q2", geometry=away)

    drawing = redrawn(sheet, around)
    place.toml(
        'schematic = { method = "cells", within = "commune-2016" }', 'geometry = "geo/iris.gpkg"'
    )
    drawn = f'geometry = "geo/{drawing.name}"'
    place.toml('schematic = { method = "links", source = "iris-2016" }', drawn)
    place.toml(
        'target = "quartier-2007"\nfile = "geo/liens.csv"',
        'target = "quartier-2007"\nmethod = "area"',
    )
    place.write("indicators.toml", CATALOGUE)
    with obs.open(place.root) as o:
        cells = o.table("pop").df.set_index("territory")
        assert cells.loc["Q1", "status"] == "estimated"
        assert "contours dessinés par A. Césaire, 2026-11-29" in plain(cells.loc["Q1", "method"])
        assert cells.loc["Q1", "value"] == pytest.approx(1234.5, rel=0.2)
        assert cells.loc["Q3", "status"] == "missing"


def spoil(frame: gpd.GeoDataFrame, at: str, /, **values: object) -> gpd.GeoDataFrame:
    made = frame.copy()
    for name, value in values.items():
        if name == "geometry":
            made.loc[[at], "geometry"] = gpd.GeoSeries([value], index=[at], crs=frame.crs)
        else:
            made.loc[at, name] = value
    return made


BAD = {
    "unsigned": (lambda f: f.assign(auteur="", dessine_le=""), "rien n’a été dessiné"),
    "half": (lambda f: spoil(f, "Q1", auteur=""), "signé à moitié"),
    "code": (lambda f: spoil(f, "Q1", code="Q9"), "« Q9 »"),
    "overlap": (lambda f: spoil(f, "Q1", geometry=f.geometry["Q2"].buffer(-50)), "se recouvrent"),
    "empty": (lambda f: spoil(f, "Q1", geometry=Polygon()), "Q1"),
    "outside": (lambda f: f.set_geometry(f.geometry.translate(9000, 0)), "commune"),
    "twice": (lambda f: spoil(f, "Q1", code="Q2"), "Q2"),
    "no system": (lambda f: f.set_crs(None, allow_override=True), "système"),
}


@pytest.mark.parametrize("case", BAD)
def test_each_fault_of_a_drawing_is_a_sentence(place: Place, sheet: Path, case: str) -> None:
    change, said = BAD[case]
    with obs.open(place.root) as o:
        with pytest.raises(ObservatoireError) as caught:
            o.load(redrawn(sheet, change), zoning=Q)
        says(caught.value, said)
        assert not o.warehouse.rows("SELECT 1 FROM territory WHERE drawn <> ''")


def test_another_system_is_carried_and_an_untouched_outline_refused(
    place: Place, sheet: Path
) -> None:
    with obs.open(place.root) as o:
        o.load(redrawn(sheet, lambda frame: frame.to_crs("EPSG:4326")), zoning=Q)
        assert o.warehouse.rows("SELECT count(*) FROM territory WHERE drawn <> ''") == [(2,)]
        again = gpd.read_file(sheet, layer=Q).assign(auteur="X", dessine_le="2026")
        again[again["code"] == "Q3"].to_file(sheet.with_name("b.gpkg"), layer=Q)
        if again.set_index("code").geometry.notna().get("Q3", False):
            with pytest.raises(GeometryError, match="jamais redessiné"):
                o.load(sheet.with_name("b.gpkg"), zoning=Q)
