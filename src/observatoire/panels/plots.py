"""Figures of a protected table on matplotlib axes, for those who go on by themselves."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.maps.classes import nice_sizes, size_label
from observatoire.maps.figure import MapStyle, colouring_of, marks_of, period_of, title_of
from observatoire.maps.layout import padded
from observatoire.maps.legend import status_swatches
from observatoire.maps.marks import MODELLED
from observatoire.maps.territories import circle_radii, circle_radius
from observatoire.pages.axes import axes_of, house_style, room_of, type_size
from observatoire.pages.tokens import tokens
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from observatoire.maps.figure import Colouring
    from observatoire.maps.marks import BaseMap, Mark
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Patterns of what is not an own figure.
HATCHES = {
    MODELLED: "..",
    str(Status.CONTEXT): "////",
    str(Status.BOUNDED): "|||",
    str(Status.SECRET): "xxx",
}

#: Room of two columns of keys, in points.
_TWO_COLUMNS = 250.0

_HIGH, _LEAST_HIGH = 0.24, 1.6

#: Diameter on axes, in points, of a circle of radius one on a page, and how high those axes are at least.
_POINTS, _AT_EASE = 1.1, 380.0


def plot_dots(
    table: ProtectedTable,
    indicator: str = "",
    ax: Axes | None = None,
    communes: Mapping[str, str] | None = None,
) -> Axes:
    """Draw one indicator: a dot a territory with its interval, own figures full, others hollow.

    Parameters
    ----------
    table : ProtectedTable
        The figures, rounded as printed.
    indicator : str
        Which one; needed when the table holds several.

    Raises
    ------
    UnknownNameError
        When the table holds several indicators, or not this one.
    """
    code = _chosen(admit(table), indicator)
    marks = [mark for mark in marks_of(table, code, communes or {}) if mark.known or mark.bounded]
    marks.sort(key=lambda mark: mark.value if mark.known else mark.low)
    with house_style():
        axes = axes_of(ax, max(_LEAST_HIGH, _HIGH * len(marks) + 0.8))
        for rank, mark in enumerate(marks):
            _dot(axes, rank, mark)
        names = [mark.name for mark in marks]
        axes.set_yticks(range(len(marks)), names, size=type_size(axes, len(marks)))
        title = title_of(table.indicator(code), period_of(table, code))
        axes.set_title(wrapped_title(axes, title))
        axes.grid(visible=False, axis="y")
    return axes


def _dot(axes: Axes, rank: int, mark: Mark) -> None:
    light = tokens().light
    if mark.status is Status.BOUNDED:
        axes.plot([mark.low, mark.high], [rank, rank], marker="|", color=light["ink"])
        return
    low, high = mark.interval
    if mark.sampled:
        axes.plot([low, high], [rank, rank], color=light["ink"], linewidth=1)
    axes.plot(
        [mark.value], [rank],
        marker="o" if mark.own or mark.modelled else "D",
        color=tokens().verdicts[mark.tone].mark if mark.tone else light["accent"],
        fillstyle="full" if mark.own else "none",
        linestyle="none",
    )  # fmt: skip


def plot_map(
    table: ProtectedTable,
    code: str,
    ground: BaseMap,
    communes: Mapping[str, str],
    style: MapStyle,
    ax: Axes | None = None,
) -> Axes:
    """Draw one indicator on a map, with the classes and the patterns of the house."""
    marks, indicator = marks_of(admit(table), code, communes), table.indicator(code)
    colouring = colouring_of(marks, indicator, style)
    counted = indicator.nature.additive and style.colour == "value"
    title, signed = title_of(indicator, period_of(table, code)), style.colour == "verdict"
    return plot_marks(
        marks, colouring, ground, title, ax, signed=signed, unit=indicator.unit if counted else None
    )


def plot_marks(
    marks: Sequence[Mark],
    colouring: Colouring,
    ground: BaseMap,
    title: str,
    ax: Axes | None = None,
    *,
    signed: bool = False,
    unit: str | None = None,
) -> Axes:
    """Draw figures on a map, with their signs where white is no difference and no figure; counts of ``unit``."""
    with house_style():
        axes = axes_of(ax, 6.4)
        if ground.around:
            gpd.GeoSeries(ground.around).plot(
                ax=axes, facecolor=tokens().ground["land"], edgecolor=tokens().ground["outline"]
            )
        placed = [mark for mark in marks if ground.has(mark.code)]
        # All of a pattern at once: the whole picture is drawn anew each time that something is added.
        for hatch in {HATCHES.get(mark.kind): None for mark in placed}:
            alike = [mark for mark in placed if HATCHES.get(mark.kind) == hatch]
            ground.shapes[[mark.code for mark in alike]].plot(
                ax=axes, edgecolor=tokens().ground["edge"], hatch=hatch, linewidth=0.6,
                facecolor=[colouring.fill(m) if m.own else tokens().light["paper"] for m in alike],
            )  # fmt: skip
        # White is no difference, and no figure.
        for mark in [mark for mark in placed if signed and mark.own]:
            spot = ground.shapes[mark.code].representative_point()
            axes.annotate(mark.sign, (spot.x, spot.y), ha="center", va="center", size=8)
        if placed:
            bounds = ground.shapes[[mark.code for mark in placed]].total_bounds
            left, low, right, high = padded(bounds)
            axes.set(xlim=(left, right), ylim=(low, high))
        rings = _ringed(axes, placed, unit, ground) if unit is not None else []
        draw_legend(
            axes,
            [*colouring.swatches, *status_swatches(marks, ground.words)],
            colouring.title,
            rings,
        )
        axes.set_axis_off()
        axes.set_title(wrapped_title(axes, title))
    return axes


def wrapped_title(axes: Axes, title: str) -> str:
    """Cut a title into lines that axes have the room of."""
    return "\n".join(textwrap.wrap(title, max(20, round(room_of(axes, across=True) / 7.5))))


def draw_legend(
    axes: Axes, boxes: Sequence[tuple[str, str]], title: str = "", rings: Sequence[Line2D] = ()
) -> None:
    """Write the keys of colours, patterns and sizes under the axes."""
    axes.legend(
        handles=[*rings, *(_key(fill, label) for fill, label in boxes)],
        title=title or None, loc="upper left", bbox_to_anchor=(0.0, 0.0), alignment="left",
        ncols=2 if room_of(axes, across=True) > _TWO_COLUMNS else 1, frameon=False,
        labelspacing=1.5 if rings else 0.5, handletextpad=1.2, columnspacing=1.0,
        fontsize=min(tokens().sizes["body"], room_of(axes) / 32),
    )  # fmt: skip


def _key(fill: str, label: str) -> Patch:
    """Return the box of a legend: a colour, or the pattern of a status."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy, when first used

    hatch = HATCHES.get(fill.removeprefix("url(#").removesuffix(")"))
    colour = tokens().light["paper"] if fill.startswith("url") else fill
    edge = tokens().ground["edge"]
    return Patch(facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0.6, label=label)


