"""The figures of a package: written for a spreadsheet, read from anybody.

A package comes from elsewhere: its file may hold a word where a number is due, the same figure twice,
or a text that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import DuplicateKeyError, FileError
from observatoire.errors.translations import reader_words
from observatoire.exchange.publication.series import SERIES_COLUMNS
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd


def data_rows(package: str, file: str) -> list[dict[str, str]]:
    """Return the rows of a table that stands beside the code."""
    return [*csv.DictReader((resources.files(package) / file).read_text("utf-8").splitlines())]


#: French name of each column of figures, its type and what it holds.
VALUE_FIELDS: Mapping[str, tuple[str, str, str]] = {
    row["column"]: (row["name"], row["type"], row["description"])
    for row in data_rows(__package__, "value_fields.csv")
}

#: Code of each status in SDMX's CL_OBS_STATUS: K is a figure that stands in a wider territory's, O a
#: missing value, M one that cannot exist, Q one that is suppressed.
OBS_STATUS: Mapping[Status, str] = {
    Status.OBSERVED: "A",
    Status.AGGREGATED: "A",
    Status.ESTIMATED: "E",
    Status.BOUNDED: "O",
    Status.CONTEXT: "K",
    Status.SECRET: "Q",
    Status.MISSING: "O",
    Status.NOT_APPLICABLE: "M",
}

NUMBERS = tuple(french for french, kind, _ in VALUE_FIELDS.values() if kind == "number")

TYPES = {french: kind for french, kind, _ in VALUE_FIELDS.values()}
SQL_TYPES = {name: "DOUBLE" if kind == "number" else "VARCHAR" for name, kind in TYPES.items()}

#: What names one figure of a package.
FIGURE_KEY = ["zonage", "territoire", "indicateur", "periode"]

#: How the rows of a package follow each other: those of an indicator together, so that a question about
#: one reads its part of the file alone.
_FIGURE_ORDER = ["zonage", "indicateur", "territoire", "periode"]

#: Rows of a Parquet file that are read, or left aside, together.
_ROWS_TOGETHER = 122_880

#: What a package says of each indicator.
DEFINED_COLUMNS = (
    *("indicateur", "libelle", "thematique", "definition", "champ", "unite", "decimales"),
    *("nature", "sens", "producteur", "numerateur", "denominateur", "precautions"),
)

#: What zones must say of each territory, beside its outline.
PLACE_COLUMNS = ("zonage", "territoire", "nom")

#: Columns of ``passages.csv``; ``complet`` says whether the sources make the whole target.
PASSAGE_COLUMNS = (
    *("zonage_source", "source", "zonage_cible", "cible"),
    *("poids", "lien", "complet", "methode"),
)

_AGAIN = "Redemandez le paquet à qui l’a publié."

#: How a text begins that a spreadsheet would run as a formula.
_ARMED = r"^[=+\-@\t\r]"


def disarmed(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as formulas.

    Examples
    --------
    >>> import pandas as pd
    >>> disarmed(pd.DataFrame({"nom": ["=cmd|' /C calc'!A0", "Dillon"], "n": [-1, 2]})).to_numpy().tolist()
    [["'=cmd|' /C calc'!A0", -1], ['Dillon', 2]]
    """
    texts = frame.select_dtypes(include=["object", "string"]).columns
    found = {name: frame[name].astype("str") for name in texts}
    return frame.assign(
        **{name: text.mask(text.str.match(_ARMED), "'" + text) for name, text in found.items()}
    )


def decimals_of(written: str) -> int:
    """Return how many decimals a package says that an indicator has; one where it says nothing of use.

    Examples
    --------
    >>> [decimals_of(each) for each in ("0", "2", "", "²", "-1", "40000")]
    [0, 2, 1, 1, 1, 1]
    """
    return int(written) if len(written) == 1 and written.isdecimal() else 1


def table_bytes(frame: pd.DataFrame) -> bytes:
    """Return a csv that a spreadsheet may open without running anything of it."""
    return disarmed(frame).to_csv(index=False, lineterminator="\n").encode()


def published_figures(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of protected tables as a package gives them, one row a figure, in one order.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"zoning": "z", "territory": "t", "indicator": "i", "period": "2016", "status": "secret"}
    >>> published_figures(pd.DataFrame([row]))[["statut", "OBS_STATUS", "CONF_STATUS"]].values.tolist()
    [['secret', 'Q', 'C']]
    """
    statuses = [Status(status) for status in frame["status"]]
    hidden = [status is Status.SECRET for status in statuses]
    frame = frame.assign(
        status=[status.label for status in statuses],
        obs_status=[OBS_STATUS[status] for status in statuses],
        conf_status=np.where(hidden, "C", "F"),
    )
    frame = frame.drop_duplicates(["zoning", "territory", "indicator", "period"])
    names = {column: french for column, (french, _, _) in VALUE_FIELDS.items()}
    published = disarmed(frame.reindex(columns=list(names)).rename(columns=names))
    for name, kind in TYPES.items():
        published[name] = (
            published[name].astype("float64") if kind == "number" else _texts(published[name])
        )
    return published.sort_values(_FIGURE_ORDER, kind="stable", ignore_index=True)


def parquet_bytes(figures: pd.DataFrame) -> bytes:
    """Return figures as Parquet, in groups of rows that say which indicators they hold."""
    return figures.to_parquet(index=False, row_group_size=_ROWS_TOGETHER)


def read_definitions(path: Path) -> list[dict[str, str]]:
    """Read the definitions of a package, one mapping an indicator; texts are not disarmed yet.

    Raises
    ------
    FileError
        As :func:`read_package_rows`.
    DuplicateKeyError
        When an indicator stands twice.
    """
    rows = read_package_rows(path, DEFINED_COLUMNS, SERIES_COLUMNS)
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        code = row["indicateur"]
        if code in lines:
            raise DuplicateKeyError(
                f"« {code} » y est défini plusieurs fois.",
                where=f"{_place(path)}, lignes {lines[code]}, {line}",
                why="On ne saurait quelle définition croire.",
                remedy=_AGAIN,
            )
        lines[code] = line
    return rows


def read_package_rows(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Read the rows of a csv that somebody sent, those columns and no other.

    Parameters
    ----------
    columns, optional : sequence of str
        The columns it must have, and those that are empty where it has not.

    Raises
    ------
    FileError
        When it is no csv, lacks a column, or a line has not as many cells as the header.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows, heads = list(reader), list(reader.fieldnames or ())
    except (ValueError, OSError, csv.Error) as error:
        raise FileError(
            "Ce fichier du paquet ne se lit pas.",
            where=_place(path),
            why=reader_words(error),
            remedy=_AGAIN,
        ) from error
    lacking = [name for name in columns if name not in heads]
    if lacking:
        raise FileError(
            f"Colonnes absentes : {', '.join(lacking)}.", where=_place(path), remedy=_AGAIN
        )
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise FileError(
                "Cette ligne n’a pas autant de cases que l’en-tête.",
                where=f"{_place(path)}, ligne {line}",
                remedy=_AGAIN,
            )
    return [
        {name: row[name] for name in columns} | {name: row.get(name, "") for name in optional}
        for row in rows
    ]


def _texts(column: pd.Series) -> pd.Series:
    """Return texts without a hole: a column that is all holes is one of numbers for pandas."""
    return column.astype("object").fillna("").astype("str")


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
