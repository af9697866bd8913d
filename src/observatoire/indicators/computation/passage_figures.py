"""Carry figures to a zoning by a passage: counts, ratios of counts, rates, and what stands in for the rest."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.computation.explanations import Explainer, exceeds, within_whole
from observatoire.indicators.computation.table import Cell, Cells, least_count
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.computation.table import Asked
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route


_NAN = float("nan")


def carried(asked: Sequence[Asked], figures: Figures, route: Route, explainer: Explainer) -> Cells:
    """Return the figures that a passage brings, all indicators of a kind in one product."""
    codes = list(route.passage.sources)
    counts: dict[str, pd.Series] = {}
    bases: dict[str, pd.Series] = {}
    rates: dict[str, pd.Series] = {}
    others: dict[str, pd.Series] = {}
    hidden: dict[str, set[str]] = {}
    for one in asked:
        indicator = one.indicator
        found = figures.found(indicator, one.period)
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
    cells = _apply(route, counts, bases, rates, by_code, guarded)
    for code, values in others.items():
        cells.update(_stand_in(by_code[code], values, route))
    return {
        key: explainer.carried(by_code[key[0]], key[1], cell, route, hidden[key[0]])
        for key, cell in cells.items()
    }


def _apply(
    route: Route,
    counts: Mapping[str, pd.Series],
    bases: Mapping[str, pd.Series],
    rates: Mapping[str, pd.Series],
    by_code: Mapping[str, Indicator],
    guarded: set[str],
) -> Cells:
    cells: Cells = {}
    if counts:
        about = {code: {"counts": by_code[code].counted} for code in counts}
        cells = _cells(route.passage.apply(pd.DataFrame(counts), nature=Nature.COUNT, about=about))
    least = {key: least_count(cell.value, cell.low, cell.high) for key, cell in cells.items()}
    odd = {c for c in bases if by_code[c].unit == "%" and exceeds(counts[c], bases[c]).any()}
    for share in (True, False):
        chosen = [c for c in bases if (by_code[c].unit == "%" and c not in odd) == share]
        if chosen:
            top = pd.DataFrame({code: counts[code] for code in chosen})
            base = pd.DataFrame({code: bases[code] for code in chosen})
            about = {code: {"counts": by_code[code].counted} for code in chosen}
            ratios = _cells(route.passage.apply_ratio(top, base, share=share, about=about))
            cells.update(_context_rates(ratios, top, base, route))
            weighed = [code for code in chosen if code in guarded]
            _lower_disclosures(least, top[weighed], base[weighed], route, share=share)
    cells.update({key: within_whole(cell) for key, cell in cells.items() if key[0] in odd})
    if rates:
        cells.update(_cells(route.passage.apply(pd.DataFrame(rates), nature=Nature.RATE)))
    return {
        key: _scaled(cell, by_code[key[0]].factor, least.get(key, _NAN))
        for key, cell in cells.items()
    }


def _lower_disclosures(
    least: dict[tuple[str, str], float],
    top: pd.DataFrame,
    base: pd.DataFrame,
    route: Route,
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
            for key, cell in _cells(route.passage.apply(given, nature=Nature.COUNT)).items():
                least[key] = least_count(least.get(key, _NAN), cell.value, cell.low, cell.high)
        for code, column in kept.items():
            of_source = dict(zip(column.index, column.to_numpy(), strict=True))
            for target, source in route.enclosing.items():
                key = (str(code), target)
                least[key] = least_count(least.get(key, _NAN), float(of_source[source]))


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


def _context_rates(cells: Cells, top: pd.DataFrame, base: pd.DataFrame, route: Route) -> Cells:
    """Show, for a part of a single source, the rate of that source: the only one there is."""
    shown = dict(cells)
    rates = (top / base.where(base > 0)).astype(np.float64)
    for code in rates.columns:
        of_source = dict(zip(rates.index, rates[code].to_numpy(), strict=True))
        for target, source in route.enclosing.items():
            rate = float(of_source[source])
            if not math.isnan(rate):
                coverage = cells[str(code), target].coverage
                shown[str(code), target] = Cell(rate, status=Status.CONTEXT, coverage=coverage)
    return shown


def _stand_in(indicator: Indicator, values: pd.Series, route: Route) -> Cells:
    """Show a median, a mean or an index where a single source stands for the territory."""
    cells: Cells = {}
    for target, parts in route.parts.items():
        whole = route.whole_alone.get(target)
        source = whole or route.enclosing.get(target)
        coverage = float(route.passage.coverage.get(target, 0.0))
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
