"""Profiles: whose figures, which sentences, which page; true of the figures, at their extremes too."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import demo
import oracle
import pytest
import typst
from maps_made import (
    NAN,
    POOR,
    TOWN,
    WORDS,
    bearing,
    mark,
    meeting,
    parsed,
    plain,
    text_boxes,
    texts,
)
from python_calamine import CalamineWorkbook

from observatoire.pages.blocks import Callout, Facts, Figure, Page
from observatoire.pages.writers.typst import FONTS, render_typst
from observatoire.panels.drawings.bearings import Bearing, Course, course_of
from observatoire.panels.drawings.spine import draw_spine
from observatoire.panels.sentences import band, headlines, lacking, lecture, nothing_sure
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Indicator


def test_a_range_that_leaves_figures_out_says_so() -> None:
    whole, part = (draw_spine({"T": [bearing(left_out=n)]}, WORDS, "Ville") for n in (0, 2))
    assert "hors †" not in plain(whole)
    assert "du plus bas au plus haut des connus, hors † et ‡" in plain(part)
    assert "hors † et ‡" in plain(lecture([bearing(left_out=1)], "Ici", WORDS))
    assert "hors †" not in plain(lecture([bearing()], "Ici", WORDS))


def test_nothing_to_compare_with_is_not_a_gap_that_is_unsure() -> None:
    assert "Aucun écart sûr avec Ville" in nothing_sure([bearing()], WORDS, "Ville")
    assert nothing_sure([bearing(references=())], WORDS, "Ville").startswith("Rien à quoi comparer")


def facts(page: Page, kind: str) -> dict[str, str]:
    found = next(b for b in page.blocks if isinstance(b, Facts) and b.kind == kind)
    return {plain(term): plain(text) for term, text in found.items}


def test_no_course_is_announced_where_none_is_drawn() -> None:
    """Neither the years above nor the key of the break below, where dates are hidden, or one only."""
    two = {"2014": mark(0, 40.0), "2016": mark(0, 44.0)}
    course = Course(("2014", "2016"), (), {"2016": "Rupture."})
    drawn = bearing(dates=two, course=course)
    hidden = replace(drawn, mark=mark(0, NAN, Status.SECRET))
    single = replace(drawn, dates={"2016": two["2016"], "2014": mark(0, NAN, Status.SECRET)})
    pictures = [plain(draw_spine({"T": [row]}, WORDS, "Ville")) for row in (drawn, hidden, single)]
    assert ["2014-2016" in one for one in pictures] == [True, False, False]
    assert ["rupture de série" in one for one in pictures] == [True, False, False]


def test_only_the_aims_of_its_own_convention_stand_on_a_page(pages: dict[str, Page]) -> None:
    """Fort-de-France was given the aims of Le Lamentin, whose quartiers it is only compared with."""
    names = demo.demo()._gazetteer
    held = {code: names.wholes("quartier-cucs-2007", code) for code in ("FDF01", "LAM02")}
    lamentin = ("ensemble-cucs-2007", "CUCS-97213")
    assert [lamentin in held[code] for code in held] == [False, True]
    assert ("ensemble-cucs-2007", "CUCS-97209") in held["FDF01"]
    assert {("zus-1996", "ZUS-LAM"), ("perimetre-cucs-2007", "PER-RU")} <= held["LAM02"]
    assert all(("departement-2016", "972") in each for each in held.values())
    said = facts(pages["Dillon"], "boxes")["Objectifs du contrat"]
    assert said == "Aucun objectif chargé ne porte sur ce quartier."


# --- sentences, at their extremes -----------------------------------------------------------------


def test_the_widest_sure_gaps_are_said_and_three_at_most() -> None:
    rows = [bearing(value) for value in (25.0, 44.0, 30.0, 28.0)]
    found = headlines(rows)
    assert [lead for lead, _ in found] == [f"{v} habitants sur 100" for v in (44, 30, 28)]
    assert plain(found[0][1]) == "vivent sous le seuil (2016) ; Ville : 20."


@pytest.mark.parametrize(
    "row",
    [
        bearing(status=Status.CONTEXT),
        bearing(status=Status.SECRET, value=NAN),
        bearing(status=Status.MISSING, value=NAN),
        bearing(mark=mark(0, 44.0, sign="▲", tone="unfavourable", careful=True)),
        bearing(mark=mark(0, 44.0, sign="●", tone="none")),
        bearing(20.0),
        bearing(references=()),
    ],
    ids=["context", "secret", "missing", "not to comment", "no difference", "equal", "nothing to compare"],
)  # fmt: skip
def test_what_is_not_sure_is_no_headline(row: Bearing) -> None:
    assert headlines([row]) == ()
    assert nothing_sure([row], WORDS, "Ville").endswith(".")


def test_a_fact_of_a_source_that_counts_everyone_is_sure() -> None:
    row = bearing(mark=mark(0, 44.0, sign="○"), references=(replace(TOWN, stated=True),))
    assert headlines([row])
    assert not row.mark.tone


def test_two_figures_that_round_alike_keep_their_decimals_and_one_is_no_plural() -> None:
    assert headlines([bearing(20.4)])[0][0] == "20,4 habitants sur 100"
    assert plain(headlines([bearing(1.2)])[0][0]) == "Pauvreté : 1,2 %"
    without = replace(POOR, sentence="")
    assert plain(headlines([bearing(indicator=without)])[0][0]) == "Pauvreté : 44,0 %"


def test_the_band_counts_whose_figures_they_are() -> None:
    rows = [bearing(), bearing(), bearing(NAN, Status.BOUNDED), bearing(NAN, Status.SECRET)]
    title, said = map(plain, band(rows, None, WORDS, 1))
    assert title == "Chiffres propres au quartier."
    assert said.startswith(
        "2 des 4 chiffres de cette page sont exactement les siens ; 1 est connu entre"
    )
    assert "1 est couvert par le secret" in said
    assert (
        plain(band([bearing(status=Status.CONTEXT)], None, WORDS, 1)[0])
        == "Ces chiffres ne sont pas ceux du quartier."
    )
    nothing = band([bearing(NAN, Status.MISSING)], None, WORDS, 1)
    assert plain(nothing[1]) == "Sur cette page : 1 manque."


def test_a_reading_is_of_the_surest_row_and_silent_when_nothing_is_known() -> None:
    rows = [
        bearing(status=Status.CONTEXT),
        bearing(mark=mark(0, 44.0, sign="▲", interval=(41.0, 47.0))),
    ]
    assert "44,0 % pour Dillon (entre 41,0 et 47,0 %, à 95 %), contre 20,0 % pour Ville" in plain(
        lecture(rows, "Dillon", WORDS)
    )
    assert (
        lecture([bearing(NAN, Status.MISSING), bearing(NAN, Status.SECRET)], "Dillon", WORDS) == ""
    )
    assert lacking([], [], 3, {}).startswith("Rien ne manque")
    assert "couvert par le secret (Pauvreté)" in lacking([], [POOR], 3, {})


# --- the course of an indicator ---------------------------------------------------------------------


def test_a_line_joins_dates_that_compare_and_stops_at_a_break() -> None:
    def broken(_: Indicator, start: str, end: str) -> str:
        return "rupture" if start < "2019" <= end else ""

    def refusal(_: Indicator, start: str, end: str) -> str:
        return broken(POOR, start, end) or ("trop proches" if int(end) - int(start) < 2 else "")

    course = course_of(POOR, ("2014", "2016", "2017", "2018", "2019"), broken, refusal)
    assert course.joined == (("2014", "2016"), ("2016", "2018"))
    assert list(course.broken) == ["2019"]
    assert course_of(POOR, (), broken, refusal) == Course((), (), {})


# --- the drawing ------------------------------------------------------------------------------------

EXTREMES = {
    "all missing": [bearing(NAN, Status.MISSING, known=(), references=())],
    "one value": [bearing(known=(44.0,), references=())],
    "all equal": [bearing(20.0, known=(20.0,) * 9)],
    "bound only": [bearing(mark=mark(0, NAN, Status.BOUNDED, low=1.0, high=2.0), known=())],
    "negative": [bearing(-3.0, known=(-9.0, -1.0))],
    "secret": [bearing(NAN, Status.SECRET, mark=mark(0, NAN, Status.SECRET, text="s"))],
    "long names": [bearing(indicator=replace(POOR, short="Ménages 你好 мир " * 5), watched="x" * 300)],
}  # fmt: skip


@pytest.mark.parametrize("case", EXTREMES)
def test_a_spine_draws_extremes_without_texts_that_meet(case: str) -> None:
    root = parsed(draw_spine({"Thème": EXTREMES[case]}, WORDS, "Une commune au nom fort long"))
    assert meeting(root) == []
    assert not re.search(r"\bnan\b|inf", " ".join(str(e.attrib) for e in root.iter()))
    ranged = any(row.known and row.known[0] < row.known[-1] for row in EXTREMES[case])
    assert any(said.startswith("du plus bas") for said in texts(root)) == ranged


# --- the pages of the embedded default -------------------------------------------------------------


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    o = demo.demo()
    return {
        name: o.profile(name).page
        for name in ("Dillon", "Vieux-Pont", "Pont de Chaînes", "Terres-Sainville")
    }


def test_a_page_says_who_and_whose(pages: dict[str, Page]) -> None:
    own = next(b for b in pages["Dillon"].blocks if isinstance(b, Callout))
    assert plain(own.title) == "Chiffres propres au quartier."
    identity = facts(pages["Dillon"], "identity")
    whole, _ = oracle.links()["FDF13"]
    assert all(iris in identity["Rattachement"] for iris in whole)
    assert plain(
        identity["Population, 2016"]
    ) == f"{oracle.count(whole, oracle.AGES):,.0f} habitants".replace(",", " ")
    shared = next(b for b in pages["Vieux-Pont"].blocks if isinstance(b, Callout))
    assert plain(shared.title) == "Aucun chiffre propre à ces quartiers, mais des estimations."
    assert "972131302" in shared.items[0]
    for name in ("Centre-ancien", "Vieux-Pont", "Bas-Mission", "Petit-Manoir"):
        assert name in pages["Vieux-Pont"].title
    nothing = pages["Pont de Chaînes"]
    assert not any(isinstance(b, Figure) for b in nothing.blocks)
    assert "Aucun chiffre pour ce quartier." in [
        b.title for b in nothing.blocks if isinstance(b, Callout)
    ]


def test_an_estimated_population_is_said_estimated() -> None:
    page = demo.demo().profile("Acajou").page
    assert plain(facts(page, "identity")["Population, 2016"]).endswith(" habitants (estimé)")


def test_a_page_leaves_no_file_name_and_says_what_is_missing(pages: dict[str, Page]) -> None:
    for page in pages.values():
        said = repr(page)
        assert not re.search(r"\.toml|\[\[|\.csv|\.xls", said), page.title
        boxes = facts(page, "boxes")
        assert "D’abord à demander à" in boxes["Ce qui manque"]
        assert boxes["Objectifs du contrat"]


def test_what_is_watched_stands_under_its_row(pages: dict[str, Page]) -> None:
    figure = next(b for b in pages["Terres-Sainville"].blocks if isinstance(b, Figure))
    drawn = [plain(t) for t in texts(parsed(figure.svg))]
    row = next(i for i, t in enumerate(drawn) if t.startswith("Taux de pauvreté"))
    watched = next(i for i, t in enumerate(drawn) if t.startswith("Veille"))
    assert row < watched < next(i for i, t in enumerate(drawn) if t.startswith("Ménages imposés"))
    assert "seuil dépassé" in drawn[watched]


def test_what_is_to_be_confirmed_is_said_so_before_what_it_would_be() -> None:
    page = demo.demo().profile("Centre-ville").page
    figure = next(b for b in page.blocks if isinstance(b, Figure))
    said = next(t for t in texts(parsed(figure.svg)) if t.startswith("Veille"))
    assert plain(said).startswith("Veille : à confirmer, « Hausse de la pauvreté » (hausse de plus")


@pytest.mark.parametrize("name", ["Dillon", "Vieux-Pont", "Terres-Sainville"])
def test_the_spine_of_a_page_has_16_to_20_rows_and_texts_that_do_not_meet(
    pages: dict[str, Page], name: str
) -> None:
    figure = next(b for b in pages[name].blocks if isinstance(b, Figure))
    assert figure.numbers is not None
    assert 16 <= sum(row.kind == "item" for row in figure.numbers.rows) <= 20
    root = parsed(figure.svg)
    assert meeting(root) == []
    assert (
        min(float(t.attrib["font-size"]) for t in root.iter() if "font-size" in t.attrib) * 0.55
        >= 7.4
    )


@pytest.mark.parametrize("name", ["Dillon", "Vieux-Pont", "Terres-Sainville"])
def test_on_a_telephone_the_spine_says_the_same_without_being_cut(
    pages: dict[str, Page], name: str
) -> None:
    figure = next(b for b in pages[name].blocks if isinstance(b, Figure))
    root = parsed(figure.narrow)
    wide = float(root.attrib["viewBox"].split()[2])
    assert wide <= 420, "its texts would be smaller than a note on a screen of 390"
    assert meeting(root) == []
    assert all(box.bounds[0] >= 0 and box.bounds[2] <= wide for box, _ in text_boxes(root))
    printed = {t for t in map(plain, texts(parsed(figure.svg))) if re.search(r"\d,\d", t)}
    figures = {t for t in printed if not t.startswith("Veille")}
    assert figures <= set(map(plain, texts(root)))
    assert figure.svg.count('r="2.8"') == figure.narrow.count('r="2.8"'), "the dates of a figure"
    for drawn in (figure.svg, figure.narrow):  # after a name, an arrow reads as an evolution
        assert not re.search("[↓↑]", drawn)
        assert "côté favorable" in drawn
    assert "…" not in figure.narrow


@pytest.mark.parametrize("name", ["Dillon", "Vieux-Pont", "Terres-Sainville"])
def test_a_profile_is_one_page_of_a4(pages: dict[str, Page], name: str, tmp_path: Path) -> None:
    source, drawings = render_typst(pages[name], paged=True)
    for file, svg in drawings.items():
        (tmp_path / file).write_text(svg, "utf-8")
    main = tmp_path / "page.typ"
    main.write_text(source, "utf-8")
    made = typst.compile(str(main), format="svg", font_paths=[str(FONTS)], ignore_system_fonts=True)
    assert not isinstance(made, list), f"{len(made)} pages"


def test_a_workbook_has_the_numbers_of_the_spine(tmp_path: Path) -> None:
    demo.demo().profile("Dillon").save(tmp_path / "fiche.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "fiche.xlsx"))
    rows = {str(row[0]): row for row in book.get_sheet_by_index(1).to_python()}
    whole, _ = oracle.links()["FDF13"]
    wanted = 100 * oracle.count(whole, ["P16_POP0014"]) / oracle.count(whole, oracle.AGES)
    assert rows["Part des habitants de 0 à 14 ans (%)"][1] == pytest.approx(wanted, abs=0.05)


def test_why_a_gap_is_not_judged_is_said_on_the_page() -> None:
    notes = {note.label: plain(note.text) for block in demo.demo().profile("Texaco").page.blocks
             if isinstance(block, Facts) for note in block.notes}  # fmt: skip
    said = notes["Signes"].partition("Ne se juge pas : ")[2]
    assert said.startswith("Taux de pauvreté")
    assert "écart constaté, non jugé" in said
