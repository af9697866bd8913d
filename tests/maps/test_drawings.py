"""What is drawn: own figures alone have colours and circles, patterns say the rest."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from maps_made import NAN, SVG, ground, in_svg, mark, meeting, text_boxes, texts

from observatoire.french.nouns import TerritoryNames
from observatoire.maps.labels import place_labels
from observatoire.maps.layout import lay_frames, path_of
from observatoire.maps.legend import draw_sizes, draw_swatches, status_swatches
from observatoire.maps.locator import locator_figure
from observatoire.maps.marks import extremes, of_one_source
from observatoire.maps.ranks import MOST_LISTED, Axis, draw_ranking
from observatoire.maps.svg import box, drawing, fitted, pattern, text
from observatoire.maps.territories import (
    LARGEST_CIRCLE,
    circle_radii,
    draw_territories,
    map_labels,
    middle,
    numbers_of,
)
from observatoire.maps.tiles import draw_tiles, tiles_are_named
from observatoire.pages.tokens import tokens
from observatoire.values import Status

BOX = (0.0, 30.0, 490.0, 400.0)
WORDS = TerritoryNames()
LONG = "Basse Gondeau-Californie-Zone Industrielle et Aéroport-Nord"
HOLES = (Status.CONTEXT, Status.BOUNDED, Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE)


def blue(_: object) -> str:
    return tokens().classes(1)[0]


# --- circles ------------------------------------------------------------------------------------


@settings(max_examples=cases(25), deadline=None)
@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=8))
def test_areas_are_as_counts(values: list[float]) -> None:
    radii = circle_radii([mark(i, v) for i, v in enumerate(values)])
    largest = max(values)
    for rank, number in enumerate(values):
        wanted = LARGEST_CIRCLE * math.sqrt(number / largest) if largest else 0
        assert radii.get(f"q{rank}", 0.0) == pytest.approx(wanted)


def test_what_a_model_foretells_is_no_own_figure() -> None:
    """Neither class, nor extreme, nor circle; ranked apart with the interval it is in, 80 % of the time."""
    marks = [
        mark(0, 40.0),
        mark(1, 10.0),
        mark(2, 90.0, Status.ESTIMATED, modelled=True, interval=(80.0, 95.0), level=80),
    ]
    assert [end.value for end in extremes(marks)] == [10.0, 40.0]
    assert "q2" not in circle_radii(marks)
    assert any(
        "estimé par un modèle (e) (1)" in label for _, label in status_swatches(marks, WORDS)
    )
    drawn, _ = draw_ranking(marks, {}, WORDS, (0, 0, 400), blue)
    said = texts(in_svg(drawn))
    assert said.index("Leurs propres chiffres (2)") < said.index("Estimés par un modèle (1)")
    assert said.index("Estimés par un modèle (1)") < said.index("Quartier 2")


def test_bounds_on_a_tile_are_never_cut_short() -> None:
    ends = [
        (25.0, 33.0, "[25,0\u202f; 33,0]"),
        (12610.0, 15110.0, "[12\u202f610\u202f; 15\u202f110]"),
    ]
    for low, high, words in ends:
        bounded = mark(0, NAN, Status.BOUNDED, low=low, high=high, text=words)
        drawn, _ = draw_tiles([bounded], ground(1), (0, 0, 490, 0), blue)
        said = " ".join(texts(in_svg(drawn)))
        assert words.strip("[]").replace("\u202f;", " à") in said or "deux bornes" in said
        assert "…" not in said


@pytest.mark.parametrize("status", HOLES)
def test_what_is_not_its_own_count_has_no_circle(status: Status) -> None:
    """Even with a number left behind; and people of one IRIS are not drawn several times."""
    assert circle_radii([mark(0, 10), mark(1, 7.0, status, high=7.0)]) == {"q0": LARGEST_CIRCLE}


def test_circles_are_drawn_largest_first() -> None:
    marks = [mark(i, v) for i, v in enumerate([10, 500, 90, 1000])]
    drawn = draw_territories(marks, ground(4), BOX, blue, radii=circle_radii(marks))
    radii = [float(c.attrib["r"]) for c in in_svg(list(drawn.parts)).iter(f"{SVG}circle")]
    assert len(radii) == 4
    assert radii == sorted(radii, reverse=True)


# --- surfaces -------------------------------------------------------------------------------------


def test_each_status_has_its_pattern_and_none_that_of_another() -> None:
    found = {status: pattern(status) for status in HOLES}
    assert len(set(found.values())) == 4
    assert found[Status.MISSING] == found[Status.NOT_APPLICABLE] == tokens().light["paper"]


def test_a_territory_without_shape_is_left_out_of_the_ground() -> None:
    marks = [mark(i, 1.0) for i in range(3)]
    drawn = draw_territories(marks, ground(3, without=(1,)), BOX, blue, labels={"q1": "Absent"})
    assert "Absent" not in "".join(drawn.parts)
    assert "".join(drawn.parts).count(blue(None)) == 2
    assert draw_territories(marks, ground(3, without=(0, 1, 2)), BOX, blue).parts == ()


def test_extremes_alone_are_named_and_neither_context_nor_what_is_not_commented() -> None:
    marks = [
        mark(0, 5.0),
        mark(1, 9.0),
        mark(2, 7.0),
        mark(3, 99.0, Status.CONTEXT),
        mark(4, 80.0, careful=True),
    ]
    assert [m.code for m in extremes(marks)] == ["q0", "q1"]
    numbers = {m.code: str(i) for i, m in enumerate(marks)}
    assert map_labels(marks, numbers) == {
        "q0": "Quartier 0", "q1": "Quartier 1", "q2": "2", "q3": "3", "q4": "4"
    }  # fmt: skip


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], [NAN]])
def test_there_is_no_extreme_where_nothing_differs(values: list[float]) -> None:
    marks = [
        mark(i, v, Status.MISSING if math.isnan(v) else Status.OBSERVED)
        for i, v in enumerate(values)
    ]
    assert extremes(marks) == []


def test_frames_are_by_commune_and_one_beyond_three() -> None:
    shapes = ground(8).shapes
    two = lay_frames(shapes, {f"q{i}": "AB"[i % 2] for i in range(8)}, BOX)
    assert [frame.label for frame in two] == ["A", "B"]
    assert two[0].page[0] + two[0].page[2] < two[1].page[0]
    many = lay_frames(shapes, {f"q{i}": str(i) for i in range(8)}, BOX)
    assert [frame.label for frame in many] == [""]
    assert len(many[0].codes) == 8


def test_a_frame_with_room_to_spare_shows_land_rather_than_sea() -> None:
    shapes = gpd.GeoSeries({"a": shapely.box(0, 0, 900, 300), "b": shapely.box(2000, 0, 2300, 900)})
    communes = {"a": "A", "b": "B"}
    land = [shapely.box(-100, 0, 1000, 2000)]
    blind, _ = lay_frames(shapes, communes, BOX)
    wide, high = lay_frames(shapes, communes, BOX, land=land)
    assert wide.page[2] > high.page[2]  # what spreads wider has more of the page
    assert high.page[2] > 0.5 * wide.page[2]  # not at the other's expense
    shown, before = (frame.window().intersection(land[0]).area for frame in (wide, blind))
    assert shown > 1.2 * before
    for frame in (wide, high):
        assert frame.window().buffer(1).covers(shapes[frame.codes[0]])
        assert frame.page[2] / frame.page[3] == pytest.approx(
            (frame.ground[2] - frame.ground[0]) / (frame.ground[3] - frame.ground[1])
        )


def test_a_frame_keeps_directions_and_scale() -> None:
    (frame,) = lay_frames(ground(3).shapes, {}, BOX)
    corners = frame.to_page(shapely.get_coordinates(shapely.box(0, 0, 900, 900)))
    left, top, right, bottom = (
        corners[:, 0].min(), corners[:, 1].min(), corners[:, 0].max(), corners[:, 1].max()
    )  # fmt: skip
    assert right - left == pytest.approx(bottom - top)
    north = frame.to_page(shapely.get_coordinates(shapely.Point(450, 800)))
    south = frame.to_page(shapely.get_coordinates(shapely.Point(450, 100)))
    assert north[0, 1] < south[0, 1]


def test_a_path_keeps_holes_and_drops_lines() -> None:
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    both = shapely.GeometryCollection([ring, shapely.LineString([(0, 0), (5, 5)])])
    assert path_of(both).count("M") == path_of(both).count("Z") == 2


# --- ranking --------------------------------------------------------------------------------------


def ranked(marks: list, numbers: dict | None = None) -> tuple[list[str], float]:
    return draw_ranking(marks, numbers or {}, WORDS, (500.0, 0.0, 430.0), blue)


def test_own_figures_come_first_from_the_highest_and_each_group_says_how_many() -> None:
    marks = [
        mark(0, 5.0),
        mark(1, 50.0, Status.CONTEXT),
        mark(2, 9.0),
        mark(3, NAN, Status.SECRET, text="s"),
        mark(4, NAN, Status.BOUNDED, low=1.0, high=3.0, text="[1 ; 3]"),
        mark(5, NAN, Status.MISSING, text="n.d."),
    ]
    shown = texts(in_svg(ranked(marks)[0]))
    names = [word for word in shown if word.startswith("Quartier")]
    assert names == [f"Quartier {i}" for i in (2, 0, 4, 1, 3, 5)]
    headings = [word for word in shown if word.endswith(")") and "Quartier" not in word]
    assert [heading[-3:] for heading in headings] == ["(2)", "(1)", "(1)", "(2)"]


def test_a_row_without_a_sign_writes_none() -> None:
    assert all(each.text for each in in_svg(ranked([mark(0, 5.0)])[0]).iter(f"{SVG}text"))


def test_a_square_tells_no_sure_change_from_no_figure() -> None:
    marks = [mark(0, 0.4, text="+0,4", sign="●"), mark(1, NAN, Status.MISSING, text="n.d.")]
    shown = texts(in_svg(draw_tiles(marks, ground(2), (0.0, 0.0, 300.0, 0.0), blue)[0]))
    assert {"+0,4 ●", "n.d."} <= set(shown)


def test_a_bar_says_no_more_than_the_figure_and_an_interval_has_both_ends() -> None:
    marks = [mark(0, 10.0, interval=(8.0, 12.0)), mark(1, 5.0, interval=(NAN, NAN))]
    root = in_svg(ranked(marks)[0])
    assert len(list(root.iter(f"{SVG}circle"))) == 2
    whiskers = [p for p in root.iter(f"{SVG}path") if p.attrib["stroke"] == tokens().light["ink"]]
    assert len(whiskers) == 1


def test_context_is_striped_and_hollow_and_bounds_are_two_ends() -> None:
    (context, _), (bounded, _) = (
        ranked([mark(0, 9.0), mark(1, 5.0, Status.CONTEXT)]),
        ranked([mark(0, 9.0), mark(1, NAN, Status.BOUNDED, low=2.0, high=4.0)]),
    )
    assert "url(#context)" in "".join(context)
    assert "stroke-dasharray" in "".join(context)
    assert "".join(bounded).count("<circle") == 1


def test_negative_figures_go_left_of_zero() -> None:
    axis = Axis(-10.0, 10.0, 100.0, 200.0)
    assert (axis.at(-10.0), axis.zero, axis.at(10.0)) == (100.0, 150.0, 200.0)
    root = in_svg(ranked([mark(0, -10.0), mark(1, 10.0)])[0])
    bars = [b for b in root.iter(f"{SVG}rect") if b.attrib["fill"] == tokens().ground["bar"]]
    first, second = sorted(float(bar.attrib["x"]) for bar in bars)
    assert second - first == pytest.approx(float(bars[0].attrib["width"]), abs=0.2)


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [NAN, NAN]])
def test_a_ranking_of_nothing_draws_no_nonsense(values: list[float]) -> None:
    marks = [
        mark(i, v, Status.MISSING if math.isnan(v) else Status.OBSERVED, text="x")
        for i, v in enumerate(values)
    ]
    drawn = "".join(ranked(marks)[0])
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert drawn.count("Quartier") == len(values)


def test_four_hundred_territories_list_both_ends() -> None:
    marks = [mark(i, float(i)) for i in range(400)]
    parts, height = ranked(marks)
    shown = texts(in_svg(parts))
    assert "Quartier 399" in shown
    assert "Quartier 0" in shown
    assert "Quartier 200" not in shown
    assert any(f"{400 - MOST_LISTED}" in word for word in shown)
    assert height < 1600


@pytest.mark.parametrize("name", [LONG, "Ⲁⲗⲉⲝⲁⲛⲇⲣⲓⲁ " * 4, "東京都千代田区" * 8])
def test_a_long_name_is_cut_short_of_its_figure(name: str) -> None:
    marks = [mark(0, 1.0, name=name, text="[28 734 ; 63 688]"), mark(1, 2.0)]
    root = in_svg(ranked(marks, {"q0": "1", "q1": "2"})[0])
    assert meeting(root) == []
    assert any("…" in word for word in texts(root))


def test_a_name_too_long_for_its_territory_hides_no_other() -> None:
    marks, under, where = (
        [mark(i, float(i)) for i in range(8)],
        ground(8),
        (0.0, 30.0, 400.0, 300.0),
    )
    named = {"q3": "Un nom bien plus long que son carré"}
    drawn = draw_territories(marks, under, where, blue, labels=named)
    ((named_box, _),) = [
        one for one in text_boxes(in_svg(list(drawn.parts))) if one[1] == named["q3"]
    ]
    (frame,) = lay_frames(under.shapes, {m.code: m.commune for m in marks}, where)
    spots = [shapely.Point(middle(frame, shape)) for shape in under.shapes]
    assert not any(named_box.contains(spot) for spot in spots)


# --- tiles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 14, 28, 400])
def test_every_territory_has_its_square_and_none_lies_on_another(count: int) -> None:
    marks = [mark(i, float(i)) for i in range(count)]
    parts, bottom = draw_tiles(marks, ground(count), (0.0, 0.0, 490.0, 0.0), blue)
    tiles = [r for r in in_svg(parts).iter(f"{SVG}rect") if r.attrib["fill"] == blue(None)]
    corners = {(tile.attrib["x"], tile.attrib["y"]) for tile in tiles}
    assert len(corners) == len(tiles) == count
    for tile in tiles:
        assert float(tile.attrib["x"]) + float(tile.attrib["width"]) <= 490.5
        assert float(tile.attrib["y"]) + float(tile.attrib["height"]) <= bottom


def test_tiles_keep_what_is_north_above_and_west_left() -> None:
    shapes = gpd.GeoSeries(
        {"q0": shapely.box(0, 9, 1, 10), "q1": shapely.box(9, 9, 10, 10),
         "q2": shapely.box(0, 0, 1, 1), "q3": shapely.box(9, 0, 10, 1)},
        crs="EPSG:5490",
    )  # fmt: skip
    base = replace(ground(1), shapes=shapes)
    parts, _ = draw_tiles([mark(i, 1.0) for i in range(4)], base, (0, 0, 170, 0), blue)
    tiles = [r for r in in_svg(parts).iter(f"{SVG}rect") if r.attrib["fill"] == blue(None)]
    x, y = ([float(tile.attrib[axis]) for tile in tiles] for axis in "xy")
    assert x[0] == x[2] < x[1] == x[3]
    assert y[0] == y[1] < y[2] == y[3]


def test_hundreds_of_territories_bear_no_number_but_the_extremes_their_names() -> None:
    few, many = [mark(i, float(i)) for i in range(30)], [mark(i, float(i)) for i in range(400)]
    assert len(numbers_of(few)) == 30
    assert numbers_of(many) == {}
    assert set(map_labels(many, numbers_of(many))) == {"q0", "q399"}


def test_a_label_takes_the_room_of_its_own_letters() -> None:
    """Letters that are not Latin are wider: none is cut at the edge of the map."""
    name = "حي النخيل الكبير في شمال"
    (label,) = place_labels([name], [(0.0, 50.0)], (0.0, 0.0, 400.0, 100.0))
    assert label.size[0] >= 0.6 * 14 * len(name)
    assert label.at[0] - label.size[0] / 2 >= 0


def test_words_over_stripes_are_read_on_paper() -> None:
    parts, _ = draw_tiles(
        [mark(0, 1.0, Status.CONTEXT)], ground(1), (0, 0, 400, 0), lambda _: "url(#context)"
    )
    root = in_svg(parts)
    papers = [
        shapely.box(x, y, x + wide, y + high)
        for r in root.iter(f"{SVG}rect")
        if r.attrib["fill"] == "#ffffff"
        for x, y, wide, high in [[float(r.attrib[k]) for k in ("x", "y", "width", "height")]]
    ]
    written = [box for box, words in text_boxes(root) if words != "Ville"]
    assert len(papers) == len(written) > 1
    assert all(paper.buffer(0.5).contains(box) for paper, box in zip(papers, written, strict=True))
    assert sum(paper.area for paper in papers) < 0.6 * 76 * 76, (
        "the stripes are seen around the words"
    )


def test_texts_of_tiles_do_not_meet_whatever_the_names() -> None:
    marks = [mark(i, 1.0, name=LONG, text="[28 734 ; 63 688]") for i in range(9)]
    parts, _ = draw_tiles(marks, ground(9), (0, 0, 490, 0), blue)
    assert meeting(in_svg(parts)) == []


# --- legend ---------------------------------------------------------------------------------------


def test_the_legend_counts_each_status_and_skips_those_that_are_not_there() -> None:
    marks = [
        mark(0, 1.0),
        *(mark(i, NAN, Status.SECRET) for i in (1, 2)),
        mark(3, NAN, Status.MISSING),
    ]
    labels = [label for _, label in status_swatches(marks, WORDS)]
    assert labels == ["secret (s) (2)", "non disponible (n.d.) (1)"]


def test_a_legend_turns_at_the_edge() -> None:
    swatches = [("#d6e4f0", f"classe numéro {i} (12)") for i in range(9)]
    parts, bottom = draw_swatches("Classes", swatches, (0.0, 100.0, 300.0))
    root = in_svg(parts)
    assert meeting(root) == []
    assert all(box.bounds[2] <= 302 for box, _ in text_boxes(root))
    assert bottom > 200


@pytest.mark.parametrize("values", [[], [0.0], [NAN]])
def test_no_circle_no_sizes(values: list[float]) -> None:
    assert draw_sizes([mark(i, v) for i, v in enumerate(values)], "x", (0, 10.0, 400))[0] == []


def test_sizes_of_the_legend_are_those_of_the_map() -> None:
    marks = [mark(0, 1000.0), mark(1, 200.0)]
    root = in_svg(draw_sizes(marks, "habitants", (0, 0, 490))[0])
    radii = [float(c.attrib["r"]) for c in root.iter(f"{SVG}circle")]
    assert radii[0] == pytest.approx(circle_radii(marks)["q0"])
    assert radii[1] == pytest.approx(circle_radii(marks)["q1"], abs=0.06)
    assert "Aire du cercle (2 avec leur propre chiffre)" in texts(root)


# --- svg and locator ------------------------------------------------------------------------------


def test_names_are_escaped_and_identifiers_are_the_drawing_s_own() -> None:
    nasty = "<script>&'\""
    striped = box(0, 0, 9, 9, pattern("context"))
    first, second = (
        drawing(9, 9, [text(0, 9, nasty), striped, word]) for word in ("", text(0, 0, "x"))
    )
    assert "<script>" not in first
    assert texts(in_svg([first]))[0] == nasty
    assert first.count("<pattern") == 1, "only what it uses"
    assert first.split('id="')[1][:9] != second.split('id="')[1][:9]


def test_a_text_is_cut_only_when_it_must() -> None:
    assert fitted("Dillon", 100) == "Dillon"
    assert fitted("Trénelle-Citron", 60).endswith("…")


def test_the_locator_shows_one_among_the_others() -> None:
    figure = locator_figure(["q1"], "Quartier 1", ground(3))
    assert figure is not None
    assert figure.svg.count(tokens().verdicts["unfavourable"].mark) == 2, (
        "its surface, and a ring around"
    )
    assert figure.svg.count(tokens().ground["cell"]) == 2
    assert figure.alternative.startswith("Situation (schématique). Quartier 1")
    assert locator_figure(["q1"], "Quartier 1", ground(3, without=(1,))) is None
    assert locator_figure(["q9"], "Inconnu", ground(3)) is None


def test_a_long_name_is_short_on_the_map_and_whole_in_no_other_place() -> None:
    marks = [mark(0, 1.0, name=LONG), mark(1, 9.0)]
    assert map_labels(marks, {"q0": "1", "q1": "2"})["q0"].endswith("…")


def test_letters_of_every_script_stay_in_their_room() -> None:
    for name in (
        "Квартал Победы у старого вокзала",
        "中央区第三街区新港东路综合开发",
        "العربية حي النخيل الكبير",
    ):
        shown = fitted(name, 120.0)
        assert shown.endswith("…")
        assert len(shown) < len(fitted("a" * len(name), 120.0)) or len(name) < 18


def test_figures_of_one_source_are_one_under_all_their_names() -> None:
    marks = [mark(rank, float(rank), name=name) for rank, name in enumerate(("Nord", "Sud", "Est"))]
    kept = of_one_source(marks, [["q0", "q2"]])
    assert [each.name for each in kept] == ["Nord et Est", "Sud"]
    assert of_one_source(marks, []) == marks


def test_hundreds_of_circles_leave_the_map_to_be_seen() -> None:
    few, many = (circle_radii([mark(i, 50.0) for i in range(n)]) for n in (28, 400))
    assert few["q0"] == LARGEST_CIRCLE
    assert sum(r * r for r in many.values()) == pytest.approx(sum(r * r for r in few.values()))
    assert circle_radii([mark(i, 50.0) for i in range(400)], maps=400)["q0"] == LARGEST_CIRCLE


def test_squares_too_small_for_a_figure_do_not_stand_for_counts() -> None:
    few, many = ([mark(i, float(i)) for i in range(n)] for n in (9, 400))
    assert tiles_are_named(few, ground(9), 400.0)
    assert not tiles_are_named(many, ground(400), 400.0)
