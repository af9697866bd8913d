"""Workbooks by columns: the same texts as cell by cell, each sheet read once, errors told."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from observatoire.sources.tables.files import open_table

from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats.cells import Cells, cells_text
from observatoire.sources.formats.workbook import open_book

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


@given(st.lists(COLUMN, min_size=1, max_size=4))
def test_columns_give_the_texts_of_their_cells(columns: list[list[Any]]) -> None:
    cells = Cells(columns)
    told = [cells_text(list(column)) for column in columns]
    kept = [at for at in range(4) if any(column[at] for column in told)]
    assert cells.filled.tolist() == kept
    assert cells.rows == [(at + 1, [column[at] for column in told]) for at in kept]
    assert cells.top(2) == cells.rows[:2]
    if not kept:
        return
    frame = cells.frame(cells.filled)
    for rank, column in enumerate(told):
        pairs = zip(frame[str(rank)], (column[at] for at in kept), strict=True)
        assert all(same_cell(one, other) for one, other in pairs)


def test_figures_lose_no_digit() -> None:
    numbers = np.random.default_rng(0).standard_normal(500) * 10.0 ** np.arange(-250, 250)
    frame = Cells([numbers.tolist()]).frame(np.arange(500))
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


def test_a_workbook_is_opened_and_a_sheet_read_once(tmp_path: Path) -> None:
    opened = open_table(workbook(tmp_path / "c.xlsx"))
    assert opened.book is opened.book
    assert opened.book.cells("IRIS") is opened.book.cells("IRIS")


def test_only_sheets_that_show_more_than_they_hold_are_looked_through_again(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx")
    assert open_book(path.read_bytes(), "c.xlsx").altered == {"xl/worksheets/sheet1.xml"}
