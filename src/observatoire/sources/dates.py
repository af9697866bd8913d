"""Read dates as French partners write them."""

from __future__ import annotations

import datetime as dt
import re

from observatoire.values import is_period

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
