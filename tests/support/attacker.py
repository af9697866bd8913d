"""Random workspaces, and an attacker who holds nothing but what they publish.

He is written apart from the library: he reads the figures shown, the tables of links, and bounds
every count by scipy's own solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import optimize

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

THRESHOLD = 11
IRIS = [f"i{rank}" for rank in range(1, 10)]
COMMUNES = {"c1": IRIS[:5], "c2": IRIS[5:]}

#: Quartiers by what they are made of: whole IRIS, or an unknown part of one.
QUARTIERS = {
    "q1": (["i1"], []),
    "q2": (["i2", "i3"], []),
    "q3": ([], ["i4"]),
    "q4": (["i6", "i7"], []),
    "q5": (["i8"], ["i9"]),
}
ZUS = {"z1": ["q1", "q2"], "z2": ["q2", "q3"], "z3": ["q4"]}
VARIABLES = ("aidA", "aidB", "aidT")

_ZONINGS = (
    ("commune-2016", "commune"),
    ("iris-2016", "IRIS"),
    ("quartier-2007", "quartier"),
    ("zus-1996", "ZUS"),
)

WORKSPACE = """
[workspace]
name = "Essai"
main_zoning = "quartier-2007"
crs = "EPSG:5490"
[comparators.commune]
label = "Communes"
zoning = "commune-2016"
panel = true
[comparators.zus]
label = "ZUS"
zoning = "zus-1996"
[[passages]]
source = "iris-2016"
target = "quartier-2007"
file = "geo/liens.csv"
[[passages]]
source = "iris-2016"
target = "commune-2016"
file = "geo/communes.csv"
[[passages]]
source = "quartier-2007"
target = "zus-1996"
file = "geo/zus.csv"
"""

SOURCE = """
title = "Aides"
producer = "Caf"
licence = "Convention"
zoning = "iris-2016"
[[files]]
name = "aides.csv"
layout = "long"
territory = "code"
zoning_column = "zonage"
period_column = "annee"
variable_column = "variable"
value_column = "valeur"
[markers]
secret = ["s"]
[secrecy]
threshold = 11
kind = "people"
[[secrecy.sums]]
total = "aidT"
parts = ["aidA", "aidB"]
""" + "".join(f'[variables.{code}]\nlabel = "{code}"\nnature = "count"\n' for code in VARIABLES)

CATALOGUE = (
    """
[themes.aides]
label = "Aides"
"""
    + "".join(
        f"""
[indicators.{code}]
label = "{code}"
theme = "aides"
nature = "count"
definition = "x"
universe = "x"
sources = ["aides"]
numerator = ["{code}"]
"""
        for code in VARIABLES
    )
    + """
