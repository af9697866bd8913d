"""Cells and pictures of panels: both signs of a verdict stand, names are whole, pages are not shrunk."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import demo
import pytest
from maps_made import in_grey, in_svg, mark, meeting, parsed, text_boxes, texts

from observatoire.indicators.comparison.gaps import LEFT_OPEN, LEFT_WEIGHED, wide_or_open
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.indicators.precision.differences import Difference
from observatoire.pages.blocks import Figure, Page
from observatoire.pages.writers.typst import fitting
from observatoire.panels.drawings.bearings import Bearing, Course
from observatoire.panels.drawings.cells import bounds_in_lines, cell_keys, draw_cell
from observatoire.panels.drawings.courses import draw_course
from observatoire.panels.drawings.ranked import evolution_figure
from observatoire.panels.drawings.shapes import UP, draw_sign, favourable_end
from observatoire.panels.drawings.strips import names_over
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from observatoire.values import Record


POOR = Indicator(
    "p", "Taux de pauvreté", "Pauvreté", "t", Nature.RATE, "%", 1, "lower_is_better", "", "Population", ()
)  # fmt: skip


@pytest.mark.parametrize("text", ["8,0", "41,4\u202fe", "100,0\u202fe"])
def test_both_signs_of_a_verdict_stand_in_their_cell(text: str) -> None:
    drawn = draw_cell(mark(0, 41.4, text=text, sign="▼▼", tone="unfavourable"), 100.0, 0.0, 50.0)
    tips = [
        float(x) for part in drawn for x in re.findall(r'<path d="M([\d.]+) [\d.]+h[\d.]+l', part)
    ]
    wide = [float(x) for part in drawn for x in re.findall(r"h([\d.]+)l", part)]
    assert len(tips) == 2
    assert all(x >= 100.0 and x + w <= 150.0 for x, w in zip(tips, wide, strict=True))


TONES = ("unfavourable", "favourable", "neutral")


@pytest.mark.parametrize("sign", ["▲", "▲▲"])
def test_verdicts_are_told_apart_in_print_without_colours(sign: str) -> None:
    """The three marks, and the three fills, are of one grey within four hundredths."""
    marks = [mark(0, 41.4, sign=sign, tone=tone) for tone in TONES]
    cells = {in_grey("".join(draw_cell(each, 0.0, 0.0, 50.0))) for each in marks}
    signs = {in_grey(draw_sign(UP, 0.0, 0.0, tone)) for tone in TONES}
    rows = [[SimpleNamespace(mark=each, indicator=POOR) for each in marks]]
    keys = cell_keys({"": rows}, demo.demo().table("part_hlm").words)  # type: ignore[dict-item]
    boxes = {in_grey(drawn) for _, drawn, label in keys if "écart sûr" in label}
    assert [len(each) for each in (cells, signs, boxes)] == [3, 3, 3]


def test_a_picture_of_all_indicators_is_no_smaller_on_its_page() -> None:
    page = demo.demo().panel(kind="tartan").page
    pictures = [block for block in page.blocks if isinstance(block, Figure)]
    assert len(pictures) > 2
    assert all(fitting(each) == 1.0 for each in pictures)
    assert pictures[1].title.endswith("(suite)")
    assert not any("…" in each.svg for each in pictures)


def test_a_long_name_over_a_column_stands_on_two_lines() -> None:
    """Thirty names that begin alike were all cut at the same word."""
    one = SimpleNamespace(name="Résidence du Grand Domaine, bâtiment 12")
    lines = names_over(SimpleNamespace(members=[one]))  # type: ignore[arg-type]
    assert lines == ["Résidence du Grand", "Domaine, bâtiment 12"]
    assert len(names_over(SimpleNamespace(members=[one, one]))) == 2  # type: ignore[arg-type]


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
    # Between the figures of 2018, 2019 and 2020 as between their points: nothing is read across a break.
    left = [float(x) for x in re.findall(r'<path d="M([\d.]+) [\d.]+v22.0"', poor.svg)]
    assert set(left) >= {210.0 + 74 * 2 + 7, 210.0 + 74 * 3 + 7}
    assert not [x for x in left if x < 210.0 + 74 * 2]
    assert "● pas de changement net" in poor.svg


def test_dates_without_a_figure_are_no_picture() -> None:
    course = Course(("2014", "2018"), (("2014", "2018"),), {})
    bearings = SimpleNamespace(
        courses={"taux_pauvrete": course}, table=demo.demo().table("taux_pauvrete")
    )
    assert evolution_figure(bearings, "taux_pauvrete", {}) is None  # type: ignore[arg-type]


def test_bounds_in_euros_stand_under_their_date_and_a_rise_in_euros_says_that_prices_rise() -> None:
    page = demo.demo().panel("emploi", kind="evolution").page
    living = next(
        block
        for block in page.blocks
        if isinstance(block, Figure) and block.title.startswith("Niveau de vie médian")
    )
    assert meeting(parsed(living.svg)) == []
    notes = {note.label: note.text for note in living.notes}
    assert notes["Prix"].startswith("en euros de chaque année")
    assert "▲ ou ▼, sûr à 95" in notes["Lecture"]


def test_bounds_too_long_for_their_cell_stand_on_two_lines_of_it() -> None:
    shown = mark(0, float("nan"), Status.BOUNDED, low=17400.0, high=18500.0)
    for wide, lines in ((50.0, 2), (130.0, 1)):
        boxes = text_boxes(in_svg(draw_cell(shown, 100.0, 20.0, wide)))
        assert len(boxes) == lines
        assert all(box.bounds[0] >= 100.0 and box.bounds[2] <= 100.0 + wide for box, _ in boxes)
    below = mark(0, float("nan"), Status.BOUNDED, low=-12.4, high=-5.0)
    assert bounds_in_lines(below, 130.0) == ["−13 à −5"]
    assert bounds_in_lines(below, 30.0) == ["−13 à", "−5"]


def test_a_sense_is_a_point_at_its_end_of_the_scale() -> None:
    """A rate that should be low is pointed at its low end; one without a sense is not."""
    for polarity, tip in (
        ("lower_is_better", "6.0 5.0v10l-6"),
        ("higher_is_better", "94.0 5.0v10l6"),
    ):
        made = favourable_end(replace(POOR, polarity=polarity), 4.0, 96.0, 10.0)
        assert f"M{tip} -5Z" in made
    assert favourable_end(replace(POOR, polarity="neutral"), 4.0, 96.0, 10.0) == ""


def test_no_line_joins_an_estimate_to_the_figure_of_a_larger_place() -> None:
    guessed = mark(0, 39.7, Status.ESTIMATED, modelled=True)
    larger = mark(0, 19.8, Status.CONTEXT)
    course = Course(("2014", "2018"), (("2014", "2018"),), {})
    lines = {
        name: sum("dasharray" in part for part in draw_course(bearing, 0.0, 20.0, 20.0))
        for name, bearing in {
            "two kinds": Bearing(POOR, "2018", larger, (), (), {"2014": guessed, "2018": larger}, course),
            "one kind": Bearing(POOR, "2018", guessed, (), (), {"2014": guessed, "2018": guessed}, course),
        }.items()
    }  # fmt: skip
    assert lines == {"two kinds": 0, "one kind": 1}


def test_rough_counts_are_no_sharing_out() -> None:
    found = Difference(1.0, -1.0, 3.0)
    weighed: Record = {"status": "estimated", "method": "IRIS ; pesé par les effectifs de 2016"}
    shared: Record = {"status": "estimated", "method": "IRIS, table de passage"}
    own: Record = {"status": "observed", "method": ""}
    assert wide_or_open(found, own, weighed) == LEFT_WEIGHED
    assert wide_or_open(found, shared, weighed) == LEFT_OPEN
    assert wide_or_open(found, own, shared) == LEFT_OPEN


def test_a_telephone_shows_every_figure_of_a_tartan() -> None:
    for figure in pictures_of(demo.demo().panel(kind="tartan").page):
        # Bounds stand on one line here and on two there: they are left out.
        wide, narrow = (
            Counter(
                t
                for t in texts(parsed(svg))
                if re.fullmatch(r"\(?\d[\d\u202f]*(,\d+)?\W?[●e‡)]+", t)
            )
            for svg in (figure.svg, figure.narrow)
        )
        assert wide - narrow == Counter()
        assert len(wide) > 3
        assert 'viewBox="0 0 416 ' in figure.narrow


def test_a_telephone_shows_every_date_and_every_verdict_of_the_page() -> None:
    for figure in pictures_of(demo.demo().panel("emploi", kind="evolution").page):
        wide, narrow = (parsed(svg) for svg in (figure.svg, figure.narrow))
        assert len(texts(narrow)) >= len(
            [t for t in texts(wide) if re.search(r"\d|●|▲|▼|n\.d\.", t)]
        )
        assert {t for t in texts(wide) if t[:1] in "●▲▼"} == {
            t for t in texts(narrow) if t[:1] in "●▲▼"
        }
        assert meeting(narrow) == []


def pictures_of(page: Page) -> list[Figure]:
    return [block for block in page.blocks if isinstance(block, Figure)]


def test_the_first_digit_of_a_long_figure_stays_in_its_cell() -> None:
    """White on the white between two cells, it was read as another figure."""
    drawn = draw_cell(
        mark(0, 41.4, text="41,4\u202fe", sign="▼▼", tone="unfavourable"), 100.0, 0.0, 50.0
    )
    (written,) = (part for part in drawn if part.startswith("<text"))
    middle, long = (
        float(re.findall(f'{name}="([\\d.]+)"', written)[0]) for name in (" x", "textLength")
    )
    assert middle - long / 2 >= 101
    (plain,) = (
        p for p in draw_cell(mark(0, 8.0, sign="▼"), 100.0, 0.0, 90.0) if p.startswith("<text")
    )
    assert "textLength" not in plain
