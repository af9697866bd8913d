"""Tables whose rows say what they measure: which column says it, and which ones hold the figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from observatoire.sources.inference.table_periods import dated_rows
from observatoire.sources.parsers.vocabulary import signs
from observatoire.values import Nature

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found
    from observatoire.sources.inference.table_periods import TablePeriods


#: So many variables at the most are named by a column: beyond, it names something else.
_VARIABLES = 300


def long_roles(
    found: Found,
    placed: pd.DataFrame,
    kept: dict[str, pd.Series],
    measured: list[str],
    when: TablePeriods,
) -> dict[str, str]:
    """Return what is stated of a table whose rows say what they measure: the column, and the figure's.

    Parameters
    ----------
    found : Found
        The table.
    mine : DataFrame
        Its rows of known territories.
    kept : dict of str to Series
        The filled cells of the columns that say neither where nor when.
    measured : list of str
        Those among them that hold figures.
    when : TablePeriods
        What is stated of the file's period, or of those of its columns.

    Returns
    -------
    dict of str to str
        ``layout``, ``variable_column`` and ``value_column``; without the latter, each period has its
        own column. Nothing of a table of one variable a column.
    """
    dated = dated_columns(measured, when)
    if len(measured) != 1 and not dated:
        return {}
    keys = _keys(found, when)
    again = bool(placed.duplicated(keys).any())
    words = [name for name in kept if name not in measured]
    alone = any(not placed.duplicated([*keys, name]).any() for name in words)
    for name in sorted(
        words, key=lambda name: (not signs().is_variable(name), name.casefold().startswith("code"))
    ):
        distinct = placed[name].nunique()
        # Under a name that can say nothing else, a row said twice is a fault, reported as one.
        sure = signs().is_indicator(name) and not (distinct == 1 and alone)
        twice = not sure and placed.duplicated([*keys, name]).any()
        if not 1 < distinct + signs().is_indicator(name) <= _VARIABLES or twice:
            continue  # a single indicator is one when its column can name nothing else
        if signs().is_indicator(name) or (again and not _scattered(placed, name)):
            value = {} if dated else {"value_column": measured[0]}
            return {"layout": "long", "variable_column": name, **value}
    return {}


def _keys(found: Found, when: TablePeriods) -> list[str]:
    """Return the columns that say where and when each row is."""
    times = (str(when.file.get(key, "")) for key in ("period_column", "part_column"))
    return [*found.spec.role_columns, *filter(None, times)]


def dimensions(
    found: Found,
    placed: pd.DataFrame,
    words: list[str],
    figures: int,
    long: dict[str, str],
    when: TablePeriods,
) -> tuple[str, ...]:
    """Return the columns that tell apart the rows of one territory and period, when no one does alone."""
    keys = _keys(found, when)
    one = [*keys, *filter(None, [long.get("variable_column", "")])]
    if not placed.duplicated(one).any():
        return ()
    several = tuple(
        name
        for name in words
        if not _scattered(placed, name) and placed.groupby(keys)[name].nunique().gt(1).any()
    )
    # A row said twice whatever its words is a fault, and so is a residence a row.
    lone = not several or (len(several) == 1 and figures == 1)
    return () if lone or placed.duplicated([*keys, *several]).any() else several


def _scattered(placed: pd.DataFrame, name: str) -> bool:
    """Say whether a column names another thing on each row: a street, a residence."""
    return not signs().is_variable(name) and 2 * placed[name].nunique() > len(placed)


def dated_columns(measured: list[str], when: TablePeriods) -> list[str]:
    """Return the columns of figures when they differ by their period only; changes are left out.

    Examples
    --------
    >>> from observatoire.sources.inference.table_periods import TablePeriods
    >>> periods = {"Valeur 2014": "2014", "Valeur 2015": "2015"}
    >>> when = TablePeriods({"periods": periods}, dict.fromkeys(periods, "Valeur"))
    >>> dated_columns(["Valeur 2014", "Valeur 2015", "Évolution"], when)
    ['Valeur 2014', 'Valeur 2015']
    >>> dated_columns(["Valeur 2014", "Valeur 2015", "Logements"], when)
    []
    """
    own = when.file.get("periods")
    stated = own if isinstance(own, dict) else {}
    periods = {
        name: period for name, period in stated.items() if not re.search("-[0-9]{4}", period)
    }
    dated = [name for name in measured if name in periods]
    alike = len(dated) > 1 and len({when.stems[name] for name in dated}) == 1
    others = {signs().nature(name) for name in measured if name not in periods}
    distinct = len({periods[name] for name in dated}) == len(dated)
    return dated if alike and distinct and others <= {Nature.INDEX} else []


def column_of_periods(plan: SourceDraft, found: Found, asked: str) -> str:
    """Return the column of the rows' periods, empty when the year that is asked holds their one month or day."""
    column = str(plan.file.get("period_column", ""))
    rows = set(dated_rows(found, column)) if column and asked else set()
    if len(rows) != 1 or max(rows) == asked or not max(rows).startswith(asked):
        return column
    plan.labels += [column]
    del plan.file["period_column"], plan.file["period_form"]
    return ""
