"""Write a page as a Word document: every look is a style, so that an editor changes it once."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from observatoire.french.typography import NARROW, NO_BREAK
from observatoire.pages.blocks import (
    Block,
    Callout,
    Facts,
    Figure,
    Heading,
    Note,
    Page,
    PageBreak,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
    text_shares,
)
from observatoire.pages.tokens import tokens
from observatoire.pages.writers.typst import fitting, lacks_letters, typeset
from observatoire.pages.writers.word_styles import (
    BESIDE,
    CELL,
    CELL_RIGHT,
    NOTE,
    SMALL,
    SMALL_RIGHT,
    SUMMARY,
    TABLE,
    WARNING,
    dress,
)
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.pages.blocks import Column

_WIDTH = 184
_TOLD = 2  # levels of headings that the contents list

#: Twentieths of a point in a millimetre, the unit Word counts widths in.
_TWIPS = 56.7

#: Share of the width taken by the first column, by kind of table.
_FIRST_COLUMN = {"profile": 0.34, "holes": 0.26}

#: Columns of a profile that need more or less than the others.
_COLUMNS = {
    "Écart": 1.6,
    "Période": 0.8,
    "Intervalle à 95 %": 1.15,
    f"Intervalle à 95{NARROW}%": 1.15,
}

#: Beyond so many columns, cells are written smaller.
_MOST_COLUMNS = 9

#: A table of so many rows stands on one page.
_SHORT = 10

#: What every part of the file is dated: the same figures make the same bytes.
_DATED = (1980, 1, 1, 0, 0, 0)

#: Millimetres of a drawing beside a list of facts.
_BESIDE = 50

#: Millimetres left for a drawing and its notes under two titles and a sentence.
_ROOM = 200.0

#: Points that a picture has to the inch.
_PPI = 110

#: What is said under a picture that has boxes for letters.
_BOXED = Note(
    "Cases vides",
    "ce dessin est une image, et la machine qui l’a écrite n’a pas de police pour certains caractères ; les "
    "tableaux et le texte de remplacement les ont.",
)

#: The page of one picture, in Typst.
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")"""


def save_word(page: Page, path: Path) -> None:
    """Write a page as a .docx on A4; drawings are pictures with an alternative text."""
    document = docx.Document()
    dress(document, page)
    writer = _WordWriter(document, _pictures(page))
    document.add_heading(page.title, level=0)
    for text in (page.subtitle, page.place, page.date):
        if text:
            document.add_paragraph(text, style="Subtitle")
    for block in page.blocks[: page.lead]:
        writer.block(block)
    if page.cover:
        _contents(document, page)
    for rank, block in enumerate(page.blocks[page.lead :], start=page.lead):
        writer.block(block)
        if isinstance(block, Heading):
            _mark(document.paragraphs[-1], rank)
    path.write_bytes(_packed(document))


def _packed(document: Any) -> bytes:
    """Return the file, each of its parts under the same date whenever it is written."""
    content = io.BytesIO()  # a zip half written to a full disk would complain once more
    document.save(content)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(content) as made,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for part in made.infolist():
            kept.writestr(
                zipfile.ZipInfo(part.filename, _DATED), made.read(part), zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def _drawn(page: Page) -> Iterator[Figure]:
    for block in page.blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Facts) and block.beside:
            yield block.beside


def _pictures(page: Page) -> dict[str, bytes]:
    """Turn the drawings of a page into pictures, one after another.

    Typst keeps what its last ten runs laid out: all in one run would hold a hundred megabytes more. Word has
    its own fonts: a letter that this machine lacks is a box in a picture, and never stops the document.
    """
    return {
        svg: typeset(_PICTURE, "png", ppi=_PPI, inputs={"svg": svg}, written=svg, whole=False)[0]
        for svg in dict.fromkeys(figure.svg for figure in _drawn(page))
    }


def _contents(document: Any, page: Page) -> None:
    """Write the contents as links that any reader follows; Word adds page numbers when asked to."""
    parts = [(rank, block) for rank, block in _headings(page) if block.level <= _TOLD]
    document.add_paragraph("Sommaire", style=SUMMARY)
    lines = [document.add_paragraph() for _ in parts]
    for line, (rank, block) in zip(lines, parts, strict=True):
        line.paragraph_format.left_indent = Mm(6 * (block.level - 1))
        line.paragraph_format.space_after, line.paragraph_format.line_spacing = Pt(0), 1.0
        bold = "<w:b/>" if block.level == 1 else ""
        link = (
            f'<w:hyperlink {nsdecls("w")} w:anchor="{_bookmark(rank)}" w:history="1"><w:r>'
            f"<w:rPr>{bold}</w:rPr><w:t>{escape(block.text)}</w:t></w:r></w:hyperlink>"
        )
        line._p.append(parse_xml(link))  # noqa: SLF001 - no public way
    if lines:
        _field(lines[0]._p, lines[-1]._p)  # noqa: SLF001 - no public way


