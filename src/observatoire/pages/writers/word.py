"""Write a page as a Word document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from observatoire.french.typography import NARROW, NO_BREAK
from observatoire.pages.blocks import (
    Block,
    Callout,
    Facts,
    Figure,
    Heading,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
    text_shares,
)
from observatoire.pages.tokens import tokens
from observatoire.pages.writers.typst import typeset
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path


_ACCENT, _SOFT = (RGBColor.from_string(tokens().light[name][1:]) for name in ("accent", "soft"))
_WIDTH = 184
_TOLD = 2  # levels of headings that the contents list

#: So many letters of a property are kept: Word takes no more.
_MOST_OF_A_PROPERTY = 255

#: Twentieths of a point in a millimetre, the unit Word counts widths in.
_TWIPS = 56.7

#: Share of the width taken by the first column, by kind of table.
_FIRST_COLUMN = {"profile": 0.34, "holes": 0.19}

#: Columns of a profile that need more or less than the others.
_COLUMNS = {
    "Écart": 1.6,
    "Période": 0.8,
    "Intervalle à 95 %": 1.15,
    f"Intervalle à 95{NARROW}%": 1.15,
}

_LINE = 'w:val="single" w:sz="4" w:space="0" w:color="D5DBE2"'
_BORDERS = (
    f"<w:tblBorders {nsdecls('w')}><w:top {_LINE}/><w:bottom {_LINE}/>"
    f"<w:insideH {_LINE}/></w:tblBorders>"
)


def save_word(page: Page, path: Path) -> None:
    """Write a page as a .docx on A4; drawings are pictures with an alternative text."""
    document = docx.Document()
    _dress(document, page)
    document.add_heading(page.title, level=0)
    for text in (page.subtitle, page.place, page.date):
        if text:
            document.add_paragraph(text).runs[0].font.color.rgb = _SOFT
    for block in page.blocks[: page.lead]:
        _write(document, block)
    if page.cover:
        _contents(document, page)
    for rank, block in enumerate(page.blocks[page.lead :], start=page.lead):
        _write(document, block)
        if isinstance(block, Heading):
            _mark(document.paragraphs[-1], rank)
    content = (
        io.BytesIO()
    )  # a zip half written to a full disk would complain once more when dropped
    document.save(content)
    path.write_bytes(content.getvalue())


def _contents(document: Any, page: Page) -> None:
    """Write the contents as links that any reader follows; Word adds page numbers when asked to."""
    parts = [(rank, block) for rank, block in _headings(page) if block.level <= _TOLD]
    _turn(document)
    document.add_paragraph("Sommaire", style="Subtitle")
    lines = [document.add_paragraph() for _ in parts]
    for line, (rank, block) in zip(lines, parts, strict=True):
        line.paragraph_format.left_indent = Mm(6 * (block.level - 1))
        line.paragraph_format.space_after = Pt(1)
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


def _dress(document: Any, page: Page) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(13)
    section.top_margin = section.bottom_margin = Mm(15)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.element.rPr.append(_language())
    for level in range(4):
        style = document.styles["Title" if level == 0 else f"Heading {level}"]
        style.font.color.rgb, style.font.name = _ACCENT, "Calibri"
    document.core_properties.title = page.title[:_MOST_OF_A_PROPERTY]
    document.core_properties.subject = page.subtitle[:_MOST_OF_A_PROPERTY]
    document.core_properties.language = "fr-FR"
    document.core_properties.author = ""
    document.core_properties.comments = ""


def _language() -> Any:
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), "fr-FR")
    return mark


def _write(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        if block.level == 1:
            _turn(document)
        document.add_heading(block.text, level=block.level)
    elif isinstance(block, Paragraph):
        document.add_paragraph(block.text)
    elif isinstance(block, Callout):
        document.add_paragraph().add_run(block.title).bold = True
        for item in block.items:
            document.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Facts):
        for term, text in block.items:
            line = document.add_paragraph()
            line.paragraph_format.space_after = Pt(1)
            line.add_run(f"{term}{NO_BREAK}: ").font.color.rgb = _SOFT
            line.add_run(text)
    elif isinstance(block, Figure):
        _picture(document, block)
    elif isinstance(block, TableBlock):
        _table(document, block)
    else:
        _turn(document)


def _turn(document: Any) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _title(document: Any, text: str) -> None:
    """Write the title of a table or drawing, never left alone at the foot of a page."""
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next = True
    line.add_run(text).bold = True


def _picture(document: Any, figure: Figure) -> None:
    if figure.title:
        _title(document, figure.title)
    source = "#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg))"
    png = typeset(source.encode(), "png", ppi=130, inputs={"svg": figure.svg})
    picture = document.add_picture(io.BytesIO(png), width=Mm(_WIDTH * figure.width))
    picture._inline.docPr.set("descr", figure.alternative)  # noqa: SLF001 - no public way
    _notes(document, figure.notes)


def _table(document: Any, grid: TableBlock) -> None:
    _title(document, grid.title)
    count = len(grid.columns)
    widths = [round(_WIDTH * share * _TWIPS) for share in _shares(grid)]
    table = document.add_table(rows=0, cols=count + 1)
    table.autofit = False
    # Written as XML: one call a cell and a property took ten seconds for an annex.
    table._tbl.tblPr.append(parse_xml(_BORDERS))  # noqa: SLF001 - no public way
    for column, width in zip(table._tbl.tblGrid, widths, strict=True):  # noqa: SLF001
        column.set(qn("w:w"), str(width))
    size = 12 if count > 9 else 15  # noqa: PLR2004 - half-points that A4 holds
    heads = [grid.head, *(f"{c.label}\n{c.below}" if c.below else c.label for c in grid.columns)]
    right = grid.kind != "texts"
    head = "".join(
        _cell(text, size, "<w:b/>", width, right=right and rank > 0)
        for rank, (text, width) in enumerate(zip(heads, widths, strict=True))
    )
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
    rows += [_row(row, widths, size, right=right) for row in grid.rows]
    for row in parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"):
        table._tbl.append(row)  # noqa: SLF001 - no public way
    _notes(document, grid.notes)


def _shares(grid: TableBlock) -> tuple[float, ...]:
    """Return the share of the page's width that each column takes."""
    if grid.widths or grid.kind == "texts":
        return text_shares(grid)
    wanted = [_COLUMNS.get(column.label, 1.0) for column in grid.columns]
    if grid.kind != "profile":
        wanted = [1.0] * len(grid.columns)
    first = _FIRST_COLUMN.get(grid.kind, 0.26)
    return (first, *((1 - first) * each / sum(wanted) for each in wanted))


