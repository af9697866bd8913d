"""Whether totals come back: what was given is inside, outside, or nobody knows where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.passage.arrays import Floats, in_blocks, sum_by, weighted_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given


_BALANCED = 1e-12  # relative gap that float64 sums may leave


def report(links: Links, given: Given) -> dict[str, object]:
    """Say which sources were unknown or absent, and what fell outside, by variable."""
    variables, columns = _balance(links, given)
    # A table made to be taken apart again costs more than all the sums.
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return {
        "unknown_sources": given.unknown,
        "absent_sources": [str(code) for code in links.sources[np.flatnonzero(given.absent)]],
        "balance": {
            variable: dict(zip(columns, row, strict=True))
            for variable, row in zip(variables, rows, strict=True)
        },
    }


def balance(links: Links, given: Given, inside: Floats | None = None) -> pd.DataFrame:
    """Compare, by additive variable, what was given with what came out."""
    variables, columns = _balance(links, given, inside)
    return pd.DataFrame(columns, index=pd.Index(variables, name="variable"))


def _balance(
    links: Links, given: Given, inside: Floats | None = None
) -> tuple[list[str], dict[str, NDArray[Any]]]:
    kept = [k for k, nature in enumerate(given.natures) if nature.additive]
    given = given.columns(kept)
    within, outside, unknown = _fates(links)
    every = np.ones(len(within))
    total = _sum(given, every)
    size = total if given.complete else _sum(given, every, np.abs)
    return given.variables, _compared(
        total + given.unplaced,
        _sum(given, within) if inside is None else inside[kept],
        _sum(given, outside),
        _sum(given, unknown) + given.unplaced,
        size=size + np.abs(given.unplaced),
    )


def balance_of_weights(links: Links) -> pd.DataFrame:
    """Compare, by source, what its weights place inside and outside with the whole of it."""
    every = np.ones(len(links.sources))
    return pd.DataFrame(_compared(every, *_fates(links), size=every), index=links.sources)


def _fates(links: Links) -> tuple[Floats, Floats, Floats]:
    """Share of each source that is inside, outside, or nobody knows where."""
    inside = sum_by(links.source, links.weight, links.shape[1])
    unknown = np.isnan(links.outside)
    return inside, np.where(unknown, 0.0, links.outside), np.where(unknown, 1.0 - inside, 0.0)


def _compared(
    given: Floats, inside: Floats, outside: Floats, unplaced: Floats, *, size: Floats
) -> dict[str, NDArray[Any]]:
    gap = np.abs(given - inside - outside - unplaced) / np.maximum(size, np.finfo(float).tiny)
    columns = {"given": given, "inside": inside, "outside": outside, "unplaced": unplaced}
    return {**columns, "gap": gap, "balanced": gap <= _BALANCED}


def _sum(given: Given, weight: Floats, of: Callable[..., Any] | None = None) -> Floats:
    """Sum each variable by weight, what is hidden counting for nothing."""
    some = np.flatnonzero(weight)
    if len(some) == 0:
        return np.zeros(len(given.variables))
    if given.complete:
        numbers = given.numbers if len(some) == len(weight) else given.numbers[some]
        return weighted_sums(numbers, weight[some])
    sums = np.zeros(len(given.variables))

    def add(block: slice) -> None:
        known = np.nan_to_num(given.numbers[some, block], nan=0.0)
        sums[block] = weighted_sums(known if of is None else of(known), weight[some])

    in_blocks(len(given.variables), len(given.numbers), add)
    return sums
