"""The method, written from what this table did: what it did not do is not said."""

from __future__ import annotations

from typing import Any

import pandas as pd
from demo import annex_sheet
from maps_made import POOR, WORDS, plain
from tables_made import NAN, TOWN, cell, gap, table_of

from observatoire.annex.method import Done, checked_blocks, method_blocks
from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.indicators.computation.table import WEIGHED
from observatoire.pages.blocks import Heading, Paragraph, TableBlock

TABLE = "IRIS, table de passage"
CARRIED = cell("A", 30.0, method=TABLE)


def blocks(*cells: dict[str, Any], done: Done | None = None, **other: Any) -> list[Any]:
    return method_blocks(table_of(*cells, indicators=(POOR,), **other), done or Done())


def said(*cells: dict[str, Any], **other: Any) -> str:
    return "\n".join(plain(b.text) for b in blocks(*cells, **other) if isinstance(b, Paragraph))


def grids(*cells: dict[str, Any], **other: Any) -> dict[str, list[list[str]]]:
    return {
        b.title: [[row.label, *(plain(each.text) for each in row.cells)] for row in b.rows]
        for b in blocks(*cells, **other)
        if isinstance(b, TableBlock)
    }


def headings(**done: Any) -> list[str]:
    return [b.text for b in blocks(CARRIED, done=Done(**done)) if isinstance(b, Heading)]


def test_each_status_is_explained_and_counted_an_estimate_where_there_are_some() -> None:
    cells = (CARRIED, cell("B", 1.0), cell("C", NAN, "secret"), cell("V", 1.0, zoning=TOWN))
    rows = {row[0]: (row[1], row[3]) for row in grids(*cells)["Les signes des tableaux"]}
    assert rows["agrégé"] == ("(aucun)", "2")
    assert rows["secret"] == ("s", "1")
    assert rows["observé"][1] == "0"
    assert "estimé" not in rows
    guessed = {
        row[0]: row[3]
        for row in grids(*cells, cell("D", 1.0, "estimated"))["Les signes des tableaux"]
    }
    assert guessed["estimé"] == "1"


def test_what_holds_for_the_whole_document_is_said_once() -> None:
    text = said(
        CARRIED, cell("B", 1.0, sampling_low=0.0, sampling_high=2.0), gaps=[gap("A", 1, "▲")]
    )
    assert "Précision : Chiffres d’un sondage" in text
    assert "Écart : Par rapport à Ville" in text
    assert not [
        line for line in text.split("\n") if line.startswith(("Lecture", "Champ", "Source"))
    ]


def test_without_a_passage_figures_are_said_to_be_the_producers_own() -> None:
    own = "de cette annexe sont ceux qu’ils donnent par quartier : aucun n’est porté d’un autre zonage."
    assert own in said(cell("A", 30.0))
    assert own in said(CARRIED, words=TerritoryNames(Noun("quartier")))
    assert own not in said(CARRIED)
    assert f"passage ({TABLE}). Quand un quartier est fait d’IRIS entiers" in said(CARRIED)


def test_only_what_was_done_to_the_figures_is_told() -> None:
    shared = "Quand un IRIS est partagé, l’effectif est estimé"
    context = (
        "est donné pour l’IRIS entier, entre parenthèses : ce n’est pas le chiffre du quartier."
    )
    assert shared not in said(CARRIED)
    assert context not in said(CARRIED)
    assert shared in said(CARRIED, cell("B", 1.0, "estimated"))
    weighed = cell("B", 1.0, "estimated", method=f"IRIS ; {WEIGHED} de 2016")
    assert shared not in said(CARRIED, weighed)
    assert "et estimé (e) d’après leurs effectifs d’une autre année" in said(CARRIED, weighed)
    assert "d’une autre année" not in said(CARRIED)
    larger = cell("C", 1.0, "context")
    assert f"il n’est qu’une partie d’un IRIS, le taux ou la médiane {context}" in said(
        CARRIED, larger
    )
    model = cell("D", 1.0, "estimated", method="modèle : appris sur 90 IRIS (2016)")
    assert f"ce qu’aucun modèle n’estime {context}" in said(CARRIED, larger, model)
    assert shared not in said(CARRIED, model)
    zones = TerritoryNames(Noun("zone", feminine=True), Noun("commune", feminine=True))
    assert "Quand elle n’est qu’une partie d’une commune, le taux" in said(
        CARRIED, larger, words=zones
    )


def test_what_a_model_foretold_says_what_it_learnt_on() -> None:
    methods = (
        "appris sur 90 IRIS (2016)",
        "appris sur 1100 IRIS (2018)",
        "appris sur 34 communes (2016)",
    )
    cells = [
        cell(c, 1.0, "estimated", method=f"modèle : {m}")
        for c, m in zip("BCD", methods, strict=True)
    ]
    text = said(CARRIED, *cells, words=WORDS)
    assert "3 chiffres sont estimés par un modèle (e), pour un quartier" in text
    assert "sur 90 à 1 100 IRIS ; ou sur 34 communes : il suppose le quartier semblable" in text
    assert "1 chiffre est estimé par un modèle" in said(CARRIED, cells[0])
    assert "par un modèle" not in said(CARRIED)


