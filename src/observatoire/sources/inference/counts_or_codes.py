"""Tell the numbers that are codes of territories from the counts that equal some: by what heads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from observatoire.declarations.sentences import refusal
from observatoire.errors import UnknownTerritoryError
from observatoire.sources.formats.text import HEADER_DEPTH, columns_of
from observatoire.sources.parsers.periods import is_dated, without_period
from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from observatoire.errors import ObservatoireError
    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher


#: Where the sentences of these refusals are kept.
_ROOM = "observatoire.sources.inference"

#: A postal code: « CP » is also a class of children.
_POSTAL = re.compile("[0-9]{4,5}")

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
) -> ObservatoireError | None:
    """Return the error of a column whose numbers are all codes of ours, and whose header says no place."""
    for sheet in sheets:
        for cells in columns_of(sheet.rows, _LOOKED):
            filled = [text for text in cells if text]
            header = next((text for text in filled if not text.isdecimal()), "")
            numbers = [text for text in filled if text.isdecimal()]
            for matcher in zonings.values() if numbers and may_count(numbers, header) else ():
                if all(text in matcher.names for text in numbers):
                    words = {"header": header, "number": numbers[0], "label": matcher.label}
                    place = f"{name}, feuille « {sheet.name} »" if sheet.name else name
                    return refusal(_ROOM, "counts_or_codes", place, UnknownTerritoryError, **words)
    return None


def postal_codes(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Return the error of a table whose rows are stated by postal codes alone."""
    for sheet in sheets:
        for cells in columns_of(sheet.rows[:HEADER_DEPTH], _LOOKED):
            header = next(filter(signs().is_postal, cells), "")
            if header:
                place = f"{name}, feuille « {sheet.name} »" if sheet.name else name
                return refusal(_ROOM, "postal", place, UnknownTerritoryError, header=header)
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


def names_place(name: str, filled: pd.Series, territory: pd.Series, matcher: Matcher) -> bool:
    """Say whether a column names or places territories: by its title, or by what it holds."""
    texts = filled.unique()
    label = signs().is_label(name) and not signs().is_indicator(name)
    label = label and not (signs().is_postal(name) and not all(map(_POSTAL.fullmatch, texts)))
    label = label or (signs().is_date(name) and all(map(is_dated, texts)))
    if (
        label
        or signs().ranks.fullmatch(fold(without_period(name) or name))
        or all(map(matcher.find, texts))
    ):
        return True
    if all("EPCI" in signs().levels_of(text) for text in texts) or all(map(_is_code, texts)):
        return True
    if not territory[filled.index[0]].startswith(filled.iloc[0]):
        return False
    pairs = zip(territory.loc[filled.index], filled, strict=True)
    return all(len(text) > 1 and code != text and code.startswith(text) for code, text in pairs)


def _is_code(text: str) -> bool:
    return any(map(str.isalpha, text)) and bool(signs().levels_of(text))
