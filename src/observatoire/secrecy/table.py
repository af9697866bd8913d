"""The door: the only kind of table that may be shown, and the only place where it is made."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.values import TABLE_COLUMNS, Nature, Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.catalogue import Indicator
    from observatoire.indicators.table import Table

_SEAL = object()

#: What hid a cell.
PRODUCER, PRIMARY = "masqué par le producteur", "sous le seuil de la source"

#: Columns of ``ProtectedTable.df``: the tidy ones, then what explains a hole, then precision.
SHOWN_COLUMNS = (
    *TABLE_COLUMNS,
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

#: Said of the precision of a rate whose interval would tell its denominator.
WITHHELD = "withheld"

#: Everything numeric that a hidden cell must not keep.
_NUMBERS = (
    "value",
    "low",
    "high",
    "passage_low",
    "passage_high",
    "sampling_low",
    "sampling_high",
    "wide_low",
    "wide_high",
    "base",
)


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
    differences: pd.DataFrame | None = field(repr=False, default=None)
    caveats: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)
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

    @property
    def verdicts(self) -> dict[tuple[str, str], Record]:
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
            mine = cells["zoning"] == self.zoning
            cells = cells[~mine | cells["territory"].isin(list(territories))]
        gaps = self.differences
        if gaps is not None:
            chosen = gaps["indicator"].isin(list(kept))
            if territories is not None:
                chosen &= gaps["territory"].isin(list(territories))
            gaps = gaps[chosen]
        return replace(self, cells=cells, indicators=kept, differences=gaps, seal=_SEAL)

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
    cells = _completed(table.cells)
    by_producer = cells["status"] == str(Status.SECRET)
    primary = _under_threshold(cells, table.indicators) & ~by_producer
    empty = cells["status"].isin([str(Status.MISSING), str(Status.NOT_APPLICABLE)])
    cells.loc[primary | by_producer | empty, list(_NUMBERS)] = float("nan")
    # What a cell rests on has served: kept, it would tell of hidden parts.
    cells["count"] = float("nan")
    cells.loc[primary | by_producer, "method"] = ""
    cells.loc[primary | by_producer | empty, "flag"] = ""
    _withhold_sizes(cells, table.indicators)
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
        differences=_told_differences(table.differences, cells),
        caveats=table.caveats,
        audience=table.audience,
        seal=_SEAL,
    )


def _completed(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with every column of precision, those of the passage alone by default."""
    whole = cells.reset_index(drop=True).copy()
    for name in ("low", "high"):
        if f"passage_{name}" not in whole:
            whole[f"passage_{name}"] = whole[name]
    for name in _NUMBERS:
        if name not in whole:
            whole[name] = float("nan")
    for name in ("precision", "flag"):
        if name not in whole:
            whole[name] = ""
    return whole


def _withhold_sizes(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> None:
    """Take away what would tell how many a rate of a guarded source is about.

    The width of a rate's interval gives its denominator, and the rate then gives its numerator:
    with those of the other territories, a hidden count would be found by subtraction.
    """
    guarded = cells["threshold"] > 0
    rates = cells["indicator"].map({c: i.nature is Nature.RATE for c, i in indicators.items()})
    told = guarded & rates.astype(bool) & (cells["precision"] != "reference")
    cells.loc[guarded, "base"] = float("nan")
    for name in ("low", "high"):
        made = told & cells["wide_low"].notna()
        cells.loc[made, name] = cells.loc[made, f"passage_{name}"]
    cells.loc[told & cells["wide_low"].notna(), "precision"] = WITHHELD
    widths = ["sampling_low", "sampling_high", "wide_low", "wide_high"]
    cells.loc[told, widths] = float("nan")


def _told_differences(differences: pd.DataFrame | None, cells: pd.DataFrame) -> pd.DataFrame | None:
    """Return the differences, blank where a side is hidden and bare where a size would be told."""
    if differences is None:
        return None
    told = differences.reset_index(drop=True).copy()
    keys = ["zoning", "territory", "indicator"]
    status = cells.set_index(keys)["status"]
    withheld = cells.set_index(keys)["precision"] == WITHHELD
    mine = pd.MultiIndex.from_frame(told[keys])
    theirs = pd.MultiIndex.from_frame(told[["against_zoning", "against", "indicator"]])
    secret = _either(status == str(Status.SECRET), mine, theirs)
    # An agreement that keeps a figure back empties its cell after differences were taken.
    lost = _either(status == str(Status.MISSING), mine, theirs)
    hidden = secret | lost
    guarded = _either(withheld, mine, theirs)
    told.loc[hidden, ["difference", "low", "high"]] = float("nan")
    told.loc[hidden, ["rank"]] = 0
    told.loc[hidden, ["verdict", "mark"]] = ""
    unsaid = lost & ~told["reason"].str.startswith("Pas de chiffre")
    told.loc[unsaid, "reason"] = "Un des deux chiffres n’est pas montré."
    told.loc[secret, "reason"] = "Un des deux chiffres est couvert par le secret."
    told.loc[guarded & ~hidden, ["low", "high"]] = float("nan")
    return told


def _either(said: pd.Series, mine: pd.MultiIndex, theirs: pd.MultiIndex) -> pd.Series:
    known = {key for key, value in said.items() if value}
    pairs = [a in known or b in known for a, b in zip(mine, theirs, strict=True)]
    return pd.Series(pairs, dtype=bool)


def _under_threshold(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Say which cells tell a count above zero and under their threshold."""
    counted = (
        cells["indicator"]
        .map({code: indicator.nature is Nature.COUNT for code, indicator in indicators.items()})
        .astype(bool)
    )
    small = _below(cells["count"], cells["threshold"])
    # An interval of sampling is no bound of the count: only what the passage tells may tell it.
    for number in ("value", "passage_low", "passage_high"):
        small |= counted & _below(cells[number], cells["threshold"])
    return small


def _below(numbers: pd.Series, threshold: pd.Series) -> pd.Series:
    return (numbers > 0) & (numbers < threshold)
