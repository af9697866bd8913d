"""Why a figure is not there: a member nobody can place, parts that leave all possible."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import demo
import oracle
import pytest

import observatoire as obs

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LINKS = "geo/passage_iris-2016_quartier-cucs-2007.csv"


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Give the perimeters once Bois d’Inde is known to be a part of an IRIS."""
    space: Path = demo.workspace(tmp_path_factory.mktemp("lien") / "espace")
    table = (space / LINKS).read_text(encoding="utf-8")
    (space / LINKS).write_text(
        table.replace(";LAM11;inconnu", "972131305;LAM11;inclus"), encoding="utf-8"
    )
    with obs.open(space) as o:
        found = o.table(["population", "part_hlm"], "perimetre-cucs-2007", 2016).df
    return found.set_index(["territory", "indicator"])


def test_a_set_with_a_member_nobody_can_place_has_no_bound() -> None:
    with obs.demo() as o:
        rows = o.table("population", "perimetre-cucs-2007", 2016).df.set_index("territory")
    assert rows.loc["PER-GUP", "status"] == "missing"
    assert math.isnan(rows.loc["PER-GUP", "high"])
    assert "aucun IRIS connu" in rows.loc["PER-GUP", "reason"]
    assert rows.loc["PER-RU", "status"] == "bounded"


def test_once_placed_it_is_bounded_by_the_iris_that_hold_its_members(linked: pd.DataFrame) -> None:
    row = linked.loc[("PER-GUP", "population")]
    held = {"972131303", "972131304", "972131305", "972131306"}
    assert row["status"] == "bounded"
    assert (row["passage_low"], row["passage_high"]) == pytest.approx(
        (0, oracle.count(held, oracle.AGES))
    )


def test_bounds_that_leave_all_possible_are_not_printed(linked: pd.DataFrame) -> None:
    row = linked.loc[("PER-GUP", "part_hlm")]
    assert row["status"] == "missing"
    assert "0 à 100" in row["reason"]
    assert math.isnan(row["passage_low"])
