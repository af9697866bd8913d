"""Coverage on towns whose neighbours are alike, and effects against what Insee publishes."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from observatoire.sources.descriptors.sampling_design import SamplingDesign

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]
BENCH = ROOT / "bench" / "census_coverage.py"
WORKBOOK = "classeurs_insee/precision_struct-pop-2016-cIA.xlsx"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("census_coverage", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def towns(bench: ModuleType) -> list[Any]:
    return [bench.town_of(8, dwellings, 7 + dwellings) for dwellings in (500, 1000, 2000)]


@pytest.mark.parametrize("rank", range(7))
def test_intervals_hold_where_neighbours_are_alike(
    bench: ModuleType, towns: list[Any], rank: int
) -> None:
    """Over towns of three sizes of IRIS: in one of them a single building may do better or worse."""
    trait = bench.TRAITS[rank]
    found = [bench.coverages(trait, town, 300, counted=True) for town in towns]
    for what in ("rate", "count", "gap", "change"):
        held = sum(each[what] for each in found) / len(found)
        assert held >= 0.92, (trait.name, what, held)


def test_the_effect_declared_before_did_not_hold_hlm(bench: ModuleType, towns: list[Any]) -> None:
    found = [
        bench.coverages(bench.TRAITS[0], town, 300, counted=True, effect=3.0) for town in towns
    ]
    assert max(each["rate"] for each in found) < 0.88


def test_a_building_that_is_hlm_throughout_makes_the_effect(bench: ModuleType) -> None:
    """Houses alone, as many HLM among them: the effect of a draw of dwellings is 1."""
    import numpy as np

    random = np.random.default_rng(5)
    homes = np.ones(1500)
    hlm = (random.random(1500) < 0.3).astype(float)
    single = {"dwellings": homes, "homes": homes, "locataires HLM": hlm}
    drawn = bench.draw(single, 600, 1, counted=True)
    rate = bench.rate_of(single, drawn, bench.TRAITS[0], 1.0)
    assert bench.true_effect(rate) == pytest.approx(1.0, abs=0.2)


def effects(path: str) -> SamplingDesign:
    table = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))["precision"]
    return SamplingDesign("census", 0.4, effect=table["effect"], effects=table["effects"])


FAMILIES = "src/observatoire/sources/families"


@pytest.mark.parametrize(
    "path",
    [
        "data/raw/insee-rp2016/source.toml",
        *(f"{FAMILIES}/base-ic-{name}.toml" for name in ("logement", "population", "menages")),
        f"{FAMILIES}/rp-communes.toml",
    ],
)
def test_every_census_declares_the_same_effects(path: str) -> None:
    rule = effects(path)
    assert rule.effect_of("P16_RP_LOCHLMV") == 10
    assert rule.effect_of("P16_POP0014") == 2
    assert rule.effect_of("C16_PMEN_MENCOUPAENF") == 4
    assert min(rule.effect_of(name) for name in ("C16_PMEN_MENHSEUL", "P16_POP_ETR")) >= 2
    assert rule.effect_of("P16_POP75P") > 1.3


@pytest.mark.parametrize("variable", ["P16_POP0014", "P16_POP0019", "P16_POP_ETR"])
def test_effects_are_at_least_those_of_insee(real: Path, variable: str) -> None:
    """The effect that gives Insee's own coefficient of variation, at the foot of each class."""
    from python_calamine import CalamineWorkbook

    path = real / WORKBOOK
    if not path.is_file():
        pytest.skip(f"{WORKBOOK} n’est pas là")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    row = next(row for row in rows if row[0] == variable)
    feet = (0, 25, 50, 75, 100, 150, 200, 300, 500, 1500)
    known = [
        (float(cv) / 100) ** 2 * foot / 1.5
        for foot, cv in zip(feet, row[2:], strict=False)
        if isinstance(cv, int | float)
    ]
    assert (
        effects("data/raw/insee-rp2016/source.toml").effect_of(variable)
        >= sum(known) / len(known) - 0.1
    )
