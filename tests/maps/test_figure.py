"""A protected table becomes a map: what it shows, what it says, and what it refuses."""

from __future__ import annotations

import itertools
import re
from typing import Any

import demo
import oracle
import pytest
from maps_made import SVG, fills, ground, mark, meeting, parsed, text_boxes, texts

from observatoire.errors import SecrecyError, SeriesError, UnknownNameError
from observatoire.french.typography import number
from observatoire.maps import map_figure
from observatoire.maps.figure import COLOURS, COLUMN_WIDTH, KINDS, Colouring, MapStyle, draw_map
from observatoire.maps.svg import LEAST_TEXT, WIDTH
from observatoire.maps.territories import circle_radius
from observatoire.pages.blocks import Paragraph
from observatoire.pages.tokens import tokens
from observatoire.pages.writers.typst import render_typst
from observatoire.values import Status

#: A sheet of A4 less its margins, in points: what the width of a drawing becomes.
PAPER = 184 / 25.4 * 72


def figure(code: str, **asked: Any) -> Any:
    return demo.demo().map(code, **({"period": 2016} | asked)).page.blocks[-1]


def multiples(code: str, *periods: int, **asked: Any) -> Any:
    return demo.demo().maps(code, periods, **asked).page.blocks[-1]


def own_ranks(code: str) -> list[int]:
    """Return the rank of each own figure next to its commune's, where it was judged."""
    table = demo.demo().table(code, period=2016, compare=["commune"])
    own = set(table.main.query("status in ('observed', 'aggregated')")["territory"])
    return [v["rank"] for key, v in table.verdicts.items() if key[0] in own and v["mark"]]


def cells(code: str, period: int = 2016) -> Any:
    return demo.demo().table(code, period=period).main


