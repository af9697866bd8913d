"""What a page is made of: a few frozen blocks that every writer (HTML, PDF, Word, Excel) knows."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import capital, spaced
from observatoire.values import Status

if TYPE_CHECKING:
    import datetime as dt
import re


@dataclass(frozen=True)
class TextCell:
    """One figure as it is shown: its text, and the number behind it for a spreadsheet."""

    text: str
    status: Status = Status.OBSERVED
    value: float | None = None
    low: float | None = None
    high: float | None = None
    hint: str = ""


@dataclass(frozen=True)
class Column:
    """A column of figures: what it measures, in which unit, when."""

    label: str
    unit: str = ""
    period: str = ""
    decimals: int = 0
    hint: str = ""

    @property
    def below(self) -> str:
        """Unit and period, as they are printed under the label."""
        return ", ".join(text for text in (self.unit, self.period) if text)


@dataclass(frozen=True)
class Row:
    """A row: ``item`` (a territory), ``group`` (a heading across) or ``comparator``."""

    label: str
    cells: tuple[TextCell, ...] = ()
    kind: str = "item"
    hint: str = ""


def text_row(label: object, *texts: object) -> Row:
    """Return a row of texts; one that is empty is a dash."""
    return Row(str(label), tuple(TextCell(str(text) or "—") for text in texts))


def heads(*labels: str) -> tuple[Column, ...]:
    """Return columns that have a label alone."""
    return tuple(map(Column, labels))


@dataclass(frozen=True)
class Note:
    """A line under a table or a figure: « Champ », « Source », « Lecture » and the like."""

    label: str
    text: str


@dataclass(frozen=True)
class TableBlock:
    """A table of figures with its notes; ``kind`` is ``figures``, ``profile`` or ``texts``.

    ``widths`` are shares of a printed page, the label's first; by content without them. One that is
    ``folded`` shows on a screen when it is asked for.
    """

    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    kind: str = "figures"
    widths: tuple[float, ...] = ()
    folded: bool = False


#: A column of texts is never thought narrower or wider than this, in characters.
_NARROWEST, _WIDEST = 9, 46

#: A text of so many characters likes to stand on one line.
_SHORT = 25


def text_shares(grid: TableBlock) -> tuple[float, ...]:
    """Return the share of the width that each column of a table of texts takes, labels first.

    Examples
    --------
    >>> grid = TableBlock("t", "Nom", (Column("Note"),), (Row("Dillon", (TextCell("un texte " * 9),)),))
    >>> [round(share, 2) for share in text_shares(grid)]
    [0.17, 0.83]
    """
    if grid.widths:
        return tuple(each / sum(grid.widths) for each in grid.widths)
    columns = [[grid.head], *([column.label] for column in grid.columns)]
    for row in grid.rows:
        if row.kind != "group":
            for texts, text in zip(
                columns, (row.label, *(c.text for c in row.cells)), strict=False
            ):
                texts.append(text)
    wide = [min(_WIDEST, max(_NARROWEST, *map(_room, texts))) for texts in columns]
    return tuple(each / sum(wide) for each in wide)


def _room(text: str) -> float:
    """Return how many characters a text likes to have: its longest word, or its length tamed."""
    longest = max(map(len, text.split(" ")))
    return max(longest, 5 * len(text) ** 0.5 if len(text) > _SHORT else len(text))


@dataclass(frozen=True)
class Heading:
    """A title; level 1 starts a part of the document."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True)
class Callout:
    """A box that must be read; ``kind`` is ``warning``, or ``plain`` for what only informs."""

    title: str
    items: tuple[str, ...]
    kind: str = "warning"


@dataclass(frozen=True)
class Figure:
    """A drawing, the text that stands for it where it cannot be seen, and its numbers as a table.

    ``narrow`` is the same drawn for a telephone; ``halves`` are what a screen shows of it
    side by side, or one under the other where it has not the room.
    """

    svg: str = field(repr=False)
    title: str
    alternative: str
    notes: tuple[Note, ...] = ()
    width: float = 1.0
    numbers: TableBlock | None = None
    narrow: str = field(default="", repr=False)
    halves: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Facts:
    """A list of terms and their descriptions, with a drawing next to it when there is one.

    ``kind`` is ``identity``, ``headlines`` (a figure in words, then what it is of), ``boxes`` (a heading
    and a short text, side by side) or ``findings`` (numbered, one under the other).
    """

    items: tuple[tuple[str, str], ...]
    beside: Figure | None = None
    kind: str = "identity"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class PageBreak:
    """What follows starts a page when printed."""


