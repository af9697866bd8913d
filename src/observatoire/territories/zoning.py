"""A zoning: a dated set of territories of one kind, and the table of its members."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    EmptyFileError,
    SeparatorError,
    UnknownColumnError,
    UnknownNameError,
    UnknownTerritoryError,
    UnreadableFileError,
)
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.french.nouns import TERRITORY, Noun
from observatoire.territories.aliases import check_members

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.declarations.reader import Declaration


SCHEMATIC_METHODS = ("outline", "cells", "links", "union")

#: The key that each method of drawing cannot do without, and what it names.
_NEEDED = {"outline": "file", "cells": "within", "links": "source", "union": "source"}
_WHAT_FOR = {
    "file": "d’un fichier de sommets",
    "within": "du zonage dont il découpe les contours",
    "source": "du zonage dont il réunit les contours",
}

#: How ``observatoire.toml`` tells the gender of what territories are called.
_GENDERS = ("masculin", "féminin")

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
    noun: Noun
    members: Path
    schematic: Schematic | None = None
    geometry: Path | None = None
    code_column: str = ""
    repair: bool = False
    geometry_source: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def singular(self) -> str:
        """What one of its territories is called."""
        return self.noun.singular

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
        needed = _NEEDED[schematic.method]
        if not getattr(schematic, needed):
            raise DescriptorError(
                f"Le dessin « {schematic.method} » ne dit pas « {needed} ».",
                where=drawn.where,
                why=f"Il se fait à partir {_WHAT_FOR[needed]}.",
                remedy=f'Ajoutez {needed} = "…" à schematic.',
                key=needed,
            )
    geometry = table.text("geometry", "")
    zoning = Zoning(
        code=code,
        label=table.text("label"),
        noun=Noun(
            table.text("singular", TERRITORY.singular),
            table.text("plural", ""),
            feminine=table.text("gender", _GENDERS[0], choices=_GENDERS) == _GENDERS[1],
        ),
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
        Columns ``code``, ``nom``, ``commune`` first, then the file's own. One of them, ``alias``,
        may give other names of each territory, separated by « | ».

    Raises
    ------
    UnknownColumnError, DuplicateKeyError, EmptyFileError
        When a column is missing, a code repeated, or the table empty.
    DescriptorError
        When an ``alias`` could name two territories of one commune.
    """
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # absent, or not to be read: told below
    return _read_members(path, content).copy()


@lru_cache(maxsize=128)
def _read_members(path: Path, _: bytes) -> pd.DataFrame:
    # Every load asks for every zoning's members: the same bytes are read once.
    members = read_text_table(path)
    for column in MEMBER_COLUMNS:
        if column not in members.columns:
            raise UnknownColumnError(
                f"La colonne « {column} » manque.",
                where=path.name,
                why="Un zonage se décrit par un code, un nom et une commune.",
                remedy=suggestion(column, members.columns),
            )
    blank = members.index[members["code"] == ""]
    if len(blank):
        raise UnknownTerritoryError(
            "Le code est vide.",
            where=f"{path.name}, ligne {int(blank[0]) + 2}, colonne code",
            why="Sans code, aucun fichier ne désigne ce territoire.",
            remedy="Donnez-lui un code, ou supprimez la ligne.",
        )
    repeated = members["code"][members["code"].duplicated()]
    if len(repeated):
        raise DuplicateKeyError(
            f"Le code « {repeated.iloc[0]} » figure deux fois.",
            where=f"{path.name}, ligne {int(repeated.index[0]) + 2}",
            why="Un code désigne un seul territoire.",
            remedy="Supprimez ou corrigez l’une des deux lignes.",
        )
    check_members(members, path.name)
    return members


def read_text_table(path: Path) -> pd.DataFrame:
    """Read one of the project's own ``;`` tables, UTF-8, every cell as text.

    Raises
    ------
    EmptyFileError, SeparatorError, UnreadableFileError
        When the file is absent or has no row, has one column, or is no such table.
    """
    if not path.is_file():
        raise EmptyFileError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Déposez-le, ou corrigez son nom dans observatoire.toml.",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = [
            row for row in csv.reader(io.StringIO(text), delimiter=";", strict=True) if any(row)
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFileError(
            "Ce fichier n’est pas un tableau en UTF-8.",
            where=path.name,
            why=reader_words(error),
            remedy="Enregistrez-le en CSV UTF-8, séparateur point-virgule.",
        ) from error
    if len(rows) < 2:  # noqa: PLR2004 - a header and a row
        raise EmptyFileError(
            "Le tableau n’a aucune ligne.",
            where=path.name,
            remedy="Remplissez-le, ou retirez-le d’observatoire.toml.",
        )
    _check_shape(rows, path)
    header, *body = ([cell.strip() for cell in row] for row in rows)
    return pd.DataFrame(body, columns=header, dtype="str")


def _check_shape(rows: list[list[str]], path: Path) -> None:
    width = len(rows[0])
    if width == 1:
        raise SeparatorError(
            "Avec le séparateur « ; », le tableau n’a qu’une colonne.",
            where=path.name,
            remedy="Enregistrez-le avec le point-virgule pour séparateur.",
            separator=";",
        )
    for line, row in enumerate(rows, 1):
        if len(row) != width:
            raise UnreadableFileError(
                f"Cette ligne a {len(row)} cellules au lieu de {width}.",
                where=f"{path.name}, ligne {line}",
                why="Les cellules glisseraient de colonne.",
                remedy="Corrigez cette ligne ; une cellule qui contient un point-virgule se met "
                "entre guillemets.",
                line=line,
            )
