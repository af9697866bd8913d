"""Made-up worlds: people are put somewhere, counted by source, and looked for in the targets."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import CRS

from observatoire import passage

CORNER = WEST, SOUTH = np.array([7e5, 1.6e6])  # coordinates as long as real ones


def layer(shapes: Any, prefix: str) -> gpd.GeoDataFrame:
    codes = [f"{prefix}{rank:02d}" for rank in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), index=codes, crs=CRS)


def zoning(rng: np.random.Generator) -> Any:
    """Squares put together, with bays and holes; what is around random places; or circles apart."""
    kind = rng.integers(0, 3)
    size = int(rng.integers(3, 8))
    x, y = (part.ravel() * 1000.0 / size for part in np.meshgrid(range(size), range(size)))
    x, y = x + WEST, y + SOUTH
    if kind == 0:
        pieces = shapely.box(x, y, x + 1000 / size, y + 1000 / size)
    elif kind == 1:
        ground = shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)
        places = shapely.multipoints(rng.uniform(0, 1000, (size * 4, 2)) + CORNER)
        cells = shapely.get_parts(shapely.voronoi_polygons(places, extend_to=ground))
        pieces = shapely.intersection(cells, ground)
    else:
        middles = shapely.points(x + 500 / size, y + 500 / size)
        return shapely.buffer(middles, rng.uniform(100, 480, len(middles)) / size, quad_segs=4)
    part = rng.integers(0, len(pieces) // 3, len(pieces))
    found = [shapely.union_all(pieces[part == each]) for each in np.unique(part)]
    return np.array([each for each in found if each.is_valid])


@pytest.mark.parametrize("method", ["area", "density", "support"])
@settings(max_examples=cases(12), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_true_lies_within_the_bounds_and_sums_are_exact(method: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources, targets = zoning(rng), zoning(rng)
    targets = targets[rng.permutation(len(targets))[: len(targets) * 4 // 5 + 1]]
    people = shapely.points(rng.uniform(-50, 1050, (400, 2)) + CORNER)
    counted = shapely.contains(sources[:, None], people).sum(axis=1).astype(float)
    true = pd.Series(shapely.contains(targets[:, None], people).sum(axis=1), dtype=float)
    source, target = layer(sources, "s"), layer(targets, "t")
    true.index = target.index
    if method == "support":
        doors = gpd.GeoDataFrame({"ind": 1.0}, index=range(200), geometry=people[:200], crs=CRS)
        carried = passage.by_support(source, target, doors)
    elif method == "density":
        carried = passage.by_density(source, target, 3.0)
    else:
        carried = passage.by_area(source, target)
    counts = pd.DataFrame({"n": counted}, index=source.index)
    found = carried.apply(counts).set_index("target")
    wanted = true[found.index]
    exact = found.status == "aggregated"
    pd.testing.assert_series_equal(found.value[exact], wanted[exact], check_names=False)
    assert not (found.low > wanted + 1e-6).any()
    assert not (found.high < wanted - 1e-6).any()
