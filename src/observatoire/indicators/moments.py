"""The figures of each objective at the moments of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.evaluating import figure_of
from observatoire.indicators.periods import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.indicators.objectives import Evidence, Objective

MOMENT_COLUMNS = ("code", "moment", "period", "value", "low", "high", "status")

#: The three moments of an evaluation, and what comes once its due date is past.
START, YEARLY, CYCLE, AFTER = "départ", "fin d’année", "fin de cycle", "après l’échéance"


def moments(objectives: Sequence[Objective], evidence: Evidence, end: str) -> pd.DataFrame:
    """Return the figures of each objective at the three moments: start, end of year, end of cycle.

    Returns
    -------
    DataFrame
        One row an objective and period that has a figure, columns :data:`MOMENT_COLUMNS`.
    """
    rows = []
    for one in objectives:
        held = within(evidence.periods.get(one.indicator, ()), one.start or "0", end)
        told = [
            (period, figure)
            for period in held
            if (figure := evidence.figure(one.zoning, one.territory, one.indicator, period))
            and figure_of(figure).told
        ]
        before_due = [period for period, _ in told if period[:4] <= one.due[:4]]
        for period, figure in told:
            late = period == before_due[-1] if before_due else False
            closed = late and period[:4] == one.due[:4]
            over = period[:4] > one.due[:4]
            moment = START if period == one.start else CYCLE if closed else YEARLY
            moment = AFTER if over else moment
            numbers = (figure["value"], figure["low"], figure["high"], figure["status"])
            rows.append((one.code, moment, period, *numbers))
    return pd.DataFrame(rows, columns=list(MOMENT_COLUMNS))
