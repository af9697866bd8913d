"""What is not of a territory itself (of what encloses it, of a model) bears no verdict, no rank, no gap."""

from __future__ import annotations

import demo
import pandas as pd
import pytest

from observatoire.indicators.computation.explanations import context_bias
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.values import Nature

#: Of the embedded default, every estimate is a model's.
NOT_ITS_OWN = ("context", "estimated")

CODES = ["part_hlm", "part_0_14", "part_pop_seule", "taux_pauvrete", "niveau_vie_median"]


@pytest.fixture(scope="module")
def table() -> object:
    return demo.demo().table(CODES, compare=["commune", "quartiers"])


def context_of(cells: pd.DataFrame) -> pd.MultiIndex:
    enclosed = cells[cells["status"].isin(NOT_ITS_OWN)]
    return pd.MultiIndex.from_frame(enclosed[["zoning", "territory", "indicator"]])


def test_no_difference_of_a_context_is_judged(table: object) -> None:
    enclosed = context_of(table.cells)
    differences = table.differences
    keys = pd.MultiIndex.from_frame(differences[["zoning", "territory", "indicator"]])
    mine = differences[keys.isin(enclosed)]
    assert len(mine) > 20
    assert set(mine["mark"]) == {""}
    assert set(mine["verdict"]) == {""}
    assert (mine["rank"] == 0).all()
    assert mine[["low", "high"]].isna().all(axis=None)
    # Where the comparator has no figure, that reason comes first.
    assert (mine["reason"] != "").all()
    assert mine["reason"].str.contains("aucun verdict").sum() > 20


def test_marks_stand_on_figures_of_the_territory_itself(table: object) -> None:
    differences = table.differences
    marked = differences[differences["mark"].isin(["▲", "▲▲", "▼", "▼▼"])]
    assert len(marked) > 0
    keys = pd.MultiIndex.from_frame(marked[["zoning", "territory", "indicator"]])
    assert not keys.isin(context_of(table.cells)).any()


def test_no_change_of_a_context_is_judged() -> None:
    found = demo.demo().trend("taux_pauvrete", 2014, 2016).df
    mine = found[found["status"].isin(NOT_ITS_OWN)]
    assert len(mine) > 0
    assert mine[["low", "high"]].isna().all(axis=None)
    assert set(mine["verdict"]) == {""}
    assert set(mine["mark"]) == {""}


def test_no_gap_of_a_context_closes_or_widens() -> None:
    found = demo.demo().evaluate().df
    at_end = demo.demo().table("part_hlm", period=2016).df
    enclosed = set(at_end.loc[at_end["status"].isin(NOT_ITS_OWN), "territory"])
    mine = found[(found["indicator"] == "part_hlm") & found["territory"].isin(enclosed)]
    assert len(mine) > 0
    assert set(mine["convergence"]) == {"indéterminé"}
    assert set(mine["verdict"]) == {"non jugé"}


def test_a_context_is_not_ranked() -> None:
    page = demo.demo().inequality("part_hlm")
    at_end = demo.demo().table("part_hlm").df
    enclosed = set(at_end.loc[at_end["status"].isin(NOT_ITS_OWN), "territory"])
    assert not enclosed & set(page.df["territory"])


def test_its_bias_is_said_with_the_figure() -> None:
    poverty = Indicator(
        "p", "P", "P", "t", Nature.RATE, "%", 1, "neutral", "", "", (), variable="TP6019"
    )
    assert "de 13 points" in context_bias(poverty)
    unmeasured = Indicator(
        "h", "H", "H", "t", Nature.RATE, "%", 1, "neutral", "", "", (), variable="txVac"
    )
    assert context_bias(unmeasured) == ""
