"""The quick road and the careful one give the very same rows, numbers, rejects and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from built_workspace import SOURCE_TOML, source_of
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.errors import ObservatoireError
from observatoire.sources import FileSpec, RawTable, observe, read_table
from observatoire.sources.formats import text as texts
from observatoire.sources.parsers.numbers import Markers, _read_carefully, parse_numbers
from observatoire.territories import Matcher
from observatoire.values import Nature

if TYPE_CHECKING:
    from pathlib import Path

ZONINGS = {"iris-2016": Matcher({"972090101": "Centre Ville", "972090102": "Dillon"}, "IRIS")}
CELL = st.one_of(
    st.sampled_from(
        [
            "1",
            "2,5",
            "3.25",
            "s",
            "nd",
            "",
            " ",
            "1 000",
            "x",
            "<5",
            "a b",
            '"q"',
            'a"b',
            '""',
            "é",
            "nan",
            "-0",
        ]
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
TERRITORY = st.sampled_from(
    ["972090101", "dillon", "inconnu", "Total", "01004", "", "Source : Insee"]
)
ROW = st.one_of(
    st.tuples(TERRITORY, CELL, CELL).map(";".join),
    st.sampled_from(
        ["", ";;", " ", "Source : Insee", "Note : à lire ; avec soin", "x;y", '"a;b";1;2']
    ),
)


def read(path: Path, *, quickly: bool, monkeypatch: pytest.MonkeyPatch) -> RawTable | str:
    spec = FileSpec(path.name, "wide", "IRIS", separator=";")
    with monkeypatch.context() as patch:
        if not quickly:
            patch.setattr(texts, "read_quickly", lambda *_: None)
        try:
            return read_table(path, spec)
        except ObservatoireError as error:
            return f"{type(error).__name__} {error}"


@settings(max_examples=cases(60))
@given(
    rows=st.lists(ROW, min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_the_two_roads_read_the_same_table(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[str],
    end: str,
    last: bool,  # noqa: FBT001
    encoding: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "two-roads.csv"
    text = end.join(["IRIS;POP;TAUX", *rows]) + (end if last else "")
    path.write_bytes(text.encode(encoding))
    patch = pytest.MonkeyPatch()
    quick = read(path, quickly=True, monkeypatch=patch)
    slow = read(path, quickly=False, monkeypatch=patch)
    if isinstance(quick, str) or isinstance(slow, str):
        assert quick == slow
        return
    pd.testing.assert_frame_equal(quick.frame, slow.frame, check_column_type=False)
    assert quick.lines.to_list() == slow.lines.to_list()
    assert quick.skipped.to_numpy().tolist() == slow.skipped.to_numpy().tolist()
    assert (quick.header, quick.encoding, quick.form) == (slow.header, slow.encoding, slow.form)


def test_a_plain_table_takes_the_quick_road(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Titre\n\nIRIS;POP\n972090101;1\n\n;\n972090102;2\n", "utf-8")
    monkeypatch.setattr(texts, "read_rows", _once(texts.read_rows))
    table = read_table(path, FileSpec("a.csv", "wide", "IRIS"))
    assert table.lines.to_list() == [4, 7]


def _once(reader):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Let the head be read, and nothing else."""

    def read_head(text: str, separator: str, name: str, *, first: int = 1, most: int = 0) -> object:
        assert most, "the careful reader was called"
        return reader(text, separator, name, first=first, most=most)

    return read_head


@settings(max_examples=cases(50))
@given(
    cells=st.lists(st.one_of(CELL, st.text(max_size=6)), min_size=1, max_size=12),
    decimal=st.sampled_from(["", ".", ","]),
    nature=st.sampled_from([None, Nature.COUNT, Nature.RATE, Nature.MEDIAN]),
    secret=st.sampled_from([(), ("s",), ("-1", "1"), ("0",)]),
)
def test_the_two_roads_read_the_same_numbers(
    cells: list[str], decimal: str, nature: Nature | None, secret: tuple[str, ...]
) -> None:
    raw = pd.Series(cells, dtype="str")
    markers = Markers(secret=secret, blank="missing")
    quick = parse_numbers(raw, markers, decimal, nature)
    slow = _read_carefully(raw, markers, decimal, nature)
    for name in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(quick, name), getattr(slow, name))
    for name in ("status", "marker", "note", "unreadable"):
        assert getattr(quick, name).to_list() == getattr(slow, name).to_list(), name


@settings(max_examples=cases(80))
@given(rows=st.lists(st.tuples(TERRITORY, CELL, CELL), min_size=1, max_size=8))
def test_the_two_roads_give_the_same_observations(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    source = source_of(folder / "observed", SOURCE_TOML.replace('["LIBIRIS"]', "[]"))
    path = folder / "observed" / "population.csv"
    path.write_text("IRIS;POP;TAUX\n" + "".join(";".join(row) + "\n" for row in rows), "utf-8")
    found = []
    for quickly in (True, False):
        patch = pytest.MonkeyPatch()
        table = read(path, quickly=quickly, monkeypatch=patch)
        if isinstance(table, str):
            found.append((table,))
            continue
        parsed = observe(table, source, source.files[0], ZONINGS, ("97209",))
        assert parsed.rows_read == parsed.rows_kept + parsed.rows_rejected
        texts_stored = parsed.observations.map(repr).to_numpy().tolist()
        found.append((texts_stored, parsed.rejects.map(repr).to_numpy().tolist()))
    assert found[0] == found[1]
