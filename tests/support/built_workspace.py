"""Small things that tests build and break: a workspace, a source, a raw table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from observatoire.errors import WorkspaceError
from observatoire.sources import FileSpec, read_source, read_table
from observatoire.warehouse import LoadReport, Warehouse, open_warehouse
from observatoire.warehouse.loading.layers import load_layer
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source
from observatoire.warehouse.loading.zonings import fill_zonings
from observatoire.workspace.model import Workspace, read_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.errors import ObservatoireError
    from observatoire.sources import RawTable, Source

WORKSPACE_TOML = """\
[workspace]
name = "Petit observatoire"
main_zoning = "quartier-2007"
crs = "EPSG:5490"

[zonings."commune-2016"]
label = "Communes"
singular = "commune"
members = "geo/communes.csv"
schematic = { method = "outline", file = "geo/contours.csv" }

[zonings."iris-2016"]
label = "IRIS"
singular = "IRIS"
members = "geo/iris.csv"
schematic = { method = "cells", within = "commune-2016" }

[zonings."quartier-2007"]
label = "Quartiers"
singular = "quartier"
members = "geo/quartiers.csv"
schematic = { method = "links", source = "iris-2016" }

[[passages]]
source = "iris-2016"
target = "quartier-2007"
file = "geo/liens.csv"

[comparators.commune]
label = "Communes"
zoning = "commune-2016"
panel = true
"""

GEO = {
    "communes.csv": """\
code;nom;commune
97209;Fort-de-France;97209
97213;Le Lamentin;97213
""",
    "contours.csv": """\
code;sommet;lon;lat
97209;1;-61.10;14.60
97209;2;-61.10;14.64
97209;3;-61.06;14.64
97209;4;-61.06;14.60
97213;1;-61.02;14.60
97213;2;-61.02;14.64
97213;3;-60.98;14.64
97213;4;-60.98;14.60
""",
    "iris.csv": """\
code;nom;commune;lon;lat
972090101;Centre Ville;97209;-61.09;14.61
972090102;Terres Sainville;97209;-61.07;14.61
972090103;Sainte-Thérèse;97209;-61.08;14.63
972130101;Bourg;97213;-61.00;14.62
""",
    "quartiers.csv": """\
code;nom;commune
Q1;Centre et Terres;97209
Q2;Four à Chaux;97209
Q3;Place d’Armes;97213
""",
    "liens.csv": """\
source;target;link
972090101;Q1;proche
972090102;Q1;proche
972090103;Q2;inclus
;Q3;inconnu
""",
}

SOURCE_TOML = """\
title = "Population"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"

[[files]]
name = "population.csv"
territory = "IRIS"
period = "2016"
ignored = ["LIBIRIS"]
totals = ["Ensemble"]

[markers]
secret = ["s"]
missing = ["nd"]

[variables.POP]
label = "Population"
nature = "count"
unit = "habitants"

[variables.TAUX]
label = "Taux de pauvreté"
nature = "rate"
unit = "%"
"""

POPULATION = """\
IRIS;LIBIRIS;POP;TAUX
972090101;Centre Ville;1 234,5;27,4
972090102;Terres Sainville;2000;s
972090103;Sainte-Thérèse;0;
972130101;Bourg;350;nd
"""


@dataclass
class Place:
    """A workspace in a folder, which a test alters, opens and loads."""

    root: Path
    opened: list[Warehouse] = field(default_factory=list)
    borrowed: list[_Kept] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "data" / "raw" / "src"

    @property
    def workspace(self) -> Workspace:
        return read_workspace(self.root)

    def write(self, name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def replace(self, name: str, old: str, new: str) -> Path:
        text = (self.root / name).read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        return self.write(name, text.replace(old, new))

    def toml(self, old: str, new: str) -> None:
        self.replace("observatoire.toml", old, new)

    def source_toml(self, old: str, new: str) -> None:
        self.replace("data/raw/src/source.toml", old, new)

    def csv(self, text: str | bytes, name: str = "population.csv", encoding: str = "utf-8") -> Path:
        return self.write(f"data/raw/src/{name}", text, encoding)

    def warehouse(self) -> Warehouse:
        """Open the workspace's warehouse, its zonings written; the fixture closes it."""
        workspace = self.workspace
        warehouse = open_warehouse(workspace.warehouse, workspace.crs)
        self.opened.append(warehouse)
        fill_zonings(warehouse, workspace)
        return warehouse

    def empty_warehouse(self) -> Warehouse:
        """Return a warehouse of our zonings, in memory, that other tests have used and emptied.

        For what is understood of a file; what regards the warehouse's own file wants ``warehouse``.
        """
        if self.opened:
            return self.opened[0]
        if any((self.root / name).read_text("utf-8") != text for name, text in _FOUNDED.items()):
            return self.warehouse()
        self.borrowed.append(_KEPT.pop() if _KEPT else _Kept(self.workspace))
        self.opened.append(self.borrowed[-1].warehouse)
        return self.opened[-1]

    def load(self, warehouse: Warehouse, *, only: str = "", **options: Any) -> LoadReport:
        asked = LoadOptions(**options)
        return load_source(warehouse, self.workspace, self.folder, asked, only=only)

    def load_layer(self, warehouse: Warehouse, path: Path, **options: Any) -> LoadReport:
        return load_layer(warehouse, self.workspace, path, LoadOptions(**options))

    def close(self) -> None:
        while self.borrowed:
            kept = self.borrowed.pop()
            if kept.emptied():
                self.opened.remove(kept.warehouse)
                _KEPT.append(kept)
        while self.opened:
            self.opened.pop().close()


