"""Loads: wholly or not at all, once, traced; a corrected file takes the place of the former."""

from __future__ import annotations

import io
import re
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import xlsxwriter
from built_workspace import POPULATION, Place, dump, figures, says
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from spoilt_bytes import zip_bytes

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    EmptyFileError,
    FileError,
    LoadError,
    ObservatoireError,
    SeparatorError,
    TruncatedFileError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableFileError,
    UnreadableNumberError,
)
from observatoire.warehouse.loading.files import load_all
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    return place.empty_warehouse()


def test_worked_example(place: Place, warehouse: Warehouse) -> None:
    report = place.load(warehouse)
    assert (report.read, report.kept, report.rejected) == (4, 4, 0)
    assert report.changed
    assert figures(warehouse) == {
        ("972090101", "POP"): (1234.5, "observed"),
        ("972090102", "POP"): (2000, "observed"),
        ("972090103", "POP"): (0, "observed"),
        ("972130101", "POP"): (350, "observed"),
        ("972090101", "TAUX"): (27.4, "observed"),
        ("972090102", "TAUX"): (None, "secret"),
        ("972090103", "TAUX"): (None, "missing"),
        ("972130101", "TAUX"): (None, "missing"),
    }


def test_same_figures_as_duckdb_reads_in_the_file(place: Place, warehouse: Warehouse) -> None:
    place.load(warehouse)
    path = place.folder / "population.csv"
    oracle = duckdb.sql(
        "SELECT IRIS, replace(replace(POP, ' ', ''), ',', '.')::DOUBLE "  # noqa: S608
        f"FROM read_csv('{path}', delim=';', all_varchar=true) ORDER BY ALL"
    ).fetchall()
    rows = warehouse.rows(
        "SELECT territory, value FROM current_observation WHERE variable = 'POP' ORDER BY ALL"
    )
    assert rows == oracle


def test_every_load_names_its_file_by_its_bytes(place: Place, warehouse: Warehouse) -> None:
    report = place.load(warehouse)
    path = place.folder / "population.csv"
    (oracle,) = duckdb.sql(f"SELECT sha256(content) FROM read_blob('{path}')").fetchall()  # noqa: S608
    assert report.files[0].sha256 == oracle[0]
    assert warehouse.rows("SELECT file, sha256 FROM load") == [("population.csv", oracle[0])]


def test_loading_twice_changes_nothing(place: Place, warehouse: Warehouse) -> None:
    place.load(warehouse)
    before = dump(warehouse)
    again = place.load(warehouse)
    assert not again.changed
    assert dump(warehouse) == before


def test_corrected_file_supersedes_and_history_stays(place: Place, warehouse: Warehouse) -> None:
    place.load(warehouse)
    place.csv(POPULATION.replace("2000", "2001"))
    report = place.load(warehouse)
    assert figures(warehouse)["972090102", "POP"] == (2001, "observed")
    assert len(figures(warehouse)) == 8
    assert "remplace" in str(report)
    history = warehouse.rows(
        "SELECT load.id, superseded_by, value FROM load JOIN observation ON load = load.id "
        "WHERE territory = '972090102' AND variable = 'POP' ORDER BY load.id"
    )
    assert [row[2] for row in history] == [2000, 2001]
    assert [row[1] for row in history] == [history[1][0], None]


def test_a_file_that_is_no_longer_declared_counts_no_more(
    place: Place, warehouse: Warehouse
) -> None:
    second = '\n[[files]]\nname = "bourg.csv"\nterritory = "IRIS"\nperiod = "2016"\nignored = ["LIBIRIS"]\n'
    bourg = POPULATION.splitlines()[-1]
    place.csv(POPULATION.replace(bourg, ""))
    place.csv(f"{POPULATION.splitlines()[0]}\n{bourg}\n", "bourg.csv")
    place.source_toml("[markers]", f"{second}\n[markers]")
    place.load(warehouse)
    assert figures(warehouse)["972130101", "POP"] == (350, "observed")
    place.source_toml(second, "")
    place.load(warehouse, only="population.csv")
    assert ("972130101", "POP") in figures(warehouse)  # a load of one file says nothing of others
    report = place.load(warehouse)
    assert ("972130101", "POP") not in figures(warehouse)
    assert "« bourg.csv » n’est plus déclaré" in str(report)
    assert warehouse.rows("SELECT count(*) FROM load WHERE superseded_by IS NULL") == [(1,)]


