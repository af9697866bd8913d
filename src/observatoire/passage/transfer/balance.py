"""Applying a passage: one sparse product for all variables, then what may be said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.passage.arrays import in_blocks, sum_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given


_BALANCED = 1e-12  # relative gap that float64 sums may leave


def report(links: Links, given: Given) -> dict[str, object]:
    """Say which sources were unknown or absent, and what fell outside, by variable."""
    return {
        "unknown_sources": given.unknown,
        "absent_sources": [str(code) for code in links.sources[given.absent]],
        "balance": balance(links, given).to_dict("index"),
    }


def balance(links: Links, given: Given, inside: NDArray[np.float64] | None = None) -> pd.DataFrame:
    """Compare, by additive variable, what was given with what came out."""
    within = sum_by(links.source, links.weight, links.shape[1])
    lost = links.outside
    unplaced = np.where(np.isnan(lost), 1.0 - within, 0.0)
    kept = [k for k, nature in enumerate(given.natures) if nature.additive]
    given = given.columns(kept)
    total, size = _sum(given, np.ones(len(within))), _sum(given, np.ones(len(within)), np.abs)
    entered = _sum(given, within) if inside is None else inside[kept]
    outside, unknown = _sum(given, np.nan_to_num(lost)), _sum(given, unplaced)
    stray = given.stray
    gap = np.abs(total - entered - outside - unknown)
    gap = gap / np.maximum(size + np.abs(stray), np.finfo(float).tiny)
    return pd.DataFrame(
        {
            "given": total + stray,
            "inside": entered,
            "outside": outside,
            "unplaced": unknown + stray,
            "gap": gap,
            "balanced": gap <= _BALANCED,
        },
        index=pd.Index(given.variables, name="variable"),
    )


def balance_of_weights(links: Links) -> pd.DataFrame:
    """Compare, by source, what its weights place inside and outside with the whole of it."""
    inside = sum_by(links.source, links.weight, links.shape[1])
    lost = links.outside
    outside, unplaced = np.nan_to_num(lost), np.where(np.isnan(lost), 1.0 - inside, 0.0)
    gap = np.abs(1.0 - inside - outside - unplaced)
    return pd.DataFrame(
        {
            "given": 1.0,
            "inside": inside,
            "outside": outside,
            "unplaced": unplaced,
            "gap": gap,
            "balanced": gap <= _BALANCED,
        },
        index=links.sources,
    )


def _sum(
    given: Given, weight: NDArray[np.float64], of: Callable[..., Any] | None = None
) -> NDArray[np.float64]:
    """Sum each variable by weight, what is hidden counting for nothing."""
    some = np.flatnonzero(weight)
    if len(some) == 0:
        return np.zeros(len(given.variables))
    if given.complete:
        numbers = given.numbers if len(some) == len(weight) else given.numbers[some]
        summed: NDArray[np.float64] = numbers.T @ weight[some]
        return summed
    sums = np.zeros(len(given.variables))

    def add(block: slice) -> None:
        known = np.nan_to_num(given.numbers[some, block], nan=0.0)
        sums[block] = (known if of is None else of(known)).T @ weight[some]

    in_blocks(len(given.variables), add)
    return sums
