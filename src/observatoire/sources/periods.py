"""Read the period a file is about: a column of years or dates, a name that holds a year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from observatoire.sources.dating import Told, of_its_year, periods_told, without_period
from observatoire.sources.signs import fold, signs
from observatoire.values import Nature, is_period

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.sources.detecting import Found

#: Two digits up to this one are of this century.
_PIVOT = 50

_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[01][0-9])-[0-3][0-9].*|[0-3]?[0-9]/(?P<m2>[01]?[0-9])/(?P<y2>[0-9]{4})"
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


def _in_words(text: str) -> str:
    """Read « T1 2014 », « 1er trimestre 2014 », « janvier 2014 »; anything else is left as it is."""
    bare = text.strip()
    found = periods_told(bare, loose=True)
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(bare))
    return found[0].period if whole and not found[0].day and not found[0].call else text


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


@dataclass(frozen=True)
class Dated:
    """When the figures of a table are of, and where that is told.

    ``file`` is what a ``source.toml`` would say of it. ``stems`` are the names of the columns that
    tell their own period, without it; ``called`` what follows it (« provisoire »). ``spanning`` is a
    column of several years among others, whose period nobody tells.
    """

    file: dict[str, object]
    stems: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    spanning: str = ""


def dated(found: Found, names: list[str], period_column: str) -> Dated:
    """Return when the figures of a table are of: a column, the names of columns, the titles, the file's name.

    Parameters
    ----------
    found : Found
        The table.
    names : list of str
        Its columns of figures.
    period_column : str
        The column that tells the period of each row; empty when none does.
    """
    if period_column:
        return Dated({"period_column": period_column})
    places = (found.table.path.stem, found.table.member, found.titles)
    # « T1 2016 » is a quarter, unless the table is one of flats.
    short = not any(map(signs().flats.search, (*places, *map(str, found.table.frame.columns))))
    told = {name: one for name in names if (one := _lone(name, short=short)) is not None}
    around = next((when for text in places if (when := of_its_year(text, short=short))), "")
    own = {name: one.period for name, one in told.items()} or parts_of_year(names, around)
    years = sorted(set(own.values()))
    if len(years) == 1 and all(one.day for one in told.values()):
        years = [years[0][:4]]  # as a title would tell it
    spanning = next((name for name in names if _spans(name) and (own or _is_mean(name))), "")
    apart = bool(around) and years != [around] and len(own) < len(names)
    if len(years) > 1 or (years and apart):
        span = "-".join(dict.fromkeys((years[0][:4], years[-1][:4])))
        stems = {name: without_period(name, short=short) if name in told else "" for name in own}
        called = {name: one.call for name, one in told.items() if one.call}
        return Dated({"period": around or span, "periods": own}, stems, called, spanning)
    called = {name: one.call for name, one in told.items() if one.call}
    return Dated({"period": years[0] if years else around}, called=called, spanning=spanning)


def _lone(name: str, *, short: bool) -> Told | None:
    """Return the one period that a name tells, None when it tells none or several."""
    found = periods_told(name, short=short)
    return found[0] if len({one.period for one in found}) == 1 else None


def _spans(name: str) -> bool:
    """Say whether a name is of several years: « 2014-2015 », « Moyenne 2014-2015 »."""
    if len({one.period for one in periods_told(name)}) < 2:  # noqa: PLR2004 - two years
        return False
    words = re.findall(r"[^\W\d_]{3,}", fold(name))
    return not words or any(map(signs().spans.fullmatch, words))


def _is_mean(name: str) -> bool:
    return signs().nature(name) is Nature.MEAN


def year_of(digits: str) -> str:
    """Write in full a year told by its last two digits.

    Examples
    --------
    >>> year_of("16"), year_of("99")
    ('2016', '1999')
    """
    return f"20{digits}" if int(digits) <= _PIVOT else f"19{digits}"
