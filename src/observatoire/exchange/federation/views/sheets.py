"""The pages of a federation, ready to be shown and saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import GeometryError
from observatoire.exchange.federation.views.ground import apart, base_map
from observatoire.indicators.computation.table import CELL_COLUMNS, Table
from observatoire.maps import map_figure
from observatoire.pages.sheet import Sheet, figure_page
from observatoire.panels.plots import plot_map
from observatoire.secrecy.release.protected_table import protect_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from observatoire.maps import MapStyle
    from observatoire.pages.blocks import Page
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True)
class Imprint:
    """What the pages of a federation say of themselves: whose they are, and their day."""

    place: str
    date: str


def sheet_without_figures(page: Page) -> Sheet:
    """Return the sheet of a page that says who counts what, and no count: it carries no table."""
    return Sheet(page, protect_table(Table(pd.DataFrame(columns=list(CELL_COLUMNS)), {}, "", "")))


def shared_zoning(observed: pd.DataFrame, codes: Sequence[str], mains: Sequence[str] = ()) -> str:
    """Return the zoning that the most members call theirs, then observe, then that of the most figures.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "q", "i", 4), ("b", "q", "i", 4), ("a", "c", "i", 90)]
    >>> frame = pd.DataFrame(rows, columns=["observatoire", "zonage", "indicateur", "connus"])
    >>> shared_zoning(frame, ["i"]), shared_zoning(frame, ["i"], ["c", "iris"])
    ('q', 'c')
    """
    asked = observed[observed["indicateur"].isin(list(codes))]
    found = asked.groupby("zonage").agg(
        members=("observatoire", "nunique"), known=("connus", "sum")
    )
    found = found.assign(theirs=[list(mains).count(zoning) for zoning in found.index])
    best = found.sort_values(["theirs", "members", "known"], ascending=False, kind="stable")
    return str(best.index[0]) if len(best) else ""


def shared_period(observed: pd.DataFrame, code: str, zoning: str) -> str:
    """Return the latest of the periods that the most members have: what may be compared.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "q", "i", "2016"), ("b", "q", "i", "2016"), ("a", "q", "i", "2017")]
    >>> frame = pd.DataFrame(rows, columns=["observatoire", "zonage", "indicateur", "periode"])
    >>> shared_period(frame, "i", "q")
    '2016'
    """
    asked = observed[(observed["indicateur"] == code) & (observed["zonage"] == zoning)]
    members = asked.groupby("periode")["observatoire"].nunique()
    return str(members.index[members == members.max()].max()) if len(members) else ""


def federation_map(
    table: ProtectedTable,
    zones: gpd.GeoDataFrame,
    groups: Mapping[str, str],
    style: MapStyle,
    imprint: Imprint,
) -> Sheet:
    """Return the map of an indicator of a federation; members that lie apart have each a frame.

    Parameters
    ----------
    table : ProtectedTable
        Holds one indicator.
    groups : mapping
        Whose figures of each territory are shown.

    Raises
    ------
    GeometryError
        When no package gives a shape.
    """
    ground = base_map(zones, table.zoning)
    if not ground.shapes.notna().any():
        raise GeometryError(
            f"Aucun paquet ne donne de contour pour « {table.zoning} » : pas de carte.",
            where=table.zoning,
            remedy="f.panel(…) montre les mêmes chiffres ; ou demandez des paquets dont zones.parquet a "
            "des contours.",
        )
    (code,) = table.indicators
    frames = apart(ground.shapes, groups)
    figure = map_figure(table, code, ground, frames, style=style)
    drawn = partial(plot_map, table, code, ground, frames, style)
    return figure_page(table, figure, imprint.date, imprint.place, drawn)
