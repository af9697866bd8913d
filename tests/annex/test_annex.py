"""The annex in its four forms: its plan, its texts, its holes, its typography."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import axe
import chromium
import demo
import docx
import oracle
import pandas as pd
import pikepdf
import pytest
from pages_read import text_sizes
from python_calamine import CalamineWorkbook

from observatoire.annex import completeness
from observatoire.french.typography import number
from observatoire.pages.blocks import Facts, TableBlock, TextCell
from observatoire.pages.sheet import writer_of
from observatoire.pages.tokens import tokens
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = [
    "Population et familles",
    "Accès à l’emploi et développement économique",
    "Réussite éducative",
    "Habitat et cadre de vie",
    "Santé",
    "Citoyenneté et prévention de la délinquance",
]
CHAPTERS = [
    "Ce qu’il faut retenir",
    "D’un coup d’œil",
    *HEADINGS[:4],
    "Tableaux par quartier",
    "Évaluation",
    "Fiches des quartiers",
    "Ce que l’on sait, ce qui manque",
    "Méthode",
]
VOID = {"meta", "br", "rect", "circle", "path", "line", "img", "link"}


class Reader(HTMLParser):
    """Keeps what a page says, and how its tags are nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.tables: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append({"caption": "", "rows": [], "kinds": []})
        if tag == "tr":
            self.tables[-1]["rows"].append([])
            self.tables[-1]["kinds"].append(dict(attrs).get("class"))
        if tag in ("td", "th"):
            self.tables[-1]["rows"][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not self.open or not data.strip():
            return
        self.texts.append((self.open[-1], data))
        if "caption" in self.open:
            self.tables[-1]["caption"] += data
        elif {"td", "th"} & set(self.open):
            self.tables[-1]["rows"][-1][-1] += data


@cache
def source() -> str:
    return demo.annex(".html").read_text(encoding="utf-8")


@cache
def page() -> Reader:
    reader = Reader()
    reader.feed(source())
    assert not reader.open
    return reader


def said(*tags: str) -> list[str]:
    return [text for tag, text in page().texts if tag in tags]


def test_a_finding_is_said_once() -> None:
    """The cover says it; the page that follows sums up each heading, and warns."""
    headed = [text for tag, text in page().texts if tag == "dt" and "jugés" in text]
    assert len(headed) >= 3
    assert len(set(headed)) == len(headed)


@cache
def shown() -> str:
    """Return every text a reader can see or hear."""
    spoken = [
        str(attrs[name])
        for _, attrs in page().tags
        for name in ("title", "aria-label", "alt")
        if attrs.get(name)
    ]
    return "\n".join([*(text for tag, text in page().texts if tag != "style"), *spoken])


# --- HTML -------------------------------------------------------------------------------------


def test_chapters_in_order() -> None:
    headings = said("h1", "h2")
    assert [text for text in said("h1")[1:]] == CHAPTERS  # noqa: C416
    assert headings[0] == "Observatoire des quartiers de Fort-de-France et du Lamentin"


def test_the_cover_says_that_the_evaluation_is_nearly_empty_and_whom_to_ask() -> None:
    facts = next(b for b in demo.annex_sheet().page.blocks if isinstance(b, Facts))
    sentences = {
        lead.replace("\u00a0", " "): text.replace("\u00a0", " ") for lead, text in facts.items
    }
    text = sentences["L’évaluation est presque vide : la preuve manque à 19 des 20 objectifs."]
    assert text == (
        "À demander d’abord : Ville (12 objectifs), État (4) et Caf (3). "
        "Le détail est au chapitre de l’évaluation."
    )


def test_what_is_promised_and_what_is_committed_say_of_which_years() -> None:
    said_of = shown().replace("\u00a0", " ").replace("\u202f", " ")
    assert (
        "promis : 4 200 000 € (2007-2009) ; engagés pour des actions : 8 255 580 € (2020-2024)"
        in said_of
    )
    assert "Aucune action n’est connue pour un quartier en particulier." in said_of
    assert "sans action connue" in said_of


def test_what_one_indicator_lacks_is_not_said_of_another() -> None:
    page = demo.demo().evaluate().page
    grid = next(
        b for b in page.blocks if isinstance(b, TableBlock) and "ne peut être jugé" in b.title
    )
    living = [row for row in grid.rows if "Niveau de vie médian" in row.label]
    assert living
    assert not any("Terres-Sainville" in row.cells[1].text for row in living)


def test_a_mean_whose_parts_lack_says_so_and_nothing_else() -> None:
    rows = demo.demo().table("loyer_moyen_parc_social").df.set_index("name")
    assert rows.loc["Dillon", "status"] == "bounded"
    assert "au moins un des 2 IRIS" in rows.loc["Volga-Plage", "reason"]


def test_one_profile_a_quartier_or_a_source() -> None:
    ids = [attrs.get("id") for tag, attrs in page().tags if tag == "h2"]
    profiles = [str(name) for name in ids if name and name.startswith("fiche-")]
    assert set(profiles) <= {f"fiche-{code}" for code in oracle.quartiers()}
    titles = " ".join(said("h2"))
    assert all(name in titles for name in oracle.quartiers().values())


def test_a_profile_without_own_figures_still_says_what_is_known_of_poverty() -> None:
    """Who asks of poverty at Bon Air finds it there, its interval, and what it is of the commune."""
    row = (
        demo.demo()
        .table("taux_pauvrete", compare=["commune"])
        .main.set_index("name")
        .loc["Bon Air"]
    )
    figures = {side: number(float(row[side]), 1) for side in ("value", "pi80_low", "pi80_high")}
    (written,) = [
        text for text in said("dd") if f": {figures['value']}\u202fe" in text and "pauvreté" in text
    ]
    (line,) = [each for each in written.split("\n") if "pauvreté" in each]
    assert f"({figures['pi80_low']} à {figures['pi80_high']})" in line
    assert line.endswith("28,0")
    assert "indicateurs sur" in written.split("\n")[-1]


def test_the_file_stands_alone() -> None:
    tags = {tag for tag, _ in page().tags}
    assert not tags & {"script", "iframe", "link", "object", "embed", "img"}
    for tag, attrs in page().tags:
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src"):
                assert str(value).startswith("#"), value
    assert "@import" not in source()
    assert not re.search(r"url\((?!#)", source())


def test_language_encoding_and_screen() -> None:
    assert source().startswith("<!doctype html>") or source().lstrip().startswith("<!doctype")
    attrs = [dict(a) for tag, a in page().tags if tag in ("html", "meta")]
    assert attrs[0]["lang"] == "fr"
    assert attrs[1]["charset"] == "utf-8"
    assert "width=device-width" in str(attrs[2]["content"])


def test_identifiers_are_unique_and_links_lead_somewhere() -> None:
    ids = [str(attrs["id"]) for _, attrs in page().tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    targets = [str(attrs["href"])[1:] for tag, attrs in page().tags if tag == "a"]
    assert len(targets) >= 38
    assert set(targets) <= set(ids)
    used = re.findall(r"url\(#([^)]+)\)", source())
    assert used
    assert set(used) <= set(ids)


def test_tables_have_captions_and_square_rows() -> None:
    assert len(page().tables) > 20
    for table in page().tables:
        assert table["caption"].strip()
        wide = len(table["rows"][0])
        for row, kind in zip(table["rows"], table["kinds"], strict=True):
            assert len(row) == (1 if kind == "group" else wide), table["caption"]


@axe.needed
def test_nobody_is_left_out_of_the_annex() -> None:
    with chromium.browser() as telephone:
        assert axe.faults(telephone, demo.annex(".html"), width=390, dark=True) == []


def test_figures_have_an_alternative_text() -> None:
    drawn = [attrs for tag, attrs in page().tags if attrs.get("role") == "img"]
    assert len(drawn) > 20
    assert all(len(str(attrs["aria-label"])) > 20 for attrs in drawn)
    svgs = [attrs for tag, attrs in page().tags if tag == "svg"]
    assert all(attrs["role"] == "presentation" for attrs in svgs)


def test_panels_have_28_rows_and_comparators() -> None:
    panels = [
        t for t in page().tables if t["kinds"].count("item") == 28 and "comparator" in t["kinds"]
    ]
    assert panels
    for table in panels:
        items = [
            row[0]
            for row, kind in zip(table["rows"], table["kinds"], strict=True)
            if kind == "item"
        ]
        assert items == list(oracle.quartiers().values())
        assert "comparator" in table["kinds"]


def test_population_column_is_that_of_the_files() -> None:
    table = next(t for t in page().tables if "Population" in "".join(t["rows"][0]))
    rank = next(i for i, text in enumerate(table["rows"][0]) if text.startswith("Population"))
    rows = {row[0]: row[rank] for row in table["rows"] if len(row) > rank}
    for code, name in oracle.quartiers().items():
        whole, part = oracle.links()[code]
        most = oracle.at_most(part, oracle.AGES) if part else oracle.count(whole, oracle.AGES)
        total = f"{most:,.0f}".replace(",", "\u202f")
        text = rows[name]
        if part:  # foretold: between nothing and the whole IRIS, and marked as an estimate
            assert text.endswith("\u202fe")
            assert 0 < int(re.sub(r"\D", "", text)) < most
        else:
            assert text == (total if whole else "n.d.")
    assert rows["Fort-de-France"] == "81\u202f017"
    assert rows["Le Lamentin"] == "40\u202f175"


def test_the_cover_gives_the_main_figures_of_each_theme_with_what_is_known() -> None:
    table = next(t for t in page().tables if t["caption"] == "Les chiffres des thématiques")
    head, *rows = table["rows"]
    assert head[1:3] == ["Fort-de-France", "Le Lamentin"]
    said_of = {row[0]: [re.sub(r"\s", " ", text) for text in row[1:]] for row in rows}
    sheet = demo.annex_sheet()
    cells = sheet.table.main[sheet.table.main["indicator"] == "taux_pauvrete"]
    own = cells[cells["status"].isin(["observed", "aggregated"])]
    ends = " à ".join(number(value, 1) for value in (own["value"].min(), own["value"].max()))
    shown = said_of["Taux de pauvreté (%, 2021)"]
    assert shown[2:] == [ends, f"{len(own)} sur 28", "aucun écart ne se juge"]
    assert shown[:2] == ["28,0 %", "22,0 %"]
    assert said_of["Santé"][-1] == "aucun taux propre au quartier"
    assert re.fullmatch(
        r"moins favorable dans \d+ des \d+ jugés", said_of["Bac + 2 ou plus (%, 2010)"][-1]
    )


def test_no_text_is_smaller_than_a_note() -> None:
    smallest = [min(sizes) for sizes in text_sizes(demo.annex(".pdf"))]
    assert min(smallest) >= tokens().sizes["note"] - 0.05, smallest


def test_every_hole_of_the_completeness_table_is_explained() -> None:
    table = next(t for t in page().tables if t["caption"].startswith("Complétude"))
    cells = demo.annex_sheet().table.main
    known = demo.annex_sheet().table.indicators
    known = [known[code] for code in cells.loc[cells["status"] != "missing", "indicator"].unique()]
    assert sorted(name for row in table["rows"][1:] for name in row[0].split(" · ")) == sorted(
        one.short for one in known
    )
    signs = {tuple(row[1:]) for row in table["rows"][1:]}
    assert len(signs) <= len(table["rows"]) - 1 < len(known) / 2  # those alike share a row
    assert len(table["rows"][0]) == 29
    letters = {
        text for row in table["rows"][1:] for text in row[1:] if re.fullmatch("[A-Z]{1,2}", text)
    }
    explained = next(text for text in said("dd") if re.match("A, ", text))
    assert letters
    assert letters <= set(re.findall("(?:^|; )([A-Z]{1,2}), ", explained))
    marks = {text for row in table["rows"][1:] for text in row[1:]} - letters
    assert marks <= {"■", "s", "e", "[ ]", "[\u00a0]", "( )", "///"}


def test_whom_to_ask_is_named() -> None:
    text = shown()
    assert "Caisse générale de sécurité sociale de la Martinique" in text
    assert "SSMSI" in text


def test_warnings_and_credits() -> None:
    text = shown()
    for words in (
        "Liste provisoire",
        "Périmètres schématiques",
        "Licence Ouverte 2.0",
        "Ville du Lamentin",
        "Insee",
        "IGN",
        "SDES",
    ):
        assert words in text


def test_each_source_tells_its_rows_and_prints() -> None:
    table = next(t for t in page().tables if t["caption"].startswith("Sources chargées"))
    assert len(table["rows"]) == 1 + len(demo.demo().sources())
    for row in table["rows"][1:]:
        assert "gardée" in row[3]
        assert re.search(r"\([0-9a-f]{12}…\)", row[4])


def test_french_typography() -> None:
    text = shown()
    assert "'" not in text
    assert '"' not in text
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|NaN", text)
    read = "\n".join(words for tag, words in page().texts if tag not in ("style", "text", "tspan"))
    assert not re.search(r"\S [;:!?%»]", read)
    assert "« " not in text
    assert not re.findall(r"\d\.\d", re.sub("Licence Ouverte 2.0|observatoire 0.1.0", "", text))
    assert "..." not in text


def test_thousands_are_set_apart_in_figures() -> None:
    cells = [
        text
        for table in page().tables
        if "SHA" not in str(table["rows"][0])
        for row in table["rows"][1:]
        for text in row[1:]
    ]
    for text in cells:
        bare = re.sub(r"\b(19|20)\d\d\b|97(20|21)\w+", "", text)  # years and codes
        assert not re.search(r"\d{4,}", bare), text


# --- the other forms --------------------------------------------------------------------------


def test_word_has_the_same_plan() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == CHAPTERS
    assert document.core_properties.language == "fr-FR"
    styles = {p.style.name for p in document.paragraphs}
    assert {"Caption", "Note", "Encart", "Avertissement"} <= styles
    assert not [p for p in document.paragraphs if not p.runs and not p._p.xpath(".//w:hyperlink")]


def grids() -> list[TableBlock]:
    return [b for b in demo.annex_sheet().page.blocks if isinstance(b, TableBlock)]


def test_word_has_the_same_figures() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    mine = [table for table in document.tables if table.style.name == "Observatoire"]
    for table, grid in zip(mine, grids(), strict=True):
        rows = table._tbl.tr_lst
        assert rows[0].xpath(".//w:tblHeader")
        found = [["".join(c.xpath(".//w:t/text()")) for c in row.tc_lst] for row in rows[1:]]
        assert found == [[row.label, *(c.text for c in row.cells)] for row in grid.rows]


@cache
def drawn_values() -> list[tuple[str, str, TextCell]]:
    """Draw 200 figures of the tables: territory, indicator, cell."""
    codes = {one.short: one.code for one in demo.annex_sheet().table.indicators.values()}
    cells = [
        (row.hint, codes[column.label], cell)
        for grid in grids()
        if grid.kind == "figures" and all(column.label in codes for column in grid.columns)
        for row in grid.rows
        if row.kind == "item"
        for column, cell in zip(grid.columns, row.cells, strict=True)
    ]
    return random.Random(19).sample(cells, 200)  # noqa: S311 - a draw, no secret


def test_200_figures_drawn_at_random_agree_in_all_forms_and_in_the_package() -> None:
    named = {"valeur": float, "borne_basse": float, "borne_haute": float}
    package = pd.read_csv(
        demo.package() / "valeurs.csv", keep_default_na=False, na_values={n: [""] for n in named}
    )
    latest = package.sort_values("periode").drop_duplicates(
        ["territoire", "indicateur"], keep="last"
    )
    published = latest.set_index(["territoire", "indicateur"])
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    rows = book.get_sheet_by_name("Données").to_python(skip_empty_area=False)
    heads = rows[3]
    sheet = {(row[5], row[2]): dict(zip(heads, row, strict=True)) for row in rows[4:]}
    html = {text for table in page().tables for row in table["rows"] for text in row}
    word = set(docx.Document(str(demo.annex(".docx"))).element.xpath("//w:t/text()"))
    for territory, code, cell in drawn_values():
        assert cell.text in html
        assert cell.text in word
        record, printed = published.loc[(territory, code)], sheet[territory, code]
        assert printed["Statut"] == cell.status.shown
        assert record["statut"] == cell.status.label
        decimals = demo.demo().catalogue.get(code).decimals
        if cell.status.has_value:
            column = "Territoire plus grand" if cell.status is Status.CONTEXT else "Valeur"
            other = "Valeur" if column == "Territoire plus grand" else "Territoire plus grand"
            assert printed[other] == ""
            assert number(printed[column], decimals) in cell.text
            assert number(record["valeur"], decimals) in cell.text
        elif cell.status is Status.BOUNDED:
            for mine, theirs in (("Au moins", "borne_basse"), ("Au plus", "borne_haute")):
                assert number(printed[mine], decimals) == number(record[theirs], decimals)
                assert number(printed[mine], decimals) in cell.text
        else:
            assert printed["Valeur"] == printed["Territoire plus grand"] == ""


def test_word_pictures_have_an_alternative_text() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    assert document.inline_shapes
    for shape in document.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 20


def test_a_workbook_of_fifteen_sheets_at_most_each_with_its_link_and_its_filters() -> None:
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    assert len(book.sheet_names) <= 15
    assert book.sheet_names[0] == "Sommaire"
    assert {"Données", "Dictionnaire", "Sources", "Objectifs"} <= set(book.sheet_names)
    listed = [row[0] for row in book.get_sheet_by_name("Sommaire").to_python() if row]
    assert set(book.sheet_names[1:]) <= set(listed)
    with zipfile.ZipFile(demo.annex(".xlsx")) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    assert sum("<autoFilter" in sheet for sheet in sheets) == len(sheets) - 1


def test_a_sheet_of_a_theme_adds_up_own_figures_alone() -> None:
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    sheet = book.get_sheet_by_name("Population et familles").to_python(skip_empty_area=False)
    rank = next(i for i, text in enumerate(sheet[3]) if str(text).startswith("Population\n"))
    rows = {str(row[0]): row[rank] for row in sheet[4:]}
    for code, name in oracle.quartiers().items():
        whole, part = oracle.links()[code]
        if whole and not part:
            assert rows[name] == pytest.approx(oracle.count(whole, oracle.AGES))
        elif not part:
            assert isinstance(rows[name], str)
    assert rows["Fort-de-France"] == pytest.approx(81017)


def test_a_workbook_prints_the_sheets_that_are_read_and_a_sample_of_those_that_are_filtered() -> (
    None
):
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    with zipfile.ZipFile(demo.annex(".xlsx")) as parts:
        plan = parts.read("xl/workbook.xml").decode()
        sheets = [
            parts.read(f"xl/worksheets/sheet{n + 1}.xml").decode()
            for n in range(len(book.sheet_names))
        ]
    areas = dict(re.findall(r"Print_Area\"[^>]*>'?([^'!]+)'?!\$A\$1:\$[A-Z]+\$(\d+)<", plan))
    long = {n for n in book.sheet_names if len(book.get_sheet_by_name(n).to_python()) > 404}
    assert "Données" in long
    assert set(areas) == long
    assert all(int(last) < 50 for last in areas.values())
    for name in long:
        assert "imprimez la sélection" in str(book.get_sheet_by_name(name).to_python()[1])
    assert all(
        'fitToHeight="0"' in sheet and 'orientation="landscape"' in sheet for sheet in sheets
    )


def test_no_cell_of_the_workbook_holds_what_only_python_knows() -> None:
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    cells = [c for n in book.sheet_names for r in book.get_sheet_by_name(n).to_python() for c in r]
    assert not {"nan", "None", "inf"} & {str(cell) for cell in cells}


def test_pdf_text() -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    run = subprocess.run(
        ["pdftotext", "-layout", str(demo.annex(".pdf")), "-"], capture_output=True, check=True
    )
    text = run.stdout.decode()
    assert 25 <= text.count("\f") <= 40
    for words in (*CHAPTERS, *oracle.quartiers().values()):
        assert words in text, words
    assert "81\u202f017" in text or "81 017" in text
    assert "'" not in text
    assert not re.search(r"\bnan\b|\bNone\b", text)


def test_no_page_is_under_a_third_full(tmp_path: Path) -> None:
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not on this machine")
    drawn = ["pdftoppm", "-gray", "-r", "12", str(demo.annex(".pdf")), str(tmp_path / "p")]
    subprocess.run(drawn, check=True, capture_output=True)
    for path in sorted(tmp_path.glob("*.pgm")):
        _, size, _, dots = path.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        foot = round(0.94 * height)  # the title and the number of the page lie under it
        inked = [y for y in range(foot) if min(dots[y * width : (y + 1) * width]) < 200]
        assert inked[-1] > height / 3, path.name


def test_a_pdf_that_is_read_aloud_and_kept_for_good() -> None:
    content = demo.annex(".pdf").read_bytes()
    assert len(content) <= 1_200_000
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("fr")
        metadata = document.Root.Metadata.read_bytes().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".docx", ".xlsx"])
