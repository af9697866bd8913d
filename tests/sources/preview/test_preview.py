"""A partner's messy table: what is found, what is shown, what is written, and that it loads."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from built_workspace import Place, dump, says
from sheets_made import sheets

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    FileError,
    UnknownNameError,
    UnknownTerritoryError,
    UnreadableNumberError,
    WorkspaceError,
)
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse

MESSY: list[list[Any]] = [
    ["CCAS – Suivi au 31 décembre 2016"],
    [],
    ["Quartier", "Commune", "Bénéficiaires", "Taux de recours", "Dont RSA", "Observations"],
    ["FOUR-A-CHAUX", "Fort-de-France", "1 234", "12,5 %", "<5", "ras"],
    ["Quartier du Centre et Terres", "Fort-de-France", 350, "8 %", "n.c.", ""],
    ["Total Fort-de-France", "", "1\u202f584", "", "", ""],
    ["Le Lamentin", "", "", "", "", ""],
    ["Place d'Armes", "Le Lamentin", "12", "-", "de 5 à 9", ""],
    ["TOTAL GÉNÉRAL", "", "1 596", "", "", ""],
    [],
    ["Source : CCAS, extraction du 12/01/2017"],
    ["Lecture : à Four à Chaux, 12,5 % des ménages ont recours au CCAS."],
]


def book(rows: list[list[Any]], *, readme: bool = True) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        if readme:
            made.add_worksheet("Lisez-moi").write(0, 0, "Bonjour")
        page = made.add_worksheet("Données")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return buffer.getvalue()


@pytest.fixture
def messy(place: Place) -> Path:
    return place.write("ccas.xlsx", book(MESSY))


def cells(warehouse: Warehouse) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        row[:2]: row[2:]
        for row in warehouse.rows(
            "SELECT territory, variable, value, low, high, status, marker, note FROM current_observation"
        )
    }


EXPECTED = {
    ("Q2", "Bénéficiaires"): (1234, None, None, "observed", "", ""),
    ("Q1", "Bénéficiaires"): (350, None, None, "observed", "", ""),
    ("Q3", "Bénéficiaires"): (12, None, None, "observed", "", ""),
    ("Q2", "Taux de recours"): (12.5, None, None, "observed", "", ""),
    ("Q1", "Taux de recours"): (8, None, None, "observed", "", ""),
    ("Q3", "Taux de recours"): (None, None, None, "missing", "-", ""),
    ("Q2", "Dont RSA"): (None, 0, 4, "bounded", "<5", "moins de 5 ; zéro possible"),
    ("Q1", "Dont RSA"): (None, None, None, "secret", "n.c.", ""),
    ("Q3", "Dont RSA"): (None, 5, 9, "bounded", "de 5 à 9", "de 5 à 9"),
}


def test_a_messy_workbook_is_one_line(place: Place, warehouse: Warehouse, messy: Path) -> None:
    report = load_file(warehouse, place.workspace, messy)
    assert (report.read, report.kept, report.rejected) == (8, 3, 5)
    assert cells(warehouse) == EXPECTED
    assert warehouse.rows("SELECT DISTINCT period FROM observation") == [("2016-12",)]
    assert set(report.rejects["kind"]) == {"total", "note", "outside"}
    assert report.rejects["line"].to_list() == [6, 7, 9, 11, 12]


def test_preview_shows_what_was_understood(place: Place, messy: Path) -> None:
    before = sorted(place.root.rglob("*"))
    shown = preview_file(place.workspace, messy)
    text = str(shown).replace("\u00a0", " ").replace("\u202f", " ")
    for said in (
        "feuille « Données », en-tête ligne 3",
        "colonne « Quartier », zonage quartier-2007",
        "Période : 2016",
        "  4      FOUR-A-CHAUX                  Q2",
        "« <5 » = entre 0 et 4",
        "« n.c. » = secret",
        "Total Fort-de-France",
        "8 lignes lues = 3 gardées + 5 mises de côté",
        "Source : CCAS",
        "Se charge en l’état",
    ):
        assert said in text, said
    assert repr(shown) == str(shown)
    page = shown._repr_html_()
    assert "<table>" in page
    assert "&lt;5" in page
    assert (
        '<td style="text-align: left">FOUR-A-CHAUX</td>' in page
    )  # a notebook sets it to the right
    assert sorted(place.root.rglob("*")) == before


def test_what_is_written_loads_the_same(place: Place, warehouse: Warehouse, messy: Path) -> None:
    written = preview_file(place.workspace, messy).write()
    assert written == place.root / "data" / "raw" / "ccas" / "source.toml"
    report = load_source(warehouse, place.workspace, written.parent)
    assert (report.read, report.kept, report.rejected) == (8, 3, 5)
    assert cells(warehouse) == EXPECTED


def test_written_beside_a_file_that_has_its_folder(place: Place) -> None:
    path = place.write("data/raw/ccas/suivi.xlsx", book(MESSY))
    assert preview_file(place.workspace, path).write() == path.parent / "source.toml"
    with pytest.raises(WorkspaceError) as caught:
        preview_file(place.workspace, path).write()
    says(caught.value, "source.toml", "écrasé")


def test_loaded_then_given_a_folder_is_the_same_source(
    place: Place, warehouse: Warehouse, messy: Path
) -> None:
    load_file(warehouse, place.workspace, messy)
    written = preview_file(place.workspace, messy).write()
    load_source(warehouse, place.workspace, written.parent)
    assert cells(warehouse) == EXPECTED


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8-sig"), (",", "cp1252"), ("\t", "utf-16")]
)
def test_the_same_table_as_text(
    place: Place, warehouse: Warehouse, separator: str, encoding: str
) -> None:
    rows = [[f'"{cell}"' if separator in str(cell) else str(cell) for cell in row] for row in MESSY]
    text = "\r\n".join(separator.join(row) for row in rows).replace("\u202f", " ")
    path = place.write("ccas.txt", text, encoding)
    load_file(warehouse, place.workspace, path)
    assert cells(warehouse) == EXPECTED


def test_a_misspelt_quartier_is_refused_with_the_nearest(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [row if row[:1] != ["FOUR-A-CHAUX"] else ["Fours à chau", *row[1:]] for row in MESSY]
    path = place.write("ccas.xlsx", book(rows))
    before = dump(warehouse)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ccas.xlsx, ligne 4, colonne Quartier", "« Four à Chaux »")
    assert dump(warehouse) == before
    assert "1\u00a0ligne en faute" in str(preview_file(place.workspace, path))
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert (report.read, report.kept, report.rejected) == (8, 2, 6)


def test_an_unreadable_number_is_refused(place: Place, warehouse: Warehouse) -> None:
    rows = [*MESSY[:3], ["Four à Chaux", "", "environ 30", "1 %", "2", ""], *MESSY[4:]]
    path = place.write("ccas.xlsx", book(rows))
    with pytest.raises(UnreadableNumberError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 4, colonne Bénéficiaires", "« environ 30 »")


def test_a_formula_in_error_is_not_a_blank(place: Place, warehouse: Warehouse) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        page = made.add_worksheet("Données 2016")
        page.write_row(0, 0, ["Quartier", "Aidés"])
        page.write_row(1, 0, ["Four à Chaux", 5])
        page.write(2, 0, "Place d’Armes")
        page.write_formula(2, 1, "=A1/0", value="#DIV/0!")
    path = place.write("aides.xlsx", buffer.getvalue())
    with pytest.raises(UnreadableNumberError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "« #DIV/0! »")


def test_without_a_period_the_message_says_how_to_tell_it(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("aides.csv", "Quartier;Aidés\nFour à Chaux;5\nPlace d’Armes;6\n")
    shown = preview_file(place.workspace, path)
    says(shown.refusal, "période", 'period="2016"', "--period")  # type: ignore[arg-type]
    assert "Ne se charge pas" in str(shown)
    with pytest.raises(DescriptorError):
        _ = shown.toml
    with pytest.raises(DescriptorError):
        load_file(warehouse, place.workspace, path)
    assert load_file(warehouse, place.workspace, path, LoadOptions(period="2016")).kept == 2


def test_a_table_of_nobody_here_is_refused(place: Place, warehouse: Warehouse) -> None:
    path = place.write("aides-2016.csv", "Ville;Aidés\nLyon;5\nParis;6\n")
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "aides-2016.csv", "quartier-2007", "une ligne par territoire")


def test_years_in_the_names_of_columns(place: Place, warehouse: Warehouse) -> None:
    text = "IRIS;pop_2013;pop_2018;evol_pct\n972090101;10;12;20,0\n972090102;5;4;-20,0\n"
    load_file(warehouse, place.workspace, place.write("evolution.csv", text))
    rows = warehouse.rows("SELECT DISTINCT variable, period FROM observation ORDER BY ALL")
    assert rows == [("evol_pct", "2013-2018"), ("pop", "2013"), ("pop", "2018")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # Ages are no year: from 2050 on.
        ("POP;POP2064", {"POP": "2020", "POP2064": "2020"}),
        # A year in one name is that column's; the file's own is that of the others.
        ("POP;Alloc 2018", {"POP": "2020", "Alloc 2018": "2018"}),
        ("POP;Alloc 2020", {"POP": "2020", "Alloc 2020": "2020"}),
    ],
)
def test_a_year_in_the_name_of_one_column_is_not_that_of_the_others(
    place: Place, warehouse: Warehouse, header: str, expected: dict[str, str]
) -> None:
    text = f"IRIS;{header}\n972090101;10;5\n972090102;11;6\n"
    load_file(warehouse, place.workspace, place.write("suivi-2020.csv", text))
    rows = warehouse.rows("SELECT DISTINCT variable, period FROM observation")
    assert dict(rows) == expected


def test_a_column_of_years(place: Place, warehouse: Warehouse) -> None:
    text = "iris;annee;allocataires\n972090101;2015;10\n972090101;2016;12\n"
    load_file(warehouse, place.workspace, place.write("allocataires.csv", text))
    assert warehouse.rows("SELECT period, value FROM observation ORDER BY ALL") == [
        ("2015", 10.0),
        ("2016", 12.0),
    ]


def test_the_column_of_names_may_have_no_name(place: Place, warehouse: Warehouse) -> None:
    text = ";Aidés 2016;Dont femmes 2016\nFour à Chaux;5;3\nPlace d’Armes;6;2\n"
    path = place.write("aides.csv", text)
    assert 'territory = "colonne A"' in preview_file(place.workspace, path).toml
    assert load_file(warehouse, place.workspace, path).kept == 2


def test_natures_are_read_on_names_and_doubts_are_said(place: Place) -> None:
    head = "Quartier;Revenu médian;Taux de chômage;Montant des aides;Indice IPS;Aidés;divers\n"
    path = place.write("n-2016.csv", head + "Four à Chaux;12000;12,5;300;85;4;40,5\n")
    toml = preview_file(place.workspace, path).toml
    natures = [line.split('"')[1] for line in toml.splitlines() if line.startswith("nature")]
    assert natures == ["median", "rate", "amount", "index", "count", "index"]
    assert toml.count("nature à vérifier") == 1
    assert "nature à préciser" in toml


def test_unknown_zoning_stated(place: Place, messy: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        preview_file(place.workspace, messy, zoning="quartiers-2007")
    says(caught.value, "quartier-2007")


def test_a_file_that_is_no_table(place: Place) -> None:
    with pytest.raises(FileError):
        preview_file(place.workspace, place.write("vide.csv", ""))


@pytest.mark.parametrize(
    ("column", "nature"),
    [
        ("Effectif", "count"),
        ("Nombre d’aidés", "count"),
        ("nb_allocataires", "count"),
        ("Nombre moyen d’enfants", "mean"),
        ("Évolution du nombre d’aidés", "index"),
        ("Nombre d’aidés pour mille", "rate"),
    ],
)
def test_a_weighted_count_is_one_by_its_name(place: Place, column: str, nature: str) -> None:
    path = place.write("n-2016.csv", f"Quartier;{column}\nFour à Chaux;12,5\nPlace d’Armes;7\n")
    assert f'nature = "{nature}"' in preview_file(place.workspace, path).toml


@pytest.mark.parametrize(
    "column",
    [
        "Nombre d’aidés",
        "NOMBRE",
        "Nombre",
        "nombre_aides",
        "Nominations",
        "Logements libres",
        "Libérations",
    ],
)
def test_a_column_of_numbers_is_no_column_of_names(
    place: Place, warehouse: Warehouse, column: str
) -> None:
    text = f"Quartier;Nom du référent;{column};Femmes\nFour à Chaux;X;4;1\nPlace d’Armes;Y;6;2\n"
    load_file(warehouse, place.workspace, place.write("n-2016.csv", text))
    found = warehouse.rows(
        "SELECT variable, sum(value) FROM observation GROUP BY 1 ORDER BY 2 DESC"
    )
    assert found == [(column, 10.0), ("Femmes", 3.0)]


def test_a_count_below_zero_is_at_fault(place: Place, warehouse: Warehouse) -> None:
    path = place.write("n-2016.csv", "Quartier;Effectif\nFour à Chaux;-5\nPlace d’Armes;7\n")
    with pytest.raises(UnreadableNumberError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "n-2016.csv, ligne 2", "un effectif ne peut l’être", "solde")


def zipped(place: Place, entries: dict[str, str]) -> Path:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, text in entries.items():
            made.writestr(name, text)
    return place.write("aides-2016.zip", held.getvalue())


TABLE = "Quartier;Aidés\nFour à Chaux;4\nPlace d’Armes;6\n"


def test_what_stands_beside_the_table_of_an_archive_is_no_table(
    place: Place, warehouse: Warehouse
) -> None:
    path = zipped(
        place,
        {
            "envoi/aides.csv": TABLE,
            "__MACOSX/envoi/._aides.csv": "\0\5\x16\7",
            "envoi/.~lock.aides.csv": "x",
            "envoi/LISEZ-MOI.txt": "Notice",
            "meta_aides.csv": "COD_VAR;LIB_VAR",
        },
    )
    assert load_file(warehouse, place.workspace, path).kept == 2


def test_two_tables_of_an_archive_are_never_chosen_between(place: Place) -> None:
    path = zipped(place, {"aides.csv": TABLE, "lisez-moi-suivi.csv": TABLE})
    with pytest.raises(FileError) as caught:
        preview_file(place.workspace, path)
    says(caught.value, "plusieurs tableaux", "aides.csv et lisez-moi-suivi.csv", "member")


def test_a_total_may_stand_in_the_column_before_the_territories(
    place: Place, warehouse: Warehouse
) -> None:
    text = (
        "Commune;Quartier;Aidés;Type\nFort-de-France;Four à Chaux;4;x\n"
        "Total Fort-de-France;;4;x\nLe Lamentin;Place d’Armes;6;x\nTOTAL;;10;x\n"
    )
    report = load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    assert (report.read, report.kept, report.rejected) == (4, 2, 2)
    assert set(report.by_reason) == {"Ligne de total, mise de côté."}


def test_an_empty_territory_stays_a_fault_where_no_total_is_said_before_it(
    place: Place, warehouse: Warehouse
) -> None:
    text = "Commune;Quartier;Sexe;Aidés\nFDF;Four à Chaux;Hommes;4\nFDF;;Ensemble;9\n"
    path = place.write("aides-2016.csv", text)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "La cellule du territoire est vide")


# --- One name, two forms --------------------------------------------------------------------------

FORMS = "SELECT file, superseded_by IS NULL FROM load ORDER BY id"


def test_the_same_table_in_another_form_takes_the_place_of_the_first(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [["Quartier", "Aidés"], ["Four à Chaux", 5], ["Place d’Armes", 6]]
    text = "Quartier;Aidés\nFour à Chaux;4\nPlace d’Armes;6\n"
    load_file(warehouse, place.workspace, place.write("suivi-2016.csv", text))
    path = place.write("suivi-2016.xlsx", book(rows))
    report = load_file(warehouse, place.workspace, path)
    assert any("« suivi-2016.csv »" in one and "historique" in one for one in report.notices)
    assert report.files[0].outcome == "remplace la version précédente"
    assert warehouse.rows(FORMS) == [("suivi-2016.csv", False), ("suivi-2016.xlsx", True)]
    assert cells(warehouse)["Q2", "Aidés"][0] == 5
    again = load_file(warehouse, place.workspace, path)
    assert not again.changed
    assert not any("Remplace" in one for one in again.notices)


@pytest.mark.parametrize(
    ("name", "header", "period"),
    [
        ("suivi-2016.tsv", "Quartier\tRSA", None),
        ("suivi-2016.tsv", "Quartier\tAidés", "2015"),
        ("suivi 2016.tsv", "Quartier\tAidés", None),
    ],
)
def test_another_table_of_the_same_name_is_refused_and_says_to_rename_it(
    place: Place, warehouse: Warehouse, name: str, header: str, period: str | None
) -> None:
    text = "Quartier;Aidés\nFour à Chaux;4\nPlace d’Armes;6\n"
    load_file(warehouse, place.workspace, place.write("suivi-2016.csv", text))
    before = dump(warehouse)
    path = place.write(name, f"{header}\nFour à Chaux\t4\nPlace d’Armes\t6\n")
    with pytest.raises(DuplicateKeyError) as caught:
        load_file(warehouse, place.workspace, path, LoadOptions(period=period or ""))
    says(caught.value, "« suivi-2016.csv »", name, "renommez", "« suivi-2016 »")
    assert dump(warehouse) == before


# --- No table -------------------------------------------------------------------------------------


def test_a_file_without_a_table_is_shown_with_the_reason(
    place: Place, warehouse: Warehouse
) -> None:
    rows = [["Suivi 2016"], [], ["Secteur", "Aidés", "Montant"], ["Nord", 5, 100], ["Sud", 6, 7.5]]
    path = place.write("suivi.xlsx", book(rows))
    before = dump(warehouse)
    shown = preview_file(place.workspace, path)
    text = str(shown).replace("\u00a0", " ").replace("\u202f", " ")
    for said in (
        "feuille « Lisez-moi »",
        "feuille « Données »",
        "4 lignes remplies, 3 colonnes",
        "en-tête : ligne 3, « Secteur », « Aidés » et « Montant »",
        "Nord",
        "7.5",
        "Ne se charge pas",
    ):
        assert said in text, said
    assert "Secteur" in shown._repr_html_()
    assert shown.refusal is not None
    says(
        shown.refusal, "Aucune colonne ne nomme", "« Données » (4 lignes, ligne 3 : Secteur, Aidés"
    )
    with pytest.raises(UnknownTerritoryError):
        shown.write()
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    assert str(caught.value) == str(shown.refusal)
    assert dump(warehouse) == before


def test_a_table_without_a_header_is_shown(place: Place) -> None:
    shown = preview_file(
        place.workspace, place.write("a-2016.csv", "Four à Chaux;5;6\nPlace d’Armes;6;7\n")
    )
    assert "Four à Chaux" in str(shown)
    assert isinstance(shown.refusal, FileError)
    says(shown.refusal, "ligne 1", "en-tête")


# --- The period that a sheet's name says -----------------------------------------------------------


def by_year(*years: str) -> bytes:
    """Return a workbook of a sheet a year; made-up figures."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for at, year in enumerate(years):
            page = book.add_worksheet(year)
            for line, row in enumerate((["Quartier", "Aidés"], ["Four à Chaux", at + 1])):
                page.write_row(line, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "sheet", "declared"),
    [
        ("suivi-2016.xlsx", "2014", ""),
        ("suivi-2016.xlsx", "Données 2014", ""),
        ("suivi.xlsx", "2014", "2016"),
        ("suivi-2016.xlsx", "2e trimestre 2014", ""),
    ],
)
def test_a_sheet_of_another_period_is_not_read_as_the_file_s(
    place: Place, name: str, sheet: str, declared: str
) -> None:
    path = place.write(name, by_year(sheet, "2016"))
    refusal = preview_file(place.workspace, path, period=declared).refusal
    own = "2014-T2" if "trim" in sheet else "2014"
    says(refusal, f"« {sheet} »", "période 2016", f'period="{own}"', "sheet et period")
    shown = preview_file(place.workspace, path, period=own)
    assert shown.refusal is None
    assert shown.parsed is not None
    assert set(shown.parsed.observations["period"]) == {own}


