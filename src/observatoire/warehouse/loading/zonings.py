"""The zonings of a workspace, their perimeters and links, stored when it opens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from observatoire.memo import FileContent
from observatoire.territories import Matcher, read_members
from observatoire.territories.aliases import members_matcher
from observatoire.territories.link_tables import check_links, read_links
from observatoire.territories.perimeters import Perimeters, draw_all
from observatoire.warehouse.storage.zonings import keep_zonings, read_shapes, store_zonings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

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


def fill_zonings(warehouse: Warehouse, workspace: Workspace) -> dict[str, Perimeters]:
    """Write the zonings of a workspace, drawn or real; nothing is written on an error."""
    members = {code: read_members(z.members) for code, z in workspace.zonings.items()}
    given = loaded_perimeters(warehouse, workspace)
    drawn = _drawn(workspace, members, given)
    with warehouse.transaction():
        keep_zonings(warehouse, list(workspace.zonings))
        store_perimeters(warehouse, workspace, members, drawn)
    return drawn


@dataclass(frozen=True)
class _Drawing:
    """What drawings are made of: equal to another of the same contents, wherever its files are."""

    contents: tuple[object, ...]
    workspace: Workspace = field(compare=False)
    members: Mapping[str, pd.DataFrame] = field(compare=False)


def _drawn(
    workspace: Workspace, members: Mapping[str, pd.DataFrame], given: Mapping[str, Perimeters]
) -> dict[str, Perimeters]:
    """Return the perimeters; mere drawings are made once for the same files, real ones never kept."""
    zonings = workspace.zonings.values()
    if given or any(zoning.geometry is not None for zoning in zonings):
        return draw_all(workspace.zonings, members, read_all_links(workspace), workspace.crs, given)
    plans = [(z.code, z.schematic, z.members) for z in zonings]
    contents = (
        workspace.crs,
        tuple(
            (
                code,
                plan and (plan.method, plan.within, plan.source, _bytes(plan.file)),
                _bytes(file),
            )
            for code, plan, file in plans
        ),
        tuple((p.source, p.target, _bytes(p.file)) for p in workspace.passages if p.file),
    )
    made = _draw(_Drawing(contents, workspace, members))
    return {  # a caller may do what it likes with its own
        code: one if one.shapes is None else replace(one, shapes=one.shapes.copy())
        for code, one in made.items()
    }


@lru_cache(maxsize=16)
def _draw(drawing: _Drawing) -> dict[str, Perimeters]:
    workspace = drawing.workspace
    links = read_all_links(workspace)
    return draw_all(workspace.zonings, drawing.members, links, workspace.crs)


def _bytes(path: Path | None) -> bytes:
    return path.read_bytes() if path is not None and path.is_file() else b""


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
