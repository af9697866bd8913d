"""Random workspaces, and an attacker who holds nothing but what they publish.

He is written apart from the library: he reads the figures shown, the tables of links, knows the
printed rules (a hidden count is at least one, people are whole, rates are rounded to the digit
printed), and bounds every count by scipy's own solvers, over real numbers and over whole ones.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import optimize, sparse

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from observatoire.observatory.observatory import Observatory

THRESHOLD = 11
WAREHOUSE = "data/processed/observatoire.duckdb"
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

_ZONINGS = {
    "commune-2016": ("commune", '{ method = "outline", file = "geo/contours.csv" }'),
    "iris-2016": ("IRIS", '{ method = "cells", within = "commune-2016" }'),
    "quartier-2007": ("quartier", '{ method = "links", source = "iris-2016" }'),
    "zus-1996": ("ZUS", ""),
}

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
    """Write a workspace of random counts; return the true ones by variable, IRIS and period.

    ``hidden`` is the share of figures that the producer hides (no zero), ``communes`` whether it
    gives communes too, ``quarters`` whether it gives quarters and years, ``apart`` whether communes
    are a second source of the same indicators.
    """
    periods = ("2016-T1", "2016-T2", "2016-T3", "2016-T4") if options.get("quarters") else ("2016",)
    true = pd.concat({period: draw(rng) for period in periods}).reorder_levels([1, 2, 0])
    if len(periods) > 1:
        years = true.groupby(level=[0, 1]).sum()
        true = pd.concat([true, pd.concat({"2016": years}).reorder_levels([1, 2, 0])])
    rows = []
    for (variable, iris, period), value in true.items():
        producer_hides = value > 0 and rng.random() < options.get("hidden", 0.0)
        rows.append(
            f"iris-2016;{iris};{period};{variable};{'s' if producer_hides else f'{value:g}'}"
        )
    communes = [
        f"commune-2016;{commune};{period};{variable};{sum(true[variable, i, period] for i in members):g}"
        for commune, members in COMMUNES.items()
        for period in sorted(set(true.index.get_level_values(2)))
        for variable in VARIABLES
        if options.get("communes")
    ]
    source = SOURCE
    if len(periods) > 1:
        source = source.replace("threshold = 11", "threshold = 11\nadditive_periods = true")
    catalogue = CATALOGUE
    if options.get("apart"):
        catalogue = catalogue.replace('sources = ["aides"]', 'sources = ["aides", "communes"]')
        write_source(folder, "communes", communes, source.replace("iris-2016", "commune-2016"))
        communes = []
    write(folder, rows + communes, source=source, catalogue=catalogue)
    return true


def write_source(folder: Path, code: str, rows: list[str], source: str) -> None:
    """Write one more source of a workspace (zoning;code;period;variable;value)."""
    raw = folder / "data/raw" / code
    raw.mkdir(parents=True, exist_ok=True)
    (raw / "source.toml").write_text(source, "utf-8")
    text = "\n".join(["zonage;code;annee;variable;valeur", *rows, ""])
    (raw / "aides.csv").write_text(text, "utf-8")


def write(
    folder: Path,
    rows: list[str],
    source: str = SOURCE,
    more: str = "",
    catalogue: str = CATALOGUE,
    name: str = "aides",
) -> Path:
    """Write a workspace with these figures (zoning;code;period;variable;value)."""
    _declare(folder, catalogue, more)
    write_source(folder, name, rows, source)
    warehouse = folder / WAREHOUSE
    if not warehouse.exists():
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        warehouse.write_bytes(_founded())
    return folder


def _declare(folder: Path, catalogue: str, more: str = "") -> None:
    (folder / "geo").mkdir(parents=True, exist_ok=True)
    zonings = "".join(
        f'[zonings."{code}"]\nlabel = "{code}"\nsingular = "{one}"\nmembers = "geo/m-{code}.csv"\n'
        + f"schematic = {drawn}\n" * bool(drawn)
        for code, (one, drawn) in _ZONINGS.items()
    )
    (folder / "observatoire.toml").write_text(WORKSPACE + zonings + more, "utf-8")
    (folder / "indicators.toml").write_text(catalogue, "utf-8")
    _write_geo(folder / "geo")


@cache
def _founded() -> bytes:
    """Return the warehouse of a workspace just opened: zonings drawn, passages kept, nothing loaded.

    One that declares otherwise draws and keeps its own.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        _declare(folder, CATALOGUE)
        with obs.open(folder) as o:
            o._keep_passages()
        return (folder / WAREHOUSE).read_bytes()


