"""Colours are distinguished by everybody, and every writer takes them at one place."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from observatoire.maps.svg import box, drawing, text
from observatoire.pages.tokens import (
    FEWEST_CLASSES,
    MOST_CLASSES,
    contrast,
    css_properties,
    following,
    ink_on,
    matplotlib_style,
    themes,
    tokens,
    typst_colours,
)

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "observatoire"

#: What WCAG 2.2 AA asks of text, and of marks that must be distinguished.
TEXT, MARK = 4.5, 3.0

#: Every colour of a page and of its drawings, in the light then in the dark.
THEMES = dict(zip(("light", "dark"), themes(), strict=True))


def followed(colour: str, theme: str) -> str:
    """Return what a colour of a drawing becomes on a page of a theme."""
    name = re.fullmatch(r'fill="var\(--(.+)\)"', following(f'fill="{colour}"'))
    assert name
    return THEMES[theme][name[1]]


def grey(colour: str) -> float:
    """Return how light a colour is once printed in grey."""
    return contrast("#000000", colour)


def without_green(colour: str) -> tuple[float, float]:
    """Return the two channels that a deuteranope tells apart (Viénot, 1999), linear."""
    red, green, blue = ((int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5))
    return 0.29 * red + 0.71 * green, blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "warn"])
@pytest.mark.parametrize("under", ["paper", "tint", "warn-tint"])
def test_text_is_read_on_every_surface(theme: str, text: str, under: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][under]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("count", range(1, MOST_CLASSES + 1))
def test_classes_grow_one_way_and_stand_out_of_the_land(count: int, theme: str) -> None:
    """Where a class is as light as the land, its edge tells it; where as light as its edge, it does."""
    land, edge = THEMES[theme]["land"], THEMES[theme]["edge"]
    colours = [followed(colour, theme) for colour in tokens().classes(count)]
    assert len(colours) == len(set(colours)) == count
    for one, next_one in pairwise(colours):
        step = grey(one) / grey(next_one)
        assert (step if theme == "light" else 1 / step) > 1.3  # from what is near the paper
    for fill in colours:
        by_edge = min(contrast(edge, fill), contrast(edge, land))
        assert max(by_edge, contrast(fill, land)) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_written_on_a_colour_is_read_in_both_themes(theme: str) -> None:
    verdicts, change = tokens().verdicts, tokens().diverging
    fills = [*tokens().classes(MOST_CLASSES), *change.fall, *change.rise, change.none]
    for fill in [*fills, *(each for v in verdicts.values() for each in (v.mark, v.fill))]:
        assert contrast(followed(ink_on(fill), theme), followed(fill, theme)) >= TEXT, fill


@pytest.mark.parametrize("theme", THEMES)
def test_what_has_no_class_stands_out_by_its_edge(theme: str) -> None:
    colours = THEMES[theme]
    for fill in ("paper", "land", "sea", "class-1"):
        assert contrast(colours["edge"], colours[fill]) >= MARK
    for line in ("bar", "stripe", "outline"):
        assert contrast(colours[line], colours["paper"]) >= MARK
    assert contrast(colours["outline"], colours["land"]) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_chosen_stands_out(theme: str) -> None:
    for under in ("paper", "tint", "land", "sea"):
        assert contrast(THEMES[theme]["chosen"], THEMES[theme][under]) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_verdicts_are_distinguished_and_read(theme: str) -> None:
    colours = THEMES[theme]
    for name in tokens().verdicts:
        mark, fill = colours[name], colours[f"{name}-fill"]
        assert contrast(mark, colours["paper"]) >= TEXT
        assert contrast(mark, fill) >= MARK
        assert contrast(colours["ink"], fill) >= TEXT
    for suffix in ("", "-fill"):
        pair = (colours[f"unfavourable{suffix}"], colours[f"favourable{suffix}"])
        (warm, blue), (other_warm, other_blue) = map(without_green, pair)
        assert abs(blue - other_blue) + abs(warm - other_warm) > 0.15


@pytest.mark.parametrize("theme", THEMES)
def test_a_change_is_paper_where_nothing_moves_and_farther_from_it_both_ways(theme: str) -> None:
    colours = THEMES[theme]
    assert colours["no-change"] == colours["paper"]
    for strong, weak in (("fall-1", "fall-2"), ("rise-2", "rise-1")):
        far, near = (contrast(colours[name], colours["paper"]) for name in (strong, weak))
        assert far > near > 1.5


def test_a_drawing_follows_the_page_around_it_and_stays_light_alone() -> None:
    drawn = drawing(10, 10, [box(0, 0, 9, 9, tokens().classes(4)[3]), text(1, 1, "a", halo=True)])
    assert re.findall(r"#[0-9a-f]{6}", drawn)
    assert "var(" not in drawn
    page = following(drawn)
    assert not re.findall(r"#[0-9a-f]{6}", page)
    assert set(re.findall(r"var\(--([\w-]+)\)", page)) <= set(THEMES["dark"])
    assert ' class="over"' in page
    assert "paint-order" not in page  # its style is written once
    assert '.0"' not in page


def test_both_themes_name_the_same_colours() -> None:
    """Two colours of the light that are one would have but one in the dark."""
    light, dark = themes()
    assert list(light) == list(dark)
    for one in light:
        for other in light:
            if light[one] == light[other]:
                assert dark[one] == dark[other], (one, other)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the well-known grey
    assert contrast("#ffffff", "#767676") == contrast("#767676", "#ffffff")
    assert contrast("#123f66", "#123f66") == 1


def test_every_form_takes_the_same_colours() -> None:
    css, typst, style = css_properties(), typst_colours(), matplotlib_style()
    for name, colour in tokens().light.items():
        assert f"--{name.replace('_', '-')}: {colour};" in css
        assert f'#let {name.replace("_", "-")} = rgb("{colour}")' in typst
    for colour in THEMES["dark"].values():
        assert colour in css
    for colour in tokens().dark.values():
        assert colour not in typst  # paper is light
    assert style["text.color"] == tokens().light["ink"]
    assert style["figure.facecolor"] == tokens().light["paper"]


def test_no_colour_is_written_elsewhere() -> None:
    """A colour beside the tokens would escape the contrasts computed above."""
    for path in PACKAGE.rglob("*"):
        if path.suffix in {".py", ".css", ".typ", ".j2", ".js"} and path.name != "tokens.py":
            assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8")), path.name


@pytest.mark.parametrize("name", ["pages/templates/style.css", "panels/atlas/atlas.css"])
def test_css_uses_no_property_that_is_not_declared(name: str) -> None:
    css = (PACKAGE / name).read_text("utf-8")
    declared = set(re.findall(r"(--[\w-]+):", css_properties() + css))
    used = set(re.findall(r"var\((--[\w-]+)", css))
    assert used - {"--w", "--wide"} <= declared  # the width of a figure is its own


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
