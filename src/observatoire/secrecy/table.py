"""The door: the only kind of table that may be shown, and the only place where it is made."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.values import TABLE_COLUMNS, Nature, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.indicators.table import Table

_SEAL = object()

#: What hid a cell.
PRODUCER, PRIMARY = "masqué par le producteur", "sous le seuil de la source"

#: Columns of ``ProtectedTable.df``: the tidy ones, then what explains a hole.
SHOWN_COLUMNS = (*TABLE_COLUMNS, "zoning", "reason", "method")


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
    shapes: gpd.GeoDataFrame | None = field(repr=False, default=None)
    audience: str = "public"
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        """Refuse a table that did not come through the door; no table keeps the key."""
        if seal is not _SEAL:
            raise _unprotected()

    @property
    def df(self) -> pd.DataFrame:
        """The tidy table: one row a territory, indicator and period, comparators last."""
        return self.cells[list(SHOWN_COLUMNS)].copy()

    @property
    def gdf(self) -> gpd.GeoDataFrame:
        """The same with the geometry of each territory (None where there is no perimeter)."""
        frame = self.df
        if self.shapes is None:
            return gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
        keys = pd.MultiIndex.from_frame(frame[["zoning", "territory"]])
        geometry = self.shapes.geometry.reindex(keys)
        official = self.shapes["official"].reindex(keys)
        return gpd.GeoDataFrame(
            frame.assign(official=official.fillna(value=False).to_numpy(dtype=bool)),
            geometry=geometry.to_numpy(),
            crs=self.shapes.crs,
        )

    @property
    def main(self) -> pd.DataFrame:
        """Cells of the zoning asked for, comparators left out."""
        return self.cells[self.cells["zoning"] == self.zoning]

    @property
    def compared(self) -> pd.DataFrame:
        """Cells of the comparators."""
        return self.cells[self.cells["zoning"] != self.zoning]

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
            mine = cells["zoning"] == self.zoning
            cells = cells[~mine | cells["territory"].isin(list(territories))]
        return replace(self, cells=cells, indicators=kept, seal=_SEAL)

    def indicator(self, code: str) -> Indicator:
        """Return the definition of one of its indicators."""
        return self.indicators[code]

    def _repr_html_(self) -> str:
        return str(self.df.to_html(index=False, na_rep="", max_rows=60))


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


def protect_table(table: Table, shapes: gpd.GeoDataFrame | None = None) -> ProtectedTable:
    """Hide what may not be shown, and seal the rest.

    Parameters
    ----------
    table : Table
        Computed cells; ``count`` is compared with ``threshold``, a threshold of 0 hides nothing.
    shapes : GeoDataFrame, optional
        Shapes indexed by zoning and territory, with an ``official`` column.

    Returns
    -------
    ProtectedTable
        Same cells and order; a hidden one has status ``secret``, no value, no bounds, no note of
        its producer (which could tell the number), and its reason. ``hidden`` counts the hidden
        cells by cause.

    Notes
    -----
    Primary secrecy only: a count above zero and under the threshold, a rate that such a count is
    the numerator or the denominator of, or what the numerator leaves of the denominator, and
    bounds that would tell one. Zero is not hidden. What can be found by
    subtraction is hidden by the complementary step (see the secrecy page of the documentation).
    """
    cells = table.cells.reset_index(drop=True).copy()
    by_producer = cells["status"] == str(Status.SECRET)
    primary = _under_threshold(cells, table.indicators) & ~by_producer
    cells.loc[primary | by_producer, ["value", "low", "high"]] = float("nan")
    # What a cell rests on has served: kept, it would tell of hidden parts.
    cells["count"] = float("nan")
    cells.loc[primary | by_producer, "method"] = ""
    cells.loc[primary, "status"] = str(Status.SECRET)
    cells.loc[primary, "reason"] = [
        f"Effectif au-dessous du seuil de {threshold:.0f} de la source."
        for threshold in cells.loc[primary, "threshold"]
    ]
    hidden = {PRODUCER: int(by_producer.sum()), PRIMARY: int(primary.sum())}
    return ProtectedTable(
        cells=cells,
        indicators=table.indicators,
        zoning=table.zoning,
        zoning_label=table.zoning_label,
        warnings=table.warnings,
        comparators=table.comparators,
        hidden=hidden,
        shapes=shapes,
        audience=table.audience,
        seal=_SEAL,
    )


def _under_threshold(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Say which cells tell a count above zero and under their threshold."""
    counted = (
        cells["indicator"]
        .map({code: indicator.nature is Nature.COUNT for code, indicator in indicators.items()})
        .astype(bool)
    )
    small = _below(cells["count"], cells["threshold"])
    for number in ("value", "low", "high"):
        small |= counted & _below(cells[number], cells["threshold"])
    return small


def _below(numbers: pd.Series, threshold: pd.Series) -> pd.Series:
    return (numbers > 0) & (numbers < threshold)
