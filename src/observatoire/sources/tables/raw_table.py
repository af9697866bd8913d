"""A table as it was read: text, line numbers, what was skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from observatoire.sources.formats.encoding import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Hidden(NamedTuple):
    """The lines that nobody sees, and whether a filter hides them."""

    lines: tuple[int, ...] = ()
    filtered: bool = False


@dataclass(frozen=True)
class Merged:
    """A merged cell below the header: its columns, that of its text first, and its lines."""

    columns: tuple[str, ...]
    first: int
    last: int


def _no_note() -> pd.DataFrame:
    return pd.DataFrame({"line": [], "raw": [], "reason": []}).astype({"line": "int64"})


@dataclass(frozen=True)
class RawTable:
    """A file as it was read: texts, the line of each row, and what was understood of its form.

    ``skipped`` holds the notes that stand below or inside the table, with their line; ``header`` is
    the line of the column names; ``part`` tells this table from others of the same file. Of a
    workbook, ``merged`` are the merged cells below the header, ``completed`` how many cells of a
    column were filled down because of them, ``hidden`` the rows that nobody sees.
    """

    path: Path
    sha256: str
    frame: pd.DataFrame
    lines: pd.Series
    encoding: str
    separator: str
    sheet: str
    header: int = 1
    member: str = ""
    skipped: pd.DataFrame = field(default_factory=_no_note)
    part: str = ""
    merged: tuple[Merged, ...] = ()
    completed: Mapping[str, int] = field(default_factory=dict)
    hidden: Hidden = Hidden()  # noqa: RUF009 - frozen

    @property
    def name(self) -> str:
        """File name, as messages and the history of loads give it."""
        return f"{self.path.name} [{self.part}]" if self.part else self.path.name

    @property
    def form(self) -> str:
        """What was understood of the file's form, in words."""
        mark = decimal_of(self.frame) if self.separator else ""
        words = [
            f"dans l’archive : {self.member}" if self.member else "",
            f"feuille « {self.sheet} »" if self.sheet else "",
            _SEPARATORS.get(self.separator, f"séparateur « {self.separator} »"),
            NAMES.get(self.encoding.lower(), self.encoding),
            f"en-tête ligne {self.header}",
            f"{mark} décimal{'e' if mark == 'virgule' else ''}" if mark else "",
        ]
        return ", ".join(part for part in words if part)


_SEPARATORS = {"": "", "\t": "séparateur tabulation"}


def decimal_of(frame: pd.DataFrame) -> str:
    """Return the decimal mark that a table's cells use: « virgule », « point », or nothing.

    Examples
    --------
    >>> decimal_of(pd.DataFrame({"a": ["12,5", "1"]}, dtype="str"))
    'virgule'
    """
    cells = "\n".join(frame.iloc[:200].fillna("").astype("str").to_numpy().ravel())
    for mark, pattern in (("virgule", _WITH_COMMA), ("point", _WITH_POINT)):
        if pattern.search(cells):
            return mark
    return ""


_WITH_COMMA = re.compile(r"^-?[0-9 .]+,[0-9]+(?: ?[%€])?$", re.MULTILINE)
_WITH_POINT = re.compile(r"^-?[0-9 ,]+\.[0-9]+(?: ?[%€])?$", re.MULTILINE)
