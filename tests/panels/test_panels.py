"""Panels: which rows, which notes."""

from __future__ import annotations

import demo
import oracle
import pytest

from observatoire.pages.blocks import Note, Page, Paragraph, TableBlock
from observatoire.panels.panel import MOST_COLUMNS

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


def test_a_map_on_axes_says_its_classes_and_draws_a_circle_a_count() -> None:
    """Without a legend, colours say nothing; without circles, a map of counts is white."""
    o = demo.demo()
    by_colour = o.map("part_hlm").plot().get_legend()
    assert by_colour.get_title().get_text() == "Classes (%)"
    assert "0,1 à 5,4 (3)" in [each.get_text() for each in by_colour.get_texts()]
    counts = o.map("population").plot()
    own = o.table("population").df.query("status in ('observed', 'aggregated')")
    assert len(counts.lines) == len(own) == 11
    # A layer a pattern, not a territory: the whole picture is drawn anew with each.
    assert [len(each.axes.collections) for each in (by_colour, counts)] == [4, 3]
    judged = o.map("part_hlm", colour="verdict").plot()
    assert len([each for each in judged.texts if each.get_text() in {"●", "▲▲", "▼▼", "▼"}]) == 11
    assert "5\u202f000 habitants" in [t.get_text() for t in counts.get_legend().get_texts()]


def test_notes_of_a_page_stand_on_few_lines_each_label_once() -> None:
    said = [
        ("Lecture", "un."),
        ("Précaution", "deux."),
        ("Précaution", "trois."),
        ("Passage", "q."),
    ]
    block = TableBlock("T", "", (), (), tuple(Note(*each) for each in said))
    (shown,) = Page("P", "", (block,)).blocks
    assert [(n.label, n.text) for n in shown.notes] == [
        ("Lecture", "un."), ("Précaution", "deux. Trois."), ("Passage", "q."),
    ]  # fmt: skip
    found = [note.label for note in demo.demo().map("part_hlm").page.blocks[-1].notes]
    assert len(found) == len(set(found)) <= 8


def test_a_panel_of_another_zoning() -> None:
    page = demo.demo().panel(indicators=["population"], zoning="iris-2016").page
    rows = [row for row in grids(page)[0].rows if row.kind == "item"]
    assert len(rows) == 49
