"""The figures of an atlas: what protected tables show, rounded as it is printed, each text once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.errors import UnknownNameError
from observatoire.indicators.computation.table import by_spot
from observatoire.indicators.evaluation.trends import trend_frame
from observatoire.maps.marks import MODELLED, NO_DIFFERENCE, NOT_COMPARED, Mark, mark_of
from observatoire.pages.cells import FLAG_MARKS
from observatoire.panels.trend import change_words
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.maps.marks import BaseMap
    from observatoire.panels.drawings.bearings import Course
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Kinds of figures as the script knows them, by rank; the first two are the territory's own.
KINDS = (
    str(Status.AGGREGATED),
    str(Status.ESTIMATED),
    MODELLED,
    str(Status.BOUNDED),
    str(Status.CONTEXT),
    str(Status.SECRET),
    str(Status.MISSING),
    str(Status.NOT_APPLICABLE),
)

#: Signs of a difference, by rank.
SIGNS = ("", NOT_COMPARED, NO_DIFFERENCE, "▲", "▲▲", "▼", "▼▼")


@dataclass(frozen=True)
class AtlasContent:
    """What an atlas is made of.

    ``tables`` hold each indicator at each of its dates, with what it is compared with; ``courses`` say
    which dates are of one series.
    """

    name: str
    date: str
    tables: Sequence[ProtectedTable]
    themes: Sequence[Theme]
    ground: BaseMap
    communes: Mapping[str, str]
    courses: Mapping[str, Course]

    def __post_init__(self) -> None:
        """Refuse what is not protected, and an atlas of nothing."""
        for table in self.tables:
            admit(table)
        if not any(self.known):
            raise UnknownNameError(
                "Aucun indicateur n’a de chiffre à montrer ici : pas d’atlas.",
                remedy="Chargez une source, observatoire load, ou choisissez un autre zonage.",
            )

    @cached_property
    def dated(self) -> dict[str, dict[str, list[tuple[Mark, Record]]]]:
        """The marks and rows of each indicator at each date at which one territory at least has a figure."""
        found: dict[str, dict[str, list[tuple[Mark, Record]]]] = {}
        for table in self.tables:
            others, rows = by_spot(table.compared), records(table.main)
            for row in rows:
                shown = table.indicator(str(row["indicator"]))
                mark = _mark(table, row, shown, self.communes, others)
                dates = found.setdefault(shown.code, {})
                dates.setdefault(str(row["period"]), []).append((mark, row))
        by_code = {
            code: {p: pairs for p, pairs in sorted(dates.items()) if any(map(_figured, pairs))}
            for code, dates in found.items()
        }
        return {code: dates for code, dates in by_code.items() if dates}

    def marks(self, code: str, period: str = "") -> list[Mark]:
        """Return the marks of an indicator at a date, the latest by default."""
        dates = self.dated[code]
        return [mark for mark, _ in dates[period or list(dates)[-1]]]

    @cached_property
    def known(self) -> list[Indicator]:
        """The indicators that have a figure, theme by theme."""
        definitions = self.tables[0].indicators if self.tables else {}
        for table in self.tables[1:]:
            definitions = {**definitions, **table.indicators}
        ranks = {theme.code: rank for rank, theme in enumerate(self.themes)}
        found = [definitions[code] for code in self.dated]
        return sorted(found, key=lambda one: ranks.get(one.theme, len(ranks)))

    @cached_property
    def first(self) -> Indicator:
        """The indicator shown first: the first that themes map and most territories know for themselves."""
        definitions = {one.code: one for one in self.known}
        mapped = [code for theme in self.themes for code in theme.maps if code in self.dated]
        codes = mapped or list(self.dated)

        def owned(code: str) -> int:
            return sum(mark.own for mark in self.marks(code))

        rates = [code for code in codes if not definitions[code].nature.additive]
        best = max(rates or codes, key=owned)
        return definitions[best]

    @property
    def members(self) -> list[Mark]:
        """The territories, in order: as the first indicator shows them."""
        return self.marks(self.first.code)


def _mark(
    table: ProtectedTable,
    row: Record,
    indicator: Indicator,
    communes: Mapping[str, str],
    others: Mapping[tuple[str, str, str], Record],
) -> Mark:
    """Return a mark with what it is compared with; a count, which only tells the size, is not."""
    difference = table.verdicts.get((str(row["territory"]), indicator.code))
    if indicator.nature.additive or difference is None:
        return mark_of(row, indicator, communes)
    spot = (str(difference["against_zoning"]), str(difference["against"]), indicator.code)
    other = others.get(spot)
    known = other is not None and Status(str(other["status"])).has_value
    reference: Any = other["value"] if known and other is not None else float("nan")
    return mark_of(row, indicator, communes, difference, reference)


def _figured(pair: tuple[Mark, Record]) -> bool:
    mark = pair[0]
    return mark.known or mark.low <= mark.high


@dataclass
class Lexicon:
    """Texts that many figures share, each written once."""

    texts: list[Any] = field(default_factory=list)
    _ranks: dict[Any, int] = field(default_factory=dict)

    def rank(self, text: Any) -> int:
        """Return the rank of a text, the next one for a text that is new."""
        if text not in self._ranks:
            self._ranks[text] = len(self.texts)
            self.texts.append(text)
        return self._ranks[text]


def atlas_data(content: AtlasContent) -> dict[str, Any]:
    """Return all that the script shows: nothing that is not printed somewhere on the page."""
    holes, sources, cautions, moves = Lexicon(), Lexicon(), Lexicon(), Lexicon()
    moved = _moved(content)
    communes = list(dict.fromkeys(mark.commune for mark in content.members))
    warned = {label: said for table in content.tables for label, said in table.caveats.items()}
    indicators = []
    for one in content.known:
        dates = {
            period: _dated(pairs, communes, holes, sources)
            for period, pairs in content.dated[one.code].items()
        }
        labels = [sources.texts[rank] for each in dates.values() for rank in each["s"]]
        said = (text for label in labels for text in warned.get(label, ()))
        kept = dict.fromkeys([*one.caveats, *filter(one.heeds, said)])
        indicators.append(
            {
                "c": one.code,
                "l": one.label,
                "t": one.theme,
                "u": one.unit,
                "d": one.decimals,
                "k": {"lower_is_better": 1, "higher_is_better": -1}.get(one.polarity, 0),
                "n": int(one.nature.additive),
                "f": one.definition,
                "w": one.universe,
                "a": [*map(cautions.rank, kept)],
                "p": dates,
                **_course(content, one.code, moved, moves),
            }
        )
    return {
        "first": content.first.code,
        "terr": [[m.code, m.name, communes.index(m.commune)] for m in content.members],
        "com": communes,
        "th": [[theme.code, theme.label] for theme in content.themes],
        "ind": indicators,
        "hole": holes.texts,
        "mov": moves.texts,
        "src": sources.texts,
        "cav": cautions.texts,
    }


def _moved(content: AtlasContent) -> dict[tuple[str, str], str]:
    """Return how each figure changed over the dates of its series, in words, by indicator and territory."""
    cells = pd.concat([table.main for table in content.tables], ignore_index=True)
    parts = dict(iter(cells.groupby(["indicator", "period"], sort=False)))
    definitions = {one.code: one for one in content.known}
    found = {}
    for code, course in content.courses.items():
        if course.span is None or code not in definitions:
            continue
        first, last = (parts.get((code, period)) for period in course.span)
        if first is None or last is None:
            continue
        for row in records(trend_frame(first, last, definitions)):
            found[code, str(row["territory"])] = change_words(row)
    return found


def _course(
    content: AtlasContent, code: str, moved: Mapping[tuple[str, str], str], moves: Lexicon
) -> dict[str, Any]:
    """Return the dates that join, those that break, and what is said of each territory from first to last."""
    course = content.courses.get(code)
    if course is None:
        return {"j": [], "b": []}
    said = [moved.get((code, mark.code), "") for mark in content.members]
    made: dict[str, Any] = {"j": list(course.joined), "b": sorted(course.broken)}
    if course.span is not None and any(said):
        made["v"] = [*course.span, [moves.rank(each) if each else None for each in said]]
    return made


def _dated(
    pairs: Sequence[tuple[Mark, Record]], communes: Sequence[str], holes: Lexicon, sources: Lexicon
) -> dict[str, Any]:
    """Return the cells of one indicator at one date, what they are compared with, their sources."""
    marks = [mark for mark, _ in pairs]
    beside = {m.commune: m.reference for m in marks if m.reference == m.reference}
    labels = dict.fromkeys(
        label
        for mark, row in pairs
        if mark.status is not Status.MISSING
        for label in str(row["source"]).split(" ; ")
        if label
    )
    return {
        "q": _line([_cell(row, mark, holes) for mark, row in pairs]),
        "r": [_number(beside[name]) if name in beside else None for name in communes],
        "s": [sources.rank(label) for label in labels],
    }


def _line(cells: Sequence[str]) -> str:
    """Return cells as one text; those of one source, written once, are « =rank » of the first."""
    first: dict[str, int] = {}
    said = []
    for rank, cell in enumerate(cells):
        again = f"={first.setdefault(cell, rank)}"
        said.append(again if first[cell] < rank and len(again) < len(cell) else cell)
    return ";".join(said)


def _cell(row: Record, mark: Mark, holes: Lexicon) -> str:
    """Return a figure as a short text, or « h » and the rank of a hole with its reason.

    Kind, value, ends (an interval, or bounds), sign, flag, level of the interval where it is not 95 %,
    between commas, blank where there is none.
    """
    kind = str(Status.AGGREGATED) if mark.kind == str(Status.OBSERVED) else mark.kind
    rank = KINDS.index(kind)
    bounded = mark.status is Status.BOUNDED
    if not _figured((mark, row)):
        return f"h{holes.rank((rank, str(row['reason'])))}"
    low, high = (mark.low, mark.high) if bounded else mark.interval
    flags = [*FLAG_MARKS]
    flag = str(row.get("flag", ""))
    cell = (
        rank or None,
        None if bounded else _number(mark.value),
        _number(low),
        _number(high),
        SIGNS.index(mark.sign) or None,
        1 + flags.index(flag) if flag in flags else None,
        mark.level if mark.level != 95 and low == low else None,  # noqa: PLR0124, PLR2004
    )
    return ",".join("" if part is None else str(part) for part in cell).rstrip(",")


def _number(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124 - NaN
        return None
    return int(value) if value == int(value) else value
