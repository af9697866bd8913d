"""Measure the way made: gap to the comparator at two dates, and whether it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.table import by_spot
from observatoire.values import Nature, Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.catalogue import Indicator

EVALUATION_COLUMNS = (
    "territory",
    "name",
    "indicator",
    "start",
    "end",
    "value_start",
    "value_end",
    "change",
    "gap_start",
    "gap_end",
    "convergence",
    "reason",
)

#: What may be said of a gap between two dates.
CLOSING, PARALLEL, WIDENING, UNKNOWN = "rattrapage", "parallèle", "décrochage", "indéterminé"

_COMPARED = (Nature.RATE, Nature.MEDIAN, Nature.MEAN, Nature.INDEX)
_POINT = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))


def evaluate_frames(
    start: pd.DataFrame,
    end: pd.DataFrame,
    comparator: Mapping[str, tuple[str, str]],
    indicators: Mapping[str, Indicator],
    zoning: str,
) -> pd.DataFrame:
    """Compare two dates, territory by territory.

    Parameters
    ----------
    start, end : DataFrame
        Tidy tables of the two periods, comparators included.
    comparator : mapping
        (zoning, territory) each territory is compared with.
    indicators : mapping
        Definitions.
    zoning : str
        The zoning evaluated.

    Returns
    -------
    DataFrame
        Columns :data:`EVALUATION_COLUMNS`. Gaps are value minus comparator, in the indicator's
        unit. ``convergence`` is *rattrapage* when the gap's size shrinks, *décrochage* when it
        grows, *parallèle* when it is the same at the decimals shown, *indéterminé* when a figure
        lacks, or is only bounded: the reason says which.
    """
    first, last = by_spot(start), by_spot(end)
    rows = []
    mine = end[end["zoning"] == zoning]
    for row in records(mine):
        code, territory = str(row["indicator"]), str(row["territory"])
        if indicators[code].nature not in _COMPARED:
            continue
        beside = comparator.get(territory)
        keys = [(zoning, territory, code), (*beside, code) if beside else None]
        figures = [(table.get(key) if key else None) for key in keys for table in (first, last)]
        rows.append(_compared(row, figures, indicators[code], start, end))
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))


def _compared(
    row: Record,
    figures: list[Record | None],
    indicator: Indicator,
    start: pd.DataFrame,
    end: pd.DataFrame,
) -> tuple[object, ...]:
    values = [_point(figure) for figure in figures]
    mine_start, mine_end, their_start, their_end = values
    gap_start, gap_end = mine_start - their_start, mine_end - their_end
    verdict, reason = _verdict(gap_start, gap_end, indicator), ""
    if verdict == UNKNOWN:
        reason = _lacking(figures, str(start["period"].iloc[0]), str(end["period"].iloc[0]))
    return (
        row["territory"],
        row["name"],
        indicator.code,
        str(start["period"].iloc[0]),
        str(end["period"].iloc[0]),
        mine_start,
        mine_end,
        mine_end - mine_start,
        gap_start,
        gap_end,
        verdict,
        reason,
    )


def _point(figure: Record | None) -> float:
    if figure is None or figure["status"] not in _POINT:
        return float("nan")
    return float(str(figure["value"]))


def _verdict(gap_start: float, gap_end: float, indicator: Indicator) -> str:
    if np.isnan(gap_start) or np.isnan(gap_end):
        return UNKNOWN
    moved = round(abs(gap_end) - abs(gap_start), indicator.decimals)
    if moved == 0:
        return PARALLEL
    return CLOSING if moved < 0 else WIDENING


def _lacking(figures: list[Record | None], start: str, end: str) -> str:
    places = (
        f"le quartier en {start}",
        f"le quartier en {end}",
        f"le comparateur en {start}",
        f"le comparateur en {end}",
    )
    lost = [
        place for figure, place in zip(figures, places, strict=True) if np.isnan(_point(figure))
    ]
    return f"Pas de chiffre exact pour {', '.join(lost)}."
