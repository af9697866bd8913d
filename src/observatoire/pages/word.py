"""Write a page as a Word document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
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
    table = document.add_table(rows=1, cols=len(grid.columns) + 1)
    table.style = "Light Grid Accent 1"
    size = Pt(6) if len(grid.columns) > 9 else Pt(8)  # noqa: PLR2004 - what A4 holds
    heads = [grid.head, *(f"{c.label}\n{c.below}" if c.below else c.label for c in grid.columns)]
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _fill(cell, text, size, bold=True)
    header = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - no public way
    header.append(OxmlElement("w:tblHeader"))
    for row in grid.rows:
        cells = table.add_row().cells
        strong = row.kind != "item"
        if row.kind == "group":
            cells[0].merge(cells[-1])
        _fill(cells[0], row.label, size, bold=strong)
        for cell, shown in zip(cells[1:], row.cells, strict=False):
            _fill(
                cell,
                shown.text,
                size,
                right=grid.kind != "texts",
                italic=shown.status is Status.BOUNDED,
            )
    _notes(document, grid.notes)


def _fill(
    cell: Any,
    text: str,
    size: Any,
    *,
    bold: bool = False,
    italic: bool = False,
    right: bool = False,
) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(text)
    run.font.size, run.bold, run.italic = size, bold, italic
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _notes(document: Any, notes: tuple[b.Note, ...]) -> None:
    for note in notes:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(1)
        run = line.add_run(f"{note.label}{NO_BREAK}: {note.text}")
        run.font.size, run.font.color.rgb = Pt(7.5), _SOFT
