"""Read the period a file is about: a column of years or dates, a name that holds a year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from observatoire.sources.parsers.periods import (
    PeriodMention,
    of_its_year,
    parts_of_year,
    period_mentions,
    without_period,
)
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.values import Nature

if TYPE_CHECKING:
    from observatoire.sources.inference.table_finder import Found


@dataclass(frozen=True)
class TablePeriods:
    """When the figures of a table are of, and where that is stated.

    ``file`` is what a ``source.toml`` would say of it. ``stems`` are the names of the columns that
    tell their own period, without it; ``called`` what follows it (« provisoire »). ``spanning`` is a
    column of several years among others, whose period nobody tells.
    """

    file: dict[str, object]
    stems: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    spanning: str = ""


def dated(found: Found, names: list[str], period_column: str) -> TablePeriods:
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
        return TablePeriods({"period_column": period_column})
    places = (found.table.path.stem, found.table.member, found.titles)
    # « T1 2016 » is a quarter, unless the table is one of flats.
    short = not any(map(signs().flats.search, (*places, *map(str, found.table.frame.columns))))
    mentions = {
        name: mention
        for name in names
        if (mention := _single_period(name, short=short)) is not None
    }
    around = next((when for text in places if (when := of_its_year(text, short=short))), "")
    own = {name: mention.period for name, mention in mentions.items()} or parts_of_year(
        names, around
    )
    years = sorted(set(own.values()))
    if len(years) == 1 and all(mention.day for mention in mentions.values()):
        years = [years[0][:4]]  # as a title would tell it
    spanning = next((name for name in names if _spans(name) and (own or _is_mean(name))), "")
    apart = bool(around) and years != [around] and len(own) < len(names)
    if len(years) > 1 or (years and apart):
        span = "-".join(dict.fromkeys((years[0][:4], years[-1][:4])))
        stems = {
            name: without_period(name, short=short) if name in mentions else "" for name in own
        }
        called = {name: mention.call for name, mention in mentions.items() if mention.call}
        return TablePeriods({"period": around or span, "periods": own}, stems, called, spanning)
    called = {name: mention.call for name, mention in mentions.items() if mention.call}
    return TablePeriods({"period": years[0] if years else around}, called=called, spanning=spanning)


def _single_period(name: str, *, short: bool) -> PeriodMention | None:
    """Return the one period that a name tells, None when it tells none or several."""
    found = period_mentions(name, short=short)
    return found[0] if len({mention.period for mention in found}) == 1 else None


def _spans(name: str) -> bool:
    """Say whether a name is of several years: « 2014-2015 », « Moyenne 2014-2015 »."""
    if len({mention.period for mention in period_mentions(name)}) < 2:  # noqa: PLR2004 - two years
        return False
    words = re.findall(r"[^\W\d_]{3,}", fold(name))
    return not words or any(map(signs().spans.fullmatch, words))


def _is_mean(name: str) -> bool:
    return signs().nature(name) is Nature.MEAN
