"""The catalogue says which counts add up to which published figure."""

from __future__ import annotations

from demo import demo
from observatoire.indicators.totals import published_totals


def test_the_six_age_groups_are_the_population() -> None:
    totals = published_totals(demo().catalogue, ["2016", "2011"])
    mine = totals[(totals["published_variable"] == "pub_population") & (totals["period"] == "2016")]
    assert set(mine["published_source"]) == {"valeurs-publiees"}
    assert set(mine["part_source"]) == {"insee-rp2016"}
    assert sorted(mine["part_variable"]) == [
        "P16_POP0014", "P16_POP1529", "P16_POP3044", "P16_POP4559", "P16_POP6074", "P16_POP75P",
    ]  # fmt: skip
    assert "P11_POP0014" in set(totals["part_variable"])


def test_a_rate_is_no_sum() -> None:
    totals = published_totals(demo().catalogue, ["2019"])
    assert "pub_taux_pauvrete" not in set(totals["published_variable"])


def test_without_a_period_there_is_nothing_to_add() -> None:
    assert published_totals(demo().catalogue, []).empty
