"""Typeset a page with Typst: PDF for print, SVG and PNG for a slide or a report."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import typst

from observatoire.errors import FormatError
from observatoire.french.typography import NO_BREAK
from observatoire.pages.blocks import (
    Callout,
    Facts,
    Figure,
    Heading,
    Note,
    Page,
    PageBreak,
    Paragraph,
    TableBlock,
    text_shares,
)
from observatoire.pages.tokens import typst_colours
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_PAGES = Path(__file__).parents[1]
FONTS = _PAGES / "fonts"
_STYLE = _PAGES / "templates" / "style.typ"

#: Millimetres of a page: its width, the height left under a title and a caption, a line of notes.
_PAGE_WIDTH, _ROOM, _NOTE_LINE = 184.0, 236.0, 3.4

#: Characters that a line of notes holds.
_NOTE_CHARACTERS = 150

_VIEW_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')

#: What a PDF keeps to: read aloud (PDF/UA-1) and kept for good (PDF/A-2a).
_STANDARDS = ("ua-1", "a-2a")

#: Statuses shown in italics or softened, as in HTML.
_SOFT = {Status.CONTEXT, Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE}


def render_typst(page: Page, *, paged: bool) -> tuple[str, dict[str, str]]:
    """Return the Typst source of a page and the drawings it includes, by file name.

    Parameters
    ----------
    page : Page
        What to write.
    paged : bool
        On A4 pages, or on one sheet as high as its content.
    """
    drawings: dict[str, str] = {}
    parts = [typst_colours(), _STYLE.read_text(encoding="utf-8"), _opening(page, paged=paged)]
    lead = page.lead if page.cover else 0
    parts += [_WRITERS[type(block)](block, drawings) for block in page.blocks[:lead]]
    parts += ["#contents()"] if page.cover and paged else []
    rest = [_WRITERS[type(block)](block, drawings) for block in page.blocks[lead:]]
    if not page.cover and isinstance(page.blocks[0] if page.blocks else None, Heading):
        rest[0] += " <opening>"  # it stands under the title: no page of its own
    parts += rest
    return "\n".join(parts), drawings


def save_pdf(page: Page, path: Path) -> None:
    """Write a page as a PDF on A4."""
    path.write_bytes(_packed(_compile(page, "pdf", paged=True)))


def _packed(pdf: bytes) -> bytes:
    """Return a PDF whose structure, a third of a kilobyte a cell, is kept compressed."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return packed.getvalue()


def save_sheet(page: Page, path: Path, *, ppi: float = 150.0) -> None:
    """Write a page as one SVG or PNG sheet, as the suffix says."""
    path.write_bytes(_compile(page, path.suffix[1:].lower(), paged=False, ppi=ppi))


def _compile(page: Page, form: str, *, paged: bool, ppi: float = 150.0) -> bytes:
    source, drawings = render_typst(page, paged=paged)
    with tempfile.TemporaryDirectory() as folder:
        for name, svg in drawings.items():
            (Path(folder) / name).write_text(svg, encoding="utf-8")
        main = Path(folder) / "page.typ"
        main.write_text(source, encoding="utf-8")
        return typeset(main, form, ppi=ppi, written=source + "".join(drawings.values()))[0]


def typeset(
    source: Path | bytes,
    form: str,
    *,
    ppi: float,
    inputs: Mapping[str, str] | None = None,
    written: str = "",
    whole: bool = True,
) -> list[bytes]:
    """Run Typst with the library's own fonts; return a file a page.

    Those of the machine are used only where ours lack the letters: Arabic, Chinese…

    Parameters
    ----------
    source : Path or bytes
        A Typst file, or its text.
    form : {"pdf", "svg", "png"}
        What to make.
    ppi : float
        Points per inch of a PNG.
    inputs : mapping, optional
        What the text finds in ``sys.inputs``.
    written : str
        All that it writes, drawings included.
    whole : bool
        Refuse a character that no font has, rather than draw an empty box.

    Raises
    ------
    FormatError
        On a character that no font has: a picture would show an empty box.
    """
    foreign = _foreign(written)
    if foreign and whole:
        _require_letters(foreign)
    return _run(source, form, foreign=bool(foreign), ppi=ppi, inputs=inputs)


def lacks_letters(written: str) -> bool:
    """Tell whether a text has letters that no font of the machine draws."""
    foreign = _foreign(written)
    try:
        if foreign:
            _require_letters(foreign)
    except FormatError:
        return True
    return False


def _foreign(written: str) -> str:
    return "".join(sorted({letter for letter in written if _is_foreign(letter)}))


def _is_foreign(letter: str) -> bool:
    """Whether our fonts may lack a letter: what is neither Latin nor punctuation, and is seen."""
    if letter <= _LATIN or _MARKS[0] <= letter <= _MARKS[1]:
        return False
    return unicodedata.category(letter)[0] in "LMNPS"


#: Last of the Latin letters; the punctuation and the signs that pages use.
_LATIN, _MARKS = "\u024f", ("\u2000", "\u26ff")


@cache
def _require_letters(letters: str) -> None:
    """Refuse letters that no font has: a PDF to be kept says so, where a picture is silent."""
    text = f'#set document(title: "x")\n#text(font: "Source Sans 3", {_text(letters)})'
    _run(text.encode(), "pdf", foreign=True, ppi=72)


