"""Thousands of spoilt files: our errors only, never a hang, never a changed warehouse."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, build_place, dump
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from spoilt_bytes import ROWS, WAYS, csv_bytes, good_files, good_layers, zip_bytes

from observatoire.errors import ObservatoireError, UnreadableFileError
from observatoire.sources import FileSpec, observe, read_source, read_table
from observatoire.sources.formats import limits
from observatoire.sources.observations.builder import refuse_faults
from observatoire.sources.preview.preview import PreviewContext, preview_table
from observatoire.territories import Matcher
from observatoire.territories.layers.reader import open_layers, read_layer
from observatoire.warehouse.loading.files import load_file, preview_context
from observatoire.warehouse.loading.options import LoadOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.warehouse import Warehouse

#: How many spoilt files of each format and each way.
EACH = cases(25)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Warehouse]:
    place = build_place(tmp_path_factory.mktemp("fuzz"))
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    return place, warehouse


@pytest.fixture(scope="module")
def ground(held: tuple[Place, Warehouse]) -> PreviewContext:
    return preview_context(held[0].workspace)


def survive(path: Path, ground: PreviewContext) -> str:
    """Read a file every way there is; return what came of it. A bare or another error fails."""
    outcome, said = "refusé", "rien à redire"
    try:
        preview = preview_table(path, ground, period="2016")
        assert str(preview)
        parsed = preview.parsed
        if parsed is not None:
            assert parsed.rows_read == parsed.rows_kept + parsed.rows_rejected
            assert set(parsed.cells["line"]).isdisjoint(parsed.rejects["line"])
            refuse_faults(parsed)
            outcome = "lu"
    except ObservatoireError as error:
        said = str(error)
    assert said
    return outcome


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", sorted(good_files()))
def test_spoilt_bytes(name: str, way: object, ground: PreviewContext, tmp_path: Path) -> None:
    chance = random.Random(f"{name} {way}".split(" at ")[0])  # noqa: S311 - the same files each time
    content = good_files()[name]
    path = tmp_path / name
    for _ in range(EACH):
        path.write_bytes(way(content, chance))  # type: ignore[operator]
        survive(path, ground)


@pytest.mark.parametrize("name", sorted(good_files()))
def test_good_bytes_are_read(name: str, ground: PreviewContext, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(good_files()[name])
    parsed = preview_table(path, ground, period="2016").parsed
    assert parsed is not None
    assert parsed.rows_read == 4
    assert parsed.rows_kept == (2 if name == "formules.xlsx" else 4)


WORD = st.text(max_size=12)


@settings(max_examples=cases(120))
@given(
    rows=st.lists(st.lists(WORD, max_size=6), max_size=8),
    separator=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]),
)
def test_any_table_of_any_words(
    held: tuple[Place, Warehouse],
    ground: PreviewContext,
    rows: list[list[str]],
    separator: str,
    encoding: str,
) -> None:
    path = held[0].root / "mots.csv"
    lines = [separator.join(row) for row in [*ROWS[:2], *rows]]
    path.write_bytes("\n".join(lines).encode(encoding, errors="replace"))
    survive(path, ground)


def test_refused_files_leave_the_warehouse_as_it_was(held: tuple[Place, Warehouse]) -> None:
    place, warehouse = held
    before, chance = dump(warehouse), random.Random(7)  # noqa: S311
    path = place.root / "population.csv"
    refused, tried = 0, cases(40)
    for _ in range(tried):
        path.write_bytes(chance.choice(WAYS)(csv_bytes(), chance) + b"\nInconnu;x;1;2\n")
        try:
            load_file(warehouse, place.workspace, path, LoadOptions(period="2016"))
        except ObservatoireError:
            refused += 1
            assert dump(warehouse) == before
        else:
            before = dump(warehouse)
    assert refused > tried / 2


def test_described_files_are_spoilt_too(held: tuple[Place, Warehouse]) -> None:
    place, _ = held
    source, chance = read_source(place.folder), random.Random(11)  # noqa: S311
    spec, ground = source.files[0], preview_context(place.workspace)
    path = place.root / "population.csv"
    kept, tried = 0, cases(250)
    for _ in range(tried):
        path.write_bytes(chance.choice(WAYS)(csv_bytes(), chance))
        try:
            table = read_table(path, spec)
            parsed = observe(table, source, spec, ground.zonings, ground.scope)
        except ObservatoireError:
            continue
        assert parsed.rows_read == parsed.rows_kept + parsed.rows_rejected
        kept += 1
    assert kept > tried / 12


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(good_layers()))
def test_spoilt_layers(name: str, tmp_path: Path) -> None:
    """GDAL reads what it can, and anything else it says is an error of ours."""
    known = Matcher({"972090101": "Centre Ville", "972090102": "Sainte-Thérèse"}, "IRIS")
    chance, content = random.Random(name), good_layers()[name]  # noqa: S311
    path, read = tmp_path / name, 0
    for rank in range(EACH):
        way = WAYS[rank % len(WAYS)]
        spoilt = _spoilt_inside(content, way, chance) if name == "iris.zip" else None
        path.write_bytes(way(content, chance) if spoilt is None else spoilt)
        try:
            layer = read_layer(path, known, "EPSG:5490")
        except ObservatoireError:
            continue
        assert layer.rows_read == len(layer.shapes) + len(layer.outside)
        read += 1
    assert read < EACH


def _spoilt_inside(content: bytes, way: Callable[..., bytes], chance: random.Random) -> bytes:
    """Spoil one file of an archive that stays good: what reads the file beneath is reached."""
    with zipfile.ZipFile(io.BytesIO(content)) as good:
        files = {name: good.read(name) for name in good.namelist()}
    hit = chance.choice(sorted(files))
    return zip_bytes({**files, hit: way(files[hit], chance)})


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_spoilt_descriptors(way: Callable[..., bytes], held: tuple[Place, Warehouse]) -> None:
    place, warehouse = held
    before, chance = dump(warehouse), random.Random(way.__name__)  # noqa: S311
    path = place.folder / "source.toml"
    good = path.read_bytes()
    try:
        for _ in range(EACH):
            path.write_bytes(way(good, chance))
            with contextlib.suppress(ObservatoireError):
                read_source(place.folder)
    finally:
        path.write_bytes(good)
    assert dump(warehouse) == before


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 100_000, b'{"type":"Feature"'])
def test_json_without_end(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(ObservatoireError):
        open_layers(tmp_path / "a.geojson")


# --- Traps -----------------------------------------------------------------------------------------


def trap(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ObservatoireError) as caught:
        read_table(path, FileSpec(name, "wide", "IRIS"))
    return str(caught.value)


def test_a_hundred_thousand_columns(tmp_path: Path, ground: PreviewContext) -> None:
    wide = ";".join(f"C{at}" for at in range(100_000))
    content = f"IRIS;{wide}\n972090101;{wide}\n".encode()
    assert "colonnes" in trap(tmp_path, "large.csv", content)
    (tmp_path / "large.csv").write_bytes(content)
    assert survive(tmp_path / "large.csv", ground) == "refusé"


def test_a_zip_bomb_by_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1_000_000)
    bomb = zip_bytes({"a.csv": b"IRIS;POP\n" + b"0" * 3_000_000})
    assert "décompressé" in trap(tmp_path, "bombe.zip", bomb)


def test_a_zip_bomb_that_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1_000_000)
    content = bytearray(zip_bytes({"a.csv": b"0" * 3_000_000}))
    size = (3_000_000).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (30).to_bytes(4, "little")
    assert trap(tmp_path, "menteur.zip", bytes(content))


def test_a_workbook_that_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "most_bytes", lambda _: 1_000)
    assert "décompressé" in trap(tmp_path, "bombe.xlsx", good_files()["population.xlsx"])


@pytest.mark.parametrize(
    "name", ["../../evade.csv", "/etc/evade.csv", "..\\evade.csv", "C:\\e.csv"]
)
def test_a_path_that_climbs_out_of_a_zip_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "creux" / "plus" / "a.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(zip_bytes({name: csv_bytes()}))
    before = sorted(tmp_path.rglob("*"))
    table = read_table(path, FileSpec("a.zip", "wide", "IRIS"))
    assert len(table.frame) == 4
    assert sorted(tmp_path.rglob("*")) == before


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"]
)
def test_a_billion_laughs_in_a_workbook(tmp_path: Path, part: str, ground: PreviewContext) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good_files()["population.xlsx"])) as good,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for name in good.namelist():
            text = good.read(name).decode()
            if name == part:
                text = LAUGHS + text.split("?>", 1)[1].replace("Centre Ville", "&j;")
            archive.writestr(name, text)
    path = tmp_path / "rires.xlsx"
    path.write_bytes(buffer.getvalue())
    survive(path, ground)


def test_a_lone_cell_at_the_far_corner(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good_files()["population.xlsx"])) as good,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for name in good.namelist():
            text = good.read(name)
            if name.endswith("sheet1.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", far)
            archive.writestr(name, text)
    assert "cellules vides" in trap(tmp_path, "coin.xlsx", buffer.getvalue())


def test_a_sheet_that_repeats_itself_without_end(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good_files()["population.ods"])) as good,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for name in good.namelist():
            text = good.read(name)
            if name == "content.xml":
                text = text.replace(
                    b"<table:table-row>",
                    b'<table:table-row table:number-rows-repeated="1000000">',
                    1,
                ).replace(
                    b"<table:table-cell ",
                    b'<table:table-cell table:number-columns-repeated="16000" ',
                    1,
                )
            archive.writestr(name, text)
    assert "cellules vides" in trap(tmp_path, "répété.ods", buffer.getvalue())


def test_a_zip_whose_sum_is_wrong_is_a_sentence(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"a.csv": csv_bytes()}))
    total = zlib.crc32(csv_bytes()).to_bytes(4, "little")
    while (at := content.find(total)) >= 0:
        content[at : at + 4] = b"\0\0\0\0"
    assert "abîmée" in trap(tmp_path, "insee.zip", bytes(content))


def test_an_archive_of_several_tables_asks_which(tmp_path: Path) -> None:
    content = zip_bytes({"a.csv": csv_bytes(), "b.csv": b"x"})
    assert "member" in trap(tmp_path, "deux.zip", content)
    table = read_table(tmp_path / "deux.zip", FileSpec("deux.zip", "wide", "IRIS", member="a.csv"))
    assert (len(table.frame), table.member) == (4, "a.csv")
    with pytest.raises(UnreadableFileError, match=r"b\.csv"):
        read_table(tmp_path / "deux.zip", FileSpec("deux.zip", "wide", "IRIS", member="bb.csv"))
