"""A page asks for each figure once, many in one table, and what it asked for is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from demo import demo

from observatoire.secrecy.release.asked_tables import AskedTables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire import ProtectedTable

IRIS = "iris-2016"
PAIRS = [("taux_pauvrete", "2014"), ("niveau_vie_median", "2021"), ("taux_pauvrete", "2021")]


@pytest.fixture
def questions() -> list[tuple[str, Mapping[str, Sequence[str]]]]:
    return []


@pytest.fixture
def asked(questions: list[tuple[str, Mapping[str, Sequence[str]]]]) -> AskedTables:
    def ask(zoning: str, dated: Mapping[str, Sequence[str]]) -> ProtectedTable:
        questions.append((zoning, dated))
        return demo()._asked(zoning, dated, "interne")

    return AskedTables(ask)


def test_several_periods_are_one_question_and_each_figure_is_asked_once(
    asked: AskedTables, questions: list[tuple[str, Mapping[str, Sequence[str]]]]
) -> None:
    asked.prepare(IRIS, PAIRS[:2])
    asked.prepare(IRIS, PAIRS)
    asked.cells(IRIS, PAIRS)
    assert questions == [
        (IRIS, {"taux_pauvrete": ["2014"], "niveau_vie_median": ["2021"]}),
        (IRIS, {"taux_pauvrete": ["2021"]}),
    ]
    assert [len(table.cells) for table in asked.tables] == [2 * 49, 49]


def test_cells_come_in_the_order_asked_and_are_those_of_a_table_of_one_period(
    asked: AskedTables,
) -> None:
    cells = asked.cells(IRIS, PAIRS)
    given = list(zip(cells["indicator"], cells["period"], strict=True))
    assert list(dict.fromkeys(given)) == PAIRS
    shown = ["territory", "value", "low", "high", "status", "reason", "method", "source"]
    for code, period in PAIRS:
        alone = demo().table(code, IRIS, period).cells
        here = cells[(cells["indicator"] == code) & (cells["period"] == period)]
        left, right = (frame[shown].reset_index(drop=True) for frame in (alone, here))
        assert left.equals(right), (code, period)


def test_what_no_territory_can_have_is_an_empty_answer() -> None:
    nothing = demo()._asked(IRIS, {"taux_pauvrete": ("2014",)}, "interne")
    empty = AskedTables(lambda zoning, dated: nothing)  # noqa: ARG005
    assert empty.cells(IRIS, [("taux_pauvrete", "1999")]).empty
