from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import CRS, grid, mesh, squares
from tobler.area_weighted import area_interpolate

from observatoire import passage


def random_counts(layer: Any, seed: int = 0, columns: Any = 2) -> Any:
    rng = np.random.default_rng(seed)
    names = [f"v{k}" for k in range(columns)]
    return pd.DataFrame(
        rng.uniform(0, 100, (len(layer), columns)), index=layer.index, columns=names
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(mesh(15, 12, 1), mesh(4, 3, 2, prefix="t"), id="mesh to mesh"),
        pytest.param(grid(20, 20), mesh(4, 3, 2, prefix="t"), id="grid to mesh"),
        pytest.param(mesh(9, 9, 3), grid(4, 4, prefix="t"), id="mesh to grid"),
        pytest.param(mesh(9, 9, 3), mesh(3, 3, 4, side=700, prefix="t"), id="targets inside"),
        pytest.param(mesh(5, 5, 3, side=600), mesh(3, 3, 4, prefix="t"), id="sources inside"),
    ],
)
def test_tobler_finds_the_same(source: Any, target: Any) -> None:
    counts = random_counts(source)
    peer = area_interpolate(
        source.join(counts), target, extensive_variables=["v0"], n_jobs=1, allocate_total=False
    )
    table = passage.by_area(source, target).apply(counts[["v0"]])
    # tobler keeps its weights in float32, and gives 0 to a target that nothing covers.
    np.testing.assert_allclose(table.value.fillna(0), peer["v0"], rtol=1e-5, atol=1e-4)


@settings(max_examples=cases(15), deadline=None)
@given(seed=st.integers(0, 10**6), side=st.sampled_from([400.0, 1000.0, 1300.0]))
def test_mass_is_conserved_and_bounds_hold(seed: int, side: Any) -> None:
    source, target = mesh(8, 7, seed), mesh(3, 4, seed + 1, side=side, prefix="t")
    counts = random_counts(source, seed)
    p = passage.by_area(source, target)
    assert p.verify(counts).balanced.all()
    table = p.apply(counts)
    inside = table.groupby("variable").value.sum()
    outside = p.outside.to_numpy() @ counts.to_numpy()
    np.testing.assert_allclose(inside + outside, counts.sum(), rtol=1e-12)
    known = table[table.status != "missing"]
    assert (known.low <= known.value).all()
    covered = known.coverage > 1 - 1e-9
    assert (known.value <= known.high)[covered].all()
    assert known.high[~covered].isna().all()


