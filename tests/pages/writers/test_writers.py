"""The writers, on a page made by hand with all that could break them."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import docx
import pikepdf
import pytest
from chromium import BROWSER, WHY_NOT, browser
from python_calamine import CalamineWorkbook

from observatoire.errors import FormatError
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.maps.svg import box, drawing
from observatoire.pages.blocks import (
    Callout,
    Column,
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
)
from observatoire.pages.cells import cell_of, figure_words
from observatoire.pages.isolation import framed
from observatoire.pages.tokens import tokens
from observatoire.pages.writers import typst as typst_writer
from observatoire.pages.writers.excel import save_workbook
from observatoire.pages.writers.html import render_page
from observatoire.pages.writers.typst import render_typst, save_pdf, save_sheet
from observatoire.pages.writers.word import save_word
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from pathlib import Path

NASTY = "<script>alert(1)</script> & #let x = 1; $a_b$ \\ [x] *gras* =SOMME(A1) \x07\x1b 100 %"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>'
NAN = float("nan")


def test_a_drawing_of_a_page_has_no_colour_of_its_own() -> None:
    """On a dark page it is dark; the same drawing saved alone is for paper."""
    drawn = drawing(9, 9, [box(0, 0, 9, 9, tokens().ground["land"])])
    for figure in (Figure(drawn, "T", "A"), Figure(drawn, "T", "A", halves=(drawn, drawn))):
        page = render_page(Page("T", "", (figure,), "", ""))
        shown = re.findall(r"<svg.*?</svg>", page)
        assert shown
        assert not re.findall(r"#[0-9a-f]{6}\b", "".join(shown))
        assert 'fill="var(--land)"' in shown[0]


def grid(kind: str = "figures") -> TableBlock:
    return TableBlock(
        title=NASTY,
        head="Quartier",
        columns=(Column("Taux", "%", "2016", 1), Column("Nombre", "ménages", "2016", 0)),
        rows=(
            Row("Ville", kind="group"),
            Row(
                NASTY,
                (
                    TextCell("12,3", Status.AGGREGATED, 12.345, 12.345, 12.345, hint=NASTY),
                    TextCell("0", Status.OBSERVED, 0.0, 0.0, 0.0),
                ),
            ),
            Row(
                "B",
                (TextCell("s", Status.SECRET, hint="Secret."), TextCell("n.d.", Status.MISSING)),
            ),
            Row(
                "C",
                (
                    TextCell("[1,0 ; 2,0]", Status.BOUNDED, None, 1.0, 2.0),
                    TextCell("5\u202fe", Status.ESTIMATED, 5.0, 4.0, 6.0),
                ),
                kind="comparator",
            ),
        ),
        notes=(Note("Champ", NASTY), Note("Source", "Insee ; SDES.")),
        kind=kind,
    )


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(
        title=NASTY,
        subtitle="Sous-titre : deux",
        blocks=(
            Callout("À lire", (NASTY, "deux")),
            Heading("Chapitre : un", 1, "un"),
            Paragraph(NASTY),
            grid(),
            Heading("Chapitre : un", 1, "deux"),
            grid("texts"),
            PageBreak(),
            Facts((("Commune", NASTY),), Figure(SVG, "Où", "Situation.", width=0.4)),
            Figure(SVG, "Carte", 'Carte. "A" & <B>', (Note("Lecture", NASTY),)),
        ),
        date="1er mars 2026",
        place="Martinique",
        cover=True,
    )


def test_texts_are_made_fit_to_print_once(page: Page) -> None:
    assert page.subtitle == "Sous-titre\u00a0: deux"
    assert "\x07" not in repr(page)
    assert page.title.endswith("100\u202f%")
    heading, figure = page.blocks[1], page.blocks[-1]
    assert isinstance(heading, Heading)
    assert isinstance(figure, Figure)
    assert heading.text == "Chapitre\u00a0: un"
    assert heading.anchor == "un"
    assert figure.svg == SVG
    again = Page(page.title, page.subtitle, page.blocks, page.date, page.place, cover=page.cover)
    assert again == page


def test_html_escapes_every_text(page: Page) -> None:
    inside = re.search(r'srcdoc="([^"]*)"', framed(page))
    assert inside is not None
    for text in (render_page(page), unescape(inside[1])):
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        assert 'aria-label="Carte. &#34;A&#34; &amp; &lt;B&gt;"' in text
    assert render_page(page).count("<h1") == 3
    assert re.search(r'<a href="#un">Chapitre', render_page(page))


def test_html_marks_what_is_not_exact(page: Page) -> None:
    text = render_page(page)
    assert '<td class="secret" title="Secret.">s</td>' in text
    assert '<td class="missing">n.d.</td>' in text
    assert '<td class="bounded">' in text
    assert "<td>0</td>" in text


def test_typst_never_reads_a_text_as_markup(page: Page, tmp_path: Path) -> None:
    source, drawings = render_typst(page, paged=True)
    assert list(drawings) == ["figure0.svg", "figure1.svg"]
    assert '"<script>alert(1)</script> & #let x = 1;' in source
    save_pdf(page, tmp_path / "p.pdf")
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
    save_sheet(page, tmp_path / "p.svg")
    assert ET.parse(tmp_path / "p.svg").getroot().tag.endswith("svg")  # noqa: S314 - ours
    save_sheet(page, tmp_path / "p.png", ppi=40)
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_the_head_of_a_word_table_may_be_cut(page: Page, tmp_path: Path) -> None:
    """LibreOffice 24 lost the twenty rows of a table whose head stood last on a page, and might not be cut."""
    save_word(page, tmp_path / "p.docx")
    for table in docx.Document(str(tmp_path / "p.docx")).tables:
        head, *rows = (row._tr.xml for row in table.rows)
        if "w:tblHeader" in head:
            assert "w:cantSplit" not in head
            assert all("w:cantSplit" in row for row in rows)


def test_word_keeps_every_text(page: Page, tmp_path: Path) -> None:
    save_word(page, tmp_path / "p.docx")
    document = docx.Document(str(tmp_path / "p.docx"))
    assert document.paragraphs[0].text == page.title
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [
        "Quartier",
        "Taux\n%, 2016",
        "Nombre\nménages, 2016",
    ]
    assert [cell.text for cell in table.rows[2].cells] == [grid_label(page), "12,3", "0"]
    assert table.rows[1].cells[0].text == table.rows[1].cells[2].text == "Ville"
    runs = [cell.paragraphs[0].runs[0] for cell in table.rows[4].cells]
    assert [bool(run.italic) for run in runs] == [False, True, False]
    assert runs[0].bold
    said = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert 'Carte. "A" & <B>' in said


def grid_label(page: Page) -> str:
    block = page.blocks[3]
    assert isinstance(block, TableBlock)
    return block.rows[1].label


COVERED = Page(
    "Annexe",
    "Essai",
    (
        Callout("À lire", ("Un avertissement.",)),
        Heading("Méthode & signes", 1),
        Heading("Secret", 2),
        Heading("Détail", 3),
        Heading("Sources", 1),
    ),
    cover=True,
)


def test_the_contents_of_a_word_document_link_to_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "page.docx"
    save_word(COVERED, path)
    document = docx.Document(str(path))
    xml = document.element.xml
    targets = re.findall(r'<w:hyperlink w:anchor="([^"]+)"', xml.replace(' w:history="1"', ""))
    marks = dict(re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="([^"]+)"', xml))
    assert len(targets) == 3  # the third level is not listed
    assert set(targets) <= set(marks.values())
    assert re.findall(r'fldCharType="(\w+)"', xml) == ["begin", "separate", "end"]
    texts = [line.text for line in document.paragraphs]
    assert texts.index("Un avertissement.") < texts.index("Sommaire")
    assert texts.count("Méthode & signes") == 2


def test_warnings_stand_on_the_cover_before_the_contents() -> None:
    source, _ = render_typst(COVERED, paged=True)
    assert source.index("Un avertissement.") < source.index("#contents()\n")
    assert source.index("#contents()\n") < source.index('#heading(level: 1, "Méthode & signes")')
    alone, _ = render_typst(Page("Fiche", "", (Heading("Une", 1),)), paged=True)
    assert "#contents()\n" not in alone


def test_a_workbook_keeps_numbers_apart_from_their_status(page: Page, tmp_path: Path) -> None:
    save_workbook(page, tmp_path / "p.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "p.xlsx"))
    assert book.sheet_names[0] == "Lisez-moi"
    assert book.sheet_names[1:] == ["Chapitre un", "Chapitre un 2"]
    rows = book.get_sheet_by_index(1).to_python(skip_empty_area=False)
    assert rows[4][1:9] == [12.345, "", "", "agrégé", 0.0, "", "", "observé"]
    assert rows[5][1:9] == ["", "", "", "secret", "", "", "", "non disponible"]
    assert rows[6][1:9] == ["", 1.0, 2.0, "entre deux bornes", 5.0, 4.0, 6.0, "estimé"]
    assert book.get_sheet_by_index(2).to_python(skip_empty_area=False)[4][1:3] == [12.345, 0.0]


def test_the_texts_of_a_workbook_stand_under_their_heading(tmp_path: Path) -> None:
    blocks = (
        Heading("Dillon", 2),
        Callout("À savoir", ("Ce quartier est partagé.",)),
        Paragraph("Veille."),
        Heading("Sans texte", 2),
        Heading("Texaco", 2),
        Callout("Un titre bien plus long que sa colonne n’est large", ("Ce quartier est seul.",)),
    )
    save_workbook(Page("Page", "", blocks), tmp_path / "p.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "p.xlsx")).get_sheet_by_index(0).to_python()
    rows_as_text = [tuple(map(str, row)) for row in rows[2:]]
    assert rows_as_text[:5] == [
        ("Dillon", ""),
        ("À savoir", "Ce quartier est partagé."),
        ("", "Veille."),
        ("Texaco", ""),
        ("Un titre bien plus long que sa colonne n’est large", "Ce quartier est seul."),
    ]
    package = docx.opc.package.OpcPackage.open(str(tmp_path / "p.xlsx"))
    (sheet,) = (one.blob for one in package.parts if one.partname.endswith("sheet1.xml"))
    heights = re.findall(rb'<row r="(\d+)"[^>]* ht="(\d+)"', sheet)
    assert dict(heights)[b"7"] == b"30"  # two lines


def test_nothing_in_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    cells = (TextCell("=1+1"), TextCell("http://exemple.fr"))
    texts = TableBlock(
        "T", "=2+2", (Column("=A"), Column("B")), (Row("=3+3", cells),), kind="texts"
    )
    save_workbook(Page("=4+4", "", (texts,)), tmp_path / "p.xlsx")
    sheet = docx.opc.package.OpcPackage.open(str(tmp_path / "p.xlsx"))
    for part in sheet.iter_parts():
        if "worksheet" in part.partname:
            assert b"<f>" not in part.blob
            assert b"hyperlink" not in part.blob


# --- cells ------------------------------------------------------------------------------------


def indicator(unit: str = "%", decimals: int = 1) -> Indicator:
    return Indicator("x", "X", "X", "t", Nature.RATE, unit, decimals, "neutral", "d", "u", ("s",))


def row(
    status: Status, value: float = NAN, low: float = NAN, high: float = NAN
) -> dict[str, object]:
    return {
        "status": status,
        "value": value,
        "low": low,
        "high": high,
        "reason": "r",
        "method": "m",
    }


@pytest.mark.parametrize(
    ("given", "text", "sentence"),
    [
        (row(Status.OBSERVED, 1234.56), "1\u202f234,6", "1\u202f234,6\u202f%"),
        (row(Status.AGGREGATED, 0.0), "0,0", "0,0\u202f%"),
        (row(Status.AGGREGATED, -0.04), "0,0", "0,0\u202f%"),
        (row(Status.OBSERVED, -2.25), "−2,3", "−2,3\u202f%"),
        (row(Status.ESTIMATED, 2.0), "2,0\u202fe", "2,0\u202f%"),
        (row(Status.CONTEXT, 2.0), "(2,0)", "(2,0\u202f%)"),
        (
            row(Status.BOUNDED, NAN, 0.0, 1000.0),
            "[0,0\u202f; 1\u202f000,0]",
            "[0,0\u202f; 1\u202f000,0]\u202f%",
        ),
        (row(Status.SECRET), "s", "s"),
        (row(Status.MISSING), "n.d.", "n.d."),
        (row(Status.NOT_APPLICABLE), "///", "///"),
    ],
)
def test_each_status_has_its_own_writing(
    given: dict[str, object], text: str, sentence: str
) -> None:
    cell = cell_of(given, indicator())
    assert cell.text == text
    assert figure_words(given, indicator()) == sentence
    hole = not cell.status.has_value and cell.status is not Status.BOUNDED
    assert cell.hint == ("r" if hole else "r m"), "what lacks was made by no method"
    assert cell.value is None or cell.status.has_value


def test_a_hidden_cell_carries_no_number() -> None:
    cell = cell_of(row(Status.SECRET), indicator())
    assert (cell.value, cell.low, cell.high) == (None, None, None)


def test_a_unit_in_words_is_set_apart_by_a_space_that_holds() -> None:
    assert (
        figure_words(row(Status.OBSERVED, 1200.0), indicator("euros", 0)) == "1\u202f200\u00a0euros"
    )
    bounded = figure_words(row(Status.BOUNDED, NAN, 0.0, 9.0), indicator("euros", 0))
    assert bounded == "[0\u202f; 9]\u00a0euros"
    assert figure_words(row(Status.OBSERVED, 1.5), indicator("", 1)) == "1,5"


def pages_of(page: Page, folder: Path) -> list[str]:
    """Return the text of each page of its PDF."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    save_pdf(page, folder / "p.pdf")
    command = ["pdftotext", "-layout", str(folder / "p.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\f")


@pytest.mark.parametrize("before", range(72, 82))
def test_the_heading_of_a_group_never_stands_alone_at_the_foot_of_a_page(
    before: int, tmp_path: Path
) -> None:
    """Wherever the page ends, the group's rows begin on the page of its heading."""
    lines = tuple(Row(f"Ligne {i}", (TextCell("1"), TextCell("2"))) for i in range(before))
    group = (
        Row("Le groupe", kind="group"),
        Row("Sa première ligne", (TextCell("1"), TextCell("2"))),
    )
    table = replace(grid(), title="Table", rows=(*lines, *group, *lines), notes=())
    (page,) = (one for one in pages_of(Page("Page", "", (table,)), tmp_path) if "Le groupe" in one)
    assert "Sa première ligne" in page


@pytest.mark.parametrize("before", range(70, 84, 2))
def test_the_title_of_a_callout_stays_with_what_it_says(before: int, tmp_path: Path) -> None:
    lines = tuple(Row(f"Ligne {i}", (TextCell("1"), TextCell("2"))) for i in range(before))
    table = replace(grid(), title="Table", rows=lines, notes=())
    page = Page("Page", "", (table, Callout("Le titre", ("Le premier mot", "Le dernier mot"))))
    (sheet,) = (text for text in pages_of(page, tmp_path) if "Le titre" in text)
    assert "Le premier mot" in sheet
    assert "Le dernier mot" in sheet


@pytest.mark.parametrize("before", range(54, 72, 3))
def test_a_short_table_is_not_cut_and_keeps_its_heading(before: int, tmp_path: Path) -> None:
    lines = tuple(Row(f"Ligne {i}", (TextCell("1"), TextCell("2"))) for i in range(before))
    table = replace(grid(), title="Table", rows=lines, notes=())
    short = tuple(Row(f"Crédit {i}", (TextCell("1"), TextCell("2"))) for i in range(13))
    page = Page("Page", "", (table, Heading("Les crédits", 2), replace(table, rows=short)))
    (sheet,) = (text for text in pages_of(page, tmp_path) if "Crédit" in text)
    assert "Les crédits" in sheet
    assert all(row.label in sheet for row in short)


def test_a_title_longer_than_a_narrow_screen_is_not_cut() -> None:
    text = render_page(Page("Page", "", (replace(grid(), title="Un titre"),)))
    assert "<caption><span>Un titre</span></caption>" in text
    (style,) = re.findall(r"caption span \{([^}]*)\}", text)
    assert "max-width: 100cqi" in style
    assert re.search(r"\.scroll \{[^}]*container-type: inline-size", text)


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_letters_that_no_font_has_are_a_sentence_rather_than_empty_boxes(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture would be silent: its letters are looked for beforehand, ours then those of the machine."""
    fonts = typst_writer._fonts
    monkeypatch.setattr(typst_writer, "_fonts", lambda **_: fonts(system=False))
    typst_writer._require_letters.cache_clear()
    save = {".png": save_sheet, ".pdf": save_pdf}[suffix]
    with pytest.raises(FormatError, match=r"de quoi écrire « [中央] »"):
        save(_CHINESE, tmp_path / f"page{suffix}")
    typst_writer._require_letters.cache_clear()


_CHINESE = Page(
    "中央", "", (Figure(SVG.replace("</svg>", "<text>中央</text></svg>"), "中央", "Carte. 中央."),)
)


def test_word_has_its_own_fonts_and_a_letter_that_ours_lack_stops_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = typst_writer._fonts
    monkeypatch.setattr(typst_writer, "_fonts", lambda **_: fonts(system=False))
    typst_writer._require_letters.cache_clear()
    save_word(_CHINESE, tmp_path / "page.docx")
    typst_writer._require_letters.cache_clear()
    document = docx.Document(str(tmp_path / "page.docx"))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said.count("中央") == 2, "the title and that of the picture are text"
    assert any(line.startswith("Cases vides") for line in said), "the picture’s boxes are said"
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "Carte. 中央."


@pytest.mark.skipif(not BROWSER, reason=WHY_NOT)
def test_on_a_telephone_the_contents_and_the_tables_of_texts_are_read_downwards(
    tmp_path: Path,
) -> None:
    chapters = [Heading(f"Chapitre au nom assez long, numéro {n}", 1, f"c{n}") for n in range(30)]
    texts = replace(
        grid("texts"), title="Textes", columns=tuple(Column(f"Colonne {n}") for n in range(9))
    )
    row = Row("Un quartier", tuple(TextCell(f"une phrase, la {n}") for n in range(9)))
    page = Page("Page", "", (*chapters, replace(texts, rows=(row,))), cover=True)
    (tmp_path / "page.html").write_text(render_page(page), "utf-8")
    wider = "[...document.querySelectorAll('nav ol, .scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    with browser() as phone:
        phone.open(tmp_path / "page.html", width=390)
        assert phone.run(wider) == 0
        read = phone.run(
            "getComputedStyle(document.querySelectorAll('tbody td')[3], '::before').content"
        )
        assert "Colonne 3" in read
        phone.open(tmp_path / "page.html", width=1280)
        assert (
            phone.run("getComputedStyle(document.querySelector('tbody td')).display")
            == "table-cell"
        )


def test_no_head_of_a_profile_is_cut_in_the_middle_of_a_word(tmp_path: Path) -> None:
    heads = ("Four-à-Chaux", "Intervalle à 95 %", "Le Lamentin", "Écart", "Entiers (11)", "Période")
    table = TableBlock("Fiche", "Indicateur", tuple(map(Column, heads)), (), kind="profile")
    save_word(Page("Page", "", (table,)), tmp_path / "p.docx")
    (shown,) = docx.Document(str(tmp_path / "p.docx")).tables
    for cell in shown.rows[0].cells:
        room = cell.width.mm - 2 * 1.9  # Word's own margins
        longest = max(map(len, re.split(r"[ -]", cell.text)))
        assert longest * 7.5 * 0.55 / 72 * 25.4 < room, cell.text  # bold letters of 7.5 points


@pytest.mark.parametrize("level", [1, 2])
def test_a_page_without_a_cover_may_open_on_any_heading(level: int, tmp_path: Path) -> None:
    page = Page("Titre", "Sous-titre", (Heading("Chapitre", level, "un"), Paragraph("Un texte.")))
    save_pdf(page, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as document:
        assert len(document.pages) == 1  # no title alone on its page


@pytest.mark.skipif(not BROWSER, reason=WHY_NOT)
def test_a_frame_of_a_notebook_is_as_high_as_its_page_folded_or_not(tmp_path: Path) -> None:
    rows = tuple(Row(f"Quartier {rank}", (TextCell("1"),)) for rank in range(200))
    block = TableBlock("T", "Quartier", (Column("Taux"),), rows, kind="texts", folded=True)
    shell = tmp_path / "notebook.html"
    shell.write_text(f"<!doctype html>{framed(Page('T', '', (block,), '', ''))}", encoding="utf-8")
    high = """new Promise(r => setTimeout(() => { const f = document.querySelector('iframe');
        const d = f.contentDocument.documentElement; r([f.clientHeight, d.offsetHeight]) }, 200))"""
    with browser() as opened:
        opened.open(shell)
        folded, inside = opened.run(high)
        assert 0 <= folded - inside < 20
        opened.run(
            "document.querySelector('iframe').contentDocument.querySelector('details').open = true"
        )
        unfolded, inside = opened.run(high)
    assert unfolded > 3000 > folded
    assert 0 <= unfolded - inside < 20
