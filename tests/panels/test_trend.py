"""The page of a trend: which changes are shown, in which order, judged or not, and how they read."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from maps_made import POOR, plain
from tables_made import HERE, TOWN, cell, table_of

from observatoire.indicators.evaluation.trends import FACT, NOISY
from observatoire.indicators.precision.differences import CLOSING, UNKNOWN
from observatoire.pages.blocks import Page, Paragraph, TableBlock
from observatoire.panels.trend import change_words, gap_example, trend_page

NAN = float("nan")
COMMUNES = {"A": "Ville", "B": "Ville", "C": "Bourg"}


def change(territory: str, moved: float = NAN, verdict: str = "", **other: Any) -> dict[str, Any]:
    return {
        "zoning": HERE,
        "territory": territory,
        "name": territory,
        "indicator": "p",
        "start": "2014",
        "end": "2016",
        "value_start": 30.0,
        "value_end": 30.0 + moved,
        "change": moved,
        "low": NAN,
        "high": NAN,
        "rank": 0,
        "verdict": verdict,
        "mark": "",
        "reason": "",
        "status": "aggregated",
        "flag": "",
    } | other


def page(*changes: dict[str, Any]) -> Page:
    table = table_of(
        cell("A", 30.0),
        cell("V", 20.0, zoning=TOWN),
        cell("C", 20.0, source="Autre"),
        indicators=(POOR,),
    )
    return trend_page(table, pd.DataFrame(list(changes)), COMMUNES, "", "").page


def grid(*changes: dict[str, Any]) -> TableBlock:
    (block,) = page(*changes).blocks
    assert isinstance(block, TableBlock)
    return block


def notes(block: TableBlock) -> dict[str, str]:
    return {note.label: plain(note.text) for note in block.notes}


def test_changes_stand_under_their_commune_said_once_and_comparators_come_last() -> None:
    shown = grid(
        change("A", 1.0), change("B", 2.0, flag="à utiliser avec précaution"), change("C", 3.0),
        change("D", 3.5), change("V", 4.0, zoning=TOWN),
    )  # fmt: skip
    assert [(row.kind, plain(row.label)) for row in shown.rows] == [
        ("group", "Ville"), ("item", "A"), ("item", "B †"), ("group", "Bourg"), ("item", "C"), ("item", "D"),
        ("group", "Pour comparer"), ("comparator", "V"),
    ]  # fmt: skip


def test_a_change_without_a_point_is_shown_by_its_bounds_and_one_without_either_is_counted() -> (
    None
):
    shown = grid(change("A", low=-2.0, high=3.0), change("B"), change("C", 1.0))
    assert [row.label for row in shown.rows if row.kind == "item"] == ["A", "C"]
    assert [plain(cell.text) for cell in shown.rows[1].cells] == [
        "30,0", "—", "—", "[−2,0 ; 3,0]", "non jugé",
    ]  # fmt: skip
    assert notes(shown)["Non comparé"] == "1 territoire sans chiffre aux deux périodes."
    assert "Non comparé" not in notes(grid(change("A", 1.0)))


def test_where_nothing_is_comparable_the_commonest_reason_is_said() -> None:
    (said,) = page(change("A", reason="Rare."), *(change(c, reason="Secret.") for c in "BC")).blocks
    assert isinstance(said, Paragraph)
    assert plain(said.text) == (
        "Taux de pauvreté : aucun territoire n’a de chiffre aux deux périodes. Secret."
    )
    (bare,) = page(change("A")).blocks
    assert isinstance(bare, Paragraph)
    assert bare.text.endswith("périodes.")


def test_a_page_is_named_by_its_two_dates() -> None:
    assert page(change("A", 1.0)).title == "Évolution 2014-2016"
    table = table_of(cell("A", 30.0), indicators=(POOR,))
    assert (
        trend_page(
            table, pd.DataFrame([change("A")][:0], columns=list(change("A"))), {}, "", ""
        ).page.title
        == "Évolution"
    )


def test_only_changes_that_are_judged_are_counted_for_chance() -> None:
    judged = change("A", -6.0, "amélioration", low=-9.0, high=-3.0, mark="▼")
    facts = change("B", 1.0, "hausse constatée", reason=FACT)
    unsure = change("C", 1.0, UNKNOWN, low=-9.0, high=9.0)
    said = notes(
        grid(judged, facts, unsure, change("D", 2.0, reason="Trop peu."), change("E", 2.0))
    )
    assert said["Nombre"].startswith("Sur 1 comparaison à 95 %")
    assert said["Non jugé"] == "Trop peu."
    assert {"Verdict", "Constaté"} <= set(said)
    assert "Bruit" not in said
    alone = notes(grid(facts))
    assert "Constaté" in alone
    assert not {"Verdict", "Nombre", "Non jugé"} & set(alone)
    assert "Constaté" not in notes(grid(judged))
    noisy = notes(grid(change("A", 1.0, "stable", reason=NOISY), judged))
    assert noisy["Bruit"] == NOISY


def test_a_reading_is_of_the_first_change_that_is_judged() -> None:
    judged = change("B", -6.0, "amélioration", low=-9.0, high=-3.0)
    said = notes(grid(change("A", 1.0), change("D", verdict=UNKNOWN, low=-1.0, high=1.0), judged))
    assert said["Lecture"] == (
        "B, de 2014 à 2016 : −6,0 points, intervalle [−9,0 ; −3,0] : amélioration."
    )
    fact = notes(grid(change("B", 6.0, "dégradation constatée", reason=FACT)))
    assert fact["Lecture"] == "B, de 2014 à 2016 : +6,0 points : dégradation constatée."
    assert grid(judged).rows[1].cells[-1].text == "amélioration"
    assert "Lecture" not in notes(grid(change("A", 1.0)))


def test_notes_are_of_the_territories_shown_and_leave_out_the_signs_of_gaps() -> None:
    assert notes(grid(change("A", 1.0)))["Source"] == "Insee (2016)."
    assert "Prix" not in notes(grid(change("A", 1.0)))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"verdict": UNKNOWN, "mark": "●"}, "trop peu sûr"),
        ({"verdict": "hausse", "mark": "▲"}, "▲ hausse"),
        ({"verdict": "", "mark": ""}, ""),
    ],
)
def test_a_verdict_goes_with_its_sign(row: dict[str, str], said: str) -> None:
    assert change_words(row) == said


def test_the_change_of_an_enclosing_territory_is_in_brackets_but_for_what_lacks() -> None:
    (_, row) = grid(change("A", 1.0, status="context", reason="Autre.")).rows
    assert [plain(each.text) for each in row.cells] == [
        "(30,0)",
        "(31,0)",
        "(+1,0)",
        "—",
        "(non jugé)",
    ]
    assert row.cells[-1].hint == "Autre."


def test_a_gap_that_moved_is_read_from_the_first_territory_known_at_both_dates() -> None:
    frame = pd.DataFrame(
        [
            change("A", convergence=CLOSING, comparator="la Ville"),
            change("B", -3.0, convergence=CLOSING, comparator="la Ville"),
        ]
    )
    (note,) = gap_example(frame, POOR)
    assert plain(note.text) == (
        "B : 30,0 % en 2014, 27,0 % en 2016 ; écart au comparateur : l’écart avec la Ville s’est réduit."
    )
    assert gap_example(frame[:1], POOR) == []
