"""Quarters, half-years and months said apart from their year: in a title, a column or its name."""

from __future__ import annotations

import re

import pandas as pd

from observatoire.sources.parsers.periods import (
    MONTHS,
    period_in_words,
    period_mentions,
    shortened,
)
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.values import is_period

#: No month is so long: what is longer is a text.
_LONGEST = 100


def is_month(text: str) -> bool:
    """Say whether a text is the name of a month, or a quarter of no year.

    Examples
    --------
    >>> [is_month(text) for text in ("janv", "Février", "T1", "2e trimestre", "Dillon")]
    [True, True, True, True, False]
    """
    plain = "".join(char for char in fold(text[:_LONGEST]) if char.isalnum() or char == " ").strip()
    return bool(shortened(plain)) or bool(
        re.fullmatch(r"[ts][1-4]|[1-4](er|e|eme)? ?trim.*", plain)
    )


#: A part of a year that a title says under a year said elsewhere: « T1 », « au 31 mars ».
_PART = re.compile(
    r"(?<![a-z0-9])(?:[ts] ?[1-4]|(?:premier|deuxieme|second|troisieme|quatrieme) (?:trim|sem)estre"
    r"|[1-4] ?(?:er|ere|eme|e|nde?)? (?:trim(?:estre)?\.?|semestre)"
    r"|(?:trim|sem)estre [1-4]"
    r"|(?:au|en|fin|mois de|mois d['’]) (?:[0-3]?[0-9](?:er)? )?[a-z]{3,9}"
    r"|^[a-z]{3,9}$|(?<=[,:–—-] )[a-z]{3,9}$)(?![a-z0-9])"
)


def part_period(text: str, year: str, *, short: bool = True) -> str:
    """Return the part of a year said elsewhere that a title says, or an empty text.

    Examples
    --------
    >>> part_period("Demandeurs d’emploi, T1", "2011"), part_period("Demandeurs au 30 juin", "2011")
    ('2011-T1', '2011-06')
    >>> part_period("DEFM, catégorie A, décembre", "2011")
    '2011-12'
    >>> part_period("Aides en nature", "2011"), part_period("Mise à jour au 30 juin", "2011")
    ('', '')
    """
    plain = fold(text)
    if signs().mention(text):
        return ""
    found = set()
    for part in _PART.finditer(plain):
        written = re.sub(r"^(?:au|en|fin|mois d[e'’]) ?", "", part[0])
        mentions = period_mentions(f"{written} {year}", short=short)
        whole = len(mentions) == 1 and mentions[0].start == 0
        if whole and mentions[0].period != year:
            found.add(mentions[0].period)
    return found.pop() if len(found) == 1 else ""


def _part_of(name: str, year: str) -> str:
    """Return the month or quarter of a year that a name says in words: « T1 » may be a flat."""
    period = period_in_words(f"{name} {year}") if re.search(r"[^\W\d_]{3}", name) else ""
    return period if is_period(period) else ""


#: A month or a quarter in words, at the end of the name of a column: « defm fin mars », « aidés_juin ».
_ENDED = re.compile(
    rf"(?P<stem>.*?[^\s_(,-])[\s_(,-]+(?:(?:a|en|au|fin|mois de|mois d['’]|de|d['’])[\s_]*)*"
    rf"(?P<part>(?:[0-3]?[0-9](?:er)? )?(?:{'|'.join(MONTHS)})"
    r"|[1-4] ?(?:er|eme|e) trim(?:estre)?|trimestre [1-4])\)?"
)


def parts_of_year(names: list[str], year: str) -> dict[str, tuple[str, str]]:
    """Return the period and the stem of the columns named after months or quarters, or ending so, in a known year.

    Examples
    --------
    >>> parts_of_year(["janv.", "Février", "Total"], "2022"), parts_of_year(["T1", "T2"], "2022")
    ({'janv.': ('2022-01', ''), 'Février': ('2022-02', '')}, {})
    >>> parts_of_year(["defm fin mars", "Aidés au 30 juin", "Aide en nature"], "2022")
    {'defm fin mars': ('2022-03', 'defm'), 'Aidés au 30 juin': ('2022-06', 'Aidés')}
    """
    names = [name for name in names if not signs().gathered.fullmatch(fold(name))]
    if not re.fullmatch("[0-9]{4}", year):
        return {}
    alone = {name: (period, "") for name in names if (period := _part_of(name, year))}
    found = alone if len(alone) > 1 else {}
    for name in names:
        text = " ".join(name.split())
        ended = _ENDED.fullmatch(fold(text))
        if ended is None or len(fold(text)) != len(text):
            continue
        mentions = period_mentions(f"{ended['part']} {year}")
        period = mentions[0].period if mentions else ""
        if period not in ("", year):
            found[name] = period, text[: ended.end("stem")]
    return found


