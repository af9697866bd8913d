"""Compute indicators on a zoning: from its own figures where there are, by passage elsewhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.computation.explanations import (
    ABOVE_WHOLE,
    Explainer,
    SourceNote,
    exceeds,
)
from observatoire.indicators.computation.part_predictions import with_part_predictions
from observatoire.indicators.computation.passage_figures import carried_cells
from observatoire.indicators.computation.sized_rates import with_sized_rates
from observatoire.indicators.computation.table import (
    CELL_COLUMNS,
    DIRECT,
    PUBLISHED,
    Cell,
    Cells,
    least_count,
)
from observatoire.values import PREDICTION_COLUMNS, Record, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.figures import Figures, Total
    from observatoire.indicators.computation.table import Asked, Place
    from observatoire.indicators.definitions.catalogue import Indicator


_NAN = float("nan")


def compute(
    asked: Sequence[Asked],
    figures: Mapping[str, Figures],
    place: Place,
    sources: Mapping[str, SourceNote],
) -> list[Record]:
    """Compute indicators on every territory of a zoning.

    Parameters
    ----------
    place : Place
        The zoning, and the passages to it.

    Returns
    -------
    list of Record
        One an indicator and territory, in the orders given, keys ``CELL_COLUMNS``; a territory that
        nothing tells about is ``missing``, with the reason. :func:`table_of` makes a table of them.
    """
    explainer = Explainer(sources)
    found = _best(asked, figures, place, explainer)
    published = _published(asked, figures.get(place.zoning), explainer)
    given = _giving(figures, place)
    rows = []
    for one in asked:
        label = explainer.label(one.indicator, given)
        threshold = explainer.threshold(one.indicator, one.period)
        for code, name in place.names.items():
            key = (one.indicator.code, code)
            cell = found.get(key, Cell())
            if cell.status in (Status.MISSING, Status.BOUNDED):
                cell = published.get(key, cell)
            cell = _completed(cell)
            if not cell.reason:
                why = explainer.hole(one.indicator, cell.status, one.period, one.periods, given)
                cell = cell._replace(reason=why)
            rows.append((code, name, one, cell, label, threshold))
    return [_record(*row, place.zoning) for row in rows]


def _best(
    asked: Sequence[Asked], figures: Mapping[str, Figures], place: Place, explainer: Explainer
) -> Cells:
    """Return the figures given there, else those of the first route that brings one, else why none does."""
    found: Cells = {}
    holes: Cells = {}
    if place.zoning in figures:
        found.update(_direct(asked, figures[place.zoning], explainer))
    for rank, route in enumerate(place.routes):
        if route.source not in figures:
            continue
        given = figures[route.source]
        brought = carried_cells(asked, given, route, explainer)
        brought = with_sized_rates(brought, asked, given, route, explainer.sources)
        brought = with_part_predictions(brought, asked, given, route)
        for key, cell in brought.items():
            kept = holes if cell.status is Status.MISSING else found
            if key not in kept:
                kept[key] = cell._replace(origin=str(rank))
    return holes | found


def _giving(figures: Mapping[str, Figures], place: Place) -> set[str]:
    """Return the sources whose figures may reach a place: of the others, nothing there is said."""
    reached = {place.zoning, *(route.source for route in place.routes)} & set(figures)
    return {key[0] for zoning in reached for key in figures[zoning].columns}


def _record(
    code: str, name: str, asked: Asked, cell: Cell, label: str, threshold: float, zoning: str
) -> Record:
    return {
        **cell._asdict(),
        "territory": code,
        "name": name,
        "indicator": asked.indicator.code,
        "period": asked.period,
        "status": str(cell.status),
        "source": cell.source or label,
        "zoning": zoning,
        "threshold": threshold,
    }


def table_of(cells: Sequence[Record]) -> pd.DataFrame:
    """Return computed cells as a table, columns ``CELL_COLUMNS``."""
    frame = pd.DataFrame(
        {name: [cell[name] for cell in cells] for name in CELL_COLUMNS}, columns=list(CELL_COLUMNS)
    )
    numbers = ["value", "low", "high", "coverage", "count", "threshold", *PREDICTION_COLUMNS]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _completed(cell: Cell) -> Cell:
    """Give an exact figure its own value as bounds."""
    if cell.status in (Status.OBSERVED, Status.AGGREGATED):
        low = cell.value if math.isnan(cell.low) else cell.low
        high = cell.value if math.isnan(cell.high) else cell.high
        return cell._replace(low=low, high=high)
    return cell


def _direct(asked: Sequence[Asked], figures: Figures, explainer: Explainer) -> Cells:
    """Return the figures given for these very territories."""
    cells: Cells = {}
    for one in asked:
        indicator = one.indicator
        found = figures.found(indicator, one.period)
        if found is None:
            continue
        keys, base, worst = found
        top, total = figures.totals(keys), figures.totals(base)
        noted, lacking = figures.noted(keys), figures.lacking([*keys, *base])
        label = explainer.label(indicator, {source for source, *_ in (*keys, *base)})
        for code, status in worst.items():
            whole = total[code] if base else None
            cell = _direct_cell(indicator, Status(status), top[code], whole)
            why, note = cell.reason or lacking[code], " ; ".join(noted[code])
            cell = cell._replace(coverage=1.0, method=note, reason=why, origin=DIRECT, source=label)
            cells[indicator.code, code] = cell
    return cells


def _published(asked: Sequence[Asked], figures: Figures | None, explainer: Explainer) -> Cells:
    """Return what is published of the same thing for these territories, for want of figures."""
    cells: Cells = {}
    for one in asked:
        source, variable = one.indicator.published
        key = (source, variable, one.period)
        if figures is None or key not in figures.columns:
            continue
        for code, total in figures.totals([key]).items():
            if math.isnan(total.value):
                continue
            notes = " ; ".join(figures.notes(code, [key]))
            cells[one.indicator.code, code] = Cell(
                total.value,
                status=Status.OBSERVED,
                coverage=1.0,
                method=notes,
                source=explainer.source_label(source),
                origin=PUBLISHED,
            )
    return {key: _completed(cell) for key, cell in cells.items()}


def _direct_cell(indicator: Indicator, status: Status, top: Total, base: Total | None) -> Cell:
    """Return what a producer's own figures tell; bounds of a ratio hold whatever the true counts."""
    factor, exact = indicator.factor, status is Status.OBSERVED
    if base is None:
        least = _NAN if indicator.variable else least_count(*top)
        value, low, high = (factor * number for number in top)
        return Cell(value if exact else _NAN, low, high, status, count=least)
    rest = (base.value - top.value,) if indicator.unit == "%" else ()
    least = least_count(*top, *base, *rest)
    if exact and indicator.unit == "%" and exceeds(top.value, base.value):
        return Cell(reason=ABOVE_WHOLE, count=least)
    if status is Status.SECRET:
        return Cell(status=status, count=least)
    if exact and base.value == 0:
        return Cell(status=Status.NOT_APPLICABLE, count=least, reason="Le dénominateur est nul.")
    most = 1.0 if indicator.unit == "%" else _NAN
    high = min(top.high / base.low, most) if base.low > 0 else most
    low = top.low / base.high if base.high > 0 else 0.0
    if not exact and math.isnan(high):
        return Cell(reason="Le dénominateur peut être nul : le taux n’a pas de borne.", count=least)
    value = top.value / base.value if exact else _NAN
    return Cell(factor * value, factor * low, factor * high, status, count=least)
