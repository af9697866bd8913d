"""Objectives in words: which figure, which date, which side of the target; nothing said that is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from aims_made import BLANK
from maps_made import POOR, plain

from observatoire.french.nouns import Noun
from observatoire.indicators.precision.differences import CLOSING, UNKNOWN, WIDENING
from observatoire.panels.objectives import (
    aims_grid,
    aims_in_short,
    asked_first,
    evidence_blocks,
    gap_verdict,
    signed,
)
from observatoire.values import Status

NAN = float("nan")
PAID = replace(POOR, code="m", short="Revenu", unit="euros", decimals=0)
KNOWN = {"p": POOR, "m": PAID}


def cells(**row: Any) -> list[str]:
    """Return place, start, latest, verdict and target as the grid prints them."""
    (line,) = aims_grid(pd.DataFrame([BLANK | row]), KNOWN).rows[1:]
    return [plain(cell.text) for cell in line.cells]


def test_the_grid_sets_each_objective_under_its_orientation_said_once() -> None:
    rows = [
        BLANK,
        BLANK | {"code": "B", "source": ""},
        BLANK | {"code": "C", "orientation": "Deux", "source": "État, avenant"},
    ]
    grid = aims_grid(pd.DataFrame(rows), KNOWN)
    assert [(row.kind, row.label) for row in grid.rows] == [
        ("group", "Un"), ("item", "A — Baisser le taux"), ("item", "B — Baisser le taux"),
        ("group", "Deux"), ("item", "C — Baisser le taux"),
    ]  # fmt: skip
    assert [note.text for note in grid.notes if note.label == "Source"] == [
        "Ville, convention ; État, avenant."
    ]


@pytest.mark.parametrize(
    ("row", "start", "since"),
    [
        ({"baseline": 30.0, "baseline_low": 30.0, "baseline_high": 30.0, "value": 25.0, "low": 24.0, "high": 26.0},
         "30,0 % (2007)", "25,0 % [24,0 ; 26,0] (2012)"),
        ({"baseline_low": 28.0, "baseline_high": 32.0}, "[28,0 ; 32,0] % (2007)", "n.d."),
        ({"hidden": ("value",), "value": 12.0, "low": 12.0, "high": 12.0}, "n.d.", "s"),
        ({"hidden": ("baseline",)}, "s", "n.d."),
        ({"indicator": ""}, "pas d’indicateur", "pas d’indicateur"),
    ],
)  # fmt: skip
def test_a_figure_of_an_objective_goes_with_its_bounds_and_its_date(
    row: dict[str, Any], start: str, since: str
) -> None:
    assert cells(**row)[1:3] == [start, since]


def test_what_is_hidden_or_missing_or_bounded_has_its_status() -> None:
    frame = pd.DataFrame([BLANK | {"hidden": ("baseline",), "low": 1.0, "high": 2.0}])
    _, start, since, *_ = aims_grid(frame, KNOWN).rows[1].cells
    assert (start.status, since.status) == (Status.SECRET, Status.BOUNDED)
    _, start, *_ = aims_grid(pd.DataFrame([BLANK]), KNOWN).rows[1].cells
    assert start.status is Status.MISSING


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "trop peu sûr"),
        ({"convergence": WIDENING, "indicator": "", "comparator": "Ville"}, "l’écart s’est creusé"),
        ({"verdict": "hausse", "change": 0.04}, "hausse (0,0 points)"),
        (
            {"verdict": "amélioration constatée", "change": -5.0},
            "amélioration constatée (−5,0 points)",
        ),
        ({"verdict": "stable", "change": 0.04}, "stable"),
        (
            {"verdict": "stable", "change": 0.06},
            "stable (+0,1 points, pas plus que l’arrondi du producteur)",
        ),
        ({"verdict": "stable", "change": 0.4, "indicator": ""}, "stable"),
        ({"verdict": UNKNOWN, "change": 1.0}, UNKNOWN),
        ({"verdict": "hausse", "change": 1200.0, "indicator": "m"}, "hausse (+1 200 euros)"),
        (
            {"verdict": "hausse", "comparator": "Ville", "convergence": CLOSING, "change": NAN},
            "l’écart avec Ville s’est réduit ; le chiffre lui-même : hausse",
        ),
        (
            {
                "comparator": "Ville",
                "convergence": WIDENING,
                "gap_start": 2.0,
                "gap_start_low": 2.0,
                "gap_start_high": 2.0,
                "gap_end": 4.0,
                "gap_end_low": 3.0,
                "gap_end_high": 5.0,
                "move": 2.0,
                "move_low": 1.0,
                "move_high": 3.0,
            },
            (
                "l’écart avec Ville s’est creusé : +2,0 points en 2007, +4,0 [3,0 ; 5,0] points en 2012 ; "
                "taille de l’écart : +2,0 [1,0 ; 3,0]"
            ),
        ),
    ],
)
def test_the_verdict_of_an_objective_says_what_moved_and_by_how_much(
    row: dict[str, Any], said: str
) -> None:
    assert cells(**row)[3] == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "pas de cible chiffrée ; échéance 31 décembre 2012"),
        (
            {"due_period": "2011", "due_value": 27.0, "due_verdict": "stable"},
            "pas de cible chiffrée ; échéance 31 décembre 2012 ; alors 27,0 % en 2011 (stable)",
        ),
        (
            {"due_period": "2011", "due_value": 27.0, "due_verdict": UNKNOWN},
            "pas de cible chiffrée ; échéance 31 décembre 2012 ; alors 27,0 % en 2011",
        ),
        ({"due_value": 27.0}, "pas de cible chiffrée ; échéance 31 décembre 2012"),
        (
            {"due_period": "2011", "due_value": 27.0, "indicator": ""},
            "pas de cible chiffrée ; échéance 31 décembre 2012",
        ),
        ({"goal": 20.0}, "20,0 %, échéance 31 décembre 2012"),
        ({"relative": 10.0}, "+10,0 % du départ, échéance 31 décembre 2012"),
        ({"due_period": "2011"}, "pas de cible chiffrée ; échéance 31 décembre 2012"),
        (
            {"goal": 20.0, "reached": 50.0, "due_reached": 50.0},
            "20,0 %, échéance 31 décembre 2012 ; 50 % du chemin en 2012",
        ),
        (
            {"goal": 20.0, "indicator": "", "relative": 10.0},
            "+10,0 % du départ, échéance 31 décembre 2012",
        ),
        (
            {"goal": 20.0, "relative": -33.3, "reached": 50.0},
            "−33,3 % du départ, soit 20,0 %, échéance 31 décembre 2012 ; 50 % du chemin en 2012",
        ),
        ({"goal": 20.0, "reached": 50.0, "end": ""}, "20,0 %, échéance 31 décembre 2012"),
        (
            {"goal": 20.0, "reached": 120.0, "reached_low": 100.0, "reached_high": 140.0},
            "20,0 %, échéance 31 décembre 2012 ; 120 % du chemin [100 ; 140] (cible atteinte) en 2012",
        ),
        (
            {"goal": 20.0, "reached": -5.0, "reached_low": -9.0, "reached_high": 0.0},
            "20,0 %, échéance 31 décembre 2012 ; −5 % du chemin [−9 ; 0] en 2012",
        ),
        (
            {
                "goal": 20.0,
                "reached": -5.0,
                "reached_low": -5.0,
                "reached_high": -5.0,
                "due_period": "2011",
                "due_reached": 40.0,
            },
            (
                "20,0 %, échéance 31 décembre 2012 ; −5 % du chemin (s’en éloigne) en 2012, "
                "40 % du chemin à l’échéance (2011)"
            ),
        ),
    ],
)
def test_a_target_is_said_with_the_way_made_and_none_is_invented(
    row: dict[str, Any], said: str
) -> None:
    assert cells(**row)[4] == said


def test_a_gap_is_named_by_what_it_is_with() -> None:
    assert gap_verdict({"convergence": CLOSING, "comparator": "la Ville"}) == (
        "l’écart avec la Ville s’est réduit"
    )
    assert gap_verdict({"convergence": UNKNOWN, "comparator": "la Ville"}) == "trop peu sûr"
    assert gap_verdict({"convergence": WIDENING, "comparator": ""}) == "l’écart s’est creusé"


def test_a_signed_figure_has_its_interval_only_where_it_leaves_something_open() -> None:
    row = {"x": 2.0, "x_low": 1.0, "x_high": 3.0, "y": NAN, "y_low": 1.0, "y_high": 3.0, "z": 2.0, "z_low": 2.0,
           "z_high": 2.0, "t": 2.0, "t_low": NAN, "t_high": NAN}  # fmt: skip
    assert [plain(signed(row, name, 1)) for name in "xyzt"] == [
        "+2,0 [1,0 ; 3,0]", "[1,0 ; 3,0]", "+2,0", "+2,0",
    ]  # fmt: skip


# --- on a profile ---------------------------------------------------------------------------------


def in_short(*rows: dict[str, Any]) -> list[str]:
    frame = pd.DataFrame([BLANK | row for row in rows], columns=list(BLANK))
    return plain(aims_in_short(frame, KNOWN, Noun("zone", feminine=True))).split("\n")


def test_two_objectives_are_said_in_full_those_that_have_an_indicator_first() -> None:
    assert in_short() == ["Aucun objectif chargé ne porte sur cette zone."]
    said = in_short(
        {"objective": "Sans indicateur.", "indicator": ""},
        {"objective": "Un", "baseline": 30.0, "baseline_low": 30.0, "baseline_high": 30.0},
        {"objective": "Deux", "value": 25.0, "low": 25.0, "high": 25.0, "due": "2012"},
    )
    assert said == [
        "Un. Départ : 30,0 % (2007). Depuis : aucun chiffre. Échéance : 31 décembre 2012.",
        "Deux. Sans point de départ. Depuis : 25,0 % (2012). Échéance : 2012.",
        "Et 1 autre objectif : 1 avec un chiffre depuis le départ.",
    ]
    rest = in_short(*[{}] * 2, *[{"end": ""}] * 2)[-1]
    assert rest == "Et 2 autres objectifs : aucun n’a de chiffre depuis."
    assert len(in_short({}, {})) == 2


def test_a_long_objective_is_cut_between_two_words() -> None:
    whole, cut = "x" * 44 + " " + "y" * 45, "x" * 44 + ", " + "y" * 45
    assert in_short({"objective": f"{whole}."})[0].startswith(f"{whole}. Sans point")
    assert in_short({"objective": cut})[0].startswith("x" * 44 + " [suite à l’évaluation]. Sans")
    opened = "Relier (deux) dispositifs (l’un, " + "z" * 70 + ")"
    assert in_short({"objective": opened})[0].startswith(
        "Relier (deux) dispositifs [suite à l’évaluation]. Sans"
    )


# --- what lacks -----------------------------------------------------------------------------------


def test_those_whom_most_is_to_be_asked_of_come_first_and_three_at_most() -> None:
    partners = ["Caf", "Ville", "Ville", "État", "Rectorat", "Insee", ""]
    lacking = [*(f"À demander : {each}." for each in partners[:5]), "À demander : Caf.", "Rien."]
    assert plain(asked_first(pd.DataFrame({"partner": partners, "lacking": lacking}))) == (
        "Ville (2 objectifs), Caf (1) et État (1)"
    )
    assert asked_first(pd.DataFrame({"partner": ["Ville"], "lacking": [""]})) == ""


def test_only_the_objectives_that_lack_something_are_listed_with_where_the_document_says_it() -> (
    None
):
    rows = [
        {"code": "A", "evidence": "p. 3", "lacking": "Le départ."},
        {"code": "B", "evidence": "", "lacking": ""},
        {"code": "C", "evidence": "", "lacking": "La suite."},
    ]
    (grid,) = evidence_blocks(pd.DataFrame(rows))
    assert [(row.label, row.cells[0].text) for row in grid.rows] == [
        ("A (p. 3)", "Le départ."), ("C", "La suite."),
    ]  # fmt: skip
    assert evidence_blocks(pd.DataFrame(rows[1:2])) == []
