"""A file becomes raw texts: every format, every way of being broken."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import xlsxwriter
from built_workspace import raw_of, says
from hypothesis import given
from hypothesis import strategies as st
from sheets_made import opendocument
from spoilt_bytes import zip_bytes

from observatoire.errors import (
    EmptyFileError,
    FileError,
    SeparatorError,
    TruncatedFileError,
    UnknownColumnError,
    UnreadableFileError,
)
from observatoire.sources import FileSpec, RawTable, read_table
from observatoire.sources.formats import text
from observatoire.sources.formats.document import open_file

if TYPE_CHECKING:
    from pathlib import Path

CELLS = [["IRIS", "NOM", "POP"], ["972090101", "Trénelle – Citron", "1234,5"], ["01", "Œuvre", ""]]


def joined(rows: list[list[str]], separator: str = ";", end: str = "\n") -> str:
    return "".join(separator.join(row) + end for row in rows)


def workbook(rows: list[list[Any]], sheet: str = "IRIS") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame, **options: Any) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, **options)
    return buffer.getvalue()


def rows_of(table: RawTable) -> list[list[str]]:
    return [list(table.frame.columns), *table.frame.to_numpy().tolist()]


# --- What is understood without being said --------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separator_is_found(tmp_path: Path, separator: str) -> None:
    rows = [["IRIS", "NOM", "POP"], ["972090101", "Citron", "12"]]
    table = raw_of(tmp_path / "a.csv", joined(rows, separator))
    assert table.separator == separator
    assert rows_of(table) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    table = raw_of(tmp_path / "a.csv", joined(CELLS).encode(encoding))
    assert rows_of(table) == CELLS


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "latin-1"])
def test_encoding_stated_is_obeyed(tmp_path: Path, encoding: str) -> None:
    rows = [["IRIS", "NOM"], ["01", "Trénelle"]]
    table = raw_of(tmp_path / "a.csv", joined(rows).encode(encoding), encoding=encoding)
    assert rows_of(table) == rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_read(tmp_path: Path, end: str) -> None:
    assert rows_of(raw_of(tmp_path / "a.csv", joined(CELLS, end=end))) == CELLS


def test_leading_zeros_are_kept(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", "IRIS;POP\n010040101;1\n")
    assert table.frame["IRIS"].to_list() == ["010040101"]


def test_quoted_separators_and_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", 'IRIS;NOM\n1;"a;b"\n2;"c\nd"\n3;e\n')
    assert table.frame["NOM"].to_list() == ["a;b", "c\nd", "e"]
    assert table.lines.to_list() == [2, 4, 5]


@pytest.mark.parametrize(
    "title",
    [
        "Population par quartier",
        "Population par quartier, 2016, Martinique",
        "Source : Insee, RP2016;;",
        "Chiffres au 1er janvier, par IRIS;tableau;",
    ],
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_title_rows_do_not_hide_the_header(tmp_path: Path, title: str, separator: str) -> None:
    rows = [["IRIS", "NOM", "POP"], ["972090101", "Citron", "12"]]
    table = raw_of(tmp_path / "a.csv", f"{title}\n\n{joined(rows, separator)}")
    assert rows_of(table) == rows
    assert table.lines.to_list() == [4]


def test_blank_rows_are_left_out_and_lines_still_count_them(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", "IRIS;POP\n\n1;2\n;\n   ;\n3;4\n")
    assert table.lines.to_list() == [3, 6]


def test_unnamed_empty_columns_are_dropped(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", "IRIS;POP;;\n1;2;;\n3;4;;\n")
    assert rows_of(table) == [["IRIS", "POP"], ["1", "2"], ["3", "4"]]


def test_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    table = raw_of(tmp_path / "a.csv", "IRIS;POP\n1;2\n")
    # printf 'IRIS;POP\\n1;2\\n' | sha256sum
    assert table.sha256 == "7041b106ce37fd157160bcb2e94c1788d2de0838f63ce461aa5056c8c417f3c6"


# --- Workbooks and Parquet --------------------------------------------------------------------


def test_workbook_reads_as_its_reader_sees_it(tmp_path: Path) -> None:
    content = workbook(
        [["Titre"], [], ["IRIS", "NOM", "POP"], [972090101, "Citron", 12.0], ["01", "é", 1.5]]
    )
    table = raw_of(tmp_path / "a.xlsx", content)
    assert rows_of(table) == [
        ["IRIS", "NOM", "POP"],
        ["972090101", "Citron", "12"],
        ["01", "é", "1.5"],
    ]
    assert (table.sheet, table.lines.to_list()) == ("IRIS", [4, 5])


def test_opendocument_reads_as_a_workbook(tmp_path: Path) -> None:
    content = opendocument([["Titre"], ["IRIS", "NOM", "POP"], [972090101, "Citron", 1.5]])
    table = raw_of(tmp_path / "a.ods", content)
    assert rows_of(table) == [["IRIS", "NOM", "POP"], ["972090101", "Citron", "1.5"]]
    assert table.lines.to_list() == [3]


def test_unknown_sheet_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        raw_of(tmp_path / "a.xlsx", workbook([["IRIS"], ["1"]], "IRIS_DEC"), sheet="IRIS_DISP")
    says(caught.value, "a.xlsx", "IRIS_DISP", "IRIS_DEC")


def test_empty_sheet(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError) as caught:
        raw_of(tmp_path / "a.xlsx", workbook([]))
    says(caught.value, "a.xlsx", "IRIS")


def test_parquet_keeps_texts_and_blanks(tmp_path: Path) -> None:
    frame = pd.DataFrame({"IRIS": ["01", None], "POP": [1.0, float("nan")], "N": [3, 4]})
    table = raw_of(tmp_path / "a.parquet", parquet(frame))
    assert rows_of(table) == [["IRIS", "POP", "N"], ["01", "1", "3"], ["", "", "4"]]


def test_parquet_index_is_a_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"POP": [1, 2]}, index=pd.Index(["01", "02"], name="IRIS"))
    table = raw_of(tmp_path / "a.parquet", parquet(frame))
    assert table.frame["IRIS"].to_list() == ["01", "02"]


def test_parquet_absent_dates_are_blank(tmp_path: Path) -> None:
    frame = pd.DataFrame({"IRIS": ["1"], "D": pd.to_datetime([None])})
    assert raw_of(tmp_path / "a.parquet", parquet(frame)).frame["D"].to_list() == [""]


# --- What is refused --------------------------------------------------------------------------


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_table(tmp_path / "b.csv", FileSpec("b.csv", "wide", "IRIS"))
    says(caught.value, "b.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        "\u00a0\n".encode(),
        b";;\n;",
        b"\xef\xbb\xbf\r\n\r\n",
    ],
    ids=[
        "0 octet",
        "blancs",
        "BOM seul",
        "BOM UTF-16 seul",
        "insécable",
        "séparateurs seuls",
        "BOM et lignes vides",
    ],
)
def test_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFileError) as caught:
        raw_of(tmp_path / "a.csv", content)
    says(caught.value, "a.csv")


def test_header_alone(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;POP\n;\n")
    says(caught.value, "a.csv", "en-tête")


@pytest.mark.parametrize("declared", [",", "\t", "|"])
def test_separator_mistaken(tmp_path: Path, declared: str) -> None:
    with pytest.raises(SeparatorError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;POP\n1;2\n", separator=declared)
    says(caught.value, "a.csv", 'separator = ";"')
    assert caught.value.data["separator"] == declared


def test_separator_mistaken_below_a_title(tmp_path: Path) -> None:
    with pytest.raises(SeparatorError) as caught:
        raw_of(tmp_path / "a.csv", "Mon titre\nIRIS;POP\n1;2\n", separator=",")
    says(caught.value, 'separator = ";"')


def test_separator_that_no_line_holds(tmp_path: Path) -> None:
    with pytest.raises(SeparatorError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS POP\n1 2\n")
    says(caught.value, "a.csv")


def test_unknown_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        raw_of(tmp_path / "a.csv", "CODE_IRIS;POP\n1;2\n", territory="CODE_IRSI")
    says(caught.value, "a.csv", "CODE_IRSI", "CODE_IRIS")
    assert caught.value.data["column"] == "CODE_IRSI"


def test_unknown_column_below_titles_lists_the_true_header(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        raw_of(tmp_path / "a.xlsx", workbook([["Un titre"], ["CODE", "POP"], ["1", 2]]))
    says(caught.value, "IRIS", "CODE, POP")


def test_repeated_column(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;POP;POP\n1;2;3\n")
    says(caught.value, "POP", "deux fois")


def test_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS,POP,N\n1,2,3\n2,1,5,4\n3,4,5\n")
    says(caught.value, "a.csv, ligne 3", "4 cellules au lieu de 3")


def test_last_row_with_too_many_cells_is_not_a_cut(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;POP\n1;2\n2;1;5\n")
    says(caught.value, "a.csv, ligne 3", "séparateur")


@pytest.mark.parametrize("declared", ["", "utf-8", "cp1252"])
def test_null_bytes_are_refused_whatever_is_said(tmp_path: Path, declared: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", b"IRIS;POP\n1;\x002\n", encoding=declared)
    says(caught.value, "a.csv", "octets nuls")


def test_last_row_cut_short(tmp_path: Path) -> None:
    with pytest.raises(TruncatedFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;NOM;POP\n1;a;2\n2;b\n")
    says(caught.value, "a.csv, ligne 3")
    assert caught.value.data["line"] == 3


def test_quote_never_closed(tmp_path: Path) -> None:
    with pytest.raises(TruncatedFileError) as caught:
        raw_of(tmp_path / "a.csv", 'IRIS;NOM\n1;a\n2;"Tré')
    says(caught.value, "a.csv, ligne 3", "guillemets")


@pytest.mark.parametrize("declared", ["", "utf-8"])
def test_cut_in_the_middle_of_a_character(tmp_path: Path, declared: str) -> None:
    with pytest.raises(TruncatedFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;NOM\n1;é".encode()[:-1], encoding=declared)
    says(caught.value, "a.csv")


def test_cut_utf_16(tmp_path: Path) -> None:
    with pytest.raises(TruncatedFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;NOM\n1;é\n".encode("utf-16")[:-1])
    says(caught.value, "a.csv")


def test_wrong_encoding_stated_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;NOM\n1;é\n2;b\n".encode("cp1252"), encoding="utf-8")
    says(caught.value, "a.csv, ligne 2", "cp1252")


def test_unknown_encoding(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;NOM\n1;b\n", encoding="utf-9")
    says(caught.value, "utf-9")


def test_unknown_suffix_lists_those_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.docx", "IRIS;NOM\n1;b\n")
    says(caught.value, ".docx", "csv", "xlsx", "parquet")


@pytest.mark.parametrize("suffix", ["csv", "xls", "xlsx", "ods", "parquet"])
def test_binary_rubbish(tmp_path: Path, suffix: str) -> None:
    rubbish = bytes((i * i * 37 + i) % 256 for i in range(4000))
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / f"a.{suffix}", rubbish)
    says(caught.value, f"a.{suffix}")


def test_workbook_named_csv(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", workbook([["IRIS"], [1]]))
    says(caught.value, "classeur")


def test_text_named_xlsx(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.xlsx", "IRIS;POP\n1;2\n")
    says(caught.value, "a.xlsx")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_truncated_workbook_and_parquet(tmp_path: Path, share: float) -> None:
    rows = [["IRIS", "POP"], *([str(i), i] for i in range(400))]
    frame = pd.DataFrame({"IRIS": [str(i) for i in range(400)], "POP": range(400)})
    for name, content in (("a.xlsx", workbook(rows)), ("a.parquet", parquet(frame))):
        with pytest.raises(UnreadableFileError) as caught:
            raw_of(tmp_path / name, content[: int(len(content) * share)])
        says(caught.value, name)


# --- Anything at all ---------------------------------------------------------------------------


@given(
    content=st.binary(max_size=300), suffix=st.sampled_from(["csv", "txt", "xlsx", "xls", "ods"])
)
def test_any_bytes_are_read_or_refused_in_our_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    where, rows = "", 0
    try:
        rows = len(raw_of(path, content).frame)
    except FileError as error:
        where = error.where
    assert rows > 0 or where.startswith("any.")


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8
).filter(str.strip)


@given(
    rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6),
    separator=st.sampled_from(";,\t|"),
)
def test_csv_read_as_pandas_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str
) -> None:
    frame = pd.DataFrame(rows, columns=["IRIS", "NOM"])
    path = tmp_path_factory.getbasetemp() / "same.csv"
    frame.to_csv(path, sep=separator, index=False, encoding="utf-8")
    options = {"sep": separator, "dtype": str, "keep_default_na": False, "encoding": "utf-8"}
    expected = pd.read_csv(path, **options)
    table = raw_of(path, path.read_bytes(), separator=separator, encoding="utf-8")
    assert rows_of(table)[1:] == expected.to_numpy().tolist()


# --- Producers' own files ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["base-ic-evol-struct-pop-2016-com.xls", "base-ic-logement-2016-com.xls"]
)
def test_insee_workbooks_show_their_code_row(real: Path, name: str) -> None:
    path = real / "classeurs_insee" / name
    table = read_table(path, FileSpec(name, "wide", "COM"))
    oracle = pd.read_excel(path, header=5, dtype=str, engine="calamine")
    assert list(table.frame.columns) == list(oracle.columns)
    assert table.frame["COM"].to_list() == oracle["COM"].to_list()
    assert table.lines.iloc[0] == 7


def test_truncated_real_workbook(real: Path, tmp_path: Path) -> None:
    whole = (real / "classeurs_insee" / "base-ic-logement-2016-com.xls").read_bytes()
    for share in (0.01, 0.3, 0.5, 0.8, 0.95):
        path = tmp_path / "coupé.xls"
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            table = read_table(path, FileSpec(path.name, "wide", "COM"))
        except FileError as error:
            says(error, "coupé.xls")
        else:
            pytest.fail(f"{share} of the file gave {len(table.frame)} rows without a word")


def test_csv_with_commas_inside_quotes(real: Path) -> None:
    path = real / "qpv" / "rpls_qpv.csv"
    oracle = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    table = read_table(path, FileSpec(path.name, "wide", "CodGeo"))
    assert table.separator == ","
    assert table.frame.to_numpy().tolist() == oracle.to_numpy().tolist()
    assert oracle.map(lambda cell: "," in cell).to_numpy().any()


@pytest.mark.parametrize(
    ("written", "declared", "found"),
    [
        ("utf-8", "utf-16", "utf-8"),
        ("utf-8", "cp1252", "utf-8"),
        ("utf-16", "cp1252", "utf-16"),
        ("utf-16", "latin-1", "utf-16"),
    ],
)
def test_an_encoding_stated_wrong_is_refused_with_the_one_it_seems(
    tmp_path: Path, written: str, declared: str, found: str
) -> None:
    content = "IRIS;Âgés\n972090101;5\n972090102;6\n".encode(written)
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", content, encoding=declared)
    says(caught.value, f"« {declared} »", f'encoding = "{found}"')
    assert list(raw_of(tmp_path / "a.csv", content, encoding=found).frame) == ["IRIS", "Âgés"]


@pytest.mark.parametrize("declared", ["latin-1", "cp1252", "iso-8859-15", "utf-8"])
def test_an_encoding_stated_right_is_read(tmp_path: Path, declared: str) -> None:
    table = raw_of(
        tmp_path / "a.csv", "IRIS;Âgés\n972090101;5\n".encode(declared), encoding=declared
    )
    assert list(table.frame) == ["IRIS", "Âgés"]


def test_a_header_stated_beyond_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        raw_of(tmp_path / "a.csv", "IRIS;POP\n972090101;5\n", header=99)
    says(caught.value, "ligne 99", "ligne 2", "header")


@pytest.mark.parametrize(
    ("encoding", "separator", "expected"),
    [
        ("mac_roman", ";", "Mac (mac_roman)"),
        ("cp850", ";", "DOS (cp850)"),
        ("utf-16-le", "\t", "séparateur tabulation, UTF-16"),
    ],
)
def test_the_form_is_said_in_words(
    tmp_path: Path, encoding: str, separator: str, expected: str
) -> None:
    text = "IRIS;Âgés à l'école\n972090101;5\n".replace(";", separator)
    assert expected in raw_of(tmp_path / "a.csv", text.encode(encoding), encoding=encoding).form


def test_a_member_without_a_name_does_not_count(tmp_path: Path) -> None:
    content = zip_bytes({"b.csv": b"IRIS;POP\n972090101;5\n", "qq": b"nothing"})
    nameless = content.replace(b"qq", b"\0q")  # a name stops at its first zero
    assert list(raw_of(tmp_path / "a.zip", nameless).frame) == ["IRIS", "POP"]


def test_a_text_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("IRIS;Été\n972090101;1\n", "utf-8")
    calls: list[str] = []
    real = text.decode
    monkeypatch.setattr(text, "decode", lambda *given: (calls.append(given[1]), real(*given))[1])
    read_table(path, FileSpec("a.csv", "wide", "IRIS"))
    assert calls == ["utf-8-sig"]


@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_a_file_of_spaces_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(EmptyFileError):
        open_file(tmp_path / "a.csv")
