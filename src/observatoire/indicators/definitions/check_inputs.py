"""What the catalogue and the series tell the checks: sums, shares, and where a column is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words
from observatoire.indicators.definitions.series import SeriesBook, fits
from observatoire.warehouse.checks.runner import (
    BREAK_COLUMNS,
    IDENTITY_COLUMNS,
    SHARE_COLUMNS,
    TOTAL_COLUMNS,
    CheckInputs,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.sources.families.family import Family


Names = tuple[str, ...]

#: How many columns of a sum a sentence names.
_NAMED = 3


def check_inputs(
    catalogue: Iterable[Indicator],
    book: SeriesBook,
    periods: Collection[str],
    variables: Collection[tuple[str, str]],
    families: Iterable[Family] = (),
) -> CheckInputs:
    """Return all that the checks must know, and that figures do not say of themselves.

    Parameters
    ----------
    catalogue : iterable of Indicator
        Which says what adds up, and what is a part of what.
    families : iterable of Family
        The families of files known, which say what adds up on a row.
    """
    indicators = tuple(catalogue)
    return CheckInputs(
        published_totals(indicators, periods),
        shares(indicators, periods),
        breaks(indicators, book, periods, variables),
        identities(families),
    )


def published_totals(catalogue: Iterable[Indicator], periods: Iterable[str]) -> pd.DataFrame:
    """Return the sums that published figures should equal.

    Parameters
    ----------
    catalogue : iterable of Indicator
        An indicator that is a plain sum of counts, and has a ``published`` variable, says one.
    periods : iterable of str
        For which periods to write the names of the variables.

    Returns
    -------
    DataFrame
        Columns ``TOTAL_COLUMNS``: one row a part.
    """
    return _frame(
        (
            (*indicator.published, period, source, variable)
            for indicator, period in _dated(catalogue, periods)
            if indicator.published[0]
            and indicator.numerator
            and not indicator.denominator
            and indicator.scale == 1
            for source in indicator.sources
            for variable in indicator.at(indicator.numerator, period)
        ),
        TOTAL_COLUMNS,
    )


def shares(catalogue: Iterable[Indicator], periods: Iterable[str]) -> pd.DataFrame:
    """Return the sums of counts that are a part of another: nothing may exceed its whole.

    Parameters
    ----------
    catalogue : iterable of Indicator
        A share in % of two sums says one; a ratio (so many for a thousand, one age to another) none.
    periods : iterable of str
        For which periods to write the names of the variables.

    Returns
    -------
    DataFrame
        Columns ``SHARE_COLUMNS``: one row a variable of either sum and a source that may hold it.
        Two indicators made of the same two sums give one share.
    """
    found: dict[tuple[str, Names, Names, Names], str] = {}
    for indicator, period in _dated(catalogue, periods):
        if indicator.denominator and indicator.unit == "%":
            part, whole = (
                indicator.at(names, period)
                for names in (indicator.numerator, indicator.denominator)
            )
            found.setdefault((period, indicator.sources, part, whole), indicator.label)
    return _frame(
        (
            (str(at), label, period, side, listed, str(len(names)), name, source, str(rank))
            for at, ((period, sources, part, whole), label) in enumerate(found.items())
            for side, names in (("part", part), ("whole", whole))
            for listed in [enumerate_words(list(names), most=_NAMED)]
            for name in names
            for rank, source in enumerate(sources)
        ),
        SHARE_COLUMNS,
    )


def breaks(
    catalogue: Iterable[Indicator],
    book: SeriesBook,
    periods: Iterable[str],
    variables: Iterable[tuple[str, str]],
) -> pd.DataFrame:
    """Return from which period each column tells something else than before.

    Parameters
    ----------
    catalogue, book, periods, variables
        See :func:`check_inputs`. A break of ``series.toml`` says so of what it is about; a series
        made of other columns from one span to the next, of those columns.

    Returns
    -------
    DataFrame
        Columns ``BREAK_COLUMNS``; ``at`` is empty where no two periods are alike.
    """
    users: dict[tuple[str, str], set[str]] = {}
    for indicator, period in _dated(catalogue, periods):
        for variable in indicator.variables(period):
            for source in indicator.sources:
                users.setdefault((source, variable), set()).add(indicator.code)
    turns = [turn for series in book.series.values() for turn in series.turns]
    return _frame(
        {
            (source, variable, at)
            for source, variable in variables
            for at in (
                *(
                    one.at
                    for one in book.breaks
                    if one.touches(source, variable, users.get((source, variable), ()))
                ),
                *(at for at, names in turns if fits(names, (variable,))),
            )
        },
        BREAK_COLUMNS,
    )


def identities(families: Iterable[Family]) -> pd.DataFrame:
    """Return which columns of a row add up to which other one.

    Parameters
    ----------
    families : iterable of Family
        Those of the library and of the workspace.

    Returns
    -------
    DataFrame
        Columns ``IDENTITY_COLUMNS``: one row a part. A sum that two families say counts once.
    """
    declared = {(one.whole, one.parts) for family in families for one in family.identities}
    return _frame(
        (
            (str(at), whole, part)
            for at, (whole, parts) in enumerate(sorted(declared))
            for part in parts
        ),
        IDENTITY_COLUMNS,
    )


def _dated(
    catalogue: Iterable[Indicator], periods: Iterable[str]
) -> Iterator[tuple[Indicator, str]]:
    """Go through the definitions, as they are in each period."""
    dates = sorted(set(periods))
    for indicator in catalogue:
        for period in dates:
            yield indicator.of(period), period


def _frame(rows: Iterable[tuple[str, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(sorted(rows), columns=list(columns), dtype="str")
