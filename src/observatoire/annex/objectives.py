"""The chapter of the evaluation: objectives as boxes, slopes of what moved, what lacks and whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, in_full
from observatoire.pages.blocks import Block, Callout, Facts, Figure, Heading, Paragraph, TableBlock
from observatoire.panels.objectives import aims_grid, evidence_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable

_LEAD = (
    "Ce que le contrat visait, ce que les chiffres permettent d’en dire, ce qui manque et à qui le "
    "demander ; puis ce qui a été programmé."
)

#: Boxes side by side.
_ABREAST = 2


def evaluation_chapter(
    found: Assessment, table: ProtectedTable, made: Sequence[Block], slopes: Sequence[Figure] = ()
) -> list[Block]:
    """Lay the evaluation out, its objectives as boxes.

    Parameters
    ----------
    found : Assessment
        What was found.
    table : ProtectedTable
        For definitions.
    made : sequence of Block
        The pages of the evaluation as ``o.evaluate`` shows them: what is said of objectives there
        is given here in boxes instead.
    slopes : sequence of Figure
        How figures moved over their dates.
    """
    blocks: list[Block] = [Heading("Évaluation", 1, "evaluation"), Paragraph(_LEAD)]
    blocks += [block for block in made if isinstance(block, Callout)]
    if len(found.objectives):
        blocks.append(Heading("Objectifs et résultats", 2, "objectifs"))
        blocks += objective_boxes(found, table.indicators)
    blocks += [Heading("Ce qui a bougé", 2, "evolutions"), *slopes] if slopes else []
    boxed = (
        {aims_grid(found.objectives, table.indicators).title} if len(found.objectives) else set()
    )
    boxed |= {
        block.title for block in evidence_blocks(found.objectives) if isinstance(block, TableBlock)
    }
    return [*blocks, *_rest(made, boxed)]


def _rest(made: Sequence[Block], boxed: set[str]) -> list[Block]:
    """Return what the boxes do not say, without the heading that is left with nothing under it."""
    kept = [
        block
        for block in made
        if not isinstance(block, Callout)
        and not (isinstance(block, TableBlock) and block.title in boxed)
    ]
    return [
        block
        for block, after in zip(kept, [*kept[1:], None], strict=True)
        if not (isinstance(block, Heading) and (after is None or isinstance(after, Heading)))
    ]


def objective_boxes(found: Assessment, indicators: Mapping[str, Indicator]) -> list[Block]:
    """Return the objectives as boxes, two abreast, under their orientations."""
    blocks: list[Block] = []
    grid = aims_grid(found.objectives, indicators)
    lacking = dict(zip(found.objectives["code"], found.objectives["lacking"], strict=True))
    due = dict(zip(found.objectives["code"], found.objectives["due"], strict=True))
    waiting: list[tuple[str, str]] = []
    for row in grid.rows:
        if row.kind == "group":
            blocks += _abreast(waiting)
            blocks.append(Heading(row.label, 3))
            waiting = []
            continue
        code = row.label.split(" ")[0]
        place, start, since, verdict, target = (cell.text for cell in row.cells)
        sentences = [
            f"{place}.",
            f"Départ{NO_BREAK}: {_ended(start)} Depuis{NO_BREAK}: {_ended(since)}",
        ]
        if since not in ("n.d.", "pas d’indicateur"):
            sentences.append(f"{verdict[:1].upper()}{verdict[1:]}.")
        sentences.append(
            f"Cible{NO_BREAK}: {target}."
            if target
            else f"Échéance{NO_BREAK}: {in_full(str(due[code]))}."
        )
        if lacking.get(code):
            sentences.append(str(lacking[code]))
        waiting.append((row.label, " ".join(sentences)))
    return [
        *blocks,
        *_abreast(waiting),
        *(Paragraph(f"{n.label}{NO_BREAK}: {n.text}") for n in grid.notes[-1:]),
    ]


def _ended(text: str) -> str:
    """End a sentence on a text that may be an abbreviation: « n.d. » has its stop already."""
    return text if text.endswith(".") else f"{text}."


def _abreast(boxes: Sequence[tuple[str, str]]) -> list[Block]:
    return [
        Facts(tuple(boxes[at : at + _ABREAST]), kind="boxes")
        for at in range(0, len(boxes), _ABREAST)
    ]
