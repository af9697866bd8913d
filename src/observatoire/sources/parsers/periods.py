"""Periods that a name or a title says among other words: « T1 2016 », « au 31/12/2016 », « 2015 (p) »."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from observatoire.sources.parsers.vocabulary import signs
from observatoire.values import is_period

if TYPE_CHECKING:
    import pandas as pd

MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip

#: What stands between the two years of a class: « construits de 1971 à 1990 ».
_UNTIL = re.compile(r"\s*(?:a|et|au|-|–|/)\s*")

#: From a year to another.
_PAIR = 2

#: No period alone is so long: what is longer is a text.
_LONGEST = 100

#: A shortened month has three letters at least.
_SHORTEST = 3

# From 2050 on, digits are ages (P15_POP2064), not a year.
_YEAR, _BETWEEN = "(?:19[0-9]|20[0-4])[0-9]", "[-_/ ]*"
_RANK = "(?:er|ere|re|eme|e|nde|nd|d|°)?"

#: Ranks in letters: « premier trimestre ».
ORDINALS = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4}

#: What starts, before a period, an interval that it ends.
_STARTED = re.compile(
    r"(?<![a-z0-9/.])(?:(?P<day>[0-3]?[0-9][/.][01]?[0-9])|(?P<first>1er )?(?P<month>[a-z]{3,9})\.?"
    r"|(?P<part>[ts][1-4])(?=\s*(?:[-–/]|au?\b|et\b)))"
    r"\s*(?:-|–|/|au?|et|jusqu['’](?:a|en|au))?\s*(?:(?:le|la|fin|en) )*$"
)
FIRST_DAY = "01/01"

#: What is written right after a period and says how sure its figures are, or calls a note.
_AFTER = re.compile(r"\s?(\((?:[0-9]|[a-z*][a-z .*]{0,14})\)|(?:p|r|sd)(?![a-z0-9])|\*{1,3}|[¹²³])")
_NOTE = re.compile(r"\([0-9]\)")

#: Words that lead to a period, and tell nothing without it.
_LEADING = re.compile(
    r"(?:(?:^|(?<=[\s_(–—-]))(?:au|en|de|du|le|à|fin|pour)[\s_]+)+$", re.IGNORECASE
)


class PeriodMention(NamedTuple):
    """A period that a text says: where it stands, whether by its day, and what follows it."""

    period: str
    start: int
    end: int
    day: bool = False
    call: str = ""


def shortened(word: str) -> int:
    """Return the rank of the month that a word is, or shortens; 0 for another word.

    Examples
    --------
    >>> shortened("fevr"), shortened("mars"), shortened("jui"), shortened("ma")
    (2, 3, 0, 0)
    """
    ranks = [rank for rank, name in enumerate(MONTHS, 1) if name.startswith(word)]
    return ranks[0] if len(ranks) == 1 and len(word) >= _SHORTEST else 0


@cache
def _pattern(*, short: bool, loose: bool) -> re.Pattern[str]:
    """Return what periods look like.

    ``short`` reads « T1 2016 » too, which may be a size of flats; ``loose`` what a column of periods
    alone may hold: « Q1 2016 », « 1/2016 ».
    """
    words = {name[:most] for name in MONTHS for most in range(_SHORTEST, len(name) + 1)}
    names = sorted((word for word in words if shortened(word)), key=len, reverse=True)
    month = f"(?<![a-z])(?P<w>{'|'.join(names)})(?![a-z])"
    part, full = r"(?P<k>trim|sem)(?:estre)?(?![a-z])\.?", r"(?P<k>trimestre|semestre|trim\.?)"
    quarter, number = ("tq", "0?[1-9]|1[0-2]") if loose else ("t", "0[1-9]|1[0-2]")
    day = "(?<![0-9])(?P<d>[0-3]?[0-9])"
    forms = [
        rf"(?P<y>{_YEAR})[-_/](?P<m>0[1-9]|1[0-2])[-_/](?P<d>[0-3][0-9])(?![0-9])",
        rf"{day}[-_/.](?P<m>0?[1-9]|1[0-2])[-_/.](?P<y>{_YEAR})",
        rf"{day}(?:er)?\s+{month}\.?\s+(?P<y>{_YEAR})",
        rf"(?<![0-9])(?P<n>[1-4])\s?{_RANK}\s?{part}\s*(?:de\s+|d['’]\s?)?{_BETWEEN}(?P<y>{_YEAR})",
        rf"(?<![a-z])(?P<o>{'|'.join(ORDINALS)})\s{part}\s*(?:de\s+|d['’]\s?)?{_BETWEEN}(?P<y>{_YEAR})",
        rf"(?P<y>{_YEAR})[-_/, –:]*(?P<o>{'|'.join(ORDINALS)})\s{part}",
        rf"(?<![a-z]){full}\s?(?P<n>[1-4])(?![0-9]){_BETWEEN}(?P<y>{_YEAR})",
        rf"(?P<y>{_YEAR})[-_/, –:]*(?P<n>[1-4])\s?{_RANK}\s?{part}",
        rf"(?P<y>{_YEAR})[-_/, –:]*{full}\s?(?P<n>[1-4])(?![0-9])",
        rf"(?P<y>{_YEAR})[-_ ]?(?P<s>[{quarter}s])(?P<n>[1-4])(?![a-z0-9])",
        rf"{month}[-_. ]*(?:de\s+)?(?P<y>{_YEAR})",
        rf"(?P<y>{_YEAR})[-_, ]+{month}",
        rf"{month}\.?-(?P<yy>[0-4][0-9])(?![0-9])",
        rf"(?<![a-z0-9/])(?P<m>{number})[-/](?P<y>{_YEAR})",
        rf"(?P<y>{_YEAR})[-_/](?P<m>0[1-9]|1[0-2])(?![0-9])",
    ]
    if short:
        forms.append(rf"(?<![a-z0-9])(?P<s>[{quarter}s])(?P<n>[1-4]){_BETWEEN}(?P<y>{_YEAR})")
        forms.append(rf"(?<![a-z0-9])(?P<n>[1-4])\s?(?P<s>[ts]){_BETWEEN}(?P<y>{_YEAR})")
    forms.append(f"(?P<y>{_YEAR})")
    return re.compile("|".join(_numbered(form, at) for at, form in enumerate(forms)))


def _numbered(form: str, at: int) -> str:
    """Give the groups of a form names of its own: a year is led and followed by no digit."""
    guarded = form.replace(f"(?P<y>{_YEAR})", f"(?<![0-9])(?P<y>{_YEAR})(?![0-9])")
    return re.sub(r"\(\?P<([a-z]+)>", rf"(?P<\g<1>{at}>", guarded)


def _flat(text: str) -> str:
    """Reduce a text to small letters without accents, each where it stood."""
    letters = [unicodedata.normalize("NFD", char.lower())[:1] or char for char in text]
    return "".join(" " if char.isspace() else char for char in letters)


def period_mentions(text: str, *, short: bool = True, loose: bool = False) -> list[PeriodMention]:
    """Return the periods that a text says, in their order.

    Parameters
    ----------
    text : str
        A name of column, a title, the name of a file.
    short, loose : bool
        See :func:`_pattern`.

    Examples
    --------
    >>> [one.period for one in period_mentions("Aidés au 1er trimestre 2016, puis en mars 2017 (p)")]
    ['2016-T1', '2017-03']
    >>> period_mentions("Construits avant 1990"), period_mentions("Nés en 2000")
    ([], [])
    >>> period_mentions("2015 (p)")[0].call, period_mentions("31/12/2016")[0].day
    ('provisoire', True)
    """
    flat = _flat(unicodedata.normalize("NFC", text))
    found: list[PeriodMention] = []
    last = -1  # where a year that is no period ended
    for match in _pattern(short=short, loose=loose).finditer(flat):
        until = last >= 0 and _UNTIL.fullmatch(flat, last, match.start())
        if until or signs().no_periods.search(flat[: match.start()]):
            last = match.end()
            continue
        groups = {
            name.rstrip("0123456789"): part for name, part in match.groupdict().items() if part
        }
        period = _written(groups)
        call, end = _called(flat, match.end())
        found.append(PeriodMention(period, match.start(), end, "d" in groups, call))
    return found


def _written(groups: dict[str, str]) -> str:
    """Write a period as the library does; a part that no year has is left out."""
    year = groups.get("y") or f"20{groups['yy']}"
    part = (groups.get("k") or groups.get("s") or "").replace("q", "t")[:1].upper()
    month = shortened(groups.get("w", "")) or int(groups.get("m", "0"))
    rank = groups.get("n") or ORDINALS.get(groups.get("o", ""), "")
    period = f"{year}-{part}{rank}" if part else f"{year}-{month:02d}" if month else year
    return period if is_period(period) else year


def _called(flat: str, end: int) -> tuple[str, int]:
    """Return what a mark after a period says, and where it ends."""
    after = _AFTER.match(flat, end)
    if after is None:
        return "", end
    call = "appel de note" if _NOTE.fullmatch(after[1]) else signs().call(after[1])
    return call, after.end() if call else end


def interval_start(text: str) -> str:
    """Return the month or the day that a text ends with, from which a period that follows is counted.

    Examples
    --------
    >>> [interval_start(text) for text in ("Janvier-", "Du 01/04 au ", "Du 1er janvier au ", "Fin ")]
    ['janvier', '01/04', '01/01', '']
    """
    found = _STARTED.search(_flat(text.replace("_", " ")))
    if found is None or not (found["part"] or found["day"] or shortened(found["month"])):
        return ""
    if found["day"] in ("1/1", "01.01") or (found["first"] and found["month"] == "janvier"):
        return FIRST_DAY
    return found["day"] or found["part"] or found["month"]


def is_dated(text: str) -> bool:
    """Say whether a text is a period, or from one to another, and nothing else.

    Examples
    --------
    >>> [is_dated(text) for text in ("2016", "01-2016", "2016-T1", "31.12.2016", "12.5", "Aidés 2016")]
    [True, True, True, True, False, False]
    >>> is_dated("2014-2015"), is_dated("2014 2015 2016")
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    left = unicodedata.normalize("NFC", text)
    found = period_mentions(left)
    for mention in reversed(found):
        left = left[: mention.start] + left[mention.end :]
    return 0 < len(found) <= _PAIR and not left.strip(" -–/")


