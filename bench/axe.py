"""Faults of accessibility (WCAG 2.2 AA) that axe-core finds on each kind of page, on a desk and on a telephone.

    python bench/axe.py [PAGE…]

Needs Chromium, and the script that `make check` installs (tests/support/axe.py); the suite looks at five kinds in
two ways, this at all in four. Prints a line a page, with what is wrong and where; ends with 1 when anything is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import observatoire as obs

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
import axe
import chromium


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
        "compare": o.panel(kind="compare", indicators=["part_hlm"]).save(folder / "compare.html"),
        "change": o.map("taux_pauvrete", change=(2014, 2018)).save(folder / "change.html"),
        "dates": o.maps("taux_pauvrete", [2014, 2016, 2018]).save(folder / "dates.html"),
        "watch": o.watch().save(folder / "watch.html"),
        "inequality": o.inequality("taux_pauvrete").save(folder / "inequality.html"),
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


def main(*names: str) -> int:
    """Look at each page, or those named, and print what is wrong."""
    if axe.SCRIPT is None:
        sys.exit(axe.WHY_NOT)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as page:
        for name, path in pages(Path(folder)).items():
            if names and name not in names:
                continue
            for width in (1280, 390):
                for dark in (False, True):
                    found = axe.faults(page, path, width=width, dark=dark)
                    wrong += len(found)
                    print(f"{name:14} {width:5} {'dark' if dark else 'light':6} {len(found)}")
                    for each in found:
                        print("   ", *each)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
