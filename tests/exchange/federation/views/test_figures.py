"""Dates of a federation are joined when every member that has both declares that they compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.exchange.federation.views.figures import federation_course

if TYPE_CHECKING:
    from observatoire.panels.drawings.bearings import Course

DATES = ["2010", "2016", "2022"]


def course(dates: dict[str, list[str]], said: dict[str, tuple[str, str]]) -> Course:
    observed = pd.DataFrame(
        [(who, "i", each) for who, known in dates.items() for each in known],
        columns=["observatoire", "indicateur", "periode"],
    )
    definitions = pd.DataFrame(
        [(who, "i", *words) for who, words in said.items()],
        columns=["observatoire", "indicateur", "liaisons", "ruptures"],
    )
    return federation_course("i", DATES, observed, definitions)


def test_a_line_joins_what_all_declare() -> None:
    whole = ("2010→2016, 2016→2022", "")
    found = course({"a": DATES, "b": DATES[1:]}, {"a": whole, "b": ("2016→2022", "")})
    assert found.joined == (("2010", "2016"), ("2016", "2022"))
    assert not found.broken


def test_a_member_that_does_not_say_so_keeps_two_dates_apart() -> None:
    whole = ("2010→2016, 2016→2022", "")
    found = course({"a": DATES, "b": DATES[1:]}, {"a": whole, "b": ("", "")})
    assert found.joined == (("2010", "2016"),)


def test_dates_too_near_are_stepped_over() -> None:
    found = course({"a": DATES}, {"a": ("2010→2022", "")})
    assert found.joined == (("2010", "2022"),)


def test_a_package_of_before_joins_nothing() -> None:
    assert course({"a": DATES}, {"a": ("", "")}).joined == ()


def test_a_break_of_one_member_is_a_break_of_all() -> None:
    found = course(
        {"a": DATES, "b": DATES},
        {"a": ("2010→2016, 2016→2022", ""), "b": ("2010→2016", "2022 : Autre source.")},
    )
    assert found.joined == (("2010", "2016"),)
    assert found.broken == {"2022": "Autre source."}
