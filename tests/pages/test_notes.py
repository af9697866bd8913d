"""The notes of a table: what is read first, which signs are explained, which cautions and sources are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from maps_made import POOR, plain
from tables_made import NAN, TOWN, cell, gap, table_of

from observatoire.indicators.precision.sampling_error import CAREFUL, TOO_SMALL, UNSIZED
from observatoire.pages.blocks import Note
from observatoire.pages.notes import notes_of, passages_named, schematic_warning, source_notes
from observatoire.values import NATURE_DOUBT

JOB = replace(POOR, code="j", label="Taux d’emploi", universe="Actifs")
BOTH = (POOR, JOB)


def notes(
    *cells: dict[str, Any],
    indicators: Any = (POOR,),
    gaps: Any = (),
    only: Any = None,
    **other: Any,
) -> Any:
    """Return the text of each note by its label; those of one label in a list."""
    asked = {key: other.pop(key) for key in ("warn", "extra") if key in other}
    table = table_of(*cells, indicators=indicators, gaps=gaps, **other)
    found: dict[str, list[str]] = {}
    for note in notes_of(table, table.cells, only or indicators, **asked):
        found.setdefault(note.label, []).append(plain(note.text))
    return found


def reading(*cells: dict[str, Any], **other: Any) -> str:
    (said,) = notes(*cells, **other)["Lecture"]
    return str(said)


JUDGED = (gap("B", 1, "▲", "plus haut"), gap("C", 0, ""))
OWN, MORE = cell("A", 30.0), cell("B", 40.0)


def test_the_reading_is_of_a_judged_figure_then_an_exact_one_then_context_then_bounds() -> None:
    context, bounds = cell("C", 20.0, "context"), cell("D", NAN, "bounded", low=1.0, high=2.0)
    town, hidden = cell("V", 50.0, zoning=TOWN), cell("S", NAN, "secret")
    said = [
        reading(*cells, gaps=gaps)
        for cells, gaps in (
            ((town, hidden, bounds, context, OWN, MORE), JUDGED),
            ((town, hidden, bounds, context, OWN, MORE), JUDGED[1:]),
            ((town, hidden, bounds, context), ()),
            ((town, hidden, bounds), ()),
        )
    ]
    lead = "2016 : l’indicateur « Taux de pauvreté »"
    assert said == [
        f"B, {lead} vaut 40,0 % ; par rapport à Ville : plus haut.",
        f"A, {lead} vaut 30,0 %.",
        f"C, {lead} vaut 20,0 % dans l’IRIS qui le contient.",
        f"D, {lead} est compris dans l’intervalle [1,0 ; 2,0] %.",
    ]
    assert "Lecture" not in notes(town, hidden)


def test_the_reading_says_no_verdict_that_was_not_given() -> None:
    unjudged = gap("A", 0, "", "non jugé")
    assert reading(OWN, MORE, gaps=[unjudged, JUDGED[0]]).startswith("B, ")
    assert reading(OWN, MORE, gaps=[unjudged]).endswith("vaut 30,0 %.")


def test_the_reading_is_of_the_first_indicator_shown() -> None:
    rows = (OWN, cell("A", 60.0, indicator="j"))
    assert "Taux d’emploi" in reading(*rows, indicators=BOTH, only=(JOB, POOR))
    assert "Taux de pauvreté" in reading(*rows, indicators=BOTH)
    assert "Taux d’emploi" in reading(*rows, indicators=BOTH, only=(JOB,))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"status": "estimated"}, "est estimé à 30,0 %."),
        ({"status": "estimated", "passage_low": 10.0, "passage_high": 50.0},
         "est estimé à 30,0 % (dans [10,0 ; 50,0] sans l’hypothèse de la méthode)."),
        ({"status": "estimated", "passage_low": 30.0, "passage_high": 30.0}, "est estimé à 30,0 %."),
        ({"passage_low": 10.0, "passage_high": 50.0}, "vaut 30,0 %."),
        ({"sampling_low": 28.0, "sampling_high": 32.0},
         "vaut 30,0 %, et le sondage permet de dire à 95 % qu’il est dans [28,0 ; 32,0]."),
        ({"sampling_low": 30.0, "sampling_high": 30.0}, "vaut 30,0 %."),
        ({"status": "bounded", "low": 1.0, "high": 2.0, "sampling_low": 0.5, "sampling_high": 2.5},
         "est compris dans l’intervalle [1,0 ; 2,0] %."),
    ],
)  # fmt: skip
def test_the_reading_says_all_that_is_left_open(more: dict[str, Any], said: str) -> None:
    assert reading(cell("A", 30.0, **more)).endswith(f"« Taux de pauvreté » {said}")


def test_only_the_signs_shown_are_explained_and_missing_figures_count_for_nothing_else() -> None:
    said = notes(
        OWN,
        cell("B", 1.0, "estimated"),
        cell("C", NAN, "secret"),
        cell("D", reason="Rien.", flag=CAREFUL),
    )
    (signs,) = said["Signes"]
    assert [each.split(" : ")[0] for each in signs.split(" ; ")] == ["e", "s", "n.d."]
    assert "Prudence" not in said
    assert "Signes" not in notes(OWN)


def test_what_brackets_say_depends_on_what_was_sampled() -> None:
    sampled = cell("A", 30.0, sampling_low=28.0, sampling_high=32.0, precision="census")
    wide = cell("B", NAN, "bounded", low=1.0, high=2.0, precision="census")
    bare = cell("C", NAN, "bounded", low=1.0, high=2.0)
    assert notes(sampled)["Précision"][0].startswith("Chiffres d’un sondage : l’intervalle à 95 %")
    stated = cell("A", 30.0, sampling_low=28.0, sampling_high=32.0, precision="reference")
    assert "Précision" not in notes(stated)
    assert notes(wide)["Précision"] == [
        "Entre crochets [ ; ], ce que laissent ouvert le partage du territoire et le sondage réunis."
    ]
    assert notes(bare)["Précision"] == ["Les crochets ne disent que le partage du territoire."]
    (both,) = notes(sampled, wide, bare)["Précision"]
    assert both.endswith("réunis ; ailleurs, les crochets ne disent que le partage du territoire.")
    (unsized,) = notes(cell("A", 30.0, precision=UNSIZED))["Précision"]
    assert unsized.startswith("Un taux dont la source ne dit pas sur combien il porte")
    assert "Précision" not in notes(cell("A", precision=UNSIZED), OWN)
    assert "Précision" in notes(cell("A", 30.0, precision=UNSIZED), OWN)


def test_only_the_cautions_shown_are_explained() -> None:
    (careful,) = notes(cell("A", 30.0, flag=CAREFUL))["Prudence"]
    assert careful.startswith("† : ")
    assert "‡" not in careful
    (both,) = notes(cell("A", 30.0, flag=TOO_SMALL), cell("B", 30.0, flag=CAREFUL))["Prudence"]
    assert both.index("† : ") < both.index("‡ : ")


def test_gaps_are_explained_by_what_they_are_with_and_counted() -> None:
    gaps = (*JUDGED, gap("A", -1, "▼", against_name="Bourg"), gap("Z", 1, "▲", against_name="Loin"))
    (said,) = notes(OWN, MORE, cell("C", 5.0), gaps=gaps)["Écart"]
    assert said.startswith("Par rapport à Bourg et à Ville : ▲ plus haut")
    assert "Sur 2 comparaisons" in said
    assert "Écart" not in notes(cell("C", 5.0), gaps=JUDGED)


def test_a_caution_is_printed_once_and_with_what_it_is_about_only() -> None:
    frail = replace(POOR, caveats=("De l’indicateur.", "Commune."))
    caveats = {
        "Insee": ("Commune.", "De la source.", f"{NATURE_DOUBT}« autre »."),
        "Caf": ("De la Caf.",),
    }
    said = notes(OWN, cell("B", source="Caf"), indicators=(frail,), caveats=caveats)["Précaution"]
    assert said == ["De l’indicateur.", "Commune.", "De la source."]
    shared = notes(cell("A", 30.0, source="Dares ; Caf"), caveats=caveats)["Précaution"]
    assert shared == ["De la Caf."]
    assert "Précaution" not in notes(cell("A", 30.0, source="Cafétéria"), caveats=caveats)
    both = notes(OWN, cell("B", 1.0, source="Caf"), caveats={"Caf": ("De la Caf.",)})
    assert both["Précaution"] == ["De la Caf."]
    doubt = {"Insee": (f"{NATURE_DOUBT}« taux »",)}
    named = replace(JOB, variable="taux")
    assert "Précaution" not in notes(OWN, caveats=doubt)
    assert notes(OWN, indicators=(POOR, named), caveats=doubt)["Précaution"] == [
        f"{NATURE_DOUBT}« taux »"
    ]


def test_warnings_are_printed_unless_the_page_says_them_once() -> None:
    warned = {"warnings": ("Liste provisoire.",), "extra": (Note("Fond", "Communes."),)}
    labels = list(notes(OWN, **warned))
    assert labels.index("Fond") < labels.index("Avertissement")
    assert "Avertissement" not in notes(OWN, warn=False, **warned)


def test_the_universe_is_said_once_for_all_indicators_that_share_it() -> None:
    third = replace(JOB, code="k")
    assert notes(OWN, indicators=(POOR, JOB, third))["Champ"] == ["Population ; Actifs."]


def test_only_passages_are_named_of_all_methods() -> None:
    methods = (
        "IRIS, table de passage\u00a0: 2 IRIS",
        "modèle, appris sur 3",
        "IRIS, au prorata",
        "somme",
        "",
    )
    cells = table_of(
        *(cell(c, 1.0, method=m) for c, m in zip("ABCDE", methods, strict=True)), indicators=(POOR,)
    ).cells
    assert passages_named(cells) == ["IRIS, au prorata", "IRIS, table de passage"]
    assert notes(cell("A", 1.0, method=methods[0]))["Passage"] == ["IRIS, table de passage."]
    assert "Passage" not in notes(OWN)


def test_sources_are_named_once_with_their_periods_in_order() -> None:
    rows = (
        cell("A", 1.0, period="2018"),
        cell("B", 1.0),
        cell("C", 1.0),
        cell("D", 1.0, source="Caf", period=""),
        cell("E", source=""),
    )
    (note,) = source_notes(table_of(*rows, indicators=(POOR,)).cells)
    assert note.text == "Insee (2016 et 2018) ; Caf."
    assert source_notes(table_of(rows[4], indicators=(POOR,)).cells) == []


def test_a_schematic_ground_says_how_it_was_drawn_where_that_is_known() -> None:
    assert schematic_warning("dessinés à la main").startswith(
        "Périmètres schématiques, dessinés à la main :"
    )
    assert schematic_warning("").startswith("Périmètres schématiques :")
