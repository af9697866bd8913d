"""The styles of a Word document, and its page: what an editor changes once for the whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor

from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from observatoire.pages.blocks import Page

#: Styles of our own, by the identifiers that paragraphs carry.
NOTE, BESIDE, WARNING, SUMMARY, TABLE = (
    "Note",
    "Encart",
    "Avertissement",
    "Sommaire",
    "Observatoire",
)
CELL, CELL_RIGHT, SMALL, SMALL_RIGHT = "Cellule", "CelluleDroite", "CellulePetite", "PetiteDroite"

#: So many letters of a property are kept: Word takes no more.
_MOST_OF_A_PROPERTY = 255

#: When a document says it was made: the same figures make the same bytes.
_DATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Word knows no zone


def dress(document: Any, page: Page) -> None:
    """Give a document its page, its styles, its foot and its properties."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(13)
    section.top_margin, section.bottom_margin = Mm(12), Mm(11)
    section.header_distance = section.footer_distance = Mm(6)
    _named_styles(document.styles)
    for made in _own_styles():
        document.styles.element.append(parse_xml(made))
    _foot(section, page)
    properties = document.core_properties
    properties.title = page.title[:_MOST_OF_A_PROPERTY]
    properties.subject = page.subtitle[:_MOST_OF_A_PROPERTY]
    properties.language = "fr-FR"
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = _DATED


def _named_styles(styles: Any) -> None:
    """Set the styles that Word itself knows."""
    light, sizes = tokens().light, tokens().sizes
    accent, soft = (RGBColor.from_string(light[name][1:]) for name in ("accent", "soft"))
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(sizes["body"] + 0.5)
    normal.paragraph_format.space_after = Pt(2)
    normal.element.rPr.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="fr-FR"/>'))
    for level, size in enumerate((22, 17, 13, 11)):
        style = styles["Title" if level == 0 else f"Heading {level}"]
        style.font.color.rgb, style.font.name, style.font.size = accent, "Calibri", Pt(size)
        style.paragraph_format.keep_with_next = True
    styles["Heading 1"].paragraph_format.page_break_before = True
    under = styles["Subtitle"]
    under.font.color.rgb, under.font.size, under.font.italic = soft, Pt(sizes["body"] + 1), False
    under.paragraph_format.space_after = Pt(1)
    styles["Title"].paragraph_format.space_after = Pt(3)
    caption = styles["Caption"]
    caption.font.size, caption.font.color.rgb = Pt(sizes["body"] + 1), accent
    caption.paragraph_format.space_before = Pt(6)
    caption.paragraph_format.keep_with_next = True


def _own_styles() -> list[str]:
    light, sizes = tokens().light, tokens().sizes
    cell, note = round(2 * sizes["table"]), round(2 * sizes["note"])
    tight = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    right = f'{tight}<w:jc w:val="right"/>'
    soft, accent = light["soft"][1:], light["accent"][1:]
    noted = '<w:spacing w:before="0" w:after="20" w:line="240" w:lineRule="auto"/>'
    title = f'<w:b/><w:color w:val="{accent}"/><w:sz w:val="34"/>'
    return [
        _paragraph(NOTE, noted, f'<w:color w:val="{soft}"/><w:sz w:val="{note}"/>'),
        _paragraph(BESIDE, _boxed(light["accent"], light["tint"]), ""),
        _paragraph(WARNING, _boxed(light["warn"], light["warn_tint"]), ""),
        _paragraph(SUMMARY, '<w:pageBreakBefore/><w:spacing w:after="120"/>', title),
        _paragraph(CELL, tight, f'<w:sz w:val="{cell}"/>'),
        _paragraph(CELL_RIGHT, right, f'<w:sz w:val="{cell}"/>', "Cellule à droite"),
        _paragraph(SMALL, tight, f'<w:sz w:val="{note}"/>', "Petite cellule"),
        _paragraph(SMALL_RIGHT, right, f'<w:sz w:val="{note}"/>', "Petite cellule à droite"),
        _table(light["rule"][1:], accent),
    ]


def _boxed(edge: str, ground: str) -> str:
    return (
        f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="6" w:color="{edge[1:]}"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{ground[1:]}"/>'
        '<w:spacing w:before="0" w:after="0"/><w:ind w:left="170"/>'
    )


def _paragraph(code: str, paragraph: str, run: str, name: str = "") -> str:
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{code}">'
        f'<w:name w:val="{name or code}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _table(rule: str, accent: str) -> str:
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{rule}"'
    strong = f'w:val="single" w:sz="8" w:space="0" w:color="{accent}"'
    return (
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE}">'
        f'<w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"<w:bottom {line}/><w:insideH {line}/></w:tblBorders><w:tblCellMar>"
        '<w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom {strong}/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'
        "</w:style>"
    )


def _foot(section: Any, page: Page) -> None:
    """Print the title and the number of the page at the foot."""
    line = section.footer.paragraphs[0]
    line.style = NOTE
    line.add_run(f"{page.title}\t\t")
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            line.add_run(" / ")
        line._p.append(  # noqa: SLF001 - no public way
            parse_xml(
                f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            )
        )