def _field(first: Any, last: Any) -> None:
    """Make a table of contents of what lies between two paragraphs."""
    opening = (
        f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="begin"/>'
        f'<w:instrText xml:space="preserve">TOC \\o "1-{_TOLD}" \\h \\z \\u</w:instrText>'
        '<w:fldChar w:fldCharType="separate"/></w:r>'
    )
    place = 1 if first.pPr is not None else 0
    first.insert(place, parse_xml(opening))
    last.append(parse_xml(f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="end"/></w:r>'))


def _mark(heading: Any, rank: int) -> None:
    start = f'<w:bookmarkStart {nsdecls("w")} w:id="{rank}" w:name="{_bookmark(rank)}"/>'
    heading._p.append(parse_xml(start))  # noqa: SLF001 - no public way
    end = f'<w:bookmarkEnd {nsdecls("w")} w:id="{rank}"/>'
    heading._p.append(parse_xml(end))  # noqa: SLF001 - no public way


def _headings(page: Page) -> list[tuple[int, Heading]]:
    return [(rank, each) for rank, each in enumerate(page.blocks) if isinstance(each, Heading)]


def _bookmark(rank: int) -> str:
    return f"_partie{rank}"


class _WordWriter:
    """Writes blocks one after another; a page break asked for is kept by what comes next."""

    def __init__(self, document: Any, pictures: dict[str, bytes]) -> None:
        self.document, self.pictures = document, pictures
        self.turn = False

    def block(self, block: Block) -> None:
        if isinstance(block, PageBreak):
            self.turn = True
        elif isinstance(block, Heading):
            self._turned(self.document.add_heading(block.text, level=block.level))
        elif isinstance(block, Paragraph):
            self._text(block.text)
        elif isinstance(block, Callout):
            for text in (block.title, *block.items):
                line = self._text(text, WARNING if block.kind == "warning" else BESIDE)
                line.runs[0].bold = text == block.title
                line.paragraph_format.keep_with_next = True
        elif isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Figure):
            self._picture(block)
        elif isinstance(block, TableBlock):
            self._table(block)

    def _turned(self, line: Any) -> Any:
        """Have a paragraph start a page when a break was asked for: no empty line does."""
        if self.turn:
            line.paragraph_format.page_break_before = True
        self.turn = False
        return line

    def _text(self, text: str, style: str | None = None) -> Any:
        line = self.document.add_paragraph(text)
        if style:  # by its identifier: looked for by name, styles took half of the time
            line._p.style = style  # noqa: SLF001 - no public way
        return self._turned(line)

    def _facts(self, facts: Facts) -> None:
        if facts.kind == "boxes":
            self._boxes(facts)
            return
        into = self._text
        if facts.beside:
            left, right = self.document.add_table(1, 2).rows[0].cells
            left.width, right.width = Mm(_WIDTH - _BESIDE), Mm(_BESIDE)
            self._draw(right.paragraphs[0], facts.beside, _BESIDE - 4)
            left.paragraphs[0].style = CELL
            # A table keeps to what follows when each of its first paragraphs does.
            for cell in (left, right):
                cell.paragraphs[0].paragraph_format.keep_with_next = True
            into = left.add_paragraph
        for term, text in facts.items:
            line = into("", BESIDE)
            line.add_run(f"{term}{NO_BREAK}:" if facts.kind == "identity" else term).bold = True
            line.add_run(f" {text}" if text else "")
            line.paragraph_format.keep_with_next = facts.kind != "findings"
        self._notes(facts.notes)

    def _boxes(self, facts: Facts) -> None:
        """Set headings and their short texts side by side, on one page."""
        row = self.document.add_table(1, len(facts.items)).rows[0]
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))  # noqa: SLF001 - no public way
        for cell, (term, text) in zip(row.cells, facts.items, strict=True):
            cell.paragraphs[0]._p.style = CELL  # noqa: SLF001 - no public way
            cell.paragraphs[0].add_run(term).bold = True
            cell.add_paragraph(text)._p.style = CELL  # noqa: SLF001 - no public way
        self._notes(facts.notes)

    def _draw(self, line: Any, figure: Figure, width: float) -> None:
        content = io.BytesIO(self.pictures[figure.svg])
        shape = line.add_run().add_picture(content, width=Mm(width))
        shape._inline.docPr.set("descr", figure.alternative)  # noqa: SLF001 - no public way

    def _picture(self, figure: Figure) -> None:
        if figure.title:
            self._text(figure.title, "Caption").paragraph_format.keep_with_next = True
        line = self._text("")
        line.paragraph_format.keep_with_next = bool(figure.notes)
        self._draw(line, figure, _WIDTH * min(figure.width, fitting(figure, _ROOM)))
        self._notes(((_BOXED,) if lacks_letters(figure.svg) else ()) + figure.notes)

    def _table(self, grid: TableBlock) -> None:
        if grid.title:
            self._text(grid.title, "Caption").paragraph_format.keep_with_next = True
        # Written as XML: one call a cell and a property took ten seconds for an annex.
        self.document.element.body.insert_element_before(parse_xml(_grid(grid)), "w:sectPr")
        self._notes(grid.notes)

    def _notes(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            line = self._text("", NOTE)
            line.add_run(f"{note.label}{NO_BREAK}:").bold = True
            line.add_run(f" {note.text}")


def _grid(grid: TableBlock) -> str:
    widths = [round(_WIDTH * share * _TWIPS) for share in _shares(grid)]
    small = len(grid.columns) > _MOST_COLUMNS
    left, right = (SMALL, SMALL_RIGHT) if small else (CELL, CELL_RIGHT)
    looks = (left, left if grid.kind == "texts" else right)
    heads = [grid.head, *map(_headed, grid.columns)]
    head = "".join(
        _cell(text, looks[rank > 0], width)
        for rank, (text, width) in enumerate(zip(heads, widths, strict=True))
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    # A short table is not cut: its rows keep to the next, but the last.
    kept = [
        len(grid.rows) <= _SHORT and rank < len(grid.rows) for rank in range(1, len(grid.rows) + 1)
    ]
    rows = "".join(
        _row(row, widths, looks, kept=keep) for row, keep in zip(grid.rows, kept, strict=True)
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{TABLE}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"{_TIGHT if small else ''}"
        '<w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1" w:noVBand="1"/>'
        f"{_described(grid.title)}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
        # Its head may be cut: where it may not, and stands last on a page, LibreOffice loses all the rows.
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
    )


#: Air beside the texts of a table of many columns, so that none is cut.
_TIGHT = (
    '<w:tblCellMar><w:left w:w="12" w:type="dxa"/><w:right w:w="12" w:type="dxa"/></w:tblCellMar>'
)


def _described(title: str) -> str:
    words = escape(title, {'"': "&quot;"})
    return f'<w:tblCaption w:val="{words}"/>' if title else ""


def _headed(column: Column) -> str:
    return f"{column.label}\n{column.below}" if column.below else column.label


def _shares(grid: TableBlock) -> tuple[float, ...]:
    """Return the share of the page's width that each column takes."""
    if grid.widths or grid.kind == "texts":
        return text_shares(grid)
    wanted = [_COLUMNS.get(column.label, 1.0) for column in grid.columns]
    if grid.kind != "profile":
        wanted = [1.0] * len(grid.columns)
    first = _FIRST_COLUMN.get(grid.kind, 0.26)
    return (first, *((1 - first) * each / sum(wanted) for each in wanted))


def _row(row: Row, widths: list[int], looks: tuple[str, str], *, kept: bool) -> str:
    keep = "<w:trPr><w:cantSplit/></w:trPr>"
    bold = "" if row.kind == "item" else "<w:b/>"
    if row.kind == "group":
        label = _cell(row.label, looks[0], sum(widths), bold, span=len(widths))
        return f"<w:tr>{keep}{label}</w:tr>"
    shown = [*row.cells, *[TextCell("")] * (len(widths) - 1 - len(row.cells))]
    cells = "".join(
        _cell(
            cell.text,
            looks[1],
            width,
            bold + ("<w:i/>" if cell.status in (Status.BOUNDED, Status.CONTEXT) else ""),
            kept=kept,
        )
        for cell, width in zip(shown, widths[1:], strict=True)
    )
    return f"<w:tr>{keep}{_cell(row.label, looks[0], widths[0], bold, kept=kept)}{cells}</w:tr>"


def _cell(
    text: str, style: str, width: int, look: str = "", *, span: int = 1, kept: bool = False
) -> str:
    tint = tokens().light["tint"][1:]
    group = f'<w:shd w:val="clear" w:color="auto" w:fill="{tint}"/>' if span > 1 else ""
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    after = "<w:keepNext/>" if span > 1 or kept else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    dressed = f"<w:rPr>{look}</w:rPr>" if look else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{group}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{after}</w:pPr>'
        f"<w:r>{dressed}{lines}</w:r></w:p></w:tc>"
    )
