"""The annex counts what the checks found, and says nothing of whom."""

from __future__ import annotations

import pandas as pd
from demo import annex_sheet

from observatoire.annex.checks import checked_blocks
from observatoire.pages.blocks import Heading, Paragraph, TableBlock

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
