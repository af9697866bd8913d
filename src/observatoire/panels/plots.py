"""Figures of a protected table on matplotlib axes, for those who go on by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.maps.classes import nice_sizes, size_label
from observatoire.maps.figure import MapStyle, colouring_of, marks_of, period_of, title_of
from observatoire.maps.legend import status_swatches
from observatoire.maps.marks import MODELLED
from observatoire.maps.territories import circle_radii, circle_radius
from observatoire.pages.axes import axes_of, house_style
from observatoire.pages.tokens import tokens
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from observatoire.maps.marks import BaseMap, Mark
    from observatoire.secrecy.release.protected_table import ProtectedTable

_HATCHES = {
    MODELLED: "..",
    str(Status.CONTEXT): "////",
    str(Status.BOUNDED): "|||",
    str(Status.SECRET): "xxx",
}

_HIGH, _LEAST_HIGH = 0.24, 1.6

#: Diameter on axes, in points, of a circle of radius one on a page.
_POINTS = 1.1


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
        axes.set_yticks(range(len(marks)), [mark.name for mark in marks])
        axes.set_title(
            title_of(table.indicator(code), period_of(table, code)), loc="left", weight="bold"
        )
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
    marks = marks_of(admit(table), code, communes)
    colouring = colouring_of(marks, table.indicator(code), style)
    with house_style():
        axes = axes_of(ax, 6.4)
        if len(ground.outlines.dropna()):
            ground.outlines.dropna().plot(
                ax=axes, facecolor=tokens().ground["land"], edgecolor=tokens().ground["outline"]
            )
        placed = [mark for mark in marks if ground.has(mark.code)]
        # All of a pattern at once: the whole picture is drawn anew each time that something is added.
        for hatch in {_HATCHES.get(mark.kind): None for mark in placed}:
            alike = [mark for mark in placed if _HATCHES.get(mark.kind) == hatch]
            ground.shapes[[mark.code for mark in alike]].plot(
                ax=axes, edgecolor=tokens().ground["edge"], hatch=hatch, linewidth=0.6,
                facecolor=[colouring.fill(m) if m.own else tokens().light["paper"] for m in alike],
            )  # fmt: skip
        # White is no difference, and no figure.
        for mark in [mark for mark in placed if style.colour == "verdict" and mark.own]:
            spot = ground.shapes[mark.code].representative_point()
            axes.annotate(mark.sign, (spot.x, spot.y), ha="center", va="center", size=8)
        if placed:
            left, low, right, high = ground.shapes[[mark.code for mark in placed]].total_bounds
            axes.set_xlim(left, right)
            axes.set_ylim(low, high)
        counted = table.indicator(code).nature.additive and style.colour == "value"
        rings = _ringed(axes, placed, table.indicator(code).unit, ground) if counted else []
        boxes = [*colouring.swatches, *status_swatches(marks, ground.words)]
        axes.legend(
            handles=[*rings, *(_key(fill, label) for fill, label in boxes)],
            title=colouring.title or None, loc="upper left", bbox_to_anchor=(0.0, 0.0), ncols=2,
            alignment="left", frameon=False, labelspacing=1.5 if rings else 0.5, handletextpad=1.2,
        )  # fmt: skip
        axes.set_axis_off()
        axes.set_title(
            title_of(table.indicator(code), period_of(table, code)), loc="left", weight="bold"
        )
        return axes


def _key(fill: str, label: str) -> Patch:
    """Return the box of a legend: a colour, or the pattern of a status."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy, when first used

    hatch = _HATCHES.get(fill.removeprefix("url(#").removesuffix(")"))
    colour = tokens().light["paper"] if fill.startswith("url") else fill
    edge = tokens().ground["edge"]
    return Patch(facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0.6, label=label)


def _ringed(axes: Axes, placed: Sequence[Mark], unit: str, ground: BaseMap) -> list[Line2D]:
    """Draw counts as circles, the largest beneath, and return the keys of round sizes."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy, when first used

    radii = circle_radii(placed)
    look: Any = {
        "marker": "o", "linestyle": "none", "color": tokens().ground["bar"], "alpha": 0.8,
        "markeredgecolor": tokens().ground["edge"],
    }  # fmt: skip
    for code in sorted(radii, key=lambda each: -radii[each]):
        spot = ground.shapes[code].representative_point()
        axes.plot([spot.x], [spot.y], markersize=_POINTS * radii[code], **look)
    sizes = {mark.value for mark in placed if mark.code in radii}
    return [
        Line2D(
            [],
            [],
            markersize=_POINTS * circle_radius(size, max(sizes), len(radii)),
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
