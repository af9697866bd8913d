"""The atlas in a real browser: seen, chosen by keyboard, sorted, saved, printed, read without script."""

from __future__ import annotations

import csv
import re
import time
from typing import TYPE_CHECKING, Any

import atlas_made
import axe
import chromium
import demo
import pikepdf
import pytest
from PIL import Image

from observatoire.errors import FormatError, SecrecyError, UnknownNameError
from observatoire.pages.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_browser = pytest.mark.skipif(not chromium.BROWSER, reason=chromium.WHY_NOT)

ROWS = (
    "[...document.querySelectorAll('#liste tbody tr:not(.group)')]"
    ".map(r => [...r.cells].map(c => c.textContent))"
)
FILLS = "[...document.querySelectorAll('#drawing .s')].map(s => s.getAttribute('class'))"


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with chromium.browser() as opened:
        yield opened


# --- the file -------------------------------------------------------------------------------------


def test_one_light_page_that_asks_nothing_of_any_network() -> None:
    text = atlas_made.atlas().read_text("utf-8")
    assert len(text.encode()) <= 150_000
    assert len(text.rpartition("<script>")[2].encode()) <= 20_000
    assert "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)=["']?(?!#)[^"'\s>]+""", text.split("<script")[0])
    assert "http" not in re.sub(r"http-equiv|https?://www\.w3\.org/2000/svg", "", text)
    assert "toml" not in text


def test_what_the_page_holds_is_rounded_as_it_is_printed() -> None:
    data = atlas_made.data_of(atlas_made.atlas())
    for one in data["ind"]:
        for dated in one["p"].values():
            numbers = re.findall(r"-?\d+\.(\d+)", dated["q"])
            assert all(len(decimals) <= one["d"] for decimals in numbers), one["c"]


def test_a_card_says_how_a_figure_moved_over_its_series() -> None:
    data = atlas_made.data_of(atlas_made.atlas())
    poor = next(one for one in data["ind"] if one["c"] == "taux_pauvrete")
    first, last, said = poor["v"]
    names = [name for _, name, _ in data["terr"]]
    assert (first, last) == ("2014", "2018")
    assert data["mov"][said[names.index("Centre-ville")]] == "● pas de changement net"
    assert data["mov"][said[names.index("Dillon")]] == "trop peu sûr"
    assert said[names.index("Bois d’Inde")] is None


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    o = demo.demo()
    with pytest.raises(FormatError, match=r"« \.pdf »"):
        o.atlas(tmp_path / "atlas.pdf")
    with pytest.raises(SecrecyError, match="usage interne"):
        o.atlas(tmp_path / "atlas.html", audience="interne")
    with pytest.raises(UnknownNameError, match="nulle-part"):
        o.atlas(tmp_path / "atlas.html", zoning="nulle-part")
    assert not list(tmp_path.iterdir())


# --- in a browser ---------------------------------------------------------------------------------


@needs_browser
def test_without_script_one_indicator_is_read_as_the_script_shows_it(page: Any) -> None:
    page.open(atlas_made.atlas(), script=False)
    plain = page.run(ROWS), page.run(FILLS)
    page.open(atlas_made.atlas())
    rows, fills = page.run(ROWS), page.run(FILLS)
    assert len(plain[0]) == 28
    assert [row[:2] for row in plain[0]] == [row[:2] for row in rows]
    assert [fill.split() for fill in plain[1]] == [fill.split() for fill in fills]


@needs_browser
def test_a_territory_is_chosen_and_read_by_keyboard_alone(page: Any) -> None:
    page.open(atlas_made.atlas())
    page.run("document.querySelector('#liste tbody button').focus()")
    page.press("ArrowDown", "ArrowDown", "Enter")
    name = page.run("document.activeElement.textContent")
    assert page.run("document.querySelector('#card h3').textContent").startswith(name)
    assert page.run("document.activeElement.getAttribute('aria-pressed')") == "true"
    assert page.run("document.querySelectorAll('#drawing .chosen').length") in (1, 2)
    page.press("End")
    assert page.run("document.activeElement.textContent") == page.run(ROWS)[-1][0]
    page.press(" ")
    assert "n.d." not in page.run("document.querySelector('#card p').textContent")
    assert "non disponible" in page.run("document.querySelector('#card').textContent")
    page.press(" ")
    assert "quartiers sur 28" in page.run("document.querySelector('#card').textContent")


@needs_browser
def test_indicator_period_colour_and_classes_are_chosen_and_kept_in_the_address(page: Any) -> None:
    page.open(atlas_made.atlas())
    page.run("document.querySelector('#ind').focus()")
    before = page.run("document.querySelector('#title').textContent")
    page.press("ArrowDown")
    assert page.run("document.querySelector('#title').textContent") != before
    page.run(
        "location.hash = 'i=taux_pauvrete&p=2016&t=FDF01'; new Promise(r => setTimeout(r, 50))"
    )
    assert page.run("document.querySelector('#title').textContent").endswith(", 2016")
    card = page.run("document.querySelector('#card').textContent")
    assert "rupture de série" in card
    table = demo.demo().table("taux_pauvrete", period=2016).main.set_index("territory")
    assert f"{table.at['FDF01', 'value']:.1f}".replace(".", ",") in card
    page.run("document.querySelector('[name=per]:checked').focus()")
    page.press("ArrowRight")
    assert page.run("document.querySelector('#title').textContent").endswith(", 2017")
    assert "p=2017" in page.run("location.hash")
    page.run("location.hash = 'i=part_hlm&c=e'; new Promise(r => setTimeout(r, 50))")
    assert "v-neutral" in " ".join(page.run(FILLS))
    assert page.run("document.querySelector('#met').disabled") is True


@needs_browser
def test_rows_are_sorted_by_name_and_back(page: Any) -> None:
    page.open(atlas_made.atlas())
    ranked = [row[0] for row in page.run(ROWS)]
    page.run("document.querySelector('#byname button').focus()")
    page.press("Enter")
    named = [row[0] for row in page.run(ROWS)]
    assert named != ranked
    assert named[0] == "Acajou"
    assert page.run("document.querySelector('#byname').getAttribute('aria-sort')") == "ascending"
    page.run("document.querySelector('#byvalue button').focus()")
    page.press("Enter")
    assert [row[0] for row in page.run(ROWS)] == ranked


@needs_browser
def test_the_drawing_follows_a_dark_page_and_a_picture_saved_from_it_is_light(
    page: Any, tmp_path: Path
) -> None:
    page.dark()
    page.open(atlas_made.atlas())
    page.downloads(tmp_path)
    under = "getComputedStyle(document.querySelector('#drawing')).backgroundColor"
    dark, light = (
        tuple(bytes.fromhex(theme["paper"][1:])) for theme in (tokens().dark, tokens().light)
    )
    assert page.run(under) == f"rgb{dark}"
    page.run("location.hash = 'i=part_hlm'; new Promise(r => setTimeout(r, 50))")
    page.run("document.querySelector('#png').click()")
    saved, until = tmp_path / "part_hlm-2016.png", time.monotonic() + 10
    while not saved.is_file() and time.monotonic() < until:
        page.run("new Promise(r => setTimeout(r, 50))")
    assert page.run(under) == f"rgb{dark}"
    page.dark(dark=False)
    image = Image.open(saved).convert("RGB")
    assert image.getpixel((1, 1)) == light
    assert dark not in {colour for _, colour in image.getcolors(1 << 20)}


@needs_browser
def test_what_is_seen_is_saved_and_printed_on_one_page(page: Any, tmp_path: Path) -> None:
    page.open(atlas_made.atlas())
    page.run("location.hash = 'i=part_hlm&t=FDF13'; new Promise(r => setTimeout(r, 50))")
    page.downloads(tmp_path)
    page.run("document.querySelector('#csv').click(); document.querySelector('#png').click()")
    wanted = tmp_path / "part_hlm-2016.csv", tmp_path / "part_hlm-2016.png"
    until = time.monotonic() + 10
    while not all(each.is_file() for each in wanted) and time.monotonic() < until:
        page.run("new Promise(r => setTimeout(r, 50))")
    with wanted[0].open(encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file, delimiter=";")}
    table = demo.demo().table("part_hlm", period=2016).main.set_index("territory")
    assert len(rows) == 28
    assert rows["FDF13"]["valeur"] == f"{table.at['FDF13', 'value']:.1f}".replace(".", ",")
    image = Image.open(wanted[1]).convert("RGB")
    wide, high = page.run("(([, , w, h]) => [w, h])(map.getAttribute('viewBox').split(' '))")
    below = image.crop((0, 2 * int(high) + 60, 2 * int(wide), image.height))
    seen = {colour for _, colour in below.getcolors(1 << 20)}
    assert {tuple(bytes.fromhex(each[1:])) for each in tokens().classes(4)} <= seen  # its legend
    with pikepdf.open(page.pdf(tmp_path / "atlas.pdf")) as paper:
        assert len(paper.pages) == 1
        width, height = (float(side) for side in paper.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    page.run("location.hash = 'i=taux_pauvrete&t=FDF13'; new Promise(r => setTimeout(r, 50))")
    page.send("Emulation.setEmulatedMedia", media="print")
    dates = page.run(
        "[...document.querySelectorAll('#card svg text')]"
        ".map((e) => [e.textContent, e.getBBox().x, e.getBBox().width])"
    )
    page.send("Emulation.setEmulatedMedia", media="")
    assert "2021" in {text for text, _, wide in dates if wide}
    assert all(left >= 0 and left + wide <= 410 for _, left, wide in dates)


@needs_browser
def test_it_is_read_on_a_telephone_and_in_the_dark(page: Any) -> None:
    page.open(atlas_made.atlas(), width=390, height=800)
    assert page.run("document.documentElement.scrollWidth") <= 390
    named = page.run(
        "[...document.querySelectorAll('#tiles g')].map((g) => [g.querySelector('rect'), "
        "...g.querySelectorAll('.name')].map((e) => e.getBoundingClientRect())"
        ".map((b) => [b.left, b.right, b.height]))"
    )
    assert len(named) == 28
    for (left, right, _), *lines in named:
        assert lines
        assert all(left <= start and end <= right and high >= 10 for start, end, high in lines)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.run(paper)
    page.dark()
    assert page.run(paper) != light
    page.dark(dark=False)


@axe.needed
def test_nobody_is_left_out_of_an_atlas(page: Any) -> None:
    for width, dark in ((1280, False), (390, True)):
        assert axe.faults(page, atlas_made.atlas(), width=width, dark=dark) == []


@needs_browser
def test_no_other_script_runs_and_nothing_is_fetched(page: Any) -> None:
    page.open(atlas_made.atlas())
    page.run(
        "const s = document.createElement('script'); s.textContent = 'window.foreign = 1'; document.body.append(s)"
    )
    assert page.run("window.foreign") is None
    assert (
        page.run("fetch('data:text/plain,x').then(() => 'fetched', () => 'refused')") == "refused"
    )
