"""What the checks found, as the annex gives it: how many figures, never which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import number
from observatoire.pages.blocks import Block, Heading, Paragraph, TableBlock, heads, text_row

if TYPE_CHECKING:
    import pandas as pd


_LEAD = (
    "À chaque chargement, des contrôles comparent les sommes par commune aux totaux publiés et "
    "cherchent les taux impossibles, les sauts, les territoires absents, les codes et les colonnes "
    "abîmés. Aucun chiffre n’est corrigé ni retiré : ce qu’ils trouvent est compté ici."
)


def checked_blocks(found: pd.DataFrame) -> list[Block]:
    """Return the blocks on the checks, nothing when none was passed.

    Parameters
    ----------
    found : DataFrame
        Columns ``level``, ``title``, ``source`` (its title), ``rows`` and ``remedy``: a page that
        circulates says neither the territory nor the figure, which could be a secret one.
    """
    blocks: list[Block] = [
        Heading("Contrôles des données", 2, "controles"),
        Paragraph(_LEAD),
    ]
    if found.empty:
        return [*blocks, Paragraph("Aucun contrôle ne signale d’anomalie.")]
    # A check that signals several sources says once what to think of it.
    rows = tuple(
        text_row(
            title, level, " ; ".join(f"{one} ({number(int(n))})" for one, n in counted), remedy
        )
        for (level, title, remedy), some in found.groupby(["level", "title", "remedy"], sort=False)
        for counted in [list(zip(some["source"], some["rows"], strict=True))]
    )
    grid = TableBlock(
        title="Ce que les contrôles signalent",
        head="Contrôle",
        columns=heads("Niveau", "Sources (et lignes)", "Ce qu’il faut en penser"),
        rows=rows,
        kind="texts",
        widths=(2.0, 0.9, 4.2, 3.2),
    )
    return [*blocks, grid]
