"""Compute indicators on a zoning: from its own figures where there are, by passage elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.explaining import (
    ABOVE_WHOLE,
    Explainer,
    SourceNote,
    exceeds,
    within_whole,
)
from observatoire.indicators.table import CELL_COLUMNS, DIRECT, PUBLISHED
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.indicators.figures import Figures, Key, Total
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
    source: str = ""
    origin: str = ""


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
    for rank, road in enumerate(place.roads):
        if road.source not in figures:
            continue
        for key, cell in _carried(asked, figures[road.source], road, explainer).items():
            kept = holes if cell.status is Status.MISSING else found
            kept.setdefault(key, replace(cell, origin=str(rank)))
    published = _published(asked, figures.get(place.zoning), explainer)
    rows = []
    for one in asked:
        label = explainer.label(one.indicator)
        threshold = explainer.threshold(one.indicator, one.period)
        for code, name in place.names.items():
            key = (one.indicator.code, code)
            cell = found.get(key) or holes.get(key) or Cell()
            if cell.status in (Status.MISSING, Status.BOUNDED):
                cell = published.get(key, cell)
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
                cell.source or label,
                zoning,
                cell.reason,
                cell.method,
                cell.count,
                threshold,
                cell.origin,
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


def _found(
    indicator: Indicator, figures: Figures, period: str
) -> tuple[list[Key], list[Key], dict[str, str]] | None:
    """Return where an indicator's figures and denominators are, and their weakest statuses."""
    names = (indicator.variable,) if indicator.variable else indicator.numerator
    keys = figures.keys(indicator, names, period)
    base = figures.keys(indicator, indicator.denominator, period)
    if keys is None or base is None:
        return None
    return keys, base, figures.worst([*keys, *base])


def _direct(asked: Sequence[Asked], figures: Figures) -> Cells:
    """Return the figures given for these very territories."""
    cells: Cells = {}
    for one in asked:
        indicator = one.indicator
        found = _found(indicator, figures, one.period)
        if found is None:
            continue
        keys, base, worst = found
        top, total = figures.totals(keys), figures.totals(base)
        noted, lacking = figures.noted(keys), figures.lacking([*keys, *base])
        for code, status in worst.items():
            whole = total[code] if base else None
            cell = _direct_cell(indicator, Status(status), top[code], whole)
            why, note = cell.reason or lacking[code], " ; ".join(noted[code])
            cell = replace(cell, coverage=1.0, method=note, reason=why, origin=DIRECT)
            cells[indicator.code, code] = cell
    return cells


def _published(asked: Sequence[Asked], figures: Figures | None, explainer: Explainer) -> Cells:
    """Return what is published of the same thing for these territories, for want of figures."""
    cells: Cells = {}
    for one in asked:
        source, variable = one.indicator.published
        key = (source, variable, one.period)
        if figures is None or key not in figures.value.columns:
            continue
        for code, value in figures.value[key].dropna().items():
            notes = " ; ".join(figures.notes(str(code), [key]))
            cells[one.indicator.code, str(code)] = Cell(
                float(value),
                status=Status.OBSERVED,
                coverage=1.0,
                method=notes,
                source=explainer.source_label(source),
                origin=PUBLISHED,
            )
    return {key: _completed(cell, "") for key, cell in cells.items()}


def _direct_cell(indicator: Indicator, status: Status, top: Total, base: Total | None) -> Cell:
    """Return what a producer's own figures tell; bounds of a ratio hold whatever the true counts."""
    factor, exact = indicator.factor, status is Status.OBSERVED
    if base is None:
        told = _NAN if indicator.variable else least_count(*top)
        value, low, high = (factor * number for number in top)
        return Cell(value if exact else _NAN, low, high, status, count=told)
    rest = (base.value - top.value,) if indicator.unit == "%" else ()
    told = least_count(*top, *base, *rest)
    if exact and indicator.unit == "%" and exceeds(top.value, base.value):
        return Cell(reason=ABOVE_WHOLE, count=told)
    if exact and base.value == 0:
        return Cell(status=Status.NOT_APPLICABLE, count=told, reason="Le dénominateur est nul.")
    most = 1.0 if indicator.unit == "%" else _NAN
    high = min(top.high / base.low, most) if base.low > 0 else most
    low = top.low / base.high if base.high > 0 else 0.0
    if not exact and math.isnan(high):
        return Cell(reason="Le dénominateur peut être nul : le taux n’a pas de borne.", count=told)
    value = top.value / base.value if exact else _NAN
    return Cell(factor * value, factor * low, factor * high, status, count=told)


def least_count(*counts: float) -> float:
    """Return the smallest count that is told, zero only when nothing more is: what secrecy weighs.

    Examples
    --------
    >>> least_count(40.0, 7.0, 0.0), least_count(0.0, float("nan"))
    (7.0, 0.0)
    """
    told = [count for count in counts if count > 0]
    return min(told, default=0.0 if 0.0 in counts else _NAN)


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
        found = _found(indicator, figures, one.period)
        if found is None:
            continue
        keys, base, worst = found
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
    guarded = {code for code in bases if explainer.guarded(by_code[code])}
    cells = _apply(road, counts, bases, rates, by_code, guarded)
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
    guarded: set[str],
) -> Cells:
    cells: Cells = {}
    if counts:
        cells = _cells(road.passage.apply(pd.DataFrame(counts), nature=Nature.COUNT))
    told = {key: least_count(cell.value, cell.low, cell.high) for key, cell in cells.items()}
    odd = {c for c in bases if by_code[c].unit == "%" and exceeds(counts[c], bases[c]).any()}
    for share in (True, False):
        chosen = [c for c in bases if (by_code[c].unit == "%" and c not in odd) == share]
        if chosen:
            top = pd.DataFrame({code: counts[code] for code in chosen})
            base = pd.DataFrame({code: bases[code] for code in chosen})
            ratios = _cells(road.passage.apply_ratio(top, base, share=share))
            cells.update(_context_rates(ratios, top, base, road))
            weighed = [code for code in chosen if code in guarded]
            _tell_ratios(told, top[weighed], base[weighed], road, share=share)
    cells.update({key: within_whole(cell) for key, cell in cells.items() if key[0] in odd})
    if rates:
        cells.update(_cells(road.passage.apply(pd.DataFrame(rates), nature=Nature.RATE)))
    return {
        key: _scaled(cell, by_code[key[0]].factor, told.get(key, _NAN))
        for key, cell in cells.items()
    }


def _tell_ratios(
    told: dict[tuple[str, str], float],
    top: pd.DataFrame,
    base: pd.DataFrame,
    road: Road,
    *,
    share: bool,
) -> None:
    """Lower what each ratio tells to the least of its counts: a rate times another gives it away.

    A ratio tells its numerator, its denominator, what is in the second and not in the first, and,
    where it is that of the source that holds the target, those of that source.
    """
    for counts in (top, base, base - top) if share else (top, base):
        if counts.columns.empty:
            return
        kept = counts.clip(lower=0.0)
        # What is known of a target that holds a hidden source makes the bounds of its ratio.
        for given in (kept, kept.fillna(0.0)):
            for key, cell in _cells(road.passage.apply(given, nature=Nature.COUNT)).items():
                told[key] = least_count(told.get(key, _NAN), cell.value, cell.low, cell.high)
        for code, column in kept.items():
            of_source = dict(zip(column.index, column.to_numpy(), strict=True))
            for target, source in road.enclosing.items():
                key = (str(code), target)
                told[key] = least_count(told.get(key, _NAN), float(of_source[source]))


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
