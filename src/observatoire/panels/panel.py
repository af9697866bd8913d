"""The thematic panel: territories in rows, indicators in columns, comparators at the foot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, capital
from observatoire.indicators.computation.table import Spot, by_spot
from observatoire.pages.blocks import (
    Block,
    Callout,
    Column,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
    heads,
    text_row,
)
from observatoire.pages.cells import cell_of, figure_words
from observatoire.pages.notes import four_lines, notes_of
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.secrecy.release.protected_table import ProtectedTable


#: As many columns of figures as an A4 page holds without shrinking them.
MOST_COLUMNS = 8


def panel_page(
    table: ProtectedTable,
    communes: Mapping[str, str],
    theme: Theme | None,
    date: str,
    place: str,
    foot: Sequence[str] | None = None,
) -> Sheet:
    """Return the page of a thematic panel; ``foot`` names the zonings shown with the rows."""
    title = theme.label if theme else "Tableau de bord"
    blocks = panel_blocks(table, communes, theme, foot)
    return Sheet(Page(title, table.zoning_label, tuple(blocks), date, place), table)


def panel_blocks(
    table: ProtectedTable,
    communes: Mapping[str, str],
    theme: Theme | None = None,
    comparators: Sequence[str] | None = None,
) -> list[Block]:
    """Lay a protected table out as panels.

    Parameters
    ----------
    table : ProtectedTable
        The indicators of a theme, with their comparators.
    theme : Theme, optional
        The heading: its name, and whom to ask when it has no figure by territory.
    comparators : sequence of str, optional
        Zonings shown at the foot of the grids; all those of the table by default.

    Returns
    -------
    list of Block
        One grid by source and period, of :data:`MOST_COLUMNS` columns at most; then the figures
        known at another scale only; then what is not available and whom to ask.
    """
    admit(table)
    known = table.main[table.main["status"] != str(Status.MISSING)]
    shown = [i for i in table.indicators.values() if i.code in set(known["indicator"])]
    elsewhere = table.compared[table.compared["status"] != str(Status.MISSING)]
    compared_only = [
        i
        for i in table.indicators.values()
        if i not in shown and i.code in set(elsewhere["indicator"])
    ]
    lacking = [i for i in table.indicators.values() if i not in shown and i not in compared_only]
    blocks: list[Block] = []
    if not shown:
        asked = f" Producteurs à solliciter{NO_BREAK}: {theme.ask}." if theme and theme.ask else ""
        blocks.append(
            Paragraph(
                f"Aucune donnée par {table.words.here.singular} pour cette thématique.{asked}"
            )
        )
    cautions: dict[str, str] = {}
    groups = _groups(table, shown)
    foot = table.comparators if comparators is None else tuple(comparators)
    for rank, chosen in enumerate(groups, 1):
        label = theme.label if theme else table.zoning_label
        title = f"{label} ({rank}/{len(groups)})" if len(groups) > 1 else label
        grid, said = _grid(table, chosen, communes, title, foot)
        blocks.append(grid)
        cautions |= said
    if compared_only:
        grid, said = _other_scales(table, compared_only)
        blocks.append(grid)
        cautions |= said
    if cautions:
        blocks.append(Callout("Précautions", tuple(cautions)))
    if lacking:
        blocks.append(_lacking(table, lacking))
    return blocks


def _groups(table: ProtectedTable, indicators: Sequence[Indicator]) -> list[list[Indicator]]:
    """Deal indicators into grids that are not too wide, those of one source kept together."""
    period = table.main.drop_duplicates("indicator").set_index("indicator")["period"]
    by_source: dict[tuple[tuple[str, ...], str], list[Indicator]] = {}
    for indicator in indicators:
        key = (indicator.sources, str(period[indicator.code]))
        by_source.setdefault(key, []).append(indicator)
    pages: list[list[Indicator]] = []
    for group in by_source.values():
        for piece in _pieces(group):
            roomy = (page for page in pages if len(page) + len(piece) <= MOST_COLUMNS)
            page = next(roomy, None)
            if page is None:
                pages.append(list(piece))
            else:
                page.extend(piece)
    return pages


def _pieces(group: list[Indicator]) -> Iterator[list[Indicator]]:
    """Cut a group in the order of the catalogue: ages that follow each other stay side by side."""
    for start in range(0, len(group), MOST_COLUMNS):
        yield group[start : start + MOST_COLUMNS]


def _grid(
    table: ProtectedTable,
    indicators: list[Indicator],
    communes: Mapping[str, str],
    title: str,
    comparators: Sequence[str],
) -> tuple[TableBlock, dict[str, str]]:
    """Return a grid with at most four notes, and the cautions that its theme says once."""
    codes = [indicator.code for indicator in indicators]
    cells = table.cells[
        table.cells["indicator"].isin(codes)
        & table.cells["zoning"].isin([table.zoning, *comparators])
    ]
    period = cells.drop_duplicates("indicator").set_index("indicator")["period"]
    by_key = by_spot(cells)
    rows = [
        *_comparator_rows(table, indicators, by_key, comparators),
        *_item_rows(table, indicators, by_key, communes),
    ]
    known = cells["status"] != str(Status.MISSING)
    listed = known.groupby([cells["zoning"], cells["territory"]]).transform("any")
    notes = notes_of(table, cells[listed | (cells["zoning"] == table.zoning)], indicators)
    grid = TableBlock(
        title=title,
        head=table.zoning_label,
        columns=tuple(
            Column(
                label=each.short,
                unit=each.unit,
                period=str(period[each.code]),
                decimals=each.decimals,
                hint=each.definition,
            )
            for each in indicators
        ),
        rows=tuple(rows),
        notes=four_lines(notes),
    )
    return grid, _cautions(notes)


def _cautions(notes: Sequence[Note]) -> dict[str, str]:
    return {note.text: "" for note in notes if note.label in _CAUTIONS}


#: Notes that a theme says once for all its grids.
_CAUTIONS = ("Précaution", "Avertissement")


def _item_rows(
    table: ProtectedTable,
    indicators: list[Indicator],
    by_key: Mapping[Spot, Record],
    communes: Mapping[str, str],
) -> Iterator[Row]:
    heading = None
    verdicts = table.verdicts
    for code, name in _territories(table.main):
        commune = communes.get(code, "")
        if commune != heading:
            heading = commune
            yield Row(commune or capital(table.words.here.many), kind="group")
        cells = _row_cells(table.zoning, code, indicators, by_key, verdicts)
        yield Row(name, cells, hint=code)


def _comparator_rows(
    table: ProtectedTable,
    indicators: list[Indicator],
    by_key: Mapping[Spot, Record],
    comparators: Sequence[str],
) -> Iterator[Row]:
    compared = table.compared[table.compared["zoning"].isin(list(comparators))]
    rows = []
    for zoning in comparators:
        for code, name in _territories(compared[compared["zoning"] == zoning]):
            cells = _row_cells(zoning, code, indicators, by_key)
            if any(cell.status is not Status.MISSING for cell in cells):
                rows.append(Row(name, cells, kind="comparator", hint=code))
    if rows:
        yield Row("Pour comparer", kind="group")
        yield from rows


def _row_cells(
    zoning: str,
    code: str,
    indicators: list[Indicator],
    by_key: Mapping[Spot, Record],
    verdicts: Mapping[tuple[str, str], Record] | None = None,
) -> tuple[TextCell, ...]:
    differences = verdicts or {}
    return tuple(
        cell_of(by_key[zoning, code, i.code], i, differences.get((code, i.code)))
        for i in indicators
    )


def _territories(cells: pd.DataFrame) -> list[tuple[str, str]]:
    once = cells.drop_duplicates("territory")
    return [
        (str(code), str(name)) for code, name in zip(once["territory"], once["name"], strict=True)
    ]


def _other_scales(
    table: ProtectedTable, indicators: list[Indicator]
) -> tuple[TableBlock, dict[str, str]]:
    """List the figures that exist for a commune, a ZUS or a perimeter, not for these territories."""
    codes = [indicator.code for indicator in indicators]
    cells = table.compared[
        table.compared["indicator"].isin(codes) & (table.compared["status"] != str(Status.MISSING))
    ]
    rows = []
    for indicator in indicators:
        rows.append(Row(indicator.label, kind="group"))
        for row in records(cells[cells["indicator"] == indicator.code]):
            shown = replace(cell_of(row, indicator), text=figure_words(row, indicator), hint="")
            texts = TextCell(str(row["period"])), shown, TextCell(str(row["method"]) or "—")
            rows.append(Row(str(row["name"]), texts))
    notes = notes_of(table, cells, indicators, warn=False)
    grid = TableBlock(
        title=f"Chiffres connus à une autre échelle que {table.words.here.the}",
        head="Indicateur, territoire",
        columns=heads("Période", "Valeur", "Note"),
        rows=tuple(rows),
        notes=four_lines(notes),
        kind="texts",
    )
    return grid, _cautions(notes)


def _lacking(table: ProtectedTable, indicators: list[Indicator]) -> TableBlock:
    reasons = table.main.drop_duplicates("indicator").set_index("indicator")["reason"]
    rows = tuple(text_row(i.label, i.definition, reasons[i.code]) for i in indicators)
    return TableBlock(
        title=f"Indicateurs sans chiffre par {table.words.here.singular}",
        head="Indicateur",
        columns=heads("Définition", "Ce qui manque"),
        rows=rows,
        notes=(Note("Signes", "Non disponible (n.d.) pour tous les territoires."),),
        kind="texts",
    )
