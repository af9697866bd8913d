"""The catalogue says what adds up and what is a part; the series, where a column is another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo import demo

from observatoire.indicators.definitions.check_inputs import (
    breaks,
    identities,
    published_totals,
    shares,
)
from observatoire.indicators.definitions.series import read_series
from observatoire.indicators.definitions.spans import Span
from observatoire.sources.families.family import read_families

if TYPE_CHECKING:
    from pathlib import Path


def test_the_six_age_groups_are_the_population() -> None:
    totals = published_totals(demo().catalogue, ["2016", "2011"])
    mine = totals[(totals["published_variable"] == "pub_population") & (totals["period"] == "2016")]
    assert set(mine["published_source"]) == {"valeurs-publiees"}
    assert set(mine["part_source"]) == {"insee-rp2016"}
    assert sorted(mine["part_variable"]) == [
        "P16_POP0014", "P16_POP1529", "P16_POP3044", "P16_POP4559", "P16_POP6074", "P16_POP75P",
    ]  # fmt: skip
    assert "P11_POP0014" in set(totals["part_variable"])


def test_a_sum_that_two_families_say_counts_once() -> None:
    family = read_families()["carreaux"]
    once = identities([family])
    assert identities([family, family]).equals(once)
    mine = once[once["part"] == "men_mais"]
    assert mine[["whole"]].to_numpy().tolist() == [["men"]]
    assert set(once[once["identity"] == mine["identity"].iloc[0]]["part"]) == {
        "men_coll", "men_mais",
    }  # fmt: skip
    assert identities([]).empty


def test_a_rate_is_no_sum() -> None:
    totals = published_totals(demo().catalogue, ["2019"])
    assert "pub_taux_pauvrete" not in set(totals["published_variable"])


def test_without_a_period_there_is_nothing_to_add() -> None:
    assert published_totals(demo().catalogue, []).empty


def test_a_share_names_its_two_sums_in_each_period() -> None:
    sums = shares(demo().catalogue, ["2016"])
    mine = sums[sums["label"] == "Part des habitants de 0 à 14 ans"]
    assert set(mine["source"]) == {"insee-rp2016"}
    part, whole = mine[mine["side"] == "part"], mine[mine["side"] == "whole"]
    assert part["variable"].tolist() == ["P16_POP0014"]
    assert part["names"].tolist() == ["P16_POP0014"]
    assert (len(whole), set(whole["count"])) == (6, {"6"})
    assert "P16_POP75P" in set(whole["variable"])


def test_a_ratio_that_is_no_share_is_not_one() -> None:
    labels = set(shares(demo().catalogue, ["2016"])["label"])
    assert all(
        one.label not in labels
        for one in demo().catalogue
        if one.unit != "%" or not one.denominator
    )
    assert labels


def test_a_series_gives_the_columns_of_the_period() -> None:
    one = demo().catalogue.get("population")
    spans = (
        Span("2006", "2012", ("PYY_OLD",)),
        Span("2013", "2099", ("PYY_NEW", "PYY_MORE")),
    )
    followed = replace(one, spans=spans)
    totals = published_totals([followed], ["2010", "2016"])
    assert sorted(totals["part_variable"]) == ["P10_OLD", "P16_MORE", "P16_NEW"]


BOOK = """
[series.diplomes]
label = "Diplômes"
spans = [
  { from = "2006", to = "2012", numerator = ["PYY_A", "PYY_B"], denominator = ["PYY_ALL"] },
  { from = "2013", to = "2099", numerator = ["PYY_A"], denominator = ["PYY_ALL"] },
]

[[breaks]]
at = "2019"
what = "Autre géolocalisation"
source = "Insee"
sources = ["filo*"]

[[breaks]]
every = true
what = "Autres carreaux"
source = "Insee"
variables = ["ind_*"]

[[breaks]]
at = "2011"
what = "Autre questionnaire"
source = "Insee"
indicators = ["population"]
"""


def test_breaks_are_told_of_the_columns_they_are_about(tmp_path: Path) -> None:
    (tmp_path / "series.toml").write_text(BOOK, "utf-8")
    book = read_series(tmp_path / "series.toml")
    columns = [
        ("rp", "P16_A"), ("rp", "P12_B"), ("rp", "P16_ALL"), ("filo-iris", "MED"), ("x", "MED"),
        ("carreaux", "ind_18"), ("insee-rp2016", "P16_POP0014"), ("rp", "P16_POP0014"),
    ]  # fmt: skip
    broken = breaks(demo().catalogue, book, ["2016"], columns)
    assert set(broken.itertuples(index=False, name=None)) == {
        ("rp", "P16_A", "2013"),
        ("rp", "P12_B", "2013"),
        ("filo-iris", "MED", "2019"),
        ("carreaux", "ind_18", ""),
        ("insee-rp2016", "P16_POP0014", "2011"),
    }
