"""The passage itself: links between two zonings, what they cover, where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.passage.arrays import Flags, Positions, floats, sum_by
from observatoire.passage.counted import kind_declared
from observatoire.passage.links import PART, SPLIT, WHOLE, Links
from observatoire.passage.prediction import with_prediction
from observatoire.passage.transfer.balance import balance, balance_of_weights, report
from observatoire.passage.transfer.calibration import (
    calibrated,
    check_counts,
    check_totals,
    with_totals,
)
from observatoire.passage.transfer.carry import carry_frame
from observatoire.passage.transfer.frames import as_series
from observatoire.passage.transfer.inputs import check_given
from observatoire.passage.transfer.metadata import About, of_ratio, with_about
from observatoire.passage.transfer.outcome import tidy
from observatoire.passage.transfer.ratios import carry_ratio
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, eq=False)
class Passage:
    """Weights that carry what is counted on a source zoning to a target zoning.

    Made by :func:`by_area`, :func:`by_support`, :func:`by_density` or :func:`from_table`; never
    changed afterwards.

    Parameters
    ----------
    weights : DataFrame
        ``source``, ``target``, ``weight`` (share of the source that goes to the target),
        ``low`` and ``high`` (bounds of that share that hold without the method's assumption),
        ``share`` (share of the target that this source covers) and ``link`` (« proche »: the
        source lies wholly inside; « partage »: it is split; « inclus »: the target is an
        unknown part of it, and the weight is blank).
    coverage : Series
        By target, from 0 to 1: what the sources cover of it.
    outside : Series
        By source, from 0 to 1: what falls outside every target; blank when unknown.
    method, parameters : str, mapping
        How the weights were obtained.
    source_zoning, target_zoning : str
        The two zonings, with their vintage.
    remarks : tuple of str
        What was repaired, dropped or assumed on the way, in French sentences.
    quality : DataFrame
        By target, what may be said of the support (share of it that the producer imputed).
    reaching : frozenset of str
        Sources part of which lies outside every target, though the method places nobody there.

    Examples
    --------
    >>> from observatoire import passage
    >>> p = passage.from_table(
    ...     pd.DataFrame({"source": ["a", "b"], "target": ["X", "X"], "weight": [1.0, 0.5]})
    ... )
    >>> p.apply(pd.DataFrame({"pop": [10.0, 4.0]}, index=["a", "b"])).value.tolist()
    [12.0]
    >>> p.outside.to_dict()
    {'a': 0.0, 'b': 0.5}
    """

    weights: pd.DataFrame
    coverage: pd.Series[float]
    outside: pd.Series[float]
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    source_zoning: str = ""
    target_zoning: str = ""
    remarks: tuple[str, ...] = ()
    quality: pd.DataFrame = field(default_factory=pd.DataFrame)
    reaching: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Say what the passage links, how, and how much of it is split."""
        split = int((self.weights["link"] != WHOLE).sum())
        return (
            f"<Passage {self.source_zoning or 'source'} → {self.target_zoning or 'cible'} : "
            f"{self.method}, {len(self.sources)} sources, {len(self.targets)} cibles, "
            f"{len(self.weights)} liens dont {split} partagés>"
        )

    @property
    def sources(self) -> pd.Index[str]:
        """Codes of the source zoning, in increasing order."""
        return self.outside.index

    @property
    def targets(self) -> pd.Index[str]:
        """Codes of the target zoning, in increasing order."""
        return self.coverage.index

    @property
    def enclosed(self) -> Flags:
        """Sources that lie wholly in targets, wherever the method places their people."""
        return self.links.enclosed

    @cached_property
    def links(self) -> Links:
        """What calculations ask of the passage: links as positions and sparse matrices."""
        return self.links_at(
            self.sources.get_indexer(pd.Index(self.weights["source"])).astype(np.int64),
            self.targets.get_indexer(pd.Index(self.weights["target"])).astype(np.int64),
        )

    def links_at(self, source: Positions, target: Positions) -> Links:
        """Return the links when the positions of their codes are known."""
        return Links.at(
            source,
            target,
            self.weights,
            sources=self.sources,
            targets=self.targets,
            coverage=floats(self.coverage),
            outside=floats(self.outside),
            reaching=self.reaching,
            sliver=float(self.parameters.get("sliver", 0.0) or 0.0),
            carries=str(self.parameters.get("carries", "")),
            source_zoning=self.source_zoning,
            target_zoning=self.target_zoning,
        )

    @property
    def description(self) -> dict[str, object]:
        """What a figure must say of the passage that produced it."""
        return {
            "method": self.method,
            "parameters": dict(self.parameters),
            "source_zoning": self.source_zoning,
            "target_zoning": self.target_zoning,
            "remarks": list(self.remarks),
        }

    def apply(
        self,
        frame: pd.DataFrame | pd.Series[Any],
        nature: str | Mapping[str, str] = Nature.COUNT,
        *,
        low: pd.DataFrame | pd.Series[Any] | None = None,
        high: pd.DataFrame | pd.Series[Any] | None = None,
        totals: pd.Series[Any] | pd.DataFrame | Mapping[str, float] | None = None,
        about: About | None = None,
        min_coverage: float = 0.95,
    ) -> pd.DataFrame:
        """Carry variables from the sources to the targets.

        Parameters
        ----------
        frame : DataFrame or Series
            Indexed by source code, one column a variable; NaN is hidden or absent. Its ``attrs``
            go on to the table.
        nature : str or mapping
            Nature of all variables, or of each by its name.
        low, high : DataFrame, optional
            Bounds of the sources' own values; a source or a variable may be left out of them.
        totals : Series or DataFrame, optional
            Published totals by target: their value is kept, the rest is calibrated on them and
            the bounds of the neighbours tighten. A Series is for the only variable, or for the
            one it is named after.
        about : mapping, optional
            ``unit``, ``universe``, ``counts`` (« logements sociaux ») and ``period`` of the
            variables, or of each by its name: they become columns of the table. What is not
            what the weights carry is only bounded where a source is shared.
        min_coverage : float
            Share of a target below which the rates of its sources say nothing of the whole.

        Returns
        -------
        DataFrame
            ``target, variable, value, low, high, status, coverage, reason`` (``pi80_low``… too where
            the method learnt an interval): every target by every variable, targets in increasing order.
            The value of a count is what the sources bring: where they do not cover the target whole, it
            is estimated, and has no upper bound. ``attrs["report"]`` says which sources were unknown or
            absent and, by variable, what fell inside and outside; ``attrs["passage"]`` by which method.

        Raises
        ------
        NatureError
            A median, a mean or an index: it cannot pass from one zoning to another.

        Examples
        --------
        >>> from observatoire import passage
        >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["X", "X"], "weight": [1, 0.5]})
        >>> table = passage.from_table(links).apply(pd.DataFrame({"pop": [10.0, 4.0]}, ["a", "b"]))
        >>> table[["value", "low", "high", "status"]].values.tolist()
        [[12.0, 10.0, 14.0, 'estimated']]
        """
        given, outcome = carry_frame(
            self.links, frame, nature, low=low, high=high, about=about, min_coverage=min_coverage
        )
        table = tidy(self.targets, given.variables, outcome)
        if totals is not None:
            table = with_totals(self.links, given, table, totals)
        ends = self.parameters.get("ends", ())
        table = with_about(with_prediction(table, ends, given.kinds, self.links.carries), about)
        summary = report(self.links, given)
        table.attrs = {**frame.attrs, "passage": self.description, "report": summary}
        return table

    def apply_ratio(
        self,
        numerators: pd.DataFrame | pd.Series[Any],
        denominators: pd.DataFrame | pd.Series[Any],
        *,
        share: bool = False,
        scale: float | None = None,
        about: About | None = None,
        min_coverage: float = 0.95,
    ) -> pd.DataFrame:
        """Recompute rates from their two counts, each carried to the targets.

        Parameters
        ----------
        numerators, denominators : DataFrame or Series
            Indexed by source code, same columns (the names of the rates).
        share : bool
            The numerator is counted among the denominator (a share): the bounds are tighter,
            and a numerator above its denominator is an error.
        scale : float
            What to multiply the quotient by: by default what its unit says (``about``: 100 for
            « % », 1000 for « pour 1 000 habitants »), 1 without a unit.
        about, min_coverage
            As :meth:`apply`, of the rates.

        Returns
        -------
        DataFrame
            As :meth:`apply`. A denominator of zero is ``not_applicable``. ``attrs`` keep those of
            both counts apart, and what they share but the unit.

        Examples
        --------
        >>> from observatoire import passage
        >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["X", "X"], "weight": [1, 1]})
        >>> p = passage.from_table(links)
        >>> poor = pd.DataFrame({"taux": [10.0, 30.0]}, index=["a", "b"])
        >>> people = pd.DataFrame({"taux": [100.0, 100.0]}, index=["a", "b"])
        >>> p.apply_ratio(poor, people, scale=100).value.tolist()
        [20.0]
        """
        variables, outcome = carry_ratio(
            self.links,
            numerators,
            denominators,
            share=share,
            scale=scale,
            about=about,
            min_coverage=min_coverage,
        )
        table = tidy(self.targets, variables, outcome)
        shared = of_ratio(numerators.attrs, denominators.attrs)
        table = with_about(table, about)
        table.attrs = {**shared, "passage": self.description}
        return table

    def verify(self, frame: pd.DataFrame | pd.Series[Any] | None = None) -> pd.DataFrame:
        """Check that totals come back: what was given is inside, outside, or known to be unknown.

        Parameters
        ----------
        frame : DataFrame or Series, optional
            As :meth:`apply`; without it, the weights of each source are checked to make one.

        Returns
        -------
        DataFrame
            By variable (by source without a frame): ``given`` (sum of the known sources),
            ``inside``, ``outside``, ``unplaced`` (sources whose part is unknown, or that the
            passage does not know), ``gap`` (relative), ``balanced`` (gap of 1e-12 at most).

        Examples
        --------
        >>> from observatoire import passage
        >>> links = pd.DataFrame({"source": ["a"], "target": ["X"], "weight": [0.3]})
        >>> p = passage.from_table(links)
        >>> p.verify(pd.DataFrame({"pop": [10.0]}, index=["a"])).balanced.tolist()
        [True]
        """
        if frame is None:
            return balance_of_weights(self.links)
        given = check_given(self.links, frame, Nature.COUNT, signed=True)
        carried = self.links.product(np.nan_to_num(given.numbers, nan=0.0))
        return balance(self.links, given, carried.sum(axis=0))

    def preview(self) -> pd.DataFrame:
        """Say, before any figure, which targets are split and by how much.

        Returns
        -------
        DataFrame
            By target: ``whole``, ``split`` and ``part`` (numbers of sources of each kind),
            ``split_share`` (share of the target that split sources cover), ``coverage``, and the
            columns of ``quality``.

        Examples
        --------
        >>> from observatoire import passage
        >>> links = pd.DataFrame({"source": ["a"], "target": ["X"], "weight": [0.3]})
        >>> p = passage.from_table(links)
        >>> p.preview()[["whole", "split", "part"]].values.tolist()
        [[0, 1, 0]]
        """
        kinds = self.weights["link"].to_numpy()
        target = self.weights["target"].to_numpy()
        counted = {
            name: pd.Series(kinds == link).groupby(target).sum()
            for name, link in (("whole", WHOLE), ("split", SPLIT), ("part", PART))
        }
        table = pd.DataFrame(counted).reindex(self.targets, fill_value=0).astype(int)
        cut = self.weights.loc[kinds != WHOLE].groupby("target")["share"].sum()
        table["split_share"] = cut.reindex(self.targets, fill_value=0.0).astype(float)
        table["coverage"] = self.coverage
        table.index.name = "target"
        return table.join(self.quality) if len(self.quality.columns) else table

    def calibrate(
        self, counts: pd.Series[Any], totals: pd.Series[Any] | Mapping[str, float]
    ) -> Passage:
        """Return the passage whose weights bring ``counts`` to the published ``totals``.

        Parameters
        ----------
        counts : Series
            By source, the count whose totals are published.
        totals : Series
            By target, the published totals; targets left out keep their method's share of
            what remains.

        Examples
        --------
        >>> from observatoire import passage
        >>> links = {"source": ["a", "a"], "target": ["X", "Y"], "weight": [0.5, 0.5]}
        >>> p = passage.from_table(pd.DataFrame(links))
        >>> fixed = p.calibrate(pd.Series({"a": 10.0}), pd.Series({"X": 8.0}))
        >>> fixed.weights.weight.round(9).tolist()
        [0.8, 0.2]
        """
        counts = as_series(counts, "counts")
        values = check_counts(self.links, counts)
        wanted = check_totals(self.links, as_series(totals, "totals"))
        weight, remarks = calibrated(self.links, values, wanted)
        sums = sum_by(self.links.source, weight, len(self.sources))
        name = str(counts.name or "")
        carries = {"carries": kind} if (kind := kind_declared(counts.attrs, name)) else {}
        return replace(
            self,
            weights=self.weights.assign(weight=np.where(self.links.part, np.nan, weight)),
            outside=self.outside * 0.0 + np.maximum(1.0 - sums, 0.0),
            method=f"{self.method} + calage",
            parameters={**self.parameters, "calibrated_on": name, "ends": [], **carries},
            remarks=(*self.remarks, *remarks),
            reaching=frozenset(self.sources[~self.enclosed]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the passage as one table de passage, which :func:`from_table` reads back.

        Sources partly or wholly outside and targets that nothing covers have their rows, with
        the other code blank. Method, parameters and zonings go in ``attrs``.

        Examples
        --------
        >>> from observatoire import passage
        >>> links = pd.DataFrame({"source": ["a"], "target": ["X"], "weight": [0.3]})
        >>> p = passage.from_table(links)
        >>> p.to_frame()[["source", "target", "weight"]].values.tolist()
        [['a', 'X', 0.3], ['a', '', 0.7]]
        """
        source, weight = self.sources[~self.enclosed], self.outside[~self.enclosed].to_numpy()
        target = self.targets.difference(pd.Index(self.weights["target"].unique()))
        reaching = pd.DataFrame({"source": source, "target": "", "weight": weight, "link": ""})
        empty = pd.DataFrame({"source": "", "target": target, "weight": np.nan, "link": ""})
        table = pd.concat([self.weights, reaching, empty], ignore_index=True)
        table.attrs.update(self.description)
        # The coverage of a support is not of ground.
        if not np.allclose(self.links.covered, self.links.coverage):
            table.attrs["coverage"] = self.coverage.to_dict()
        table.attrs["quality"] = self.quality.to_dict("split")
        return table