@pytest.mark.parametrize(
    ("name", "sheet", "declared", "period"),
    [
        ("suivi-2016.xlsx", "2016", "", "2016"),
        ("suivi-2016-T1.xlsx", "2016", "", "2016-T1"),
        ("suivi-2016.xlsx", "Feuil1", "", "2016"),
        ("suivi-2016.xlsx", "2010 à 2016", "", "2016"),
        ("suivi.xlsx", "Export 2014", "2016", "2016"),
        ("suivi.xlsx", "2014", "", "2014"),
    ],
)
def test_a_sheet_of_the_same_period_or_of_none_is_read(
    place: Place, name: str, sheet: str, declared: str, period: str
) -> None:
    shown = preview_file(place.workspace, place.write(name, by_year(sheet)), period=declared)
    assert shown.refusal is None
    assert shown.parsed is not None
    assert set(shown.parsed.observations["period"]) == {period}


#: Made up: two sheets of one form.
_FORMER = [["Quartier", "Aidés"], ["Four à Chaux", 2], ["Centre et Terres", 3]]
_OTHER = [["Quartier", "Aidés"], ["Place d’Armes", 7]]


def without_marks(toml: str) -> str:
    """Take off the « # » before what a declaration leaves to complete, the sentences left in."""
    lines = (
        line.removeprefix("# ") if "= " in line or "[" in line else line
        for line in toml.split("\n")
    )
    return "\n".join(lines)


