"""What rates of which no term is shown, and sums, leave together of hidden counts: linear programs."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatoire.exchange.federation.joint.exposure import (
        CountedCell,
        CountedSum,
        Exposure,
        Quotient,
    )

_MARGIN = 1e-6
_BY_RATES = "des taux et des sommes, pris ensemble"


def given_away(made: Exposure) -> dict[CountedCell, str]:
    """Return the hidden counts that can be worked out, each with what gives it."""
    told = made.unsafe()
    left = set(made.hiding) - set(made.shown) - set(told)
    return told | dict.fromkeys(bracketed(made, left), _BY_RATES)


def bracketed(made: Exposure, hidden: set[CountedCell]) -> set[CountedCell]:
    """Return the hidden counts that rates and sums bound under their threshold.

    Where a rate has a term that is shown, bounds have said it already: only what is tied to a rate of
    two unknown terms is looked at.
    """
    sums, rates = tied(made, hidden)
    if not any(one.top not in made.shown and one.bottom not in made.shown for one in rates):
        return set()
    cells = {cell: rank for rank, cell in enumerate(sorted(_cells(sums, rates) | hidden))}
    rows: list[tuple[dict[CountedCell, float], bool]] = [
        ({one.total: -1.0, **dict.fromkeys(one.parts, 1.0)}, one.whole) for one in sums
    ]
    for each in rates:
        rows.append(({each.bottom: each.low, each.top: -1.0}, False))
        rows.append(({each.top: 1.0, each.bottom: -each.high}, False))
    box = [_box(made, cell, hidden) for cell in cells]
    equal, under = (
        _matrix([r for r, sure in rows if sure is kind], cells) for kind in (True, False)
    )
    looked = sorted(hidden & _cells(sums, rates))
    ends = (_ends(cells[cell], equal, under, box) for cell in looked)
    return {
        cell for cell, end in zip(looked, ends, strict=True) if end and _narrow(made, cell, *end)
    }


def _ends(
    rank: int, equal: csr_array, under: csr_array, box: list[tuple[float, float | None]]
) -> tuple[float, float] | None:
    """Return between what an unknown stands; nothing where nothing fits, or there is no end."""
    aim = np.zeros(len(box))
    aim[rank] = 1.0
    solve: Any = linprog  # its types list each method apart
    found = [
        solve(
            way * aim,
            A_ub=under,
            b_ub=np.full(under.shape[0], _MARGIN),
            A_eq=equal,
            b_eq=np.zeros(equal.shape[0]),
            bounds=box,
        ).fun
        for way in (1, -1)
    ]
    return None if None in found else (float(found[0]), -float(found[1]))


def _narrow(made: Exposure, cell: CountedCell, low: float, high: float) -> bool:
    if cell.quantity not in made.fractional:
        low, high = math.ceil(low - _MARGIN), math.floor(high + _MARGIN)
    floor = made.thresholds.get(cell, _MARGIN) - _MARGIN
    return high - low < floor or high < floor


def tied(made: Exposure, hidden: set[CountedCell]) -> tuple[list[CountedSum], list[Quotient]]:
    """Return the sums and the rates that tie hidden counts to others unknown."""
    sums = [one for one in made.relations if made.holds(one)]
    links: list[CountedSum | Quotient] = [*sums, *made.quotients]
    touching = defaultdict(list)
    for rank, one in enumerate(links):
        for cell in _terms(one):
            touching[cell].append(rank)
    kept: set[int] = set()
    reached, front = set(hidden), list(hidden)
    while front:
        for rank in touching[front.pop()]:
            if rank not in kept:
                kept.add(rank)
                fresh = _terms(links[rank]) - reached
                reached |= fresh
                front += [cell for cell in fresh if cell not in made.shown]
    split = len(links) - len(made.quotients)
    found = sorted(kept)
    return (
        [sums[rank] for rank in found if rank < split],
        [made.quotients[rank - split] for rank in found if rank >= split],
    )


def _terms(one: CountedSum | Quotient) -> set[CountedCell]:
    first, second = one[0], one[1]
    return {first, *second} if isinstance(second, tuple) else {first, second}


def _cells(sums: Iterable[CountedSum], rates: Iterable[Quotient]) -> set[CountedCell]:
    return {cell for each in (sums, rates) for one in each for cell in _terms(one)}


def _box(made: Exposure, cell: CountedCell, hidden: set[CountedCell]) -> tuple[float, float | None]:
    low, high = made.span(cell)
    least = 1.0 if cell in hidden and cell.quantity not in made.fractional else 0.0
    return min(max(low, least), high), None if math.isinf(high) else high


def _matrix(rows: list[dict[CountedCell, float]], cells: dict[CountedCell, int]) -> csr_array:
    at = [(rank, cells[cell], by) for rank, row in enumerate(rows) for cell, by in row.items()]
    ranks, columns, values = zip(*at, strict=True) if at else ((), (), ())
    return csr_array((values, (ranks, columns)), shape=(len(rows), len(cells)))
