"""The first rows of a text are those of the whole, however its lines end."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from observatoire.sources.formats import text as texts

CELL = st.text(alphabet='a1 é"\n\r;,\t\x0b\x85\u2028', max_size=6)


def written(rows: list[list[str]], end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 14),
)
def test_first_rows_are_those_of_the_whole(rows: list[list[str]], end: str, most: int) -> None:
    rows = [["tête", "x"], *rows]
    text = written(rows, end)
    whole = texts.read_rows(text, ";", "f.csv")
    assert texts.read_rows(text, ";", "f.csv", most=most) == whole[:most]
    line = whole[-1][0]
    assert texts.read_rows(text, ";", "f.csv", first=line) == whole[-1:]
    assert [row for _, row in whole] == [row for row in rows if any(map(str.strip, row))]


def test_a_last_line_without_end_is_read() -> None:
    assert texts.read_rows("a;b\n1;2", ";", "f.csv", most=9) == [(1, ["a", "b"]), (2, ["1", "2"])]