#: What a cell of a workbook holds: a text, a number, nothing, or a figure with its status.
Held = str | float | None | TextCell


@dataclass(frozen=True)
class DataSheet:
    """A sheet of a workbook: typed columns under filters, one row a record.

    ``decimals`` is that of the numbers of each row; ``head`` says how many columns stay in sight.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Held, ...], ...] = field(repr=False)
    widths: tuple[float, ...] = ()
    decimals: tuple[int, ...] = field(default=(), repr=False)
    head: int = 1
    remark: str = ""


Block = TableBlock | Heading | Paragraph | Callout | Facts | Figure | PageBreak


@dataclass(frozen=True)
class Page:
    """A titled sequence of blocks: a panel, a profile, a whole annex.

    ``sheets`` are what a workbook holds instead of one sheet a table; ``day`` is what a file says of when
    it was made, today without it.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    date: str = ""
    place: str = ""
    cover: bool = False
    sheets: tuple[DataSheet, ...] = field(default=(), repr=False)
    day: dt.date | None = None

    def __post_init__(self) -> None:
        """Make every text fit to print, whoever wrote it: spaces as French asks, no control.

        A box that has nothing to say is left out.
        """
        kept = tuple(map(_noted, self.blocks))
        kept = tuple(x for x in kept if not isinstance(x, Callout) or x.items)
        object.__setattr__(self, "blocks", kept)
        for name in ("title", "subtitle", "blocks", "date", "place"):
            object.__setattr__(self, name, _spaced(getattr(self, name)))

    @property
    def lead(self) -> int:
        """How many blocks come before the first part: those of the cover."""
        parts = (
            rank
            for rank, block in enumerate(self.blocks)
            if isinstance(block, Heading) and block.level == 1
        )
        return next(parts, len(self.blocks))


#: Notes that stand on the line of another where it is there.
_BESIDE = {
    "Premier rang": "Lecture",
    "Précision": "Signes",
    "Prudence": "Signes",
    "Classement": "Signes",
    "Passage": "Source",
}


def _noted(block: Block) -> Block:
    """Gather the notes of a block on few lines: a label once, what goes with another beside it."""
    if not isinstance(block, TableBlock | Figure | Facts):
        return block
    notes = block.notes
    there, lines = {note.label for note in notes}, dict[str, list[str]]()
    for note in notes:
        label = _BESIDE.get(note.label, note.label)
        lines.setdefault(label if label in there else note.label, []).append(note.text)
    few = tuple(
        Note(label, " ".join([first, *map(capital, rest)]))
        for label, (first, *rest) in lines.items()
    )
    return replace(block, notes=few) if len(few) < len(notes) else block


#: Controls, and what is no character: neither XML nor Typst can carry them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: What is not a text to read: a picture keeps its spaces, and no more than a text what cannot be printed.
_NOT_READ = frozenset({"svg", "narrow", "halves", "anchor", "kind", "status"})


def _spaced(thing: Any) -> Any:
    if isinstance(thing, str) and not isinstance(thing, Status):
        return spaced(_UNPRINTABLE.sub("", thing))
    if isinstance(thing, tuple):
        made = tuple(map(_spaced, thing))
        return thing if all(map(is_, made, thing)) else made
    if is_dataclass(thing) and not isinstance(thing, type):
        texts = {name: getattr(thing, name) for name in _read(type(thing))}
        changed = {
            name: made for name, text in texts.items() if (made := _spaced(text)) is not text
        }
        drawn = {n: getattr(thing, n) for n in ("svg", "narrow", "halves") if hasattr(thing, n)}
        picture = {name: _printable(each) for name, each in drawn.items()}
        # Most figures fit as they are, and a panel has thousands.
        return replace(thing, **changed, **picture) if changed or picture else thing
    return thing


def _printable(drawn: Any) -> Any:
    return (
        tuple(map(_printable, drawn)) if isinstance(drawn, tuple) else _UNPRINTABLE.sub("", drawn)
    )


@cache
def _read(kind: type[Any]) -> tuple[str, ...]:
    """Name the fields of a block that hold a text to read, or what holds one."""
    return tuple(each.name for each in fields(kind) if each.name not in _NOT_READ)
