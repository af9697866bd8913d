"""Layers made for the tests: squares, meshes of irregular polygons, random stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

CRS = 5490


def squares(
    *boxes: Sequence[float], codes: Sequence[str] = (), crs: int | None = CRS
) -> gpd.GeoDataFrame:
    """Rectangles west, south, east, north."""
    names = list(codes) or [f"c{k:03d}" for k in range(len(boxes))]
    return gpd.GeoDataFrame(geometry=[shapely.box(*b) for b in boxes], index=names, crs=crs)


def mesh(
    columns: int, rows: int, seed: int, *, side: float = 1000.0, prefix: str = "s"
) -> gpd.GeoDataFrame:
    """Quadrilaterals with shaken knots that tile a square."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1), indexing="ij")
    x[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, x[1:-1, 1:-1].shape) / columns
    y[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, y[1:-1, 1:-1].shape) / rows
    knots = np.stack([x, y], axis=-1) * side
    corners = (knots[:-1, :-1], knots[1:, :-1], knots[1:, 1:], knots[:-1, 1:], knots[:-1, :-1])
    rings = np.stack(corners, axis=2).reshape(-1, 5, 2)
    codes = [f"{prefix}{k:04d}" for k in range(len(rings))]
    return gpd.GeoDataFrame(geometry=shapely.polygons(rings), index=codes, crs=CRS)


def grid(columns: int, rows: int, *, side: float = 1000.0, prefix: str = "g") -> gpd.GeoDataFrame:
    """Cells that tile a square."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows), indexing="ij"))
    w, h = side / columns, side / rows
    cells = shapely.box(i * w, j * h, (i + 1) * w, (j + 1) * h)
    codes = [f"{prefix}{k:04d}" for k in range(len(cells))]
    return gpd.GeoDataFrame(geometry=cells, index=codes, crs=CRS)


def star(
    rng: np.random.Generator, corners: int, center: Sequence[float], radius: float
) -> shapely.Polygon:
    """A polygon seen whole from its center, with a hole half the time."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = radius * rng.uniform(0.4, 1, corners)
    ring = np.column_stack([center[0] + reach * np.cos(angle), center[1] + reach * np.sin(angle)])
    made = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
    if rng.random() < 0.5:
        made = made.difference(shapely.Point(*center).buffer(radius * 0.2))
    return made