def test_the_only_file_of_a_source_is_withdrawn_like_another(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.folder / "source.toml"
    text = path.read_text("utf-8")
    bare = re.sub(r"\[\[files\]\]\n(?:[^\[\n].*\n|\n)*", "", text)
    path.write_text(bare, "utf-8")
    with pytest.raises(DescriptorError, match="aucun fichier"):
        place.load(warehouse)  # nothing was ever loaded: the table was forgotten
    path.write_text(text, "utf-8")
    place.load(warehouse)
    assert figures(warehouse)
    path.write_text(bare, "utf-8")
    assert "n’est plus déclaré" in str(place.load(warehouse))
    assert not figures(warehouse)
    # It stood until after all that was published: what was shown of it is remembered.
    stood = "SELECT superseded_by > (SELECT max(id) FROM load) FROM load"
    assert warehouse.rows(stood) == [(True,)]


def test_each_sheet_of_one_workbook_is_a_table_of_its_own(
    place: Place, warehouse: Warehouse
) -> None:
    rows = {"2018": 1, "2019": 3}
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for sheet, figure in rows.items():
            page = book.add_worksheet(sheet)
            page.write_row(0, 0, ["IRIS", "POP"])
            page.write_row(1, 0, ["972090101", figure])
    place.csv(buffer.getvalue(), "annees.xlsx")
    text = (place.folder / "source.toml").read_text("utf-8")
    head, rest = text.split("[[files]]", 1)
    _, tail = rest.split("[markers]", 1)
    tables = [
        f'[[files]]\nname = "annees.xlsx"\nterritory = "IRIS"\nsheet = "{year}"\nperiod = "{year}"\n'
        for year in rows
    ]
    place.write("data/raw/src/source.toml", "\n".join([head, *tables, f"[markers]{tail}"]))
    report = place.load(warehouse)
    assert (report.read, report.kept, len(report.files)) == (2, 2, 2)
    query = "SELECT period, value FROM current_observation ORDER BY period"
    assert warehouse.rows(query) == [("2018", 1), ("2019", 3)]
    assert not place.load(warehouse, only="annees.xlsx").changed
    place.source_toml('sheet = "2019"', 'sheet = "2018"')
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "annees.xlsx", "sheet")


def test_going_back_to_the_first_version_is_a_third_load(
    place: Place, warehouse: Warehouse
) -> None:
    for figure in ("2000", "2001", "2000"):
        place.csv(POPULATION.replace("2000", figure))
        place.load(warehouse)
    assert figures(warehouse)["972090102", "POP"] == (2000, "observed")
    assert warehouse.rows("SELECT count(*), count(superseded_by) FROM load") == [(3, 2)]


def test_descriptor_corrected_reads_the_file_anew(place: Place, warehouse: Warehouse) -> None:
    place.load(warehouse)
    place.source_toml('missing = ["nd"]', 'missing = []\nnot_applicable = ["nd"]')
    place.load(warehouse)
    assert figures(warehouse)["972130101", "TAUX"] == (None, "not_applicable")
    assert len(figures(warehouse)) == 8


SECOND = '\n[[files]]\nname = "corrige.csv"\nterritory = "IRIS"\nperiod = "2016"\n'


def test_two_files_with_the_same_figures_are_refused(place: Place, warehouse: Warehouse) -> None:
    place.source_toml("\n[markers]", f"{SECOND}\n[markers]")
    place.csv("IRIS;POP\n972090101;1\n", "corrige.csv")
    before = dump(warehouse)
    with pytest.raises(DuplicateKeyError) as caught:
        place.load(warehouse)
    says(caught.value, "corrige.csv et population.csv", "POP", "972090101", "replaces")
    assert dump(warehouse) == before


def test_replaces_takes_the_place_of_another_file(place: Place, warehouse: Warehouse) -> None:
    place.load(warehouse)
    place.source_toml("\n[markers]", f'{SECOND}replaces = "population.csv"\n\n[markers]')
    place.csv("IRIS;POP\n972090101;1\n", "corrige.csv")
    place.load(warehouse)
    assert figures(warehouse) == {("972090101", "POP"): (1, "observed")}
    assert warehouse.rows("SELECT file, superseded_by IS NULL FROM load ORDER BY id") == [
        ("population.csv", False),
        ("corrige.csv", True),
    ]
    before = dump(warehouse)
    assert not place.load(warehouse).changed
    assert dump(warehouse) == before


