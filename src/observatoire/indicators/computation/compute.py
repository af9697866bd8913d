"""Compute indicators on a zoning: from its own figures where there are, by passage elsewhere."""

from __future__ import annotations

import math
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.indicators.computation.explanations import (
    ABOVE_WHOLE,
    Explainer,
    SourceNote,
    exceeds,
)
from observatoire.indicators.computation.passage_figures import carried_cells
from observatoire.indicators.computation.predictions import with_part_predictions, with_sized_rates
from observatoire.indicators.computation.table import (
    CELL_COLUMNS,
    DIRECT,
    PUBLISHED,
    Asked,
    Cell,
    Cells,
    Place,
    least_count,
    least_counts,
)
from observatoire.values import PREDICTION_COLUMNS, Record, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from observatoire.indicators.computation.figures import Figures, Found, Total
    from observatoire.indicators.definitions.catalogue import Indicator

#: A value and its bounds where there are none.
_NO_NUMBER = (math.nan, math.nan, math.nan)


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
    rows: list[Record] = []
    reached = {code for route in place.routes for code in route.parts}
    nowhere = dict.fromkeys(place.names.keys() - reached, place.unreached)
    for one in asked:
        giving = given.get(one.period, set())
        label = explainer.label(one.indicator, giving)
        threshold = explainer.threshold(one.indicator, one.period)
        why = {status: explainer.hole(one, status, giving) for status in _HOLLOW}
        for code, name in place.names.items():
            key = (one.key, code)
            cell = found.get(key, Cell())
            if cell.status in (Status.MISSING, Status.BOUNDED):
                cell = published.get(key, cell)
            cell = _completed(cell)
            about = {
                "territory": code,
                "name": name,
                "indicator": one.indicator.code,
                "period": one.period,
                "status": str(cell.status),
                "source": cell.source or label,
                "zoning": place.zoning,
                "reason": cell.reason or nowhere.get(code) or why.get(cell.status, ""),
                "threshold": threshold,
            }
            rows.append(cell._asdict() | about)
    return rows


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


#: What has no figure at all, and must say why.
_HOLLOW = (Status.SECRET, Status.MISSING)


def _giving(figures: Mapping[str, Figures], place: Place) -> dict[str, set[str]]:
    """Return by period the sources whose figures may reach a place: of the others, nothing there is said."""
    given: dict[str, set[str]] = {}
    for zoning in {place.zoning, *(route.source for route in place.routes)} & set(figures):
        for source, _, period in figures[zoning].columns:
            given.setdefault(period, set()).add(source)
    return given


def table_of(cells: Sequence[Record]) -> pd.DataFrame:
    """Return computed cells as a table, columns ``CELL_COLUMNS``."""
    given = zip(*map(itemgetter(*CELL_COLUMNS), cells), strict=True) if cells else repeat(())
    columns: dict[str, Any] = dict(zip(CELL_COLUMNS, map(list, given), strict=False))
    for name in ("value", "low", "high", "coverage", "count", "threshold", *PREDICTION_COLUMNS):
        columns[name] = np.array(columns[name], dtype=float)
    return pd.DataFrame(columns)


def _completed(cell: Cell) -> Cell:
    """Give an exact figure its own value as bounds."""
    lacks = math.isnan(cell.low) or math.isnan(cell.high)
    if lacks and cell.status in (Status.OBSERVED, Status.AGGREGATED):
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
        keys, base, _ = found
        noted, lacking = figures.noted(keys), figures.lacking([*keys, *base])
        label = explainer.label(indicator, {source for source, *_ in (*keys, *base)})
        given = (_ratios if base else _sums)(figures, found, indicator)
        for code, (value, low, high, status, why, least) in given:
            cells[one.key, code] = Cell(
                value,
                low,
                high,
                status,
                1.0,
                why or lacking[code],
                " ; ".join(noted[code]),
                least,
                label,
                DIRECT,
            )
    return cells


#: A value and its bounds, its status, why it has none, and the least count behind it.
_Given = tuple[float, float, float, Status, str, float]

#: Statuses by their names: an enumeration is ten times as long to ask.
_STATUSES = {str(status): status for status in Status}


def _sums(figures: Figures, found: Found, indicator: Indicator) -> Iterator[tuple[str, _Given]]:
    """Yield what producers' own figures amount to, by territory."""
    keys, _, worst = found
    sums = figures.sums(keys)
    leasts = np.full(len(sums[0]), math.nan) if indicator.variable else least_counts(*sums)
    columns = (each.tolist() for each in (*(indicator.factor * each for each in sums), leasts))
    for code, value, low, high, least in zip(figures.territories, *columns, strict=True):
        if code in worst:
            status = _STATUSES[worst[code]]
            yield (
                code,
                (value if status is Status.OBSERVED else math.nan, low, high, status, "", least),
            )


def _ratios(figures: Figures, found: Found, indicator: Indicator) -> Iterator[tuple[str, _Given]]:
    """Yield the ratios of producers' own figures, by territory."""
    keys, base, worst = found
    top, whole = figures.totals(keys), figures.totals(base)
    for code, status in worst.items():
        yield code, _ratio(indicator, _STATUSES[status], top[code], whole[code])


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
            cells[one.key, code] = Cell(
                total.value,
                status=Status.OBSERVED,
                coverage=1.0,
                method=" ; ".join(figures.noted([key])[code]),
                source=explainer.source_label(source),
                origin=PUBLISHED,
            )
    return cells


def _ratio(indicator: Indicator, status: Status, top: Total, base: Total) -> _Given:
    """Return what two counts tell of their ratio; its bounds hold whatever the true counts."""
    factor, exact = indicator.factor, status is Status.OBSERVED
    rest = (base.value - top.value,) if indicator.unit == "%" else ()
    least = least_count(*top, *base, *rest)
    if exact and indicator.unit == "%" and exceeds(top.value, base.value):
        return *_NO_NUMBER, Status.MISSING, ABOVE_WHOLE, least
    if status is Status.SECRET:
        return *_NO_NUMBER, status, "", least
    if exact and base.value == 0:
        return *_NO_NUMBER, Status.NOT_APPLICABLE, "Le dénominateur est nul.", least
    most = 1.0 if indicator.unit == "%" else math.nan
    high = min(top.high / base.low, most) if base.low > 0 else most
    low = top.low / base.high if base.high > 0 else 0.0
    if not exact and math.isnan(high):
        why = "Le dénominateur peut être nul : le taux n’a pas de borne."
        return *_NO_NUMBER, Status.MISSING, why, least
    value = top.value / base.value if exact else math.nan
    return factor * value, factor * low, factor * high, status, "", least
