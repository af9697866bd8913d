"""What changed since an earlier publication: each figure in its kind, with what it was, what it is, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from maps_made import POOR, plain
from tables_made import HERE, NAN, TOWN, cell, table_of

from observatoire.annex.revisions import (
    ADDED,
    REVISED,
    WITHDRAWN,
    Revisions,
    revision_blocks,
    revisions,
)
from observatoire.pages.blocks import Paragraph, TableBlock
from observatoire.values import Status

JOB = replace(POOR, code="j", label="Taux d’emploi")


def then(
    territory: str, value: float = NAN, status: str = "aggregated", **other: Any
) -> dict[str, Any]:
    return {
        "zonage": HERE,
        "territoire": territory,
        "indicateur": "p",
        "periode": "2016",
        "nom": territory,
        "valeur": value,
        "borne_basse": value,
        "borne_haute": value,
        "statut": Status(status).label,
        "source": "Insee",
        "motif": "",
    } | other


def changed(
    now: list[dict[str, Any]], before: list[dict[str, Any]], **other: Any
) -> list[tuple[str, ...]]:
    made = revisions(
        [table_of(*now, indicators=(POOR, JOB))], pd.DataFrame(before), "2025", **other
    )
    return [tuple(map(plain, map(str, row))) for row in made.df.itertuples(index=False)]


def one(now: dict[str, Any], before: dict[str, Any], **other: Any) -> tuple[str, str, str, str]:
    """Return the kind of the change of one figure, both texts and the reason."""
    found = changed([now], [before, then("Z", 1.0, indicateur="j")], **other)
    ((change, _, _, _, was, shown, why),) = [row for row in found if row[2] == "Taux de pauvreté"]
    return change, was, shown, why


def test_a_figure_that_prints_the_same_has_not_changed() -> None:
    assert changed([cell("A", 30.04)], [then("A", 29.96)]) == []
    assert changed([cell("A", NAN, "secret")], [then("A", NAN, "missing")]) == []


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (cell("A", 30.0), then("A", 25.0), (REVISED, "25,0", "30,0", "source ou passage corrigé")),
        (
            cell("A", 30.0, source="Caf"),
            then("A", 25.0),
            (REVISED, "25,0", "30,0", "source changée : Insee avant"),
        ),
        (
            cell("A", 30.0, "estimated"),
            then("A", 25.0),
            (REVISED, "25,0", "30,0", "était agrégé, est estimé"),
        ),
        (
            cell("A", 30.0, "estimated"),
            then("A", 25.0, "estimated"),
            (REVISED, "25,0", "30,0", "estimation refaite sur ce qui a été chargé depuis"),
        ),
        (
            cell("A", 30.0, "context"),
            then("A", 25.0, "context"),
            (REVISED, "(25,0)", "(30,0)", "source ou passage corrigé"),
        ),
        (
            cell("A", NAN, "bounded", low=1.0, high=2.0),
            then("A", 25.0),
            (REVISED, "25,0", "[1,0 ; 2,0]", "était agrégé, est encadré"),
        ),
        (
            cell("A", 30.0),
            then("A", NAN, "secret"),
            (ADDED, "", "30,0", "était secret, est agrégé"),
        ),
        (
            cell("A", NAN, "secret", reason="Couvert."),
            then("A", 25.0),
            (
                WITHDRAWN,
                "non redit",
                "",
                "plus aucun chiffre chargé : sa source, ou un fichier, a été retirée",
            ),
        ),
    ],
)
def test_each_change_says_what_it_was_what_it_is_and_why(
    now: dict[str, Any], before: dict[str, Any], said: tuple[str, ...]
) -> None:
    assert one(now, before) == said


def test_a_file_loaded_since_is_the_reason_where_the_source_is_the_same() -> None:
    now, before = cell("A", 30.0, source="Insee ; Caf"), then("A", 25.0, source="Insee ; Caf")
    assert (
        one(now, before, replaced={"Insee": "2 mars 2026"})[3]
        == "fichier de la source chargé le 2 mars 2026"
    )


def test_what_was_never_published_is_counted_and_its_number_not_said() -> None:
    assert one(cell("A", 30.0), then("A", 25.0, tu=True))[1] == "non publié"
    assert one(cell("A", 30.0), then("A", 25.0, tu=False))[1] == "25,0"
    assert one(cell("A", 30.0), then("A", NAN, "secret", tu=True))[1] == ""


def test_what_was_withdrawn_says_why_in_order() -> None:
    kept = cell("B", 30.0)
    secret = cell("A", NAN, "secret", reason="Couvert par le secret.")
    whys = [
        next(row for row in changed(now, before) if row[0] == WITHDRAWN)[4:]
        for now, before in (
            ([kept, secret], [then("A", 25.0)]),
            ([kept], [then("A", 25.0)]),
            ([kept], [then("A", 25.0, indicateur="z")]),
            ([kept, cell("A", 31.0, period="2018")], [then("A", 25.0)]),
        )
    ]
    assert whys == [
        ("non redit", "", "Couvert par le secret."),
        ("non redit", "", "le territoire ou la période n’est plus montré"),
        ("non redit", "", "l’indicateur n’est plus montré"),
        ("25,0", "", "remplacé par le chiffre de 2018"),
    ]
    older = changed([kept, cell("A", 31.0, period="2014")], [then("A", 25.0)])
    assert "remplacé" not in str(older)


def test_what_was_added_says_whether_the_indicator_the_source_or_the_place_is_new() -> None:
    before = [then("B", 1.0), then("C", NAN, "missing", indicateur="j", source="Dares")]
    now = [cell("B", 1.0), cell("A", 30.0), cell("D", 3.0, source="Dares")]
    assert [(row[1], row[0], row[6]) for row in changed(now, before)] == [
        ("A", ADDED, "période ou territoire ajouté"), ("D", ADDED, "source ajoutée : Dares"),
    ]  # fmt: skip
    assert (
        changed([cell("E", 4.0, indicator="j")], [then("E", NAN, "missing")])[0][6]
        == "indicateur ajouté"
    )


def test_only_the_zonings_shown_are_compared_and_namesakes_are_told_apart() -> None:
    before = [then("A", 25.0), then("Z", 9.0, zonage="autre"), then("V", 3.0, zonage=TOWN)]
    found = changed([cell("A", 30.0), cell("V", 4.0, zoning=TOWN)], before)
    assert [(row[1], row[3], row[4]) for row in found] == [
        (f"V ({TOWN})", "2016", "3,0"),
        ("A", "2016", "25,0"),
    ]
    gone = changed([cell("B", 1.0)], [then("A", 25.0, nom="Ancien nom"), then("B", 1.0)])
    assert [row[1] for row in gone] == ["Ancien nom"]


def test_each_period_is_compared_with_itself() -> None:
    before = [then("A", 20.0, periode="2014"), then("A", 25.0), then("B", 7.0, periode="2014")]
    latest, past = (
        table_of(cell("A", value, period=period), indicators=(POOR,))
        for value, period in ((25.0, "2016"), (21.0, "2014"))
    )
    made = revisions([latest, past], pd.DataFrame(before), "2025").df
    assert made[["change", "territory", "period", "before", "after"]].to_numpy().tolist() == [
        [REVISED, "A", "2014", "20,0", "21,0"],
        [WITHDRAWN, "B", "2014", "non redit", ""],
    ]


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("observed", "aggregated", None),
        ("observed", "estimated", "était observé, est estimé"),
        ("estimated", "estimated", None),
    ],
)
def test_the_same_number_of_another_certainty_has_changed(
    was: str, is_now: str, said: str | None
) -> None:
    made = changed([cell("A", 30.0, is_now)], [then("A", 30.0, was)])
    assert [row[6] for row in made] == ([] if said is None else [said])


# --- how it is laid out ---------------------------------------------------------------------------


def made(*changes: str) -> list[Any]:
    rows = [
        (change, f"Q{n}", "Taux", "2016", "1", "2", "Raison.") for n, change in enumerate(changes)
    ]
    columns = ["change", "territory", "indicator", "period", "before", "after", "why"]
    return revision_blocks(Revisions("2025", pd.DataFrame(rows, columns=columns)))


def test_changes_are_counted_then_those_revised_come_first() -> None:
    heading, counts, *grids = made(ADDED, WITHDRAWN, REVISED, REVISED)
    assert heading.text == "Ce qui a changé depuis 2025"
    assert plain(counts.text) == "2 chiffres révisés, 1 chiffre ajouté, 1 chiffre retiré."
    assert [grid.title for grid in grids] == [
        "Chiffres révisés",
        "Chiffres retirés",
        "Chiffres ajoutés",
    ]
    assert [each.text for each in grids[0].rows[0].cells] == ["Q2", "2016", "1", "2", "Raison."]
    (_, nothing) = made()
    assert isinstance(nothing, Paragraph)
    assert nothing.text == "Aucun chiffre n’a changé."


def test_dozens_of_changes_are_counted_by_reason() -> None:
    listed, summed = (made(*[ADDED] * many)[2] for many in (40, 41))
    assert isinstance(summed, TableBlock)
    assert len(listed.rows) == 40
    assert [(row.label, *(each.text for each in row.cells)) for row in summed.rows] == [
        ("Taux", "2016", "41", "Raison."),
    ]  # fmt: skip
    assert summed.title == "Chiffres ajoutés, par indicateur (chacun est au classeur)"
