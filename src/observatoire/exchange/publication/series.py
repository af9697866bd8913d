"""Which dates of an indicator compare, as a package writes it and as another reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.panels.drawings.bearings import Course

#: The columns of ``indicateurs.csv`` that say it; absent from packages of before.
SERIES_COLUMNS = ("liaisons", "ruptures")

_ARROW, _APART = "→", " | "
_JOINED = re.compile(rf"\s*([^{_ARROW},\s]+)\s*{_ARROW}\s*([^{_ARROW},\s]+)\s*")


def series_words(course: Course | None) -> dict[str, str]:
    """Write which dates a line may join, and why others not.

    Examples
    --------
    >>> from observatoire.panels.drawings.bearings import Course
    >>> series_words(Course(("2010", "2016", "2022"), (("2010", "2016"),), {"2022": "Autre source."}))
    {'liaisons': '2010→2016', 'ruptures': '2022 : Autre source.'}
    """
    if course is None:
        return dict.fromkeys(SERIES_COLUMNS, "")
    joined = (f"{before}{_ARROW}{after}" for before, after in course.joined)
    broken = (f"{at} : {why.replace(_APART, ' ')}" for at, why in course.broken.items())
    return dict(zip(SERIES_COLUMNS, (", ".join(joined), _APART.join(broken)), strict=True))


def read_series_words(row: Mapping[str, str]) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Read the pairs of dates that compare, and the reason of each break by the date it comes before.

    What is not written so says nothing: dates that nobody declared comparable are not joined.

    Examples
    --------
    >>> read_series_words({"liaisons": "2010→2016", "ruptures": "2022 : Autre source."})
    ({('2010', '2016')}, {'2022': 'Autre source.'})
    >>> read_series_words({"liaisons": "n’importe quoi"})
    (set(), {})
    """
    joined, broken = (row.get(name, "") for name in SERIES_COLUMNS)
    pairs = (_JOINED.fullmatch(each) for each in joined.split(","))
    breaks = (each.partition(" : ") for each in broken.split(_APART))
    return (
        {(found[1], found[2]) for found in pairs if found},
        {at.strip(): why.strip() for at, separated, why in breaks if separated},
    )
