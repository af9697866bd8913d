"""Random workspaces that lend rates, averages and amounts beside counts, and what is drawn from all they show.

Written apart from the library: people, those of them whom the rate is about and what they receive are unknowns
of each IRIS; what is shown binds them; scipy's whole-number programs say how far each may go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attacker import CATALOGUE, COMMUNES, IRIS, SOURCE, THRESHOLD, parts_of, write
from scipy import optimize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

#: Indicators that count nobody, by variable: nature and unit.
LEVELS = {
    "med": ("median", "euros"),
    "moy": ("mean", "euros"),
    "tx": ("rate", "%"),
    "eur": ("amount", "euros"),
}

LENT = (
    SOURCE[: SOURCE.index("[[secrecy.sums]]")]
    + '[variables.aidA]\nlabel = "aidA"\nnature = "count"\n'
    + "".join(f'[variables.{c}]\nlabel = "{c}"\nnature = "{n}"\n' for c, (n, _) in LEVELS.items())
)

COUNTED = CATALOGUE[: CATALOGUE.index("[indicators.aidB]")]

LENT_CATALOGUE = COUNTED + "".join(
    f'[indicators.{c}]\nlabel = "{c}"\ntheme = "aides"\nnature = "{nature}"\nunit = "{unit}"\n'
    f'definition = "x"\nuniverse = "x"\nsources = ["aides"]\n'
    + (f'numerator = ["{c}"]\n' if nature == "amount" else f'variable = "{c}"\n')
    for c, (nature, unit) in LEVELS.items()
)


def figures_of(people: float, aided: float, euros: float) -> dict[str, float]:
    """Return what a producer gives of some people."""
    if not people:
        return {"aidA": 0.0, "eur": 0.0}
    mean = round(euros / people, 1)
    return {
        "aidA": people,
        "tx": round(100 * aided / people, 1),
        "eur": euros,
        "moy": mean,
        "med": mean,
    }


def write_lent(folder: Path, rng: np.random.Generator) -> dict[str, tuple[float, float, float]]:
    """Write a workspace; return people, aided people and euros of each IRIS."""
    true = {}
    for iris in IRIS:
        people = float(rng.integers(0, rng.choice([8, 14, 60, 300])))
        aided = float(rng.integers(0, people + 1)) if rng.random() < 0.7 else people
        true[iris] = (people, aided, people * float(rng.integers(200, 900)))
    given = dict(true) | {
        commune: tuple(sum(true[i][k] for i in members) for k in range(3))
        for commune, members in COMMUNES.items()
    }
    rows = [
        f"{'commune-2016' if code in COMMUNES else 'iris-2016'};{code};2016;{variable};{value:g}"
        for code, three in given.items()
        for variable, value in figures_of(*three).items()
    ]
    write(folder, rows, source=LENT, catalogue=LENT_CATALOGUE)
    return true


class LevelsAttacker:
    """Bounds people, aided people and euros of IRIS by what is shown."""

    def __init__(self, shown: pd.DataFrame) -> None:
        self.people: dict[tuple[str, str], float] = {}
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.loose: list[dict[str, object]] = []
        rows = shown.to_dict("records")
        for row in rows:
            if row["indicator"] in ("aidA", "eur"):
                self._read_sum(row, 0 if row["indicator"] == "aidA" else 2)
        for row in rows:
            if row["indicator"] in ("tx", "moy") and row["status"] in ("observed", "aggregated"):
                self._read_level(row, 1 if row["indicator"] == "tx" else 2)
        for rank in range(len(IRIS)):  # the aided are some of the people
            self.rows.append(({3 * rank: 1.0, 3 * rank + 1: -1.0}, 0.0, np.inf))

    @staticmethod
    def _at(members: list[str], kind: int) -> dict[int, float]:
        return {3 * IRIS.index(iris) + kind: 1.0 for iris in members}

    def _read_sum(self, row: dict, kind: int) -> None:
        whole, part = parts_of(row["zoning"], row["territory"])
        for name, members in (("value", whole), ("low", whole), ("high", [*whole, *part])):
            if not np.isnan(row[name]) and (name != "value" or not part):
                self.rows.append((self._at(members, kind), row[name], row[name]))
        if kind == 0 and not part and not np.isnan(row["value"]):
            self.people[row["zoning"], row["territory"]] = row["value"]
        if kind == 0 and not part and row["status"] == "secret":
            self.rows.append((self._at(whole, 0), 1.0, np.inf))

    def _read_level(self, row: dict, kind: int) -> None:
        """Read a rate, or an average, of people whose number is shown; of others it must not be."""
        whole, part = parts_of(row["zoning"], row["territory"])
        if part or np.isnan(row["value"]):
            return
        half, per = 0.05 + 1e-9, 100.0 if kind == 1 else 1.0
        people = self.people.get((row["zoning"], row["territory"]))
        if people is None:
            self.loose.append(row)
            return
        ends = (people * (row["value"] + side) / per for side in (-half, half))
        self.rows.append((self._at(whole, kind), *ends))

    def interval(self, iris: str, kind: int) -> tuple[float, float]:
        """Return between what whole numbers leave one unknown."""
        cost = np.zeros(3 * len(IRIS))
        cost[3 * IRIS.index(iris) + kind] = 1.0
        matrix = np.zeros((len(self.rows), len(cost)))
        for rank, (line, _, _) in enumerate(self.rows):
            matrix[rank, list(line)] = list(line.values())
        known = {
            "constraints": optimize.LinearConstraint(
                matrix, [low - 1e-6 for _, low, _ in self.rows], [high + 1e-6 for *_, high in self.rows]
            ),
            "bounds": optimize.Bounds(0, np.inf),
            "integrality": np.tile([1, 1, 0], len(IRIS)),
        }  # fmt: skip
        ends = []
        for sign in (1.0, -1.0):
            for whole in (
                known["integrality"],
                np.zeros(len(cost)),
            ):  # the solver fails now and then
                met = optimize.milp(sign * cost, **{**known, "integrality": whole})
                if met.status == 0:
                    break
            ends.append(sign * met.fun if met.status == 0 else sign * -np.inf)
        return ends[0], ends[1]

    def narrow(self, true: dict[str, tuple[float, float, float]]) -> Iterator[tuple]:
        """Give what is found of few people: how many, how many aided, what they receive."""
        for iris, (people, aided, euros) in true.items():
            small = {0: 0 < people < THRESHOLD, 1: 0 < aided < THRESHOLD, 2: 0 < people < THRESHOLD}
            rest = 0 < people - aided < THRESHOLD and ("iris-2016", iris) in self.people
            for kind, asked in ((0, THRESHOLD), (1, THRESHOLD), (2, euros)):
                if small[kind] or (kind == 1 and rest):
                    low, high = self.interval(iris, kind)
                    if high - low < asked - 1e-3:
                        yield iris, kind, (people, aided, euros), low, high
