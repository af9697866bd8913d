"""A zoning: a dated set of territories of one kind, and the table of its members."""

from __future__ import annotations

import csv
import io
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

import pandas as pd

from observatoire.declarations.fields import (
    Code,
    Flag,
    MaybePath,
    RootedPath,
    declared,
    doc,
    fault,
    on_reading,
)
from observatoire.errors import (
    DuplicateKeyError,
    EmptyFileError,
    SeparatorError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableFileError,
)
from observatoire.errors.arguments import check_known
from observatoire.errors.translations import reader_words
from observatoire.french.nouns import TERRITORY, Noun
from observatoire.french.typography import MARKS
from observatoire.memo import read_once
from observatoire.territories.aliases import check_aliases

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


#: The key that each method of drawing cannot do without, and what it names.
_NEEDED = {"outline": "file", "cells": "within", "links": "source", "union": "source"}
_WHAT_FOR = {
    "file": "d’un fichier de sommets",
    "within": "du zonage dont il découpe les contours",
    "source": "du zonage dont il réunit les contours",
}

#: What every table of members holds; any other column is kept as an attribute.
MEMBER_COLUMNS = ("code", "nom", "commune")


@declared
class Schematic:
    """How the drawing of a zoning is made while no real perimeter is at hand."""

    method: Annotated[
        Literal["outline", "cells", "links", "union"],
        doc("À partir de sommets, de points, d’une table de liens ou de contours réunis."),
    ]
    file: Annotated[MaybePath, doc("Fichier des sommets.")] = None
    within: Annotated[str, doc("Zonage dont il découpe les contours.")] = ""
    source: Annotated[str, doc("Zonage dont il réunit les contours.")] = ""

    @on_reading
    def _has_what_it_needs(self) -> None:
        needed = _NEEDED[self.method]
        if not getattr(self, needed):
            raise fault(
                f"Le dessin « {self.method} » ne dit pas « {needed} ».",
                why=f"Il se fait à partir {_WHAT_FOR[needed]}.",
                remedy=f'Ajoutez {needed} = "…" à schematic.',
            )


@declared
class Zoning:
    """A zoning as ``observatoire.toml`` declares it.

    ``geometry`` names the file of the real perimeters; while it is empty, the perimeters are
    drawn as ``schematic`` says, and may be shown but never measured.
    """

    code: Code
    label: Annotated[str, doc("Nom du zonage, au pluriel.")]
    members: Annotated[RootedPath, doc("Table de ses territoires : code, nom, commune.")]
    singular: Annotated[str, doc("Comment s’appelle l’un d’eux : « quartier ».")] = (
        TERRITORY.singular
    )
    plural: Annotated[str, doc("Son pluriel, quand il n’est pas régulier.")] = ""
    gender: Annotated[Literal["masculin", "féminin"], doc("Son genre.")] = "masculin"
    schematic: Annotated[
        Schematic | None, doc("Comment le dessiner tant que le vrai périmètre manque.")
    ] = None
    geometry: Annotated[MaybePath, doc("Fichier des vrais périmètres.")] = None
    code_column: Annotated[str, doc("Colonne des codes ou des noms de ce fichier.")] = ""
    repair: Annotated[Flag, doc("true : réparer les contours qui se croisent.")] = False
    geometry_source: Annotated[str, doc("D’où viennent les périmètres, pour mémoire.")] = ""

    @cached_property
    def noun(self) -> Noun:
        """What its territories are called."""
        return Noun(self.singular, self.plural, feminine=self.gender == "féminin")

    @property
    def vintage(self) -> str:
        """Year at the end of the code (``iris-2016`` → ``2016``), or an empty text."""
        tail = self.code.rsplit("-", 1)[-1]
        return tail if tail.isdigit() else ""


@read_once
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
    members = read_text_table(path)
    why = "Un zonage se décrit par un code, un nom et une commune."
    check_columns(members, MEMBER_COLUMNS, path.name, why)
    blank = members.index[members["code"] == ""]
    if len(blank):
        raise UnknownTerritoryError(
            "Le code est vide.",
            where=f"{path.name}, ligne {int(blank[0]) + 2}, colonne code",
            why="Sans code, aucun fichier ne désigne ce territoire.",
            remedy="Donnez-lui un code, ou supprimez la ligne.",
        )
    _check_signs(members, path)
    repeated = members["code"][members["code"].duplicated()]
    if len(repeated):
        raise DuplicateKeyError(
            f"Le code « {repeated.iloc[0]} » figure deux fois.",
            where=f"{path.name}, ligne {int(repeated.index[0]) + 2}",
            why="Un code désigne un seul territoire.",
            remedy="Supprimez ou corrigez l’une des deux lignes.",
        )
    check_aliases(members, path.name)
    return members


def check_columns(table: pd.DataFrame, columns: Iterable[str], where: str, why: str = "") -> None:
    """Refuse a table that lacks a column, with the nearest that it has."""
    known = list(map(str, table.columns))
    for column in columns:
        what = f"La colonne « {column} » manque."
        check_known(column, known, what, where=where, why=why, error=UnknownColumnError)


def _check_signs(members: pd.DataFrame, path: Path) -> None:
    """Refuse control characters: no page, workbook nor package can hold one, or show it."""
    for column in MEMBER_COLUMNS:
        spoilt = members.index[members[column].str.contains(rf"[\x00-\x1f\x7f{MARKS}]")]
        if len(spoilt):
            written = members[column][spoilt[0]]
            raise UnreadableFileError(
                f"« {''.join(sign if sign.isprintable() else '�' for sign in written)} » contient un "
                "caractère de contrôle ou de direction, qui ne s’imprime pas.",
                where=f"{path.name}, ligne {int(spoilt[0]) + 2}, colonne {column}",
                why="Ni une page, ni un classeur ne peut l’écrire.",
                remedy="Retapez ce texte à la main, plutôt que de le coller.",
            )


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
    """Refuse a table of one column, or a row that has not as many cells as the first."""
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
