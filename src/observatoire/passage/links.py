"""What calculations ask of a passage: its links as positions and sparse matrices, what they cover.

A calculation takes ``Links``; ``Passage`` alone knows both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.passage.arrays import Flags, Floats, Positions, floats, in_blocks, sum_by

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from scipy import sparse


#: Columns of ``Passage.weights``, in order.
WEIGHT_COLUMNS = ("source", "target", "weight", "low", "high", "share", "link")

#: The words of a link: the source lies wholly inside, is split, or holds the target somewhere.
WHOLE, SPLIT, PART = "proche", "partage", "inclus"

_ROUNDING = 1e-9  # share of a territory that sums of shares may miss by
_SIDE_BY_SIDE = 8  # variables multiplied together
_FEW = 2  # variables that are summed sooner than links are laid out as matrices


@dataclass(frozen=True, eq=False)
class Links:
    """The links of a passage, one number each, and what is known of its sources and targets.

    ``source`` and ``target`` are positions in ``sources`` and ``targets``; ``coverage`` is by
    target, ``outside`` by source; ``reaching`` are the sources part of which lies outside, though
    the method places nobody there; ``sliver`` is the share of a territory that the method drops;
    ``carries`` is what the weights are made of (people, dwellings), blank when nothing says it.
    """

    source: Positions
    target: Positions
    weight: Floats
    low: Floats
    high: Floats
    share: Floats
    split: Flags
    part: Flags
    sources: pd.Index[str]
    targets: pd.Index[str]
    coverage: Floats
    outside: Floats
    reaching: frozenset[str] = frozenset()
    sliver: float = 0.0
    carries: str = ""
    source_zoning: str = ""
    target_zoning: str = ""

    @staticmethod
    def at(source: Positions, target: Positions, weights: pd.DataFrame, **known: Any) -> Links:
        """Read a table of weights whose positions are known."""
        kind = weights["link"].array
        part = np.asarray(kind == PART, dtype=bool)
        return Links(
            source=source,
            target=target,
            weight=np.where(part, 0.0, floats(weights["weight"])),
            low=floats(weights["low"]),
            high=floats(weights["high"]),
            share=floats(weights["share"]),
            split=np.asarray(kind == SPLIT, dtype=bool),
            part=part,
            **known,
        )

    @cached_property
    def enclosed(self) -> Flags:
        """Sources that lie wholly in targets, wherever the method places their people."""
        inside: Flags = self.outside == 0
        return inside & ~self.sources.isin(list(self.reaching))

    @cached_property
    def covered(self) -> Floats:
        """Share of each target's ground that its sources cover."""
        return np.minimum(sum_by(self.target, self.share, len(self.targets)), 1.0)

    @cached_property
    def full(self) -> Flags:
        """Targets that their sources cover whole, but for what the method takes for a sliver."""
        full: Flags = self.covered >= 1.0 - max(self.sliver, _ROUNDING)
        return full

    @cached_property
    def uncovered(self) -> Flags:
        """Targets of which a part has no source: what is counted there is not known."""
        return self.linked & ~self.full

    @property
    def shape(self) -> tuple[int, int]:
        """How many targets and how many sources there are."""
        return len(self.targets), len(self.sources)

    def matrix(self, data: NDArray[Any]) -> sparse.csr_array:
        """Put one number a link in a sparse matrix."""
        from scipy import sparse  # noqa: PLC0415 - long to read, when something is first carried

        # Small positions halve what a product has to read along with the numbers.
        at = self.target.astype(np.int32), self.source.astype(np.int32)
        made = sparse.csr_array((data, at), shape=self.shape)
        made.eliminate_zeros()
        return made

    def product(self, values: Floats) -> Floats:
        """Carry numbers, source by variable: the estimates alone, all in one product.

        Where neither bounds nor status are needed: a NaN stays NaN in every target it touches.
        """
        return _times(self.estimate, values)

    def all_products(self, values: Floats) -> Floats:
        """Carry numbers that are all known: what is sure, what the two others add, stacked."""
        if values.shape[1] > _FEW or "layers" in self.__dict__:
            return _times(self.layers, values)
        # To lay links out as matrices costs more than a few sums.
        count = len(self.targets)
        carried = np.empty((3 * count, values.shape[1]), order="F")
        for column, numbers in enumerate(values.T):
            given = numbers[self.source]
            sums = [sum_by(self.target, given * share, count) for share in self._shares]
            carried[:, column] = np.concatenate(sums)
        return carried

    @property
    def _shares(self) -> tuple[Floats, Floats, Floats]:
        """What is sure of each link, what the method adds to it, what the most adds to it."""
        added = np.where(self.part, 0.0, self.weight - self.low)
        return self.low, added, self.high - self.low

    @cached_property
    def layers(self) -> sparse.csr_array:
        """What is sure, what the method adds to it, what the most adds to it, stacked.

        Whole sources are in the first alone, so that the three weigh little more than one.
        """
        from scipy import sparse  # noqa: PLC0415 - as above

        return sparse.vstack([self.matrix(share) for share in self._shares]).tocsr()

    @cached_property
    def estimate(self) -> sparse.csr_array:
        """The weights of the method."""
        return self.matrix(self.weight)

    @cached_property
    def ground(self) -> sparse.csr_array:
        """The share of each target's ground that a source covers."""
        return self.matrix(self.share)

    @cached_property
    def pattern(self) -> sparse.csr_array:
        """One a link, to say which sources a target has."""
        return self.matrix(np.ones(len(self.source)))

    @cached_property
    def least(self) -> sparse.csr_array:
        """The smallest shares that the sources may give."""
        return self.matrix(self.low)

    @cached_property
    def most(self) -> sparse.csr_array:
        """The largest shares that the sources may give."""
        return self.matrix(self.high)

    def any_by_target(self, flag: Flags) -> Flags:
        """Say which targets have at least one flagged link."""
        return sum_by(self.target, flag, self.shape[0]) > 0

    @cached_property
    def _ordered(self) -> tuple[Positions, Positions]:
        order = np.argsort(self.target, kind="stable")
        return order, np.searchsorted(self.target[order], np.arange(self.shape[0] + 1))

    def into(self, target: int) -> Positions:
        """Positions of the links into one target."""
        order, starts = self._ordered
        return order[starts[target] : starts[target + 1]]

    @cached_property
    def reasons(self) -> dict[tuple[int, bytes, bytes], str]:
        """Why a target lacks a value, by target, sources that are hidden and sources that are absent."""
        return {}

    @cached_property
    def linked(self) -> Flags:
        """Targets that at least one source covers."""
        return np.bincount(self.target, minlength=self.shape[0]) > 0


def _times(matrix: sparse.csr_array, values: Floats) -> Floats:
    """Multiply, a few variables at a time."""
    if values.ndim == 1:
        carried: Floats = matrix @ values
        return carried
    # A frame holds its variables one after the other, a product wants them side by side: eight
    # numbers fill a line of the processor's memory, which more or fewer do worse by.
    carried = np.empty((matrix.shape[0], values.shape[1]), order="F")

    def carry(block: slice) -> None:
        for start in range(block.start, block.stop, _SIDE_BY_SIDE):
            few = slice(start, min(start + _SIDE_BY_SIDE, block.stop))
            carried[:, few] = matrix @ np.ascontiguousarray(values[:, few])

    in_blocks(values.shape[1], len(values), carry)
    return carried
