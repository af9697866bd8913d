"""Carry figures to a zoning by a passage: counts, ratios of counts, rates, and what stands in for the rest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.computation.explanations import Explainer, exceeds, within_whole
from observatoire.indicators.computation.table import Asked, Cell, Cells, least_count
from observatoire.passage.transfer.carry import carry_frame
from observatoire.passage.transfer.ratios import carry_ratio
from observatoire.values import PREDICTION_COLUMNS, Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route
    from observatoire.passage.transfer.outcome import Outcome


def carried_cells(
    asked: Sequence[Asked], figures: Figures, route: Route, explainer: Explainer
) -> Cells:
    """Return the figures that a passage brings, all indicators of a kind in one product."""
    codes = list(route.passage.sources)
    counts: dict[str, pd.Series] = {}
    bases: dict[str, pd.Series] = {}
    rates: dict[str, pd.Series] = {}
    others: dict[str, pd.Series] = {}
    hidden: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for one in asked:
        indicator = one.indicator
        found = figures.found(indicator, one.period)
        if found is None:
            continue
        keys, base, worst = found
        hidden[one.key] = {c for c, status in worst.items() if status == Status.SECRET}
        labels[one.key] = explainer.label(indicator, {source for source, *_ in (*keys, *base)})
        total = figures.total(keys, codes)
        if not indicator.variable:
            counts[one.key] = total
            if base:
                bases[one.key] = figures.total(base, codes)
        else:
            kind = rates if indicator.nature.passable else others
            kind[one.key] = total
    by_key = {one.key: one.indicator for one in asked}
    guarded = {key for key in bases if explainer.guarded(by_key[key])}
    cells = _apply(route, counts, bases, rates, by_key, guarded)
    for key, values in others.items():
        stand_ins = _stand_in(by_key[key], values, route)
        cells.update({(key, target): cell for target, cell in stand_ins.items()})
    made = {
        key: explainer.explained(by_key[key[0]], key[1], cell, route, hidden[key[0]])
        for key, cell in cells.items()
    }
    return {
        key: cell if cell.status is Status.MISSING else cell._replace(source=labels[key[0]])
        for key, cell in made.items()
    }


def _apply(
    route: Route,
    counts: Mapping[str, pd.Series],
    bases: Mapping[str, pd.Series],
    rates: Mapping[str, pd.Series],
    by_key: Mapping[str, Indicator],
    guarded: set[str],
) -> Cells:
    cells: Cells = {}
    if counts:
        about = {key: {"counts": by_key[key].counted} for key in counts}
        # A balance is no count: it may be below zero, and compensates itself.
        natures = {k: Nature.COUNT if k in bases else by_key[k].nature for k in counts}
        frame = pd.DataFrame(counts)
        if route.passage.parameters.get("ends"):
            cells = _foretold(route.passage.apply(frame, natures, about=about))
        else:
            given, outcome = carry_frame(route.passage.links, frame, natures, about=about)
            cells = _cells(route, given.variables, outcome)
    least = {key: least_count(cell.value, cell.low, cell.high) for key, cell in cells.items()}
    odd = {k for k in bases if by_key[k].unit == "%" and exceeds(counts[k], bases[k]).any()}
    for share in (True, False):
        chosen = [k for k in bases if (by_key[k].unit == "%" and k not in odd) == share]
        if chosen:
            top = pd.DataFrame({key: counts[key] for key in chosen})
            base = pd.DataFrame({key: bases[key] for key in chosen})
            about = {key: {"counts": by_key[key].counted} for key in chosen}
            made = carry_ratio(route.passage.links, top, base, share=share, about=about)
            ratios = _cells(route, *made)
            cells.update(_context_rates(ratios, top, base, route))
            weighed = [key for key in chosen if key in guarded]
            _lower_disclosures(least, top[weighed], base[weighed], route, share=share)
    cells.update({key: within_whole(cell) for key, cell in cells.items() if key[0] in odd})
    if rates:
        given, outcome = carry_frame(route.passage.links, pd.DataFrame(rates), Nature.RATE)
        cells.update(_cells(route, given.variables, outcome))
    return {
        key: _scaled(cell, by_key[key[0]].factor, least.get(key, math.nan))
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
    if top.columns.empty:
        return
    parts = (top, base, base - top) if share else (top, base)
    kept = [counts.clip(lower=0.0) for counts in parts]
    # What is known of a target that holds a hidden source makes the bounds of its ratio.
    every = dict(enumerate([*kept, *(part.fillna(0.0) for part in kept)]))
    together = pd.concat(every, axis=1)
    together.columns = pd.Index(
        [f"{code} {rank}" for rank, part in every.items() for code in part.columns]
    )
    _, outcome = carry_frame(route.passage.links, together)
    shape = (-1, len(every), len(top.columns))
    outcomes = [each.reshape(shape) for each in (outcome.value, outcome.low, outcome.high)]
    of_source = {source: at for at, source in enumerate(top.index)}
    sources = [part.to_numpy() for part in kept]
    for place, target in enumerate(route.passage.targets):
        holder = of_source.get(route.enclosing.get(str(target), ""))
        for column, code in enumerate(top.columns):
            found = [number for each in outcomes for number in each[place, :, column].tolist()]
            if holder is not None:
                found += [float(part[holder, column]) for part in sources]
            key = (str(code), str(target))
            least[key] = least_count(least.get(key, math.nan), *found)


def _foretold(table: pd.DataFrame) -> Cells:
    """Return the cells of a passage whose method learnt how far it misses, with their intervals."""
    return {
        (str(row["variable"]), str(row["target"])): Cell(
            row["value"],
            row["low"],
            row["high"],
            Status(row["status"]),
            row["coverage"],
            row["reason"],
            **{name: row[name] for name in PREDICTION_COLUMNS},
        )
        for row in records(table)
    }


def _cells(route: Route, variables: Sequence[str], outcome: Outcome) -> Cells:
    numbers = (outcome.value, outcome.low, outcome.high)
    value, low, high, coverage, reason = (
        each.tolist() for each in (*numbers, outcome.coverage, outcome.reason)
    )
    return {
        (variable, str(target)): Cell(
            value[row][column],
            low[row][column],
            high[row][column],
            statuses[column],
            coverage[row][column],
            reason[row][column],
        )
        for row, (target, statuses) in enumerate(
            zip(route.passage.targets, outcome.words(), strict=True)
        )
        for column, variable in enumerate(variables)
    }


def _scaled(cell: Cell, factor: float, count: float) -> Cell:
    names = ("value", "low", "high", *PREDICTION_COLUMNS)
    return cell._replace(**{name: getattr(cell, name) * factor for name in names}, count=count)


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


def _stand_in(indicator: Indicator, values: pd.Series, route: Route) -> dict[str, Cell]:
    """Show a median, a mean or an index where a single source stands for the territory."""
    cells: dict[str, Cell] = {}
    for target, parts in route.parts.items():
        whole = route.whole_alone.get(target)
        source = whole or route.enclosing.get(target)
        coverage = float(route.passage.coverage.get(target, 0.0))
        cell = Cell(coverage=coverage)
        if source is None and parts:
            cell = _of_union(indicator, values.reindex(list(parts)), route, target, cell)
        elif source is not None and not np.isnan(values.get(source, math.nan)):
            status = Status.OBSERVED if whole else Status.CONTEXT
            value = float(values[source]) * indicator.factor
            cell = Cell(value, status=status, coverage=coverage)
        cells[target] = cell
    return cells


def _of_union(
    indicator: Indicator, values: pd.Series, route: Route, target: str, cell: Cell
) -> Cell:
    """Show between what a quantile or a mean of several whole sources lies: those of its parts."""
    bounded = indicator.nature in (Nature.MEDIAN, Nature.MEAN)
    unsure = target in route.incomplete or target in route.unsure
    if not bounded or unsure or values.isna().any():
        word, count = _PASS_WORD[indicator.nature], len(values)
        lost = int(values.isna().sum())
        if bounded and lost and not unsure:
            return cell._replace(reason=_LOST.format(lost=lost, count=count))
        return cell._replace(reason=f"{word} des parties ({count} réunies).")
    low, high = (float(end) * indicator.factor for end in (values.min(), values.max()))
    return cell._replace(low=low, high=high, status=Status.BOUNDED)


_LOST = "Sans chiffre pour {lost} des {count} parties réunies : rien ne borne l’ensemble."

_PASS_WORD = {
    Nature.MEDIAN: "Une médiane ne se déduit pas de celles",
    Nature.MEAN: "Une moyenne ne se déduit pas de celles",
    Nature.INDEX: "Un indice ne se déduit pas de ceux",
}
