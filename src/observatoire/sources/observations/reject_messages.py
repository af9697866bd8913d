"""The error that a faulty file raises, and what an analyst can do about each kind of fault."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from observatoire.declarations.reader import packaged, read
from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownTerritoryError,
    UnreadableNumberError,
)
from observatoire.french.typography import plural
from observatoire.sources.formats.cells import UNCOMPUTED
from observatoire.sources.parsers.periods import DATE_FORMS, shortened
from observatoire.sources.parsers.vocabulary import fold
from observatoire.values import PERIOD_FORMS

if TYPE_CHECKING:
    import pandas as pd


ERROR_BY_KIND: dict[str, type[RowError]] = {
    "number": UnreadableNumberError,
    "figure": UnreadableNumberError,
    "territory": UnknownTerritoryError,
    "part": UnknownTerritoryError,
    "town": UnknownTerritoryError,
    "commune": UnknownTerritoryError,
    "elsewhere": UnknownTerritoryError,
    "bounds": RowError,
    "period": RowError,
    "negative": UnreadableNumberError,
    "variable": RowError,
    "duplicate": DuplicateKeyError,
    "zoning": UnknownTerritoryError,
    "merged": UnreadableNumberError,
    "covered": RowError,
    "below": UnreadableNumberError,
    "blank": RowError,
    "word": RowError,
    "date": RowError,
    "order": RowError,
    "goals": RowError,
    "heading": RowError,
    "aim": RowError,
}


@cache
def _remedies() -> dict[str, str]:
    """Return what to do about each kind of fault."""
    path = packaged("observatoire.sources.observations", "remedies.toml")
    found: dict[str, str] = read(path, dict[str, str])
    return found


#: What a blank cell needs, where it should tell a territory or a period.
_BLANK = {"territory": "empty", "period": "undated", "variable": "unsaid"}

#: A number followed by what may be the call of a note, and one between parentheses.
_CALLED = re.compile(r"[0-9][0-9\s.,]*\s*(?:\*+|\([0-9a-z]+\)|[a-z])", re.IGNORECASE)
#: So few rows are no majority.
_FEW_ROWS = 4

#: So many communes are named in one message.
_COMMUNES = 12

_NAME = re.compile(r"[^\W\d_]{3}")
_DAY = re.compile(
    r"[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[^\W\d_]{3,9}\.?)(?:[-/. ][0-9]{1,4}(?: [0-9:]+)?)?"
    r"|[^\W\d_]{3,9}\.?-[0-9]{2,4}"
)
_BEHIND = re.compile(r"([0-9][0-9\s.,]*?)\s*[-−–]")
_UNITED = re.compile(r"[0-9][0-9\s.,]*\s*(?:[kKmM]?[€$]|[kKmM]|‰|%|[^\W\d_]{2,})[^0-9]*")
_PARENTHESIS = re.compile(r"\(\s*([0-9][0-9\s.,]*)\)")


#: Beyond this share of rows at fault, the file is not read as it is meant: nobody should skip them.
_MOST_FAULTY = 0.5

_MISREAD = (
    "La plupart des lignes sont en faute ({faulty} sur {read}) : ce n’est sans doute pas la colonne des "
    'territoires, ou pas leur zonage. Dites-le par zoning="…" (--zoning), ou territory dans source.toml.'
)


def error_of(faults: pd.DataFrame, name: str, read: int = 0) -> RowError:
    """Return the error of the first faulty row; it says how many others there are.

    Parameters
    ----------
    faults : DataFrame
        Rejects that are faults, in the order of the lines.
    name : str
        The file's name.
    read : int
        The rows of the file, 0 when it is not known.
    """
    away = faults[faults["kind"] == "elsewhere"]
    faulty = faults[~faults["line"].isin(away["line"])]
    first = (away if faulty.empty else faulty).iloc[0]
    kind, what = str(first["kind"]), str(first["reason"])
    others = int(faulty["line"].nunique()) - 1
    remedy = _remedy(kind, str(first["raw"]))
    lines = int(faults["line"].nunique())
    unplaced = kind in ("territory", "commune", "town", "part") and len(away) < lines
    if unplaced and read > _FEW_ROWS and lines > _MOST_FAULTY * read:
        misread = _MISREAD.format(faulty=lines, read=read)
        remedy = remedy.partition(" ; sinon on_error")[0] + "." if kind == "part" else misread
    if others > 0:
        remedy += f" ({plural(others, 'autre ligne', 'autres lignes')} en faute dans ce fichier.)"
    if len(away) and faulty.empty:
        what = elsewhere_message(away)
    elif len(away):
        remedy += (
            f" Par ailleurs, {elsewhere_message(away)[:1].lower()}{elsewhere_message(away)[1:]}"
        )
    return ERROR_BY_KIND[kind](
        what,
        where=f"{name}, ligne {first['line']}, colonne {first['column']}",
        why="Rien n’a été chargé.",
        remedy=remedy,
        rejects=faults,
    )


def elsewhere_message(away: pd.DataFrame) -> str:
    """Say once of how many rows, and of which communes, a file tells that are none of ours.

    Parameters
    ----------
    away : DataFrame
        Rejects of the kind « elsewhere »: their text is that of their commune.

    Examples
    --------
    >>> import pandas as pd
    >>> elsewhere_message(pd.DataFrame({"line": [4, 5, 9], "raw": ["Le Robert", "Le Robert", "Schoelcher"]}))
    '3 lignes sont d’autres communes que celles de cet espace de travail : « Le Robert » (2), « Schoelcher » (1).'
    """
    counts = away.drop_duplicates("line")["raw"].value_counts(sort=False)
    communes = [f"« {town} » ({count})" for town, count in counts.items()]
    shown = ", ".join(communes[:_COMMUNES])
    more = f" et {plural(len(communes) - _COMMUNES, 'autre')}" if len(communes) > _COMMUNES else ""
    count = int(counts.sum())
    if count == 1:
        return f"1 ligne est d’une autre commune que celles de cet espace de travail : {shown}."
    return f"{count} lignes sont d’autres communes que celles de cet espace de travail : {shown}{more}."


def _is_day(text: str) -> bool:
    """Say whether a cell is a day or a month of a spreadsheet: « 12-mars », « 01/03/2012 », « mars-12 ».

    Examples
    --------
    >>> [_is_day(text) for text in ("12-mars", "3/12", "2012-03-01 00:00:00", "12 34", "12.3.4")]
    [True, True, True, False, False]
    """
    words = [word for word in re.findall(r"[^\W\d_]{3,}", fold(text)) if not shortened(word)]
    spaced = re.fullmatch(r"[0-9]+[ .][0-9]+(?:[ .][0-9]{1,3})?", text)
    return _DAY.fullmatch(text) is not None and not words and spaced is None


def _remedy(kind: str, raw: str) -> str:
    if kind == "number" or raw == UNCOMPUTED:
        return _number_remedy(raw)
    if kind in _BLANK and not raw.strip():
        return _remedies()[_BLANK[kind]].format(periods=PERIOD_FORMS)
    named = kind == "territory" and _NAME.search(raw)
    remedy = _remedies()["name" if named else kind]
    return remedy.format(raw=raw, periods=PERIOD_FORMS, dates=DATE_FORMS)


def _number_remedy(raw: str) -> str:
    """Return what to do of a cell that is no number: what it looks like says it."""
    between, behind = _PARENTHESIS.fullmatch(raw), _BEHIND.fullmatch(raw)
    # What starts with a digit was meant as a number, not as a sign.
    forms = {
        "uncomputed": raw == UNCOMPUTED or raw.startswith("="),
        "formula": raw.startswith("#"),
        "parenthesis": between,
        "behind": behind,
        "day": _is_day(raw),
        "united": _UNITED.fullmatch(raw),
        "call": _CALLED.fullmatch(raw),
        "written": raw.lstrip("+-−–.,€$ ")[:1].isdecimal(),
    }
    kind = next((form for form, found in forms.items() if found), "number")
    bare = (between or behind or ("", raw))[1].strip()
    return _remedies()[kind].format(raw=raw, bare=bare)
