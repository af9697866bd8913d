"""Synthetic layers: meshes of irregular polygons that share wavy edges, and regular grids."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

CRS = 5490
SIDE = 40_000.0  # metres: about the size of Martinique
WEST, SOUTH = 690_000.0, 1_590_000.0


def mesh(columns: int, rows: int, corners: int, seed: int) -> gpd.GeoDataFrame:
    """Tile a square with ``columns`` x ``rows`` polygons of ``corners`` corners, without gaps."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1), indexing="ij")
    inner = np.s_[1:-1, 1:-1]
    x[inner] += rng.uniform(-0.2, 0.2, x[inner].shape) / columns
    y[inner] += rng.uniform(-0.2, 0.2, y[inner].shape) / rows
    knots = np.stack([x, y], axis=-1)
    steps = max(corners // 4, 1)
    wave = 0.15 / max(columns, rows)
    across = _edges(knots[:-1], knots[1:], steps, wave, rng)
    upward = _edges(knots[:, :-1], knots[:, 1:], steps, wave, rng)
    south, north = across[:, :-1], across[:, 1:, ::-1]
    west, east = upward[:-1, :, ::-1], upward[1:]
    rings = np.concatenate([south[:, :, :-1], east[:, :, :-1], north[:, :, :-1], west], axis=2)
    polygons = shapely.polygons(rings.reshape(columns * rows, -1, 2) * SIDE + [WEST, SOUTH])
    return _frame(polygons)


def _edges(begin: Any, end: Any, steps: Any, wave: Any, rng: Any) -> Any:
    """Broken lines between knots, straight on the outer sides so that meshes cover one square."""
    t = np.linspace(0, 1, steps + 1)[:, None]
    line = begin[:, :, None] * (1 - t) + end[:, :, None] * t
    if steps > 1:
        phase = rng.uniform(0, 2 * np.pi, begin.shape[:2])[..., None]
        swing = np.sin(np.pi * t[:, 0]) * np.sin(6 * np.pi * t[:, 0] + phase) * wave
        swing = swing * (1 + 0.3 * rng.uniform(-1, 1, swing.shape) * (steps < 100))
        swing[..., [0, -1]] = 0.0
        along = end - begin
        normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        outer = ((begin == end) & ((begin == 0) | (begin == 1))).any(axis=-1)
        line += np.where(outer[..., None], 0, swing)[..., None] * normal[:, :, None]
    return line


def grid(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Square cells, as Insee's."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows), indexing="ij"))
    w, h = SIDE / columns, SIDE / rows
    cells = shapely.box(WEST + i * w, SOUTH + j * h, WEST + (i + 1) * w, SOUTH + (j + 1) * h)
    return _frame(cells)


def circles(columns: int, rows: int, corners: int, seed: int) -> gpd.GeoDataFrame:
    """Circles side by side that never touch, nobody's mesh."""
    rng = np.random.default_rng(seed)
    size = SIDE / max(columns, rows)
    return _frame(
        _around(_middles(columns, rows), size * rng.uniform(0.3, 0.45, columns * rows), corners)
    )


def rough(columns: int, rows: int, corners: int, covered: float, seed: int) -> gpd.GeoDataFrame:
    """Rough shapes far from one another, that cover a part of the square."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    lobes = rng.uniform(0, 2 * np.pi, (columns * rows, 1))
    shape = 1 + 0.25 * np.sin(3 * turn + lobes) + 0.1 * np.sin(17 * turn - lobes)
    shape = shape * rng.uniform(0.97, 1.03, shape.shape)
    radius = np.sqrt(covered * SIDE**2 / (columns * rows) / np.pi / (shape**2).mean())
    return _frame(_around(_middles(columns, rows), radius * shape, corners))


def _middles(columns: int, rows: int) -> Any:
    i, j = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows), indexing="ij"))
    return np.stack([WEST + (i + 0.5) * SIDE / columns, SOUTH + (j + 0.5) * SIDE / rows], axis=-1)


def _around(middles: Any, radius: Any, corners: int) -> Any:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    round_ = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    wide = radius[:, None] if radius.ndim == 1 else radius
    return shapely.polygons(middles[:, None] + wide[..., None] * round_)


def _frame(polygons: Any) -> gpd.GeoDataFrame:
    codes = [f"{k:06d}" for k in range(len(polygons))]
    return gpd.GeoDataFrame(geometry=polygons, index=codes, crs=CRS)