def without_period(name: str, *, short: bool = True) -> str:
    """Return a name without the period it holds, nor what stood around it.

    Examples
    --------
    >>> without_period("Allocataires (2014)"), without_period("pop_2013"), without_period("2014")
    ('Allocataires', 'pop', '')
    >>> without_period("2019-01-31"), without_period("Aidés au 31/12/2016"), without_period("2015 (p)")
    ('', 'Aidés', '')
    """
    name = unicodedata.normalize("NFC", name)
    found = period_mentions(name, short=short)
    if not found:
        return name.strip()
    before = _LEADING.sub("", name[: found[0].start])
    stem = re.sub(r"\(\s*\)|\[\s*\]", "", before + name[found[0].end :])
    stem = " ".join(stem.strip(" _-–—,;:/").split())
    return "" if signs().is_period(stem) else stem


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
    known = {cell: _read_one(cell, form) for cell in text.unique()}
    return text.map(known).astype("str")


def _read_one(text: str, form: str) -> str:
    if not form:
        year = text.removesuffix(".0")
        return year if is_period(year) else period_in_words(text)
    if form == "yy":
        digits = text.removesuffix(".0").zfill(2)
        return year_of(digits) if re.fullmatch("[0-9]{2}", digits) else text
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    period = f"{found['y'] or found['y2']}-{int(found['m'] or found['m2']):02d}"
    return period if is_period(period) else text