[indicators.part]
label = "Part"
theme = "aides"
nature = "rate"
unit = "%"
definition = "x"
universe = "x"
sources = ["aides"]
numerator = ["aidA"]
denominator = ["aidT"]
"""
)


def write_random(folder: Path, rng: np.random.Generator, **options: Any) -> pd.Series:
    """Write a workspace of random counts; return the true ones by variable and IRIS.

    ``hidden`` is the share of figures that the producer hides, ``communes`` whether it gives
    communes too.
    """
    true = draw(rng)
    rows = []
    for (variable, iris), value in true.items():
        shown = "s" if rng.random() < options.get("hidden", 0.0) else f"{value:g}"
        rows.append(f"iris-2016;{iris};2016;{variable};{shown}")
    if options.get("communes"):
        for commune, members in COMMUNES.items():
            rows += [
                f"commune-2016;{commune};2016;{variable};{sum(true[variable, i] for i in members):g}"
                for variable in VARIABLES
            ]
    write(folder, rows)
    return true


def write(
    folder: Path, rows: list[str], source: str = SOURCE, more: str = "", catalogue: str = CATALOGUE
) -> Path:
    """Write a workspace with these figures (zoning;code;period;variable;value)."""
    for part in ("geo", "data/raw/aides"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    zonings = "".join(
        f'[zonings."{code}"]\nlabel = "{code}"\nsingular = "{one}"\nmembers = "geo/m-{code}.csv"\n'
        for code, one in _ZONINGS
    )
    (folder / "observatoire.toml").write_text(WORKSPACE + zonings + more, "utf-8")
    (folder / "indicators.toml").write_text(catalogue, "utf-8")
    (folder / "data/raw/aides/source.toml").write_text(source, "utf-8")
    _write_geo(folder / "geo")
    text = "\n".join(["zonage;code;annee;variable;valeur", *rows, ""])
    (folder / "data/raw/aides/aides.csv").write_text(text, "utf-8")
    return folder


def draw(rng: np.random.Generator) -> pd.Series:
    """Draw counts with zeros, singletons, small and large ones; the total is that of its parts."""
    true = {}
    for iris in IRIS:
        for variable in VARIABLES[:2]:
            most = rng.choice([1, 2, 11, 40, 300], p=[0.1, 0.1, 0.3, 0.3, 0.2])
            true[variable, iris] = float(rng.integers(0, most))
        true["aidT", iris] = true["aidA", iris] + true["aidB", iris]
    return pd.Series(true)


def _write_geo(folder: Path) -> None:
    members = {
        "commune-2016": [(c, c) for c in COMMUNES],
        "iris-2016": [(i, c) for c, found in COMMUNES.items() for i in found],
        "quartier-2007": [
            (q, "c1" if (whole + part)[0] in COMMUNES["c1"] else "c2")
            for q, (whole, part) in QUARTIERS.items()
        ],
        "zus-1996": [(z, "") for z in ZUS],
    }
    for zoning, found in members.items():
        rows = [f"{code};{code};{commune}" for code, commune in found]
        (folder / f"m-{zoning}.csv").write_text("\n".join(["code;nom;commune", *rows, ""]), "utf-8")
    links = [f"{i};{q};proche" for q, (whole, _) in QUARTIERS.items() for i in whole]
    links += [f"{i};{q};inclus" for q, (_, part) in QUARTIERS.items() for i in part]
    tables = {
        "liens": links,
        "communes": [f"{i};{c};proche" for c, found in COMMUNES.items() for i in found],
        "zus": [f"{q};{z};proche" for z, found in ZUS.items() for q in found],
    }
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(["source;target;link", *rows, ""]), "utf-8")


def parts_of(zoning: str, code: str) -> tuple[list[str], list[str]]:
    """Return the IRIS that a territory holds whole, and those it is a part of."""
    if zoning == "iris-2016":
        return [code], []
    if zoning == "commune-2016":
        return COMMUNES[code], []
    if zoning == "quartier-2007":
        return QUARTIERS[code]
    quartiers = [QUARTIERS[q] for q in ZUS[code]]
    return [i for whole, _ in quartiers for i in whole], [i for _, part in quartiers for i in part]


def everything_shown(o: Observatory) -> pd.DataFrame:
    """Return every figure that any table of a workspace would show."""
    codes = [*VARIABLES, "part"]
    return pd.concat([o.table(codes, zoning, 2016).df for zoning, _ in _ZONINGS])


class Attacker:
    """Writes what is shown as equations over the counts of IRIS, and bounds any sum of them."""

    def __init__(self, shown: pd.DataFrame, cells: pd.Index) -> None:
        self.place = {label: rank for rank, label in enumerate(cells)}
        self.rows: list[np.ndarray] = []
        self.sides: list[float] = []
        for iris in IRIS:
            self.equal({("aidT", iris): -1.0, ("aidA", iris): 1.0, ("aidB", iris): 1.0}, 0.0)
        for row in shown.to_dict("records"):
            self.read(row)

    def equal(self, weights: dict, side: float) -> None:
        line = np.zeros(len(self.place))
        for label, weight in weights.items():
            line[self.place[label]] += weight
        self.rows.append(line)
        self.sides.append(side)

    def read(self, row: dict) -> None:
        whole, part = parts_of(row["zoning"], row["territory"])
        code = row["indicator"]
        if code != "part":
            numbers = {"value": whole, "low": whole, "high": [*whole, *part]}
            for name, members in numbers.items():
                if not np.isnan(row[name]):
                    self.equal({(code, i): 1.0 for i in members}, row[name])
        elif not np.isnan(row["value"]):
            members = part if row["status"] == "context" else whole
            weights = {("aidA", i): 1.0 for i in members}
            weights |= {("aidT", i): -row["value"] / 100 for i in members}
            self.equal(weights, 0.0)

    def interval(self, labels: list) -> tuple[float, float]:
        cost = np.zeros(len(self.place))
        cost[[self.place[label] for label in labels]] = 1.0
        known = {"A_eq": np.array(self.rows), "b_eq": np.array(self.sides)}
        low = optimize.linprog(cost, **known, bounds=(0, None), method="highs")
        high = optimize.linprog(-cost, **known, bounds=(0, None), method="highs")
        assert low.status == 0, low.message
        return low.fun, -high.fun if high.status == 0 else np.inf

    def narrow(self, true: pd.Series) -> list[tuple]:
        """Return the small counts, of IRIS or of any territory, that he brackets too well."""
        groups = {("iris-2016", i): [i] for i in IRIS}
        for zoning, codes in (
            ("commune-2016", COMMUNES),
            ("quartier-2007", QUARTIERS),
            ("zus-1996", ZUS),
        ):
            groups |= {(zoning, code): parts_of(zoning, code)[0] for code in codes}
        found = []
        for place, members in groups.items():
            for variable in VARIABLES:
                labels = [(variable, i) for i in members]
                value = sum(true[label] for label in labels)
                if labels and 0 < value < THRESHOLD:
                    low, high = self.interval(labels)
                    if high - low < THRESHOLD - 1e-4 or high < THRESHOLD - 1e-4:
                        found.append((*place, variable, value, low, high))
        return found
