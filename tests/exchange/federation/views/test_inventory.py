"""Who observes what, drawn and said: every box is a year that the inventory has, or lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packages_made import package

import observatoire as obs
from observatoire.exchange.federation.views.inventory import by_indicator, by_member
from observatoire.pages.blocks import Figure, TableBlock

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation

A = [
    ("q", "Q1", "pop", "2014", 10.0, "observé"),
    ("q", "Q2", "pop", "2014", None, "secret"),
    ("q", "Q1", "pop", "2016", 12.0, "observé"),
    ("q", "Q2", "pop", "2016", 12.0, "observé"),
    ("c", "LAM", "pop", "2016", 99.0, "observé"),
]
B = [("q", "Q1", "pop", "2016", 12.0, "observé"), ("q", "Q1", "aides", "2015", 3.0, "observé")]


@pytest.fixture
def two(tmp_path: Path) -> Federation:
    words = {"pop": {"thematique": "population", "libelle": "Population"}}
    return obs.federate(
        [
            package(tmp_path / "caf", A, definitions=words, title="Observatoire de la Caf"),
            package(tmp_path / "ville", B, definitions=words, title="Observatoire de la ville"),
        ]
    )


def test_each_year_is_full_in_part_or_a_gap(two: Federation) -> None:
    words = two.inventory().drop_duplicates("indicateur").set_index("indicateur")
    lines, heads = by_indicator(two._observed, words, two.verdicts(), two.titles)
    assert list(heads.columns) == ["caf", "ville"]
    found = {(line.label, line.below): line for line in lines}
    shared = found["Population", "q"]
    assert shared.seen == {
        "caf": {2014: "part", 2016: "full"},
        "ville": {2014: "gap", 2016: "full"},
    }
    assert shared.verdict == "oui"
    assert found["Population", "c"].seen == {"caf": {2016: "full"}}
    assert found["Population", "c"].verdict == ""
    assert [line.heading for line in lines] == ["Emploi", "Population", "Population"]


def test_many_members_are_rows(two: Federation) -> None:
    words = two.inventory().drop_duplicates("indicateur").set_index("indicateur")
    lines, heads = by_member(two._observed, words, two.titles)
    assert [line.label for line in lines] == ["Caf", "Ville"]
    assert list(heads.columns) == ["Emploi", "Population"]
    assert lines[0].seen == {"Population": {2014: "part", 2016: "full"}}
    assert lines[1].count == "2\u00a0indicateurs"


def test_the_page_says_it_all_and_is_written(two: Federation, tmp_path: Path) -> None:
    sheet = two.inventory_page()
    (figure,) = (block for block in sheet.page.blocks if isinstance(block, Figure))
    (table,) = (block for block in sheet.page.blocks if isinstance(block, TableBlock))
    assert "Caf\u00a0: 2 ; Ville\u00a0: 2" in figure.alternative.replace("\u202f;", " ;")
    assert len([row for row in table.rows if row.kind == "item"]) == len(two.inventory())
    assert sheet.save(tmp_path / "inventaire.html").stat().st_size
    assert sheet.save(tmp_path / "inventaire.xlsx").stat().st_size


def test_one_member_observes_alone(tmp_path: Path) -> None:
    page = obs.federate([package(tmp_path / "seule", A)]).inventory_page().page
    assert page.subtitle.startswith("1\u00a0observatoire")
    assert any(isinstance(block, Figure) for block in page.blocks)


def test_nine_members_are_drawn_as_rows(tmp_path: Path) -> None:
    made = [package(tmp_path / f"m{k}", B, title=f"Ville {k}") for k in range(9)]
    (figure,) = (
        b for b in obs.federate(made).inventory_page().page.blocks if isinstance(b, Figure)
    )
    assert "Grille de 9\u00a0lignes" in figure.alternative


@pytest.mark.parametrize("period", ["T1-2016", "hiver"])
def test_a_period_written_by_a_stranger_is_no_error(tmp_path: Path, period: str) -> None:
    rows = [("q", "Q1", "pop", period, 1.0, "observé"), ("q", "Q1", "pop", "été", 1.0, "observé")]
    f = obs.federate([package(tmp_path / "m", rows)])
    assert f.inventory()["periodes"].tolist() == [2]
    assert period in f.inventory_page().html
