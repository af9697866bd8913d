"""Workbooks of Excel since 2007 (xlsx, xlsm, xlsb): how far they reach, and what they show beyond values.

Every part is scanned tag by tag: no expression may look further than the tag it is in.
"""

from __future__ import annotations

import html
import re
import struct
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from observatoire.sources.formats.archive import ZIP_ERRORS
from observatoire.sources.formats.cells import UNCOMPUTED, Appearance, sound_ranges
from observatoire.sources.formats.limits import MOST_BYTES

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Sequence

    from observatoire.sources.formats.cells import Place, Range

#: No workbook has more columns.
_MOST_COLUMNS = 16_384

_ATTRIBUTE = re.compile(rb"""\b([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def _tags(xml: bytes, name: bytes) -> Iterator[dict[bytes, bytes]]:
    """Go through the attributes of the tags of one name."""
    for tag in re.finditer(rb"<(?:\w+:)?" + name + rb"\b([^<>]*)>", xml):
        yield _attributes(tag[1])


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {key: double or single for key, double, single in _ATTRIBUTE.findall(text)}


@dataclass
class SharedTexts:
    """The size of each text that cells share, and how many bytes the sheets repeat of them."""

    sizes: list[int] = field(default_factory=list)
    repeated: int = 0


def holds_texts(path: str) -> bool:
    """Say whether a part holds the texts that cells share: it is read before the sheets."""
    return path.casefold() in ("xl/sharedstrings.xml", "xl/sharedstrings.bin")


def measure(path: str, part: bytes, texts: SharedTexts) -> tuple[bytes, int]:
    """Return a part of a workbook that may be read, and how many cells it spans.

    Parameters
    ----------
    path : str
        Its place in the workbook, wherever that keeps it.
    part : bytes
        What it holds.
    texts : SharedTexts
        Filled by the part that holds them, counted by those that repeat them.
    """
    if b"sheetData" in part:
        largest = max(texts.sizes, default=0)
        # A cell takes eight bytes at least: most sheets need not be counted.
        if largest * len(part) // 8 > MOST_BYTES and largest * part.count(b"<v>") > MOST_BYTES:
            texts.repeated += shared_bytes(part, texts.sizes)
        return part, sheet_cells(part)
    if holds_texts(path):
        texts.sizes = shared_sizes(part)
    if part[:1] != b"<" and "sheet" in path.lower():
        cells, texts.repeated = binary_cells(part, texts)
        return part, cells
    return without_counts(part), 0


_COUNTS = re.compile(rb"<(?:\w+:)?sst\b[^<>]*>")
_COUNT = re.compile(rb"""\b(?:uniqueC|c)ount\s*=\s*(?:"[^"]*"|'[^']*')""")


def without_counts(part: bytes) -> bytes:
    """Leave out what a part says of the number of its texts: calamine takes the memory that it says.

    Examples
    --------
    >>> without_counts(b'<sst xmlns="a" count="9" uniqueCount="2147483647"><si/></sst>')
    b'<sst xmlns="a"  ><si/></sst>'
    """
    if b"ount" not in part or b"sst" not in part:
        return part
    return _COUNTS.sub(lambda tag: _COUNT.sub(b"", tag[0]), part)


#: Places as RE2 reads them, four times as fast as Python's own expressions: beyond column ZZ or row
#: 99 999; and beyond column Z, beyond row 999. A sheet that has none of the first, nor both of the
#: others, is small enough.
_FAR = r"""\br\s*=\s*["'](?:[A-Za-z]{3,}[0-9]|[A-Za-z]{0,2}[0-9]{6})"""
_WIDE, _TALL = r"""\br\s*=\s*["'][A-Za-z]{2}[0-9]""", r"""\br\s*=\s*["'][A-Za-z]{0,2}[0-9]{4}"""
_ROW_TAG, _CELL_TAG = re.compile(rb"<(?:\w+:)?row\b"), re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")


def sheet_cells(xml: bytes) -> int:
    """Return how many cells a sheet of an xlsx spans, empty ones left out; 0 when it is small.

    Examples
    --------
    >>> sheet_cells(b'<c r="B2"><v>1</v></c><c r="Z99999"><v>1</v></c>')
    0
    >>> sheet_cells(b'<c r="B2"/><c r = "AAA100"><v>1</v></c><c r="AAA200000" s="4"/>')
    70300
    """
    import pyarrow as pa  # noqa: PLC0415 - only workbooks need it
    import pyarrow.compute as pc  # noqa: PLC0415

    text = pa.scalar(xml, pa.large_binary())

    def has(pattern: str) -> bool:
        return bool(pc.match_substring_regex(text, pattern).as_py())

    if not has(_FAR) and not (has(_WIDE) and has(_TALL)) and b"<c>" not in xml:
        return 0
    right = below = row = 0
    for rank, part in enumerate(_ROW_TAG.split(xml)):
        own = _PLACE.search(part, 0, max(part.find(b">"), 0)) if rank else None
        row = int(own[2][:12] or row + 1) if own else row + min(rank, 1)
        cells = _CELL_TAG.findall(part)
        # Spreadsheets give a style to cells that hold nothing.
        filled = _PLACE.findall(b"|".join(cell for cell in cells if not cell.endswith(b"/")))
        unplaced = len(cells) - len(_PLACE.findall(b"|".join(cells)))
        if filled or unplaced:
            columns = [_column(letters[:8]) for letters, _ in filled]
            right = max(right, max(columns, default=0) + unplaced)
            below = max(below, row, *(int(digits[:12] or 0) for _, digits in filled))
    return right * below


