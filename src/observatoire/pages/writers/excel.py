"""Write the tables of a page as a workbook: numbers as numbers, their status next to them."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import xlsxwriter

from observatoire.french.typography import NO_BREAK, number
from observatoire.pages.blocks import (
    Callout,
    Column,
    Facts,
    Figure,
    Heading,
    Page,
    Paragraph,
    TableBlock,
    TextCell,
)
from observatoire.pages.tokens import tokens
from observatoire.pages.writers.excel_sheets import digits, write_sheets
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LONGEST_SHEET_NAME = 31
_MOST_OF_A_PROPERTY = 255  # Excel takes no more
_DATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the same figures make the same bytes
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))

#: Points that a line of text takes.
_LINE = 15

#: Widths of columns, in characters: labels, texts, figures.
_LABEL, _TEXT, _FIGURE = 38, 34, 13

#: Widths of the two columns of the first sheet.
_READ_ME = (28, 110)

#: As many indicators as a landscape page holds.
_ACROSS = 3

#: Columns written for each column of figures.
_PARTS = ("valeur", "au moins", "au plus", "statut")


def save_workbook(page: Page, path: Path) -> None:
    """Write a page as an Excel workbook: the sheets it gives, or a first one of texts, then one a table.

    A figure without a value leaves its cell blank: the reason is in its status, never a zero.
    """
    content = io.BytesIO()  # a full disk is then said by the system, not by the writer's own error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties(
        {
            "title": page.title[:_MOST_OF_A_PROPERTY],
            "subject": page.subtitle[:_MOST_OF_A_PROPERTY],
            "created": _DATED,
        }
    )
    if page.sheets:
        write_sheets(book, page)
    else:
        _write_blocks(_ExcelWriter(book), page)
    book.close()
    path.write_bytes(content.getvalue())


def _write_blocks(writer: _ExcelWriter, page: Page) -> None:
    writer.opening(page)
    chapter = ""
    for block in page.blocks:
        if isinstance(block, Heading):
            chapter = block.text
        elif isinstance(block, TableBlock):
            writer.grid(block, chapter)
        elif isinstance(block, Figure) and block.numbers:
            writer.grid(block.numbers, chapter)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column."""
    return sum(max(1, -(-len(part) // (width - 2))) for part in text.split("\n"))


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    """Return the texts of a page, each part's under its heading, those of a box next to its title."""
    heading = ""
    for block in page.blocks:
        if isinstance(block, Heading):
            heading = block.text
            continue
        lines = []
        if isinstance(block, Callout):
            lines = [(block.title if rank == 0 else "", i) for rank, i in enumerate(block.items)]
        elif isinstance(block, Paragraph):
            lines = [("", block.text)]
        elif isinstance(block, Facts):
            lines = [*block.items, *((note.label, note.text) for note in block.notes)]
        if lines and heading:
            yield heading, ""
            heading = ""
        yield from lines


@dataclass
class _ExcelWriter:
    book: Any
    names: set[str] = field(default_factory=set)
    numbers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        colours = tokens().light
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.title = self.book.add_format(
            {"bold": True, "font_size": 14, "font_color": colours["accent"]}
        )
        self.group = self.book.add_format({"bold": True, "bg_color": colours["tint"]})
        self.part = self.book.add_format({"bold": True, "font_color": colours["accent"]})
        self.note = self.book.add_format({"font_color": colours["soft"], "font_size": 9})
        self.soft = self.book.add_format({"font_color": colours["soft"]})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})

    def number(self, form: str) -> Any:
        """Return the format of numbers written in one form, made once."""
        if form not in self.numbers:
            self.numbers[form] = self.book.add_format({"num_format": form})
        return self.numbers[form]

    def sheet(self, name: str) -> Any:
        """Add a sheet whose name Excel accepts and that no other bears."""
        words = " ".join(name.translate(_FORBIDDEN).split())
        base = words[:_LONGEST_SHEET_NAME].rstrip() or "Tableau"
        chosen, rank = base, 2
        while chosen.casefold() in self.names:
            tail = f" {rank}"
            chosen, rank = base[: _LONGEST_SHEET_NAME - len(tail)].rstrip() + tail, rank + 1
        self.names.add(chosen.casefold())
        sheet = self.book.add_worksheet(chosen)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.set_footer("&L&A&RPage &P sur &N")
        return sheet

    def opening(self, page: Page) -> None:
        """Write the title, the texts and the meaning of the statuses, each part under its heading."""
        sheet = self.sheet("Lisez-moi")
        for column, width in enumerate(_READ_ME):
            sheet.set_column(column, column, width)
        lines = [
            *(("", text) for text in (page.subtitle, page.place, page.date) if text),
            *_texts(page),
            ("Signes", ""),
            *(
                (status.shown, f"{status.mark or 'sans signe'}{NO_BREAK}: {status.meaning}")
                for status in Status
            ),
        ]
        sheet.write_string(0, 0, page.title, self.title)
        for row, (label, text) in enumerate(lines, 2):
            # A heading has no text next to it, and spreads over the next cell.
            heading = bool(label) and not text
            high = 1 if heading else max(map(_lines, (label, text), _READ_ME))
            sheet.set_row(row, _LINE * high)
            sheet.write_string(row, 0, label, self.part if heading else self.bold)
            sheet.write_string(row, 1, text, self.part if heading else self.wrap)

    def grid(self, grid: TableBlock, chapter: str) -> None:
        """Write one table; each figure takes four columns."""
        sheet = self.sheet(chapter or grid.title)
        title = f"{chapter}{NO_BREAK}: {grid.title}" if chapter not in grid.title else grid.title
        sheet.write_string(0, 0, title, self.title)
        sheet.set_column(0, 0, _LABEL)
        textual = grid.kind in ("texts", "holes")
        parts = ("",) if textual else _PARTS
        sheet.write_string(2, 0, grid.head, self.bold)
        for rank, column in enumerate(grid.columns):
            for offset, part in enumerate(parts):
                unit = f" ({column.below})" if column.below and part != "statut" else ""
                label = f"{column.label}{unit}" + (f"\n{part}" if part else "")
                sheet.write_string(2, 1 + rank * len(parts) + offset, label, self.bold)
        wide = _TEXT if grid.kind == "texts" else _FIGURE
        sheet.set_column(1, len(grid.columns) * len(parts), wide)
        sheet.set_row(2, _LINE * (2 if textual else 4))
        # Printed, a wide table goes on to other pages, its labels repeated, rather than shrink.
        sheet.fit_to_pages(1 if textual else -(-len(grid.columns) // _ACROSS), 0)
        sheet.repeat_columns(0)
        sheet.freeze_panes(3, 1)
        sheet.repeat_rows(2)
        line = 3
        for row in grid.rows:
            sheet.write_string(line, 0, row.label, self.group if row.kind == "group" else self.wrap)
            for rank, cell in enumerate(row.cells):
                self._cell(
                    sheet, line, 1 + rank * len(parts), cell, grid.columns[rank], textual=textual
                )
            # Told, for not every program finds the height of wrapped texts by itself.
            high = max(
                [_lines(row.label, _LABEL), *(_lines(c.text, wide) for c in row.cells if textual)]
            )
            if high > 1:
                sheet.set_row(line, _LINE * high)
            line += 1
        for note in grid.notes:
            line += 1
            sheet.write_string(line, 0, f"{note.label}{NO_BREAK}: {note.text}", self.note)

    def _cell(
        self, sheet: Any, line: int, column: int, cell: TextCell, meant: Column, *, textual: bool
    ) -> None:
        if textual:
            # A figure alone in its cell stays a number, that a spreadsheet adds up.
            exact = (
                d for d in range(4) if cell.value is not None and number(cell.value, d) == cell.text
            )
            decimals = next(exact, None)
            if cell.value is None or decimals is None:
                sheet.write_string(line, column, cell.text, self.wrap)
            else:
                form = self.number(f"#,##0.{'0' * decimals}" if decimals else "#,##0")
                sheet.write_number(line, column, cell.value, form)
            return
        form = self.number(digits(meant.decimals))
        shown = cell.value if cell.status.has_value else None
        bounded = cell.low != cell.value or cell.high != cell.value
        for offset, value in enumerate((shown, cell.low, cell.high)):
            if value is not None and (offset == 0 or bounded):
                sheet.write_number(line, column + offset, value, form)
        if (
            cell.value is None
            and cell.low is None
            and not cell.hint
            and cell.status is Status.OBSERVED
        ):
            sheet.write_string(line, column, cell.text, self.soft)
            return
        sheet.write_string(line, column + 3, cell.status.shown, self.soft)
        if cell.hint:
            sheet.write_comment(line, column + 3, cell.hint, {"x_scale": 2})