def test_file_that_another_replaces_is_not_loaded_alone(place: Place, warehouse: Warehouse) -> None:
    place.source_toml("\n[markers]", f'{SECOND}replaces = "population.csv"\n\n[markers]')
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse, only="population.csv")
    says(caught.value, "population.csv", "corrige.csv")


def test_one_file_of_several(place: Place, warehouse: Warehouse) -> None:
    place.source_toml("\n[markers]", f"{SECOND}\n[markers]")
    place.csv("IRIS;POP\n972090101;1\n", "corrige.csv")
    report = place.load(warehouse, only="corrige.csv")
    assert [file.file for file in report.files] == ["corrige.csv"]
    assert figures(warehouse) == {("972090101", "POP"): (1, "observed")}


def test_file_that_is_not_declared(place: Place, warehouse: Warehouse) -> None:
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse, only="populatoin.csv")
    says(caught.value, "populatoin.csv", "« population.csv »")


def test_rejected_rows_are_kept_with_their_reason(place: Place, warehouse: Warehouse) -> None:
    place.csv(POPULATION + "Ensemble;;3584,5;x\n97299;inconnue;1;2\n972099999;y;1;2\n")
    report = place.load(warehouse, on_error="reject")
    assert (report.read, report.kept, report.rejected) == (7, 4, 3)
    assert sum(report.by_reason.values()) == 3
    assert warehouse.rows('SELECT line, "column", raw, kind FROM reject ORDER BY line') == [
        (6, "IRIS", "Ensemble", "total"),
        (7, "IRIS", "97299", "outside"),
        (8, "IRIS", "972099999", "territory"),
    ]
    assert warehouse.rows("SELECT rows_read, rows_kept, rows_rejected FROM load") == [(7, 4, 3)]


def test_declared_variable_that_no_file_gives_is_said(place: Place, warehouse: Warehouse) -> None:
    place.csv("IRIS;POP\n972090101;1\n")
    report = place.load(warehouse)
    assert any("TAUX" in notice for notice in report.notices)


def test_report_shows_itself(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('title = "Population"', 'title = "Population <2016>"')
    report = place.load(warehouse)
    assert "4\u00a0lignes lues" in str(report)
    assert "&lt;2016&gt;" in report._repr_html_()


# --- Bad input: our class, our words, the warehouse as it was ------------------------------------

BAD_FILES: dict[str, tuple[str | bytes, type[ObservatoireError], tuple[str, ...]]] = {
    "colonne inconnue": ("IRIS;POPU\n972090101;1\n", UnknownColumnError, ("POPU", "« POP »")),
    "colonne du territoire absente": ("IRSI;POP\n972090101;1\n", UnknownColumnError, ("« IRIS »",)),
    "nombre illisible": ("IRIS;POP\n972090101;abc\n", UnreadableNumberError, ("ligne 2", "POP")),
    "clé double": ("IRIS;POP\n972090101;1\n972090101;1\n", DuplicateKeyError, ("ligne 3",)),
    "territoire inconnu": ("IRIS;POP\n972090199;1\n", UnknownTerritoryError, ("972090199",)),
    "vide": (b"", EmptyFileError, ()),
    "en-tête seul": ("IRIS;POP\n", EmptyFileError, ()),
    "tronqué": ("IRIS;LIBIRIS;POP\n972090101;a;1\n97209", TruncatedFileError, ("ligne 3",)),
    "guillemet ouvert": ('IRIS;POP\n972090101;"12', TruncatedFileError, ("ligne 2",)),
    "binaire": (bytes(range(256)) * 9, UnreadableFileError, ()),
    "binaire sans zéro": (bytes(range(128, 256)) * 9, UnreadableFileError, ()),
    "cellule de trop": ("IRIS;POP\n97;1;2\n9;1\n", UnreadableFileError, ("ligne 2",)),
}


@pytest.mark.parametrize("case", BAD_FILES)
@pytest.mark.parametrize("loaded", [False, True], ids=["entrepôt vide", "entrepôt plein"])
def test_bad_file(place: Place, warehouse: Warehouse, case: str, loaded: bool) -> None:  # noqa: FBT001
    content, expected, parts = BAD_FILES[case]
    if loaded:
        place.load(warehouse)
    before = dump(warehouse)
    place.csv(content)
    with pytest.raises(ObservatoireError) as caught:
        place.load(warehouse)
    assert type(caught.value) is expected
    says(caught.value, "population.csv", *parts)
    assert dump(warehouse) == before


BAD_DECLARATIONS = {
    "clé mal écrite": ("licence =", "licnece =", ("licnece", "« licence »")),
    "clé facultative mal écrite": ("ignored =", "ignord =", ("ignord", "« ignored »")),
    "section mal écrite": ("[markers]", "[marker]", ("marker", "« markers »")),
    "nature inconnue": ('"rate"', '"rates"', ("rates", "« rate »")),
    "zonage inconnu": ('"iris-2016"', '"iris-2006"', ("iris-2006", "« iris-2016 »")),
    "séparateur long": ("totals =", 'separator = "tab"\ntotals =', ("separator", "un seul signe")),
    "période": ('period = "2016"', 'period = "an 16"', ("period", "2011-T2")),
    "borne seule": ("totals =", 'low_column = "bas"\ntotals =', ("high_column",)),
    "TOML coupé": ('unit = "%"', 'unit = "%', ("ligne",)),
}


@pytest.mark.parametrize("case", BAD_DECLARATIONS)
def test_bad_declaration(place: Place, warehouse: Warehouse, case: str) -> None:
    old, new, parts = BAD_DECLARATIONS[case]
    place.load(warehouse)
    before = dump(warehouse)
    place.source_toml(old, new)
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "source.toml", *parts)
    assert dump(warehouse) == before


