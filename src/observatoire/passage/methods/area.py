"""By area: every source shared between targets in proportion to the area that each covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.passage.methods.assembly import measured, passage_of, two_layers
from observatoire.passage.methods.shares import ROUNDING, check_sliver

if TYPE_CHECKING:
    import geopandas as gpd

    from observatoire.passage.passage import Passage


def by_area(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    *,
    sliver: float = ROUNDING,
    repair: bool = False,
    threads: int | None = None,
) -> Passage:
    """Share every source between targets in proportion to area.

    Exact when sources lie wholly inside targets; otherwise it supposes that each source is
    uniformly filled, which priority neighbourhoods are not: prefer :func:`by_support`, or
    :func:`by_density`.

    Parameters
    ----------
    source, target : GeoDataFrame
        Indexed by territory code (text), in the same metric reference system.
    sliver : float
        Share of a territory below which an overlap is dropped: it must be that small next to
        both its source and its target. By default only the engine's rounding; 0.01 suits layers
        digitised apart.
    repair : bool
        Make invalid geometries valid, and say which in ``remarks``, instead of refusing them.
    threads : int, optional
        By default one a processor.

    Raises
    ------
    CRSError, InvalidGeometryError, SchematicGeometryError, DuplicateKeyError, PassageError
        What the layers must be to be measured.

    Examples
    --------
    >>> import geopandas as gpd; import shapely
    >>> iris = gpd.GeoDataFrame(
    ...     geometry=shapely.box([0, 10], [0, 0], [10, 20], [10, 10]), index=["i1", "i2"], crs=5490
    ... )
    >>> quartier = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 15, 10)], index=["q"], crs=5490)
    >>> by_area(iris, quartier).weights[["source", "weight", "low", "high"]].values.tolist()
    [['i1', 1.0, 1.0, 1.0], ['i2', 0.5, 0.0, 1.0]]
    """
    check_sliver(sliver)
    layers = two_layers(source, target, repair=repair)
    found = measured(layers, sliver=sliver, threads=threads)
    return passage_of(
        layers, found, found.of_source, method="surface", parameters={"sliver": sliver}
    )