@settings(max_examples=cases(10), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_row_order_does_not_matter(seed: int) -> None:
    source, target = mesh(6, 6, 1), mesh(3, 2, 2, side=900, prefix="t")
    counts = random_counts(source)
    rng = np.random.default_rng(seed)
    shuffled = [layer.iloc[rng.permutation(len(layer))] for layer in (source, target, counts)]
    straight = passage.by_area(source, target)
    mixed = passage.by_area(shuffled[0], shuffled[1])
    pd.testing.assert_frame_equal(straight.weights, mixed.weights)
    pd.testing.assert_frame_equal(straight.apply(counts), mixed.apply(shuffled[2]))


@pytest.mark.parametrize("layer", [mesh(7, 6, 5), grid(6, 5)], ids=["mesh", "grid"])
def test_a_zoning_passes_to_itself_unchanged(layer: Any) -> None:
    counts = random_counts(layer)
    p = passage.by_area(layer, layer)
    assert (p.weights.source == p.weights.target).all()
    assert (p.weights[["weight", "low", "high"]] == 1.0).all().all()
    assert (p.outside == 0).all()
    table = p.apply(counts)
    assert (table.status == "aggregated").all()
    np.testing.assert_array_equal(table.value, counts.to_numpy().ravel())


def test_nested_zonings_compose() -> None:
    small = grid(12, 12)
    blocks = np.arange(144) // 12 // 4 * 3 + np.arange(144) % 12 // 4
    middle = small.assign(block=[f"m{b}" for b in blocks]).dissolve("block")
    large = middle.assign(half=["l0"] * 3 + ["l1"] * 6).dissolve("half")
    counts = random_counts(small)
    direct = passage.by_area(small, large).apply(counts)
    step = (
        passage.by_area(small, middle)
        .apply(counts)
        .pivot_table(index="target", columns="variable", values="value")
    )
    twice = passage.by_area(middle, large).apply(step)
    assert (direct.status == "aggregated").all()
    np.testing.assert_allclose(direct.value, twice.value, rtol=1e-12)


def test_a_target_that_nothing_covers_is_missing_never_zero() -> None:
    p = passage.by_area(squares((0, 0, 10, 10)), squares((0, 0, 10, 10), (50, 50, 60, 60)))
    row = p.apply(pd.DataFrame({"pop": [5.0]}, index=["c000"])).iloc[1]
    assert row.status == "missing"
    assert np.isnan(row.value)
    assert "Aucune source" in row.reason
    assert p.coverage.tolist() == [1.0, 0.0]


def test_slivers_under_the_tolerance_are_set_aside_and_said() -> None:
    source = squares((0, 0, 100, 100), (100, 0, 200, 100), codes=["a", "b"])
    target = squares((0, 0, 100.5, 100), (100.5, 0, 200, 100), codes=["X", "Y"])
    exact = passage.by_area(source, target)
    assert len(exact.weights) == 3
    p = passage.by_area(source, target, sliver=0.01)
    assert p.weights[["source", "target", "weight"]].to_numpy().tolist() == [
        ["a", "X", 1.0],
        ["b", "Y", 1.0],
    ]
    assert any("lamelle" in remark for remark in p.remarks)
    counts = pd.DataFrame({"v": [10.0, 20.0]}, index=["a", "b"])
    assert p.verify(counts).balanced.all()
    assert p.apply(counts).status.tolist() == ["aggregated", "aggregated"]


def test_a_small_target_in_a_vast_source_is_no_sliver() -> None:
    p = passage.by_area(squares((0, 0, 1000, 1000)), squares((0, 0, 5, 5)), sliver=0.01)
    assert p.weights.weight.tolist() == [25 / 1_000_000]


def test_a_part_outside_is_reported_and_never_spread() -> None:
    p = passage.by_area(squares((0, 0, 10, 10)), squares((0, 0, 5, 10)))
    assert p.outside.tolist() == [0.5]
    counts = pd.DataFrame({"v": [8.0]}, index=["c000"])
    table = p.apply(counts)
    assert table.value.tolist() == [4.0]
    assert table.attrs["report"]["balance"]["v"]["outside"] == 4.0


def test_multipart_sources_on_both_sides_of_the_outline() -> None:
    both = shapely.MultiPolygon([shapely.box(1, 1, 3, 3), shapely.box(51, 1, 53, 3)])
    source = gpd.GeoDataFrame(geometry=[both], index=["a"], crs=CRS)
    target = squares((0, 0, 2, 10), (2, 0, 10, 10))
    p = passage.by_area(source, target)
    assert p.weights.weight.tolist() == [0.25, 0.25]
    assert p.outside.tolist() == [0.5]


def test_preview_says_which_targets_are_split() -> None:
    p = passage.by_area(squares((0, 0, 10, 10), (10, 0, 20, 10)), squares((0, 0, 15, 10)))
    assert p.preview().loc["c000", ["whole", "split", "part"]].tolist() == [1, 1, 0]
    assert p.preview().loc["c000", "split_share"] == pytest.approx(1 / 3)


def test_one_thread_or_two_give_the_same() -> None:
    source, target = mesh(12, 12, 1), mesh(4, 4, 2, prefix="t")
    single = passage.by_area(source, target, threads=1)
    several = passage.by_area(source, target, threads=2)
    pd.testing.assert_frame_equal(single.weights, several.weights)


def test_repaired_geometries_are_said() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    source = gpd.GeoDataFrame(geometry=[bow], index=["bow"], crs=CRS)
    p = passage.by_area(source, squares((0, 0, 10, 10)), repair=True)
    assert "bow" in p.remarks[0]
    assert p.weights.weight.tolist() == [1.0]