def test_separator_mistaken(place: Place, warehouse: Warehouse) -> None:
    before = dump(warehouse)
    place.source_toml('period = "2016"', 'period = "2016"\nseparator = ","')
    with pytest.raises(SeparatorError) as caught:
        place.load(warehouse)
    says(caught.value, "population.csv", 'separator = ";"')
    assert dump(warehouse) == before


def test_absent_file(place: Place, warehouse: Warehouse) -> None:
    (place.folder / "population.csv").unlink()
    with pytest.raises(FileError) as caught:
        place.load(warehouse)
    says(caught.value, "population.csv")


def test_unknown_way_of_treating_errors(place: Place, warehouse: Warehouse) -> None:
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse, on_error="rejet")
    says(caught.value, "rejet", "« reject »")
    with pytest.raises(DescriptorError) as odd:
        place.load(warehouse, period="hier")
    says(odd.value, "« hier » n’est pas une période", "2011-T2")
    assert "source.toml" not in str(odd.value), "no file says it"


def test_second_file_at_fault_loads_neither(place: Place, warehouse: Warehouse) -> None:
    place.source_toml("\n[markers]", f"{SECOND}\n[markers]")
    place.csv("IRIS;TAUX\n972099999;1\n", "corrige.csv")
    before = dump(warehouse)
    with pytest.raises(UnknownTerritoryError):
        place.load(warehouse)
    assert dump(warehouse) == before


# --- Properties --------------------------------------------------------------------------------

CODES = ["972090101", "972090102", "972090103", "972130101", "010010101", "972099998"]


@settings(max_examples=cases(6))
@given(
    versions=st.lists(
        st.dictionaries(st.sampled_from(CODES), st.integers(0, 9), min_size=1),
        min_size=1,
        max_size=4,
    )
)
def test_only_the_last_version_stands(
    tmp_path_factory: pytest.TempPathFactory, versions: list[dict[str, Any]]
) -> None:
    from built_workspace import build_place

    place = build_place(tmp_path_factory.mktemp("versions"))
    warehouse = place.warehouse()
    reports = []
    for figures_given in versions:
        place.csv("IRIS;POP\n" + "".join(f"{c};{v}\n" for c, v in figures_given.items()))
        reports.append(place.load(warehouse, on_error="reject"))
    expected = {
        (code, "POP"): (float(value), "observed")
        for code, value in versions[-1].items()
        if code in CODES[:4]
    }
    assert figures(warehouse) == expected
    assert all(report.read == report.kept + report.rejected for report in reports)
    stands = warehouse.rows("SELECT count(*) FROM load WHERE superseded_by IS NULL")
    assert stands == [(1,)]
    place.close()


# --- Two folders, notes, several sources ----------------------------------------------------------


