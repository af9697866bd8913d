"""Pages are read by everyone: axe-core finds nothing, on a desk nor, in the dark, on a telephone.

The annex and the atlas are looked at beside their tests; `bench/axe.py` looks at all kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import axe
import chromium
import demo
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = axe.needed

SHELL = (
    '<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width">'
    "<title>Carnet</title><main><h1>Carnet</h1>{}</main>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.browser() as opened:
        yield opened


def in_notebook(path: Path) -> Path:
    path.write_text(SHELL.format(demo.demo().map("part_hlm")._repr_html_()), "utf-8")
    return path


KINDS = {
    "notebook": in_notebook,
    "theme": lambda path: demo.demo().panel("habitat").save(path),
    "profile": lambda path: demo.demo().profile("Dillon").save(path),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_left_out_of_a_page(kind: str, browser: Any, tmp_path: Path) -> None:
    path = KINDS[kind](tmp_path / "page.html")
    for width, dark in ((1280, False), (390, True)):
        assert axe.faults(browser, path, width=width, dark=dark) == []


def test_on_a_telephone_what_is_known_is_read_under_its_heads(browser: Any, tmp_path: Path) -> None:
    """28 columns of signs ran off the screen, or stood under no number."""
    path = demo.demo().panel(kind="completeness", theme="habitat").save(tmp_path / "page.html")
    browser.open(path, width=390)
    assert browser.run("document.documentElement.scrollWidth") <= 390
    cut = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert browser.run(cut) == 0
    apart = """(() => {
        const lefts = (row) => [...row.children].slice(1).map((e) => Math.round(e.getBoundingClientRect().left));
        const table = document.querySelector('.numbered table'), heads = lefts(table.tHead.rows[0]);
        return [...table.tBodies[0].rows].map(lefts).filter((row) => row.length > 1)
          .map((row) => Math.max(...row.map((left, k) => Math.abs(left - heads[k]))));
    })()"""
    found = browser.run(apart)
    assert found
    assert max(found) <= 1, "a sign stands under its number"


def test_a_fault_is_found_inside_the_frame_of_a_notebook_too(browser: Any, tmp_path: Path) -> None:
    inside = "<html lang='fr'><title>Carte</title><main><h1>Carte</h1><img src='x'></main></html>"
    page = tmp_path / "page.html"
    page.write_text(SHELL.format(f'<iframe title="Carte" srcdoc="{inside}"></iframe>'), "utf-8")
    found = axe.faults(browser, page, width=1280)
    assert [each[0] for each in found] == ["image-alt"]
