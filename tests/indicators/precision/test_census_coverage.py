"""Coverage of every census interval, on known towns whose addresses are drawn 2 000 times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import observatoire as obs
from observatoire.indicators import among, byar, change, difference, effective_share, wilson
from observatoire.indicators.precision.differences import Estimate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS, FRACTION = 2000, 0.4
SHARES = (0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98)

#: How many live in a dwelling, empty ones included, and how often.
PEOPLE, OFTEN = (0, 1, 2, 3, 4, 5, 6), (0.16, 0.30, 0.245, 0.15, 0.095, 0.035, 0.015)

#: A dwelling in five is nobody's main home.
MAIN = 0.8


@dataclass(frozen=True)
class Counted:
    """One count of a town: the truth, what each draw publishes, and what a source declares of it."""

    truth: float
    whole: float
    published: Array
    wholes: Array
    fraction: float
    effect: float
    dispersion: float

    @property
    def worth(self) -> float:
        return effective_share(self.fraction, self.effect)

    def bounds(self, confidence: float = 0.95) -> tuple[Array, Array]:
        """Return the interval of the count at each draw, as tables make it."""
        drawn, whole = self.published * self.worth, self.wholes * self.worth
        low, high = among(drawn, whole, self.dispersion / self.effect, confidence)
        return low / self.worth, high / self.worth

    def rates(self) -> list[Estimate]:
        """Return the rate at each draw with its intervals."""
        trials = self.wholes * self.worth
        share = self.published / self.wholes
        around = [side for c in (0.95, 0.998) for side in wilson(share * trials, trials, c)]
        return [Estimate(*map(float, each)) for each in zip(share, *around, strict=True)]


def masks(addresses: int, fraction: float, seed: int) -> Array:
    """Return, by draw and address, whether it is drawn, without replacement."""
    order = np.random.default_rng(seed).random((DRAWS, addresses), dtype=np.float32)
    kept = round(fraction * addresses)
    return (order < np.partition(order, kept, axis=1)[:, kept, None]).astype(np.float64)


def addresses(dwellings: int, random: np.random.Generator, *, several: bool) -> NDArray[np.int64]:
    """Return the address of each dwelling: one each, or up to twelve at one."""
    if not several:
        return np.arange(dwellings)
    sizes = random.choice((1, 1, 1, 1, 2, 2, 4, 12), dwellings)
    return np.repeat(np.arange(dwellings), sizes)[:dwellings]


@cache
def town(
    dwellings: int, *, several: bool, fraction: float = FRACTION, seed: int = 1
) -> dict[tuple[str, float], Counted]:
    """Draw a town many times and return its counts by kind and share.

    A trait of dwellings among all, of main homes among them, of people one by one, or of people by
    whole households; the estimator is the census's: a ratio on the register of dwellings. What a
    source declares (effect, dispersion) is what Insee's formula gives on the whole town.
    """
    random = np.random.default_rng(seed)
    where = addresses(dwellings, random, several=several)
    held = np.bincount(where).astype(float)
    mask = masks(held.size, fraction, seed + 1)
    grown = dwellings / (mask @ held)
    main = (random.random(dwellings) < MAIN).astype(float)
    people = random.choice(PEOPLE, dwellings, p=OFTEN).astype(float)
    found = {}
    for share in SHARES:
        few = (random.permutation(dwellings) < round(share * dwellings)).astype(float)
        kinds = {
            "dwellings": (few, np.ones(dwellings)),
            "main homes": (few * main, main),
            "people": (random.binomial(people.astype(int), share).astype(float), people),
            "households": (few * people, people),
        }
        for kind, traits in kinds.items():
            z, x = (np.bincount(where, one) for one in traits)
            truth, whole = float(z.sum()), float(x.sum())
            p = truth / whole
            found[kind, share] = Counted(
                truth,
                whole,
                mask @ z * grown,
                mask @ x * grown,
                fraction,
                float(((z - p * x) ** 2).sum() / (whole * p * (1 - p))),
                float(((x - whole / dwellings * held) ** 2).sum() / whole),
            )
    return found


def covered(low: Array, high: Array, truth: float) -> float:
    near = 1e-9 * max(truth, 1.0)
    return float(np.mean((low <= truth + near) & (truth <= high + near)))


KINDS = ("dwellings", "main homes", "people", "households")

#: Size, several dwellings at one address or not, share drawn (a quarter: complementary forms).
TOWNS = (
    (300, False, 0.4),
    (1000, False, 0.4),
    (1000, True, 0.4),
    (5000, True, 0.4),
    (1000, True, 0.25),
)


def within(found: dict[float, float], dwellings: int) -> None:
    """Check coverages by share: near 95 % on average, and each but for what few draws leave.

    Of 300 dwellings 2 % are six, of which two or three are drawn: counts go by steps of 2.5, and no
    interval covers each share as said.
    """
    edge = 0.02 if dwellings < 1000 else 0.005
    assert 0.935 <= np.mean(list(found.values())) <= 0.965, found
    assert all(0.93 - edge <= each <= 0.97 + edge for each in found.values()), found


@pytest.mark.parametrize(("dwellings", "several", "fraction"), TOWNS)
@pytest.mark.parametrize("kind", KINDS)
def test_counts_and_rates_of_every_share_are_covered_as_said(
    kind: str, dwellings: int, *, several: bool, fraction: float
) -> None:
    made = town(dwellings, several=several, fraction=fraction)
    counts, rates = {}, {}
    for share in SHARES:
        of = made[kind, share]
        low, high = of.bounds()
        counts[share] = covered(low, high, of.truth)
        assert (low >= 0).all()
        assert (low <= of.published + 1e-9).all()
        assert (high >= of.published - 1e-9).all()
        if kind == "dwellings":
            assert (high <= dwellings + 1e-6).all()
        estimates = of.rates()
        ends = (np.array([getattr(one, side) for one in estimates]) for side in ("low", "high"))
        rates[share] = covered(*ends, of.truth / of.whole)
    within(counts, dwellings)
    within(rates, dwellings)


@pytest.mark.parametrize("kind", ["dwellings", "main homes", "households"])
def test_without_its_whole_a_common_count_is_covered_more_than_said(kind: str) -> None:
    """What the whole brings: Byar's interval, which does not know it, covers too much."""
    of = town(5000, several=True)[kind, 0.7]
    low, high = (bound / of.worth for bound in byar(of.published * of.worth))
    assert covered(low, high, of.truth) > 0.98


