"""The gallery: every picture reads, says no more than what may be shown, and keeps its numbers beside it."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import demo
import pytest
from maps_made import meeting, parsed

from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.pages.blocks import Figure

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "galerie"


@pytest.fixture(scope="module")
def pictures() -> dict[str, Figure]:
    return runpy.run_path(str(GALLERY / "dessiner.py"))["pictures"](demo.demo())


def test_the_gallery_holds_each_picture_and_says_what_it_shows(pictures: dict[str, Figure]) -> None:
    page = (GALLERY / "index.html").read_text("utf-8")
    assert 'name="viewport"' in page
    assert "light-dark(" in page
    for name, figure in pictures.items():
        assert (GALLERY / f"{name}.svg").is_file()
        assert (GALLERY / f"{name}-telephone.svg").is_file() is bool(figure.narrow or figure.halves)
        assert page.count(f'src="{name}.svg"') == 3, "as it is, in grey, and to the colour-blind"
        assert len(figure.alternative) > 40


def test_no_text_meets_another_nor_is_under_the_least_size(pictures: dict[str, Figure]) -> None:
    forms = {
        (name, svg)
        for name, figure in pictures.items()
        for svg in (figure.svg, figure.narrow, *figure.halves)
        if svg
    }
    assert len(forms) >= 2 * len(pictures)
    for name, svg in sorted(forms):
        root = parsed(svg)
        if name != "tartan":  # its heads are written upwards, which boxes do not know
            assert meeting(root) == [], name
        sizes = [float(e.attrib["font-size"]) for e in root.iter() if "font-size" in e.attrib]
        assert min(sizes) * 0.55 >= 7.4, name


def test_what_is_secret_is_in_no_byte_of_what_is_drawn(pictures: dict[str, Figure]) -> None:
    """The raw figures of hidden cells, at any rounding, are in no picture nor in its table."""
    o = demo.demo()
    hidden = o.table(["taux_pauvrete"]).main
    hidden = hidden[hidden["status"] == str(Status.SECRET)]
    assert len(hidden)
    assert hidden[["value", "low", "high"]].isna().all(axis=None)
    for name in hidden["name"]:
        spoken = pictures["evolution"].numbers
        assert spoken is not None
        row = next((row for row in spoken.rows if name in row.label), None)
        if row is not None:
            latest = row.cells[-2]  # the last date, before what is said of the change
            assert latest.text == "s"
            assert latest.value is None


def test_no_file_name_leaves_the_house(pictures: dict[str, Figure]) -> None:
    for name, figure in pictures.items():
        assert not re.search(r"\.toml|\.csv|\.xls", repr(figure) + figure.svg), name


def test_the_notebook_shows_the_gallery(pictures: dict[str, Figure]) -> None:
    cells = json.loads((ROOT / "notebooks/03-cartes-et-tableaux.ipynb").read_text("utf-8"))["cells"]
    run = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert pictures
    for call in ("o.profile(", 'kind="tartan"', 'kind="compare"', 'kind="evolution"', ".plot()"):
        assert call in run