class _Kept:
    """A warehouse that tests lend each other, and the zonings that it had at first."""

    def __init__(self, workspace: Workspace) -> None:
        self.warehouse = open_warehouse(":memory:", workspace.crs)
        fill_zonings(self.warehouse, workspace)
        self.zonings = self._zonings()

    def emptied(self) -> bool:
        """Empty what loads fill; say whether it is then as new, else nobody may use it again."""
        try:
            filled = [name for name, held in _tables(self.warehouse).items() if held]
            others = [name for name in filled if name not in ("zoning", "territory")]
            self.warehouse.run("".join(f"DELETE FROM {name};" for name in others))  # noqa: S608 - ours
        except (duckdb.Error, WorkspaceError):
            return False
        return self._zonings() == self.zonings

    def _zonings(self) -> list[tuple[Any, ...]]:
        asked = "SELECT * FROM zoning LEFT JOIN territory ON zoning.code = zoning ORDER BY ALL"
        return [tuple(map(repr, row)) for row in self.warehouse.rows(asked)]


#: Those that no test has at the moment.
_KEPT: list[_Kept] = []

#: What the zonings of a place are made of.
_FOUNDED = {"observatoire.toml": WORKSPACE_TOML, **{f"geo/{n}": text for n, text in GEO.items()}}


def build_place(root: Path) -> Place:
    place = Place(root)
    for name, text in _FOUNDED.items():
        place.write(name, text)
    place.write("data/raw/src/source.toml", SOURCE_TOML)
    place.csv(POPULATION)
    return place


def dump(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, as texts, in a fixed order; call it outside a transaction."""
    return {
        table: sorted(
            tuple(map(repr, row))
            for row in warehouse.rows(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        )
        if held
        else []
        for table, held in _tables(warehouse).items()
    }


def _tables(warehouse: Warehouse) -> dict[str, bool]:
    """Return the tables, and whether each may hold a row: few do, and each asked has its price.

    The engine counts rows that were deleted, never one too few of those committed.
    """
    asked = "SELECT table_name, estimated_size > 0 FROM duckdb_tables() WHERE NOT temporary"
    return {str(table): bool(held) for table, held in warehouse.rows(asked)}


def figures(warehouse: Warehouse) -> dict[tuple[str, str], tuple[float | None, str]]:
    """Return the standing figures: (territory, variable) to (value, status)."""
    return {
        (territory, variable): (value, status)
        for territory, variable, value, status in warehouse.rows(
            "SELECT territory, variable, value, status FROM current_observation"
        )
    }


def source_of(folder: Path, toml: str) -> Source:
    """Write a source.toml and read it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.toml").write_text(toml, "utf-8")
    return read_source(folder)


def raw_of(path: Path, content: str | bytes, **spec: Any) -> RawTable:
    """Write a file and read it as a raw table."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(
        path, FileSpec(**{"name": path.name, "layout": "wide", "territory": "IRIS", **spec})
    )


def plain(shown: object) -> str:
    """Return a text with plain spaces, as one would type it."""
    return str(shown).replace("\u00a0", " ").replace("\u202f", " ")


def says(error: ObservatoireError, *parts: str) -> None:
    """Check that a message names each of these, and tells what to do."""
    text = plain(error)
    for part in parts:
        assert part in text, f"{part!r} is not in: {text}"
    assert error.remedy, f"no remedy: {text}"
