"""OpenDocument sheets: how far they reach, and what they show beyond the values of their cells."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.sources.formats.cells import UNCOMPUTED, Appearance, sound_ranges

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Sequence

    from observatoire.sources.formats.cells import Place, Range

#: The part of an OpenDocument that holds its sheets.
DOCUMENT = "content.xml"

#: The tags that lay a sheet out: each is read once, in order, so that no text makes the reading slow.
_TAG = re.compile(
    rb"<(/?)table:(table(?:-row|-column|-cell)?|covered-table-cell)(?=[\s/>])([^<>]*)>"
)
_NAME = re.compile(rb"""\btable:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']([0-9]{1,12})""")
#: Spaces that a text tells by their number alone.
_SPACES = re.compile(rb"""<text:s\s[^<>]*?\bc\s*=\s*["']\s*([0-9]{1,20})""")
_SPAN = re.compile(rb'table:number-(rows|columns)-spanned="([0-9]{1,7})"')

_PERCENTAGE, _SPANNED, _HIDDEN = b'value-type="percentage"', b"-spanned=", b"table:visibility="

_FORMULA = b"table:formula="

#: A formula in error, whose value LibreOffice writes as an empty text; what it shows comes after.
_ERROR, _SHOWN = b'calcext:value-type="error"', re.compile(rb"\s*<text:p[^<>]*>([^<]*)<")

#: No workbook has more columns.
_MOST_COLUMNS = 16_384


def measure(xml: bytes) -> tuple[int, int]:
    """Return how many cells the sheets span, blank edges left out, and how many bytes they repeat, or spaces.

    Examples
    --------
    >>> cell, blank = b'<table:table-cell office:value-type="float"/>', b"<table:table-cell/>"
    >>> measure(b"<table:table>" + (b"<table:table-row>" + blank + cell + blank) * 3)
    (6, 0)
    >>> measure(b'<table:table><table:table-row><table:table-cell><text:p><text:s text:c="2000"/>')[1]
    2000
    """
    spaced = b"<text:s" in xml
    last = 0  # where the tag before ends
    cells = repeated = right = below = row = times = column = 0
    size = at = 0  # of the last cell that holds something: how often it is repeated, where it ends
    for tag in _TAG.finditer(xml):
        repeated += size * (tag.start() - at)
        repeated += max(size, 1) * _spaces(xml, last, tag.start()) if spaced else 0
        size, last = 0, tag.end()
        end, kind, attributes = tag.groups()
        if end:
            continue
        if kind == b"table":
            cells, right, below, row = cells + right * below, 0, 0, 0
        elif kind == b"table-row":
            times, column = _times(attributes), 0
            row += times
        elif kind != b"table-column":
            across = _times(attributes)
            column += across
            if b"value-type" in attributes or b"formula" in attributes:
                right, below = max(right, column), row
                if across * times > 1:
                    size, at = across * times, tag.start()
    repeated += max(size, 1) * _spaces(xml, last, len(xml)) if spaced else 0
    return cells + right * below, repeated + size * (len(xml) - at)


def _spaces(xml: bytes, start: int, stop: int) -> int:
    """Return how many spaces a part of a text tells by their number."""
    return sum(int(found[1]) for found in _SPACES.finditer(xml, start, stop))


def _times(attributes: bytes) -> int:
    """Return how many times a row, a column or a cell is repeated."""
    found = _REPEATED.search(attributes) if b"-repeated" in attributes else None
    return int(found[1]) if found else 1