def _run(
    source: Path | bytes,
    form: str,
    *,
    foreign: bool,
    ppi: float,
    inputs: Mapping[str, str] | None = None,
) -> list[bytes]:
    run: Any = typst.compile  # its types list each form apart
    try:
        made = run(
            str(source) if isinstance(source, Path) else source,
            format=form,
            ppi=ppi,
            font_paths=_fonts(system=foreign),
            sys_inputs=dict(inputs or {}),
            pdf_standards=list(_STANDARDS) if form == "pdf" else [],
        )
    except typst.TypstError as error:
        if (lacking := _LACKING.search(str(error))) is None:
            raise
        raise FormatError(
            f"Aucune police n’a de quoi écrire « {lacking[1]} ».",
            why="Un PDF à archiver contient tous ses caractères ; un dessin montrerait une case vide.",
            remedy="Ôtez-le du titre ou du nom qui le porte, ou écrivez la page en .html.",
        ) from error
    return [bytes(each) for each in made] if isinstance(made, list) else [bytes(made)]


@cache
def _fonts(*, system: bool) -> typst.Fonts:
    """Read the library's own fonts once; those of the machine after them, where they are asked for."""
    return typst.Fonts(include_system_fonts=system, font_paths=[str(FONTS)])


#: What Typst says of a character that no font has, or that means nothing.
_LACKING = re.compile(r"(?:the text|the codepoint) `\"(.{1,40}?)\"`")


def _opening(page: Page, *, paged: bool) -> str:
    levels = [block.level for block in page.blocks if isinstance(block, Heading)]
    # A PDF read aloud opens on a heading of the first level: the title, where the blocks begin lower.
    headed = bool(levels) and levels[0] > 1
    return (
        f"#show: body => leaf(body, title: {_text(page.title)}, subtitle: {_text(page.subtitle)}, "
        f"date: {_text(page.date)}, day: {_day(page.day)}, "
        f"place: {_text(page.place)}, paged: {str(paged).lower()}, cover: {str(page.cover).lower()}, "
        f"headed: {str(headed).lower()})"
    )


def _day(made: dt.date | None) -> str:
    day = made or dt.datetime.now(dt.UTC).date()
    return f"datetime(year: {day.year}, month: {day.month}, day: {day.day})"


def _text(text: str) -> str:
    """Return a Typst string: no character of the text is ever read as markup."""
    return json.dumps(text, ensure_ascii=False)


def _array(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _grid(grid: TableBlock, _: dict[str, str]) -> str:
    heads = [f"column({_text(c.label)}, {_text(c.below)})" for c in grid.columns]
    widths = text_shares(grid) if grid.widths or grid.kind == "texts" else ()
    shares = [f"{each:.4f}fr" for each in widths]
    rows = []
    for row in grid.rows:
        cells = [f"cell({_text(c.text)}, {_text(_look(c.status))})" for c in row.cells]
        rows.append(f"(kind: {_text(row.kind)}, label: {_text(row.label)}, cells: {_array(cells)})")
    return (
        f"#figures(title: {_text(grid.title)}, head: {_text(grid.head)}, kind: {_text(grid.kind)}, "
        f"shares: {_array(shares)}, columns: {_array(heads)}, rows: {_array(rows)}, notes: {_notes(grid.notes)})"
    )


def _look(status: Status) -> str:
    if status is Status.BOUNDED:
        return "bounded"
    return "soft" if status in _SOFT else ""


def _notes(notes: tuple[Note, ...]) -> str:
    return _array([f"({_text(note.label + NO_BREAK + ':')}, {_text(note.text)})" for note in notes])


def _heading(heading: Heading, _: dict[str, str]) -> str:
    return f"#heading(level: {heading.level}, {_text(heading.text)})"


def _paragraph(paragraph: Paragraph, _: dict[str, str]) -> str:
    return f"#par({_text(paragraph.text)})"


def _callout(callout: Callout, _: dict[str, str]) -> str:
    items = _array([_text(item) for item in callout.items])
    return f"#callout({_text(callout.title)}, {items}, kind: {_text(callout.kind)})"


def _facts(facts: Facts, drawings: dict[str, str]) -> str:
    items = _array([f"({_text(term)}, {_text(words)})" for term, words in facts.items])
    if facts.beside is None:
        return f"#facts({items}, kind: {_text(facts.kind)}, notes: {_notes(facts.notes)})"
    name = f"figure{len(drawings)}.svg"
    drawings[name] = facts.beside.svg
    return f"#facts({items}, beside: {_text(name)}, alt: {_text(facts.beside.alternative)})"


def _figure(figure: Figure, drawings: dict[str, str]) -> str:
    name = f"figure{len(drawings)}.svg"
    drawings[name] = figure.svg
    return (
        f"#drawing({_text(name)}, title: {_text(figure.title)}, alt: {_text(figure.alternative)}, "
        f"width: {figure.width * 100:.0f}%, fitting: {fitting(figure) * 100:.1f}%, "
        f"notes: {_notes(figure.notes)})"
    )


def fitting(figure: Figure, room: float = _ROOM) -> float:
    """Return the share of the width at which a drawing, its title and its notes stand on one page.

    Parameters
    ----------
    figure : Figure
        What is drawn.
    room : float
        Millimetres left under its title.
    """
    found = _VIEW_BOX.search(figure.svg)
    if not found:
        return 1.0
    wide, high = float(found[1]), float(found[2])
    lines = sum(1 + len(note.text) // _NOTE_CHARACTERS for note in figure.notes)
    return min(1.0, (room - _NOTE_LINE * lines) / (_PAGE_WIDTH * high / wide))


def _page_break(_: PageBreak, __: dict[str, str]) -> str:
    return "#turn()"


_WRITERS: Mapping[type, Callable[..., str]] = {
    TableBlock: _grid,
    Heading: _heading,
    Paragraph: _paragraph,
    Callout: _callout,
    Facts: _facts,
    Figure: _figure,
    PageBreak: _page_break,
}