def period_in_words(text: str) -> str:
    """Read « T1 2014 », « 1er trimestre 2014 », « janvier 2014 »; anything else is left as it is."""
    stripped = text.strip()
    found = period_mentions(stripped, loose=True)
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(stripped))
    return found[0].period if whole and not found[0].day and not found[0].call else text


def year_of(digits: str) -> str:
    """Write in full a year stated by its last two digits.

    Examples
    --------
    >>> year_of("16"), year_of("99")
    ('2016', '1999')
    """
    return f"20{digits}" if int(digits) <= _PIVOT else f"19{digits}"


#: How a date is written, as messages say it.
DATE_FORMS = "2009, 2009-12, 2009-12-31 ou 31/12/2009"

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00)?")
_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_date(text: str) -> str:
    """Return a date as a period or as ``AAAA-MM-JJ``; an empty text when it is none.

    Examples
    --------
    >>> [read_date(text) for text in ("2009", "31/12/2009", "2009-12-31", "31/02/2009", "bientôt")]
    ['2009', '2009-12-31', '2009-12-31', '', '']
    """
    if is_period(text):
        return text
    if found := _ISO.fullmatch(text):
        parts = [int(part) for part in found.groups()]
    elif found := _FRENCH.fullmatch(text):
        parts = [int(part) for part in reversed(found.groups())]
    else:
        return ""
    try:
        return dt.date(*parts).isoformat()
    except ValueError:
        return ""


def last_day(text: str) -> str:
    """Return the last day of a date or a period, as texts that sort.

    Examples
    --------
    >>> last_day("2007"), last_day("2009-12"), last_day("2011-T2"), last_day("2007-2009")
    ('2007-12-31', '2009-12-31', '2011-06-31', '2009-12-31')
    """
    year, _, rest = text.partition("-")
    if not rest:
        return f"{year}-12-31"
    if len(rest) == len("2009") and rest.isdigit():
        return f"{rest}-12-31"
    if rest[0] in "TS":
        months = 3 if rest[0] == "T" else 6
        return f"{year}-{int(rest[1]) * months:02d}-31"
    return text if rest.count("-") else f"{text}-31"
