"""Indicators by territories, and indicators over their dates, on matplotlib axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from observatoire.errors import FormatError
from observatoire.french.typography import NO_BREAK, number, plural
from observatoire.maps.figure import by_verdict, marks_of, title_of
from observatoire.maps.legend import status_swatches
from observatoire.maps.marks import NOT_COMPARED
from observatoire.maps.svg import pattern, verdict_fill
from observatoire.pages.axes import axes_of, house_style, room_of, type_size
from observatoire.pages.tokens import tokens
from observatoire.panels.drawings.bearings import when
from observatoire.panels.drawings.courses import break_colour
from observatoire.panels.plots import draw_legend, look_of, wrapped_title
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from observatoire.maps.marks import Mark
    from observatoire.panels.drawings.bearings import Bearing, Course
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Height of a row of a new figure, the least that is read, and that of what stands around the rows, in inches.
_ROW, _LEAST_ROW, _AROUND = 0.2, 0.1, 2.4


def plot_matrix(
    table: ProtectedTable, title: str, communes: Mapping[str, str], ax: Axes | None = None
) -> Axes:
    """Draw all indicators of a table by all its territories: verdicts, or own figures where none is judged."""
    known = table.main[table.main["status"] != str(Status.MISSING)]
    codes = [code for code in admit(table).indicators if code in set(known["indicator"])]
    rows = [marks_of(table, code, communes) for code in codes]
    marks = [mark for row in rows for mark in row]
    judged = any(mark.tone for mark in marks)
    with house_style():
        axes = axes_of(ax, _ROW * len(codes) + _AROUND)
        _require_room(axes, len(codes))
        _fill(axes, rows, judged=judged)
        names = [mark.name for mark in rows[0]] if rows else []
        labels = [table.indicator(code).short for code in codes]
        axes.set_yticks(range(len(codes)), labels, size=type_size(axes, len(codes)))
        axes.set_xticks(
            range(len(names)), names, rotation=90, size=type_size(axes, len(names), across=True)
        )
        axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(codes) - 0.5, -0.5))
        axes.xaxis.tick_top()
        axes.set_title(wrapped_title(axes, title))
        axes.grid(visible=False)
        axes.tick_params(length=0)
        own = [mark for mark in marks if mark.own]
        boxes = (
            [
                (fill, label.replace("plus favorable", "plus favorable △ ▽"))
                for fill, label in by_verdict(own).swatches
            ]
            if judged
            else ((tokens().ground["bar"], f"chiffre propre ({len(own)})"),)
        )
        draw_legend(axes, [*boxes, *status_swatches(marks, table.words)])
    return axes


def _fill(axes: Axes, rows: Sequence[Sequence[Mark]], *, judged: bool) -> None:
    """Draw the cells, those that look alike at once, with the signs of verdicts."""
    from matplotlib.collections import PatchCollection  # noqa: PLC0415 - heavy, when first used
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    alike: dict[tuple[str, str | None], list[Rectangle]] = {}
    look: Any = {"ha": "center", "va": "center", "size": 0.8 * type_size(axes, len(rows))}
    for down, row in enumerate(rows):
        for across, mark in enumerate(row):
            kind = look_of(_fill_of(mark, judged=judged))
            alike.setdefault(kind, []).append(Rectangle((across - 0.5, down - 0.5), 1, 1))
            if mark.own and judged:
                axes.text(across, down, _sign(mark), **look)
    edge = tokens().light["soft"]
    for (fill, hatch), cells in alike.items():
        axes.add_collection(
            PatchCollection(cells, facecolor=fill, edgecolor=edge, hatch=hatch, lw=0.3)
        )


def _require_room(axes: Axes, rows: int) -> None:
    """Refuse axes on which the names of the rows would not be read."""
    if room_of(axes) / 72 < _LEAST_ROW * rows + _AROUND * 0.75:
        wanted = number(math.ceil(_ROW * rows + _AROUND), 0)
        raise FormatError(
            f"Ces axes sont trop bas pour {plural(rows, 'ligne')}{NO_BREAK}: les noms se couvriraient.",
            remedy=f"Donnez-leur {wanted} pouces de haut, plt.subplots(figsize=(10, {wanted})), ou appelez "
            ".plot() sans ax.",
        )


def _sign(mark: Mark) -> str:
    """Return the sign of a verdict, hollow where it is favourable: print in black keeps it."""
    sign = mark.sign[:1] or NOT_COMPARED
    return sign.translate(_HOLLOW) if mark.tone == "favourable" else sign


_HOLLOW = str.maketrans("▲▼", "△▽")


def _fill_of(mark: Mark, *, judged: bool) -> str:
    if not mark.own or (judged and not mark.tone):
        return pattern(mark.kind)
    return verdict_fill(mark.tone) if judged else tokens().ground["bar"]


def plot_courses(rows: Mapping[str, Bearing], course: Course, ax: Axes | None = None) -> Axes:
    """Draw one indicator over its dates: a line a territory, cut at breaks, its name at the end."""
    shown = {name: row for name, row in rows.items() if any(m.own for m in row.dates.values())}
    with house_style():
        axes = axes_of(ax, 5.4)
        for row in shown.values():
            own = {period: mark for period, mark in row.dates.items() if mark.own}
            axes.plot(
                [when(period) for period in own], [mark.value for mark in own.values()],
                color=tokens().ground["bar"], marker="o", markersize=3.5, linestyle="none",
            )  # fmt: skip
            for ends in course.joined:
                if all(period in own for period in ends):
                    axes.plot(
                        [*map(when, ends)],
                        [own[p].value for p in ends],
                        color=tokens().ground["bar"],
                        lw=1.2,
                    )
        for after in course.broken:
            before = course.periods[course.periods.index(after) - 1]
            middle = (when(before) + when(after)) / 2
            axes.axvline(middle, color=break_colour(), linestyle=":", lw=1.2)
            axes.annotate(
                "rupture", (middle, 1), xycoords=("data", "axes fraction"), rotation=90, size=7.5,
                ha="right", va="top", color=break_colour(),
            )  # fmt: skip
        _name_ends(axes, {name: row.dates for name, row in shown.items()})
        axes.set_xticks([when(period) for period in course.periods], course.periods)
        first = next(iter(rows.values())).indicator
        title = title_of(first, f"{course.periods[0]} à {course.periods[-1]}")
        axes.set_title(wrapped_title(axes, title))
    return axes


def _name_ends(axes: Axes, rows: Mapping[str, Mapping[str, Mark]]) -> None:
    """Write each name beside its last figure, none upon another, tied to it by a line."""
    ends = sorted(
        ((max((when(period), mark.value) for period, mark in dates.items() if mark.own), name)
        for name, dates in rows.items()),
        key=lambda each: each[0][1],
    )  # fmt: skip
    low, high = axes.get_ylim()
    step = (high - low) / max(len(ends), room_of(axes) / type_size(axes, len(ends)) / 1.5)
    places: list[float] = []
    for (_, value), _ in ends:
        places.append(max(value, places[-1] + step) if places else value)
    for rank in range(len(places) - 1, -1, -1):
        places[rank] = min(places[rank], high - step * (len(places) - rank - 0.5))
    left, right = axes.get_xlim()
    for (spot, name), place in zip(ends, places, strict=True):
        axes.annotate(
            name, spot, (right, place), size=type_size(axes, len(ends)), va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": tokens().light["rule"], "lw": 0.6, "shrinkB": 3},
        )  # fmt: skip
    axes.set_xlim(left, right)
