"""Panels on matplotlib axes: what is drawn is what tables say, and its names are read."""

import itertools
from collections import Counter

import demo
import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from observatoire.errors import FormatError
from observatoire.indicators.computation.table import is_modelled
from observatoire.pages.tokens import tokens

mpl.use("Agg")


def fills(axes: Axes) -> Counter[str]:
    """Return how many cells have each colour."""
    return Counter(
        to_hex(one.get_facecolor()[0]) for one in axes.collections for _ in one.get_paths()
    )


def test_a_theme_is_its_indicators_by_the_territories_with_their_verdicts() -> None:
    axes = demo.demo().panel(theme="habitat").plot(Figure(figsize=(10, 9)).subplots())
    table = demo.demo().table(
        [i.code for i in demo.demo().catalogue.of_theme("habitat")], compare=["commune"]
    )
    assert [label.get_text() for label in axes.get_xticklabels()] == list(
        dict.fromkeys(table.main["name"])
    )
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert "Locataires HLM" in names
    found = fills(axes)
    assert sum(found.values()) == len(names) * 28
    worse = [v for v in table.verdicts.values() if "moins favorable" in v["verdict"]]
    assert found[tokens().verdicts["unfavourable"].fill] == len(worse) > 0
    # A figure that is not judged is not taken for one that is not there.
    own = sum(
        row["status"] in ("observed", "aggregated", "estimated") and not is_modelled(row)
        for row in table.main.to_dict("records")
    )
    assert len(axes.texts) == own
    assert all(each.get_text() for each in axes.texts)
    figure = axes.get_figure()
    figure.draw_without_rendering()
    room = figure.bbox
    assert all(
        label.get_window_extent().x0 >= 0 and label.get_window_extent().y1 <= room.y1
        for label in (*axes.get_yticklabels(), *axes.get_xticklabels())
    )


def test_completeness_fills_own_figures_only() -> None:
    sheet = demo.demo().panel(kind="completeness", theme="habitat")
    axes = sheet.plot(Figure(figsize=(10, 9)).subplots())
    own = sum(
        row["status"] in ("observed", "aggregated", "estimated") and not is_modelled(row)
        for row in sheet.table.main.to_dict("records")
    )
    assert fills(axes)[tokens().ground["bar"]] == own > 0


def test_names_that_would_cover_each_other_are_refused_with_a_size() -> None:
    with pytest.raises(FormatError, match=r"figsize=\(10, \d+\)"):
        demo.demo().panel(kind="tartan").plot(Figure(figsize=(5, 4)).subplots())


def test_an_evolution_stops_at_breaks_and_names_each_line_apart() -> None:
    axes = (
        demo.demo()
        .panel(kind="evolution", indicators=["taux_pauvrete"])
        .plot(Figure(figsize=(6, 4)).subplots())
    )
    figure = axes.get_figure()
    figure.draw_without_rendering()
    said = [each for each in axes.texts if each.get_text() == "rupture"]
    names = sorted(
        (each for each in axes.texts if each.get_text() != "rupture"),
        key=lambda each: Text.get_window_extent(each).y0,
    )
    assert len(said) == 2
    assert len(names) > 5
    boxes = [Text.get_window_extent(each) for each in names]  # less the line that ties it
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))
    joined = [line.get_xdata() for line in axes.lines if line.get_linestyle() == "-"]
    assert all(first < 2019 and last < 2019 for first, last in joined)


def test_a_change_is_drawn_in_its_colours_and_signs() -> None:
    axes = demo.demo().map("taux_pauvrete", change=(2014, 2016)).plot(Figure().subplots())
    assert [each.get_text() for each in axes.texts].count("●") == 6
    assert "évolution" in axes.get_title(loc="left")
