"""Which variables add up to a published one, as the catalogue says: what a check compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.warehouse.checking import TOTAL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatoire.indicators.catalogue import Indicator


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
        Columns ``published_source``, ``published_variable``, ``period``, ``part_source`` and
        ``part_variable``: one row a part.
    """
    return pd.DataFrame(
        [
            (*indicator.published, period, source, variable)
            for indicator in catalogue
            if indicator.published[0]
            and indicator.numerator
            and not indicator.denominator
            and indicator.scale == 1
            for period in sorted(set(periods))
            for source in indicator.sources
            for variable in indicator.at(indicator.numerator, period)
        ],
        columns=list(TOTAL_COLUMNS),
        dtype="str",
    )
