"""The texts of a column, spelt once for all the zonings in which they are looked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.sources.places.code_repair import is_numbered
from observatoire.territories.matcher import code_beside, spellings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from observatoire.territories.matcher import Matcher


#: So many columns are laid out as texts at once.
_BLOCK = 256


def column_cells(frame: pd.DataFrame) -> Iterator[list[str]]:
    """Return the cells of each column of texts, stripped: laid out by blocks, for a table may have 16 000.

    Parameters
    ----------
    frame : DataFrame
        Texts.

    Examples
    --------
    >>> import pandas as pd
    >>> list(column_cells(pd.DataFrame({"Quartier": [" Dillon"], "Aidés": ["12 "]}, dtype="str")))
    [['Dillon'], ['12']]
    """
    for left in range(0, len(frame.columns), _BLOCK):
        block = frame.iloc[:, left : left + _BLOCK].to_numpy(object)
        for at in range(block.shape[1]):
            yield [str(text).strip() for text in block[:, at]]


class ColumnTexts:
    """The cells of a column, and what their texts may name.

    Parameters
    ----------
    cells : list of str
        One a row.

    Examples
    --------
    >>> from observatoire.territories.matcher import Matcher
    >>> texts = ColumnTexts(["Quartier", "DILLON", "97209", "97209 - Fort-de-France", "Dillon"])
    >>> sorted(texts.naming(Matcher({"FDF13": "Dillon"})))
    ['DILLON', 'Dillon']
    >>> sorted(texts.naming(Matcher({"97209": "Fort-de-France"})))
    ['97209', '97209 - Fort-de-France']
    """

    def __init__(self, cells: list[str]) -> None:
        self.cells = cells
        self.distinct = [text for text in dict.fromkeys(cells) if text]

    @cached_property
    def numbers(self) -> list[str]:
        """Those that a spreadsheet may have made of codes."""
        return [text for text in self.distinct if is_numbered(text)]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Those that have letters, by each of their spellings and by the code beside them."""
        found: dict[str, list[str]] = {}
        for text in self.distinct:
            if any(map(str.isalpha, text)):
                for name in (*spellings_of(text), code_beside(text)[0]):
                    found.setdefault(name, []).append(text)
        return found

    def naming(self, matcher: Matcher) -> set[str]:
        """Return the texts that may name a territory of a zoning: no other does."""
        names, codes = self._by_name, matcher.names.keys()
        keys = (names.keys() & matcher.spellings()) | (names.keys() & codes)
        return {text for key in keys for text in names[key]} | (codes & set(self.distinct))
