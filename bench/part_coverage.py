"""How often the intervals of parts hold what is published of towns left out: ``python bench/part_coverage.py``.

What ``part_calibration.py`` learns is learnt again without a tenth of the towns, ten times, and held
against the published figures of that tenth: centers, slopes and ends know nothing of them.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import part_calibration as bench

from observatoire.passage.conformal import learn, logit

GROUPS = 10
#: What is learnt, in the order of the calibrations, by how their codes begin.
KINDS = (
    ("part-people", "habitants et ménages d’une partie"),
    ("part-social", "logements sociaux d’une partie"),
    ("rate-POP15P", "parts de catégories sociales"),
    ("rate-POP", "parts d’âges"),
    ("rate-RP", "HLM, maisons"),
    ("rate-PMEN", "personnes selon le ménage"),
    ("rate-taux", "taux de pauvreté"),
    ("rate-txRot", "mobilité du parc social"),
    ("rate-tx", "taux du RP2010"),
    ("level-niveau", "niveau de vie médian"),
    ("level-", "loyers, tailles, indice de jeunesse"),
)


def towns_of(index: pd.Index[Any], data: bench.Published) -> np.ndarray:
    """Return the town of each place: of a QPV by its rank, of an IRIS by its grand quartier."""
    if pd.api.types.is_integer_dtype(index):
        return np.array([str(data.inside["iris"].iloc[k])[:5] for k in index])
    return np.array([str(code).zfill(7)[:5] for code in index])


def held(
    outcomes: np.ndarray, supports: pd.DataFrame, towns: np.ndarray, *, level: bool
) -> np.ndarray:
    """Say, of each place, whether intervals learnt without its town hold it at 80 and at 95 %."""
    names = np.random.default_rng(0).permutation(np.unique(towns))
    group = pd.Series(np.arange(len(names)) % GROUPS, index=names)[towns].to_numpy()
    wanted, given = (np.log(outcomes) if level else logit(outcomes)), supports.to_numpy(float)
    found = np.zeros((len(outcomes), 2), dtype=bool)
    for each in range(GROUPS):
        out = group == each
        if not out.any():
            continue
        made = learn(outcomes[~out], supports[~out], level=level)
        middle = made["center"] + (given[out] - np.array(made["means"])) @ np.array(made["slopes"])
        missed = wanted[out] - middle
        for k in (0, 1):
            low, high = made["ends"][2 * k : 2 * k + 2]
            found[out, k] = (missed >= low) & (missed <= high)
    return found


def main() -> None:
    data = bench.Published()
    calls: list[tuple[np.ndarray, pd.DataFrame, bool]] = []

    def noted(outcomes: np.ndarray, supports: pd.DataFrame, *, level: bool = False) -> Any:
        calls.append((np.asarray(outcomes, float), supports, level))
        return learn(outcomes, supports, level=level)

    bench.learn = noted
    results: dict[str, list[np.ndarray]] = {}
    for make in (bench.parts, bench.rates, bench.published, bench.levels, bench.parks):
        calls.clear()
        entries = [one for one in make(data) if not str(one["code"]).startswith("part-households")]
        # Overseas is learnt apart too, on fewer places than the entry has.
        learnt, at = [], 0
        for entry in entries:
            while len(calls[at][0]) != entry["places"]:
                at += 1
            learnt.append((str(entry["code"]), calls[at]))
            at += 1
        for code, (outcomes, supports, level) in learnt:
            kind = next(label for start, label in KINDS if code.startswith(start))
            found = held(outcomes, supports, towns_of(supports.index, data), level=level)
            results.setdefault(kind, []).append(found)
    sys.stdout.write("| ce qui est prévu | chiffres | dans 80 % | dans 95 % |\n|---|---|---|---|\n")
    for kind, found in results.items():
        whole = np.concatenate(found)
        tight, wide = 100 * whole.mean(axis=0)
        sys.stdout.write(f"| {kind} | {len(whole)} | {tight:.0f} % | {wide:.0f} % |\n")


if __name__ == "__main__":
    main()
