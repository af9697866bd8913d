"""The figures of a map ranked, with their intervals: what is sure, and what is not theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, NO_BREAK, enumerate_words, plural
from observatoire.indicators.precision.differences import difference
from observatoire.indicators.precision.estimates import counts_everyone, estimate_of
from observatoire.maps.marks import MODELLED, OWN, extremes
from observatoire.maps.svg import box, fitted, line, pattern, text, width_of
from observatoire.pages.tokens import tokens
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.maps.marks import Mark
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Height of a row, of a heading.
ROW, HEADING = 21.0, 30.0

#: Beyond so many territories, the middle of the ranking is not listed: the table has it.
MOST_LISTED = 60

_BAR, _DOT = 9.0, 4.2

#: How much wider than ours the letters of a machine without our font may be.
_WIDER = 1.1

#: A ranking no wider than that gives names more room than dots.
_NARROW = 500.0

#: The room of a bar is at least this wide.
_LEAST_BAR = 90.0

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Leurs propres chiffres", OWN),
    ("Estimés par un modèle", (MODELLED,)),
    ("Connus entre deux bornes", (Status.BOUNDED,)),
    ("Chiffre {holder}, plus grand que {the_here}", (Status.CONTEXT,)),
    ("Secret ou non disponible", (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE)),
)


@dataclass(frozen=True)
class Axis:
    """The scale of the bars: what numbers it spans, and where on the page."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return where a number stands."""
        span = self.high - self.low
        share = (min(max(value, self.low), self.high) - self.low) / span if span > 0 else 0.0
        return self.left + share * (self.right - self.left)

    @property
    def zero(self) -> float:
        """Where bars begin: at zero where the scale has it, else at its end that is nearer."""
        return self.at(0.0)


def draw_ranking(
    marks: Sequence[Mark],
    numbers: Mapping[str, str],
    words: TerritoryNames,
    where: tuple[float, float, float],
    fill: Callable[[Mark], str],
    *,
    dots: bool = False,
) -> tuple[list[str], float]:
    """Draw the territories from the highest to the lowest, by what is known of them.

    Parameters
    ----------
    numbers : mapping
        What the map calls each territory, by code.
    where : tuple
        Left, top and width on the page.
    dots : bool
        Dots with their intervals alone, on a scale that need not begin at zero.

    Returns
    -------
    list of str, float
        The drawing, and where it ends.
    """
    left, top, width = where
    signs = 32.0 if any(mark.sign for mark in marks) else 0.0
    number = 26.0 if numbers else 0.0
    bar_left = (
        left + width - signs - max(_LEAST_BAR, (0.42 if dots and width > _NARROW else 0.3) * width)
    )
    axis = _axis(marks, bar_left, left + width - signs - 8, dots=dots)
    name_left, figure_right = left + number + 22, bar_left - 10
    y, parts = top, []
    named = {"holder": words.holder.of_the, "the_here": words.here.the}
    for label, kinds in _GROUPS:
        group = sorted((m for m in marks if m.kind in kinds), key=_order)
        if not group:
            continue
        heading = _heading(label.format_map(named), group)
        parts.append(text(left, y + 14, fitted(heading, width), weight=600))
        y += HEADING - 8
        for mark in _listed(group):
            if mark is None:
                rest = plural(len(group) - MOST_LISTED, "autre", "autres")
                parts.append(text(name_left, y + 15, f"… {rest} au tableau"))
            else:
                room = (figure_right - width_of(mark.text) - name_left - 8) / _WIDER
                weight = 600 if mark.own else 400
                parts += [
                    text(left + number, y + 15, numbers.get(mark.code, "–"), anchor="end")
                    if number
                    else "",
                    box(left + number + 5, y + 4, 13, 12, fill(mark)),
                    text(name_left, y + 15, fitted(mark.name, room)),
                    text(figure_right, y + 15, mark.text, anchor="end", weight=weight),
                    *_bar(mark, axis, y + ROW / 2, dots=dots),
                    text(left + width, y + 15, mark.sign, anchor="end") if mark.sign else "",
                ]
            parts.append(line(left, y + ROW, left + width, y + ROW, stroke=tokens().light["row"]))
            y += ROW
        y += 8
    return [part for part in parts if part], y


def _heading(label: str, group: Sequence[Mark]) -> str:
    """Say what a group is, and how many: an estimate is not said to be a territory's own figure."""
    estimated = sum(mark.own and not mark.exact for mark in group)
    if not estimated:
        return f"{label} ({len(group)})"
    if estimated == len(group):
        return f"Estimés, e ({len(group)})"
    return f"Propres ({len(group) - estimated}) et estimés, e ({estimated})"


def _order(mark: Mark) -> tuple[float, str]:
    """Sort from the highest to the lowest; bounds by their middle, the others by name."""
    if mark.known:
        return -mark.value, mark.name
    if mark.status is Status.BOUNDED:
        return (-(mark.low + mark.high) / 2 if mark.low <= mark.high else 0.0), mark.name
    return 0.0, mark.name


