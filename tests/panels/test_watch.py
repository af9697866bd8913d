"""What is watched and what was programmed, in words: thresholds, notes, money, and whom nothing reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from maps_made import POOR, plain
from tables_made import HERE, NAN, TOWN, cell, table_of

from observatoire.french.nouns import Noun
from observatoire.indicators.evaluation.actions import NEVER, OWN, WIDER, Programming
from observatoire.indicators.evaluation.watch import PASSED
from observatoire.pages.blocks import Callout, Paragraph, TableBlock
from observatoire.panels.actions import known_cell, programming_blocks
from observatoire.panels.watch import Local, notes_blocks, signal_blocks, watch_page
from observatoire.secrecy.release.public_notes import public_notes
from observatoire.values import Status

PAID = replace(POOR, code="m", unit="euros", decimals=0)
KNOWN = {"p": POOR, "m": PAID}
ZONE = Noun("zone", feminine=True)


def signal(**other: Any) -> dict[str, Any]:
    return {
        "territory": "A",
        "name": "A",
        "indicator": "p",
        "label": "Trop haut",
        "kind": "above",
        "level": 24.0,
        "value": 30.0,
        "low": 30.0,
        "high": 30.0,
        "period": "2016",
        "signal": PASSED,
        "source": "Insee",
    } | other


def cells(**other: Any) -> list[str]:
    (grid,) = signal_blocks(pd.DataFrame([signal(**other)]), KNOWN, 1)
    assert isinstance(grid, TableBlock)
    return [plain(each.text) for each in grid.rows[0].cells]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, ["Trop haut : au-dessus de 24 %", "30,0 %", "2016", "seuil dépassé"]),
        (
            {"kind": "below", "level": 24.5},
            ["Trop haut : au-dessous de 24,5 %", "30,0 %", "2016", "seuil dépassé"],
        ),
        (
            {
                "kind": "rise",
                "value": 5.0,
                "low": 4.0,
                "high": 6.0,
                "level": 3.0,
                "signal": "à confirmer",
            },
            [
                "Trop haut : hausse de plus de 3 points",
                "+5,0 points [4,0 ; 6,0]",
                "2016",
                "à confirmer",
            ],
        ),
        (
            {
                "kind": "fall",
                "indicator": "m",
                "value": -500.0,
                "low": -500.0,
                "high": -500.0,
                "level": 300.0,
            },
            ["Trop haut : baisse de plus de 300 euros", "−500 euros", "2016", "seuil dépassé"],
        ),
        (
            {"value": NAN, "low": 20.0, "high": 40.0, "signal": "à confirmer"},
            ["Trop haut : au-dessus de 24 %", "[20,0 ; 40,0] %", "2016", "à confirmer"],
        ),
    ],
)
def test_a_signal_gives_the_threshold_the_figure_and_how_sure_it_is(
    row: dict[str, Any], said: list[str]
) -> None:
    assert cells(**row) == said


def test_a_signal_is_as_solid_as_its_figure() -> None:
    frame = pd.DataFrame([signal(), signal(value=NAN, low=20.0, high=40.0, signal="à confirmer")])
    (grid,) = signal_blocks(frame, KNOWN, 2)
    assert isinstance(grid, TableBlock)
    status = [[row.cells[1].status, row.cells[3].status] for row in grid.rows]
    assert status == [[Status.OBSERVED] * 2, [Status.BOUNDED] * 2]


def test_nothing_watched_and_nothing_passed_are_two_sentences() -> None:
    none = pd.DataFrame([signal()])[:0]
    said = [signal_blocks(none, KNOWN, watched)[0] for watched in (0, 1, 2)]
    assert all(isinstance(each, Paragraph) for each in said)
    assert [plain(each.text) for each in said if isinstance(each, Paragraph)] == [
        "Aucun seuil n’est surveillé.",
        "1 seuil surveillé, aucun dépassé.", "2 seuils surveillés, aucun dépassé.",
    ]  # fmt: skip


def noted(*texts: str) -> Any:
    rows = [
        {
            "readers": "public",
            "zoning": HERE,
            "territory": t,
            "name": t,
            "date": "2012-04",
            "text": t,
            "origin": "SMHLM",
            "strength": "forte",
        }
        for t in texts
    ]
    return public_notes(
        pd.DataFrame(
            rows,
            columns=[
                "readers",
                "zoning",
                "territory",
                "name",
                "date",
                "text",
                "origin",
                "strength",
            ],
        )
    )


def test_notes_and_warnings_stand_after_the_signals_where_there_are_some() -> None:
    assert notes_blocks(noted()) == []
    table = table_of(cell("A", 1.0), indicators=(POOR,), warnings=("Liste provisoire.",))
    page = watch_page(table, pd.DataFrame([signal()]), 1, noted("A"), "", "").page
    _, _heading, notes, warned = page.blocks
    assert isinstance(notes, TableBlock)
    assert [plain(each.text) for each in notes.rows[0].cells] == [
        "avril 2012",
        "A",
        "SMHLM",
        "forte",
    ]
    assert isinstance(warned, Callout)
    bare = watch_page(
        table_of(cell("A", 1.0), indicators=(POOR,)), pd.DataFrame([signal()]), 1, noted(), "", ""
    ).page
    assert len(bare.blocks) == 1


def action(territory: str = "A", **other: Any) -> dict[str, Any]:
    return {
        "zoning": HERE,
        "territory": territory,
        "label": "Chantier",
        "year": "2008",
        "operator": "Asso",
        "funder": "Ville",
        "amount": 9000.0,
        "stage": "engagé",
        "origin": "Ville, bilan",
    } | other


def test_a_profile_adds_what_is_watched_written_and_done_there() -> None:
    actions = pd.DataFrame(
        [
            action(),
            action(amount=NAN, operator="", funder=""),
            action("B", origin="État"),
            action(zoning=TOWN),
        ]
    )
    signals = pd.DataFrame(
        [
            signal(),
            signal(label="Hausse", kind="rise", level=3.0, value=5.0, signal="à confirmer"),
            signal(territory="B", indicator="m"),
        ]
    )
    local = Local(signals, noted("A"), actions, KNOWN, HERE)
    assert {key: plain(text) for key, text in local.watched.items()} == {
        ("A", "p"): "seuil dépassé, « Trop haut » (au-dessus de 24 %) ; ici 30,0 % (2016) ; "
                    "à confirmer, « Hausse » (hausse de plus de 3 points) ; ici +5,0 points (2016)",
        ("B", "m"): "seuil dépassé, « Trop haut » (au-dessus de 24 euros) ; ici 30 euros (2016)",
    }  # fmt: skip
    notes, done = local.blocks("A")
    assert isinstance(notes, TableBlock)
    assert isinstance(done, TableBlock)
    assert notes.title == "Notes de terrain"
    assert [[plain(each.text) for each in row.cells] for row in done.rows] == [
        ["2008", "Asso", "Ville", "9 000 € (engagé)"], ["2008", "—", "—", "n.d."],
    ]  # fmt: skip
    assert [row.cells[3].status for row in done.rows] == [Status.OBSERVED, Status.MISSING]
    assert done.notes[0].text == "Ville, bilan."
    assert [block.title for block in local.blocks("B") if isinstance(block, TableBlock)] == [
        "Actions financées"
    ]
    assert local.blocks("C") == []


# --- what was programmed --------------------------------------------------------------------------


def programmed(
    money: Any = (), places: Any = (), themes: Any = (), perimeters: Any = (), acted: Any = (1,)
) -> Programming:
    return Programming(
        pd.DataFrame(list(money), columns=["year", "funder", "promised", "committed", "spent"]),
        pd.DataFrame(
            list(perimeters),
            columns=[
                "name",
                "years",
                "promised",
                "committed",
                "spent",
                "inhabitants",
                "people_of",
                "per_head",
                "spent_per_head",
            ],
        ),
        pd.DataFrame(
            list(places), columns=["name", "reach", "actions", "amount", "people", "per_head"]
        ),
        pd.DataFrame(list(themes), columns=["label", "actions", "amount"]),
        pd.DataFrame([action()] if acted else []),
        ("Ville, bilan", "Ville, bilan", "État"),
    )


def grids(found: Programming) -> dict[str, TableBlock]:
    return {b.title: b for b in programming_blocks(found, ZONE) if isinstance(b, TableBlock)}


def lines(grid: TableBlock) -> list[list[str]]:
    return [[row.label, *(plain(each.text) for each in row.cells)] for row in grid.rows]


def reached(places: Any, themes: Any = (("Emploi", 1, 5.0),)) -> str:
    rows = [(name, reach, 1, 5.0, NAN, NAN) for name, reach in places]
    (said,) = (
        b
        for b in programming_blocks(programmed(places=rows, themes=themes), ZONE)
        if isinstance(b, Paragraph)
    )
    return plain(said.text)


def test_whom_no_action_reached_is_named_and_money_of_a_wider_perimeter_is_not_shared() -> None:
    through = (
        " Ce qui est donné à un tel périmètre n’est pas partagé, faute de savoir comment. "
        "Aucune thématique n’est sans action connue."
    )
    assert reached([("A", OWN), ("B", NEVER), ("C", WIDER), ("D", NEVER)]) == (
        f"Zones qu’aucune action n’a touchées : B et D. Par un périmètre plus large seulement : C.{through}"
    )
    assert reached([("A", OWN), ("C", WIDER)]).startswith(
        "Aucune zone n’est restée sans action. Par un périmètre"
    )
    assert reached([("B", WIDER), ("C", WIDER)]) == (
        f"Aucune action n’est connue pour une zone en particulier. "
        f"Par un périmètre plus large seulement : toutes les zones.{through}"
    )
    assert reached([("A", OWN)], [("Emploi", 0, 0.0), ("Santé", 2, 1.0)]) == (
        "Aucune zone n’est restée sans action. Thématiques sans action connue : Emploi."
    )


def test_a_share_is_of_what_was_promised_and_of_the_lines_that_say_both() -> None:
    money = [
        ("2007", "État", 1000.0, 50.0, NAN),
        ("2008", "Ville", NAN, 400.0, 100.0),
        ("2009", "Ville", 600.0, 1.0, 300.0),
        ("2010", "Caf", NAN, NAN, 40.0),
        ("2011", "Caf", 0.0, NAN, 0.0),
    ]
    (grid,) = (
        g for t, g in grids(programmed(money=money)).items() if t.startswith("Crédits promis")
    )
    assert lines(grid) == [
        ["2007 — État", "1 000", "50", "n.d.", "n.d."],
        ["2008 — Ville", "n.d.", "400", "100", "25,0"],
        ["2009 — Ville", "600", "1", "300", "50,0"],
        ["2010 — Caf", "n.d.", "n.d.", "40", "n.d."],
        ["2011 — Caf", "0", "n.d.", "0", "n.d."],
        ["Ensemble", "1 600", "451", "440", "40,0"],
    ]
    assert grid.rows[-1].kind == "comparator"
    assert grid.notes[-1].text == "Ville, bilan ; État."


def test_only_what_there_is_has_its_table() -> None:
    assert list(grids(programmed(themes=[("Emploi", 0, NAN), ("Santé", 2, NAN)]))) == [
        "Actions par thématique"
    ]
    assert lines(grids(programmed(themes=[("Emploi", 0, NAN), ("Santé", 2, NAN)]))["Actions par thématique"]) == [
        ["Emploi", "0", "—"], ["Santé", "2", "n.d."],
    ]  # fmt: skip
    places = [("A", OWN, 2, 100.0, NAN, 1.25), ("B", WIDER, 0, NAN, NAN, NAN)]
    shown = grids(
        programmed(
            places=places, perimeters=[("CUCS", "2007-2009", 1.0, 2.0, NAN, 500.0, "", 3.0, NAN)]
        )
    )
    assert list(shown) == [
        "Crédits des périmètres, par habitant et par an",
        "Actions par zone",
        "Actions par thématique",
    ]
    assert lines(shown["Actions par zone"]) == [["A", "2", "100", "n.d.", "1,3"]]
    assert lines(shown["Crédits des périmètres, par habitant et par an"]) == [
        ["CUCS, 2007-2009", "1", "2", "n.d.", "500", "n.d.", "3,0", "n.d."],
    ]  # fmt: skip
    assert grids(programmed(acted=())) == {}
    assert isinstance(programming_blocks(programmed(acted=()), ZONE)[-1], Callout)


def test_a_number_that_nobody_knows_is_said_so() -> None:
    assert (known_cell(NAN).text, known_cell(NAN).status) == ("n.d.", Status.MISSING)
    assert known_cell(0.0).text == "0"
