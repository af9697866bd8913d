"""Tell the numbers that are codes of territories from the counts that equal some: by what heads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import UnknownTerritoryError
from observatoire.sources.formats.text import HEADER_DEPTH, columns_of
from observatoire.sources.parsers.vocabulary import signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher


#: A number of so many digits counts nothing: « 972090101 » is a code, whatever heads it.
_LONG = 8

#: So many rows numbered one by one are so: no count goes that way.
_NUMBERED = 5

#: The digits of a number of rows.
_DIGITS = 9

#: Columns looked at.
_LOOKED = 60


def may_count(texts: Iterable[str], header: str) -> bool:
    """Say whether numbers may be counts as well as codes: they are short, and no place heads them.

    Examples
    --------
    >>> may_count(["97209", "97213"], "Allocataires"), may_count(["97209", "97213"], "Code Insee")
    (True, False)
    >>> may_count(["972090101"], "Zonage"), may_count(["FDF13"], "Aidés"), may_count(["97209"], "")
    (False, False, False)
    """
    numbers = [text for text in texts if text.isdecimal()]
    short = bool(numbers) and all(len(text) < _LONG for text in numbers)
    return short and bool(header) and not signs().is_place(header)


def counts_or_codes(
    sheets: Sequence[SheetView], zonings: Mapping[str, Matcher], name: str
) -> UnknownTerritoryError | None:
    """Return the error of a column whose numbers are all codes of ours, and whose header says no place."""
    for sheet in sheets:
        for cells in columns_of(sheet.rows, _LOOKED):
            filled = [text for text in cells if text]
            header = next((text for text in filled if not text.isdecimal()), "")
            numbers = [text for text in filled if text.isdecimal()]
            for matcher in zonings.values() if numbers and may_count(numbers, header) else ():
                if all(text in matcher.names for text in numbers):
                    return UnknownTerritoryError(
                        "Ce tableau ne nomme aucun territoire de façon sûre.",
                        where=f"{name}, feuille « {sheet.name} »" if sheet.name else name,
                        why=f"Les nombres de la colonne « {header} » (« {numbers[0]} ») sont aussi des codes de "
                        f"vos territoires ({matcher.label}), mais son nom ne dit pas un lieu.",
                        remedy="Si ce sont des codes, nommez la colonne « code » ; si ce sont des effectifs, "
                        "ajoutez une colonne qui donne le code ou le nom du territoire de chaque ligne.",
                    )
    return None


def postal_codes(sheets: Sequence[SheetView], name: str) -> UnknownTerritoryError | None:
    """Return the error of a table whose rows are stated by postal codes alone."""
    for sheet in sheets:
        for cells in columns_of(sheet.rows[:HEADER_DEPTH], _LOOKED):
            header = next(filter(signs().is_postal, cells), "")
            if header:
                return UnknownTerritoryError(
                    f"La colonne « {header} » donne des codes postaux, qui ne désignent pas une commune.",
                    where=f"{name}, feuille « {sheet.name} »" if sheet.name else name,
                    why="Plusieurs communes se partagent un code postal, et 97213, code postal du Gros-Morne, "
                    "est le code Insee du Lamentin.",
                    remedy="Ajoutez une colonne qui donne le code Insee ou le nom de la commune de chaque ligne.",
                )
    return None


def is_running(filled: pd.Series, rows: int) -> bool:
    """Say whether a column numbers the rows of its table one by one: the rows left out took theirs with them.

    Examples
    --------
    >>> import pandas as pd
    >>> is_running(pd.Series(["0", "1", "2", "4", "5"], index=[0, 1, 2, 4, 5]), 5)
    True
    >>> is_running(pd.Series(["1", "2", "3"]), 3), is_running(pd.Series(["5", "6", "7", "9", "9"]), 5)
    (False, False)
    """
    if not _NUMBERED <= len(filled) == rows:
        return False
    texts, ranks = filled.tolist(), filled.index.tolist()
    # Most columns are told by their first cells: of 16 000 columns, none is looked at whole.
    return _go_by_one(texts[:_NUMBERED], ranks) and _go_by_one(texts, ranks)


def _go_by_one(texts: list[str], ranks: list[int]) -> bool:
    """Say whether numbers follow the ranks of their rows."""
    if not all(text.isdecimal() and len(text) <= _DIGITS for text in texts):
        return False
    first = int(texts[0]) - ranks[0]
    return all(int(text) - rank == first for text, rank in zip(texts, ranks, strict=False))
