"""Panels, profiles and evaluations: which rows, which notes, which verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import demo
import oracle
from observatoire.indicators.evaluating import EVALUATION_COLUMNS, evaluate_frames
from observatoire.pages.blocks import Callout, Facts, Grid, Paragraph
from observatoire.panels.evaluation import evaluation_page
from observatoire.panels.panel import MOST_COLUMNS

if TYPE_CHECKING:
    from observatoire.pages.blocks import Page

THEMES = ["population", "emploi", "education", "habitat", "sante", "citoyennete"]


def grids(page: Page, kind: str = "figures") -> list[Grid]:
    return [b for b in page.blocks if isinstance(b, Grid) and b.kind == kind]


@pytest.mark.parametrize("theme", THEMES)
def test_each_indicator_of_a_theme_is_shown_once_or_said_lacking(theme: str) -> None:
    page = demo.demo().panel(theme=theme).page
    columns = [column.label for grid in grids(page) for column in grid.columns]
    others = [row.label for grid in grids(page, "texts") for row in grid.rows]
    catalogue = demo.demo().catalogue.of_theme(theme)
    assert len(set(columns)) == len(columns)
    for one in catalogue:
        assert (one.short in columns) != (one.label in others), one.code


@pytest.mark.parametrize("theme", THEMES)
def test_grids_fit_a_page_and_hold_every_quartier(theme: str) -> None:
    for grid in grids(demo.demo().panel(theme=theme).page):
        assert 1 <= len(grid.columns) <= MOST_COLUMNS
        items = [row.label for row in grid.rows if row.kind == "item"]
        assert items == list(oracle.quartiers().values())
        groups = [row.label for row in grid.rows if row.kind == "group"]
        assert groups == ["Fort-de-France", "Le Lamentin", "Pour comparer"]
        assert all(len(r.cells) == len(grid.columns) for r in grid.rows if r.kind != "group")
        assert {"Champ", "Source"} <= {note.label for note in grid.notes}


def test_a_theme_without_figures_names_the_producers() -> None:
    first = demo.demo().panel(theme="sante").page.blocks[0]
    assert isinstance(first, Paragraph)
    assert "Aucune donnée par quartier" in first.text
    assert "ARS" in first.text


def test_only_the_marks_that_are_shown_are_explained() -> None:
    page = demo.demo().panel(indicators=["population"]).page
    signs = next(n.text for n in grids(page)[0].notes if n.label == "Signes")
    assert "n.d.\u00a0:" in signs
    assert "[\u202f; ]\u00a0:" in signs
    assert "secret" not in signs
    assert "///" not in signs


def test_the_reading_example_is_true() -> None:
    page = demo.demo().panel(indicators=["population"]).page
    reading = next(n.text for n in grids(page)[0].notes if n.label == "Lecture")
    total = oracle.count(["972090101"], oracle.AGES)
    assert reading.startswith("Centre-ville, 2016")
    assert f"{total:,.0f}".replace(",", "\u202f") + "\u00a0habitants" in reading


def test_a_panel_of_another_zoning() -> None:
    page = demo.demo().panel(indicators=["population"], zoning="iris-2016").page
    rows = [row for row in grids(page)[0].rows if row.kind == "item"]
    assert len(rows) == 49


@pytest.mark.parametrize("code", ["FDF13", "LAM01", "FDF05"])
def test_a_profile_says_what_is_known_and_what_is_not(code: str) -> None:
    name = oracle.quartiers()[code]
    page = demo.demo().profile(code).page
    assert page.title.endswith(name)
    facts = next(b for b in page.blocks if isinstance(b, Facts))
    said = dict(facts.items)
    assert said["Commune"] == ("Fort-de-France" if code.startswith("FDF") else "Le Lamentin")
    profile = grids(page, "profile")
    if code in oracle.unlinked():
        assert facts.beside is None
        assert not profile
        callouts = [b.title for b in page.blocks if isinstance(b, Callout)]
        assert "Aucun chiffre pour ce quartier" in callouts
        return
    assert facts.beside is not None
    rows = {row.label: row for row in profile[0].rows if row.kind == "item"}
    whole, part = oracle.links()[code]
    for iris in (*whole, *part):
        assert iris in said["Rattachement"]
    cell = rows["Population (habitants)"].cells[0]
    if part:
        assert cell.high == pytest.approx(oracle.at_most(part, oracle.AGES))
    else:
        assert cell.value == pytest.approx(oracle.count(whole, oracle.AGES))
        assert rows["Population (habitants)"].cells[1].low < cell.value
    heads = [column.label for column in profile[0].columns]
    assert heads[1:4] == ["Intervalle à 95\u202f%", said["Commune"], "Écart"]
    commune = rows["Population (habitants)"].cells[2]
    assert commune.text in ("81\u202f017", "40\u202f175")
    labels = {note.label.split(" (")[0] for note in profile[0].notes}
    assert "Non disponible" in labels


# --- evaluation -------------------------------------------------------------------------------


def frame(period: str, mine: float, theirs: float, status: str = "aggregated") -> pd.DataFrame:
    base = {"indicator": "part_hlm", "period": period, "low": mine, "high": mine}
    return pd.DataFrame(
        [
            base | {"zoning": "q", "territory": "a", "name": "A", "value": mine, "status": status},
            base
            | {"zoning": "c", "territory": "v", "name": "V", "value": theirs, "status": "observed"},
        ]
    )


def evaluated(start: pd.DataFrame, end: pd.DataFrame) -> Any:
    catalogue = demo.demo().catalogue
    found = evaluate_frames(
        start, end, {"a": ("c", "v")}, {"part_hlm": catalogue.get("part_hlm")}, "q"
    )
    assert list(found.columns) == list(EVALUATION_COLUMNS)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        ((30.0, 20.0), (26.0, 20.0), "rattrapage"),
        ((30.0, 20.0), (36.0, 20.0), "décrochage"),
        ((30.0, 20.0), (40.0, 30.0), "parallèle"),
        ((30.0, 20.0), (30.04, 20.0), "parallèle"),
        ((10.0, 20.0), (15.0, 20.0), "rattrapage"),
        ((10.0, 20.0), (5.0, 20.0), "décrochage"),
    ],
)
def test_verdicts(start: tuple[float, float], end: tuple[float, float], verdict: str) -> None:
    row = evaluated(frame("2010", *start), frame("2016", *end))
    assert row["convergence"] == verdict
    assert row["gap_start"] == pytest.approx(start[0] - start[1])
    assert row["gap_end"] == pytest.approx(end[0] - end[1])
    assert row["change"] == pytest.approx(end[0] - start[0])
    assert row["reason"] == ""


@pytest.mark.parametrize("status", ["secret", "bounded", "context", "missing"])
def test_what_is_not_exact_gives_no_verdict(status: str) -> None:
    row = evaluated(frame("2010", 30, 20), frame("2016", 26, 20, status))
    assert row["convergence"] == "indéterminé"
    assert row["reason"] == "Pas de chiffre exact pour le quartier en 2016."
    assert pd.isna(row["value_end"])
    assert pd.isna(row["gap_end"])


def test_the_page_of_an_evaluation_counts_its_verdicts() -> None:
    o = demo.demo()
    catalogue = {"part_hlm": o.catalogue.get("part_hlm")}
    found = evaluate_frames(
        frame("2010", 30, 20), frame("2016", 26, 20), {"a": ("c", "v")}, catalogue, "q"
    )
    page = evaluation_page(o.table("part_hlm"), found, "2010", "2016", "", "").page
    first, counts, details = page.blocks
    assert isinstance(first, Paragraph)
    assert first.text.startswith("1\u00a0écart comparé sur 1")
    assert isinstance(counts, Grid)
    assert [cell.text for cell in counts.rows[0].cells] == ["1", "0", "0"]
    assert isinstance(details, Grid)
    assert [c.text for c in details.rows[0].cells] == [
        "30,0",
        "26,0",
        "+10,0",
        "+6,0",
        "rattrapage",
    ]
