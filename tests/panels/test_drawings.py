"""Cells and pictures of panels: both signs of a verdict stand, names are whole, pages are not shrunk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import demo
import pytest
from maps_made import mark

from observatoire.indicators.comparison.gaps import LEFT_OPEN, LEFT_WEIGHED, wide_or_open
from observatoire.indicators.precision.differences import Difference
from observatoire.pages.blocks import Figure
from observatoire.pages.writers.typst import _fitting
from observatoire.panels.drawings.cells import draw_cell

if TYPE_CHECKING:
    from observatoire.values import Record


@pytest.mark.parametrize("text", ["8,0", "41,4\u202fe", "100,0\u202fe"])
def test_both_signs_of_a_verdict_stand_in_their_cell(text: str) -> None:
    drawn = draw_cell(mark(0, 41.4, text=text, sign="▼▼", tone="unfavourable"), 100.0, 0.0, 50.0)
    tips = [float(x) for part in drawn for x in re.findall(r'<path d="M([\d.]+) ', part)]
    wide = [float(x) for part in drawn for x in re.findall(r"h([\d.]+)l", part)]
    assert len(tips) == 2
    assert all(x >= 100.0 and x + w <= 150.0 for x, w in zip(tips, wide, strict=True))


def test_a_picture_of_all_indicators_is_no_smaller_on_its_page() -> None:
    page = demo.demo().panel(kind="tartan").page
    pictures = [block for block in page.blocks if isinstance(block, Figure)]
    assert len(pictures) > 2
    assert all(_fitting(each) == 1.0 for each in pictures)
    assert pictures[1].title.endswith("(suite)")
    assert not any("…" in each.svg for each in pictures)


def test_dates_that_are_judged_are_printed() -> None:
    page = demo.demo().panel("emploi", kind="evolution").page
    poor = next(
        block
        for block in page.blocks
        if isinstance(block, Figure) and block.title.startswith("Taux de pauvreté à 60")
    )
    heads = re.findall(r">(20\d\d)<", poor.svg)
    assert heads == ["2014", "2018", "2019", "2020", "2021"]
    assert ">2014-2018<" in poor.svg
    assert "● pas de changement net" in poor.svg


def test_rough_counts_are_no_sharing_out() -> None:
    found = Difference(1.0, -1.0, 3.0)
    weighed: Record = {"status": "estimated", "method": "IRIS ; pesé par les effectifs de 2016"}
    shared: Record = {"status": "estimated", "method": "IRIS, table de passage"}
    own: Record = {"status": "observed", "method": ""}
    assert wide_or_open(found, own, weighed) == LEFT_WEIGHED
    assert wide_or_open(found, shared, weighed) == LEFT_OPEN
    assert wide_or_open(found, own, shared) == LEFT_OPEN
