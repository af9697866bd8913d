"""Colours are distinguished by everybody, and every writer takes them at one place."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from observatoire.pages.tokens import (
    FEWEST_CLASSES,
    MOST_CLASSES,
    contrast,
    css_properties,
    ink_on,
    matplotlib_style,
    tokens,
    typst_colours,
)

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "observatoire"

#: What WCAG 2.2 AA asks of text, and of marks that must be distinguished.
TEXT, MARK = 4.5, 3.0

THEMES = {"light": tokens().light, "dark": tokens().dark}


def grey(colour: str) -> float:
    """Return how light a colour is once printed in grey."""
    return contrast("#000000", colour)


def without_green(colour: str) -> tuple[float, float]:
    """Return the two channels that a deuteranope tells apart (Viénot, 1999), linear."""
    red, green, blue = ((int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5))
    return 0.29 * red + 0.71 * green, blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "warn"])
@pytest.mark.parametrize("under", ["paper", "tint", "warn_tint"])
def test_text_is_read_on_every_surface(theme: str, text: str, under: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][under]) >= TEXT


@pytest.mark.parametrize("count", range(1, MOST_CLASSES + 1))
def test_classes_grow_darker_and_stand_out_of_the_land(count: int) -> None:
    """Where a class is as light as the land, its edge tells it; where as dark as its edge, it does."""
    land, edge = tokens().ground["land"], tokens().ground["edge"]
    colours = tokens().classes(count)
    assert len(colours) == len(set(colours)) == count
    for lighter, darker in pairwise(colours):
        assert grey(lighter) / grey(darker) > 1.3
    for fill in colours:
        by_edge = min(contrast(edge, fill), contrast(edge, land))
        assert max(by_edge, contrast(fill, land)) >= MARK
        assert contrast(ink_on(fill), fill) >= TEXT


def test_what_has_no_class_stands_out_by_its_edge() -> None:
    ground, paper = tokens().ground, tokens().light["paper"]
    for fill in (paper, ground["land"], ground["sea"], tokens().classes(3)[0]):
        assert contrast(ground["edge"], fill) >= MARK
    for line in ("bar", "stripe", "outline"):
        assert contrast(ground[line], paper) >= MARK
    assert contrast(ground["outline"], ground["land"]) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_chosen_stands_out(theme: str) -> None:
    under = [THEMES[theme]["paper"], THEMES[theme]["tint"]]
    under += [tokens().ground["land"], tokens().ground["sea"]] if theme == "light" else []
    for each in under:
        assert contrast(THEMES[theme]["chosen"], each) >= MARK


def test_verdicts_are_distinguished_and_read() -> None:
    verdicts = tokens().verdicts
    for colours in verdicts.values():
        assert contrast(colours.mark, tokens().light["paper"]) >= TEXT
        assert contrast(colours.mark, colours.fill) >= MARK
        assert contrast(tokens().light["ink"], colours.fill) >= TEXT
    bad, good = verdicts["unfavourable"], verdicts["favourable"]
    for pair in ((bad.mark, good.mark), (bad.fill, good.fill)):
        (warm, blue), (other_warm, other_blue) = map(without_green, pair)
        assert abs(blue - other_blue) + abs(warm - other_warm) > 0.15


def test_a_change_is_white_where_nothing_moves_and_darker_both_ways() -> None:
    change = tokens().diverging
    assert change.none == "#ffffff"
    assert grey(change.fall[0]) < grey(change.fall[1]) < grey(change.none)
    assert grey(change.rise[1]) < grey(change.rise[0]) < grey(change.none)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the well-known grey
    assert contrast("#ffffff", "#767676") == contrast("#767676", "#ffffff")
    assert contrast("#123f66", "#123f66") == 1


def test_every_form_takes_the_same_colours() -> None:
    css, typst, style = css_properties(), typst_colours(), matplotlib_style()
    for name, colour in tokens().light.items():
        assert f"--{name.replace('_', '-')}: {colour};" in css
        assert f'#let {name.replace("_", "-")} = rgb("{colour}")' in typst
    for colour in tokens().dark.values():
        assert colour in css
        assert colour not in typst  # paper is light
    assert style["text.color"] == tokens().light["ink"]
    assert style["figure.facecolor"] == tokens().light["paper"]


def test_no_colour_is_written_elsewhere() -> None:
    """A colour beside the tokens would escape the contrasts computed above."""
    for path in PACKAGE.rglob("*"):
        if path.suffix in {".py", ".css", ".typ", ".j2", ".js"} and path.name != "tokens.py":
            assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8")), path.name


def test_css_uses_no_property_that_is_not_declared() -> None:
    css = (PACKAGE / "pages" / "templates" / "style.css").read_text("utf-8")
    declared = set(re.findall(r"(--[\w-]+):", css_properties() + css))
    used = set(re.findall(r"var\((--[\w-]+)", css))
    assert used - {"--w"} <= declared  # the width of a figure is its own


def test_text_on_paper_is_large_enough_to_read() -> None:
    sizes = tokens().sizes
    assert sizes["body"] >= 9
    assert sizes["table"] >= 8
    assert sizes["note"] >= 7.5
    for name in ("style.css", "style.typ"):
        text = (PACKAGE / "pages" / "templates" / name).read_text("utf-8")
        written = [float(size) for size in re.findall(r"size: ([\d.]+)pt", text)]
        assert min(written) >= 7.5, name


def test_classes_are_three_to_five_and_fewer_where_values_are_few() -> None:
    assert (FEWEST_CLASSES, MOST_CLASSES) == (3, 5)
    assert sorted(tokens().sequential) == list(range(1, MOST_CLASSES + 1))