@dataclass
class _Layout:
    """What one sheet says beyond its values, rows and columns from 0, repetitions folded."""

    percents: list[tuple[range, range]] = field(default_factory=list)
    errors: list[tuple[range, range, str]] = field(default_factory=list)
    merges: list[Range] = field(default_factory=list)
    hidden: list[tuple[range, bool]] = field(default_factory=list)
    columns: list[range] = field(default_factory=list)

    def add_row(self, rows: range, attributes: bytes) -> None:
        if _HIDDEN in attributes and b'="visible"' not in attributes:
            self.hidden.append((rows, b'="filter"' in attributes))

    def add_column(self, columns: range, attributes: bytes) -> None:
        if b'table:visibility="collapse"' in attributes:
            self.columns.append(columns)

    def add_cell(
        self, rows: range, columns: range, attributes: bytes, text: re.Match[bytes] | None
    ) -> None:
        if _ERROR in attributes:
            shown = text[1].decode("utf-8", "replace") if text else "#ERR"
            self.errors.append((rows, columns, html.unescape(shown)))
        elif _FORMULA in attributes and b"value-type" not in attributes:
            self.errors.append((rows, columns, UNCOMPUTED))
        if _PERCENTAGE in attributes:
            self.percents.append((rows, columns))
        if _SPANNED in attributes:
            spans = dict(_SPAN.findall(attributes))
            down, right = (min(int(spans.get(key, 1)), 1 << 20) for key in (b"rows", b"columns"))
            if down * right > 1:
                row, column = rows.start, columns.start
                self.merges.append(((row, column), (row + down - 1, column + right - 1)))


@dataclass(frozen=True, eq=False)
class OpenDocumentLook:
    """What the sheets of an OpenDocument show; read once for all of them."""

    archive: zipfile.ZipFile

    @cached_property
    def _layouts(self) -> dict[str, _Layout]:
        return _layouts(self.archive.read(DOCUMENT))

    def appearance(self, label: str, size: tuple[int, int], merges: Sequence[Range]) -> Appearance:
        """Return what a sheet of so many rows and columns shows."""
        height, width = size
        layout = self._layouts.get(label, _Layout())
        hidden = [
            (row, filtered)
            for rows, filtered in layout.hidden
            for row in range(rows.start, min(rows.stop, height))
        ]
        return Appearance(
            percents=tuple(
                place
                for rows, columns in layout.percents
                for place in _places(rows, columns, height, width)
            ),
            errors={
                place: text
                for rows, columns, text in layout.errors
                for place in _places(rows, columns, height, width)
            },
            merges=tuple(sound_ranges(merges or layout.merges, height, width)),
            hidden_rows=tuple(row for row, _ in hidden),
            hidden_columns=tuple(column for columns in layout.columns for column in columns),
            filtered=any(filtered for _, filtered in hidden),
        )


def _places(rows: range, columns: range, height: int, width: int) -> Iterator[Place]:
    """Go through the cells of some rows and columns, inside a sheet of that size."""
    for row in range(rows.start, min(rows.stop, height)):
        for column in range(columns.start, min(columns.stop, width)):
            yield row, column


def _layouts(xml: bytes) -> dict[str, _Layout]:
    """Return what each sheet shows; most show nothing, and are read no more."""
    if not any(mark in xml for mark in (_PERCENTAGE, _ERROR, _FORMULA, _SPANNED, _HIDDEN)):
        return {}
    layouts: dict[str, _Layout] = {}
    layout, rows, at, column = _Layout(), range(0), 0, 0
    for tag in _TAG.finditer(xml):
        end, kind, attributes = tag.groups()
        if end:
            continue
        if kind == b"table":
            layout = layouts.setdefault(_name(attributes), _Layout())
            rows, at, column = range(0), 0, 0
            continue
        times = _times(attributes)
        if kind == b"table-row":
            rows, at = range(rows.stop, rows.stop + times), 0
            layout.add_row(rows, attributes)
        elif kind == b"table-column":
            layout.add_column(range(column, min(column + times, _MOST_COLUMNS)), attributes)
            column += times
        else:
            layout.add_cell(rows, range(at, at + times), attributes, _SHOWN.match(xml, tag.end()))
            at += times
    return layouts


def _name(attributes: bytes) -> str:
    found = _NAME.search(attributes)
    return html.unescape((found[1] or found[2] or b"").decode("utf-8", "replace")) if found else ""
