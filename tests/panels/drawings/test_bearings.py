"""Where a figure stands: what it is compared with, among which, since when, and whether its gap is sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from maps_made import NAN, POOR, TOWN, bearing, mark
from tables_made import TOWN as TOWNS
from tables_made import cell, gap, table_of

from observatoire.indicators.comparison.gaps import STATED
from observatoire.indicators.precision.sampling_error import CAREFUL
from observatoire.panels.drawings.bearings import Bearings, Course, course_of, when
from observatoire.values import Status


def placed(*cells: dict[str, Any], gaps: Any = (), **other: Any) -> Bearings:
    return Bearings(table_of(*cells, indicators=(POOR,), gaps=gaps), {"A": "Ville"}, **other)


V = cell("V", 20.0, zoning=TOWNS)


def test_a_figure_is_compared_with_what_has_one_of_its_own_in_order() -> None:
    gaps = [
        gap("A", 1, "▲", against="W", against_name="Muette"),
        gap(
            "A",
            2,
            "▲▲",
            comparator="tous",
            against="D",
            against_zoning="departement",
            against_name="Département",
            reason=STATED,
        ),
        gap("A", 1, "▲"),
    ]
    cells = (
        cell("A", 44.04),
        V,
        cell("W", NAN, "secret", zoning=TOWNS),
        cell("D", 25.0, zoning="departement"),
    )
    found = placed(*cells, gaps=gaps).of("A", "p")
    assert [(each.name, each.value, each.whole, each.stated) for each in found.references] == [
        ("Département", 25.0, True, True), ("Ville", 20.0, False, False),
    ]  # fmt: skip
    assert (found.mark.sign, found.mark.commune, found.period, found.mark.value) == (
        "▲▲",
        "Ville",
        "2016",
        44.0,
    )
    assert found.reference is found.references[0]
    context = (*cells[:1], cell("V", 20.0, "context", zoning=TOWNS))
    assert placed(*context, gaps=gaps[2:]).of("A", "p").references == ()
    assert placed(cell("A", 1.0)).of("A", "p").mark.sign == "○"


def test_it_stands_among_the_figures_of_their_own_that_may_be_commented() -> None:
    cells = (
        cell("A", 44.0),
        cell("B", 10.0),
        cell("C", 5.0, "context"),
        cell("D", 99.0, flag=CAREFUL),
        cell("E"),
        V,
    )
    found = placed(*cells).of("A", "p")
    assert (found.known, found.left_out) == ((10.0, 44.0), 1)


def test_its_dates_are_those_of_what_has_a_course_but_for_what_is_missing() -> None:
    course = Course(("2014", "2016"), (("2014", "2016"),), {})
    older = [
        table_of(cell("A", value, status, period=year), indicators=(POOR,))
        for year, value, status in (
            ("2012", NAN, "missing"),
            ("2014", 40.0, ""),
            ("2015", NAN, "secret"),
        )
    ]
    found = placed(
        cell("A", 44.0), earlier=tuple(older), courses={"p": course}, watched={("A", "p"): "Seuil."}
    ).of("A", "p")
    assert {year: (each.value, each.status) for year, each in found.dates.items() if each.known} == {
        "2014": (40.0, Status.AGGREGATED), "2016": (44.0, Status.AGGREGATED),
    }  # fmt: skip
    assert list(found.dates) == ["2014", "2015", "2016"]
    assert (found.course, found.watched) == (course, "Seuil.")
    assert placed(cell("A", 44.0), earlier=tuple(older)).of("A", "p").dates == {}


@pytest.mark.parametrize(
    ("row", "sure"),
    [
        (bearing(), True),
        (bearing(references=()), False),
        (bearing(20.0), False),
        (bearing(mark=mark(0, 44.0, sign="▼▼")), True),
        (bearing(mark=mark(0, 44.0, sign="●")), False),
        (bearing(mark=mark(0, 44.0, sign="▲", careful=True)), False),
        (bearing(mark=mark(0, 44.0, Status.CONTEXT, sign="▲")), False),
        (bearing(mark=mark(0, 44.0, sign="○"), references=(replace(TOWN, stated=True),)), True),
        (bearing(mark=mark(0, 44.0, sign="○")), False),
    ],
)  # fmt: skip
def test_a_gap_is_sure_beyond_chance_or_as_a_fact(row: Any, sure: bool) -> None:  # noqa: FBT001
    assert row.sure is sure


def test_a_gap_is_a_share_of_the_spread_of_all_that_is_known() -> None:
    assert bearing(44.0, known=(10.0, 44.0)).gap == pytest.approx(24 / 34)
    assert bearing(30.0, known=(0.0, 40.0)).gap == pytest.approx(0.25)
    assert bearing(60.0, known=(10.0,)).gap == pytest.approx(0.8)
    assert bearing(10.0, known=(), references=(replace(TOWN, value=60.0),)).gap == 1.0
    assert [
        row.gap
        for row in (
            bearing(20.0, known=(20.0,)),
            bearing(references=()),
            bearing(NAN, Status.SECRET),
        )
    ] == [0.0] * 3


def test_the_middle_half_is_of_eight_figures_at_least() -> None:
    assert bearing(known=tuple(map(float, range(7)))).middle is None
    assert bearing(known=tuple(map(float, range(8)))).middle == (1.8, 5.3)
    assert bearing(known=tuple(map(float, range(9)))).middle == (2.0, 6.0)


@pytest.mark.parametrize(
    ("joined", "span"),
    [
        ((), None),
        ((("2014", "2016"), ("2018", "2019")), ("2014", "2016")),
        ((("2014", "2015"), ("2016", "2018"), ("2018", "2019")), ("2016", "2019")),
        ((("2014", "2016"), ("2018", "2020")), ("2018", "2020")),
        ((("2010", "2014"), ("2015", "2016"), ("2016", "2017")), ("2010", "2014")),
    ],
)  # fmt: skip
def test_the_longest_line_is_the_last_of_those_as_long(joined: Any, span: Any) -> None:
    assert Course((), joined, {}).span == span


def test_a_period_is_a_number_of_years() -> None:
    assert [when(each) for each in ("2016-03", "2016-T1", "2016-S2", "2016-T", "inconnue", "")] == [
        2016 + 2 / 12, 2016.0, 2016.5, 2016.0, 0.0, 0.0,
    ]  # fmt: skip


def test_a_line_waits_for_the_date_that_compares_with_its_last() -> None:
    course = course_of(
        POOR,
        ("2014", "2015", "2016"),
        lambda *_: "",
        lambda _, a, b: "près" if int(b) - int(a) < 2 else "",
    )
    assert course.joined == (("2014", "2016"),)
    assert course.periods == ("2014", "2015", "2016")
    assert course.broken == {}
