"""A zoning: a dated set of territories of one kind, and the table of its members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    DuplicateKeyError,
    EmptyFileError,
    UnknownColumnError,
    UnknownNameError,
    suggestion,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.declarations import Declaration

SCHEMATIC_METHODS = ("outline", "cells", "links", "union")

#: What every table of members holds; any other column is kept as an attribute.
MEMBER_COLUMNS = ("code", "nom", "commune")


@dataclass(frozen=True)
class Schematic:
    """How the drawing of a zoning is made while no real perimeter is at hand."""

    method: str
    file: Path | None = None
    within: str = ""
    source: str = ""


@dataclass(frozen=True)
class Zoning:
    """A zoning as ``observatoire.toml`` declares it.

    ``geometry`` names the file of the real perimeters; while it is empty, the perimeters are
    drawn as ``schematic`` says, and may be shown but never measured.
    """

    code: str
    label: str
    singular: str
    members: Path
    schematic: Schematic | None = None
    geometry: Path | None = None
    code_column: str = ""
    repair: bool = False
    geometry_source: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def vintage(self) -> str:
        """Year at the end of the code (``iris-2016`` → ``2016``), or an empty text."""
        tail = self.code.rsplit("-", 1)[-1]
        return tail if tail.isdigit() else ""


def read_zonings(declaration: Declaration, root: Path) -> dict[str, Zoning]:
    """Read the ``[zonings]`` tables of a workspace; paths are taken from ``root``.

    Raises
    ------
    DescriptorError
        On an unknown key or method.
    UnknownNameError
        When a schematic drawing leans on a zoning that is not declared.
    """
    zonings = {
        code: _read_zoning(code, child, root)
        for code, child in declaration.children("zonings").items()
    }
    for zoning in zonings.values():
        drawn = zoning.schematic
        for leaned in (drawn.within, drawn.source) if drawn else ():
            if leaned and leaned not in zonings:
                raise UnknownNameError(
                    f"Le zonage « {leaned} » n’est pas déclaré.",
                    where=f"{declaration.path.name}, [zonings.{zoning.code}]",
                    remedy=suggestion(leaned, zonings),
                )
    return zonings


def _read_zoning(code: str, table: Declaration, root: Path) -> Zoning:
    drawn = table.child("schematic")
    schematic = None
    if drawn.table:
        file = drawn.text("file", "")
        schematic = Schematic(
            method=drawn.text("method", choices=SCHEMATIC_METHODS),
            file=root / file if file else None,
            within=drawn.text("within", ""),
            source=drawn.text("source", ""),
        )
        drawn.close()
    geometry = table.text("geometry", "")
    zoning = Zoning(
        code=code,
        label=table.text("label"),
        singular=table.text("singular", "territoire"),
        members=root / table.text("members"),
        schematic=schematic,
        geometry=root / geometry if geometry else None,
        code_column=table.text("code_column", ""),
        repair=table.take("repair", bool, False),  # noqa: FBT003 - a default, not a switch
        geometry_source=table.text("geometry_source", ""),
    )
    table.close()
    return zoning


def read_members(path: Path) -> pd.DataFrame:
    """Read a table of members: one row a territory, every column as text.

    Returns
    -------
    DataFrame
        Columns ``code``, ``nom``, ``commune`` first, then the file's own.

    Raises
    ------
    UnknownColumnError, DuplicateKeyError, EmptyFileError
        When a column is missing, a code repeated, or the table empty.
    """
    members = read_text_table(path)
    for column in MEMBER_COLUMNS:
        if column not in members.columns:
            raise UnknownColumnError(
                f"La colonne « {column} » manque.",
                where=path.name,
                why="Un zonage se décrit par un code, un nom et une commune.",
                remedy=suggestion(column, members.columns),
            )
    repeated = members["code"][members["code"].duplicated()]
    if len(repeated):
        raise DuplicateKeyError(
            f"Le code « {repeated.iloc[0]} » figure deux fois.",
            where=f"{path.name}, ligne {int(repeated.index[0]) + 2}",
            why="Un code désigne un seul territoire.",
            remedy="Supprimez ou corrigez l’une des deux lignes.",
        )
    return members


def read_text_table(path: Path) -> pd.DataFrame:
    """Read one of the project's own ``;`` tables, UTF-8, every cell as text.

    Raises
    ------
    EmptyFileError
        When the file is absent or has no row.
    """
    if not path.is_file():
        raise EmptyFileError("Le fichier n’existe pas.", where=str(path))
    try:
        table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except pd.errors.EmptyDataError as error:
        raise EmptyFileError("Le fichier est vide.", where=path.name) from error
    if table.empty:
        raise EmptyFileError("Le tableau n’a aucune ligne.", where=path.name)
    return table
