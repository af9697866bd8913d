from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from layers_made import CRS, mesh, squares

from observatoire import passage
from observatoire.errors import (
    CRSError,
    DuplicateKeyError,
    InvalidGeometryError,
    PassageError,
    SchematicGeometryError,
)

GOOD = squares((0, 0, 10, 10), codes=["q"])


def of(*shapes: Any, codes: Any = None, crs: Any = CRS) -> Any:
    names = codes or [f"x{k}" for k in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), index=names, crs=crs)


BOW = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
FLAT = shapely.Polygon([(0, 0), (10, 0), (5, 0)])

BAD = [
    pytest.param(
        of(shapely.box(0, 0, 1, 1), crs=None), CRSError, "n’a pas de système", id="no crs"
    ),
    pytest.param(of(shapely.box(0, 0, 1, 1), crs=4326), CRSError, "4326", id="geographic"),
    pytest.param(of(shapely.box(0, 0, 1, 1), crs=2264), CRSError, "2264", id="feet"),
    pytest.param(of(shapely.box(0, 0, 1, 1), crs=2154), CRSError, "2154", id="mismatched"),
    pytest.param(
        of(*[shapely.box(0, 0, 1, 1)] * 2, codes=["a", "a"]), DuplicateKeyError, "a", id="repeated"
    ),
    pytest.param(of(shapely.box(0, 0, 1, 1), codes=[12]), PassageError, "12", id="number for code"),
    pytest.param(of(shapely.box(0, 0, 1, 1), codes=[" "]), PassageError, "vide", id="blank code"),
    pytest.param(of(shapely.Polygon()), InvalidGeometryError, "x0", id="empty geometry"),
    pytest.param(of(None), InvalidGeometryError, "x0", id="no geometry"),
    pytest.param(of(BOW), InvalidGeometryError, "x0", id="self-crossing"),
    pytest.param(
        of(shapely.box(0, 0, 1, 1), shapely.Point(5, 5)), InvalidGeometryError, "x1", id="mixed"
    ),
    pytest.param(
        of(shapely.LineString([(0, 0), (1, 1)])), InvalidGeometryError, "ligne", id="lines"
    ),
    pytest.param(
        of(shapely.force_3d(shapely.box(0, 0, 1, 1), 5.0)),
        InvalidGeometryError,
        "trois dimensions",
        id="3D",
    ),
    pytest.param(GOOD.iloc[:0], InvalidGeometryError, "vide", id="no row"),
    pytest.param(
        squares((0, 0, 10, 10), (5, 0, 15, 10)), InvalidGeometryError, "chevauchent", id="overlap"
    ),
]


@pytest.mark.parametrize(("layer", "error", "word"), BAD)
@pytest.mark.parametrize("role", ["source", "target"])
def test_bad_layers_are_refused_whatever_their_role(
    layer: Any, error: type[Exception], word: str, role: str
) -> None:
    layers = {"source": GOOD, "target": GOOD} | {role: layer}
    with pytest.raises(error, match=word) as caught:
        passage.by_area(**layers)
    assert caught.value.what
    assert caught.value.remedy


def test_a_frame_without_geometry_is_refused() -> None:
    with pytest.raises(PassageError, match="GeoDataFrame"):
        passage.by_area(GOOD.assign(v=1)[["v"]], GOOD)


@pytest.mark.parametrize("way", ["column", "attrs"])
def test_schematic_perimeters_are_refused_with_the_file_to_put(way: str) -> None:
    layer = GOOD.copy()
    if way == "column":
        layer["official"] = [False]
    layer.attrs = {"zoning": "quartier-cucs-2007"} | ({"official": False} if way == "attrs" else {})
    with pytest.raises(SchematicGeometryError, match=r"geo/quartier-cucs-2007\.gpkg"):
        passage.by_area(GOOD, layer)


def test_official_perimeters_pass() -> None:
    layer = GOOD.assign(official=True)
    layer.attrs = {"official": True, "zoning": "qpv-2015"}
    assert passage.by_area(GOOD, layer).target_zoning == "qpv-2015"


def test_a_layer_without_crs_is_told_what_its_numbers_look_like() -> None:
    degrees = of(shapely.box(-61.1, 14.5, -61.0, 14.6), crs=None)
    with pytest.raises(CRSError, match="WGS84"):
        passage.by_area(degrees, GOOD)
    metres = of(shapely.box(705_000, 1_615_000, 706_000, 1_616_000), crs=None)
    with pytest.raises(CRSError, match="5490"):
        passage.by_area(metres, GOOD)


def test_layers_that_never_meet_are_refused() -> None:
    with pytest.raises(PassageError, match="nulle part"):
        passage.by_area(GOOD, squares((500, 500, 510, 510)))


def test_the_error_of_an_overlap_names_both_territories() -> None:
    layer = squares((0, 0, 10, 10), (8, 0, 18, 10), (20, 0, 30, 10), codes=["a", "b", "c"])
    with pytest.raises(InvalidGeometryError) as caught:
        passage.by_area(layer, GOOD)
    assert caught.value.data["codes"] == ["a", "b"]


def test_an_overlap_is_seen_where_a_target_is_met() -> None:
    layer = mesh(5, 5, 0)
    layer.loc["extra"] = [shapely.box(900, 900, 1000, 1000)]
    with pytest.raises(InvalidGeometryError, match="extra"):
        passage.by_area(layer, squares((850, 850, 1000, 1000)))
    # Where no target is, nothing of it counts.
    far = passage.by_area(layer, squares((0, 0, 50, 50)))
    without = passage.by_area(layer.drop("extra"), squares((0, 0, 50, 50)))
    assert far.weights.equals(without.weights)


def test_outlines_that_merely_differ_are_no_overlap() -> None:
    layer = squares((0, 0, 100, 100), (99.99, 0, 200, 100))
    p = passage.by_area(layer, squares((0, 0, 50, 100)))
    assert p.weights.weight.tolist() == [0.5]


@pytest.mark.parametrize("sliver", [-0.1, 0.5, np.nan])
def test_a_tolerance_is_a_small_share(sliver: float) -> None:
    with pytest.raises(PassageError, match="sliver"):
        passage.by_area(GOOD, GOOD, sliver=sliver)


def test_a_flat_polygon_is_refused_even_when_repaired() -> None:
    with pytest.raises(InvalidGeometryError):
        passage.by_area(of(FLAT), GOOD, repair=True)