def test_the_same_page_makes_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    again = tmp_path / f"b{suffix}"
    writer_of(again)(demo.annex_sheet().page, again)
    assert again.read_bytes() == demo.annex(suffix).read_bytes()


def test_a_workbook_alone_is_the_same_as_beside_the_pages(tmp_path: Path) -> None:
    """It holds no page: none is composed for it."""
    alone = demo.demo().annex(tmp_path / "seul.xlsx")
    assert alone.read_bytes() == demo.annex(".xlsx").read_bytes()


def test_warnings_stand_once_and_notes_are_few() -> None:
    spoken = [text for tag, text in page().texts if tag not in ("style", "text", "tspan")]
    assert " ".join(spoken).count("Liste provisoire") == 1
    notes = re.findall(r'<dl class="notes">.*?</dl>', source(), re.DOTALL)
    words = sum(len(re.sub("<[^>]+>", " ", each).split()) for each in notes)
    assert words <= 0.15 * len(" ".join(spoken).split())


def test_hundreds_of_territories_are_counted_not_lined_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "_MOST_COLUMNS", 27)
    table = demo.annex_sheet().table
    grid = next(b for b in completeness.completeness_blocks(table) if isinstance(b, TableBlock))
    assert len(grid.columns) < 8
    assert "28" in grid.title
    for row in grid.rows:
        assert sum(int(cell.text) for cell in row.cells) == 28
    hlm = next(row for row in grid.rows if "Locataires HLM" in row.label)
    own = table.main[table.main["indicator"] == "part_hlm"]["status"].isin(
        ["observed", "aggregated"]
    )
    assert hlm.cells[0].text == str(own.sum())
