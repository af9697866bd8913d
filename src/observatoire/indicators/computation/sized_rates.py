"""The rate of a union of sources, recomputed from theirs with sizes of another date, free within reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.french.typography import NARROW, number
from observatoire.indicators.computation.table import WEIGHED
from observatoire.passage.prediction import known_calibrations, mean_between
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.computation.explanations import SourceNote
    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.computation.table import Asked, Cell, Cells
    from observatoire.indicators.routes.routes import Route
    from observatoire.passage.prediction import Calibration


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
        if (
            not keys or note is None or note.rule.guarded
        ):  # a union's rate would tell its parts' sizes
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
