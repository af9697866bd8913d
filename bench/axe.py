"""Faults of accessibility (WCAG 2.2 AA) that axe-core finds on each kind of page, on a desk and on a telephone.

    npm install axe-core        # anywhere but here
    python bench/axe.py node_modules/axe-core/axe.min.js [PAGE…]

Needs Chromium. Prints a line a page, with what is wrong and where; ends with 1 when anything is.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import observatoire as obs

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
import chromium

ASKED = """axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
'wcag22aa', 'best-practice']}}).then(r => r.violations.map(v => [v.id, v.help, v.nodes.length,
v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary.slice(0, 300)]))"""


IN_FRAMES = "for (const frame of document.querySelectorAll('iframe')) frame.contentWindow.eval(%s)"


def pages(folder: Path) -> dict[str, Path]:
    """Write one page of each kind."""
    o = obs.demo()
    fragment = o.map("part_hlm")._repr_html_()
    made = {
        "map": o.map("part_hlm", kind="both").save(folder / "map.html"),
        "panel": o.panel("habitat").save(folder / "panel.html"),
        "tartan": o.panel(kind="tartan").save(folder / "tartan.html"),
        "completeness": o.panel(kind="completeness").save(folder / "completeness.html"),
        "evolution": o.panel("emploi", kind="evolution").save(folder / "evolution.html"),
        "profile": o.profile("Dillon").save(folder / "profile.html"),
        "evaluation": o.evaluate().save(folder / "evaluation.html"),
        "annex": o.annex(folder / "annex.html"),
        "atlas": o.atlas(folder / "atlas.html"),
        "notebook": folder / "notebook.html",
        "table": folder / "table.html",
    }
    shell = (
        '<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width">'
        "<title>Carnet</title><main><h1>Carnet</h1>{}</main>"
    )
    made["notebook"].write_text(shell.format(fragment), encoding="utf-8")
    table = o.table(["part_hlm", "taux_pauvrete"])._repr_html_()
    made["table"].write_text(shell.format(table), encoding="utf-8")
    return made


def main(axe: str, *names: str) -> int:
    """Look at each page, or those named, and print what is wrong."""
    script, wrong = Path(axe).read_text("utf-8"), 0
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as page:
        for name, path in pages(Path(folder)).items():
            if names and name not in names:
                continue
            for width in (1280, 390):
                for dark in (False, True):
                    page.dark(dark=dark)
                    page.open(path, width=width)
                    page.send("Page.setBypassCSP", enabled=True)
                    page.run(script)
                    page.run(IN_FRAMES % json.dumps(script))
                    found = page.run(ASKED)
                    wrong += len(found)
                    wide = page.run("document.documentElement.scrollWidth")
                    over = f", {wide} px wide" if wide > width else ""
                    print(f"{name:14} {width:5} {'dark' if dark else 'light':6} {len(found)}{over}")
                    for rule, help_, count, where, why in found:
                        print(f"    {rule} ({count}): {help_}\n        {where}\n        {why}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
