"""The figures of a package: written for a spreadsheet, read from anybody.

A package comes from elsewhere: its file may hold a word where a number is due, the same figure twice,
or a text that a spreadsheet would run as a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import DuplicateKeyError, FileError, RowError
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.values import PREDICTION_COLUMNS, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: French name of each column of figures, its type and what it holds.
VALUE_FIELDS: Mapping[str, tuple[str, str, str]] = {
    "zoning": ("zonage", "string", "Code du zonage"),
    "territory": ("territoire", "string", "Code du territoire"),
    "name": ("nom", "string", "Nom du territoire"),
    "indicator": ("indicateur", "string", "Code de l’indicateur, défini dans indicateurs.csv"),
    "period": ("periode", "string", "Période décrite ; vide quand aucune donnée n’existe"),
    "value": ("valeur", "number", "Valeur, vide quand le statut n’en a pas"),
    "low": ("valeur_basse", "number", "Borne basse"),
    "high": ("valeur_haute", "number", "Borne haute"),
    "pi80_low": ("prevision_80_basse", "number", "Bas de l’intervalle de prévision à 80 %"),
    "pi80_high": ("prevision_80_haute", "number", "Haut de l’intervalle de prévision à 80 %"),
    "pi95_low": ("prevision_95_basse", "number", "Bas de l’intervalle de prévision à 95 %"),
    "pi95_high": ("prevision_95_haute", "number", "Haut de l’intervalle de prévision à 95 %"),
    "status": ("statut", "string", "Ce que l’on peut dire de la valeur"),
    "precision": (
        "precision",
        "string",
        "exact, sondage, prévision ou inconnue (bornes alors vides)",
    ),
    "coverage": ("couverture", "number", "Part du territoire que couvrent les sources, de 0 à 1"),
    "reason": ("motif", "string", "Pourquoi la valeur manque ou est encadrée"),
    "method": ("methode", "string", "Comment la valeur a été obtenue"),
    "source": ("source", "string", "Producteur et titre de la source"),
}

#: Columns that a package of before may lack.
LATER = ("precision", *(VALUE_FIELDS[name][0] for name in PREDICTION_COLUMNS))

NUMBERS = tuple(french for french, kind, _ in VALUE_FIELDS.values() if kind == "number")

#: One figure of a package, and one definition.
_FIGURE = ("zonage", "territoire", "indicateur", "periode")
_DEFINED = ("indicateur",)

#: How a text begins that a spreadsheet would run as a formula.
_ARMED = r"^[=+\-@\t\r]"


def disarmed(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as formulas.

    Examples
    --------
    >>> disarmed(pd.DataFrame({"nom": ["=cmd|' /C calc'!A0", "Dillon"], "n": [-1, 2]})).to_numpy().tolist()
    [["'=cmd|' /C calc'!A0", -1], ['Dillon', 2]]
    """
    texts = frame.select_dtypes(include=["object", "string"]).columns
    found = {name: frame[name].astype("str") for name in texts}
    return frame.assign(
        **{name: text.mask(text.str.match(_ARMED), "'" + text) for name, text in found.items()}
    )


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a csv that a spreadsheet may open without running anything of it."""
    disarmed(frame).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def read_figures(path: Path) -> pd.DataFrame:
    """Read the figures of a package, texts disarmed.

    Raises
    ------
    FileError
        When it is no csv, or lacks a column.
    RowError
        On a word where a number is due, or a status that does not exist: with its line.
    DuplicateKeyError
        When a figure stands twice.
    """
    frame = _read(path, [french for french, _, _ in VALUE_FIELDS.values()], _FIGURE)
    labels = [status.label for status in Status]
    for line, label in _wrong(frame["statut"], frame["statut"].isin(labels)):
        raise RowError(
            f"« {label} » n’est pas un statut.",
            where=f"{_place(path)}, ligne {line}, colonne statut",
            remedy=suggestion(label, labels),
        )
    for name in NUMBERS:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        known = (frame[name] == "") | np.isfinite(numbers)
        for line, text in _wrong(frame[name], known):
            raise RowError(
                f"« {text} » n’est pas un nombre.",
                where=f"{_place(path)}, ligne {line}, colonne {name}",
                why="On ne saurait ni le comparer, ni le montrer.",
                remedy="Redemandez le paquet à qui l’a publié.",
            )
        frame[name] = numbers
    return frame


def read_definitions(path: Path) -> pd.DataFrame:
    """Read the definitions of a package, texts disarmed; see :func:`read_figures`."""
    return _read(path, ["indicateur", "definition"], _DEFINED)


def _read(path: Path, needed: Sequence[str], key: Sequence[str]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, OSError, OverflowError) as error:  # of pandas, and of a bad encoding
        raise FileError(
            "Ce fichier du paquet ne se lit pas.",
            where=_place(path),
            why=reader_words(error),
            remedy="Redemandez le paquet entier.",
        ) from error
    if set(needed) & set(LATER):  # a package of before says nothing of them
        frame = frame.assign(**{name: "" for name in LATER if name not in frame.columns})
    lacking = [name for name in needed if name not in frame.columns]
    if lacking:
        raise FileError(f"Colonnes absentes : {', '.join(lacking)}.", where=_place(path))
    frame = disarmed(frame.fillna("").reset_index(drop=True))
    twice = frame.duplicated(list(key))
    if twice.any():
        row = frame.loc[int(twice.to_numpy().argmax()), list(key)]
        lines = [str(line + 2) for line in frame.index[(frame[list(key)] == row).all(axis=1)]]
        raise DuplicateKeyError(
            f"La même ligne y est plusieurs fois : {', '.join(map(str, row))}.",
            where=f"{_place(path)}, lignes {', '.join(lines[:5])}",
            why="On ne saurait laquelle croire.",
            remedy="Redemandez le paquet à qui l’a publié.",
        )
    return frame


def _wrong(texts: pd.Series, right: pd.Series) -> list[tuple[int, str]]:
    """Return the first line of a file whose text is not right, if any."""
    return [(line + 2, str(texts.iloc[line])) for line in np.flatnonzero(~right)[:1].tolist()]


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
