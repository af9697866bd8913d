"""Faults of accessibility that axe-core finds on a page in a real browser."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromium
import pytest

if TYPE_CHECKING:
    from chromium import Page

_HOLDER = find_spec("axe_playwright_python")

#: The script alone: the package that carries it is never imported, and what it asks for is not installed.
SCRIPT = Path(_HOLDER.origin).with_name("axe.min.js") if _HOLDER and _HOLDER.origin else None

WHY_NOT = "no axe-core here: pip install --no-deps axe-playwright-python"

needed = pytest.mark.skipif(
    SCRIPT is None or not chromium.BROWSER, reason=WHY_NOT if chromium.BROWSER else chromium.WHY_NOT
)

#: Each frame is asked by itself: a file's frames do not answer each other.
_ASKED = """Promise.all([window, ...frames].map(w => (w === window || w.eval(axeText), w.axe.run(w.document,
{runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},
iframes: false})))).then(all => all.flatMap(r => r.violations.map(v => [v.id, v.help, v.nodes.length,
v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary.slice(0, 300)])))"""


def faults(page: Page, path: Path, *, width: int, dark: bool = False) -> list[Any]:
    """Return what is wrong (WCAG 2.2 AA, best practices), and what is wider than the screen."""
    if SCRIPT is None:
        raise RuntimeError(WHY_NOT)
    page.dark(dark=dark)
    page.open(path, width=width)
    page.send("Page.setBypassCSP", enabled=True)
    text = SCRIPT.read_text("utf-8")
    page.run(text)
    asked = (
        f"{{ const axeText = {json.dumps(text)}, frames = Array.from(window.frames); {_ASKED} }}"
    )
    wide = page.run("document.documentElement.scrollWidth")
    found = page.run(asked)
    page.dark(dark=False)
    page.send("Page.setBypassCSP", enabled=False)
    return [*found, *([["too wide", wide]] if wide > width else [])]
