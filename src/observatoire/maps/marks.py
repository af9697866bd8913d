"""Territories as a map shows them, and what lies under them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from observatoire.french.nouns import TerritoryNames
from observatoire.french.typography import enumerate_words, round_half_up
from observatoire.indicators.computation.table import is_modelled
from observatoire.pages.cells import text_of
from observatoire.values import Record, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import shapely

    from observatoire.indicators.definitions.catalogue import Indicator

#: A figure of the territory's own, unless a model foretold it: it alone makes classes, ranks and extremes.
OWN = (Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED)

#: What a figure is that a model foretold: of no status of its own, it is drawn as no other.
MODELLED = "modelled"

NAN = float("nan")


@dataclass(frozen=True)
class Mark:
    """One territory as the map shows it; its numbers are rounded as they are printed.

    ``tone`` names the colour of its verdict; ``reference`` is what it is compared with; ``level`` how sure
    ``interval`` is, in per cent.
    """

    code: str
    name: str
    commune: str
    status: Status
    value: float
    high: float
    text: str
    low: float = NAN
    interval: tuple[float, float] = (NAN, NAN)
    sign: str = ""
    tone: str = ""
    reference: float = NAN
    careful: bool = False
    level: int = 95
    modelled: bool = False

    @property
    def own(self) -> bool:
        """Whether the figure is the territory's: not that of one that contains it, nor what a model foretells."""
        return self.status in OWN and not self.modelled

    @property
    def kind(self) -> str:
        """What the figure is, as it is drawn: its status, or that a model foretold it."""
        return MODELLED if self.modelled else str(self.status)

    @property
    def exact(self) -> bool:
        """Whether it is the territory's without any sharing out: an estimate is not said exact."""
        return self.own and self.status is not Status.ESTIMATED

    @property
    def sampled(self) -> bool:
        """Whether an interval goes with it, both its ends known."""
        return not any(map(math.isnan, self.interval))

    @property
    def known(self) -> bool:
        """Whether there is a number to draw: a change may lack where both figures are shown."""
        return self.status.has_value and self.value == self.value

    @property
    def bounded(self) -> bool:
        """Whether it is known between two bounds only, which can be drawn."""
        return self.status is Status.BOUNDED and self.low <= self.high


@dataclass(frozen=True)
class BaseMap:
    """What lies under the territories: cells and outlines, and whether they may be measured.

    ``drawn`` says how shapes that may not be measured were made; ``rough`` that outlines are only
    generalised; ``land`` is what is land around them, where the workspace gives it; ``alike`` are the codes of
    those that share one source, whose figures are one.
    """

    shapes: gpd.GeoSeries
    cells: gpd.GeoSeries
    outlines: gpd.GeoSeries
    official: bool
    drawn: str = ""
    words: TerritoryNames = field(default_factory=TerritoryNames)
    rough: bool = False
    land: gpd.GeoSeries | None = None
    alike: tuple[tuple[str, ...], ...] = ()

    @property
    def by_the_sea(self) -> bool:
        """Whether what is drawn as no land is the sea: outlines that stop at a commune do not say."""
        return self.land is not None or not self.official

    @property
    def around(self) -> list[shapely.Geometry]:
        """What is drawn as land."""
        under = [] if self.land is None else self.land.dropna()
        return [*self.outlines.dropna(), *under]

    def has(self, code: str) -> bool:
        """Whether a territory has a shape."""
        return code in self.shapes.index and self.shapes[code] is not None


#: Sign of a figure that cannot be compared, and of one that does not differ.
NOT_COMPARED, NO_DIFFERENCE = "○", "●"


def mark_of(
    row: Record,
    indicator: Indicator,
    communes: Mapping[str, str],
    difference: Record | None = None,
    reference: float = NAN,
) -> Mark:
    """Return the mark of one row of a protected table."""
    code = str(row["territory"])

    def shown(column: str) -> float:
        return _rounded(row.get(column, NAN), indicator.decimals)

    status, modelled = Status(str(row["status"])), is_modelled(row)
    own = status in OWN and not modelled
    sign, tone = NOT_COMPARED if difference else "", ""
    if own:
        sign, tone = _judged(difference, indicator.polarity)
    interval, level = (NAN, NAN), 95
    if (own or modelled) and row.get("precision") != "reference":
        interval, predicted = (
            (shown(f"{name}_low"), shown(f"{name}_high")) for name in ("sampling", "pi80")
        )
        if interval[0] != interval[0] and predicted[0] == predicted[0]:
            interval, level = predicted, 80
    return Mark(
        code=code,
        name=str(row["name"]),
        commune=communes.get(code, ""),
        status=status,
        value=shown("value"),
        low=shown("low"),
        high=shown("high"),
        text=text_of(row, indicator),
        interval=interval,
        sign=sign,
        tone=tone,
        reference=_rounded(reference, indicator.decimals),
        careful=bool(row.get("flag", "")),
        level=level,
        modelled=modelled,
    )


def of_one_source(marks: Sequence[Mark], groups: Sequence[Sequence[str]]) -> list[Mark]:
    """Keep one mark for territories that share one source, under all their names."""
    named = {mark.code: mark.name for mark in marks}
    names = {
        group[0]: enumerate_words([named[code] for code in group if code in named])
        for group in groups
    }
    others = {code for group in groups for code in group[1:]}
    return [
        replace(mark, name=names.get(mark.code, mark.name))
        for mark in marks
        if mark.code not in others
    ]


def _rounded(value: object, decimals: int) -> float:
    number = float(str(value))
    return round_half_up(number, decimals) if number == number else NAN  # noqa: PLR0124 - NaN


def _judged(difference: Record | None, polarity: str) -> tuple[str, str]:
    """Return the sign of a difference and the name of its colour."""
    if difference is None:
        return "", ""
    if not (difference["verdict"] and difference["mark"]):
        return NOT_COMPARED, ""
    rank = int(difference["rank"])
    if rank == 0:
        return NO_DIFFERENCE, "none"
    worse = {"lower_is_better": 1, "higher_is_better": -1}.get(polarity, 0)
    if not worse:
        return str(difference["mark"]), "neutral"
    return str(difference["mark"]), "unfavourable" if rank * worse > 0 else "favourable"


def extremes(marks: Sequence[Mark]) -> list[Mark]:
    """Return the least and the most of the own figures that may be commented, none if all equal."""
    known = [mark for mark in marks if mark.own and not mark.careful]
    if not known:
        return []
    least, most = (bound(known, key=lambda mark: mark.value) for bound in (min, max))
    return [least, most] if least.value < most.value else []
