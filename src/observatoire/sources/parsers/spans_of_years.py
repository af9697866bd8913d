"""Digits of a name that are two years, or two ages: « evol_1116 », « pop_2024 »."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

#: Four digits of a column are a year from this one on: before, they are ages or a span (« 1924 »).
_FIRST_YEAR = 1950

#: Four digits, which may be a year.
FOUR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
#: Two years, each on two digits or on four, in the name of a change; ages are followed by « ans ».
_PAIR = re.compile(
    r"(?<![0-9])(?:19|20)?[0-9]{2}(?: ?[-–/_] ?| (?:a|et) )(?:19|20)?[0-9]{2}(?![0-9]|[ _]*ans)"
)

#: Two years that follow each other, on two digits: « Aides 14/15 », « 16/15 ».
_NEXT = re.compile(r"(?<![0-9/])([0-9]{2})/([0-9]{2})(?![0-9/%]|[ _]*ans)")

#: Two pairs of digits of a name: two years, or two ages; and those that no span of censuses has.
_TWO = re.compile(r"(?<![0-9])([0-9]{2})[-–/_ ]?([0-9]{2})(?![0-9]|[ _]*ans)")
AGES = range(30, 62)

#: A span of two whole years, and what opens a ladder of them.
_SPAN = re.compile(r"(?<![0-9])([12][0-9]{3}) ?(?:[-–/_]|a) ?([12][0-9]{3})(?![0-9])")
_OPENING = re.compile(r"\bavant (?:19|20)[0-9]{2}(?![0-9])")

#: The last step of a ladder of ages.
_OPEN = re.compile(r"(?<![0-9])[0-9]{2} ?(?:p|plus|\+|et plus)(?![a-z0-9])")


def is_year(digits: str) -> bool:
    """Say whether four digits are a year that figures may be of.

    Examples
    --------
    >>> [is_year(digits) for digits in ("2014", "1924", "2064")]
    [True, False, False]
    """
    return digits[:2] in ("19", "20") and _FIRST_YEAR <= int(digits) < _FIRST_YEAR + 100


def span_of_change(name: str) -> str:
    """Return the two years of a change from one to another, as written, or an empty text.

    Examples
    --------
    >>> span_of_change("evol_pop_1922"), span_of_change("pop_1922"), span_of_change("Évolution 2021")
    ('1922', '', '')
    >>> span_of_change("Évol. 14/13"), span_of_change("Évol. 2015/2014")
    ('14/13', '2015/2014')
    >>> span_of_change("var_9906"), span_of_change("Évolution 19-22 (%)"), span_of_change("Évol. des 15-24 ans")
    ('9906', '19-22', '')
    """
    if not signs().is_change(name):
        near = _NEXT.search(name)  # « Aides 14/13 », « Élèves 13/14 »; no day of May
        both = [int(digits) for digits in near.groups()] if near else [0, 0]
        return near[0] if near and abs(both[0] - both[1]) == 1 and max(both) < AGES.start else ""
    if pair := _PAIR.search(fold(name)):
        return pair[0]
    digits = FOUR.findall(name)
    if len(digits) != 1 or _full(digits[0][:2]) >= _full(digits[0][2:]):
        return ""
    compact = " " not in name.strip()
    return digits[0] if compact or not is_year(digits[0]) else ""


def ends_of_change(name: str) -> list[str]:
    """Return both years of a change; what a hyphen joins on two digits, « Évol. 15-24 », may be ages."""
    pair = span_of_change(name) if signs().is_change(name) else ""
    ends = re.findall(r"[0-9]{4}(?=\D|$)|[0-9]{2}(?=/)|(?<=/)[0-9]{2}", pair)
    return [end if len(end) > len("16") else str(_full(end)) for end in ends]


def paired_years(names: Sequence[str], year: str = "") -> list[str]:
    """Return the names of which two pairs of digits may be two years: « emploi_1217 » beside « emploi_1722 ».

    A ladder of ages starts from 0, ends with « 65P », or goes through years that no figure is of yet: beyond the
    year of their file, where it is stated.

    Examples
    --------
    >>> paired_years(["emploi_1217", "emploi_1722"]), paired_years(["pop_0014", "pop_1529", "pop_3044"])
    (['emploi_1217', 'emploi_1722'], [])
    >>> paired_years(["pop_6875", "pop_7582"]), paired_years(["pop_6579", "pop_8089"]), paired_years(["pop_1524"])
    (['pop_6875', 'pop_7582'], [], [])
    """
    series: dict[str, dict[str, tuple[str, str]]] = {}
    open_ended = {_OPEN.sub("####", fold(name)) for name in names}
    for name in names:
        pairs, shape = _TWO.findall(fold(name)), _TWO.sub("####", fold(name))
        if len(pairs) == 1 and shape not in open_ended:
            series.setdefault(shape, {})[name] = pairs[0]
    return [name for group in series.values() if _are_spans(group.values(), year) for name in group]


def are_steps(names: Sequence[str]) -> bool:
    """Say whether spans of names follow each other from an open one on: ages of buildings, not years of figures.

    Examples
    --------
    >>> are_steps(["Avant 1919", "1919-1945", "1946-1970"]), are_steps(["2010-2014", "2015-2019"])
    (True, False)
    """
    spans = sorted(ends for name in names for ends in _SPAN.findall(fold(name)))
    followed = all(int(end) + 1 == int(start) for (_, end), (start, _) in pairwise(spans))
    return len(spans) > 1 and followed and any(_OPENING.search(fold(name)) for name in names)


def relative_columns(names: Sequence[str], own: Collection[str] = ()) -> list[str]:
    """Return the columns of a year said after another: « Aidés N-1 »; of all months up to one: « Cumul mars »."""
    relatives, gathered = signs().relatives, signs().gathered
    plain = [(name, fold(name)) for name in names]
    return [
        name
        for name, text in plain
        if gathered.fullmatch(text) or (name not in own and relatives.fullmatch(text))
    ]


def _are_spans(pairs: Collection[tuple[str, str]], year: str) -> bool:
    """Say whether pairs of digits may all be a year and a later one: they follow each other, or are all past."""
    starts, ends = zip(*pairs, strict=True)
    halves = {int(digits) for digits in (*starts, *ends)}
    beyond = year and max(map(_full, ends)) > int(year)
    if len(pairs) == 1 or halves & set(AGES) or beyond:
        return False
    past = max(halves) < AGES.start and "00" not in starts
    return all(_full(start) < _full(end) for start, end in pairs) and bool(
        past or set(starts) & set(ends)
    )


def _full(digits: str) -> int:
    """Return the year of two digits: « 99 » comes before « 06 »."""
    return int(digits) + (1900 if int(digits) >= _FIRST_YEAR % 100 else 2000)