def test_two_folders_of_one_code_are_refused_by_name(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('title = "Population"', 'code = "population"\ntitle = "Population"')
    place.load(warehouse)
    other = place.root / "data" / "raw" / "copie"
    shutil.copytree(place.folder, other)
    before = dump(warehouse)
    with pytest.raises(DescriptorError) as caught:
        load_source(warehouse, place.workspace, other)
    says(caught.value, "population", str(place.folder), str(other), 'code = "…"')
    assert dump(warehouse) == before


def test_a_folder_that_moved_is_the_same_source(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('title = "Population"', 'code = "population"\ntitle = "Population"')
    place.load(warehouse)
    moved = place.folder.rename(place.folder.parent / "ailleurs")
    assert not load_source(warehouse, place.workspace, moved).changed


def test_a_copied_workspace_knows_its_own_folders(place: Place, tmp_path: Path) -> None:
    place.load(place.warehouse())
    place.close()
    copy = Place(tmp_path / "copie")
    shutil.copytree(place.root, copy.root)
    copy.csv(POPULATION.replace("2000", "2001"))
    assert copy.load(copy.warehouse()).changed
    copy.close()


@pytest.mark.parametrize(
    "note", ["Source : Insee", "Champ : IRIS; hors collectif", "(1) provisoire"]
)
def test_a_note_below_the_table_is_set_aside_and_counted(
    place: Place, warehouse: Warehouse, note: str
) -> None:
    place.csv(f"{POPULATION}\n{note}\n")
    report = place.load(warehouse)
    assert (report.read, report.kept, report.rejected) == (5, 4, 1)
    assert report.by_reason == {"Note ou titre, sans chiffre : mis de côté.": 1}
    assert warehouse.rows("SELECT line, kind FROM reject") == [(7, "note")]


def test_totals_are_set_aside_without_being_declared(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('totals = ["Ensemble"]\n', "")
    place.csv(POPULATION + "Total des IRIS;;3584,5;x\n")
    report = place.load(warehouse)
    assert (report.read, report.kept, report.rejected) == (5, 4, 1)


def test_a_range_is_bounds_not_a_hole(place: Place, warehouse: Warehouse) -> None:
    place.csv(POPULATION.replace("2000", "<5").replace("1 234,5", "de 5 à 9"))
    place.load(warehouse)
    rows = warehouse.rows(
        "SELECT low, high, status, note FROM observation WHERE status = 'bounded' ORDER BY low"
    )
    assert rows == [
        (0.0, 4.0, "bounded", "moins de 5 ; zéro possible"),
        (5.0, 9.0, "bounded", "de 5 à 9"),
    ]


def test_zero_may_be_left_out_of_a_range(place: Place, warehouse: Warehouse) -> None:
    place.source_toml('missing = ["nd"]', 'missing = ["nd"]\nzero_below = false')
    place.csv(POPULATION.replace("2000", "<5"))
    place.load(warehouse)
    rows = warehouse.rows("SELECT low, note FROM observation WHERE status = 'bounded'")
    assert rows == [(1.0, "moins de 5 ; zéro exclu")]


def test_one_bad_source_does_not_stop_the_others(place: Place, warehouse: Warehouse) -> None:
    bad = place.root / "data" / "raw" / "a-mauvaise"
    shutil.copytree(place.folder, bad)
    (bad / "population.csv").write_text("IRIS;POP\n972099999;1\n", "utf-8")
    with pytest.raises(LoadError) as caught:
        load_all(warehouse, place.workspace)
    assert "a-mauvaise : population.csv, ligne 2" in str(caught.value)
    assert list(caught.value.data["failures"]) == ["a-mauvaise"]  # type: ignore[call-overload]
    assert len(figures(warehouse)) == 8


def test_a_folder_without_a_descriptor_says_what_to_do(place: Place, warehouse: Warehouse) -> None:
    (place.folder / "source.toml").unlink()
    with pytest.raises(DescriptorError) as caught:
        place.load(warehouse)
    says(caught.value, "source.toml", "observatoire preview")


def test_a_zip_of_one_table_is_read(place: Place, warehouse: Warehouse) -> None:
    place.source_toml("population.csv", "population.zip")
    place.csv(zip_bytes({"population.csv": POPULATION.encode()}), "population.zip")
    assert place.load(warehouse).kept == 4
    assert len(figures(warehouse)) == 8


def test_the_report_says_the_form_of_the_file(place: Place, warehouse: Warehouse) -> None:
    text = str(place.load(warehouse)).replace("\u00a0", " ")
    assert "séparateur « ; », UTF-8, en-tête ligne 1, virgule décimale" in text
