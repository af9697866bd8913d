"""Maps: colours for rates, areas for counts, numbers that match the list, nothing on top."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import demo
import geopandas as gpd
import numpy as np
import oracle
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from observatoire.maps.palettes import palettes

from observatoire.french.typography import NARROW, round_half_up
from observatoire.maps.classes import classify, nice_sizes
from observatoire.maps.labels import Label, place_labels
from observatoire.maps.svg import LARGEST_CIRCLE, BaseMap, Mark, choropleth, circles
from observatoire.values import Status

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def texts(root: ET.Element) -> list[ET.Element]:
    return list(root.iter(f"{SVG}text"))


def figure(code: str) -> Any:
    blocks = demo.demo().map(code, period=2016).page.blocks
    return blocks[0]


# --- classes ----------------------------------------------------------------------------------

numbers = st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=1, max_size=49)


def value(text: str) -> float:
    return float(text.replace(NARROW, "").replace("−", "-").replace(",", "."))


@given(numbers, st.integers(0, 2))
def test_each_value_as_printed_is_in_the_class_its_label_says(
    values: list[float], decimals: int
) -> None:
    cut = classify(values, decimals)
    assert cut is not None
    spans = [[value(end) for end in label.split(" à ")] for label in cut.labels()]
    for number in values:
        shown = round_half_up(number, decimals)
        span = spans[cut.rank(number)]
        assert span[0] <= shown + 1e-9
        assert shown - 1e-9 <= span[-1]


@given(numbers, st.integers(0, 2))
def test_classes_do_not_overlap_and_are_few(values: list[float], decimals: int) -> None:
    cut = classify(values, decimals)
    assert cut is not None
    assert 1 <= len(cut) <= 4
    assert list(cut.upper) == sorted(set(cut.upper))
    assert len(palettes().classes(len(cut))) == len(cut)


def test_no_value_makes_no_class() -> None:
    assert classify([], 1) is None
    assert classify([NAN], 1) is None
    found = classify([5.0, NAN], 1)
    assert found is not None
    assert found.labels() == ["5,0"]


@given(st.floats(1, 1e7))
def test_legend_sizes_are_round_and_none_is_above_the_largest(largest: float) -> None:
    sizes = nice_sizes(largest)
    assert sizes
    assert largest / 5 < sizes[0] <= largest
    assert all(size >= 1 for size in sizes)
    assert all(float(f"{size:.0e}") == pytest.approx(size) for size in sizes)


# --- labels -----------------------------------------------------------------------------------


def overlap(one: Label, other: Label) -> bool:
    near = [abs(a - b) for a, b in zip(one.at, other.at, strict=True)]
    room = [(a + b) / 2 for a, b in zip(one.size, other.size, strict=True)]
    return near[0] < room[0] - 1e-9 and near[1] < room[1] - 1e-9


@settings(max_examples=cases(40), deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 350), st.floats(-50, 350)), max_size=60))
def test_labels_never_overlap_nor_leave_their_box(anchors: list[tuple[float, float]]) -> None:
    labels = place_labels([str(i) for i in range(len(anchors))], anchors, (0, 0, 300, 300))
    assert [label.text for label in labels] == [str(i) for i in range(len(anchors))]
    assert not any(overlap(a, b) for a, b in itertools.combinations(labels, 2))
    for label in labels:
        assert label.size[0] / 2 - 1e-6 <= label.at[0] <= 300 - label.size[0] / 2 + 1e-6
        assert label.size[1] / 2 - 1e-6 <= label.at[1] <= 300 - label.size[1] / 2 + 1e-6


def test_a_label_far_from_any_room_still_finds_some() -> None:
    labels = place_labels(["1"] * 40, [(0.0, 0.0)] * 40, (500, 500, 90, 110))
    assert not any(overlap(a, b) for a, b in itertools.combinations(labels, 2))


def test_a_label_stays_where_it_is_when_it_can() -> None:
    (label,) = place_labels(["12"], [(40.0, 30.0)], (0, 0, 100, 100))
    assert label.at == (40.0, 30.0)
    assert not label.moved


# --- drawings ---------------------------------------------------------------------------------


def ground(count: int) -> BaseMap:
    shapes = gpd.GeoSeries(
        {f"q{i}": shapely.box(i * 1000, 0, i * 1000 + 900, 900) for i in range(count)},
        crs="EPSG:5490",
    )
    return BaseMap(shapes, shapes.iloc[:0], shapes.iloc[:0], official=False)


def mark(rank: int, number: float, status: Status = Status.AGGREGATED, high: float = NAN) -> Mark:
    return Mark(f"q{rank}", f"Quartier {rank}", "Ville", status, number, high, f"t{rank}")


def rings(svg: str) -> list[tuple[float, bool]]:
    """Return radius and whether dashed of each circle of the map, not of the legend."""
    root = parsed(svg)
    return [
        (float(c.attrib["r"]), "stroke-dasharray" in c.attrib)
        for group in root.iter(f"{SVG}g")
        for c in group.iter(f"{SVG}circle")
    ]


@settings(max_examples=cases(25), deadline=None)
@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=8))
def test_areas_are_as_counts(values: list[float]) -> None:
    svg = circles([mark(i, v) for i, v in enumerate(values)], ground(len(values)), "habitants")
    radii = [radius for radius, _ in rings(svg)]
    largest = max(values)
    wanted = sorted((LARGEST_CIRCLE * math.sqrt(v / largest) for v in values if v), reverse=True)
    assert radii == pytest.approx(wanted, abs=0.051)


def test_circles_are_drawn_largest_first_whatever_lacks() -> None:
    marks = [
        mark(0, 10),
        mark(1, NAN, Status.MISSING),
        mark(2, 500),
        mark(3, NAN, Status.SECRET, high=NAN),
        mark(4, NAN, Status.BOUNDED, high=100),
        mark(5, 90),
        mark(6, 1000),
    ]
    drawn = rings(circles(marks, ground(7), "habitants"))
    radii = [radius for radius, _ in drawn]
    assert radii == sorted(radii, reverse=True)
    assert [dashed for _, dashed in drawn] == [False, False, True, False, False]


def test_a_secret_gives_no_circle_even_with_a_number_left_behind() -> None:
    svg = circles([mark(0, 10), mark(1, 7.0, Status.SECRET, high=7.0)], ground(2), "habitants")
    assert len(rings(svg)) == 1


def test_a_map_of_nothing_is_still_a_map() -> None:
    marks = [mark(i, NAN, Status.MISSING) for i in range(3)]
    for svg in (circles(marks, ground(3), "x"), choropleth(marks, ground(3), 1, "%")):
        assert "Quartier 2" in svg
        assert not rings(svg)
        assert "nan" not in svg


def test_names_are_escaped() -> None:
    nasty = Mark("q0", "<script>&'\"", "A & B", Status.AGGREGATED, 1.0, 1.0, "<b>")
    for svg in (circles([nasty], ground(1), "a<b"), choropleth([nasty], ground(1), 0, "a<b")):
        root = parsed(svg)
        assert any(t.text == "<script>&'\"" for t in texts(root))
        assert "<script>" not in svg


def fills(svg: str) -> list[str]:
    return [
        path.attrib["fill"]
        for group in parsed(svg).iter(f"{SVG}g")
        for path in group.iter(f"{SVG}path")
    ]


def test_colours_follow_classes_and_a_hole_has_a_pattern() -> None:
    values = [1.0, 1.1, 1.2, 5.0, 5.1, 5.2, 9.0, 9.1, 9.2]
    marks = [mark(i, v) for i, v in enumerate(values)] + [mark(9, NAN, Status.SECRET)]
    found = fills(choropleth(marks, ground(10), 1, "%"))
    assert found[0] == found[1] == found[2]
    assert found[3] == found[5]
    assert len(set(found[:9])) == 3
    assert tuple(dict.fromkeys(found[:9])) == palettes().classes(3)
    assert found[9].endswith("secret)")


def test_shades_grow_darker() -> None:
    def light(colour: str) -> float:
        return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5))

    for count in range(1, 5):
        shades = [light(colour) for colour in palettes().classes(count)]
        assert shades == sorted(shades, reverse=True)
        assert len(set(shades)) == count


# --- the embedded default ---------------------------------------------------------------------


@pytest.mark.parametrize("code", ["part_hlm", "population"])
def test_numbers_on_the_map_are_those_of_the_list(code: str) -> None:
    root = parsed(figure(code).svg)
    listed = [t.text for t in texts(root) if t.attrib["text-anchor"] == "end"]
    placed = [t.text for t in texts(root) if t.attrib["text-anchor"] == "middle"]
    drawn = [str(rank) for rank in range(1, 27)]
    assert [text for text in listed if text in drawn and not text.startswith("0")][:1] == ["1"]
    assert sorted(set(placed), key=int) == drawn
    assert len(placed) == 2 * len(drawn)  # a halo and the number
    names = [t.text for t in texts(root)]
    assert all(name in names for name in oracle.quartiers().values())


def test_rates_by_colour_and_counts_by_circle() -> None:
    assert not rings(figure("part_hlm").svg)
    drawn = rings(figure("population").svg)
    assert len(drawn) == 26
    assert sum(dashed for _, dashed in drawn) == 15
    sizes = [
        oracle.at_most(part, oracle.AGES) if part else oracle.count(whole, oracle.AGES)
        for whole, part in oracle.links().values()
        if whole or part
    ]
    wanted = sorted((LARGEST_CIRCLE * math.sqrt(s / max(sizes)) for s in sizes), reverse=True)
    assert sorted((r for r, _ in drawn), reverse=True) == pytest.approx(wanted, abs=0.051)


@pytest.mark.parametrize("code", ["part_hlm", "population", "taux_pauvrete"])
def test_what_goes_with_a_map(code: str) -> None:
    shown = figure(code)
    notes = {note.label: note.text for note in shown.notes}
    assert "Pont de Chaînes et Bois d’Inde" in notes["Sans place sur la carte"]
    said = " ".join(note.text for note in shown.notes)
    assert "schématiques" in said
    assert "Liste provisoire" in said
    assert {"Lecture", "Champ", "Source", "Signes"} <= set(notes)
    assert demo.demo().map(code, period=2016).page.title.endswith(", 2016")
    for name in oracle.quartiers().values():
        assert name in shown.alternative
    assert "nan" not in shown.svg + shown.alternative


@pytest.mark.parametrize("code", ["part_hlm", "population"])
def test_no_text_of_a_map_lies_on_another(code: str) -> None:
    """Widths are taken generously: 0.5 em a character, as wide as the font's figures."""
    boxes = []
    for text in texts(parsed(figure(code).svg)):
        if "stroke-width" in text.attrib:
            continue
        size = float(text.attrib["font-size"])
        wide = 0.5 * size * len(text.text or "")
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[text.attrib["text-anchor"]]
        boxes.append((shapely.box(left, y - 0.7 * size, left + wide, y), text.text))
    for (one, text), (other, beside) in itertools.combinations(boxes, 2):
        assert shapely.intersection(one, other).area < 1, (text, beside)
    bounds = np.array([box.bounds for box, _ in boxes])
    assert bounds[:, 0].min() >= 0
    assert bounds[:, 2].max() <= 1000