#: A quarter, a half-year or a size, at the end of the name of a column: « T1 », « defm_s2 ».
_BARE = re.compile(r"(?:.*[\s_-])?([ts])([1-4])")


def is_bare_part(name: str) -> bool:
    """Say whether the name of a column ends with a quarter, a half-year or a size, and no year."""
    return _BARE.fullmatch(fold(name.strip())) is not None


def bare_parts(names: list[str]) -> list[str]:
    """Return the columns that may be of a quarter or of a half-year, or of a size, which nothing says.

    Examples
    --------
    >>> bare_parts(["defm T1", "defm T2", "Total"]), bare_parts(["T1", "Total"]), bare_parts(["T1", "T5"])
    (['defm T1', 'defm T2'], [], [])
    >>> bare_parts(["Aides T2"])
    ['Aides T2']
    """
    found = {name: parts for name in names if (parts := _BARE.fullmatch(fold(name.strip())))}
    letters = [parts[1] for parts in found.values()]
    # What is counted, and one quarter: the year of the file would be said of it.
    lone = {name for name in found if len(found) == 1 and " " in name.strip()}
    return [name for name, parts in found.items() if letters.count(parts[1]) > 1 or name in lone]


def with_parts(years: pd.Series, parts: pd.Series, name: str) -> pd.Series:
    """Return the periods that years and the parts beside them say; what is none is left as written.

    Parameters
    ----------
    years : Series of str
        The year of each row, or already a part of it.
    parts : Series of str
        Its quarter, half-year or month, by its rank or in words.
    name : str
        The name of that column, which says what a rank is of.

    Examples
    --------
    >>> import pandas as pd
    >>> years = pd.Series(["2011"] * 3)
    >>> with_parts(years, pd.Series(["1", "T2", "5"]), "trimestre").to_list()
    ['2011-T1', '2011-T2', '2011 5']
    >>> with_parts(years, pd.Series(["3", "mars", "2011-04"]), "mois").to_list()
    ['2011-03', '2011-03', '2011-04']
    """
    pairs = list(zip(years, parts.str.strip(), strict=True))
    known = {pair: _with_part(*pair, name) for pair in dict.fromkeys(pairs)}
    return pd.Series([known[pair] for pair in pairs], index=years.index, dtype="str")


def _with_part(year: str, part: str, name: str) -> str:
    rank, plain = part.removesuffix(".0"), fold(name)
    letter = "T" if re.search("trim|quarter", plain) else "S" if "sem" in plain else ""
    if re.fullmatch("0?[0-9]|1[0-2]", rank):
        whole = f"{year[:4]}-{letter}{int(rank)}" if letter else f"{year[:4]}-{int(rank):02d}"
    else:
        whole = rank if rank.startswith(f"{year[:4]}-") else period_in_words(f"{rank} {year[:4]}")
    if not is_period(whole) or whole == year[:4]:
        return f"{year} {part}".strip()
    apart = len(whole) == len(year) and whole != year  # « 2011-T1 » beside « trimestre 2 »
    return f"{year} {part}" if apart else whole if whole.startswith(year) else year


def finest(*names: str) -> str:
    """Return the column that tells the least part of a year: a month before a quarter.

    Examples
    --------
    >>> finest("", "trimestre"), finest("trimestre", "Mois"), finest("num_mois", "semestre")
    ('trimestre', 'Mois', 'num_mois')
    """
    kinds = ("mois|month", "trim|quarter", "sem")
    ranks = {
        name: next((rank for rank, kind in enumerate(kinds) if re.search(kind, fold(name))), 9)
        for name in names
    }
    return min(ranks, key=lambda name: ranks[name])


def are_parts(name: str, cells: pd.Series) -> bool:
    """Say whether a column tells parts of a year, by its name and by what it holds.

    Examples
    --------
    >>> import pandas as pd
    >>> are_parts("mois", pd.Series(["3", "4"])), are_parts("mois", pd.Series(["vu"]))
    (True, False)
    """
    if not signs().is_part(name):
        return False
    texts = pd.Series(cells.unique(), dtype="str")
    years = texts.str.extract("^([0-9]{4})-", expand=False).fillna("2000")
    return bool(with_parts(years, texts, name).map(is_period).any())
