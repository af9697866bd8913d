"""The page of inequality: who is surely in which half, what the first rank is worth, what is not measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from maps_made import POOR, plain
from tables_made import cell, table_of

from observatoire.indicators.comparison.inequality import Inequality, Measure
from observatoire.indicators.precision.sampling_error import UNSIZED, WITHHELD
from observatoire.pages.blocks import Page, Paragraph, TableBlock
from observatoire.panels.inequality import inequality_page

NAN = float("nan")
NEUTRAL = replace(POOR, polarity="neutral")
LEVEL, SHARE = Measure(5.04, 4.0, 6.0, 1.0), Measure(0.123, 0.1, 0.15, 0.02)


def rank(name: str, place: str, low: int = 1, high: int = 2) -> dict[str, Any]:
    return {"territory": name, "name": name, "value": 20.0, "low": 18.0, "high": 22.0, "rank": low,
            "rank_low": low, "rank_high": high, "place": place, "flag": ""}  # fmt: skip


RANKS = (
    rank("A", "mieux placé"),
    rank("B", "indéterminé", 2, 3),
    rank("C", "moins bien placé", 3, 3),
)


def page(
    *ranks: dict[str, Any], indicator: Any = POOR, former: Any = None, cells: Any = (), **found: Any
) -> Page:
    shown = cells or [cell(each["name"], 20.0) for each in ranks]
    given = {"spread": LEVEL, "dissimilarity": SHARE, "left_out": ()} | found
    made = Inequality(pd.DataFrame(list(ranks)), **given)
    return inequality_page(
        table_of(*shown, indicators=(indicator,)), made, indicator, "", "", former
    ).page


def parts(page: Page) -> tuple[str, TableBlock, TableBlock]:
    lead, measures, ranks = page.blocks
    assert isinstance(lead, Paragraph)
    assert isinstance(measures, TableBlock)
    assert isinstance(ranks, TableBlock)
    return plain(lead.text), measures, ranks


def notes(block: TableBlock) -> dict[str, str]:
    return {note.label: plain(note.text) for note in block.notes}


def test_the_territories_surely_in_one_half_are_named() -> None:
    assert parts(page(*RANKS))[0] == (
        "À 95 %, dans la moitié des mieux placés : A ; dans la moitié des moins bien placés : C."
    )
    facts = parts(page(*RANKS[:2], facts=True))[0]
    assert facts == (
        "Constat : dans la moitié des mieux placés : A ; "
        "dans la moitié des moins bien placés : aucun avec certitude."
    )
    high, low = rank("A", "plus haut"), rank("B", "plus bas")
    assert parts(page(high, low, indicator=NEUTRAL))[0] == (
        "À 95 %, dans la moitié des plus hauts : A ; dans la moitié des plus bas : B."
    )
    many = parts(page(*(rank(name, "mieux placé") for name in "ABCDEF")))[0]
    assert "A, B, C, D, E et 1 autre" in many


def test_ranks_are_read_as_sure_as_they_are() -> None:
    first = [notes(parts(page(*ranks, **more))[2])["Lecture"] for ranks, more in (
        (RANKS, {}), ((rank("A", "", 1, 1), RANKS[1]), {}), ((rank("A", "", 1, 1),), {"facts": True}),
    )]  # fmt: skip
    assert first == [
        "A : 20,0 % ; à 95 %, son rang est compris entre 1 et 2 sur 3.",
        "A : 20,0 % ; à 95 %, il est 1er sur 2.",
        "A : 20,0 % ; il est 1er sur 1, c’est un constat.",
    ]
    shown = parts(page(*RANKS))[2]
    assert shown.title == "Rangs, du plus favorable au moins favorable"
    assert parts(page(*RANKS, indicator=NEUTRAL))[2].title == "Rangs, du plus haut au plus bas"
    assert [plain(each.text) for each in shown.rows[1].cells] == [
        "20,0", "[18,0 ; 22,0]", "2", "[2 ; 3]", "indéterminé",
    ]  # fmt: skip


def test_those_without_a_rank_are_named() -> None:
    left = tuple("ABCDEFGHI")
    assert notes(parts(page(*RANKS, left_out=left))[2])["Non classés"] == (
        "9 territoires sans chiffre propre ou sans intervalle : A, B, C, D, E, F, G, H et 1 autre."
    )
    assert "Non classés" not in notes(parts(page(*RANKS))[2])
    assert "Constaté" in notes(parts(page(*RANKS, facts=True))[2])
    assert not {"Constaté", "Écart"} & set(notes(parts(page(*RANKS))[2]))
    elsewhere = [cell(name, 20.0) for name in "ABC"] + [cell("Z", 20.0, source="Autre")]
    assert notes(parts(page(*RANKS, cells=elsewhere))[2])["Source"] == "Insee (2016)."


def test_measures_are_in_hundredths_and_explain_what_chance_gives() -> None:
    measures = parts(page(*RANKS))[1]
    assert [
        (plain(row.label), *(plain(each.text) for each in row.cells)) for row in measures.rows
    ] == [
        ("Dispersion (écart-type pondéré, points)", "5,0", "[4,0 ; 6,0]", "1,0"),
        ("Dissimilarité (part à déplacer pour l’égalité, en %)", "12,3", "[10,0 ; 15,0]", "2,0"),
    ]
    assert "par le seul hasard" in notes(measures)["Lecture"]
    assert "Prudence" not in notes(measures)
    assert "élargis de 30" in notes(parts(page(*RANKS, grouped=True))[1])["Prudence"]
    assert "Lecture" not in notes(parts(page(*RANKS, facts=True))[1])


def test_a_measure_that_is_not_there_says_why() -> None:
    blank = Measure(NAN, NAN, NAN, NAN)
    alone = notes(parts(page(RANKS[0]))[1])
    assert alone["Non mesuré"] == "il faut au moins deux territoires classés."
    two = notes(parts(page(*RANKS[:2], spread=LEVEL))[1])
    assert "Non mesuré" not in two
    unweighed = notes(parts(page(*RANKS, spread=blank, dissimilarity=blank, grouped=True))[1])
    assert "l’on ne sait pas sur combien porte chaque taux" in unweighed["Non mesuré"]
    assert not {"Lecture", "Prudence"} & set(unweighed)
    euros = replace(POOR, unit="euros")
    paid = notes(parts(page(*RANKS, dissimilarity=blank, indicator=euros))[1])
    assert paid["Non mesuré"] == "la dissimilarité est celle d’une part (en %)."
    assert "Non mesuré" not in notes(parts(page(*RANKS, dissimilarity=blank))[1])
    assert "Non mesuré" not in notes(parts(page(*RANKS, indicator=euros))[1])


def test_how_much_measures_moved_stands_under_them() -> None:
    former = ("2011", Measure(1.5, 0.5, 2.5, NAN), Measure(-0.02, -0.05, 0.01, NAN))
    table = table_of(cell("A", 20.0), indicators=(POOR,))
    made = Inequality(pd.DataFrame(list(RANKS)), LEVEL, SHARE, ())
    found = inequality_page(table, made, POOR, "", "", former)
    assert found.changes == {"spread": former[1], "dissimilarity": former[2]}
    assert inequality_page(table, made, POOR, "", "").changes == {}
    rows = parts(found.page)[1].rows[2:]
    assert [(row.label, *(plain(each.text) for each in row.cells)) for row in rows] == [
        ("Évolution de la dispersion depuis 2011", "+1,5", "[0,5 ; 2,5]", ""),
        ("Évolution de la dissimilarité depuis 2011 (points)", "−2,0", "[−5,0 ; 1,0]", ""),
    ]


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ([UNSIZED, "exhaustive"], "la source ne dit pas sur combien porte chaque taux"),
        (["exhaustive", WITHHELD], "la source compte tout le monde"),
        ([WITHHELD, "unknown"], "trahirait un effectif couvert par le secret"),
        (["unknown"], "la précision de la source n’est pas connue"),
        ([], "aucun chiffre n’est disponible"),
    ],
)
def test_a_page_without_a_rank_says_the_first_true_reason(kinds: list[str], why: str) -> None:
    cells = [cell("A", 20.0, precision=kind) for kind in kinds]
    (said,) = page(cells=[*cells, cell("Z", precision=UNSIZED)]).blocks
    assert isinstance(said, Paragraph)
    assert why in said.text


def test_a_page_is_named_by_its_dates_each_once() -> None:
    cells = [cell("A", 20.0), cell("B", 20.0), cell("C", 20.0, period="2017")]
    assert plain(page(*RANKS, cells=cells).title) == "Inégalités : Taux de pauvreté, 2016, 2017"
