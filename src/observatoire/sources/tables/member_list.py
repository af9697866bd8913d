"""A table that describes a zoning and measures nothing: Insee's reference table of the IRIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import UnreadableFileError
from observatoire.sources.families.family import read_families, role
from observatoire.sources.formats.document import open_file
from observatoire.sources.tables.sheets import sheets_of

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.families.family import Family

#: What a list of members becomes, and where a table gives the name of the commune.
COLUMNS = ("code", "nom", "commune", "nom_commune")
_TOWN_NAMES = ("LIBCOM", "NOM_COM", "LIB_COM")


def read_members(path: Path) -> pd.DataFrame:
    """Read the members of a zoning from the table that its producer publishes, xlsx, csv or a zip of one.

    Parameters
    ----------
    path : Path
        « reference_IRIS_geo2016.xlsx », as Insee gives it or saved as csv.

    Returns
    -------
    DataFrame
        Columns ``code``, ``nom``, ``commune``, ``nom_commune``, all texts.

    Raises
    ------
    UnreadableFileError
        When no sheet has the columns of such a table.
    """
    known = [family for family in read_families().values() if family.kind == "members"]
    for sheet in sheets_of(open_file(path)):
        for rank, (_, cells) in enumerate(sheet.top):
            found = next((family for family in known if family.recognises(cells)), None)
            if found:
                return _members(found, [row for _, row in sheet.rows[rank:]])
    raise UnreadableFileError(
        "Ce n’est pas une table de référence des IRIS.",
        where=path.name,
        why="Elle a au moins les colonnes CODE_IRIS, LIB_IRIS, TYP_IRIS, GRD_QUART et DEPCOM.",
        remedy="Prenez celle de l’Insee (« Table d’appartenance géographique des IRIS »), ou donnez une "
        "couche de contours.",
    )


def _members(family: Family, rows: list[list[str]]) -> pd.DataFrame:
    header = rows[0]
    body = [row + [""] * (len(header) - len(row)) for row in rows[1:]]
    table = pd.DataFrame([row[: len(header)] for row in body], columns=header, dtype="str")
    named = next((name for name in header if name.upper() in _TOWN_NAMES), "")
    code = family.territory_column(header)
    columns = (code, role(family.name, header), role(family.commune, header), named)
    made = pd.DataFrame(
        {
            name: table[column].str.strip() if column else ""
            for name, column in zip(COLUMNS, columns, strict=True)
        }
    )
    # A spreadsheet takes a code for a number: its first zero is given back.
    made["code"], made["commune"] = made["code"].str.zfill(9), made["commune"].str.zfill(5)
    return made[table[code].str.strip() != ""].reset_index(drop=True)