def test_the_wide_interval_covers_three_times_in_a_thousand_less() -> None:
    for share in SHARES:
        of = town(5000, several=True)["people", share]
        assert covered(*of.bounds(0.998), of.truth) >= 0.994


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pair", [(0.05, 0.1), (0.3, 0.7), (0.9, 0.98)])
def test_differences_and_changes_are_covered_as_said(kind: str, pair: tuple[float, float]) -> None:
    """Between two places, or between two censuses of one that share nobody."""
    a = town(1000, several=True)[kind, pair[0]]
    b = town(1000, several=True, seed=11)[kind, pair[1]]
    truth = b.truth / b.whole - a.truth / a.whole
    for judge in (lambda x, y: difference(y, x), change):
        found = [judge(x, y) for x, y in zip(a.rates(), b.rates(), strict=True)]
        low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
        assert 0.93 <= covered(low, high, truth) <= 0.97


# --- the same through the door: a file, its source.toml, a table ----------------------------------

WORKSPACE = """\
[workspace]
name = "Essai"
main_zoning = "iris-2016"
crs = "EPSG:5490"

[zonings."iris-2016"]
label = "IRIS"
singular = "IRIS"
members = "geo/iris.csv"
"""

SOURCE = """\
title = "Recensement"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"

[[files]]
name = "rp.csv"
separator = ";"
territory = "IRIS"
period = "2016"

[precision]
method = "census"
fraction = 0.4

[precision.wholes."P??_POP*"]
among = ["PYY_POP"]
dispersion = {dispersion}

[precision.wholes."P??_*"]
among = ["PYY_LOG"]
dispersion = 0

[secrecy]
threshold = 0
"""

VARIABLE = """
[variables.P16_{name}]
label = "{name}"
nature = "count"
unit = "unités"
"""

INDICATOR = """
[indicators.{name}]
label = "Effectif {name}"
theme = "t"
nature = "count"
unit = "unités"
definition = "Effectif."
universe = "Tous"
sources = ["rp"]
numerator = ["PYY_{name}"]
"""


def test_counts_of_a_loaded_file_are_covered_as_said(tmp_path: Path) -> None:
    made = town(1000, several=False)
    counts = {f"LOG{share:.0%}".rstrip("%"): made["dwellings", share] for share in SHARES}
    counts |= {f"POP{share:.0%}".rstrip("%"): made["people", share] for share in SHARES}
    columns = {name: of.published for name, of in counts.items()}
    columns |= {"LOG": made["dwellings", 0.5].wholes, "POP": made["people", 0.5].wholes}
    codes = [f"{draw:04d}" for draw in range(DRAWS)]
    file = pd.DataFrame(
        {f"P16_{name}": published for name, published in columns.items()}, index=codes
    )
    spread = made["people", 0.5].dispersion
    texts = {
        "observatoire.toml": WORKSPACE,
        "geo/iris.csv": "code;nom;commune\n" + "".join(f"{c};IRIS {c};V\n" for c in codes),
        "indicators.toml": '[themes.t]\nlabel = "Thème"\n'
        + "".join(INDICATOR.format(name=name) for name in [*counts, "POP", "LOG"]),
        "data/raw/rp/source.toml": SOURCE.format(dispersion=spread)
        + "".join(VARIABLE.format(name=name) for name in columns),
        "data/raw/rp/rp.csv": file.to_csv(sep=";", index_label="IRIS"),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    with obs.open(tmp_path) as o:
        table = o.table([*counts, "POP", "LOG"]).df
    found = {}
    for name, rows in table.groupby("indicator"):
        if name in counts:
            low, high = (rows[side].to_numpy(dtype=float) for side in ("low", "high"))
            found[str(name)] = covered(low, high, counts[str(name)].truth)
            assert low == pytest.approx(rows["sampling_low"])
    for kind in ("LOG", "POP"):
        within({i: hits for i, (n, hits) in enumerate(found.items()) if n.startswith(kind)}, 1000)
    known = table[table["indicator"] == "LOG"]
    assert (known["high"] == known["value"]).all()
    assert (known["low"] > 0.99 * known["value"]).all()  # the register counts dwellings
    everyone = table[table["indicator"] == "POP"]
    assert covered(everyone["low"], everyone["high"], made["people", 0.5].whole) == pytest.approx(
        0.95, abs=0.02
    )
