"""Each thing that can be wrong has its error, and its message says what, where, why and what to do."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from layers_made import CRS, squares

from observatoire import passage
from observatoire.errors import ObservatoireError

GOOD = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["a", "b"])
TARGET = squares((0, 0, 15, 10), codes=["X"])
DOORS = gpd.GeoDataFrame({"ind": [1.0, 2.0]}, geometry=shapely.points([5, 12], [5, 5]), crs=CRS)


def shaped(shape: Any) -> Any:
    return GOOD.set_geometry([shape, GOOD.geometry.iloc[1]])


def table(**columns: Any) -> Any:
    rows = {"source": ["a", "a"], "target": ["X", "Y"], "weight": [0.5, 0.5]} | columns
    return pd.DataFrame(rows)


CASES = {
    "two systems": (
        lambda: passage.by_area(GOOD, TARGET.set_crs(2154, allow_override=True)),
        "CRSError",
        "2154",
    ),
    "no system": (
        lambda: passage.by_area(GOOD.set_crs(None, allow_override=True), TARGET),
        "CRSError",
        "source",
    ),
    "degrees": (lambda: passage.by_area(GOOD, TARGET.to_crs(4326)), "CRSError", "mètres"),
    "feet": (
        lambda: passage.by_area(*(f.set_crs(2263, allow_override=True) for f in (GOOD, TARGET))),
        "CRSError",
        "mètres",
    ),
    "codes repeated": (
        lambda: passage.by_area(GOOD.set_axis(["a", "a"]), TARGET),
        "DuplicateKeyError",
        ": a",
    ),
    "codes as numbers": (
        lambda: passage.by_area(GOOD.set_axis([1, 2]), TARGET),
        "PassageError",
        "texte",
    ),
    "no geometry": (lambda: passage.by_area(shaped(None), TARGET), "EmptyGeometryError", "a"),
    "empty geometry": (
        lambda: passage.by_area(shaped(shapely.Polygon()), TARGET),
        "EmptyGeometryError",
        "a",
    ),
    "empty layer": (lambda: passage.by_area(GOOD.iloc[:0], TARGET), "EmptyGeometryError", "vide"),
    "no column of geometries": (
        lambda: passage.by_area(gpd.GeoDataFrame({"x": [1]}, index=["a"]), TARGET),
        "EmptyGeometryError",
        "set_geometry",
    ),
    "crossing": (
        lambda: passage.by_area(shaped(shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])), TARGET),
        "CrossingGeometryError",
        "repair",
    ),
    "mixed": (
        lambda: passage.by_area(shaped(shapely.Point(5, 5)), TARGET),
        "MixedGeometryError",
        "point et polygone",
    ),
    "collection": (
        lambda: passage.by_area(
            shaped(shapely.GeometryCollection([shapely.box(0, 0, 1, 1)])), TARGET
        ),
        "MixedGeometryError",
        "collection",
    ),
    "three dimensions": (
        lambda: passage.by_area(shaped(shapely.force_3d(shapely.box(0, 0, 9, 9), 3)), TARGET),
        "RaisedGeometryError",
        "force_2d",
    ),
    "overlap": (
        lambda: passage.by_area(shaped(shapely.box(0, 0, 12, 10)), TARGET),
        "OverlapError",
        "20 m²",
    ),
    "drawing": (
        lambda: passage.by_area(GOOD.assign(official=False), TARGET),
        "SchematicGeometryError",
        "schématiques",
    ),
    "support of nothing": (
        lambda: passage.by_support(GOOD, TARGET, DOORS.assign(ind=0)),
        "SupportError",
        "ne porte rien",
    ),
    "support elsewhere": (
        lambda: passage.by_support(GOOD, TARGET, DOORS.set_geometry(DOORS.translate(1e4))),
        "SupportError",
        "ne porte rien",
    ),
    "support negative": (
        lambda: passage.by_support(GOOD, TARGET, DOORS.assign(ind=[-1, 1])),
        "SupportError",
        "l’élément 0",
    ),
    "support blank": (
        lambda: passage.by_support(GOOD, TARGET, DOORS.assign(ind=[1, np.nan])),
        "SupportError",
        "l’élément 1",
    ),
    "support column": (
        lambda: passage.by_support(GOOD, TARGET, DOORS, "idn"),
        "UnknownNameError",
        "« ind »",
    ),
    "support mixed": (
        lambda: passage.by_support(
            GOOD, TARGET, DOORS.set_geometry([DOORS.geometry.iloc[0], shapely.box(0, 0, 1, 1)])
        ),
        "MixedGeometryError",
        "mélange",
    ),
    "support system": (
        lambda: passage.by_support(GOOD, TARGET, DOORS.to_crs(2154)),
        "CRSError",
        "2154",
    ),
    "ratio of zero": (lambda: passage.by_density(GOOD, TARGET, 0), "RatioError", "vaut 0"),
    "ratio negative": (
        lambda: passage.by_density(GOOD, TARGET, ratio=-3.2),
        "RatioError",
        "vaut -3.2",
    ),
    "ratio not a number": (
        lambda: passage.by_density(GOOD, TARGET, ratio=np.nan),
        "RatioError",
        "vaut nan",
    ),
    "weights above one": (
        lambda: passage.from_table(table(weight=[0.5, 0.6])),
        "WeightError",
        "1,100",
    ),
    "weight in per cent": (
        lambda: passage.from_table(table(weight=[50.0, 50.0])),
        "WeightError",
        "de 0 à 100",
    ),
    "weight negative": (
        lambda: passage.from_table(table(weight=[-0.5, 0.5])),
        "WeightError",
        "négatif",
    ),
    "weight blank": (
        lambda: passage.from_table(table(weight=[np.nan, 0.5])),
        "WeightError",
        "vide",
    ),
    "weight as text": (
        lambda: passage.from_table(table(weight=["0,5", "0,5"])),
        "WeightError",
        "virgule",
    ),
    "link repeated": (
        lambda: passage.from_table(table(target=["X", "X"])),
        "DuplicateKeyError",
        "« X »",
    ),
    "column lacking": (
        lambda: passage.from_table(table().drop(columns="weight")),
        "PassageError",
        "weight",
    ),
    "sliver": (lambda: passage.by_area(GOOD, TARGET, sliver=0.5), "PassageError", "0,5"),
    "layers apart": (
        lambda: passage.by_area(GOOD, TARGET.set_geometry(TARGET.translate(500))),
        "PassageError",
        "nulle part",
    ),
    "median": (
        lambda: passage.by_area(GOOD, TARGET).apply(pd.Series({"a": 1.0}), "median"),
        "NatureError",
        "médiane",
    ),
    "mean": (
        lambda: passage.by_area(GOOD, TARGET).apply(pd.Series({"a": 1.0}), "mean"),
        "NatureError",
        "apply_ratio",
    ),
    "index": (
        lambda: passage.by_area(GOOD, TARGET).apply(pd.Series({"a": 1.0}), "index"),
        "NatureError",
        "composantes",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_has_its_error_and_its_way_out(name: str) -> None:
    work, error, word = CASES[name]
    with pytest.raises(ObservatoireError) as caught:
        work()
    assert type(caught.value).__name__ == error
    assert word in str(caught.value)
    assert caught.value.what.endswith(".")
    assert caught.value.remedy
    assert caught.value.why or error == "UnknownNameError"
