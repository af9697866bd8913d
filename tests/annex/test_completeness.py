"""What is known of whom: a sign a cell, a letter a reason, and rows that are alike told once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from maps_made import POOR, plain
from tables_made import NAN, TOWN, cell, table_of

from observatoire.annex.completeness import completeness_blocks
from observatoire.pages.blocks import Paragraph, TableBlock

SIGNS = {
    "observed": "■", "aggregated": "■", "estimated": "e", "bounded": "[ ]", "context": "( )", "secret": "s",
    "not_applicable": "///",
}  # fmt: skip
ONE, TWO, OTHER = (
    replace(POOR, code=code, short=code.upper(), label=f"Label {code}", theme=theme)
    for code, theme in (("p", "t"), ("q", "t"), ("r", "u"))
)


def blocks(*cells: dict[str, Any], indicators: Any = (ONE,), **asked: Any) -> list[Any]:
    return completeness_blocks(table_of(*cells, indicators=indicators), **asked)


def grid(*cells: dict[str, Any], **asked: Any) -> TableBlock:
    (found,) = (b for b in blocks(*cells, **asked) if isinstance(b, TableBlock))
    return found


def said(*cells: dict[str, Any], **asked: Any) -> list[str]:
    return [plain(b.text) for b in blocks(*cells, **asked) if isinstance(b, Paragraph)]


def notes(block: TableBlock) -> dict[str, str]:
    return {note.label: plain(note.text) for note in block.notes}


def test_each_status_has_its_sign_and_each_reason_its_letter() -> None:
    cells = [cell(f"N{n}", NAN, status) for n, status in enumerate(SIGNS)]
    holes = [
        cell(f"H{n}", reason=reason)
        for n, reason in enumerate(("Non diffusé.", "Aucun IRIS.", "Non diffusé."))
    ]
    shown = grid(*cells, *holes, cell("V", 1.0, zoning=TOWN))
    assert [each.text for each in shown.rows[0].cells] == [*SIGNS.values(), "A", "B", "A"]
    assert shown.rows[0].cells[7].hint == "Non diffusé."
    assert notes(shown)["Lettres"] == "A, non diffusé ; B, aucun IRIS."
    assert notes(shown)["Colonnes"].startswith("1 N0 ; 2 N1 ;")
    assert "( ) chiffre de l’IRIS, plus grand que le quartier ;" in notes(shown)["Signes"]
    assert "Lettres" not in notes(grid(*cells))


def test_letters_are_none_of_the_marks_and_never_run_out() -> None:
    holes = [cell(f"H{n:02}", reason=f"Raison {n}.") for n in range(26)]
    letters = [each.text for each in grid(*holes, cell("Z", 1.0)).rows[0].cells][:26]
    assert letters == [*"ABCDFGHIJKLMNOPQRTUVWXYZ", "AA", "AB"]


def test_indicators_of_one_theme_known_of_the_same_share_a_row() -> None:
    rows = [
        cell(name, value, indicator=code)
        for code, values in (("p", (1.0, NAN)), ("q", (2.0, NAN)), ("r", (3.0, NAN)))
        for name, value in zip("AB", values, strict=True)
    ]
    shown = grid(*rows, indicators=(ONE, TWO, OTHER))
    assert [(row.label, row.hint) for row in shown.rows] == [
        ("P · Q", "Label p et Label q"),
        ("R", "Label r"),
    ]
    rows[3] = cell("B", 9.0, indicator="q")
    assert [row.label for row in grid(*rows, indicators=(ONE, TWO, OTHER)).rows] == ["P", "Q", "R"]


def test_what_is_exact_is_counted_over_all_cells() -> None:
    several = (cell("A", 1.0), cell("B", 1.0, "observed"), cell("C", 1.0, "estimated"))
    assert said(*several)[0].startswith(
        "Sur 3 cases, 2 portent le chiffre du producteur ou une somme"
    )
    assert said(several[0], several[2])[0].startswith("Sur 2 cases, 1 porte le chiffre")


def test_what_no_territory_has_is_named_or_counted_and_has_no_row() -> None:
    rows = (cell("A", 1.0), cell("A", indicator="q"), cell("A", indicator="r"))
    every = (ONE, TWO, OTHER)
    assert (
        said(*rows, indicators=every)[1]
        == "Sans aucun chiffre par quartier (2 indicateurs) : Q et R."
    )
    assert (
        said(*rows[:2], indicators=every[:2])[1]
        == "Sans aucun chiffre par quartier (1 indicateur) : Q."
    )
    assert said(*rows[:2], indicators=every[:2], named=False)[1].startswith(
        "1 indicateur n’a aucun chiffre par quartier :"
    )
    assert len(said(rows[0])) == 1
    assert [row.label for row in grid(*rows, indicators=every).rows] == ["P"]
    assert not [b for b in blocks(cell("A")) if isinstance(b, TableBlock)]


def test_hundreds_of_territories_are_counted_by_what_is_known_of_them() -> None:
    sixty = [cell(f"N{n:02}", 1.0) for n in range(60)]
    assert len(grid(*sixty).columns) == 60
    more = [
        *sixty,
        cell("S", NAN, "secret"),
        cell("H", reason="Non diffusé."),
        cell("I", reason="Non diffusé."),
    ]
    shown = grid(*more)
    assert shown.title == "Complétude : nombre de quartiers sur 63, par indicateur"
    assert [column.label for column in shown.columns] == [
        "Leur chiffre",
        "Secret",
        "Non disponible",
    ]
    assert [each.text for each in shown.rows[0].cells] == ["60", "1", "2"]
    assert notes(shown) == {"Sans chiffre": "non diffusé (2)."}
    assert not grid(*sixty, cell("S", NAN, "secret")).notes
