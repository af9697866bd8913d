"""Compute indicators on a zoning: from its own figures where there are, by passage elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.explaining import Explainer, SourceNote
from observatoire.indicators.table import CELL_COLUMNS
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.indicators.figures import Figures
    from observatoire.indicators.roads import Road

_NAN = float("nan")


@dataclass(frozen=True)
class Cell:
    """One computed figure and what goes with it."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    status: Status = Status.MISSING
    coverage: float = 0.0
    reason: str = ""
    method: str = ""
    count: float = _NAN


@dataclass(frozen=True)
class Asked:
    """One indicator in one period."""

    indicator: Indicator
    period: str
    periods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a table is computed: a zoning, its territories, and the roads that lead to it."""

    zoning: str
    names: Mapping[str, str]
    roads: Sequence[Road]


Cells = dict[tuple[str, str], Cell]


def compute(
    asked: Sequence[Asked],
    figures: Mapping[str, Figures],
    place: Place,
    sources: Mapping[str, SourceNote],
) -> pd.DataFrame:
    """Compute indicators on every territory of a zoning.

    Parameters
    ----------
    asked : sequence of Asked
        Indicators and periods.
    figures : mapping
        Figures by zoning.
    place : Place
        The zoning, and the passages to it.
    sources : mapping of str to SourceNote
        What to print of each source.

    Returns
    -------
    DataFrame
        One row an indicator and territory, in the orders given, columns ``CELL_COLUMNS``; a
        territory that nothing tells about is ``missing``, with the reason.
    """
    explainer = Explainer(sources)
    found: Cells = {}
    holes: Cells = {}
    if place.zoning in figures:
        found.update(_direct(asked, figures[place.zoning]))
    for road in place.roads:
        if road.source not in figures:
            continue
        for key, cell in _carried(asked, figures[road.source], road, explainer).items():
            kept = holes if cell.status is Status.MISSING else found
            kept.setdefault(key, cell)
    rows = []
    for one in asked:
        label, threshold = explainer.label(one.indicator), explainer.threshold(one.indicator)
        for code, name in place.names.items():
            key = (one.indicator.code, code)
            cell = found.get(key) or holes.get(key) or Cell()
            cell = _completed(
                cell, explainer.hole(one.indicator, cell.status, one.period, one.periods)
            )
            rows.append((code, name, one, cell, label, threshold))
    return _frame(rows, place.zoning)


def _frame(rows: list[tuple[str, str, Asked, Cell, str, float]], zoning: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            (
                code,
                name,
                one.indicator.code,
                one.period,
                cell.value,
                cell.low,
                cell.high,
                str(cell.status),
                cell.coverage,
                label,
                zoning,
                cell.reason,
                cell.method,
                cell.count,
                threshold,
            )
            for code, name, one, cell, label, threshold in rows
        ],
        columns=list(CELL_COLUMNS),
    )
    numbers = ["value", "low", "high", "coverage", "count", "threshold"]
    return frame.astype(dict.fromkeys(numbers, np.float64))


def _completed(cell: Cell, reason: str) -> Cell:
    """Give an exact figure its own value as bounds, and a hole its reason."""
    if cell.status in (Status.OBSERVED, Status.AGGREGATED):
        low = cell.value if math.isnan(cell.low) else cell.low
        high = cell.value if math.isnan(cell.high) else cell.high
        return replace(cell, low=low, high=high)
    return cell if cell.reason else replace(cell, reason=reason)


def _direct(asked: Sequence[Asked], figures: Figures) -> Cells:
    """Return the figures given for these very territories."""
    cells: Cells = {}
    for one in asked:
        indicator = one.indicator
        names = (indicator.variable,) if indicator.variable else indicator.numerator
        keys = figures.keys(indicator, names, one.period)
        base = figures.keys(indicator, indicator.denominator, one.period)
        if keys is None or base is None:
            continue
        worst = figures.worst([*keys, *base])
        top = figures.total(keys, worst)
        total = figures.total(base, worst) if base else pd.Series(1.0, index=top.index)
        low = figures.low[keys].sum(axis=1, skipna=False)
        high = figures.high[keys].sum(axis=1, skipna=False)
        for code, status in worst.items():
            notes = figures.notes(code, keys)
            cells[indicator.code, code] = _direct_cell(
                indicator,
                Status(status),
                (float(top[code]), float(total[code])),
                (float(low[code]), float(high[code])),
                " ; ".join(notes),
            )
    return cells


def _direct_cell(
    indicator: Indicator,
    status: Status,
    counts: tuple[float, float],
    bounds: tuple[float, float],
    note: str,
) -> Cell:
    top, base = counts
    factor = indicator.factor
    counted = _NAN if indicator.variable else top
    if status is Status.OBSERVED and base == 0:
        return Cell(
            status=Status.NOT_APPLICABLE,
            coverage=1.0,
            method=note,
            count=counted,
            reason="Le dénominateur est nul.",
        )
    value = factor * top / base if status is Status.OBSERVED else _NAN
    return Cell(value, factor * bounds[0], factor * bounds[1], status, 1.0, "", note, counted)


def _carried(asked: Sequence[Asked], figures: Figures, road: Road, explainer: Explainer) -> Cells:
    """Return the figures that a passage brings, all indicators of a kind in one product."""
    codes = list(road.passage.sources)
    counts: dict[str, pd.Series] = {}
    bases: dict[str, pd.Series] = {}
    rates: dict[str, pd.Series] = {}
    others: dict[str, pd.Series] = {}
    hidden: dict[str, set[str]] = {}
    for one in asked:
        indicator = one.indicator
        names = (indicator.variable,) if indicator.variable else indicator.numerator
        keys = figures.keys(indicator, names, one.period)
        base = figures.keys(indicator, indicator.denominator, one.period)
        if keys is None or base is None:
            continue
        worst = figures.worst([*keys, *base])
        hidden[indicator.code] = {c for c, status in worst.items() if status == Status.SECRET}
        total = figures.total(keys, codes)
        if not indicator.variable:
            counts[indicator.code] = total
            if base:
                bases[indicator.code] = figures.total(base, codes)
        else:
            kind = rates if indicator.nature.passable else others
            kind[indicator.code] = total
    by_code = {one.indicator.code: one.indicator for one in asked}
    cells = _apply(road, counts, bases, rates, by_code)
    for code, values in others.items():
        cells.update(_stand_in(by_code[code], values, road))
    return {
        key: explainer.carried(by_code[key[0]], key[1], cell, road, hidden[key[0]])
        for key, cell in cells.items()
    }


def _apply(
    road: Road,
    counts: Mapping[str, pd.Series],
    bases: Mapping[str, pd.Series],
    rates: Mapping[str, pd.Series],
    by_code: Mapping[str, Indicator],
) -> Cells:
    cells: Cells = {}
    if counts:
        cells = _cells(road.passage.apply(pd.DataFrame(counts), nature=Nature.COUNT))
    told = {key: cell.value for key, cell in cells.items()}
    for share in (True, False):
        chosen = [code for code in bases if (by_code[code].unit == "%") == share]
        if chosen:
            top = pd.DataFrame({code: counts[code] for code in chosen})
            base = pd.DataFrame({code: bases[code] for code in chosen})
            ratios = _cells(road.passage.apply_ratio(top, base, share=share))
            cells.update(_context_rates(ratios, top, base, road))
    if rates:
        cells.update(_cells(road.passage.apply(pd.DataFrame(rates), nature=Nature.RATE)))
    return {
        key: _scaled(cell, by_code[key[0]].factor, told.get(key, _NAN))
        for key, cell in cells.items()
    }


def _cells(table: pd.DataFrame) -> Cells:
    return {
        (str(row["variable"]), str(row["target"])): Cell(
            row["value"],
            row["low"],
            row["high"],
            Status(row["status"]),
            row["coverage"],
            row["reason"],
        )
        for row in records(table)
    }


def _scaled(cell: Cell, factor: float, count: float) -> Cell:
    return replace(
        cell, value=cell.value * factor, low=cell.low * factor, high=cell.high * factor, count=count
    )


def _context_rates(cells: Cells, top: pd.DataFrame, base: pd.DataFrame, road: Road) -> Cells:
    """Show, for a part of a single source, the rate of that source: the only one there is."""
    shown = dict(cells)
    rates = (top / base.where(base > 0)).astype(np.float64)
    for code in rates.columns:
        of_source = dict(zip(rates.index, rates[code].to_numpy(), strict=True))
        for target, source in road.enclosing.items():
            rate = float(of_source[source])
            if not math.isnan(rate):
                coverage = cells[str(code), target].coverage
                shown[str(code), target] = Cell(rate, status=Status.CONTEXT, coverage=coverage)
    return shown


def _stand_in(indicator: Indicator, values: pd.Series, road: Road) -> Cells:
    """Show a median, a mean or an index where a single source stands for the territory."""
    cells: Cells = {}
    for target, parts in road.parts.items():
        whole = road.whole_alone.get(target)
        source = whole or road.enclosing.get(target)
        coverage = float(road.passage.coverage.get(target, 0.0))
        cell = Cell(coverage=coverage)
        if source is None and parts:
            word = _PASS_WORD[indicator.nature]
            cell = replace(
                cell,
                reason=f"{word} ne se déduit pas de celles des parties ({len(parts)} réunies).",
            )
        elif source is not None and not np.isnan(values.get(source, _NAN)):
            status = Status.OBSERVED if whole else Status.CONTEXT
            value = float(values[source]) * indicator.factor
            cell = Cell(value, status=status, coverage=coverage)
        cells[indicator.code, target] = cell
    return cells


_PASS_WORD = {
    Nature.MEDIAN: "Une médiane",
    Nature.MEAN: "Une moyenne",
    Nature.INDEX: "Un indice",
}