PICTURES = {
    "rate": lambda: figure("part_hlm"),
    "count": lambda: figure("population"),
    "median": lambda: figure("taux_pauvrete", kind="both"),
    "tiles": lambda: figure("part_hlm", kind="tiles"),
    "verdicts": lambda: figure("part_hlm", colour="verdict", kind="both"),
    "change": lambda: figure("taux_pauvrete", change=(2014, 2016), kind="both"),
    "dates": lambda: multiples("taux_pauvrete", 2014, 2016, 2018),
    "dated tiles": lambda: multiples("taux_pauvrete", 2014, 2016, kind="tiles"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_on_another_nor_leaves_the_picture(name: str) -> None:
    root = parsed(PICTURES[name]().svg)
    assert meeting(root) == []
    for box, words in text_boxes(root):
        assert box.bounds[0] >= -0.5, words
        assert box.bounds[2] <= WIDTH + 0.5, words
        assert box.bounds[3] <= float(root.attrib["height"]), words


@pytest.mark.parametrize("name", PICTURES)
def test_a_map_has_its_form_for_a_telephone(name: str) -> None:
    drawn = PICTURES[name]()
    said = []
    for half in map(parsed, drawn.halves or (drawn.narrow,)):
        left, _, wide, high = map(float, half.attrib["viewBox"].split())
        assert LEAST_TEXT * 350 / wide >= 10, "smaller than a note on a screen of 390"
        for box, words in text_boxes(half):
            assert box.bounds[0] >= left - 0.5, words
            assert box.bounds[2] <= left + wide + 0.5, words
            assert box.bounds[3] <= high, words
        said += texts(half)
    assert sorted(said) == sorted(texts(parsed(drawn.svg))), "the same is said, ranking included"


def test_without_a_ranking_a_map_is_as_wide_as_asked_and_has_no_halves() -> None:
    style = MapStyle(kind="tiles", ranked=False, width=COLUMN_WIDTH)
    colouring = Colouring(lambda _: tokens().light["paper"], "", ())
    drawn, halves = draw_map([mark(rank, rank) for rank in range(6)], ground(6), style, colouring)
    assert not halves
    root = parsed(drawn)
    assert float(root.attrib["width"]) == COLUMN_WIDTH
    assert "Quartier 5" in " ".join(texts(root))


@pytest.mark.parametrize("name", PICTURES)
def test_text_is_text_and_large_enough_on_paper(name: str) -> None:
    root = parsed(PICTURES[name]().svg)
    sizes = [float(text.attrib["font-size"]) for text in root.iter(f"{SVG}text")]
    assert len(sizes) > 5
    assert min(sizes) >= LEAST_TEXT
    assert min(sizes) * PAPER / WIDTH >= 7.5


@pytest.mark.parametrize("name", PICTURES)
def test_every_colour_is_of_the_tokens_and_no_number_is_missing(name: str) -> None:
    svg = PICTURES[name]().svg
    known = str(tokens())
    assert all(colour in known for colour in set(re.findall(r"#[0-9a-f]{6}\b", svg)))
    assert "nan" not in svg
    assert "inf" not in re.sub(r"[a-z]*inf[a-z]+", "", svg)


@pytest.mark.parametrize("code", ["part_hlm", "population"])
def test_the_ranking_has_every_territory_with_its_figure(code: str) -> None:
    shown = texts(parsed(figure(code).svg))
    for row in cells(code).to_dict("records"):
        assert row["name"] in shown
        if Status(row["status"]) in (Status.OBSERVED, Status.AGGREGATED):
            assert number(row["value"], 1 if code == "part_hlm" else 0) in shown


def test_only_own_figures_have_a_colour_and_the_legend_counts_them() -> None:
    own = sum(status == "aggregated" for status in cells("part_hlm")["status"])
    shown = figure("part_hlm")
    coloured = [fill for fill in fills(shown.svg) if fill in tokens().classes(4)]
    assert len(coloured) == own == 11
    legend = [t for t in texts(parsed(shown.svg)) if re.fullmatch(r"[\d,]+( à [\d,]+)? \(\d+\)", t)]
    assert sum(int(label.split("(")[1][:-1]) for label in legend) == own


def test_a_context_value_makes_no_class() -> None:
    """Bon Air shows (41,9), its IRIS's: between two classes if it counted."""
    shown = figure("part_hlm", classes="quantile", k=3)
    ends = cells("part_hlm").query("status == 'aggregated'")["value"]
    labels = [t for t in texts(parsed(shown.svg)) if " à " in t and t.endswith(")")]
    assert labels[0].startswith(number(ends.min(), 1))
    assert f"à {number(ends.max(), 1)} " in labels[-1]


def test_rates_by_colour_and_counts_by_circle() -> None:
    def rings(svg: str) -> list[float]:
        groups = parsed(svg).iter(f"{SVG}g")
        return [float(c.attrib["r"]) for group in groups for c in group.iter(f"{SVG}circle")]

    assert not rings(figure("part_hlm").svg)
    sizes = [
        round(oracle.count(whole, oracle.AGES))
        for whole, part in oracle.links().values()
        if whole and not part
    ]
    wanted = sorted((circle_radius(size, max(sizes)) for size in sizes), reverse=True)
    found = sorted(rings(figure("population").svg), reverse=True)
    assert found == pytest.approx(wanted, abs=0.06)


def test_verdict_colours_follow_the_signs_of_the_table() -> None:
    ranks = own_ranks("part_hlm")
    found = fills(figure("part_hlm", colour="verdict").svg)
    verdicts = tokens().verdicts
    assert found.count(verdicts["none"].fill) == sum(rank == 0 for rank in ranks)
    assert found.count(verdicts["neutral"].fill) == sum(rank != 0 for rank in ranks)
    assert not [fill for fill in found if fill in tokens().classes(5)]


def test_an_indicator_with_a_sense_is_favourable_or_not() -> None:
    found = fills(figure("part_pop_monoparentale", colour="verdict").svg)
    worse = sum(rank > 0 for rank in own_ranks("part_pop_monoparentale"))
    polarity = demo.demo().catalogue.get("part_pop_monoparentale").polarity
    assert polarity == "lower_is_better"
    assert worse
    assert found.count(tokens().verdicts["unfavourable"].fill) == worse


def test_a_change_is_white_where_nothing_is_sure_and_context_has_none() -> None:
    trend = demo.demo().trend("taux_pauvrete", 2014, 2016).df
    own = set(cells("taux_pauvrete").query("status in ('observed', 'aggregated')")["territory"])
    moved = trend[trend["territory"].isin(own) & trend["change"].notna()]
    found = fills(figure("taux_pauvrete", change=(2014, 2016)).svg)
    change = tokens().diverging
    assert sum(fill in change.rise for fill in found) == (moved["rank"] > 0).sum()
    assert sum(fill in change.fall for fill in found) == (moved["rank"] < 0).sum()


def test_a_change_that_is_not_known_is_not_counted_as_none() -> None:
    """Both are white, one with its sign in its box: the legend counts each territory once."""
    drawn = figure("taux_pauvrete", change=(2014, 2016))
    said = texts(parsed(drawn.svg))
    (read,) = (note.text for note in drawn.notes if note.label == "Lecture")
    assert "de 2014 à 2016" in read  # of a change, not of a figure
    assert " points" in read
    sign, *legend = said[said.index("Évolution") + 1 :]
    assert (sign, legend[0]) == ("●", "pas d’évolution sûre ● (6)")
    keys = list(itertools.takewhile(lambda words: re.search(r" \(\d+\)$", words), legend))
    labels = [key for key in keys if not key.startswith(("Leurs", "Connus", "Chiffre", "Secret"))]
    counts = [int(key.rpartition("(")[2].rstrip(")")) for key in labels]
    assert sum(counts) == len(cells("taux_pauvrete")), labels


def test_a_change_begins_with_what_is_sure_of_it() -> None:
    first = demo.demo().map("taux_pauvrete", change=(2014, 2016)).page.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text == "Sur 6\u00a0évolutions connues, aucune n’est sûre, ni hausse ni baisse."


def test_dates_share_their_classes() -> None:
    shown = multiples("taux_pauvrete", 2014, 2018)
    words = texts(parsed(shown.svg))
    assert {"2014", "2018", "Classes communes aux dates (nombres de toutes les dates)"} <= set(
        words
    )
    both = [cells("taux_pauvrete", year) for year in (2014, 2018)]
    own = [v for c in both for v in c.loc[c["status"] == "observed", "value"]]
    own += [v for c in both for v in c.loc[c["status"] == "aggregated", "value"]]
    labels = [w for w in words if re.fullmatch(r"[\d,]+ à [\d,]+ \(\d+\)", w)]
    assert labels[0].startswith(number(min(own), 1))
    assert f"à {number(max(own), 1)} " in labels[-1]
    assert sum(int(label.split("(")[1][:-1]) for label in labels) == len(own)


@pytest.mark.parametrize("code", ["part_hlm", "population", "taux_pauvrete"])
def test_what_goes_with_a_map(code: str) -> None:
    shown = figure(code)
    notes = {note.label: note.text for note in shown.notes}
    assert "Pont de Chaînes et Bois d’Inde" in notes["Sans place sur la carte"]
    listed = " ".join(note.text for note in shown.notes)
    assert "schématiques" in listed
    assert "Liste provisoire" in listed
    assert {"Lecture", "Champ", "Source", "Signes"} <= set(notes)
    assert demo.demo().map(code, period=2016).page.title.endswith(", 2016")
    for name in oracle.quartiers().values():
        assert name in shown.alternative


def test_the_alternative_text_begins_with_what_is_known_and_its_extremes() -> None:
    breath = figure("part_hlm").alternative
    assert "11 sur 28\u00a0territoires ont leur propre chiffre, de 0,1" in breath
    assert breath.index("Trénelle-Citron") < breath.index("Godissard") < breath.index("; ")
    assert "14\u00a0autres sont estimés" in breath
    assert "Ravine Bouillé\u00a0: 15,8\u202f% (estimé)" in breath


def first_place(sheet: Any) -> str:
    """Return what is read before a map, and nowhere else on its page."""
    first, drawn = sheet.page.blocks
    assert not any("Le plus haut" in note.text for note in drawn.notes)
    return str(first.text).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize("code", ["part_hlm", "part_0_14", "part_menages_une_personne"])
def test_the_first_place_is_said_sure_where_its_gap_with_each_other_is(code: str) -> None:
    """By Newcombe's method, written here apart: the two intervals, put together side by side."""
    table = demo.demo().table(code, compare=["commune"])
    own = table.main.query("status in ('observed', 'aggregated', 'estimated') and method != ''")
    own = own[own["sampling_low"].notna() & (own["flag"] == "")].sort_values(
        "value", ascending=False
    )
    first, *others = own.to_dict("records")
    unsure = [
        other["name"]
        for other in others
        if first["value"] - other["value"]
        <= (
            (first["value"] - first["sampling_low"]) ** 2
            + (other["sampling_high"] - other["value"]) ** 2
        )
        ** 0.5
    ]
    said = first_place(demo.demo().map(code))
    assert said.startswith(f"Le plus haut ({first['name']}) ")
    if unsure:
        assert "ne l’est pas de façon sûre" in said
        assert all(name in said for name in unsure[:3])
    else:
        assert (
            f"l’est de façon sûre : à 95 %, il dépasse les {len(others)} autres quartiers" in said
        )


@pytest.mark.parametrize("code", ["part_hlm", "part_en_emploi", "part_menages_une_personne"])
def test_a_map_and_a_comparison_say_the_same_of_the_first_place(code: str) -> None:
    """Territories of one source are one in both."""
    o = demo.demo()
    compared = o.panel(kind="compare", indicators=[code]).page.blocks[0]
    said = " ".join(note.text for note in compared.notes)
    first = first_place(o.map(code))
    assert first
    assert first in said.replace("\u202f", " ").replace("\xa0", " ")


def test_the_groups_of_one_source_are_known_to_the_map() -> None:
    under = demo.demo()._gazetteer.base_map("quartier-cucs-2007")
    names = demo.demo().table("part_hlm").main.set_index("territory")["name"]
    assert [names[code] for code in under.alike[0]][:2] == ["Centre-ancien", "Vieux-Pont"]


def test_the_first_place_of_a_source_that_counts_everyone_is_not_judged() -> None:
    assert "(Terres-Sainville) est constaté, non jugé" in first_place(
        demo.demo().map("taux_pauvrete", period=2021)
    )


def test_where_nothing_is_known_the_map_says_so() -> None:
    shown = figure("taux_pauvrete", zoning="zus-1996")
    if "Aucun territoire" in shown.alternative:
        assert not [fill for fill in fills(shown.svg) if fill in tokens().classes(4)]
    assert "nan" not in shown.svg


@pytest.mark.parametrize("zoning", ["iris-2016", "commune-2016", "zus-1996", "ensemble-cucs-2007"])
@pytest.mark.parametrize("kind", ["map", "tiles"])
def test_every_zoning_can_be_drawn(zoning: str, kind: str) -> None:
    for code in ("population", "part_hlm"):
        root = parsed(figure(code, zoning=zoning, kind=kind, period=None).svg)
        assert meeting(root) == []
        shown = set(texts(root))
        cut = [words.split("…") for words in shown if "…" in words]
        for name in demo.demo().territories(zoning)["name"][:25]:
            ends = (name.startswith(head) and name.endswith(tail) for head, tail in cut)
            assert name in shown or any(ends), name


def test_identifiers_of_two_maps_differ() -> None:
    found = [set(re.findall(r' id="([^"]+)"', figure(c).svg)) for c in ("part_hlm", "population")]
    assert found[0]
    assert not found[0] & found[1]


def test_a_saved_svg_is_drawn_by_typst_without_losing_its_words() -> None:
    page = demo.demo().map("part_hlm", period=2016).page
    _, drawings = render_typst(page, paged=True)
    assert any("Godissard" in drawn for drawn in drawings.values())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"colour": "verdit"}, "verdict"),
        ({"kind": "tuiles"}, "tiles"),
        ({"classes": "kmeans"}, "jenks"),
        ({"k": 6}, "6 classes"),
        ({"classes": [3, 1]}, "croissantes"),
        ({"change": 2014}, "d’une période à une autre"),
        ({"change": (2014,)}, "d’une période à une autre"),
    ],
)
def test_what_no_map_shows_is_a_sentence(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        demo.demo().map("part_hlm", **asked)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_counts_are_not_coloured_by_verdict() -> None:
    with pytest.raises(UnknownNameError, match="ne se compare à rien"):
        figure("population", colour="verdict")


@pytest.mark.parametrize("periods", [[2016], [2016, 2016], 2016, "2016"])
def test_one_date_makes_no_multiples(periods: Any) -> None:
    with pytest.raises(UnknownNameError, match="deux périodes"):
        demo.demo().maps("taux_pauvrete", periods)


def test_dates_across_a_break_are_not_set_side_by_side() -> None:
    with pytest.raises(SeriesError):
        demo.demo().maps("taux_pauvrete", [2016, 2019])


def test_a_date_without_a_figure_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UnknownNameError, match="2014"):
        demo.demo().maps("taux_pauvrete", [1990, 2016])
    with pytest.raises(SeriesError):
        demo.demo().map("taux_pauvrete", change=(2016, 2019))


def test_nothing_is_drawn_of_what_nothing_protected() -> None:
    with pytest.raises(SecrecyError):
        map_figure(cells("part_hlm"), "part_hlm", None, {})  # type: ignore[arg-type]


def test_the_words_of_a_style_are_those_of_the_interface() -> None:
    assert set(COLOURS) == {"value", "verdict"}
    assert set(KINDS) == {"map", "tiles", "both"}


def test_the_class_of_a_map_rests_on_figures_that_are_theirs() -> None:
    """Poverty of 14 quartiers is foretold by a model: 5 figures make the classes."""
    rows = cells("taux_pauvrete", 2021)
    foretold = rows["method"].str.startswith("modèle")
    assert foretold.any()
    own = rows["status"].isin(["observed", "aggregated", "estimated"]) & ~foretold
    labels = texts(parsed(figure("taux_pauvrete", period=2021).svg))
    classes = [label for label in labels if re.fullmatch(r"[\d,]+( à [\d,]+)? \(\d+\)", label)]
    assert sum(int(label.rstrip(")").split("(")[1]) for label in classes) == own.sum()
    assert f"Estimés par un modèle ({foretold.sum()})" in labels
