"""Turn one indicator of a protected table into a map with its notes and alternative text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import GeometryError
from observatoire.french.typography import NO_BREAK, enumerate_words
from observatoire.maps.svg import BaseMap, Mark, choropleth, circles
from observatoire.pages.blocks import Figure, Note
from observatoire.pages.cells import cell_of, figure_words
from observatoire.pages.notes import notes_of, schematic_warning
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.maps.classes import Classes
    from observatoire.secrecy.release.protected_table import ProtectedTable


_AT_MOST = (
    "le plus que le territoire puisse compter ; ceux de territoires pris dans {same} ne "
    "s’additionnent pas."
)

#: A figure of the territory's own, that may be named as the least or the most.
_EXACT = (Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED)


def map_figure(
    table: ProtectedTable,
    code: str,
    ground: BaseMap,
    communes: Mapping[str, str],
    *,
    classes: Classes | None = None,
    warn: bool = True,
) -> Figure:
    """Draw one indicator: a rate, a median or an index by colour, a count by area of circle.

    Parameters
    ----------
    table : ProtectedTable
        Holds the indicator.
    code : str
        Which one.
    ground : BaseMap
        Shapes of the territories and what lies under them.
    communes : mapping
        Name of the commune of each territory.
    classes : Classes, optional
        Classes shared with another map.
    warn : bool
        Print the workspace's warnings.

    Raises
    ------
    GeometryError
        When no territory has a shape.
    """
    indicator = admit(table).indicator(code)
    if not ground.shapes.notna().any():
        raise GeometryError(
            f"Aucun contour n’est connu pour « {table.zoning_label} » : pas de carte.",
            where=table.zoning,
            remedy=f'Déposez un fichier de contours dans geo/ et ajoutez à [zonings."{table.zoning}"], '
            'dans observatoire.toml : geometry = "geo/fichier.gpkg".',
        )
    cells = table.main[table.main["indicator"] == code]
    marks = [_mark(row, indicator, communes) for row in records(cells)]
    drawing = (
        circles(marks, ground, indicator.unit)
        if indicator.nature.additive
        else choropleth(marks, ground, indicator.decimals, indicator.unit, classes)
    )
    period = str(cells["period"].iloc[0])
    extra = [] if ground.official else [Note("Avertissement", schematic_warning(ground.drawn))]
    if ground.official and ground.rough:
        extra.append(Note("Fond", "contours des communes généralisés, pour situer seulement."))
    if indicator.nature.additive and any(m.status is Status.BOUNDED for m in marks):
        extra.insert(0, Note("Cercles en tirets", _AT_MOST.format(same=table.words.holder.same)))
    absent = [m.name for m in marks if m.code not in ground.shapes.dropna().index]
    if absent:
        extra.insert(0, Note("Sans place sur la carte", f"{enumerate_words(absent)}."))
    notes = notes_of(table, cells, [indicator], warn=warn, extra=extra)
    unit = f" ({indicator.unit})" if indicator.unit else ""
    title = f"{indicator.label}{unit}, {period}" if period else f"{indicator.label}{unit}"
    return Figure(drawing, title, _alternative(title, records(cells), indicator), notes)


def _mark(row: Record, indicator: Indicator, communes: Mapping[str, str]) -> Mark:
    code = str(row["territory"])
    return Mark(
        code=code,
        name=str(row["name"]),
        commune=communes.get(code, ""),
        status=Status(str(row["status"])),
        value=float(str(row["value"])),
        high=float(str(row["high"])),
        text=cell_of(row, indicator).text,
    )


def _alternative(title: str, rows: list[Record], indicator: Indicator) -> str:
    """Say in words what the map shows: its extremes, and every figure."""
    exact = [row for row in rows if Status(str(row["status"])) in _EXACT]
    known = exact or [row for row in rows if Status(str(row["status"])).has_value]
    listed = " ; ".join(f"{row['name']}{NO_BREAK}: {figure_words(row, indicator)}" for row in rows)
    if not known:
        return f"Carte. {title}. {listed}."
    low = min(known, key=lambda row: float(str(row["value"])))
    high = max(known, key=lambda row: float(str(row["value"])))
    return (
        f"Carte. {title}. De {figure_words(low, indicator)} ({low['name']}) à {figure_words(high, indicator)} "
        f"({high['name']}). {listed}."
    )
