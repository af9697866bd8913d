"""The container of old workbooks: what would have no end is refused before it is followed."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from spoilt_bytes import ROWS
from xls_made import compound, old_book

from observatoire.errors import FileError, UnreadableFileError
from observatoire.sources import FileSpec, read_table
from observatoire.sources.formats.xls import sheets_stream

if TYPE_CHECKING:
    from pathlib import Path

#: Where the header keeps things, and where the one sector of its table stands.
DIRECTORIES, FIRST, SMALL, FURTHER, TABLE, ROOT = 40, 48, 60, 68, 512, 1024


def spoilt(at: int, told: int, content: bytes | None = None) -> bytes:
    changed = bytearray(content or old_book(ROWS))
    struct.pack_into("<I", changed, at, told)
    return bytes(changed)


def test_the_stream_of_the_sheets_comes_out_whole() -> None:
    told = bytes(range(256)) * 40
    assert sheets_stream(compound(told)) == told


@pytest.mark.parametrize(
    ("at", "told", "why"),
    [
        (TABLE + 4 * 4, 2, "tourne en rond"),  # a sector of the sheets leads back to their first
        (TABLE + 4 * 1, 1, "tourne en rond"),  # the list of streams leads to itself
        (TABLE + 4 * 3, 5_000, "hors du fichier"),
        (FIRST, 90_000, "hors du fichier"),
        (DIRECTORIES, 0x7FFFFFFF, "plus longue"),
        (ROOT + 120, 0x7FFFFFFF, "plus longue"),
        (ROOT + 128 + 120, 0x7FFFFFFF, "plus longue"),
        (FURTHER, 90_000, "avant sa fin"),
        (30, 20, "secteurs"),
    ],
)
def test_what_has_no_end_is_refused(tmp_path: Path, at: int, told: int, why: str) -> None:
    (tmp_path / "a.xls").write_bytes(spoilt(at, told))
    with pytest.raises(UnreadableFileError, match=why):
        read_table(tmp_path / "a.xls", FileSpec("a.xls", "wide", "IRIS"))


def test_the_further_table_that_leads_to_itself() -> None:
    content = spoilt(FURTHER, 8)
    last = 512 * 9 + 508
    with pytest.raises(ValueError, match="rond"):
        sheets_stream(spoilt(last, 8, content))


def test_a_container_of_no_workbook_is_left_to_the_reader() -> None:
    content = old_book(ROWS).replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le"))
    assert sheets_stream(content) == b""


def test_a_cut_workbook_is_refused_before_its_reader_panics(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole, path = old_book(ROWS), tmp_path / "a.xls"
    spec = FileSpec(path.name, "wide", "IRIS")
    for end in range(len(whole) - 1, 512, -97):
        path.write_bytes(whole[:end])
        with suppress(FileError):
            read_table(path, spec)
    assert "panicked" not in capfd.readouterr().err