def test_passages_breaks_and_sources_are_listed_where_there_are_some() -> None:
    assert not {"Passages employés", "Dates que l’on ne franchit pas"} & set(grids(CARRIED))
    assert "Ruptures de série" not in headings()
    passage = {
        "source": "iris",
        "target": "quartier",
        "method": "table",
        "links": 1234,
        "remarks": "",
    }
    done = Done(passages=[passage], breaks=[("2019", "Le champ.", "Insee")])
    shown = grids(CARRIED, done=done)
    assert shown["Passages employés"] == [["iris → quartier", "table", "1 234", "—"]]
    assert shown["Dates que l’on ne franchit pas"] == [["2019", "Le champ.", "Insee"]]
    assert "Ruptures de série" in headings(breaks=done.breaks)


def test_each_source_says_what_became_of_its_lines() -> None:
    counts = ((10, 10, 0), (1, 1, 0), (10, 8, 2), (10, 9, 0), (10, 10, 1))
    sources = [
        {
            "title": "S",
            "producer": "Insee",
            "licence": "LO",
            "rule": "11",
            "files": "a.csv",
            "loaded": "2 mars",
            "rows_read": read,
            "rows_kept": kept,
            "rows_rejected": rejected,
        }
        for read, kept, rejected in counts
    ]
    rows = grids(CARRIED, done=Done(sources=sources))[
        "Sources chargées, licences et empreintes des fichiers"
    ]
    assert [row[3] for row in rows] == [
        "10 lignes lues, toutes gardées, le 2 mars", "1 ligne lue, gardée, le 2 mars",
        "10 lignes lues, 8 gardées, 2 rejetées, le 2 mars", "10 lignes lues, 9 gardées, 0 rejetée, le 2 mars",
        "10 lignes lues, 10 gardées, 1 rejetée, le 2 mars",
    ]  # fmt: skip
    assert rows[0][1] == "Insee (LO)"


def test_the_last_line_credits_and_says_which_version_wrote_it() -> None:
    last = [
        blocks(CARRIED, done=done)[-1]
        for done in (Done(), Done(version="1.0"), Done(version="1.0", credits="IGN."))
    ]
    assert isinstance(last[0], TableBlock)
    assert [b.text for b in last[1:]] == [
        "Écrit par observatoire 1.0.",
        "IGN. Écrit par observatoire 1.0.",
    ]


def test_what_is_hidden_is_counted_by_cause() -> None:
    text = said(CARRIED, hidden={"du producteur": 1, "de l’observatoire": 12})
    assert "comparaisons comprises : du producteur : 1 case ; de l’observatoire : 12 cases." in text


def test_a_long_name_of_a_file_may_be_cut_and_a_short_one_not() -> None:
    source = {
        "title": "S",
        "producer": "I",
        "licence": "L",
        "rule": "r",
        "loaded": "",
        "rows_read": 1,
        "rows_kept": 1,
        "rows_rejected": 0,
        "files": "court_a.csv un_nom_de_fichier_fort-long.csv",
    }
    found = blocks(CARRIED, done=Done(sources=[source]))
    (grid,) = (b for b in found if isinstance(b, TableBlock) and b.title.startswith("Sources"))
    shown = grid.rows[0].cells[-1].text
    assert shown.startswith("court_a.csv ")
    assert shown.endswith("un_\u200bnom_\u200bde_\u200bfichier_\u200bfort-\u200blong.\u200bcsv")


COLUMNS = ["level", "title", "source", "remedy", "rows"]


def test_each_check_has_its_row_with_its_sources() -> None:
    found = pd.DataFrame(
        [
            ("erreur", "Taux hors de 0 à 100 %", "Filosofi", "À corriger.", 2827),
            ("remarque", "Saut", "Filosofi", "À lire.", 1),
            ("remarque", "Saut", "Accidents", "À lire.", 3),
        ],
        columns=COLUMNS,
    )
    grid = checked_blocks(found)[-1]
    assert isinstance(grid, TableBlock)
    assert [row.label for row in grid.rows] == ["Taux hors de 0 à 100 %", "Saut"]
    assert [cell.text for cell in grid.rows[0].cells] == [
        "erreur", "Filosofi (2\u202f827)", "À corriger.",
    ]  # fmt: skip
    assert [cell.text for cell in grid.rows[1].cells][1] == "Filosofi (1) ; Accidents (3)"


def test_nothing_found_is_said() -> None:
    last = checked_blocks(pd.DataFrame(columns=COLUMNS))[-1]
    assert isinstance(last, Paragraph)
    assert "Aucun contrôle" in last.text


def test_the_annex_has_them_after_the_sources_and_names_no_territory() -> None:
    blocks = annex_sheet().page.blocks
    titles = [block.text for block in blocks if isinstance(block, Heading)]
    assert titles.index("Contrôles des données") > titles.index("Sources")
    grid = next(b for b in blocks if isinstance(b, TableBlock) and b.title.startswith("Ce que les"))
    text = repr(grid)
    assert "Commune dont une partie seulement est dans le fichier" in text
    assert "97209" not in text
    assert "34 des 38" not in text
