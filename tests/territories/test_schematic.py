"""Drawings: cells that share out an outline, and what is drawn from them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from built_workspace import Place, says
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from observatoire.errors import SchematicGeometryError
from observatoire.territories import schematic
from observatoire.territories.perimeters import require_official
from observatoire.warehouse import read_shapes

METRIC = "EPSG:5490"
OUTLINE = gpd.GeoSeries({"C": shapely.box(700_000, 1_610_000, 704_000, 1_613_000)}, crs=METRIC)

POINTS = st.lists(
    st.tuples(st.integers(1, 39), st.integers(1, 29)), min_size=1, max_size=12, unique=True
)


def members(spots: list[tuple[int, int]]) -> pd.DataFrame:
    xy = gpd.GeoSeries(
        [shapely.Point(700_000 + 100 * x, 1_610_000 + 100 * y) for x, y in spots], crs=METRIC
    ).to_crs("EPSG:4326")
    return pd.DataFrame(
        {
            "code": [f"i{n}" for n in range(len(spots))],
            "commune": "C",
            "lon": [repr(x) for x in xy.x],
            "lat": [repr(y) for y in xy.y],
        }
    )


def links(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "link"])


@given(spots=POINTS)
def test_cells_partition_the_outline(spots: list[tuple[int, int]]) -> None:
    cells = schematic.cells(members(spots), OUTLINE, METRIC)
    whole = OUTLINE["C"]
    assert cells.is_valid.all()
    assert cells.area.sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.union_all(cells.to_numpy()).symmetric_difference(whole).area < 1
    for cell, (x, y) in zip(cells, spots, strict=True):
        assert cell.distance(shapely.Point(700_000 + 100 * x, 1_610_000 + 100 * y)) < 0.01


@given(spots=POINTS, at=st.tuples(st.floats(0, 4_000), st.floats(0, 3_000)))
def test_a_place_belongs_to_the_cell_of_its_nearest_point(
    spots: list[tuple[int, int]], at: tuple[float, float]
) -> None:
    cells = schematic.cells(members(spots), OUTLINE, METRIC)
    ranked, owners = cKDTree(np.array(spots) * 100.0).query(at, k=[1, 2])
    assume(ranked[1] - ranked[0] > 1)  # the second is infinitely far when there is one point
    nearest = owners[0]
    place = shapely.Point(700_000 + at[0], 1_610_000 + at[1])
    assert cells[f"i{nearest}"].distance(place) < 0.1


def test_order_of_members_does_not_matter() -> None:
    spots = [(3, 4), (30, 10), (20, 25), (8, 20)]
    table = members(spots)
    forth = schematic.cells(table, OUTLINE, METRIC)
    back = schematic.cells(table[::-1].reset_index(drop=True), OUTLINE, METRIC)
    assert all(forth[code].equals_exact(back[code], 1e-3) for code in forth.index)


@given(spots=POINTS.filter(lambda spots: len(spots) > 2), parts=st.integers(1, 4))
def test_linked_shapes_lie_inside_their_cells_without_overlap(
    spots: list[tuple[int, int]], parts: int
) -> None:
    cells = schematic.cells(members(spots), OUTLINE, METRIC)
    inside = [("i2", f"p{n}", "inclus") for n in range(parts)]
    table = links(("i0", "w", "proche"), ("i1", "w", "proche"), *inside, ("", "u", "inconnu"))
    drawn = schematic.linked(cells, table, ["w", *(f"p{n}" for n in range(parts)), "u", "z"])
    assert drawn["w"].symmetric_difference(cells["i0"].union(cells["i1"])).area < 1
    assert drawn["u"] is None
    assert drawn["z"] is None
    shares = [drawn[f"p{n}"] for n in range(parts)]
    assert all(share.area > 0 and cells["i2"].buffer(0.01).contains(share) for share in shares)
    assert shapely.union_all(shares).area == pytest.approx(sum(share.area for share in shares))


def test_lone_share_is_seen_to_lie_inside() -> None:
    cells = schematic.cells(members([(10, 15), (30, 15)]), OUTLINE, METRIC)
    (share,) = schematic.linked(cells, links(("i0", "p", "inclus")), ["p"])
    assert share.area / cells["i0"].area == pytest.approx(schematic.INSIDE_SCALE**2, rel=0.01)
    assert schematic.INSIDE_SCALE < 1
    assert share.distance(cells["i0"].exterior) > 100


def test_cells_keep_an_island_and_drop_a_sliver() -> None:
    island = shapely.box(704_100, 1_610_000, 704_400, 1_613_000)
    sliver = shapely.box(704_500, 1_610_000, 704_501, 1_610_009)
    outline = gpd.GeoSeries({"C": shapely.union_all([OUTLINE["C"], island, sliver])}, crs=METRIC)
    cells = schematic.cells(members([(10, 15), (30, 15)]), outline, METRIC)
    assert cells["i1"].contains(island)
    assert cells.disjoint(sliver).all()


def test_whole_territory_that_lacks_a_cell_is_not_drawn_too_small() -> None:
    cells = schematic.cells(members([(3, 4), (30, 10)]), OUTLINE, METRIC)[["i0"]]
    table = links(("i0", "w", "proche"), ("i1", "w", "proche"), ("i1", "p", "inclus"))
    drawn = schematic.linked(cells, table, ["w", "p"])
    assert drawn.isna().all()


def test_union_takes_what_is_drawn() -> None:
    cells = schematic.cells(members([(3, 4), (30, 10)]), OUTLINE, METRIC)
    cells["i1"] = None
    table = links(("i0", "a", "proche"), ("i1", "a", "proche"), ("i1", "b", "proche"))
    drawn = schematic.union(cells, table, ["a", "b"])
    assert drawn["a"].equals(cells["i0"])
    assert drawn["b"] is None


def test_outlines_join_corners_in_their_rank() -> None:
    corners = [("C", "10", -61.0, 14.7), ("C", "9", -61.0, 14.6), ("C", "8", -61.1, 14.6)]
    table = pd.DataFrame(corners, columns=["code", "sommet", "lon", "lat"]).astype(str)
    (shape,) = schematic.outlines(table, "EPSG:4326")
    expected = shapely.Polygon([(-61.1, 14.6), (-61.0, 14.6), (-61.0, 14.7)])
    assert shape.normalize().equals_exact(expected.normalize(), 1e-9)


def test_drawing_can_be_shown_never_measured(place: Place) -> None:
    warehouse = place.warehouse()
    for zoning in ("commune-2016", "iris-2016", "quartier-2007"):
        shapes = read_shapes(warehouse, zoning)
        assert shapes.geometry.notna().any()
        with pytest.raises(SchematicGeometryError) as caught:
            require_official(shapes, zoning)
        says(caught.value, zoning, "geo/", f'[zonings."{zoning}"]', "geometry = ")
        assert caught.value.data["zoning"] == zoning


def test_embedded_drawing() -> None:
    from observatoire.territories import read_members
    from observatoire.territories.perimeters import draw_all
    from observatoire.warehouse.loading.zonings import read_all_links
    from observatoire.workspace.model import read_workspace
    from observatoire.workspace.scaffold import embedded_root

    workspace = read_workspace(embedded_root())
    tables = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    drawn = draw_all(workspace.zonings, tables, read_all_links(workspace), workspace.crs)
    iris = drawn["iris-2016"].shapes
    communes = drawn["commune-2016"].shapes
    assert iris is not None
    assert communes is not None
    assert len(iris) == 49
    # What a stray sliver of the coast takes away is under one per cent.
    assert 0.99 < iris.area.sum() / communes.area.sum() <= 1 + 1e-9
    for commune, codes in tables["iris-2016"].groupby("commune")["code"]:
        mine = iris[list(codes)]
        assert shapely.union_all(mine.to_numpy()).area == pytest.approx(mine.area.sum(), rel=1e-9)
        assert mine.area.sum() < communes[commune].area * (1 + 1e-9)
    assert not any(made.official for made in drawn.values())
