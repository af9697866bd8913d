"""A number that is hidden is in no file: every form is taken apart and searched to the byte."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest
from secrecy_workspace import SHOWN, secret_texts

from observatoire.pages.writers.typst import render_typst

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory
    from observatoire.pages.sheet import Sheet

COMPARED = ["commune", "quartiers", "perimetre", "zus"]
FORMS = (".html", ".xlsx", ".docx", ".svg", ".pdf", ".png")


def all_bytes(path: Path) -> bytes:
    """Return all that a file holds, unpacked: archives, deflated streams, metadata."""
    content = path.read_bytes()
    found = [content]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            found += [archive.read(name) for name in archive.namelist()]
            found += [info.comment for info in archive.infolist()]
    if path.suffix == ".pdf":
        streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
        found += [inflated(stream) for stream in streams]
    if path.suffix == ".svg":  # outlines of letters and coasts are thousands of numbers
        found = [re.sub(rb' d="[^"]*"', b"", content)]
    if path.suffix == ".png":
        found += [text for _, text in png_chunks(content)]
    return b"\n".join(found)


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:  # not deflated: searched as it is
        return stream


def png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return the chunks of a PNG that are not pixels."""
    chunks, place = [], 8
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        if kind != b"IDAT":
            chunks.append((kind, inflated(data.split(b"\0", 2)[-1]) if kind == b"zTXt" else data))
        place += 12 + size
    return chunks


def found_in(content: bytes) -> list[str]:
    texts = [content.decode(code, errors="ignore") for code in ("utf-8", "utf-16-le")]
    # A number, not some digits of a longer one.
    return [
        secret
        for secret in secret_texts()
        if any(
            secret in text and re.search(rf"(?<![\d.,]){re.escape(secret)}", text) for text in texts
        )
    ]


SHEETS: dict[str, Callable[[Observatory], Sheet]] = {
    "panel": lambda o: o.panel(indicators=SHOWN, compare=COMPARED),
    "count map": lambda o: o.map("menages_aides"),
    "rate map": lambda o: o.map("part_aides"),
    "profile": lambda o: o.profile("FDF01"),
    "other profile": lambda o: o.profile("FDF04"),
}


def test_what_is_planted_would_be_found(tmp_path: Path) -> None:
    for secret in ("7.3191", "7,3191"):
        assert found_in(f"<v>{secret}</v>".encode())
        assert found_in(secret.encode("utf-16-le"))
    packed = tmp_path / "a.xlsx"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", "7.3191")
    assert found_in(all_bytes(packed))
    drawn = tmp_path / "a.pdf"
    drawn.write_bytes(b"%PDF stream\n" + zlib.compress(b"(7,3191) Tj") + b"\nendstream")
    assert found_in(all_bytes(drawn))


@pytest.mark.parametrize("name", list(SHEETS))
def test_no_form_of_a_page_holds_it(kept: Observatory, tmp_path: Path, name: str) -> None:
    """Text, chart, colours, formulas, metadata, alternative text: all is searched."""
    sheet = SHEETS[name](kept)
    for suffix in FORMS:
        path = sheet.save(tmp_path / f"page{suffix}")
        assert len(all_bytes(path)) > 500
        assert not found_in(all_bytes(path)), suffix
    for paged in (True, False):  # what PDF, SVG and PNG are set from: their glyphs are not letters
        text, drawings = render_typst(sheet.page, paged=paged)
        assert not found_in("\n".join([text, *drawings.values()]).encode())
    assert not found_in(sheet._repr_html_().encode())
    assert not found_in(repr(sheet).encode())
    assert not found_in(str(vars(sheet)).encode())


ANNEX_FORMS = (".html", ".xlsx", ".docx")


@pytest.fixture(scope="module")
def annexes(kept: Observatory, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give the annex in its forms, of one composition."""
    folder = tmp_path_factory.mktemp("annexes")
    written = kept.annex([folder / f"annexe{suffix}" for suffix in ANNEX_FORMS])
    return dict(zip(ANNEX_FORMS, written, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ANNEX_FORMS)
def test_no_form_of_the_annex_holds_it(annexes: dict[str, Path], suffix: str) -> None:
    content = all_bytes(annexes[suffix])
    assert not found_in(content)
    assert (b"Certificat" in content) == (suffix != ".xlsx")  # printed; a workbook gives figures


def test_no_file_of_a_package_holds_it(package: Path) -> None:
    names = {path.name for path in package.iterdir()}
    assert {"valeurs.csv", "valeurs.parquet", "zones.gpkg", "datapackage.json"} <= names
    for path in package.iterdir():
        assert not found_in(all_bytes(path)), path.name
    parquet = pq.read_table(package / "valeurs.parquet")
    assert not found_in(str(parquet.schema.metadata).encode())
    assert not found_in(parquet.to_pandas().to_csv().encode())
    descriptor = (package / "datapackage.json").read_text("utf-8")
    assert '"certificat_secret"' in descriptor
    assert '"solveur": "HiGHS' in descriptor


def test_no_table_holds_it_in_any_shape(kept: Observatory) -> None:
    for zoning in kept.workspace.zonings:
        table = kept.table(SHOWN, zoning)
        shapes = [
            table.df.to_csv(),
            table.df.to_json(),
            table.gdf.to_json(),
            table.cells.to_csv(),
            repr(table),
            str(vars(table)),
            table._repr_html_(),
            str(table.df.attrs),
        ]
        for text in shapes:
            assert not found_in(text.encode()), zoning


def test_the_ledger_does_not_hold_it(kept: Observatory, tmp_path: Path) -> None:
    kept.panel(indicators=SHOWN, compare=COMPARED).save(tmp_path / "p.html")
    tables = ("publication", "published_cell")
    for name in tables:
        frame = kept.warehouse.frame(f"SELECT * FROM {name}")  # noqa: S608 - our own names
        assert not found_in(frame.to_csv().encode())
    assert len(kept.publications()) > 0


def test_a_hidden_cell_does_not_say_which_rule_hid_it(kept: Observatory) -> None:
    """« Under the threshold » beside one cell and not the other would tell which is small."""
    frame = pd.concat(
        [kept.table(SHOWN, zoning).df for zoning in ("quartier-cucs-2007", "iris-2016")]
    )
    ours = frame[(frame["status"] == "secret") & (frame["reason"] != "Masqué par le producteur.")]
    assert len(ours) > 20
    assert set(ours["reason"]) == {"Couvert par le secret statistique."}
    assert set(ours["method"]) == {""}
