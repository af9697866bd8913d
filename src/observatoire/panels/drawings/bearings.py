"""Where a figure stands: among those known, next to what it is compared with, and over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, round_half_up
from observatoire.indicators.comparison.gaps import STATED
from observatoire.indicators.computation.table import Spot, by_spot
from observatoire.maps.marks import Mark, mark_of
from observatoire.memo import Memo, remembered
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Fewest known figures that have a middle half.
LEAST_FOR_QUARTILES = 8

#: What is said of a range that leaves out the figures that may not be commented.
LEFT_OUT = f", hors †{NO_BREAK}et{NO_BREAK}‡"

#: The difference of a figure that nothing known is set beside.
_UNCOMPARED: Record = {"verdict": "", "mark": ""}


@dataclass(frozen=True)
class Course:
    """The dates of one indicator: which may be joined by a line, and before which a series breaks.

    ``judged`` is whether changes between them are: not where it is unknown how much a source moves by
    itself.
    """

    periods: tuple[str, ...]
    joined: tuple[tuple[str, str], ...]
    broken: Mapping[str, str]
    judged: bool = True

    @property
    def span(self) -> tuple[str, str] | None:
        """The two farthest dates that a line joins without a break.

        Examples
        --------
        >>> Course(("2014", "2016", "2018"), (("2014", "2016"), ("2016", "2018")), {}).span
        ('2014', '2018')
        """
        best: tuple[str, str] | None = None
        start = ""
        for before, after in self.joined:
            start = start if start and best and best[1] == before else before
            if best is None or when(after) - when(start) >= when(best[1]) - when(best[0]):
                best = (start, after)
        return best


def when(period: str) -> float:
    """Return a period as a number of years.

    Examples
    --------
    >>> when("2016"), when("2016-T3"), when("2016-S2")
    (2016.0, 2016.5, 2016.5)
    """
    year, _, rest = period.partition("-")
    if not year[:4].isdecimal():
        return 0.0  # a stranger's package writes a period as it likes
    if not rest:
        return float(year[:4])
    turn = rest.lstrip("TS")
    parts = {"T": 4, "S": 2}.get(rest[:1], 12)
    return float(year[:4]) + ((float(turn[:2]) - 1) / parts if turn[:2].isdigit() else 0.0)


def course_of(
    indicator: Indicator,
    periods: Sequence[str],
    broken: Callable[[Indicator, str, str], str],
    refusal: Callable[[Indicator, str, str], str],
) -> Course:
    """Say which dates of an indicator compare: a line joins no others, and stops at a break.

    Parameters
    ----------
    broken, refusal : callable
        Say why a series breaks between two dates, and why two of them are not compared.
    """
    joined: list[tuple[str, str]] = []
    breaks: dict[str, str] = {}
    last = periods[0] if periods else ""
    for before, after in pairwise(periods):
        why = broken(indicator, before, after)
        if why:
            breaks[after], last = why, after
        elif not refusal(indicator, last, after):
            joined.append((last, after))
            last = after
    return Course(tuple(periods), tuple(joined), breaks)


@dataclass(frozen=True)
class Reference:
    """What a figure is compared with: its name, its value, whether it holds every territory."""

    name: str
    value: float
    text: str
    whole: bool
    stated: bool


@dataclass(frozen=True)
class Bearing:
    """One figure of a territory, and all that places it.

    ``known`` are the territories' own figures that may be commented, in order;
    ``left_out`` counts those that may not.
    """

    indicator: Indicator
    period: str
    mark: Mark
    known: tuple[float, ...]
    references: tuple[Reference, ...] = ()
    dates: Mapping[str, Mark] = field(default_factory=dict)
    course: Course | None = None
    watched: str = ""
    left_out: int = 0

    @property
    def reference(self) -> Reference | None:
        """What it is compared with first."""
        return self.references[0] if self.references else None

    @property
    def sure(self) -> bool:
        """Whether the gap is sure: beyond chance, or a fact of a source that counts everyone."""
        other = self.reference
        if (
            other is None
            or not self.mark.own
            or self.mark.careful
            or self.mark.value == other.value
        ):
            return False
        return other.stated or self.mark.sign[:1] in ("▲", "▼")

    @property
    def gap(self) -> float:
        """How far it is from what it is compared with, as a share of the spread of all that is known."""
        other = self.reference
        if other is None or not self.mark.known:
            return 0.0
        ends = [*self.known, self.mark.value, other.value]
        spread = max(ends) - min(ends)
        return abs(self.mark.value - other.value) / spread if spread else 0.0

    @property
    def middle(self) -> tuple[float, float] | None:
        """The middle half of the known, rounded as printed; None where too few are."""
        if len(self.known) < LEAST_FOR_QUARTILES:
            return None
        low, high = (_quantile(self.known, share) for share in (0.25, 0.75))
        decimals = self.indicator.decimals
        return round_half_up(low, decimals), round_half_up(high, decimals)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@dataclass(frozen=True, eq=False)
class Bearings:
    """Places every figure of a table, each once.

    ``earlier`` are the tables of the other dates; ``courses`` how dates compare, by indicator;
    ``watched`` what is watched, by territory and indicator, in words.
    """

    table: ProtectedTable
    communes: Mapping[str, str]
    earlier: tuple[ProtectedTable, ...] = ()
    courses: Mapping[str, Course] = field(default_factory=dict)
    watched: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let protected tables in, and nothing else."""
        for table in (self.table, *self.earlier):
            admit(table)

    @cached_property
    def _spots(self) -> Mapping[Spot, Record]:
        return by_spot(self.table.cells)

    @cached_property
    def memo(self) -> Memo:
        """What is found once of each indicator."""
        return Memo()

    @remembered
    def _marks(self, indicator: str) -> dict[tuple[str, str], Mark]:
        """Return the marks of one indicator, by zoning and territory: a page shows few of them all."""
        definition = self.table.indicator(indicator)
        cells = self.table.cells
        return {
            (str(row["zoning"]), str(row["territory"])): mark_of(row, definition, self.communes)
            for row in records(cells[cells["indicator"] == indicator])
        }

    @remembered
    def _own(self, indicator: str) -> tuple[Mark, ...]:
        """Return what is known of the territories themselves, each by a figure of its own."""
        marks = self._marks(indicator).items()
        here = (mark for (zoning, _), mark in marks if zoning == self.table.zoning)
        return tuple(mark for mark in here if mark.own and mark.known)

    @remembered
    def _known(self, indicator: str) -> tuple[float, ...]:
        """Return, in order, the figures that may be commented."""
        return tuple(sorted(mark.value for mark in self._own(indicator) if not mark.careful))

    @cached_property
    def _differences(self) -> dict[tuple[str, str], list[Record]]:
        found: dict[tuple[str, str], list[Record]] = {}
        if self.table.differences is not None:
            for row in records(self.table.differences):
                key = (str(row["territory"]), str(row["indicator"]))
                found.setdefault(key, []).append(row)
        return found

    @cached_property
    def _wholes(self) -> set[str]:
        """Zonings of one territory: a department, a region."""
        counted = self.table.compared.groupby("zoning")["territory"].nunique()
        return {str(zoning) for zoning, count in counted.items() if count == 1}

    @cached_property
    def _dated(self) -> dict[tuple[str, str], dict[str, Mark]]:
        found: dict[tuple[str, str], dict[str, Mark]] = {}
        for table in (*self.earlier, self.table):
            for row in records(table.main):
                code = str(row["indicator"])
                if code in self.courses and row["status"] != str(Status.MISSING):
                    mark = mark_of(row, self.table.indicator(code), self.communes)
                    found.setdefault((mark.code, code), {})[str(row["period"])] = mark
        return found

    def of(self, territory: str, code: str) -> Bearing:
        """Place one figure."""
        indicator = self.table.indicator(code)
        row = self._spots[self.table.zoning, territory, code]
        gaps = self._differences.get((territory, code), [])
        found = [(gap, self._reference(gap, code)) for gap in gaps]
        known = [(gap, reference) for gap, reference in found if reference is not None]
        return Bearing(
            indicator,
            str(row["period"]),
            mark_of(row, indicator, self.communes, known[0][0] if known else _UNCOMPARED),
            self._known(code),
            tuple(reference for _, reference in known),
            self._dated.get((territory, code), {}),
            self.courses.get(code),
            self.watched.get((territory, code), ""),
            sum(mark.careful for mark in self._own(code)),
        )

    def _reference(self, gap: Record, code: str) -> Reference | None:
        zoning, other = str(gap["against_zoning"]), str(gap["against"])
        mark = self._marks(code).get((zoning, other))
        if mark is None or not mark.own or not mark.known:
            return None
        stated = gap["reason"] == STATED
        return Reference(
            str(gap["against_name"]), mark.value, mark.text, zoning in self._wholes, stated
        )
