"""How often census intervals hold the truth, in towns whose neighbours are alike.

Towns are made of IRIS, IRIS of addresses, addresses of dwellings; addresses are drawn as Insee draws them
(two in five over five years, those of 60 dwellings or more all counted), and the estimator is the
census's: a ratio on the register of dwellings. What a dwelling holds depends on its address: an HLM building
is HLM throughout, families, elders and foreigners gather. Effects are those that the sources declare.

    python bench/census_coverage.py > bench/precision.md
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators import among, byar, change, difference, effective_share, wilson
from observatoire.indicators.comparison.inequality import inequality_of
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.indicators.precision.differences import Estimate
from observatoire.values import Nature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FRACTION, LARGE = 0.4, 60
SOURCE = Path(__file__).parents[1] / "data/raw/insee-rp2016/source.toml"

#: What a dwelling holds: nobody, or a household of a kind; how often, and of whom it is made.
KINDS = ("vacant", "alone", "couple", "family", "lone parent", "other")
OFTEN = np.array([0.17, 0.27, 0.19, 0.21, 0.12, 0.04])

#: How alike neighbours are: share of the variance that is between addresses (intraclass correlation).
ALIKE, ALIKE_FOREIGNERS = 0.10, 0.15

#: Share of the addresses' dwellings in buildings, by size of building, and of buildings that are HLM.
HOUSES, SMALL, BUILDINGS = 0.40, 0.22, 0.38
HLM_BUILDINGS = 0.65


@dataclass(frozen=True)
class Trait:
    """A count, what it is counted among, and the name of its variable in the source."""

    name: str
    variable: str
    among: str
    dispersion: float | None = None  # counted among nothing: Byar's interval


TRAITS = (
    Trait("locataires HLM", "P16_RP_LOCHLMV", "homes", 0.4),
    Trait("0 à 14 ans", "P16_POP0014", "people", 1.1),
    Trait("75 ans ou plus", "P16_POP75P", "people", 1.1),
    Trait("étrangers", "P16_POP_ETR", "people", 1.1),
    Trait("personnes seules", "C16_PMEN_MENHSEUL", "people"),
    Trait("couples avec enfants", "C16_PMEN_MENCOUPAENF", "people"),
    Trait("familles monoparentales", "C16_PMEN_MENFAMMONO", "people"),
)


@cache
def declared_effects() -> tuple[float, tuple[tuple[str, float], ...]]:
    """Return the effect that the census declares, and those of its patterns."""
    precision = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["precision"]
    return precision["effect"], tuple(precision["effects"].items())


def effect_of(variable: str) -> float:
    """Return the declared effect of a variable."""
    default, effects = declared_effects()
    return next((e for pattern, e in effects if fnmatchcase(variable, pattern)), default)


def address_sizes(dwellings: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Draw addresses: houses, small buildings of 2 to 7, buildings of 8 to 140."""
    sizes: list[int] = [1] * round(HOUSES * dwellings)
    for share, low, high in ((SMALL, 2, 8), (BUILDINGS, 8, 141)):
        left = round(share * dwellings)
        while left > 0:
            # Large buildings are few: sizes are even on a scale of ratios.
            size = min(int(np.exp(random.uniform(np.log(low), np.log(high)))), left)
            sizes.append(size)
            left -= size
    return np.array(sizes)


def households(
    where: NDArray[np.int64], addresses: int, shares: dict[str, float], random: np.random.Generator
) -> NDArray[np.int64]:
    """Draw what each dwelling holds, alike at one address."""
    often = OFTEN.copy()
    often[3] *= shares.get("family", 1.0)
    often[1] *= shares.get("alone", 1.0)
    concentration = 1 / ALIKE - 1
    at_address = random.dirichlet(concentration * often / often.sum(), addresses)
    drawn = random.random(where.size)[:, None]
    kind: NDArray[np.int64] = (
        (drawn > np.cumsum(at_address, axis=1)[where]).sum(axis=1).clip(0, len(KINDS) - 1)
    )
    return kind