def _listed(group: Sequence[Mark]) -> list[Mark | None]:
    """Return those that are listed; None stands for those of the middle that are not."""
    if len(group) <= MOST_LISTED:
        return list(group)
    half = MOST_LISTED // 2
    return [*group[:half], None, *group[-half:]]


def _axis(marks: Sequence[Mark], left: float, right: float, *, dots: bool) -> Axis:
    ends = [] if dots else [0.0]
    for mark in marks:
        shown = [mark.value, *mark.interval] if mark.known else []
        bounds = [mark.low, mark.high] if mark.status is Status.BOUNDED else []
        ends += [end for end in (*shown, *bounds, mark.reference) if end == end]  # noqa: PLR0124
    return Axis(min(ends, default=0.0), max(ends, default=0.0), left, right)


def _bar(mark: Mark, axis: Axis, y: float, *, dots: bool) -> list[str]:
    """Draw a figure: a bar and a dot for its own, a pattern and a hollow mark else, two ends for bounds."""
    parts = []
    if mark.bounded:
        x1, x2 = axis.at(mark.low), axis.at(mark.high)
        parts = [line(x1, y, x2, y, width=1.6)]
        parts += [line(x, y - 5, x, y + 5, width=1.6) for x in (x1, x2)]
    elif mark.known:
        x = axis.at(mark.value)
        start, end = sorted((axis.zero, x))
        fill = tokens().ground["bar"] if mark.own else pattern(mark.kind)
        if not dots:
            parts = [box(start, y - _BAR / 2, end - start, _BAR, fill, edge=not mark.own)]
        parts += _dot(mark, axis, x, y)
    reference = mark.reference
    if reference == reference and parts:  # noqa: PLR0124 - no number, no line
        at = axis.at(reference)
        parts.append(line(at, y - 8, at, y + 8, stroke=tokens().light["accent"], width=1.6))
    return parts


def _dot(mark: Mark, axis: Axis, x: float, y: float) -> list[str]:
    ink, paper = tokens().light["ink"], tokens().light["paper"]
    if not (mark.own or mark.modelled):
        return [
            (
                f'<path d="M{x - 4:.1f} {y:.1f}L{x:.1f} {y - 4:.1f}L{x + 4:.1f} {y:.1f}'
                f'L{x:.1f} {y + 4:.1f}Z" fill="{paper}" stroke="{ink}" stroke-dasharray="2 1.4"/>'
            )
        ]
    low, high = mark.interval
    whisker = []
    if mark.sampled:
        whisker = [line(axis.at(low), y, axis.at(high), y, stroke=ink, width=1.6)]
    fill, ring = (ink, "") if mark.own else (paper, f' stroke="{ink}"')
    return [*whisker, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}" fill="{fill}"{ring}/>']


#: Most names in the sentence of the first place.
_MOST_NAMED = 3


def first_place(table: ProtectedTable, code: str, marks: Sequence[Mark]) -> str:
    """Say whether the highest figure is so for sure, each difference judged as those with a commune are.

    As for extremes, only own figures that may be commented are compared; where all are equal nothing is said.

    Parameters
    ----------
    table : ProtectedTable
        Holds the indicator.
    code : str
        Which one.
    marks : sequence of Mark
        Its figures, one a territory or those that share a source together.
    """
    ends = extremes(marks)
    if not ends:
        return ""
    top, here = ends[1], table.words.here
    rows = {str(row["territory"]): row for row in table.by_indicator[code][0]}
    others = [m for m in marks if m.own and not m.careful and m.code != top.code]
    if any(counts_everyone(rows[mark.code]) for mark in (top, *others)):
        return (
            f"Le plus haut ({top.name}) est constaté, non jugé{NO_BREAK}: la source compte tout le monde, sans "
            "sondage."
        )
    mine = estimate_of(rows[top.code])
    gaps = {mark.code: difference(mine, estimate_of(rows[mark.code])) for mark in others}
    if not all(gap.low == gap.low for gap in gaps.values()):
        return (
            f"Rien ne dit si le plus haut ({top.name}) l’est de façon sûre{NO_BREAK}: on ne connaît pas la marge "
            "d’erreur de ces chiffres."
        )
    near = sorted((m for m in others if gaps[m.code].rank <= 0), key=_order)
    if near:
        names = enumerate_words([mark.name for mark in near], most=_MOST_NAMED)
        return (
            f"Le plus haut ({top.name}) ne l’est pas de façon sûre{NO_BREAK}: à 95{NARROW}%, l’écart n’est pas "
            f"sûr avec {names}."
        )
    frail = " hors † et ‡" if any(mark.own and mark.careful for mark in marks) else ""
    which = f"{here.many} {here.agree('connu', several=True)}{frail}"
    past = f"les {len(others)} autres {which}" if len(others) > 1 else f"l’autre, {others[0].name}"
    return f"Le plus haut ({top.name}) l’est de façon sûre{NO_BREAK}: à 95{NARROW}%, il dépasse {past}."