def draw(rng: np.random.Generator) -> pd.Series:
    """Draw counts with zeros, singletons, small and large ones; the total is that of its parts."""
    true = {}
    for iris in IRIS:
        for variable in VARIABLES[:2]:
            most = rng.choice([1, 2, 11, 40, 300], p=[0.1, 0.1, 0.3, 0.3, 0.2])
            true[variable, iris] = float(rng.integers(0, most))
        true["aidT", iris] = true["aidA", iris] + true["aidB", iris]
    return pd.Series(true)


_SQUARE = ((0, 0), (0, 0.1), (0.1, 0.1), (0.1, 0))


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
    corners = [(west + dx, 14.6 + dy) for west in (-61.1, -61.0) for dx, dy in _SQUARE]
    drawn = [f"c{1 + rank // 4};{rank % 4};{x:.2f};{y:.2f}" for rank, (x, y) in enumerate(corners)]
    (folder / "contours.csv").write_text("\n".join(["code;sommet;lon;lat", *drawn, ""]), "utf-8")
    # Two rows of IRIS, each in its commune.
    places = {
        iris: (-61.09 + 0.1 * c + 0.04 * (rank // 2), 14.62 + 0.05 * (rank % 2))
        for c, found in enumerate(COMMUNES.values())
        for rank, iris in enumerate(found)
    }
    for zoning, found in members.items():
        rows = [
            ";".join([code, code, commune, *(f"{at:.2f}" for at in places.get(code, ()))])
            for code, commune in found
        ]
        head = "code;nom;commune" + ";lon;lat" * (zoning == "iris-2016")
        (folder / f"m-{zoning}.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
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


def everything_shown(o: Observatory, periods: tuple[str, ...] = ("2016",)) -> pd.DataFrame:
    """Return every figure that any table of a workspace would show."""
    codes = [*VARIABLES, "part"]
    return pd.concat([o.table(codes, z, period).df for z in _ZONINGS for period in periods])


def published(folder: Path) -> pd.DataFrame:
    """Return the figures of a package, under the names of a table."""
    french = {"zonage": "zoning", "territoire": "territory", "indicateur": "indicator"}
    french |= {
        "periode": "period",
        "valeur": "value",
        "borne_basse": "low",
        "borne_haute": "high",
    }
    frame = pd.read_csv(folder / "valeurs.csv", dtype={"territoire": str, "periode": str})
    return frame.rename(columns={**french, "statut": "status"})


#: Digits of the rates printed; half of the last is what rounding may hide.
DECIMALS = 1


class Attacker:
    """Writes what is shown as rows over the counts of IRIS, and bounds any sum of them.

    ``cells`` are the counts: variable, IRIS, period and, after corrections, the version from which
    the figure is what it is; he knows which figures a correction left as they were.
    """

    def __init__(self, cells: Iterable[tuple]) -> None:
        self.place = {tuple(label): rank for rank, label in enumerate(cells)}
        self.rows: list[tuple[np.ndarray, float, float]] = []
        self.withheld: set[tuple[str, str]] = set()
        self._written: tuple[int, Any] = (0, None)

    def add_sums(self, cells: pd.Index, version: dict | None = None) -> None:
        """Write that categories make a total, and quarters a year."""
        known = set(cells)

        def named(label: tuple) -> tuple:
            return label if version is None else (*label, version[label])

        for variable, iris, period in known:
            whole = (variable, iris, period)
            parts = [[(variable, iris, f"{period}-T{rank}") for rank in range(1, 5)]]
            parts += [[("aidA", iris, period), ("aidB", iris, period)]] * (variable == "aidT")
            for members in parts:
                if all(label in known for label in members):
                    weights = {named(whole): -1.0} | {named(label): 1.0 for label in members}
                    self.between(weights, 0.0, 0.0)

    def between(self, weights: dict, low: float, high: float) -> None:
        line = np.zeros(len(self.place))
        for label, weight in weights.items():
            line[self.place[label]] += weight
        self.rows.append((line, low, high))

    def read_all(self, shown: pd.DataFrame, version: dict | None = None) -> None:
        """Read what is shown; ``version`` gives the version of each count, if there are several."""
        if "reason" in shown:
            by_producer = shown[shown["reason"] == "Masqué par le producteur."]
            self.withheld |= set(zip(by_producer["territory"], by_producer["period"], strict=True))
        for row in shown.to_dict("records"):
            self.read(row, version)

    def read(self, row: dict, version: dict | None) -> None:
        whole, part = parts_of(row["zoning"], row["territory"])

        def of(variable: str, members: list[str]) -> list[tuple]:
            labels = [(variable, iris, str(row["period"])) for iris in members]
            return [(*each, version[each]) if version is not None else each for each in labels]

        code = row["indicator"]
        if code == "part":
            members = part if row["status"] == "context" else whole
            if not np.isnan(row["value"]) and (row["status"] == "context" or not part):
                half = row.get("half", 0.5 * 10.0**-DECIMALS) + 1e-9
                for side, least, most in ((-half, 0.0, np.inf), (half, -np.inf, 0.0)):
                    weights = dict.fromkeys(of("aidA", members), 1.0)
                    weights |= dict.fromkeys(of("aidT", members), -(row["value"] + side) / 100)
                    self.between(weights, least, most)
            self._read_rate_bounds(row, of, whole, part)
            return
        if row["status"] == "secret" and whole and not part:
            self.between(dict.fromkeys(of(code, whole), 1.0), 1.0, np.inf)
        numbers = {"value": whole, "low": whole, "high": [*whole, *part]}
        for name, members in numbers.items():
            if not np.isnan(row[name]):
                labels = of(code, members)
                self.between(dict.fromkeys(labels, 1.0), row[name], row[name])

    def _read_rate_bounds(self, row: dict, of: Callable, whole: list, part: list) -> None:
        """Read the bounds of a rate over whole IRIS and unknown parts: all in, nothing but the rest in."""
        if not part or row["status"] not in ("bounded", "encadré"):
            return
        if self.withheld & {(iris, str(row["period"])) for iris in (*whole, *part)}:
            return  # they rest on less than all the counts
        ends = {"low": ([], part, (0.0, 1.0)), "high": (part, [], (-1.0, 0.0))}
        for name, (counted, others, printed) in ends.items():
            if np.isnan(row[name]):
                continue
            for side, least, most in zip(printed, (0.0, -np.inf), (np.inf, 0.0), strict=True):
                rate = (row[name] + side * 10.0**-DECIMALS) / 100 + 1e-9 * (2 * side + 1)
                line: dict = dict.fromkeys(of("aidA", [*whole, *counted]), 1 - rate)
                for variable, sign in (("aidT", -rate), ("aidA", rate)):
                    for label in of(variable, [*whole, *others]):
                        line[label] = line.get(label, 0.0) + sign
                self.between(line, least, most)

    def interval(self, labels: list, *, whole: bool = False) -> tuple[float, float]:
        cost = np.zeros(len(self.place))
        cost[[self.place[tuple(label)] for label in labels]] = 1.0
        known = {
            "constraints": self._constraints(),
            "bounds": optimize.Bounds(0, np.inf),
            "integrality": np.full(len(cost), int(whole)),
        }
        least, most = optimize.milp(cost, **known), optimize.milp(-cost, **known)
        assert least.status == 0, least.message
        return least.fun, -most.fun if most.status == 0 else np.inf

    def _constraints(self) -> optimize.LinearConstraint:
        """Return what he has read, each thing once, though every page repeats it."""
        if self._written[0] != len(self.rows):
            rows = {(line.tobytes(), low, high): line for line, low, high in self.rows}
            low, high = ([float(row[side]) for row in rows] for side in (1, 2))
            lines = sparse.csr_array(np.array(list(rows.values())))
            self._written = (len(self.rows), optimize.LinearConstraint(lines, low, high))
        return self._written[1]

    def narrow(self, true: pd.Series, small: float = THRESHOLD) -> list[tuple]:
        """Return the small counts, of IRIS or of any territory, that he brackets too well."""
        found = []
        for place, labels in self.sums(true.index):
            value = sum(true[label] for label in labels)
            if 0 < value < small and (reach := self.bracket(labels)) is not None:
                found.append((*place, value, *reach))
        return found

    def bracket(self, labels: list) -> tuple[float, float] | None:
        """Return the interval he finds when it is too narrow."""
        for whole in (False, True):
            low, high = self.interval(labels, whole=whole)
            if high - low < THRESHOLD - 1e-4 or high < THRESHOLD - 1e-4:
                return low, high
        return None

    @staticmethod
    def sums(cells: pd.Index) -> list[tuple[tuple, list]]:
        """Return the counts of every territory, as sums of those of IRIS."""
        groups = {("iris-2016", i): [i] for i in IRIS}
        for zoning, codes in (
            ("commune-2016", COMMUNES),
            ("quartier-2007", QUARTIERS),
            ("zus-1996", ZUS),
        ):
            groups |= {(zoning, code): parts_of(zoning, code)[0] for code in codes}
        by_rest: dict[tuple, dict] = {}
        for label in cells:
            by_rest.setdefault((label[0], *label[2:]), {})[label[1]] = label
        return [
            ((*place, *rest), [irises[i] for i in members])
            for rest, irises in by_rest.items()
            for place, members in groups.items()
            if members and all(i in irises for i in members)
        ]