def iris(dwellings: int, shares: dict[str, float], seed: int) -> dict[str, Array]:
    """Make an IRIS: by address, how many of each trait and of what they are counted among."""
    random = np.random.default_rng(seed)
    sizes = address_sizes(dwellings, random)
    where = np.repeat(np.arange(sizes.size), sizes)
    kind = households(where, sizes.size, shares, random)
    children = np.where(
        kind == 3, random.choice((1, 2, 3, 4), where.size, p=(0.4, 0.38, 0.16, 0.06)), 0
    )
    children = np.where(
        kind == 4, random.choice((1, 2, 3), where.size, p=(0.6, 0.3, 0.1)), children
    )
    adults = np.array([0, 1, 2, 2, 1, 3])[kind]
    young = random.binomial(children, 0.62)
    rate = np.array([0.0, 0.22, 0.16, 0.01, 0.02, 0.08])[kind]
    old = random.binomial(adults, rate)
    part = shares.get("foreign", 0.06)
    spread = 1 / ALIKE_FOREIGNERS - 1
    foreign = (
        random.random(where.size)
        < random.beta(part * spread, (1 - part) * spread, sizes.size)[where]
    )
    building = sizes >= 8
    social = building & (random.random(sizes.size) < shares.get("hlm", HLM_BUILDINGS))
    people = adults + children
    home = (kind > 0).astype(float)
    columns = {
        "dwellings": np.ones(where.size),
        "homes": home,
        "people": people,
        "locataires HLM": home * social[where],
        "0 à 14 ans": young,
        "75 ans ou plus": old,
        "étrangers": people * foreign,
        "personnes seules": (kind == 1) * people,
        "couples avec enfants": (kind == 3) * people,
        "familles monoparentales": (kind == 4) * people,
    }
    return {name: np.bincount(where, column, sizes.size) for name, column in columns.items()}


def draw(addresses: dict[str, Array], draws: int, seed: int, *, counted: bool) -> dict[str, Array]:
    """Return what each draw publishes of every column of an IRIS."""
    random = np.random.default_rng(seed)
    size = addresses["dwellings"]
    whole = counted & (size >= LARGE)
    rest = np.flatnonzero(~whole)
    order = random.random((draws, rest.size), dtype=np.float32)
    kept = round(FRACTION * rest.size)
    mask = (order < np.partition(order, kept, axis=1)[:, kept, None]).astype(np.float64)
    grown = size[rest].sum() / (mask @ size[rest])
    return {
        name: column[whole].sum() + (mask @ column[rest]) * grown
        for name, column in addresses.items()
    }


@dataclass(frozen=True)
class Rate:
    """A share at each draw, with its interval, its count and the truth."""

    truth: float
    value: Array
    low: Array
    high: Array
    wide_low: Array
    wide_high: Array
    base: Array

    def at(self, draw: int) -> Estimate:
        """Return the rate of one draw, in per cent."""
        sides = (self.value, self.low, self.high, self.wide_low, self.wide_high)
        return Estimate(*(100 * float(each[draw]) for each in sides))


def rate_of(
    addresses: dict[str, Array], drawn: dict[str, Array], trait: Trait, effect: float
) -> Rate:
    """Return the share of a trait, as tables make its interval."""
    worth = effective_share(FRACTION, effect)
    base = drawn[trait.among]
    value = drawn[trait.name] / base
    sides = [side for c in (0.95, 0.998) for side in wilson(value * base * worth, base * worth, c)]
    truth = float(addresses[trait.name].sum() / addresses[trait.among].sum())
    return Rate(truth, value, *sides, base)


def share_held(truth: float, low: Array, high: Array) -> float:
    """Return how often intervals hold a truth."""
    return float(np.mean((low <= truth + 1e-12) & (truth <= high + 1e-12)))


def true_effect(rate: Rate) -> float:
    """Return how many times as much as a draw of persons a share varied."""
    p, n = rate.truth, float(rate.base.mean())
    if not 0 < p < 1:
        return float("nan")
    return float(rate.value.var() / ((1 - FRACTION) / FRACTION * p * (1 - p) / n))