@lru_cache(maxsize=1 << 15)
def _column(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


_SHARED_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?v>([0-9]{1,9})<")
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["']""")


def shared_sizes(part: bytes) -> list[int]:
    """Return the size of each text that the cells of a workbook share."""
    if part[:1] != b"<":
        return [size for kind, _, size in _records(part) if kind == _TEXT]
    return [len(text) for text in re.split(rb"<(?:\w+:)?si\b", part)[1:]]


def shared_bytes(xml: bytes, sizes: list[int]) -> int:
    """Return how many bytes of shared texts a sheet repeats.

    Examples
    --------
    >>> shared_bytes(b'<c t="s"><v>1</v></c><c t="s"><v>1</v></c><c><v>5</v></c>', [3, 100])
    200
    """
    return sum(
        sizes[rank]
        for attributes, digits in _SHARED_CELL.findall(xml)
        if _SHARED.search(attributes) and (rank := int(digits)) < len(sizes)
    )


# --- The newer binary form (xlsb) ----------------------------------------------------------------

_ROW, _BLANK, _SHARED_TEXT, _LAST_CELL, _TEXT = 0, 1, 7, 11, 19


def binary_cells(part: bytes, texts: SharedTexts) -> tuple[int, int]:
    """Return how many cells a sheet of an xlsb spans, and how many bytes of shared texts are repeated."""
    right = below = row = 0
    repeated, sizes = texts.repeated, texts.sizes
    for kind, at, size in _records(part):
        if kind <= _LAST_CELL and at + 4 <= len(part):
            place = struct.unpack_from("<I", part, at)[0] + 1
            if kind == _ROW:
                row = place
            elif kind != _BLANK:
                right, below = max(right, place), max(below, row)
            if kind == _SHARED_TEXT and size >= 12 and at + 12 <= len(part):  # noqa: PLR2004 - place, style, rank
                rank = struct.unpack_from("<I", part, at + 8)[0]
                repeated += sizes[rank] if rank < len(sizes) else 0
    return right * below, repeated


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Go through the records of a part: their kind, where they begin, their size."""
    at = 0
    while at < len(part):
        kind, at = _varying(part, at)
        size, at = _varying(part, at)
        yield kind, at, size
        at += size


def _varying(part: bytes, at: int) -> tuple[int, int]:
    """Read a number written seven bits a byte, at most four; return it and what follows it."""
    value = 0
    for shift in range(0, 28, 7):
        if at >= len(part):
            break
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return value, at


# --- What is shown beyond values -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ExcelLook:
    """What the sheets of a workbook of Excel show; what they share is read once for all of them."""

    archive: zipfile.ZipFile

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The part of each sheet; none in a form that does not say (xlsb)."""
        try:
            names = self.archive.read("xl/workbook.xml")
            relations = self.archive.read("xl/_rels/workbook.xml.rels")
        except (KeyError, *ZIP_ERRORS):
            return {}
        targets = {
            tag.get(b"Id"): tag.get(b"Target", b"").decode("utf-8", "replace")
            for tag in _tags(relations, b"Relationship")
        }
        return {
            html.unescape(tag.get(b"name", b"").decode("utf-8", "replace")): "xl/"
            + targets.get(tag.get(b"r:id"), "").removeprefix("/xl/")
            for tag in _tags(names, b"sheet")
        }

    @cached_property
    def _percents(self) -> frozenset[bytes]:
        """The ranks of the styles that show per cent."""
        try:
            return percent_styles(self.archive.read("xl/styles.xml"))
        except (KeyError, *ZIP_ERRORS):
            return frozenset()

    def appearance(self, label: str, size: tuple[int, int], merges: Sequence[Range]) -> Appearance:
        """Return what a sheet of so many rows and columns shows, its merged cells being known."""
        height, width = size
        ranges = tuple(sound_ranges(merges, height, width))
        try:
            path = self._paths[label]
            xml = self.archive.read(path)
        except (KeyError, *ZIP_ERRORS):
            return Appearance(merges=ranges)
        percents, errors = shown_cells(xml, self._percents)
        hidden = hidden_rows(xml, height)
        return Appearance(
            percents, errors, ranges, hidden, hidden_columns(xml),
            filtered=bool(hidden) and _is_filtered(self.archive, path, xml),
        )  # fmt: skip


#: What a format writes as it is: « 0"%" » shows a sign and multiplies nothing.
_LITERAL = re.compile(rb"&quot;.*?&quot;|\\.")

_STYLES = re.compile(rb"<(/?)(?:\w+:)?(cellXfs|xf|numFmt)\b([^<>]*)>")

#: The two formats in per cent that every workbook knows by number.
_PERCENT = (b"9", b"10")


def percent_styles(xml: bytes) -> frozenset[bytes]:
    """Return the ranks of the styles of cells that show per cent.

    Examples
    --------
    >>> sorted(percent_styles(b'<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/></cellXfs>'))
    [b'1']
    """
    formats, styles, inside = set(_PERCENT), [], False
    for end, kind, attributes in _STYLES.findall(xml):
        if kind == b"cellXfs":
            inside = not end
            continue
        tag = _attributes(attributes)
        if kind == b"xf" and inside and not end:
            styles.append(tag.get(b"numFmtId"))
        elif kind == b"numFmt" and b"%" in _LITERAL.sub(b"", tag.get(b"formatCode", b"")):
            formats.add(tag.get(b"numFmtId", b""))
    return frozenset(b"%d" % rank for rank, known in enumerate(styles) if known in formats)


_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>')
_STYLE, _KIND = re.compile(rb'\bs="([0-9]{1,6})"'), re.compile(rb'\bt="([a-zA-Z]+)"')
#: What a cell holds, after its formula.
_VALUE = re.compile(rb"(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)<")


def shown_cells(
    xml: bytes, percents: frozenset[bytes]
) -> tuple[tuple[Place, ...], dict[Place, str]]:
    """Return the cells of a sheet that are shown in per cent, and those that show an error."""
    shown: list[Place] = []
    errors: dict[Place, str] = {}
    waiting = _UNCOMPUTED.search(xml) is not None
    if not percents and not waiting and b't="e"' not in xml:
        return (), errors
    for cell in _CELL.finditer(xml):
        attributes = cell[3]
        kind = _KIND.search(attributes)
        if waiting and _is_uncomputed(xml, cell.end(), kind):
            errors[_place(cell)] = UNCOMPUTED
        elif kind is not None and kind[1] == b"e":
            value = _VALUE.match(xml, cell.end())
            if value is not None:
                errors[_place(cell)] = value[1].decode("utf-8", "replace")
        elif percents and not attributes.endswith(b"/") and (kind is None or kind[1] == b"n"):
            style = _STYLE.search(attributes)
            if style is not None and style[1] in percents:
                shown.append(_place(cell))
    return tuple(shown), errors


#: A formula without a value: a program has written it, and no spreadsheet has opened it since.
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)\s*)?</"
)


