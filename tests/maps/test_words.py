"""What a map says: signs and tones, the first place, its legend, its notes, and the text that stands for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
import shapely
from maps_made import POOR, WORDS, ground, in_svg, mark, parsed, plain, texts
from tables_made import NAN, TOWN, cell, gap, sampled, table_of

from observatoire.errors import GeometryError, UnknownNameError
from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.indicators.precision.sampling_error import CAREFUL
from observatoire.maps.figure import MapStyle, map_figure, marks_of, title_of
from observatoire.maps.legend import draw_sizes, draw_swatches, key_places, status_swatches
from observatoire.maps.marks import BaseMap, Mark, extremes, mark_of, of_one_source
from observatoire.maps.ranks import draw_ranking, first_place
from observatoire.maps.tiles import draw_tiles, wrapped
from observatoire.pages.tokens import tokens
from observatoire.values import Nature, Status

TOWNS = {"A": "Ville", "B": "Ville"}
COUNT = replace(POOR, label="Population", nature=Nature.COUNT, unit="habitants", decimals=0)


def base(*codes: str, **other: Any) -> BaseMap:
    shapes = gpd.GeoSeries(
        {c: shapely.box(n * 10, 0, n * 10 + 9, 9) for n, c in enumerate(codes)}, crs="EPSG:5490"
    )
    return replace(BaseMap(shapes, shapes[:0], shapes[:0], official=True, words=WORDS), **other)


# --- marks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "difference", "polarity", "shown"),
    [
        ({}, None, "lower_is_better", ("", "")),
        ({}, gap("A", 1, "▲"), "lower_is_better", ("▲", "unfavourable")),
        ({}, gap("A", -2, "▼▼"), "lower_is_better", ("▼▼", "favourable")),
        ({}, gap("A", 2, "▲▲"), "higher_is_better", ("▲▲", "favourable")),
        ({}, gap("A", -1, "▼"), "higher_is_better", ("▼", "unfavourable")),
        ({}, gap("A", 1, "▲"), "neutral", ("▲", "neutral")),
        ({}, gap("A", 0, "●"), "neutral", ("●", "none")),
        ({}, gap("A", 1, ""), "neutral", ("○", "")),
        ({}, gap("A", 1, "▲", verdict=""), "neutral", ("○", "")),
        ({"status": "context"}, gap("A", 1, "▲"), "neutral", ("○", "")),
        ({"status": "context"}, None, "neutral", ("", "")),
        ({"status": "estimated", "method": "modèle : 3"}, gap("A", 1, "▲"), "neutral", ("○", "")),
        ({"status": "estimated"}, gap("A", 1, "▲"), "neutral", ("▲", "neutral")),
    ],
)  # fmt: skip
def test_a_verdict_has_its_sign_and_a_tone_by_the_sense_of_the_indicator(
    row: dict[str, Any], difference: Any, polarity: Any, shown: tuple[str, str]
) -> None:
    made = mark_of(cell("A", 30.0) | row, replace(POOR, polarity=polarity), TOWNS, difference)
    assert (made.sign, made.tone) == shown


def test_an_interval_is_that_of_sampling_or_for_want_of_one_that_of_a_prediction() -> None:
    predicted = {"pi80_low": 20.04, "pi80_high": 40.0}
    both = {"sampling_low": 29.0, "sampling_high": 31.26, **predicted}
    found = [
        mark_of(cell("A", 30.0, **row), POOR, TOWNS)
        for row in (both, predicted, both | {"precision": "reference"}, both | {"status": "context"},
                    predicted | {"status": "estimated", "method": "modèle : 3"}, {})
    ]  # fmt: skip
    shown = [(made.interval if made.sampled else None, made.level) for made in found]
    assert shown == [
        ((29.0, 31.3), 95), ((20.0, 40.0), 80), (None, 95), (None, 95), ((20.0, 40.0), 80), (None, 95),
    ]  # fmt: skip
    assert [made.modelled for made in found] == [False] * 4 + [True, False]


def test_a_mark_says_where_it_is_and_whether_it_may_be_commented() -> None:
    made = mark_of(cell("A", 30.04, flag=CAREFUL), POOR, TOWNS, reference=20.06)
    assert (made.commune, made.careful, made.value, made.reference) == ("Ville", True, 30.0, 20.1)
    assert plain(made.text) == "30,0 †"
    assert mark_of(cell("Z", 1.0), POOR, TOWNS).commune == ""


def test_what_may_be_drawn_of_a_figure() -> None:
    moved = mark(0, NAN)
    assert (moved.known, mark(0, 1.0, Status.CONTEXT).known) == (False, True)
    bounds = mark(0, NAN, Status.BOUNDED, low=1.0, high=1.0)
    assert (bounds.bounded, mark(0, NAN, Status.BOUNDED).bounded) == (True, False)
    assert [mark(0, 1.0, status).exact for status in (Status.OBSERVED, Status.ESTIMATED)] == [
        True,
        False,
    ]
    assert not mark(0, 1.0, interval=(1.0, NAN)).sampled
    assert [
        base("A", official=o, land=land).by_the_sea
        for o, land in ((True, None), (False, None), (True, gpd.GeoSeries()))
    ] == [False, True, True]


def test_territories_of_one_source_are_one_under_all_their_names() -> None:
    marks = [mark(n, 1.0, name=name) for n, name in enumerate("ABCD")]
    kept = of_one_source(marks, [("q0", "q2", "q9"), ("q8", "q3")])
    assert [(each.code, each.name) for each in kept] == [("q0", "A et C"), ("q1", "B")]
    assert of_one_source(marks, []) == marks


# --- the first place ------------------------------------------------------------------------------


def first(*cells: dict[str, Any], **words: Any) -> str:
    table = table_of(*cells, indicators=(POOR,), **words)
    return plain(first_place(table, "p", marks_of(table, "p", TOWNS)))


def test_the_first_place_is_sure_only_where_its_gap_with_each_other_is() -> None:
    top, far, near = sampled("A", 40.0, 2.0), sampled("B", 20.0, 2.0), sampled("C", 39.0, 2.0)
    assert (
        first(top, far) == "Le plus haut (A) l’est de façon sûre : à 95 %, il dépasse l’autre, B."
    )
    assert first(top, far, sampled("D", 10.0, 2.0)) == (
        "Le plus haut (A) l’est de façon sûre : à 95 %, il dépasse les 2 autres quartiers connus."
    )
    frail = sampled("D", 90.0, 2.0, flag=CAREFUL)
    zones = TerritoryNames(Noun("zone", feminine=True))
    assert first(top, far, sampled("E", 1.0, 1.0), frail, words=zones).endswith(
        "les 2 autres zones connues hors † et ‡."
    )
    assert first(
        top, far, near, sampled("E", 39.5, 2.0), sampled("F", 39.2, 2.0), sampled("G", 38.0, 2.0)
    ) == (
        "Le plus haut (A) ne l’est pas de façon sûre : à 95 %, l’écart n’est pas sûr avec E, F, C et 1 autre."
    )


def test_the_first_place_is_not_judged_without_a_margin_or_a_draw() -> None:
    everyone = cell("B", 20.0, precision="exhaustive")
    assert first(sampled("A", 40.0, 2.0), everyone).startswith(
        "Le plus haut (A) est constaté, non jugé"
    )
    assert first(sampled("A", 40.0, 2.0), cell("B", 20.0)).startswith(
        "Rien ne dit si le plus haut (A) l’est"
    )
    assert (
        first(sampled("A", 40.0, 2.0))
        == first(sampled("A", 40.0, 2.0), sampled("B", 40.0, 2.0))
        == ""
    )


# --- the map itself -------------------------------------------------------------------------------


def drawn(
    *cells: dict[str, Any],
    under: Any = None,
    indicator: Any = POOR,
    gaps: Any = (),
    warn: bool = True,
    **style: Any,
) -> Any:
    table = table_of(*cells, indicators=(indicator,), gaps=gaps, warnings=("Liste provisoire.",))
    return map_figure(
        table, "p", under or base("A", "B"), TOWNS, style=MapStyle(**style), warn=warn
    )


def notes(figure: Any) -> dict[str, str]:
    return {note.label: plain(note.text) for note in figure.notes}


A, B, V = cell("A", 30.0), cell("B", 40.0), cell("V", 20.0, zoning=TOWN)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((A, B), "2 sur 2 territoires ont leur propre chiffre, de 30,0 % (A) à 40,0 % (B)."),
        ((A, cell("B")), "1 sur 2 territoires a son propre chiffre."),
        (
            (A, cell("B", 5.0, "estimated")),
            "2 sur 2 territoires ont un chiffre, dont 1 estimé, de 5,0 % (B) à 30,0 % (A).",
        ),
        (
            (cell("A", 5.0, "estimated"), cell("B")),
            "1 sur 2 territoires a un chiffre, dont 1 estimé.",
        ),
        (
            (cell("A", 5.0, "context"), cell("B")),
            "Aucun territoire n’a de chiffre qui soit le sien.",
        ),
        (
            (A, cell("B", 5.0, "estimated", method="modèle : 3")),
            "1 sur 2 territoires a son propre chiffre ; 1 autre est estimé.",
        ),
    ],
)
def test_the_text_of_a_map_begins_with_how_many_are_known(cells: Any, said: str) -> None:
    alternative = plain(drawn(*cells, V).alternative)
    assert alternative.startswith(f"Carte. Taux de pauvreté (%), 2016. {said} A : ")
    assert ("(estimé)" in alternative.split(" A : ")[1]) == (
        "estimated" in [each["status"] for each in cells]
    )


def test_beyond_sixty_territories_the_text_of_a_map_lists_none() -> None:
    for many, listed in ((60, True), (61, False)):
        cells = [cell(f"N{n:02}", float(n)) for n in range(many)]
        assert (
            " ; N01 : 1,0 %"
            in plain(drawn(*cells, under=base(*(each["name"] for each in cells))).alternative)
        ) is listed


def test_a_title_has_the_unit_and_the_date_there_are() -> None:
    bare = replace(POOR, unit="")
    assert [title_of(one, when) for one in (POOR, bare) for when in ("2016", "")] == [
        "Taux de pauvreté (%), 2016", "Taux de pauvreté (%)", "Taux de pauvreté, 2016", "Taux de pauvreté",
    ]  # fmt: skip


def test_a_map_says_what_its_ranking_draws_and_nothing_else() -> None:
    assert "Classement" not in notes(drawn(A, B))
    every = notes(drawn(
        sampled("A", 30.0, 1.0), cell("B", 1.0, "context"), cell("C", NAN, "bounded", low=1.0, high=2.0), V,
        gaps=[gap("A", 1, "▲")],
    ))["Classement"]  # fmt: skip
    assert [part.split(" ")[0] for part in every.split(" ; ") if part[0] not in "○●d"] == [
        "trait",
        "trait",
        "▲",
        "◇",
    ]
    assert "deux taquets" in every
    assert (
        notes(drawn(A, cell("B", 1.0, "context")))["Classement"]
        == "◇ chiffre d’un territoire plus grand."
    )
    compared = notes(drawn(A, B, V, gaps=[gap("A", 1, "▲")]))["Classement"]
    assert compared.startswith("trait vertical : la commune ; ▲ ▼")
    hidden = notes(drawn(A, B, cell("V", NAN, "secret", zoning=TOWN), gaps=[gap("A", 1, "▲")]))[
        "Classement"
    ]
    assert hidden.startswith("▲ ▼")


def test_a_map_says_what_its_outlines_are_worth_and_whom_they_lack() -> None:
    assert "Fond" not in notes(drawn(A, B))
    assert notes(drawn(A, B, under=base("A", "B", rough=True)))["Fond"].startswith(
        "contours des communes"
    )
    schematic = drawn(
        A, B, cell("C", 1.0), under=base("A", "B", official=False, rough=True), warn=False
    )
    assert notes(schematic)["Sans place sur la carte"] == "C."
    assert notes(schematic)["Avertissement"].startswith("Périmètres schématiques")
    assert "Fond" not in notes(schematic)
    assert "Avertissement" not in notes(drawn(A, B, warn=False))
    assert notes(drawn(A, B))["Avertissement"] == "Liste provisoire."
    with pytest.raises(GeometryError, match="Aucun contour"):
        drawn(A, B, under=replace(base("A"), shapes=gpd.GeoSeries({"A": None})))


def test_a_map_says_its_first_place_where_there_is_one() -> None:
    first_of = notes(drawn(sampled("A", 40.0, 2.0), sampled("B", 10.0, 2.0)))
    assert first_of["Premier rang"].startswith("Le plus haut (A) l’est de façon sûre")
    alone = notes(drawn(A, cell("B")))
    assert not {"Premier rang", "Sans place sur la carte"} & set(alone)
    half = replace(base("A"), shapes=gpd.GeoSeries({"A": shapely.box(0, 0, 9, 9), "B": None}))
    assert notes(drawn(A, B, under=half))["Sans place sur la carte"] == "B."


def test_what_a_figure_is_compared_with_may_have_none() -> None:
    absent = table_of(A, B, indicators=(POOR,), gaps=[gap("A", 1, "▲")])
    assert marks_of(absent, "p", TOWNS)[0].reference != marks_of(absent, "p", TOWNS)[0].reference


def test_signs_stand_only_where_something_is_compared() -> None:
    table = table_of(
        A, cell("B", 1.0, "context"), V, indicators=(POOR,), gaps=[gap("A", 1, ""), gap("B", 1, "")]
    )
    assert [each.sign for each in marks_of(table, "p", TOWNS)] == ["", ""]
    judged = table_of(
        A,
        cell("B", 1.0, "context"),
        V,
        indicators=(POOR,),
        gaps=[gap("A", 0, "●"), gap("B", 1, "▲")],
    )
    assert [(each.sign, each.reference) for each in marks_of(judged, "p", TOWNS)] == [
        ("●", 20.0),
        ("○", 20.0),
    ]


def legend(figure: Any) -> list[str]:
    """Return the words of a map without those of its ranking."""
    return [plain(each) for each in texts(parsed(figure.halves[0]))]


def test_classes_are_counted_and_their_unit_said() -> None:
    said = legend(drawn(A, B, cell("C", 50.0), cell("D", 60.0), k=3))
    assert said[said.index("Classes (%)") + 1 :][:2] == ["30,0 à 40,0 (2)", "40,1 à 60,0 (2)"]
    assert "Classes" in legend(drawn(A, B, indicator=replace(POOR, unit="")))
    assert not any(each.startswith("Classes") for each in legend(drawn(cell("A"), cell("B"))))


def test_verdicts_are_counted_by_what_they_say() -> None:
    gaps = [gap("A", 1, "▲"), gap("B", 0, "●"), gap("C", 1, "")]
    figure = drawn(A, B, cell("C", 5.0), cell("D", 5.0, "context"), V, gaps=gaps, colour="verdict")
    assert [each for each in legend(figure) if each.endswith(")")] == [
        "moins favorable (1)", "pas de différence sûre ● (1)", "ne se juge pas ○ (1)",
        "chiffre de l’IRIS qui le contient (1)",
    ]  # fmt: skip
    assert {"A ▲", "B ●"} <= set(legend(drawn(A, B, V, gaps=gaps, colour="verdict")))
    with pytest.raises(UnknownNameError, match="ne se compare à rien"):
        drawn(A, B, colour="verdict")


def test_counts_have_circles_and_no_class() -> None:
    said = legend(drawn(A, cell("B", 1200.0), indicator=COUNT))
    assert "Aire du cercle (2 avec leur propre chiffre)" in said
    assert not any(each.startswith("Classes") for each in said)
    assert not any(each.startswith("Aire") for each in legend(drawn(A, B)))
    judged = drawn(A, B, V, indicator=COUNT, gaps=[gap("A", 1, "▲")], colour="verdict")
    assert not any(each.startswith("Aire") for each in legend(judged))


def test_a_map_has_tiles_where_they_are_asked_and_say_something() -> None:
    said = {kind: legend(drawn(A, B, kind=kind)).count("40,0") for kind in ("map", "tiles", "both")}
    assert said == {"map": 0, "tiles": 1, "both": 1}
    assert not drawn(A, B).narrow
    assert drawn(A, B, ranked=False).narrow


# --- legend, ranking and tiles --------------------------------------------------------------------


def test_a_status_without_colour_is_named_as_its_territories_are() -> None:
    zones = TerritoryNames(Noun("zone", feminine=True), Noun("commune", feminine=True))
    marks = [
        mark(0, 1.0, Status.CONTEXT),
        mark(1, NAN, Status.MISSING),
        mark(2, NAN, Status.NOT_APPLICABLE),
    ]
    assert status_swatches(marks, zones) == [
        ("url(#context)", "chiffre de la commune qui la contient (1)"),
        (tokens().light["paper"], "non disponible (n.d.) (2)"),
    ]


def test_keys_stand_in_columns_under_their_title_each_beside_its_box() -> None:
    parts, bottom = draw_swatches(
        "Classes", [("#aaa", "un (1)"), ("#bbb", "deux (2)")], (10.0, 0.0, 400.0)
    )
    root = in_svg(parts)
    assert texts(root) == ["Classes", "un (1)", "deux (2)"]
    boxes = [float(e.attrib["x"]) for e in root.iter() if e.tag.endswith("rect")]
    words = [float(e.attrib["x"]) for e in root.iter() if e.tag.endswith("text")][1:]
    assert [round(word - box) for word, box in zip(words, boxes, strict=True)] == [31, 31]
    bare, end = draw_swatches("", [("#aaa", "un (1)")], (10.0, 0.0, 400.0))
    assert texts(in_svg(bare)) == ["un (1)"]
    assert 0 < end < bottom
    assert draw_swatches("", [], (0.0, 7.0, 400.0)) == ([], 7.0)
    assert key_places([100.0] * 3, 320) == [(0.0, 0), (160.0, 0), (0.0, 1)]
    assert key_places([500.0, 100.0], 320) == [(0.0, 0), (0.0, 1)]


def test_sizes_are_labelled_and_stop_before_the_edge() -> None:
    marks = [mark(0, 7000.0), mark(1, 10.0), mark(2, 0.0), mark(3, 90000.0, Status.CONTEXT)]
    wide, narrow = (
        draw_sizes(marks, "habitants", (0.0, 0.0, width))[0] for width in (900.0, 260.0)
    )
    assert [plain(each) for each in texts(in_svg(wide))] == [
        "Aire du cercle (2 avec leur propre chiffre)", "5 000 habitants", "1 000 habitants", "200 habitants",
    ]  # fmt: skip
    assert len(texts(in_svg(narrow))) == 2


def listed(*marks: Mark, **asked: Any) -> list[str]:
    drawn, _ = draw_ranking(
        list(marks),
        asked.pop("numbers", {}),
        WORDS,
        (0.0, 0.0, 430.0),
        lambda _: "#ffffff",
        **asked,
    )
    return [plain(each) for each in texts(in_svg(drawn)) if each != "None"]


def test_a_ranking_says_what_each_group_is_and_of_how_many() -> None:
    guessed = mark(1, 9.0, Status.ESTIMATED)
    assert listed(mark(0, 5.0), guessed)[0] == "Propres (1) et estimés, e (1)"
    assert listed(guessed)[0] == "Estimés, e (1)"
    assert listed(mark(0, 5.0))[0] == "Leurs propres chiffres (1)"
    assert (
        listed(mark(0, 5.0, Status.CONTEXT))[0]
        == "Chiffre de l’IRIS, plus grand que le quartier (1)"
    )


def test_a_ranking_goes_from_the_highest_then_by_name() -> None:
    alike = [mark(0, 5.0, name="B"), mark(1, 5.0, name="A"), mark(2, 7.0, name="C")]
    assert [each for each in listed(*alike) if each in "ABC"] == ["C", "A", "B"]
    bounds = [mark(n, NAN, Status.BOUNDED, low=low, high=high, name=name) for n, (name, low, high) in
              enumerate((("A", 1.0, 9.0), ("B", 4.0, 8.0), ("C", NAN, NAN)))]  # fmt: skip
    assert [each for each in listed(*bounds) if each in "ABC"] == ["B", "A", "C"]
    hidden = [mark(0, NAN, Status.SECRET, name="B"), mark(1, NAN, Status.MISSING, name="A")]
    assert [each for each in listed(*hidden) if each in "AB"] == ["A", "B"]


def test_a_ranking_has_numbers_and_signs_where_the_map_has() -> None:
    one, other = mark(0, 5.0, sign="▲"), mark(1, 4.0)
    assert listed(one, other, numbers={"q0": "1"})[1:] == [
        "1",
        "Quartier 0",
        "5",
        "▲",
        "–",
        "Quartier 1",
        "4",
    ]
    assert listed(mark(1, 4.0))[1:] == ["Quartier 1", "4"]
    many = listed(*(mark(n, float(n)) for n in range(61)))
    assert "… 1 autre au tableau" in many
    assert not any(each.startswith("…") for each in listed(*(mark(n, float(n)) for n in range(60))))


def test_a_tile_has_its_name_its_figure_and_the_sign_that_is_judged() -> None:
    marks = [
        mark(0, 1.0, sign="▲", tone="neutral", name="Zéro"),
        mark(1, 2.0, sign="○", name="Un"),
        mark(2, NAN, Status.SECRET, text="s", name="Deux"),
    ]
    drawn, _ = draw_tiles(marks, ground(3), (0.0, 0.0, 490.0, 0.0), lambda _: "#ffffff")
    assert texts(in_svg(drawn)) == [
        "Ville",
        "Zéro",
        "1 ▲",
        "Un",
        "2",
        "Deux",
        "s",
    ]
    elsewhere = [replace(each, commune=town) for each, town in zip(marks, "XYX", strict=True)]
    drawn, _ = draw_tiles(elsewhere, ground(3), (0.0, 0.0, 490.0, 0.0), lambda _: "#ffffff")
    assert [each for each in texts(in_svg(drawn)) if each in "XY"] == ["X", "Y"]
    nowhere = [
        replace(each, commune=town)
        for each, town in zip([*marks, mark(3, 1.0)], "WXYZ", strict=True)
    ]
    drawn, _ = draw_tiles(nowhere, ground(4), (0.0, 0.0, 490.0, 0.0), lambda _: "#ffffff")
    assert not {"W", "X", "Y", "Z"} & set(texts(in_svg(drawn)))


def test_a_name_is_cut_at_a_space_or_a_hyphen() -> None:
    assert wrapped("Terres-Sainville", 70) == ["Terres-", "Sainville"]
    assert wrapped("Bon Air", 200) == ["Bon Air"]
    assert len(wrapped("Un nom qui n’en finit pas de finir", 70)) == 2


def test_the_extremes_are_those_that_may_be_commented() -> None:
    marks = [mark(0, 5.0), mark(1, 9.0), mark(2, 1.0, careful=True), mark(3, 99.0, Status.CONTEXT)]
    assert [each.code for each in extremes(marks)] == ["q0", "q1"]
