"""What a profile is made of, from a table made by hand: who, which rows, which boxes, which page."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from maps_made import POOR, WORDS, plain
from tables_made import HERE, NAN, TOWN, cell, gap, table_of

from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.maps.marks import BaseMap
from observatoire.pages.blocks import Callout, Facts, Figure, Heading, PageBreak, Paragraph
from observatoire.panels.drawings.bearings import Bearings
from observatoire.panels.identities import (
    SharedSource,
    TerritoryIdentity,
    identity_facts,
    listed_words,
    shared_names,
    sharing,
)
from observatoire.panels.profile import (
    MOST_ROWS,
    Aims,
    Entry,
    ProfileContent,
    after_each_other,
    entries,
    headed_entries,
    in_short_form,
    profiles_page,
)
from observatoire.values import Nature

PEOPLE = replace(
    POOR,
    code="h",
    label="Population",
    short="Population",
    nature=Nature.COUNT,
    unit="habitants",
    decimals=0,
)
JOB = replace(POOR, code="j", label="Taux d’emploi", short="Emploi", universe="Actifs")
THEME = SimpleNamespace(code="t", label="Emploi", profile=("h", "p", "j", "absent"), ask="Caf")
NO_AIM = Aims(pd.DataFrame({"zoning": [], "territory": []}), lambda _: set())
SHAPES = gpd.GeoSeries(
    {c: shapely.box(n, 0, n + 1, 1) for n, c in enumerate("AB")}, crs="EPSG:5490"
)


def who(code: str, **other: Any) -> TerritoryIdentity:
    given = {
        "commune": "V",
        "commune_name": "Ville",
        "facts": (("Commune", "Ville"),),
        "linked": True,
    }
    return TerritoryIdentity(code, f"Quartier {code}", **(given | other))


def content(
    *cells: dict[str, Any],
    people: Any = (),
    gaps: Any = (),
    themes: Any = (THEME,),
    aims: Any = NO_AIM,
    indicators: Any = (PEOPLE, POOR, JOB),
    official: bool = True,
    **words: Any,
) -> ProfileContent:
    table = table_of(*cells, indicators=indicators, gaps=gaps, **words)
    under = BaseMap(SHAPES, SHAPES[:0], SHAPES[:0], official, words=table.words)
    return ProfileContent(Bearings(table, {}), people or (who("A"),), themes, under, aims)


def entry(*cells: dict[str, Any], **other: Any) -> Entry:
    (made,) = entries(content(*cells, **other))
    return made


def of(made: Entry, kind: str) -> dict[str, str]:
    found = next(b for b in made.blocks if isinstance(b, Facts) and b.kind == kind)
    return {plain(term): plain(text) for term, text in found.items}


def notes(made: Entry) -> dict[str, str]:
    return {n.label: plain(n.text) for b in made.blocks if isinstance(b, Facts) for n in b.notes}


FULL = (
    cell("A", 1234.0, indicator="h"),
    cell("A", 44.0),
    cell("A", NAN, "secret", indicator="j"),
    cell("V", 20.0, zoning=TOWN),
)


def test_a_profile_says_who_what_stands_out_and_what_lacks() -> None:
    made = entry(*FULL, gaps=[gap("A", 2, "▲▲")])
    assert of(made, "identity") == {"Population, 2016": "1 234 habitants", "Commune": "Ville"}
    warned = next(b for b in made.blocks if isinstance(b, Callout))
    assert (warned.title, warned.kind) == ("Chiffres propres au quartier.", "plain")
    assert list(of(made, "headlines")) == ["44 habitants sur 100"]
    assert of(made, "boxes")["Ce qui manque"] == "1 indicateur est couvert par le secret (Emploi)."
    assert [row.indicator.code for row in made.rows] == ["p", "j"]
    assert notes(made)["Champ et source"] == "Population ; Actifs. Insee (2016)."
    assert list(notes(made)) == ["Lecture", "Signes", "Champ et source"]


def test_a_profile_of_context_warns_and_says_why_nothing_stands_out() -> None:
    made = entry(*FULL[:1], cell("A", 44.0, "context"), cell("A", indicator="j"), FULL[-1])
    warned = next(b for b in made.blocks if isinstance(b, Callout))
    assert warned.kind == "warning"
    assert list(of(made, "headlines")) == [
        "Rien ne distingue ce quartier de façon sûre : aucun chiffre ne lui est propre."
    ]
    assert notes(made)["Champ et source"].startswith("Population. ")


def test_why_a_gap_is_not_judged_and_what_the_outlines_are_worth_is_noted() -> None:
    made = entry(
        *FULL,
        gaps=[gap("A", 0, "", verdict="", reason="Trop peu.")],
        official=False,
        people=(who("A", listed="liste provisoire"),),
    )
    assert notes(made)["Signes"].endswith("Ne se juge pas : Pauvreté : trop peu.")
    assert notes(made)["Champ et source"].endswith(
        "Périmètres schématiques : à regarder, jamais à mesurer. Liste provisoire."
    )


def test_a_head_count_is_left_out_where_it_lacks_and_said_estimated() -> None:
    rest = FULL[1:]
    assert of(entry(cell("A", indicator="h"), *rest), "identity") == {"Commune": "Ville"}
    guessed = entry(cell("A", 1234.0, "estimated", indicator="h"), *rest)
    assert of(guessed, "identity")["Population, 2016"] == "1 234 habitants (estimé)"
    assert of(entry(*FULL[1:2], indicators=(POOR,)), "identity") == {"Commune": "Ville"}


def test_those_that_share_one_source_share_their_profile_and_what_they_have_in_common() -> None:
    shared = SharedSource("Godissard", ("Quartier B",), Noun("IRIS"), "I1")
    pair = (
        who("A", shared=shared),
        who("B", shared=shared, facts=(("Commune", "Bourg"),)),
        who("C"),
    )
    cells = [cell(c, 44.0, indicator=i) for c in "ABC" for i in "hpj"]
    made = entries(content(*cells, people=pair))
    assert [(each.title, each.codes) for each in made] == [
        ("Quartier A et Quartier B", ("A", "B")),
        ("Quartier C", ("C",)),
    ]
    assert of(made[0], "identity") == {}
    assert [each.codes for each in entries(content(*cells, people=pair), only="B")] == [("A", "B")]
    assert shared_names(pair) == {"A": "Quartier A et Quartier B", "C": "Quartier C"}
    unknown = SharedSource("X", (), Noun("IRIS"), "")
    assert len(sharing([who("A", shared=unknown), who("B", shared=unknown)])) == 2


def test_the_rows_are_the_rates_of_the_headings_that_are_best_known() -> None:
    many = [replace(POOR, code=f"r{n:02}") for n in range(MOST_ROWS + 2)]
    theme = SimpleNamespace(code="t", label="Un", profile=[one.code for one in many], ask="")
    other = SimpleNamespace(code="u", label="Vide", profile=(), ask="")
    cells = [cell(c, 1.0, indicator=one.code) for one in many for c in "AB"]
    cells = [each for each in cells if (each["indicator"], each["territory"]) != ("r00", "B")]
    cells += [cell("B", indicator="r00"), cell("A", indicator="h"), cell("B", indicator="h")]
    found = entries(
        content(
            *cells, people=(who("A"), who("B")), themes=(theme, other), indicators=(*many, PEOPLE)
        )
    )
    codes = [row.indicator.code for row in found[0].rows]
    assert codes == [one.code for one in many[1 : MOST_ROWS + 1]]


def test_a_profile_without_any_figure_says_what_would_give_it_some() -> None:
    cells = [cell("A", indicator=code) for code in "hpj"] + [
        cell("B", 1.0, indicator=code) for code in "hpj"
    ]
    zones = TerritoryNames(Noun("zone", feminine=True), Noun("commune", feminine=True))
    said = {}
    for name, linked, words in (
        ("linked", True, WORDS),
        ("parts", False, zones),
        ("alone", False, TerritoryNames(Noun("quartier"))),
    ):
        made = entry(*cells, people=(who("A", linked=linked),), words=words)
        (box,) = (b for b in made.blocks if isinstance(b, Callout))
        assert made.short
        assert not any(isinstance(b, Figure) for b in made.blocks)
        said[name] = (plain(box.title), plain(box.items[0]))
    assert said == {
        "linked": ("Aucun chiffre pour ce quartier.", "Aucune source chargée ne le renseigne."),
        "parts": ("Aucun chiffre pour cette zone.",
                  ("Aucune commune ne lui est rattachée, et aucune source n’en donne de chiffre à son nom. "
                  "Pour en avoir : établir son périmètre avec la commune, ou son rattachement aux communes.")),
        "alone": ("Aucun chiffre pour ce quartier.", ("Aucune source n’en donne de chiffre à son nom. "
                  "Pour en avoir : établir son périmètre avec la commune, ou son rattachement.")),
    }  # fmt: skip


def test_only_a_profile_without_own_figures_is_shortened_to_the_rows_kept() -> None:
    assert in_short_form(own := entry(*FULL, gaps=[gap("A", 2, "▲▲")]), ["p"]) is own
    whole = entry(
        *FULL[:1],
        cell("A", 44.0, "bounded", low=40.0, high=48.0),
        cell("A", indicator="j"),
        FULL[-1],
    )
    made = in_short_form(whole, ["p"])
    assert made.short
    assert not any(isinstance(b, Figure) for b in made.blocks)
    boxes = of(made, "boxes")
    assert list(boxes) == ["Objectifs du contrat", "Chiffres : ici"]
    assert (
        boxes["Chiffres : ici"]
        == "Pauvreté %, 2016 : [40,0 ; 48,0]\n1 indicateur sur 3 n’a pas de chiffre ici."
    )
    (box,) = (b for b in made.blocks if isinstance(b, Callout))
    assert plain(box.items[0]).startswith("Dans l’annexe : 1 est connu entre deux bornes")
    assert notes(made) == {}
    assert list(of(in_short_form(whole, ["j"]), "boxes")) == [
        "Objectifs du contrat",
        "Ce qui manque",
    ]


def test_objectives_are_those_that_bear_on_any_of_the_territories() -> None:
    frame = pd.DataFrame(
        {"zoning": [HERE, TOWN, HERE], "territory": ["A", "V", "Z"], "code": list("xyz")}
    )
    aims = Aims(frame, {"A": {(HERE, "A")}, "B": {(TOWN, "V")}}.__getitem__)
    assert [list(aims.of(codes)["code"]) for codes in (["A"], ["A", "B"], [])] == [
        ["x"],
        ["x", "y"],
        [],
    ]


# --- pages ----------------------------------------------------------------------------------------


def made(short: str) -> list[Entry]:
    """Return profiles, those of an « s » short."""
    return [
        Entry(f"E{n}", (f"c{n}", f"d{n}"), (Paragraph(f"P{n}"),), short=each == "s")
        for n, each in enumerate(short)
    ]


def words(blocks: Any) -> list[str]:
    return ["|" if isinstance(b, PageBreak) else b.text for b in blocks]


def test_short_profiles_share_a_page_and_what_is_local_stands_under_each() -> None:
    found = after_each_other(made("ss..s"), lambda code: [Paragraph(code)] if code == "d0" else [])
    assert words(found) == ["P0", "d0", "P1", "|", "P2", "|", "P3", "|", "P4"]
    headed = headed_entries(made("s."), lambda _: [])
    assert words(headed) == ["E1", "P1", "|", "E0", "P0"]
    assert [b.anchor for b in headed if isinstance(b, Heading)] == ["fiche-c1", "fiche-c0"]


def test_one_profile_is_a_page_of_its_name_and_several_have_headings() -> None:
    of_one, of_two = (
        profiles_page(made("." * n), content(*FULL), lambda _: [], "date", "lieu") for n in (1, 2)
    )
    assert (of_one.title, of_one.place, words(of_one.blocks)) == ("E0", "lieu · fiche", ["P0"])
    assert (of_two.title, of_two.place, words(of_two.blocks)[0]) == (
        "Fiches des quartiers",
        "lieu",
        "E0",
    )


def test_what_is_said_of_a_territory_is_what_its_list_says() -> None:
    assert identity_facts({"zus": "oui", "groupe": ""}, "Ville", "") == (
        ("Commune", "Ville"),
        ("En zone urbaine sensible", "oui"),
    )
    assert (
        plain(listed_words({"statut_liste": "provisoire", "source": "Ville"}, Noun("quartier")))
        == "liste des quartiers : provisoire, Ville"
    )
    assert listed_words({"source": "Ville"}) == "Ville"
    assert listed_words({}) == ""
