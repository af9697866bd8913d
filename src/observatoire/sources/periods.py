"""Read the period a file is about: a column of years or dates, a name that holds a year."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from observatoire.values import is_period

if TYPE_CHECKING:
    import pandas as pd

#: Two digits up to this one are of this century.
_PIVOT = 50

_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[01][0-9])-[0-3][0-9].*|[0-3]?[0-9]/(?P<m2>[01]?[0-9])/(?P<y2>[0-9]{4})"
)
# From 2050 on, digits are ages (P15_POP2064), not a year.
_IN_NAME = re.compile(
    r"(?<![0-9])((?:19[0-9]|20[0-4])[0-9])(?:[-_ ]?(T[1-4]|S[12])"
    r"|[-_](0[1-9]|1[0-2])(?:-[0-3][0-9])?(?![0-9]))?(?![0-9])",
    re.IGNORECASE,
)


def read_periods(raw: pd.Series, form: str = "") -> pd.Series:
    """Return the periods of a column; what is none is left as written.

    Parameters
    ----------
    raw : Series of str
        The cells.
    form : str
        ``"yy"`` for the last two digits of a year, ``"date"`` for the date of a day.

    Examples
    --------
    >>> import pandas as pd
    >>> read_periods(pd.Series(["2016", "2016.0"])).to_list()
    ['2016', '2016']
    >>> read_periods(pd.Series(["T1 2014", "1er semestre 2014", "2e trim. 2014", "Février 2014"])).to_list()
    ['2014-T1', '2014-S1', '2014-T2', '2014-02']
    >>> read_periods(pd.Series(["16", "98"]), "yy").to_list()
    ['2016', '1998']
    >>> read_periods(pd.Series(["31/12/2020", "2020-12-31"]), "date").to_list()
    ['2020-12', '2020-12']
    """
    text = raw.str.strip()
    known = {one: _read_one(one, form) for one in text.unique()}
    return text.map(known).astype("str")


def _read_one(text: str, form: str) -> str:
    if not form:
        year = text.removesuffix(".0")
        return year if is_period(year) else _in_words(text)
    if form == "yy":
        digits = text.removesuffix(".0").zfill(2)
        return year_of(digits) if re.fullmatch("[0-9]{2}", digits) else text
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    told = f"{found['y'] or found['y2']}-{int(found['m'] or found['m2']):02d}"
    return told if is_period(told) else text


_PART = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})[-_ /]*(?:[tq](?P<t>[1-4])|s(?P<s>[12])|m?(?P<m>0[1-9]|1[0-2]))"
    r"|(?:t(?P<t2>[1-4])|s(?P<s2>[12])|(?P<m2>0?[1-9]|1[0-2])(?=[-_/]))[-_ /]*(?P<y2>(?:19|20)[0-9]{2})"
    r"|(?P<n>[1-4])(?:er|re|e|eme|nd|d)? (?P<k>trim(?:estre|\.)?|sem(?:estre|\.)?)(?: de)? "
    r"(?P<y3>(?:19|20)[0-9]{2})"
)
_MONTH = re.compile(r"([a-z]+)\.? ((?:19|20)[0-9]{2})")
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip


def _in_words(text: str) -> str:
    """Read « T1 2014 », « 1er trimestre 2014 », « janvier 2014 »; anything else is left as it is."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    plain = " ".join("".join(one for one in flat if not unicodedata.combining(one)).split())
    month = _MONTH.fullmatch(plain)
    if month is not None:
        ranks = [rank for rank, name in enumerate(_MONTHS, 1) if name.startswith(month[1])]
        return f"{month[2]}-{ranks[0]:02d}" if len(ranks) == 1 and len(month[1]) > 2 else text  # noqa: PLR2004 - « jan »
    found = _PART.fullmatch(plain)
    if found is None:
        return text
    year = found["y"] or found["y2"] or found["y3"]
    if found["n"]:
        told = f"{year}-{found['k'][0].upper()}{found['n']}"
    elif part := found["t"] or found["t2"]:
        told = f"{year}-T{part}"
    elif part := found["s"] or found["s2"]:
        told = f"{year}-S{part}"
    else:
        told = f"{year}-{int(found['m'] or found['m2']):02d}"
    return told if is_period(told) else text


#: Any year makes a month of « janv. ».
_ANY_YEAR = "2000"


def _part_of(name: str, year: str) -> str:
    """Return the month or quarter of a year that a name says in words: « T1 » may be a flat."""
    told = _in_words(f"{name} {year}") if re.search(r"[^\W\d_]{3}", name) else ""
    return told if is_period(told) else ""


def parts_of_year(names: list[str], year: str) -> dict[str, str]:
    """Return the period of the columns named after months or quarters alone, in a known year.

    Examples
    --------
    >>> parts_of_year(["janv.", "Février", "Total"], "2022"), parts_of_year(["T1", "T2"], "2022")
    ({'janv.': '2022-01', 'Février': '2022-02'}, {})
    """
    if not re.fullmatch("[0-9]{4}", year):
        return {}
    found = {name: told for name in names if (told := _part_of(name, year))}
    return found if len(found) > 1 else {}


def without_period(name: str) -> str:
    """Return a name without the period it holds, nor what stood around it.

    Examples
    --------
    >>> without_period("Allocataires (2014)"), without_period("pop_2013"), without_period("2014")
    ('Allocataires', 'pop', '')
    >>> without_period("2019-01-31"), without_period("janv.")
    ('', '')
    """
    if _part_of(name, _ANY_YEAR):
        return ""
    bare = _IN_NAME.sub("", name, count=1)
    bare = re.sub(r"\(\s*\)|\[\s*\]", "", bare)
    return " ".join(bare.strip(" _-–—,;:/").split())


def year_of(digits: str) -> str:
    """Write in full a year told by its last two digits.

    Examples
    --------
    >>> year_of("16"), year_of("99")
    ('2016', '1999')
    """
    return f"20{digits}" if int(digits) <= _PIVOT else f"19{digits}"


def period_in(text: str) -> str:
    """Return the one period that a name or a title holds, or an empty text.

    Examples
    --------
    >>> period_in("allocataires-2016.csv"), period_in("defm_2011_T2"), period_in("2012 à 2014")
    ('2016', '2011-T2', '')
    """
    found = {
        match[1] + (f"-{(match[2] or match[3]).upper()}" if match[2] or match[3] else "")
        for match in _IN_NAME.finditer(text)
    }
    return found.pop() if len(found) == 1 else ""
