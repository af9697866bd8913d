"""The zonings of a workspace, their perimeters and links, stored when it opens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from observatoire import territories
from observatoire.memo import FileContent
from observatoire.territories import Matcher, read_members
from observatoire.territories.aliases import members_matcher
from observatoire.territories.link_tables import check_links, read_links
from observatoire.territories.perimeters import Perimeters, draw_all
from observatoire.warehouse.storage.zonings import (
    find_drawn,
    keep_drawn,
    keep_zonings,
    read_shapes,
    store_zonings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.warehouse.connection import Warehouse
    from observatoire.workspace.model import Workspace


def read_all_links(workspace: Workspace) -> dict[tuple[str, str], pd.DataFrame]:
    """Return every declared table of links, by (source, target) zoning; its codes are checked."""
    codes = {code: set(read_members(z.members)["code"]) for code, z in workspace.zonings.items()}
    links = {}
    for passage in workspace.passages:
        if passage.file is None:
            continue
        table = read_links(passage.file)
        check_links(table, codes[passage.source], codes[passage.target], passage.file.name)
        links[passage.source, passage.target] = table
    return links


def fill_zonings(warehouse: Warehouse, workspace: Workspace) -> None:
    """Write the zonings of a workspace, drawn or real, unless they stand; nothing is written on an error."""
    members = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    given = loaded_perimeters(warehouse, workspace)
    zonings = workspace.zonings.values()
    real = given or any(zoning.geometry is not None for zoning in zonings)
    drawing = None if real else _Drawing.of(workspace, members)
    if drawing is not None and find_drawn(warehouse) == drawing.grounds():
        return
    if drawing is None:  # real ones are read anew
        links = read_all_links(workspace)
        drawn = draw_all(workspace.zonings, members, links, workspace.crs, given)
    else:
        drawn = _draw(drawing)
    with warehouse.transaction():
        keep_zonings(warehouse, list(workspace.zonings))
        store_perimeters(warehouse, workspace, members, drawn)
        if drawing is not None:
            keep_drawn(warehouse, drawing.grounds())


@dataclass(frozen=True)
class _Drawing:
    """What drawings are made of: equal to another of the same contents, wherever its files are."""

    contents: tuple[object, ...]
    workspace: Workspace = field(compare=False)
    members: Mapping[str, pd.DataFrame] = field(compare=False)

    @classmethod
    def of(cls, workspace: Workspace, members: Mapping[str, pd.DataFrame]) -> _Drawing:
        declared = repr((workspace.crs, workspace.zonings, workspace.passages))
        drawn = [z.schematic.file for z in workspace.zonings.values() if z.schematic]
        files = [z.members for z in workspace.zonings.values()]
        links = [passage.file for passage in workspace.passages]
        contents = tuple(_digest(path) for path in (*files, *drawn, *links))
        return cls((declared.replace(str(workspace.root), ""), contents), workspace, members)

    def grounds(self) -> str:
        """Return a digest of these contents, and of what draws."""
        return hashlib.sha256(repr((self.contents, _drawing_version())).encode()).hexdigest()


@lru_cache(maxsize=16)
def _draw(drawing: _Drawing) -> dict[str, Perimeters]:
    workspace = drawing.workspace
    links = read_all_links(workspace)
    return draw_all(workspace.zonings, drawing.members, links, workspace.crs)


def _digest(path: Path | None) -> str:
    held = path.read_bytes() if path is not None and path.is_file() else b""
    return hashlib.sha256(held).hexdigest()


@cache
def _drawing_version() -> str:
    """Return a digest of the library’s own files that draw, and of the versions of what it draws with."""
    engines = [str(each.__version__) for each in (duckdb, gpd, pd, pyproj, shapely)]
    digest = hashlib.sha256(repr((engines, pyproj.proj_version_str, shapely.geos_version)).encode())
    rooms = Path(territories.__file__).parents[1]
    for room in ("declarations", "territories", "workspace"):
        for path in sorted((rooms / room).rglob("*.py")):
            digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def store_perimeters(
    warehouse: Warehouse,
    workspace: Workspace,
    members: Mapping[str, pd.DataFrame],
    drawn: Mapping[str, Perimeters],
) -> None:
    """Write each zoning with what its perimeters are made of; call it inside a transaction."""
    store_zonings(
        warehouse,
        [(workspace.zonings[code], members[code], made) for code, made in drawn.items()],
    )


def loaded_perimeters(warehouse: Warehouse, workspace: Workspace) -> dict[str, Perimeters]:
    """Return the perimeters loaded by hand that no declared file replaces."""
    rows = warehouse.rows(
        "SELECT code, geometry, remarks, official FROM zoning WHERE loaded ORDER BY code"
    )
    kept = {}
    for code, origin, remarks, official in rows:
        zoning = workspace.zonings.get(str(code))
        if zoning is not None and zoning.geometry is None:
            frame = read_shapes(warehouse, str(code))
            shapes, drawn = frame.geometry.dropna(), frame["drawn"][frame["drawn"] != ""]
            notices = (str(remarks),) if remarks else ()
            kept[str(code)] = Perimeters(
                shapes,
                official=bool(official),
                origin=str(origin),
                loaded=True,
                notices=notices,
                drawn=dict(drawn),
            )
    return kept


def matchers(workspace: Workspace) -> dict[str, Matcher]:
    """Return what recognises the territories of each zoning."""
    return {
        code: _matcher(FileContent.of(zoning.members), zoning.singular)
        for code, zoning in workspace.zonings.items()
    }


@lru_cache(maxsize=128)
def _matcher(members: FileContent, singular: str) -> Matcher:
    # Names are laid out for comparison once for the same members, however many files they serve.
    return members_matcher(read_members(members.path), singular)


def scope(workspace: Workspace) -> tuple[str, ...]:
    """Return the communes observed: the prefixes of the codes that belong here."""
    found: set[str] = set()
    for zoning in workspace.zonings.values():
        found |= set(read_members(zoning.members)["commune"].unique()) - {""}
    return tuple(sorted(found))
