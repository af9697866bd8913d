"""Random federations of small packages, and an attacker who reads nothing but what their doors show.

He is written apart from the library: he knows the tables of links, what is counted, the printed rules (a
hidden count is at least one, people are whole, rates are rounded to the digit printed), and bounds every
count that somebody hides by scipy's whole-number programs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from packages_made import package
from scipy import optimize, sparse

import observatoire as obs
from observatoire.errors import SecrecyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.exchange.federation import Federation

THRESHOLD = 11.0
PERIOD = "2016"
IRIS = [f"i{rank}" for rank in range(1, 9)]

#: Territories of each zoning: the IRIS that they hold whole, then those of which they have a part (and which one).
PLACES: dict[str, dict[str, tuple[list[str], dict[str, float]]]] = {
    "iris": {iris: ([iris], {}) for iris in IRIS},
    "commune": {"A": (IRIS[:4], {}), "B": (IRIS[4:], {})},
    "zus": {"z1": (IRIS[:3], {}), "z2": (IRIS[2:5], {}), "z3": (IRIS[5:7], {})},
    "quartier": {
        "q1": ([], {"i1": 0.3}),
        "q2": (["i2"], {"i3": 0.6}),
        "q3": (["i6"], {"i7": 0.25}),
    },
}

#: Variables that each indicator adds up: one by one, or above and under the bar.
COUNTS = {"aidA": ["A"], "aidB": ["B"], "aidT": ["A", "B"], "pop": ["P"]}
RATES = {"partA": ("A", "A B"), "taux": ("A B", "P"), "tauxB": ("B", "P")}

#: What the numerator of each rate is called where no package says what it counts.
UNNAMED = {"partA": "X", "taux": "Y", "tauxB": "Z"}

#: Another code under which some members count A: the label and the unit are the same.
TWIN = "dossiers"

Cell = tuple[str, str]


def truth(rng: np.random.Generator) -> dict[Cell, float]:
    """Draw the counts of each variable and IRIS: zeros, ones, small and large ones."""
    true = {}
    for iris in IRIS:
        for variable in "AB":
            most = rng.choice([1, 2, 11, 40, 300], p=[0.1, 0.1, 0.3, 0.3, 0.2])
            true[variable, iris] = float(rng.integers(0, most))
        aided = true["A", iris] + true["B", iris]
        true["P", iris] = aided + float(rng.integers(0, rng.choice([5, 60, 900])))
        for code, name in UNNAMED.items():
            true[name, iris] = sum(true[variable, iris] for variable in RATES[code][0].split())
    return true


@dataclass
class Draw:
    """A federation as it was drawn: the true counts, what is hidden by whom, its packages."""

    true: dict[Cell, float]
    packages: list[Path] = field(default_factory=list)
    hidden: dict[tuple[str, str, str], float] = field(default_factory=dict)
    whole: set[tuple[str, str]] = field(default_factory=set)
    bare: dict[str, str] = field(default_factory=dict)
    shown: int = 0

    def count(self, variables: str, zoning: str, territory: str) -> float:
        """Return the true count of some variables over the IRIS that a territory holds whole."""
        irises = PLACES[zoning][territory][0]
        return sum(self.true[each, i] for each in variables.split() for i in irises)


def drawn(root: Path, seed: int, *, bare: bool = False) -> Draw:
    """Write the packages of a seed; with ``bare``, some rates are given without their terms."""
    rng = np.random.default_rng(seed)
    made = Draw(truth(rng))
    if bare:
        lent = np.random.default_rng([seed, 1]).random(len(UNNAMED)) < 0.7
        made.bare = {
            code: name for (code, name), is_so in zip(UNNAMED.items(), lent, strict=True) if is_so
        }
    zonings = [*PLACES]
    for name in ("caf", "ville", "etat", "plie")[: int(rng.integers(2, 5))]:
        floor = float(rng.choice([11, 11, 20, 0]))
        member = _Member(made, rng, name, floor)
        for zoning in zonings:
            if rng.random() < 0.6:
                member.tell(zoning)
        if member.rows:
            made.packages.append(member.written(root))
    return made


@dataclass
class _Member:
    """One package as it is drawn."""

    made: Draw
    rng: np.random.Generator
    name: str
    floor: float
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    twin: bool = False

    def __post_init__(self) -> None:
        self.open = self.rng.random() < 0.3
        self.twin = bool(self.rng.random() < 0.2)
        given = [*COUNTS, *RATES]
        self.codes = [code for code in given if self.rng.random() < 0.7]
        self.complete = bool(self.rng.random() < 0.8)

    def tell(self, zoning: str) -> None:
        """Show or hide the figures of a zoning."""
        for territory in PLACES[zoning]:
            dark: set[str] = set()
            for code, variables in COUNTS.items():
                value = self.made.count(" ".join(variables), zoning, territory)
                small = 0 < value < (self.floor or THRESHOLD)
                if (small and not self.open) or (value > 0 and self.rng.random() < 0.12):
                    dark.add(" ".join(variables))
                if code in self.codes and self.rng.random() < 0.85:
                    self._count(code, zoning, territory, value, dark)
            for code, (top, bottom) in RATES.items():
                if code in self.codes and self.rng.random() < 0.8:
                    self._rate(code, zoning, territory, dark=bool({top, bottom} & dark))

    def _count(self, code: str, zoning: str, territory: str, value: float, dark: set[str]) -> None:
        part = PLACES[zoning][territory][1]
        variables = " ".join(COUNTS[code])
        own = TWIN if self.twin and code == "aidA" else code
        if part:
            if not self.open and self.rng.random() < 0.7:
                return
            high = value + sum(self.made.true[v, i] for v in COUNTS[code] for i in part)
            if self.rng.random() < 0.5:
                self._row(zoning, territory, own, None, "encadré", (value, high))
            else:
                guess = value + sum(
                    share * self.made.true[v, i] for v in COUNTS[code] for i, share in part.items()
                )
                self._row(zoning, territory, own, round(guess), "estimé", (value, high))
        elif variables in dark:
            self._row(zoning, territory, own, None, "secret")
            self.made.hidden[variables, zoning, territory] = max(
                self.made.hidden.get((variables, zoning, territory), 0.0), self.floor or THRESHOLD
            )
        else:
            self._row(zoning, territory, own, value, "observé")

    def _rate(self, code: str, zoning: str, territory: str, *, dark: bool) -> None:
        top, bottom = RATES[code]
        whole, part = PLACES[zoning][territory]
        if part:
            (iris,) = part
            place, status = ("iris", iris), "contexte"
            if whole:
                return
        else:
            place, status = (zoning, territory), "observé"
        if status == "observé" and zoning == "iris" and self.rng.random() < 0.1:
            commune = next(c for c, (irises, _) in PLACES["commune"].items() if territory in irises)
            place, status = ("commune", commune), "contexte"
        below = self.made.count(bottom, *place)
        if below <= 0:
            return
        if dark and status == "observé":
            self._row(zoning, territory, code, None, "secret")
            if code in self.made.bare:
                key = (self.made.bare[code], zoning, territory)
                floor = min(self.floor or THRESHOLD, below - 2)
                self.made.hidden[key] = max(self.made.hidden.get(key, 0.0), floor)
            return
        rate = round(100 * self.made.count(top, *place) / below, 1)
        self._row(zoning, territory, code, rate, status)

    def _row(
        self,
        zoning: str,
        territory: str,
        code: str,
        value: float | None,
        status: str,
        ends: tuple[float, float] = (math.nan, math.nan),
    ) -> None:
        self.rows.append((zoning, territory, code, PERIOD, value, status))
        self.bounds.append(ends)
        self.made.shown += status != "secret"

    def written(self, root: Path) -> Path:
        """Write the package."""
        words = {
            code: {"libelle": code, "numerateur": " ".join(variables), "champ": "Tous"}
            for code, variables in COUNTS.items()
        }
        words[TWIN] = words["aidA"]
        for code, (top, bottom) in RATES.items():
            words[code] = {"libelle": code, "nature": "taux", "unite": "%", "decimales": "1"}
            if code not in self.made.bare:
                words[code] |= {"numerateur": top, "denominateur": bottom}
        links = []
        for zoning, territories in PLACES.items():
            if zoning == "iris" or not any(row[0] == zoning for row in self.rows):
                continue
            sure = "oui" if self.complete else "non"
            for territory, (whole, part) in territories.items():
                links += [f"iris,{i},{zoning},{territory},1.0,proche,{sure},table" for i in whole]
                links += [
                    f"iris,{i},{zoning},{territory},{w},inclus,{sure},mesure"
                    for i, w in part.items()
                ]
                if self.complete:
                    self.made.whole.add((zoning, territory))
        used = {row[2] for row in self.rows}
        floored = (*COUNTS, TWIN, *self.made.bare)
        floors = {(code, PERIOD): self.floor for code in used if code in floored}

        def bound(folder: Path) -> None:
            frame = pd.read_parquet(folder / "valeurs.parquet")
            frame[["borne_basse", "borne_haute"]] = self.bounds
            frame.to_parquet(folder / "valeurs.parquet", index=False)
            frame.to_csv(folder / "valeurs.csv", index=False)

        return package(
            root / self.name,
            self.rows,
            links="".join(f"{line}\n" for line in links),
            thresholds=floors if self.floor else {},
            definitions={code: words[code] for code in used},
            spoil=bound,
        )


class FederationAttacker:
    """Writes what is shown as rows over whole counts of IRIS, and bounds any sum of them.

    Of a bare rate he knows what it is out of; its numerator is an unknown of its own.
    """

    def __init__(self, made: Draw) -> None:
        self.made = made
        self.place: dict[tuple[str, str, str], int] = {}
        for variable in ("A", "B", "P", *made.bare.values()):
            for iris in IRIS:
                self.place[variable, "iris", iris] = len(self.place)
            for zoning, territories in PLACES.items():
                for territory in territories:
                    if zoning not in ("iris", "quartier") and (zoning, territory) not in made.whole:
                        self.place[variable, zoning, territory] = len(self.place)
        self.rows: dict[tuple[Any, ...], tuple[dict[int, float], float, float]] = {}
        linked = _linked(made)
        for (variable, zoning, territory), rank in self.place.items():
            if zoning != "iris":  # a whole has something besides the parts that are known of it
                line = {rank: 1.0}
                for iris in PLACES[zoning][territory][0]:
                    line[self.place[variable, "iris", iris]] = -1.0
                if (zoning, territory) in linked:
                    self._between(line, 0.0, np.inf)
        self._read_shares()

    def _read_shares(self) -> None:
        """Write that what a rate counts is a part of what it is out of, wherever a package defines it."""
        places = {at[1:] for at in self.place}
        for code in _defined(self.made) & RATES.keys():
            top, bottom = self.made.bare.get(code, RATES[code][0]), RATES[code][1]
            for place in sorted(places):
                rest = dict.fromkeys(self._terms(bottom, *place), 1.0)
                for rank in self._terms(top, *place):
                    rest[rank] = rest.get(rank, 0.0) - 1.0
                self._between(rest, 0.0, np.inf)

    def _terms(self, variables: str, zoning: str, territory: str) -> dict[int, float]:
        line: dict[int, float] = {}
        for variable in variables.split():
            if (variable, zoning, territory) in self.place:
                line[self.place[variable, zoning, territory]] = 1.0
            else:
                for iris in PLACES[zoning][territory][0]:
                    line[self.place[variable, "iris", iris]] = 1.0
        return line

    def _between(self, line: dict[int, float], low: float, high: float) -> None:
        self.rows[(tuple(sorted(line.items())), low, high)] = (line, low, high)

    def read(self, row: dict[str, Any]) -> None:
        """Read one figure: zoning, territory, indicator, value, low, high, status (French label)."""
        zoning, territory, code = row["zonage"], row["territoire"], row["indicateur"]
        code = "aidA" if code == TWIN else code
        part = PLACES[zoning][territory][1]
        value = row["valeur"]
        if code in RATES:
            if not np.isnan(value):
                self._read_rate(code, zoning, territory, value, row["statut"])
            return
        variables = " ".join(COUNTS[code])
        terms = self._terms(variables, zoning, territory)
        if part:
            self._read_part(variables, terms, part, row)
        elif row["statut"] == "secret":
            if self.made.count(variables, zoning, territory) > 0:
                self._between(terms, 1.0, np.inf)
        elif not np.isnan(value):
            self._between(terms, value, value)

    def _read_part(
        self, variables: str, terms: dict[int, float], part: dict[str, float], row: dict[str, Any]
    ) -> None:
        held = {
            self.place[v, "iris", i]: share for v in variables.split() for i, share in part.items()
        }
        if not np.isnan(row["borne_basse"]) and terms:
            self._between(terms, row["borne_basse"], row["borne_basse"])
        if not np.isnan(row["borne_haute"]):
            self._between(terms | dict.fromkeys(held, 1.0), row["borne_haute"], row["borne_haute"])
        if not np.isnan(row["valeur"]):
            self._between(terms | held, row["valeur"] - 0.5 - 1e-9, row["valeur"] + 0.5 + 1e-9)

    def _read_rate(self, code: str, zoning: str, territory: str, value: float, status: str) -> None:
        top, bottom = self.made.bare.get(code, RATES[code][0]), RATES[code][1]
        places = [(zoning, territory)]
        if status == "contexte":
            if zoning == "quartier":
                places = [("iris", i) for i in PLACES[zoning][territory][1]]
            else:
                places = [
                    ("commune", c)
                    for c, (irises, _) in PLACES["commune"].items()
                    if territory in irises
                ]
        for place in places:
            above, below = self._terms(top, *place), self._terms(bottom, *place)
            for side, least, most in ((-0.05, -1e-7, np.inf), (0.05, -np.inf, 1e-7)):
                rate = (value + side) / 100
                line = dict.fromkeys(below, -rate)
                for rank in above:
                    line[rank] = line.get(rank, 0.0) + 1.0
                self._between(line, least, most)

    def prove(self, rows: list[dict[str, Any]]) -> None:
        """Hold what a bare rate counts for the count that, in four sizes, is everywhere its numerator."""
        shown = {_key(row): row["valeur"] for row in rows if row["statut"] == "observé"}
        codes = {" ".join(variables): code for code, variables in COUNTS.items()}
        for code, name in self.made.bare.items():
            top, bottom = RATES[code]
            known = [
                (rate, shown.get((*place, codes[top]), np.nan), shown.get((*place, codes[bottom])))
                for (*place, which), rate in shown.items()
                if which == code
            ]
            known = [each for each in known if each[2] and not np.isnan([*each]).any()]
            fits = all(
                abs(100 * above / below - rate) < 0.05 + 1e-9 for rate, above, below in known
            )
            if fits and len({below for _, above, below in known if above > 0}) > 3:
                for place in {at[1:] for at in self.place}:
                    line = dict.fromkeys(self._terms(top, *place), 1.0)
                    line |= dict.fromkeys(self._terms(name, *place), -1.0)
                    self._between(line, 0.0, 0.0)

    def _known(self) -> optimize.LinearConstraint:
        """Return all that he has read."""
        lines = list(self.rows.values())
        at = [(k, rank, by) for k, (line, _, _) in enumerate(lines) for rank, by in line.items()]
        ranks, columns, values = zip(*at, strict=True)
        matrix = sparse.csr_array((values, (ranks, columns)), shape=(len(lines), len(self.place)))
        return optimize.LinearConstraint(
            matrix, [low for _, low, _ in lines], [high for _, _, high in lines]
        )

    def _cost(self, cell: tuple[str, str, str]) -> np.ndarray:
        cost = np.zeros(len(self.place))
        for rank in self._terms(*cell):
            cost[rank] = 1.0
        return cost

    def interval(self, cell: tuple[str, str, str]) -> tuple[float, float]:
        """Return between what whole numbers leave a count."""
        known, cost = self._known(), self._cost(cell)
        ends = []
        for sign in (1.0, -1.0):
            found = optimize.milp(
                sign * cost,
                constraints=known,
                bounds=optimize.Bounds(0, np.inf),
                integrality=np.ones(len(cost)),
                options={"time_limit": 20.0},
            )
            if found.status in (3, 4):  # unbounded, or nothing said of it
                ends.append(-np.inf)
            elif found.status == 2:
                message = "what is shown contradicts itself"
                raise AssertionError(message)
            else:
                end = found.mip_dual_bound if found.status == 1 else found.fun
                ends.append(-np.inf if end is None else end)  # cut short before it says anything
        return ends[0], -ends[1]

    def _table(self, cell: tuple[str, str, str], least: float, most: float) -> float | None:
        """Return the count in a whole table that fits all he read, to the letter; nothing if none is met."""
        known, cost = self._known(), self._cost(cell)
        asked = [known, optimize.LinearConstraint(cost, least, most)]
        for presolved in (True, False):
            met = optimize.milp(
                np.zeros(len(cost)),
                constraints=asked,
                bounds=optimize.Bounds(0, np.inf),
                integrality=np.ones(len(cost)),
                options={"time_limit": 20.0, "presolve": presolved},
            ).x
            if met is None:
                continue
            table = np.round(met)
            sums = known.A @ table
            if np.all(sums >= known.lb - 1e-9) and np.all(sums <= known.ub + 1e-9):
                return float(cost @ table)
        return None

    def disproved(self, cell: tuple[str, str, str], floor: float, low: float) -> bool:
        """Say whether two tables that fit to the letter leave more than an interval does.

        The solver gives ends that are none, now and then (seed 25: at most 12, where 34 fits).
        """
        least = self._table(cell, 0.0, max(low, 1.0))
        return least is not None and self._table(cell, max(least, 0.0) + floor, np.inf) is not None

    def found(self, *, once: bool = False) -> list[tuple[Any, ...]]:
        """Return the counts that he brackets too well, the first only if ``once``."""
        found = []
        for cell, floor in sorted(self.made.hidden.items()):
            low, high = self.interval(cell)
            narrow = high - low < floor - 1e-4 or high < floor - 1e-4
            if narrow and not self.disproved(cell, floor, low):
                found.append((*cell, self.made.count(*cell), floor, round(low, 3), round(high, 3)))
                if once:
                    break
        return found

    def with_more(self, rows: list[dict[str, Any]]) -> FederationAttacker:
        """Return an attacker who has read some more figures."""
        other = FederationAttacker(self.made)
        other.rows = dict(self.rows)
        for row in rows:
            other.read(row)
        return other


def _defined(made: Draw) -> set[str]:
    """Return the codes that some package defines."""
    frames = [pd.read_csv(folder / "indicateurs.csv", dtype=str) for folder in made.packages]
    return {str(code) for frame in frames for code in frame["indicateur"]}


def _linked(made: Draw) -> set[tuple[str, str]]:
    """Return the territories of which some package gives the links."""
    return {
        (zoning, territory)
        for folder in made.packages
        for zoning, territory in pd.read_csv(folder / "passages.csv", dtype=str)[
            ["zonage_cible", "cible"]
        ].itertuples(index=False, name=None)
    }


_FIGURE = ["zonage", "territoire", "indicateur", "valeur", "borne_basse", "borne_haute", "statut"]
_LABELS = {"observed": "observé", "aggregated": "agrégé", "estimated": "estimé", "bounded": "encadré",
           "context": "contexte", "secret": "secret"}  # fmt: skip


def everything_shown(f: Federation) -> Iterator[dict[str, Any]]:
    """Give every figure that any door of a federation shows."""
    codes = sorted(set(f.indicators["indicateur"]))
    for frame in (f.values(), f.df, *map(f.table, codes)):
        yield from frame[_FIGURE].to_dict("records")
    for row in f.conflicts().to_dict("records"):
        for side in "ab":
            yield {
                "zonage": row["zonage"], "territoire": row["territoire"], "indicateur": row["indicateur"],
                "valeur": row[f"valeur_{side}"], "borne_basse": np.nan, "borne_haute": np.nan,
                "statut": row[f"statut_{side}"],
            }  # fmt: skip
    for zoning in sorted(set(f.df["zonage"])):
        codes = sorted(set(f.df.loc[f.df["zonage"] == zoning, "indicateur"]))
        frame = f.panel(indicators=codes, zoning=zoning).table.df
        for row in frame[frame["status"].isin(_LABELS)].to_dict("records"):
            yield {
                "zonage": zoning, "territoire": row["territory"], "indicateur": row["indicator"],
                "valeur": row["value"], "borne_basse": row["low"], "borne_haute": row["high"],
                "statut": _LABELS[row["status"]],
            }  # fmt: skip


@dataclass(frozen=True)
class FederationFinding:
    """What an attack found: cells with their interval; how much is hidden, shown, withheld.

    ``same`` are the figures hidden because somebody hides that very thing; ``besides`` the others; of
    those ``tried``, ``needless`` are the ones that would have given this attacker nothing.
    """

    narrow: list[tuple[Any, ...]]
    hidden: int
    shown: int
    same: int = 0
    besides: int = 0
    tried: int = 0
    needless: int = 0
    refused: str = ""


#: Withheld figures of a federation that are shown again to the attacker, one by one.
_TRIED = 4


def attack_federation(
    root: Path, seed: int, *, bare: bool = False, weighed: bool = False
) -> FederationFinding:
    """Attack the federation of a seed by all its doors; if ``weighed``, also with what is withheld."""
    made = drawn(root, seed, bare=bare)
    _leave_counted(made)
    f = obs.federate(made.packages)
    try:
        facts = list(everything_shown(f))
    except SecrecyError as error:
        return FederationFinding([], len(made.hidden), made.shown, refused=str(error))
    dark = {_key(row) for row in f.df[f.df["statut"] == "secret"].to_dict("records")}
    f.close()
    attacker = FederationAttacker(made)
    for row in facts:
        attacker.read(row)
    attacker.prove(facts)
    same, besides = withheld(made, dark)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in besides:
        groups.setdefault(_key(row), []).append(row)
    tried = list(groups.values())[: _TRIED if weighed else 0]
    return FederationFinding(
        attacker.found(),
        len(made.hidden),
        made.shown,
        len(same),
        len(besides),
        len(tried),
        sum(not attacker.with_more(rows).found(once=True) for rows in tried),
    )


def _leave_counted(made: Draw) -> None:
    """Leave out the numerators of hidden rates that some package counts openly, and that are not few."""
    counted = {
        (row["zonage"], row["territoire"], " ".join(COUNTS[row["indicateur"]])): row["valeur"]
        for row in _printed(made)
        if row["indicateur"] in COUNTS and row["statut"] == "observé"
    }
    for code, name in made.bare.items():
        for key in [key for key in made.hidden if key[0] == name]:
            if counted.get((*key[1:], RATES[code][0]), 0.0) >= made.hidden[key]:
                del made.hidden[key]


def withheld(
    made: Draw, dark: set[tuple[str, ...]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the figures of packages that a federation hides: those that somebody hides, and the others."""
    rows = _printed(made)
    hidden = {_key(row) for row in rows if row["statut"] == "secret"}
    gone = [row for row in rows if row["statut"] != "secret" and _key(row) in dark]
    return [r for r in gone if _key(r) in hidden], [r for r in gone if _key(r) not in hidden]


def _printed(made: Draw) -> list[dict[str, Any]]:
    """Return the figures of packages, one by one."""
    read = (pd.read_csv(f / "valeurs.csv", dtype={"territoire": str}) for f in made.packages)
    return pd.concat(read)[_FIGURE].to_dict("records")


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    code = row["indicateur"]
    return row["zonage"], row["territoire"], "aidA" if code == TWIN else code
