"""Which dates of a federation compare: those that every member that has both says may be joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.exchange.publication.series import read_series_words
from observatoire.panels.drawings.bearings import Course
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def federation_course(
    code: str, periods: Sequence[str], observed: pd.DataFrame, definitions: pd.DataFrame
) -> Course:
    """Say which dates of an indicator compare, from what each member declares of its own.

    Parameters
    ----------
    periods : sequence of str
        Its dates on a zoning, in order.
    observed : DataFrame
        The answer of ``inventory.sql`` on that zoning.
    """
    own = observed[observed["indicateur"] == code]
    dates = {str(who): set(rows["periode"]) for who, rows in own.groupby("observatoire")}
    said = {
        row["observatoire"]: read_series_words(row)
        for row in records(definitions[definitions["indicateur"] == code])
        if row["observatoire"] in dates
    }
    joined, broken = [], {}
    last = periods[0] if periods else ""
    for after in periods[1:]:
        reasons = [breaks[after] for _, breaks in said.values() if after in breaks]
        holding = [who for who, known in dates.items() if {last, after} <= known]
        if reasons:
            broken[after], last = reasons[0], after
        elif holding and all(_reaches(said[who][0], last, after) for who in holding):
            joined.append((last, after))
            last = after
        elif not any(last in dict(pairs) for pairs, _ in said.values()):
            last = after  # nothing leads on from there
    return Course(tuple(periods), tuple(joined), broken, judged=False)


def _reaches(joined: set[tuple[str, str]], start: str, end: str) -> bool:
    """Say whether dates that follow each other lead from one to another."""
    steps, at = dict(joined), start
    for _ in range(len(steps)):
        at = steps.get(at, "")
        if at == end:
            return True
    return False