@pytest.mark.parametrize("zoning", ["iris-2016", "commune-2016", "zus-1996", "ensemble-cucs-2007"])
def test_every_zoning_can_be_drawn(zoning: str) -> None:
    for code in ("population", "part_hlm"):
        page = demo.demo().map(code, zoning=zoning).page
        root = parsed(page.blocks[0].svg)  # type: ignore[union-attr]
        shown = {str(t.text) for t in texts(root)}
        cut = tuple(text[:-1] for text in shown if text.endswith("…"))
        for name in demo.demo().territories(zoning)["name"]:
            assert name in shown or any(name.startswith(text) for text in cut), name


def test_a_long_name_is_cut_short_of_its_figure() -> None:
    long = "Basse Gondeau-Californie-Zone Industrielle et Aéroport"
    named = Mark("q0", long, "Ville", Status.AGGREGATED, 1.0, NAN, "[28 734 ; 63 688]")
    shown = [str(t.text) for t in texts(parsed(circles([named], ground(1), "habitants")))]
    cut = next(text for text in shown if text.startswith("Basse"))
    assert cut.endswith("…")
    assert len(cut) + len("[28 734 ; 63 688]") < 43


def test_identifiers_of_two_maps_differ() -> None:
    found = [set(re.findall(r' id="([^"]+)"', figure(c).svg)) for c in ("part_hlm", "population")]
    assert found[0]
    assert not found[0] & found[1]
