"""What published places taught: figures of a part foretold from its whole, rates of unions recomputed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from observatoire.french.typography import NARROW, NO_BREAK, number, plural
from observatoire.indicators.computation.table import (
    MODELLED,
    WEIGHED,
    Asked,
    Cell,
    Cells,
    least_count,
)
from observatoire.passage.conformal import logit
from observatoire.passage.prediction import (
    WHOLE,
    Calibration,
    Prediction,
    calibration_of,
    foretold,
    foretold_together,
    interval_words,
    known_calibrations,
    mean_between,
)
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.explanations import SourceNote
    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route


#: What such a figure supposes.
ASSUMED = "Suppose ce territoire semblable à ceux qui ont appris le modèle : ni verdict, ni somme."

_OPEN = (Status.BOUNDED, Status.CONTEXT)
_PERCENT = 100.0


def with_part_predictions(
    cells: Cells, asked: Sequence[Asked], figures: Figures, route: Route
) -> Cells:
    """Return what a passage brings, what is only bounded or shown for context being foretold if it can.

    Only the part of one source is: its figure is *estimated* by a model, beside the bounds that hold
    without it. It bears no verdict, and no set adds it up.
    """
    if route.model is None:
        return cells
    found = dict(cells)
    for one in asked:
        where = figures.found(one.indicator, one.period)
        if where is None:
            continue
        keys, base, _ = where
        sources = sorted(set(route.enclosing.values()))
        total = dict(figures.total(keys, sources))
        whole = dict(figures.total(base, sources)) if base else {}
        for target, source in route.enclosing.items():
            key = (one.key, target)
            cell = cells.get(key)
            if cell is None or cell.status not in _OPEN:
                continue
            pair = float(total[source]), float(whole.get(source, math.nan))
            found[key] = _foretold(cell, one, route, target, pair)
    return found


def _foretold(cell: Cell, one: Asked, route: Route, target: str, pair: tuple[float, float]) -> Cell:
    indicator, model, source = one.indicator, route.model, route.enclosing[target]
    top, base = pair
    if model is None or not top >= 0:
        return cell
    names = indicator.at(indicator.top, one.period)
    below = indicator.at(indicator.denominator, one.period)
    supports = dict(model.supports.get(source, {}))
    kind = kind_of(indicator)
    if kind != "part":
        figure = top if indicator.variable else top / base if base > 0 else math.nan
        supports[WHOLE] = at_scale(kind, figure * indicator.factor)
    if kind == "part" and top == 0:
        return cell  # the part of nothing is nothing
    calibration = calibration_of(model.calibrations, kind, (names, below), supports)
    if calibration is None:
        return cell
    if kind != "part":
        by = _PERCENT if kind == "rate" else 1.0
        return _predicted(cell, calibration, foretold(calibration, supports), by, indicator)
    parts = model.sharing(target)
    alone, together = foretold_together(calibration, supports, parts)
    predicted = _predicted(cell, calibration, alone, top * indicator.factor, indicator)
    if parts == 1:
        return predicted
    ends = _scaled(together, top * indicator.factor)
    words = interval_words(
        together.value * top, (ends[0], ends[1]), indicator.unit, indicator.decimals
    )
    shared = f"avec {plural(parts - 1, 'autre')} dans {source}, ensemble {words}"
    return predicted._replace(method=f"{predicted.method} ; {shared}")


def kind_of(indicator: Indicator) -> str:
    """Return the kind of calibration that foretells an indicator of a part."""
    if indicator.unit == "%" and indicator.nature is Nature.RATE:
        return "rate"
    return "part" if indicator.nature.additive and not indicator.denominator else "level"


def at_scale(kind: str, figure: float) -> float:
    """Return the figure of a whole where a calibration looks: logit of a rate in %, logarithm of a level."""
    if kind == "rate":
        return float(logit(figure / _PERCENT))
    return math.log(figure) if figure > 0 else math.nan


def _scaled(prediction: Prediction, by: float) -> list[float]:
    return [end * by for end in prediction.ends]


def _predicted(
    cell: Cell, calibration: Calibration, prediction: Prediction, by: float, indicator: Indicator
) -> Cell:
    low80, high80, low95, high95 = _scaled(prediction, by)
    value = prediction.value * by
    words = interval_words(value, (low80, high80), indicator.unit, indicator.decimals)
    bounds = (cell.low, cell.high) if cell.status is Status.BOUNDED else (math.nan, math.nan)
    return cell._replace(
        value=value,
        low=bounds[0],
        high=bounds[1],
        status=Status.ESTIMATED,
        count=least_count(cell.count, value) if cell.status is Status.BOUNDED else cell.count,
        method=f"{MODELLED}{NO_BREAK}: {words}, {calibration.sentence}",
        reason=ASSUMED,
        pi80_low=low80,
        pi80_high=high80,
        pi95_low=low95,
        pi95_high=high95,
    )


def with_sized_rates(
    cells: Cells,
    asked: Sequence[Asked],
    figures: Figures,
    route: Route,
    sources: Mapping[str, SourceNote],
) -> Cells:
    """Return what a passage brings, the rates of unions recomputed where the catalogue says on how many.

    A rate published without its counts was only between the smallest and the largest of its parts. The sizes
    of another date weigh it, unless their source guards them; each was then from so much smaller to so much
    larger, as calibrations measured.
    """
    size = known_calibrations()["size-iris"]
    found = dict(cells)
    for one in asked:
        declared, where = one.indicator.size, figures.found(one.indicator, one.period)
        if declared is None or where is None or not one.indicator.variable:
            continue
        names = one.indicator.at(declared.variables, declared.period)
        given = ([(giver, name, declared.period) for name in names] for giver in declared.givers)
        keys = next((each for each in given if set(each) <= set(figures.columns)), None)
        note = sources.get(keys[0][0]) if keys else None
        # Of a guarded source, a union's rate would tell its parts' sizes.
        if not keys or note is None or note.rule.guarded:
            continue
        rates, sizes = (figures.total(each, route.passage.sources) for each in (where[0], keys))
        for target, parts in route.parts.items():
            cell = cells.get((one.key, target))
            if cell is None or cell.status is not Status.BOUNDED or target in route.unsure:
                continue
            known = (
                rates[list(parts)].to_numpy() * one.indicator.factor,
                sizes[list(parts)].to_numpy(),
            )
            if np.isfinite(known).all() and known[1].sum() > 0:
                found[one.key, target] = _sized(cell, size, known, declared.period)
    return found


def _sized(
    cell: Cell, size: Calibration, known: tuple[np.ndarray, np.ndarray], period: str
) -> Cell:
    rates, sizes = known
    (low80, high80), (low95, high95) = (
        mean_between(rates, sizes, ends) for ends in (size.ends[:2], size.ends[2:])
    )
    least, most = (number(end, 2) for end in size.ends[2:])
    held = number(100 * size.held[1], 1)
    return cell._replace(
        value=float(rates @ sizes / sizes.sum()),
        status=Status.ESTIMATED,
        method=f"{cell.method} ; {WEIGHED} de {period}, supposés de {least} à {most} fois les vrais "
        f"(vrai {held}{NARROW}% du temps : {size.sentence})",
        reason="",
        pi80_low=low80,
        pi80_high=high80,
        pi95_low=low95,
        pi95_high=high95,
    )
