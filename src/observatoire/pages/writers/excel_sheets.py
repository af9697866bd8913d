"""Write the sheets that a page gives a workbook: an index with links, then typed columns under filters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NO_BREAK
from observatoire.pages.blocks import TextCell
from observatoire.pages.tokens import tokens
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.pages.blocks import DataSheet, Held, Page

#: The line of the heads, and the widths of the index.
_HEADS, _INDEX = 3, (34, 90)

_WIDTH, _TITLE = 14.0, 15

#: Points that a line of text takes, and characters that a column of the index holds.
_LINE = 15

_OWN = (Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED)

#: Characters that a landscape page holds across, still read on paper.
_ACROSS = 200

#: Characters of a column that stays in sight, at most: names are read whole.
_NAMED = 46

#: Up to so many rows a sheet is read, and its texts go to the next line; beyond, it is filtered.
_READ = 400

#: Rows that are printed of a sheet that is filtered rather than read, and what is said of it.
_SAMPLE = 30
_PRINTED = (
    f"Feuille à filtrer : imprimée telle quelle, elle s’arrête à la {_SAMPLE}e ligne ; filtrez, sélectionnez, "
    "puis imprimez la sélection."
)


def digits(decimals: int) -> str:
    """Return the format of numbers, as Excel writes it.

    Examples
    --------
    >>> digits(0), digits(1)
    ('#,##0', '#,##0.0')
    """
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def write_sheets(book: Any, page: Page) -> None:
    """Write the index of a page's sheets, then each of them.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        Where to write.
    page : Page
        Has sheets.
    """
    looks = _Looks(book)
    index = book.add_worksheet("Sommaire")
    _printed(index)
    names = [book.add_worksheet(sheet.name) for sheet in page.sheets]
    _write_index(index, page, looks)
    for made, sheet in zip(names, page.sheets, strict=True):
        _write_sheet(made, sheet, looks)


@dataclass
class _Looks:
    """The formats of a workbook, each made once."""

    book: Any
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def of(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]

    @property
    def title(self) -> Any:
        return self.of(bold=True, font_size=_TITLE, font_color=tokens().light["accent"])

    @property
    def head(self) -> Any:
        light = tokens().light
        return self.of(
            bold=True, text_wrap=True, valign="top", bg_color=light["tint"], bottom=2,
            bottom_color=light["accent"],
        )  # fmt: skip

    def number(self, decimals: int) -> Any:
        return self.of(num_format=digits(decimals), valign="top")

    def aside(self) -> Any:
        """Return the look of what is no figure of the territory itself: italics, at the right."""
        return self.of(italic=True, align="right", valign="top", font_color=tokens().light["soft"])


def _printed(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer("&L&A&RPage &P sur &N")
    sheet.hide_gridlines(2)


def _write_index(sheet: Any, page: Page, looks: _Looks) -> None:
    for column, width in enumerate(_INDEX):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, page.title, looks.title)
    line = 1
    for text in (page.subtitle, page.place, page.date):
        if text:
            sheet.write_string(line, 0, text, looks.of(font_color=tokens().light["soft"]))
            line += 1
    line += 1
    link = looks.of(font_color=tokens().light["accent"], underline=1, valign="top")
    wrap = looks.of(text_wrap=True, valign="top")
    for each in page.sheets:
        sheet.write_url(line, 0, f"internal:'{each.name}'!A1", link, each.name)
        summary = f"{each.title}{NO_BREAK}: {len(each.rows)} lignes. {_remark(each)}".strip()
        _wrapped(sheet, line, summary, wrap)
        line += 1
    line += 1
    sheet.write_string(line, 0, "Signes", looks.head)
    sheet.write_string(line, 1, "Ce qu’ils veulent dire", looks.head)
    for status in Status:
        line += 1
        sheet.write_string(
            line, 0, f"{status.mark or 'sans signe'}{NO_BREAK}: {status.shown}", wrap
        )
        _wrapped(sheet, line, status.meaning, wrap)


def _wrapped(sheet: Any, line: int, text: str, look: Any) -> None:
    """Write a text and give its line the height it takes: not every program finds it."""
    sheet.set_row(line, _LINE * -(-len(text) // (_INDEX[1] - 2)))
    sheet.write_string(line, 1, text, look)


def _write_sheet(sheet: Any, data: DataSheet, looks: _Looks) -> None:
    _printed(sheet)
    widths = _sheet_widths(data)
    sheet.fit_to_pages(max(1, round(sum(widths) / _ACROSS)), 0)
    sheet.write_string(0, 0, data.title, looks.title)
    sheet.write_url(
        1, 0, "internal:'Sommaire'!A1", looks.of(font_color=tokens().light["accent"]), "← Sommaire"
    )
    if remark := _remark(data):
        sheet.write_string(1, 1, remark, looks.of(font_color=tokens().light["soft"]))
    for column, (label, width) in enumerate(zip(data.columns, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEADS, column, label, looks.head)
    sheet.set_row(_HEADS, _LINE * max(map(_lines, data.columns, widths)))
    wrap = looks.of(text_wrap=True, valign="top") if len(data.rows) <= _READ else None
    for rank, row in enumerate(data.rows):
        decimals = data.decimals[rank] if data.decimals else 0
        _write_row(sheet, _HEADS + 1 + rank, row, decimals, looks, wrap)
        if wrap:  # the height is given: not every program finds it
            texts = zip(row, widths, strict=False)
            tall = max((_lines(s, width) for s, width in texts if isinstance(s, str)), default=1)
            sheet.set_row(_HEADS + 1 + rank, _LINE * tall)
    if data.rows:
        sheet.autofilter(_HEADS, 0, _HEADS + len(data.rows), len(data.columns) - 1)
    if len(data.rows) > _READ:
        sheet.print_area(0, 0, _HEADS + _SAMPLE, len(data.columns) - 1)
    sheet.freeze_panes(_HEADS + 1, data.head)
    sheet.repeat_rows(_HEADS)
    sheet.repeat_columns(0, data.head - 1)


def _remark(data: DataSheet) -> str:
    """Return what is said of a sheet under its title; hundreds of rows are not printed by surprise."""
    return f"{data.remark} {_PRINTED if len(data.rows) > _READ else ''}".strip()


def _sheet_widths(data: DataSheet) -> list[float]:
    """Return the width of each column, in characters; those that stay in sight hold their longest name."""
    asked = dict(enumerate(data.widths))
    widths = [asked.get(column, _WIDTH) for column in range(len(data.columns))]
    for column in range(data.head):
        longest = max((len(str(row[column])) for row in data.rows), default=0)
        widths[column] = max(widths[column], min(longest + 2, _NAMED))
    return widths


def _lines(label: str, width: float) -> int:
    """Count the lines that a text takes: words that do not fit leave air, as a filter's button does."""
    return sum(max(1, -(-len(part) // max(1, int(width) - 3))) for part in label.split("\n"))


def _write_row(
    sheet: Any, line: int, row: tuple[Held, ...], decimals: int, looks: _Looks, wrap: Any
) -> None:
    for column, held in enumerate(row):
        if isinstance(held, str):
            if held:
                sheet.write_string(line, column, held, wrap)
        elif isinstance(held, TextCell):
            _write_figure(sheet, line, column, held, looks)
        elif held is not None:
            sheet.write_number(line, column, held, looks.number(decimals))


def _write_figure(sheet: Any, line: int, column: int, cell: TextCell, looks: _Looks) -> None:
    """Write a territory's own figure as a number; any other as it is printed, so that none adds it up."""
    if cell.value is None or cell.status not in _OWN:
        sheet.write_string(line, column, cell.text, looks.aside())
        return
    tail = cell.text.partition("\N{NO-BREAK SPACE}")[2]
    shown = digits(_decimals(cell.text)) + (f'" {tail}"' if tail else "")
    sheet.write_number(line, column, cell.value, looks.of(num_format=shown, valign="top"))


def _decimals(text: str) -> int:
    """Count the decimals that a figure is printed with."""
    after = text.partition(",")[2]
    return len(after) - len(after.lstrip("0123456789"))