def test_the_other_sheets_are_ready_in_the_declaration(place: Place, warehouse: Warehouse) -> None:
    path = place.write("suivi-2016.xlsx", sheets(FdF=_FORMER, Lamentin=_OTHER))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« FdF » et « Lamentin »", "mêmes colonnes", "Ôtez les « # »")
    written = preview_file(place.workspace, path).write()
    text = written.read_text("utf-8")
    assert '# sheet = "Lamentin"' in text
    assert '# period = "…"' in text
    written.write_text(without_marks(text).replace('"…"', '"2016"'), "utf-8")
    load_source(warehouse, place.workspace, written.parent)
    rows = warehouse.rows("SELECT territory, value FROM current_observation ORDER BY territory")
    assert rows == [("Q1", 3), ("Q2", 2), ("Q3", 7)]


def test_sheets_of_years_are_ready_with_theirs(place: Place, warehouse: Warehouse) -> None:
    path = place.write("suivi.xlsx", sheets(**{"2015": _FORMER, "2016": _OTHER}))
    written = preview_file(place.workspace, path).write()
    written.write_text(without_marks(written.read_text("utf-8")), "utf-8")
    load_source(warehouse, place.workspace, written.parent)
    rows = warehouse.rows("SELECT territory, period, value FROM current_observation ORDER BY ALL")
    assert rows == [("Q1", "2015", 3), ("Q2", "2015", 2), ("Q3", "2016", 7)]


def test_a_sheet_of_no_period_is_not_read_beside_that_of_the_file(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("suivi-2016.xlsx", sheets(**{"Anciens": _FORMER, "2016": _OTHER}))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« Anciens »", "« 2016 » qui dit la période 2016", "source.toml")
    assert '# sheet = "2016"' in preview_file(place.workspace, path).toml
