"""What readers say, in French, without the paths of the machine."""

from __future__ import annotations

import errno
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from observatoire.errors import ObservatoireError
from observatoire.errors.translations import reader_words, way_out
from observatoire.sources.formats.parquet import read_parquet
from observatoire.sources.formats.workbook import read_sheets
from observatoire.warehouse.loading.files import preview_file

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

SAID = {
    "Bad CRC-32 for file '[Content_Types].xml'": "octets",
    "File is not a zip file": "coupé",
    "File name in directory 'a' and header b'' differ.": "coupé",
    "Cannot detect file format": "aucun format connu",
    "Failed to read GeoJSON data; At line 4, character 10: Unexpected character (p)": "JSON",
    "Unable to open /home/x/b.shx or /home/x/b.SHX. Set SHAPE_RESTORE_SHX": "shapefile",
    "sqlite3_prepare_v2(SELECT COUNT(*) FROM sqlite_master) failed: malformed": "GeoPackage",
    "Unsupported FlatGeobuf version 203.": "enregistrements",
    "Couldn't deserialize thrift: invalid TType\n": "coupé",
    "That compression method is not supported": "compressée",
    "le classeur est abîmé, il s’arrête avant sa fin.": "il s’arrête avant sa fin",
}


@pytest.mark.parametrize("said", SAID)
def test_known_words_are_said_in_french(said: str) -> None:
    words = reader_words(said)
    assert SAID[said] in words
    assert words.startswith("Le lecteur dit :")
    assert not re.search(r"\b(?:file|the|open|read|data)\b", words)


def test_a_full_disk_asks_for_room_and_not_for_rights() -> None:
    full, shut = OSError(errno.ENOSPC, "full"), OSError(errno.EACCES, "shut")
    assert "Faites de la place" in way_out(full, "Demandez ce droit.")
    assert way_out(shut, "Demandez ce droit.") == "Demandez ce droit."


@given(
    folder=st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), min_size=1, max_size=4),
    before=st.sampled_from(["oddity in ", "oddity '", "oddity: ", "oddity ("]),
)
@example(folder=["xml"], before="oddity in ")
def test_no_path_of_the_machine_is_said(folder: list[str], before: str) -> None:
    for place in (f"/{'/'.join(folder)}/", "C:\\" + "\\".join(folder) + "\\"):
        words = reader_words(f"{before}{place}couche.gpkg' here")
        assert "couche.gpkg" in words
        assert "« oddity" in words
        assert place not in words
        assert "/" not in words
        assert "\\" not in words


def spoilt() -> dict[str, bytes]:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook>" + "x" * 500)
    whole = held.getvalue()
    return {
        "a.xlsx": whole.replace(b"xxx", b"yyy", 1),
        "b.xlsx": whole[:300],
        "c.xls": b"\xd0\xcf\x11",
    }


@pytest.mark.parametrize("name", spoilt())
def test_a_spoilt_workbook_is_said_in_french(place: Place, name: str) -> None:
    path: Path = place.write(name, spoilt()[name])
    with pytest.raises(ObservatoireError) as caught:
        preview_file(place.workspace, path)
    assert caught.value.why.startswith("Le lecteur dit :")
    with pytest.raises(ObservatoireError):
        read_sheets(spoilt()[name], name)


def test_a_spoilt_parquet_is_said_in_french() -> None:
    with pytest.raises(ObservatoireError) as caught:
        read_parquet(b"PAR1" + b"x" * 100, "a.parquet")
    assert caught.value.why == "Le lecteur dit : le fichier est coupé, ou des octets en ont changé."