def _is_uncomputed(xml: bytes, at: int, kind: re.Match[bytes] | None) -> bool:
    found = _UNCOMPUTED.match(xml, at)
    # Of a formula that comes to an empty text, there is a value, of nothing.
    return found is not None and not (found[1] and kind is not None and kind[1] == b"str")


def _place(cell: re.Match[bytes]) -> Place:
    return max(int(cell[2]) - 1, 0), _column(cell[1]) - 1


_DOES_HIDE = (b'hidden="1"', b'hidden="true"')


def hidden_rows(xml: bytes, height: int) -> tuple[int, ...]:
    """Return the rows of a sheet that are hidden, from 0; LibreOffice writes of each that it is not."""
    if not any(mark in xml for mark in _DOES_HIDE):
        return ()
    found, line = [], 0
    for tag in _tags(xml, b"row"):
        number = tag.get(b"r", b"")
        line = int(number) if number.isdigit() and len(number) < 8 else line + 1  # noqa: PLR2004 - digits
        if tag.get(b"hidden") in (b"1", b"true") and line <= height:
            found.append(line - 1)
    return tuple(found)


def hidden_columns(xml: bytes) -> tuple[int, ...]:
    """Return the columns of a sheet that are hidden, from 0."""
    marks = bytearray(_MOST_COLUMNS)
    for tag in islice(_tags(xml[: xml.find(b"sheetData")], b"col"), _MOST_COLUMNS):
        first, last = (tag.get(key, b"") for key in (b"min", b"max"))
        if tag.get(b"hidden") in (b"1", b"true") and first.isdigit() and last.isdigit():
            start, stop = max(int(first[:6]) - 1, 0), min(int(last[:6]), _MOST_COLUMNS)
            marks[start:stop] = b"\1" * (stop - start)
    return tuple(column for column, mark in enumerate(marks) if mark)


_TABLE_PART = re.compile(rb"(?:\.\./|/xl/)(tables/[^\"]+)")


def _is_filtered(archive: zipfile.ZipFile, path: str, xml: bytes) -> bool:
    """Say whether a filter of the sheet, or of a table on it, is left on."""
    if b"filterColumn" in xml:
        return True
    folder, _, name = path.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return False
    targets = (tag.get(b"Target", b"") for tag in _tags(archive.read(relations), b"Relationship"))
    tables = (
        found[1].decode("utf-8", "replace")
        for found in map(_TABLE_PART.fullmatch, targets)
        if found
    )
    known = set(archive.namelist())
    return any(
        b"filterColumn" in archive.read(f"xl/{table}") for table in tables if f"xl/{table}" in known
    )