def coverages(
    trait: Trait,
    town: list[dict[str, Array]],
    draws: int,
    *,
    counted: bool,
    effect: float | None = None,
) -> dict[str, float]:
    """Return how often intervals of a trait hold: rates, counts, gaps, changes, and its true effect."""
    chosen = effect_of(trait.variable) if effect is None else effect
    drawn = [draw(each, draws, 100 + at, counted=counted) for at, each in enumerate(town)]
    rates = [rate_of(each, one, trait, chosen) for each, one in zip(town, drawn, strict=True)]
    worth = effective_share(FRACTION, chosen)
    counts, gaps, changes = [], [], []
    for each, one in zip(town, drawn, strict=True):
        count, whole = one[trait.name] * worth, one[trait.among] * worth
        low, high = (
            byar(count)
            if trait.dispersion is None
            else among(count, whole, trait.dispersion / chosen)
        )
        counts.append(share_held(float(each[trait.name].sum()), low / worth, high / worth))
    few = range(0, draws, max(draws // 300, 1))
    for first, second in pairwise(rates):
        truth = 100 * (first.truth - second.truth)
        found = [difference(first.at(i), second.at(i)) for i in few]
        gaps.append(np.mean([d.low <= truth <= d.high for d in found]))
        moved = [change(second.at(i), first.at(i)) for i in few]
        changes.append(np.mean([d.low <= truth <= d.high for d in moved]))
    return {
        "effect": float(np.nanmedian([true_effect(rate) for rate in rates])),
        "declared": chosen,
        "rate": float(np.mean([share_held(r.truth, r.low, r.high) for r in rates])),
        "count": float(np.mean(counts)),
        "gap": float(np.mean(gaps)),
        "change": float(np.mean(changes)),
    }


def ranked(
    trait: Trait, town: list[dict[str, Array]], draws: int, *, counted: bool
) -> dict[str, float]:
    """Return how often the ranks, the dispersion and the dissimilarity of a town are held."""
    drawn = [draw(each, draws, 500 + at, counted=counted) for at, each in enumerate(town)]
    rates = [
        rate_of(each, one, trait, effect_of(trait.variable))
        for each, one in zip(town, drawn, strict=True)
    ]
    indicator = Indicator("x", "x", "x", "t", Nature.RATE, "%", 1, "neutral", "", "", ())
    truth = np.array([rate.truth for rate in rates])
    size = np.array([each[trait.among].sum() for each in town])
    order = (-truth).argsort().argsort() + 1
    mean = np.average(truth, weights=size)
    spread = 100 * np.sqrt(np.average((truth - mean) ** 2, weights=size))
    others = (1 - truth) * size
    apart = np.abs(truth * size / (truth * size).sum() - others / others.sum()).sum() / 2
    hits: dict[str, list[float]] = {"rank": [], "spread": [], "dissimilarity": []}
    for at in range(draws):
        rows = []
        for code, rate in enumerate(rates):
            one = rate.at(at)
            rows.append(
                {
                    "territory": f"{code:02}", "name": f"{code:02}", "status": "observed",
                    "precision": "census", "flag": "", "value": one.value, "low": one.low,
                    "high": one.high, "wide_low": one.wide_low, "wide_high": one.wide_high,
                    "passage_low": one.value, "passage_high": one.value, "base": float(rate.base[at]),
                }
            )  # fmt: skip
        found = inequality_of(pd.DataFrame(rows), indicator)
        ranks = found.ranks.set_index("territory").sort_index()
        hits["rank"].append(
            float(np.mean((ranks["rank_low"] <= order) & (order <= ranks["rank_high"])))
        )
        for name, measure, value in (
            ("spread", found.spread, spread), ("dissimilarity", found.dissimilarity, apart),
        ):  # fmt: skip
            hits[name].append(float(measure.low <= value <= measure.high))
    return {name: float(np.mean(each)) for name, each in hits.items()}


def town_of(territories: int, dwellings: int, seed: int) -> list[dict[str, Array]]:
    """Make a town of unlike IRIS: from no HLM building to nearly all, from few foreigners to many."""
    random = np.random.default_rng(seed)
    made = []
    for at in range(territories):
        shares = {
            "hlm": float(random.uniform(0.15, 0.95)),
            "foreign": float(random.uniform(0.03, 0.20)),
            "family": float(random.uniform(0.7, 1.4)),
            "alone": float(random.uniform(0.7, 1.3)),
        }
        made.append(iris(dwellings, shares, seed * 1000 + at))
    return made


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def table(*, counted: bool, draws: int) -> list[str]:
    """Return the lines of the coverages of every trait, over towns of three sizes of IRIS."""
    lines = [
        "| caractère | effet vrai (part) | effet déclaré | part | effectif | écart | évolution |",
        "|---|---|---|---|---|---|---|",
    ]
    towns = [town_of(8, dwellings, 7 + dwellings) for dwellings in (500, 1000, 2000)]
    for trait in TRAITS:
        found = pd.DataFrame(
            [coverages(trait, town, draws, counted=counted) for town in towns]
        ).mean()
        shares = " | ".join(_percent(found[name]) for name in ("rate", "count", "gap", "change"))
        lines.append(
            f"| {trait.name} | {found['effect']:.1f} | {found['declared']:.1f} | {shares} |"
        )
    return lines


def main() -> None:
    """Print the page of results."""
    print("# Précision du recensement : ce que couvrent les intervalles à 95 %\n")
    print((__doc__ or "").split("    python")[0].strip() + "\n")
    print(
        f"Addresses: {HOUSES:.0%} of dwellings in houses, {SMALL:.0%} in buildings of 2 to 7, "
        f"{BUILDINGS:.0%} in buildings of 8 to 140, of which 15 to 95 % are HLM. Intraclass correlation of "
        f"households at an address: {ALIKE}, of foreigners {ALIKE_FOREIGNERS}, of HLM tenants 1. Eight IRIS of "
        "500, 1 000 and 2 000 dwellings; 1 000 draws each. Per cent of intervals that hold the truth.\n"
    )
    print("## As the census is drawn: addresses of 60 dwellings or more all counted\n")
    print("\n".join(table(counted=True, draws=1000)))
    print("\nThree towns of ten IRIS of 1 000 dwellings, three of 28 of 700, 60 draws each.\n")
    print("| caractère | IRIS | rang | dispersion | dissimilarité |\n|---|---|---|---|---|")
    for trait in (TRAITS[0], TRAITS[1], TRAITS[3]):
        for territories, dwellings in ((10, 1000), (28, 700)):
            towns = [town_of(territories, dwellings, seed) for seed in (11, 23, 37)]
            found = pd.DataFrame([ranked(trait, town, 60, counted=True) for town in towns]).mean()
            print(f"| {trait.name} | {territories} | {' | '.join(map(_percent, found))} |")
    hlm, town = TRAITS[0], town_of(10, 1000, 11)
    former = np.mean(
        [coverages(hlm, town, 1000, counted=c, effect=3.0)["rate"] for c in (True, False)]
    )
    print(
        f"\nHLM with the effect of 3 declared before, both designs: {_percent(float(former))} %.\n"
    )
    print(
        "Where not 93 to 97: the ages hold more (Insee's coefficients are of counts, a share of ages varies "
        "less). Until 30 November noise was drawn within the interval of each rate, whatever the rate supposed: "
        "it drew rates towards their mean, and the dissimilarity of HLM tenants held 83 to 92 % over ten IRIS, "
        "55 to 67 % over 28, that of foreigners 80 to 98 %. On eight other towns, that did not choose the "
        "width of that noise (320 to 380 draws): 0 to 14 over ten IRIS 99, 97 and 96 (the 91 is of its three "
        "towns); HLM tenants 97, 97 and 92 over ten, 92, 97 and 93 over 28. So where not: the ranks of HLM "
        "tenants over 28 IRIS and their dissimilarity over ten, a point short.\n"
    )
    print("## If large addresses were drawn as the others: where intervals are too narrow\n")
    print("\n".join(table(counted=False, draws=1000)))


if __name__ == "__main__":
    main()
