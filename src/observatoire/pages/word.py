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

from observatoire.pages import blocks as b
from observatoire.pages.typeset import typeset
from observatoire.typography import NO_BREAK
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path

_ACCENT, _SOFT = RGBColor(0x17, 0x45, 0x6B), RGBColor(0x55, 0x60, 0x6E)
_WIDTH = 184


def save_word(page: b.Page, path: Path) -> None:
    """Write a page as a .docx on A4; drawings are pictures with an alternative text."""
    document = docx.Document()
    _dress(document, page)
    document.add_heading(page.title, level=0)
    for text in (page.subtitle, page.place, page.date):
        if text:
            document.add_paragraph(text).runs[0].font.color.rgb = _SOFT
    for block in page.blocks:
        _write(document, block)
    document.save(str(path))


def _dress(document: Any, page: b.Page) -> None:
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
    document.core_properties.title = page.title
    document.core_properties.subject = page.subtitle
    document.core_properties.language = "fr-FR"
    document.core_properties.author = ""
    document.core_properties.comments = ""


def _language() -> Any:
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), "fr-FR")
    return mark


def _write(document: Any, block: b.Block) -> None:
    if isinstance(block, b.Heading):
        if block.level == 1:
            _turn(document)
        document.add_heading(block.text, level=block.level)
    elif isinstance(block, b.Paragraph):
        document.add_paragraph(block.text)
    elif isinstance(block, b.Callout):
        document.add_paragraph().add_run(block.title).bold = True
        for item in block.items:
            document.add_paragraph(item, style="List Bullet")
    elif isinstance(block, b.Facts):
        for term, text in block.items:
            line = document.add_paragraph()
            line.paragraph_format.space_after = Pt(1)
            line.add_run(f"{term}{NO_BREAK}: ").font.color.rgb = _SOFT
            line.add_run(text)
    elif isinstance(block, b.Figure):
        _picture(document, block)
    elif isinstance(block, b.Grid):
        _table(document, block)
    else:
        _turn(document)


def _turn(document: Any) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _picture(document: Any, figure: b.Figure) -> None:
    if figure.title:
        document.add_paragraph().add_run(figure.title).bold = True
    source = "#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg))"
    png = typeset(source.encode(), "png", ppi=130, inputs={"svg": figure.svg})
    picture = document.add_picture(io.BytesIO(png), width=Mm(_WIDTH * figure.width))
    picture._inline.docPr.set("descr", figure.alternative)  # noqa: SLF001 - no public way
    _notes(document, figure.notes)


def _table(document: Any, grid: b.Grid) -> None:
    document.add_paragraph().add_run(grid.title).bold = True
    wide = len(grid.columns) + 1
    table = document.add_table(rows=0, cols=wide)
    table.style = "Light Grid Accent 1"
    size = 12 if len(grid.columns) > 9 else 16  # noqa: PLR2004 - half-points that A4 holds
    heads = [grid.head, *(f"{c.label}\n{c.below}" if c.below else c.label for c in grid.columns)]
    head = "".join(_cell(text, size, "<w:b/>") for text in heads)
    rows = [f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{head}</w:tr>"]
    rows += [_row(row, wide, size, right=grid.kind != "texts") for row in grid.rows]
    # Written as XML: one call a cell and a property took ten seconds for an annex.
    for row in parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"):
        table._tbl.append(row)  # noqa: SLF001 - no public way
    _notes(document, grid.notes)


def _row(row: b.Row, wide: int, size: int, *, right: bool) -> str:
    bold = "" if row.kind == "item" else "<w:b/>"
    if row.kind == "group":
        return f"<w:tr>{_cell(row.label, size, bold, span=wide)}</w:tr>"
    shown = [*row.cells, *[b.Cell("")] * (wide - 1 - len(row.cells))]
    cells = [
        _cell(c.text, size, "<w:i/>" if c.status is Status.BOUNDED else "", right=right)
        for c in shown
    ]
    return f"<w:tr>{_cell(row.label, size, bold)}{''.join(cells)}</w:tr>"


def _cell(text: str, size: int, look: str, *, right: bool = False, span: int = 1) -> str:
    wide = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>' if span > 1 else ""
    side = '<w:jc w:val="right"/>' if right else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    return (
        f'<w:tc>{wide}<w:p><w:pPr><w:spacing w:after="0"/>{side}</w:pPr>'
        f'<w:r><w:rPr>{look}<w:sz w:val="{size}"/></w:rPr>{lines}</w:r></w:p></w:tc>'
    )


def _notes(document: Any, notes: tuple[b.Note, ...]) -> None:
    for note in notes:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(1)
        run = line.add_run(f"{note.label}{NO_BREAK}: {note.text}")
        run.font.size, run.font.color.rgb = Pt(7.5), _SOFT
