"""Workbooks by columns: the same texts as cell by cell, each sheet read once, errors said."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import UnreadableFileError
from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats.cells import Appearance, CellSheet, cells_text
from observatoire.sources.formats.document import open_file

if TYPE_CHECKING:
    from pathlib import Path

CELL = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "s", " ", "1,5", "972090101", None, True, 3, dt.date(2016, 1, 1)]),
    st.just(math.nan),
)
FIGURES = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=4, max_size=4)
COLUMN = st.one_of(FIGURES, st.lists(CELL, min_size=4, max_size=4))


def same_cell(one: str, other: str) -> bool:
    """Two texts of one figure: « 1e-07 » and « 1e-7 »; anything else must be alike."""
    return (
        one == other
        or ("e" in one + other and float(one) == float(other))
        or (one.startswith(("0.0000", "-0.0000")) and float(one) == float(other))
    )


def sheet(columns: list[list[Any]]) -> CellSheet:
    return CellSheet("", lambda: (columns, Appearance()))


@given(st.lists(COLUMN, min_size=1, max_size=4))
def test_columns_give_the_texts_of_their_cells(columns: list[list[Any]]) -> None:
    cells = sheet(columns)
    texts = [cells_text(list(column)) for column in columns]
    kept = [at for at in range(4) if any(column[at] for column in texts)]
    rows = [(at + 1, [column[at] for column in texts]) for at in kept]
    assert cells.rows() == rows
    assert cells.rows(most=2) == rows[:2]
    assert cells.rows(first=3) == [row for row in rows if row[0] >= 3]
    assert cells.rows(first=2, most=1) == [row for row in rows if row[0] >= 2][:1]
    kept = [at for at in kept if any(column[at].strip() for column in texts)]
    frame, lines = cells.frame()
    assert lines.tolist() == [at + 1 for at in kept]
    for rank, column in enumerate(texts):
        pairs = zip(frame[str(rank)], (column[at] for at in kept), strict=True)
        assert all(same_cell(one, other) for one, other in pairs)


def test_figures_lose_no_digit() -> None:
    numbers = np.random.default_rng(0).standard_normal(500) * 10.0 ** np.arange(-250, 250)
    frame, _ = sheet([numbers.tolist()]).frame()
    assert frame["0"].astype(float).tolist() == numbers.tolist()


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("IRIS")
        page.write_row(0, 0, ["Recensement"])
        page.write_row(2, 0, ["IRIS", "P16_LOG", ""])
        page.write_row(3, 0, ["972090101", 12.5])
        page.write_row(4, 0, [" ", " "])
        page.write_row(5, 0, ["972090102"])
        page.write_formula(5, 1, "=1/0", None, "#DIV/0!")
        book.add_worksheet("Vide")
    return path


def test_a_sheet_becomes_a_table(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path / "c.xlsx"), FileSpec("c.xlsx", "wide", "IRIS"))
    assert table.frame.to_dict("list") == {
        "IRIS": ["972090101", "972090102"],
        "P16_LOG": ["12.5", "#DIV/0!"],
    }
    assert table.lines.tolist() == [4, 6]
    assert table.header == 3


def test_a_sheet_is_read_once_and_only_when_it_is_asked(tmp_path: Path) -> None:
    document = open_file(workbook(tmp_path / "c.xlsx"))
    calls = []
    for at, known in enumerate(document.sheets):
        real = known.read
        spied = CellSheet(known.name, lambda real=real, at=at: (calls.append(at), real())[1])
        assert spied.hidden is False
        if at == 0:
            assert spied.rows() is not spied.rows(most=2)
            assert spied.appearance.errors == {(5, 1): "#DIV/0!"}
            spied.frame(4)
    assert calls == [0]
    assert document.sheet("Vide").rows() == []


def test_a_text_named_as_a_workbook_is_said_to_be_one(tmp_path: Path) -> None:
    for content in (b"code\talloc\n97209\t9\n", "code;alloc".encode("utf-16"), b"<html><table>"):
        path = tmp_path / "a.xls"
        path.write_bytes(content)
        with pytest.raises(UnreadableFileError, match="c’est un texte, ou une page web"):
            open_file(path)
