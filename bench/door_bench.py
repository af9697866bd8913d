"""Measure the door: a workspace of 2 500 quartiers × 12 categories, communes and departments.

Run ``python bench/door_bench.py 2500``; it prints what ``bench/door.md`` keeps.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import observatoire as obs

QUARTIERS = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
SHARES = np.array([8, 6, 5, 4, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2])
VARIABLES = [f"c{rank:02}" for rank in range(len(SHARES))]

HEAD = """
[workspace]
name = "Banc"
main_zoning = "quartier"
crs = "EPSG:5490"
[comparators.commune]
label = "Communes"
zoning = "commune"
[comparators.departement]
label = "Départements"
zoning = "departement"
[[passages]]
source = "quartier"
target = "commune"
file = "geo/commune-liens.csv"
[[passages]]
source = "commune"
target = "departement"
file = "geo/departement-liens.csv"
"""


def write(folder: Path) -> None:
    """Write the workspace."""
    rng = np.random.default_rng(7)
    for part in ("geo", "data/raw/aides"):
        (folder / part).mkdir(parents=True)
    communes, departments = QUARTIERS // 10, max(QUARTIERS // 125, 1)
    members = {
        "quartier": [f"q{rank:05}" for rank in range(QUARTIERS)],
        "commune": [f"k{rank:04}" for rank in range(communes)],
        "departement": [f"d{rank:03}" for rank in range(departments)],
    }
    toml = HEAD
    for code, found in members.items():
        rows = "\n".join(["code;nom;commune", *(f"{each};{each};" for each in found), ""])
        (folder / f"geo/{code}.csv").write_text(rows, "utf-8")
        toml += (
            f'[zonings.{code}]\nlabel = "{code}"\nsingular = "{code}"\nmembers = "geo/{code}.csv"\n'
        )
    (folder / "observatoire.toml").write_text(toml, "utf-8")
    for part, whole in (("quartier", "commune"), ("commune", "departement")):
        ratio = len(members[part]) / len(members[whole])
        rows = [
            f"{each};{members[whole][int(r / ratio)]};proche"
            for r, each in enumerate(members[part])
        ]
        text = "\n".join(["source;target;link", *rows, ""])
        (folder / f"geo/{whole}-liens.csv").write_text(text, "utf-8")
    variables = [*VARIABLES, "total"]
    source = (
        'title = "Aides"\nproducer = "Caf"\nlicence = "Convention"\nzoning = "quartier"\n'
        '[[files]]\nname = "aides.csv"\nterritory = "code"\nperiod = "2016"\n'
        '[secrecy]\nthreshold = 11\n[[secrecy.sums]]\ntotal = "total"\n'
        f"parts = {VARIABLES}\n".replace("'", '"')
    )
    source += "".join(f'[variables.{v}]\nlabel = "{v}"\nnature = "count"\n' for v in variables)
    (folder / "data/raw/aides/source.toml").write_text(source, "utf-8")
    catalogue = '[themes.aides]\nlabel = "Aides"\n' + "".join(
        f'[indicators.{v}]\nlabel = "{v}"\ntheme = "aides"\nnature = "count"\ndefinition = "x"\n'
        f'universe = "x"\nsources = ["aides"]\nnumerator = ["{v}"]\n'
        for v in variables
    )
    (folder / "indicators.toml").write_text(catalogue, "utf-8")
    counts = rng.poisson(SHARES * rng.gamma(2.0, 10.0, (QUARTIERS, 1)))
    rows = [
        ";".join([code, *map(str, line), str(line.sum())])
        for code, line in zip(members["quartier"], counts, strict=True)
    ]
    text = "\n".join([";".join(["code", *variables]), *rows, ""])
    (folder / "data/raw/aides/aides.csv").write_text(text, "utf-8")


def main() -> None:
    """Print how long the plan and its audit take."""
    folder = Path(tempfile.mkdtemp(prefix="banc-"))
    write(folder)
    with obs.open(folder) as o:
        o.load()
        start = time.process_time()
        plan = o._plan()  # noqa: SLF001 - what is measured
        planned = time.process_time() - start
        start = time.process_time()
        report = o.audit()
        audited = time.process_time() - start
    print(f"cells {len(plan.cells)}, relations {len(plan.assembly.relations)}")
    print(dict(plan.record.counts), f"narrowest {plan.record.narrowest:.1f}")
    print(
        f"processor time: planned {planned:.1f} s, audited {audited:.1f} s, safe {report['safe'].all()}"
    )


if __name__ == "__main__":
    main()
