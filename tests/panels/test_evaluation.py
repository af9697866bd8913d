"""An evaluation in words and counts: what is summed up, of how many, and what stands in which table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from aims_made import BLANK
from maps_made import POOR, plain
from tables_made import NAN, cell, table_of

from observatoire.indicators.evaluation.actions import Programming
from observatoire.indicators.precision.differences import (
    CLOSING,
    PARALLEL,
    UNJUDGED,
    UNKNOWN,
    WIDENING,
)
from observatoire.pages.blocks import Callout, Heading, TableBlock
from observatoire.panels.assessment import Assessment, fallback_phrase
from observatoire.panels.evaluation import UNJUDGED_TITLE, evaluation_blocks, evaluation_page
from observatoire.secrecy.release.public_notes import public_notes
from observatoire.values import Status

JOB = replace(
    POOR,
    code="j",
    label="Taux d’emploi",
    short="Emploi",
    universe="Actifs",
    caveats=("Une précaution.",),
)
PAID = replace(POOR, code="m", label="Niveau de vie", short="Revenu", unit="euros", decimals=0)
MONEY = ["year", "funder", "promised", "committed", "spent"]
NO_NOTE = public_notes(pd.DataFrame(columns=["readers", "zoning", "territory"]))
NOTHING = Programming(
    pd.DataFrame(columns=MONEY), pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
)
TRIED = {"move": -2.0, "move_low": -3.0, "move_high": -1.0}


def moved(name: str, convergence: str = UNKNOWN, **other: Any) -> dict[str, Any]:
    return {
        "territory": name,
        "name": name,
        "indicator": "p",
        "start": "2010",
        "end": "2016",
        "value_start": 30.0,
        "value_end": 28.0,
        "change": NAN,
        "verdict": UNJUDGED,
        "comparator": "la Ville",
        "gap_start": 5.0,
        "gap_start_low": 5.0,
        "gap_start_high": 5.0,
        "gap_end": 3.0,
        "gap_end_low": 3.0,
        "gap_end_high": 3.0,
        "move": NAN,
        "move_low": NAN,
        "move_high": NAN,
        "convergence": convergence,
        "reason": "Raison.",
        "source": "Insee",
    } | other


def found(*gaps: dict[str, Any], money: Any = (), aims: Any = (), dated: bool = True) -> Assessment:
    programming = replace(NOTHING, money=pd.DataFrame(list(money), columns=MONEY))
    return Assessment(
        "2010", "2016", pd.DataFrame(list(gaps), columns=list(moved(""))), pd.DataFrame(list(aims)),
        pd.DataFrame(), programming, dated=dated,
    )  # fmt: skip


def blocks(*gaps: dict[str, Any], **more: Any) -> list[Any]:
    table = table_of(cell("A", 30.0), indicators=(POOR, JOB, PAID))
    return evaluation_blocks(table, found(*gaps, **more), NO_NOTE)


def brief(*gaps: dict[str, Any], **more: Any) -> list[str]:
    first = blocks(*gaps, **more)[0]
    assert isinstance(first, Callout)
    assert first.title == "En bref"
    return [plain(text) for text in first.items]


def tables(*gaps: dict[str, Any], **more: Any) -> dict[str, TableBlock]:
    return {b.title: b for b in blocks(*gaps, **more) if isinstance(b, TableBlock)}


def test_gaps_are_counted_by_verdict_over_all_that_were_compared() -> None:
    gaps = (
        moved("A", CLOSING, **TRIED), moved("B", WIDENING, **TRIED), moved("C", WIDENING, **TRIED),
        moved("D", PARALLEL, **TRIED), moved("E", UNKNOWN, **TRIED), moved("F"), moved("G", PARALLEL, **TRIED),
    )  # fmt: skip
    assert brief(*gaps)[0].startswith(
        "5 écarts jugés sur 6 dont on mesure le mouvement : 1 s’est réduit, 2 n’ont pas nettement changé "
        "et 2 se sont creusés. Sur 6 comparaisons"
    )
    assert (
        brief(moved("A"))[0]
        == "Aucun écart de quartier ne peut être jugé : voir plus bas ce qui manque."
    )
    assert brief(moved("A"), dated=False)[0].startswith("Aucune date n’est demandée")


def test_objectives_and_notes_have_their_part_where_there_are_some() -> None:
    shown = blocks(moved("A"), aims=[BLANK, BLANK | {"code": "B", "lacking": "Le départ."}])
    assert [b.title for b in shown if isinstance(b, TableBlock)][:2] == [
        "Objectifs : départ, dernier chiffre, cible",
        "Preuves manquantes, et à qui les demander",
    ]
    assert isinstance(shown[1], Heading)
    assert shown[1].text == "Objectifs et résultats"
    note = {"readers": "public", "zoning": "quartier", "territory": "A", "name": "A", "date": "2012",
            "text": "Un texte.", "origin": "SMHLM", "strength": "forte"}  # fmt: skip
    table = table_of(cell("A", 30.0), indicators=(POOR,))
    written = evaluation_blocks(table, found(moved("A")), public_notes(pd.DataFrame([note])))
    assert isinstance(written[-1], TableBlock)
    assert written[-1].rows[0].cells[1].text == "Un texte."


def test_own_changes_leave_out_what_does_not_move_and_euros_of_each_year() -> None:
    gaps = (
        moved("A", verdict="baisse", change=-2.0), moved("B", verdict="baisse", change=-2.0),
        moved("C", verdict="hausse", change=2.0), moved("D", verdict="pas de changement net", change=0.1),
        moved("E", verdict=UNKNOWN), moved("F"), moved("G", verdict="hausse", indicator="m", change=9.0),
    )  # fmt: skip
    assert brief(*gaps)[1] == (
        "Évolution propre des quartiers, hors revenus en euros courants : baisse (2) et hausse (1), "
        "sur 4 évolutions jugées."
    )
    assert len(brief(gaps[3], gaps[6])) == 1


def test_objectives_are_counted_by_what_is_known_of_them() -> None:
    aim = {"goal": NAN, "relative": NAN, "baseline": NAN, "low": NAN, "partner": "", "lacking": ""}
    aims = (
        aim | {"goal": 20.0, "baseline": 30.0, "low": 25.0},
        aim
        | {"relative": -10.0, "baseline": 30.0, "partner": "Caf", "lacking": "À demander : Caf."},
        aim,
    )
    assert plain(_aims_sentence(aims)[0]) == (
        "3 objectifs : 2 avec une cible chiffrée, 2 avec un point de départ chiffré, 1 avec un chiffre depuis. "
        "Preuves à demander d’abord : Caf (1 objectif)."
    )
    assert _aims_sentence(aims[2:])[0].endswith("0 avec un chiffre depuis.")


def _aims_sentence(aims: Any) -> tuple[str, ...]:
    from observatoire.panels.evaluation import _short

    return _short(found(moved("A"), aims=aims), {"p": POOR}, table_of(indicators=()).words.here)


def test_money_is_summed_by_step_with_the_years_that_say_it() -> None:
    money = (
        {"year": "2009", "funder": "État", "promised": 500.0, "committed": 80.0, "spent": NAN},
        {"year": "2007", "funder": "Ville", "promised": 1000.0, "committed": NAN, "spent": NAN},
    )
    assert brief(moved("A"), money=money)[-1] == (
        "Crédits promis : 1 500 € (2007-2009) ; engagés pour des actions : 80 € (2009) ; versés : non renseignés."
    )
    assert not any("Crédits" in text for text in brief(moved("A")))


def test_an_evaluation_stands_in_its_order() -> None:
    shown = [
        b.text if isinstance(b, Heading) else b.title
        for b in blocks(moved("A", CLOSING, **TRIED), moved("B"))
        if isinstance(b, Heading | TableBlock)
    ]
    assert shown == [
        "Écarts des quartiers",
        "Nombre de quartiers selon l’évolution de leur écart",
        "Taux de pauvreté, 2010-2016",
        UNJUDGED_TITLE,
        "Programmation",
    ]
    assert "Écarts des quartiers" in [b.text for b in blocks() if isinstance(b, Heading)]
    assert list(tables(moved("A"))) == [UNJUDGED_TITLE]
    assert tables(moved("A", CLOSING, **TRIED)).keys().isdisjoint({UNJUDGED_TITLE})


def test_the_warnings_of_a_table_end_its_page() -> None:
    titles = [
        [
            b.title
            for b in evaluation_page(
                table_of(cell("A", 1.0), indicators=(POOR,), warnings=warned),
                found(moved("A")),
                NO_NOTE,
                "",
                "",
            ).page.blocks
            if isinstance(b, Callout)
        ]
        for warned in ((), ("Liste provisoire.",))
    ]
    assert [title[-1] for title in titles] == ["Aucune action chargée", "À savoir"]


def test_what_was_compared_in_vain_is_counted_and_what_was_not_is_left_out() -> None:
    gaps = (
        moved("A", CLOSING, **TRIED),
        moved("B", UNKNOWN, move_low=-1.0, move_high=1.0),
        moved("C"),
        moved("F"),
        moved("D", WIDENING, indicator="j", source="Dares ;  ; Insee", start="2011", **TRIED),
        moved("E", change=1.0),
    )
    shown = tables(*gaps)
    counts = shown["Nombre de quartiers selon l’évolution de leur écart"]
    assert [(row.label, *(each.text for each in row.cells)) for row in counts.rows] == [
        ("Taux de pauvreté", "2010-2016", "1", "0", "0", "2"), ("Taux d’emploi", "2011-2016", "0", "0", "1", "0"),
    ]  # fmt: skip
    assert [column.label for column in counts.columns[1:]] == [
        "L’écart s’est réduit", "L’écart n’a pas nettement changé", "L’écart s’est creusé", "Trop peu sûr",
    ]  # fmt: skip
    notes = {note.label: plain(note.text) for note in counts.notes}
    assert (notes["Champ"], notes["Source"]) == ("Population ; Actifs.", "Insee ; Dares.")
    assert "Des 4 écarts de ce tableau, 3 ont un mouvement que l’on mesure" in notes["Lecture"]
    assert [row.label for row in shown["Taux de pauvreté, 2010-2016"].rows] == ["A", "E"]
    assert list(shown)[1:3] == ["Taux de pauvreté, 2010-2016", "Taux d’emploi, 2011-2016"]


def test_a_row_gives_both_dates_both_gaps_and_the_verdict() -> None:
    full = moved(
        "A",
        CLOSING,
        change=-2.0,
        verdict="baisse",
        reason="Mieux placé que le comparateur aux deux dates.",
        **TRIED,
    )
    bounds = moved(
        "B",
        WIDENING,
        gap_start=NAN,
        gap_start_low=1.0,
        gap_start_high=2.0,
        gap_end=NAN,
        gap_end_low=NAN,
    )
    plain_one = moved("C", change=1.0, value_start=NAN)
    rows = tables(full, bounds, plain_one)["Taux de pauvreté, 2010-2016"].rows
    assert [[plain(each.text) for each in row.cells] for row in rows] == [
        ["30,0", "28,0", "−2,0 (baisse)", "+5,0", "+3,0", "−2,0 [−3,0 ; −1,0]", "l’écart s’est réduit (avance)"],
        ["30,0", "28,0", "n.d.", "[1,0 ; 2,0]", "n.d.", "n.d.", "l’écart s’est creusé"],
        ["n.d.", "28,0", "+1,0", "+5,0", "+3,0", "n.d.", "trop peu sûr"],
    ]  # fmt: skip
    assert [each.status for each in rows[1].cells[2:5]] == [
        Status.MISSING,
        Status.BOUNDED,
        Status.MISSING,
    ]
    assert [(each.value, each.low) for each in rows[0].cells[3:5]] == [(5.0, 5.0), (3.0, 3.0)]
    assert (rows[1].cells[3].value, rows[1].cells[3].high) == (None, 2.0)
    ahead = moved("A", UNKNOWN, change=1.0, reason="Mieux placé à l’une des deux dates.")
    assert tables(ahead)["Taux de pauvreté, 2010-2016"].rows[0].cells[-1].text == "trop peu sûr"


def test_the_notes_of_an_indicator_are_its_own() -> None:
    notes = tables(
        moved("A", CLOSING, **TRIED),
        moved("B", CLOSING, comparator="le Bourg"),
        moved("C", CLOSING, change=1.0),
    )["Taux de pauvreté, 2010-2016"].notes
    said = {note.label: plain(note.text) for note in notes}
    assert said["Lecture"] == (
        "A est à +5,0 points en 2010 et +3,0 points en 2016 (la Ville) ; la taille de l’écart a changé de −2,0, "
        "intervalle [−3,0 ; −1,0] : l’écart s’est réduit."
    )
    assert said["Comparateur"] == "la Ville et le Bourg."
    assert "Précaution" not in said
    fixed = tables(moved("Z"), moved("A", CLOSING, move=-2.0, move_low=-2.0, move_high=-2.0))
    (read,) = (n.text for n in fixed["Taux de pauvreté, 2010-2016"].notes if n.label == "Lecture")
    assert "intervalle" not in read
    job = tables(moved("A", CLOSING, indicator="j", **TRIED))["Taux d’emploi, 2010-2016"]
    assert [n.text for n in job.notes if n.label == "Précaution"] == ["Une précaution."]
    paid = tables(moved("A", change=9.0, indicator="m"))["Niveau de vie, 2010-2016"]
    said = {note.label: plain(note.text) for note in paid.notes}
    assert said["Précaution"].startswith("Écarts en % du comparateur")
    assert said["Lecture"].startswith("A : 30 euros en 2010, 28 euros en 2016")
    assert [column.unit for column in paid.columns[3:6]] == ["%", "%", "évolution, points"]


def test_what_is_not_judged_is_said_by_reason_and_only_together_where_it_lacks_alike() -> None:
    gaps = (
        *(moved(name, reason="Manque.") for name in "BA"),
        *(moved(name, indicator="j", reason="Manque.") for name in "AB"),
        moved("A", indicator="m", reason="Manque."),
        moved("B", CLOSING, indicator="m", **TRIED),
        moved("C", CLOSING, **TRIED),
        *(moved(name, indicator="m", reason="Autre.") for name in "DC"),
    )
    rows = tables(*gaps)[UNJUDGED_TITLE].rows
    assert [(row.label, *(each.text for each in row.cells)) for row in rows] == [
        ("Pauvreté et Emploi", "Manque.", "A et B"), ("Revenu", "Manque.", "A"), ("Revenu", "Autre.", "C et D"),
    ]  # fmt: skip
    every = tables(moved("A"), moved("B"))[UNJUDGED_TITLE].rows
    assert every[0].cells[1].text == "tous les quartiers"


def test_an_evaluation_is_named_by_the_dates_asked_or_by_those_compared() -> None:
    gaps = (
        moved("A", change=1.0, start="2011", end="2015"),
        moved("B", change=1.0, start="2012", end="2014"),
        moved("C", end="2020"),
    )
    assert found(*gaps).title == "Évaluation 2010-2016"
    assert found(*gaps, dated=False).title == "Évaluation, chiffres de 2011 à 2015"
    assert found(gaps[2], dated=False).title == "Évaluation"


def test_what_stands_for_a_commune_without_a_figure_is_named() -> None:
    assert fallback_phrase(None) == ""
    assert "l’IRIS médian de la commune, dont les IRIS masqués laissent" in fallback_phrase(
        table_of(indicators=()).words.parts
    )
