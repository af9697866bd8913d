"""Panels: which rows, which notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import demo
import oracle
import pytest

from observatoire.pages.blocks import Paragraph, TableBlock
from observatoire.panels.panel import MOST_COLUMNS

if TYPE_CHECKING:
    from observatoire.pages.blocks import Page

THEMES = ["population", "emploi", "education", "habitat", "sante", "citoyennete"]


def grids(page: Page, kind: str = "figures") -> list[TableBlock]:
    return [b for b in page.blocks if isinstance(b, TableBlock) and b.kind == kind]


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
        assert groups == ["Pour comparer", "Fort-de-France", "Le Lamentin"]
        assert all(len(r.cells) == len(grid.columns) for r in grid.rows if r.kind != "group")
        labels = [note.label for note in grid.notes]
        assert "Champ et source" in labels
        assert len(labels) <= 4


def test_a_theme_without_figures_names_the_producers() -> None:
    first = demo.demo().panel(theme="sante", period=1967).page.blocks[0]
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


def test_territories_compared_by_one_indicator_are_drawn_on_axes_too() -> None:
    sheet = demo.demo().panel(kind="compare", indicators=["part_hlm"])
    assert sheet.plot().get_title(loc="left") == "Part des locataires HLM (%), 2016"


def test_a_panel_of_another_zoning() -> None:
    page = demo.demo().panel(indicators=["population"], zoning="iris-2016").page
    rows = [row for row in grids(page)[0].rows if row.kind == "item"]
    assert len(rows) == 49
