"""What the cover says: which gap, of how many, on which side; how much is known; what became of objectives."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from maps_made import POOR, plain
from tables_made import NAN, TOWN, cell, gap, table_of

from observatoire.annex.findings import (
    Finding,
    finding,
    in_short,
    knowledge,
    outcome,
    retain_blocks,
    strongest,
)
from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.indicators.precision.sampling_error import CAREFUL
from observatoire.pages.blocks import Callout

TOWNS = {"A": "Ville"}
ZONES = TerritoryNames(Noun("zone", feminine=True), Noun("commune", feminine=True))
NEUTRAL = replace(POOR, polarity="neutral")
V = cell("V", 20.0, zoning=TOWN)


def found(*cells: dict[str, Any], gaps: Any = (), indicator: Any = POOR, **other: Any) -> Finding:
    made = finding(table_of(*cells, indicators=(indicator,), gaps=gaps, **other), "p", TOWNS)
    assert made is not None
    return made


A, B, C = (cell(name, value) for name, value in (("A", 30.0), ("B", 40.0), ("C", 10.0)))
GUESSED = cell("E", 35.0, "estimated")


def test_an_indicator_that_no_territory_has_of_its_own_says_nothing() -> None:
    for cells in ((GUESSED,), (cell("A", 20.0, "context"), cell("B")), (V,)):
        assert finding(table_of(*cells, indicators=(POOR,)), "p", TOWNS) is None


@pytest.mark.parametrize(
    ("cells", "gaps", "indicator", "lead", "sure"),
    [
        (
            (A, B, C),
            [gap("A", 1, "▲"), gap("B", 2, "▲▲"), gap("C", 0, "●")],
            POOR,
            "Pauvreté : moins favorable qu’à Ville dans 2 des 3 quartiers jugés",
            "moins favorable dans 2 des 3 jugés",
        ),
        (
            (A, B, C),
            [gap("A", 1, "▲"), gap("B", -1, "▼"), gap("C", -2, "▼▼")],
            POOR,
            "Pauvreté : plus favorable qu’à Ville dans 2 des 3 quartiers jugés",
            "plus favorable dans 2 des 3 jugés",
        ),
        (
            (A, B),
            [gap("A", 1, "▲"), gap("B", -1, "▼")],
            POOR,
            "Pauvreté : moins favorable qu’à Ville dans 1 des 2 quartiers jugés",
            "moins favorable dans 1 des 2 jugés",
        ),
        (
            (A, B),
            [gap("A", 1, "▲"), gap("B", 2, "▲▲")],
            NEUTRAL,
            "Pauvreté : plus haut qu’à Ville dans les 2 quartiers jugés",
            "plus haut dans 2 des 2 jugés",
        ),
        (
            (A, B),
            [gap("A", -1, "▼"), gap("B", -2, "▼▼")],
            NEUTRAL,
            "Pauvreté : plus bas qu’à Ville dans les 2 quartiers jugés",
            "plus bas dans 2 des 2 jugés",
        ),
        (
            (A, B),
            [gap("A", 1, "▲")],
            POOR,
            "Pauvreté : moins favorable qu’à Ville dans le seul quartier jugé",
            "moins favorable dans 1 des 1 jugés",
        ),
        (
            (A, GUESSED),
            [gap("A", 1, "▲"), gap("E", 2, "▲▲")],
            POOR,
            "Pauvreté : moins favorable qu’à Ville dans les 2 quartiers jugés, dont 1 estimé",
            "moins favorable dans 2 des 2 jugés",
        ),
        (
            (A, B),
            [gap("A", 0, "●"), gap("B", 0, "●")],
            POOR,
            "Pauvreté : aucun écart sûr avec Ville",
            "aucun écart sûr",
        ),
        (
            (A, B),
            [gap("A", 0, "●"), gap("B", 0, "●", against_name="Bourg", against="W")],
            POOR,
            "Pauvreté : aucun écart sûr avec la commune",
            "aucun écart sûr",
        ),
        (
            (A, B),
            [gap("A", 1, "▲"), gap("B", 2, "▲", against_name="Bourg", against="W")],
            POOR,
            "Pauvreté : moins favorable que dans leur commune dans les 2 quartiers jugés",
            "moins favorable dans 2 des 2 jugés",
        ),
        (
            (A, B),
            [gap("A", 1, "▲", against_name="Le Bourg"), gap("B", 2, "▲", against_name="Le Bourg")],
            POOR,
            "Pauvreté : moins favorable que dans leur commune dans les 2 quartiers jugés",
            "moins favorable dans 2 des 2 jugés",
        ),
        (
            (A, GUESSED, cell("F", 31.0, "estimated")),
            [],
            POOR,
            "Pauvreté : chiffre connu dans 3 quartiers, dont 2 estimés",
            "aucun écart ne se juge",
        ),
        ((A,), [], POOR, "Pauvreté : chiffre connu dans 1 quartier", "aucun écart ne se juge"),
    ],
)
def test_a_lead_counts_the_sure_gaps_on_the_side_of_most(
    cells: Any, gaps: Any, indicator: Any, lead: str, sure: str
) -> None:
    made = found(*cells, V, gaps=gaps, indicator=indicator)
    assert (plain(made.lead), made.sure) == (lead, sure)


def test_sure_gaps_weigh_by_their_share_of_the_judged_and_more_where_there_is_a_sense() -> None:
    gaps = [gap("A", 1, "▲"), gap("B", 0, "●"), gap("C", 0, "")]
    assert found(A, B, C, V, gaps=gaps).weight == (2, 0.5)
    assert found(A, B, C, V, gaps=gaps, indicator=NEUTRAL).weight == (1, 0.5)
    assert found(A, B, V, gaps=gaps[1:]).weight == (0, 0.0)
    assert found(A).weight == (0, 0.0)


def test_the_extremes_are_given_with_what_they_are_compared_with() -> None:
    made = found(A, C, cell("F", 99.0, flag=CAREFUL), GUESSED, V, gaps=[gap("A", 1, "▲")])
    assert plain(made.text) == (
        "De 10,0 % (C) à 35,0 % (E, estimé) en 2016, hors chiffres trop fragiles pour être commentés (†"
        " ou ‡). Ville : 20,0 %."
    )
    assert plain(made.span) == "10,0 à 35,0 e"
    assert plain(made.known) == "4 sur 4, dont 1 e"
    assert plain(found(A, B, V).text) == "De 30,0 % (A) à 40,0 % (B) en 2016."
    assert (made.period, made.sentence) == ("2016", f"{made.lead}. {made.text}")


def test_one_figure_alone_is_given_unless_it_is_frail() -> None:
    alone = found(A, cell("B"))
    assert (plain(alone.text), alone.span, alone.known) == (
        "30,0 % (A) en 2016.",
        "30,0",
        "1 sur 2",
    )
    frail = found(cell("A", 30.0, flag=CAREFUL))
    assert (frail.text, frail.span) == ("", "—")
    assert frail.sentence == f"{frail.lead}."
    equal = found(A, cell("B", 30.0))
    assert (equal.text, equal.span) == ("", "—")
    undated = found(cell("A", 30.0, period=""))
    assert plain(undated.text) == "30,0 % (A)."


def test_what_it_is_compared_with_is_given_only_where_it_has_a_figure() -> None:
    guess = cell("V", 20.0, "estimated", zoning=TOWN)
    assert {
        k: plain(v) for k, v in found(A, guess, gaps=[gap("A", 1, "▲")]).references.items()
    } == {"Ville": "20,0 % (estimé)"}
    for town in ((), (cell("V", NAN, "secret", zoning=TOWN),)):
        assert found(A, *town, gaps=[gap("A", 1, "▲")]).references == {}


def test_the_first_place_is_judged_between_sources_not_between_the_names_of_one() -> None:
    sampled = [cell(name, value, sampling_low=value - 2, sampling_high=value + 2, precision="census",
               coverage=1.0) for name, value in (("A", 40.0), ("B", 40.0), ("C", 10.0))]  # fmt: skip
    table = table_of(*sampled, indicators=(POOR,))
    apart, alike = (finding(table, "p", TOWNS, groups) for groups in ((), (("A", "B"),)))
    assert apart is not None
    assert alike is not None
    assert "(A)" in apart.first
    assert "(A et B)" in alike.first


# --- the choice of the cover ----------------------------------------------------------------------


def weighed(code: str, theme: str, weight: tuple[int, float]) -> Finding:
    return Finding(replace(POOR, code=code, theme=theme), code, f"Texte {code}", weight)


def test_no_theme_has_a_second_finding_before_another_had_its_first() -> None:
    some = [
        weighed("a", "x", (2, 0.9)),
        weighed("b", "x", (2, 0.8)),
        weighed("c", "y", (1, 0.1)),
        weighed("d", "z", (0, 0.0)),
    ]
    assert [each.lead for each in strongest(some[::-1])] == ["a", "c", "b"]


def test_a_cover_holds_five_findings_three_of_them_gaps_where_the_rest_is_said_too() -> None:
    some = [weighed(c, c, (2, n / 9)) for n, c in enumerate("fedcba")]
    table = table_of(A, indicators=(POOR,))
    said = in_short(table, some, assessed([{"lacking": "", "low": 1.0, "partner": ""}]))
    assert [plain(lead) for lead, _ in said] == [
        "a.", "b.", "c.", "Le quartier a des chiffres propres.",
        "1 objectif : 1 avec un chiffre depuis le départ.",
    ]  # fmt: skip
    assert [lead for lead, _ in in_short(table, some, None)][3:] == [
        "d.",
        "Le quartier a des chiffres propres.",
    ]
    assert len(in_short(table, some[:1], None)) == 2


# --- what is known --------------------------------------------------------------------------------


def known(*cells: dict[str, Any], **other: Any) -> tuple[str, str]:
    lead, text = knowledge(table_of(*cells, indicators=(POOR,), **other))
    return plain(lead), plain(text)


def of(name: str, *codes: str, status: str = "") -> list[dict[str, Any]]:
    return [cell(name, 1.0, status, indicator=code) for code in codes]


def test_what_is_known_counts_each_territory_once_by_its_best() -> None:
    whole = (*of("A", "p", "q"), *of("B", "p", "q"), *of("C", "p"), *of("D", "p"), *of("E", "p", status="context"),
             *of("F", "p", status="secret"), cell("G"), cell("H"))  # fmt: skip
    assert known(*whole) == (
        "2 des 8 quartiers ont des chiffres propres",
        (
            "2 autres n’en ont qu’un seul ; 2 ne sont connus que par un IRIS qui les contient ; "
            "2 n’ont aucun chiffre."
        ),
    )


def test_what_is_known_of_one_territory_agrees_in_number_and_gender() -> None:
    one = (*of("A", "p", "q"), *of("B", "p"), *of("C", "p", status="estimated"), cell("D"))
    assert known(*one) == (
        "1 des 4 quartiers a des chiffres propres",
        (
            "1 autre n’en a qu’un seul ; 1 n’est connu que par estimation ou par un IRIS qui le contient ; "
            "1 n’a aucun chiffre."
        ),
    )
    two = (*of("A", "p", "q"), *of("C", "p", status="context"), *of("E", "p", status="context"))
    assert known(*two, words=ZONES) == (
        "1 des 3 zones a des chiffres propres",
        "2 ne sont connues que par une commune qui les contient.",
    )
    bare = TerritoryNames(Noun("zone", feminine=True))
    assert known(*two[:3], words=bare)[1] == "1 n’est connue que par un territoire plus grand."


def test_one_figure_a_territory_is_all_there_may_be() -> None:
    assert known(*of("A", "p"), *of("B", "p")) == (
        "Chacun des 2 quartiers a des chiffres propres",
        "",
    )
    assert known(*of("A", "p"), cell("B"), words=ZONES)[0] == "1 des 2 zones a des chiffres propres"
    assert known(cell("A"), cell("B"), words=ZONES)[0] == "Aucune des 2 zones n’a de chiffre propre"
    assert known(cell("A"))[0] == "Le quartier n’a aucun chiffre propre"


# --- what became of objectives --------------------------------------------------------------------


def assessed(aims: list[dict[str, Any]]) -> Any:
    return SimpleNamespace(objectives=pd.DataFrame(aims))


def aims(lacking: int, known: int, total: int) -> Any:
    return assessed(
        [
            {
                "lacking": "À demander : Caf." if n < lacking else "",
                "low": 1.0 if n < known else NAN,
                "partner": "Caf",
            }
            for n in range(total)
        ]
    )


@pytest.mark.parametrize(
    ("found", "lead", "text"),
    [
        (aims(1, 0, 1), "L’évaluation est vide : la preuve manque à son seul objectif",
         "À demander d’abord : Caf (1 objectif). Le détail est au chapitre de l’évaluation."),
        (aims(4, 0, 4), "L’évaluation est vide : la preuve manque à 4 des 4 objectifs",
         "À demander d’abord : Caf (4 objectifs). Le détail est au chapitre de l’évaluation."),
        (aims(3, 1, 4), "L’évaluation est presque vide : la preuve manque à 3 des 4 objectifs",
         "À demander d’abord : Caf (3 objectifs). Le détail est au chapitre de l’évaluation."),
        (aims(2, 1, 4), "4 objectifs : 1 avec un chiffre depuis le départ",
         "À demander d’abord : Caf (2 objectifs). 2 preuves manquent. Le détail est au chapitre de l’évaluation."),
        (aims(1, 0, 4), "4 objectifs : aucun n’a de chiffre depuis le départ",
         "À demander d’abord : Caf (1 objectif). 1 preuve manque. Le détail est au chapitre de l’évaluation."),
        (aims(0, 2, 2), "2 objectifs : 2 avec un chiffre depuis le départ", ""),
    ],
)  # fmt: skip
def test_an_evaluation_is_said_as_empty_as_it_is(found: Any, lead: str, text: str) -> None:
    said = outcome(found)
    assert said is not None
    assert tuple(map(plain, said)) == (lead, text)


def test_what_lacks_is_asked_of_nobody_where_no_partner_is_named() -> None:
    said = outcome(assessed([{"lacking": "Le départ.", "low": NAN, "partner": ""}]))
    assert said is not None
    assert said[1] == "Le détail est au chapitre de l’évaluation."


def test_without_objectives_nothing_is_said_of_them() -> None:
    assert outcome(None) is None
    assert outcome(assessed([])) is None


# --- theme by theme -------------------------------------------------------------------------------


def test_a_theme_is_said_by_its_strongest_then_by_what_it_maps_first() -> None:
    theme = SimpleNamespace(code="t", label="Emploi", ask="Caf", maps=("m", "a"))
    other = SimpleNamespace(code="u", label="Santé", ask="ARS", maps=())
    table = table_of(
        A,
        V,
        cell("B", 1.0, "estimated"),
        cell("C", 2.0, "observed", indicator="q"),
        indicators=(POOR, replace(POOR, code="q", theme="u"), replace(POOR, code="r", theme="w")),
    )
    some = [
        weighed("a", "t", (1, 0.5)),
        weighed("b", "t", (2, 0.1)),
        weighed("m", "t", (0, 0.0)),
        weighed("z", "w", (2, 1.0)),
    ]
    empty = SimpleNamespace(code="w2", label="Rien", ask="", maps=())
    _, grid, warned = retain_blocks(
        table, [theme, other, empty], some, Callout("À lire", ("Avis.",))
    )  # type: ignore[list-item]
    assert [(row.label, *(plain(each.text) for each in row.cells)) for row in grid.rows] == [  # type: ignore[union-attr]
        ("Emploi", "b. Texte b m. Texte m", "1 sur 2", "Caf"),
        ("Santé", "Aucun taux propre, des effectifs seulement.", "1 sur 1", "ARS"),
        ("Rien", "Aucun chiffre propre au quartier.", "0 sur 0", "—"),
    ]
    assert isinstance(warned, Callout)
