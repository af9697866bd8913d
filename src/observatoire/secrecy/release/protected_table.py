"""The only kind of table that may be shown, and the only place where it is made."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.french.nouns import TerritoryNames
from observatoire.indicators.computation.explanations import ABOVE_WHOLE
from observatoire.indicators.precision.estimates import stated_precision
from observatoire.secrecy.plan.record import Record
from observatoire.secrecy.primary.sensitive_cells import (
    COMPLEMENTARY,
    PRODUCER,
    keys_of,
    primary_causes,
    public_causes,
)
from observatoire.secrecy.release.redaction import (
    MEASURES,
    completed,
    put,
    rounded,
    shown_differences,
    withhold_sizes,
)
from observatoire.values import PREDICTION_COLUMNS, TABLE_COLUMNS, Status, records
from observatoire.values import Record as Row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from matplotlib.axes import Axes

    from observatoire.indicators.computation.table import Table
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.decision import Decision
    from observatoire.secrecy.release.output_check import OutputCheck
    from observatoire.sources.descriptors.agreement import Agreement


_SEAL = object()

#: Why a cell we hide shows nothing: the same words for all, whatever the cause.
HIDDEN_REASON = "Couvert par le secret statistique."

#: What is said besides of all hidden cells of an indicator, where an analyst may show more.
UNSAID = (
    " Rien ne dit sur combien porte ce chiffre : chaque effectif de la source est jugé. "
    "À déclarer : [[secrecy.conditions]] basis, ou size de l’indicateur."
)

#: Columns of ``ProtectedTable.df``: the tidy ones, then what explains a hole, then precision.
SHOWN_COLUMNS = (
    *TABLE_COLUMNS,
    *PREDICTION_COLUMNS,
    "zoning",
    "reason",
    "method",
    "sampling_low",
    "sampling_high",
    "passage_low",
    "passage_high",
    "precision",
    "flag",
)


class Display(Protocol):
    """Shows a protected table; the rooms above give one, for secrecy knows of no page."""

    def html(self, table: ProtectedTable) -> str:
        """Return a table as a notebook shows it."""

    def plot(self, table: ProtectedTable, indicator: str, ax: Axes | None) -> Axes:
        """Draw one indicator of a table."""


@dataclass(frozen=True)
class ProtectedTable:
    """A table of indicators that may be shown.

    Only :func:`protect_table` makes one; panels, maps, annexes and packages accept nothing else.
    """

    cells: pd.DataFrame = field(repr=False)
    indicators: Mapping[str, Indicator] = field(repr=False)
    zoning: str
    zoning_label: str
    warnings: tuple[str, ...] = field(repr=False)
    comparators: tuple[str, ...]
    hidden: Mapping[str, int]
    shapes: Callable[[], gpd.GeoDataFrame] | None = field(repr=False, default=None)
    differences: pd.DataFrame | None = field(repr=False, default=None)
    caveats: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)
    record: Record = field(repr=False, default_factory=Record)
    output_check: OutputCheck | None = field(repr=False, default=None)
    companions: tuple[ProtectedTable, ...] = field(repr=False, default=())
    audience: str = "public"
    agreements: Mapping[tuple[str, str], tuple[Agreement, ...]] = field(
        repr=False, default_factory=dict
    )
    words: TerritoryNames = field(repr=False, default_factory=TerritoryNames)
    display: Display | None = field(repr=False, default=None, compare=False)
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        """Refuse a table that nothing protected; no table keeps the key."""
        if seal is not _SEAL:
            raise _unprotected()

    @property
    def df(self) -> pd.DataFrame:
        """The tidy table: one row a territory, indicator and period, comparators last."""
        return stated_precision(self.cells)[list(SHOWN_COLUMNS)].copy()

    @property
    def gdf(self) -> gpd.GeoDataFrame:
        """The same with the geometry of each territory (None where there is no perimeter)."""
        frame = self.df
        if self.shapes is None:
            return gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
        found = self.shapes().reindex(pd.MultiIndex.from_frame(frame[["zoning", "territory"]]))
        return gpd.GeoDataFrame(
            frame.assign(official=found["official"].fillna(value=False).to_numpy(dtype=bool)),
            geometry=found.geometry.to_numpy(),
            crs=found.crs,
        )

    @cached_property
    def main(self) -> pd.DataFrame:
        """Cells of the zoning asked for, comparators left out."""
        return self.cells[self.cells["zoning"] == self.zoning]

    @cached_property
    def compared(self) -> pd.DataFrame:
        """Cells of the comparators."""
        return self.cells[self.cells["zoning"] != self.zoning]

    @cached_property
    def by_indicator(self) -> dict[str, tuple[list[Row], dict[tuple[str, str], Row]]]:
        """Rows of each indicator: those of the zoning asked for, and of comparators by their place."""
        found: dict[str, tuple[list[Row], dict[tuple[str, str], Row]]] = {
            code: ([], {}) for code in self.indicators
        }
        for row in records(self.cells):
            main, compared = found[str(row["indicator"])]
            if row["zoning"] == self.zoning:
                main.append(row)
            else:
                compared[str(row["zoning"]), str(row["territory"])] = row
        return found

    @cached_property
    def verdicts(self) -> dict[tuple[str, str], Row]:
        """Differences with the first comparator, by territory and indicator: those that pages mark."""
        if self.differences is None or self.differences.empty:
            return {}
        first = self.differences["comparator"].iloc[0]
        shown = records(self.differences[self.differences["comparator"] == first])
        return {(str(row["territory"]), str(row["indicator"])): row for row in shown}

    def select(
        self, indicators: Sequence[str] | None = None, territories: Sequence[str] | None = None
    ) -> ProtectedTable:
        """Return some indicators, for some territories; comparators stay."""
        cells = self.cells
        kept = dict(self.indicators)
        if indicators is not None:
            kept = {code: self.indicators[code] for code in indicators}
            cells = cells[cells["indicator"].isin(list(kept))]
        if territories is not None:
            main = cells["zoning"] == self.zoning
            cells = cells[~main | cells["territory"].isin(list(territories))]
        gaps = self.differences
        if gaps is not None:
            chosen = gaps["indicator"].isin(list(kept))
            if territories is not None:
                chosen &= gaps["territory"].isin(list(territories))
            gaps = gaps[chosen]
        return replace(self, cells=cells, indicators=kept, differences=gaps, seal=_SEAL)

    def compared_with(self, spots: Collection[tuple[str, str]]) -> ProtectedTable:
        """Return the table with, of its comparators, those of some zonings and codes."""
        keys = zip(self.cells["zoning"], self.cells["territory"], strict=True)
        kept = [zoning == self.zoning or (zoning, code) in spots for zoning, code in keys]
        return replace(self, cells=self.cells[kept], seal=_SEAL)

    def judged_against(self, comparators: Sequence[str]) -> ProtectedTable:
        """Return the table with its differences from some comparators, the first of which pages mark."""
        gaps = self.differences
        if gaps is not None:
            ranks = {code: rank for rank, code in enumerate(comparators)}
            kept = gaps[gaps["comparator"].isin(list(ranks))]
            gaps = kept.sort_values("comparator", key=lambda codes: codes.map(ranks), kind="stable")
        return replace(self, differences=gaps, seal=_SEAL)

    def with_others(self, *tables: ProtectedTable) -> ProtectedTable:
        """Return the table with others whose figures leave along with its own."""
        return replace(self, companions=tuple(admit(each) for each in tables), seal=_SEAL)

    def check_out(self, where: str) -> None:
        """Have the output check look at all that is about to leave; refused, nothing is written.

        Raises
        ------
        SecrecyError
            That names the cells, and the sums that would give a hidden count away.
        """
        asked: set[int] = set()
        for each in (self, *self.companions):
            if (check := each.output_check) is None:
                continue
            if id(check) not in asked:  # once: a package has a table a period
                check.declared()
                asked.add(id(check))
            agreed = [agreement for drawn in each.agreements.values() for agreement in drawn]
            check.check(each.cells, where, each.drawn_on(), agreed)

    def drawn_on(self) -> list[str]:
        """Return the sources whose figures it shows."""
        shown = self.cells[self.cells[["value", "low", "high"]].notna().any(axis=1)]
        found = [self.indicators[code] for code in shown["indicator"].unique()]
        return sorted({source for each in found for source in (*each.sources, each.published[0])})

    def keep_out(self, kind: str, name: str) -> None:
        """Have the ledger keep what has left."""
        cells = pd.concat([each.cells for each in (self, *self.companions)], ignore_index=True)
        if self.output_check is not None:
            self.output_check.keep(cells, kind, name)

    def indicator(self, code: str) -> Indicator:
        """Return the definition of one of its indicators."""
        return self.indicators[code]

    def shown_by(self, display: Display) -> ProtectedTable:
        """Return the table with what shows it in a notebook."""
        return replace(self, display=display, seal=_SEAL)

    def plot(self, indicator: str = "", ax: Axes | None = None) -> Axes:
        """Draw one indicator on matplotlib axes: a dot a territory, with its interval.

        Parameters
        ----------
        indicator : str
            Which one; needed when the table holds several.
        ax : Axes, optional
            Where; a new figure by default.

        Raises
        ------
        UnknownNameError
            When the table holds several indicators, or not this one.
        """
        if self.display is None:
            raise _unprotected()
        return self.display.plot(self, indicator, ax)

    def _repr_html_(self) -> str:
        if self.display is None:
            return str(self.df.to_html(index=False, na_rep="", max_rows=60))
        return self.display.html(self)


def admit(table: ProtectedTable) -> ProtectedTable:
    """Let a protected table in, and nothing else: what every page, map and package calls first.

    Raises
    ------
    SecrecyError
        On anything that :func:`protect_table` did not make.
    """
    if not isinstance(table, ProtectedTable):
        raise _unprotected()
    return table


def _unprotected() -> SecrecyError:
    return SecrecyError(
        "Ce tableau n’est pas passé par le secret statistique.",
        remedy="Obtenez-le par o.table(…), qui le protège.",
    )


def protect_table(
    table: Table,
    shapes: Callable[[], gpd.GeoDataFrame] | None = None,
    decision: Decision | None = None,
    output_check: OutputCheck | None = None,
) -> ProtectedTable:
    """Hide what may not be shown, and seal the rest.

    Parameters
    ----------
    table : Table
        Computed cells; ``count`` is compared with ``threshold``, a threshold of 0 hides nothing.
    shapes : callable, optional
        Returns shapes indexed by zoning and territory, with an ``official`` column.
    decision : Decision, optional
        What the whole workspace may show. Without it, only primary secrecy is kept: a count above
        zero and under the threshold, a rate that such a count is the numerator or the denominator
        of, or what the numerator leaves of the denominator, and bounds that would show one.
    output_check : OutputCheck, optional
        What checks the table once more when it is written, and keeps the ledger.

    Returns
    -------
    ProtectedTable
        Same cells and order; a hidden one has status ``secret``, no value, no bounds, no note of
        its producer (which could give the number). Its reason does not say whether it is itself
        under the threshold: that would show it. ``hidden`` counts the hidden cells by cause.

    Raises
    ------
    SecrecyError
        On a cell of a guarded indicator that the plan does not know.
    """
    cells = completed(table.cells)
    causes = _causes(cells, table, decision)
    if decision is None or any(decision.record.counts.values()):
        # That a part passes its whole bounds the one by the other: a hidden count, perhaps.
        causes[(cells["threshold"] > 0) & (cells["reason"] == ABOVE_WHOLE)] = COMPLEMENTARY
    ours = (causes != "") & (causes != PRODUCER)
    empty = cells["status"].isin([str(Status.MISSING), str(Status.NOT_APPLICABLE)])
    emptied = (causes != "") | empty
    put(cells, emptied, MEASURES, float("nan"))
    # What a cell rests on has served: kept, it would speak of hidden parts.
    cells["count"], cells["origin"] = float("nan"), ""
    cells["method"] = cells["method"].mask(causes != "", "")
    cells["flag"] = cells["flag"].mask(emptied, "")
    withhold_sizes(cells, table.indicators)
    rounded(cells, table.indicators, {key[2] for key in decision.cells} if decision else ())
    cells["status"] = cells["status"].mask(ours, str(Status.SECRET))
    cells["reason"] = cells["reason"].mask(ours, HIDDEN_REASON)
    if decision is not None and decision.unsaid:
        cells.loc[ours & cells["indicator"].isin(sorted(decision.unsaid)), "reason"] += UNSAID
    return ProtectedTable(
        cells=cells,
        indicators=table.indicators,
        zoning=table.zoning,
        zoning_label=table.zoning_label,
        warnings=table.warnings,
        comparators=table.comparators,
        hidden=public_causes(causes),
        shapes=shapes,
        differences=shown_differences(table.differences, cells),
        caveats=table.caveats,
        record=decision.record if decision else Record(),
        output_check=output_check,
        audience=table.audience,
        agreements=table.agreements,
        words=table.words,
        seal=_SEAL,
    )


#: A figure and what bounds it: a cell without them shows nothing.
_BOUNDED = ("value", "low", "high")


def _causes(cells: pd.DataFrame, table: Table, decision: Decision | None) -> pd.Series:
    """Return why each cell is hidden, empty when it may be shown."""
    causes = primary_causes(cells, table.indicators, {})
    if decision is None:
        return causes
    # An empty one is hidden by its producer, kept back by an agreement, or absent.
    filled = cells[list(_BOUNDED)].notna().any(axis=1)
    concerned = cells["indicator"].isin(sorted(decision.guarded)) & filled
    found = []
    for key in keys_of(cells[concerned]):
        if key in decision.cells:
            found.append(decision.cause(key))
        else:
            raise SecrecyError(
                f"Rien ne dit si {key[2]} de {key[1]} ({key[0]}, {key[3]}) peut être montré.",
                why="Le secret se décide sur tous les chiffres de l’espace de travail ensemble.",
                remedy="Rechargez les données, puis refaites le tableau.",
                cell=key,
            )
    causes[concerned] = found
    return causes
