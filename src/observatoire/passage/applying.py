"""Applying a passage: one sparse product for all variables, then what may be said of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from observatoire.passage import rates
from observatoire.passage.layers import named
from observatoire.passage.outcome import Outcome, tidy
from observatoire.passage.sums import floats, sum_by
from observatoire.values import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.checking import Given
    from observatoire.passage.model import Passage

_BALANCED = 1e-12  # relative gap that float64 sums may leave
_COLUMNS_AT_ONCE = 32  # variables multiplied together: bounds the memory


@dataclass(frozen=True, eq=False)
class Links:
    """The links of a passage as positions and sparse matrices (target by source)."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    share: NDArray[np.float64]
    split: NDArray[np.bool_]
    part: NDArray[np.bool_]
    shape: tuple[int, int]

    @staticmethod
    def of(passage: Passage) -> Links:
        """Read the links of a passage."""
        weights = passage.weights
        source = passage.sources.get_indexer(pd.Index(weights["source"]))
        target = passage.targets.get_indexer(pd.Index(weights["target"]))
        return Links.at(passage, source.astype(np.int64), target.astype(np.int64))

    @staticmethod
    def at(passage: Passage, source: NDArray[np.int64], target: NDArray[np.int64]) -> Links:
        """Read the links of a passage whose positions are known."""
        weights = passage.weights
        kind = weights["link"].array
        part = np.asarray(kind == "inclus", dtype=bool)
        return Links(
            source=source,
            target=target,
            weight=np.where(part, 0.0, floats(weights["weight"])),
            low=floats(weights["low"]),
            high=floats(weights["high"]),
            share=floats(weights["share"]),
            split=np.asarray(kind == "partage", dtype=bool),
            part=part,
            shape=(len(passage.targets), len(passage.sources)),
        )

    def matrix(self, data: NDArray[Any]) -> sparse.csr_array:
        """Put one number a link in a sparse matrix."""
        made = sparse.csr_array((data, (self.target, self.source)), shape=self.shape)
        made.eliminate_zeros()
        return made

    def product(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry bare numbers, source by variable: the estimates alone, all in one product.

        For one who needs no bounds nor status: a NaN stays NaN in every target it touches.
        """
        matrix = self._estimate
        if values.ndim == 1 or values.flags.c_contiguous:
            carried: NDArray[np.float64] = matrix @ values
            return carried
        # A frame holds its variables one after the other: to copy them all into rows, as one
        # product wants them, costs more than the products.
        carried = np.empty((matrix.shape[0], values.shape[1]), order="F")
        for variable in range(values.shape[1]):
            carried[:, variable] = matrix @ values[:, variable]
        return carried

    @cached_property
    def _estimate(self) -> sparse.csr_array:
        return self.matrix(self.weight).tocsr()

    def any_by_target(self, flag: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which targets have at least one flagged link."""
        return sum_by(self.target, flag, self.shape[0]) > 0

    @property
    def linked(self) -> NDArray[np.bool_]:
        """Targets that at least one source covers."""
        return np.bincount(self.target, minlength=self.shape[0]) > 0


def apply(passage: Passage, given: Given, *, min_coverage: float) -> pd.DataFrame:
    """Carry every variable by the rule of its nature, and lay the outcome out tidily."""
    additive = [k for k, nature in enumerate(given.natures) if nature.additive]
    others = [k for k in range(len(given.natures)) if k not in set(additive)]
    if not others:
        return tidy(passage, given.variables, carry(passage, given))
    outcome = Outcome.blank(len(passage.targets), len(given.variables))
    if additive:
        outcome.fill(additive, carry(passage, given.columns(additive)))
    outcome.fill(
        others, rates.carry_rates(passage, given.columns(others), min_coverage=min_coverage)
    )
    return tidy(passage, given.variables, outcome)


def carry(passage: Passage, given: Given) -> Outcome:
    """Carry counts and amounts: value, bounds without assumption, status, reason."""
    links = passage.links
    outcome = Outcome.blank(len(passage.targets), len(given.variables))
    stack = sparse.vstack(
        [links.matrix(links.weight), links.matrix(links.low), links.matrix(links.high)]
    ).tocsr()
    for start in range(0, len(given.variables), _COLUMNS_AT_ONCE):
        chosen = slice(start, start + _COLUMNS_AT_ONCE)
        _carry_chunk(passage, given, stack, outcome, chosen)
    return outcome


def _carry_chunk(
    passage: Passage,
    given: Given,
    stack: sparse.csr_array,
    outcome: Outcome,
    chosen: slice,
) -> None:
    links = passage.links
    values = np.ascontiguousarray(given.numbers[:, chosen])
    known = ~np.isnan(values)
    complete = bool(known.all())
    low, high = _source_bounds(given, values, known, chosen)
    count = links.shape[0]
    if low is None or high is None:
        product = stack @ (values if complete else np.where(known, values, 0.0))
        value, below, above = product[:count], product[count : 2 * count], product[2 * count :]
    else:
        value = stack[:count] @ np.where(known, values, 0.0)
        below, above = _bounded_product(links, stack, low, high)
    outcome.value[:, chosen] = value
    outcome.low[:, chosen], outcome.high[:, chosen] = below, above
    outcome.coverage[:, chosen] = passage.coverage.to_numpy()[:, None]
    _statuses(passage, given, outcome, chosen, None if complete else known)


def _source_bounds(
    given: Given, values: NDArray[np.float64], known: NDArray[np.bool_], chosen: slice
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Bounds of the sources themselves; None when each is its own value."""
    signed = np.nanmin(values, initial=0.0) < 0
    if given.low is None and given.high is None and known.all() and not signed:
        return None, None
    # A count that is hidden is at least nothing; a balance has no floor.
    floor = np.where((values < 0).any(axis=0), -np.inf, 0.0)
    low, high = np.where(known, values, floor), np.where(known, values, np.inf)
    if given.low is not None:
        stated = given.low[:, chosen]
        low = np.where(np.isnan(stated), low, stated)
    if given.high is not None:
        stated = given.high[:, chosen]
        high = np.where(np.isnan(stated), high, stated)
    return low, high


def _bounded_product(
    links: Links,
    stack: sparse.csr_array,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of the targets; infinite where a source has none, or where a balance is split."""
    count = links.shape[0]
    least, most = stack[count : 2 * count], stack[2 * count :]
    below = least @ np.where(np.isfinite(low) & (low > 0), low, 0.0)
    # A negative part weighs the more, the larger the share that is taken.
    below += most @ np.where(np.isfinite(low) & (low < 0), low, 0.0)
    above = most @ np.where(np.isfinite(high) & (high > 0), high, 0.0)
    above += least @ np.where(np.isfinite(high) & (high < 0), high, 0.0)
    pattern = links.matrix(np.ones(len(links.source)))
    unsure = links.matrix(((links.low < links.high) | links.part).astype(float))
    # Part of a balance is not between nothing and the balance: it may compensate itself.
    balance = (low < 0).any(axis=0) & ~np.isnan(low).all(axis=0)
    split_balance = (unsure @ np.ones((links.shape[1], 1)) > 0) & balance
    below[(pattern @ np.isneginf(low).astype(float) > 0) | split_balance] = -np.inf
    above[(pattern @ np.isposinf(high).astype(float) > 0) | split_balance] = np.inf
    return below, above


def _statuses(
    passage: Passage,
    given: Given,
    outcome: Outcome,
    chosen: slice,
    known: NDArray[np.bool_] | None,
) -> None:
    links = passage.links
    linked = links.linked[:, None]
    split = links.any_by_target(links.split)[:, None]
    unsure = links.any_by_target(links.part)[:, None]
    shape = outcome.value[:, chosen].shape
    status = np.where(split, Outcome.code(Status.ESTIMATED), Outcome.code(Status.AGGREGATED))
    status = np.broadcast_to(status, shape).copy()
    hidden = np.zeros(shape, dtype=bool)
    if known is not None:
        lost = sparse.csr_array((~known).astype(float))
        hidden = np.asarray((links.matrix(np.ones(len(links.source))) @ lost).todense()) > 0
        lit = links.matrix(links.share) @ known.astype(float)
        outcome.coverage[:, chosen] = np.minimum(lit, outcome.coverage[:, chosen])
    bounded = hidden | unsure
    status[bounded] = Outcome.code(Status.BOUNDED)
    endless = bounded & ~np.isfinite(outcome.high[:, chosen])
    endless |= bounded & ~np.isfinite(outcome.low[:, chosen])
    status[endless | ~linked] = Outcome.code(Status.MISSING)
    outcome.status[:, chosen] = status
    outcome.value[:, chosen][bounded | ~linked] = np.nan
    # Rounding may leave the estimate an ulp outside its own bounds.
    for bound, widest in ((outcome.low, np.fmin), (outcome.high, np.fmax)):
        view = bound[:, chosen]
        widest(view, outcome.value[:, chosen], out=view)
        view[~np.isfinite(view) | endless | ~linked] = np.nan
    _reasons(passage, given, outcome, chosen, known)


def _reasons(
    passage: Passage,
    given: Given,
    outcome: Outcome,
    chosen: slice,
    known: NDArray[np.bool_] | None,
) -> None:
    said = (outcome.status[:, chosen] == Outcome.code(Status.MISSING)) | (
        outcome.status[:, chosen] == Outcome.code(Status.BOUNDED)
    )
    texts: dict[tuple[int, bytes], str] = {}
    by_target = np.argsort(passage.links.target, kind="stable")
    starts = np.searchsorted(passage.links.target[by_target], np.arange(len(passage.targets) + 1))
    for target, column in np.argwhere(said):
        mine = by_target[starts[target] : starts[target + 1]]
        sources = passage.links.source[mine]
        lost = np.zeros(len(mine), bool) if known is None else ~known[sources, column]
        key = (int(target), lost.tobytes())
        if key not in texts:
            texts[key] = _reason(passage, given, mine, lost)
        outcome.reason[target, chosen.start + column] = texts[key]


def _reason(
    passage: Passage, given: Given, mine: NDArray[np.int64], lost: NDArray[np.bool_]
) -> str:
    if len(mine) == 0:
        return "Aucune source ne couvre ce territoire."
    links = passage.links
    said = []
    part = mine[links.part[mine]]
    if len(part):
        codes = passage.sources[links.source[part]]
        said.append(f"Le territoire est une partie inconnue de {named(codes)}.")
    for absent, words in ((True, "absente du tableau"), (False, "masquée ou non fournie")):
        chosen = mine[lost & (given.absent[links.source[mine]] == absent)]
        if len(chosen):
            codes = passage.sources[links.source[chosen]]
            said.append(f"Source {words} : {named(codes)}.")
    return " ".join(said)


def report(passage: Passage, given: Given) -> dict[str, object]:
    """Say which sources were unknown or absent, and what fell outside, by variable."""
    return {
        "unknown_sources": given.unknown,
        "absent_sources": [str(code) for code in passage.sources[given.absent]],
        "balance": balance(passage, given).to_dict("index"),
    }


def balance(
    passage: Passage, given: Given, inside: NDArray[np.float64] | None = None
) -> pd.DataFrame:
    """Compare, by additive variable, what was given with what came out."""
    links = passage.links
    within = sum_by(links.source, links.weight, links.shape[1])
    lost = floats(passage.outside)
    unplaced = np.where(np.isnan(lost), 1.0 - within, 0.0)
    kept = [k for k, nature in enumerate(given.natures) if nature.additive]
    parts = np.vstack([np.ones(len(within)), within, np.nan_to_num(lost, nan=0.0), unplaced])
    sums = np.zeros((len(parts), len(kept)))
    size = np.zeros(len(kept))
    for start in range(0, len(kept), _COLUMNS_AT_ONCE):
        chosen = slice(start, start + _COLUMNS_AT_ONCE)
        known = given.numbers.T[kept[chosen]]
        if not np.isfinite(known.sum()):
            known = np.nan_to_num(known, nan=0.0)
        sums[:, chosen] = (known @ parts.T).T
        size[chosen] = np.abs(known).sum(axis=1)
    stray = given.stray[kept]
    total, entered, outside, unknown = sums
    if inside is not None:
        entered = inside[kept]
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
        index=pd.Index([given.variables[k] for k in kept], name="variable"),
    )
