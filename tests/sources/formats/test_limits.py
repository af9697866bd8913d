"""A workbook that does not open is said to be a workbook, with what its reader can do about it."""

from __future__ import annotations

import io
import zipfile

import pytest
from built_workspace import says
from spoilt_bytes import ods_bytes, xlsx_bytes

from observatoire.errors import UnreadableFileError
from observatoire.sources.formats.workbook import unfold


def flipped(content: bytes, part: str) -> bytes:
    """Return a zip of which one byte of a part has changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo(part)
    at = entry.header_offset + 30 + len(part) + entry.compress_size // 2
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xlsx", xlsx_bytes()[:900], "coupé"),
        ("a.xlsx", xlsx_bytes()[:-10], "coupé"),
        ("a.xlsm", flipped(xlsx_bytes(), "xl/worksheets/sheet1.xml"), "octets du fichier"),
        ("a.ods", ods_bytes()[:-40], "coupé"),
        ("a.ods", flipped(ods_bytes(), "content.xml"), "octets du fichier"),
        ("a.xlsb", b"PK\x03\x04" + bytes(300), "coupé"),
    ],
)
def test_a_broken_workbook_is_no_archive_to_unpack(name: str, content: bytes, why: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        unfold(content, name)
    says(caught.value, name, "Ce classeur", "abîmé", why, "enregistrez-le de nouveau", "redemandez")
    assert "rchive" not in str(caught.value)
    assert "écompress" not in str(caught.value)


def test_a_workbook_too_large_is_no_archive_to_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("observatoire.sources.formats.limits.most_bytes", lambda _: 2000)
    with pytest.raises(UnreadableFileError) as caught:
        unfold(xlsx_bytes(), "a.xlsx")
    says(caught.value, "a.xlsx", "dépasserait", "Mo", "feuille utile")