def _row(row: Row, widths: list[int], size: int, *, right: bool) -> str:
    bold = "" if row.kind == "item" else "<w:b/>"
    keep = "<w:trPr><w:cantSplit/></w:trPr>"
    if row.kind == "group":
        return f"<w:tr>{keep}{_cell(row.label, size, bold, sum(widths), span=len(widths))}</w:tr>"
    shown = [*row.cells, *[TextCell("")] * (len(widths) - 1 - len(row.cells))]
    cells = [
        _cell(
            cell.text,
            size,
            bold + ("<w:i/>" if cell.status is Status.BOUNDED else ""),
            width,
            right=right,
        )
        for cell, width in zip(shown, widths[1:], strict=True)
    ]
    return f"<w:tr>{keep}{_cell(row.label, size, bold, widths[0])}{''.join(cells)}</w:tr>"


def _cell(
    text: str, size: int, look: str, width: int, *, right: bool = False, span: int = 1
) -> str:
    group = '<w:shd w:val="clear" w:color="auto" w:fill="EEF2F6"/>' if span > 1 else ""
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    side = '<w:jc w:val="right"/>' if right else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{group}</w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:after="0"/>{side}</w:pPr>'
        f'<w:r><w:rPr>{look}<w:sz w:val="{size}"/></w:rPr>{lines}</w:r></w:p></w:tc>'
    )


def _notes(document: Any, notes: tuple[Note, ...]) -> None:
    for note in notes:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(1)
        run = line.add_run(f"{note.label}{NO_BREAK}: {note.text}")
        run.font.size, run.font.color.rgb = Pt(tokens().sizes["note"]), _SOFT
