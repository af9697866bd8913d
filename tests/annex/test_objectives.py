"""The chapter of the evaluation: objectives as boxes, two abreast, and what the boxes do not say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
from aims_made import BLANK
from maps_made import POOR, plain
from tables_made import cell, table_of

from observatoire.annex.objectives import evaluation_chapter, objective_boxes
from observatoire.pages.blocks import Callout, Facts, Figure, Heading, Paragraph, TableBlock
from observatoire.panels.objectives import aims_grid, evidence_blocks

KNOWN = {"p": POOR}
FIGURES = {
    "baseline": 30.0,
    "baseline_low": 30.0,
    "baseline_high": 30.0,
    "value": 25.0,
    "low": 25.0,
    "high": 25.0,
}


def found(*aims: dict[str, Any]) -> Any:
    return SimpleNamespace(objectives=pd.DataFrame([BLANK | each for each in aims]))


def said(*aims: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Return the boxes of each row."""
    boxes = objective_boxes(found(*aims), KNOWN)
    return [
        [(label, plain(text)) for label, text in b.items] for b in boxes if isinstance(b, Facts)
    ]


def test_a_box_says_where_since_when_the_verdict_the_target_and_what_lacks() -> None:
    aims = (
        {"code": "A1", **FIGURES, "verdict": "stable", "lacking": "À demander : Caf."},
        {"code": "B"},
    )
    ((one, other),) = said(*aims)
    assert one == (
        "A1 — Baisser le taux",
        (
            "Dillon. Départ : 30,0 % (2007). Depuis : 25,0 % (2012). Stable. "
            "Cible : pas de cible chiffrée ; échéance 31 décembre 2012. À demander : Caf."
        ),
    )
    assert other[1] == (
        "Dillon. Départ : n.d. Depuis : n.d. Cible : pas de cible chiffrée ; échéance 31 décembre 2012."
    )
    (((_, bare),),) = said({"indicator": ""})
    assert "Depuis : pas d’indicateur. Cible" in bare


def test_boxes_stand_two_abreast_under_their_orientation() -> None:
    aims = ({"code": "A"}, {"code": "B"}, {"code": "C"}, {"code": "D", "orientation": "Deux"})
    blocks = objective_boxes(found(*aims), KNOWN)
    assert [b.text if isinstance(b, Heading | Paragraph) else len(b.items) for b in blocks] == [
        "Un", 2, 1, "Deux", 1, "Source\u00a0: Ville, convention.",
    ]  # fmt: skip


def test_a_chapter_gives_objectives_once_and_no_heading_over_nothing() -> None:
    table = table_of(cell("A", 1.0), indicators=(POOR,))
    some = found({"lacking": "Le départ."})
    other = TableBlock("Écarts", "", (), ())
    made = [
        Callout("En bref", ("Bref.",)),
        Heading("Objectifs et résultats", 2),
        aims_grid(some.objectives, KNOWN),
        *evidence_blocks(some.objectives),
        Heading("Écarts", 2),
        other,
        Heading("Vide", 2),
    ]
    slope = Figure("<svg/>", "Pente", "Une pente.")

    def titles(blocks: list[Any]) -> list[str]:
        kept = (b for b in blocks if not isinstance(b, Facts | Paragraph))
        return [b.text if isinstance(b, Heading) else b.title for b in kept]

    assert titles(evaluation_chapter(some, table, made, [slope])) == [
        "Évaluation", "En bref", "Objectifs et résultats", "Un", "Ce qui a bougé", "Pente", "Écarts", "Écarts",
    ]  # fmt: skip
    empty = SimpleNamespace(objectives=some.objectives[:0])
    assert titles(evaluation_chapter(empty, table, made[4:6])) == ["Évaluation", "Écarts", "Écarts"]