def _ringed(axes: Axes, placed: Sequence[Mark], unit: str, ground: BaseMap) -> list[Line2D]:
    """Draw counts as circles, the largest beneath, and return the keys of round sizes."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy, when first used

    radii = circle_radii(placed)
    points = _POINTS * min(1.0, room_of(axes) / _AT_EASE)
    look: Any = {
        "marker": "o", "linestyle": "none", "color": tokens().ground["bar"], "alpha": 0.8,
        "markeredgecolor": tokens().ground["edge"],
    }  # fmt: skip
    for code in sorted(radii, key=lambda each: -radii[each]):
        spot = ground.shapes[code].representative_point()
        axes.plot([spot.x], [spot.y], markersize=points * radii[code], **look)
    sizes = {mark.value for mark in placed if mark.code in radii}
    return [
        Line2D(
            [],
            [],
            markersize=points * circle_radius(size, max(sizes), len(radii)),
            label=size_label(size, unit),
            **look,
        )
        for size in (nice_sizes(max(sizes)) if sizes else ())
    ]


def _chosen(table: ProtectedTable, indicator: str) -> str:
    codes: Sequence[str] = list(table.indicators)
    if indicator in codes:
        return indicator
    if not indicator and len(codes) == 1:
        return codes[0]
    what = f"Le tableau n’a pas « {indicator} »." if indicator else "Quel indicateur tracer ?"
    raise UnknownNameError(
        what,
        remedy=suggestion(indicator, codes, most=6) or f'Par exemple .plot("{codes[0]}").',
        name=indicator,
    )
