"""The annex in its four forms: its plan, its texts, its holes, its typography."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from typing import Any

import demo
import docx
import oracle
import pytest
from python_calamine import CalamineWorkbook

HEADINGS = [
    "Population et familles",
    "Accès à l’emploi et développement économique",
    "Réussite éducative",
    "Habitat et cadre de vie",
    "Santé",
    "Citoyenneté et prévention de la délinquance",
]
CHAPTERS = [
    "Méthode",
    *HEADINGS,
    "Évaluation",
    "Fiches des quartiers",
    "Ce que l’on sait, ce qui manque",
    "Sources",
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


def test_one_profile_a_quartier() -> None:
    ids = [attrs.get("id") for tag, attrs in page().tags if tag == "h2"]
    profiles = [str(name) for name in ids if name and name.startswith("fiche-")]
    assert profiles == [f"fiche-{code}" for code in oracle.quartiers()]
    titles = [text.split(" (")[0] for text in said("h2")]
    assert set(oracle.quartiers().values()) <= set(titles)


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
    assert len(page().tables) > 40
    for table in page().tables:
        assert table["caption"].strip()
        wide = len(table["rows"][0])
        for row, kind in zip(table["rows"], table["kinds"], strict=True):
            assert len(row) == (1 if kind == "group" else wide), table["caption"]


def test_figures_have_an_alternative_text() -> None:
    drawn = [attrs for tag, attrs in page().tags if attrs.get("role") == "img"]
    assert len(drawn) == 10 + 26  # maps, and where each quartier lies
    assert all(len(str(attrs["aria-label"])) > 20 for attrs in drawn)
    svgs = [attrs for tag, attrs in page().tags if tag == "svg"]
    assert all(attrs["role"] == "presentation" for attrs in svgs)


def test_panels_have_28_rows_and_comparators() -> None:
    panels = [t for t in page().tables if t["rows"][0][0] == "Quartiers prioritaires du CUCS"]
    assert len(panels) >= 6
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
        assert text == (f"[0\u202f; {total}]" if part else total if whole else "n.d.")
    assert rows["Fort-de-France"] == "81\u202f017"
    assert rows["Le Lamentin"] == "40\u202f175"


def test_every_hole_of_the_completeness_table_is_explained() -> None:
    table = next(t for t in page().tables if t["caption"].startswith("Complétude"))
    assert len(table["rows"]) - 1 == len(demo.demo().indicators())
    assert len(table["rows"][0]) == 29
    letters = {
        text for row in table["rows"][1:] for text in row[1:] if re.fullmatch("[A-Z]{1,2}", text)
    }
    explained = {text.rstrip("\u00a0:") for text in said("dt")}
    assert letters
    assert letters <= explained
    marks = {text for row in table["rows"][1:] for text in row[1:]} - letters
    assert marks <= {"●", "s", "e", "[ ]", "[\u00a0]", "(…)", "///"}


def test_a_heading_with_no_data_names_whom_to_ask() -> None:
    text = shown()
    assert "Aucune donnée par quartier pour cette thématique." in text
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
    assert len(table["rows"]) == 9
    for row in table["rows"][1:]:
        assert "gardée" in row[4]
        assert re.search(r"\([0-9a-f]{12}…\)", row[5])


def test_french_typography() -> None:
    text = shown()
    assert "'" not in text
    assert '"' not in text
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|NaN", text)
    assert not re.search(r"\S [;:!?%»]", text)
    assert "« " not in text
    assert not re.findall(r"\d\.\d", text.replace("Licence Ouverte 2.0", ""))
    assert "..." not in text


def test_thousands_are_set_apart_in_figures() -> None:
    cells = [text for table in page().tables[:-1] for row in table["rows"][1:] for text in row[1:]]
    for text in cells:
        bare = re.sub(r"\b(19|20)\d\d\b|97(20|21)\w+", "", text)  # years and codes
        assert not re.search(r"\d{4,}", bare), text


# --- the other forms --------------------------------------------------------------------------


def test_word_has_the_same_plan() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == CHAPTERS
    profiles = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert len([text for text in profiles if "(" in text]) == 28
    assert len(document.tables) == len(page().tables)
    assert document.core_properties.language == "fr-FR"


def test_word_has_the_same_figures() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    for mine, theirs in zip(document.tables, page().tables, strict=True):
        rows = mine._tbl.tr_lst
        assert len(rows) == len(theirs["rows"])
        for row, texts in zip(rows[1:], theirs["rows"][1:], strict=True):
            found = ["".join(cell.xpath(".//w:t/text()")) for cell in row.tc_lst]
            assert found == texts
    assert all(row.xpath(".//w:tblHeader") for row in [t._tbl.tr_lst[0] for t in document.tables])


def test_word_pictures_have_an_alternative_text() -> None:
    document = docx.Document(str(demo.annex(".docx")))
    assert len(document.inline_shapes) == 10
    for shape in document.inline_shapes:
        assert shape._inline.docPr.get("descr").startswith("Carte.")


def test_a_workbook_of_numbers_with_their_status() -> None:
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    assert len(book.sheet_names) == len(page().tables) + 1
    assert len({name.casefold() for name in book.sheet_names}) == len(book.sheet_names)
    sheet = book.get_sheet_by_name("Population et familles").to_python(skip_empty_area=False)
    heads = [str(text) for text in sheet[2]]
    rank = next(i for i, text in enumerate(heads) if text.startswith("Population"))
    assert [heads[rank + i].split("\n")[1] for i in range(4)] == [
        "valeur",
        "au moins",
        "au plus",
        "statut",
    ]
    rows = {str(row[0]): row[rank : rank + 4] for row in sheet[3:]}
    for code, name in oracle.quartiers().items():
        whole, part = oracle.links()[code]
        value, low, high, status = rows[name]
        if part:
            assert (value, low, status) == ("", 0, "encadré")
            assert high == pytest.approx(oracle.at_most(part, oracle.AGES))
        elif whole:
            assert value == pytest.approx(oracle.count(whole, oracle.AGES))
            assert low < value < high
            assert high == pytest.approx(oracle.at_most(whole, oracle.AGES))
            assert status == "agrégé"
        else:
            assert (value, low, high, status) == ("", "", "", "non disponible")
    assert rows["Fort-de-France"][0] == pytest.approx(81017)


def test_the_workbook_says_in_words_what_html_does() -> None:
    book = CalamineWorkbook.from_path(str(demo.annex(".xlsx")))
    first = book.get_sheet_by_name("Lisez-moi").to_python()
    text = "\n".join(str(cell) for row in first for cell in row)
    for words in ("Liste provisoire", "secret", "non disponible", "Périmètres schématiques"):
        assert words in text
    holes = book.get_sheet_by_name("Ce que l’on sait, ce qui manque").to_python()
    assert any(cell == "●" for row in holes for cell in row)
    cells = [c for n in book.sheet_names for r in book.get_sheet_by_name(n).to_python() for c in r]
    assert not {"nan", "None", "inf"} & {str(cell) for cell in cells}


def test_pdf_text() -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    run = subprocess.run(
        ["pdftotext", "-layout", str(demo.annex(".pdf")), "-"], capture_output=True, check=True
    )
    text = run.stdout.decode()
    assert text.count("\f") >= 40
    for words in (*CHAPTERS, *oracle.quartiers().values()):
        assert words in text, words
    assert "81\u202f017" in text or "81 017" in text
    assert "'" not in text
    assert not re.search(r"\bnan\b|\bNone\b", text)
