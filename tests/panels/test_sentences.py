"""Each sentence of a profile, whole: its number, its agreement, what it counts and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from maps_made import NAN, POOR, TOWN, WORDS, bearing, mark, plain

from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.panels.identities import SharedSource
from observatoire.panels.sentences import (
    band,
    headlines,
    in_short,
    lacking,
    lecture,
    nothing_sure,
    signs,
    unjudged,
)
from observatoire.values import Status

IRIS = SharedSource("Godissard (972090301)", ("Godissard",), Noun("IRIS"), "972090301")
CONTEXT, ESTIMATED = bearing(28.0, Status.CONTEXT), bearing(30.0, Status.ESTIMATED)
BOUNDED = bearing(NAN, mark=mark(0, NAN, Status.BOUNDED, low=12.0, high=15.5, text="[12,0 ; 15,5]"))
SECRET, MISSING = bearing(NAN, Status.SECRET), bearing(NAN, Status.MISSING)
ZONES = TerritoryNames(Noun("zone", feminine=True), Noun("commune", feminine=True))


def short(code: str, name: str, **other: object) -> object:
    return replace(POOR, code=code, short=name, **other)


@pytest.mark.parametrize(
    ("rows", "shared", "sharing", "words", "title", "said"),
    [
        ([bearing()], None, 1, WORDS, "Chiffres propres au quartier.",
         "Le chiffre de cette page est exactement le sien."),
        ([bearing(), MISSING], None, 1, ZONES, "Chiffres propres à la zone.",
         "1 des 2 chiffres de cette page est exactement le sien ; 1 manque."),
        ([bearing(), bearing(), ESTIMATED, ESTIMATED, CONTEXT, SECRET, SECRET], None, 1, WORDS,
         "Chiffres propres au quartier.",
         ("2 des 7 chiffres de cette page sont exactement les siens ; 2 sont estimés, "
         "1 est celui d’un territoire plus grand et 2 sont couverts par le secret.")),
        ([ESTIMATED, CONTEXT], None, 1, WORDS, "Aucun chiffre propre au quartier, mais des estimations.",
         "Sur cette page : 1 est estimé et 1 est celui d’un territoire plus grand."),
        ([ESTIMATED, ESTIMATED], IRIS, 1, WORDS, "Aucun chiffre propre au quartier, mais des estimations.",
         "Sur cette page : 2 sont estimés ; on se fonde sur l’IRIS Godissard (972090301), plus grand que lui."),
        ([ESTIMATED], IRIS, 3, WORDS, "Aucun chiffre propre à ces quartiers, mais des estimations.",
         ("Sur cette page : 1 est estimé ; on se fonde sur l’IRIS Godissard (972090301), "
         "qui contient les 3 quartiers.")),
        ([CONTEXT, CONTEXT, MISSING, MISSING], IRIS, 1, WORDS, "Ces chiffres ne sont pas ceux du quartier.",
         ("On ne les connaît que pour l’IRIS Godissard (972090301), plus grand que lui : ils sont entre "
         "parenthèses, en losange creux ; 2 manquent.")),
        ([CONTEXT], IRIS, 3, WORDS, "Ces chiffres ne sont pas ceux de ces quartiers.",
         ("On ne les connaît que pour l’IRIS Godissard (972090301), qui contient les 3 quartiers : "
         "ils sont entre parenthèses, en losange creux.")),
        ([bearing(), CONTEXT, BOUNDED], IRIS, 1, WORDS, "Chiffres propres au quartier.",
         ("1 des 3 chiffres de cette page est exactement le sien ; 1 est connu entre deux bornes et "
          "1 est celui d’un territoire plus grand.")),
        ([BOUNDED], IRIS, 1, WORDS, "Aucun chiffre propre au quartier.",
         "Sur cette page : 1 est connu entre deux bornes."),
        ([CONTEXT, BOUNDED], None, 1, ZONES, "Ces chiffres ne sont pas ceux de la zone.",
         "On ne les connaît que pour la commune qui la contient ; 1 est connu entre deux bornes."),
        ([BOUNDED, BOUNDED], None, 1, ZONES, "Aucun chiffre propre à la zone.",
         "Sur cette page : 2 sont connus entre deux bornes."),
    ],
)  # fmt: skip
def test_a_page_says_first_whose_figures_it_shows(
    rows: list, shared: SharedSource | None, sharing: int, words: TerritoryNames, title: str, said: str
) -> None:  # fmt: skip
    assert tuple(map(plain, band(rows, shared, words, sharing))) == (title, said)


def test_why_nothing_stands_out_is_said_of_one_and_of_several() -> None:
    said = [
        nothing_sure(rows, WORDS, town, sharing)
        for rows, town, sharing in (
            ([CONTEXT], "Ville", 4),
            ([CONTEXT], "Ville", 1),
            ([bearing(references=()), CONTEXT], "Ville", 1),
            ([bearing(20.0), bearing(references=()), CONTEXT], "Ville", 2),
            ([bearing(20.0)], "", 1),
        )
    ]
    assert [plain(each) for each in said] == [
        "Rien ne distingue ces quartiers de façon sûre : aucun chiffre ne leur est propre.",
        "Rien ne distingue ce quartier de façon sûre : aucun chiffre ne lui est propre.",
        "Rien à quoi comparer les chiffres de cette page : leurs sources ne donnent aucun autre territoire.",
        "Aucun écart sûr avec Ville ne distingue ce quartier parmi les chiffres de cette page.",
        "Aucun écart sûr ne distingue ce quartier parmi les chiffres de cette page.",
    ]


def test_the_widest_gap_is_said_first_without_decimals_where_they_say_nothing() -> None:
    rows = [bearing(value) for value in (30.0, 44.0, 20.4)]
    assert [lead for lead, _ in headlines(rows)] == [
        f"{v} habitants sur 100" for v in ("44", "30", "20,4")
    ]
    bare = bearing(indicator=replace(POOR, sentence=""))
    assert plain(headlines([bare])[0][0]) == "Pauvreté : 44,0 %"
    assert lacking([], [], 3, {}).startswith("Rien ne manque")


def test_a_headline_without_its_sentence_gives_the_figure_then_what_it_is_compared_with() -> None:
    ((lead, rest),) = headlines([bearing(1.4)])
    assert (plain(lead), plain(rest)) == ("Pauvreté : 1,4 %", "(2016) ; Ville : 20,0.")
    ((lead, rest),) = headlines([bearing(2.0)])
    assert (lead, plain(rest)) == (
        "2 habitants sur 100",
        "vivent sous le seuil (2016) ; Ville : 20.",
    )


def test_a_line_each_gives_the_figure_its_interval_and_what_it_is_compared_with() -> None:
    sampled = bearing(mark=mark(0, 44.0, text="44,0", interval=(41.0, 47.25)))
    foretold = bearing(mark=mark(0, 30.0, text="30,0 e", interval=(20.0, 40.0), level=80))
    euros = replace(POOR, short="Niveau de vie", unit="euros", decimals=0)
    paid = bearing(indicator=euros, mark=mark(0, 17400.0, text="17 400"), references=())
    title, lines = map(plain, in_short([sampled, MISSING, bearing(NAN, Status.NOT_APPLICABLE)]))
    assert title == "Chiffres : ici (intervalle à 95 %) ; Ville"
    assert lines == "Pauvreté %, 2016 : 44,0 (41,0 à 47,3) ; 20,0"
    title, lines = map(plain, in_short([foretold, paid]))
    assert title == "Chiffres : ici (intervalle à 80 %) ; Ville"
    assert lines.split("\n") == [
        "Pauvreté %, 2016 : 30,0 e (20,0 à 40,0) ; 20,0", "Niveau de vie €, 2016 : 17 400",
    ]  # fmt: skip
    whole = replace(TOWN, name="Département", text="25,0")
    bare = bearing(
        indicator=replace(POOR, unit=""), references=(whole,), mark=mark(0, 9.0, text="9,0")
    )
    title, lines = map(plain, in_short([sampled, foretold, bare]))
    assert title == "Chiffres : ici", "two levels and two comparators: each line says its own"
    assert [line.partition(" ; ")[2] for line in lines.split("\n")] == [
        "Ville : 20,0", "Ville : 20,0", "Département : 25,0",
    ]  # fmt: skip
    assert lines.split("\n")[2].startswith("Pauvreté, 2016 : 9,0 ;")


def test_a_reading_is_of_a_sure_figure_then_of_one_with_its_interval_then_of_the_widest_gap() -> (
    None
):
    sampled = {"interval": (40.0, 48.0)}
    unsure = bearing(mark=mark(0, 50.0, sign="●", tone="none", **sampled))
    plain_sure = bearing(mark=mark(0, 60.0, sign="▲"))
    sure, wider = (bearing(mark=mark(0, value, sign="▲", **sampled)) for value in (30.0, 41.0))
    said = [
        plain(lecture(rows, "Ici", WORDS)).split(" pour Ici")[0].rsplit(" : ", 1)[1]
        for rows in ([unsure, plain_sure], [plain_sure, sure], [sure, wider], [CONTEXT, unsure])
    ]
    assert said == ["60,0 %", "30,0 %", "41,0 %", "50,0 %"]


def test_a_reading_says_what_the_figure_stands_among() -> None:
    among = bearing(known=(10.0, 30.0, 44.0))
    assert plain(lecture([among], "Ici", WORDS)) == (
        "« Taux de pauvreté », 2016 : 44,0 % pour Ici, contre 20,0 % pour Ville ; "
        "parmi les 3 quartiers connus, de 10,0 à 44,0 %."
    )
    sampled = lecture([bearing(mark=mark(0, 44.0, interval=(41.0, 47.0)))], "Ici", WORDS)
    assert "44,0 % pour Ici (entre 41,0 et 47,0 %, à 95 %), contre" in plain(sampled)
    alone = bearing(known=(44.0,), references=())
    assert plain(lecture([alone], "Ici", WORDS)) == "« Taux de pauvreté », 2016 : 44,0 % pour Ici."
    zones = lecture([bearing(left_out=1)], "Ici", ZONES)
    assert plain(zones).endswith("parmi les 2 zones connues, hors † et ‡, de 10,0 à 44,0 %.")


def test_a_reading_of_what_is_not_its_own_says_so() -> None:
    assert plain(lecture([MISSING, CONTEXT], "Ici", ZONES)) == (
        "« Taux de pauvreté », 2016 : 28,0 % dans la commune qui contient Ici ; "
        "on ne sait ce qu’il en est de la zone seule."
    )
    foretold = bearing(mark=mark(0, 30.0, Status.ESTIMATED, modelled=True))
    assert lecture([foretold], "Ici", WORDS) == "", "a model says nothing of a larger place"
    empty = bearing(mark=mark(0, NAN, Status.CONTEXT))
    assert lecture([empty], "Ici", WORDS) == ""
    assert plain(lecture([empty, BOUNDED], "Ici", WORDS)) == (
        "« Taux de pauvreté », 2016 : entre 12,0 et 15,5 % pour Ici."
    )


def test_only_the_signs_that_a_page_bears_are_explained() -> None:
    assert signs([bearing()]) == ""
    said = plain(signs([ESTIMATED, SECRET, MISSING, bearing(references=())]))
    assert [each.split(" : ")[0] for each in said.rstrip(".").split(" ; ")] == [
        "e",
        "s",
        "n.d.",
        "–",
    ]
    assert "la source ne donne rien à quoi comparer" in said
    frail = signs([bearing(mark=mark(0, 44.0, text="44,0 †"))])
    assert plain(frail).startswith("† : effectif, ou dénominateur")
    assert "‡" not in frail


def test_why_gaps_are_not_judged_is_said_once_of_all_that_share_the_reason() -> None:
    hollow = mark(0, 44.0, sign="○")
    rows = [
        bearing(indicator=short("a", "Un"), mark=hollow),
        bearing(indicator=short("b", "Deux"), mark=hollow),
        bearing(indicator=short("c", "Frêle"), mark=replace(hollow, careful=True)),
        bearing(indicator=short("d", "Seul"), mark=hollow, references=()),
        bearing(indicator=short("e", "Jugé")),
        bearing(28.0, Status.CONTEXT, indicator=short("f", "Autre"), mark=mark(0, 28.0, Status.CONTEXT, sign="○")),
        bearing(indicator=short("g", "Muet"), mark=hollow),
    ]  # fmt: skip
    reasons = dict.fromkeys("abcdef", "La source compte tout le monde.")
    assert plain(unjudged(rows, reasons)) == "Un et Deux : la source compte tout le monde."
    assert unjudged(rows[:1], {"a": "Raison."}) == "Un\u00a0: raison."


def test_what_lacks_is_counted_and_asked_first_of_whom_most_of_it_is() -> None:
    ask = {"t": "Caf"}
    whom = ["", "État", "État", "État", "État", "", "Ville"]
    theirs = [short(c, c.upper(), ask=who) for c, who in zip("abcdefg", whom, strict=True)]
    assert plain(lacking(theirs, [], 30, ask)) == (
        "7 indicateurs sur 30 n’ont pas de chiffre ici. D’abord à demander à :\n"
        "État : B, C, D et 1 autre.\nCaf : A et F."
    )
    assert plain(lacking(theirs[:1], theirs[1:2], 30, {})) == (
        "1 indicateur sur 30 n’a pas de chiffre ici. 1 autre est couvert par le secret (B)."
    )
    assert (
        plain(lacking([], theirs[:2], 30, ask))
        == "2 indicateurs sont couverts par le secret (A et B)."
    )
