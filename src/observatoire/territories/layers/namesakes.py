"""Two vintages of a zoning share most of their names: the codes of a layer tell which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.territories.layers.reader import texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from observatoire.territories.matcher import Matcher


def outdone(layers: list[gpd.GeoDataFrame], known: Mapping[str, Matcher]) -> set[str]:
    """Return the zonings that a layer names, of which another holds the codes.

    Returns
    -------
    set of str
        A zoning is there when no column has its codes, and most of the rows that bear its names
        bear the code of a namesake of another zoning: perimeters of 2015 are not those of 2024.
    """
    found: set[str] = set()
    for frame in layers:
        columns = [
            texts_of(frame[name]).tolist() for name in frame.columns.drop(frame.geometry.name)
        ]
        coded = {
            code: codes
            for code, matcher in known.items()
            if (codes := _codes(columns, matcher)) is not None
        }
        for code, matcher in known.items():
            names = _names(columns, matcher) if coded and code not in coded else ()
            for rival, codes in coded.items():
                same = [
                    codes[at] != "" and known[rival].find(name) == codes[at] for at, name in names
                ]
                if sum(same) * 2 > len(same):
                    found.add(code)
    return found


def _codes(columns: list[list[str]], matcher: Matcher) -> list[str] | None:
    """Return the first column that holds codes of a zoning, if any does."""
    return next((cells for cells in columns if any(text in matcher.names for text in cells)), None)


def _names(columns: list[list[str]], matcher: Matcher) -> list[tuple[int, str]]:
    """Return the rows that name territories of a zoning, and the names as the zoning has them."""
    found = [
        [
            (at, matcher.names[code])
            for at, text in enumerate(column)
            if (code := matcher.find(text))
        ]
        for column in columns
    ]
    return max(found, key=len, default=[])
